"""A learnt exit model kept as a file says what it said before, and nothing else is believed."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import exits_drivers, exits_stored, rules
from analytics.exits import ExitModel, exit_model, in_service_on
from analytics.exits_boosting import TABLE_SHAPE
from tests.test_exits_drivers import UNTIL, spells
from tests.test_exits_trees import AS_OF, FROM, with_corner

SINCE = date(2016, 1, 1)
RATES = rules.load().exit_rates


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return spells(800)


@pytest.fixture(scope="module")
def model(history) -> ExitModel:
    return exit_model(history, SINCE, UNTIL, RATES)


def test_a_model_read_again_says_the_same(tmp_path, history, model):
    name = exits_stored.digest(history, SINCE, UNTIL, RATES)
    exits_stored.write(model, tmp_path, name)
    again = exits_stored.read(tmp_path, name, RATES)
    here = in_service_on(history, UNTIL)
    first, second = model.hazards(here, 5), again.hazards(here, 5)
    assert list(first) == list(second)
    for cause, each in first.items():
        np.testing.assert_array_equal(each, second[cause])
    for name in ("observed_from", "year_count", "exit_counts", "year_effect", "half_life_years"):
        assert getattr(again, name) == getattr(model, name)
    ratios = [exits_drivers.rate_ratios(one) for one in (model, again)]
    pd.testing.assert_frame_equal(*ratios, check_dtype=False)
    pd.testing.assert_frame_equal(model.past, again.past, check_dtype=False)


def test_a_model_with_trees_read_again_says_the_same(tmp_path):
    history = with_corner(4000)
    with_trees = exit_model(history, FROM, AS_OF)
    assert with_trees.blend.weight > 0
    exits_stored.write(with_trees, tmp_path, "x")
    again = exits_stored.read(tmp_path, "x", None)
    here = in_service_on(history, AS_OF)
    first, second = with_trees.hazards(here, 3), again.hazards(here, 3)
    for cause, each in first.items():
        np.testing.assert_array_equal(each, second[cause])


@pytest.mark.parametrize("damage", [{"table": [0.0]}, {"table": "x"}, {"weight": None}, 3])
def test_a_damaged_table_of_trees_is_left_aside(tmp_path, model, damage):
    exits_stored.write(model, tmp_path, "x")
    [file] = (tmp_path / "models").iterdir()
    told = json.loads(file.read_text(encoding="utf-8"))
    whole = {"table": [0.0] * math.prod(TABLE_SHAPE), "weight": 0.5, "shift": 0.0}
    file.write_text(json.dumps(told | {"trees": whole}), encoding="utf-8")
    assert exits_stored.read(tmp_path, "x", RATES) is not None
    broken = whole | damage if isinstance(damage, dict) else damage
    file.write_text(json.dumps(told | {"trees": broken}), encoding="utf-8")
    assert exits_stored.read(tmp_path, "x", RATES) is None


def test_what_a_model_is_learnt_from_has_a_digest_of_its_own(history):
    def of(table=history, since=SINCE, rates=RATES):
        return exits_stored.digest(table, since, UNTIL, rates)

    explained = history.assign(cause=history["cause"].mask(history.index == 3, "meninggal"))
    dearer = RATES.assign(rate_mid=RATES["rate_mid"].astype(float) * 2)
    others = [of(explained), of(since=date(2017, 1, 1)), of(rates=dearer)]
    assert of() == of(history.copy()) and of() not in others and len(set(others)) == 3


@pytest.mark.parametrize(
    "damage", ["", "{}", "[1]", '{"outlook": 3}', "cos\nsystem\n(S'true'\ntR."]
)
def test_a_file_that_is_no_model_is_left_aside(tmp_path, model, damage):
    exits_stored.write(model, tmp_path, "x")
    [file] = (tmp_path / "models").iterdir()
    file.write_text(damage, encoding="utf-8")
    assert exits_stored.read(tmp_path, "x", RATES) is None


def test_no_person_is_in_the_file_and_few_files_are_kept(tmp_path, history, model):
    for number in range(6):
        exits_stored.write(model, tmp_path, str(number))
    files = sorted((tmp_path / "models").iterdir())
    assert len(files) == 4
    text = files[-1].read_text(encoding="utf-8")
    assert json.loads(text) and not any(f'"{one}"' in text for one in history["person_id"])


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path, model):
    nowhere = Path(tmp_path / "file")
    nowhere.write_text("", encoding="utf-8")
    exits_stored.write(model, nowhere, "x")
    assert exits_stored.read(nowhere, "x", RATES) is None
