"""The command ``regroup``: schools in; who merges into whom out, with the proof.

``__main__`` adds the arguments and writes the answer; this module reads, checks and computes.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import checks_cells, rules
from analytics.faults import Fault, FaultsError
from analytics.regrouping import MERGE, Limits, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import CandidateRules, candidates
from analytics.regrouping_outcome import outcome
from analytics.regrouping_programme import Prices
from analytics.regrouping_rules import local_value, usual_prices
from analytics.teachers import evenly_by_grade

GRADES = {"SD": range(1, 7), "SMP": range(7, 10)}
NEEDED = ("npsn", "lat", "lon")
# Headings a total may stand under.
TOTALS = ("pupils", "total", "murid", "jumlah", "pd")
_FLAGS = {"remote": "is_remote", "special": "is_special", "integrated": "is_integrated"}
_LINES_AT_ONCE = 20


class WrongUseError(Exception):
    """Arguments that fit the grammar and mean nothing."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the command found.

    ``plan``: None where no plan fits. ``table``: plan.csv. ``summary``: s.json. ``faults``: what
    was found in the file, warnings too. ``notes``: sentences in Indonesian and English.
    """

    plan: RegroupingPlan
    table: pd.DataFrame
    summary: dict[str, object]
    faults: list[Fault]
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class SchoolFile:
    """A file of schools, typed: schools, pupils by npsn and grade, what was found."""

    schools: pd.DataFrame
    pupils: pd.DataFrame
    faults: list[Fault]


def answer(asked: argparse.Namespace) -> Answer:
    """Compute what was asked.

    Raises
    ------
    WrongUseError
        When arguments contradict each other or the file.
    FaultsError
        When the file cannot be believed; every fault with its row, column and remedy.
    """
    on = asked.on or date.today()
    usual = usual_prices(on)
    try:
        prices = Prices(
            *(
                own if own is not None else default
                for own, default in (
                    (asked.cost_open, usual.open_school),
                    (asked.cost_rombel, usual.rombel),
                    (asked.cost_pupil_km, usual.pupil_km),
                )
            )
        )
        limits = Limits(
            max_km=asked.max_km,
            detour=local_value("detour", on) if asked.detour is None else asked.detour,
            same="village" if asked.same == "desa" else asked.same or "",
            may_mix_status=asked.mix_status,
            most_into=asked.most_into,
            most_merges=asked.most_merges,
            lock_open=asked.lock_open,
            lock_closed=asked.lock_closed,
            pairs=tuple(asked.pair),
            forbidden=tuple(asked.forbid),
        )
        few = int(local_value("min_pupils", on)) if asked.min_pupils is None else asked.min_pupils
        switches = CandidateRules(min_pupils=few)
    except ValueError as error:
        raise WrongUseError(error) from error
    file = read_schools(asked.schools)
    faults = list(file.faults)
    if limits.same and limits.same not in file.schools:
        word = "desa" if limits.same == "village" else limits.same
        faults.append(Fault(asked.schools.name, "regroup_column_missing", details={"name": word}))
    for named in sorted(limits.named() - set(file.schools["npsn"])):
        faults.append(Fault(asked.schools.name, "regroup_lock_unknown", value=named))
    roads, road_faults = read_roads(asked.roads) if asked.roads else (None, [])
    faults += road_faults
    if any(fault.severity == "error" for fault in faults):
        raise FaultsError([fault for fault in faults if fault.severity == "error"])
    history = file.pupils.rename_axis("npsn").reset_index()
    history = history.melt(id_vars="npsn", var_name="grade", value_name="pupil_count")
    found = candidates(file.schools, history.assign(school_year=0), switches)
    question = prepared(
        file.schools, file.pupils, found.set_index("npsn")["is_candidate"], limits, prices,
        rules.load(), on, roads,
    )  # fmt: skip
    faults += _kept_out(asked.schools, question.schools, roads)
    plan = regrouping_plan(question, seconds=asked.time_limit)
    return Answer(plan, plan.table, _summary(plan, few), faults, _notes(plan))


def _kept_out(path: Path, schools: pd.DataFrame, roads: pd.DataFrame | None) -> list[Fault]:
    """A finding for every school that no merge may touch because of its point."""
    bad = schools[schools["point_code"] != ""]
    if roads is not None:
        bad = bad[~bad["npsn"].isin([*roads["from"], *roads["into"]])]
    return [
        Fault(
            path.name,
            f"regroup_{row.point_code}",
            row=int(row.line),
            column="lat, lon",
            value=f"{row.lat_written}, {row.lon_written}".strip(", "),
        )
        for row in bad.itertuples()
    ]


def _summary(plan: RegroupingPlan, few: int) -> dict[str, object]:
    told, solution = plan.prepared, plan.solution
    schools, programme = told.schools, told.programme
    merges = int((plan.table["action"] == MERGE).sum())
    possible = not plan.infeasible
    result = outcome(plan)
    prices = programme.prices
    return {
        "objective": round(solution.objective, 6) if possible else None,
        "bound": round(solution.bound, 6) if possible else None,
        "gap": round(float(solution.gap), 9) if possible else None,
        "seconds": round(solution.seconds, 3),
        "unit": "juta rupiah per tahun",
        "counts": {
            "schools": len(schools),
            "candidates": int(schools["is_candidate"].sum()),
            "merges": merges if possible else None,
            "open": len(schools) - merges if possible else None,
            "kept_out_by_coordinates": int((schools["point_code"] != "").sum()),
            "rombel_before": int(programme.rombel_today.sum()),
            **(result.totals if possible else {}),
        },
        "cost_all_open": round(plan.cost_all_open, 6),
        "parameters": {
            "max_km": told.limits.max_km,
            "detour": told.limits.detour,
            "min_pupils": few,
            "same": told.limits.same,
            "cost_open": prices.open_school,
            "cost_rombel": prices.rombel,
            "cost_pupil_km": prices.pupil_km,
        },
        "infeasibilities": [
            {
                "npsn": one.npsn,
                "limit": one.limit,
                "message": one.message_id,
                "message_en": one.message_en,
            }
            for one in plan.infeasible
        ],
    }


def _notes(plan: RegroupingPlan) -> list[tuple[str, str]]:
    if plan.infeasible:
        return [(one.message_id, one.message_en) for one in plan.infeasible]
    solution = plan.solution
    saved = plan.cost_all_open - solution.objective
    merges = int((plan.table["action"] == MERGE).sum())
    return [
        (
            f"{merges} sekolah digabung; hemat {_thousands(saved)} juta rupiah setahun; celah"
            f" {100 * solution.gap:.4f}% dalam {solution.seconds:.1f} detik.",
            f"{merges} schools merge; saves {saved:,.0f} million rupiah a year; gap"
            f" {solution.gap:.4%} in {solution.seconds:.1f} seconds.",
        )
    ]


def as_json(summary: dict[str, object]) -> bytes:
    """The summary as a file: UTF-8, one key a line."""
    return (json.dumps(summary, ensure_ascii=False, indent=2) + "\n").encode()


def _thousands(number: float) -> str:
    return f"{number:,.0f}".replace(",", ".")


# ---- reading -------------------------------------------------------------------------------------


def read_schools(path: Path) -> SchoolFile:
    """The file of schools, typed.

    Returns
    -------
    ``schools``: ``npsn, name, level, status, kecamatan, village`` (the last three where given),
    ``latitude, longitude`` (NaN where no number), ``classroom_count`` (NA where not known),
    ``line``, ``lat_written``, ``lon_written`` and the exemptions given. ``pupils``: by npsn and
    grade. ``faults``: errors and warnings.

    Raises
    ------
    FaultsError
        When the file cannot be read as a table at all.
    """
    text = _csv(path)
    missing = [name for name in NEEDED if name not in text]
    total = next((name for name in TOTALS if name in text), None)
    given = [f"g{grade}" for level in GRADES.values() for grade in level if f"g{grade}" in text]
    if not given and total is None:
        missing.append("g1..g6")
    if missing:
        raise FaultsError(
            [Fault(path.name, "regroup_column_missing", details={"name": ", ".join(missing)})]
        )
    text = text.loc[(text != "").any(axis=1)]
    if text.empty:
        raise FaultsError([Fault(path.name, "file_empty")])
    faults: list[Fault] = []
    # As written, so that the plan can be laid beside the file again.
    npsn = text["npsn"].str.lstrip("'").str.removesuffix(".0")
    for line in text.index[npsn == ""]:
        faults.append(Fault(path.name, "regroup_npsn_missing", int(line), "npsn"))
    first: dict[str, int] = {}
    for line, own in npsn[npsn != ""].items():
        if own in first:
            faults.append(
                Fault(path.name, "regroup_npsn_duplicate", int(line), "npsn", own,
                      {"first_row": first[own]})
            )  # fmt: skip
        first.setdefault(own, int(line))
    level = _levels(path, text, given, faults)
    pupils = _pupils(path, text, given, total, level, faults)
    rooms = _rooms(path, text, faults)
    points = {
        name: text[column].map(checks_cells.degrees)
        for name, column in (("latitude", "lat"), ("longitude", "lon"))
    }
    # What is no number is no point: the school is kept out of any merge and told.
    numbers = {name: pd.to_numeric(cell, errors="coerce") for name, cell in points.items()}
    schools = pd.DataFrame(
        {
            "npsn": npsn, "name": text.get("name", npsn), "level": level, **numbers,
            "classroom_count": rooms, "line": text.index,
            "lat_written": text["lat"], "lon_written": text["lon"],
        }
    )  # fmt: skip
    for ours, theirs in (("status", "status"), ("kecamatan", "kecamatan"), ("village", "desa")):
        if theirs in text:
            schools[ours] = text[theirs]
    for theirs, ours in _FLAGS.items():
        if theirs in text:
            schools[ours] = text[theirs].str.casefold().isin(["1", "ya", "y", "true", "yes"])
    pupils.index = pd.Index(npsn, name="npsn")
    return SchoolFile(schools.reset_index(drop=True), pupils, faults)


def read_roads(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Measured roads: ``from,into,km``, and what is wrong with them."""
    text = _csv(path)
    missing = [name for name in ("from", "into", "km") if name not in text]
    if missing:
        details = {"name": ", ".join(missing)}
        raise FaultsError([Fault(path.name, "regroup_column_missing", details=details)])
    km = pd.to_numeric(text["km"].str.replace(",", ".", regex=False), errors="coerce")
    bad = ~(np.isfinite(km) & (km >= 0))
    faults = [
        Fault(path.name, "regroup_road_invalid", int(line), "km", text.loc[line, "km"])
        for line in text.index[bad]
    ]
    roads = pd.DataFrame(
        {
            "from": text["from"].str.lstrip("'").str.removesuffix(".0"),
            "into": text["into"].str.lstrip("'").str.removesuffix(".0"),
            "km": km,
        }
    )
    return roads.loc[~bad].reset_index(drop=True), faults


def _csv(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise FaultsError([Fault(path.name, "file_missing")])
    content = path.read_bytes()
    try:
        told = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        told = content.decode("cp1252", errors="replace")
    if "\0" in told:
        raise FaultsError([Fault(path.name, "file_broken")])
    head = told.partition("\n")[0]
    mark = max(",;\t|", key=head.count)
    try:
        lines = list(csv.reader(told.splitlines(), delimiter=mark))
    except csv.Error:
        raise FaultsError([Fault(path.name, "file_broken")]) from None
    if not lines:
        raise FaultsError([Fault(path.name, "file_empty")])
    names = [name.strip().casefold() for name in lines[0]]
    width = len(names)
    # The line an editor shows is the index, so that a fault can be found again.
    rows = [[cell.strip() for cell in (row + [""] * width)[:width]] for row in lines[1:]]
    table = pd.DataFrame(rows, columns=names, index=range(2, len(rows) + 2), dtype="str")
    return table.loc[:, ~table.columns.duplicated()]


def _levels(path: Path, text: pd.DataFrame, given: Sequence[str], faults: list[Fault]) -> pd.Series:
    """The level of each school: as written, else by the grades that hold pupils."""
    of_grade = {f"g{grade}": level for level, grades in GRADES.items() for grade in grades}
    told = {of_grade[name] for name in given}
    by_header = next(iter(told)) if len(told) == 1 else ""
    written = text["level"].str.upper() if "level" in text else pd.Series("", index=text.index)
    levels = []
    for line, own in written.items():
        filled = {of_grade[name] for name in given if text.loc[line, name] not in ("", "0", "0.0")}
        if own:
            levels.append(own)
            if own not in GRADES:
                faults.append(Fault(path.name, "regroup_level_unknown", int(line), "level", own))
        elif len(filled) > 1:
            faults.append(Fault(path.name, "regroup_two_levels", int(line), "g1..g9"))
            levels.append("")
        else:
            levels.append(next(iter(filled), by_header or "SD"))
    return pd.Series(levels, index=text.index, dtype="str")


def _pupils(  # noqa: PLR0913 - the columns a file may say it in
    path: Path,
    text: pd.DataFrame,
    given: Sequence[str],
    total: str | None,
    level: pd.Series,
    faults: list[Fault],
) -> pd.DataFrame:
    """Whole pupils by grade; totals spread evenly where no grade is told, and that is said."""
    columns = [grade for grades in GRADES.values() for grade in grades]
    pupils = pd.DataFrame(0, index=text.index, columns=columns, dtype="int64")
    told = pd.DataFrame(False, index=text.index, columns=columns)
    for name in given:
        for line, cell in text[name].items():
            number = _count(cell)
            if number is None:
                faults.append(Fault(path.name, "regroup_pupils_invalid", int(line), name, cell))
            elif cell != "":
                pupils.loc[line, int(name[1:])] = number
                told.loc[line, int(name[1:])] = True
    spread = []
    for line in text.index[~told.any(axis=1)]:
        cell = text.loc[line, total] if total else ""
        number = _count(cell)
        if number is None:
            faults.append(Fault(path.name, "regroup_pupils_invalid", int(line), total or "", cell))
        elif cell == "":
            faults.append(Fault(path.name, "regroup_pupils_missing", int(line), total or "g1..g6"))
        elif level[line] in GRADES:
            spread.append((line, level[line], number))
    if spread:
        rows = pd.DataFrame(spread, columns=["npsn", "level", "pupil_count"])
        even = evenly_by_grade(rows.assign(school_year=0))
        for row in even.itertuples():
            pupils.loc[row.npsn, row.grade] = int(row.pupil_count)
        details = {"count": len(spread)}
        faults.append(Fault(path.name, "regroup_spread_evenly", details=details))
    return pupils


def _rooms(path: Path, text: pd.DataFrame, faults: list[Fault]) -> pd.Series:
    """Rooms as far as known: blank and zero are not known, what is no number is refused."""
    if "rooms" not in text:
        faults.append(Fault(path.name, "regroup_rooms_unknown", details={"count": len(text)}))
        return pd.Series(pd.NA, index=text.index, dtype="Int64")
    rooms = pd.Series(pd.NA, index=text.index, dtype="Int64")
    unknown = 0
    for line, cell in text["rooms"].items():
        number = _count(cell)
        if number is None:
            faults.append(Fault(path.name, "regroup_rooms_invalid", int(line), "rooms", cell))
        elif number == 0:
            unknown += 1
        else:
            rooms[line] = number
    if unknown:
        faults.append(Fault(path.name, "regroup_rooms_unknown", details={"count": unknown}))
    return rooms


def _count(cell: str) -> int | None:
    """A count of 0 or more; a blank is 0, what is no count None."""
    if cell in ("", "-"):
        return 0
    # A data frame writes twelve as 12.0; a point before three digits is a thousand.
    if re.fullmatch(r"\d+\.0+", cell) and not re.fullmatch(r"\d{1,3}\.000", cell):
        return int(cell.partition(".")[0])
    number = checks_cells.whole_number(cell)
    return number if isinstance(number, int) and 0 <= number < 1_000_000 else None
