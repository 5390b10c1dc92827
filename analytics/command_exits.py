"""The command ``exits``: leavers ahead from any employer's roster, how far off before, and why.

``command_people_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics.command_line import DONE, REFUSED, complain, say, say_faults, write, write_faults
from analytics.exits import ExitModel, exit_model, in_service_on
from analytics.exits_backtest import Judged, exits_backtest, printed
from analytics.exits_drivers import all_group_rates
from analytics.exits_forecast import exit_forecast, year_names
from analytics.exits_panel import year_start
from analytics.exits_roster import Roster, read_roster
from analytics.faults import Fault, FaultsError
from analytics.survival import staying_by_service

FORECAST_COLUMNS = ["year", "expected", "p10", "p50", "p90"]
_DECIMALS = 3
_CHANCE_DECIMALS = 6
_FEW_EXITS = 30
_FEW_YEARS = 5
_LAW_KEPT_SHARE = 0.8
_LAW_YEARS = 5
# No exit for so long, where so many would be usual: the list seems to end before the day.
_SILENT_DAYS, _SILENT_EXITS = 200, 8


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command found: tables to write, a text to print, notes in both languages."""

    table: pd.DataFrame
    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    early: pd.DataFrame = field(default_factory=pd.DataFrame)
    staying: pd.DataFrame = field(default_factory=pd.DataFrame)
    text: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    faults: Sequence[Fault] = ()


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    found = {"forecast": forecast, "backtest": backtest, "fit": fit}[asked.question](asked)
    write_faults(asked, found.faults)
    say_faults(asked, found.faults)
    for note in found.notes:
        complain(asked, *note)
    if found.table.empty:
        return REFUSED
    if asked.out:
        write(asked.out, found.table)
    if getattr(asked, "people", None):
        write(asked.people, found.people)
    if getattr(asked, "early", None):
        write(asked.early, found.early)
    if getattr(asked, "staying", None):
        write(asked.staying, found.staying)
    if found.text and asked.out != "-":
        say(asked, found.text, found.text)
    return DONE


def forecast(asked: argparse.Namespace) -> Answer:
    """Leavers by year ahead, and by person.

    Raises
    ------
    FaultsError
        A roster that is refused, exits on record from the day or later only
        (``roster_complete_after``), or nobody in service on the day.
    """
    roster = _roster(asked, asked.as_of)
    if in_service_on(roster.spells, asked.as_of).empty:
        raise FaultsError([_nobody(asked, asked.as_of)])
    found = exit_forecast(
        roster.spells,
        asked.as_of,
        asked.years,
        asked.mandatory_age,
        observed_from=asked.complete_from,
    )
    notes = [*_notes(roster), *_silence(roster, asked)]
    model = found.model
    notes += _thin(model, asked.as_of)
    if (asked.as_of.month, asked.as_of.day) != (1, 1):
        last = year_start(asked.as_of, 1)
        ends = pd.Timestamp(last - 1, unit="D").date()
        name = year_names(asked.as_of, 1)[0]
        notes.append(
            (
                f"Tahun {name} berarti dua belas bulan, {asked.as_of} s.d. {ends}, dan seterusnya.",
                f"Year {name} means the twelve months {asked.as_of} to {ends}, and so on.",
            )
        )
    reached = model.past.tail(_LAW_YEARS)[["reached_count", "reached_left_count"]].sum()
    if reached.iloc[0] and reached.iloc[1] < _LAW_KEPT_SHARE * reached.iloc[0]:
        notes.append(
            (
                f"Dalam {_LAW_YEARS} tahun terakhir hanya {reached.iloc[1]} dari"
                f" {reached.iloc[0]} orang keluar pada tahun mencapai batas usia"
                f" {asked.mandatory_age}; periksa batas usianya.",
                f"In the last {_LAW_YEARS} years only {reached.iloc[1]} of {reached.iloc[0]} people"
                f" left in the year they reached age {asked.mandatory_age}; check that age.",
            )
        )
    return Answer(
        found.years[FORECAST_COLUMNS].round({"expected": _DECIMALS}),
        found.people.round({"probability": _CHANCE_DECIMALS}),
        found.early[FORECAST_COLUMNS].round({"expected": _DECIMALS}),
        notes=notes,
        faults=roster.faults,
    )


def fit(asked: argparse.Namespace) -> Answer:
    """What the past teaches: the rate of leaving early by group of ten and more, of no person.

    And how many of those who begin are still there after each year of service.

    Raises
    ------
    FaultsError
        As :func:`forecast`, and where fewer than ten are in service (``roster_few``).
    """
    roster = _roster(asked, asked.as_of)
    here = in_service_on(roster.spells, asked.as_of)
    if here.empty:
        raise FaultsError([_nobody(asked, asked.as_of)])
    model = exit_model(roster.spells, asked.complete_from, asked.as_of, None, asked.mandatory_age)
    table = all_group_rates(model, here)
    if table.empty:
        raise FaultsError([Fault(asked.roster.name, "roster_few", details={"day": asked.as_of})])
    rates = ["expected_count", "rate_share"]
    table[rates] = table[rates].round(_CHANCE_DECIMALS)
    count = sum(model.exit_counts.values())
    early = (
        f"{count} orang keluar dini dalam {model.year_count} tahun sebelum {asked.as_of}.",
        f"{count} early exits in the {model.year_count} years before {asked.as_of}.",
    )
    told = [early] if count else _thin(model, asked.as_of)
    staying = staying_by_service(roster.spells, model.observed_from, asked.as_of)
    shares = ["staying_share", "staying_share_se"]
    staying[shares] = staying[shares].round(_CHANCE_DECIMALS)
    return Answer(table, staying=staying, notes=[*_notes(roster), *told], faults=roster.faults)


def backtest(asked: argparse.Namespace) -> Answer:
    """Predicted against actual at the cut-offs; an empty table where none can be judged.

    Raises
    ------
    FaultsError
        As :func:`forecast`.
    """
    roster = _roster(asked, max(asked.cutoff))
    notes = _notes(roster)
    if roster.spells["exit_date"].isna().all():
        notes += _survivors(max(asked.cutoff))
    since = asked.complete_from
    early = [each for each in asked.cutoff if since and each <= since]
    if early:
        days = ", ".join(str(each) for each in early)
        notes.append(
            (
                f"Tanggal potong {days} dilewati: keluar tercatat sejak {since}.",
                f"Cut-offs {days} left out: exits are on record since {since}.",
            )
        )
    judged = Judged(
        tuple(each for each in asked.cutoff if each not in early),
        asked.years,
        asked.mandatory_age,
        known_until=_happened(roster.spells, date.today(), notes),
        observed_from=asked.complete_from,
    )
    table = exits_backtest(roster.spells, judged)
    if table.empty:
        short = (
            "Tidak ada tanggal potong yang dapat dinilai: perlu sedikitnya satu tahun penuh"
            " sesudahnya di dalam berkas, dan orang yang bekerja pada hari itu.",
            "No cut-off can be judged: it takes a whole year after it in the file, and people in"
            " service on the day.",
        )
        return Answer(table, notes=[*notes, short], faults=roster.faults)
    numbers = table.select_dtypes("number").columns
    table[numbers] = table[numbers].round(_CHANCE_DECIMALS)
    return Answer(table, text=printed(table, asked.lang), notes=notes, faults=roster.faults)


def _happened(spells: pd.DataFrame, today: date, notes: list[tuple[str, str]]) -> date | None:
    """Until when exits have happened, where a file also has exits to come; None if it has none.

    A file of which most exits lie after today is taken to be made up, or the clock to be wrong.
    """
    gone = spells["exit_date"].dropna()
    to_come = int((gone > pd.Timestamp(today)).sum())
    if not to_come or to_come > len(gone) / 2:
        return None
    notes.append(
        (
            f"{to_come} tanggal keluar terletak sesudah hari ini ({today}); yang dinilai hanya"
            " tahun-tahun sebelumnya.",
            f"{to_come} exits lie after today ({today}); only years before it are judged.",
        )
    )
    return today


def _thin(model: ExitModel, day: date) -> list[tuple[str, str]]:
    """A note where little was learnt from, another where the file lists those who stayed."""
    count = sum(model.exit_counts.values())
    if count == 0 and model.year_count == 0:
        return _survivors(day)
    if count == 0:
        return [
            (
                f"Riwayatnya tipis: tidak ada yang keluar dalam {model.year_count} tahun."
                " Perkiraan mendekati laju yang lazim dan pitanya lebar. Periksa apakah mereka yang"
                " keluar ada di lembar, berkas atau kolom lain.",
                f"The history is thin: nobody left in {model.year_count} years. The forecast is"
                " close to usual rates and its band is wide. Check whether those who left are on"
                " another sheet, in another file or column.",
            )
        ]
    if count >= _FEW_EXITS and model.year_count >= _FEW_YEARS:
        return []
    since = model.observed_from
    return [
        (
            f"Riwayatnya tipis: {count} orang keluar dini sejak {since}. Perkiraan mendekati laju"
            " rata-rata dan pitanya lebar. Bila keluar baru dicatat sesudah hari itu, sebut"
            " sejak kapan dengan --complete-from.",
            f"The history is thin: {count} early exits since {since}. The forecast is close to the"
            " mean rate and its band is wide. If exits were written down from a later day only,"
            " give that day as --complete-from.",
        )
    ]


def _survivors(day: date) -> list[tuple[str, str]]:
    """A note on a file by which nobody has left yet (eq. 71)."""
    return [
        (
            f"Riwayatnya tipis: menurut berkas ini tidak ada yang keluar sebelum {day}."
            " Berkas seperti itu daftar orang yang bertahan; yang ditulis hanya angka awal"
            " menurut laju yang lazim. Apakah mereka yang keluar tertinggal di lembar, berkas"
            " atau kolom lain?",
            f"The history is thin: by this file nobody left before {day}. Such a file"
            " lists those who stayed; what is written is the starting figure alone, by usual"
            " rates. Are those who left missing, on another sheet, in another file or column?",
        )
    ]


def _silence(roster: Roster, asked: argparse.Namespace) -> list[tuple[str, str]]:
    """A note where the list of exits seems to end long before the day of the forecast."""
    day = pd.Timestamp(asked.as_of)
    gone = roster.spells["exit_date"]
    gone = gone[gone < day]
    if gone.empty or (day - gone.max()).days <= _SILENT_DAYS:
        return []
    silent = (day - gone.max()).days / 365.25
    usual = (gone > gone.max() - pd.DateOffset(years=5)).sum() / 5
    if usual * silent < _SILENT_EXITS:
        return []
    last = gone.max().date()
    return [
        (
            f"Keluar terakhir sebelum {asked.as_of} ialah {last}, padahal biasanya {usual:.0f}"
            " orang setahun: bila sesudah itu tidak dicatat, perkiraan ini terlalu rendah."
            " Ramalkan dari hari sampai mana keluar tercatat.",
            f"The last exit before {asked.as_of} is of {last}, where {usual:.0f} a year are usual:"
            " if later ones were not written down, this forecast is too low. Forecast from the"
            " day until which exits are on record.",
        )
    ]


def _roster(asked: argparse.Namespace, day: date) -> Roster:
    since = asked.complete_from
    if since and since >= day:
        details = {"since": since, "day": day}
        raise FaultsError([Fault(asked.roster.name, "roster_complete_after", details=details)])
    # Years of two digits: nobody on file begins or leaves after today.
    return read_roster(asked.roster, date.today(), day)


def _nobody(asked: argparse.Namespace, day: date) -> Fault:
    return Fault(asked.roster.name, "roster_nobody", details={"day": day})


def _notes(roster: Roster) -> list[tuple[str, str]]:
    left_out = roster.row_count - len(roster.spells)
    if not left_out:
        return []
    return [
        (
            f"{left_out} dari {roster.row_count} baris ditinggalkan karena salah.",
            f"{left_out} of {roster.row_count} rows left out because of errors.",
        )
    ]
