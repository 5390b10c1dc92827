"""The page on teachers: need, staff and gap of a tiny government, and every control."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.enrolment import Levers
from analytics.teachers import NeedChoice
from pages.shared import load, load_schools, school_inputs, teacher_view
from tests import school_edition
from tests.pages_alone import opened, page_alone, shown

MELATI = "10000001"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return school_edition.written(tmp_path_factory.mktemp("data"))


@pytest.fixture
def page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: True)
    return page_alone("teachers")


def asked(
    level: str = "SD", english: str = "post", levers: Levers | None = None
) -> tuple[school_inputs.Scope, teacher_view.NeedKey]:
    """A view of the edition under test, and the key of its need."""
    schools = load_schools.school_key()
    wanted = Levers() if levers is None else levers
    scope = school_inputs.Scope(schools, level, "negeri", (), 10, wanted)
    choice = NeedChoice(english=english)
    return scope, teacher_view.NeedKey(schools, load.people_key(), wanted, choice)


def test_a_school_of_six_rombel_needs_six_class_teachers_agama_pjok_and_a_head(page):
    # 20 pupils a grade under the ceiling of 28: one rombel each. Juknis 5 Menteri 2011: 6 + 1 + 1
    # + head; English joins in 2027/28 (Permendikbudristek 12/2024 art. 33).
    opened(page)
    rows = teacher_view.balance(asked()[1]).gaps
    here = rows.loc[rows["npsn"] == MELATI].pivot(
        index="school_year", columns="post", values="needed_count"
    )
    assert here.loc[2026].to_dict() == {
        "guru_kelas": 6,
        "guru_agama": 1,
        "guru_pjok": 1,
        "guru_bahasa_inggris": 0,
        "kepala_sekolah": 1,
    }
    assert here.loc[2027, "guru_bahasa_inggris"] == 1


def test_who_leaves_before_a_school_year_is_missing_in_it(page):
    # Beni leaves on 1 September 2027: still there when 2027/28 begins, gone in 2028/29.
    opened(page)
    rows = teacher_view.balance(asked()[1]).gaps
    class_teachers = rows.loc[(rows["npsn"] == MELATI) & (rows["post"] == "guru_kelas")]
    by_year = class_teachers.set_index("school_year")
    assert by_year.loc[[2026, 2027, 2028], "gap_count"].tolist() == [3, 3, 4]
    assert by_year["in_post_count"].eq(3).all()


def test_a_surplus_never_hides_a_deficit(page):
    # One PJOK teacher too many at Melati; class teachers are short there all the same.
    said = opened(page)
    scope, key = asked()
    now = teacher_view.answer(scope, key).at(2026)
    assert now["surplus_count"] == 1
    # Two schools of 6 + 1 + 1 + head, and one of twelve rombel: 12 + 2 + 2 + head (3 hours each
    # for 12 rombel are 36 of 24 a teacher). Six people are there, one of them spare.
    assert now["needed_count"] == 9 + 9 + 17
    assert now["deficit_count"] == 35 - 5
    assert "kurang 30 dan lebih 1 sekarang" in said


def test_need_gap_and_staff_add_up_in_every_year(page):
    opened(page)
    rows = teacher_view.answer(*asked(level="semua")).by_year
    staying = rows["in_post_count"] - rows["leaving_count"]
    gap = rows["deficit_count"] - rows["surplus_count"] - rows["unknown_count"]
    assert (rows["needed_count"] - staying == gap).all()


def test_posts_and_kecamatan_add_up_to_the_whole(page):
    opened(page)
    view = asked(level="semua")
    found = teacher_view.answer(*view)
    columns = ["needed_count", "deficit_count"]
    for year in (2026, 2036):
        whole = found.at(year)[columns].tolist()
        by_post = found.by_post.loc[found.by_post["school_year"] == year]
        assert by_post[columns].sum().tolist() == whole
        assert teacher_view.kecamatan(*view, year, "semua")[columns].sum().tolist() == whole


def test_the_kecamatan_of_one_post_add_up_to_that_post(page):
    view = asked()
    opened(page)
    by_post = teacher_view.answer(*view).by_post
    pjok = by_post.loc[(by_post["post"] == "guru_pjok") & (by_post["school_year"] == 2026)]
    rows = teacher_view.kecamatan(*view, 2026, "guru_pjok").set_index("kecamatan")
    assert rows["needed_count"].sum() == pjok["needed_count"].sum()
    # Melati (Timur) has two and needs one.
    assert rows.loc["Timur", "surplus_count"] == 1


def test_trained_class_teachers_save_the_post_of_english(page):
    opened(page)
    post = teacher_view.answer(*asked()).at(2030)["needed_count"]
    trained = teacher_view.answer(*asked(english="class_teacher")).at(2030)["needed_count"]
    assert post - trained == 3  # one a school


def test_the_english_switch_moves_the_need_and_stands_in_the_link(page):
    before = opened(page)
    page.button_group(key="inggris").set_value("class_teacher").run()
    assert page.query_params["inggris"] in ("class_teacher", ["class_teacher"])
    assert shown(page) != before


def test_need_at_the_ratio_of_today_starts_where_teachers_and_rombel_are(page):
    # Six people for six rombel at Melati, the only school with a known staff: one a rombel, for
    # 6 + 6 + 12 rombel.
    opened(page)
    rows = teacher_view.answer(*asked()).by_year
    assert rows["needed_at_ratio"].iloc[0] == pytest.approx(24)


def _lever(word: str, value: int) -> Levers:
    given = {"lahir": 100, "swasta": None, "luar": 0} | {word: value}
    today = load_schools.private_share_today(load_schools.school_key())
    return school_inputs.levers_from(
        given["lahir"] or 0, given["swasta"], today, given["luar"] or 0
    )


@pytest.mark.parametrize(("word", "value"), [("lahir", 50), ("swasta", 60), ("luar", -50)])
def test_every_lever_moves_the_need_of_teachers(page, word, value):
    before = opened(page)
    page.slider(key=word).set_value(value).run()
    after = shown(page)
    assert "Andai-andai:" in after
    assert after.replace("Andai-andai:", "") != before
    moved, today = (
        teacher_view.answer(*asked(levers=levers)) for levers in (_lever(word, value), None)
    )
    assert moved.at(2036)["needed_count"] < today.at(2036)["needed_count"]


@pytest.mark.parametrize("section", ["jabatan", "kecamatan", "sekolah", "tahun", "ukuran"])
def test_every_section_opens_with_rows(page, section):
    opened(page, rinci_guru=section)
    assert len(page.dataframe[0].value)


def test_the_year_looked_at_changes_the_table(page):
    opened(page, tahun_guru="2026")
    now = page.dataframe[0].value.set_index("name")["leaving_count"].astype(int).sum()
    page.selectbox(key="tahun_guru").set_value("2036").run()
    then = page.dataframe[0].value.set_index("name")["leaving_count"].astype(int).sum()
    # Beni (2027) and Eka (60 in May 2030) are gone by then, Adi (60 in 2035) as well.
    assert (now, then) == (0, 3)


def test_schools_of_one_post_can_be_opened_by_link(page):
    opened(page, rinci_guru="sekolah", jabatan_guru="guru_pjok", tahun_guru="2026")
    rows = page.dataframe[0].value.set_index("npsn")
    assert rows.loc[MELATI, "surplus_count"].strip() == "1"


def test_levels_filter_what_is_counted(page):
    # SMP Mawar: 54 pupils a grade are two rombel a grade, 6 x 31/24 posts and more.
    opened(page)
    assert teacher_view.answer(*asked(level="SMP")).school_count == 1
    visitor = page_alone("teachers")
    assert "Kebutuhan guru SMP" in opened(visitor, tingkat="SMP")


def test_how_need_follows_pupils_is_said_in_a_sentence(page):
    assert "Jumlah murid hampir tidak berubah" in opened(page)
    page.slider(key="luar").set_value(-50).run()
    said = shown(page)
    assert "Dengan aturan tahun ini: sampai 2036/37 murid turun 5" in said
    # Half the pupils of a school still fill six rombel: need falls far less than pupils.
    assert "rombel dihitung utuh per sekolah dan kelas" in said


def test_a_link_with_nonsense_opens_the_page_as_if_it_were_not_there(page):
    plain = opened(page).split("</h1>")[0]
    link = {"inggris": "x", "tahun_guru": "1999", "rinci_guru": "y", "jabatan_guru": "z"}
    visitor = page_alone("teachers")
    assert opened(visitor, **link).split("</h1>")[0] == plain


def test_without_pupil_numbers_the_page_says_what_to_import(tmp_path, monkeypatch):
    school_edition.written(
        tmp_path,
        school_year_profile=school_edition.profiles().iloc[:0],
        enrolment=school_edition.enrolment().iloc[:0],
    )
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    said = opened(page_alone("teachers"))
    assert "Kebutuhan guru dihitung dari jumlah murid" in said
    assert "daftar GTK Dapodik" in said


def test_subjects_and_posts_have_names():
    assert teacher_view.post_name("guru_mapel:ipa") == "Guru IPA"
    assert teacher_view.post_name("guru_mapel:bahasa_indonesia") == "Guru Bahasa Indonesia"
    assert teacher_view.post_name("guru_agama:islam") == "Guru Agama Islam"
    assert teacher_view.post_name("guru_agama") == "Guru Agama"
    assert teacher_view.post_name("belum_diketahui") == "Belum diketahui"


def test_english_is_spoken_throughout(page):
    page.session_state["lang"] = "en"
    said = opened(page)
    assert "short and 1 too many now" in said
    assert "Kurang" not in said


def test_the_page_says_that_the_religions_of_pupils_are_not_known(page):
    assert "agama murid tiap sekolah belum diketahui" in opened(page)


def test_agama_is_told_by_religion_where_it_is_known_and_few_pupils_are_nobodys_row(
    tmp_path, monkeypatch
):
    religions = pd.DataFrame(
        [(MELATI, 2026, "islam", 100), (MELATI, 2026, "kristen", 16), (MELATI, 2026, "hindu", 4)],
        columns=["npsn", "school_year", "religion", "pupil_count"],
    )
    data = school_edition.written(tmp_path, pupil_religion=religions)
    monkeypatch.setenv("ESTAFET_DATA", str(data))
    monkeypatch.setattr("pages.shared.access.may_see_names", lambda: True)
    told = opened(page_alone("teachers"))
    assert "Guru agama dihitung per agama yang ada di 1 sekolah; di " in told
    rows = teacher_view.balance(asked()[1]).gaps
    here = rows.loc[(rows["npsn"] == MELATI) & (rows["school_year"] == 2026)]
    posts = here.set_index("post")["needed_count"]
    assert posts["guru_agama:islam"] == posts["guru_agama:kristen"] == 1
    assert not [post for post in posts.index if "hindu" in post or post == "guru_agama"]
