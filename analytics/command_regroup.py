"""The command ``regroup``: schools in; who merges into whom out, with the proof.

``command_school_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics import rules
from analytics.command_line import (
    DONE,
    REFUSED,
    WrongUseError,
    complain,
    folder_of,
    say_faults,
    write,
    write_bytes,
    write_faults,
)
from analytics.command_regroup_years import (
    laid_over_years,
    pace,
    told_options,
    years_notes,
    years_said,
)
from analytics.faults import Fault, FaultsError
from analytics.place_names import place_names
from analytics.plain_table import placed
from analytics.regrouping import RegroupingPlan, prepared, regrouping_plan
from analytics.regrouping_candidates import EXEMPTIONS, CandidateRules, candidates
from analytics.regrouping_findings import ROOMS_SHORT, short_of_rooms
from analytics.regrouping_limits import Limits
from analytics.regrouping_programme import Prices
from analytics.regrouping_reasons import reasons
from analytics.regrouping_roads import read_roads, short_roads, strange_roads
from analytics.regrouping_rules import counts_heavy_rooms, local_value, usual_prices
from analytics.regrouping_stored import ROADS_FOLDER, ContradictionError, with_saved
from analytics.regrouping_summary import as_json, findings, notes, stays_open, summary
from analytics.regrouping_told import (
    Told,
    in_edition,
    in_file,
    mended_at_data,
    some,
    strangers,
)
from analytics.regrouping_tradeoff import STEPS, trade_off
from analytics.regrouping_years import Pace, calendar


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
    year_options: pd.DataFrame | None = None
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
    for path, table in (
        (asked.calendar, found.calendar),
        (asked.year_options, found.year_options),
        (asked.curve, found.curve),
    ):
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
    told = _told(asked)
    try:
        wish = _wish(asked, told.on)
    except ValueError as error:
        raise WrongUseError(error) from error
    faults = [*told.faults, *_strange_names(asked, told, wish.limits)]
    roads, believed, road_faults = _roads(asked, told, wish.limits)
    faults += road_faults
    if errors := [fault for fault in faults if fault.severity == "error"]:
        raise FaultsError(placed(errors, asked.schools) if asked.schools else errors)
    limits = _with_saved(asked, told, wish.limits)
    found = candidates(told.schools, told.history, wish.switches)
    question = prepared(
        told.schools, told.pupils, found.set_index("npsn")["is_candidate"], limits, wish.prices,
        rules.load(), told.on, roads,
    )  # fmt: skip
    faults += _heavily_damaged(told.name, question.schools)
    faults += _short_of_rooms(told.name, question.schools)
    faults += _kept_out(told.name, question.schools, believed)
    if told.edition is not None:
        faults = [mended_at_data(fault) for fault in faults]
    # What concerns many schools first: only so many findings are said one by one.
    faults.sort(key=lambda fault: fault.row is not None)
    plan = regrouping_plan(question, seconds=asked.time_limit)
    why = reasons(plan, found)
    answered = summary(plan, wish.few)
    said = [*told.notes, *notes(plan, why)]
    answered["stays_open"] = stays_open(plan, why) if not plan.infeasible else None
    answered["findings"] = findings(faults, question.schools)
    answered["history_years"] = sorted({int(year) for year in told.history["school_year"]})
    answered["edition"] = _edition_said(told, _count(limits) - _count(wish.limits), roads)
    dates, options, curve = None, None, None
    if wish.pace is not None and not plan.infeasible:
        years, is_staffed = laid_over_years(asked, told, plan, wish.pace)
        dates, options = calendar(years.merges, told.on), told_options(years)
        answered |= years_said(years, is_staffed)
        said += years_notes(years.merges, is_staffed)
    if asked.curve is not None and not plan.infeasible:
        curve = trade_off(question, seconds=asked.time_limit / len(STEPS)).curve
        curve = curve.drop(columns="plan")
    faults = placed(faults, asked.schools) if asked.schools else faults
    return Answer(plan, plan.table, answered, faults, said, dates, options, curve)


def _told(asked: argparse.Namespace) -> Told:
    """The schools of a file, or of an edition."""
    if asked.schools is None and asked.history is not None:
        raise WrongUseError("--history: hanya bersama --schools / only together with --schools")
    if asked.schools is not None and asked.edition is not None:
        raise WrongUseError("--schools, --edition: pilih satu / choose one")
    if asked.years_running > 1 and asked.history is None and asked.schools is not None:
        raise WrongUseError("--years-running: beri --history H.csv / give --history H.csv")
    if asked.schools is None:
        return in_edition(folder_of(asked), asked.edition, asked.on, tuple(asked.level))
    day = asked.on or date.today()
    return in_file(asked.schools, asked.history, day, tuple(asked.level))


@dataclass(frozen=True)
class _Wish:
    """What is asked of a plan; ``few``: pupils below which a school counts as small."""

    prices: Prices
    limits: Limits
    switches: CandidateRules
    few: int
    pace: Pace | None


def _wish(asked: argparse.Namespace, on: date) -> _Wish:
    """The switches in the words of the model; what is not given is as the rules say on the day.

    Raises
    ------
    ValueError
        When a switch is out of its range, or two contradict each other.
    """

    def given(value: float | None, rule: str) -> float:
        return local_value(rule, on) if value is None else value

    usual = usual_prices(on)
    wanted = (asked.cost_open, asked.cost_rombel, asked.cost_pupil_km)
    prices = Prices(
        *(
            default if own is None else own
            for own, default in zip(
                wanted, (usual.open_school, usual.rombel, usual.pupil_km), strict=True
            )
        )
    )
    heavy = asked.count_heavy_rooms
    limits = Limits(
        max_km=asked.max_km,
        detour=given(asked.detour, "detour"),
        same="village" if asked.same == "desa" else asked.same or "",
        may_mix_status=asked.mix_status,
        most_into=asked.most_into,
        most_merges=asked.most_merges,
        lock_open=asked.lock_open,
        lock_closed=asked.lock_closed,
        pairs=tuple(asked.pair),
        forbidden=tuple(asked.forbid),
        accept_shared=asked.accept_shared,
        count_heavy_rooms=counts_heavy_rooms(on) if heavy is None else heavy,
    )
    few = int(given(asked.min_pupils, "min_pupils"))
    switches = CandidateRules(
        min_pupils=None if asked.no_min_pupils else few,
        years_running=asked.years_running,
        least_per_class=asked.least_per_class,
        same_yard_km=asked.same_yard,
        damaged=asked.damaged,
        damaged_share=given(asked.damaged_share, "damaged_share"),
        damaged_from=asked.damaged_from,
        must_meet_all=asked.all_rules,
        exempt=tuple(one for one in EXEMPTIONS if one not in asked.not_exempt),
        always=asked.candidates,
        never=asked.exempt,
        accept_shared=asked.accept_shared,
    )
    return _Wish(prices, limits, switches, few, pace(asked, on))


def _strange_names(asked: argparse.Namespace, told: Told, limits: Limits) -> list[Fault]:
    """Switches that name a column or a school the list does not have."""
    faults: list[Fault] = []
    if limits.same and limits.same not in told.schools:
        word = "desa" if limits.same == "village" else limits.same
        faults.append(Fault(told.name, "regroup_column_missing", details={"name": word}))
    elif limits.same:
        faults += _without_place(told.name, told.schools[limits.same], limits.same)
    by_hand = {*asked.candidates, *asked.exempt}
    for named in sorted((limits.named() | by_hand) - set(told.schools["npsn"])):
        code = "regroup_lock_passed" if named in told.passed else "regroup_lock_unknown"
        faults.append(Fault(told.name, code, value=named))
    return faults


def _roads(
    asked: argparse.Namespace, told: Told, limits: Limits
) -> tuple[pd.DataFrame | None, pd.DataFrame | None, list[Fault]]:
    """Measured roads as told, those of them that are believed, and what is wrong with them."""
    faults: list[Fault] = []
    roads = told.saved.roads if asked.use_saved else None
    if asked.roads is not None:
        roads, faults = read_roads(asked.roads)
        faults += strangers(
            asked.roads.name, "regroup_road_unknown", roads, ("from", "into"), told.schools,
            told.passed,
        )  # fmt: skip
        faults += strange_roads(asked.roads.name, roads, told.schools)
    if roads is None:
        return None, None, faults
    source = ROADS_FOLDER if asked.roads is None else asked.roads.name
    believed, short = short_roads(source, roads, told.schools, limits.accept_shared)
    return roads, believed, [*faults, *short]


def _with_saved(asked: argparse.Namespace, told: Told, limits: Limits) -> Limits:
    """The limits with the locks that were saved for everybody, where those are wanted."""
    if not asked.use_saved:
        return limits
    try:
        return with_saved(limits, told.saved, set(told.schools["npsn"]))
    except ContradictionError as error:
        raise WrongUseError(
            f"{error} Atau: --without-saved. / {error.english} Or: --without-saved."
        ) from error


def _heavily_damaged(name: str, schools: pd.DataFrame) -> list[Fault]:
    """Rooms that do not count because of their damage, in one finding."""
    left = schools.loc[schools["heavy_left_out"] > 0]
    if left.empty:
        return []
    details = {
        "count": len(left),
        "rooms": int(left["heavy_left_out"].sum()),
        "name": some(left["npsn"].astype("str").tolist()),
    }
    return [Fault(name, "regroup_rooms_heavy", details=details)]


def _without_place(name: str, places: pd.Series, column: str) -> list[Fault]:
    """Schools that merge with nobody because the place they must share is blank."""
    blank = int((place_names(places) == "").sum())
    word = {"village": "desa"}.get(column, column)
    return [Fault(name, "regroup_place_missing", details={"count": blank, "name": word})][
        : bool(blank)
    ]


def _short_of_rooms(name: str, schools: pd.DataFrame) -> list[Fault]:
    """Schools with fewer rooms than rombel today: one finding that lists them all."""
    short = short_of_rooms(schools)
    if short.empty:
        return []
    listed = [f"{row.npsn} ({row.rooms}/{row.rombel})" for row in short.itertuples()]
    details = {"count": len(short), "name": ", ".join(listed)}
    return [Fault(name, ROOMS_SHORT, details=details)]


def _kept_out(name: str, schools: pd.DataFrame, roads: pd.DataFrame | None) -> list[Fault]:
    """A finding for every school that no merge may touch because of its point."""
    bad = schools[schools["point_code"] != ""]
    if roads is not None:
        bad = bad[~bad["npsn"].isin([*roads["from"], *roads["into"]])]
    return [
        Fault(
            name,
            f"regroup_{row.point_code}",
            row=int(getattr(row, "line", 0)) or None,
            column="lat, lon",
            value=_written(row),
            details={"npsn": str(row.npsn)},
        )
        for row in bad.itertuples()
    ]


def _written(row: object) -> str:
    """The point as the list writes it; the school itself where no line says which it is."""
    point = f"{row.lat_written}, {row.lon_written}".strip(", ")  # type: ignore[attr-defined]
    return point if hasattr(row, "line") else f"{row.npsn}: {point}".rstrip(": ")  # type: ignore[attr-defined]


def _count(limits: Limits) -> int:
    """How many locks hold."""
    locks = (limits.lock_open, limits.lock_closed, limits.pairs, limits.forbidden)
    return sum(len(one) for one in locks)


def _edition_said(told: Told, locks: int, roads: pd.DataFrame | None) -> dict[str, object] | None:
    """Which edition, how many saved locks and which saved roads the answer was computed from."""
    if told.edition is None:
        return None
    return {
        "number": told.edition.number,
        "sha256": told.edition.sha256,
        "as_of": told.edition.as_of.isoformat(),
        "is_synthetic": told.edition.is_synthetic,
        "locks": locks,
        "roads_sha256": told.saved.roads_sha256 if roads is told.saved.roads else "",
    }
