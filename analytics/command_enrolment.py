"""The command ``enrolment``: pupils ahead, and how far off the forecast was before.

``command_school_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass, field

import pandas as pd

from analytics import enrolment_file, store
from analytics.backtest import enrolment_backtest, printed
from analytics.command_line import DONE, REFUSED, complain, folder_of, say, write
from analytics.edition_in_force import edition_in_force
from analytics.enrolment import enrolment_forecast, late_births
from analytics.enrolment_file import BIRTHS, HISTORY
from analytics.enrolment_stored import stored_births, stored_history
from analytics.faults import FaultsError, sentence

FORECAST_COLUMNS = ["school_id", "school_year", "grade", "pupils", "p10", "p90"]
_PUPIL_DECIMALS = 3
_SHARE_DECIMALS = 6
_BIRTH_NOTES = {
    "not_reported": ("tidak dilaporkan, tidak dipakai", "not reported, not used"),
    "far_below": ("jauh di bawah biasanya; periksa", "far below its usual number; check it"),
}


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command found: a table to write, a text to print, notes in both languages."""

    table: pd.DataFrame
    text: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    found = {"forecast": forecast, "backtest": backtest}[asked.question](asked)
    for note in found.notes:
        complain(asked, *note)
    if found.table.empty:
        return REFUSED
    if asked.out:
        write(asked.out, found.table)
    if found.text and asked.out != "-":
        say(asked, found.text, found.text)
    return DONE


def forecast(asked: argparse.Namespace) -> Answer:
    """Pupils by school, grade and year ahead.

    Raises
    ------
    FaultsError
        Every fault of the two files, or no history to go by.
    """
    history, births = _tables(asked)
    try:
        found = enrolment_forecast(history, births, asked.years, lag_years=asked.lag)
    except FaultsError as error:
        raise _named(error, asked) from None
    notes = [
        (
            f"Kelahiran {row.area} {row.year}: {words[0]}.",
            f"Births {row.area} {row.year}: {words[1]}.",
        )
        for row in found.births.itertuples()
        if (words := _BIRTH_NOTES.get(row.finding))
    ]
    late = late_births(found.arrays) if births is not None else None
    if late is not None:
        notes.append(
            (
                f"Anak yang lahir sesudah {late.last_year} baru masuk kelas {late.grade} pada"
                f" {late.first_year}; ramalan ini sampai {late.horizon_year}, jadi perubahan"
                " kelahiran dari sekarang belum terlihat di dalamnya.",
                f"Children born after {late.last_year} enter grade {late.grade} in"
                f" {late.first_year} at the earliest; this forecast ends in {late.horizon_year}, so"
                " no change in births from now on shows in it.",
            )
        )
    return Answer(found.school[FORECAST_COLUMNS].round(_PUPIL_DECIMALS), notes=notes)


def backtest(asked: argparse.Namespace) -> Answer:
    """Error and coverage on the history itself; an empty table when it is too short to judge.

    Raises
    ------
    FaultsError
        As :func:`forecast`.
    """
    history, births = _tables(asked)
    try:
        table = enrolment_backtest(
            history,
            births,
            asked.years,
            first_origin=asked.first_origin,
            lag_years=asked.lag,
            school_level=asked.level,
        )
    except FaultsError as error:
        raise _named(error, asked) from None
    if table.empty:
        short = (
            "Riwayatnya terlalu pendek untuk diuji: perlu sedikitnya dua tahun.",
            "The history is too short to judge: it takes two years at least.",
        )
        return Answer(table, notes=[short])
    return Answer(table.round(_SHARE_DECIMALS), printed(table))


def _tables(asked: argparse.Namespace) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    births = None
    if asked.births:
        born = enrolment_file.births(asked.births)
        births = born.rows
        for fault in born.found:
            complain(asked, sentence(fault), sentence(fault, "en"))
    if asked.history:
        told = enrolment_file.history(asked.history)
        for fault in told.found:
            complain(asked, sentence(fault), sentence(fault, "en"))
        return told.rows, births
    edition = edition_in_force(folder_of(asked), "--history")
    with closing(store.opened(edition.path)) as connection:
        history = stored_history(
            store.ask(connection, "schools", school_year=None),
            store.ask(connection, "enrolment", school_year=None),
        )
        if births is None:
            births = stored_births(store.ask(connection, "births"), edition.government_name)
    return history, births


def _named(error: FaultsError, asked: argparse.Namespace) -> FaultsError:
    return enrolment_file.named(error, {HISTORY: asked.history, BIRTHS: asked.births})
