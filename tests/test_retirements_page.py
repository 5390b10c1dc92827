"""The page on retirements: every control moves its number, a link reopens the view."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import leaving_groups, leaving_summary, state, store, store_columns
from pages.shared import retirement_details
from pages.shared import retirement_view as view_of
from tests.pages_alone import opened, page_alone, shown

AS_OF = date(2026, 7, 1)
# Invented; birth years chosen so that the dates can be worked out in the head: a teacher leaves at
# 60, staff at 58, on the first of the month after the birthday.
ROSTER = """
    name | employment | position | unit | opd | kecamatan | born | sex
    Adi | PNS | Guru Ahli Madya | SDN 01 Melati | Dikbud | Timur | 1967-03-10 | L
    Beni | PNS | Guru Ahli Muda | SDN 01 Melati | Dikbud | Timur | 1967-08-10 | L
    Citra | PNS | Guru Ahli Muda | SDN 02 Kenanga | Dikbud | Barat | 1970-05-10 | P
    Dewi | PPPK | Guru Ahli Pertama | SDN 02 Kenanga | Dikbud | Barat | 1971-05-10 | P
    Eko | PPPK_PW | Operator Layanan | SDN 02 Kenanga | Dikbud | Barat | 1972-05-10 | L
    Fani | PNS | Camat | Kecamatan Timur | Kec | Timur | 1969-01-10 | P
    Gita | PNS | Bendahara | Bagian Umum | Setda | - | 1969-11-30 | P
    Hadi | PNS | Jabatan Aneh | Kecamatan Timur | Kec | Timur | 1975-01-10 | L
    Indah | PNS | Kepala Sekolah | SDN 01 Melati | Dikbud | Timur | 1968-01-10 | P
"""


def roster() -> pd.DataFrame:
    lines = [[cell.strip() for cell in line.split("|")] for line in ROSTER.strip().splitlines()]
    people = pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)
    people["birth_date"] = pd.to_datetime(people.pop("born"))
    born = people["birth_date"].dt.strftime("%Y%m%d")
    number = pd.Series(range(901, 901 + len(people)), dtype="str")
    people["nip"] = born + "2000011" + number
    contract = people["employment"].isin(["PPPK", "PPPK_PW"])
    empty = {column: None for column in store_columns.PEOPLE_TYPES if column not in people}
    people = people.assign(**empty)
    people["contract_ends_on"] = pd.Series(pd.Timestamp(2027, 12, 31), people.index).where(contract)
    people["is_in_headcount"], people["is_on_duty"] = True, True
    return people


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    about = store.About(as_of=AS_OF, government_name="Kota Rekaan", is_synthetic=True)
    edition = store.write_edition(folder, {"employee": roster()}, about)
    with state.opened(folder) as decisions:
        decisions.set_current_edition(edition.number, "test")
    return folder


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    # The pages of this process may have looked at another folder.
    view_of.calendar.cache_clear()
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: True)
    return page_alone("retirements")


def looked(page: AppTest, **link: str | list[str]) -> tuple[leaving_summary.Summary, AppTest]:
    """The counts behind a link as a new visitor opens it, and what that visitor sees."""
    del page  # the fixture prepares the data; a link is read by whoever opens it first
    visitor = page_alone("retirements")
    seen: list[view_of.View] = []
    keep = view_of.calendar

    def noted(view: view_of.View) -> view_of.Calendar:
        seen.append(view)
        return keep(view)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view_of, "calendar", noted)
        opened(visitor, **link)
    return keep(seen[0]).summary, visitor


def test_the_page_says_the_peak_year_and_that_the_city_is_synthetic(page):
    # 2027: Adi (Apr), Beni (Sep), Fani (58 in January 2027 -> Feb), Gita (58 in Nov 2027 -> Dec).
    said = opened(page)
    assert "Puncak pensiun pada 2027: 4 orang" in said
    assert "Data contoh (sintetis)" in said
    # Half a year would look like a good year.
    assert "2026 hanya sejak 1 Juli 2026" in said


@pytest.mark.parametrize(("who", "count"), [("pns", 7), ("asn", 8), ("all", 9)])
def test_the_counting_switch_counts_whom_it_names(page, who, count):
    assert looked(page, hitung=who)[0].people_count == count


@pytest.mark.parametrize(
    ("link", "people"),
    [
        ({"opd": "Dikbud"}, 5),
        ({"kecamatan": "Timur"}, 5),
        ({"kecamatan": leaving_groups.UNKNOWN}, 1),
        ({"unit": ["SDN 01 Melati", "SDN 02 Kenanga"]}, 5),
        ({"jabatan": "guru"}, 4),
        ({"jk": "P"}, 5),
        ({"status": "PPPK"}, 1),
        ({"jabatan": "guru", "jk": "L"}, 2),
    ],
)
def test_every_filter_in_a_link_opens_that_view(page, link, people):
    assert looked(page, **link)[0].people_count == people


def test_a_link_with_nonsense_opens_the_page_as_if_it_were_not_there(page):
    plain, _ = looked(page)
    link = {"opd": "Tidak Ada", "per": "abad", "sampai": "9999", "warna": "umur", "tahun": "x"}
    assert looked(page, **link, usul="apa", tafsir_penilik="x", rinci="y")[0] == plain


def test_filters_move_by_their_widgets_and_are_written_to_the_link(page):
    opened(page)
    page.multiselect(key="kecamatan").set_value(["Barat"]).run()
    assert "Disaring: Kecamatan: Barat" in shown(page)
    assert "Barat" in page.query_params["kecamatan"]


def colours(page: AppTest) -> dict[str, str]:
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    return {one["name"]: one["marker"]["color"] for one in figure["data"] if one["type"] == "bar"}


def test_a_group_keeps_its_colour_whoever_is_counted(page):
    # Of all people most leave SDN 01; of the women, most leave SDN 02.
    everyone = colours(looked(page, warna="unit")[1])
    women = colours(looked(page, warna="unit", jk="P")[1])
    assert len(set(everyone.values())) == len(everyone) >= 3
    assert {"SDN 01 Melati", "SDN 02 Kenanga"} <= set(women)
    assert women == {name: everyone[name] for name in women}


def test_a_group_that_is_usually_not_named_takes_a_free_colour(monkeypatch):
    usual = tuple("abcdefgh")
    monkeypatch.setattr(view_of, "usual_order", lambda *_: usual)
    view = SimpleNamespace(in_force=None, by="unit")
    assert view_of.places(view, ["b", "h", "a"]) == {"a": 0, "b": 1, "h": 2, view_of.REST: 6}
    named = view_of.places(view, [*"bcdefg", view_of.REST])
    assert sorted(named.values()) == [0, 1, 2, 3, 4, 5, 6]
    assert named["g"] == 0


def test_an_empty_view_says_so_and_how_to_get_out(page):
    said = opened(page, jabatan="pelaksana", sampai="2027", unit="SDN 01 Melati")
    assert "Tidak ada yang pensiun pada saringan ini" in said
    page.button(key="kosongkan-2").click().run()
    assert "Puncak pensiun" in shown(page)


@pytest.mark.parametrize("period", ["year", "quarter", "month"])
@pytest.mark.parametrize("by", view_of.STACKABLE)
def test_every_period_and_every_grouping_holds_the_same_people(page, period, by):
    assert looked(page, per=period, warna=by)[0].leaver_count == 6 + 1


def test_people_without_a_rule_are_counted_apart_and_not_lost(page):
    told, visitor = looked(page)
    assert told.undated_count == 1  # the odd title
    assert told.leaver_count + told.beyond_count + told.undated_count == told.people_count
    assert "tanpa tanggal karena jabatannya belum dikenali" in shown(visitor)


def test_a_later_age_moves_people_out_and_is_compared_with_the_law(page):
    today, _ = looked(page, sampai="2028")
    later, visitor = looked(page, sampai="2028", usul="plus_2", usul_mulai="2027")
    assert (today.leaver_count, later.leaver_count) == (5, 0)
    assert "Ini bukan hukum yang berlaku" in shown(visitor)
    spec = visitor.get("plotly_chart")[0].proto.spec
    assert "Hukum yang berlaku" in spec


def test_names_come_with_rule_and_source(page):
    opened(page, rinci="nama", tahun="2027")
    table = page.dataframe[0].value
    assert table["name"].tolist() == ["Fani", "Adi", "Beni", "Gita"]
    assert table["retires_on"].dt.date.tolist()[1] == date(2027, 4, 1)
    assert table["rule_source"].str.len().gt(0).all()


@pytest.mark.parametrize(
    ("link", "names"),
    [
        # A year from 1 July 2026; Beni and Gita leave later in 2027.
        ("12bulan", ["Fani", "Adi"]),
        ("lewat", []),
        ("tafsir", []),
    ],
)
def test_the_names_behind_a_count_of_another_page(page, link, names):
    said = opened(page, rinci="nama", tahun=link, hitung="all")
    assert page.markdown[0].value.startswith(f"**{len(names)} orang**")
    assert "Tidak ada yang pensiun pada periode ini" in said or names
    assert [one for table in page.dataframe for one in table.value["name"]] == names
    assert not [one for one in page.selectbox if one.key == "bagian"]


def test_who_is_past_the_date_or_disputed_is_found_by_name():
    people = pd.DataFrame(
        {
            "name": ["hari ini", "besok", "diperdebatkan"],
            "retires_on": pd.to_datetime(["2026-07-01", "2026-07-02", "2040-01-01"]),
            "rule_standing": ["settled", "settled", "disputed"],
        }
    )
    for asked, names in (("lewat", ["hari ini"]), ("tafsir", ["diperdebatkan"])):
        found = retirement_details._whatever_the_year(people, asked, AS_OF, 2045)
        assert found["name"].tolist() == names


def test_names_of_one_month_and_group(page):
    opened(page, rinci="nama", tahun="2027", bagian="09", kelompok="guru")
    assert page.dataframe[0].value["name"].tolist() == ["Beni"]
    assert "1 orang" in page.markdown[0].value


def test_who_may_not_see_names_sees_counts_and_hidden_small_cells(page, monkeypatch):
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: False)
    said = opened(page, rinci="nama", tahun="2027")
    everything = said + page.dataframe[0].value.to_csv()
    assert not any(name in everything for name in ("Adi", "Beni", "Fani", "Gita"))
    assert "&lt;5 orang" in said  # four in the peak year
    assert (page.dataframe[0].value["people_count"].str.strip() == "<5").all()
    spec = page.get("plotly_chart")[0].proto.spec
    assert "<5" in spec or "\\u003c5" in spec


def test_no_share_of_a_handful_is_shown_to_everyone(page, monkeypatch):
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: False)
    # Kec and Setda have three people together: Dikbud beside all nine would tell of them.
    said = opened(page, rinci="porsi", warna="opd", hitung="all")
    assert "terlalu kecil untuk ditampilkan" in said
    assert not page.dataframe


def test_no_handful_is_left_over_when_the_groups_shown_are_taken_from_all():
    told = retirement_details._is_told(pd.Series([40, 3, 12, 0], index=list("abcd")))
    assert told.to_dict() == {"a": True, "b": False, "c": False, "d": False}
    told = retirement_details._is_told(pd.Series([40, 3, 12, 2], index=list("abcd")))
    assert told.to_dict() == {"a": True, "b": False, "c": True, "d": False}


@pytest.mark.parametrize("section", ["angka", "nama", "porsi", "tunggal", "kepala", "kontrak"])
@pytest.mark.parametrize("sees_names", [True, False])
def test_every_section_opens(page, monkeypatch, section, sees_names):
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: sees_names)
    opened(page, rinci=section, hitung="all")


def test_single_holder_posts_are_those_of_the_filtered_people(page):
    opened(page, rinci="tunggal", dalam="3", opd=["Kec", "Setda"])
    assert page.dataframe[0].value["position"].tolist() == ["Camat", "Bendahara"]


def test_without_certificates_the_page_says_so_rather_than_zero(page):
    said = opened(page, rinci="kepala")
    assert "Data sertifikat tidak ada" in said
    assert "certified_city_count" not in page.dataframe[0].value.columns


def test_contract_ends_stand_apart(page):
    said = opened(page, rinci="kontrak", hitung="all")
    assert "tidak dijumlahkan" in said
    assert page.dataframe[0].value["contract_end_count"].str.strip().tolist() == ["1", "1"]


def test_the_page_speaks_english(page):
    page.session_state["lang"] = "en"
    assert "Retirements peak in 2027: 4 people" in opened(page, rinci="angka")


def test_small_pieces_move_to_the_rest_and_nobody_is_lost():
    named = pd.DataFrame({"a": [7, 2], "b": [1, 0]})
    others = pd.Series([3, 1])
    kept, rest = view_of.small_to_rest(named, others, 5)
    assert kept["a"].tolist() == [7, 0]
    assert kept["b"].tolist() == [0, 0]
    assert rest.tolist() == [4, 3]
