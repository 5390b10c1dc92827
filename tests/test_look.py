"""What the eye needs: ranges that stay in one line, bands on a dark page, maps without bands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import charts, maps, screen, what_follows, words

WHITE = (255, 255, 255)


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


def test_what_stands_in_the_month_calendar_is_read_at_every_depth():
    from pages.shared.retirement_months import _DARK_ENOUGH_FOR_WHITE

    ink = (22, 33, 44)
    for depth in np.linspace(0, 1, 101):
        cell = over(f"rgba(31,111,168,{depth})", WHITE)
        worst = contrast(cell, WHITE if depth > _DARK_ENOUGH_FOR_WHITE else ink)
        assert worst > 3.5, f"depth {depth}: {worst:.2f}"


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
