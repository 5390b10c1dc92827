"""Saved scenarios as values: opened, saved, submitted with reasons, approved with their result.

The rows are ``state_scenarios``'; here they become scenarios, and results that can be computed
again. Method: docs/method.md eq. 230.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from analytics.export import json_text
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_facts import as_kept
from analytics.scenario_file import from_json
from analytics.scenario_levers import lever
from analytics.scenario_origin import other_facts, other_mergers, refuse_other
from analytics.scenario_plan import kept_plan
from analytics.scenario_run import Result, plan_of, run
from analytics.scenario_stages import Stages
from analytics.state import State
from analytics.state_scenarios import Saved, ToKeep
from analytics.state_standings import APPROVED, DRAFT, LOCKED, SUBMITTED


@dataclass(frozen=True)
class Opened:
    """A saved scenario and what it says."""

    saved: Saved
    scenario: Scenario


def opened(decisions: State, name_or_id: str | int, revision: int | None = None) -> Opened:
    """A saved scenario, at its last revision or an earlier one.

    Raises
    ------
    ScenarioError
        When there is none of that name, or it names what this version no longer knows.
    """
    saved = decisions.saved_scenario(name_or_id)
    if saved is None:
        raise ScenarioError(
            f"Tidak ada skenario {name_or_id!r}.", f"There is no scenario {name_or_id!r}."
        )
    content = saved.content
    if revision is not None and revision != saved.revision:
        content = decisions.scenario_content(saved.scenario_id, revision)
    return Opened(saved, from_json(content))


def saved(decisions: State, told: Scenario, actor: str, revision: int = 0) -> Opened:
    """Save a scenario under its name.

    Parameters
    ----------
    revision
        The revision that was opened; 0 for a new one.

    Raises
    ------
    StateError
        When the name is taken, somebody saved since, or it is no draft.
    """
    return Opened(decisions.save_scenario(told.name, told.to_json(), actor, revision), told)


def submitted(decisions: State, one: Opened, actor: str, role: str) -> Opened:
    """Submit a draft; every moved lever needs a reason first.

    Raises
    ------
    ScenarioError
        Naming the levers without a reason.
    StateError
        When it may not be moved.
    """
    if silent := one.scenario.unexplained():
        names = ", ".join(lever(key).label("id", key.partition("/")[2]) for key in silent)
        english = ", ".join(lever(key).label("en", key.partition("/")[2]) for key in silent)
        raise ScenarioError(
            f"Tulis alasan untuk setiap tuas yang digeser sebelum mengajukan: {names}.",
            f"Write why for every moved lever before submitting: {english}.",
        )
    return _moved(decisions, one, SUBMITTED, actor, role)


def approved(decisions: State, one: Opened, result: Result, actor: str, role: str) -> Opened:
    """Approve what was submitted, and keep by what its result was computed.

    Raises
    ------
    ScenarioError
        When the result is of another scenario.
    StateError
        When it may not be moved.
    """
    if result.provenance["scenario_digest"] != one.scenario.digest:
        raise ScenarioError(
            "Hasil yang dilihat bukan hasil skenario ini; hitung lagi.",
            "The result looked at is not of this scenario; compute it again.",
        )
    plan = plan_of(result)
    provenance = {**result.provenance} | ({"plan": plan.as_json()} if plan else {})
    keep = ToKeep(provenance, result.summary, result.digest)
    return _moved(decisions, one, APPROVED, actor, role, keep)


def sent_back(decisions: State, one: Opened, actor: str, role: str) -> Opened:
    """Make a draft of it again."""
    return _moved(decisions, one, DRAFT, actor, role)


def locked(decisions: State, one: Opened, actor: str, role: str) -> Opened:
    """Lock what was approved: never to be edited again."""
    return _moved(decisions, one, LOCKED, actor, role)


def replayed(decisions: State, one: Opened, stages: Stages) -> Result:
    """Compute the last kept result again, and prove that it is the same.

    The best mix is not looked for again: the kept one is taken, since solving again may stop at
    another as good. All that follows from it is computed.

    Raises
    ------
    ScenarioError
        When no result was kept, the facts or the program are others, or the result differs.
    """
    kept = decisions.scenario_results(one.saved.scenario_id)
    if kept.empty:
        raise ScenarioError(
            "Belum ada hasil yang disimpan untuk skenario ini.",
            "No result was kept for this scenario.",
        )
    last = kept.iloc[-1]
    provenance = json.loads(last["provenance"])
    refuse_other(stages.facts.origin, provenance)
    facts = as_kept(stages.facts, provenance)
    stages = stages if facts is stages.facts else Stages(facts)
    told = opened(decisions, one.saved.scenario_id, int(last["revision"])).scenario
    plan = kept_plan(provenance["plan"]) if "plan" in provenance else None
    result = run(told, stages, kept=plan)
    if result.digest != last["output_sha256"]:
        raise ScenarioError(
            "Hasil hitung ulang tidak sama dengan yang disimpan; jangan pakai salah satunya"
            " sebelum sebabnya diketahui.",
            "Computed again it is not the result that was kept; use neither before the cause is"
            " known.",
        )
    return result


@dataclass(frozen=True, eq=False)
class BesideKept:
    """A result computed now beside the one that was kept when it was approved.

    ``result``: of now; ``revision``: of the kept one; ``is_same``: the same to the byte; ``other``:
    what of the facts is not the same, in both languages; ``table``: ``measure, kept, now`` of the
    figures that differ.
    """

    result: Result
    revision: int
    is_same: bool
    other: tuple[tuple[str, str], ...]
    table: pd.DataFrame


def beside_kept(decisions: State, one: Opened, stages: Stages, seconds: float) -> BesideKept | None:
    """Compute a saved scenario now, and say whether and how it differs from its kept result.

    From the same facts the kept best mix is taken again; from others it is looked for anew.

    Returns
    -------
    None where no result of this revision was kept.
    """
    rows = decisions.scenario_results(one.saved.scenario_id)
    rows = rows.loc[rows["revision"] == one.saved.revision]
    if rows.empty:
        return None
    last = rows.iloc[-1]
    provenance = json.loads(last["provenance"])
    origin = stages.facts.origin
    other = (*other_facts(origin, provenance), *other_mergers(origin, provenance))
    plan = kept_plan(provenance["plan"]) if "plan" in provenance and not other else None
    result = run(one.scenario, stages, seconds, plan)
    figures = json.loads(last["summary"])
    # As the kept ones were written: tuples as lists.
    now = json.loads(json_text(result.summary))
    moved = [key for key in dict.fromkeys([*now, *figures]) if figures.get(key) != now.get(key)]
    table = pd.DataFrame(
        [(key, _told(figures.get(key)), _told(now.get(key))) for key in moved],
        columns=["measure", "kept", "now"],
    )
    is_same = not other and result.digest == last["output_sha256"]
    return BesideKept(result, int(last["revision"]), is_same, other, table)


def _told(value: object) -> str:
    return value if isinstance(value, str) else json_text(value, indent=None)


def _moved(  # noqa: PLR0913 - as State.move_scenario
    decisions: State,
    one: Opened,
    standing: str,
    actor: str,
    role: str,
    result: ToKeep | None = None,
) -> Opened:
    saved = decisions.move_scenario(
        one.saved.scenario_id,
        standing,
        actor,
        role,
        revision=one.saved.revision,
        result=result,
    )
    return Opened(saved, one.scenario)
