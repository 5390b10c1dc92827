"""When each merge happens: spread over years so that few people are displaced, and its calendar.

Schools that merge into one receiver do so together: one decree, one socialisation. A year waited
costs what the merge would have saved; a person displaced costs a price of local choice; rooms must
hold the pupils forecast for that year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from analytics.regrouping import RegroupingPlan
from analytics.regrouping_facts import facts_around
from analytics.regrouping_programme import STAYS, Numbers, Whole
from analytics.regrouping_rules import local_value
from analytics.rules import RuleBook
from analytics.teachers import (
    AS_LAW,
    HEAD,
    NeedChoice,
    SchoolFacts,
    rombel,
    teachers_needed,
)
from analytics.teachers_gap import gap
from analytics.teachers_in_post import UNKNOWN_POST

CALENDAR_COLUMNS = [
    *("npsn", "into", "school_year", "study_from", "study_until", "socialisation_from"),
    *("socialisation_until", "decree_until", "dapodik_until"),
]


@dataclass(frozen=True)
class Pace:
    """How merges are spread.

    Parameters
    ----------
    years
        School years in which a merge may happen, in order.
    most_a_year
        Closing schools a year; None: no limit.
    displaced_price
        Million rupiah for a person who must move because of a merge.
    """

    years: tuple[int, ...]
    most_a_year: int | None = None
    displaced_price: float = 0.0

    def __post_init__(self) -> None:
        if not self.years or list(self.years) != sorted(set(self.years)):
            raise ValueError(f"years are {self.years}; name each year once, in order")
        if self.most_a_year is not None and self.most_a_year < 1:
            raise ValueError(f"most_a_year is {self.most_a_year}; 1 or more, or nothing")
        if not (np.isfinite(self.displaced_price) and self.displaced_price >= 0):
            raise ValueError(f"displaced_price is {self.displaced_price}; 0 or more")


@dataclass(frozen=True, eq=False)
class Years:
    """The plan laid over years.

    ``merges``: one row per closing school: ``npsn, into, school_year`` (NA: no year within the
    horizon fits), ``displaced_count`` of its receiver's group that year, ``displaced_first`` (the
    same in the first year that has rooms), ``reason`` ('' or ``rooms``, ``pace``). ``options``:
    one row per receiver and year: ``npsn, school_year, fits, displaced_count, heads_displaced,
    waiting_cost``.
    """

    merges: pd.DataFrame
    options: pd.DataFrame


def first_possible_year(as_of: date) -> int:
    """The first school year whose study could still begin on or after a day."""
    year = as_of.year
    while _calendar(year, as_of)["study_from"] < as_of:
        year += 1
    return year


def spread_over_years(  # noqa: PLR0913 - the plan, the years, and what is known of them
    plan: RegroupingPlan,
    pace: Pace,
    rulebook: RuleBook,
    pupils_ahead: pd.DataFrame | None = None,
    in_post: pd.DataFrame | None = None,
    choice: NeedChoice = AS_LAW,
    facts: SchoolFacts | None = None,
) -> Years:
    """The year of each merge.

    Parameters
    ----------
    plan
        Which schools merge; that is not reopened here.
    pupils_ahead
        ``npsn``, ``school_year``, ``grade``, ``pupil_count`` for the years of the pace; a school
        and year without rows keeps the pupils of the plan. None: pupils stay as they are.
    in_post
        As :func:`analytics.teachers_in_post.teachers_in_post` gives it; None: nobody is known,
        so nobody is displaced and only rooms and pace decide.
    facts
        As in :func:`analytics.teachers.teachers_needed`.

    Returns
    -------
    A person is displaced by a merge where the posts left after it are fewer than the people of
    that post still there, beyond what is already too many without it.

    Method: docs/method.md eq. 126-128.
    """
    into = plan.solution.into
    receivers = np.unique(into[into != STAYS])
    size = np.bincount(into[into != STAYS], minlength=len(into))[receivers]
    years = np.array(pace.years)
    loads = _loads(plan, pupils_ahead, years)
    fits = _fits(plan, receivers, loads)
    displaced, heads = _displaced(plan, receivers, loads, years, in_post, rulebook, choice, facts)
    saved = _saved_by_receiver(plan, receivers)
    waiting = np.maximum(saved, 0.0)[:, None] * (years - years[0])
    cost = waiting + pace.displaced_price * displaced
    # Left out, a merge saves nothing in any of these years.
    lost = np.maximum(saved, 0.0) * len(years)
    chosen = _chosen(cost, lost, fits, size, pace)
    npsn = plan.prepared.schools["npsn"].to_numpy(dtype=object)
    rows = []
    for place, j in enumerate(receivers.tolist()):
        year = int(chosen[place])
        able = np.flatnonzero(fits[place])
        for i in np.flatnonzero(into == j).tolist():
            rows.append(
                (
                    npsn[i], npsn[j], pd.NA if year < 0 else int(years[year]),
                    pd.NA if year < 0 else int(displaced[place, year]),
                    int(displaced[place, able[0]]) if len(able) else pd.NA,
                    "" if year >= 0 else "pace" if len(able) else "rooms",
                )
            )  # fmt: skip
    merges = pd.DataFrame(
        rows,
        columns=["npsn", "into", "school_year", "displaced_count", "displaced_first", "reason"],
    ).astype(dict.fromkeys(["school_year", "displaced_count", "displaced_first"], "Int64"))
    options = pd.DataFrame(
        {
            "npsn": np.repeat(npsn[receivers], len(years)),
            "school_year": np.tile(years, len(receivers)),
            "fits": fits.ravel(),
            "displaced_count": displaced.ravel(),
            "heads_displaced": heads.ravel(),
            "waiting_cost": waiting.ravel(),
        }
    )
    return Years(merges, options)


def calendar(merges: pd.DataFrame, on: date) -> pd.DataFrame:
    """The official steps of each merge.

    Parameters
    ----------
    merges
        As :class:`Years` has them; those without a year are left out.
    on
        The calendar is that of the rows in force on this day.

    Returns
    -------
    One row per closing school: ``npsn, into, school_year``, ``study_from``, ``study_until``,
    ``socialisation_from``, ``socialisation_until``, ``decree_until`` (SK), ``dapodik_until``.

    Method: docs/method.md eq. 129.
    """
    dated = merges.dropna(subset=["school_year"])
    steps = [_calendar(int(year), on) for year in dated["school_year"]]
    table = pd.DataFrame(steps, columns=CALENDAR_COLUMNS[3:], index=dated.index)
    table = dated[["npsn", "into", "school_year"]].join(table)[CALENDAR_COLUMNS]
    return table.astype(dict.fromkeys(CALENDAR_COLUMNS[3:], "datetime64[us]"))


def _calendar(school_year: int, on: date) -> dict[str, date]:
    decree = date(
        school_year, int(local_value("decree_month", on)), int(local_value("decree_day", on))
    )
    dapodik = date(
        school_year, int(local_value("dapodik_month", on)), int(local_value("dapodik_day", on))
    )
    told = _months_before(decree, int(local_value("socialisation_months", on)))
    study = _months_before(told, int(local_value("study_months", on)))
    a_day = timedelta(days=1)
    return {
        "study_from": study,
        "study_until": told - a_day,
        "socialisation_from": told,
        "socialisation_until": decree - a_day,
        "decree_until": decree,
        "dapodik_until": dapodik,
    }


def _months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


def _loads(plan: RegroupingPlan, ahead: pd.DataFrame | None, years: Whole) -> Whole:
    """Pupils by year, school and grade: forecast where told, else those of the plan."""
    programme, prepared = plan.prepared.programme, plan.prepared
    loads = np.repeat(programme.pupils[None], len(years), axis=0)
    if ahead is None or ahead.empty:
        return loads
    school = pd.Index(prepared.schools["npsn"]).get_indexer(pd.Index(ahead["npsn"]))
    grade = pd.Index(prepared.grades).get_indexer(pd.Index(ahead["grade"]))
    year = pd.Index(years).get_indexer(pd.Index(ahead["school_year"]))
    known = (school >= 0) & (grade >= 0) & (year >= 0)
    # A school told for a year is told whole: a grade without a row has no pupils.
    loads[year[known], school[known]] = 0
    count = np.rint(ahead["pupil_count"].to_numpy(dtype=float)[known]).astype(np.int64)
    np.add.at(loads, (year[known], school[known], grade[known]), count)
    return loads


def _merged(loads: Whole, into: Whole) -> Whole:
    """Loads by year with every merge of the plan done."""
    after = loads.copy()
    closes = np.flatnonzero(into != STAYS)
    for i in closes.tolist():
        after[:, into[i]] += loads[:, i]
    after[:, closes] = 0
    return after


def _fits(plan: RegroupingPlan, receivers: Whole, loads: Whole) -> np.ndarray:
    """Whether the rombel of that year fit the receiver's rooms (eq. 126)."""
    programme = plan.prepared.programme
    after = _merged(loads, plan.solution.into)[:, receivers]
    ceiling = programme.ceiling[receivers][None, :, None]
    formed = (-(-after // ceiling)).sum(axis=2)
    alone = (-(-loads[:, receivers] // ceiling)).sum(axis=2)
    rooms = plan.prepared.schools["rooms_counted"].to_numpy(dtype=np.int64)[receivers]
    return np.asarray((formed <= np.maximum(rooms, alone)).T)


def _displaced(  # noqa: PLR0913 - what a surplus is made of
    plan: RegroupingPlan,
    receivers: Whole,
    loads: Whole,
    years: Whole,
    in_post: pd.DataFrame | None,
    rulebook: RuleBook,
    choice: NeedChoice,
    facts: SchoolFacts | None,
) -> tuple[Whole, Whole]:
    """People too many because of the merge, by receiver and year, and heads among them."""
    shape = (len(receivers), len(years))
    if in_post is None or in_post.empty:
        return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    into = plan.solution.into
    npsn = plan.prepared.schools["npsn"].to_numpy(dtype=object)
    group = np.where(into != STAYS, into, np.arange(len(into)))
    inside = np.isin(group, receivers)
    receiver_of = dict(zip(npsn[inside], npsn[group[inside]], strict=True))
    staff = in_post.loc[in_post["npsn"].isin(list(receiver_of))]
    around = facts_around(plan, facts)
    apart = _surplus(plan, loads, inside, years, staff, rulebook, choice, around.before)
    apart["npsn"] = apart["npsn"].map(receiver_of)
    together = _surplus(
        plan, _merged(loads, into), inside, years,
        staff.assign(npsn=staff["npsn"].map(receiver_of).astype("str")), rulebook, choice,
        around.after,
    )  # fmt: skip
    keys = ["npsn", "post", "school_year"]
    more = together.groupby(keys)["surplus"].sum().sub(
        apart.groupby(keys)["surplus"].sum(), fill_value=0
    ).clip(lower=0).rename("more").reset_index()  # fmt: skip
    is_head = more["post"] == HEAD
    totals = []
    for rows in (more, more.loc[is_head]):
        wide = rows.groupby(["npsn", "school_year"])["more"].sum().unstack(fill_value=0)
        wide = wide.reindex(index=npsn[receivers], columns=years, fill_value=0).fillna(0)
        totals.append(wide.to_numpy(dtype=np.int64))
    return totals[0], totals[1]


def _surplus(  # noqa: PLR0913 - need of the years beside who is there
    plan: RegroupingPlan,
    loads: Whole,
    inside: np.ndarray,
    years: Whole,
    staff: pd.DataFrame,
    rulebook: RuleBook,
    choice: NeedChoice,
    facts: SchoolFacts,
) -> pd.DataFrame:
    schools = plan.prepared.schools
    year, school, grade = np.nonzero((loads > 0) & inside[None, :, None])
    cells = pd.DataFrame(
        {
            "npsn": schools["npsn"].to_numpy()[school],
            "school_year": years[year],
            "level": schools["level"].to_numpy()[school],
            "grade": np.array(plan.prepared.grades)[grade],
            "pupil_count": loads[year, school, grade],
        }
    )
    need = teachers_needed(rombel(cells, rulebook, None, choice), rulebook, None, choice, facts)
    gaps = gap(need, staff, years.tolist(), set(staff["npsn"].dropna()))
    gaps = gaps.loc[gaps["post"] != UNKNOWN_POST]
    return gaps.assign(surplus=(-gaps["gap_count"]).clip(lower=0))


def _saved_by_receiver(plan: RegroupingPlan, receivers: Whole) -> Numbers:
    """Million rupiah a year that the merges into each receiver save together."""
    programme, solution = plan.prepared.programme, plan.solution
    today = programme.rombel_today
    saved = []
    for j in receivers.tolist():
        points = np.flatnonzero(solution.into == j)
        load = programme.pupils[[j, *points.tolist()]].sum(axis=0)
        formed = (-(-load // programme.ceiling[j])).sum()
        way = (programme.pupils[points].sum(axis=1) * solution.km[points]).sum()
        saved.append(
            programme.freed[points].sum()
            - programme.prices.rombel * (formed - today[j])
            - programme.prices.pupil_km * way
        )
    return np.array(saved, dtype=float)


def _chosen(cost: Numbers, lost: Numbers, fits: np.ndarray, size: Whole, pace: Pace) -> Whole:
    """Year by receiver with the least cost in all; -1 where none fits (eq. 128)."""
    receiver_count, year_count = cost.shape
    if not receiver_count:
        return np.zeros(0, dtype=np.int64)
    if pace.most_a_year is None:
        best = np.where(fits, cost, np.inf).argmin(axis=1)
        return np.where(fits.any(axis=1), best, -1)
    each = np.arange(receiver_count * year_count)
    owner, year = np.divmod(each, year_count)
    once = np.zeros((receiver_count, len(each)))
    once[owner, each] = 1
    yearly = np.zeros((year_count, len(each)))
    yearly[year, each] = size[owner]
    limits = [
        LinearConstraint(once, -np.inf, 1),
        LinearConstraint(yearly, -np.inf, pace.most_a_year),
    ]

    def least(weight: Numbers, *more: LinearConstraint) -> Numbers | None:
        found = milp(
            weight,
            constraints=[*limits, *more],
            integrality=np.ones(len(each)),
            bounds=Bounds(0, fits.ravel().astype(float)),
            options={"time_limit": 10.0, "mip_rel_gap": 0.0},
        ).x
        return None if found is None else found > 0.5

    chosen = np.full(receiver_count, -1)
    # As many schools as the pace lets first: what is left out is no plan at all.
    schools = size[owner].astype(float)
    most = least(-schools)
    if most is None:
        return chosen
    placed = LinearConstraint(schools[None], schools @ most - 0.5, np.inf)
    taken = least(cost.ravel() - lost[owner], placed)
    taken = np.flatnonzero(most if taken is None else taken)
    chosen[owner[taken]] = year[taken]
    return chosen


def displaced_price(on: date) -> float:
    """The price of a displaced person to start from, million rupiah."""
    return local_value("cost_displaced", on)


def years_from(as_of: date, count: int) -> tuple[int, ...]:
    """School years in which a merge prepared from this day may happen."""
    first = first_possible_year(as_of)
    return tuple(range(first, first + count))
