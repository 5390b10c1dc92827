"""The command ``redistribute``: files, or the edition in force, in; moves and a summary out.

``command_school_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analytics import redistribution_files as files
from analytics import rules, store, teachers_told
from analytics.command_line import DONE, WrongUseError, complain, folder_of, write, write_bytes
from analytics.command_redistribution_files import Given, situation_of
from analytics.export import json_text
from analytics.faults import sentence
from analytics.plain_table import plain_number
from analytics.redistribution import Redistribution, redistribute
from analytics.redistribution_findings import Finding
from analytics.redistribution_needs import (
    counting_own_teachers,
    merged_cells,
    needs_of,
    schools_of,
    staff_of,
    with_own_teachers,
)
from analytics.redistribution_people import people_left
from analytics.redistribution_rows import beside_words
from analytics.redistribution_rows_told import say_rows
from analytics.redistribution_situation import (
    Locks,
    MoveChoice,
    Situation,
    hours_law,
)
from analytics.rules import RuleBook
from analytics.teachers import first_day
from analytics.told import Counted

MOVE_COLUMNS = [
    *("person_id", "kind", "from_npsn", "to_npsn", "other_npsn", "from_post", "post"),
    *(
        "certificate_subject",
        "hours_before",
        "is_hours_estimated",
        "hours_after",
        "hours_satmin",
        "hours_other",
        "km",
    ),
    *("other_km", "retires_on", "employment", "is_private", "is_from_closing", "lost_in_year"),
    *("reason", "warning", "reason_en", "warning_en"),
]
_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command writes.

    ``moves``: one row per person who gets another post. ``unfilled``, ``surplus_left``: what is
    left, with reasons. ``people``: who is behind what is left, and who does not count.
    ``summary``: the JSON. ``notes``: sentences in Indonesian and English.
    """

    moves: pd.DataFrame
    unfilled: pd.DataFrame
    surplus_left: pd.DataFrame
    people: pd.DataFrame
    summary: dict[str, object]
    notes: list[tuple[str, str]] = field(default_factory=list)


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    found = answer(asked)
    write(asked.out, found.moves)
    if asked.unfilled:
        write(asked.unfilled, found.unfilled)
    if asked.left:
        write(asked.left, found.surplus_left)
    if asked.people:
        write(asked.people, found.people)
    if asked.summary:
        write_bytes(asked.summary, f"{json_text(found.summary)}\n".encode())
    for note in found.notes:
        complain(asked, *note)
    return DONE


def answer(asked: argparse.Namespace) -> Answer:
    """Compute what was asked.

    Raises
    ------
    WrongUseError
        When arguments contradict each other.
    FaultsError
        When a file cannot be believed.
    """
    named = [asked.teachers, asked.needs, asked.schools]
    if any(named) and not all(named):
        raise WrongUseError(
            "--teachers, --needs, --schools: sebut ketiganya, atau tidak satu pun / name all three,"
            " or none"
        )
    rulebook = rules.load()
    try:
        choice, locks = _choice(asked), _locks(asked)
    except ValueError as error:
        raise WrongUseError(str(error)) from error
    notes: list[tuple[str, str]] = []
    given = (situation_of if all(named) else _from_store)(asked, rulebook, choice, notes)
    situation, words = given.situation, given.words
    found = redistribute(situation, rulebook, choice, locks)
    if given.people is not None:
        say_rows(given.people, found, notes)
    notes += [(sentence(fault, "id"), sentence(fault, "en")) for fault in given.faults]
    _say(found, notes)
    told = summary(found, situation, choice)
    told["findings"] = [
        *(Finding(fault).row() for fault in given.faults),
        *found.findings.to_dict("records"),
    ]
    return Answer(
        _written(found, words, situation.beside),
        _worded(found.unfilled, words),
        _worded(found.surplus_left, words),
        _worded(people_left(found), words),
        told,
        notes,
    )


def summary(found: Redistribution, situation: Situation, choice: MoveChoice) -> dict[str, object]:
    """The answer as JSON holds it: counts, stages with bound and gap, hours, findings."""
    return {
        "on": situation.on.isoformat(),
        "school_year": situation.school_year,
        "max_km": choice.max_km,
        "detour": choice.detour,
        "min_hours": found.law.least,
        "max_hours": found.law.most,
        "years_before_bup": choice.years_before_bup,
        "split": choice.split,
        **{name: round(value, _DECIMALS) for name, value in found.counts.items()},
        "stages": [
            {
                "name": stage.name,
                "value": round(stage.value, _DECIMALS),
                "bound": round(stage.bound, _DECIMALS),
                "gap": round(stage.gap, _DECIMALS),
                "seconds": round(stage.seconds, 3),
            }
            for stage in found.stages
        ],
        "gap": round(max((stage.gap for stage in found.stages), default=0.0), _DECIMALS),
        "unfilled_reasons": found.unfilled["reason_code"].value_counts().sort_index().to_dict(),
        "left_reasons": found.surplus_left.loc[found.surplus_left["left_count"] > 0, "reason_code"]
        .value_counts()
        .sort_index()
        .to_dict(),
        "findings": found.findings.to_dict("records"),
    }


# ---- arguments -----------------------------------------------------------------------------------


def _choice(asked: argparse.Namespace) -> MoveChoice:
    return MoveChoice(
        max_km=asked.max_km,
        detour=asked.detour,
        least_hours=asked.min_hours,
        most_hours=asked.max_hours,
        years_before_bup=asked.years_before_bup,
        linearity=asked.linearity,
        split=asked.split,
        private=asked.private,
        across_levels=asked.across_levels,
        accept_shared=asked.accept_shared,
        warn_years=asked.warn_years,
        seconds=asked.seconds,
    )


def _locks(asked: argparse.Namespace) -> Locks:
    pairs = []
    for text in _listed(asked.forbid):
        who, colon, where = text.rpartition(":")
        if not colon or not who or not where:
            raise ValueError(
                f"--forbid {text}: tulis SIAPA:NPSN, misalnya 20511234:20519876 / write WHO:NPSN,"
                " for instance 20511234:20519876"
            )
        pairs.append((who, where))
    return Locks(
        stays=frozenset(_listed(asked.lock_stay)),
        moves=frozenset(_listed(asked.lock_move)),
        closed=frozenset(_listed(asked.lock_school)),
        forbidden=frozenset(pairs),
    )


def _listed(text: str) -> list[str]:
    named = [each.strip() for each in text.split(",") if each.strip()]
    return [str(each) for each in plain_number(pd.Series(named, dtype="str"))]


# ---- the edition in force ------------------------------------------------------------------------


def _from_store(
    asked: argparse.Namespace, rulebook: RuleBook, choice: MoveChoice, notes: list[tuple[str, str]]
) -> Given:
    stored = teachers_told.in_store(folder_of(asked), rulebook, notes)
    if stored.history.empty:
        raise store.StoreError(
            "Edisi ini belum berisi murid. Impor murid per sekolah dan kelas, atau sebut"
            " --teachers, --needs dan --schools.",
            "This edition has no pupils. Import pupils by school and grade, or give --teachers,"
            " --needs and --schools.",
        )
    if stored.staff.in_post.empty:
        raise store.StoreError(
            "Edisi ini belum berisi guru: tidak ada yang dapat dipindahkan, dan tidak diketahui apa"
            " yang kurang. Impor daftar pegawai atau daftar GTK.",
            "This edition has no teachers: nobody can be moved, and what is short is not known."
            " Import the roster or the list of teachers.",
        )
    last_year = int(stored.history["school_year"].max())
    as_of = asked.on or stored.staff.as_of
    year = asked.year or max(last_year, as_of.year - (as_of < first_day(as_of.year)))
    on = asked.on or (first_day(year) if asked.year else as_of)
    until = min(year + choice.warn_years, last_year + teachers_told.YEARS_MOST)
    if not last_year <= year <= until:
        raise WrongUseError(
            f"--year {year}: tulis {last_year} sampai {until} / write {last_year} to {until}"
        )
    history = teachers_told.with_forecast(
        stored.history, stored.births, last_year, until - last_year
    )
    private = _private_asked(stored, choice, set(history["school_id"]), notes)
    history = history.loc[~history["school_id"].isin(stored.private - private)]
    cells = teachers_told.with_ceiling(teachers_told.grade_cells(history, notes), rulebook, notes)
    cells = cells.loc[cells["school_year"] >= year]
    merges: dict[str, str] = {}
    merge_km: dict[str, float] = {}
    if asked.plan is not None:
        merges, merge_km = files.plan(asked.plan, year)
        cells = merged_cells(cells, merges)
    law = hours_law(rulebook, on, choice)
    needs = needs_of(cells, rulebook, law, facts=stored.facts)
    in_post = counting_own_teachers(stored.staff.in_post, private)
    staff = staff_of(in_post, stored.people, rulebook)
    schools = schools_of(stored.profiles)
    return Given(Situation(staff, needs, schools, on, year, merges, merge_km), {})


def _private_asked(
    stored: teachers_told.Stored,
    choice: MoveChoice,
    with_pupils: set[str],
    notes: list[tuple[str, str]],
) -> frozenset[str]:
    """Private schools whose needs count, as a last resort; those left out are said."""
    if choice.private == "never":
        return frozenset()
    private = with_own_teachers(stored.staff.in_post, stored.private)
    if left := len((stored.private - private) & with_pupils):
        notes.append(
            (
                f"{left} sekolah swasta tidak dihitung: daftar GTK-nya belum dimuat, sehingga"
                " gurunya sendiri tidak diketahui.",
                f"{left} private {Counted(left):school is|schools are} left out: no list of their"
                " teachers is loaded, so that their own teachers are not known.",
            )
        )
    return private


# ---- words ---------------------------------------------------------------------------------------


def _written(found: Redistribution, words: Mapping[str, str], beside: pd.DataFrame) -> pd.DataFrame:
    table = found.moves.rename(columns={"certificate_post": "certificate_subject"})
    for column, at, told in (
        ("warning", "di", "Melepas {}; jam itu terbuka lagi."),
        ("warning_en", "at", "Gives up {}; those hours are open again."),
    ):
        told_of = beside_words(beside, words, at).map(told.format).to_dict()
        left = [told_of.get(one, "") for one in table["person_id"]]
        table[column] = (
            table[column] + " " + pd.Series(left, table.index, dtype="str")
        ).str.strip()
    return _worded(table, words)[MOVE_COLUMNS]


def _worded(table: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Posts as the needs wrote them."""
    columns = [c for c in ("post", "from_post", "other_post", "certificate_subject") if c in table]
    return table.assign(**{column: table[column].replace(dict(words)) for column in columns})


def _say(found: Redistribution, notes: list[tuple[str, str]]) -> None:
    counts = {name: int(value) for name, value in found.counts.items() if name != "seconds"}
    km = f"{found.counts['km']:.1f}".replace(".", ",")
    notes.append(
        (
            f"Kurang {counts['vacant_count']} jabatan, terisi {counts['filled_count']};"
            f" {counts['moved_count']} orang pindah, {km} km; masih kurang"
            f" {counts['unfilled_count']}, masih lebih {counts['left_count']}.",
            f"{counts['vacant_count']} {Counted(counts['vacant_count']):post|posts} short,"
            f" {counts['filled_count']} filled; {counts['moved_count']}"
            f" {Counted(counts['moved_count']):person|people} moved,"
            f" {found.counts['km']:.1f} km; still short"
            f" {counts['unfilled_count']}, still to spare {counts['left_count']}.",
        )
    )
    open_stages = [stage for stage in found.stages if stage.gap > 0]
    if open_stages:
        worst = max(open_stages, key=lambda stage: stage.gap)
        notes.append(
            (
                f"Belum terbukti terbaik: {worst.name} {worst.value:g}, batas {worst.bound:g}"
                f" (selisih {worst.gap:.2%}). Beri waktu lebih dengan --seconds.",
                f"Not proved best: {worst.name} {worst.value:g}, bound {worst.bound:g}"
                f" (gap {worst.gap:.2%}). Give more time with --seconds.",
            )
        )
    for row in found.findings.itertuples():
        # A lock names its person or school by number only; the sentence alone does not say whose.
        who = str(row.person_id or (row.npsn if row.code == "lock_unknown" else ""))
        said = (str(row.text), str(row.text_en))
        first, second = (text if not who or who in text else f"{who}: {text}" for text in said)
        notes.append((first, second))
