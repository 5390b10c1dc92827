"""The counts behind the page on replacing: by year and basis, by role, by unit, by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.options import HIRE, Figure, Option
from analytics.posts_needed import ABK, BASES, COMPLEMENT, RATIO, SCHOOL_MODEL, TEACHER
from analytics.replacement import Gap
from analytics.rules import ANY
from analytics.scenario_summary import not_computed_today
from pages.shared import load_replacement, teacher_view
from pages.shared.replacement_inputs import Wish, basis_names, role_names
from pages.shared.words import t

# What somebody computed; the rest keeps today's number and claims no need.
COMPUTED = (SCHOOL_MODEL, ABK, RATIO)
_AT_LEVEL = "@"


@dataclass(frozen=True, eq=False)
class Answer:
    """What the page shows of a gap at the end of one year; small, never to be changed.

    ``by_basis``: by ``year`` and ``basis``: ``deficit_count``, ``surplus_count``,
    ``needed_count``, ``supply_count``. ``whole``: the same year over everything, with bands.
    ``computed``, ``kept``: that year's row over the posts whose need is computed, and over those
    that only keep today's number; ``has_computed``, ``has_kept``: whether there are any, since
    nought of none says nothing. ``not_computed_count``: people of today in posts whose need is not
    known in any year; ``people_count``: who are on duty today and count, ``leaver_count`` who of
    them leave to the end of the year.
    """

    year: int
    by_basis: pd.DataFrame
    computed: pd.Series
    kept: pd.Series
    has_computed: bool
    has_kept: bool
    not_computed_count: float
    unknown_post_count: float
    leaver_count: float
    people_count: float


def answer(found: Gap, wish: Wish) -> Answer:
    """The counts of a view."""
    return _answer(found, wish.year)


# A gap is kept by whoever computed it; by its identity, so that nothing is hashed anew.
@lru_cache(maxsize=64)
def _answer(found: Gap, year: int) -> Answer:
    by_basis = found.table(("basis",), bands=False)
    whole = found.table((), [year], bands=False).iloc[0]
    until = found.years <= year
    return Answer(
        year=year,
        by_basis=by_basis,
        computed=_over(found, COMPUTED, year),
        kept=_over(found, (COMPLEMENT,), year),
        has_computed=_stands(found, COMPUTED, year),
        has_kept=_stands(found, (COMPLEMENT,), year),
        not_computed_count=not_computed_today(found),
        unknown_post_count=float(whole["unknown_post_count"]),
        leaver_count=float(found.leavers[:, until].sum()),
        people_count=float(found.start.sum()),
    )


def _stands(found: Gap, bases: Sequence[str], year: int) -> bool:
    """Whether any post has a need on these bases at the end of a year."""
    known = found.is_computed[:, found.years == year].any(axis=1)
    return bool((known & found.cells["basis"].isin(bases).to_numpy()).any())


def _over(found: Gap, bases: Sequence[str], year: int) -> pd.Series:
    """One year over the posts that stand on some bases, with the band of the net gap."""
    table = _parts(found, tuple(bases))
    row = table.loc[(table["part"] == _IN) & (table["year"] == year), _NUMBERS]
    return pd.Series(0.0, index=_NUMBERS) if row.empty else row.iloc[0].astype(float)


# Bands are those of every year at once: another year then costs nothing.
@lru_cache(maxsize=16)
def _parts(found: Gap, bases: tuple[str, ...]) -> pd.DataFrame:
    part = np.where(found.cells["basis"].isin(bases), _IN, "out")
    return replace(found, cells=found.cells.assign(part=part)).table(("part",))


_IN = "in"
_NUMBERS = [
    *("needed_count", "supply_count", "gap_count", "deficit_count", "surplus_count"),
    *("gap_p10", "gap_p50", "gap_p90", "supply_p10", "supply_p90"),
]


@lru_cache(maxsize=8)
def _of_roles(found: Gap) -> pd.DataFrame:
    return found.table(("role_group", "basis"))


@lru_cache(maxsize=16)
def _of_posts(found: Gap, role_group: str) -> pd.DataFrame:
    return _only(found, found.cells["role_group"] == role_group).table(("post", "basis"))


@lru_cache(maxsize=16)
def _of_units(found: Gap, role_group: str) -> pd.DataFrame:
    return _only(found, found.cells["role_group"] == role_group).of_units()


@lru_cache(maxsize=32)
def by_role(found: Gap, year: int, language: str) -> pd.DataFrame:  # noqa: ARG001 (part of the key)
    """One row per role group and basis at the end of a year, largest deficit first."""
    table = _of_roles(found)
    table = table.loc[table["year"] == year]
    names = role_names()
    told = table.assign(
        role_name=table["role_group"].map(names).fillna(table["role_group"]),
        basis_name=table["basis"].map(basis_names()),
    )
    return _in_order(told, ["role_name"])


@lru_cache(maxsize=32)
def by_post(found: Gap, role_group: str, year: int, language: str) -> pd.DataFrame:  # noqa: ARG001 (part of the key)
    """One row per post and basis of a role group, largest deficit first."""
    table = _of_posts(found, role_group)
    table = table.loc[table["year"] == year]
    told = table.assign(
        post_name=[post_name(str(one)) for one in table["post"]],
        basis_name=table["basis"].map(basis_names()),
    )
    return _in_order(told, ["post_name"])


@lru_cache(maxsize=32)
def by_unit(found: Gap, role_group: str, year: int, language: str) -> pd.DataFrame:  # noqa: ARG001 (part of the key)
    """One row per unit of a role group, largest deficit first."""
    table = _of_units(found, role_group)
    table = table.loc[table["year"] == year].copy()
    about = found.cells.drop_duplicates("unit_id").set_index("unit_id")
    for column in ("name", "opd", "kecamatan"):
        known = table["unit_id"].map(about[column]) if column in about else ""
        table[column] = known if isinstance(known, str) else known.fillna("")
    told = table.assign(
        name=table["name"].where(table["name"] != "", table["unit_id"]),
        basis_name=table["basis"].map(basis_names()),
    )
    return _in_order(told, ["name"])


def _only(found: Gap, use: pd.Series) -> Gap:
    """The gap of some cells; the others have no need and nobody."""
    keep = use.to_numpy(dtype=bool)
    at = np.flatnonzero(keep)
    place = np.full(len(keep), -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    of = np.where(found._cell_of >= 0, place[found._cell_of], -1)
    return replace(
        found,
        cells=found.cells.loc[keep].reset_index(drop=True),
        need=found.need[keep],
        need_abk=found.need_abk[keep],
        need_complement=found.need_complement[keep],
        supply=found.supply[keep],
        part_time=found.part_time[keep],
        promoted=found.promoted[keep],
        start=found.start[keep],
        _cell_of=of,
    )


def _in_order(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    order = ["deficit_count", "surplus_count", "not_computed_count", *names]
    return table.sort_values(
        order, ascending=[False, False, False, *[True] * len(names)], ignore_index=True
    )


def post_name(post: str) -> str:
    """A post as the visitor calls it: ``Guru PJOK (SD)``."""
    names = role_names()
    if post in names:
        return (
            t("{role}, mata pelajaran tidak diketahui", role=names[post])
            if post == TEACHER
            else names[post]
        )
    base, _, level = post.partition(_AT_LEVEL)
    name = teacher_view.post_name(base)
    return f"{name} ({level})" if level else name


def leavers(
    held: load_replacement.Ground, unit_id: str, role_group: str, year: int
) -> pd.DataFrame:
    """People of a unit and role group who reach their retirement date by the end of a year.

    Returns
    -------
    ``nip``, ``name``, ``position``, ``retires_on``, ``post_name``, earliest first.
    """
    rows = held.posted.loc[
        (held.posted["unit_id"] == unit_id)
        & (held.posted["role_group"] == role_group)
        & (held.posted["retires_on"] <= pd.Timestamp(year, 12, 31))
    ]
    told = rows.assign(post_name=[post_name(str(one)) for one in rows["post"]])
    columns = [c for c in ("nip", "name", "position", "retires_on", "post_name") if c in told]
    return told[columns].sort_values("retires_on", ignore_index=True)


def role_groups(held: load_replacement.Ground) -> list[str]:
    """Role groups with anybody, the largest first."""
    counts = held.posted["role_group"].dropna().value_counts()
    return [str(one) for one in counts.index]


# ---- options -------------------------------------------------------------------------------------


def first_days(option: Option, on: date) -> tuple[date, date, date, date]:
    """When it can be proposed next, and the first day of work at P10, P50, P90."""
    first, last = option.proposal_month
    proposed = date(on.year, max(first, on.month), 1)
    if on.month > last:
        proposed = date(on.year + 1, first, 1)
    months = (option.lead_months.quantile(share) for share in (0.1, 0.5, 0.9))
    return (proposed, *(_later(proposed, round(one)) for one in months))  # type: ignore[return-value]


def _later(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def figure_names() -> dict[str, str]:
    """Numbers of an option, with their unit."""
    return {
        "lead_months": t("Bulan dari usul sampai bekerja"),
        "fill_share": t("Bagian yang terisi (0-1)"),
        "proposal_month": t("Bulan usul, dari-sampai"),
        "most_per_year": t("Paling banyak setahun (orang)"),
        "contract_months": t("Lama kontrak (bulan)"),
        "investment_idr": t("Investasi per jabatan (rupiah)"),
        "upkeep_idr": t("Perawatan per jabatan setahun (rupiah)"),
        "yearly_share": t("Bagian kebutuhan yang dilepas setahun (0-1)"),
        "most_share": t("Bagian kebutuhan yang dilepas seluruhnya (0-1)"),
    }


def figures(chosen: Sequence[Option], language: str) -> pd.DataFrame:
    """Every number of the options, one row each, as it can be replaced.

    Returns
    -------
    ``option``, ``key``, ``role_group``, ``option_name``, ``figure_name``, ``role_name``, ``low``,
    ``mid``, ``high``, ``standing``, ``source``.
    """
    at = 0 if language == "id" else 1
    names, roles = figure_names(), role_names()
    rows = []
    for option in chosen:
        told: list[tuple[str, str, Figure | None]] = [
            ("lead_months", ANY, option.lead_months),
            ("fill_share", ANY, option.fill_share),
            ("most_per_year", ANY, option.most_per_year),
            ("contract_months", ANY, option.contract_months),
            ("investment_idr", ANY, option.investment_idr if option.kind != HIRE else None),
            ("upkeep_idr", ANY, option.upkeep_idr if option.kind != HIRE else None),
            *(("yearly_share", role, one) for role, one in option.yearly_share),
            *(("most_share", role, one) for role, one in option.most_share),
        ]
        rows += [
            (option.option, key, role, option.label[at], names[key], roles.get(role, ""),
             one.low, one.mid, one.high, one.standing, one.source)
            for key, role, one in told
            if one is not None
        ]  # fmt: skip
    columns = [
        *("option", "key", "role_group", "option_name", "figure_name", "role_name"),
        *("low", "mid", "high", "standing", "source"),
    ]
    return pd.DataFrame(rows, columns=columns)


def coverage(found: Gap) -> pd.DataFrame:
    """On which basis posts stand: by basis, in their order."""
    table = found.coverage()
    order = {name: at for at, name in enumerate((*BASES, "none"))}
    table = table.assign(
        basis_name=table["basis"].map(basis_names()), rank=table["basis"].map(order)
    )
    return table.sort_values("rank", ignore_index=True)
