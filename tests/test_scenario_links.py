"""The link of a scenario gives back every lever, whatever its kind and wherever it was moved to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scenario import Scenario
from analytics.scenario_levers import FAMILY, Lever, ScenarioError, Value, catalogue
from pages.shared import scenario_link
from tests import scenario_city

BASES = ("do_nothing", "regroup_first", "best_mix")
# A code may hold any mark, those of the link among them.
CODES = st.text(min_size=1, max_size=8)


def values_of(own: Lever) -> st.SearchStrategy[Value]:
    """Every value a lever may have, None among them."""
    low = -1e15 if own.low is None else own.low
    high = 1e15 if own.high is None else own.high
    kinds: dict[str, st.SearchStrategy[Value]] = {
        "switch": st.booleans(),
        "choice": st.sampled_from(own.choices or ("",)),
        "whole": st.integers(int(low), int(high)),
        "number": st.floats(low, high),
        "share": st.floats(low, high),
        "list": st.lists(st.sampled_from(own.choices) if own.choices else CODES, max_size=4).map(
            tuple
        ),
    }
    return st.none() | kinds[own.kind]


def keys_of(own: Lever) -> st.SearchStrategy[str]:
    if not own.is_family:
        return st.just(own.key)
    head = own.key.removesuffix("*")
    things = st.sampled_from(own.choices) if own.choices and own.kind != "choice" else CODES
    if own.key == f"plan.fixed{FAMILY}":
        things = st.builds("{}/{}/2027".format, things, CODES)
    return things.map(lambda thing: head + thing)


@st.composite
def moved(draw: st.DrawFn, base: Scenario) -> Scenario:
    """A scenario some levers away from its base, each of any kind."""
    now = base
    for own in draw(st.lists(st.sampled_from(list(catalogue().values())), max_size=5)):
        try:
            now = now.moved(draw(keys_of(own)), draw(values_of(own)))
        except ScenarioError:
            continue
    return now


@pytest.mark.parametrize("ref", BASES)
@given(data=st.data())
def test_the_link_of_any_scenario_opens_the_same_levers(ref, data):
    base = scenario_link.named(ref)
    now = data.draw(moved(base))
    found = scenario_link.opened(scenario_link.written(ref, base, now))
    assert found is not None and not found.ignored and not found.refused
    assert (found.now.years, found.now.values) == (now.years, now.values)


@pytest.mark.parametrize("key", [one.key for one in catalogue().values() if one.kind == "list"])
def test_a_list_that_was_emptied_is_empty_when_its_link_is_opened(key):
    base = scenario_link.named("do_nothing")
    own = catalogue()[key]
    full = base.moved(key, own.choices[:1] or ("10000001",))
    for first in (base, full):
        word = scenario_link.written("do_nothing", first, first.moved(key, ()))
        found = scenario_link.opened(word)
        assert found is not None and found.now[key] == (), word


def test_rupiah_stand_in_the_link_to_the_last_one():
    base = scenario_link.named("do_nothing")
    word = scenario_link.written("do_nothing", base, base.moved("budget.total_idr", 1234567890123))
    assert word == "do_nothing~budget.total_idr=1234567890123"
    found = scenario_link.opened(word)
    assert found is not None and found.now["budget.total_idr"] == 1234567890123


def test_a_link_as_it_was_written_before_opens_as_it_did():
    word = "zero_growth~years=7~plan.money_idr=~plan.granted_options=cpns pppk_pw"
    found = scenario_link.opened(word)
    assert found is not None and not found.ignored and found.now.years == 7
    assert found.now["plan.granted_options"] == ("cpns", "pppk_pw")
    assert found.now["plan.money_idr"] is None


def test_the_reason_of_the_opened_value_does_not_come_with_another_one():
    base = scenario_link.named("zero_growth")
    key = "plan.replacement_ratio"
    assert key in dict(base.rationale)
    found = scenario_link.opened(f"zero_growth~{key}=0.5")
    assert found is not None and found.now.unexplained() == (key,)


def test_a_city_without_any_basis_of_need_says_so_from_its_link_too():
    found = scenario_link.opened("do_nothing~need.bases=-")
    assert found is not None
    ran = scenario_city.run(found.now, scenario_city.stages())
    assert ran.summary["unfilled_count"] is None
