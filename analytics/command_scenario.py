"""The command ``scenario``: run one, compare several, list those there are.

``__main__`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analytics import scenario_facts, state
from analytics.command_line import (
    DONE,
    REFUSED,
    WrongUseError,
    complain,
    folder_of,
    say,
    write,
    write_together,
)
from analytics.export import csv_bytes, json_text
from analytics.mix_told import rupiah
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_compare import MEASURES, compare, waterfall
from analytics.scenario_desk import BesideKept, Opened, beside_kept, opened
from analytics.scenario_file import from_json
from analytics.scenario_presets import presets
from analytics.scenario_run import rounded_csv
from analytics.scenario_run import run as result_of
from analytics.scenario_stages import Stages
from analytics.state_standings import APPROVED, DRAFT, LOCKED, SUBMITTED

# Figures told at once; the others stand in a file.
_MOST_TOLD, _SHORT = 6, 60
_LONGEST_NUMBER = 10


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command found: files by name, a table to print, sentences in both languages."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: list[tuple[str, str]] = field(default_factory=list)


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    folder = getattr(asked, "folder", None)
    if folder is not None and (
        str(folder) == "-" or not folder.parent.is_dir() or folder.is_file()
    ):
        raise WrongUseError(f"--out {folder}: sebut folder di dalam folder yang ada")
    if asked.question == "compare" and asked.measure not in MEASURES:
        raise WrongUseError(f"--measure {asked.measure}: {', '.join(MEASURES)}")
    try:
        found = {"run": ran, "compare": compared, "list": listed}[asked.question](asked)
    except ScenarioError as error:
        complain(asked, str(error), error.english)
        return REFUSED
    if folder is None:
        write("-", found.table)
        for note in found.notes:
            complain(asked, *note)
        return DONE
    folder.mkdir(exist_ok=True)
    write_together(folder, found.files)
    for note in found.notes:
        say(asked, *note)
    return DONE


def ran(asked: argparse.Namespace) -> Answer:
    """One scenario: its tables and summary.

    Raises
    ------
    ScenarioError, StoreError
        When the scenario or the edition is not there, or its levers cannot be.
    """
    folder = folder_of(asked)
    told = named(asked.scenario, folder, asked.lang)
    stages = _stages(folder)
    standing, kept = [], None
    if isinstance(told, Opened):
        standing = [_standing(told)]
        with state.opened(folder) as decisions:
            kept = beside_kept(decisions, told, stages, asked.seconds)
        told = told.scenario
    result = result_of(told, stages, asked.seconds) if kept is None else kept.result
    files = {**result.files(), "gap.csv": rounded_csv(result.gap.of_units())}
    if kept is not None:
        standing.append(_beside_kept(kept))
        files["kept_result.csv"] = csv_bytes(kept.table)
    return Answer(files, notes=[*standing, *said_of(stages, [told.name], [dict(result.summary)])])


def compared(asked: argparse.Namespace) -> Answer:
    """Several scenarios side by side, with the steps from the first to each other.

    Raises
    ------
    ScenarioError, StoreError
        As :func:`ran`, and for more scenarios than can be compared.
    """
    folder = folder_of(asked)
    meant = [named(one, folder, asked.lang) for one in asked.scenarios]
    standing = [_standing(one) for one in meant if isinstance(one, Opened)]
    told = [one.scenario if isinstance(one, Opened) else one for one in meant]
    stages = _stages(folder)
    found = compare(told, stages, seconds=asked.seconds)
    steps = [
        waterfall(told[0], other, stages, asked.measure, seconds=asked.seconds).assign(
            scenario=other.name
        )
        for other in told[1:]
    ]
    files = {
        "measures.csv": csv_bytes(found.measures),
        "by_year.csv": csv_bytes(found.by_year),
        "levers.csv": csv_bytes(found.levers),
    }
    if steps:
        files["waterfall.csv"] = csv_bytes(pd.concat(steps, ignore_index=True))
    summary = {
        "measure": asked.measure,
        "provenance": [dict(result.provenance) for result in found.results],
        "scenarios": [json.loads(one.to_json()) for one in told],
        "summaries": [dict(result.summary) for result in found.results],
    }
    files["summary.json"] = f"{json_text(summary)}\n".encode()
    names = [one.name for one in told]
    notes = said_of(stages, names, [dict(result.summary) for result in found.results])
    return Answer(files, found.measures, [*standing, *notes])


def listed(asked: argparse.Namespace) -> Answer:
    """Presets and saved scenarios: ``scenario_id, name, origin, standing, revision, levers``."""
    folder = folder_of(asked)
    rows: list[tuple[object, ...]] = [
        (one, told.name, "bawaan", "", 0, len(told.of_all()))
        for one, told in presets(asked.lang).items()
    ]
    notes = []
    if folder.is_dir():
        with state.opened(folder) as decisions:
            for saved in decisions.saved_scenarios():
                moved: int | None = None
                try:
                    moved = len(from_json(saved.content).of_all())
                except ScenarioError as error:
                    # One that this version cannot read is still told, and hides no other.
                    notes.append((f"{saved.name}: {error}", f"{saved.name}: {error.english}"))
                rows.append(
                    (str(saved.scenario_id), saved.name, "tersimpan", saved.standing,
                     saved.revision, moved)
                )  # fmt: skip
    columns = ["scenario_id", "name", "origin", "standing", "revision", "moved_levers"]
    table = pd.DataFrame(rows, columns=columns)
    return Answer(table=table.astype({"moved_levers": "Int64"}), notes=notes)


def named(text: str, folder: Path, language: str = "id") -> Scenario | Opened:
    """The scenario of a file, a preset's id, a saved name or number, or a preset's name.

    Parameters
    ----------
    language
        Of the names and reasons of presets; their names are known in both.

    Raises
    ------
    ScenarioError
        When there is none of that name, or the file is no scenario.
    """
    path = Path(text)
    if path.suffix.casefold() == ".json" and path.is_file():
        return _of_file(path, language)
    found = presets(language)
    if text in found:
        return found[text]
    if folder.is_dir() and text.strip():
        with state.opened(folder) as decisions:
            saved = decisions.saved_scenario(text)
            if saved is None and text.isdecimal() and len(text) < _LONGEST_NUMBER:
                saved = decisions.saved_scenario(int(text))
            if saved is not None:
                return opened(decisions, saved.scenario_id)
    key = " ".join(text.casefold().split())
    for names in (presets("id"), presets("en")):
        for one, told in names.items():
            if told.name.casefold() == key:
                return found[one]
    if path.suffix.casefold() == ".json":
        raise ScenarioError(f"Berkas {text} tidak ada.", f"There is no file {text}.")
    if path.is_file():
        raise ScenarioError(
            f"{path.name}: berkas skenario bernama akhiran .json; ganti namanya.",
            f"{path.name}: the file of a scenario has a name that ends in .json; rename it.",
        )
    raise ScenarioError(
        f"Tidak ada skenario {text!r}. Lihat daftarnya: scenario list.",
        f"No scenario {text!r}. See them: scenario list.",
    )


def _of_file(path: Path, language: str) -> Scenario:
    """The scenario of a file; what is wrong with it is told with its name."""
    try:
        return from_json(path.read_bytes(), language)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}", f"{path.name}: {error.english}") from error


def _standing(one: Opened) -> tuple[str, str]:
    """Which saved scenario was taken, and where it stands."""
    saved = one.saved
    words = {
        DRAFT: "konsep",
        SUBMITTED: "diajukan",
        APPROVED: "disetujui",
        LOCKED: "dikunci",
    }
    return (
        f"{saved.name}: skenario tersimpan nomor {saved.scenario_id}, revisi {saved.revision},"
        f" {words[saved.standing]}.",
        f"{saved.name}: saved scenario number {saved.scenario_id}, revision {saved.revision},"
        f" {saved.standing}.",
    )


def _beside_kept(kept: BesideKept) -> tuple[str, str]:
    """Whether what comes out now is what was kept, and how it differs."""
    if kept.is_same:
        return (
            "Hasilnya sama sampai byte terakhir dengan yang disimpan ketika disetujui.",
            "The result is the same to the last byte as the one kept when it was approved.",
        )
    why = (
        (
            " karena " + ", ".join(own for own, _ in kept.other) + " berbeda",
            " since these have changed: " + ", ".join(own for _, own in kept.other),
        )
        if kept.other
        else ("", "")
    )
    told = kept.table.loc[kept.table["kept"].str.len() + kept.table["now"].str.len() < _SHORT]
    moved = "; ".join(
        f"{key} {was} -> {now}"
        for key, was, now in told.head(_MOST_TOLD).itertuples(index=False, name=None)
    )
    return (
        f"Hasil ini lain dari yang disimpan ketika disetujui{why[0]}: "
        + (moved or "tidak satu angka ringkasan pun bergerak")
        + ". Semuanya: kept_result.csv.",
        f"This result is not the one kept when it was approved{why[1]}; figures that moved: "
        + (moved or "none of the summary")
        + ". All of it: kept_result.csv.",
    )


def _stages(folder: Path) -> Stages:
    return Stages(scenario_facts.facts(folder))


def said_of(
    stages: Stages, names: list[str], summaries: list[dict[str, object]]
) -> list[tuple[str, str]]:
    """What is told of results, in Indonesian and English: what each comes to, then warnings."""
    notes = []
    if stages.facts.origin.is_synthetic:
        notes.append(("Ini data contoh (sintetis).", "This is sample (synthetic) data."))
    for name, told in zip(names, summaries, strict=True):
        empty = told["unfilled_count"]
        among = (
            (" di antara yang kebutuhannya dihitung", " among those whose need is computed")
            if told["not_computed_people_count"]
            else ("", "")
        )
        said = (
            ("jabatan kosong belum dihitung", "posts unfilled are not computed")
            if empty is None
            else (
                f"{float(str(empty)):.0f} jabatan kosong pada akhir jangka waktu" + among[0],
                f"{_counted(round(float(str(empty))), 'post')} unfilled at the horizon" + among[1],
            )
        )
        notes.append(
            (
                f"{name}: {told['leaver_count']} keluar, {told['hired_count']} masuk, {said[0]}.",
                f"{name}: {_counted(told['leaver_count'], 'leaver')},"
                f" {_counted(told['hired_count'], 'newcomer')}, {said[1]}.",
            )
        )
        if isinstance(worth := told["robust_worth"], dict):
            notes.append(_robust_note(worth))
        aside = int(str(told["part_time_apart_count"]))
        if aside:
            notes.append(
                (
                    f"{told['post_leaver_count']} dari yang keluar meninggalkan jabatan; {aside}"
                    " P3K paruh waktu hari ini tidak mengisi jabatan.",
                    f"{told['post_leaver_count']} of those who leave empty a post; {aside} P3K part"
                    " time of today fill none.",
                )
            )
    notes += _warnings(names, summaries)
    return notes


def _counted(count: object, noun: str) -> str:
    """``1 post``, ``2 posts``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _warnings(names: list[str], summaries: list[dict[str, object]]) -> list[tuple[str, str]]:
    """What must be known of each before its numbers are believed: every sentence once.

    Where not all of several share a sentence it begins with the names of those it is about.
    """
    about: dict[tuple[str, str], list[str]] = {}
    for name, told in zip(names, summaries, strict=True):
        lists = [own for key in ("findings", "told") if isinstance(own := told[key], list)]
        said = [(str(one[1]), str(one[2])) for own in lists for one in own]
        for sentence in dict.fromkeys([*_unpriced(told), *said, *_grounds(told)]):
            about.setdefault(sentence, []).append(name)
    notes = []
    for (indonesian, english), whose in about.items():
        head = "" if len(whose) == len(names) else f"{', '.join(whose)}: "
        notes.append((head + indonesian, head + english))
    return notes


def _unpriced(told: Mapping[str, object]) -> list[tuple[str, str]]:
    count = int(str(told["unpriced_count"]))
    if not count:
        return []
    who = "1 person" if count == 1 else f"{count} people"
    return [
        (
            f"{count} orang tanpa golongan yang dikenal: gajinya belum terhitung.",
            f"{who} without a known grade: their pay is not counted.",
        )
    ]


def _grounds(told: Mapping[str, object]) -> list[tuple[str, str]]:
    """What its numbers do not know: the APBD, and pupils of years beyond their forecast."""
    notes = []
    if not told["has_budget"]:
        notes.append(
            (
                "APBD belum diisi: batas 30% tidak dihitung.",
                "No APBD is known: the 30% limit is not computed.",
            )
        )
    if (held := told["need_held_from_year"]) is not None:
        last = int(str(held)) - 1
        notes.append(
            (
                f"Murid diramalkan sampai {last}; kebutuhan guru mulai {held} sama dengan tahun"
                " itu.",
                f"Pupils are forecast until {last}; the need of teachers from {held} on is that of"
                " that year.",
            )
        )
    return notes


def _robust_note(worth: Mapping[str, float]) -> tuple[str, str]:
    """What the robust plan costs and saves, beside the plan that expects all to come."""
    costs, saves = worth["costs_post_years"], worth["saves_post_years"]
    sign = "-" if worth["costs_idr"] < 0 else "+"
    dearer = rupiah(abs(worth["costs_idr"]))
    return (
        f"Rencana yang tahan: {costs:+.0f} jabatan-tahun kosong dan {sign}{dearer[0]} bila"
        f" semua formasi datang; {-saves:+.0f} jabatan-tahun kosong bila tidak (rata-rata menurut"
        " peluangnya).",
        f"The robust plan: {costs:+.0f} post-years unfilled and {sign}{dearer[1]} when all"
        f" formations come; {-saves:+.0f} post-years unfilled when they do not (mean by their"
        " chances).",
    )
