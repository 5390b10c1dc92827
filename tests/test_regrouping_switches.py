"""``regroup`` on other kabupaten: every switch on the command line, every odd file told."""

from __future__ import annotations

import csv
import json

import pytest

from analytics import command_regroup_switches, regrouping_condition
from analytics.__main__ import main
from tests import workbooks

# Six schools of 30 pupils (5 a grade) in a row, 0.005 degrees (0.56 km) apart, and a large one.
HEAD = "npsn,name,kecamatan,lat,lon,rooms,g1,g2,g3,g4,g5,g6"
ROWS = [f"{at},SD {at},A,{-7.5 + at * 0.005:.3f},111.000,8,5,5,5,5,5,5" for at in range(1, 7)]
LARGE = "9,SD 9,A,-7.490,111.001,20,28,28,28,28,28,28"


def planned(tmp_path, text, *more, encoding="utf-8"):
    """Exit status, plan by npsn and summary of one run."""
    schools, out, told = tmp_path / "S.csv", tmp_path / "plan.csv", tmp_path / "s.json"
    schools.write_bytes(text.encode(encoding))
    status = main(
        ["regroup", "--schools", str(schools), "--max-km", "3", "--on", "2026-07-01",
         "--out", str(out), "--summary", str(told), *more]
    )  # fmt: skip
    if status:
        return status, {}, {}
    with out.open(encoding="utf-8-sig") as file:
        plan = {row["npsn"]: row for row in csv.DictReader(file)}
    return status, plan, json.loads(told.read_text(encoding="utf-8"))


def district(*, extra: str = "", cells: list[str] | None = None) -> str:
    """The seven schools, with one more column where asked."""
    rows = [*ROWS, LARGE]
    more = cells or [""] * len(rows)
    head = HEAD + (f",{extra}" if extra else "")
    return "\n".join([head, *(row + (f",{cell}" if extra else "")
                              for row, cell in zip(rows, more, strict=True))])  # fmt: skip


@pytest.mark.parametrize(
    ("more", "candidates"),
    [
        (["--min-pupils", "31"], 6),
        (["--min-pupils", "30"], 0),
        (["--no-min-pupils", "--least-per-class", "6"], 6),
        (["--no-min-pupils", "--same-yard", "0.2"], 2),  # only 2 (-7.490, 111.000) and 9
        (["--min-pupils", "31", "--same-yard", "0.2", "--all-rules"], 1),
        (["--no-min-pupils", "--candidates", "3,4"], 2),
        (["--min-pupils", "31", "--exempt", "1,2"], 4),
    ],
)
def test_every_rule_of_candidates_is_a_switch(tmp_path, more, candidates):
    status, _, told = planned(tmp_path, district(), *more)
    assert status == 0
    assert told["counts"]["candidates"] == candidates


@pytest.mark.parametrize(
    ("extra", "cells", "more", "candidates"),
    [
        ("terpencil", ["ya", "1", "", "", "tidak", "", ""], [], 4),
        ("terpencil", ["ya", "1", "", "", "tidak", "", ""], ["--not-exempt", "3t"], 6),
        ("bentuk_pendidikan", ["SLB", "SD", "SD", "SD", "SD", "SD", "SD"], [], 5),
        ("satap", ["ya", "", "", "", "", "", ""], [], 5),
    ],
)
def test_exemptions_come_with_the_list(tmp_path, extra, cells, more, candidates):
    text = district(extra=extra, cells=cells)
    status, _, told = planned(tmp_path, text, "--min-pupils", "60", *more)
    assert status == 0
    assert told["counts"]["candidates"] == candidates


def test_half_the_rooms_badly_damaged_make_a_candidate_and_light_damage_does_not(tmp_path):
    # Of 8 rooms: 3 + 1 is half, 4 light ones are none, 3 is less than half.
    rows = ["rusak_ringan,rusak_sedang,rusak_berat", "0,3,1", "4,0,0", "0,2,1", ",,", "0,0,8",
            "0,0,0", "0,0,0"]  # fmt: skip
    text = district(extra=rows[0], cells=rows[1:])
    status, _, told = planned(tmp_path, text, "--no-min-pupils", "--damaged")
    assert status == 0
    assert told["counts"]["candidates"] == 2


def test_years_running_asks_for_the_years_and_counts_them(tmp_path, capsys):
    past = tmp_path / "H.csv"
    lines = ["npsn,school_year,pupils"]
    lines += [f"{at},{year},{90 if at < 4 and year == 2024 else 30}"
              for at in range(1, 7) for year in (2024, 2025)]  # fmt: skip
    past.write_text("\n".join(lines), encoding="utf-8")
    more = ["--min-pupils", "60", "--years-running", "3"]
    with pytest.raises(SystemExit, match="2"):
        planned(tmp_path, district(), *more)
    assert "--history" in capsys.readouterr().err
    status, _, told = planned(tmp_path, district(), *more, "--history", str(past))
    assert status == 0
    assert told["counts"]["candidates"] == 3


def test_merges_are_laid_over_years_with_a_calendar_and_a_curve(tmp_path):
    dates, curve = tmp_path / "C.csv", tmp_path / "T.csv"
    status, plan, told = planned(
        tmp_path, district(), "--years", "4", "--most-a-year", "2", "--calendar", str(dates),
        "--curve", str(curve), "--most-into", "2",
    )  # fmt: skip
    merges = [npsn for npsn, row in plan.items() if row["action"] == "merge"]
    assert status == 0
    assert sum(told["years"].values()) + told["without_a_year"] == len(merges)
    assert max(told["years"].values()) <= 2
    with dates.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["dapodik_until"][5:] for row in rows} == {"08-31"}
    with curve.open(encoding="utf-8-sig") as file:
        points = list(csv.DictReader(file))
    saved = [float(row["saved"]) for row in points]
    walked = [float(row["pupil_km"]) for row in points]
    assert walked == sorted(walked)
    assert saved == sorted(saved)


def test_a_calendar_without_years_is_wrong_use(tmp_path):
    with pytest.raises(SystemExit, match="2"):
        planned(tmp_path, district(), "--calendar", "C.csv")


def test_one_yard_is_0_km_only_where_somebody_says_so(tmp_path, capsys):
    text = district().replace("2,SD 2,A,-7.490,111.000", "2,SD 2,A,-7.495,111.000")
    status, plan, told = planned(tmp_path, text)
    assert status == 0
    assert told["counts"]["kept_out_by_coordinates"] == 2
    assert plan["1"]["action"] == plan["2"]["action"] == "open"
    assert "111.000" in capsys.readouterr().err
    status, plan, told = planned(tmp_path, text, "--accept-shared")
    assert status == 0
    assert told["counts"]["kept_out_by_coordinates"] == 0
    assert "merge" in (plan["1"]["action"], plan["2"]["action"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_list_reads_the_same_however_it_was_saved(tmp_path, encoding, mark):
    plain = planned(tmp_path, district())
    text = district()
    if mark != ",":
        text = text.replace(".", ",").replace(",", mark)
        head, *rows = district().split("\n")
        text = "\n".join(
            [head.replace(",", mark), *(row.replace(",", mark).replace(".", ",") for row in rows)]
        )
    status, plan, told = planned(tmp_path, text, encoding=encoding)
    assert status == 0
    assert plan == plain[1]
    assert told["objective"] == plain[2]["objective"]


def test_grades_that_are_missing_and_rooms_that_are_short_are_said(tmp_path, capsys):
    head = "npsn,lat,lon,rooms,g1,g2\n1,-7.5,111.0,1,5,5\n2,-7.501,111.0,4,30,30"
    assert planned(tmp_path, head)[0] == 0
    said = capsys.readouterr().err
    assert "g3, g4, g5, g6" in said
    assert "Ruang kurang dari rombel: 1 sekolah, ruang layak/rombel hari ini: 1 (1/2)" in said


# Odd files that are plain enough


def as_dapodik(text: str) -> str:
    """The same district under the headings and numbers of an Indonesian list."""
    heads = {"npsn": "NPSN", "name": "Nama Sekolah", "lat": "Lintang", "lon": "Bujur",
             "rooms": "Ruang Kelas", **{f"g{at}": f"Kelas {at}" for at in range(1, 7)}}  # fmt: skip
    lines = [line.split(",") for line in text.splitlines()]
    head = [heads.get(name, name) for name in lines[0]]
    rows = [[cell.replace(".", ",") for cell in line] for line in lines[1:]]
    return "\n".join(";".join(line) for line in [head, *rows])


def test_the_same_district_in_other_dresses_gives_the_same_plan(tmp_path):
    _, plain, told = planned(tmp_path, district())
    titled = "Daftar Sekolah Kabupaten Contoh\n\n" + district()
    for text in (as_dapodik(district()), titled, "\n\n" + district()):
        status, plan, own = planned(tmp_path, text)
        assert status == 0
        assert plan == plain
        assert own["objective"] == told["objective"]


def test_a_workbook_is_read_as_the_same_table(tmp_path):
    _, plain, _ = planned(tmp_path, district())
    rows = [[float(cell) if cell.lstrip("-").replace(".", "").isdigit() else cell
             for cell in line.split(",")] for line in district().splitlines()]  # fmt: skip
    path = workbooks.write_xlsx(tmp_path / "S.xlsx", rows)
    out = tmp_path / "plan.csv"
    assert main(["regroup", "--schools", str(path), "--max-km", "3", "--on", "2026-07-01",
                 "--out", str(out)]) == 0  # fmt: skip
    with out.open(encoding="utf-8-sig") as file:
        assert {row["npsn"]: row for row in csv.DictReader(file)} == plain


@pytest.mark.parametrize(
    ("cell", "candidates", "codes"),
    [("Sangat Terpencil", 5, []), ("biasa", 6, []), ("barangkali", 6, ["flag_unknown"])],
)
def test_a_mark_in_words_is_understood_or_said(tmp_path, cell, candidates, codes):
    text = district(extra="3t", cells=[cell, *[""] * 6])
    _, _, told = planned(tmp_path, text, "--min-pupils", "60")
    assert told["counts"]["candidates"] == candidates
    assert [one["code"] for one in told["findings"]] == codes


def test_a_name_alone_exempts_nobody_and_is_said(tmp_path):
    text = district().replace("SD 1,", "SD SATAP 1,")
    _, _, told = planned(tmp_path, text, "--min-pupils", "60")
    assert told["counts"]["candidates"] == 6
    assert [one["code"] for one in told["findings"]] == ["regroup_one_roof_named"]


def test_strangers_in_roads_and_history_are_said(tmp_path, capsys):
    roads, past = tmp_path / "R.csv", tmp_path / "H.csv"
    roads.write_text("from,into,km\n1,2,0.5\n1,77777777,1\n", encoding="utf-8")
    past.write_text("npsn,school_year,pupils\n1,2025,30\n88888888,2025,30\n", encoding="utf-8")
    more = ["--roads", str(roads), "--history", str(past)]
    _, _, told = planned(tmp_path, district(), *more)
    said = capsys.readouterr().err
    assert "77777777" in said
    assert "88888888" in said
    assert {"regroup_road_unknown", "regroup_history_unknown"} == {
        one["code"] for one in told["findings"]
    }


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--lock-open", "1", "--lock-closed", "1"], "dikunci buka dan tutup sekaligus"),
        (["--pair", "1=2", "--pair", "1=3"], "dipasangkan ke dua sekolah"),
        (["--candidates", "1", "--exempt", "1"], "calon dan dikecualikan sekaligus"),
        (["--detour", "0.5"], "tulis 1 atau"),
    ],
)
def test_choices_that_contradict_each_other_are_refused_in_both_languages(
    tmp_path, capsys, more, words
):
    with pytest.raises(SystemExit, match="2"):
        planned(tmp_path, district(), *more)
    assert words in capsys.readouterr().err


def test_the_degrees_of_damage_on_the_command_line_are_those_of_the_model():
    assert set(command_regroup_switches.DEGREES) == set(regrouping_condition.DEGREES)
    assert command_regroup_switches.USUAL_DEGREE == regrouping_condition.USUAL_DEGREE
