"""The figures of a headline, and what must be known before they are believed.

Where no need is known, posts left empty are not told at all: nought would say that all are filled.
Method: docs/method.md eq. 314.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.mix import Mix
from analytics.mix_told import in_short, rupiah, years_told
from analytics.options import TRANSFER_IN
from analytics.pay_path import PayPath
from analytics.replacement import Gap
from analytics.scenario import Scenario
from analytics.scenario import told as worded
from analytics.scenario_role_words import in_words
from analytics.scenario_shortfall import cases_told, price_and_worth
from analytics.scenario_stages import Stages
from analytics.scenario_terms import has_price

PART_TIME = "PPPK_PW"
DECIMALS = 6
# Codes of what is found.
NOTHING_COMPUTED, SOME_NOT_COMPUTED = "nothing_computed", "some_not_computed"
BOOKED_BELOW_PAY, CAP_STAYS_OVER = "booked_below_pay", "cap_stays_over"
TRANSFER_UNPRICED = "transfer_unpriced"


@dataclass(frozen=True)
class Finding:
    """Something to be known before the numbers are believed, in both languages."""

    code: str
    text_id: str
    text_en: str


def summary(  # noqa: PLR0913 - everything a headline speaks of
    told: Scenario,
    stages: Stages,
    tables: Mapping[str, pd.DataFrame],
    found: Gap,
    path: PayPath,
    granted: Mix,
    planned: Mix,
    before: pd.DataFrame | None,
) -> dict[str, object]:
    """The figures of a headline: whole people and rupiah, shares to six decimals.

    Posts (``unfilled_count``, ``unfilled_post_years``, ``surplus_count``) are None where no need is
    known; ``not_computed_people_count`` are people of today in posts without one, in none of them.
    ``before``: the gauge with nobody hired, None where no budget is known.
    """
    staff, money, filling = tables["staff"], tables["money"], tables["filling"]
    level, account = tables["gauge"], tables["staff_account"]
    leaves = account.loc[account["change_count"] < 0, "change_count"].sum()
    last = filling["year"].max()
    ends = filling.loc[filling["year"] == last]
    own = level.loc[level["is_binding"].astype(bool)] if len(level) else level
    over = own.loc[own["room_idr"] < 0, "year"]
    first_binding = None if own.empty else own.iloc[0]
    breaks = tables["service_breaks"]
    is_known = bool(filling["is_computed"].any())
    has_plan = bool(granted.formations.any())
    return {
        "changed_levers": {key: worded(value) for key, value in told.of_all()},
        "start_count": int(staff["start_count"].iloc[0]),
        "end_count": int(staff["end_count"].iloc[-1]),
        "leaver_count": int(-leaves),
        "post_leaver_count": round(float(granted.question.leavers.sum())),
        "part_time_apart_count": _part_time_apart(stages, told),
        "hired_count": int(
            account.loc[account["step"].str.startswith("masuk_"), "change_count"].sum()
        ),
        "formation_count": int(tables["plan"]["formation_count"].sum()),
        "unfilled_count": _posts(ends, "unfilled_count") if is_known else None,
        "unfilled_post_years": _posts(filling, "unfilled_count") if is_known else None,
        "surplus_count": _posts(ends, "surplus_count") if is_known else None,
        "not_computed_people_count": round(not_computed_today(found)),
        "apbd_idr": int(money["apbd_idr"].sum()),
        "apbd_last_year_idr": int(money["apbd_idr"].iloc[-1]),
        "apbd_last_year_p10_idr": int(money["apbd_p10_idr"].iloc[-1]),
        "apbd_last_year_p90_idr": int(money["apbd_p90_idr"].iloc[-1]),
        "beside_pay_idr": int(money["beside_pay_idr"].sum()),
        "has_budget": len(level) > 0,
        "cap_ratio_first_binding": (
            None if first_binding is None else round(float(first_binding["ratio_share"]), 6)
        ),
        "cap_chance_first_binding": (
            None if first_binding is None else round(float(first_binding["over_chance"]), 6)
        ),
        "cap_ratio_worst": None if own.empty else round(float(own["ratio_share"].max()), 6),
        "cap_first_binding_year": None if first_binding is None else int(first_binding["year"]),
        "cap_years_over": [int(year) for year in over],
        "broken_role_count": len(breaks) if is_known else None,
        "first_break_year": None if breaks.empty else int(breaks["breaks_in"].min()),
        "merged_school_count": len(tables["mergers"]),
        "moved_teacher_count": int(tables["moves"]["moved_count"].sum()),
        "plan_rule": str(told["plan.rule"]),
        "objective_value": round(float(granted.value), 2) if is_known else None,
        "told": [
            [one.code, one.text_id, one.text_en]
            for one in in_words(in_short(planned.told), stages.facts.rulebook)
        ],
        "findings": [
            [one.code, one.text_id, one.text_en]
            for one in findings(told, stages, found, level, before if has_plan else None)
        ],
        "need_held_from_year": stages.held_from(told),
        "unpriced_count": int((~path.is_priced).sum()),
        **_shortfall_figures(tables["shortfall"]),
    }


def not_computed_today(found: Gap) -> float:
    """People on duty today in posts whose need is not known in any year."""
    return float(found.start[~found.is_computed.any(axis=1)].sum())


def findings(
    told: Scenario, stages: Stages, found: Gap, level: pd.DataFrame, before: pd.DataFrame | None
) -> list[Finding]:
    """What must be known of needs and of the APBD. Method: docs/method.md eq. 237, 314.

    Parameters
    ----------
    level, before
        The gauge under the plan, and with nobody hired; None where there is no plan.
    """
    out = [_needs(stages, found), booked_below_pay(level), _without_price(stages, told)]
    if before is not None and told["plan.keep_cap"] and told["plan.cap_where_over"] != "law":
        out.append(_stays_over(level, before))
    return [one for one in out if one is not None]


def _needs(stages: Stages, found: Gap) -> Finding | None:
    people = round(not_computed_today(found))
    if not found.is_computed.any():
        return Finding(
            NOTHING_COMPUTED,
            "Kebutuhan tidak satu jabatan pun diketahui: jabatan kosong belum dihitung. Muat data"
            " murid atau ABK.",
            "The need of no post is known: empty posts are not computed. Load pupils or an ABK.",
        )
    if not people:
        return None
    silent = found.cells["role_group"][~found.is_computed.any(axis=1) & (found.start > 0)]
    names = stages.facts.rulebook.role_groups.set_index("role_group")
    groups = silent.value_counts().index
    said = {
        language: ", ".join(
            str(names[f"label_{language}"].get(group, group)).lower() for group in groups
        )
        for language in ("id", "en")
    }
    return Finding(
        SOME_NOT_COMPUTED,
        f"{people} orang berada di jabatan yang kebutuhannya belum dihitung ({said['id']}); yang"
        " kosong di sana tidak termasuk jabatan kosong.",
        f"{people} people are in posts whose need is not computed ({said['en']}); what is empty"
        " there is in no count of empty posts.",
    )


def booked_below_pay(level: pd.DataFrame) -> Finding | None:
    """That personnel spending as booked is less than the pay of whoever is on the roster."""
    if level.empty or not (level["other_idr"] < 0).any():
        return None
    indonesian, english = rupiah(-float(level["other_idr"].min()))
    return Finding(
        BOOKED_BELOW_PAY,
        f"Belanja pegawai yang tercatat {indonesian} lebih kecil daripada gaji setahun orang di"
        " daftar: angka APBD, tunjangan guru di dalamnya, atau daftar pegawainya tidak cocok."
        " Selisih itu ikut mengurangi rasio terhadap batas 30%; periksa sebelum dipakai.",
        f"Personnel spending as booked is {english} less than a year's pay of those on the roster:"
        " the APBD, the teacher allowances in it, or the roster do not fit. That difference lowers"
        " the ratio to the 30% limit; check it before use.",
    )


def _without_price(stages: Stages, told: Scenario) -> Finding | None:
    """That transfers in stand outside every plan, since nobody's pay says what they cost."""
    if not told[f"option.is_on/{TRANSFER_IN}"] or has_price(stages, told, TRANSFER_IN):
        return None
    return Finding(
        TRANSFER_UNPRICED,
        "Mutasi masuk tidak dipakai: biayanya menurut gaji PNS hari ini, dan tidak ada PNS"
        " bergolongan di daftar pegawai.",
        "Transfers in are not used: they cost what PNS of today cost, and the roster holds no PNS"
        " with a grade.",
    )


def _stays_over(level: pd.DataFrame, before: pd.DataFrame) -> Finding | None:
    """That the plan keeps to the ratio of the year of the data, not to the cap itself.

    Only of years in which that ratio, with nobody hired, is above the cap and holds: where it is
    below, the cap itself is kept; where the year passes it with nobody hired, nobody is.
    """
    start = float(before["ratio_share"].iloc[0])
    is_held = (before["limit_share"] < start) & (before["ratio_share"] <= start)
    over = level.loc[level["is_binding"].astype(bool) & (level["room_idr"] < 0) & is_held]
    if over.empty:
        return None
    years = years_told([int(year) for year in over["year"]])
    at = f"{start * 100:.1f}"
    cap = f"{float(over['limit_share'].iloc[0]) * 100:.0f}"
    return Finding(
        CAP_STAYS_OVER,
        f"Rencana ini di atas batas {cap}% pada {years}. Yang dijaganya ialah rasio tahun data"
        f" ({at.replace('.', ',')}%), bukan batas itu; menurut hukum: tuas 'Bila batas 30% sudah"
        " lewat'.",
        f"This plan is above the limit of {cap}% in {years}. What it keeps to is the ratio of the"
        f" year of the data ({at}%), not that limit; by the law: lever 'Where the 30% limit is"
        " passed'.",
    )


def _posts(rows: pd.DataFrame, column: str) -> float:
    return round(float(rows[column].sum()), DECIMALS)


def _shortfall_figures(table: pd.DataFrame) -> dict[str, object]:
    """Every plan in every case, and what the robust plan costs and saves."""
    told = cases_told(table)
    worth = price_and_worth(told)
    return {
        "shortfall": [
            {key: _rounded(one) for key, one in row.items()}
            for row in told.to_dict(orient="records")
        ],
        "robust_worth": worth and {key: round(one, DECIMALS) for key, one in worth.items()},
    }  # fmt: skip


def _rounded(value: object) -> object:
    """A figure to six decimals; None where it is not known."""
    if not isinstance(value, float):
        return value
    return None if np.isnan(value) else round(value, DECIMALS)


def _part_time_apart(stages: Stages, told: Scenario) -> int:
    """P3K part time of today, who are staff and fill no post unless a lever says so."""
    if told["need.count_part_time"]:
        return 0
    return int((stages.facts.posted["employment"] == PART_TIME).sum())
