"""From a draft to a locked scenario whose result can be computed again, byte for byte."""

from __future__ import annotations

import csv
import json

import pytest

from analytics import scenario_desk, state, state_scenarios
from analytics.__main__ import main
from analytics.scenario import ScenarioError, scenario
from analytics.scenario_presets import presets
from analytics.scenario_run import TABLES, run
from analytics.scenario_stages import Stages
from analytics.state_scenarios import ToKeep
from tests.scenario_city import facts, folder, stages


@pytest.fixture
def decisions(tmp_path, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    with state.opened(tmp_path) as opened:
        yield opened


def test_a_saved_scenario_opens_as_it_was(decisions):
    told = presets()["teachers_first"].renamed("Guru dulu 2027")
    scenario_desk.saved(decisions, told, "ani")
    assert scenario_desk.opened(decisions, "Guru dulu 2027").scenario == told


def test_a_scenario_without_reasons_is_not_submitted(decisions):
    draft = scenario_desk.saved(decisions, scenario("a", {"pupils.births_factor": 0.9}), "ani")
    with pytest.raises(ScenarioError, match="Tulis alasan") as refusal:
        scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
    assert "Births" in refusal.value.english


@pytest.mark.parametrize("name", ["zero_growth", "best_mix"])
def test_what_was_approved_is_computed_again_to_the_same_bytes(decisions, name):
    draft = scenario_desk.saved(decisions, presets()[name], "setempat")
    asked = scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
    result = run(asked.scenario, stages())
    agreed = scenario_desk.approved(decisions, asked, result, "setempat", "pengelola")
    final = scenario_desk.locked(decisions, agreed, "setempat", "pengelola")
    assert final.saved.standing == "locked"
    again = scenario_desk.replayed(decisions, final, Stages(facts()))
    assert again.files() == result.files()


def test_a_result_of_another_scenario_is_not_approved(decisions):
    draft = scenario_desk.saved(decisions, presets()["zero_growth"], "setempat")
    asked = scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
    other = run(presets()["do_nothing"], stages())
    with pytest.raises(ScenarioError, match="bukan hasil skenario ini"):
        scenario_desk.approved(decisions, asked, other, "setempat", "pengelola")


def test_an_approval_that_is_cut_short_leaves_nothing_behind(decisions, monkeypatch):
    draft = scenario_desk.saved(decisions, presets()["do_nothing"], "setempat")
    asked = scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
    result = run(asked.scenario, stages())

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(state_scenarios, "_insert_result", cut)
    with pytest.raises(KeyboardInterrupt):
        scenario_desk.approved(decisions, asked, result, "setempat", "pengelola")
    again = decisions.saved_scenario(draft.saved.scenario_id)
    assert again.standing == "submitted"
    assert decisions.scenario_results(draft.saved.scenario_id).empty
    assert len(decisions.scenario_moves(draft.saved.scenario_id)) == 1


def test_a_result_that_was_tampered_with_is_not_replayed(decisions):
    draft = scenario_desk.saved(decisions, presets()["do_nothing"], "setempat")
    asked = scenario_desk.submitted(decisions, draft, "setempat", "pengelola")
    result = run(draft.scenario, stages())
    tampered = ToKeep(result.provenance, result.summary, "0" * 64)
    decisions.move_scenario(
        asked.saved.scenario_id, "approved", "setempat", "pengelola", revision=1, result=tampered
    )
    with pytest.raises(ScenarioError, match="tidak sama dengan yang disimpan"):
        scenario_desk.replayed(decisions, draft, stages())


def test_without_a_kept_result_there_is_nothing_to_replay(decisions):
    draft = scenario_desk.saved(decisions, presets()["do_nothing"], "setempat")
    with pytest.raises(ScenarioError, match="Belum ada hasil"):
        scenario_desk.replayed(decisions, draft, stages())


# The command line


def test_a_run_writes_every_table_and_a_summary(tmp_path, capsys):
    out = tmp_path / "hasil"
    assert main(["scenario", "run", "do_nothing", "--data", str(folder()), "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {
        *(f"{name}.csv" for name in TABLES), "gap.csv", "summary.json",
    }  # fmt: skip
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["provenance"]["edition_sha256"] == facts().origin.edition_sha256
    assert summary["provenance"]["is_synthetic"] is True
    assert (out / "staff.csv").read_bytes() == run(presets()["do_nothing"], stages()).files()[
        "staff.csv"
    ]
    assert "sintetis" in "".join(capsys.readouterr())


def test_a_comparison_writes_measures_and_steps(tmp_path):
    out = tmp_path / "banding"
    file = tmp_path / "lain.json"
    file.write_text(presets()["bup_plus_1"].to_json(), encoding="utf-8")
    arguments = ["do_nothing", str(file), "--data", str(folder()), "--out", str(out)]
    assert main(["scenario", "compare", *arguments, "--measure", "leaver_count"]) == 0
    with (out / "waterfall.csv").open(encoding="utf-8") as rows:
        steps = {row["step"]: float(row["change"]) for row in csv.DictReader(rows)}
    assert steps["start"] + steps["law"] == steps["end"]


def test_the_list_names_presets_and_what_was_saved(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    with state.opened(tmp_path) as decisions:
        scenario_desk.saved(decisions, presets()["cpns_only"].renamed("Rapat Kamis"), "ani")
    assert main(["scenario", "list", "--data", str(tmp_path)]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["scenario_id"] for row in rows][:10] == list(presets())
    assert (rows[-1]["name"], rows[-1]["standing"]) == ("Rapat Kamis", "draft")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["run", "tidak ada"], 1),
        (["run", "tidak_ada.json"], 1),
        (["compare", "do_nothing", "zero_growth", "--measure", "bahagia"], 2),
    ],
)
def test_what_cannot_be_is_refused_with_its_status(tmp_path, arguments, status):
    given = ["scenario", *arguments, "--data", str(tmp_path), "--out", str(tmp_path / "hasil")]
    if status == 2:
        with pytest.raises(SystemExit) as stopped:
            main(given)
        assert stopped.value.code == 2
    else:
        assert main(given) == status
    assert not (tmp_path / "hasil").exists()


def test_without_an_edition_a_run_is_refused(tmp_path):
    (tmp_path / "data").mkdir()
    given = ["do_nothing", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "hasil")]
    assert main(["scenario", "run", *given]) == 1
