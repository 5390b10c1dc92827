"""The counts behind the first page: leavers by year, educators, posts of a single holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analytics import leaving, leaving_groups, leaving_summary, succession
from pages.shared import load

SHOWN_YEARS = 15
TREND_YEARS = 10
TEACHER_YEARS = 5
POST_YEARS = 3


@dataclass(frozen=True)
class Answers:
    """What the page says; counts of people, in the order of the page.

    ``window_counts`` are leavers within the coming 12 months, the 12 after and so on, those past
    their date in the first; the ``educator_`` and ``post_`` figures are built the same way.
    """

    people_count: int
    educator_count: int
    undated_count: int
    past_due_count: int
    window_counts: tuple[int, ...]
    educator_window_counts: tuple[int, ...]
    post_window_counts: tuple[int, ...]
    fullest_opd: str
    fullest_opd_count: int
    years: tuple[int, ...]
    educator_year_counts: tuple[int, ...]
    other_year_counts: tuple[int, ...]
    mean_per_year: float
    peak: leaving_summary.Peak | None

    @property
    def leaver_count(self) -> int:
        """Leavers of the coming 12 months."""
        return self.window_counts[0]

    @property
    def post_count(self) -> int:
        """Single-holder posts that fall empty within ``POST_YEARS``."""
        return sum(self.post_window_counts[:POST_YEARS])


def _window_counts(people: pd.DataFrame, as_of: date) -> tuple[int, ...]:
    within = leaving.share_within(people, as_of, range(1, TREND_YEARS + 1))["leaver_count"]
    return tuple(within.diff().fillna(within).astype(int).tolist())


@st.cache_data(max_entries=32, show_spinner=False)
def answers(key: load.PeopleKey, counted: str) -> Answers:
    """What the page says about those counted."""
    everyone = load.people_of(key)
    people = leaving.counted(everyone, counted)
    roles = load.rulebook().role_groups
    last_year = key.as_of.year + SHOWN_YEARS - 1
    summary = leaving_summary.summary(people, roles, key.as_of, last_year)
    is_educator = leaving_groups.is_educator(people, roles)
    by_year = leaving.leaver_counts(people, key.as_of, last_year)
    educators_by_year = leaving.leaver_counts(people.loc[is_educator], key.as_of, last_year)
    educator_year_counts = educators_by_year["leaver_count"].tolist()
    # Found among everyone, or a post whose second holder is not counted would look like a single.
    posts = succession.single_holder_posts(everyone, key.as_of, TREND_YEARS)
    posts = posts.loc[posts.index.isin(people.index)]
    soon = succession.single_holder_posts(everyone, key.as_of, POST_YEARS)
    fullest = soon.loc[soon.index.isin(people.index), "opd"].value_counts()
    return Answers(
        people_count=summary.people_count,
        educator_count=summary.educator_count,
        undated_count=summary.undated_count,
        past_due_count=summary.past_due_count,
        window_counts=_window_counts(people, key.as_of),
        educator_window_counts=_window_counts(people.loc[is_educator], key.as_of),
        post_window_counts=_window_counts(posts, key.as_of),
        fullest_opd=str(fullest.index[0]) if len(fullest) else "",
        fullest_opd_count=int(fullest.iloc[0]) if len(fullest) else 0,
        years=tuple(by_year["year"].tolist()),
        educator_year_counts=tuple(educator_year_counts),
        other_year_counts=tuple(
            total - educators
            for total, educators in zip(
                by_year["leaver_count"].tolist(), educator_year_counts, strict=True
            )
        ),
        mean_per_year=summary.mean_per_year,
        peak=summary.peak,
    )
