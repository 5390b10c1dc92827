"""Stars: a receiving school with the schools that merge into it, as columns of the programme.

A plan is a set of stars that share no school: each school stays alone, is the centre of one star,
or is a point of one. What a star saves is exact, its rombel rounded up grade by grade, so that the
relaxation over stars is far tighter than one over single merges. There are too many stars to list;
``Galaxy.search`` finds those that the prices of the schools leave worth having.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from analytics.regrouping_programme import ALMOST, Flags, Numbers, Programme, Whole

# Rows of one step of the search, and stars kept in all: bounds on memory.
MOST_ROWS = 400_000
MOST_STARS = 400_000


@dataclass(frozen=True, eq=False)
class Stars:
    """Columns: ``centre`` school and ``saving`` (million rupiah a year) by star; points by arc.

    ``arcs[starts[s] : starts[s + 1]]`` are the arcs of star ``s``.
    """

    centre: Whole
    saving: Numbers
    starts: Whole
    arcs: Whole

    def __len__(self) -> int:
        return len(self.centre)

    @property
    def sizes(self) -> Whole:
        """Schools merged by star."""
        return np.diff(self.starts)

    def taken(self, chosen: Whole | Flags) -> Stars:
        """Some of the stars, in the order asked."""
        at = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        sizes = self.sizes[at]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        step = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        arcs = self.arcs[np.repeat(self.starts[at], sizes) + step]
        return Stars(self.centre[at], self.saving[at], starts, arcs)

    def foremost(self, most: int) -> Stars:
        """Of each centre the stars that save most, and every single merge."""
        ranked = np.lexsort((-self.saving, self.centre))
        centre = self.centre[ranked]
        place = np.arange(len(ranked)) - np.searchsorted(centre, centre)
        return self.taken(np.sort(ranked[(place < most) | (self.sizes[ranked] == 1)]))


def joined(programme: Programme, parts: list[Stars]) -> Stars:
    """Stars of several searches in one; of stars over the same schools only the best."""
    centre = np.concatenate([part.centre for part in parts])
    saving = np.concatenate([part.saving for part in parts])
    sizes = np.concatenate([part.sizes for part in parts])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    both = Stars(centre, saving, starts, np.concatenate([part.arcs for part in parts]))
    if not len(both):
        return both
    # A random number per school, summed, names the schools of a star whichever is its centre.
    seed = np.random.default_rng(0).integers(1, 2**62, programme.school_count)
    name = np.add.reduceat(seed[programme.source[both.arcs]], starts[:-1]) + seed[centre]
    ranked = np.lexsort((-saving, name))
    is_first = np.concatenate([[True], np.diff(name[ranked]) != 0])
    return both if is_first.all() else both.taken(np.sort(ranked[is_first]))


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found: stars, the most any star of a centre is worth, and whether all is told.

    ``best``: by school as centre, an upper bound on worth less prices (0 where none is positive).
    """

    stars: Stars
    best: Numbers
    is_whole: bool


class Galaxy:
    """All stars of a programme, searched centre by centre in one sweep.

    ``bonus``: million rupiah by school on top of what its closing frees.
    """

    def __init__(self, programme: Programme, bonus: Numbers) -> None:
        order = np.lexsort((programme.source, programme.target))
        self.programme = programme
        self._source = programme.source[order]
        self._target = programme.target[order]
        self._order = order
        pupils = programme.pupils[self._source]
        prices = programme.prices
        # By grade and arc, so that each grade is one long row.
        self._pupils = np.ascontiguousarray(pupils.T.astype(np.int32))
        moved = pupils.sum(axis=1) * programme.km[order]
        self.bonus = bonus
        self._raw = (programme.freed + bonus)[self._source] - prices.pupil_km * moved
        ceiling = programme.ceiling[self._target]
        # Two lower bounds on the rombel a school brings along: its full classes, and its pupils
        # spread over classes that are all full.
        self._full = prices.rombel * (pupils // ceiling[:, None]).sum(axis=1)
        self._spread = prices.rombel * pupils.sum(axis=1) / ceiling
        self._slack = np.ascontiguousarray(programme.slack.T.astype(np.int32))
        self._ceiling = programme.ceiling.astype(np.int32)
        self._most = programme.most_into or programme.school_count

    def search(  # noqa: PLR0913 - prices, threshold and how far to look
        self,
        school_price: Numbers,
        merge_price: float,
        least: float,
        *,
        best_only: bool,
        most_rows: int = MOST_ROWS,
        deadline: float = np.inf,
        centres: Flags | None = None,
    ) -> Found:
        """Stars worth more than ``least`` beyond the prices of their schools.

        Parameters
        ----------
        school_price
            Million rupiah a year by school: what another use of it is worth.
        merge_price
            The same for each merge.
        least
            Only stars above this are told.
        best_only
            Leave out what cannot be the best of its centre: quicker, and the bound stays exact.
        most_rows
            Stop deepening a step that grows beyond this; what is cut off stays in ``best``.
        deadline
            The same from this moment of the monotonic clock on.
        centres
            Look only at these schools as centres; None: at all.
        """
        programme = self.programme
        count = programme.school_count
        price = school_price[self._source] + merge_price
        worth = self._raw - price
        with_full = worth - self._full
        with_spread = worth - self._spread
        base = -school_price
        # Points that can only harm are out at once; of the others the most promising come first.
        reach = base + np.bincount(self._target, np.maximum(with_full, 0), minlength=count)
        keep = reach[self._target] + np.minimum(with_full, 0) > least
        if centres is not None:
            keep &= centres[self._target]
        arc = np.flatnonzero(keep)
        arc = arc[np.lexsort((-with_full[arc], self._target[arc]))]
        target = self._target[arc]
        end = np.searchsorted(target, target, side="right")
        after_full = _suffix(np.maximum(with_full[arc], 0), target)
        after_spread = _suffix(np.maximum(with_spread[arc], 0), target)
        best = np.zeros(count)
        found: list[tuple[Whole, Numbers, list[Whole]]] = []
        is_whole = True
        kept = 0
        # One row per star under way: its last point, its chain of points, load and worth so far.
        at = np.arange(len(arc))
        before: list[Whole] = []
        load = self._pupils[:, arc]
        gross = worth[arc]
        paid = price[arc]
        without = np.zeros(len(arc))
        level = 0
        # One ceiling for all divides much quicker than one each.
        same = np.unique(self._ceiling[target])
        divisor = same[0] if len(same) == 1 else None
        while len(at):
            level += 1
            centre = target[at]
            over = load - self._slack[:, centre]
            ceiling = divisor if divisor is not None else self._ceiling[centre]
            added = ((np.maximum(over, 0) + (ceiling - 1)) // ceiling).sum(axis=0)
            fits = added <= programme.spare[centre]
            net = base[centre] + gross - programme.prices.rombel * added
            saving = net + paid - base[centre]
            # A point that saves nothing here is better left out: that star is told instead.
            here = fits & (net > least) & (saving > without + ALMOST)
            np.maximum.at(best, centre[here], net[here])
            if here.any():
                chain = [row[here] for row in before] + [at[here]]
                found.append((centre[here], saving[here], chain))
            if level >= self._most:
                break
            lowest = programme.prices.rombel * over.sum(axis=0) / ceiling
            bound = np.minimum(
                net + after_full[at + 1], base[centre] + gross - lowest + after_spread[at + 1]
            )
            floor = np.maximum(best[centre], least) if best_only else least
            grows = fits & (bound > floor + ALMOST) & (end[at] > at + 1)
            width = np.where(grows, end[at] - at - 1, 0)
            kept += int(here.sum())
            is_late = kept > MOST_STARS or time.monotonic() > deadline
            if width.sum() > most_rows or (is_late and grows.any()):
                # The most promising rows go on; the others are bounded, not searched.
                ranked = np.argsort(-bound, kind="stable")
                ranked = ranked[grows[ranked]]
                room = np.cumsum(width[ranked]) <= (0 if is_late else most_rows)
                cut = ranked[~room]
                np.maximum.at(best, centre[cut], bound[cut])
                width[cut] = 0
                is_whole = False
            row = np.repeat(np.arange(len(at)), width)
            step = np.arange(len(row)) - np.repeat(np.cumsum(width) - width, width)
            following = at[row] + 1 + step
            before = [one[row] for one in before] + [at[row]]
            load = load[:, row] + self._pupils[:, arc[following]]
            gross = gross[row] + worth[arc[following]]
            paid = paid[row] + price[arc[following]]
            without = saving[row]
            at = following
        stars = self._stars(found, arc)
        return Found(stars, best, is_whole)

    def whole_search(  # noqa: PLR0913 - as search
        self,
        school_price: Numbers,
        merge_price: float,
        least: float,
        *,
        best_only: bool,
        deadline: float,
        most_rows: int = MOST_ROWS,
    ) -> Found:
        """As :meth:`search`, centre by centre where all at once would be cut off.

        Centres are halved until a search fits its rows, so that memory stays bounded and only time
        (``deadline``, or ``MOST_STARS`` in all) leaves anything out.
        """
        count = self.programme.school_count
        weight = np.bincount(self._target, minlength=count)
        stack = [np.flatnonzero(weight)]
        parts: list[Found] = []
        kept = 0
        while stack:
            part = stack.pop()
            chosen = np.zeros(count, dtype=bool)
            chosen[part] = True
            late = deadline if kept <= MOST_STARS else 0.0
            found = self.search(
                school_price, merge_price, least,
                best_only=best_only, most_rows=most_rows, deadline=late, centres=chosen,
            )  # fmt: skip
            if not found.is_whole and len(part) > 1 and time.monotonic() < late:
                half = np.searchsorted(np.cumsum(weight[part]), weight[part].sum() / 2) + 1
                half = min(int(half), len(part) - 1)
                stack += [part[half:], part[:half]]
                continue
            kept += len(found.stars)
            parts.append(found)
        if not parts:
            return Found(self._stars([], np.zeros(0, dtype=np.int64)), np.zeros(count), True)
        stars = joined(self.programme, [found.stars for found in parts])
        best = np.sum([found.best for found in parts], axis=0)
        return Found(stars, best, all(found.is_whole for found in parts))

    def _stars(self, found: list[tuple[Whole, Numbers, list[Whole]]], arc: Whole) -> Stars:
        parts = []
        for centre, saving, chain in found:
            own = arc[np.stack(chain, axis=1)]
            starts = np.arange(len(centre) + 1) * own.shape[1]
            parts.append(Stars(centre, saving, starts, self._order[own].ravel()))
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return Stars(none, np.zeros(0), np.zeros(1, dtype=np.int64), none)
        return joined(self.programme, parts)


def _suffix(values: Numbers, group: Whole) -> Numbers:
    """Sum from each place to the end of its group; one place more at the end."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.searchsorted(group, group, side="right")
    return np.concatenate([total[last] - total[:-1], [0.0]])
