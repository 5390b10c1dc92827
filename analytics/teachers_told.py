"""What the need of teachers is counted from: a file of pupils, or the edition in force."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import enrolment_file, state, store, store_tables, teachers
from analytics.edition_in_force import edition_in_force
from analytics.enrolment import enrolment_forecast
from analytics.enrolment_history import TOTAL_ONLY, typed_history
from analytics.enrolment_stored import stored_births, stored_history
from analytics.faults import Fault, FaultsError, sentence
from analytics.retirement import retirements
from analytics.rules import RuleBook
from analytics.teachers import SchoolFacts
from analytics.teachers_in_post import teachers_in_post
from analytics.teachers_law import HIGHEST_GRADE
from analytics.teachers_religion import religion_shares
from analytics.told import Counted, ToldError

# Grade of a row that counts a whole school.
TOTAL = "total"
YEARS_MOST = 10
PUBLIC = "negeri"


class FarAheadError(ToldError, ValueError):
    """A number of years that nobody forecasts, said in both languages."""


@dataclass(frozen=True, eq=False)
class Staff:
    """Who is in post on one day."""

    in_post: pd.DataFrame
    as_of: date


def in_file(path: Path, notes: list[tuple[str, str]]) -> pd.DataFrame:
    """The file of pupils, typed.

    Returns
    -------
    ``school_id, school_year, grade, pupils, level, district``; ``grade`` as text (``total`` or a
    whole number). Rows without pupils, and of a grade above 12, are left out and said.

    Raises
    ------
    FaultsError
        With every fault and its line.
    """
    try:
        told = enrolment_file.history(path)
        rows = typed_history(told.rows)
    except FaultsError as error:
        raise enrolment_file.named(error, {enrolment_file.HISTORY: path}) from None
    notes += [(sentence(fault), sentence(fault, "en")) for fault in told.found]
    blank_count = int(rows["pupils"].isna().sum())
    if blank_count:
        notes.append(
            (
                f"{blank_count} baris tanpa jumlah murid dilewati.",
                f"{blank_count} {Counted(blank_count):row|rows} without pupils skipped.",
            )
        )
    rows = rows.dropna(subset=["pupils"])
    above = rows["grade"] > HIGHEST_GRADE
    if above.any():
        count = int(above.sum())
        notes.append(
            (
                f"{count} baris kelas {HIGHEST_GRADE + 1} (tahun keempat SMK) dilewati:"
                " aturan guru mengenal kelas 0 sampai 12.",
                f"{count} {Counted(count):row|rows} of grade {HIGHEST_GRADE + 1} (fourth year"
                " of SMK) left out: the rules on teachers know grades 0 to 12.",
            )
        )
    if len(rows) and above.all():
        raise FaultsError([Fault(path.name, "history_grade_13_only")])
    rows = rows.loc[~above]
    parts = int((rows["pupils"] % 1 > 0).sum())
    if parts:
        notes.append(
            (
                f"{parts} baris memuat pecahan murid; untuk rombel dibulatkan. Titik ribuan"
                " (1.200) terbaca sebagai desimal.",
                f"{parts} {Counted(parts):row holds|rows hold} fractions of pupils;"
                " rounded for rombel. A thousands point (1.200) is read as a decimal.",
            )
        )
    grade = rows["grade"].astype("str").mask(rows["grade"] == TOTAL_ONLY, TOTAL)
    named = rows[["level", "district"]].replace("", pd.NA)
    order = ["school_id", "school_year", "grade", "pupils", "level", "district"]
    return rows.assign(grade=grade, **named)[order].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Stored:
    """What the edition in force says of schools and their people.

    ``history``: of all schools, private ones (``private``, npsn) among them; ``profiles``: school
    profiles of all years; ``people``: the roster with its dates.
    """

    staff: Staff
    history: pd.DataFrame
    births: pd.DataFrame | None
    facts: SchoolFacts | None
    profiles: pd.DataFrame
    people: pd.DataFrame
    private: frozenset[str]


def in_store(
    folder: Path, rulebook: RuleBook, notes: list[tuple[str, str]], number: int | None = None
) -> Stored:
    """An edition, or the one in force; refuses in words where there is none."""
    edition = (
        edition_in_force(folder, "--history") if number is None else store.edition(folder, number)
    )
    if edition.is_synthetic:
        notes.append(("Ini data contoh (sintetis).", "This is sample (synthetic) data."))
    with state.opened(folder) as decisions:
        choice, local_titles = decisions.law_choice(), decisions.local_titles()
    with closing(store.opened(edition.path)) as connection:
        people = store_tables.people(connection)
        listed = store_tables.school_teachers(connection)
        units = store.ask(connection, "units", government_id="*")
        profiles = store_tables.school_profiles(connection)
        graded = store.ask(connection, "enrolment", school_year=None)
        births = store.ask(connection, "births")
        religions = store_tables.pupil_religions(connection)
    leavers = retirements(people, rulebook, edition.as_of, choice, local_titles)
    in_post = teachers_in_post(leavers, listed, units, rulebook, edition.as_of)
    return Stored(
        Staff(in_post, edition.as_of),
        history_of(graded, profiles),
        stored_births(births, edition.government_name),
        SchoolFacts(religions=religion_shares(religions)) if len(religions) else None,
        profiles,
        leavers,
        _private(profiles),
    )


def history_of(graded: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Schools of an edition in the words of a history file; totals where grades lack.

    Parameters
    ----------
    graded
        One row per ``npsn``, ``school_year``, ``grade``: ``pupil_count``.
    profiles
        School profiles of all years.

    Returns
    -------
    One row per ``school_id``, ``school_year``, ``grade`` (text; ``total`` where no grade is told):
    ``pupils``, ``level``, ``district``.
    """
    counted = graded.dropna(subset=["school_year", "grade", "pupil_count"])
    rows = stored_history(profiles, counted)
    is_total = rows["grade"].astype("str") == TOTAL
    grade = rows["grade"].mask(is_total, 0).astype("int64").astype("str").mask(is_total, TOTAL)
    named = rows[["level", "district"]].replace("", pd.NA)
    return rows.assign(grade=grade, **named).astype({"school_year": "int64", "pupils": "float64"})


def _private(profiles: pd.DataFrame) -> frozenset[str]:
    """Schools that are not the government's, as last told."""
    latest = profiles.sort_values("school_year", kind="stable").groupby("npsn").last()
    return frozenset(latest.index[latest["status"].fillna(PUBLIC) != PUBLIC])


def with_forecast(
    history: pd.DataFrame, births: pd.DataFrame | None, last_year: int, years: int | None
) -> pd.DataFrame:
    """The history with so many years of forecast behind it.

    Parameters
    ----------
    history
        As :func:`history_of`.
    births
        As ``enrolment.enrolment_forecast`` takes them.
    last_year
        The last school year of the history.
    years
        School years to forecast; None or 0 for none.

    Raises
    ------
    FarAheadError
        When that is no number of years to forecast.
    """
    if years is None or years == 0:
        return history
    if not 0 < years <= YEARS_MOST:
        raise FarAheadError(
            f"ramalan {years} tahun: tulis 1 sampai {YEARS_MOST} sesudah {last_year}",
            f"a forecast of {years} years: write 1 to {YEARS_MOST} after {last_year}",
        )
    told = history[["school_id", "school_year", "grade", "pupils"]]
    for known in ("district", "level"):
        if known in history and history[known].notna().any():
            told = told.assign(**{known: history[known].fillna("")})
    found = enrolment_forecast(told, births, years=years).school
    ahead = found.loc[:, ["school_id", "school_year", "grade", "pupils"]].astype({"grade": "str"})
    latest = history.sort_values("school_year", kind="stable").drop_duplicates(
        "school_id", keep="last"
    )
    place = latest.set_index("school_id")
    # Of a school that is forecast by grade the total is told twice.
    graded = set(ahead.loc[ahead["grade"] != TOTAL, "school_id"])
    ahead = ahead.loc[(ahead["grade"] != TOTAL) | ~ahead["school_id"].isin(graded)]
    ahead = ahead.loc[ahead["school_year"] > last_year]
    return pd.concat(
        [
            history,
            ahead.assign(
                level=ahead["school_id"].map(place["level"]),
                district=ahead["school_id"].map(place["district"]),
            ),
        ],
        ignore_index=True,
    ).astype({"school_year": "int64", "grade": "str"})


def grade_cells(history: pd.DataFrame, notes: list[tuple[str, str]]) -> pd.DataFrame:
    """Cells by grade: totals stand aside where grades are told, and are spread where not.

    Parameters
    ----------
    history
        As :func:`history_of`.
    notes
        Gets what was spread or left out, in both languages.

    Returns
    -------
    One row per ``npsn``, ``school_year``, ``grade``: ``pupil_count``, ``level``.
    """
    rows = history.rename(columns={"school_id": "npsn", "pupils": "pupil_count"})
    rows = rows[["npsn", "school_year", "grade", "pupil_count", "level"]]
    is_total = rows["grade"] == TOTAL
    graded = rows.loc[~is_total].astype({"grade": "int64"})
    known = pd.MultiIndex.from_frame(graded[["npsn", "school_year"]])
    totals = rows.loc[is_total]
    totals = totals.loc[~pd.MultiIndex.from_frame(totals[["npsn", "school_year"]]).isin(known)]
    spread = teachers.evenly_by_grade(totals.drop(columns="grade"))
    lost = totals["npsn"].nunique() - spread["npsn"].nunique()
    if lost:
        notes.append(
            (
                f"{lost} sekolah hanya punya jumlah total tanpa jenjang yang dikenali: dilewati."
                " Tambahkan kolom level (SD, SMP).",
                f"{lost} schools give totals only and no known level: left out. Add a column"
                " level (SD, SMP).",
            )
        )
    if len(spread):
        count = spread["npsn"].nunique()
        notes.append(
            (
                f"{count} sekolah tanpa rincian kelas: muridnya dibagi rata antarkelas,"
                " jadi rombelnya perkiraan.",
                f"{count} {Counted(count):school|schools} without grades: pupils spread evenly, so"
                " rombel are an estimate.",
            )
        )
    parts = [part for part in (graded, spread) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else graded


def with_ceiling(
    cells: pd.DataFrame, rulebook: RuleBook, notes: list[tuple[str, str]]
) -> pd.DataFrame:
    """Cells of the levels that have a ceiling; the others are said and left out.

    Parameters
    ----------
    cells
        As :func:`grade_cells`.
    notes
        Gets what was left out, in both languages.

    Raises
    ------
    FaultsError
        No level has a ceiling.
    """
    known = set(rulebook.class_sizes["level"].str.upper())
    told = cells["level"].astype("object").fillna("")
    lost = (told != "") & ~told.str.upper().isin(known)
    if lost.any():
        levels = ", ".join(sorted(told[lost].unique()))
        count = cells.loc[lost, "npsn"].nunique()
        notes.append(
            (
                f"{count} sekolah dilewati: jenjang {levels} tidak punya pagu rombel"
                " di data/rules/class_size.csv.",
                f"{count} {Counted(count):school|schools} left out: level {levels} has no"
                " ceiling in data/rules/class_size.csv.",
            )
        )
    if lost.all():
        raise FaultsError([Fault(enrolment_file.HISTORY, "history_levels_unknown")])
    return cells.loc[~lost]
