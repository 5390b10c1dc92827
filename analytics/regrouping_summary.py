"""The answer of ``regroup`` in figures and sentences: what ``s.json`` holds."""

from __future__ import annotations

import pandas as pd

from analytics.export import json_text
from analytics.faults import Fault
from analytics.plain_table import row_shown
from analytics.regrouping import MERGE, RegroupingPlan
from analytics.regrouping_findings import ROOMS_SHORT, short_of_rooms
from analytics.regrouping_outcome import outcome
from analytics.regrouping_reasons import (
    AT_MOST,
    BETTER_OPEN,
    NO_OTHER,
    NO_POINT,
    NO_ROOM,
    NOT_WORTH,
    RECEIVES,
    TOO_FAR,
)
from analytics.told import Counted


def summary(plan: RegroupingPlan, few: int) -> dict[str, object]:
    """Objective, bound, gap, counts, parameters and why not; million rupiah a year."""
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
            "candidates_by_level": by_level(schools)["candidates"].to_dict(),
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


def by_level(schools: pd.DataFrame) -> pd.DataFrame:
    """``schools`` and ``candidates`` of each level."""
    table = schools.groupby("level")["is_candidate"].agg(["size", "sum"])
    return table.set_axis(["schools", "candidates"], axis=1).astype("int64")


def notes(plan: RegroupingPlan, reason: pd.DataFrame) -> list[tuple[str, str]]:
    """What the plan comes to and why candidates stay open, or why there is none.

    Parameters
    ----------
    reason
        As :func:`analytics.regrouping_reasons.reasons` gives it.
    """
    if plan.infeasible:
        return [(one.message_id, one.message_en) for one in plan.infeasible]
    solution = plan.solution
    saved = plan.cost_all_open - solution.objective
    gap, seconds = (
        text.replace(".", ",") for text in (f"{solution.gap:.4%}", f"{solution.seconds:.1f}")
    )
    merges = int((plan.table["action"] == MERGE).sum())
    return [
        (
            f"{merges} sekolah digabung; hemat {_thousands(saved)} juta rupiah setahun; selisih ke"
            f" rencana terbaik {gap} dalam {seconds} detik.",
            f"{merges} {Counted(merges):school merges|schools merge}; saves {saved:,.0f}"
            f" million rupiah a year; gap {solution.gap:.4%} in {solution.seconds:.1f} seconds.",
        ),
        *_levels(plan),
        *_stays(plan, reason),
    ]


def stays_open(plan: RegroupingPlan, reason: pd.DataFrame) -> dict[str, int]:
    """Candidates that stay open, by reason; most first."""
    own = reason["reason"].where(plan.prepared.schools["is_candidate"].to_numpy(dtype=bool))
    counted = own[own.isin(list(_STAYS))].value_counts()
    return {str(name): int(count) for name, count in counted.items()}


def _levels(plan: RegroupingPlan) -> list[tuple[str, str]]:
    """How many candidates each level has, where there are several levels."""
    table = by_level(plan.prepared.schools)
    if len(table) < 2:
        return []
    told = [
        ", ".join(
            f"{row.Index} {row.candidates} {word} {row.schools}" for row in table.itertuples()
        )
        for word in ("dari", "of")
    ]
    return [
        (
            f"Calon per jenjang, batasnya sama: {told[0]}. Satu jenjang saja: --level.",
            f"Candidates by level, by one threshold: {told[1]}. One level alone: --level.",
        )
    ]


def _stays(plan: RegroupingPlan, reason: pd.DataFrame) -> list[tuple[str, str]]:
    if not plan.prepared.schools["is_candidate"].any():
        limits = plan.prepared.limits
        kept = len({*limits.lock_open, *(into for _, into in limits.pairs)})
        locked = (
            (
                f" {kept} sekolah dikunci buka dan tidak menjadi calon.",
                f" {kept} {Counted(kept):school is|schools are} locked open and no"
                f" {Counted(kept):candidate|candidates}.",
            )
            if kept
            else ("", "")
        )
        return [
            (
                "Tidak ada calon menurut syarat ini: naikkan --min-pupils, atau sebut sekolahnya di"
                f" --candidates.{locked[0]}",
                "No school is a candidate by these rules: raise --min-pupils, or name schools in"
                f" --candidates.{locked[1]}",
            )
        ]
    counted = stays_open(plan, reason)
    if not counted:
        return []
    told = [", ".join(f"{own} {_STAYS[name][at]}" for name, own in counted.items())
            for at in (0, 1)]  # fmt: skip
    count = sum(counted.values())
    return [
        (
            f"{count} calon tetap buka: {told[0]}.",
            f"{count} {Counted(count):candidate stays|candidates stay} open: {told[1]}.",
        )
    ]


# Why a candidate stays open, in both languages.
_STAYS = {
    RECEIVES: ("menerima sekolah lain", "receiving other schools"),
    NO_POINT: ("tanpa koordinat yang dapat dipercaya", "without coordinates that can be believed"),
    NO_OTHER: (
        "tanpa sekolah lain yang jaraknya diketahui",
        "without another school whose distance is known",
    ),
    TOO_FAR: ("tanpa penerima dalam batas", "without a receiver within the limits"),
    NO_ROOM: ("yang penerimanya kekurangan ruang", "whose receivers lack rooms"),
    NOT_WORTH: (
        "yang jalannya lebih mahal daripada hematnya",
        "whose way costs more than is saved",
    ),
    AT_MOST: (
        "karena batas banyaknya penggabungan tercapai",
        "since as many merge as may",
    ),
    BETTER_OPEN: ("lebih hemat tetap buka", "better left open"),
}


def as_json(summary: dict[str, object]) -> bytes:
    """The summary as a file: UTF-8, one key a line."""
    return f"{json_text(summary)}\n".encode()


def _thousands(number: float) -> str:
    return f"{number:,.0f}".replace(",", ".")


def findings(faults: list[Fault], schools: pd.DataFrame) -> list[dict[str, object]]:
    """Everything to mend or know, one entry per finding, schools listed where several share it."""
    told: list[dict[str, object]] = []
    by_line = schools.set_index("line")["npsn"] if "line" in schools else pd.Series(dtype="str")
    for fault in faults:
        one: dict[str, object] = {
            "code": fault.code,
            "row": row_shown(fault.row),
            "npsn": fault.details.get("npsn", by_line.get(fault.row, "") if fault.row else ""),
            "message": fault.message("id"),
            "message_en": fault.message("en"),
            "remedy": fault.remedy("id"),
            "remedy_en": fault.remedy("en"),
        }
        if fault.code == ROOMS_SHORT:
            one["schools"] = short_of_rooms(schools).drop(columns="name").to_dict("records")
        told.append(one)
    return told
