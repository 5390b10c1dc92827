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

from analytics.regrouping_ahead import Ahead, Filling, suffix
from analytics.regrouping_groups import GroupTolls, OddGroups
from analytics.regrouping_programme import ALMOST, Flags, Numbers, Programme, Whole

# Rows of one step of the search, and stars kept in all: bounds on memory.
MOST_ROWS = 400_000
MOST_STARS = 400_000
# Rows of one step where everything is searched piece by piece.
_PIECE = 100_000
# Rows of a search after which grades are looked at one by one: tables are worth their time then.
_MANY = 20_000
# Pupils of an empty school, so that places differ.
_NOBODY = 1e-6


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
        self._heads = pupils.sum(axis=1)
        self._spread = prices.rombel * self._heads / ceiling
        self._slack = np.ascontiguousarray(programme.slack.T.astype(np.int32))
        self._ceiling = programme.ceiling.astype(np.int32)
        self._most = programme.most_into or programme.school_count

    def search(  # noqa: PLR0913 - prices, threshold and how far to look
        self,
        school_price: Numbers,
        merge_price: float,
        least: float | Numbers,
        *,
        best_only: bool,
        most_rows: int = MOST_ROWS,
        most_stars: int = MOST_STARS,
        deadline: float = np.inf,
        piecewise: bool = False,
        odd: OddGroups | None = None,
    ) -> Found:
        """Stars worth more than ``least`` beyond the prices of their schools.

        Parameters
        ----------
        school_price
            Million rupiah a year by school: what another use of it is worth.
        merge_price
            The same for each merge.
        least
            Only stars above this are told (or above that of their centre, by school).
        best_only
            Leave out what cannot be the best of its centre: quicker, and the bound stays exact.
        most_rows
            Stop deepening a step that grows beyond this; what is cut off stays in ``best``.
        deadline
            The same from this moment of the monotonic clock on.
        most_stars
            The same once so many are found.
        piecewise
            Search what is beyond ``most_rows`` afterwards, piece by piece, so that memory stays
            bounded and only time (``deadline``, or ``MOST_STARS`` in all) leaves anything out.
        odd
            Odd groups of schools, whose prices a star pays on top of the others.
        """
        programme = self.programme
        count = programme.school_count
        price = school_price[self._source] + merge_price
        if odd is not None:
            price = price + odd.by_arc(count, self._source, self._target)
        worth = self._raw - price
        with_full = worth - self._full
        with_spread = worth - self._spread
        base = -school_price
        # Points that can only harm are out at once; of the others the most promising come first.
        reach = base + np.bincount(self._target, np.maximum(with_full, 0), minlength=count)
        lowest = np.broadcast_to(np.asarray(least, dtype=float), count)
        keep = reach[self._target] + np.minimum(with_full, 0) > lowest[self._target]
        arc = np.flatnonzero(keep)
        dense = with_spread / np.maximum(self._heads, _NOBODY)
        arc = arc[np.lexsort((-dense[arc], self._target[arc]))]
        target, heads, gain = self._target[arc], self._heads[arc], worth[arc]
        end = np.searchsorted(target, target, side="right")
        after_full = suffix(np.maximum(with_full[arc], 0), target)
        ahead = Ahead.of(with_spread[arc], heads)
        best = np.zeros(count)
        found: list[tuple[Whole, Numbers, list[Whole]]] = []
        is_whole = True
        kept = 0
        # One ceiling for all divides much quicker than one each.
        same = np.unique(self._ceiling[target])
        divisor = same[0] if len(same) == 1 else None
        filling: Filling | None = None
        seen = 0
        every, none = np.arange(len(arc)), np.zeros(len(arc))
        tolled = (none, none, np.zeros((0, len(arc)), dtype=np.uint64))
        tolls = None
        if odd is not None and odd.groups:
            tolls = GroupTolls(odd, count, self._source[arc], target)
            tolled = tolls.joined(every, tolls.centres(every))
        stack = [_Rows(every, [], self._pupils[:, arc], gain, price[arc], none, *tolled)]
        while stack:
            rows = stack.pop()
            at = rows.at
            if not len(at):
                continue
            centre = target[at]
            over = rows.load - self._slack[:, centre]
            ceiling = divisor if divisor is not None else self._ceiling[centre]
            formed = (np.maximum(over, 0) + (ceiling - 1)) // ceiling
            added = formed.sum(axis=0)
            fits = added <= programme.spare[centre]
            net = base[centre] + rows.gross - programme.prices.rombel * added
            saving = net + rows.paid - base[centre]
            net -= rows.toll
            told = net - rows.half
            # A point that saves nothing here is better left out: that star is told instead.
            here = fits & (told > lowest[centre]) & (saving > rows.without + ALMOST)
            np.maximum.at(best, centre[here], told[here])
            if here.any():
                chain = [row[here] for row in rows.before] + [at[here]]
                found.append((centre[here], saving[here], chain))
            if len(rows.before) + 1 >= self._most:
                continue
            # What is saved with every class full, and the pupils there is room for.
            beyond = over.sum(axis=0)
            full = base[centre] + rows.gross - programme.prices.rombel * beyond / ceiling
            full -= rows.toll
            room = programme.spare[centre] * ceiling - beyond
            bound = np.minimum(net + after_full[at + 1], full + ahead.most(at + 1, end[at], room))
            floor = np.maximum(best[centre], lowest[centre]) if best_only else lowest[centre]
            grows = fits & (bound > floor + ALMOST) & (end[at] > at + 1)
            # Grade by grade, where so much is to be searched that tables are worth their time.
            if piecewise and seen <= _MANY < seen + len(at):
                filling = Filling.of(gain, self._pupils[:, arc], target, int(self._ceiling.max()))
            seen += len(at)
            if filling is not None:
                some = np.flatnonzero(grows)
                own, more = centre[some], at[some] + 1
                free = (formed * ceiling - over)[:, some]
                classes = (programme.spare[centre] - added)[some]
                by_grade = net[some] + filling.most(
                    more, end[at[some]], free, classes, self._ceiling[own], programme.prices.rombel
                )
                bound[some] = np.minimum(bound[some], by_grade)
                grows[some] = bound[some] > floor[some] + ALMOST
            width = np.where(grows, end[at] - at - 1, 0)
            kept += int(here.sum())
            is_late = kept > most_stars or time.monotonic() > deadline
            if is_late or (width.sum() > most_rows and not piecewise):
                # The most promising rows go on; the others are bounded, not searched.
                ranked = np.argsort(-bound, kind="stable")
                ranked = ranked[grows[ranked]]
                goes_on = np.cumsum(width[ranked]) <= (0 if is_late else most_rows)
                cut = ranked[~goes_on]
                np.maximum.at(best, centre[cut], bound[cut])
                width[cut] = 0
                is_whole &= not len(cut)
            parts = np.cumsum(width) // most_rows
            for part in range(int(parts[-1]) + 1):
                own = np.where(parts == part, width, 0)
                row = np.repeat(np.arange(len(at)), own)
                step = np.arange(len(row)) - np.repeat(np.cumsum(own) - own, own)
                following = at[row] + 1 + step
                # Most fall short even with every class full: those are not looked at closer.
                left = room[row] - heads[following]
                hope = full[row] + with_spread[arc[following]]
                hope += ahead.most(following + 1, end[following], np.maximum(left, 0))
                good = (left >= 0) & (hope > floor[row] + ALMOST)
                row, following, hope = row[good], following[good], hope[good]
                toll, half, bits = rows.toll[row], rows.half[row], rows.bits[:, row]
                if tolls is not None:
                    more, halves, bits = tolls.joined(following, bits)
                    good = hope - more > floor[row] + ALMOST
                    row, following, bits = row[good], following[good], bits[:, good]
                    toll, half = (toll + more)[good], (half + halves)[good]
                stack.append(
                    _Rows(
                        following,
                        [one[row] for one in rows.before] + [at[row]],
                        rows.load[:, row] + self._pupils[:, arc[following]],
                        rows.gross[row] + gain[following],
                        rows.paid[row] + price[arc[following]],
                        saving[row],
                        toll,
                        half,
                        bits,
                    )
                )
        stars = self._stars(found, arc)
        return Found(stars, best, is_whole)

    def whole_search(  # noqa: PLR0913 - as search
        self,
        school_price: Numbers,
        merge_price: float,
        least: float | Numbers,
        *,
        best_only: bool,
        deadline: float,
        most_stars: int = MOST_STARS,
        odd: OddGroups | None = None,
    ) -> Found:
        """As :meth:`search`, whole unless time is over or there are too many stars."""
        return self.search(
            school_price, merge_price, least,
            best_only=best_only, deadline=deadline, most_stars=most_stars,
            most_rows=_PIECE, piecewise=True, odd=odd,
        )  # fmt: skip

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


@dataclass(frozen=True, eq=False)
class _Rows:
    """Stars under way: last point, chain of points before it, load by grade, worth so far.

    ``paid``: price of its points; ``without``: what it saves without its last point. ``toll``,
    ``half``, ``bits``: what it pays for odd groups without and with its centre, and the groups it
    holds an odd number of.
    """

    at: Whole
    before: list[Whole]
    load: Whole
    gross: Numbers
    paid: Numbers
    without: Numbers
    toll: Numbers
    half: Numbers
    bits: Whole
