"""What decides: which lever matters most, how far one must go, what one more formation is worth."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping

import pandas as pd
import streamlit as st

from analytics.mix_told import FLOOR_UNMET
from analytics.scenario import Scenario
from analytics.scenario_compare import MEASURES
from analytics.scenario_levers import lever
from analytics.scenario_run import BEST
from pages.shared import (
    charts,
    gauge_figures,
    inputs,
    layout,
    load_scenarios,
    load_searches,
    scenario_figures,
)
from pages.shared.load_scenarios import Key, RefusedError
from pages.shared.load_searches import Search
from pages.shared.scenario_link import read
from pages.shared.scenario_view import Seen
from pages.shared.scenario_words import lever_name, measure_names, measure_said, value_said
from pages.shared.words import language, names, percent, t

_SHOWN = 10
_RATIO, _POSTS = "cap_ratio", "unfilled_post_years"
# What the goal seek opens on: the first that is known, all of them moved by the levers sought.
_GOALS = (_RATIO, _POSTS, "apbd_idr")
# Levers of numbers that a government can pull, and one that it cannot.
_SOUGHT = (
    "plan.replacement_ratio",
    "plan.most_formations",
    "budget.growth_share",
    "budget.transfer_cut_share",
    "pay.yearly_raise_share",
    "pupils.births_factor",
)
_ASKED, _BEGUN = "_dihitung", "_dicari"
_LOOK_SECONDS = 0.7


def _asked(what: str, view: Seen, label: str, *more: object) -> bool:
    """A button that starts long work; once pressed, the answer stays for the same question."""
    mark = (view.told.digest, *more)
    held: dict[str, object] = st.session_state.setdefault(_ASKED, {})
    if held.get(what) == mark:
        return True
    if st.button(label, key=f"hitung-{what}", icon=":material/calculate:"):
        held[what] = mark
        return True
    return False


@st.fragment(run_every=_LOOK_SECONDS)
def _under_way(what: str, search: Search, told: str) -> None:
    """How far the work is, looked at now and then, and a button to give up."""
    share = load_searches.share_done(search)
    if share is None or what not in st.session_state.get(_ASKED, {}):
        st.rerun()
    if load_searches.is_in_queue(search):
        told = t("Menunggu giliran: pencarian lain sedang berjalan")
    st.progress(share, f"{told} ({percent(share, 0)})")
    st.button(
        t("Hentikan"),
        key=f"hentikan-{what}",
        icon=":material/stop_circle:",
        on_click=_given_up,
        args=(what, search),
    )


def _given_up(what: str, search: Search) -> None:
    st.session_state.get(_ASKED, {}).pop(what, None)
    load_searches.stop(search)


def only_about(key: Key, told: Scenario) -> None:
    """Give up what this visitor asked about another scenario than the one on screen."""
    begun: dict[str, Search] = st.session_state.get(_BEGUN, {})
    for what, search in list(begun.items()):
        if not search.is_about(key, told):
            load_searches.stop(begun.pop(what))


def _only(what: str, search: Search, *, is_asked: bool) -> None:
    """What this visitor asked before and no longer looks at is given up."""
    begun: dict[str, Search] = st.session_state.setdefault(_BEGUN, {})
    if what in begun and begun[what] != search:
        load_searches.stop(begun.pop(what))
    if is_asked:
        begun[what] = search


def tornado(view: Seen) -> None:
    """Which lever moves a measure most."""
    st.markdown(f"#### {t('Tuas mana yang paling menentukan?')}")
    known = _known_names(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _POSTS if _POSTS in known else next(iter(known))
        measure = inputs.choice("ukuran_penentu", t("Ukuran"), known, first, widget="select")
        go = _asked("tornado", view, t("Geser setiap tuas"), measure)
    search = load_searches.of_tornado(view.key, view.told, measure)
    _only("tornado", search, is_asked=go)
    if not go:
        layout.note(t("Setiap tuas digeser sendiri-sendiri ke nilai rendah dan tinggi."))
        return
    try:
        table = load_searches.tornado(view.key, view.told, measure)
    except RefusedError as error:
        layout.caution(str(error))
        return
    if table is None:
        _under_way("tornado", search, t("Menggeser setiap tuas"))
        return
    table = table.loc[table["span"] > 0].head(_SHOWN)
    if table.empty or table["base_value"].isna().all():
        layout.note(t("Tidak satu tuas pun menggeser ukuran ini, atau APBD belum diisi."))
        return
    unit = MEASURES[measure].unit
    rows = table.assign(
        label=[lever_name(lever(key), key.partition("/")[2]) for key in table["key"]],
        **{f"{side}_said": [_end(row, side, unit) for row in table.to_dict("records")]
           for side in ("low", "high")},
    )  # fmt: skip
    charts.draw(
        scenario_figures.tornado(
            rows,
            float(table["base_value"].iloc[0]),
            t(
                "{lever} paling menentukan: {measure} {low} sampai {high}",
                lever=rows["label"].iloc[0],
                measure=_within(measure_names()[measure]),
                low=measure_said(unit, float(table[["low_value", "high_value"]].iloc[0].min())),
                high=measure_said(unit, float(table[["low_value", "high_value"]].iloc[0].max())),
            ),
            unit,
        ),
        "tuas-penentu",
        height=120 + 40 * len(rows),
    )
    layout.table(
        rows,
        [
            layout.Column("label", t("Tuas"), width="large"),
            layout.Column("low_said", t("Rendah")),
            layout.Column("high_said", t("Tinggi")),
            layout.Column(
                "source" if language() == "id" else "source_en",
                t("Sumber rentang"),
                width="medium",
            ),
        ],
        "tuas-penentu-tabel",
    )
    if unproved := _unproved(rows):
        layout.note(
            t(
                "Rencananya belum terbukti yang terbaik dalam waktunya, jadi angkanya dapat lebih"
                " baik: {names}.",
                names=names(unproved),
            )
        )


def _unproved(rows: pd.DataFrame) -> list[str]:
    """Ends of levers at which the plan was not proved: the lever with its value."""
    sides = (("low", "is_low_proved"), ("high", "is_high_proved"))
    return [
        f"{row['label']} {_given(row, side)}"
        for row in rows.to_dict("records")
        for side, proved in sides
        if not row[proved]
    ]


def _end(row: Mapping[Hashable, object], side: str, unit: str) -> str:
    return f"{_given(row, side)}: {measure_said(unit, float(str(row[f'{side}_value'])))}"


def _given(row: Mapping[Hashable, object], side: str) -> str:
    """The value of the lever at an end, in words."""
    key = str(row["key"])
    own, thing = lever(key), key.partition("/")[2]
    given = str(row[side])
    try:
        return value_said(own, read(key, given), thing)
    except ValueError:
        return given


def goal(view: Seen) -> None:
    """How far each lever alone must be moved to reach a target."""
    heading = st.container()
    known = _known_names(view)
    first = next((one for one in _GOALS if one in known), next(iter(known)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = inputs.choice("ukuran_sasaran", t("Ukuran"), known, first, widget="select")
        target = _target(view, measure)
        go = _asked("sasaran", view, t("Cari nilainya"), measure, target)
    heading.markdown(f"#### {_goal_question(measure)}")
    search = load_searches.of_seek(view.key, view.told, _SOUGHT, measure, target)
    _only("sasaran", search, is_asked=go)
    if not go:
        layout.note(t("Setiap tuas dicari sendiri-sendiri, yang lain tetap."))
        return
    try:
        table = load_searches.seeks(view.key, view.told, _SOUGHT, measure, target)
    except RefusedError as error:
        layout.caution(str(error))
        return
    if table is None:
        _under_way("sasaran", search, t("Mencari nilai tuas"))
        return
    unit = MEASURES[measure].unit
    rows = pd.DataFrame(
        {
            "lever": [lever_name(lever(key)) for key in table["key"]],
            "now": [value_said(lever(key), read(key, now)) for key, now in _pairs(table, "now")],
            "needed": [
                value_said(lever(key), read(key, value)) if reach else t("tidak cukup sendirian")
                for (key, value), reach in zip(
                    _pairs(table, "value"), table["can_reach"], strict=True
                )
            ],
            "reached": [measure_said(unit, float(one)) for one in table["reached"]],
        }
    )
    can = int(table["can_reach"].sum())
    st.markdown(
        "**"
        + t(
            "{n} dari {all} tuas sendirian membawa {measure} ke {target} atau kurang",
            n=can,
            all=len(table),
            measure=_within(measure_names()[measure]),
            target=measure_said(unit, target),
        )
        + "**"
    )
    layout.table(
        rows,
        [
            layout.Column("lever", t("Tuas"), width="large"),
            layout.Column("now", t("Sekarang")),
            layout.Column("needed", t("Harus menjadi")),
            layout.Column("reached", t("Hasilnya")),
        ],
        "sasaran",
    )


def _goal_question(measure: str) -> str:
    """What a goal seek on a measure asks."""
    if MEASURES[measure].unit == "bagian":
        return t("Apa yang menjaga kita di bawah batas?")
    return t("Apa yang menurunkan {measure}?", measure=_within(measure_names()[measure]))


def _within(name: str) -> str:
    """A name within a sentence: APBD stays what it is."""
    return name[:1].lower() + name[1:]


def _pairs(table: pd.DataFrame, column: str) -> list[tuple[str, str]]:
    return list(zip(table["key"].astype("str"), table[column].astype("str"), strict=True))


def known_measures(view: Seen) -> dict[str, float]:
    """The measures that are known of a result, with their values: no ratio without an APBD."""
    values = {key: one.of(view.result) for key, one in MEASURES.items()}
    return {key: value for key, value in values.items() if math.isfinite(value)}


def _known_names(view: Seen) -> dict[str, str]:
    known = known_measures(view)
    return {key: name for key, name in measure_names().items() if key in known}


def _target(view: Seen, measure: str) -> float:
    """The target of a measure: the limit, or what the visitor types."""
    unit, now = MEASURES[measure].unit, MEASURES[measure].of(view.result)
    if unit == "bagian":
        limit = now if view.gauge is None else gauge_figures.standing(view.gauge).limit_share
        given = st.number_input(
            t("Paling banyak (%)"), 0.0, None, round(100 * limit, 2), 0.5,
            format="%.10g", key=f"sasaran-{measure}", width=180,
        )  # fmt: skip
        return round(given / 100, 6)
    scale = 1e9 if unit == "Rp" else 1.0
    label = t("Paling banyak (Rp miliar)") if scale > 1 else t("Paling banyak")
    given = st.number_input(
        label, 0.0, None, max(float(round(now / 2 / scale)), 0.0), 1.0,
        format="%.10g", key=f"sasaran-{measure}", width=180,
    )  # fmt: skip
    return given * scale


def worth(view: Seen) -> None:
    """What one more formation, or one billion more, is worth: told in words."""
    if view.told["plan.rule"] != BEST:
        layout.note(t("Nilai satu formasi lagi dihitung untuk bauran terbaik."))
        return
    if not _asked("nilai", view, t("Berapa nilai satu formasi lagi?")):
        return
    try:
        found = load_scenarios.worth(view.key, view.result)
    except RefusedError as error:
        layout.caution(str(error))
        return
    told = [one.text_id if language() == "id" else one.text_en for one in found]
    if not told and any(one.code == FLOOR_UNMET for one in view.result.planned.told):
        layout.note(
            t(
                "Lantai layanan tidak terjangkau: satu formasi lagi lebih dahulu mengisi lantai"
                " itu, jadi nilainya tidak dihitung sendiri."
            )
        )
    elif not told:
        layout.note(
            t(
                "Ada batas yang habis terpakai, tetapi dengan satu lagi tidak ditemukan rencana"
                " yang lebih baik."
            )
            if view.result.planned.binding
            else t("Tidak ada batas yang menahan rencana ini.")
        )
    for one in told:
        st.markdown(f"- {one}")
