"""The 30 % gauge and the flow as pages draw them."""

from __future__ import annotations

import pandas as pd
import pytest

from pages.shared import gauge_figures, words


@pytest.fixture
def gauge() -> pd.DataFrame:
    """Three years of an APBD of 1 trillion: 31, 30 and 32 per cent, binding from 2027."""
    return pd.DataFrame(
        {
            "year": [2026, 2027, 2028],
            "ratio_share": [0.31, 0.30, 0.32],
            "limit_share": [0.3, 0.3, 0.3],
            "room_idr": [-1e10, 0.0, -2e10],
            "is_binding": [False, True, True],
        }
    )


def test_the_gauge_speaks_of_the_first_year_in_which_the_limit_binds(gauge):
    now = gauge_figures.standing(gauge)
    assert (now.year, now.is_over) == (2027, False)
    assert gauge_figures.standing(gauge, 2028).is_over


def test_without_a_binding_year_it_speaks_of_the_last(gauge):
    assert gauge_figures.standing(gauge.assign(is_binding=False)).year == 2028


def test_room_and_excess_are_told_in_rupiah(gauge):
    assert "Rp\u00a020,0\u00a0M di atas batas" in gauge_figures.standing(gauge, 2028).told()
    assert "di bawah batas" in gauge_figures.standing(gauge, 2027).told()


def test_the_chance_of_passing_the_limit_is_told_where_it_is_known(gauge):
    assert gauge_figures.standing(gauge).chance_told() == ""
    known = gauge.assign(over_chance=[1.0, 0.52, 0.001])
    assert gauge_figures.standing(known).chance_told() == "peluang melewati batas 52%"
    assert "di bawah 1%" in gauge_figures.standing(known, 2028).chance_told()
    assert "di atas 99%" in gauge_figures.standing(known, 2026).chance_told()


def test_the_axis_holds_every_line_and_the_limit(gauge):
    other = gauge.assign(ratio_share=[0.25, 0.36, 0.2])
    figure = gauge_figures.ratio_by_year({"satu": gauge, "dua": other}, "Judul")
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 0.2 and high > 0.36
    assert [trace["name"] for trace in figure["data"]] == ["satu", "dua", "Batas 30%"]


def test_every_arrow_of_the_flow_keeps_its_size():
    parts = pd.DataFrame(
        [
            ("from", "keluar", 90),
            ("from", "kurang_hari_ini", 10),
            ("to", "tidak_perlu_lagi", 40),
            ("to", "cpns", 0),
            ("to", "belum_terisi", 60),
        ],
        columns=["side", "item", "count"],
    )
    drawn = gauge_figures.flow(parts, "Judul")["data"][0]
    assert list(drawn["link"]["value"]) == [90, 10, 40, 60]
    assert list(drawn["node"]["label"]) == [
        *("Keluar 90", "", "Kurang hari ini 10", "Tidak perlu lagi 40", "Tidak terisi 60"),
    ]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (450e6, "Rp\u00a0450\u00a0juta"),
        (3.14e9, "Rp\u00a03,1\u00a0M"),
        (1.5e12, "Rp\u00a01,50\u00a0T"),
        (-2e9, "−Rp\u00a02,0\u00a0M"),
        (1_400_000, "Rp\u00a01\u00a0juta"),
        (331_840, "Rp\u00a0332\u00a0ribu"),
        (-999_400, "−Rp\u00a0999\u00a0ribu"),
        (999_600, "Rp\u00a01\u00a0juta"),
        (0, "Rp\u00a00"),
        (-1, "Rp\u00a00"),
        (None, "–"),
    ],
)
def test_money_is_said_as_people_say_it(amount, said):
    assert words.money(amount) == said
