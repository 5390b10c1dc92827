"""The address and what is on screen: each follows the other, whoever moved first."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import address


def _page() -> None:
    import streamlit as st

    from pages.shared import address, inputs

    address.visit(st.session_state.get("where", "pensiun"))
    inputs.counted()
    inputs.choices("kecamatan", "Kecamatan", {"Timur": "Timur", "Barat": "Barat"})
    inputs.whole("km", "Jarak", 10, 1, 30)


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(_page, default_timeout=60).run()


def shown(page: AppTest) -> tuple[object, ...]:
    assert not page.exception, page.exception[0].value
    counted, chosen = page.segmented_control(key="hitung"), page.multiselect(key="kecamatan")
    return counted.value, chosen.value, page.slider(key="km").value


def stepped(page: AppTest, monkeypatch: pytest.MonkeyPatch, **link: str | list[str]) -> AppTest:
    """The browser went back or forward to this address."""
    page.query_params.clear()
    for name, value in link.items():
        page.query_params[name] = value
    with monkeypatch.context() as browser:
        browser.setattr(address, "has_stepped", lambda: True)
        return page.run()


def test_a_step_back_shows_what_the_address_says(page, monkeypatch):
    page.segmented_control(key="hitung").set_value("pns").run()
    page.multiselect(key="kecamatan").set_value(["Barat"]).run()
    page.slider(key="km").set_value(5).run()
    assert shown(page) == ("pns", ["Barat"], 5)
    stepped(page, monkeypatch, hitung="pns", kecamatan="Barat")
    assert shown(page) == ("pns", ["Barat"], 10)
    stepped(page, monkeypatch)
    assert shown(page) == ("asn", [], 10)
    assert not page.query_params
    stepped(page, monkeypatch, hitung="all", kecamatan=["Timur", "Barat"], km="7")
    assert shown(page) == ("all", ["Timur", "Barat"], 7)


def test_what_is_moved_after_a_step_back_counts(page, monkeypatch):
    page.segmented_control(key="hitung").set_value("pns").run()
    stepped(page, monkeypatch)
    page.segmented_control(key="hitung").set_value("all").run()
    assert shown(page)[0] == "all"
    assert page.query_params["hitung"] in ("all", ["all"])


def test_a_click_with_the_address_of_before_is_no_step_back(page):
    page.segmented_control(key="hitung").set_value("pns").run()
    page.query_params.clear()
    page.slider(key="km").set_value(5).run()
    assert shown(page) == ("pns", [], 5)
    assert page.query_params["hitung"] in ("pns", ["pns"])


def test_a_step_back_to_another_page_forgets_nothing_of_the_one_that_was_left(page, monkeypatch):
    page.segmented_control(key="hitung").set_value("pns").run()
    page.session_state["where"] = "guru"
    stepped(page, monkeypatch, hitung="all")
    assert shown(page)[0] == "all"
    page.session_state["where"] = "pensiun"
    stepped(page, monkeypatch, hitung="pns")
    assert shown(page)[0] == "pns"


def test_what_changes_together_is_one_step_of_the_browser(monkeypatch):
    sent = []
    name = "streamlit.runtime.state.query_params.QueryParams._send_query_param_msg"
    monkeypatch.setattr(name, lambda params: sent.append(str(params)))

    def written() -> None:
        from pages.shared import address

        address.write({"rinci": ["nama"], "tahun": ["2029"], "bagian": ["03"]})
        address.write({"rinci": ["nama"], "tahun": ["2029"]})
        address.forget(("rinci", "tahun", "bagian"))

    AppTest.from_function(written, default_timeout=60).run()
    # All three at once, nothing for what stands there already, and all away at once.
    assert len([one for one in sent if "2029" in one]) == 1
    assert sent[-1] == "{}"
