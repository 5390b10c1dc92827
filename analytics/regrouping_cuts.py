"""Cuts of the relaxation: of an odd group of schools, stars share out at most so many pairs.

In a group of 2k + 1 schools, stars that hold two or more of them take at least two each: the sum
of half the schools each star holds there, rounded down, is at most k. The relaxation over stars
breaks this where three schools would each merge with either other, and that is most of its gap.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from analytics.regrouping_programme import Numbers

# The largest odd group tried, the cuts taken at once, and how far a cut must bite.
LARGEST_GROUP = 11
MOST_CUTS = 200
LEAST_BITE = 0.03
_WHOLE = 1e-6
_OUT = 9.0


def odd_group_cuts(
    holds: csr_matrix, share: Numbers, largest: int = LARGEST_GROUP
) -> list[tuple[int, ...]]:
    """Groups of schools whose cut the relaxed plan breaks, the worst first.

    Parameters
    ----------
    holds
        1 where the star of the column holds the school of the row.
    share
        How much of each star the relaxed plan takes, 0-1.
    largest
        Schools of the largest group tried.

    Returns
    -------
    Groups of an odd number of schools, each grown from a pair of schools that share a star.

    Method: docs/method.md eq. 119.
    """
    split = (share > _WHOLE) & (share < 1 - _WHOLE)
    part = holds[:, split]
    rows = np.flatnonzero(np.diff(part.indptr))
    part = part[rows].tocsr()
    weight = share[split]
    if not len(rows):
        return []
    slack = 1 - part @ weight
    together = (part.multiply(weight) @ part.T).tocoo()
    pair = (together.row < together.col) & (together.data > _WHOLE)
    first, second = together.row[pair], together.col[pair]
    dense = part.toarray().astype(float)
    is_in = dense > 0
    # One row per group under way: the stars that hold an odd number of its schools.
    odd = is_in[first] ^ is_in[second]
    loose = slack[first] + slack[second]
    each = np.arange(len(first))
    group = np.zeros((len(first), len(rows)), dtype=bool)
    group[each, first] = group[each, second] = True
    found: dict[tuple[int, ...], float] = {}
    for size in range(3, largest + 1):
        if not len(first):
            break
        # Taking one more school in turns the parity of the stars that hold it.
        after = odd @ weight + loose
        after = after[:, None] + np.where(odd, -weight, weight) @ dense.T + slack
        after[group] = _OUT
        taken = after.argmin(axis=1)
        reached = after[each, taken]
        odd ^= is_in[taken]
        loose = loose + slack[taken]
        group[each, taken] = True
        if size % 2:
            for at in np.flatnonzero(reached < 1 - LEAST_BITE).tolist():
                found.setdefault(tuple(rows[np.flatnonzero(group[at])].tolist()), reached[at])
    return sorted(found, key=found.__getitem__)[:MOST_CUTS]


def cut_rows(groups: list[tuple[int, ...]], holds: csr_matrix) -> tuple[csr_matrix, Numbers]:
    """Left sides (by cut and star) and right sides of the cuts of some groups."""
    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    at = np.concatenate([np.asarray(group) for group in groups])
    each = csr_matrix(
        (np.ones(len(at)), (np.repeat(np.arange(len(groups)), sizes), at)),
        shape=(len(groups), holds.shape[0]),
    )
    held = (each @ holds).tocsr()
    held.data = np.floor(held.data / 2)
    held.eliminate_zeros()
    return held, (sizes // 2).astype(float)
