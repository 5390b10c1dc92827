"""A scenario as it stands in the link: what it starts from, and every lever moved since.

``zero_growth~budget.growth_share=0.03`` is a preset with one lever; ``12.3`` the third revision of
a saved scenario, ``12`` its last. A lever behind which nothing stands is back at its default; ``-``
is a list that was emptied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import unquote

from analytics.scenario import Scenario, ScenarioError, told, wrong_years
from analytics.scenario_file import from_json
from analytics.scenario_levers import Value, lever
from analytics.scenario_presets import presets
from analytics.state_connection import StateError
from analytics.state_scenarios import Saved
from pages.shared import load
from pages.shared.words import language, t

PART = "~"
_YEARS = "years"
FIRST = "do_nothing"
_EMPTIED = "-"
# What marks the parts of a link, where it stands within a name or a code.
_MARKS = str.maketrans({mark: f"%{ord(mark):02X}" for mark in f"%={PART} "})
_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Opened:
    """What a word of the link opens.

    ``ref``: preset id or ``number.revision``; ``base`` as it stands there; ``now`` with the levers
    of the link; ``saved`` for saved scenarios; ``ignored``: levers of the link nobody knows;
    ``refused``: what is said of values of the link that cannot be, in Indonesian and English.
    """

    ref: str
    base: Scenario
    now: Scenario
    saved: Saved | None = None
    ignored: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def opened(text: str) -> Opened | None:
    """The scenario of a word of the link; None where there is none of that name."""
    ref, *parts = text.split(PART)
    found = _base(ref)
    if found is None:
        return None
    ref, base, saved = found
    now, ignored, refused = base, [], []
    for part in parts:
        name, _, value = part.partition("=")
        name = unquote(name)
        if not _is_known(name):
            ignored.append(name)
            continue
        try:
            now = without_old_reason(base, _moved(now, name, value), name)
        except ScenarioError as error:
            refused.append((error.said("id"), error.said("en")))
    return Opened(ref, base, now, saved, tuple(ignored), tuple(refused))


def _is_known(name: str) -> bool:
    if name == _YEARS:
        return True
    try:
        lever(name)
    except ScenarioError:
        return False
    return True


def _base(ref: str) -> tuple[str, Scenario, Saved | None] | None:
    if ref in presets():
        return ref, named(ref), None
    number, dot, revision = ref.partition(".")
    if not _is_number(number) or (dot and not _is_number(revision)):
        return None
    saved = load.state().saved_scenario(int(number))
    if saved is None:
        return None
    at = int(revision) if revision else saved.revision
    try:
        content = load.state().scenario_content(saved.scenario_id, at)
        return f"{int(number)}.{at}", from_json(content), saved
    except (StateError, ScenarioError):
        return None


def _is_number(text: str) -> bool:
    """Whether a text may be the number of a scenario or of a revision."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


def _moved(now: Scenario, name: str, value: str) -> Scenario:
    if name == _YEARS:
        if not _is_number(value):
            raise wrong_years(value)
        return replace(now, years=int(value))
    return now.moved(name, read(name, value))


def without_old_reason(base: Scenario, now: Scenario, key: str) -> Scenario:
    """What was said of the value it was opened with explains no other value."""
    reason = dict(now.rationale).get(key)
    if not reason or now[key] == base[key] or reason != dict(base.rationale).get(key):
        return now
    return replace(now, rationale=tuple(pair for pair in now.rationale if pair[0] != key))


def read(name: str, text: str) -> Value:
    """The value of a lever as the link writes it; what is no number stays text.

    Raises
    ------
    ScenarioError
        No such lever.
    """
    if text == "":
        return None
    kind = lever(name).kind
    if kind == "switch":
        return {"true": True, "false": False}[text] if text in ("true", "false") else text
    if kind == "list":
        parts = () if text == _EMPTIED else text.split(" ")
        return tuple(unquote(part) for part in parts if part)
    if kind == "choice":
        return text
    try:
        return int(text) if kind == "whole" else float(text)
    except ValueError:
        return text


def written(ref: str, base: Scenario, now: Scenario) -> str:
    """A scenario as the link writes it: reference and levers that differ from the base."""
    parts = [ref]
    if now.years != base.years:
        parts.append(f"{_YEARS}={now.years}")
    was, holds = dict(base.values), dict(now.values)
    for name in dict.fromkeys([*holds, *was]):
        if holds.get(name) != was.get(name):
            parts.append(f"{name.translate(_MARKS)}={_value_written(holds.get(name))}")
    return PART.join(parts)


def _value_written(value: Value) -> str:
    if not isinstance(value, tuple):
        return told(value)
    if value == (_EMPTIED,):
        return f"%{ord(_EMPTIED):02X}"
    return " ".join(part.translate(_MARKS) for part in value) or _EMPTIED


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
