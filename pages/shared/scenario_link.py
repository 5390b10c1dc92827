"""A scenario as it stands in the link: what it starts from, and every lever moved since.

``zero_growth~budget.growth_share=0.03`` is a preset with one lever; ``12.3`` the third revision of
a saved scenario, ``12`` its last. A lever behind which nothing stands is back at its default.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.scenario import Scenario, ScenarioError, from_json, told
from analytics.scenario_levers import Value, lever
from analytics.scenario_presets import presets
from analytics.state_connection import StateError
from analytics.state_scenarios import Saved
from pages.shared import load
from pages.shared.words import language, t

PART = "~"
_YEARS = "years"
FIRST = "do_nothing"


@dataclass(frozen=True)
class Opened:
    """What a word of the link opens.

    ``ref``: preset id or ``number.revision``; ``base`` as it stands there; ``now`` with the levers
    of the link; ``saved`` for saved scenarios; ``ignored``: levers of the link nobody knows.
    """

    ref: str
    base: Scenario
    now: Scenario
    saved: Saved | None = None
    ignored: tuple[str, ...] = ()


def opened(text: str) -> Opened | None:
    """The scenario of a word of the link; None where there is none of that name."""
    ref, *parts = text.split(PART)
    found = _base(ref)
    if found is None:
        return None
    ref, base, saved = found
    now, ignored = base, []
    for part in parts:
        name, _, value = part.partition("=")
        try:
            now = _moved(now, name, value)
        except (ScenarioError, ValueError):
            ignored.append(name)
    return Opened(ref, base, now, saved, tuple(ignored))


def _base(ref: str) -> tuple[str, Scenario, Saved | None] | None:
    if ref in presets():
        return ref, named(ref), None
    number, _, revision = ref.partition(".")
    if not number.isdecimal() or (revision and not revision.isdecimal()):
        return None
    saved = load.state().saved_scenario(int(number))
    if saved is None:
        return None
    at = int(revision) if revision else saved.revision
    try:
        content = load.state().scenario_content(saved.scenario_id, at)
        return f"{number}.{at}", from_json(content), saved
    except (StateError, ScenarioError):
        return None


def _moved(now: Scenario, name: str, value: str) -> Scenario:
    if name == _YEARS:
        return Scenario(now.name, now.note, int(value), now.values, now.rationale)
    return now.moved(name, read(name, value))


def read(name: str, text: str) -> Value:
    """The value of a lever as the link writes it.

    Raises
    ------
    ScenarioError, ValueError
        No such lever, or no such value.
    """
    if text == "":
        return None
    kind = lever(name).kind
    if kind == "switch":
        return {"true": True, "false": False}[text] if text in ("true", "false") else text
    if kind == "list":
        return tuple(part for part in text.split(" ") if part)
    if kind == "choice":
        return text
    return int(text) if kind == "whole" else float(text)


def written(ref: str, base: Scenario, now: Scenario) -> str:
    """A scenario as the link writes it: reference and levers that differ from the base."""
    parts = [ref]
    if now.years != base.years:
        parts.append(f"{_YEARS}={now.years}")
    was, holds = dict(base.values), dict(now.values)
    for name in dict.fromkeys([*holds, *was]):
        if holds.get(name) != was.get(name):
            parts.append(f"{name}={told(holds.get(name))}")
    return PART.join(parts)


def named(ref: str) -> Scenario:
    """A preset under the name the visitor reads, with its reasons in their language."""
    own = presets(language())[ref]
    return own.renamed(preset_names().get(ref, own.name))


def preset_names() -> dict[str, str]:
    """What the presets are called."""
    return {
        "do_nothing": t("Tanpa pengganti"),
        "zero_growth": t("Zero growth"),
        "minus_growth": t("Minus growth"),
        "teachers_first": t("Guru dulu"),
        "regroup_first": t("Gabung sekolah dulu"),
        "cpns_only": t("CPNS saja"),
        "p3k_only": t("P3K saja"),
        "best_mix": t("Bauran terbaik"),
        "bup_plus_1": t("Andai BUP +1"),
        "bup_plus_2": t("Andai BUP +2"),
    }


def preset_notes() -> dict[str, str]:
    """What each preset means, as its file says."""
    return {ref: told.note for ref, told in presets(language()).items()}
