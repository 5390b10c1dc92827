"""What the rules say of a level on one day: class size, hours of subjects, ratios of posts.

A rulebook never changes, so each answer is looked for once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import RuleBook, RuleError

# A school year is named by the calendar year in which it begins. Convention of the calendar.
SCHOOL_YEAR_MONTH, SCHOOL_YEAR_DAY = 7, 1

ENGLISH_TREATMENTS = ("post", "class_teacher")
ENGLISH_STARTS = ("all_grades", "by_cohort")
HIGHEST_GRADE = 12
_TAUGHT = ("compulsory", "subject_teacher")
# Answers kept: a rulebook has a dozen levels and some days on which its law changes.
_KEPT = 512


@dataclass(frozen=True)
class NeedChoice:
    """What the user may decide about teacher need; by default the law as it stands.

    Parameters
    ----------
    english
        English in SD once it is compulsory: ``post`` (a teacher of English by hours) or
        ``class_teacher`` (taught by trained class teachers; no post).
    english_start
        ``all_grades`` at once or ``by_cohort``: how the duty spreads over the grades, which the
        sources leave open.
    local_content
        Whether SMP teach muatan lokal.
    electives
        Whether elective subjects (coding; English in SD before its duty) are taught everywhere.
    class_sizes
        ``(level, most pupils a rombel)`` instead of the ceiling in force: a lever.
    """

    english: str = "post"
    english_start: str = "all_grades"
    local_content: bool = True
    electives: bool = False
    class_sizes: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.english not in ENGLISH_TREATMENTS:
            raise ValueError(f"english is {self.english!r}; {' or '.join(ENGLISH_TREATMENTS)}")
        if self.english_start not in ENGLISH_STARTS:
            raise ValueError(
                f"english_start is {self.english_start!r}; {' or '.join(ENGLISH_STARTS)}"
            )
        levels = [level for level, _ in self.class_sizes]
        if len(set(levels)) != len(levels):
            raise ValueError(f"class_sizes names one level twice: {levels}; keep one")
        for level, most in self.class_sizes:
            if isinstance(most, bool) or not isinstance(most, int) or most < 1:
                raise ValueError(f"class size of {level} is {most!r}; a whole number, 1 or more")


AS_LAW = NeedChoice()


@dataclass(frozen=True, eq=False)
class Subjects:
    """What one post teaches: hours a week by grade, from 0 on, and the rules that say so."""

    post: str
    hours_by_grade: NDArray[np.float64]
    rule_ids: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LevelLaw:
    """The rows about one level on one day; ``subjects`` by post, in the order of their names."""

    level: str
    day: date
    subjects: tuple[Subjects, ...]
    _values: Mapping[tuple[str, str], tuple[tuple[float, str], ...]]

    def value(self, key: str, post: str = "") -> tuple[int, str] | None:
        """Value and id of one rule; None where no row speaks of it.

        Raises
        ------
        RuleError
            When several rows do.
        """
        rows = self._values.get((key, post), ())
        if len(rows) > 1:
            raise RuleError(
                f"teacher_rule.csv: {len(rows)} baris menjawab {key} untuk {self.level} pada"
                f" {self.day}; sisakan satu",
                f"teacher_rule.csv: {len(rows)} rows answer {key} for {self.level} on {self.day};"
                " keep one",
            )
        return (int(rows[0][0]), rows[0][1]) if rows else None

    def needed(self, key: str, post: str = "") -> tuple[int, str]:
        """As :meth:`value`; refuses where no row speaks of it."""
        found = self.value(key, post)
        if found is None:
            raise RuleError(
                f"teacher_rule.csv: tidak ada baris yang menjawab {key} untuk {self.level} pada"
                f" {self.day}; tambahkan dengan tanggal itu",
                f"teacher_rule.csv: no row answers {key} for {self.level} on {self.day}; add one"
                " with that date",
            )
        return found


def first_day(school_year: int) -> date:
    """The day on which a school year begins: 2027 -> 1 July 2027."""
    return date(school_year, SCHOOL_YEAR_MONTH, SCHOOL_YEAR_DAY)


@lru_cache(maxsize=_KEPT)
def class_size(rulebook: RuleBook, level: str, day: date) -> tuple[int, str]:
    """Most pupils in a class of a level on a day, and the rule that says so.

    Raises
    ------
    RuleError
        When no row, or several, answer.
    """
    rows = _in_force(rulebook.class_sizes, day)
    rows = rows[rows["level"].str.upper() == level.upper()]
    if len(rows) != 1:
        raise RuleError(
            f"class_size.csv: {level} punya {len(rows)} jawaban pada {day}; harus tepat satu."
            " Tambahkan atau akhiri satu baris dengan tanggal itu",
            f"class_size.csv: {level} has {len(rows)} answers on {day}; exactly one must. Add or"
            " end a row with that date",
        )
    return int(rows["max_pupils"].iloc[0]), str(rows["rule_id"].iloc[0])


def law_of(rulebook: RuleBook, level: str, day: date, choice: NeedChoice) -> LevelLaw:
    """The rows about a level on a day, as chosen."""
    kinds = [
        *_TAUGHT,
        *(["local_content"] * choice.local_content),
        *(["elective"] * choice.electives),
    ]
    english = choice.english_start if choice.english == "post" else ""
    return _law(rulebook, level, day, tuple(kinds), english)


@lru_cache(maxsize=_KEPT)
def _law(
    rulebook: RuleBook, level: str, day: date, kinds: tuple[str, ...], english: str
) -> LevelLaw:
    values: dict[tuple[str, str], tuple[tuple[float, str], ...]] = {}
    rules = _about(_in_force(rulebook.teacher_rules, day), level, "*")
    for row in rules.itertuples():
        key = (str(row.key), str(row.post))
        values[key] = (*values.get(key, ()), (row.value, str(row.rule_id)))
    hours = _about(_in_force(rulebook.subject_hours, day), level)
    taught = hours["kind"].isin(kinds)
    if english:
        taught |= (hours["kind"] == "english") & (hours["reading"] == english)
    subjects = tuple(
        Subjects(str(post), _hours_by_grade(rows), tuple(rows["rule_id"].astype("str")))
        for post, rows in hours[taught].groupby("post", sort=True)
    )
    return LevelLaw(level, day, subjects, values)


def _hours_by_grade(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Hours a week that one rombel of each grade has with the teacher of these subjects."""
    first = rows["grade_from"].to_numpy(dtype=np.int64)[:, None]
    last = rows["grade_to"].to_numpy(dtype=np.int64)[:, None]
    jp = rows["jp_per_week"].to_numpy(dtype=float)
    grades = np.arange(HIGHEST_GRADE + 1)[None, :]
    return np.asarray((jp[:, None] * ((grades >= first) & (grades <= last))).sum(axis=0))


def same_law(
    rulebook: RuleBook, level: str, on: date | None, years: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """School years in stretches between which no row about a level begins or ends."""
    if on is not None or len(years) == 0:
        return [years]
    days = np.array([first_day(int(year)) for year in years], dtype="datetime64[D]")
    stretch = np.searchsorted(_turns(rulebook, level), days, side="right")
    return [years[stretch == number] for number in np.unique(stretch)]


@lru_cache(maxsize=_KEPT)
def _turns(rulebook: RuleBook, level: str) -> NDArray[np.datetime64]:
    """Days on which a row about a level begins, or is over."""
    tables = [_about(rows, level, "*") for rows in (rulebook.teacher_rules, rulebook.subject_hours)]
    begins = [rows["effective_from"].to_numpy(dtype="datetime64[D]") for rows in tables]
    ends = [rows["effective_to"].to_numpy(dtype="datetime64[D]") + 1 for rows in tables]
    return np.asarray(np.unique(np.concatenate([*begins, *ends])))


@lru_cache(maxsize=8)
def scope(rulebook: RuleBook) -> frozenset[str]:
    """Levels of which the rules say that a school has a head: those whose need is known."""
    rules = rulebook.teacher_rules
    return frozenset(rules.loc[rules["key"] == "heads_per_school", "level"].str.upper())


def _about(rows: pd.DataFrame, *levels: str) -> pd.DataFrame:
    return rows.loc[rows["level"].str.upper().isin(levels)]


def _in_force(table: pd.DataFrame, day: date) -> pd.DataFrame:
    moment = pd.Timestamp(day)
    return table[(table["effective_from"] <= moment) & (table["effective_to"] >= moment)]
