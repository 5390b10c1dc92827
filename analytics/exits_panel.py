"""Who was in service at the start of each past year, and who left during it.

Years are twelve months counted back from the day the history ends, so that every year seen has
the shape of the years forecast and none is cut short. Method: docs/method.md eq. 70-71.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.exits_moves import UNIT, Moves, factor_levels

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

BUP, CONTRACT, UNKNOWN_CAUSE = "bup", "kontrak_berakhir", "tidak_diketahui"
FACTORS = (UNIT, "employment", "role_group")
YOUNGEST, OLDEST, LONGEST_SERVICE = 15, 90, 50
# A year in which fewer leave than this quantile of chance allows is a year the list began in.
_IMPROBABLE = 1e-4
# Without history and without prior rates so many leave a year.
VAGUE_RATE = 0.02
_WATCHED_YEARS = 5
_MONTH = 31


@dataclass(frozen=True, eq=False)
class People:
    """Spells as arrays; dates as days since 1970, absent ones far in the future.

    ``retires_first`` and ``retires_last`` bound the day the law lets go; they differ where only
    the year of birth is known. ``factors``: the level of each by name, of groups the last; groups
    before that in ``moves``.
    """

    person_id: NDArray[np.object_]
    start: Whole
    leaves: Whole
    birth: NDArray[np.datetime64]
    begun: NDArray[np.datetime64]
    sex: Numbers
    cause: NDArray[np.object_]
    retires_first: Whole
    retires_last: Whole
    factors: dict[str, NDArray[np.object_]]
    has_law: bool
    moves: Moves

    @cached_property
    def month_and_day(self) -> tuple[tuple[Whole, Whole], tuple[Whole, Whole]]:
        """Of the day of birth and of the first day: months since 1970, and days into the month."""
        return _month_and_day(self.birth), _month_and_day(self.begun)


FAR = int(np.datetime64("2999-01-01", "D").astype(np.int64))


def people_of(spells: pd.DataFrame, mandatory: int | None = None) -> People:
    """Spells in the model's own shape.

    Parameters
    ----------
    spells
        One row per spell: ``person_id, sex, birth_date, start_date, exit_date, cause`` and, where
        known, ``group, employment, role_group, retires_on``; ``is_birth_year_only`` where the day
        of birth is a stand-in; ``group_moves`` (:mod:`analytics.exits_moves`).
    mandatory
        Age at which everybody must go; None for the dates in ``retires_on``, if there are any.

    Returns
    -------
    Arrays in the order of ``spells``.
    """
    birth = spells["birth_date"].to_numpy("datetime64[D]")
    known = ~np.isnat(birth)
    begun = spells["start_date"].to_numpy("datetime64[D]")
    # Somebody of unknown age is taken to have begun at the age most begin at.
    usual = np.median((begun - birth)[known].astype(np.int64)) if known.any() else 30 * 365
    birth = np.where(known, birth, begun - np.timedelta64(int(usual), "D"))
    leaves = spells["exit_date"].to_numpy("datetime64[D]")
    cause = (
        spells["cause"].astype(object).where(spells["cause"].notna(), UNKNOWN_CAUSE)
        if "cause" in spells
        else pd.Series(UNKNOWN_CAUSE, index=spells.index, dtype=object)
    )
    sex = spells["sex"].map({"L": 0.5, "P": -0.5}).fillna(0.0).to_numpy(np.float64)
    year_only = (
        spells["is_birth_year_only"].to_numpy(bool)
        if "is_birth_year_only" in spells
        else np.zeros(len(spells), bool)
    )
    first, last = _retirement(spells, birth, year_only, mandatory)
    factors, moves = factor_levels(spells, FACTORS, UNKNOWN_CAUSE)
    return People(
        spells["person_id"].to_numpy(object),
        begun.astype(np.int64),
        np.where(np.isnat(leaves), FAR, leaves.astype(np.int64)),
        birth,
        begun,
        sex,
        cause.to_numpy(object),
        first,
        last,
        factors,
        mandatory is not None or "retires_on" in spells,
        moves,
    )


def _retirement(
    spells: pd.DataFrame, birth: NDArray[np.datetime64], year_only: Flags, mandatory: int | None
) -> tuple[Whole, Whole]:
    if mandatory is None:
        if "retires_on" not in spells:
            never = np.full(len(spells), FAR)
            return never, never
        on = spells["retires_on"].to_numpy("datetime64[D]")
        day = np.where(np.isnat(on), FAR, on.astype(np.int64))
        return day, day
    day = years_later(birth, mandatory).astype(np.int64)
    year = birth.astype("datetime64[Y]") + np.timedelta64(mandatory, "Y")
    first = year.astype("datetime64[D]").astype(np.int64)
    last = (year + np.timedelta64(1, "Y")).astype("datetime64[D]").astype(np.int64) - 1
    return np.where(year_only, first, day), np.where(year_only, last, day)


def years_later(days: NDArray[np.datetime64], years: int | Whole) -> NDArray[np.datetime64]:
    """The same day so many years later (or earlier); 29 February becomes 28 February."""
    month = days.astype("datetime64[M]")
    within = (days - month.astype("datetime64[D]")).astype(np.int64)
    moved = month + (12 * np.asarray(years)).astype("timedelta64[M]")
    length = (
        (moved + np.timedelta64(1, "M")).astype("datetime64[D]") - moved.astype("datetime64[D]")
    ).astype(np.int64)
    return moved.astype("datetime64[D]") + np.minimum(within, length - 1)


def year_start(as_of: date, years: int) -> int:
    """Days since 1970 of the day so many years after ``as_of``."""
    return int(years_later(np.array([as_of], "datetime64[D]"), years).astype(np.int64)[0])


def whole_years(since: NDArray[np.datetime64], day: int | NDArray[np.datetime64]) -> Whole:
    """Completed years from each date to the day, one for all or one of each."""
    return _years_since(_month_and_day(since), day)


def _month_and_day(dates: NDArray[np.datetime64]) -> tuple[Whole, Whole]:
    """Months since 1970 and days since the month began."""
    month = dates.astype("datetime64[M]")
    return month.astype(np.int64), (dates - month.astype("datetime64[D]")).astype(np.int64)


def _years_since(since: tuple[Whole, Whole], day: int | NDArray[np.datetime64]) -> Whole:
    on, within = _month_and_day(np.array(day, "datetime64[D]"))
    return np.floor_divide(on - since[0] - (within < since[1]), 12)


def in_service(people: People, day: int) -> Flags:
    """Whether each spell runs on the day: begun by then, left then or later."""
    return (people.start <= day) & (people.leaves >= day)


@dataclass(frozen=True, eq=False)
class Traits:
    """What a hazard may depend on, one entry per person at the start of one year.

    ``kept``: what several causes ask of the same entries, worked out once.
    """

    age: Whole
    service: Whole
    sex: Numbers
    factors: dict[str, NDArray[np.object_]]
    kept: dict[object, Any] = field(default_factory=dict, repr=False)

    def coded(self, name: str) -> tuple[list[str], Whole]:
        """Levels of a factor as text, and which of them each entry has."""
        if ("coded", name) not in self.kept:
            codes, levels = pd.factorize(self.factors[name])
            self.kept["coded", name] = ([str(level) for level in levels], codes)
        found: tuple[list[str], Whole] = self.kept["coded", name]
        return found


def traits(people: People, who: Flags, day: int) -> Traits:
    """Age, service and the rest of the persons flagged, on the day."""
    factors = {name: values[who] for name, values in people.factors.items()}
    if UNIT in factors:
        factors[UNIT] = people.moves.on(day, people.factors[UNIT])[who]
    if people.has_law and len(np.unique(people.retires_first[who] - _days(people.birth[who]))) > 3:
        left = (people.retires_first[who] - day) // 365
        # Years to the date matter beside age only where the date is not the same age for all.
        factors["years_left"] = np.clip(left, 0, 6).astype(object)
    born, begun = ((month[who], within[who]) for month, within in people.month_and_day)
    return Traits(
        np.clip(_years_since(born, day), YOUNGEST, OLDEST),
        np.clip(_years_since(begun, day), 0, LONGEST_SERVICE),
        people.sex[who],
        factors,
    )


def traits_ahead(people: People, days: Sequence[int]) -> Traits:
    """Everybody on each of some days, day after day: what stays is worked out once."""
    everybody = np.ones(len(people.start), dtype=bool)
    found = _joined([traits(people, everybody, day) for day in days])
    for name in set(found.factors) & set(people.factors):
        codes, levels = pd.factorize(people.factors[name])
        found.kept["coded", name] = ([str(level) for level in levels], np.tile(codes, len(days)))
    return found


def _days(dates: NDArray[np.datetime64]) -> Whole:
    return dates.astype("datetime64[D]").astype(np.int64)


def must_go(people: People, who: Flags, day: int, until: int) -> tuple[Numbers, Flags]:
    """Chance that the law lets each person go from ``day`` to before ``until``; and who is past it.

    Certain (1) where the date is known; a share where only the year of birth is (eq. 72).
    """
    first, last = people.retires_first[who], people.retires_last[who]
    overdue = last < day
    begins = np.maximum(first, day)
    covered = np.clip(np.minimum(last + 1, until) - begins, 0, None)
    share = covered / np.maximum(last + 1 - begins, 1)
    return np.where(overdue, 0.0, np.clip(share, 0.0, 1.0)), overdue


@dataclass(frozen=True, eq=False)
class PastYears:
    """Person-years at risk of leaving early, most recent year last.

    One row per cell of like person-years, ``count`` of them: ``year`` (0 for the earliest),
    ``traits``, ``left`` (index into ``causes``, -1 for none). ``overdue``: by year, people past
    their date and how many went; ``reached``: whose date fell in it, and how many went.
    ``exposure`` is the share of twelve months a year covers: 1, or less for a history that is
    shorter than a year.
    """

    starts: tuple[int, ...]
    ends: int
    exposure: float
    year: Whole
    traits: Traits
    left: Whole
    count: Numbers
    causes: tuple[str, ...]
    overdue: Whole
    reached: Whole


def past_years(people: People, observed_from: date | None, observed_until: date) -> PastYears:
    """Person-years between two days.

    Parameters
    ----------
    people
        See ``people_of``; exits on or after ``observed_until`` must already be hidden.
    observed_from
        Since when exits were written down; None to tell from the exits themselves (eq. 71).
    observed_until
        The day the history ends and the forecast begins.

    Returns
    -------
    Person-years; those in which the law let somebody go stand apart in ``overdue``, ``reached``.
    """
    until = year_start(observed_until, 0)
    since = (
        int(np.datetime64(observed_from, "D").astype(np.int64))
        if observed_from
        else _recorded_since(people, observed_until)
    )
    starts: list[int] = []
    while (start := year_start(observed_until, -len(starts) - 1)) >= since and len(starts) < 60:
        starts.append(start)
    exposure = 1.0
    if not starts and since < until:
        starts, exposure = [since], (until - since) / 365.25
    starts.reverse()
    ends = [*starts[1:], until] if starts else []
    seen_causes = sorted({str(each) for each in people.cause[people.leaves < until]})
    causes = tuple(each for each in seen_causes if not (people.has_law and each == BUP))
    causes = causes or (UNKNOWN_CAUSE,)
    index = {name: at for at, name in enumerate(causes)}
    cause_code = np.array([index.get(str(each), -2) for each in people.cause], dtype=np.int64)
    years, parts, lefts = [], [], []
    overdue, reached = np.zeros((len(starts), 2), np.int64), np.zeros((len(starts), 2), np.int64)
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        who = in_service(people, start)
        share, is_past = must_go(people, who, start, end)
        gone = people.leaves[who] < end
        overdue[at] = is_past.sum(), (is_past & gone).sum()
        certain = share >= 1.0
        reached[at] = certain.sum(), (certain & gone).sum()
        code = np.where(gone, cause_code[who], -1)
        free = (share == 0.0) & ~is_past & (code != -2)
        kept = who.copy()
        kept[who] = free
        parts.append(traits(people, kept, start))
        lefts.append(code[free])
        years.append(np.full(int(free.sum()), at))
    year = np.concatenate(years) if years else np.zeros(0, np.int64)
    left = np.concatenate(lefts) if lefts else np.zeros(0, np.int64)
    every = _joined(parts)
    first, count = _alike(year, left, every)
    return PastYears(
        tuple(starts),
        until,
        exposure,
        year[first],
        subset(every, first),
        left[first],
        count,
        causes,
        overdue,
        reached,
    )


def _alike(year: Whole, left: Whole, who: Traits) -> tuple[Whole, Numbers]:
    """One row of each cell of like person-years, and how many there are."""
    code = ((year * 128 + left + 2) * 128 + who.age) * 128 + who.service
    code = code * 4 + (2 * who.sex).astype(np.int64) + 1
    for values in who.factors.values():
        code = np.unique(code, return_inverse=True)[1].astype(np.int64)
        levels = pd.factorize(values)[0]
        code = code * (levels.max(initial=0) + 1) + levels
    _, first, count = np.unique(code, return_index=True, return_counts=True)
    return first, count.astype(np.float64)


def subset(who: Traits, rows: NDArray[np.generic]) -> Traits:
    """The rows named or flagged."""
    return Traits(
        who.age[rows],
        who.service[rows],
        who.sex[rows],
        {name: values[rows] for name, values in who.factors.items()},
    )


def _joined(parts: Sequence[Traits]) -> Traits:
    if not parts:
        empty = np.zeros(0, np.int64)
        return Traits(empty, empty, np.zeros(0), {})
    names = set.intersection(*(set(part.factors) for part in parts))
    return Traits(
        np.concatenate([part.age for part in parts]),
        np.concatenate([part.service for part in parts]),
        np.concatenate([part.sex for part in parts]),
        {name: np.concatenate([part.factors[name] for part in parts]) for name in sorted(names)},
    )


def _recorded_since(people: People, until: date) -> int:
    """The first day from which exits look written down (eq. 71)."""
    end = year_start(until, 0)
    seen = people.leaves[people.leaves < end]
    first_start = int(people.start.min()) if len(people.start) else end
    if not len(seen):
        # Nobody ever left: five years at most are taken as watched, never decades of survivors;
        # and none where that many would hardly all have stayed: it is a list of survivors.
        watched = [year_start(until, -years) for years in range(1, _WATCHED_YEARS + 1)]
        stayed = sum(int(in_service(people, start).sum()) for start in watched)
        is_survivors = _poisson_below(0, VAGUE_RATE * stayed / 2) < _IMPROBABLE
        return end if is_survivors else max(first_start, watched[-1])
    first = int(seen.min())
    counts, staff, starts = [], [], []
    for back in range(1, 61):
        start, stop = year_start(until, -back), year_start(until, -back + 1)
        if stop <= first:
            break
        starts.append(start)
        counts.append(int(((seen >= start) & (seen < stop)).sum()))
        staff.append(int(in_service(people, start).sum()))
    count, size = np.array(counts[::-1]), np.array(staff[::-1], dtype=np.float64)
    begins = starts[::-1]
    at = 0
    while at < len(count) - 1:
        later = slice(at + 1, at + 1 + 10)
        rate = count[later].sum() / max(size[later].sum(), 1.0)
        expected = rate * size[at]
        # Half as many as usual may be a quiet year; the list is believed unless chance forbids.
        if count[at] < expected / 2 and _poisson_below(count[at], expected / 2) < _IMPROBABLE:
            at += 1
            continue
        break
    return min(_begun_within(seen, begins, size, end, at), end)


def _begun_within(seen: Whole, begins: Sequence[int], size: Numbers, end: int, at: int) -> int:
    """From when the list runs whose first year was chosen: it may have begun within it (eq. 346).

    A stretch without exits at its start, where later years have many, leaves the year out. A year
    that stands alone is watched from its first exit, a mean step earlier, where so long a stretch
    could hardly be chance; exits of one day count once, as do contracts that end together.
    """
    bounds = [*begins, end]
    start, stop = begins[at], bounds[at + 1]
    days = np.sort(seen[(seen >= start) & (seen < stop)])
    quiet = int(days[0]) - start if len(days) else 0
    later = range(at + 1, min(at + 1 + 10, len(begins)))
    if later:
        # Seasons shift by days: what leaves within a month after such a stretch is no evidence.
        usual = quiet - _MONTH
        same = sum(int(((seen >= bounds[y]) & (seen < bounds[y] + usual)).sum()) for y in later)
        expected = same / max(sum(size[y] for y in later), 1.0) * size[at]
        return begins[at + 1] if np.exp(-expected) < _IMPROBABLE else start
    alone = len(np.unique(days))
    if (1.0 - quiet / (stop - start)) ** alone >= _IMPROBABLE:
        return start
    return max(start, int(days[0]) - (stop - int(days[0])) // alone)


def _poisson_below(count: int, expected: float) -> float:
    from scipy.stats import poisson

    return float(poisson.cdf(count, expected))
