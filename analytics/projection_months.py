"""What each person is likely to do, month by month: the chain of exits before it is added up.

Within a month: the law first (its dates are the first of a month), then early exits, spread over
the days and shared in proportion to their hazards, then contracts (they end on last days).
Method: docs/method.md eq. 99-103.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import RuleBook
from analytics.told import ToldError

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

BY_LAW, CONTRACT, MPP = "bup", "kontrak_berakhir", "mpp"
EARLY = (
    *("meninggal", "aps", "mengundurkan_diri", "diberhentikan", "pindah_keluar"),
    "tidak_diketahui",
)
_AT_ONCE = 4_096
_ALMOST = 1.0 - 1e-9


class ProjectionError(ToldError):
    """People, hazards or levers that do not fit together, said in both languages."""


@dataclass(frozen=True)
class Levers:
    """What a planner may move; ``rules_levers`` gives today's values.

    Attributes
    ----------
    renewal
        ``(employment, share, months)``: share of contracts renewed when they end, and how long the
        next one runs. Who is not named keeps the contract.
    mpp
        ``(employment, share, months)``: share of those who retire by law that leave their post so
        many months before, while they stay on the payroll.
    factors
        ``(cause, factor)`` on the hazards of early causes; 1 changes nothing.
    """

    renewal: tuple[tuple[str, float, int], ...] = ()
    mpp: tuple[tuple[str, float, int], ...] = ()
    factors: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for employment, share, months in (*self.renewal, *self.mpp):
            if not 0.0 <= share <= 1.0 or months < 1:
                raise ProjectionError(
                    f"{employment}: tulis bagian 0 sampai 1 dan paling sedikit satu bulan, bukan"
                    f" {share} dan {months}.",
                    f"{employment}: write a share from 0 to 1 and at least one month, not"
                    f" {share} and {months}.",
                )
        if wrong := [cause for cause, factor in self.factors if not 0.0 <= factor <= 20.0]:
            raise ProjectionError(
                f"Faktor {wrong[0]} harus 0 sampai 20.",
                f"The factor of {wrong[0]} must be from 0 to 20.",
            )


@lru_cache(maxsize=8)
def rules_levers(rulebook: RuleBook, as_of: date) -> Levers:
    """Levers as data/rules/projection_rule.csv has them on a day."""
    rules = rulebook.projection_rules
    day = pd.Timestamp(as_of)
    rules = rules[(rules["effective_from"] <= day) & (day <= rules["effective_to"])]

    def rows(key: str) -> tuple[tuple[str, float, int], ...]:
        of_key = rules[rules["key"] == key]
        return tuple(
            (str(employment), float(share), int(months))
            for employment, share, months in zip(
                of_key["employment"], of_key["share"], of_key["months"], strict=True
            )
        )

    return Levers(renewal=rows("contract_renewal"), mpp=rows("mpp"))


@dataclass(frozen=True, eq=False)
class Calendar:
    """Calendar months from that of ``as_of`` to the December ``years`` years later.

    ``month_on``: the first day of each. ``year``: its calendar year. ``overlap``
    ``(hazard year, month)``: the share of each twelve months from ``as_of`` that falls into each
    month, some months beyond the last included.
    """

    as_of: date
    month_on: NDArray[np.datetime64]
    year: Whole
    overlap: Numbers

    @property
    def months(self) -> int:
        """Number of months."""
        return len(self.month_on)

    @property
    def years(self) -> Whole:
        """Calendar years, ascending; the first begins on ``as_of``."""
        return np.unique(self.year)

    @property
    def month_ends(self) -> Whole:
        """Number of months up to and with the last of each calendar year."""
        return np.flatnonzero(np.diff(self.year, append=self.year[-1] + 1)) + 1

    @property
    def year_starts(self) -> Whole:
        """Place of the first month of each calendar year."""
        return np.concatenate([[0], self.month_ends[:-1]])

    def place(self, days: pd.Series) -> Whole:
        """Month of each day, 0 for those past, ``months + 12`` and more for later ones and NaT."""
        day = days.to_numpy(dtype="datetime64[M]")
        known = ~np.isnat(day)
        far = self.overlap.shape[1]
        month = np.where(known, (day - self.month_on[0].astype("datetime64[M]")).astype(int), far)
        return np.clip(month, 0, far)


def calendar(as_of: date, years: int) -> Calendar:
    """Months to project: the rest of this calendar year and ``years`` more.

    Raises
    ------
    ProjectionError
        ``years`` is below 1.
    """
    if years < 1:
        raise ProjectionError(
            f"Proyeksi {years} tahun: paling sedikit satu.",
            f"A projection of {years} years: at least one.",
        )
    first = np.datetime64(as_of, "M")
    last = np.datetime64(f"{as_of.year + years}-12", "M")
    month = np.arange(first, last + 1)
    # The last twelve months of hazards may reach beyond the last month.
    reach = np.arange(first, last + 14).astype("datetime64[D]")
    start = pd.Timestamp(as_of)
    edges = [start + pd.DateOffset(years=year) for year in range(years + 2)]
    edge = np.array(edges, dtype="datetime64[D]")
    low = np.maximum(reach[:-1][None, :], edge[:-1][:, None])
    high = np.minimum(reach[1:][None, :], edge[1:][:, None])
    days = np.maximum((high - low).astype(np.float64), 0.0)
    overlap = days / days.sum(axis=1, keepdims=True)
    year = month.astype("datetime64[Y]").astype(np.int64) + 1970
    return Calendar(as_of, month.astype("datetime64[D]"), year, overlap)


@dataclass(frozen=True, eq=False)
class Chain:
    """Of some people (``who``, their row numbers) what each month brings, early causes together.

    ``(person, month)``: ``before`` the retirement date, ``exposure`` to early causes, ``stays``
    the chance to leave by none of them, ``renewed`` that of a contract to go on. ``kept``
    ``(person, month + 1)``: in post at the start of each month and at the end of the last.
    """

    who: slice
    before: NDArray[np.bool_]
    exposure: Numbers
    stays: Numbers
    renewed: Numbers
    kept: Numbers


@dataclass(frozen=True, eq=False)
class Chances:
    """Of some people (``who``, their row numbers): step -> ``(person, month)``, chance to leave.

    ``duty``: the same of leaving duty.
    """

    who: slice
    leaves: Mapping[str, Numbers] = field(repr=False)
    duty: Mapping[str, Numbers] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Staff:
    """People as arrays, in the order of their frame.

    ``due``: month of the retirement date; ``contract`` month in which the contract ends;
    ``renewal``, ``term``: share renewed, months of the next; ``mpp``: share, and ``mpp_from`` the
    month from which; ``exposure`` cause -> ``(person, hazard year)``.
    """

    due: Whole
    contract: Whole
    renewal: Numbers
    term: Whole
    mpp: Numbers
    mpp_from: Whole
    on_duty: Numbers
    exposure: Mapping[str, Numbers]


def staff_arrays(
    people: pd.DataFrame, hazards: Mapping[str, NDArray], months: Calendar, levers: Levers
) -> Staff:
    """People, hazards and levers brought together.

    Parameters
    ----------
    people, hazards, levers
        As for :func:`analytics.projection.projection`.
    months
        The months to project.

    Raises
    ------
    ProjectionError
        A hazard is not (person, year), or no probability; or a factor is of a cause that has none.
    """
    needed = len(months.overlap)
    factors = dict(levers.factors)
    causes = {name: each for name, each in hazards.items() if name not in (BY_LAW, CONTRACT, MPP)}
    if unknown := sorted(set(factors) - set(causes)):
        raise ProjectionError(
            f"Faktor {unknown[0]}: sebab itu tidak mempunyai peluang keluar.",
            f"Factor of {unknown[0]}, which has no hazard.",
        )
    early: dict[str, Numbers] = {}
    for name, each in causes.items():
        chance = np.asarray(each, dtype=np.float64)
        if chance.ndim != 2 or len(chance) != len(people) or chance.shape[1] < needed:
            raise ProjectionError(
                f"Peluang keluar {name} berukuran {chance.shape}; berikan orang x tahun untuk"
                f" {len(people)} orang dan {needed} tahun dua belas bulan.",
                f"The hazards of {name} are {chance.shape}; give person x year for {len(people)}"
                f" people and {needed} years of twelve months.",
            )
        if not (chance.min(initial=0.0) >= 0.0 and chance.max(initial=0.0) <= 1.0):
            raise ProjectionError(
                f"Peluang keluar {name} memuat yang bukan peluang (0 sampai 1).",
                f"The hazards of {name} hold what is no probability (0 to 1).",
            )
        early[name] = chance[:, :needed] * factors.get(name, 1.0)
    total = sum(early.values(), start=np.zeros((len(people), needed)))
    if len(causes) and not factors and total.max(initial=0.0) > 1.0 + 1e-9:
        raise ProjectionError(
            "Peluang keluar semua sebab bersama-sama melebihi 1.",
            "The hazards of all causes together exceed 1.",
        )
    risk = -np.log1p(-np.minimum(total, _ALMOST))
    exposure = {
        name: np.divide(chance * risk, total, out=np.zeros_like(total), where=total > 0)
        for name, chance in early.items()
    }
    employment = people["employment"].astype("object").to_numpy()
    far = months.overlap.shape[1]
    contract = months.place(people["contract_ends_on"])
    renewal, term = np.ones(len(people)), np.full(len(people), far)
    for kind, share, length in levers.renewal:
        renewal[employment == kind] = share
        term[employment == kind] = length
    due = months.place(people["retires_on"])
    mpp, mpp_from = np.zeros(len(people)), np.full(len(people), far)
    for kind, share, length in levers.mpp:
        here = employment == kind
        mpp[here] = share
        mpp_from[here] = due[here] - length
    # Whoever could have left the post already and is on duty has chosen to stay.
    mpp[(mpp_from < 0) | (due >= far)] = 0.0
    on_duty = people["is_on_duty"].to_numpy(dtype=bool).astype(np.float64)
    return Staff(due, contract, renewal, term, mpp, np.maximum(mpp_from, 0), on_duty, exposure)


def chains(staff: Staff, months: Calendar, at_once: int) -> Iterator[Chain]:
    """The chain of causes together, so many people at a time."""
    for start in range(0, len(staff.due), at_once):
        yield _chain(staff, months, slice(start, min(start + at_once, len(staff.due))))


def chances(staff: Staff, months: Calendar) -> Iterator[Chances]:
    """Every step of the chain month by month, some thousand people at a time."""
    for chain in chains(staff, months, _AT_ONCE):
        yield _chances(staff, months, chain)


def spread(
    staff: Staff, months: Calendar, who: slice
) -> Iterator[tuple[int, slice, Numbers, Numbers]]:
    """How the exposure of each hazard year falls into months: its days before retirement alone.

    Yields the hazard year, its months, what of them is each month's, and by person the factor that
    puts the whole exposure before the retirement date.
    """
    due = staff.due[who]
    passed = np.concatenate(
        [np.zeros((len(months.overlap), 1)), np.cumsum(months.overlap, axis=1)], axis=1
    )
    for year, share in enumerate(months.overlap):
        touched = np.flatnonzero(share[: months.months])
        if not len(touched):
            continue
        own = slice(int(touched[0]), int(touched[-1]) + 1)
        open_share = passed[year, due]
        scale = np.divide(1.0, open_share, out=np.zeros(len(due)), where=open_share > 1e-12)
        yield year, own, share[own], scale


def present_share(staff: Staff, months: Calendar, who: slice) -> Numbers:
    """``(person, month)``: share of those in post who are on duty at the end of the month."""
    away = np.where(
        np.arange(months.months) >= staff.mpp_from[who, None], staff.mpp[who, None], 0.0
    )
    found: Numbers = (1.0 - away) * staff.on_duty[who, None]
    return found


def _chain(staff: Staff, months: Calendar, who: slice) -> Chain:
    count, due = months.months, staff.due[who]
    before = np.arange(count) < due[:, None]
    whole = sum((each[who] for each in staff.exposure.values()), start=np.zeros(1))
    exposure = np.zeros(before.shape)
    for year, own, share, scale in spread(staff, months, who) if staff.exposure else ():
        exposure[:, own] += (whole[:, year] * scale)[:, None] * share
    exposure *= before
    stays = np.exp(-exposure)
    renewed = np.ones_like(stays)
    # Only a contract that ends within the months asks for another.
    ending = np.flatnonzero(staff.contract[who] < count)
    if len(ending):
        row = who.start + ending
        ends = _contract_ends(staff, months, row) & before[ending]
        renewed[ending] = np.where(ends, staff.renewal[row, None], 1.0)
    goes_on = stays * renewed
    lawful = np.flatnonzero(due < count)
    goes_on[lawful, due[lawful]] = 0.0
    kept = np.ones((len(due), count + 1))
    np.cumprod(goes_on, axis=1, out=kept[:, 1:])
    return Chain(who, before, exposure, stays, renewed, kept)


def _chances(staff: Staff, months: Calendar, chain: Chain) -> Chances:
    who, stays, before = chain.who, chain.stays, chain.before
    at_start = chain.kept[:, :-1]
    leaves = {BY_LAW: np.where(np.arange(months.months) == staff.due[who, None], at_start, 0.0)}
    leaves[CONTRACT] = np.where(before, at_start * stays * (1.0 - chain.renewed), 0.0)
    gone = at_start * np.divide(
        1.0 - stays, chain.exposure, out=np.zeros_like(stays), where=chain.exposure > 0
    )
    for name, each in staff.exposure.items():
        leaves[name] = np.zeros_like(gone)
        for year, own, share, scale in spread(staff, months, who):
            leaves[name][:, own] += gone[:, own] * (each[who, year] * scale)[:, None] * share
    present = present_share(staff, months, who)
    # Of those on duty at the start of a month some begin their leave, then exits take the rest.
    duty = {name: lost * present for name, lost in leaves.items()}
    earlier = np.concatenate([staff.on_duty[who, None], present[:, :-1]], axis=1)
    duty[MPP] = at_start * (earlier - present)
    return Chances(who, leaves, duty)


def _contract_ends(staff: Staff, months: Calendar, who: Whole) -> NDArray[np.bool_]:
    since = np.arange(months.months) - staff.contract[who, None]
    return (since >= 0) & (since % staff.term[who, None] == 0)
