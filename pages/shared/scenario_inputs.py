"""The levers on screen: by group, each in the widget its kind wants; moved ones marked.

Only the group that is open is drawn. What a widget holds is the lever's value in the scenario; it
never lives twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

from analytics.scenario import Scenario
from analytics.scenario_levers import FAMILY, Lever, Value, catalogue, lever
from pages.shared import layout, load, retirement_view, scenario_held, scenario_shown
from pages.shared import limit_readings as disputed
from pages.shared.gauge_figures import option_names
from pages.shared.scenario_words import (
    MAIN,
    choice_names,
    group_names,
    lever_name,
    role_name,
    thing_name,
    unit_name,
    value_said,
)
from pages.shared.words import number, t, tn, value

# What is asked most.
_MAIN = (
    "plan.rule",
    "plan.replacement_ratio",
    "plan.money_idr",
    "plan.keep_cap",
    "law.proposal",
    "pupils.births_factor",
    "regrouping.is_on",
    "redistribution.is_on",
    "budget.growth_share",
    "budget.transfer_cut_share",
)
_MOST_STEPS = 200
_THINGS_AT_ONCE = 8
_PREFIX = "tuas:"


def levers(now: Scenario) -> None:
    """The panel: the horizon, a group of levers, those that were moved with their reasons."""
    st.markdown(f"#### {t('Tuas')}")
    _horizon(now)
    moved = {key for key, _ in now.values}
    counted = {
        group: sum(
            1 for key in moved if lever(key).group == group or (group == MAIN and key in _MAIN)
        )
        for group in group_names()
    }
    names = {
        group: f"{name} ({counted[group]})" if counted[group] else name
        for group, name in group_names().items()
    }
    group = st.selectbox(
        t("Kelompok tuas"),
        options=list(names),
        format_func=lambda one: names[one],
        key="kelompok-tuas",
        placeholder=t("Pilih"),
        help=t("Angka dalam kurung: tuas yang diubah."),
    )
    for own, thing in _of_group(group or MAIN, now):
        _widget(own, thing, now)


def _horizon(now: Scenario) -> None:
    day = load.as_of()
    key = f"{_PREFIX}years"
    scenario_shown.show(key, now.years)
    st.slider(
        t("Sampai akhir {year}", year=day.year + now.years),
        1,
        10,
        now.years,
        key=key,
        format=f"%d {t('tahun')}",
        on_change=_looked_ahead,
        args=(key,),
    )


def _looked_ahead(key: str) -> None:
    if not scenario_shown.is_echo(key):
        scenario_held.move_years(int(st.session_state[key]))


def _of_group(group: str, now: Scenario) -> Iterator[tuple[Lever, str]]:
    """The levers to draw, and what each is about."""
    if group == MAIN:
        yield from ((catalogue()[key], "") for key in _MAIN)
        return
    families: dict[str, list[Lever]] = {}
    for own in catalogue().values():
        if own.group != group:
            continue
        if own.is_family:
            families.setdefault(_kind_of_things(own), []).append(own)
        else:
            yield own, ""
    for kind, members in families.items():
        things = _things(kind)
        if things and (len(things) > _THINGS_AT_ONCE or len(members) > 1):
            things = [_chosen_thing(kind, members[0], things, now)]
        for thing in things:
            yield from ((own, thing) for own in members)


def _kind_of_things(own: Lever) -> str:
    head = own.key.removesuffix(FAMILY)
    if head.startswith("option."):
        return "option"
    return head


def _things(kind: str) -> list[str]:
    """What the levers of a family may be about."""
    if kind == "option":
        return list(option_names())
    if kind == "law.reading":
        return list(retirement_view.dispute_names())
    if kind == "law.local_age":
        return [f"{role_group}/{jenjang}" for role_group, jenjang in load.unsettled_ages()]
    if kind == "plan.fixed":
        return []
    own = catalogue()[kind + FAMILY]
    return [one for one in own.choices if one]


def _chosen_thing(kind: str, own: Lever, things: list[str], now: Scenario) -> str:
    """The one thing of a long family that is looked at."""
    moved = {key.partition("/")[2] for key, _ in now.values if lever(key).group == own.group}
    names = {
        thing: ("● " if thing in moved else "") + (thing_name(own, thing) or thing)
        for thing in things
    }
    chosen = st.selectbox(
        {
            "option": t("Pilihan"),
            "pay.tpp": t("Kelompok jabatan"),
            "law.local_age": t("Jabatan yang BUP-nya belum pasti"),
        }.get(kind, t("Tentang")),
        options=things,
        format_func=lambda one: names.get(one, one),
        key=f"tentang:{kind}",
        placeholder=t("Pilih"),
    )
    return chosen or things[0]


def _widget(own: Lever, thing: str, now: Scenario) -> None:
    """One lever."""
    name = own.key.removesuffix("*") + thing if thing else own.key
    held = now[name]
    is_moved = name in dict(now.values)
    shown: dict[str, Any] = {
        "label": f"{'● ' if is_moved else ''}{lever_name(own, thing)}",
        "key": _PREFIX + name,
        "help": _help(own, thing),
        "on_change": _taken(own, name),
    }
    if own.kind == "switch" and own.default is not None:
        scenario_shown.show(shown["key"], bool(held))
        st.toggle(value=bool(held), **shown)
    elif own.kind == "switch":
        _tri_state(shown, held)
    elif own.kind == "choice":
        names = choice_names(own, thing)
        held = held if held in names else next(iter(names))
        scenario_shown.show(shown["key"], held)
        st.selectbox(
            options=list(names),
            index=list(names).index(held),
            format_func=lambda one: names.get(one, one),
            placeholder="",
            **shown,
        )
    elif own.kind == "list":
        _list(own, shown, held)
    else:
        _number(own, shown, held)


def limit_readings(now: Scenario) -> None:
    """The levers on what is disputed about the limit, beside the gauge and not among the others."""
    with disputed.beside_gauge():
        for name, label in disputed.labels().items():
            held = now[name]
            key = f"tafsir:{name}"
            names = disputed.reading_names(name)
            given = next(one for one, reading in disputed.READINGS.items() if reading is held)
            scenario_shown.show(key, given)
            st.segmented_control(
                label,
                options=list(names),
                default=given,
                format_func=names.__getitem__,
                required=True,
                key=key,
                help=_help(lever(name), ""),
                on_change=_read_limit(name, key),
            )


def _read_limit(name: str, key: str) -> Callable[[], None]:
    def read() -> None:
        if not scenario_shown.is_echo(key):
            scenario_held.move(name, disputed.READINGS[str(st.session_state[key])])

    return read


def _tri_state(shown: dict[str, Any], held: Value) -> None:
    names = {"": t("aturan"), "1": t("ya"), "0": t("tidak")}
    given = "" if held is None else "1" if held else "0"
    scenario_shown.show(shown["key"], given)
    st.segmented_control(
        options=list(names),
        default=given,
        format_func=lambda one: names[one],
        required=True,
        **shown,
    )


def _list(own: Lever, shown: dict[str, Any], held: Value) -> None:
    members = list(held) if isinstance(held, tuple) else []
    if own.choices:
        names = choice_names(own)
        scenario_shown.show(shown["key"], members)
        st.multiselect(
            options=list(own.choices),
            default=members,
            format_func=lambda one: names.get(one, one),
            placeholder=t("Pilih"),
            **shown,
        )
    else:
        given = " ".join(members)
        scenario_shown.show(shown["key"], given)
        st.text_input(value=given, placeholder=t("NPSN, dipisah spasi"), **shown)


def _number(own: Lever, shown: dict[str, Any], held: Value) -> None:
    """A slider where today's value is known and the steps are few; else a field."""
    scale = _scale(own)
    low, high, step = ((one or 0.0) * scale for one in (own.low, own.high, own.step))
    is_slider = own.default is not None and bool(step) and (high - low) / step <= _MOST_STEPS
    # A field takes half a per cent, a slider goes in the lever's own steps.
    is_whole = own.kind == "whole" or (is_slider and scale > 1 and step >= 1)
    kind: Callable[[float], float | int] = _rounded_whole if is_whole else _rounded
    given = None if held is None else kind(float(held) * scale)  # type: ignore[arg-type]
    bounds: dict[str, Any] = {
        "min_value": kind(low),
        "max_value": kind(high),
        "value": given,
        "step": kind(step),
    }
    scenario_shown.show(shown["key"], given)
    unit = unit_name(own.unit)
    if is_slider:
        # A fraction with the decimal mark of the browser: a shape of ours always has a point.
        if not is_whole and unit and unit not in shown["label"]:
            shown["label"] += f" ({unit})"
        shape = f"%d {unit.replace('%', '%%')}" if is_whole else "localized"
        st.slider(format=shape, **bounds, **shown)
        return
    if unit:
        shown["label"] += f" ({unit})"
    usual = t("seperti aturan dan data")
    st.number_input(placeholder=usual, format="%d" if is_whole else "%g", **bounds, **shown)
    if own.unit.startswith("Rp") and held is not None:
        layout.note(value_said(own, held))


def _scale(own: Lever) -> int:
    """Shares are shown as per cent."""
    return 100 if own.kind == "share" or own.unit == "bagian" else 1


def _rounded(given: float) -> float:
    return round(float(given), 6)


def _rounded_whole(given: float) -> int:
    return round(given)


def _taken(own: Lever, name: str) -> Callable[[], None]:
    """What a moved widget does."""

    def take() -> None:
        if _PREFIX + name not in st.session_state or scenario_shown.is_echo(_PREFIX + name):
            return
        held = st.session_state[_PREFIX + name]
        given: Value = held
        if own.kind == "switch" and own.default is None:
            given = {"": None, "1": True, "0": False}[held]
        elif own.kind == "list":
            given = tuple(held.split()) if isinstance(held, str) else tuple(held)
        elif own.kind in ("whole", "number", "share") and held is not None:
            given = int(held) if own.kind == "whole" else round(float(held) / _scale(own), 8)
        scenario_held.move(name, given)

    return take


def _help(own: Lever, thing: str) -> str:
    """Range, today's value and source."""
    parts = []
    if own.low is not None and own.high is not None:
        scale = _scale(own)
        low, high = value(own.low * scale), value(own.high * scale)
        if own.unit.startswith("Rp"):
            low, high = number(own.low), number(own.high)
        if own.unit == "tahun" and own.low > 1000:
            low, high = str(int(own.low)), str(int(own.high))
        parts.append(t("Rentang {low} sampai {high}", low=low, high=high))
    parts.append(t("Baku: {value}", value=value_said(own, own.default, thing)))
    if own.source:
        parts.append(t("Sumber: {source}", source=own.source))
    return ". ".join(parts) + "."


# --- what was moved ---


def moved(now: Scenario, *, is_draft: bool) -> None:
    """The levers that differ from today, each with the reason that a proposal needs."""
    rows = now.values
    if not rows:
        layout.note(t("Semua tuas pada nilai hari ini."))
        return
    why = dict(now.rationale)
    missing = len(now.unexplained())
    layout.note(
        tn("{n} tuas diubah masih tanpa alasan; alasan wajib sebelum diajukan.", missing)
        if missing
        else tn("{n} tuas diubah, semuanya beralasan.", len(rows))
    )
    for name, given in rows:
        own, thing = lever(name), name.partition("/")[2]
        key = f"alasan:{name}"
        given_why = why.get(name, "")
        scenario_shown.show(key, given_why)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input(
                f"{lever_name(own, thing)}: **{value_said(own, given, thing)}**",
                given_why,
                key=key,
                placeholder=t("Mengapa?"),
                disabled=not is_draft,
                on_change=_explained(name),
            )
            st.button(
                "",
                icon=":material/undo:",
                key=f"kembali:{name}",
                help=t("Kembalikan ke nilai hari ini"),
                on_click=scenario_held.move,
                args=(name, None),
            )


def _explained(name: str) -> Callable[[], None]:
    def explained() -> None:
        if not scenario_shown.is_echo(f"alasan:{name}"):
            scenario_held.explain(name, str(st.session_state[f"alasan:{name}"]))

    return explained


def fixed_formations(roles: dict[str, str], years: list[int]) -> None:
    """Lock a formation by hand: option, role, year, number."""
    with (
        st.popover(t("Kunci formasi"), icon=":material/lock:"),
        st.form("kunci-formasi", border=False),
    ):
        names = option_names()
        option = st.selectbox(t("Pilihan"), list(names), format_func=lambda one: names[one])
        role = st.selectbox(t("Peran"), list(roles), format_func=role_name)
        year = st.selectbox(t("Tahun usul"), years)
        count = st.number_input(t("Formasi (orang)"), 0, 10_000, 0, 1)
        if st.form_submit_button(t("Kunci")) and role:
            scenario_held.move(f"plan.fixed/{option}/{role}/{year}", int(count))
            st.rerun(scope="fragment")
