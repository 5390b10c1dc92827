"""The command ``teachers``: pupils in; rombel, teachers needed and, with staff, the gap out.

``command_school_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics import (
    enrolment_file,
    rules,
    store,
    teachers,
    teachers_elasticity,
    teachers_gap,
    teachers_ratio,
)
from analytics.command_line import DONE, WrongUseError, complain, folder_of, write
from analytics.faults import FaultsError, sentence
from analytics.rules import RuleBook
from analytics.teachers import NeedChoice, SchoolFacts
from analytics.teachers_told import (
    TOTAL,
    FarAheadError,
    Staff,
    grade_cells,
    in_file,
    in_store,
    with_ceiling,
    with_forecast,
)
from analytics.told import Counted

# Fewer schools than these would point at single children.
_FEWEST_SCHOOLS_TOLD = 5
_DECIMALS = {"pupils": 3, "needed_fte": 6, "needed_at_ratio": 6}


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
    FaultsError
        When a file cannot be believed.
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
    private: frozenset[str] = frozenset()
    if asked.history is not None:
        history = in_file(asked.history, notes)
        if asked.data is not None:
            known = in_store(asked.data, rulebook, notes)
            staff, facts = known.staff, known.facts
    else:
        stored = in_store(folder_of(asked), rulebook, notes)
        staff, history, births = stored.staff, stored.history, stored.births
        facts = stored.facts
        private = stored.private
        if set(history["school_id"]) <= private:
            raise store.StoreError(*_no_pupils(len(private & set(history["school_id"]))))
    if staff is not None and staff.in_post.empty:
        # Nobody is loaded: that is not everybody missing.
        staff = None
        notes.append(
            (
                "Guru dan kepala sekolah belum dimuat di edisi ini: kekurangan tidak dihitung."
                " Impor daftar pegawai atau daftar GTK.",
                "No teachers and heads are loaded in this edition: no gap is counted. Import the"
                " roster or the list of teachers.",
            )
        )
    last_year = int(history["school_year"].max())
    if asked.births is not None:
        born = enrolment_file.births(asked.births)
        births = born.rows
        notes += [(sentence(fault), sentence(fault, "en")) for fault in born.found]
    try:
        years = asked.years if asked.until is None else asked.until - last_year
        # Forecast beside the private schools, as every page does: pupils go to and fro.
        history = _of_the_government(
            with_forecast(history, births, last_year, years), private, notes
        )
        question = Question(rulebook, asked.on, choice, last_year, staff, facts)
        table = need_table(history, question, notes)
    except FarAheadError as error:
        raise WrongUseError(error.said(asked.lang)) from error
    except FaultsError as error:
        files = {enrolment_file.HISTORY: asked.history, enrolment_file.BIRTHS: asked.births}
        raise enrolment_file.named(error, files) from None
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
                f"{count} {Counted(count):school|schools} of level {levels}"
                f" {Counted(count):is|are} out of scope (SMA/SMK belong to the province, madrasah"
                " to the ministry of religion): rombel, but no teacher need.",
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


def _no_pupils(private_count: int) -> tuple[str, str]:
    """Why the need of an edition cannot be counted."""
    if private_count:
        return (
            "Edisi ini hanya berisi murid sekolah swasta, yang gurunya bukan pegawai pemerintah"
            " daerah. Impor murid sekolah negeri, atau pakai --history.",
            "This edition has pupils of private schools alone, whose teachers the government does"
            " not employ. Import pupils of state schools, or use --history.",
        )
    return (
        "Edisi ini belum berisi murid. Impor murid per sekolah dan kelas, atau pakai --history.",
        "This edition has no pupils. Import pupils by school and grade, or use --history.",
    )


def _of_the_government(
    history: pd.DataFrame, private: frozenset[str], notes: list[tuple[str, str]]
) -> pd.DataFrame:
    """Without the private schools, whose teachers the government does not pay; they are said."""
    is_private = history["school_id"].isin(private)
    if count := history.loc[is_private, "school_id"].nunique():
        notes.append(
            (
                f"{count} sekolah swasta tidak dihitung: kebutuhan di sini ialah kebutuhan sekolah"
                " negeri.",
                f"{count} private {Counted(count):school is|schools are} left out: the need here is"
                " that of state schools.",
            )
        )
    return history.loc[~is_private].reset_index(drop=True)


# ---- computing -----------------------------------------------------------------------------------


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
    ratios = teachers_ratio.needed_at_actual_ratio(own, here, question.last_year)
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
    for row in teachers_elasticity.elasticity(need, first, last).itertuples():
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
