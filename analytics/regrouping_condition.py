"""What lists say of a school beside its pupils: how damaged its rooms are, who is exempt.

The share of rooms and the degree of damage from which buildings count as damaged are settings of
whoever plans; no rule read so far names either.
"""

from __future__ import annotations

import pandas as pd

# Degrees of damage, the worst last, and the column that counts classrooms of each.
DEGREES = {
    "light": "room_light_count",
    "moderate": "room_moderate_count",
    "heavy": "room_heavy_count",
}
USUAL_DEGREE = "moderate"
_GOOD = "room_good_count"
_ONE_ROOF = r"\bSATAP\b|\bSATU[ -]ATAP\b"


def damaged_rooms_share(schools: pd.DataFrame, degree: str = USUAL_DEGREE) -> pd.Series:
    """Share of classrooms damaged to a degree or worse, 0-1; NaN where it is not known.

    Parameters
    ----------
    schools
        One row per school: ``room_good_count``, ``room_light_count``, ``room_moderate_count``,
        ``room_heavy_count`` and ``classroom_count``, each where known.
    degree
        One of ``DEGREES``: what counts as damaged from there up.

    Returns
    -------
    By row. The whole is the sum of the four counts where the sound rooms are told, else the
    classrooms; a school that tells no count of this degree or worse is not known.

    Method: docs/method.md eq. 275.
    """
    told = {name: _numbers(schools, name) for name in (_GOOD, *DEGREES.values())}
    names = list(DEGREES.values())
    worse = pd.concat([told[name] for name in names[list(DEGREES).index(degree) :]], axis=1)
    damaged = worse.sum(axis=1, min_count=1)
    summed = pd.concat(list(told.values()), axis=1).sum(axis=1)
    whole = summed.where(told[_GOOD].notna(), _numbers(schools, "classroom_count"))
    return (damaged / whole.where(whole > 0)).clip(upper=1.0).astype("float64")


def usable_rooms(schools: pd.DataFrame, count_heavy: bool = False) -> pd.DataFrame:
    """Classrooms that pupils may be put into, and those left out because of their damage.

    Parameters
    ----------
    schools
        As :func:`damaged_rooms_share` reads them.
    count_heavy
        Whether heavily damaged classrooms count like any other.

    Returns
    -------
    By row: ``rooms`` (NaN where their number is not known) and ``heavy_left_out``. The number is
    that of the classrooms, else the sum of the four conditions where all are told. A school that
    tells nothing of heavy damage has none.

    Method: docs/method.md eq. 325.
    """
    told = pd.concat([_numbers(schools, name) for name in (_GOOD, *DEGREES.values())], axis=1)
    rooms = _numbers(schools, "classroom_count")
    rooms = rooms.where(rooms > 0, told.sum(axis=1, min_count=len(told.columns)))
    rooms = rooms.where(rooms > 0)
    heavy = _numbers(schools, DEGREES["heavy"]).fillna(0.0).clip(lower=0.0)
    left_out = heavy.clip(upper=rooms.fillna(0.0)) * (not count_heavy)
    return pd.DataFrame(
        {"rooms": rooms - left_out, "heavy_left_out": left_out.astype("int64")},
        index=schools.index,
    )


def is_damaged(schools: pd.DataFrame, share: float | None, degree: str = USUAL_DEGREE) -> pd.Series:
    """Whether buildings count as damaged: said outright, or this share of rooms and more.

    Parameters
    ----------
    schools
        Classrooms by condition (``room_*_count``) and ``is_damaged``, as far as the list has them.
    share
        0-1; None: only what a list says outright (``is_damaged``).
    """
    outright = told_flag(schools, "is_damaged")
    if share is None:
        return outright
    known = damaged_rooms_share(schools, degree)
    # No room damaged is not damaged, whatever share was asked for.
    return outright | ((known > 0) & (known >= share - 1e-9))


def one_roof(schools: pd.DataFrame) -> pd.Series:
    """Whether a school shares a roof (satu atap): as its list says, else as its name does."""
    told = (
        schools["is_integrated"].astype("boolean")
        if "is_integrated" in schools
        else pd.Series(pd.NA, index=schools.index, dtype="boolean")
    )
    return told.fillna(calls_itself_one_roof(schools).astype("boolean")).astype(bool)


def calls_itself_one_roof(schools: pd.DataFrame) -> pd.Series:
    """Whether the name says SATAP or SATU ATAP."""
    names = schools["name"] if "name" in schools else pd.Series("", index=schools.index)
    return names.astype("str").str.upper().str.contains(_ONE_ROOF, regex=True)


def _numbers(schools: pd.DataFrame, name: str) -> pd.Series:
    if name not in schools:
        return pd.Series(float("nan"), index=schools.index)
    return pd.to_numeric(schools[name]).astype("Float64").astype("float64")


def told_flag(schools: pd.DataFrame, name: str) -> pd.Series:
    """A mark of a list by row; False where it is blank or the list has no such column."""
    if name not in schools:
        return pd.Series(False, index=schools.index)
    return schools[name].astype("boolean").fillna(False).astype(bool)
