"""Scenarios that come with the product: files of ``data/scenarios``, read and checked.

Each file is a scenario with one entry more, ``english``: its name, its note, and why each lever was
moved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analytics.scenario import Scenario, ScenarioError, from_json

FOLDER = Path(__file__).resolve().parents[1] / "data" / "scenarios"
# The order in which they are told; files not named here come after, by name.
ORDER = (
    *("do_nothing", "zero_growth", "minus_growth", "teachers_first", "regroup_first"),
    *("cpns_only", "p3k_only", "best_mix", "bup_plus_1", "bup_plus_2"),
)
_ENGLISH = "english"


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
        content = json.loads(path.read_text(encoding="utf-8"))
        english = content.pop(_ENGLISH)
        told = from_json(json.dumps(content))
        if set(english["why"]) != {key for key, _ in told.rationale}:
            raise ScenarioError(
                "alasan dalam bahasa Inggris bukan untuk tuas yang sama",
                "reasons in English are not of the same levers",
            )
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}", f"{path.name}: {error.english}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScenarioError(
            f"{path.name}: bukan skenario bawaan dengan isian {_ENGLISH!r}",
            f"{path.name}: no preset with an entry {_ENGLISH!r}",
        ) from error
    if language != "en":
        return told
    for key, why in english["why"].items():
        told = told.moved(key, told[key], why)
    return told.renamed(english["name"], english["note"])
