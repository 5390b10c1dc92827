"""``retirements``: the date of everybody, or how many a year, from a file or the data folder."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace
from datetime import date

import pandas as pd

from analytics import checks, leaving, readers, rules, state, store, store_tables
from analytics.command_line import (
    DONE,
    YEARS_AHEAD,
    WrongUseError,
    complain,
    folder_of,
    grouping,
    say_faults,
    write,
    write_faults,
)
from analytics.edition_in_force import edition_in_force
from analytics.faults import FaultsError
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook, RuleError

PEOPLE_COLUMNS = [
    "nip",
    "name",
    "unit",
    "position",
    "role_group",
    "jenjang",
    "bup_years",
    "retires_on",
    "rule_source",
]

_Basis = tuple[pd.DataFrame, date, LawChoice, dict[str, tuple[str, str]]]


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    period, groups = grouping(asked)
    rulebook = rules.load()
    people, day, choice, local_titles = (
        _people_in_file(asked, rulebook) if asked.roster else _people_in_store(asked, rulebook)
    )
    if asked.until is not None and asked.until < day.year:
        raise WrongUseError(f"--until {asked.until} < {day.year}")
    leavers = retirements(people, rulebook, day, choice, local_titles)
    outside_count = int((~leavers["is_in_headcount"]).sum())
    if outside_count:
        complain(
            asked,
            f"{outside_count} orang tidak dihitung: kedudukan hukumnya di luar formasi.",
            f"{outside_count} people not counted: their legal status is outside the headcount.",
        )
    counted = leaving.counted(leavers, asked.count or ("all" if asked.people else "asn"))
    unknown_count = int(counted["retires_on"].isna().sum())
    if unknown_count:
        complain(
            asked,
            f"{unknown_count} orang tanpa tanggal pensiun: jabatannya belum dikenali.",
            f"{unknown_count} people without a retirement date: their position is not recognised.",
        )
    if asked.people:
        if asked.until is not None:
            counted = counted.loc[~(counted["retires_on"].dt.year > asked.until)]
        table = counted[PEOPLE_COLUMNS]
    else:
        until = asked.until or day.year + YEARS_AHEAD
        table = leaving.leaver_counts(counted, day, until, period, groups or None)
    write(asked.out, table)
    complain(
        asked,
        f"{len(table)} baris ditulis, keadaan per {day}.",
        f"{len(table)} rows written, as of {day}.",
    )
    return DONE


def _people_in_file(asked: argparse.Namespace, rulebook: RuleBook) -> _Basis:
    choice, local_titles = LawChoice(), {}
    if asked.data:
        with state.opened(asked.data) as decisions:
            choice, local_titles = decisions.law_choice(), decisions.local_titles()
    choice = _choice(asked, rulebook, choice)
    reading = readers.read(asked.roster, kind="roster")
    day = asked.as_of or reading.as_of or date.today()
    checked = checks.checked_roster(reading, rulebook, day, local_titles, choice)
    errors = [fault for fault in checked.faults if fault.severity == "error"]
    if checked.people.empty:
        raise FaultsError(errors or checked.faults)
    write_faults(asked, checked.faults)
    if len(checked.refused):
        say_faults(asked, errors)
        complain(
            asked,
            f"{len(checked.refused)} dari {checked.row_count} baris ditinggalkan karena salah.",
            f"{len(checked.refused)} of {checked.row_count} rows left out because of errors.",
        )
    return checked.people, day, choice, local_titles


def _people_in_store(asked: argparse.Namespace, rulebook: RuleBook) -> _Basis:
    folder = folder_of(asked)
    edition = edition_in_force(folder, "--roster")
    if edition.is_synthetic:
        complain(asked, "Ini data contoh (sintetis).", "This is sample (synthetic) data.")
    with state.opened(folder) as decisions:
        choice = _choice(asked, rulebook, decisions.law_choice())
        local_titles = decisions.local_titles()
    with closing(store.opened(edition.path)) as connection:
        people = store_tables.people(connection)
    return people, asked.as_of or edition.as_of, choice, local_titles


def _choice(asked: argparse.Namespace, rulebook: RuleBook, choice: LawChoice) -> LawChoice:
    """The readings in force with those of the command line on top."""
    try:
        if asked.reading:
            readings = {**dict(choice.readings), **dict(asked.reading)}
            choice = replace(choice, readings=tuple(readings.items()))
        if asked.proposal:
            choice = replace(choice, proposal=asked.proposal, proposal_from=asked.proposal_from)
        rulebook.readings(choice)
        rulebook.proposal_rows(choice)
    except RuleError as error:
        raise WrongUseError(error.said(asked.lang)) from error
    return choice
