"""The page on moving teachers: every lever moves its number, locks solve again, names are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import state
from tests import school_edition
from tests.pages_alone import opened, page_alone, shown

MELATI, KENANGA, DAHLIA, ANGGREK = "10000001", "10000002", "10000003", "10000004"
# Beside the people of SDN 01 Melati: three more teachers of PJOK, one of them near retirement.
# SD Anggrek, private, lists its six class teachers: a head and PJOK are short there too.
# PJOK is 3 hours a rombel: Melati 18 (one post), Kenanga 18, Dahlia 36 (a post and 12 hours).
MORE = """
    name | position | born | sex
    Gita | Guru PJOK Ahli Muda | 1988-05-10 | P
    Hadi | Guru PJOK Ahli Muda | 1968-01-10 | L
"""


def roster() -> pd.DataFrame:
    people = school_edition.roster()
    more = school_edition._table(MORE)
    rows = people.loc[people["name"] == "Fani"]
    rows = pd.concat([rows] * len(more), ignore_index=True)
    born = pd.to_datetime(more["born"])
    nip = born.dt.strftime("%Y%m%d") + "2000011" + pd.Series(["951", "952"])
    rows = rows.assign(name=more["name"], birth_date=born, sex=more["sex"], nip=nip)
    return pd.concat([people, rows], ignore_index=True).assign(golongan="III/d")


def profiles() -> pd.DataFrame:
    """Kenanga a little nearer to Melati, which has rooms for its pupils."""
    told = school_edition.profiles()
    return told.assign(
        longitude=told["longitude"].where(told["npsn"] != KENANGA, 111.51),
        classroom_count=told["classroom_count"].where(told["npsn"] != MELATI, 12),
    )


def own_teachers() -> pd.DataFrame:
    """The private school lists its class teachers; nobody of them is of the government."""
    return pd.DataFrame(
        {
            "school_teacher_id": [f"t{at}" for at in range(6)],
            "name": [f"Guru {at}" for at in range(6)],
            "nuptk": [f"{at}" * 16 for at in range(6)],
            "nip": None,
            "sex": "P",
            "birth_date": pd.Timestamp(1990, 1, 1),
            "employment": "GTY",
            "teacher_kind": "Guru Kelas",
            "school": "SD Anggrek",
            "npsn": ANGGREK,
            "extra_duty": None,
            "golongan": None,
            "appointed_on": None,
            "subject": "Guru Kelas SD/MI",
            "certificate_subject": None,
        }
    )


def edition(folder: Path, **more: pd.DataFrame) -> Path:
    tables = {
        "employee": roster(),
        "school_year_profile": profiles(),
        "school_teacher": own_teachers(),
    }
    return school_edition.written(folder, **(tables | more))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return edition(tmp_path)


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.access.role", lambda: "perencana")


@pytest.fixture
def leader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.access.role", lambda: "pimpinan")


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    return page_alone("redistribution")


def finding(page: AppTest, **link: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", opened(page, **link))
    assert found is not None
    return found[1]


def moves(page: AppTest) -> pd.DataFrame:
    return next(one.value for one in page.dataframe if "reason" in one.value)


@pytest.mark.usefixtures("planner")
def test_the_one_teacher_who_serves_longest_fills_the_one_whole_post_within_reach(page):
    # Melati has four teachers of PJOK and needs one; Dahlia lacks a whole one, 3.5 km away in a
    # straight line: 4.6 km by the detour. Hadi retires in 2028 and may not; Gita serves longest.
    assert finding(page) == "1 guru berpindah mengisi 1 dari 44 kekurangan; rata-rata 4,6 km"
    row = moves(page).iloc[0]
    assert (row["name"], row["to_name"]) == ("Gita", "SDN 03 Dahlia")
    assert "Guru PJOK di SDN 01 Melati ada 4, perlu 1" in row["reason"]
    said = opened(page)
    assert "terbukti terbaik" in said
    assert "Pilihan setempat, bukan hukum: jarak 10 km" in said


@pytest.mark.usefixtures("planner")
@pytest.mark.parametrize(
    ("link", "told"),
    [
        # Dahlia is 4.6 km away; Kenanga, 2 km away, has 18 hours only.
        ({"km_pindah": "3"}, "Tidak satu pun dari 44 kekurangan dapat diisi dengan perpindahan"),
        # With 12 hours the 18 of Kenanga and the 12 of Dahlia are filled as well.
        ({"jp": "12"}, "3 guru berpindah mengisi 3 dari 44"),
        # Eka retires in 2030.
        ({"jp": "12", "bup": "10"}, "2 guru berpindah mengisi 2 dari 44"),
        # 18 hours of Kenanga and 12 of Dahlia make one teacher of two schools.
        ({"dua_sekolah": "1"}, "2 guru berpindah mengisi 3 dari 44"),
        # Anggrek lists its six class teachers and no other: a head, agama and PJOK are short.
        ({"swasta_akhir": "0"}, "1 guru berpindah mengisi 1 dari 42"),
        # Kenanga's class teachers are needed at Melati.
        ({"gabung": "1"}, "1 guru berpindah mengisi 1 dari 43"),
        ({"tahun_pindah": "2035"}, "dari 49 kekurangan"),
    ],
)
def test_every_lever_moves_the_finding(page, link, told):
    assert told in finding(page, **link)


@pytest.mark.usefixtures("planner")
def test_after_mergers_the_page_says_which_plan_it_follows(page):
    assert "Sesudah 1 sekolah bergabung menurut pilihan awal" in opened(page, gabung="1")


@pytest.mark.usefixtures("planner")
def test_a_person_kept_by_hand_is_replaced_and_released_again(page, data):
    opened(page)
    nip = str(moves(page)["person_id"].iloc[0])
    with state.opened(data) as decisions:
        decisions.lock("redistribution", "stays", nip, "ani")
    said = opened(page)
    assert moves(page)["name"].tolist() == ["Fani"]
    assert "1 orang ditahan" in said
    assert "Tanpa kunci rencananya sama baik" in said
    page.button(key=f"lepas-stays-{nip}").click().run()
    shown(page)
    assert moves(page)["name"].tolist() == ["Gita"]


@pytest.mark.usefixtures("planner")
def test_a_school_closed_to_moves_is_solved_again_and_says_what_the_lock_costs(page, data):
    opened(page, sekolah_pindah=DAHLIA)
    page.button(key="kunci-sekolah").click().run()
    said = shown(page)
    assert "Tidak satu pun dari" in said
    assert "terisi −1, berpindah −1" in said
    with state.opened(data) as decisions:
        kept = decisions.plan_locks("redistribution")
    assert kept[["kind", "thing_id"]].to_numpy().tolist() == [["closed", DAHLIA]]
    page.button(key="kunci-sekolah").click().run()
    assert "1 guru berpindah" in shown(page)


@pytest.mark.usefixtures("leader")
def test_leaders_see_neither_names_nor_small_counts_and_cannot_lock(page):
    said = opened(page, sekolah_pindah=DAHLIA)
    assert "&lt;5 guru berpindah mengisi 1 dari 44" in said
    for frame in [one.value for one in page.dataframe]:
        assert not {"name", "person_id", "from_npsn", "reason"} <= set(frame.columns)
        assert not frame.astype("str").apply(lambda own: own.str.contains("Gita|1988")).any().any()
    counted = next(one.value for one in page.dataframe if "people_count" in one.value)
    assert counted["people_count"].str.strip().tolist() == ["<5"]
    assert not [one for one in page.button if one.key == "kunci-sekolah"]
    drawn = " ".join(one.proto.spec for one in page.get("plotly_chart"))
    assert "Gita" not in drawn


@pytest.mark.usefixtures("planner")
@pytest.mark.parametrize("section", ["jabatan", "kecamatan", "kosong", "lebih", "betulkan"])
def test_every_section_opens(page, section):
    opened(page, rinci_pindah=section)


@pytest.mark.usefixtures("planner")
def test_posts_and_people_add_up_from_before_to_after(page):
    opened(page, rinci_pindah="jabatan", jp="12")
    rows = next(one.value for one in page.dataframe if "vacant_count" in one.value)
    number = rows.drop(columns="named").astype("int64")
    assert (number["vacant_count"] == number["filled_count"] + number["unfilled_count"]).all()
    assert (number["surplus_count"] == number["out_count"] + number["left_count"]).all()
    assert number[["vacant_count", "filled_count"]].sum().tolist() == [44, 3]


@pytest.mark.usefixtures("planner")
def test_a_school_without_a_believed_place_is_listed_and_kept_out(tmp_path, monkeypatch):
    told = profiles()
    lost = told.assign(latitude=told["latitude"].mask(told["npsn"] == DAHLIA))
    monkeypatch.setenv("ESTAFET_DATA", str(edition(tmp_path, school_year_profile=lost)))
    page = page_alone("redistribution")
    said = opened(page, rinci_pindah="betulkan")
    assert "Tidak satu pun dari 44" in said
    assert "Betulkan di Dapodik" in said
    found = next(one.value for one in page.dataframe if "text" in one.value)
    assert found["text"].str.contains("SDN 03 Dahlia: koordinat tidak lengkap").any()


@pytest.mark.usefixtures("planner")
def test_without_pupils_the_page_says_what_to_import(tmp_path, monkeypatch):
    none = {"enrolment": school_edition.enrolment().iloc[:0]}
    folder = edition(tmp_path, school_year_profile=profiles().iloc[:0], **none)
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    said = opened(page_alone("redistribution"))
    assert "Belum ada data murid" in said
    assert "daftar sekolah dengan koordinatnya" in said


@pytest.mark.usefixtures("planner")
def test_totals_spread_evenly_are_said(tmp_path, monkeypatch):
    years = [profiles().assign(school_year=year) for year in range(2020, 2027)]
    none = {"enrolment": school_edition.enrolment().iloc[:0]}
    folder = edition(tmp_path, school_year_profile=pd.concat(years), **none)
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    said = opened(page_alone("redistribution"))
    assert "hanya melaporkan jumlah murid" in said


@pytest.mark.usefixtures("planner")
def test_without_teachers_the_page_says_so(tmp_path, monkeypatch):
    nobody = {"employee": roster().iloc[:0], "school_teacher": own_teachers().iloc[:0]}
    monkeypatch.setenv("ESTAFET_DATA", str(edition(tmp_path, **nobody)))
    said = opened(page_alone("redistribution"))
    assert "Belum ada guru yang cocok" in said
    # Every post is empty in the data: no shortage that moves might fill.
    assert "guru yang ada belum dimuat" in said
    assert "Tidak satu pun" not in said
    said = opened(page_alone("teachers"))
    assert "Kebutuhan guru SD" in said and "guru yang ada belum dimuat" in said


@pytest.mark.usefixtures("planner")
def test_nonsense_in_a_link_opens_the_page_as_if_it_were_not_there(page):
    link = {
        "km_pindah": "jauh",
        "jp": "7",
        "bup": "-1",
        "tahun_pindah": "1999",
        "sekolah_pindah": "x",
    }
    assert "1 guru berpindah mengisi 1 dari 44" in finding(page, **link)


@pytest.mark.usefixtures("planner")
def test_english_is_spoken_throughout(page):
    page.session_state["lang"] = "en"
    said = opened(page)
    assert "1 teacher moves to fill 1 of 44 posts short" in said
    assert "PJOK at SDN 01 Melati: 4 in post, 1 needed" in moves(page)["reason"].iloc[0]
    assert "perlu" not in moves(page)["reason"].iloc[0]


@pytest.mark.usefixtures("planner")
def test_findings_are_told_in_english_as_well(tmp_path, monkeypatch):
    told = profiles().assign(latitude=lambda own: own["latitude"].mask(own["npsn"] == DAHLIA, 0))
    told["longitude"] = told["longitude"].mask(told["npsn"] == DAHLIA, 0)
    monkeypatch.setenv("ESTAFET_DATA", str(edition(tmp_path, school_year_profile=told)))
    page = page_alone("redistribution")
    page.session_state["lang"] = "en"
    opened(page, rinci_pindah="betulkan")
    found = next(one.value for one in page.dataframe if "text" in one.value)["text"]
    assert found.str.contains("SDN 03 Dahlia: .*left out until mended").any()


def people_left(page: AppTest) -> pd.DataFrame:
    return next(one.value for one in page.dataframe if "why" in one.value)


@pytest.mark.usefixtures("planner")
def test_the_people_behind_a_surplus_that_is_left_are_listed_by_name_with_why(page):
    # Of four teachers of PJOK Melati needs one; Gita goes, so that two are still to spare.
    opened(page, rinci_pindah="lebih")
    rows = people_left(page).set_index("name")
    assert any("3 guru memegang jabatan yang masih lebih" in one.value for one in page.markdown)
    assert sorted(rows.index) == ["Eka", "Fani", "Hadi"]
    assert rows.loc["Hadi", "why"] == "terlalu dekat dengan pensiun"
    assert "sudah diisi orang lain" in rows.loc["Eka", "why"]


@pytest.mark.usefixtures("planner")
def test_teachers_who_count_nowhere_are_listed_by_name(tmp_path, monkeypatch):
    people = roster()
    lost = people.loc[people["name"] == "Citra"].assign(
        name="Ira", nip="198005102000011999", npsn="19999999", unit="SDN 99"
    )
    folder = edition(tmp_path, employee=pd.concat([people, lost], ignore_index=True))
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    page = page_alone("redistribution")
    opened(page, rinci_pindah="betulkan")
    assert any("1 guru tidak dihitung di sekolah mana pun" in one.value for one in page.markdown)
    assert people_left(page)[["name", "school"]].to_numpy().tolist() == [["Ira", "19999999"]]


@pytest.mark.usefixtures("leader")
def test_the_people_of_a_surplus_are_for_planners_only(page):
    said = opened(page, rinci_pindah="lebih")
    assert "Nama tiap orang hanya tampak bagi perencana" in said
    assert not [one for one in page.dataframe if "why" in one.value]


@pytest.mark.usefixtures("planner")
def test_a_way_nobody_knows_the_length_of_is_blank_and_never_0_km(tmp_path, monkeypatch):
    """Melati's point is missing; Fani, who lives in Barat, may go to Dahlia there."""
    told = profiles()
    lost = told.assign(latitude=told["latitude"].mask(told["npsn"] == MELATI))
    people = roster()
    fani = people.loc[people["name"] == "Fani"].iloc[0]
    listed = own_teachers().assign(home_kecamatan=None)
    own = listed.iloc[:1].assign(
        school_teacher_id="fani", name="Fani", nip=fani["nip"], employment="PNS",
        school="SDN 01 Melati", npsn=MELATI, teacher_kind="Guru Mapel", subject="PJOK",
        home_kecamatan="Barat",
    )  # fmt: skip
    listed = pd.concat([listed, own], ignore_index=True)
    monkeypatch.setenv(
        "ESTAFET_DATA",
        str(edition(tmp_path, school_year_profile=lost, school_teacher=listed)),
    )
    page = page_alone("redistribution")
    said = finding(page)
    assert said == "1 guru berpindah mengisi 1 dari 44 kekurangan; jaraknya tidak diketahui"
    table = next(one.value for one in page.dataframe if "way_km" in one.value)
    assert table["way_km"].tolist() == ["–"]
