"""The page on regrouping: levers move their number, a lock changes the plan, empty cases say why.

Three public primary schools, 120, 54 and 180 pupils, six rooms each. At a detour of 1.3: Melati to
Kenanga 3.2 km, Melati to Dahlia 4.6 km, Kenanga to Dahlia 5.2 km. Dahlia has 30 in every grade, so
two rombel with 26 seats left: it takes Kenanga (9 a grade) or Melati (20), never both (29 > 26,
and no room for more rombel).
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import (
    regrouping_inputs,
    regrouping_roads,
    regrouping_sheet,
    regrouping_view,
    regrouping_work,
)
from pages.shared.load_regrouping import Question
from pages.shared.regrouping_locks import Locks
from tests import school_edition
from tests.pages_alone import opened, page_alone, shown
from tests.patience import PATIENCE

MELATI, KENANGA, DAHLIA = "10000001", "10000002", "10000003"
NO_POINTS = {"latitude": None, "longitude": None}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return school_edition.written(tmp_path_factory.mktemp("data"))


def page_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    return page_alone("regrouping")


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return page_over(data, monkeypatch)


def asked_of() -> Question:
    """The question the page solved last."""
    return next(key[1] for key in reversed(regrouping_work._DESK.work) if key[0] == "plan")


def plan_of():
    work = regrouping_work._DESK.work[("plan", asked_of())]
    while not work.is_done:
        time.sleep(0.01)
    return work.latest


def merged() -> dict[str, str]:
    table = plan_of().table
    rows = table.loc[table["action"] == "merge"]
    return dict(zip(rows["npsn"], rows["into"], strict=True))


def test_within_three_kilometres_nothing_can_merge_and_the_page_says_so(page):
    said = opened(page)
    assert "Tidak satu pun dari 1 calon layak digabung dalam batas ini" in said
    assert "dari 1 calon, 3 sekolah negeri" in said
    assert merged() == {}


def test_within_six_kilometres_the_small_school_merges_and_the_title_counts_what_follows(page):
    # One school and six rombel fewer: 150 + 6 x 90 = 690 million rupiah a year.
    said = opened(page, km="6")
    assert merged() == {KENANGA: DAHLIA}
    assert (
        "1 dari 3 SD dapat digabung: hemat Rp 690 juta setahun; 54 murid berjalan lebih jauh,"
        " terjauh 5,2 km"
    ) in said
    assert "24 → 18 rombel, 6 ruang bebas" in said
    assert "Terbukti paling hemat" in said


@pytest.mark.parametrize(
    ("link", "merges"),
    [
        ({"km": "5"}, {}),
        ({"km": "6", "jalan": "160"}, {}),
        ({"km": "6", "sama": "kecamatan"}, {}),
        ({"km": "6", "calon": "0"}, {}),
        ({"km": "6", "calon": "60"}, {KENANGA: DAHLIA}),
        ({"km": "6", "calon": "0", "per_kelas": "10"}, {KENANGA: DAHLIA}),
        ({"km": "6", "kecuali": KENANGA}, {}),
        ({"km": "6", "biaya_sekolah": "0", "biaya_rombel": "10"}, {}),
        ({"km": "6", "harga_km": "5000"}, {}),
        ({"km": "6", "larang": f"{KENANGA}-{DAHLIA}"}, {}),
        ({"km": "6", "buka": KENANGA}, {}),
        ({"km": "6", "tutup": MELATI}, {MELATI: DAHLIA}),
        ({"km": "6", "ke": f"{MELATI}-{DAHLIA}"}, {MELATI: DAHLIA}),
        ({"km": "6", "bobot": "32"}, {}),
        ({"km": "6", "calon": "0", "calonkan": KENANGA}, {KENANGA: DAHLIA}),
        ({"km": "6", "calon": "semua", "semua_gabung": "1"}, {KENANGA: DAHLIA}),
        ({"km": "6", "calon_nanti": "60", "calon": "0"}, {KENANGA: DAHLIA}),
        ({"km": "6", "murid_gabung": "ahead"}, {KENANGA: DAHLIA}),
    ],
)
def test_every_lever_and_lock_in_a_link_moves_the_plan(page, link, merges):
    opened(page, **link)
    assert merged() == merges


def test_a_lock_set_on_the_page_solves_again_and_stands_in_the_link(page):
    opened(page, km="6", pilih=KENANGA)
    assert merged() == {KENANGA: DAHLIA}
    page.button_group(key=f"kunci-{KENANGA}").set_value("open").run()
    page.run()
    assert page.query_params.get("buka") == KENANGA
    assert merged() == {}
    page.button_group(key=f"kunci-{KENANGA}").set_value("free").run()
    page.run()
    assert "buka" not in page.query_params
    assert merged() == {KENANGA: DAHLIA}


def test_a_school_pointed_at_stays_when_a_drawing_was_asked_for_before_the_click(page):
    opened(page, km="6", pilih=KENANGA)
    assert page.button_group(key=f"kunci-{KENANGA}")
    # What a better plan asks for while the click is on its way: the address is the one before it.
    del page.query_params["pilih"]
    page.run()
    assert page.button_group(key=f"kunci-{KENANGA}")
    assert page.query_params.get("pilih") == KENANGA
    page.button(key="selesai").click().run()
    assert "pilih" not in page.query_params
    assert not [one for one in page.button if one.key == "selesai"]


def test_what_a_popover_shows_when_it_is_opened_late_is_what_the_plan_was_asked_with(page):
    """A browser comes to a closed popover with the second drawing: it shows the first values."""
    opened(page, km="6", sama="kecamatan", satu_titik="1", ke_satu="2", kec_sekolah="Timur")
    page.run()
    km, within = page.selectbox(key="km").proto, page.button_group(key="sama").proto
    assert km.options[km.default] == "6 km"
    assert [within.options[at].content for at in within.default] == ["Kecamatan sama"]
    assert page.toggle(key="satu_titik").proto.default
    most = page.selectbox(key="ke_satu").proto
    assert most.options[most.default] == "2 sekolah"
    places = page.multiselect(key="kec_sekolah").proto
    assert [places.options[at] for at in places.default] == ["Timur"]


def test_a_lock_that_cannot_be_met_names_the_school_and_the_limit(page):
    said = opened(page, tutup=MELATI)
    assert "1 sekolah yang dikunci tutup tidak dapat ditutup" in said
    assert "SDN 01 Melati (10000001) dikunci tutup" in said
    assert "3 km" in said


def test_saved_locks_are_everybodys_with_name_and_day(tmp_path, monkeypatch):
    folder = school_edition.written(tmp_path)
    page = page_over(folder, monkeypatch)
    monkeypatch.setattr("pages.shared.access.may", lambda _role: True)
    monkeypatch.setattr("pages.shared.access.actor", lambda: "dewi")
    opened(page, km="6", buka=KENANGA)
    page.button(key="simpan-kunci").click().run()
    another = page_over(folder, monkeypatch)
    said = opened(another, km="6")
    assert another.query_params.get("buka") == KENANGA
    assert "Kunci disimpan oleh dewi" in said
    # Undone by this visitor only, and the link says so.
    another.button(key="lepas").click().run()
    another.run()
    assert another.query_params.get("kunci") == "0"
    assert merged() == {KENANGA: DAHLIA}


def test_locks_that_contradict_each_other_are_reduced_to_what_can_stand():
    every = {"A", "B", "C"}
    locks = Locks(opened=("A",), closed=("A", "B"), pairs=(("B", "C"), ("C", "A"))).known(every)
    # A pair is gone where its receiver goes elsewhere; A stays open, B is no longer closed.
    assert locks == Locks(opened=("A",), closed=("B",), pairs=(("C", "A"),))
    # Whatever is left makes limits that are no contradiction.
    regrouping_inputs.Limits(lock_open=locks.opened, lock_closed=locks.closed, pairs=locks.pairs)


def test_measured_roads_replace_the_straight_line_for_everybody_until_taken_away(
    tmp_path, monkeypatch
):
    # Straight line x 1.3 is 5.2 km; the bridge makes it 4.1 km, within the limit of 5 km.
    folder = school_edition.written(tmp_path)
    page = page_over(folder, monkeypatch)
    assert "Tidak satu pun" in opened(page, km="5")
    told, faults = regrouping_roads.keep("jembatan.csv", b"from,into,km\n%s,%s,4.1\n" % (
        KENANGA.encode(), DAHLIA.encode()))  # fmt: skip
    assert (told, faults) == (True, [])
    said = opened(page_over(folder, monkeypatch), km="5")
    assert "terjauh 4,1 km" in said
    assert "jembatan.csv: 1 pasangan" in said
    # One visitor may look at the straight line; everybody's roads stay.
    assert "Tidak satu pun" in opened(page_over(folder, monkeypatch), km="5", pakai_jalan="0")
    planner = page_over(folder, monkeypatch)
    monkeypatch.setattr("pages.shared.access.may", lambda _role: True)
    opened(planner)
    planner.button(key="hapus-jalan").click().run()
    assert "Tidak satu pun" in shown(planner)


def test_a_file_of_roads_with_a_fault_is_refused_in_words_and_changes_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    told, faults = regrouping_roads.keep("a.csv", b"from,into,km\n1,2,jauh\n1,3,-4\n")
    assert not told
    assert [(fault.row, fault.code) for fault in faults] == [
        (2, "regroup_road_invalid"),
        (3, "regroup_road_invalid"),
    ]
    told, faults = regrouping_roads.keep("b.csv", b"dari,ke\n1,2\n")
    assert not told
    assert "from,into,km" in faults[0].remedy()
    assert regrouping_roads.in_force() == {}


def test_roads_that_cannot_be_are_told_when_they_are_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(school_edition.written(tmp_path)))
    content = f"from,into,km\n{KENANGA},{DAHLIA},0\n{KENANGA},{MELATI},60\n".encode()
    told, faults = regrouping_roads.keep("rute.csv", content)
    assert told
    assert [(fault.row, fault.code) for fault in faults] == [(2, "regroup_road_zero")]


def test_a_large_file_of_roads_is_read_by_another_process_and_once_for_all(tmp_path, monkeypatch):
    monkeypatch.setenv("ESTAFET_DATA", str(school_edition.written(tmp_path)))
    apart = []

    def noted(work, path):
        apart.append(path)
        return work(path)

    monkeypatch.setattr(regrouping_roads, "done_apart", noted)
    monkeypatch.setattr(regrouping_roads, "_LARGE_BYTES", 10)
    content = f"from,into,km\n{KENANGA},{DAHLIA},4.75\n".encode()
    assert regrouping_roads.keep("jalan.csv", content) == (True, [])
    sha256 = regrouping_roads.in_force()["sha256"]
    found = regrouping_roads.roads(sha256)
    assert found is not None
    assert found["km"].tolist() == [4.75]
    assert len(apart) == 1
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        # Kenanga to Dahlia is 4 km in a straight line.
        (f"{KENANGA},{DAHLIA},5200", "regroup_road_too_long"),
        ("77777777,88888888,2", "regroup_road_strangers"),
        ("", "file_no_rows"),
    ],
)
def test_roads_in_metres_or_of_other_schools_leave_those_in_force(
    tmp_path, monkeypatch, rows, code
):
    monkeypatch.setenv("ESTAFET_DATA", str(school_edition.written(tmp_path)))
    # As an office writes it: a title, headings of its own, a semicolon, a decimal comma.
    good = f"Jarak jalan;;\nDari;Ke;Jarak (km)\n{KENANGA};{DAHLIA};4,5\n"
    assert regrouping_roads.keep("baik.csv", good.encode()) == (True, [])
    told, faults = regrouping_roads.keep("buruk.csv", f"from,into,km\n{rows}\n".encode())
    assert (told, [fault.code for fault in faults]) == (False, [code])
    assert regrouping_roads.in_force()["name"] == "baik.csv"


@pytest.mark.parametrize("section", ["sekolah", "kapan", "guru", "desa"])
def test_every_section_opens(page, section):
    said = opened(page, km="6", rinci=section)
    assert "1 dari 3 SD dapat digabung" in said


def test_the_calendar_counts_back_from_the_decree_of_a_year_that_can_still_be_prepared(page):
    # As of 1 September 2026: twelve months of study and socialisation before 1 July: 2028.
    opened(page, km="6", rinci="kapan")
    table = next(one.value for one in page.dataframe if "decree_until" in one.value)
    assert table["decree_until"].dt.strftime("%Y-%m-%d").tolist() == ["2028-07-01"]
    assert table["study_from"].dt.strftime("%Y-%m-%d").tolist() == ["2027-07-01"]
    assert table["dapodik_until"].dt.strftime("%Y-%m-%d").tolist() == ["2028-08-31"]


def test_names_of_heads_are_only_for_those_who_may_see_them(page, monkeypatch):
    # Melati's head is Adi, and Melati merges when it is locked closed.
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: True)
    opened(page, km="6", tutup=MELATI, rinci="guru")
    assert any("Adi" in one.value.to_string() for one in page.dataframe)
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: False)
    shown(page.run())
    assert not any("Adi" in one.value.to_string() for one in page.dataframe)


def test_a_plan_that_is_enough_stays_and_is_looked_for_again_when_asked(page):
    opened(page, km="6")
    regrouping_work._DESK.work[("plan", asked_of())].stop.set()
    said = shown(page.run())
    assert "Pencarian dihentikan." in said
    assert "1 dari 3 SD dapat digabung" in said
    page.button(key="cari-lagi").click().run()
    assert "Pencarian dihentikan." not in shown(page)


def test_work_nobody_waits_for_ends_and_work_that_failed_is_begun_anew():
    begun = []

    def endless(own):
        begun.append(own)
        while True:
            own.keep(len(begun))
            time.sleep(0.005)

    work = regrouping_work._work("endless", endless)
    assert regrouping_work._work("endless", endless) is work
    regrouping_work._drop(work)
    until = time.monotonic() + PATIENCE
    while not work.is_done and time.monotonic() < until:
        time.sleep(0.01)
    assert work.is_done
    assert work.error is None

    def failing(own):  # noqa: ARG001
        raise ArithmeticError

    failed = regrouping_work._work("failing", failing)
    while not failed.is_done and time.monotonic() < until:
        time.sleep(0.01)
    assert isinstance(failed.error, ArithmeticError)
    assert regrouping_work._work("failing", failing) is not failed


def test_the_list_says_why_each_school_stays_or_goes(page):
    opened(page, km="6")
    table = next(one.value for one in page.dataframe if "reason_said" in one.value)
    said = table.set_index("npsn")["reason_said"]
    assert said[KENANGA] == "bergabung ke SDN 03 Dahlia, 5,2 km"
    assert said[DAHLIA] == "menerima SDN 02 Kenanga"
    assert said[MELATI] == "bukan calon menurut syarat"


def test_a_village_sheet_tells_who_walks_further_and_what_stays(page):
    said = opened(page, km="6", rinci="desa")
    assert "Kecamatan Timur: SDN 02 Kenanga bergabung, 54 murid pindah sekolah" in said
    assert "54 murid SDN 02 Kenanga berjalan paling banyak 5,2 km lebih jauh" in said
    assert "SDN 01 Melati tetap buka dengan 6 rombel." in said
    assert "belum keputusan" in said


def test_the_document_of_all_villages_holds_one_section_each_and_no_markup_of_strangers(page):
    opened(page, km="6", rinci="desa")
    question, plan = asked_of(), plan_of()
    assert len(regrouping_sheet.places(question, plan, "id")) == 2
    sheet = regrouping_sheet.Sheet("X", "<script>", (("A & B", ("1 < 2",)),))
    document = regrouping_sheet.as_html([sheet, sheet], "sumber", "id")
    assert document.count("<section>") == 2
    assert "<script>" not in document
    assert "A &amp; B" in document


def test_schools_without_coordinates_are_listed_with_their_remedy(tmp_path, monkeypatch):
    profiles = school_edition.profiles()
    profiles.loc[profiles["npsn"] == KENANGA, list(NO_POINTS)] = None
    page = page_over(school_edition.written(tmp_path, school_year_profile=profiles), monkeypatch)
    said = opened(page, km="6")
    assert "1 sekolah tidak ikut karena koordinatnya" in said
    table = next(one.value for one in page.dataframe if "fault" in one.value)
    assert table["fault"].tolist() == ["koordinat kosong: isi lintang dan bujurnya"]


def test_without_any_coordinates_the_page_asks_for_them(tmp_path, monkeypatch):
    profiles = school_edition.profiles().assign(**NO_POINTS)
    page = page_over(school_edition.written(tmp_path, school_year_profile=profiles), monkeypatch)
    said = opened(page)
    assert "tanpa jarak tidak ada penggabungan" in said


def test_totals_are_split_evenly_and_the_page_says_so(tmp_path, monkeypatch):
    rows = school_edition.enrolment()
    without = rows.loc[rows["npsn"] != KENANGA]
    page = page_over(school_edition.written(tmp_path, enrolment=without), monkeypatch)
    said = opened(page, km="6")
    assert "1 sekolah hanya melaporkan jumlah murid: dibagi rata ke setiap kelas." in said
    # 54 in six grades are 9 each, as before.
    assert merged() == {KENANGA: DAHLIA}


def test_no_candidate_at_all_says_which_lever_to_move(page):
    said = opened(page, calon="0")
    assert "Tidak ada calon penggabungan menurut syarat ini" in said
    assert "Naikkan ambang" in said


def test_without_pupils_the_page_says_what_to_load(tmp_path, monkeypatch):
    page = page_over(
        school_edition.written(
            tmp_path,
            school_year_profile=school_edition.profiles().iloc[:0],
            enrolment=school_edition.enrolment().iloc[:0],
        ),
        monkeypatch,
    )
    assert "Belum ada data murid" in opened(page)


def test_without_an_edition_the_page_invites_to_load_one(tmp_path, monkeypatch):
    assert "Belum ada data" in opened(page_over(tmp_path / "nothing", monkeypatch))


def test_what_the_merges_save_adds_up_to_the_headline(page):
    said = opened(page, km="6")
    table = next(one.value for one in page.dataframe if "net_idr" in one.value)
    rupiah = {
        name: [int(re.sub(r"\D", "", one)) for one in table[name]]
        for name in ("saved_idr", "net_idr")
    }
    # A school, 150 million, and six rombel, 90 million each.
    assert sum(rupiah["saved_idr"]) == 690_000_000
    assert re.search(r"hemat Rp.690.juta setahun", said)
    assert 0 < sum(rupiah["net_idr"]) < 690_000_000


def test_the_curve_holds_the_plan_on_screen_and_nothing_that_is_beaten(page):
    opened(page, km="6")
    work = regrouping_work._DESK.work[("curve", asked_of())]
    while not work.is_done:
        time.sleep(0.01)
    curve = work.latest.curve
    assert curve["saved"].is_monotonic_increasing
    assert curve["pupil_km"].is_monotonic_increasing
    assert curve["saved"].tolist() == [0.0, 690.0]


def test_every_school_of_the_question_stands_in_the_list_once(page):
    opened(page, km="6")
    rows = regrouping_view.schools(asked_of(), plan_of(), "id")
    assert rows["npsn"].tolist() == [MELATI, KENANGA, DAHLIA]
    assert rows["pupils"].tolist() == [120, 54, 180]


# Locks that hold nowhere


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"buka": "77777777"}, "tidak ada di data dan tidak dipakai: 77777777"),
        ({"ke": f"{KENANGA}-77777777"}, "tidak ada di data dan tidak dipakai: 77777777"),
        ({"buka": KENANGA, "tutup": KENANGA}, f"Kunci bertentangan: {KENANGA}"),
    ],
)
def test_a_lock_that_holds_nowhere_is_said(page, link, words):
    assert words in opened(page, km="6", **link)


def test_a_lock_that_holds_says_nothing_of_the_kind(page):
    said = opened(page, km="6", buka=KENANGA)
    assert "tidak dipakai" not in said
    assert "bertentangan" not in said


# What lists of buildings say


def _described(**told: object):
    profiles = school_edition.profiles()
    own = profiles["npsn"].isin([KENANGA])
    return profiles.assign(
        **{name: pd.Series(value, index=profiles.index).where(own) for name, value in told.items()}
    )


def test_damaged_buildings_make_a_candidate_and_the_share_is_a_setting(tmp_path, monkeypatch):
    rooms = {"room_good_count": 3, "room_moderate_count": 2, "room_heavy_count": 1}
    folder = school_edition.written(tmp_path, school_year_profile=_described(**rooms))
    page = page_over(folder, monkeypatch)
    said = opened(page, km="6", calon="0", rusak="1")
    assert merged() == {KENANGA: DAHLIA}
    assert "pilihan setempat tanpa sumber" in said
    opened(page_over(folder, monkeypatch), km="6", calon="0", rusak="1", rusak_bagian="75")
    assert merged() == {}
    opened(page_over(folder, monkeypatch), km="6", calon="0", rusak="1", rusak_dari="heavy")
    assert merged() == {}


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("is_remote", "kecuali_3t"),
        ("is_special", "kecuali_khusus"),
        ("is_integrated", "satap"),
    ],
)
def test_marked_schools_are_left_out_until_the_switch_is_off(tmp_path, monkeypatch, column, word):
    folder = school_edition.written(tmp_path, school_year_profile=_described(**{column: True}))
    opened(page_over(folder, monkeypatch), km="6")
    assert merged() == {}
    opened(page_over(folder, monkeypatch), km="6", **{word: "0"})
    assert merged() == {KENANGA: DAHLIA}


def test_schools_on_one_point_merge_only_where_somebody_says_they_share_a_yard(
    tmp_path, monkeypatch
):
    profiles = school_edition.profiles()
    shared = profiles["npsn"].isin([KENANGA, DAHLIA])
    profiles = profiles.assign(
        latitude=profiles["latitude"].mask(shared, -7.61),
        longitude=profiles["longitude"].mask(shared, 111.52),
    )
    folder = school_edition.written(tmp_path, school_year_profile=profiles)
    opened(page_over(folder, monkeypatch))
    assert merged() == {}
    link = {"satu_titik": "1", "calon": "0", "sehalaman": "1"}
    said = opened(page_over(folder, monkeypatch), **link)
    assert merged() == {KENANGA: DAHLIA}
    assert "terjauh 0,0 km" in said


def test_fewer_rooms_than_rombel_is_one_finding_with_its_schools(tmp_path, monkeypatch):
    profiles = school_edition.profiles().assign(classroom_count=4)
    folder = school_edition.written(tmp_path, school_year_profile=profiles)
    said = opened(page_over(folder, monkeypatch))
    assert "Ruang kurang dari rombel: 3 sekolah; lihat Semua sekolah" in said
