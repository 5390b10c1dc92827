"""What the page on retirements asks for, and the counts that answer it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics import leaving, leaving_groups, leaving_summary
from analytics.rules import ANY, LawChoice
from pages.shared import inputs, load
from pages.shared.load import PeopleKey
from pages.shared.words import language, t

FURTHEST_YEARS = 35  # the youngest on the list leave about then
LEAST_UNTIL_YEAR = 2045
HORIZONS = (1, 3, 5, 10)
NAMED_GROUPS = 6
_DATES = ("retires_on", "contract_ends_on")
REST = "lainnya"
# Column of the people -> word in the link.
FILTERS = {
    "opd": "opd",
    "kecamatan": "kecamatan",
    "unit": "unit",
    "role_group": "jabatan",
    "jenjang": "jenjang",
    "golongan": "golongan",
    "sex": "jk",
    "education_level": "pendidikan",
    "employment": "status",
}
STACKABLE = (
    "role_group",
    "opd",
    "kecamatan",
    "employment",
    "jenjang",
    "golongan",
    "sex",
    "education_level",
    "unit",
)


@dataclass(frozen=True)
class View:
    """One way to look at the calendar; all of it stands in the link, but for the edition."""

    key: PeopleKey
    in_force: PeopleKey
    who: str
    period: str
    until_year: int
    by: str
    wanted: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False)
class Calendar:
    """The counts that answer a view; small, kept for the next visitor, never to be changed.

    ``totals`` by period; ``named`` the largest groups across and ``others`` the rest, by period;
    ``groups`` all values of the grouping; ``in_force`` the counts under the law in force, only when
    the view changes the law.
    """

    totals: pd.DataFrame
    named: pd.DataFrame
    others: pd.Series
    groups: tuple[str, ...]
    grid: pd.DataFrame
    summary: leaving_summary.Summary
    shares: pd.DataFrame
    educator_shares: pd.DataFrame
    contract_ends: pd.DataFrame
    in_force: pd.DataFrame | None


def dimension_names() -> dict[str, str]:
    """What each filter and grouping is called on screen."""
    return {
        "opd": t("OPD"),
        "kecamatan": t("Kecamatan"),
        "unit": t("Sekolah atau unit"),
        "role_group": t("Kelompok jabatan"),
        "jenjang": t("Jenjang"),
        "golongan": t("Golongan"),
        "sex": t("Jenis kelamin"),
        "education_level": t("Pendidikan"),
        "employment": t("Status kepegawaian"),
    }


def value_name(column: str, value: str) -> str:
    """One value of a dimension as the visitor reads it."""
    if value == leaving_groups.UNKNOWN:
        return t("tidak diketahui")
    if column == "role_group":
        return _role_names(load.rulebook().version, language()).get(value, value)
    if column == "jenjang":
        if value == "-":
            return t("tanpa jenjang")
        head, _, tail = value.partition("_")
        return (
            t("Eselon {level}", level=tail.upper())
            if head == "eselon"
            else value.replace("_", " ").title()
        )
    if column == "sex":
        return {"L": t("Laki-laki"), "P": t("Perempuan")}.get(value, value)
    if column == "employment":
        return {"PPPK": t("P3K"), "PPPK_PW": t("P3K paruh waktu")}.get(value, value)
    return value


def post_name(role_group: str, jenjang: str) -> str:
    """A role group with its level, where it has one."""
    name = value_name("role_group", role_group)
    return name if jenjang in ("-", ANY) else f"{name}, {jenjang.replace('_', ' ')}"


@lru_cache(maxsize=8)
def _role_names(rule_version: str, lang: str) -> dict[str, str]:  # noqa: ARG001 (part of the key)
    return leaving_groups.role_group_labels(load.rulebook().role_groups, lang)


@lru_cache(maxsize=16)
def _options(key: PeopleKey, lang: str) -> dict[str, dict[str, str]]:  # noqa: ARG001 (key)
    everyone = leaving.counted(load.people_of(key), "all")
    return {
        column: {
            value: value_name(column, value)
            for value in leaving_groups.dimension(everyone, column).categories
        }
        for column in FILTERS
    }


def options(key: PeopleKey) -> dict[str, dict[str, str]]:
    """The values each filter offers, with their names."""
    return _options(key, language())


def people(view: View) -> pd.DataFrame:
    """The people of a view, one row each."""
    chosen = leaving.counted(load.people_of(view.key), view.who)
    return leaving_groups.selected(chosen, dict(view.wanted))


def _counted(view: View, key: PeopleKey, who: str) -> pd.DataFrame:
    """As ``people``, with the columns that counts need: copying names and titles takes longer."""
    narrow = load.people_of(key)[[*FILTERS, *_DATES, "is_in_headcount"]]
    return leaving_groups.selected(leaving.counted(narrow, who), dict(view.wanted))


@lru_cache(maxsize=64)
def usual_order(key: PeopleKey, by: str) -> tuple[str, ...]:
    """Every group of a dimension, those first of whom most retire among all the people.

    Whoever is counted or filtered, a group keeps its place and its colour by this.
    """
    everyone = leaving.counted(load.people_of(key)[[*FILTERS, *_DATES, "is_in_headcount"]], "all")
    counts = leaving.leaver_counts(everyone, key.as_of, key.as_of.year + 10, "year", by)
    named, _ = leaving_summary.by_largest(counts, by, len(counts))
    return tuple(named.columns)


def places(view: View, groups: Sequence[str]) -> dict[str, int]:
    """Groups that are drawn -> their place in the palette, the same whoever is counted.

    The groups that are usually named have a place each; another takes one that is free.
    """
    order = usual_order(view.in_force, view.by)
    usual = {group: place for place, group in enumerate(order[:NAMED_GROUPS])}
    free = [place for group, place in usual.items() if group not in groups]
    free += range(len(usual), NAMED_GROUPS)
    others = [one for one in order if one in groups and one not in usual]
    mixed = {group: usual[group] for group in groups if group in usual}
    return mixed | dict(zip(others, free, strict=False)) | {REST: NAMED_GROUPS}


# Python's own cache: the key is hashed in a microsecond, where Streamlit's walks through it.
@lru_cache(maxsize=256)
def calendar(view: View) -> Calendar:
    """The counts of a view; computed once for all visitors who look at it."""
    chosen = _counted(view, view.key, view.who)
    as_of, until_year = view.key.as_of, view.until_year
    role_groups = load.rulebook().role_groups
    counts = leaving.leaver_counts(chosen, as_of, until_year, view.period, view.by)
    named, others = leaving_summary.by_largest(counts, view.by, NAMED_GROUPS)
    return Calendar(
        totals=leaving.leaver_counts(chosen, as_of, until_year, view.period),
        named=named,
        others=others,
        groups=tuple(counts[view.by].cat.categories),
        grid=leaving_summary.month_grid(leaving.leaver_counts(chosen, as_of, until_year, "month")),
        summary=leaving_summary.summary(chosen, role_groups, as_of, until_year),
        shares=leaving.share_within(chosen, as_of, HORIZONS),
        educator_shares=leaving.share_within(
            chosen.loc[leaving_groups.is_educator(chosen, role_groups)], as_of, HORIZONS
        ),
        contract_ends=leaving.contract_ends(
            _counted(view, view.key, "all"), as_of, until_year, by="employment"
        ),
        in_force=None
        if view.key == view.in_force
        else leaving.leaver_counts(
            _counted(view, view.in_force, view.who), as_of, until_year, view.period
        ),
    )


def law(in_force: LawChoice) -> LawChoice:
    """The readings in force, with those of this link and its proposal on top."""
    choice = load.law_choice()
    usual = readings_of(in_force)
    readings = {
        dispute_id: inputs.linked(f"tafsir_{dispute_id}", list(reading_names(dispute_id)), reading)
        for dispute_id, reading in usual.items()
    }
    if readings == usual:
        return choice
    return dataclasses.replace(choice, readings=tuple(sorted(readings.items())))


def readings_of(choice: LawChoice) -> dict[str, str]:
    """The reading of every dispute under a choice, by ``dispute_id``; not to be changed."""
    return _readings_of(load.rulebook().version, choice)


@lru_cache(maxsize=64)
def _readings_of(rule_version: str, choice: LawChoice) -> dict[str, str]:  # noqa: ARG001 (key)
    return load.rulebook().readings(choice)


def reading_names(dispute_id: str) -> dict[str, str]:
    """The readings of a dispute, with their names."""
    return _reading_names(load.rulebook().version, dispute_id, language())


@lru_cache(maxsize=64)
def _reading_names(rule_version: str, dispute_id: str, lang: str) -> dict[str, str]:  # noqa: ARG001
    rows = load.rulebook().disputes
    rows = rows.loc[(rows["dispute_id"] == dispute_id).to_numpy()]
    return dict(zip(rows["reading"], rows[f"label_{lang}"], strict=True))


def dispute_names() -> dict[str, str]:
    """The disputes, with what each is about."""
    return _dispute_names(load.rulebook().version, language())


@lru_cache(maxsize=8)
def _dispute_names(rule_version: str, lang: str) -> dict[str, str]:  # noqa: ARG001 (part of the key)
    rows = load.rulebook().disputes
    return dict(zip(rows["dispute_id"], rows[f"subject_{lang}"], strict=True))


def period_name(period: str) -> str:
    """``2027``, ``TW I 2027`` or ``Mar 2027`` for the period of a count."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return f"{quarter_name(int(part[1]))} {year}"
    return f"{month_names()[int(part) - 1]} {year}" if part else year


def quarter_name(quarter: int) -> str:
    """``TW II`` (triwulan) or ``Q2``."""
    return f"TW {('I', 'II', 'III', 'IV')[quarter - 1]}" if language() == "id" else f"Q{quarter}"


def month_names() -> list[str]:
    """Months, short."""
    said = t("Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des")
    return said.split()


def long_month_names() -> list[str]:
    """Months in full."""
    said = t(
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
    )
    return said.split()


def small_to_rest(
    named: pd.DataFrame, others: pd.Series, least: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Cells too small to show to everyone, moved into the column of all others."""
    small = (named > 0) & (named < least)
    moved = others + named.where(small, 0).sum(axis=1).astype("int64")
    return named.mask(small, 0), moved.astype(np.int64)
