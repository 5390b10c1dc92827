"""What stars under way pay for odd groups of schools, as they grow point by point.

A star pays the price of a group once for every two of its schools it holds. Which groups it holds
an odd number of is one bit each, so that what the next point costs is known without its whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from analytics.regrouping_programme import Numbers, Whole

_BITS = 64


@dataclass(frozen=True, eq=False)
class OddGroups:
    """Odd groups of schools and the price of each, million rupiah a year."""

    groups: tuple[tuple[int, ...], ...] = ()
    price: Numbers = field(default_factory=lambda: np.zeros(0))

    def by_arc(self, count: int, source: Whole, target: Whole) -> Numbers:
        """Half the price of each group that holds both ends of an arc.

        A star whose centre and m points are in a group pays for half of m + 1, rounded down: half
        of m at least.
        """
        if not self.groups:
            return np.zeros(len(source))
        inside = self.inside(count)
        halves = (inside.multiply(self.price / 2).tocsr() @ inside.T).tocsr()
        # As copies, for sparse rows refuse ends that may not be written.
        return np.asarray(halves[source.copy(), target.copy()]).ravel()

    def inside(self, count: int) -> csr_matrix:
        """1 where the group of the column holds the school of the row."""
        column = np.repeat(np.arange(len(self.groups)), [len(group) for group in self.groups])
        school = np.concatenate([np.array(group) for group in self.groups])
        return csr_matrix((np.ones(len(column)), (school, column)), shape=(count, len(self.groups)))


class GroupTolls:
    """What a point adds to the price of odd groups a star pays, beyond half by arc.

    Parameters
    ----------
    odd
        Groups and prices; at least one.
    count
        Schools of the programme.
    source, target
        Schools of each arc.

    Method: docs/method.md eq. 270.
    """

    def __init__(self, odd: OddGroups, count: int, source: Whole, target: Whole) -> None:
        self._price = odd.price
        self._source, self._target = source, target
        inside = odd.inside(count)
        self._inside = inside.toarray() > 0
        self._held = np.diff(inside.indptr)
        most = int(self._held.max())
        self._group = np.zeros((count, most), dtype=np.int64)
        place = np.arange(inside.nnz) - np.repeat(inside.indptr[:-1], self._held)
        self._group[np.repeat(np.arange(count), self._held), place] = inside.indices
        total = len(odd.groups)
        self._word, bit = np.divmod(np.arange(total), _BITS)
        self._bit = bit.astype(np.uint64)
        self._bits = np.zeros((-(-total // _BITS), count), dtype=np.uint64)
        for group in range(total):
            own = np.flatnonzero(self._inside[:, group])
            self._bits[self._word[group], own] |= np.uint64(1) << self._bit[group]

    def centres(self, arc: Whole) -> Whole:
        """Groups each centre alone holds an odd number of, as bits."""
        return self._bits[:, self._target[arc]]

    def joined(self, arc: Whole, held: Whole) -> tuple[Numbers, Numbers, Whole]:
        """What a point adds to the stars it joins.

        Parameters
        ----------
        arc
            The arc each star takes in.
        held
            Groups each star holds an odd number of, as bits (by word and star).

        Returns
        -------
        Toll of groups that do not hold the centre (never less later on), what groups that hold it
        cost beyond half of each point (never less than 0 in all), and the bits afterwards.
        """
        school = self._source[arc]
        toll, half = np.zeros(len(arc)), np.zeros(len(arc))
        for turn in range(int(self._held[school].max(initial=0))):
            row = np.flatnonzero(self._held[school] > turn)
            group = self._group[school[row], turn]
            odd = (held[self._word[group], row] >> self._bit[group]) & np.uint64(1) > 0
            centred = self._inside[self._target[arc[row]], group]
            price = self._price[group]
            toll[row] += price * (odd & ~centred)
            half[row] += 0.5 * price * centred * np.where(odd, 1.0, -1.0)
        return toll, half, held ^ self._bits[:, school]
