"""Scenarios that come with the product: files of ``data/scenarios``, read and checked.

Each file is a scenario with one entry more, ``english``: its name, its note, and why each lever was
moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_file import ENGLISH, english_reasons, from_json

FOLDER = Path(__file__).resolve().parents[1] / "data" / "scenarios"
# The order in which they are told; files not named here come after, by name.
ORDER = (
    *("do_nothing", "zero_growth", "minus_growth", "teachers_first", "regroup_first"),
    *("cpns_only", "p3k_only", "best_mix", "bup_plus_1", "bup_plus_2"),
)


@cache
def presets(language: str = "id") -> Mapping[str, Scenario]:
    """Every preset by its id, in their order.

    Parameters
    ----------
    language
        ``id`` or ``en``: of names, notes and reasons. Numbers do not depend on it.

    Raises
    ------
    ScenarioError
        When a file is no scenario, or does not tell all of it in English.
    """
    found = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
    order = [*(one for one in ORDER if one in found), *(one for one in found if one not in ORDER)]
    return {one: _read(found[one], language) for one in order}


def _read(path: Path, language: str) -> Scenario:
    try:
        content = path.read_bytes()
        told = from_json(content, language)
        if english_reasons(content) != {key for key, _ in told.rationale}:
            raise ScenarioError(
                f"isian {ENGLISH!r} tidak memuat nama, catatan, dan alasan untuk tuas yang sama",
                f"entry {ENGLISH!r} does not hold name, note and reasons for the same levers",
            )
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}", f"{path.name}: {error.english}") from error
    return told
