"""What the page Skenario says in words of a result: of the sample city, and of results made up."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from analytics.scenario_run import TABLES, Result
from pages.shared import scenario_details, scenario_view, scenario_words, shortfall_details
from pages.shared.scenario_view import Seen
from tests import scenario_city


def seen(nothing: Result | None = None, **levers: object) -> Seen:
    result = scenario_city.ran(**levers)
    return Seen(None, result.scenario, result, nothing)  # type: ignore[arg-type]


def at_the_end(view: Seen, empty: dict[str, float]) -> Seen:
    """The same result with these posts empty at the horizon, and no others."""
    filling = view.result.tables["filling"].copy()
    last = filling["year"] == view.last_year
    filling.loc[last, "unfilled_count"] = filling.loc[last, "role"].map(empty).fillna(0.0)
    tables = {**view.result.tables, "filling": filling}
    return replace(view, result=replace(view.result, tables=tables))


def test_the_largest_gap_is_that_with_most_posts_empty_whether_or_not_it_counts_as_broken():
    view = seen(plan__rule="zero_growth", plan__break_share=0.5)
    filling = view.result.tables["filling"]
    ends = filling.loc[filling["year"] == view.last_year].set_index("role")
    assert ends["unfilled_count"].idxmax() == "pelaksana"
    assert not filling.loc[filling["role"] == "pelaksana", "is_broken"].any()
    assert len(view.result.tables["service_breaks"])
    share = f"{100 * ends['service_share']['pelaksana']:.0f}"
    assert scenario_view.sentences(view)[-1] == (
        f"Kekosongan terbesar: Pelaksana; pada akhir 2036 terisi {share}%."
    )


def test_the_largest_gap_says_since_when_it_is_broken():
    assert scenario_view.sentences(seen())[-1] == (
        "Kekosongan terbesar: Pelaksana, putus mulai 2026; pada akhir 2036 terisi 32%."
    )


def test_services_that_broke_and_are_filled_again_are_no_gap():
    view = at_the_end(seen(), {"pelaksana": 0.3})
    breaks = len(view.result.tables["service_breaks"])
    assert scenario_view.sentences(view)[-1] == (
        f"{breaks} layanan sempat putus, yang pertama 2026; pada akhir 2036 semuanya terisi."
    )


def test_a_share_below_which_a_service_breaks_is_told_to_its_tenths():
    view = seen(plan__break_share=0.025)
    tables = view.result.tables
    none = {**tables, "service_breaks": tables["service_breaks"].iloc[:0]}
    view = replace(view, result=replace(view.result, tables=none))
    assert scenario_view.sentences(view)[-1] == (
        "Tidak ada layanan yang terisi kurang dari 2,5% sampai akhir 2036."
    )


@pytest.mark.parametrize(
    ("without", "planned", "said"),
    [
        (2194.43, 550.82, "1.643 jabatan lebih sedikit yang kosong"),
        (2194.43, 1371.89, "822 jabatan lebih sedikit yang kosong"),
        (10.4, 11.6, "2 jabatan lebih banyak yang kosong"),
        (10.6, 11.4, "jabatan kosong sama banyak"),
    ],
)
def test_posts_fewer_empty_are_what_a_reader_finds_who_subtracts(
    without, planned, said, monkeypatch
):
    nothing, result = scenario_city.ran(), scenario_city.ran(plan__rule="zero_growth")
    posts = {id(nothing): without, id(result): planned}
    monkeypatch.setattr(scenario_view, "_unfilled_end", lambda one: posts[id(one)])
    view = Seen(None, result.scenario, result, nothing)  # type: ignore[arg-type]
    assert f"Dibanding tanpa pengganti: {said}, gaji " in scenario_view.sentences(view)[0]


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (
            "unfilled_post_years",
            "Bila formasi CPNS ditolak setiap tahun, 11.206 jabatan-tahun kosong sampai 2036;"
            " 2.895 bila semua datang",
        ),
        (
            "unfilled_count",
            "Bila formasi CPNS ditolak setiap tahun, 1.702 jabatan kosong pada akhir 2036;"
            " 57 bila semua datang",
        ),
        (
            "newcomer_idr",
            "Bila formasi CPNS ditolak setiap tahun, gaji pengganti sampai 2036"
            " Rp\u00a016,7\u00a0M; Rp\u00a0379,5\u00a0M bila semua datang",
        ),
    ],
)
def test_what_a_refusal_comes_to_is_told_in_the_measure_drawn_and_of_whom_it_hits(measure, said):
    told = pd.DataFrame(
        {
            "case": ["as_expected", "refused"],
            "unfilled_post_years": [2894.9, 11205.6],
            "unfilled_count": [56.99, 1702.3],
            "newcomer_idr": [379_544_166_767, 16_688_925_964],
        }
    )
    assert shortfall_details.refusal_told(told, measure, "CPNS", 2036) == said


def test_every_table_of_a_result_has_a_name_in_words():
    assert set(scenario_words.table_names()) == set(TABLES)


def test_the_parts_of_the_flow_add_up_to_the_whole_that_is_told():
    counts = {"tidak_perlu_lagi": 569.0, "cpns": 2141.0, "belum_terisi": 58.0}
    for unknown, told in ((17.0, ", 17 belum dihitung"), (0.0, " 58 tetap kosong")):
        to = counts | {"belum_dihitung": unknown}
        rows = pd.DataFrame({"side": "to", "item": [*to], "count": [*to.values()]})
        said = scenario_details._flow_finding(rows, 2036)
        assert said.endswith(told)
        whole, _, *parts = (int(one.replace(".", "")) for one in re.findall(r"[\d.]+", said))
        assert whole == sum(parts)
