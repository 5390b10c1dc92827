"""What stands on screen: every sentence in two languages, numbers and dates as people write."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from analytics.faults import TEXTS, Fault
from analytics.store import StoreError
from pages.shared import terms, words

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
# The titles of the pages, which app.py keeps in a table.
TABLED = {
    "Ringkasan",
    "Pensiun",
    "Keluar",
    "Murid",
    "Guru",
    "Regrouping",
    "Pemerataan guru",
    "Skenario",
    "Opsi pengganti",
    "Ketepatan",
    "Data",
    "Metode",
    "Pengelolaan",
}


def sentences(path: Path) -> dict[str, set[str]]:
    """The sentences a file gives to ``t`` and ``tn``, by function."""
    found: dict[str, set[str]] = {"t": set(), "tn": set()}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in found and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found[name].add(first.value)
    return found


def used(function: str) -> set[str]:
    return set().union(*(sentences(path)[function] for path in SOURCES))


def catalogue() -> dict[str, tuple[str, ...]]:
    return words._catalogue("en")


def test_every_sentence_has_its_english():
    missing = (used("t") | used("tn") | TABLED) - set(catalogue())
    assert not missing, f"{len(missing)} without English: {sorted(missing)[:10]}"
    assert not [text_id for text_id, said in catalogue().items() if not all(said)]


def test_no_english_is_left_behind_by_a_sentence_that_is_gone():
    stale = set(catalogue()) - used("t") - used("tn") - TABLED
    assert not stale, f"{len(stale)} stale: {sorted(stale)[:10]}"


def test_a_sentence_about_a_number_has_two_english_forms():
    single = {text_id for text_id in used("tn") if len(catalogue().get(text_id, ())) != 2}
    assert not single, f"give them msgid_plural: {sorted(single)[:10]}"


def test_english_fills_the_same_fields():
    def fields(sentence: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    for text_id, forms in catalogue().items():
        for form in forms:
            assert fields(form) == fields(text_id), text_id


def test_no_sentence_stands_twice_in_the_catalogue():
    with (words.CATALOGUES / "en.po").open("rb") as file:
        read_po(file, locale="en", abort_invalid=True)
    text = (words.CATALOGUES / "en.po").read_text(encoding="utf-8")
    ids = [line for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})


@pytest.fixture
def in_english(monkeypatch):
    monkeypatch.setattr(words, "language", lambda: "en")


def test_indonesian_numbers_have_a_point_for_thousands_and_a_comma_for_decimals():
    # Badan Bahasa, Ejaan yang Disempurnakan (EYD V, 2022): 1.000 for thousands, 12,5 for decimals.
    assert words.number(1234567) == "1.234.567"
    assert words.number(1234.56, 1) == "1.234,6"
    # One sign in tables, sentences and charts; none where nothing is left of it.
    assert [words.number(one) for one in (-1, -1234.4, -0.2)] == ["−1", "−1.234", "0"]
    assert (words.percent(-0.311), words.percent(-0.0001, 0)) == ("−31,1%", "0%")
    assert (words.rupiah(-1234567), words.money(-3.1e9)) == ("−Rp 1.234.567", "−Rp\u00a03,1\u00a0M")
    assert words.percent(0.1234) == "12,3%"
    assert words.rupiah(1234567) == "Rp 1.234.567"


@pytest.mark.usefixtures("in_english")
def test_english_numbers_have_them_the_other_way_round():
    assert words.number(1234.56, 1) == "1,234.6"
    assert words.percent(0.1234) == "12.3%"
    assert words.seconds(0.01) == "less than 0.1"


def test_a_computation_that_took_next_to_no_time_took_some():
    assert words.seconds(0.04) == "kurang dari 0,1"
    assert words.seconds(0.05) == "0,1"
    assert words.seconds(4.23) == "4,2"


@pytest.mark.parametrize("unknown", [None, float("nan"), pd.NA, pd.NaT])
def test_what_is_not_known_is_a_dash(unknown):
    assert words.number(unknown) == words.NONE
    assert words.percent(unknown) == words.NONE
    assert words.rupiah(unknown) == words.NONE
    assert words.day(unknown) == words.NONE
    assert words.month(unknown) == words.NONE


def test_every_term_explained_on_a_page_stands_in_the_glossary():
    rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    told = " ".join(row.split("|")[1] for row in rows if row.startswith("| "))
    named = set(re.split(r"[ ,()]+", told))
    assert not [term for term in terms.meanings() if term not in named]


def test_dates_are_written_as_indonesians_write_them():
    # 1 August 2025 was a Friday.
    assert words.day(date(2025, 8, 1)) == "1 Agustus 2025"
    assert words.month(date(2025, 8, 1)) == "Agu 2025"


@pytest.mark.usefixtures("in_english")
def test_dates_are_written_as_the_british_write_them():
    assert words.day(date(2025, 8, 1)) == "1 August 2025"


@pytest.mark.usefixtures("in_english")
def test_one_person_retires_and_two_people_retire():
    assert words.tn("{n} orang pensiun", 1) == "1 person retires"
    assert words.tn("{n} orang pensiun", 2) == "2 people retire"


def test_a_list_reads_as_a_sentence():
    assert words.names(["guru"]) == "guru"
    assert words.names(["guru", "bidan"]) == "guru dan bidan"
    assert words.names(["guru", "bidan", "camat"]) == "guru, bidan, dan camat"
    assert words.names([]) == ""


REFUSALS = (
    *("StoreError", "StateError", "RuleError", "PayError", "MixError", "ScenarioError"),
    *("GapError", "ProjectionError", "FarAheadError"),
)


def test_what_is_refused_is_said_in_the_language_of_the_screen(monkeypatch):
    refused = StoreError("Impor lain masih berjalan.", "Another import is still running.")
    assert words.refusal(refused) == "Impor lain masih berjalan."
    monkeypatch.setattr(words, "language", lambda: "en")
    assert words.refusal(refused) == "Another import is still running."
    assert words.refusal(ValueError("1")) == "1"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "analytics").glob("*.py")), ids=lambda path: path.name
)
def test_what_is_refused_in_words_is_said_in_both_languages(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", "") not in REFUSALS:
            continue
        first = ast.unparse(node.args[0])
        is_for_programmers = first.lstrip("f'\"").startswith(
            ("source_files", "data/queries", "{question}", "The people frame", "No such table")
        )
        assert len(node.args) == 2 or is_for_programmers, first


def test_english_sentences_of_faults_know_the_singular():
    one, more = (Fault("s.csv", "regroup_spread_evenly", details={"count": n}) for n in (1, 2))
    assert one.message("en").startswith("1 school gives a total only")
    assert more.message("en").startswith("2 schools give totals only")


def test_every_choice_of_words_in_a_sentence_of_a_fault_has_two():
    texts = pd.read_csv(TEXTS, dtype="str", keep_default_na=False).set_index("code")
    choices = [
        (code, column, spec)
        for code, row in texts.iterrows()
        for column, text in row.items()
        for _, _, spec, _ in Formatter().parse(text)
        if spec
    ]
    assert choices
    assert not [one for one in choices if not one[1].endswith("_en") or one[2].count("|") != 1]
