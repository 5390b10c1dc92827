"""What the eye needs: ranges that stay in one line, bands on a dark page, maps without bands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import export
from pages import administration, exits
from pages.shared import (
    brand,
    charts,
    exit_shortage,
    layout,
    maps,
    method_chapters,
    method_rules,
    replacement_table,
    scenario_beside,
    screen,
    what_follows,
    words,
)

THEME = tomllib.loads(
    (Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)["theme"]


def rgb(colour: str) -> tuple[int, ...]:
    """Of ``#1F6FA8``."""
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


WHITE, NIGHT = (rgb(THEME[one]["backgroundColor"]) for one in ("light", "dark"))
INK, PALE_INK = (rgb(THEME[one]["textColor"]) for one in ("light", "dark"))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""

    def light(colour: tuple[float, ...]) -> float:
        parts = [value / 255 for value in colour]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def over(colour: str, ground: tuple[int, ...]) -> tuple[float, ...]:
    """A translucent colour as it is seen on a ground."""
    *rgb, seen = [float(one) for one in colour.removeprefix("rgba(").rstrip(")").split(",")]
    return tuple(seen * one + (1 - seen) * under for one, under in zip(rgb, ground, strict=True))


def test_a_range_is_never_broken_over_two_lines_and_the_text_stays_the_same():
    said = words.html("Sekitar 1.189 <ASN> (1.160-1.222), 80%-100%, antar-sekolah, P10-P90")
    assert '(<span class="es-whole">1.160-1.222</span>)' in said
    assert '<span class="es-whole">80%-100%</span>' in said
    assert '<span class="es-whole">P10-P90</span>' in said
    assert "antar-sekolah" in said
    assert "&lt;ASN&gt;" in said


@pytest.mark.parametrize("colour", charts.PALETTE)
@pytest.mark.parametrize("share", [0.28, 0.32, 0.42])
def test_a_band_is_the_same_on_white_and_is_seen_on_a_dark_page(colour, share):
    plain = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    as_before = tuple(share * one + (1 - share) * 255 for one in plain)
    band = charts.see_through(colour, share)
    assert over(band, WHITE) == pytest.approx(as_before, abs=2)
    dark = (16, 23, 30)
    assert contrast(over(band, dark), dark) > 1.5


@pytest.mark.parametrize("colour", [*charts.PALETTE, charts.QUIET, charts.ALARM])
@pytest.mark.parametrize("ground", [WHITE, NIGHT])
def test_a_line_a_point_and_the_edge_of_a_bar_are_seen_on_both_pages(colour, ground):
    # WCAG 2.2, 1.4.11.
    assert contrast(rgb(charts.edge(colour)), ground) >= 3
    edged = charts.hatched("", colour)["line"]
    assert rgb(edged.get("color", colour)) == rgb(charts.edge(colour))


@pytest.mark.parametrize(("name", "ground"), [("light", WHITE), ("dark", NIGHT)])
def test_words_in_the_colours_of_the_theme_are_read_on_its_page(name, ground):
    # WCAG 2.2, 1.4.3; a choice that is taken and pointed at stands on a fifth of its own colour.
    theme = THEME[name]
    for colour in ("textColor", "linkColor", "primaryColor"):
        assert contrast(rgb(theme[colour]), ground) >= 4.5, colour
    red, green, blue = rgb(theme["primaryColor"])
    pointed_at = over(f"rgba({red},{green},{blue},0.2)", ground)
    assert contrast(rgb(theme["primaryColor"]), pointed_at) >= 4.5


def test_what_a_main_button_says_is_read_on_it():
    said = dict(
        zip(
            ("light", "dark"),
            re.findall(r"light-dark\((\S+), (\S+)\)", brand.STYLE)[0],
            strict=True,
        )
    )
    for name, colour in said.items():
        assert contrast(rgb(colour), rgb(THEME[name]["primaryColor"])) >= 4.5, name


def test_what_stands_in_the_month_calendar_is_read_at_every_depth():
    from pages.shared.retirement_months import _DEEPEST

    for ground, ink in ((WHITE, INK), (NIGHT, PALE_INK)):
        for depth in np.linspace(0, _DEEPEST, 101):
            cell = over(f"rgba(31,111,168,{depth})", ground)
            assert contrast(cell, ink) >= 4.5, f"depth {depth}"


def drawn(wide_km: float, tall_km: float) -> charts.Figure:
    """A map of four schools at the corners of a district."""
    schools = pd.DataFrame(
        {
            "east_km": [0.0, wide_km, wide_km, 0.0],
            "north_km": [0.0, 0.0, tall_km, tall_km],
            "kecamatan": "",
        }
    )
    shown, traces = maps.ground(schools, "Peta")
    return {"data": traces, "layout": shown}


def test_a_map_is_as_tall_on_a_phone_as_its_district_is_and_as_usual_elsewhere(monkeypatch):
    assert maps.height(drawn(10, 5), 560) == 560
    monkeypatch.setattr(screen, "is_phone", lambda: True)
    flat, square, tall = (maps.height(drawn(10, one), 560) for one in (5, 10, 40))
    assert flat < square < tall
    assert tall == 560
    assert maps.height(drawn(10, 0.1), 560) >= 180


def test_the_question_stands_where_the_finding_will_until_it_is_known():
    def page() -> None:
        import streamlit as st

        from pages.shared.finding import Finding

        finding = Finding("Siapa yang keluar?")
        if st.session_state.get("is_known"):
            with finding:
                st.html("<h1>187 orang</h1>")

    def said(test: AppTest) -> str:
        return " ".join(one.proto.body for one in test.get("html"))

    test = AppTest.from_function(page).run()
    assert "es-opening" in said(test) and "Siapa yang keluar?" in said(test)
    test.session_state["is_known"] = True
    test.run()
    assert "187 orang" in said(test) and "es-opening" not in said(test)
    # In the same visit the finding is left standing while another is computed.
    test.session_state["is_known"] = False
    test.run()
    assert "es-opening" not in said(test)


def test_the_first_page_waits_for_nothing_that_follows_from_those_who_leave(monkeypatch):
    class InForce:
        proposal = "none"

    def never(*_: object) -> None:
        raise AssertionError("waited for")

    monkeypatch.setattr(what_follows.load, "law_choice", InForce)
    for module, question in (("load_schools", "school_key"), ("load_scenarios", "key")):
        monkeypatch.setattr(getattr(what_follows, module), question, lambda: "key")
    monkeypatch.setattr(what_follows.load_schools, "is_learnt", lambda _key: False)
    monkeypatch.setattr(what_follows.load_scenarios, "stands_ready", lambda _key, _told: False)
    monkeypatch.setattr(what_follows.schools, "wave", never)
    monkeypatch.setattr(what_follows.scenario_view, "seen", never)
    assert what_follows.sentences() == []


LONG = "Percepatan pengangkatan guru SD dan tenaga kesehatan di kecamatan terpencil"


def test_long_names_of_scenarios_are_told_apart_by_letters_and_leave_whole():
    two, four = ["Bauran terbaik", "CPNS saja"], ["Bauran terbaik", LONG, f"{LONG} 2", "CPNS saja"]
    assert scenario_beside.headings(two) == scenario_beside.in_legends(two) == two
    assert scenario_beside.in_titles(two) == two
    assert scenario_beside.in_titles(four) == ["A", "B", "C", "D"]
    # Above a column, and so in a download, stands the whole name.
    assert scenario_beside.headings(four)[1] == f"B · {LONG}"
    legends = scenario_beside.in_legends(four)
    assert len(set(legends)) == 4 and max(map(len, legends)) <= 28
    assert legends[1].startswith("B · Percepatan") and legends[1].endswith("…")


def test_columns_of_three_scenarios_have_headings_of_their_own():
    assert scenario_beside.headings(["A1", "B1", "C1"]) == ["A · A1", "B · B1", "C · C1"]


@pytest.mark.parametrize("seed", range(6))
def test_a_name_on_a_map_crosses_fewer_points_than_in_the_middle_of_its_schools(seed):
    luck = np.random.default_rng(seed)
    # A district of 8 by 6 km with 60 schools, in two halves.
    points = luck.uniform((0, 0), (8, 6), (60, 2))
    halves = points[points[:, 0] < 4], points[points[:, 0] >= 4]
    written = []
    for name, own in zip(("Tirtabiru", "Arumdalu"), halves, strict=True):
        written.append(maps.name_place(name, own, points, written))

    def crossed(place: np.ndarray, room: np.ndarray) -> int:
        return int((np.abs(points - place) < room).all(axis=1).sum())

    middle = [crossed(np.median(own, axis=0), written[at][1]) for at, own in enumerate(halves)]
    found = [crossed(*one) for one in written]
    assert sum(found) <= sum(middle) and max(found) <= 1
    # Nor do names cover each other or run out of the map.
    (one, room), (other, taken) = written
    assert (np.abs(one - other) >= room + taken).any()
    assert all(place[0] - room[0] > -0.5 and place[0] + room[0] < 8.5 for place, room in written)


def test_every_action_of_the_audit_log_has_words():
    root = Path(__file__).resolve().parents[1]
    told = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("analytics", "pages")
        for path in (root / folder).rglob("*.py")
    )
    kept = set(re.findall(r"""\bnote\(\s*connection, \w+, ["']([a-z_]+)["']""", told))
    kept |= set(re.findall(r"""\.log\(\s*[\w.()]+, ["']([a-z_]+)["']""", told))
    assert {"classify_exit", "save_scenario", "unduh", "import"} <= kept
    assert kept <= set(administration._actions()), kept - set(administration._actions())


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("guru agama islam", "guru agama Islam"),
        ("guru bahasa inggris", "guru bahasa Inggris"),
        ("guru pjok", "guru PJOK"),
        ("perawat", "perawat"),
    ],
)
def test_a_title_has_the_capitals_that_indonesian_asks_for(kept, said):
    assert exit_shortage.proper(kept) == said


def test_a_rule_without_an_end_shows_no_end_and_echelons_are_roman():
    rows = pd.DataFrame(
        {
            "standing": ["settled", "settled"],
            "jenjang": ["eselon_iii", "ahli_muda"],
            "effective_to": pd.to_datetime(["2999-12-31", "2025-06-30"]),
        }
    )
    said = method_rules.named(rows)
    assert said["level"].tolist() == ["eselon III", "ahli muda"]
    assert said["effective_to"].isna().tolist() == [True, False]


def test_the_parts_of_a_spread_are_a_hundred_per_cent_together():
    parts = {"chance_share": 0.155, "years_share": 0.387, "level_share": 0.458}
    told = exits._whole_percents(parts)
    assert sum(int(one.rstrip("%")) for one in told.values()) == 100
    assert told["level"] == "46%"


def test_a_table_of_few_rows_is_shown_whole():
    assert layout.height_of(13, 15) == "content"
    assert isinstance(layout.height_of(16, 15), int)


@pytest.mark.parametrize(
    ("leaver", "cost"), [(86.4e6, 59.6e6), (86.4e6, 32.7e6), (86.4e6, 115.3e6), (41.5e6, 30.5e6)]
)
def test_cost_and_saving_as_shown_add_up_to_what_the_leaver_costs(leaver, cost):
    shown = replacement_table.saved_as_shown(leaver - cost, cost) / 1e6
    assert round(cost / 1e6) + shown == round(leaver / 1e6)


def test_a_saving_in_thousands_is_told_as_it_is():
    assert replacement_table.saved_as_shown(296_000.0, 86e6) == 296_000.0


def test_the_equations_of_a_page_lead_to_their_chapters_only():
    note = (Path(__file__).resolve().parents[1] / "docs" / "method.md").read_text(encoding="utf-8")
    before, found = method_chapters.chapters(note)
    assert before + "".join(one.text for one in found) == note
    assert 1 in found[0].equations and {100, 104} <= set().union(*(c.equations for c in found))
    asked = method_chapters.holding(found, [1, 104])
    assert found[0] in asked and 1 < len(asked) < len(found)
    assert not method_chapters.holding(found, [9999])


def test_every_equation_a_page_names_stands_in_a_chapter():
    root = Path(__file__).resolve().parents[1]
    _, found = method_chapters.chapters((root / "docs" / "method.md").read_text(encoding="utf-8"))
    known = set().union(*(one.equations for one in found))
    for path in (root / "pages").glob("*.py"):
        for named in re.findall(r"source_note\(([\d, \n]+)\)", path.read_text(encoding="utf-8")):
            assert {int(one) for one in re.findall(r"\d+", named)} <= known, path.name


def test_a_name_on_a_crowded_map_of_one_kecamatan_still_has_a_place():
    points = np.random.default_rng(1).uniform(0, 5, (300, 2))
    place, room = maps.name_place("Satu", points, points)
    assert np.isfinite(place).all() and (room > 0).all()
    alone = np.array([[1.0, 2.0]])
    assert maps.name_place("Satu", alone, alone)[0].tolist() == [1.0, 2.0]


def test_a_title_is_not_broken_within_an_amount():
    said = charts.wrapped("Gaji dari APBD 2036: A\xa0Rp\xa0252,9\xa0M, B\xa0Rp\xa0243,1\xa0M", 24)
    assert said.split("<br>") == [
        "Gaji dari APBD 2036:",
        "A\xa0Rp\xa0252,9\xa0M,",
        "B\xa0Rp\xa0243,1\xa0M",
    ]


def test_a_number_below_nought_leaves_in_csv_with_the_sign_programs_read():
    cells = ["−31,1%", "−12", "−2+3+cmd|", "naik −3", "−1.234,5"]
    told = export.csv_bytes(pd.DataFrame({"said": cells})).decode().splitlines()
    assert told[1:] == ['"-31,1%"', "-12", "−2+3+cmd|", "naik −3", '"-1.234,5"']


def _header_over(held: type, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A page with a header alone, over an edition."""

    def page() -> None:
        from pages.shared import layout

        layout.header("Temuan")

    class Law:
        proposal = "none"

    monkeypatch.setattr(layout.load, "edition", held)
    monkeypatch.setattr(layout.load, "law_choice", Law)
    return AppTest.from_function(page)


def test_who_looks_on_is_told_when_another_edition_takes_the_place(monkeypatch):
    class Held:
        number, is_synthetic, as_of = 1, False, pd.Timestamp("2026-07-01")

    test = _header_over(Held, monkeypatch)

    def said() -> str:
        return " ".join(one.proto.body for one in test.run().get("html"))

    assert "berganti" not in said()
    monkeypatch.setattr(Held, "number", 2)
    assert "dari edisi 1 ke edisi 2" in said()
    # It stands until the visitor goes to another page.
    assert "dari edisi 1 ke edisi 2" in said()
    test.session_state["_visit"] = 1
    assert "berganti" not in said()
    # Page Data tells which edition is in force.
    test.session_state["_page"] = "data"
    monkeypatch.setattr(Held, "number", 3)
    assert "berganti" not in said()


def test_the_sample_is_not_told_to_be_replaced_on_page_data_by_itself(monkeypatch):
    class Held:
        number, is_synthetic, as_of = 1, True, pd.Timestamp("2026-07-01")

    test = _header_over(Held, monkeypatch)
    assert "di halaman Data" in " ".join(one.proto.body for one in test.run().get("html"))
    test.session_state["_page"] = "data"
    told = " ".join(one.proto.body for one in test.run().get("html"))
    assert "di halaman Data" not in told and "Berkas pertama Anda" in told
