"""The command ``scenario`` as somebody meets it who has never seen it: names, standing, repeats."""

from __future__ import annotations

import csv
import json
import shutil

import pytest

from analytics import command_scenario, scenario_desk, scenario_facts, state
from analytics.__main__ import main
from analytics.rules import LawChoice
from analytics.scenario_presets import FOLDER, presets
from analytics.scenario_run import run
from analytics.scenario_stages import Stages
from tests import scenario_city
from tests.made_up_cities import made


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    return made("only_roster", tmp_path_factory.mktemp("roster"))


@pytest.fixture
def data(made_once, tmp_path, monkeypatch):
    """A data folder of a small invented government, to be written into."""
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    return shutil.copytree(made_once, tmp_path / "data kota")


@pytest.fixture
def asked(data, tmp_path, capsys):
    """Run the command: status, what it said, the folder it wrote."""

    def of(question, *arguments, out="hasil", language="id"):
        given = [question, *arguments, "--data", str(data), "--lang", language]
        folder = tmp_path / out
        if question != "list":
            given += ["--out", str(folder)]
        status = main(["scenario", *given])
        told = capsys.readouterr()
        return status, told.out + told.err, folder

    return of


def save(data, name, standing="draft", preset="cpns_only"):
    """A saved scenario at some standing; approved ones with their result."""
    stages = Stages(scenario_facts.facts(data))
    with state.opened(data) as decisions:
        one = scenario_desk.saved(decisions, presets()[preset].renamed(name), "setempat")
        if standing != "draft":
            one = scenario_desk.submitted(decisions, one, "setempat", "pengelola")
        if standing in ("approved", "locked"):
            result = run(one.scenario, stages)
            one = scenario_desk.approved(decisions, one, result, "setempat", "pengelola")
        if standing == "locked":
            one = scenario_desk.locked(decisions, one, "setempat", "pengelola")
    return one


@pytest.mark.parametrize(
    ("standing", "indonesian"),
    [("draft", "konsep"), ("submitted", "diajukan"), ("approved", "disetujui"),
     ("locked", "dikunci")],
)  # fmt: skip
def test_a_saved_scenario_is_run_by_name_or_number_and_says_where_it_stands(
    asked, data, standing, indonesian
):
    one = save(data, "Rapat Kamis pagi", standing)
    status, said, folder = asked("run", "rapat kamis pagi")
    assert status == 0
    assert f"skenario tersimpan nomor {one.saved.scenario_id}, revisi 1, {indonesian}." in said
    status, said, other = asked("run", str(one.saved.scenario_id), out="nomor", language="en")
    assert status == 0 and f"revision 1, {standing}." in said
    assert (folder / "staff.csv").read_bytes() == (other / "staff.csv").read_bytes()
    kept = (folder / "kept_result.csv").is_file()
    assert kept == (standing in ("approved", "locked"))
    assert ("sama sampai byte terakhir" in asked("run", "Rapat Kamis pagi")[1]) == kept


def test_a_preset_is_known_by_its_id_and_by_its_name_in_both_languages(asked):
    for name in ("do_nothing", "Tidak berbuat apa-apa", "tidak  BERBUAT apa-apa", "do nothing"):
        status, said, _ = asked("run", name, language="en")
        assert status == 0 and "Do nothing: " in said
    assert "Tidak berbuat apa-apa: " in asked("run", "Do nothing")[1]


def test_what_somebody_saved_under_a_presets_name_is_what_is_run(asked, data):
    save(data, "Zero growth", preset="cpns_only")
    status, said, folder = asked("run", "Zero growth")
    assert status == 0 and "skenario tersimpan" in said
    with (folder / "plan.csv").open(encoding="utf-8") as rows:
        assert {row["option"] for row in csv.DictReader(rows)} == {"cpns"}
    assert "skenario tersimpan" not in asked("run", "zero_growth")[1]


def test_a_saved_scenario_that_no_version_knows_hides_no_other_from_the_list(asked, data):
    save(data, "Yang baik")
    with state.opened(data) as decisions:
        text = json.loads(presets()["do_nothing"].to_json())
        text |= {"name": "Yang lama", "levers": {"plan.of_old": {"value": 1, "why": "x"}}}
        decisions.save_scenario("Yang lama", json.dumps(text), "ani")
    status, said, _ = asked("list")
    rows = {row["name"]: row for row in csv.DictReader(said.splitlines()) if row["scenario_id"]}
    assert status == 0
    assert rows["Yang baik"]["moved_levers"] == "2" and rows["Yang lama"]["moved_levers"] == ""
    assert "plan.of_old" in said
    assert asked("run", "Yang lama")[0] == 1


def test_run_twice_writes_the_same_bytes(asked):
    for name in ("best_mix", "teachers_first"):
        # A search that a busy server ends early may stop elsewhere the next time.
        searched = ("run", name, "--seconds", "60")
        first, second = (asked(*searched, out=out)[2] for out in ("satu", "dua"))
        files = sorted(path.name for path in first.iterdir())
        assert files == sorted(path.name for path in second.iterdir())
        for file in files:
            assert (first / file).read_bytes() == (second / file).read_bytes(), file


def told_by(code, *sentences):
    """A summary of which these sentences are told, all under one code."""
    return {
        "leaver_count": 1, "hired_count": 2, "unfilled_count": 1.2, "not_computed_people_count": 0,
        "unpriced_count": 0, "robust_worth": None, "part_time_apart_count": 0, "has_budget": True,
        "need_held_from_year": None, "findings": [],
        "told": [[code, f"{one} (id)", f"{one} (en)"] for one in sentences],
    }  # fmt: skip


def test_every_warning_is_told_and_whose_it_is_where_not_all_share_it(made_once):
    stages = Stages(scenario_facts.facts(made_once))
    alone = command_scenario.said_of(stages, ["A"], [told_by("floor_unmet", "one", "two", "one")])
    assert [said[1] for said in alone].count("one (en)") == 1 and ("two (id)", "two (en)") in alone
    summaries = [told_by("x", "shared", "own"), told_by("x", "shared"), told_by("x", "shared", "b")]
    among = [said[1] for said in command_scenario.said_of(stages, ["A", "B", "C"], summaries)]
    assert [one for one in among if "(en)" in one] == ["shared (en)", "A: own (en)", "C: b (en)"]
    assert "A: 1 leaver, 2 newcomers, 1 post unfilled at the horizon." in among


def test_compare_says_which_scenario_is_above_the_cap_in_which_years(capsys, tmp_path):
    asked = ["scenario", "compare", "zero_growth", "teachers_first", "--lang", "en", "--out"]
    assert main([*asked, str(tmp_path), "--data", str(scenario_city.folder())]) == 0
    said = capsys.readouterr()
    over = [line for line in (said.out + said.err).splitlines() if "above the limit of" in line]
    assert [line.partition(": This plan is above")[0] for line in over] == [
        "Zero growth", "Teachers first",
    ]  # fmt: skip


def test_units_stand_in_the_names_of_columns(asked):
    _, _, folder = asked("run", "best_mix")
    bare = {"year", "role", "role_group", "post", "option", "kind", "step", "item", "side", "npsn"}
    bare |= {
        "into",
        "name",
        "into_name",
        "count",
        "standing",
        "breaks_in",
        "case",
        "plan",
        "opd",
        "basis",
    }
    ends = (
        "_count",
        "_idr",
        "_share",
        "chance",
        "_p10",
        "_p50",
        "_p90",
        "_id",
        "_en",
        "_months",
        "_year",
    )
    begins = ("is_", "covered_", "end_p", "months_p", "fill_", "people_per_", "most_per_")
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8") as rows:
            for column in next(csv.reader(rows)):
                known = column in bare or column.endswith(ends) or column.startswith(begins)
                assert known, f"{path.name}: {column}"


def test_a_kept_result_after_the_law_was_read_otherwise_differs_and_says_how(asked, data):
    save(data, "Rapat", "locked")
    with state.opened(data) as decisions:
        decisions.set_law_choice(LawChoice(readings=(("pengawas_sekolah", "jenjang"),)), "budi")
    status, said, folder = asked("run", "Rapat")
    assert status == 0
    assert "lain dari yang disimpan ketika disetujui karena tafsir hukum berbeda" in said
    with (folder / "kept_result.csv").open(encoding="utf-8") as rows:
        moved = {row["measure"]: (row["kept"], row["now"]) for row in csv.DictReader(rows)}
    assert all(was != now for was, now in moved.values())
    english = asked("run", "Rapat", language="en")[1]
    assert "since these have changed: readings of the law" in english


def test_a_kept_result_after_other_data_differs_and_says_which_figures_moved(asked, data):
    save(data, "Rapat", "approved")
    newer = made("no_abk_no_births_no_budget", data, seed=8)
    assert newer == data
    status, said, folder = asked("run", "Rapat")
    assert status == 0 and "edisi data" in said and "start_count" in said
    with (folder / "kept_result.csv").open(encoding="utf-8") as rows:
        moved = {row["measure"]: row for row in csv.DictReader(rows)}
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["summary"]
    assert moved["start_count"]["now"] == str(summary["start_count"])
    assert moved["start_count"]["kept"] != moved["start_count"]["now"]


BAD_FILES = {
    "kosong.json": ("", "bukan JSON"),
    "daftar.json": ("[]", "tulis objek JSON dengan 'name' dan 'levers'"),
    "tuas.json": ('{"name": "x", "levers": {"plan.old": 1}}', "Tuas 'plan.old' tidak dikenal"),
    "nan.json": ('{"name": "x", "levers": {"budget.total_idr": NaN}}', "berisi nan; tulis angka"),
    "minus.json": (
        '{"name": "x", "levers": {"budget.total_idr": -5}}', "berisi -5; tulis 1e+09 sampai 1e+14",
    ),
    "tanpa nilai.json": (
        '{"name": "x", "levers": {"plan.rule": {}}}', "plan.rule: isian 'value' tidak ada",
    ),
    "sebab.json": (
        '{"name": "x", "levers": {"plan.rule": {"value": "best_mix", "why": [1]}}}',
        "'why' berisi [1]; tulis teks",
    ),
    "BUP.json": (
        '{"name": "x", "levers": {"law.local_age/pelaksana": 70}}',
        "law.local_age/pelaksana: BUP jabatan ini tidak terbuka bagi pilihan daerah; yang terbuka:",
    ),
    "lebih dari APBD.json": (
        json.dumps({"name": "x", "levers": {
            "budget.total_idr": 1e9, "budget.personnel_idr": 4.308e12}}),
        "Belanja pegawai Rp 4.308,00 miliar lebih dari belanja daerah Rp 1,00 miliar",
    ),
    "APBD habis.json": (
        json.dumps({"name": "x", "levers": {
            "budget.total_idr": 1e9, "budget.personnel_idr": 1e9,
            "budget.teacher_allowance_idr": 1e9}}),
        "Tidak ada yang tersisa dari APBD; periksa budget.total_idr",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD_FILES))
def test_a_file_that_is_no_scenario_is_refused_with_its_lever_value_and_remedy(
    asked, tmp_path, name
):
    text, words = BAD_FILES[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    good = tmp_path / "baik.json"
    good.write_text('{"name": "baik"}', encoding="utf-8")
    status, said, folder = asked("run", str(path))
    assert status == 1 and words in said and not folder.exists()
    if name not in ("BUP.json", "APBD habis.json", "lebih dari APBD.json"):
        assert f"{name}: " in said
        status, said, _ = asked("compare", str(good), str(path))
        assert status == 1 and f"{name}: " in said


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_copy_of_a_preset_and_the_summary_of_a_run_are_run_like_it(asked, tmp_path, language):
    own = tmp_path / "own.json"
    own.write_bytes((FOLDER / "zero_growth.json").read_bytes())
    summaries = []
    for number, told in enumerate(["zero_growth", str(own), ""]):
        told = told or str(tmp_path / "hasil1" / "summary.json")
        status, _, folder = asked("run", told, out=f"hasil{number}", language=language)
        assert status == 0
        summaries.append((folder / "summary.json").read_bytes())
    assert summaries[0] == summaries[1] == summaries[2]


def test_a_file_of_another_ending_is_told_to_be_renamed(asked, tmp_path):
    path = tmp_path / "rencana.txt"
    path.write_text('{"name": "x"}', encoding="utf-8")
    status, said, _ = asked("run", str(path), language="en")
    assert status == 1 and "rencana.txt: the file of a scenario has a name that ends in" in said


@pytest.mark.parametrize("name", ["", " ", "tidak ada", "9" * 30, "../x", "x.json"])
def test_a_name_nobody_knows_is_refused_in_words(asked, name):
    status, said, folder = asked("run", name)
    assert status == 1 and ("Tidak ada skenario" in said or "x.json tidak ada" in said)
    assert not folder.exists()


def test_a_name_that_would_command_a_terminal_is_shown_without_its_commands(asked, tmp_path):
    path = tmp_path / "nama.json"
    path.write_text('{"name": "Rapat\\u001b[31m\\u0000 pagi"}', encoding="utf-8")
    status, said, _ = asked("run", str(path))
    assert status == 0 and "Rapat [31m pagi: " in said


def test_a_folder_that_cannot_be_written_is_refused_in_words(asked, tmp_path):
    (tmp_path / "berkas").write_text("x")
    with pytest.raises(SystemExit) as stopped:
        asked("run", "do_nothing", out="berkas")
    assert stopped.value.code == 2
    with pytest.raises(SystemExit):
        asked("run", "do_nothing", out="tidak/ada")
    with pytest.raises(SystemExit):
        main(["scenario", "run", "do_nothing", "--out", "-"])
    status, _, folder = asked("run", "do_nothing", out="dengan spasi")
    assert status == 0 and (folder / "summary.json").is_file()


def test_amounts_are_told_with_their_unit_as_everywhere():
    worth = {"costs_post_years": 3.2, "saves_post_years": 5.0, "costs_idr": -1.3e9}
    indonesian, english = command_scenario._robust_note(worth)
    assert "+3 jabatan-tahun kosong dan -Rp 1,30 miliar" in indonesian
    assert "+3 post-years unfilled and -Rp 1.30 billion" in english
