"""The command ``regroup``: schools in; who merges into whom out, with the proof.

``__main__`` adds the arguments and writes the answer; this module reads, checks and computes.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import rules
from analytics.command_line import (
    DONE,
    REFUSED,
    WrongUseError,
    complain,
    say_faults,
    write,
    write_bytes,
    write_faults,
)
from analytics.faults import Fault, FaultsError
from analytics.regrouping import MERGE, RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import EXEMPTIONS, CandidateRules, candidates
from analytics.regrouping_condition import calls_itself_one_roof
from analytics.regrouping_file import SchoolFile, read_history, read_roads, read_schools
from analytics.regrouping_findings import ROOMS_SHORT, short_of_rooms
from analytics.regrouping_limits import Limits
from analytics.regrouping_outcome import outcome
from analytics.regrouping_programme import Prices
from analytics.regrouping_rules import counts_heavy_rooms, local_value, usual_prices
from analytics.regrouping_tradeoff import STEPS, trade_off
from analytics.regrouping_years import Pace, calendar, spread_over_years, years_from


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
    calendar: pd.DataFrame | None = None
    curve: pd.DataFrame | None = None


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    found = answer(asked)
    write_faults(asked, found.faults)
    say_faults(asked, found.faults)
    if asked.summary:
        write_bytes(asked.summary, as_json(found.summary))
    for note in found.notes:
        complain(asked, *note)
    if found.plan.infeasible:
        complain(
            asked,
            "Tidak ada rencana yang memenuhi semua kunci; rencana tidak ditulis.",
            "No plan meets every lock; no plan is written.",
        )
        return REFUSED
    write(asked.out, found.table)
    for path, table in ((asked.calendar, found.calendar), (asked.curve, found.curve)):
        if path is not None and table is not None:
            write(str(path), table)
    return DONE


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
            accept_shared=asked.accept_shared,
            count_heavy_rooms=asked.count_heavy_rooms or counts_heavy_rooms(on),
        )
        few = int(local_value("min_pupils", on)) if asked.min_pupils is None else asked.min_pupils
        switches = CandidateRules(
            min_pupils=None if asked.no_min_pupils else few,
            years_running=asked.years_running,
            least_per_class=asked.least_per_class,
            same_yard_km=asked.same_yard,
            damaged=asked.damaged,
            damaged_share=(
                local_value("damaged_share", on)
                if asked.damaged_share is None
                else asked.damaged_share
            ),
            damaged_from=asked.damaged_from,
            must_meet_all=asked.all_rules,
            exempt=tuple(one for one in EXEMPTIONS if one not in asked.not_exempt),
            always=asked.candidates,
            never=asked.exempt,
            accept_shared=asked.accept_shared,
        )
        pace = _pace(asked, on)
    except ValueError as error:
        raise WrongUseError(error) from error
    if asked.years_running > 1 and asked.history is None:
        raise WrongUseError("--years-running: beri --history H.csv / give --history H.csv")
    file = read_schools(asked.schools)
    faults = list(file.faults)
    if limits.same and limits.same not in file.schools:
        word = "desa" if limits.same == "village" else limits.same
        faults.append(Fault(asked.schools.name, "regroup_column_missing", details={"name": word}))
    by_hand = {*asked.candidates, *asked.exempt}
    for named in sorted((limits.named() | by_hand) - set(file.schools["npsn"])):
        faults.append(Fault(asked.schools.name, "regroup_lock_unknown", value=named))
    roads, road_faults = read_roads(asked.roads) if asked.roads else (None, [])
    faults += road_faults
    faults += _strangers(asked.schools, "regroup_road_unknown", roads, ("from", "into"), file)
    faults += _named_one_roof(asked.schools, file)
    if any(fault.severity == "error" for fault in faults):
        raise FaultsError([fault for fault in faults if fault.severity == "error"])
    history = file.pupils.rename_axis("npsn").reset_index()
    history = history.melt(id_vars="npsn", var_name="grade", value_name="pupil_count")
    history = history.assign(school_year=on.year)
    if asked.history is not None:
        # The file of schools is the last year; what the history says of it is the same year again.
        past = read_history(asked.history)
        faults += _strangers(asked.history, "regroup_history_unknown", past, ("npsn",), file)
        last = past["school_year"].max() + 1 if len(past) else on.year
        history = pd.concat([past, history.assign(school_year=last)], ignore_index=True)
    found = candidates(file.schools, history, switches)
    question = prepared(
        file.schools, file.pupils, found.set_index("npsn")["is_candidate"], limits, prices,
        rules.load(), on, roads,
    )  # fmt: skip
    faults += _kept_out(asked.schools, question.schools, roads)
    faults += _heavily_damaged(asked.schools, question.schools)
    faults += _short_of_rooms(asked.schools, question.schools)
    plan = regrouping_plan(question, seconds=asked.time_limit)
    summary, dates, curve, notes = _summary(plan, few), None, None, _notes(plan)
    summary["findings"] = _findings(faults, question.schools)
    if pace is not None and not plan.infeasible:
        merges = spread_over_years(plan, pace, rules.load()).merges
        dates = calendar(merges, on)
        summary["years"] = {
            str(year): int(count)
            for year, count in merges["school_year"].value_counts().sort_index().items()
        }
        left = int(merges["school_year"].isna().sum())
        summary["without_a_year"] = left
        if left:
            notes.append(
                (
                    f"{left} penggabungan tidak mendapat tahun: semua yang menuju satu penerima"
                    " bergabung bersama; tambah --most-a-year atau --years, atau beri --most-into.",
                    f"{left} merges get no year: all that go to one receiver merge together; raise"
                    " --most-a-year or --years, or use --most-into.",
                )
            )
    if asked.curve is not None and not plan.infeasible:
        curve = trade_off(question, seconds=asked.time_limit / len(STEPS)).curve
        curve = curve.drop(columns="plan")
    return Answer(plan, plan.table, summary, faults, notes, dates, curve)


def _pace(asked: argparse.Namespace, on: date) -> Pace | None:
    """How merges are spread; None where that is not asked."""
    if asked.years is None:
        if asked.calendar is not None or asked.most_a_year is not None:
            raise ValueError("--calendar, --most-a-year: beri --years N / give --years N")
        return None
    return Pace(years_from(on, asked.years), asked.most_a_year)


def _strangers(
    path: Path, code: str, table: pd.DataFrame | None, columns: tuple[str, ...], file: SchoolFile
) -> list[Fault]:
    """Schools that a second file names and the first does not have, in one finding."""
    if table is None:
        return []
    known = set(file.schools["npsn"])
    names = sorted({str(one) for column in columns for one in table[column]} - known)
    if not names:
        return []
    rows = ~table[list(columns)].isin(list(known)).all(axis=1)
    count = int(rows.sum()) if code == "regroup_road_unknown" else len(names)
    return [Fault(path.name, code, details={"count": count, "name": _some(names)})]


def _named_one_roof(path: Path, file: SchoolFile) -> list[Fault]:
    """Schools that call themselves satu atap where no column tells who is."""
    if "is_integrated" in file.schools:
        return []
    names = file.schools.loc[calls_itself_one_roof(file.schools), "npsn"].astype("str").tolist()
    details = {"count": len(names), "name": _some(names)}
    return [Fault(path.name, "regroup_one_roof_named", details=details)] if names else []


def _some(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")


def _heavily_damaged(path: Path, schools: pd.DataFrame) -> list[Fault]:
    """Rooms that do not count because of their damage, in one finding."""
    left = schools.loc[schools["heavy_left_out"] > 0]
    if left.empty:
        return []
    details = {
        "count": len(left),
        "rooms": int(left["heavy_left_out"].sum()),
        "name": _some(left["npsn"].astype("str").tolist()),
    }
    return [Fault(path.name, "regroup_rooms_heavy", details=details)]


def _short_of_rooms(path: Path, schools: pd.DataFrame) -> list[Fault]:
    """Schools with fewer rooms than rombel today: one finding that lists them all."""
    short = short_of_rooms(schools)
    if short.empty:
        return []
    listed = [f"{row.npsn} ({row.rooms}/{row.rombel})" for row in short.itertuples()]
    details = {"count": len(short), "name": ", ".join(listed)}
    return [Fault(path.name, ROOMS_SHORT, details=details)]


def _findings(faults: list[Fault], schools: pd.DataFrame) -> list[dict[str, object]]:
    """Everything to mend or know, one entry per finding, schools listed where several share it."""
    told: list[dict[str, object]] = []
    by_line = schools.set_index("line")["npsn"] if "line" in schools else pd.Series(dtype="str")
    for fault in faults:
        one: dict[str, object] = {
            "code": fault.code,
            "row": fault.row,
            "npsn": by_line.get(fault.row, "") if fault.row else "",
            "message": fault.message("id"),
            "message_en": fault.message("en"),
            "remedy": fault.remedy("id"),
            "remedy_en": fault.remedy("en"),
        }
        if fault.code == ROOMS_SHORT:
            one["schools"] = short_of_rooms(schools).drop(columns="name").to_dict("records")
        told.append(one)
    return told


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
            "count_heavy_rooms": told.limits.count_heavy_rooms,
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
