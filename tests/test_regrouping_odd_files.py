"""Odd files of schools: read where they are plain enough, told in words where they are not."""

from __future__ import annotations

import json

import pytest

from analytics.checks_cells import UNKNOWN, degrees
from tests.test_regrouping_switches import HEAD, LARGE, ROWS, district, planned


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7°37'09.48\" LS", -7.6193),
        ("7° 37' 9,48'' LS", -7.6193),
        ("S 7 37 09.48", -7.6193),
        ("-7:37:09.48", -7.6193),
        ("7°37.158' S", -7.6193),
        ("7,6193° LS", -7.6193),
        ("111°33'30.24\" BT", 111.5584),
        ("111d33m30.24s E", 111.5584),
        ("1°02'03\" LU", 1.0341667),
        ("-7.6193", -7.6193),
        ("7°61'09\" LS", UNKNOWN),  # no 61 minutes
        ("-7°37' LU", UNKNOWN),  # south and north at once
        ("7.5°37' LS", UNKNOWN),
        ("-7619300", UNKNOWN),
        ("selatan", UNKNOWN),
        ("", None),
    ],
)
def test_degrees_minutes_and_seconds_are_read_as_people_write_them(written, value):
    # By hand: 37/60 + 9.48/3600 = 0.6193; 33/60 + 30.24/3600 = 0.5584.
    found = degrees(written)
    assert found == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3 19 12 S", -3.32),
        ("3°19'12 S", -3.32),
        ("3:19:12S", -3.32),
        ("3 19 12 s", -3.32),
        ("3°19'12s", -3.32),
        ("3d19m12S", -3.32),
        ("3d19m12sS", -3.32),
        ("S 3 19 12", -3.32),
        ("3°19′12″S", -3.32),
        ("3°19’12’’ S", -3.32),
        ("3d19m12s", 3.32),  # every unit written: s means seconds
        ("3D19M12S U", 3.32),
    ],
)
def test_the_letter_s_is_the_south_and_seconds_only_behind_minutes_written_m(written, value):
    # By hand: 19/60 + 12/3600 = 0.32, Banjarmasin at 3.32 south.
    assert degrees(written) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    "written", ["1123456", "-7619300", "112345", "76193", "1123", "7 3709 LS", "73709 LS"]
)
def test_a_number_that_lost_its_decimal_mark_is_no_degrees_minutes_and_seconds(written):
    assert degrees(written) == UNKNOWN


@pytest.mark.parametrize(
    ("written", "value"), [("7 37", 7.616667), ("1 12", 1.2), ("- 7,6193", -7.6193)]
)
def test_a_blank_between_digits_parts_degrees_and_minutes(written, value):
    # 7 37 was read as 737 degrees; a blank behind a sign is a slip.
    assert degrees(written) == pytest.approx(value, abs=1e-6)


def sexagesimal(text: str, sides: str) -> str:
    value = float(text)
    whole = int(abs(value))
    minutes = (abs(value) - whole) * 60
    seconds = (minutes - int(minutes)) * 60
    return f"{whole}°{int(minutes)}'{seconds:.3f}\" {sides.split()[value < 0]}"


def test_a_list_in_degrees_minutes_and_seconds_gives_the_same_plan(tmp_path):
    _, plain, _ = planned(tmp_path, district())
    lines = [line.split(",") for line in district().splitlines()]
    for line in lines[1:]:
        line[3], line[4] = sexagesimal(line[3], "LU LS"), sexagesimal(line[4], "BT BB")
    status, plan, _ = planned(tmp_path, "\n".join("\t".join(line) for line in lines))
    assert status == 0
    assert {npsn: row["into"] for npsn, row in plan.items()} == {
        npsn: row["into"] for npsn, row in plain.items()
    }


def test_an_sd_and_an_smp_in_one_yard_stand_where_they_stand(tmp_path):
    # The same plan as without the SMP: a mixed file is its levels side by side.
    _, alone, _ = planned(tmp_path, district())
    mixed = [HEAD + ",g7,g8,g9", *(f"{row},,," for row in [*ROWS, LARGE])]
    mixed.append("77,SMP 7,A,-7.495,111.000,9,,,,,,,20,20,20")
    status, plan, told = planned(tmp_path, "\n".join(mixed))
    assert status == 0
    assert told["counts"]["kept_out_by_coordinates"] == 0
    assert {one: plan[one]["into"] for one in alone} == {
        one: row["into"] for one, row in alone.items()
    }


def test_an_npsn_cut_by_a_spreadsheet_is_refused(tmp_path, capsys):
    text = district().replace("\n1,SD 1", "\n2.0508E+07,SD 1")
    assert planned(tmp_path, text)[0] == 1
    assert "NPSN rusak oleh lembar kerja" in capsys.readouterr().err


def test_a_road_written_twice_is_said_and_one_to_itself_is_none(tmp_path, capsys):
    roads = tmp_path / "R.csv"
    roads.write_text("from,into,km\n1,2,0.5\n1,2,0.9\n1,1,0.4\n3,4,1\n3,4,1\n", encoding="utf-8")
    status, plan, _ = planned(tmp_path, district(), "--roads", str(roads), "--pair", "1=2")
    assert status == 0
    assert float(plan["1"]["distance_km"]) == 0.9
    assert "1 jalan tertulis dua kali" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--min-pupils", "0"], "Tidak ada calon menurut syarat ini"),
        (["--lock-open", "1,2,3,4,5,6"], "6 sekolah dikunci buka dan tidak menjadi calon"),
        (["--max-km", "0"], "6 calon tetap buka: 6 tanpa penerima dalam batas"),
        (["--cost-open", "0", "--cost-rombel", "0"], "yang jalannya lebih mahal"),
    ],
)
def test_a_plan_without_merges_says_why(tmp_path, capsys, more, words):
    status, plan, told = planned(tmp_path, district(), *more)
    assert status == 0
    assert {row["action"] for row in plan.values()} == {"open"}
    assert words in capsys.readouterr().err
    assert sum(told["stays_open"].values()) == told["counts"]["candidates"]


@pytest.mark.parametrize(
    ("change", "pair", "words"),
    [
        (("", ""), ["--max-km", "0.1"], "pasangannya, SD 2 (2), berjarak 0,72 km; batasnya 0,1 km"),
        (("2,SD 2,A,-7.490,111.000", "2,SD 2,A,0,0"), [], "jarak ke pasangannya, SD 2 (2), tidak"),
        (("2,SD 2,A,", "2,SD 2,B,"), ["--same", "kecamatan"], "wilayah pasangannya, SD 2 (2)"),
    ],
)
def test_a_pair_that_cannot_be_says_which_limit(tmp_path, capsys, change, pair, words):
    # 0.005 degrees of latitude are 0.556 km, times 1.3.
    text = district().replace(*change)
    assert planned(tmp_path, text, "--pair", "1=2", *pair)[0] == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "limit", "words"),
    [
        (2, "no_other", "jarak ke sekolah lain yang boleh menerimanya (SD 2 (2)) tidak diketahui"),
        (1, "level", "tidak ada sekolah lain yang jenjang, status, dan wilayahnya sama"),
    ],
)
def test_a_school_with_a_good_point_is_not_blamed_for_that_of_another(
    tmp_path, capsys, rows, limit, words
):
    lines = district().splitlines()[: rows + 1]
    text = "\n".join(lines).replace("2,SD 2,A,-7.490,111.000", "2,SD 2,A,,")
    assert planned(tmp_path, text, "--lock-closed", "1")[0] == 1
    said = capsys.readouterr().err
    assert words in said
    assert "koordinatnya tidak dapat dipercaya" not in said
    told = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert [one["limit"] for one in told["infeasibilities"]] == [limit]


def test_those_without_a_point_are_as_many_as_were_kept_out(tmp_path, capsys):
    text = "\n".join(district().splitlines()[:3]).replace("2,SD 2,A,-7.490,111.000", "2,SD 2,A,,")
    _, _, told = planned(tmp_path, text)
    assert told["stays_open"] == {"no_other": 1, "no_point": 1}
    assert told["counts"]["kept_out_by_coordinates"] == 1
    assert "1 tanpa koordinat yang dapat dipercaya" in capsys.readouterr().err


def same_as_plain(tmp_path, text, *more):
    """Whether a file in another dress gives the plan of the plain one, to the last rupiah."""
    _, plain, told = planned(tmp_path, district(), *more)
    status, plan, summary = planned(tmp_path, text, *more)
    assert status == 0
    assert summary["objective"] == pytest.approx(told["objective"])
    return {one: row["into"] for one, row in plan.items()} == {
        one: row["into"] for one, row in plain.items()
    }


@pytest.mark.parametrize(
    "row",
    ["Jumlah,,,,,58,58,58,58,58,58,58", ",TOTAL,,,,,58,58,58,58,58,58", "Sumber: Dapodik 2025",
     "Rata-rata,,,,,8,8,8,8,8,8,8", ",,Jumlah Kec. A,,,58,58,58,58,58,58,58",
     ",,Sumber: Dapodik 2025,,,,,,,,,", ",,,,,,,,,,Kepala Dinas,"],
)  # fmt: skip
def test_a_row_of_totals_or_a_note_is_no_school(tmp_path, capsys, row):
    # Seven schools in the file, seven in the plan: a total taken for one cost 3 billion a year.
    assert same_as_plain(tmp_path, district() + "\n" + row)
    assert "baris 9" in capsys.readouterr().err


def test_a_school_whose_number_was_forgotten_is_no_note(tmp_path, capsys):
    status, _, _ = planned(tmp_path, district() + "\n,SD 10,A,-7.48,111.001,6,9,9,9,9,9,9")
    assert status == 1
    assert "baris 9, kolom npsn: NPSN kosong" in capsys.readouterr().err


@pytest.mark.parametrize("mark", ["{}", "({})"])
def test_a_row_that_counts_the_columns_is_no_school(tmp_path, mark):
    head, *rows = district().splitlines()
    counted = ",".join(mark.format(at) for at in range(1, len(HEAD.split(",")) + 1))
    assert same_as_plain(tmp_path, "\n".join([head, counted, *rows]))


@pytest.mark.parametrize(
    "name", ["Jumlah Siswa Kelas {}", "Kelas {} (L+P)", "Murid Tingkat {}", "kls_{}"]
)
def test_grades_are_known_by_their_words(tmp_path, name):
    head, *rows = district().splitlines()
    for grade in range(1, 7):
        head = head.replace(f"g{grade}", name.format(grade))
    assert same_as_plain(tmp_path, "\n".join([head, *rows]))


def test_boys_and_girls_of_a_grade_are_added_up(tmp_path):
    # 5 pupils are 3 boys and 2 girls, 28 are 26 and 2.
    head, *rows = [line.split(",") for line in district().splitlines()]
    parts = [f"Kelas {grade} {sex}" for grade in range(1, 7) for sex in "LP"]
    lines = [",".join([*head[:6], *parts])]
    for row in rows:
        told = [part for cell in row[6:] for part in (str(int(cell) - 2), "2")]
        lines.append(",".join([*row[:6], *told]))
    assert same_as_plain(tmp_path, "\n".join(lines))


def test_a_part_of_a_grade_that_is_no_count_is_refused_as_written(tmp_path, capsys):
    head = "npsn,lat,lon,rooms,Kelas 1 L,Kelas 1 P"
    status, _, _ = planned(tmp_path, f"{head}\n1,-7.5,111.0,6,dua,3")
    assert status == 1
    assert "dua" in capsys.readouterr().err


def test_locks_are_read_as_a_spreadsheet_writes_them(tmp_path):
    lock = " 1.0, '2 ,3"
    status, plan, _ = planned(tmp_path, district(), "--lock-open", lock)
    assert status == 0
    assert {plan[one]["action"] for one in "123"} == {"open"}


def test_x_and_y_are_longitude_and_latitude(tmp_path):
    head, *rows = district().splitlines()
    head = head.replace("lat", "Y").replace("lon", "X")
    assert same_as_plain(tmp_path, "\n".join([head, *rows]))


def codes(told):
    return [one["code"] for one in told["findings"]]


def with_status(*words: str) -> str:
    head, *rows = district().splitlines()
    told = [f"{row},{word}" for row, word in zip(rows, words, strict=True)]
    return "\n".join([f"{head},status", *told])


def test_a_blank_status_beside_told_ones_is_said(tmp_path):
    _, _, told = planned(tmp_path, with_status("", "", *["Negeri"] * 5))
    (one,) = (each for each in told["findings"] if each["code"] == "regroup_status_missing")
    assert one["message"].startswith("Status (negeri atau swasta) 2 sekolah kosong")
    assert "regroup_status_missing" not in codes(planned(tmp_path, with_status(*[""] * 7))[2])


def test_private_names_beside_state_ones_ask_for_a_status(tmp_path):
    named = district().replace("SD 1,", "SDIT Al Falah,").replace("SD 9,", "SDN 9,")
    (one,) = (
        each for each in planned(tmp_path, named)[2]["findings"]
        if each["code"] == "regroup_status_absent"
    )  # fmt: skip
    assert "6 sekolah tidak bernama negeri (SDIT Al Falah, SD 2, SD 3 ...)" in one["message"]
    # No name says negeri: nothing can be told from names.
    assert "regroup_status_absent" not in codes(planned(tmp_path, district())[2])


def test_a_school_without_the_place_that_merges_must_share_is_said(tmp_path):
    text = district().replace("SD 1,A", "SD 1,")
    _, plan, told = planned(tmp_path, text, "--same", "kecamatan")
    assert plan["1"]["action"] == "open"
    (one,) = (each for each in told["findings"] if each["code"] == "regroup_place_missing")
    assert one["message"].startswith("1 sekolah tanpa kecamatan")
    assert "regroup_place_missing" not in codes(planned(tmp_path, text)[2])
