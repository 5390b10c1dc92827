"""A better plan part by part: schools near one another are planned anew, exactly, all at once.

Single changes (``regrouping_annealing.py``) stop where a dozen schools would have to change places
together. Here every star that a better plan of some neighbouring schools could use is listed and
branch and bound chooses; the rest of the plan stays. Prices of schools tell where there is most to
win. How many schools a part holds follows from how long one takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from analytics.regrouping_annealing import CROWDED, LUKEWARM, WARM, annealed, never
from analytics.regrouping_branching import best_of
from analytics.regrouping_cuts import odd_group_cuts
from analytics.regrouping_programme import (
    STAYS,
    Flags,
    Numbers,
    Programme,
    Whole,
    rombel,
)
from analytics.regrouping_relaxation import ALONG_EDGES, Relaxation
from analytics.regrouping_stars import Galaxy

# Schools of a part at first; how much smaller the next one is where one took too long, how much
# larger where it was quick, and where none is left to try.
_SCHOOLS, _FEWER, _A_FEW_MORE, _MORE = 30, 0.85, 1.03, 1.2
# Parts this small win nothing that single changes do not.
_FEWEST = 15
# Seconds a part may take, those that are too many, and those that are few.
_SECONDS, _LONG, _SHORT = 5.0, 1.5, 0.4
# Stars listed of a part at most, and rounds of cuts that tell which of them matter.
_MOST_STARS, _ROUNDS, _LARGEST = 60_000, 3, 7
# How much a better plan of a part must save, and how far from its best it may stay (million
# rupiah a year).
_LEAST, _CLOSE = 1e-5, 1.0
# Two schools on one spot are still two.
_SPOT = 1e-3
# Prices of a rombel from which on a school kept open is dear.
_DEAR = 4.0
# Share of the time that single changes use before parts are planned anew.
_SHARE_OF_CHANGES = 0.25


@dataclass(frozen=True, eq=False)
class Start:
    """What plans are bettered from.

    ``arc``: by school, of a plan within every limit (``STAYS`` where it stays open). ``bonus``:
    million rupiah by school on top of what its closing frees. ``price``: what another use of each
    school is worth; ``merge_price``: of a merge, where only so many are allowed.
    """

    arc: Whole
    bonus: Numbers
    price: Numbers
    merge_price: float = 0.0


def bettered(
    programme: Programme, start: Start, until: float, stopped: Callable[[], bool] = never
) -> Whole:
    """Many small changes first, then part by part, and small changes again where parts are hard.

    Parameters
    ----------
    programme
        A strengthened programme.
    until
        Moment of the clock of the computer (``time.time``), which other processes share.
    stopped
        Says that it has to stop before that.

    Returns
    -------
    Arc by school, never worse than the plan it starts from.

    Method: docs/method.md eq. 132, 272, 345.
    """
    prices = programme.prices
    # Where a school kept open is dear, full receivers count first (eq. 272).
    is_dear = prices.open_school >= _DEAR * prices.rombel
    heat, crowded = (WARM, CROWDED) if is_dear else (LUKEWARM, 0.0)
    seconds = _SHARE_OF_CHANGES * (until - time.time())
    arc = annealed(programme, start.arc, seconds, heat, crowded=crowded, stopped=stopped)
    arc = renewed(programme, replace(start, arc=arc), until, stopped)
    return annealed(programme, arc, until - time.time(), LUKEWARM, seed=1, stopped=stopped)


def renewed(
    programme: Programme, start: Start, until: float, stopped: Callable[[], bool] = never
) -> Whole:
    """Arc by school of a plan bettered part by part, never worse than the one it starts from.

    Parameters
    ----------
    programme, until, stopped
        As in :func:`bettered`; it also ends where parts that can be solved have become too small.

    Method: docs/method.md eq. 345.
    """
    parts = _Parts(programme, start)
    while time.time() < until and not stopped() and parts.next(until):
        pass
    return parts.arc


class _Parts:
    """A plan under way, and which parts of it were tried."""

    def __init__(self, programme: Programme, start: Start) -> None:
        self.programme, self.bonus = programme, start.bonus
        self.price, self.merge_price = start.price, start.merge_price
        self.arc = start.arc.copy()
        self.luck = np.random.default_rng(0)
        self.most = float(_SCHOOLS)
        self.tried: set[bytes] = set()
        count = programme.school_count
        self.origins = np.unique(np.concatenate([programme.source, programme.target]))
        ways = (np.maximum(programme.km, _SPOT), (programme.source, programme.target))
        self.ways = csr_matrix(ways, (count, count))
        moved = programme.pupils[programme.source].sum(axis=1) * programme.km
        self.way = moved * programme.prices.pupil_km
        self._know()

    def _know(self) -> None:
        """The star of each school, what it saves, and by how much that is below its prices."""
        programme = self.programme
        count = programme.school_count
        closed = np.flatnonzero(self.arc != STAYS)
        self.star = np.arange(count)
        self.star[closed] = programme.target[self.arc[closed]]
        load = np.zeros_like(programme.pupils)
        np.add.at(load, self.star, programme.pupils)
        prices = programme.prices
        cost = prices.open_school + prices.rombel * rombel(load, programme.ceiling).sum(axis=1)
        cost[closed] = self.way[self.arc[closed]] - self.bonus[closed]
        self.saved = np.bincount(self.star, programme.freed - cost, minlength=count)
        paid = self.price + self.merge_price * (self.arc != STAYS)
        self.below = np.bincount(self.star, paid, minlength=count) - self.saved

    def next(self, until: float) -> bool:
        """Plan one part anew; False where none is worth a try any more."""
        # The farther below its prices the sooner, and all in turn.
        below = np.maximum(self.below[self.star], 0.0)[self.origins] + _LEAST
        order = np.argsort(-below * self.luck.random(len(below)), kind="stable")
        for origin in self.origins[order].tolist():
            part = self._part(origin)
            name = np.packbits(part).tobytes()
            if name not in self.tried:
                break
        else:
            self.most *= _MORE
            return self.most < _MORE * len(self.star)
        self.tried.add(name)
        began = time.monotonic()
        is_solved = self._renew(part, min(until - time.time(), _SECONDS))
        took = time.monotonic() - began
        if took > _LONG or not is_solved:
            self.most *= _FEWER
        elif took < _SHORT:
            self.most *= _A_FEW_MORE
        return self.most >= _FEWEST

    def _part(self, origin: int) -> Flags:
        """The stars nearest to a school along merges, until their schools are enough."""
        count = len(self.star)
        km = dijkstra(self.ways, directed=False, indices=origin)
        nearest = np.full(count, np.inf)
        np.minimum.at(nearest, self.star, km)
        size = np.bincount(self.star, minlength=count)
        stars = np.argsort(nearest, kind="stable")
        stars = stars[np.isfinite(nearest[stars])]
        enough = np.cumsum(size[stars]) > self.most
        enough[0] = False
        taken = np.zeros(count, dtype=bool)
        taken[stars[~enough]] = True
        return taken[self.star]

    def _renew(self, part: Flags, seconds: float) -> bool:
        """Take over the best plan of a part; whether that is the best in time.

        Method: docs/method.md eq. 345.
        """
        programme = self.programme
        own = np.flatnonzero(part[programme.source] & part[programme.target])
        price = float(self.price[part].sum())
        merges = programme.most_merges
        if merges is not None:
            merges -= int(((self.arc != STAYS) & ~part).sum())
            price += self.merge_price * merges
        here = replace(
            programme, source=programme.source[own], target=programme.target[own],
            km=programme.km[own], most_merges=merges,
        )  # fmt: skip
        deadline = time.monotonic() + seconds
        low = float(self.saved[part].sum())
        if price <= low + _LEAST:
            return True
        found = Galaxy(here, self.bonus).whole_search(
            self.price, self.merge_price, low - price,
            best_only=False, deadline=deadline, most_stars=_MOST_STARS,
        )  # fmt: skip
        relaxed = Relaxation.of(here, found.stars)
        relaxed.let_in(self.price, self.merge_price)
        for turn in range(_ROUNDS + 1):
            if not relaxed.solve(deadline - time.monotonic(), ALONG_EDGES):
                return False
            if relaxed.value <= low + _LEAST:
                return found.is_whole
            relaxed.drop(low)
            groups = odd_group_cuts(relaxed.holds, relaxed.share, _LARGEST)
            if turn == _ROUNDS or not groups:
                break
            relaxed.cut(groups)
        # Without the cuts themselves: they told which stars matter, and slow the search down.
        filled = np.diff(relaxed.rows.indptr) > 0
        left = max(deadline - time.monotonic(), _SHORT)
        stars, rows, limits = relaxed.stars, relaxed.rows[filled], relaxed.limits[filled]
        taken, high = best_of(stars.saving, rows, limits, left, _CLOSE)
        if stars.saving[taken].sum() > low + _LEAST:
            arcs = own[stars.taken(taken).arcs]
            self.arc[part] = STAYS
            self.arc[programme.source[arcs]] = arcs
            self._know()
        return found.is_whole and high <= max(float(stars.saving[taken].sum()), low) + 2 * _CLOSE
