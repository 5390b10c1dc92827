"""What ``regroup`` plans with: a file of schools, or an edition."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import state, store, store_tables
from analytics.edition_in_force import edition_in_force
from analytics.enrolment_stored import stored_history
from analytics.faults import Fault, FaultsError
from analytics.plain_table import placed
from analytics.regrouping_condition import calls_itself_one_roof, one_roof, usable_rooms
from analytics.regrouping_file import read_history, read_schools
from analytics.regrouping_schools import (
    PUBLIC,
    cells_by_grade,
    latest_schools,
    spread_schools,
)
from analytics.regrouping_stored import NOTHING_SAVED, SavedMergers, saved_mergers
from analytics.store import StoreError

# Levels that a kabupaten or kota may merge, and the state schools among all.
LEVELS = ("TK", "SD", "SMP")
# Totals of two years agree in 4 to 9 of a hundred schools (Kabupaten Banjar 2023-2025, TK, SD and
# SMP), those of one year in nearly all.
SAME_YEAR_SHARE = 0.5
# What to mend where the schools are those of an edition and no file.
_AT_DATA = {
    "regroup_rooms_unknown": ("banyaknya ruang kelas", "the number of classrooms"),
    "regroup_coordinate": (
        "lintang dan bujurnya, atau beri jarak jalannya dengan --roads",
        "its latitude and longitude, or give its roads with --roads",
    ),
    "regroup_spread_evenly": ("murid per kelas", "pupils by grade"),
    "regroup_rooms_heavy": (
        "keadaan ruang yang sudah direhabilitasi; --count-heavy-rooms menghitungnya juga",
        "the condition of rooms that were repaired; --count-heavy-rooms counts them too",
    ),
}


@dataclass(frozen=True, eq=False)
class Told:
    """Schools, their pupils now and before, and what was found in them.

    ``name``: of the file, or *edisi 12*. ``schools``, ``pupils``: as
    :func:`analytics.regrouping.prepared` reads them. ``history``: as
    :func:`analytics.regrouping_candidates.candidates` reads it. ``on``: the day the answer is for.
    ``passed``: schools of the file that are of other levels and take no part.
    """

    name: str
    schools: pd.DataFrame
    pupils: pd.DataFrame
    history: pd.DataFrame
    faults: list[Fault]
    on: date
    saved: SavedMergers = NOTHING_SAVED
    edition: store.Edition | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    passed: frozenset[str] = frozenset()


def in_file(path: Path, past: Path | None, on: date, levels: tuple[str, ...] = ()) -> Told:
    """A file of schools, and one of their pupils in past years where there is one.

    Raises
    ------
    FaultsError
        When a file cannot be read as a table at all, or has no school of these levels.
    """
    try:
        file = read_schools(path, levels)
    except FaultsError as error:
        raise FaultsError(placed(error.faults, path)) from None
    faults = list(file.faults) + _named_one_roof(path.name, file.schools)
    now = file.pupils.rename_axis("npsn").reset_index()
    now = now.melt(id_vars="npsn", var_name="grade", value_name="pupil_count")
    history, notes = now.assign(school_year=file.year or on.year), []
    if past is not None:
        before, found = read_history(past)
        faults += found
        faults += strangers(
            past.name, "regroup_history_unknown", before, ("npsn",), file.schools, file.passed
        )
        history, note = with_past(now, before, on.year, file.year)
        notes.append(note)
    return Told(
        path.name, file.schools, file.pupils, history, faults, on, notes=notes, passed=file.passed
    )


def with_past(
    now: pd.DataFrame, before: pd.DataFrame, year: int, own_year: int | None = None
) -> tuple[pd.DataFrame, tuple[str, str]]:
    """Pupils of a file of schools after those of past years, each year once.

    Parameters
    ----------
    now
        ``npsn``, ``grade``, ``pupil_count`` of the file of schools.
    before
        ``npsn``, ``school_year``, ``grade``, ``pupil_count`` of past years.
    year
        The year of the file where no past year of its schools is told.
    own_year
        The school year the file itself names: where the past names it too it is that one.

    Returns
    -------
    Both together: the file is the last year told where :data:`SAME_YEAR_SHARE` of the schools in
    both have as many pupils in it, else the year after. And a sentence that says the years.

    Method: docs/method.md eq. 122.
    """
    ours = before.loc[before["npsn"].isin(now["npsn"])]
    past = sorted(int(one) for one in ours["school_year"].unique())
    is_same = bool(past) and _share_alike(now, ours, past[-1]) >= SAME_YEAR_SHARE
    last = past[-1] + (not is_same) if past else own_year or year
    if past and own_year in past:
        last, is_same = own_year, True
    elif past and not is_same and own_year is not None and own_year > past[-1]:
        last = own_year
    history = pd.concat(
        [ours.loc[ours["school_year"] < last], now.assign(school_year=last)], ignore_index=True
    )
    used = sorted({*past, last})
    gaps = [one for one in range(used[0], last) if one not in used]
    years, missing = (", ".join(map(str, several)) for several in (used, gaps))
    return history, (
        f"Tahun ajaran yang dipakai: {years}; berkas sekolah dihitung sebagai {last}"
        f" ({'angkanya sama' if is_same else 'sesudah riwayat'})."
        + (f" Tanpa angka, memutus deretan tahun: {missing}." if gaps else ""),
        f"School years used: {years}; the file of schools counts as {last}"
        f" ({'its figures are the same' if is_same else 'after the history'})."
        + (f" Without figures, breaking a row of years: {missing}." if gaps else ""),
    )


def _share_alike(now: pd.DataFrame, before: pd.DataFrame, year: int) -> float:
    """The share of schools told in a year that have exactly as many pupils in it as now."""
    then = before.loc[before["school_year"] == year].groupby("npsn")["pupil_count"].sum()
    today = now.groupby("npsn")["pupil_count"].sum().reindex(then.index)
    return float((today == then).mean())


def in_edition(
    folder: Path,
    number: int | None = None,
    on: date | None = None,
    levels: tuple[str, ...] = (),
) -> Told:
    """State schools of an edition that teach pupils, as the page Regrouping asks about them.

    Parameters
    ----------
    number
        The edition; None: the one in force.
    on
        The day the answer is for; None: that of the edition.
    levels
        Schools of these levels only; none: of every level a kabupaten or kota may merge.

    Returns
    -------
    Schools of the levels a kabupaten or kota may merge. Totals are spread evenly over the grades.
    What was saved for everybody (locks, measured roads) stands beside them.

    Raises
    ------
    StoreError
        Where there is no such edition, or it tells no pupils.
    """
    held = (
        edition_in_force(folder, "--schools") if number is None else store.edition(folder, number)
    )
    with state.opened(folder) as decisions:
        saved = saved_mergers(decisions, folder)
    with closing(store.opened(held.path)) as connection:
        profiles = store_tables.school_profiles(connection)
        enrolment = store.ask(connection, "enrolment", school_year=None)
    counted = enrolment.dropna(subset=["npsn", "school_year", "grade", "pupil_count"])
    schools = latest_schools(profiles, counted)
    told = stored_history(profiles, counted)
    cells = cells_by_grade(told, schools)
    is_ours = schools["level"].isin(levels or LEVELS) & (schools["status"] == PUBLIC)
    year = cells["school_year"].max()
    now = cells.loc[cells["school_year"] == year]
    taught = schools["npsn"].map(now.groupby("npsn")["pupil_count"].sum()).fillna(0) > 0
    kept = schools.loc[is_ours & taught].reset_index(drop=True)
    if kept.empty:
        which = f" {', '.join(levels)}" if levels else ""
        raise StoreError(
            f"Edisi {held.number} belum berisi murid sekolah negeri{which}. Impor murid per"
            " sekolah, atau beri --schools.",
            f"Edition {held.number} has no pupils of state schools{which}. Import pupils by"
            " school, or give --schools.",
        )
    own = now.loc[now["npsn"].isin(kept["npsn"])]
    wide = own.pivot_table(
        index="npsn", columns="grade", values="pupil_count", aggfunc="sum", fill_value=0
    )
    spread = len(spread_schools(told) & set(kept["npsn"]))
    name = f"edisi {held.number}"
    faults = _of_rooms(name, kept)
    if spread:
        faults.insert(0, Fault(name, "regroup_spread_evenly", details={"count": spread}))
    return Told(
        name,
        kept.assign(
            is_integrated=one_roof(kept),
            lat_written=kept["latitude"].map(_written),
            lon_written=kept["longitude"].map(_written),
        ),
        wide.reindex(kept["npsn"]).fillna(0).round().astype("int64"),
        cells.loc[cells["npsn"].isin(kept["npsn"])].reset_index(drop=True),
        faults,
        on or held.as_of,
        saved,
        held,
        _left_aside(held, int((is_ours & ~taught).sum()), int((~is_ours).sum()), int(year)),
    )


def mended_at_data(fault: Fault) -> Fault:
    """A finding of an edition with what to do on the page Data, where no file has the column."""
    found = [about for start, about in _AT_DATA.items() if fault.code.startswith(start)]
    if not found:
        return fault
    indonesian, english = found[0]
    remedy = {
        "remedy_id": f"Perbaiki di halaman Data: muat daftar sekolah dengan {indonesian}",
        "remedy_en": f"Mend it on the page Data: load a list of schools with {english}",
    }
    return replace(fault, details={**fault.details, **remedy})


def strangers(  # noqa: PLR0913 - two files, and what each is about
    file: str,
    code: str,
    table: pd.DataFrame,
    columns: tuple[str, ...],
    schools: pd.DataFrame,
    passed: frozenset[str] = frozenset(),
) -> list[Fault]:
    """Schools that a second file names and the first does not have, in one finding.

    Parameters
    ----------
    file, code
        What the finding names.
    table
        The second file.
    columns
        Its columns that hold an NPSN.
    schools
        The first: ``npsn``.
    passed
        Schools of the first that were passed over; they are none of the strangers.
    """
    known = {*schools["npsn"], *passed}
    names = sorted({str(one) for column in columns for one in table[column]} - known)
    if not names:
        return []
    rows = ~table[list(columns)].isin(list(known)).all(axis=1)
    count = int(rows.sum()) if code == "regroup_road_unknown" else len(names)
    return [Fault(file, code, details={"count": count, "name": some(names)})]


def some(names: list[str], most: int = 5) -> str:
    """The first of several names."""
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")


def _left_aside(held: store.Edition, silent: int, other: int, year: int) -> list[tuple[str, str]]:
    """What the edition is, and which of its schools take no part."""
    told = [
        (
            f"Edisi {held.number}, keadaan per {held.as_of}, murid {year}/{(year + 1) % 100:02d}.",
            f"Edition {held.number}, as of {held.as_of}, pupils of {year}/{(year + 1) % 100:02d}.",
        )
    ]
    if held.is_synthetic:
        told.append(("Ini data contoh (sintetis).", "This is sample (synthetic) data."))
    if silent:
        told.append(
            (
                f"{silent} sekolah tanpa murid tahun terakhir tidak ikut.",
                f"{silent} schools without pupils in the last year take no part.",
            )
        )
    if other:
        told.append(
            (
                f"{other} sekolah swasta atau jenjang lain tidak ikut.",
                f"{other} private schools or schools of other levels take no part.",
            )
        )
    return told


def _of_rooms(name: str, schools: pd.DataFrame) -> list[Fault]:
    unknown = int(usable_rooms(schools)["rooms"].isna().sum())
    return [Fault(name, "regroup_rooms_unknown", details={"count": unknown})] if unknown else []


def _named_one_roof(name: str, schools: pd.DataFrame) -> list[Fault]:
    """Schools that call themselves satu atap where no column tells who is."""
    if "is_integrated" in schools:
        return []
    names = schools.loc[calls_itself_one_roof(schools), "npsn"].astype("str").tolist()
    details = {"count": len(names), "name": some(names)}
    return [Fault(name, "regroup_one_roof_named", details=details)] if names else []


def _written(degrees: float) -> str:
    return "" if pd.isna(degrees) else f"{degrees:g}"
