"""What the page on regrouping shows of a plan, in words and rows; counts come from analytics."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from analytics import regrouping_reasons as why
from analytics.regrouping import RegroupingPlan, rombel_formed
from analytics.regrouping_candidates import BY_HAND
from analytics.regrouping_condition import damaged_rooms_share
from pages.shared import load_regrouping
from pages.shared.load_regrouping import Question
from pages.shared.words import number, t


def action_names() -> dict[str, str]:
    """What a plan does with a school."""
    return {"open": t("tetap buka"), "merge": t("bergabung")}


def exempt_names() -> dict[str, str]:
    """Why a school is left out of mergers."""
    return {
        BY_HAND: t("dikecualikan dengan tangan"),
        "is_remote": t("dikecualikan: 3T atau terpencil"),
        "is_special": t("dikecualikan: sekolah khusus"),
        "is_integrated": t("dikecualikan: satu atap"),
    }


def point_faults() -> dict[str, str]:
    """Why a point is not believed, and what to do."""
    return {
        "coordinate_missing": t("koordinat kosong: isi lintang dan bujurnya"),
        "coordinate_zero": t("koordinat nol: isi yang sebenarnya"),
        "coordinate_unusable": t("koordinat terpotong: isi lengkap dengan desimalnya"),
        "coordinate_swapped": t("lintang dan bujur tertukar: tukar isinya"),
        "coordinate_outside": t("titik di luar wilayah: periksa lintang dan bujurnya"),
        "coordinate_shared": t("satu titik dengan sekolah lain: isi titik masing-masing"),
    }


@lru_cache(maxsize=32)
def schools(question: Question, plan: RegroupingPlan, language: str) -> pd.DataFrame:  # noqa: ARG001
    """Every school of a plan, one row each, in the plan's order.

    Returns
    -------
    ``npsn, name, place, kecamatan, village, action, action_said, into, into_name, distance_km``
    (NaN where it stays), ``pupils, rombel_before, rombel_after`` (0 where it merges), ``rooms,
    heavy`` (rooms left out), ``usable`` (rooms; NaN: not known), ``class_size, reason,
    reason_said, point_code, is_spread`` (pupils split evenly over grades), ``damaged_pct``
    (classrooms damaged as the question counts them; NaN: not known).
    """
    told = plan.prepared.schools
    name = told.set_index("npsn")["name"]
    _, found = load_regrouping.asked(question)
    reason = why.reasons(plan, found)
    table = plan.table
    into = table["into"].astype("str")
    village = told["village"].fillna("").astype("str")
    receivers = table.loc[table["action"] == "merge"].groupby("into")["npsn"].apply(list)
    spread = load_regrouping.spread_schools(question.key)
    rows = pd.DataFrame(
        {
            "npsn": told["npsn"],
            "name": told["name"].astype("str"),
            "place": [
                ", ".join(one for one in pair if one)
                for pair in zip(village, told["kecamatan"].astype("str"), strict=True)
            ],
            "kecamatan": told["kecamatan"].astype("str"),
            "village": village,
            "action": table["action"],
            "action_said": table["action"].map(action_names()),
            "into": into,
            "into_name": into.map(name).fillna(""),
            "distance_km": table["distance_km"].where(table["action"] == "merge"),
            "pupils": told["pupil_count"].astype("int64"),
            "rombel_before": told["rombel_today"].astype("int64"),
            "rombel_after": rombel_formed(plan.prepared.programme, plan.solution.into).sum(axis=1),
            "rooms": told["rooms_counted"].astype("int64"),
            "heavy": told["heavy_left_out"].astype("int64"),
            "usable": told["rooms_usable"].astype("float64"),
            "reason": reason["reason"],
            "nearest_km": reason["nearest_km"],
            "point_code": told["point_code"].astype("str"),
            "exempt_by": found.set_index("npsn")["exempt_by"].reindex(told["npsn"]).to_numpy(),
            "is_spread": told["npsn"].isin(spread),
            "damaged_pct": 100 * damaged_rooms_share(told, question.rules.damaged_from),
        }
    )
    rows["class_size"] = (rows["pupils"] / rows["rombel_before"]).round(1)
    rows["reason_said"] = [_said(row, name, receivers) for row in rows.itertuples()]
    return rows


def _said(row: object, name: pd.Series, receivers: pd.Series) -> str:
    """One reason as a sentence."""
    reason = str(row.reason)  # type: ignore[attr-defined]
    into = str(row.into_name)  # type: ignore[attr-defined]
    km = number(row.distance_km, 1)  # type: ignore[attr-defined]
    near = row.nearest_km  # type: ignore[attr-defined]
    if reason == why.MERGES:
        return t("bergabung ke {into}, {km} km", into=into, km=km)
    if reason == why.LOCKED_CLOSED:
        return t("dikunci tutup: bergabung ke {into}, {km} km", into=into, km=km)
    if reason == why.RECEIVES:
        coming = [str(name.get(one, one)) for one in receivers.get(row.npsn, [])]  # type: ignore[attr-defined]
        return t("menerima {schools}", schools=", ".join(coming))
    if reason == why.NO_POINT:
        return point_faults().get(str(row.point_code), t("jaraknya tidak diketahui"))  # type: ignore[attr-defined]
    if reason == why.EXEMPT:
        return exempt_names().get(str(row.exempt_by), t("dikecualikan"))  # type: ignore[attr-defined]
    if reason == why.TOO_FAR and pd.notna(near):
        return t("tidak ada penerima dalam batas; sekolah terdekat {km} km", km=number(near, 1))
    return {
        why.LOCKED_OPEN: t("dikunci buka"),
        why.LARGE: t("bukan calon menurut syarat"),
        why.NO_OTHER: t("tidak ada sekolah lain yang jaraknya diketahui"),
        why.TOO_FAR: t("tidak ada penerima dalam batas"),
        why.NO_ROOM: t("ruang semua penerima dalam jangkauan tidak cukup"),
        why.NOT_WORTH: t("jalannya lebih mahal daripada hematnya"),
        why.AT_MOST: t("batas banyaknya penggabungan tercapai"),
        why.BETTER_OPEN: t("rencana lebih hemat bila tetap buka"),
    }.get(reason, reason)


@lru_cache(maxsize=32)
def merges(question: Question, plan: RegroupingPlan, few: int, language: str) -> pd.DataFrame:
    """One row per closing school with what follows; most saved first.

    Returns
    -------
    ``npsn, name, into_name, place, into_place, distance_km, pupil_count, rombel_before,
    rombel_after`` (of both together), ``classes_fewer, rooms_freed, saved``.
    """
    answer = load_regrouping.outcome_of(plan, few)
    rows = schools(question, plan, language).set_index("npsn")
    group = answer.receivers.set_index("npsn")
    table = answer.merges
    own = rows.loc[table["npsn"]].reset_index()
    return table.assign(
        name=own["name"].to_numpy(),
        place=own["place"].to_numpy(),
        village=own["village"].to_numpy(),
        kecamatan=own["kecamatan"].to_numpy(),
        into_name=own["into_name"].to_numpy(),
        into_place=rows.loc[table["into"], "place"].to_numpy(),
        group_before=group.loc[table["into"], "rombel_before"].to_numpy(),
        group_after=group.loc[table["into"], "rombel_after"].to_numpy(),
        class_after=group.loc[table["into"], "class_size_after"].round(1).to_numpy(),
        room_count=group.loc[table["into"], "rooms"].to_numpy(),
    ).sort_values(["saved", "npsn"], ascending=[False, True], ignore_index=True)
