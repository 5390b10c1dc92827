"""The command ``redistribute``: files, or the edition in force, in; moves and a summary out.

``command_school_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analytics import redistribution_files as files
from analytics import rules, store, teachers_told
from analytics.command_line import DONE, WrongUseError, complain, folder_of, write, write_bytes
from analytics.export import json_text
from analytics.faults import Fault, FaultsError
from analytics.redistribution import Redistribution, redistribute
from analytics.redistribution_needs import (
    merged_cells,
    merged_needs,
    needs_of,
    schools_of,
    staff_of,
)
from analytics.redistribution_situation import (
    HoursLaw,
    Locks,
    MoveChoice,
    Situation,
    hours_law,
)
from analytics.rules import RuleBook
from analytics.teachers import first_day
from analytics.teachers_in_post import UNKNOWN_POST, posts_named

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
    *("reason", "warning"),
]
_OURS = re.compile(r"(guru|kepala)_[a-z_]+(:[a-z_]+)?")
_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command writes.

    ``moves``: one row per person who gets another post. ``unfilled``, ``surplus_left``: what is
    left, with reasons. ``summary``: the JSON. ``notes``: sentences in Indonesian and English.
    """

    moves: pd.DataFrame
    unfilled: pd.DataFrame
    surplus_left: pd.DataFrame
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
        raise WrongUseError("--teachers, --needs, --schools: sebut ketiganya, atau tidak satu pun")
    rulebook = rules.load()
    try:
        choice, locks = _choice(asked), _locks(asked)
    except ValueError as error:
        raise WrongUseError(str(error)) from error
    notes: list[tuple[str, str]] = []
    if all(named):
        situation, words = _from_files(asked, rulebook, choice, notes)
    else:
        situation, words = _from_store(asked, rulebook, choice, notes)
    found = redistribute(situation, rulebook, choice, locks)
    _say(found, notes)
    return Answer(
        _written(found, words),
        _worded(found.unfilled, words),
        _worded(found.surplus_left, words),
        summary(found, situation, choice),
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
            raise ValueError(f"--forbid {text}: tulis SIAPA:NPSN, misalnya 20511234:20519876")
        pairs.append((who, where))
    return Locks(
        stays=frozenset(_listed(asked.lock_stay)),
        moves=frozenset(_listed(asked.lock_move)),
        closed=frozenset(_listed(asked.lock_school)),
        forbidden=frozenset(pairs),
    )


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


# ---- files ---------------------------------------------------------------------------------------


def _from_files(
    asked: argparse.Namespace, rulebook: RuleBook, choice: MoveChoice, notes: list[tuple[str, str]]
) -> tuple[Situation, dict[str, str]]:
    on = asked.on or (first_day(asked.year) if asked.year else date.today())
    law = hours_law(rulebook, on, choice)
    faults: list[Fault] = []
    told: dict[str, Any] = {}
    readers: dict[str, Callable[[], object]] = {
        "staff": lambda: files.teachers(asked.teachers),
        "needs": lambda: files.needs(asked.needs, law.norm),
        "schools": lambda: files.schools(asked.schools),
    }
    for name, reader in readers.items():
        try:
            told[name] = reader()
        except FaultsError as error:
            faults += error.faults
    if faults:
        raise FaultsError(faults)
    staff, needs, (schools, cells) = told["staff"], told["needs"], told["schools"]
    year, needs = _year_of(needs, asked, on)
    merges: dict[str, str] = {}
    merge_km: dict[str, float] = {}
    if asked.plan is not None:
        merges, merge_km = files.plan(asked.plan, year)
    internal, words = _post_words(needs["post"], rulebook)
    needs = needs.assign(post=needs["post"].str.casefold().map(internal))
    needs = needs.groupby(["npsn", "post", "school_year"], sort=True).agg(
        needed_count=("needed_count", "sum"), hours=("hours", lambda own: own.sum(min_count=1))
    ).reset_index()  # fmt: skip
    needs = _needs_after(needs, cells, merges, year, rulebook, law, notes)
    known = set(needs["post"])
    staff = staff.assign(
        post=_posts_in(staff["post"], internal, known, rulebook),
        certificate_post=_posts_in(staff["certificate_subject"], internal, known, rulebook),
    )
    staff = staff.assign(
        apart=staff["apart"].mask(staff["post"] == "-", "bukan guru"),
        certificate_post=staff["certificate_post"].replace({UNKNOWN_POST: "", "-": ""}),
    )
    proof = staff["certificate_post"]
    strange = int((proof.ne("") & ~proof.isin(list(known)) & ~proof.str.match(_OURS)).sum())
    if strange:
        notes.append(
            (
                f"{strange} sertifikat tidak dikenali sebagai jabatan apa pun di --needs; orangnya"
                " tidak dapat mengisi jabatan lain kecuali dengan --linearity either.",
                f"{strange} certificates name no post of --needs; their holders can fill none"
                " unless --linearity either.",
            )
        )
    if needs["hours"].isna().all():
        notes.append(
            (
                "Jam per jabatan tidak ada (kolom hours): tiap jabatan dianggap penuh"
                f" {law.norm:g} JP.",
                f"No hours per post (column hours): each post is taken as {law.norm:g} JP.",
            )
        )
    return Situation(staff, needs, schools, on, year, merges, merge_km), words


def _year_of(needs: pd.DataFrame, asked: argparse.Namespace, on: date) -> tuple[int, pd.DataFrame]:
    """The school year asked for; needs without a year are those of any."""
    years = sorted(int(year) for year in needs["school_year"].dropna().unique())
    school_year = on.year - (on < first_day(on.year))
    year = asked.year or (
        school_year if not years or school_year in years else
        next((each for each in years if each > school_year), years[-1])
    )  # fmt: skip
    if years and year not in years:
        raise WrongUseError(
            f"--year {year}: --needs hanya memuat {', '.join(str(each) for each in years)}"
        )
    return year, needs.assign(school_year=needs["school_year"].fillna(year).astype("int64"))


def _needs_after(  # noqa: PLR0913 (what a merger touches)
    needs: pd.DataFrame,
    cells: pd.DataFrame,
    merges: Mapping[str, str],
    year: int,
    rulebook: RuleBook,
    law: HoursLaw,
    notes: list[tuple[str, str]],
) -> pd.DataFrame:
    """Needs after the plan: of receivers from pupils where the schools' file tells them."""
    if not merges:
        return needs
    touched = set(merges) | set(merges.values())
    merged, added = merged_needs(needs, merges, law)
    with_pupils = len(cells) and touched <= set(cells["npsn"])
    if not with_pupils:
        if added:
            notes.append(
                (
                    f"{added} sekolah penerima: kebutuhannya dijumlahkan karena murid per kelas"
                    " (kolom g1..g6, g7..g9 di --schools) tidak ada; cenderung terlalu tinggi.",
                    f"{added} receiving schools: needs were added up, since pupils by grade"
                    " (columns g1..g6, g7..g9 in --schools) are not told; too high if anything.",
                )
            )
        return merged
    own = cells.loc[cells["npsn"].isin(list(touched))].assign(school_year=year)
    if own["level"].eq("").any():
        own = own.drop(columns="level")
    own = own.assign(pupil_count=own["pupil_count"].round())
    anew = needs_of(merged_cells(own, merges), rulebook, law)
    receivers = set(merges.values())
    kept = merged.loc[~(merged["npsn"].isin(list(receivers)) & (merged["school_year"] == year))]
    anew = anew.loc[anew["npsn"].isin(list(receivers)) & anew["post"].isin(set(needs["post"]))]
    return pd.concat([kept, anew], ignore_index=True)


def _post_words(posts: pd.Series, rulebook: RuleBook) -> tuple[dict[str, str], dict[str, str]]:
    """Our post for each post as the needs write it, and back.

    Two different posts of a file never become one of ours: then each keeps its own word.
    """
    written = sorted(set(posts))
    lower = pd.Series({text.casefold(): text for text in written})
    ours = pd.Series({text: _our_post(text, rulebook) for text in lower.index})
    shared = ours.isin(ours[ours.duplicated(keep=False)])
    internal = ours.mask(shared, pd.Series(ours.index, index=ours.index)).to_dict()
    return internal, {post: str(lower[text]) for text, post in internal.items()}


def _our_post(text: str, rulebook: RuleBook) -> str:
    key = text.strip().casefold()
    if _OURS.fullmatch(key):
        return key
    found = posts_named(pd.Series([key.replace("_", " ").replace(":", " ")]), rulebook).iloc[0]
    return str(found) or key


def _posts_in(
    texts: pd.Series, internal: Mapping[str, str], known: set[str], rulebook: RuleBook
) -> pd.Series:
    """Our post of each text: the needs' own word first, then what the word means."""
    found: dict[str, str] = {"": ""}
    for text in texts.unique():
        key = str(text).strip().casefold()
        if not key:
            continue
        for guess in (key, f"guru_{key}", f"mapel:{key}", f"guru_mapel:{key}"):
            if guess in internal:
                found[str(text)] = internal[guess]
                break
        else:
            ours = _our_post(key, rulebook)
            found[str(text)] = ours if ours in known or _OURS.fullmatch(ours) else key
    return texts.map(lambda text: found.get(str(text), ""))


# ---- the edition in force ------------------------------------------------------------------------


def _from_store(
    asked: argparse.Namespace, rulebook: RuleBook, choice: MoveChoice, notes: list[tuple[str, str]]
) -> tuple[Situation, dict[str, str]]:
    stored = teachers_told.in_store(folder_of(asked), rulebook, notes)
    if stored.history.empty:
        raise store.StoreError(
            "Edisi ini belum berisi murid. Impor murid per sekolah dan kelas, atau sebut"
            " --teachers, --needs dan --schools."
        )
    last_year = int(stored.history["school_year"].max())
    as_of = asked.on or stored.staff.as_of
    year = asked.year or max(last_year, as_of.year - (as_of < first_day(as_of.year)))
    on = asked.on or (first_day(year) if asked.year else as_of)
    until = min(year + choice.warn_years, last_year + teachers_told.YEARS_MOST)
    if not last_year <= year <= until:
        raise WrongUseError(f"--year {year}: tulis {last_year} sampai {until}")
    history = teachers_told.with_forecast(
        stored.history, stored.births, last_year, until - last_year
    )
    cells = teachers_told.with_ceiling(teachers_told.grade_cells(history, notes), rulebook, notes)
    cells = cells.loc[cells["school_year"] >= year]
    merges: dict[str, str] = {}
    merge_km: dict[str, float] = {}
    if asked.plan is not None:
        merges, merge_km = files.plan(asked.plan, year)
        cells = merged_cells(cells, merges)
    law = hours_law(rulebook, on, choice)
    needs = needs_of(cells, rulebook, law, facts=stored.facts)
    staff = staff_of(stored.staff.in_post, stored.people, rulebook)
    schools = schools_of(stored.profiles)
    return Situation(staff, needs, schools, on, year, merges, merge_km), {}


# ---- words ---------------------------------------------------------------------------------------


def _written(found: Redistribution, words: Mapping[str, str]) -> pd.DataFrame:
    table = found.moves.rename(columns={"certificate_post": "certificate_subject"})
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
            f"{counts['vacant_count']} posts short, {counts['filled_count']} filled;"
            f" {counts['moved_count']} people moved, {found.counts['km']:.1f} km; still short"
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
    notes.extend((text, text) for text in found.findings["text"])
