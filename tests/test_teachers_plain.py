"""Teachers needed of whole cities at once are those of plain loops, school by school."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import rules
from analytics.teachers import NeedChoice, SchoolFacts, rombel, teachers_needed
from tests.plain_teachers import LEVEL_OF_GRADE, needed

BOOK = rules.load()
RELIGIONS = ("buddha", "hindu", "islam", "kristen")

choices = st.builds(
    NeedChoice,
    english=st.sampled_from(["post", "class_teacher"]),
    english_start=st.sampled_from(["all_grades", "by_cohort"]),
    local_content=st.booleans(),
    electives=st.booleans(),
    class_sizes=st.sampled_from([(), (("SD", 20),), (("SMP", 36), ("TK", 10))]),
)


def city(luck: np.random.Generator) -> pd.DataFrame:
    """Schools of one or two levels, in a random order, some without a told level or any pupil."""
    rows = []
    for school in range(luck.integers(1, 6)):
        grades = {0: [0], 1: range(1, 7), 2: range(7, 10), 3: range(1, 10), 4: range(10, 13)}
        own = grades[int(luck.integers(0, 5))]
        told = luck.random() < 0.5
        for year in luck.choice(np.arange(2022, 2036), size=luck.integers(1, 5), replace=False):
            most = luck.choice([0, 8, 30, 90])
            for grade in own:
                if luck.random() < 0.1:
                    continue
                level = LEVEL_OF_GRADE[grade]
                level = level if luck.random() < 0.8 else level.lower()
                level = level if told else luck.choice(["", None])
                pupils = float(luck.integers(0, 2 * most + 1)) / 2
                rows.append((f"{9 - school}{school:07d}", int(year), int(grade), pupils, level))
    columns = ["npsn", "school_year", "grade", "pupil_count", "level"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sample(frac=1.0, random_state=int(luck.integers(1 << 30)), ignore_index=True)


def religions(luck: np.random.Generator, npsn: list[str]) -> dict[str, dict[str, float]]:
    """Shares of pupils by religion of some schools, some of them equal."""
    told = {}
    for school in npsn:
        some = luck.random() < 0.6
        own = luck.choice(RELIGIONS, size=luck.integers(1, 5), replace=False)
        weight = luck.choice([1.0, 1.0, 5.0, 40.0], size=len(own))
        if some:
            shares = weight / weight.sum()
            told[school] = dict(zip(own.tolist(), shares.tolist(), strict=True))
    return told


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), choices)
def test_posts_of_a_city_are_those_of_plain_loops(seed, choice):
    luck = np.random.default_rng(seed)
    cells = city(luck)
    told = religions(luck, sorted(set(cells["npsn"])))
    shares = [(npsn, one, share) for npsn, own in told.items() for one, share in own.items()]
    facts = SchoolFacts(religions=pd.DataFrame(shares, columns=["npsn", "religion", "share"]))
    found = teachers_needed(rombel(cells, BOOK, choice=choice), BOOK, None, choice, facts)
    plain = needed(cells, BOOK, choice, told)
    keys = list(
        zip(found["npsn"], found["school_year"], found["level"], found["post"], strict=True)
    )
    assert keys == sorted(plain)
    for key, count, fte, rule in zip(
        keys, found["needed_count"], found["needed_fte"], found["rule_id"], strict=True
    ):
        whole, before, ids = plain[key]
        assert (count, rule) == (whole, ids), key
        assert abs(fte - before) < 1e-9, key
