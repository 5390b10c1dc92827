"""Up to four scenarios side by side: differences, the same axes, and why the number moved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

import pandas as pd
import streamlit as st

from analytics.scenario import Scenario
from analytics.scenario_compare import MEASURES, MOST_COMPARED, Comparison
from pages.shared import charts, inputs, layout, load, load_scenarios, scenario_held, screen
from pages.shared.import_text import plain
from pages.shared.load_scenarios import RefusedError
from pages.shared.scenario_figures import Shown, side_by_side
from pages.shared.scenario_held import Held
from pages.shared.scenario_link import opened, preset_names
from pages.shared.scenario_view import Seen
from pages.shared.scenario_words import lever_name, measure_names, measure_said, value_said
from pages.shared.waterfall import waterfall
from pages.shared.words import language, names, number, t, tn

_CHARTS = ("unfilled_count", "end_count", "apbd_idr", "ratio_share")
# A longer name does not fit the legend of a figure that has half of the page.
_LONGEST_NAME = 24


def beside(view: Seen, held: Held) -> None:
    """The section."""
    _choose(held)
    several = _several(view, held)
    if len(several) < 2:
        layout.note(t("Pilih sampai tiga skenario lain; tautan membuka perbandingan yang sama."))
        return
    try:
        found = load_scenarios.compared(view.key, several)
    except RefusedError as error:
        layout.caution(str(error))
        return
    called = [one.name for one in several]
    if is_long(called):
        layout.note(
            " · ".join(
                f"{letter}: {name}" for letter, name in zip(ascii_uppercase, called, strict=False)
            )
        )
    _differences(found, several)
    _figures(found, called)
    _why(view, several)
    _levers(found, several)


def _choose(held: Held) -> None:
    offered = {ref: name for ref, name in preset_names().items() if ref != held.ref}
    for saved in load.state().saved_scenarios():
        ref = f"{saved.scenario_id}.{saved.revision}"
        if ref != held.ref:
            offered[ref] = saved.name
    if held.is_moved:
        offered[held.ref] = t("{name} (seperti dibuka)", name=held.base.name)
    # A link may hold levers of its own, or an earlier revision.
    for other in scenario_held.compared_with(held):
        if other not in offered and (found := opened(other)) is not None:
            offered[other] = t("{name} (dari tautan)", name=found.base.name)
    chosen = [other for other in held.others if other in offered]
    if "bandingkan" not in st.session_state or st.session_state["bandingkan"] != chosen:
        st.session_state["bandingkan"] = chosen
    st.multiselect(
        t("Bandingkan dengan"),
        options=list(offered),
        default=chosen,
        format_func=lambda one: offered.get(one, one),
        key="bandingkan",
        max_selections=3,
        placeholder=t("Pilih sampai tiga"),
        on_change=lambda: scenario_held.compare_with(st.session_state["bandingkan"]),
    )


def _several(view: Seen, held: Held) -> tuple[Scenario, ...]:
    """The scenario on screen first, then the others over the same years."""
    others = []
    for ref in scenario_held.compared_with(held):
        found = opened(ref)
        if found is None:
            continue
        name = found.base.name
        if found.now != found.base:
            name = t("{name} (dari tautan)", name=name[:60])
        others.append(Scenario(name, "", view.told.years, found.now.values, found.now.rationale))
    return scenario_held.distinct([view.told, *others])


def is_long(called: Sequence[str]) -> bool:
    """Whether a name among these is too long for legends and headings."""
    return max(map(len, called)) > _LONGEST_NAME


def headings(called: Sequence[str]) -> list[str]:
    """Names of scenarios above columns: with a letter where two names alone would not do."""
    if len(called) <= 2 and not is_long(called):
        return list(called)
    return [f"{letter} · {name}" for letter, name in zip(ascii_uppercase, called, strict=False)]


def in_legends(called: Sequence[str]) -> list[str]:
    """Names beside the lines of a figure, none of them cut by its edge."""
    if not is_long(called):
        return list(called)
    return [
        one if len(one) <= _LONGEST_NAME + 4 else f"{one[: _LONGEST_NAME + 3].rstrip()}…"
        for one in headings(called)
    ]


def in_titles(called: Sequence[str]) -> list[str]:
    """Names within the title of a figure: letters where the names would be the whole title."""
    return list(ascii_uppercase[: len(called)]) if is_long(called) else list(called)


def _differences(found: Comparison, several: tuple[Scenario, ...]) -> None:
    table = found.measures
    rows = pd.DataFrame({"measure": table[f"label_{language()}"]})
    called = headings([one.name for one in several])
    # What leaves the screen has whole names; on it they are told above, by their letters.
    narrow = 142 if is_long([one.name for one in several]) else None
    values, differences = [], []
    for at, (letter, name) in enumerate(zip(ascii_uppercase, called, strict=False), start=1):
        rows[f"v{at}"] = [
            measure_said(unit, value)
            for unit, value in zip(table["unit"], table[f"value_{at}"], strict=True)
        ]
        values.append(layout.Column(f"v{at}", name, width=narrow))
        if at > 1:
            rows[f"d{at}"] = [
                _signed(unit, value)
                for unit, value in zip(table["unit"], table[f"difference_{at}"], strict=True)
            ]
            told = t("selisih") if len(several) == 2 else t("selisih {letter}", letter=letter)
            differences.append(layout.Column(f"d{at}", told))
    # On a phone the numbers must be seen beside their names, and so must those of four.
    wide = 330 if len(several) == MOST_COMPARED else 410
    columns = [
        layout.Column("measure", t("Ukuran"), width=170 if screen.is_phone() else wide),
        *values,
        *differences,
    ]
    posts = table.set_index("measure").loc["unfilled_count"]
    told = least_unfilled(
        {one.name: float(posts[f"value_{at}"]) for at, one in enumerate(several, start=1)}
    )
    st.markdown(f"#### {told}")
    layout.table(rows, columns, "bandingkan-skenario")
    layout.note(t("Selisih terhadap {name}.", name=several[0].name))


def least_unfilled(posts: Mapping[str, float]) -> str:
    """Which scenario leaves the fewest posts empty: all that share it, of those where it is known.

    Parameters
    ----------
    posts
        Posts empty at the horizon by scenario; NaN where no need is known.
    """
    shown = {name: round(count) for name, count in posts.items() if not math.isnan(count)}
    unknown = [plain(name) for name in posts if name not in shown]
    if not shown:
        return t("Jabatan kosong belum dihitung")
    fewest = min(shown.values())
    best = [plain(name) for name, count in shown.items() if count == fewest]
    if len(best) == len(posts):
        said = tn("Semuanya meninggalkan jabatan kosong sama banyak: {n}", fewest)
    elif len(best) == 1:
        said = tn("{name} meninggalkan paling sedikit jabatan kosong: {n}", fewest, name=best[0])
    else:
        said = tn(
            "{names} meninggalkan paling sedikit jabatan kosong, sama banyak: {n}",
            fewest,
            names=names(best),
        )
    if not unknown:
        return said
    return f"{said}; " + t("{names} belum dihitung", names=names(unknown))


def _signed(unit: str, value: float) -> str:
    if value != value:
        return measure_said(unit, value)
    sign = "+" if value > 0 else "−" if value < 0 else ""
    # Between two percentages lie points.
    said = (
        t("{n} poin", n=number(100 * abs(value), 2))
        if unit == "bagian"
        else measure_said(unit, abs(value))
    )
    return sign + said


def _figures(found: Comparison, called: Sequence[str]) -> None:
    by_year = found.by_year
    legends = dict(zip(called, in_legends(called), strict=True))
    titles = dict(zip(called, in_titles(called), strict=True))
    drawn = by_year.assign(scenario=by_year["scenario"].map(legends))
    named = by_year.assign(scenario=by_year["scenario"].map(titles))
    told = {
        "unfilled_count": (t("Jabatan kosong akhir tahun"), Shown(t("Jumlah jabatan"))),
        "end_count": (t("Pegawai akhir tahun"), Shown(t("Orang"))),
        "apbd_idr": (t("Gaji dari APBD"), Shown(t("Miliar rupiah setahun"), is_money=True)),
        "ratio_share": (
            t("Belanja pegawai dibanding APBD"),
            Shown(t("Bagian APBD"), is_share=True),
        ),
    }
    kept = [one for one in _CHARTS if by_year[one].notna().any()]
    for first in range(0, len(kept), 2):
        places = st.columns(2, gap="large")
        for place, name in zip(places, kept[first : first + 2], strict=False):
            finding, shown = told[name]
            with place:
                charts.draw(
                    side_by_side(drawn, name, _ends(named, name, finding, shown), shown),
                    f"bandingkan-{name}",
                    height=360,
                )


def _ends(table: pd.DataFrame, column: str, finding: str, shown: Shown) -> str:
    """The finding with what each comes to at the end."""
    last = table.loc[table["year"] == table["year"].max()]
    ends = ", ".join(
        # A letter stays with its number when the title is broken.
        f"{name}{chr(0xA0) if len(name) == 1 else ' '}{shown.said(value)}"
        for name, value in zip(last["scenario"], last[column], strict=True)
    )
    return t("{what} {year}: {ends}", what=finding, year=int(table["year"].max()), ends=ends)


def _why(view: Seen, several: tuple[Scenario, ...]) -> None:
    """Which groups of levers the difference comes from; the steps add up."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = inputs.choice(
            "ukuran",
            t("Mengapa berbeda: ukuran"),
            measure_names(),
            "unfilled_count",
            widget="select",
        )
        others = {str(at): one.name for at, one in enumerate(several) if at}
        other = inputs.choice("lawan", t("dibanding"), others, "1", widget="select")
    second = several[int(other)]
    try:
        steps = load_scenarios.steps_between(view.key, several[0], second, measure)
    except RefusedError as error:
        layout.caution(str(error))
        return
    unit = MEASURES[measure].unit
    if steps["value"].isna().any():
        layout.note(t("Ukuran ini memerlukan data APBD."))
        return
    changes = [float(one) for one in steps["change"]]
    said = [
        measure_said(unit, one) if at in (0, len(changes) - 1) else _signed(unit, one)
        for at, one in enumerate(changes)
    ]
    difference = changes[-1] - changes[0]
    charts.draw(
        waterfall(
            steps[f"label_{language()}"].tolist(),
            changes,
            t(
                "{measure}: {second} dibanding {first} {difference}",
                measure=measure_names()[measure],
                first=several[0].name,
                second=second.name,
                difference=_signed(unit, difference),
            ),
            said,
        ),
        "mengapa-berbeda",
        height=110 + 46 * len(changes),
    )
    layout.downloads(
        steps[["step", f"label_{language()}", "change", "value"]], "langkah-perbedaan",
        key="unduh-langkah",
    )  # fmt: skip


def _levers(found: Comparison, several: tuple[Scenario, ...]) -> None:
    """The levers that are not the same in all."""
    from analytics.scenario_levers import lever

    rows, called = [], [one.name for one in several]
    for key in found.levers["key"]:
        own, thing = lever(str(key)), str(key).partition("/")[2]
        row = {"lever": lever_name(own, thing)}
        row |= {f"v{at}": value_said(own, one[str(key)], thing) for at, one in enumerate(several)}
        rows.append(row)
    if not rows:
        layout.note(t("Semua tuasnya sama."))
        return
    st.markdown(f"#### {tn('{n} tuas berbeda', len(rows))}")
    layout.table(
        pd.DataFrame(rows),
        [
            layout.Column("lever", t("Tuas"), width=170 if screen.is_phone() else "large"),
            *(
                layout.Column(f"v{at}", name, width=170 if is_long(called) else None)
                for at, name in enumerate(headings(called))
            ),
        ],
        "tuas-berbeda",
    )
