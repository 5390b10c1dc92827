"""Scenarios that come with the product: files of ``data/scenarios``, read and checked."""

from __future__ import annotations

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


@cache
def presets() -> Mapping[str, Scenario]:
    """Every preset by its id, in their order.

    Raises
    ------
    ScenarioError
        When a file is no scenario.
    """
    found = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
    order = [*(one for one in ORDER if one in found), *(one for one in found if one not in ORDER)]
    return {one: _read(found[one]) for one in order}


def _read(path: Path) -> Scenario:
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}", f"{path.name}: {error.english}") from error
