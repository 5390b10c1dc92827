"""The command ``teachers``: pupils in; rombel, teachers needed and, with staff, the gap out.

``__main__`` adds the arguments and writes the answer; this module reads, checks and computes.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import rules, teachers, teachers_gap
from analytics.command_line import DONE, WrongUseError, complain, write
from analytics.rules import RuleBook
from analytics.teachers import NeedChoice, SchoolFacts
from analytics.teachers_religion import religion_shares

TOTAL = "total"
HIGHEST_GRADE = 12
YEARS_MOST = 10
FAULTS_NAMED = 20
HISTORY_COLUMNS = ("school_id", "school_year", "grade", "pupils")
OPTIONAL_COLUMNS = ("level", "district")
PUBLIC = "negeri"
# Fewer schools than these would point at single children.
_FEWEST_SCHOOLS_TOLD = 5
_DECIMALS = {"pupils": 3, "needed_fte": 6, "needed_at_ratio": 6}


class HistoryError(Exception):
    """A file of pupils that is refused, every fault with its line."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command found.

    ``table``: one row per ``school_id``, ``school_year``, ``level`` and ``post``, and one with
    ``post`` = ``total`` per school and year. ``notes``: sentences for the terminal, in Indonesian
    and English.
    """

    table: pd.DataFrame
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Staff:
    """Who is in post on one day."""

    in_post: pd.DataFrame
    as_of: date


@dataclass(frozen=True, eq=False)
class Question:
    """What the need is asked under.

    ``on`` and ``choice`` as in :func:`analytics.teachers.teachers_needed`; ``last_year`` is the
    last year that is history, later ones are a forecast; without ``staff`` there is no gap;
    ``facts`` what is known of single schools beside their pupils.
    """

    rulebook: RuleBook
    on: date | None
    choice: NeedChoice
    last_year: int
    staff: Staff | None
    facts: SchoolFacts | None = None


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    found = answer(asked)
    write(asked.out, found.table)
    for note in found.notes:
        complain(asked, *note)
    complain(asked, f"{len(found.table)} baris ditulis.", f"{len(found.table)} rows written.")
    return DONE


def answer(asked: argparse.Namespace) -> Answer:
    """Compute what was asked.

    Raises
    ------
    WrongUseError
        When arguments contradict each other or the file.
    HistoryError
        When the file of pupils cannot be believed.
    """
    rulebook = rules.load()
    try:
        choice = NeedChoice(
            english=asked.english,
            english_start=asked.english_start,
            electives=asked.electives,
            class_sizes=tuple(asked.class_size),
        )
    except ValueError as error:
        raise WrongUseError(error) from error
    notes: list[tuple[str, str]] = []
    staff: Staff | None = None
    births: pd.DataFrame | None = None
    facts: SchoolFacts | None = None
    if asked.history is not None:
        history = read_history(asked.history, asked.lang, notes)
        if asked.data is not None:
            known = in_store(asked.data, rulebook, notes)
            staff, facts = known.staff, known.facts
    else:
        from analytics import store

        stored = in_store(asked.data or store.data_folder(), rulebook, notes)
        staff, history, births = stored.staff, stored.history, stored.births
        facts = stored.facts
        if history.empty:
            raise HistoryError(
                "Edisi ini belum berisi murid. Impor murid per sekolah dan kelas, atau pakai"
                " --history."
            )
    last_year = int(history["school_year"].max())
    if asked.births is not None:
        births = _csv(asked.births)
        births = births.rename(columns={c: str(c).strip().casefold() for c in births})
    history = with_forecast(asked, history, births, last_year)
    question = Question(rulebook, asked.on, choice, last_year, staff, facts)
    table = need_table(history, question, notes)
    return Answer(table, notes)


def need_table(
    history: pd.DataFrame, question: Question, notes: list[tuple[str, str]]
) -> pd.DataFrame:
    """Need by school, year and post as the command writes it.

    Parameters
    ----------
    history
        ``school_id, school_year, grade`` (whole number, or ``total``), ``pupils``, ``level``,
        ``district``; the last two may be blank.
    question
        What it is asked under.
    notes
        Sentences are added here.

    Returns
    -------
    ``school_id, district, school_year, level, post, pupils, rombel_count, needed_count,
    needed_fte, is_forecast, rule_id`` and with staff ``in_post_count, leaving_count, gap_count``
    (years from ``last_year`` on) and, on total rows, ``needed_at_ratio``. ``pupils`` and
    ``rombel_count`` are the level's in that school and year, on every row.
    """
    rulebook, on, choice = question.rulebook, question.on, question.choice
    last_year, staff = question.last_year, question.staff
    cells = with_ceiling(grade_cells(history, notes), rulebook, notes)
    classes = teachers.rombel(cells, rulebook, on, choice)
    need = teachers.teachers_needed(classes, rulebook, on, choice, question.facts)
    _say_religions(classes, need, question, notes)
    # A religion without a post of its own may be one child: no row of a school tells of it.
    need = need.loc[need["needed_count"] > 0].reset_index(drop=True)
    keys = ["npsn", "school_year", "level"]
    size = classes.groupby(keys)[["pupil_count", "rombel_count"]].sum().reset_index()
    order = {level: at for at, level in enumerate(teachers.LEVELS)}
    size = size.iloc[size["level"].str.upper().map(order).fillna(len(order)).argsort(kind="stable")]
    outside = size.loc[~teachers.in_scope(size["level"], rulebook)]
    if len(outside):
        levels = ", ".join(sorted(outside["level"].unique()))
        count = outside["npsn"].nunique()
        notes.append(
            (
                f"{count} sekolah jenjang {levels} di luar cakupan (SMA/SMK wewenang provinsi,"
                " madrasah wewenang Kemenag): rombelnya ada, kebutuhan gurunya tidak dihitung.",
                f"{count} schools of level {levels} are out of scope (SMA/SMK belong to the"
                " province, madrasah to the ministry of religion): rombel, but no teacher need.",
            )
        )
    need["level"] = need["level"].map({level.upper(): level for level in size["level"].unique()})
    table = need.merge(size, on=keys, how="left")
    if staff is not None:
        table = _with_gap(table, need, size, staff, last_year)
    table = pd.concat([table, _totals(table, size, staff is not None)], ignore_index=True)
    if staff is not None:
        table = _with_ratio(table, classes, staff, question, notes)
    _say_elasticity(cells, question, notes)
    district = history.dropna(subset=["district"]).drop_duplicates("school_id")
    district = district.set_index("school_id")["district"]
    table = table.assign(
        is_last=table["post"] == TOTAL,
        is_forecast=table["school_year"] > last_year,
        district=table["npsn"].map(district),
    ).sort_values(["npsn", "school_year", "is_last", "level", "post"], kind="stable")
    columns = ["school_id", "school_year", "level", "post", "pupils", "rombel_count"]
    columns += ["needed_count", "needed_fte"]
    if staff is not None:
        columns += ["in_post_count", "leaving_count", "gap_count", "needed_at_ratio"]
    columns += ["is_forecast", "rule_id"]
    if len(district):
        columns.insert(1, "district")
    named = table.rename(columns={"npsn": "school_id", "pupil_count": "pupils"})
    return named.reset_index(drop=True)[columns].round(_DECIMALS)


# ---- reading -------------------------------------------------------------------------------------


def read_history(path: Path, language: str, notes: list[tuple[str, str]]) -> pd.DataFrame:
    """The file of pupils, typed.

    Returns
    -------
    ``school_id, school_year, grade, pupils, level, district``; ``grade`` as text (``total`` or a
    whole number). Rows without pupils are left out and said.

    Raises
    ------
    HistoryError
        With every fault and its line, in ``language``.
    """
    text = _csv(path)
    names = {column: str(column).strip().casefold() for column in text}
    text = text.rename(columns=names)
    missing = [column for column in HISTORY_COLUMNS if column not in text]
    if missing:
        listed = ", ".join(missing)
        raise HistoryError(
            f"{path.name}: kolom {listed} tidak ada; judulnya school_id,school_year,grade,pupils"
            if language == "id"
            else f"{path.name}: no column {listed}; write school_id,school_year,grade,pupils"
        )
    text = text.loc[:, ~text.columns.duplicated()]
    text = text.reindex(columns=[*HISTORY_COLUMNS, *OPTIONAL_COLUMNS]).astype("str")
    text = text.apply(lambda column: column.str.strip()).replace("", pd.NA)
    text = text.loc[text[list(HISTORY_COLUMNS)].notna().any(axis=1)]
    blank = text["pupils"].isna()
    if blank.any():
        count = int(blank.sum())
        notes.append(
            (f"{count} baris tanpa jumlah murid dilewati.", f"{count} rows without pupils skipped.")
        )
        text = text.loc[~blank]
    year = pd.to_numeric(
        text["school_year"].str.extract(r"^(\d{4})(?:\s*/\s*\d{2,4})?$", expand=False)
    )
    pupils = pd.to_numeric(text["pupils"], errors="coerce")
    is_total = text["grade"].str.casefold() == TOTAL
    grade = pd.to_numeric(text["grade"].mask(is_total), errors="coerce")
    table = pd.DataFrame(
        {
            "school_id": text["school_id"],
            "school_year": year.astype("Int64"),
            "grade": text["grade"].mask(is_total, TOTAL),
            "pupils": pupils,
            "level": text["level"],
            "district": text["district"],
        }
    )
    whole = grade.between(0, HIGHEST_GRADE) & (grade % 1 == 0)
    table["grade"] = table["grade"].where(~whole, grade.astype("Int64").astype("str"))
    faults = [
        *_faulty(table["school_id"].isna(), "school_id", text, "tulis kode sekolah"),
        *_faulty(year.isna(), "school_year", text, "tulis tahun mulainya, misalnya 2026"),
        *_faulty(~(whole | is_total), "grade", text, f"tulis 0 sampai {HIGHEST_GRADE}, atau total"),
        *_faulty(~(pupils >= 0) | (pupils == float("inf")), "pupils", text, "tulis 0 atau lebih"),
    ]
    twice = table.duplicated(["school_id", "school_year", "grade"])
    faults += _faulty(
        twice, "school_id", text, "sekolah, tahun dan kelas ini sudah ada; sisakan satu"
    )
    parts = int((pupils % 1 > 0).sum())
    if parts:
        notes.append(
            (
                f"{parts} baris memuat pecahan murid; untuk rombel dibulatkan. Titik ribuan"
                " (1.200) terbaca sebagai desimal.",
                f"{parts} rows hold fractions of pupils; rounded for rombel. A thousands point"
                " (1.200) is read as a decimal.",
            )
        )
    if faults:
        raise HistoryError(_listed(path, faults, language))
    if table.empty:
        raise HistoryError(
            f"{path.name}: tidak ada baris." if language == "id" else f"{path.name}: no rows."
        )
    return table.astype({"school_year": "int64", "grade": "str"}).reset_index(drop=True)


def _csv(path: Path) -> pd.DataFrame:
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        content = path.read_bytes().decode("cp1252", errors="replace")
    head = content.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    lines = list(csv.reader(content.splitlines(), delimiter=mark))
    if not lines:
        raise HistoryError(f"{path.name}: berkas kosong.")
    width = len(lines[0])
    # The line an editor shows is the index, so that a fault can be found again.
    rows = [(row + [""] * width)[:width] for row in lines[1:]]
    return pd.DataFrame(rows, columns=lines[0], index=range(2, len(rows) + 2), dtype="str")


_Faulty = tuple[int, str, str, str]


def _faulty(bad: pd.Series, column: str, text: pd.DataFrame, remedy: str) -> list[_Faulty]:
    found = text.loc[bad.fillna(True).to_numpy(dtype=bool), column]
    return [(int(at), column, "" if pd.isna(v) else str(v), remedy) for at, v in found.items()]


def _listed(path: Path, faults: Sequence[_Faulty], language: str) -> str:
    ordered = sorted(faults)[:FAULTS_NAMED]
    line = "baris" if language == "id" else "line"
    shown = [
        f"{path.name} {line} {at}, {column} ('{value}'): {remedy}"
        for at, column, value, remedy in ordered
    ]
    more = len(faults) - len(ordered)
    if more:
        shown.append(f"... +{more}")
    return "\n".join(shown)


# ---- the edition in force ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Stored:
    """What the edition in force says of schools and their people.

    ``profiles``: school profiles of all years; ``people``: the roster with its dates.
    """

    staff: Staff
    history: pd.DataFrame
    births: pd.DataFrame | None
    facts: SchoolFacts | None
    profiles: pd.DataFrame
    people: pd.DataFrame


def in_store(folder: Path, rulebook: RuleBook, notes: list[tuple[str, str]]) -> Stored:
    """The edition in force; refuses in words where there is none."""
    from analytics import import_data, state, store
    from analytics.retirement import retirements
    from analytics.teachers_in_post import teachers_in_post

    edition = import_data.current_edition(folder) if folder.is_dir() else None
    if edition is None:
        raise store.StoreError(
            "Belum ada edisi di folder data. Impor dahulu, atau pakai --history."
        )
    if edition.is_synthetic:
        notes.append(("Ini data contoh (sintetis).", "This is sample (synthetic) data."))
    with state.opened(folder) as decisions:
        choice, local_titles = decisions.law_choice(), decisions.local_titles()
    with closing(store.opened(edition.path)) as connection:
        people = store.people(connection)
        listed = store.ask(connection, "school_teachers")
        units = store.ask(connection, "units", government_id="*")
        profiles = store.ask(connection, "schools", school_year=None)
        graded = store.ask(connection, "enrolment", school_year=None)
        births = store.ask(connection, "births")
        religions = store.pupil_religions(connection)
    leavers = retirements(people, rulebook, edition.as_of, choice, local_titles)
    in_post = teachers_in_post(leavers, listed, units, rulebook, edition.as_of)
    believed = births["birth_count"].where(births["is_reported"].astype(bool))
    return Stored(
        Staff(in_post, edition.as_of),
        history_of(graded, profiles),
        births[["area", "year"]].assign(births=believed) if len(births) else None,
        SchoolFacts(religions=religion_shares(religions)) if len(religions) else None,
        profiles,
        leavers,
    )


def history_of(graded: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """State schools of an edition in the words of a history file; totals where grades lack."""
    latest = profiles.sort_values("school_year", kind="stable").groupby("npsn").last()
    public = set(latest.index[latest["status"].fillna(PUBLIC) == PUBLIC])
    unlisted = set(graded["npsn"]) - set(latest.index)
    totals = profiles.dropna(subset=["pupil_count"])
    known = pd.MultiIndex.from_frame(graded[["npsn", "school_year"]])
    totals = totals.loc[~pd.MultiIndex.from_frame(totals[["npsn", "school_year"]]).isin(known)]
    rows = pd.concat(
        [
            graded[["npsn", "school_year", "pupil_count"]].assign(
                grade=graded["grade"].astype("int64").astype("str")
            ),
            totals[["npsn", "school_year", "pupil_count"]].assign(grade=TOTAL),
        ],
        ignore_index=True,
    )
    rows = rows.loc[rows["npsn"].isin(public | unlisted) & rows["pupil_count"].notna()]
    return (
        rows.rename(columns={"npsn": "school_id", "pupil_count": "pupils"})
        .assign(
            level=rows["npsn"].map(latest["level"]), district=rows["npsn"].map(latest["kecamatan"])
        )
        .astype({"school_year": "int64", "pupils": "float64", "grade": "str"})
        .reset_index(drop=True)
    )


# ---- computing -----------------------------------------------------------------------------------


def with_forecast(
    asked: argparse.Namespace, history: pd.DataFrame, births: pd.DataFrame | None, last_year: int
) -> pd.DataFrame:
    """The history with the forecast asked for by ``years`` or ``until`` behind it."""
    years = asked.years if asked.until is None else asked.until - last_year
    if years is None or years == 0:
        return history
    if not 0 < years <= YEARS_MOST:
        raise WrongUseError(
            f"ramalan {years} tahun: tulis 1 sampai {YEARS_MOST} sesudah {last_year}"
        )
    from analytics.enrolment import enrolment_forecast

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
    graded = set(history.loc[history["grade"] != TOTAL, "school_id"])
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
    """Cells by grade: totals stand aside where grades are told, and are spread where not."""
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
                f"{count} schools without grades: pupils spread evenly, so rombel are an estimate.",
            )
        )
    parts = [part for part in (graded, spread) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else graded


def with_ceiling(
    cells: pd.DataFrame, rulebook: RuleBook, notes: list[tuple[str, str]]
) -> pd.DataFrame:
    """Cells of the levels that have a ceiling; the others are said and left out."""
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
                f"{count} schools left out: level {levels} has no ceiling in"
                " data/rules/class_size.csv.",
            )
        )
    if lost.all():
        raise HistoryError(
            "Tidak ada sekolah yang jenjangnya dikenali. Tulis kolom level (TK, SD, SMP), atau"
            " jumlah murid per kelas."
        )
    return cells.loc[~lost]


def _with_gap(
    table: pd.DataFrame, need: pd.DataFrame, size: pd.DataFrame, staff: Staff, last_year: int
) -> pd.DataFrame:
    years = sorted(year for year in size["school_year"].unique() if year >= last_year)
    gaps = teachers_gap.gap(need, staff.in_post, years, set(size["npsn"]))
    if gaps.empty:
        return table.assign(in_post_count=pd.NA, leaving_count=pd.NA, gap_count=pd.NA)
    counts = ["in_post_count", "leaving_count", "gap_count"]
    keys = ["npsn", "school_year", "post"]
    # A post of several levels of one school is in post once: it stands with the lowest level.
    first = ~table.duplicated(keys)
    told = table.loc[first].merge(gaps[[*keys, *counts]], on=keys, how="left")
    others = table.loc[~first]
    known = pd.MultiIndex.from_frame(table[keys])
    spare = gaps.loc[~pd.MultiIndex.from_frame(gaps[keys]).isin(known)]
    spare = spare.loc[(spare["in_post_count"] > 0)].drop(columns="needed_count")
    spare = spare.merge(size, on=["npsn", "school_year", "level"], how="left")
    spare = spare.assign(needed_count=0, needed_fte=0.0, rule_id="")
    joined = pd.concat([told, others, spare], ignore_index=True)
    return joined.astype(dict.fromkeys(counts, "Int64"))


def _totals(table: pd.DataFrame, size: pd.DataFrame, has_staff: bool) -> pd.DataFrame:
    keys = ["npsn", "school_year"]
    counts = ["in_post_count", "leaving_count", "gap_count"] if has_staff else []
    posts = table.groupby(keys)[["needed_count", "needed_fte"]].sum()
    if counts:
        posts = posts.join(table.groupby(keys)[counts].sum(min_count=1))
    whole = size.groupby(keys).agg(
        level=("level", "+".join), pupil_count=("pupil_count", "sum"),
        rombel_count=("rombel_count", "sum"),
    )  # fmt: skip
    total = whole.join(posts).reset_index()
    return total.assign(
        post=TOTAL,
        rule_id="",
        needed_count=total["needed_count"].fillna(0).astype("int64"),
        needed_fte=total["needed_fte"].fillna(0.0),
    )


def _with_ratio(
    table: pd.DataFrame,
    classes: pd.DataFrame,
    staff: Staff,
    question: Question,
    notes: list[tuple[str, str]],
) -> pd.DataFrame:
    from analytics.teachers_in_post import in_post_counts

    own = classes.loc[teachers.in_scope(classes["level"], question.rulebook)]
    counts = in_post_counts(staff.in_post).set_index("npsn")["teacher_count"]
    schools = pd.Index(own["npsn"].unique())
    here = counts.reindex(schools).fillna(0).rename_axis("npsn").reset_index()
    ratios = teachers_gap.needed_at_actual_ratio(own, here, question.last_year)
    for level, rows in ratios.loc[ratios["ratio_basis"] == "level"].groupby("level"):
        ratio = rows["ratio"].iloc[0]
        notes.append(
            (
                f"{level}: {ratio:.2f} guru ASN per rombel pada {staff.as_of}.",
                f"{level}: {ratio:.2f} ASN teachers per rombel on {staff.as_of}.",
            )
        )
    keys = ["npsn", "school_year"]
    at = ratios.groupby(keys)["needed_at_ratio"].sum(min_count=1).reset_index().assign(post=TOTAL)
    return table.merge(at, on=[*keys, "post"], how="left")


def _say_religions(
    classes: pd.DataFrame, need: pd.DataFrame, question: Question, notes: list[tuple[str, str]]
) -> None:
    """How agama is counted: by religion where it is known, else by all hours."""
    here = classes.loc[teachers.in_scope(classes["level"], question.rulebook)]
    taught = set(need.loc[need["post"].str.startswith(teachers.RELIGION), "npsn"])
    schools = set(here["npsn"]) & taught
    if not schools:
        return
    parted = need.loc[need["post"].str.startswith(f"{teachers.RELIGION}:")]
    told = set(parted["npsn"])
    unknown = len(schools - told)
    now = parted.loc[(parted["school_year"] == question.last_year) & (parted["needed_count"] == 0)]
    small = now["npsn"].nunique()
    if small >= _FEWEST_SCHOOLS_TOLD:
        hours = now["needed_fte"].sum()
        notes.append(
            (
                f"Kelompok agama yang terlalu kecil untuk jabatan sendiri ada di {small} sekolah;"
                f" jamnya setara {hours:.1f} guru dan tidak termasuk angka di berkas.",
                f"Groups of a religion too small for a post of their own are at {small} schools;"
                f" their hours equal {hours:.1f} teachers and are not in the file's numbers.",
            )
        )
    if unknown:
        notes.append(
            (
                f"Agama murid tidak diketahui di {unknown} dari {len(schools)} sekolah: satu"
                " jabatan guru agama menurut semua jam di sana. Impor dengan --kind religion.",
                f"The religion of pupils is not known at {unknown} of {len(schools)} schools: one"
                " post of agama by all hours there. Import pupils by religion (--kind religion).",
            )
        )


def _say_elasticity(cells: pd.DataFrame, question: Question, notes: list[tuple[str, str]]) -> None:
    first, last = question.last_year, int(cells["school_year"].max())
    if last == first:  # no forecast: what the history itself shows
        first = int(cells["school_year"].min())
    if first == last:
        return
    ends = cells.loc[cells["school_year"].isin([first, last])]
    # One law for both ends: what a new duty adds is no answer to how need follows pupils.
    law = question.on or teachers.first_day(first)
    need = teachers.school_need(ends, question.rulebook, law, question.choice, question.facts)
    for row in teachers_gap.elasticity(need, first, last).itertuples():
        if not row.pupils_first:
            continue
        ratio = "-" if pd.isna(row.elasticity) else f"{row.elasticity:.2f}"
        notes.append(
            (
                f"{row.level} {first}-{last}: murid {row.pupil_change:+.1%}, guru"
                f" {row.needed_first} -> {row.needed_last} ({row.need_change:+.1%}),"
                f" elastisitas {ratio}.",
                f"{row.level} {first}-{last}: pupils {row.pupil_change:+.1%}, teachers"
                f" {row.needed_first} -> {row.needed_last} ({row.need_change:+.1%}),"
                f" elasticity {ratio}.",
            )
        )
