"""Groups people are put in: by office, post, sex and the like; blanks are a group too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import permutations

import numpy as np
import pandas as pd

UNKNOWN = "tidak diketahui"
_DENSE_LIMIT = 20_000_000  # group numbers up to which a flag per number beats sorting the people


def dimension(leavers: pd.DataFrame, column: str) -> pd.Categorical:
    """Values of one grouping column; blanks become the group ``tidak diketahui``.

    Parameters
    ----------
    leavers
        One row per person.
    column
        A column of ``leavers``: ``opd``, ``role_group``, ``sex`` and the like.

    Returns
    -------
    One value per person, none missing; categories sorted, ``tidak diketahui`` last.
    """
    values = leavers[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = values.cat.codes.to_numpy(), values.cat.categories.astype(str)
    else:
        codes, found = pd.factorize(values)
    written = ["" if pd.isna(value) else " ".join(str(value).split()) for value in found]
    labels = [label or UNKNOWN for label in written] + [UNKNOWN]
    categories = sorted(set(labels[:-1]) - {UNKNOWN})
    if UNKNOWN in labels[:-1] or (codes < 0).any():
        categories.append(UNKNOWN)
    number = {label: place for place, label in enumerate(categories)}
    # A missing value has code -1 and so takes the last entry, which is ``UNKNOWN``.
    remapped = np.array([number.get(label, -1) for label in labels], dtype=np.int32)
    return pd.Categorical.from_codes(remapped[codes], categories=categories)


def selected(leavers: pd.DataFrame, wanted: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """People whose values are among those wanted, in every column named.

    Parameters
    ----------
    leavers
        One row per person.
    wanted
        Column -> values (``tidak diketahui`` for blanks). No values: that column does not filter.

    Returns
    -------
    The rows that fit, index kept.
    """
    fits = np.ones(len(leavers), dtype=bool)
    for column, values in wanted.items():
        if values:
            fits &= np.asarray(dimension(leavers, column).isin(list(values)))
    return leavers.loc[fits]


def is_educator(leavers: pd.DataFrame, role_groups: pd.DataFrame) -> np.ndarray:
    """Whether each person teaches, heads or supervises a school, by the role group.

    Parameters
    ----------
    leavers
        One row per person: ``role_group``.
    role_groups
        One row per role group: ``role_group``, ``is_educator`` (true/false, as bool or text).

    Returns
    -------
    One boolean per person; an unknown role group is no educator.
    """
    flags = role_groups["is_educator"].astype(str).str.strip().str.casefold()
    educators = role_groups.loc[flags.isin({"true", "1", "ya"}).to_numpy(), "role_group"]
    return leavers["role_group"].isin(educators).to_numpy()


def role_group_labels(role_groups: pd.DataFrame, language: str = "id") -> dict[str, str]:
    """Role group -> the name people use, in ``id`` or ``en``."""
    return dict(zip(role_groups["role_group"], role_groups[f"label_{language}"], strict=True))


def groups_of(
    leavers: pd.DataFrame, by: str | Sequence[str] | None
) -> tuple[np.ndarray, pd.DataFrame]:
    """A group number for each row of ``leavers``, and the groups: one row each, in label order."""
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    codes = np.zeros(len(leavers), dtype=np.int64)
    if not columns:
        return codes, pd.DataFrame(index=range(1))
    values = [dimension(leavers, column) for column in columns]
    for value in values:
        codes = codes * max(len(value.categories), 1) + value.codes
    size = int(np.prod([max(len(value.categories), 1) for value in values], dtype=object))
    if size <= _DENSE_LIMIT:
        found = np.flatnonzero(np.bincount(codes, minlength=size))
        place = np.zeros(size, dtype=np.int64)
        place[found] = np.arange(len(found))
        codes = place[codes]
    else:
        found, codes = np.unique(codes, return_inverse=True)
    groups = {}
    rest = found
    for column, value in zip(reversed(columns), reversed(values), strict=True):
        rest, own = np.divmod(rest, max(len(value.categories), 1))
        groups[column] = pd.Categorical.from_codes(own, categories=value.categories)
    return codes, pd.DataFrame({column: groups[column] for column in columns})


def told_apart(
    sizes: np.ndarray | pd.Series, least: float, among: np.ndarray | None = None
) -> np.ndarray:
    """Which of the groups that make up a whole may be told apart, so that no few are given away.

    Parameters
    ----------
    sizes
        Of every group, told or not; together they are the whole, which is told too.
    least
        Smaller groups are not told, nor may what the others leave of the whole be smaller: where it
        is, the smallest that would be told is left out as well.
    among
        Groups that may be told; None: all.

    Returns
    -------
    One boolean per group.
    """
    size = np.asarray(sizes, dtype=np.float64)
    kept = size >= least if among is None else (size >= least) & among
    rest = size[~kept].sum()
    if 0 < rest < least and kept.any():
        kept[np.flatnonzero(kept)[size[kept].argmin()]] = False
    return kept


def told_levels(
    people: pd.DataFrame, factors: Sequence[str], least: int
) -> dict[str, dict[object, bool]]:
    """Levels of several factors that may be told beside each other and the whole.

    Beside :func:`told_apart` within each factor: where a level less all levels of another factor
    that lie wholly in it would tell of fewer than ``least``, the smallest of these is left out.

    Parameters
    ----------
    people
        The columns ``factors``, nothing missing.

    Returns
    -------
    Factor -> level -> whether it is told. Levels that cross each other, neither within the other,
    are not looked through.
    """
    codes, levels, sizes, kept = {}, {}, {}, {}
    for name in factors:
        codes[name], levels[name] = pd.factorize(people[name].to_numpy(dtype=object))
        sizes[name] = np.bincount(codes[name], minlength=len(levels[name]))
        kept[name] = np.ones(len(levels[name]), dtype=bool)
    is_open = True
    while is_open:
        for name in factors:
            kept[name] = told_apart(sizes[name], least, kept[name])
        is_open = False
        for inner, outer in permutations(factors, 2):
            pair = codes[outer] * len(levels[inner]) + codes[inner]
            shape = (len(levels[outer]), len(levels[inner]))
            both = np.bincount(pair, minlength=shape[0] * shape[1]).reshape(shape)
            is_within = (both == sizes[inner]) & kept[inner]
            left_over = sizes[outer] - (both * is_within).sum(axis=1)
            for place in np.flatnonzero(kept[outer] & (left_over > 0) & (left_over < least)):
                among = np.flatnonzero(is_within[place])
                kept[inner][among[sizes[inner][among].argmin()]] = False
                is_open = True
    return {name: dict(zip(levels[name], kept[name], strict=True)) for name in factors}
