"""The counts behind the page on pupils: the wave, the schools by size, one school."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics import enrolment
from analytics.enrolment import Levers
from analytics.enrolment_cells import pupil_cells
from analytics.enrolment_learning import Outlook
from pages.shared import load_schools, maps
from pages.shared.load_schools import PRIVATE, PUBLIC, SchoolKey
from pages.shared.school_inputs import EVERY, Scope, level_name, year_name
from pages.shared.words import number, percent, t

TOTAL = "total"
# A change below this share is none.
_NO_CHANGE = 0.01
# Grades in which a child enters a level.
ENTRY_GRADES = {"TK": 0, "SD": 1, "SMP": 7, "SMA": 10, "SMK": 10}


@dataclass(frozen=True, eq=False)
class Wave:
    """What the page on pupils shows; small, kept for the next visitor, never to be changed.

    ``history`` and ``ahead`` by ``group`` (level) and ``school_year``: ``pupils``, ahead also
    ``p10``, ``p90``, ``naive``; ``whole`` the same for all schools in view together (``history``
    in ``whole_history``). ``grades`` pupils by ``grade`` (rows) and school year (columns), past
    and future. ``schools`` one row per school: see ``_schools``. ``origin_count`` past years the
    furthest lead was learnt from, 0 where its band is carried over from a shorter one.
    """

    now_year: int
    last_year: int
    history: pd.DataFrame
    ahead: pd.DataFrame
    whole_history: pd.DataFrame
    whole: pd.DataFrame
    grades: pd.DataFrame
    schools: pd.DataFrame
    intake_now: float
    intake_ahead: float
    learnt_lead_years: int
    has_births: bool

    @property
    def pupils_now(self) -> float:
        """Pupils of the last year in the data."""
        return float(self.schools["pupils_now"].sum())

    @property
    def pupils_ahead(self) -> float:
        """Pupils at the horizon."""
        return float(self.whole["pupils"].iloc[-1]) if len(self.whole) else float("nan")

    @property
    def change_share(self) -> float:
        """Change from the last year to the horizon, as a share."""
        return self.pupils_ahead / self.pupils_now - 1 if self.pupils_now else float("nan")

    def below(self, threshold: int, when: str) -> int:
        """Schools with fewer pupils than the threshold, ``when`` is ``now`` or ``ahead``."""
        return int((self.schools[f"pupils_{when}"] < threshold).sum())


def finding(scope: Scope, answer: Wave) -> str:
    """The wave in one line."""
    level = level_name(scope.level)
    values = {
        "level": level,
        "year": year_name(answer.last_year),
        "share": percent(abs(answer.change_share)),
    }
    if len(answer.whole_history) < 2:
        return t(
            "{pupils} murid {level} pada {now}; satu tahun ajaran belum memberi arah",
            pupils=number(answer.pupils_now),
            level=level,
            now=year_name(answer.now_year),
        )
    if answer.change_share < -_NO_CHANGE:
        return t("Murid {level} turun {share} sampai {year}", **values)
    if answer.change_share > _NO_CHANGE:
        return t("Murid {level} naik {share} sampai {year}", **values)
    return t("Murid {level} tidak banyak berubah sampai {year}", **values)


def forecast(key: SchoolKey) -> Outlook:
    """The forecast under today's levers; words on the screen while a worker learns it."""
    return load_schools.learnt(key, t("Menghitung prakiraan murid setiap sekolah dari riwayatnya"))


@lru_cache(maxsize=16)
def outlook(key: SchoolKey, levers: Levers) -> Outlook:
    """The forecast of every school under the levers, as arrays.

    What public schools lose to private schools of the same list arrives there.
    """
    today = forecast(key)
    public = enrolment.moved_by(today, levers)
    if levers.private_share is None:
        return public
    stays = (1 - levers.private_share) / (1 - levers.private_share_today)
    schools = load_schools.schools_of(key).set_index("npsn").reindex(today.data.school_ids)
    moved = public
    for level, share in load_schools.private_shares(key).items():
        # What the public schools of a level lose, the private ones of that level gain.
        gained = float(np.clip(share + (1 - stays) * (1 - share), 0.0, 1.0))
        mirrored = dataclasses.replace(
            levers, private_share_today=1 - share, private_share=1 - gained
        )
        here = ((schools["level"] == level) & (schools["status"] == PRIVATE)).to_numpy(bool)
        moved = _with(moved, enrolment.moved_by(today, mirrored), here)
    return moved


@lru_cache(maxsize=64)
def one_grade(scope: Scope, grade: int) -> pd.DataFrame:
    """Pupils of one grade over the schools in view, ahead, with a band of their own.

    Returns
    -------
    ``school_year``, ``pupils``, ``p10``, ``p90``, ``naive``. The band is by the law of the grade
    over all schools where the view holds every one of them, else by that of one grade in a
    kecamatan, which knows the size of what it sums (eq. 31).
    """
    seen = outlook(scope.key, scope.levers)
    column = int(np.flatnonzero(seen.data.grades == grade)[0])
    use = np.isin(seen.data.school_ids.astype(str), in_scope_ids(scope))
    leads = slice(0, scope.horizon_years)
    cells = seen.cells[use, column, leads]
    pupils = cells.sum(axis=0)
    # Children who are in their school already miss by less than those who have yet to enter.
    is_cohort = 2 * (cells * seen.present[use, column, leads]).sum(axis=0) >= pupils
    is_all = not seen.serves[~use, column].any()
    laws = seen.spreads.grades if is_all else seen.spreads.district_grades
    bands = [
        laws[bool(cohort)][lead].band(total)
        for lead, (total, cohort) in enumerate(zip(pupils, is_cohort, strict=True))
    ]
    low, high = np.array(bands, dtype=float).T
    return pd.DataFrame(
        {
            "school_year": seen.years[leads],
            "pupils": pupils,
            "p10": low,
            "p90": high,
            "naive": float(seen.data.count[use, column, -1].sum()),
        }
    )


def births_told(scope: Scope, last_year: int) -> str:
    """From when a moved birth lever is felt; a warning where that is later than the view looks.

    Only children born after the last year of the data are fewer or more: they need years to
    arrive in grade I, and longer in the levels above. Empty where the lever stands at today.
    """
    if scope.levers.births_factor == 1:
        return ""
    first = _births_felt_from(scope.key, scope.levers, in_scope_ids(scope))
    if first is None:
        return t(
            "Tuas kelahiran tidak mengubah angka di sini: anak yang lahir sesudah tahun ajaran"
            " terakhir dalam data belum masuk sekolah-sekolah ini sampai {year}, batas prakiraan.",
            year=year_name(outlook(scope.key, scope.levers).years[-1]),
        )
    if first > last_year:
        return t(
            "Tuas kelahiran belum mengubah angka sampai {last}: anak yang lahir sesudah tahun"
            " ajaran terakhir dalam data baru masuk sekolah ini mulai {first}. Perpanjang jangka"
            " waktunya.",
            last=year_name(last_year),
            first=year_name(first),
        )
    return t(
        "Tuas kelahiran mulai terasa {first}, ketika anak yang lahir sesudah tahun ajaran terakhir"
        " dalam data masuk sekolah ini.",
        first=year_name(first),
    )


def in_scope_ids(scope: Scope) -> tuple[str, ...]:
    """The schools of a view, as a key."""
    return tuple(in_scope(scope)["npsn"])


@lru_cache(maxsize=64)
def _births_felt_from(key: SchoolKey, levers: Levers, npsn: tuple[str, ...]) -> int | None:
    """The first school year in which the births lever moves these schools by a whole pupil."""
    moved = outlook(key, levers)
    unmoved = outlook(key, dataclasses.replace(levers, births_factor=1.0))
    use = np.isin(moved.data.school_ids.astype(str), npsn)
    change = np.abs((moved.schools[use] - unmoved.schools[use]).sum(axis=0))
    felt = np.flatnonzero(change >= 0.5)
    return int(moved.years[felt[0]]) if len(felt) else None


def _with(one: Outlook, other: Outlook, use: np.ndarray) -> Outlook:
    """``one``, with the schools marked in ``use`` as ``other`` has them."""
    names = ("cells", "cells_low", "cells_high", "schools", "schools_low", "schools_high")
    chosen = {
        name: np.where(
            use.reshape(-1, *[1] * (getattr(one, name).ndim - 1)),
            getattr(other, name),
            getattr(one, name),
        )
        for name in names
    }
    return dataclasses.replace(one, **chosen)


def in_scope(scope: Scope) -> pd.DataFrame:
    """The schools a view looks at, one row each, whether or not they still have pupils."""
    return _in_scope(scope.key, scope.level, scope.status, scope.kecamatan)


@lru_cache(maxsize=64)
def _in_scope(key: SchoolKey, level: str, status: str, kecamatan: tuple[str, ...]) -> pd.DataFrame:
    schools = load_schools.schools_of(key)
    use = pd.Series(True, schools.index)
    if level != EVERY:
        use &= schools["level"] == level
    if status != EVERY:
        use &= schools["status"] == status
    if kecamatan:
        use &= schools["kecamatan"].isin(kecamatan)
    return schools.loc[use]


@lru_cache(maxsize=64)
def wave(scope: Scope) -> Wave:
    """The counts of a view; computed once for all visitors who look at it."""
    seen = outlook(scope.key, scope.levers)
    schools = in_scope(scope)
    past = _past(scope.key, in_scope_ids(scope))
    now_year = int(seen.data.years[-1])
    leads = scope.horizon_years
    last_year = now_year + leads
    level = schools.set_index("npsn")["level"]
    table = _schools(seen, schools, leads)
    ahead = _ahead(seen, level, last_year)
    whole = _ahead(seen, pd.Series(EVERY, level.index), last_year)
    grades = _grades(seen, past.by_grade, schools, leads)
    entry = [grade for name, grade in ENTRY_GRADES.items() if name in set(level)]
    intake = grades.reindex(sorted(set(entry)))
    learnt_leads = [lead for lead, count in enumerate(seen.origins_by_lead, 1) if count]
    return Wave(
        now_year=now_year,
        last_year=last_year,
        history=past.by_level,
        ahead=ahead,
        whole_history=past.whole,
        whole=whole,
        grades=grades,
        schools=table,
        intake_now=float(intake[now_year].sum()) if now_year in intake else float("nan"),
        intake_ahead=float(intake[last_year].sum()) if last_year in intake else float("nan"),
        learnt_lead_years=max(learnt_leads, default=0),
        has_births=seen.births is not None,
    )


@dataclass(frozen=True, eq=False)
class _Past:
    """What was, which no lever moves: ``by_level``, ``whole`` and ``by_grade`` as in ``Wave``."""

    by_level: pd.DataFrame
    whole: pd.DataFrame
    by_grade: pd.DataFrame


@lru_cache(maxsize=64)
def _past(key: SchoolKey, npsn: tuple[str, ...]) -> _Past:
    rows = load_schools.history_of(key)
    rows = rows.loc[rows["school_id"].isin(set(npsn))]
    level = load_schools.schools_of(key).set_index("npsn")["level"]
    rows = rows.assign(group=rows["school_id"].map(level))
    graded = rows.loc[rows["grade"] != TOTAL]
    return _Past(
        by_level=rows.groupby(["group", "school_year"], as_index=False)["pupils"].sum(),
        whole=rows.groupby("school_year", as_index=False)["pupils"].sum(),
        by_grade=graded.pivot_table(
            index="grade", columns="school_year", values="pupils", aggfunc="sum", fill_value=0
        ),
    )


def _ahead(seen: Outlook, group: pd.Series, last_year: int) -> pd.DataFrame:
    """Totals ahead by group, with a band of their own and the naive line."""
    known = group.loc[group.index.isin(seen.data.school_ids)]
    if known.empty:
        columns = ["group", "school_year", "pupils", "p10", "p90", "naive"]
        return pd.DataFrame(columns=columns)
    totals = enrolment.group_forecast(seen, known)
    now = pd.Series(_now(seen), index=pd.Index(seen.data.school_ids))
    naive = now.groupby(known.reindex(now.index)).sum()
    totals = totals.assign(naive=totals["group"].map(naive))
    return totals.loc[totals["school_year"] <= last_year].reset_index(drop=True)


def _now(seen: Outlook) -> np.ndarray:
    """Pupils of the last year by school."""
    return np.asarray(seen.data.count[:, :, -1].sum(axis=1))


def _grades(seen: Outlook, grid: pd.DataFrame, schools: pd.DataFrame, leads: int) -> pd.DataFrame:
    """Pupils by grade (rows) and school year (columns), past and future."""
    use = np.isin(seen.data.school_ids.astype(str), schools["npsn"].to_numpy(str))
    ahead = seen.cells[use].sum(axis=0)[:, :leads]
    frame = pd.DataFrame(ahead, index=seen.data.grades, columns=seen.years[:leads])
    frame = frame.loc[[grade for grade in frame.index if grade in grid.index]]
    wide = grid.join(frame, how="outer") if len(grid) else grid
    wide.index = [int(grade) for grade in wide.index]
    return wide.sort_index().astype("float64")


def _schools(seen: Outlook, schools: pd.DataFrame, leads: int) -> pd.DataFrame:
    """Open schools in view, one row each.

    Returns
    -------
    The profile's columns, ``pupils_now``, ``pupils_ahead``, ``p10``, ``p90``, ``change_share``,
    ``east_km``, ``north_km`` (from the middle of the mapped schools; blank where unmapped).
    """
    lead = leads - 1
    rows = pd.DataFrame(
        {
            "npsn": seen.data.school_ids.astype(str),
            "pupils_now": _now(seen),
            "pupils_ahead": seen.schools[:, lead],
            "p10": seen.schools_low[:, lead],
            "p90": seen.schools_high[:, lead],
        }
    )
    table = schools.merge(rows.loc[rows["pupils_now"] > 0], on="npsn")
    return table.assign(
        change_share=table["pupils_ahead"] / table["pupils_now"] - 1, **maps.places_km(table)
    ).sort_values("pupils_now", ignore_index=True)


def _band(
    seen: Outlook, what: str, place: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        getattr(seen, what)[place],
        getattr(seen, f"{what}_low")[place],
        getattr(seen, f"{what}_high")[place],
    )


@lru_cache(maxsize=8)
def cells_for_need(key: SchoolKey, levers: Levers) -> pd.DataFrame:
    """Pupils by school, year and grade from this year to the furthest, for the need of teachers.

    Returns
    -------
    As :func:`cells_of`. Public schools only: the government pays no teachers of private ones.
    """
    schools = load_schools.schools_of(key)
    public = set(schools.loc[schools["status"] == PUBLIC, "npsn"])
    cells = cells_of(key, levers)
    return cells.loc[cells["npsn"].isin(public)].reset_index(drop=True)


@lru_cache(maxsize=8)
def cells_of(key: SchoolKey, levers: Levers) -> pd.DataFrame:
    """Pupils by school, year and grade from this year to the furthest, private schools as well.

    Returns
    -------
    ``npsn``, ``school_year``, ``grade``, ``pupil_count``, ``level``; a school that reports totals
    only has them spread evenly over the grades of its level.
    """
    level = load_schools.schools_of(key).set_index("npsn")["level"]
    return pupil_cells(outlook(key, levers), level)
