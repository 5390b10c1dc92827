"""What the points after a place of a star may add at most, so that a search can end early.

Two bounds. Spread: every class full, one knapsack of pupils. By grade: the classes of each grade
are whole, so a star that has no room for one more class takes in a school only where every grade
has free places for it, and a class that is added serves one grade alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.regrouping_programme import Numbers, Whole

# Pupils of an empty school, so that places differ; and what that may come to in all.
_NOBODY, _ROOM = 1e-6, 1e-2
# Classes of a grade that tables reach to, bytes of all of them, and by how much they are raised:
# more than all that is lost where they are rounded.
_CLASSES, _BYTES, _RAISED = 2, 2e8, 1 + 1e-5


@dataclass(frozen=True, eq=False)
class Ahead:
    """What points after a place may add at most, classes full: as many pupils as there is room.

    ``pupils`` and ``worth``: sums before each place, the points worth most per pupil first.

    Method: docs/method.md eq. 265.
    """

    pupils: Numbers
    worth: Numbers

    @classmethod
    def of(cls, worth: Numbers, pupils: Whole) -> Ahead:
        """From the worth and the pupils of the point of each place."""
        counts = worth > 0
        room = np.where(counts, np.maximum(pupils, _NOBODY), 0.0)
        zero = np.zeros(1)
        return cls(
            np.concatenate([zero, np.cumsum(room)]),
            np.concatenate([zero, np.cumsum(np.where(counts, worth, 0.0))]),
        )

    def most(self, start: Whole, end: Whole, room: Numbers) -> Numbers:
        """The most the points from ``start`` to ``end`` add, the last one in part."""
        until = np.minimum(self.pupils[start] + room + _ROOM, self.pupils[end])
        return np.interp(until, self.pupils, self.worth) - self.worth[start]


@dataclass(frozen=True, eq=False)
class Filling:
    """What points after a place may add at most where the classes of each grade are whole.

    ``table``: by place, grade and free places of that grade, the most that fits that grade alone;
    ``total``: by place, what all points after it are worth; ``spread``: what fits all grades
    together. Classes cost nothing in any of them.

    Method: docs/method.md eq. 352-353.
    """

    table: Numbers
    total: Numbers
    spread: Ahead

    @classmethod
    def of(cls, worth: Numbers, pupils: Whole, group: Whole, ceiling: int) -> Filling | None:
        """From the points of each place; None where tables would be too large.

        Parameters
        ----------
        worth
            Million rupiah of each point before its classes, those of a group in the order of
            what they are worth per pupil.
        pupils
            Pupils by grade and place.
        group
            Centre of each place, in order.
        ceiling
            Most pupils in a rombel of any centre.
        """
        grades, count = pupils.shape
        classes = min(_CLASSES, int(_BYTES / (4 * count * grades * ceiling + 1)))
        if not classes:
            return None
        free = np.arange(classes * ceiling)
        table = np.zeros((count + 1, grades, len(free)), dtype=np.float32)
        gain = (np.maximum(worth, 0.0) * _RAISED).astype(np.float32)
        # From the last point of every group to its first, all groups at once.
        place = np.searchsorted(group, group, side="right") - 1 - np.arange(count)
        order = np.argsort(place, kind="stable")
        for own in np.split(order, np.flatnonzero(np.diff(place[order])) + 1):
            after = table[own + 1] if place[own[0]] else np.zeros_like(table[own])
            left = free - pupils[:, own].T[:, :, None]
            joins = np.take_along_axis(after, np.maximum(left, 0), axis=2)
            joins += gain[own, None, None]
            table[own] = np.where(left >= 0, np.maximum(after, joins), after)
        total = suffix(np.maximum(worth, 0.0), group)
        return cls(table, total, Ahead.of(worth, pupils.sum(axis=0)))

    def most(  # noqa: PLR0913 - what is free, and what more of it costs
        self,
        start: Whole,
        end: Whole,
        free: Whole,
        classes: Whole,
        ceiling: Whole,
        price: float,
    ) -> Numbers:
        """The most the points from ``start`` to ``end`` add, the classes formed for them paid.

        Parameters
        ----------
        start, end
            Places, by row.
        free
            Free places in the classes that are formed already, by grade and row.
        classes
            Classes that may still be formed, by row.
        ceiling
            Pupils of one of them, by row.
        price
            Of one of them.
        """
        grades, size = self.table.shape[1:]
        table = self.table.reshape(-1)
        first = start * (grades * size) + (np.arange(grades) * size)[:, None]
        total = self.total[start]
        room = free.sum(axis=0)
        # Where there are more places than tables tell, all points that are left fit that grade.
        fits = np.where(free < size, table[first + np.minimum(free, size - 1)], total)
        best = np.minimum(fits.min(axis=0), self.spread.most(start, end, room))
        free, formed = free.copy(), 0
        at = np.flatnonzero((classes > 0) & (best < total))
        while len(at):
            # One more class, for the grade that lets least in: no other one helps more.
            formed += 1
            low = fits[:, at].argmin(axis=0)
            more = free[low, at] + ceiling[at]
            free[low, at] = more
            told = table[first[low, at] + np.minimum(more, size - 1)]
            fits[low, at] = np.where(more < size, told, total[at])
            by_grade = fits[:, at].min(axis=0)
            spread = self.spread.most(start[at], end[at], room[at] + formed * ceiling[at])
            now = np.minimum(by_grade, spread)
            best[at] = np.maximum(best[at], now - price * formed)
            at = at[(formed < classes[at]) & (now < total[at])]
        return best


def suffix(values: Numbers, group: Whole) -> Numbers:
    """Sum from each place to the end of its group; one place more at the end."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.searchsorted(group, group, side="right")
    return np.concatenate([total[last] - total[:-1], [0.0]])
