"""What the law says against what a roster says: unknown posts, past dates, other dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics.checks_findings import Findings, cells_of
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook

POSITIONS = ("position", "position_structural", "position_functional", "position_general")


@dataclass(frozen=True)
class LawOnDay:
    """The law a roster is held against: its rules, the day, the choices and the mapped titles."""

    rulebook: RuleBook
    as_of: date
    choice: LawChoice = field(default_factory=LawChoice)
    local_titles: Mapping[str, tuple[str, str]] | None = None


def check_law(findings: Findings, people: pd.DataFrame, on_day: LawOnDay) -> None:
    """Add ``position_unknown``, ``past_bup``, ``tmt_mismatch`` and ``bup_disputed``.

    Parameters
    ----------
    people
        The people frame, aligned with the reading's rows, faulty rows included.
    """
    law = retirements(people, on_day.rulebook, on_day.as_of, on_day.choice, on_day.local_titles)
    reading = findings.reading
    column = next((name for name in POSITIONS if name in reading.headers), POSITIONS[0])
    positions = people["position"].fillna("").to_list()
    shown_on = law["retires_on"].dt.strftime("%d-%m-%Y").to_list()
    ages, sources = law["bup_years"].to_list(), law["rule_source"].to_list()

    # A post whose jenjang nobody states has no age either.
    for at in _places(law["role_group"].isna() | law["jenjang"].isna()):
        findings.add("position_unknown", at, column, positions[at])

    is_due = people["is_in_headcount"] & (law["retires_on"] <= pd.Timestamp(on_day.as_of))
    for at in _places(is_due):
        dues = {"retires_on": shown_on[at], "bup_years": ages[at]}
        findings.add("past_bup", at, column, positions[at], **dues)

    is_dated = law["retires_on"].notna()
    stated = people["stated_retires_on"]
    for at in _places(is_dated & stated.notna() & (stated != law["retires_on"])):
        told = {"law": shown_on[at], "rule_source": sources[at]}
        cell = cells_of(reading, "stated_retires_on")[at]
        findings.add("tmt_mismatch", at, "stated_retires_on", cell, **told)
    stated_age = people["stated_bup_years"]
    # One difference is one fault: the date, where there is one, says more than the age.
    for at in _places(
        is_dated & stated.isna() & stated_age.notna() & (stated_age != law["bup_years"])
    ):
        told = {"law": f"BUP {ages[at]}", "rule_source": sources[at]}
        cell = cells_of(reading, "stated_bup_years")[at]
        findings.add("tmt_mismatch", at, "stated_bup_years", cell, **told)

    for at in _places(law["rule_standing"] == "disputed"):
        told = {"bup_years": ages[at], "rule_source": sources[at]}
        findings.add("bup_disputed", at, column, positions[at], **told)


def _places(holds: pd.Series) -> list[int]:
    return [int(at) for at in holds.fillna(False).to_numpy(dtype=bool).nonzero()[0]]
