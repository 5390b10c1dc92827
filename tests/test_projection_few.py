"""Chances shared in groups of few: a mean for leaving early, everybody's own date (eq. 355)."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.projection_few import shared_where_few


def test_few_share_the_chance_of_leaving_early_and_keep_their_dates():
    # Three people alone in their groups and one in none; of the first, who has not left early by
    # then, every second one leaves by date.
    hazard = np.array([[0.2], [0.0], [0.1], [0.7]])
    fixed = np.array([[0.4], [0.0], [0.0], [0.1]])
    shared, left = shared_where_few(hazard, fixed, np.array([0, 1, 2, -1]), 3)
    assert shared[:, 0] == pytest.approx([0.1, 0.1, 0.1, 0.7])
    assert left[:, 0] == pytest.approx([0.5 * 0.9, 0.0, 0.0, 0.1])


def test_who_is_past_the_date_leaves_for_certain_and_is_not_shared():
    hazard = np.array([[1.0], [0.2], [0.4]])
    shared, left = shared_where_few(hazard, np.zeros((3, 1)), np.array([0, 0, 0]), 5)
    assert shared[:, 0] == pytest.approx([1.0, 0.3, 0.3])
    assert not left.any()


def test_groups_of_enough_are_left_alone():
    hazard, fixed = np.array([[0.2], [0.0], [0.1]]), np.full((3, 1), 0.1)
    shared, left = shared_where_few(hazard, fixed, np.array([0, 0, 0]), 3)
    assert (shared == hazard).all() and (left == fixed).all()
