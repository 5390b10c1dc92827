"""ABK and e-Formasi sheets: told from other lists, judged in words, placed and shared out."""

from contextlib import closing
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analytics import checks, demo, import_data, posts_abk, rules, store, store_tables
from analytics.faults import FaultsError
from analytics.readers import read
from tests import school_edition

ON = date(2026, 9, 1)
LIST = [
    ["REKAPITULASI ANALISIS BEBAN KERJA TAHUN 2026"],
    [],
    ["NO", "OPD", "UNIT KERJA", "NAMA JABATAN", "KELAS", "BEZETTING", "KEBUTUHAN", "+/-"],
    [1, 2, 3, 4, 5, 6, 7, 8],
    [1, "Dinas Kesehatan", "Puskesmas Melati", "Perawat Terampil", 6, 4, 6, -2],
    [2, "Dinas Kesehatan", "Puskesmas Melati", "Bidan Terampil", 6, 3, 4.4, -1],
    ["", "", "", "JUMLAH", "", 7, 10.4, -3],
]
# One form per title: volume, time and effective time, task by task.
FORM = [
    ["FORMULIR ANALISIS BEBAN KERJA 2026"],
    ["NAMA JABATAN : Pengelola Keuangan"],
    ["UNIT KERJA : Dinas Kesehatan"],
    ["No", "Uraian Tugas", "Hasil", "Jumlah Hasil", "Waktu Penyelesaian (jam)", "Waktu Efektif"],
    [1, "Memeriksa SPJ", "Dokumen", 1000, 1, 1250],
    [2, "Menyusun laporan", "Laporan", 12, 20, 1250],
]


def book(path, sheets):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def checked(path, **more):
    return checks.checked_workload(read(path), rules.load(), ON, **more)


def codes(found):
    return [fault.code for fault in found.faults]


def test_a_list_of_titles_is_told_from_a_roster_and_its_total_is_no_title(tmp_path):
    reading = read(book(tmp_path / "abk.xlsx", {"ABK": LIST}))
    assert (reading.kind, reading.layout, reading.is_certain) == ("abk", "abk_titles", True)
    assert list(reading.rows["position"]) == ["Perawat Terampil", "Bidan Terampil"]


def test_needs_are_kept_unrounded_with_unit_agency_and_year(tmp_path):
    needs = checked(book(tmp_path / "abk.xlsx", {"ABK": LIST})).post_needs
    bidan = needs.set_index("title").loc["Bidan Terampil"]
    assert (bidan["opd"], bidan["unit"], bidan["year"]) == (
        "Dinas Kesehatan", "Puskesmas Melati", 2026,
    )  # fmt: skip
    assert (bidan["needed_fte"], bidan["in_post_count"], bidan["job_class"]) == (4.4, 3, 6)


def test_a_form_of_tasks_gives_volume_times_norm_over_effective_time(tmp_path):
    # 1000 x 1 h and 12 x 20 h are 1,240 hours of 1,250: 0.992 posts.
    found = checked(book(tmp_path / "form.xlsx", {"Keu": FORM}))
    row = found.post_needs.iloc[0]
    assert (row["title"], row["unit"]) == ("Pengelola Keuangan", "Dinas Kesehatan")
    assert row["needed_fte"] == pytest.approx(1240 / 1250)
    assert row["is_from_workload"]


def test_without_an_effective_time_the_row_of_the_rules_divides(tmp_path):
    form = [row[:5] for row in FORM]
    found = checked(book(tmp_path / "form.xlsx", {"Keu": form}))
    assert found.post_needs["needed_fte"].iloc[0] == pytest.approx(1240 / 1250)


def test_minutes_are_minutes_whether_the_header_or_the_effective_time_says_so(tmp_path):
    marked = [list(row) for row in FORM]
    marked[3][4] = "Waktu Penyelesaian (menit)"
    beside = [list(row) for row in FORM]
    beside[3][4] = "Waktu Penyelesaian"
    for row in (*marked[4:], *beside[4:]):
        row[4] *= 60
    for row in beside[4:]:
        row[5] = 75_000
    for form in (marked, beside):
        found = checked(book(tmp_path / "form.xlsx", {"Keu": form}))
        assert found.post_needs["needed_fte"].iloc[0] == pytest.approx(1240 / 1250)


def test_a_task_that_cannot_be_read_keeps_its_whole_title_out(tmp_path):
    form = [list(row) for row in FORM]
    form[5][3] = "banyak"
    found = checked(book(tmp_path / "form.xlsx", {"Keu": form}))
    assert found.post_needs.empty
    assert "abk_number_invalid" in codes(found)
    assert "abk_title_torn" in codes(found)


def test_sections_name_the_agency_and_bezetting_of_pns_and_pppk_is_added(tmp_path):
    rows = [
        ["PETA JABATAN DAN KEBUTUHAN PEGAWAI 2026"],
        ["No", "Nama Jabatan", "Kelas Jabatan", "Bezetting", "", "Kebutuhan"],
        ["", "", "", "PNS", "PPPK", ""],
        ["I", "DINAS KESEHATAN"],
        [1, "Pengadministrasi Perkantoran", 5, 2, 1, 5],
        ["II", "DINAS PERDAGANGAN"],
        [1, "Penata Layanan Operasional", 7, 2, 0, 4],
    ]
    needs = checked(book(tmp_path / "peta.xlsx", {"Sheet1": rows})).post_needs
    assert list(needs["opd"]) == ["DINAS KESEHATAN", "DINAS PERDAGANGAN"]
    assert list(needs["in_post_count"]) == [3, 2]


@pytest.mark.parametrize(
    ("written", "needed"),
    [
        (["3,5", "12"], [3.5, 12]),
        (["1.250", "2,5"], [1250, 2.5]),
        (["0.992", "1.250"], [0.992, 1.25]),
    ],
)
def test_dots_and_commas_are_read_as_the_column_uses_them(tmp_path, written, needed):
    lines = ["opd;jabatan;kebutuhan;bezetting;tahun"]
    lines += [f"Dinas Sosial;Jabatan {at};{text};1;2026" for at, text in enumerate(written)]
    path = tmp_path / "abk.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert list(checked(path).post_needs["needed_fte"]) == pytest.approx(needed)


def test_what_is_wrong_is_said_in_words_with_its_row(tmp_path):
    lines = [
        "opd;jabatan;kebutuhan;bezetting",
        "Dinas Sosial;;2;1",
        ";Arsiparis Terampil;2;1",
        "Dinas Sosial;Arsiparis Terampil;-2;1",
        "Dinas Sosial;Arsiparis Mahir;;1",
        "Dinas Sosial;Zeppelin Rekaan;9;1",
    ]
    path = tmp_path / "abk.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = checked(path)
    assert {(fault.row, fault.code) for fault in found.faults} == {
        (None, "abk_year_assumed"), (None, "abk_far_above"), (2, "abk_title_missing"),
        (3, "abk_unit_missing"), (4, "abk_number_invalid"),
        (5, "abk_need_missing"), (6, "abk_title_unknown"),
    }  # fmt: skip
    assert list(found.unknown_titles["title"]) == ["Zeppelin Rekaan"]
    assert list(found.post_needs["title"]) == ["Zeppelin Rekaan"]


def test_a_title_mapped_by_hand_is_known(tmp_path):
    path = tmp_path / "abk.csv"
    path.write_text("opd;jabatan;kebutuhan;bezetting;tahun\nD;Zeppelin Rekaan;2;1;2026\n")
    assert len(checked(path).unknown_titles) == 1
    found = checked(path, local_titles={"zeppelin rekaan": ("pelaksana", "-")})
    assert found.unknown_titles.empty


def test_a_file_without_needs_is_refused(tmp_path):
    path = tmp_path / "abk.csv"
    path.write_text("opd;jabatan;bezetting\nDinas Sosial;Arsiparis;1\n", encoding="utf-8")
    with pytest.raises(FaultsError):
        checks.checked_workload(read(path, kind="abk"), rules.load(), ON)


@pytest.mark.parametrize(
    "headers",
    [
        ["NO", "NAMA JABATAN", "KJ", "B", "K", "+/-", "UNIT KERJA"],
        ["No.", "Jabatan", "Kelas Jabatan", "Jumlah Pegawai ASN yang Ada Saat Ini",
         "Kebutuhan Pegawai Hasil ABK Tahun Ini", "Kekurangan/Kelebihan", "Perangkat Daerah"],
        ["No", "Nomenklatur Jabatan", "Kelas Jab.", "Eksisting (orang)",
         "Jumlah ASN yang diperlukan", "Selisih", "Unit Organisasi"],
    ],
)  # fmt: skip
def test_many_wordings_of_one_sheet_are_read_alike(tmp_path, headers):
    rows = [headers, [1, "Arsiparis Terampil", 6, 4, 7, -3, "Dinas Sosial"],
            [2, "Penata Layanan Operasional", 7, 2, 3, -1, "Dinas Sosial"]]  # fmt: skip
    reading = read(book(tmp_path / "abk.xlsx", {"Data": rows}))
    assert (reading.kind, reading.is_certain) == ("abk", True)
    needs = checks.checked_workload(reading, rules.load(), ON).post_needs
    assert list(needs["needed_fte"]) == [7, 3]
    assert list(needs["in_post_count"]) == [4, 2]
    assert list(needs["job_class"]) == [6, 7]


def test_a_five_year_plan_gives_a_need_for_each_year_and_retirements_are_no_need(tmp_path):
    rows = [
        ["OPD", "NAMA JABATAN", "BEZETTING", "AKAN PENSIUN", "", "KEBUTUHAN", ""],
        ["", "", "", 2026, 2027, 2026, 2027],
        ["Dinas Sosial", "Arsiparis Terampil", 4, 1, 2, 5, 6],
        ["Dinas Sosial", "Penata Layanan Operasional", 2, 0, 1, 3, 2],
    ]
    needs = checked(book(tmp_path / "abk.xlsx", {"Data": rows})).post_needs
    wide = needs.pivot(index="title", columns="year", values="needed_fte")
    assert wide.loc["Arsiparis Terampil"].to_dict() == {2026: 5, 2027: 6}
    assert wide.loc["Penata Layanan Operasional"].to_dict() == {2026: 3, 2027: 2}


def test_names_of_holders_are_not_read(tmp_path):
    rows = [list(row) for row in LIST]
    rows[2].append("NAMA PEMANGKU")
    rows[4].append("Ani Rekaan")
    rows[5].append("Budi Rekaan")
    reading = read(book(tmp_path / "abk.xlsx", {"ABK": rows}))
    assert "NAMA PEMANGKU" in reading.discarded
    assert (
        not reading.rows.astype("str").apply(lambda one: one.str.contains("Rekaan")).any(axis=None)
    )


def imported(folder, path):
    return import_data.load(folder, import_data.preview(folder, path, accept_partial=True), "uji")


def test_needs_reach_the_edition_and_a_later_sheet_replaces_its_unit_and_year_only(tmp_path):
    folder = tmp_path / "data"
    about = store.About(as_of=ON, government_name="Kota Uji")
    folder.mkdir()
    edition = store.write_edition(folder, {"employee": school_edition.roster()}, about)
    from analytics import state

    with state.opened(folder) as decisions:
        decisions.set_current_edition(edition.number, "uji")
    other = [list(row) for row in LIST]
    other[4][2] = other[5][2] = "Puskesmas Mawar"
    imported(folder, book(tmp_path / "a.xlsx", {"ABK": LIST}))
    imported(folder, book(tmp_path / "b.xlsx", {"ABK": other}))
    edition = imported(folder, book(tmp_path / "c.xlsx", {"ABK": LIST[:5]}))
    with closing(store.opened(edition.path)) as connection:
        needs = store_tables.post_needs(connection)
        assert len(store_tables.people(connection)) == len(school_edition.roster())
    assert list(needs["unit"]) == ["Puskesmas Mawar"] * 2 + ["Puskesmas Melati"]


# ---- placing and sharing out ---------------------------------------------------------------------

UNITS = pd.DataFrame(
    [
        ("dinkes", "Dinas Kesehatan", "Dinas Kesehatan", "opd"),
        ("pkm-a", "Puskesmas A", "Dinas Kesehatan", "puskesmas"),
        ("pkm-b", "Puskesmas B", "Dinas Kesehatan", "puskesmas"),
    ],
    columns=["unit_id", "name", "opd", "kind"],
).assign(npsn=None, school_level=None)


def people(**counts):
    rows = [
        (unit.replace("_", "-"), "nakes", "nakes", "Perawat Terampil", "terampil")
        for unit, number in counts.items()
        for _ in range(number)
    ]
    frame = pd.DataFrame(rows, columns=["unit_id", "role_group", "post", "position", "jenjang"])
    return frame.assign(is_on_duty=True, employment="PNS")


def sheet(*rows):
    frame = pd.DataFrame(rows, columns=["opd", "unit", "title", "year", "needed_fte", "there"])
    return frame.rename(columns={"there": "in_post_count"})


def placed(listed, staff=None):
    return posts_abk.abk_posts(listed, UNITS, rules.load(), None, staff)


def test_titles_of_one_role_are_added_before_they_are_rounded():
    # 0.4 and 0.4 of a nurse are one nurse less a fifth, not none.
    table, _ = placed(
        sheet(
            ("Dinas Kesehatan", "Puskesmas A", "Perawat Terampil", 2026, 0.4, 1),
            ("Dinas Kesehatan", "Puskesmas A", "Perawat Mahir", 2026, 0.4, 1),
        )
    )
    assert list(table["needed_count"]) == [1]
    assert list(table["needed_fte"]) == pytest.approx([0.8])


def test_a_need_below_half_a_post_is_no_post_and_keeps_its_fraction():
    table, _ = placed(sheet(("Dinas Kesehatan", "Puskesmas A", "Perawat Mahir", 2026, 0.4, 1)))
    assert (table["needed_count"].iloc[0], table["needed_fte"].iloc[0]) == (0, 0.4)


def test_a_sheet_of_the_whole_agency_is_shared_out_by_who_works_where():
    # Seven nurses needed, six there: 2 in A and 4 in B give 2.33 and 4.67, so 2 and 5.
    listed = sheet(("Dinas Kesehatan", "", "Perawat Terampil", 2026, 7, 6))
    table, _ = placed(listed, people(pkm_a=2, pkm_b=4))
    shares = table.set_index("unit_id")["needed_count"]
    assert dict(shares) == {"pkm-a": 2, "pkm-b": 5}
    assert table["is_shared"].all()


def test_a_sheet_headed_by_the_agency_is_of_all_units_only_where_its_own_count_says_so():
    staff = people(dinkes=1, pkm_a=2, pkm_b=4)
    row = ("Dinas Kesehatan", "Dinas Kesehatan", "Perawat Terampil", 2026, 7.0)
    whole, _ = placed(sheet((*row, 7)), staff)
    own, _ = placed(sheet((*row, 1)), staff)
    untold, _ = placed(sheet((*row, None)), staff)
    assert set(whole["unit_id"]) == {"dinkes", "pkm-a", "pkm-b"}
    assert list(own["unit_id"]) == list(untold["unit_id"]) == ["dinkes"]


def test_a_unit_with_a_sheet_of_its_own_takes_no_share_of_the_agency():
    table, _ = placed(
        sheet(
            ("Dinas Kesehatan", "", "Perawat Terampil", 2026, 6, 4),
            ("Dinas Kesehatan", "Puskesmas A", "Perawat Terampil", 2026, 3, 2),
        ),
        people(pkm_a=2, pkm_b=4),
    )
    assert dict(table.set_index("unit_id")["needed_count"]) == {"pkm-a": 3, "pkm-b": 6}


def test_a_section_nobody_knows_is_its_agency_and_an_unknown_agency_is_listed():
    table, lost = placed(
        sheet(
            ("Dinas Kesehatan", "Bidang Entah", "Perawat Terampil", 2026, 2, 1),
            ("Dinas Entah", "Bidang Entah", "Perawat Terampil", 2026, 2, 1),
            ("Dinas Kesehatan", "Puskesmas A", "Zeppelin Rekaan", 2026, 2, 1),
        )
    )
    assert list(table["unit_id"]) == ["dinkes"]
    assert list(lost["reason"]) == ["unit_unknown", "title_unknown"]


def test_a_title_the_rules_do_not_know_is_known_by_who_holds_it():
    staff = people(pkm_a=1).assign(position="Zeppelin Rekaan")
    listed = sheet(("Dinas Kesehatan", "Puskesmas A", "Zeppelin Rekaan", 2026, 2, 1))
    table, lost = placed(listed, staff)
    assert lost.empty
    assert list(table["role_group"]) == ["nakes"]


def test_of_several_years_the_last_sheet_before_speaks_and_leaves_out_what_it_leaves_out():
    table, _ = placed(
        sheet(
            ("Dinas Kesehatan", "Puskesmas A", "Perawat Terampil", 2025, 4, 4),
            ("Dinas Kesehatan", "Puskesmas A", "Dokter Ahli Pertama", 2025, 2, 2),
            ("Dinas Kesehatan", "Puskesmas A", "Perawat Terampil", 2028, 6, 4),
            ("Dinas Kesehatan", "Puskesmas B", "Perawat Terampil", 2025, 3, 4),
        )
    )
    cells, code = np.unique(table["unit_id"] + " " + table["post"], return_inverse=True)
    unit = np.array([0 if name.startswith("pkm-a") else 1 for name in cells])
    wide = posts_abk.by_year(code, unit, table, range(2026, 2031))
    by_cell = dict(zip(cells, wide.tolist(), strict=True))
    assert by_cell["pkm-a nakes"] == [4, 4, 6, 6, 6]
    assert by_cell["pkm-a dokter"] == [2, 2, 0, 0, 0]
    assert by_cell["pkm-b nakes"] == [3] * 5
    early = posts_abk.by_year(code, unit, table, [2020])
    assert early.ravel().tolist() == [2, 4, 3]


def test_the_sample_city_has_an_invented_abk_of_most_agencies_and_no_school():
    city = demo.city()
    needs = city.post_needs
    schools = set(city.units.loc[city.units["kind"] == "sekolah", "name"])
    assert not set(needs["unit"]) & schools
    assert not needs.duplicated(["opd", "unit", "title", "year"]).any()
    assert 1.05 < needs["needed_fte"].sum() / needs["in_post_count"].sum() < 1.3


def test_titles_nobody_knows_are_listed_with_the_posts_of_their_last_sheet():
    listed = sheet(
        ("Dinas Kesehatan", "Puskesmas A", "Zeppelin Rekaan", 2025, 2, 1),
        ("Dinas Kesehatan", "Puskesmas A", "Zeppelin Rekaan", 2026, 3, 1),
        ("Dinas Kesehatan", "Puskesmas B", "Perawat Terampil", 2026, 3, 1),
    )
    lost = posts_abk.unknown_titles(listed, rules.load())
    assert lost.to_dict("records") == [{"position": "Zeppelin Rekaan", "needed_fte": 3}]
    mapped = {"zeppelin rekaan": ("pelaksana", "-")}
    assert posts_abk.unknown_titles(listed, rules.load(), mapped).empty
