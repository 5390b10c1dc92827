"""A scenario is a frozen, checked set of levers that says in words what it refuses."""

from __future__ import annotations

import json

import pytest

from analytics import rules
from analytics.scenario import Scenario, ScenarioError, scenario
from analytics.scenario_file import from_json
from analytics.scenario_levers import GROUPS, KINDS, catalogue, checked, lever
from analytics.scenario_presets import FOLDER, presets


def test_every_lever_says_what_it_is_in_both_languages_where_it_goes_and_whence_it_comes():
    for key, own in catalogue().items():
        assert own.label_id and own.label_en and own.module and own.source, key
        assert own.kind in KINDS and own.group in GROUPS, key
        if own.kind in ("whole", "number", "share"):
            assert own.low is not None and own.high is not None and own.step, key


def test_every_default_is_a_value_the_lever_may_have():
    for key, own in catalogue().items():
        name = (
            key if not own.is_family else key.replace("*", own.choices[0] if own.choices else "x")
        )
        if own.default not in (None, ""):
            assert checked(name, own.default) == own.default


def test_a_scenario_comes_back_from_its_text_as_it_was():
    first = scenario(
        "BUP naik, gabung dulu",
        {
            "law.proposal": "plus_1",
            "law.proposal_from": 2028,
            "exits.factor/aps": 1.5,
            "regrouping.is_on": True,
            "regrouping.lock_open": ("20533611", "20533612"),
        },
        {"law.proposal": "uji kepekaan", "regrouping.is_on": "kajian Disdik 2026"},
        note="untuk rapat",
        years=8,
    )
    assert from_json(first.to_json()) == first
    assert from_json(first.to_json()).to_json() == first.to_json()


def test_a_lever_at_its_default_is_not_moved_and_order_does_not_matter():
    one = scenario("a", {"pupils.births_factor": 0.9, "exits.factor/aps": 1.0})
    other = scenario("a", {"need.english": "post", "pupils.births_factor": 0.9})
    assert one == other
    assert one.values == (("pupils.births_factor", 0.9),)


def test_names_and_reasons_do_not_change_the_digest_and_levers_do():
    one = scenario("a", {"pupils.births_factor": 0.9})
    assert one.digest == scenario("b", {"pupils.births_factor": 0.9}, note="lain").digest
    assert one.digest != scenario("a", {"pupils.births_factor": 0.8}).digest
    assert one.digest != scenario("a", {"pupils.births_factor": 0.9}, years=9).digest


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("pupils.birth_factor", 1, "tidak dikenal; maksudnya 'pupils.births_factor'"),
        ("exits.factors/aps", 1, "tidak dikenal; maksudnya 'exits.factor/aps'"),
        ("exits.factor", 1, "satu tuas per hal; tulis exits.factor/ lalu hal itu .meninggal, aps"),
        ("x" * 5_000, 1, "tidak dikenal. Daftar tuas"),
        ("pupils.births_factor", 3, "tulis 0 sampai 2"),
        ("pupils.births_factor", "banyak", "tulis angka"),
        ("pupils.births_factor", float("nan"), "tulis angka"),
        ("pupils.births_factor", True, "tulis angka"),
        ("law.proposal_from", 2028.5, "bilangan bulat"),
        ("law.proposal", "plus_9", "salah satu: none, korpri_2025"),
        ("regrouping.is_on", 1, "true atau false"),
        ("regrouping.lock_open", "20533611", "daftar kode"),
        ("exits.factor/bosan", 2, "'bosan' tidak dikenal"),
        ("law.reading/pelaksana", "dunia_lain", "salah satu"),
    ],
)
def test_what_cannot_be_is_refused_in_words_in_both_languages(key, value, words):
    with pytest.raises(ScenarioError, match=words) as refusal:
        scenario("a", {key: value})
    assert refusal.value.english and refusal.value.english != str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "bukan JSON"),
        ("[]", "Bukan berkas skenario"),
        ('{"name": "a", "lever": {}}', "'lever' tidak dikenal .maksudnya 'levers'"),
        ('{"name": "a", "catatan": "rapat"}', "'catatan' tidak dikenal .maksudnya 'note'"),
        (
            '{"name": "a", "levers": {"need.english": {"nilai": "post"}}}',
            "'nilai' tidak dikenal .maksudnya 'value'",
        ),
        (
            '{"name": "a",\n// usulan\n"years": 9}',
            "baris 2 bukan JSON; JSON tidak mengenal komentar",
        ),
        ('{"name": "a", "levers": {"pupils.births_factor": 0,9}}', "angka dengan titik"),
        ('{"name": "a", "years": 9,}', "hapus koma sesudah isian terakhir"),
        ('{"name": "a", "english": "a"}', "Isian 'english' memuat"),
        ('{"name": "a", "english": {"why": {"plan.rule": 3}}}', "tulis teks"),
        (
            '{"scenarios": [{"name": "a"}, {"name": "b"}], "summaries": []}',
            "membandingkan 2 skenario .a, b.",
        ),
        ('{"name": "a", "format": 9}', "Format skenario 9"),
        ('{"name": "a", "years": 40}', "tulis 1 sampai 10"),
        ('{"levers": {}}', "memerlukan 'name'"),
        ('{"name": "  "}', "Nama skenario kosong"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_in_words(text, words):
    with pytest.raises(ScenarioError, match=words):
        from_json(text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"name": "Skénario"}'.encode("latin-1"), "bukan UTF-8"),
        ('{"name": "Skenario"}'.encode("utf-16"), "bukan UTF-8"),
        (b'{"name": "\\ud800"}', "bukan UTF-8"),
        (b"[" * 100_000, "tidak dapat dibaca"),
        (
            b'{"name": "a", "levers": {"pupils.births_factor": ' + b"9" * 5_000 + b"}}",
            "tidak dapat",
        ),
        (b'{"name": "a", "levers": {"pupils.births_factor": ' + b"9" * 400 + b"}}", "0 sampai 2"),
        (
            b'{"name": "a", "levers": {"plan.rule": "cpns_only", "plan.rule": "best_mix"}}',
            "dua kali",
        ),
        (b'{"name": null}', "tulis teks"),
        (b'{"name": "a", "note": "' + b"a" * 2_000_000 + b'"}', "lebih dari"),
        (b"", "bukan JSON"),
    ],
)
def test_a_file_that_nobody_can_read_is_refused_in_words(content, words):
    with pytest.raises(ScenarioError, match=words) as refusal:
        from_json(content)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_copy_of_a_preset_is_read_as_the_preset(path, language):
    assert from_json(path.read_bytes(), language) == presets(language)[path.stem]


def test_a_copy_of_a_preset_may_be_edited_and_saved_as_windows_does():
    content = json.loads((FOLDER / "zero_growth.json").read_text(encoding="utf-8"))
    content["levers"]["plan.replacement_ratio"] = 0.8
    content["levers"]["pupils.births_factor"] = {"value": 0.9, "why": "BPS"}
    del content["levers"]["plan.rule"]
    text = json.dumps(content, indent=2).replace("\n", "\r\n")
    told = from_json(b"\xef\xbb\xbf" + text.encode(), "en")
    assert dict(told.values) == {"plan.replacement_ratio": 0.8, "pupils.births_factor": 0.9}
    # A value without a reason has none in English either; one without English keeps its own.
    assert dict(told.rationale) == {"pupils.births_factor": "BPS"}


def test_the_summary_of_a_run_is_read_as_its_scenario():
    told = scenario("Kami", {"pupils.births_factor": 0.9}, {"pupils.births_factor": "BPS"})
    of_run = {"scenario": json.loads(told.to_json()), "summary": {}, "provenance": {}}
    assert from_json(json.dumps(of_run)) == told
    compared = {"scenarios": [json.loads(told.to_json())], "summaries": [{}]}
    assert from_json(json.dumps(compared)) == told


def test_a_file_of_windows_with_its_mark_is_read():
    assert from_json(b"\xef\xbb\xbf" + b'{"name": "a"}').name == "a"


def test_a_lever_named_twice_is_refused():
    with pytest.raises(ScenarioError, match="dua kali"):
        Scenario("a", values=(("need.electives", True), ("need.electives", False)))


def test_a_file_may_give_a_value_without_a_reason():
    text = json.dumps({"name": "a", "levers": {"pupils.births_factor": 0.9}})
    assert from_json(text).unexplained() == ("pupils.births_factor",)


def test_moved_levers_are_told_with_their_default_and_reason():
    told = scenario("a", {"exits.factor/aps": 2}, {"exits.factor/aps": "tawaran pensiun dini"})
    row = told.changed().iloc[0]
    assert (row["default"], row["value"], row["rationale"]) == ("1", "2", "tawaran pensiun dini")
    assert "aps" in row["label_id"]


def test_a_lever_put_back_to_its_default_is_forgotten():
    moved = scenario("a").moved("pupils.births_factor", 0.8, "tren")
    assert moved.moved("pupils.births_factor", None) == scenario("a")


def test_a_scenario_takes_over_single_groups_from_another():
    one = scenario("a", {"law.proposal": "plus_1", "pupils.births_factor": 0.9})
    other = scenario("b", {"law.proposal": "plus_2", "need.electives": True})
    mixed = one.like(other, "law")
    assert mixed["law.proposal"] == "plus_2"
    assert mixed["pupils.births_factor"] == 0.9
    assert mixed["need.electives"] is False
    assert one.like(other, *GROUPS).values == other.values


def test_every_proposal_and_reading_of_the_rules_is_a_value_of_a_lever():
    book = rules.load()
    assert set(book.proposals["proposal"]) < set(lever("law.proposal").choices)
    for row in book.disputes.itertuples():
        assert checked(f"law.reading/{row.dispute_id}", row.reading) == row.reading
