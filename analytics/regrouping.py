"""Which schools merge into which: the plan with the least yearly cost within the limits.

Each candidate stays open or merges whole into one open school of its level. The plan is a
mixed-integer programme; the gap to the best possible plan is known and told. What cannot be is
explained in words: which school and which limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.distances import distances, located, within
from analytics.regrouping_condition import usable_rooms
from analytics.regrouping_limits import Limits, alike
from analytics.regrouping_programme import (
    STAYS,
    Numbers,
    Prices,
    Programme,
    Whole,
    added_rombel,
    rombel,
)
from analytics.regrouping_rules import local_value
from analytics.regrouping_solution import Solution
from analytics.regrouping_solver import GAP_ASKED, SECONDS_ASKED, solve
from analytics.rules import RuleBook, RuleError

OPEN, MERGE = "open", "merge"


@dataclass(frozen=True)
class Infeasible:
    """One reason why no plan fits: which school, which limit, in both languages."""

    npsn: str
    limit: str
    message_id: str
    message_en: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """A programme with what it was made of.

    ``schools``: as given, with ``point_code`` ('' or why its point is not believed), ``level``,
    ``ceiling``, ``rooms_counted`` (rooms the programme goes by), ``rooms_usable`` (NaN: not known),
    ``heavy_left_out`` (heavily damaged rooms not among them) and ``is_candidate``. ``km``: by
    closing and receiving school. ``most_km``: the limit by closing school. ``grades``: what the
    columns of the programme's pupils are.
    """

    schools: pd.DataFrame
    programme: Programme
    km: Numbers
    limits: Limits
    most_km: Numbers
    grades: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RegroupingPlan:
    """A plan, its proof and why what was asked could not be.

    ``table``: one row per school of the file: ``npsn``, ``action`` (open or merge), ``into``,
    ``distance_km`` (0 where it stays open). ``objective`` and ``bound`` in million rupiah a year.
    Where ``infeasible`` is not empty the table is the nearest plan that can be, not an answer.
    """

    prepared: Prepared
    solution: Solution
    table: pd.DataFrame
    infeasible: tuple[Infeasible, ...]

    @property
    def cost_all_open(self) -> float:
        """Yearly cost with every school open, million rupiah."""
        return self.prepared.programme.cost_all_open


def prepared(  # noqa: PLR0913 - the schools, who may close, and what is asked of a plan
    schools: pd.DataFrame,
    pupils: pd.DataFrame,
    is_candidate: pd.Series,
    limits: Limits,
    prices: Prices,
    rulebook: RuleBook,
    on: date,
    roads: pd.DataFrame | None = None,
) -> Prepared:
    """The programme of a table of schools.

    Parameters
    ----------
    schools
        One row per school: ``npsn`` (unique), ``level``, ``latitude``, ``longitude``,
        ``classroom_count`` (blank where not known), and where known ``status``, ``kecamatan``,
        ``village`` and classrooms by condition.
    pupils
        By ``npsn`` (index) and grade (columns, whole numbers): pupils, 0 where none.
    is_candidate
        By ``npsn``: whether the school may close. Schools locked closed or paired always may,
        those locked open never.
    rulebook, on
        The class ceiling is that of this day (``data/rules/class_size.csv``).
    roads
        As in :func:`analytics.distances.distances`.

    Returns
    -------
    A school without a believed point (and without roads) has no arcs: it stays open and receives
    nobody. Heavily damaged classrooms are no rooms unless asked. Where rooms are not known, or
    fewer than the rombel of today, the rombel of today counts: leaving everything open always
    fits, and such a school may fill its classes but form no more of them.

    Raises
    ------
    RuleError
        When a level has no class ceiling.
    ValueError
        When a lock names a school that is not there, or a school stands twice.

    Method: docs/method.md eq. 110-112, 325.
    """
    schools = schools.reset_index(drop=True)
    npsn = schools["npsn"]
    if npsn.duplicated().any():
        raise ValueError(f"{npsn[npsn.duplicated()].iloc[0]} stands twice; one row per school")
    if unknown := sorted(limits.named() - set(npsn)):
        raise ValueError(f"{', '.join(unknown)}: no such school in the list")
    count = len(schools)
    by_grade = pupils.reindex(npsn).fillna(0).to_numpy(dtype=np.int64)
    level = schools["level"].astype("str").str.upper()
    most_pupils = {one: _ceiling(rulebook, one, on) for one in level.unique()}
    ceiling = level.map(most_pupils).to_numpy(dtype=np.int64)
    today = rombel(by_grade, ceiling).sum(axis=1) if count else np.zeros(0, dtype=np.int64)
    usable = usable_rooms(schools, limits.count_heavy_rooms)
    counted = np.maximum(usable["rooms"].fillna(0).to_numpy(dtype=np.int64), today)
    points = located(schools, limits.accept_shared)
    km = distances(schools, points, limits.detour, roads)
    limit_km = {
        one: local_value("max_km", on, one) if limits.max_km is None else limits.max_km
        for one in level.unique()
    }
    most_km = level.map(limit_km).to_numpy(dtype=float)
    forced = npsn.isin([*limits.lock_closed, *(one for one, _ in limits.pairs)]).to_numpy()
    may_close = is_candidate.reindex(npsn).fillna(False).to_numpy(dtype=bool) | forced
    may_close &= ~npsn.isin([*limits.lock_open, *(other for _, other in limits.pairs)]).to_numpy()
    allowed = within(km, most_km) & may_close[:, None] & alike(schools, limits) & ~forced[None, :]
    for one, other in limits.forbidden:
        i, j = _place(npsn, one), _place(npsn, other)
        allowed[i, j] = allowed[j, i] = False
    for one, other in limits.pairs:
        i, j = _place(npsn, one), _place(npsn, other)
        allowed[i, np.arange(count) != j] = False
    source, target = np.nonzero(allowed)
    told = schools.assign(
        level=level, point_code=points["code"], ceiling=ceiling, rombel_today=today,
        rooms_counted=counted, rooms_usable=usable["rooms"],
        heavy_left_out=usable["heavy_left_out"], is_candidate=may_close,
        pupil_count=by_grade.sum(axis=1),
    )  # fmt: skip
    programme = Programme(
        pupils=by_grade, ceiling=ceiling, spare=counted - today,
        source=source, target=target, km=km[source, target], must_close=forced, prices=prices,
        most_into=limits.most_into, most_merges=limits.most_merges,
    )  # fmt: skip
    grades = tuple(int(grade) for grade in pupils.columns)
    return Prepared(told, programme, km, limits, most_km, grades)


def regrouping_plan(
    question: Prepared,
    *,
    seconds: float = SECONDS_ASKED,
    gap: float = GAP_ASKED,
    told: Callable[[RegroupingPlan], None] | None = None,
) -> RegroupingPlan:
    """The plan with the least yearly cost.

    Parameters
    ----------
    seconds, gap
        As in :func:`analytics.regrouping_solver.solve`.
    told
        Called with every better plan, the first within a second or two: for a screen.

    Method: docs/method.md eq. 113-121.
    """

    def shown(solution: Solution) -> None:
        if told is not None:
            told(_plan(question, solution))

    return _plan(question, solve(question.programme, seconds=seconds, gap=gap, told=shown))


def _plan(question: Prepared, solution: Solution) -> RegroupingPlan:
    npsn = question.schools["npsn"].to_numpy(dtype=object)
    merges = solution.into != STAYS
    into = np.where(merges, npsn[np.maximum(solution.into, 0)], "") if len(npsn) else npsn
    table = pd.DataFrame(
        {
            "npsn": npsn,
            "action": np.where(merges, MERGE, OPEN),
            "into": into,
            "distance_km": solution.km,
        }
    ).astype({"npsn": "str", "action": "str", "into": "str"})
    reasons = tuple(_reason(question, int(at)) for at in solution.unmet)
    return RegroupingPlan(question, solution, table, reasons)


def _ceiling(rulebook: RuleBook, level: str, on: date) -> int:
    rows = rulebook.class_sizes
    day = pd.Timestamp(on)
    found = rows[
        (rows["level"].str.upper() == level)
        & (rows["effective_from"] <= day)
        & (day <= rows["effective_to"])
    ]
    if len(found) != 1:
        raise RuleError(
            f"class_size.csv: {len(found)} baris menjawab untuk jenjang {level!r} pada {on};"
            " harus tepat satu. Tulis jenjangnya SD atau SMP, atau tambahkan satu baris.",
            f"class_size.csv: {len(found)} rows answer for level {level!r} on {on}; exactly one"
            " must. Write the level as SD or SMP, or add a row.",
        )
    return int(found["max_pupils"].iloc[0])


def _place(npsn: pd.Series, one: str) -> int:
    return int(np.flatnonzero(npsn.to_numpy() == one)[0])


# ---- why not -------------------------------------------------------------------------------------


def _reason(question: Prepared, at: int) -> Infeasible:
    """Which limit keeps one locked school from closing, the first that leaves it nowhere to go."""
    schools, programme, limits = question.schools, question.programme, question.limits
    own = schools.iloc[at]
    name = f"{own.get('name', '') or own['npsn']} ({own['npsn']})"

    def said(limit: str, indonesian: str, english: str) -> Infeasible:
        return Infeasible(
            str(own["npsn"]),
            limit,
            f"{name} dikunci tutup, tetapi {indonesian}",
            f"{name} is locked closed, but {english}",
        )

    km = question.km[at]
    known = np.isfinite(km)
    if (into := dict(limits.pairs).get(str(own["npsn"]))) is not None:
        j = _place(schools["npsn"], into)
        if (told := _pair_refused(question, at, j)) is not None:
            return said(*told)
    if not known.any() and own["point_code"]:
        return said(
            "coordinates",
            "koordinatnya tidak dapat dipercaya, jadi jaraknya tidak diketahui."
            " Perbaiki lat dan lon-nya.",
            "its coordinates cannot be believed, so no distance is known. Mend its lat and lon.",
        )
    others = alike(schools, limits)[at].copy()
    others[at] = False
    if not others.any():
        return said(
            "level",
            "tidak ada sekolah lain yang jenjang, status, dan wilayahnya sama.",
            "no other school has its level, status and area.",
        )
    similar = others & known
    if not similar.any():
        first = np.flatnonzero(others)[:3]
        names = ", ".join(_called(schools, int(one)) for one in first)
        mend = _to_mend(schools, first)
        return said(
            "no_other",
            f"jarak ke sekolah lain yang boleh menerimanya ({names}) tidak diketahui. {mend[0]}",
            f"no distance to another school that may receive it ({names}) is known. {mend[1]}",
        )
    near = similar & (km <= question.most_km[at] + 1e-9)
    if not near.any():
        nearest = int(np.flatnonzero(similar)[np.argmin(km[similar])])
        other = _called(schools, nearest)
        return said(
            "distance",
            f"sekolah terdekat yang boleh menerima, {other}, berjarak"
            f" {_comma(f'{km[nearest]:.2f}')} km; batasnya"
            f" {_comma(f'{question.most_km[at]:g}')} km.",
            f"the nearest school that may receive it, {other}, is {km[nearest]:.2f} km away; the"
            f" limit is {question.most_km[at]:g} km.",
        )
    free = programme.target[programme.source == at]
    if not len(free):
        return said(
            "locks",
            "semua sekolah dalam jangkauannya dikunci tutup, dilarang, atau bukan pasangannya.",
            "every school within reach is locked closed, forbidden or not its pair.",
        )
    added = added_rombel(
        np.repeat(programme.pupils[[at]], len(free), axis=0),
        programme.slack[free],
        programme.ceiling[free],
    )
    short = added - programme.spare[free]
    if (short > 0).all():
        best = int(np.argmin(short))
        other = _called(schools, int(free[best]))
        rooms = int(schools["rooms_counted"].iloc[int(free[best])])
        heavy = int(schools["heavy_left_out"].iloc[int(free[best])])
        return said(
            "rooms",
            f"tidak ada penerima dengan ruang cukup: {other} mempunyai {rooms} ruang, kurang"
            f" {int(short[best])}"
            + (f" ({heavy} ruang rusak berat tidak dihitung)." if heavy else "."),
            f"no receiver has rooms enough: {other} has {rooms} rooms, {int(short[best])} short"
            + (f" ({heavy} heavily damaged rooms not counted)." if heavy else "."),
        )
    names = ", ".join(_called(schools, int(one)) for one in free[short <= 0][:3])
    return said(
        "together",
        f"penerima yang terjangkau ({names}) tidak cukup untuk semua yang dikunci tutup"
        " bersama-sama: ruang, banyaknya sekolah per penerima, atau banyaknya penggabungan habis.",
        f"the receivers within reach ({names}) do not suffice for all that are locked closed"
        " together: rooms, schools into one, or merges in all run out.",
    )


def _pair_refused(question: Prepared, at: int, j: int) -> tuple[str, str, str] | None:
    """The limit that keeps a school from the one it is paired with, in both languages."""
    schools, limits = question.schools, question.limits
    other, km = _called(schools, j), float(question.km[at, j])
    both = {str(schools["npsn"].iloc[at]), str(schools["npsn"].iloc[j])}
    if any(both == set(pair) for pair in limits.forbidden):
        return (
            "forbidden",
            f"penggabungan dengan pasangannya, {other}, dilarang (--forbid, atau larangan yang"
            " disimpan di halaman Regrouping). Hapus salah satunya.",
            f"merging with its pair, {other}, is forbidden (--forbid, or a lock saved on the page"
            " Regrouping). Remove one of the two.",
        )
    if not np.isfinite(km):
        mend = _to_mend(schools, np.array([at, j]))
        return (
            "coordinates",
            f"jarak ke pasangannya, {other}, tidak diketahui. {mend[0]}",
            f"the way to its pair, {other}, is not known. {mend[1]}",
        )
    if not alike(schools, limits)[at, j]:
        return (
            "level",
            f"jenjang, status, atau wilayah pasangannya, {other}, tidak sama.",
            f"its pair, {other}, has another level, status or area.",
        )
    if km > question.most_km[at] + 1e-9:
        return (
            "distance",
            f"pasangannya, {other}, berjarak {_comma(f'{km:.2f}')} km; batasnya"
            f" {_comma(f'{question.most_km[at]:g}')} km.",
            f"its pair, {other}, is {km:.2f} km away; the limit is {question.most_km[at]:g} km.",
        )
    return None


def _comma(number: str) -> str:
    """A number as Indonesian sentences write it."""
    return number.replace(".", ",")


def _to_mend(schools: pd.DataFrame, rows: Whole) -> tuple[str, str]:
    """What keeps distances from being known: points that are not believed, else roads."""
    bad = [int(one) for one in rows if schools["point_code"].iloc[int(one)]]
    names = ", ".join(_called(schools, one) for one in bad)
    if bad:
        return f"Perbaiki lat dan lon {names}.", f"Mend lat and lon of {names}."
    return (
        "Jarak jalan yang diberikan tidak dipercaya: perbaiki.",
        "The road that was given is not believed: mend its length.",
    )


def _called(schools: pd.DataFrame, at: int) -> str:
    own = schools.iloc[at]
    return f"{own.get('name', '') or ''} ({own['npsn']})".strip()


def rombel_formed(programme: Programme, into: Whole) -> Whole:
    """Rombel by school and grade under a plan; 0 where the school closes."""
    closes = into != STAYS
    loads = programme.pupils.copy()
    np.add.at(loads, into[closes], programme.pupils[closes])
    loads[closes] = 0
    return rombel(loads, programme.ceiling)
