"""What redistribution starts from: who teaches where, what is needed, what the user decided.

Frozen values, so that the same question gives the same moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import pandas as pd

from analytics.rules import RuleBook, RuleError

LINEARITIES = ("certificate", "either")
PRIVATE_USES = ("last", "never")
DEFAULT_MAX_KM, DEFAULT_BUP_YEARS, DEFAULT_WARN_YEARS = 10.0, 2, 5
DEFAULT_SECONDS = 60.0

STAFF_COLUMNS = (
    *("person_id", "npsn", "post", "certificate_post", "hours", "retires_on", "employment"),
    *("rank", "step", "home_kecamatan", "apart"),
)
NEED_COLUMNS = ("npsn", "post", "school_year", "needed_count", "hours")
SCHOOL_COLUMNS = ("npsn", "name", "latitude", "longitude", "kecamatan", "status", "level")


@dataclass(frozen=True)
class MoveChoice:
    """What the user may decide; by default the careful answer.

    Parameters
    ----------
    max_km
        Longest way from the present school to the new one, detour included.
    detour
        Way over straight line.
    least_hours, most_hours
        Face-to-face hours (JP) a week that whoever moves must have after it; None: the law.
    years_before_bup
        Nobody moves who retires sooner than this many years after the day of the move.
    linearity
        ``certificate``: where a certificate is known only its subject counts, else the post held;
        ``either``: both count.
    split
        One person may serve two schools (satmin and additional) where neither fills the hours.
    private
        Needs of private schools: ``last`` (after every state school) or ``never``.
    across_levels
        Whether a post of one level (SD) may be filled from another (SMP); class teachers never.
    use_home
        A school in the person's home kecamatan is near enough, whatever the distance.
    accept_shared
        Schools on one point stand in one yard; otherwise such coordinates are not believed.
    employments
        Who may be moved.
    warn_years
        How far ahead a moved-to post is watched for falling away.
    seconds
        Longest time for all solves together.
    """

    max_km: float = DEFAULT_MAX_KM
    detour: float = 1.3
    least_hours: float | None = None
    most_hours: float | None = None
    years_before_bup: int = DEFAULT_BUP_YEARS
    linearity: str = "certificate"
    split: bool = False
    private: str = "last"
    across_levels: bool = False
    use_home: bool = True
    accept_shared: bool = False
    employments: tuple[str, ...] = ("PNS", "PPPK")
    warn_years: int = DEFAULT_WARN_YEARS
    seconds: float = DEFAULT_SECONDS

    def __post_init__(self) -> None:
        for name, least in (("max_km", 0), ("detour", 1), ("years_before_bup", 0)):
            value = getattr(self, name)
            if not least <= value < float("inf"):
                raise ValueError(
                    f"{name} {value}: tulis {least} atau lebih / {name} is {value}; {least} or more"
                )
        if self.warn_years < 0 or not 0 < self.seconds < float("inf"):
            raise ValueError(
                "warn_years 0 atau lebih, seconds di atas 0 / warn_years is 0 or more, seconds"
                " above 0"
            )
        for name, known in (("linearity", LINEARITIES), ("private", PRIVATE_USES)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; {' or '.join(known)}")
        for hours in (self.least_hours, self.most_hours):
            if hours is not None and not 0 < hours < float("inf"):
                raise ValueError(f"jam {hours}: tulis di atas 0 / hours are {hours}; above 0")
        if None not in (self.least_hours, self.most_hours) and self.least_hours > self.most_hours:  # type: ignore[operator]
            raise ValueError(
                f"jam sekurangnya {self.least_hours} lebih dari jam sebanyaknya / least_hours"
                f" {self.least_hours} is above most_hours"
            )


@dataclass(frozen=True)
class Locks:
    """What was decided by hand.

    Parameters
    ----------
    stays, moves
        People who must stay, and who must move (a wish that a surplus and a post must allow; one
        that cannot be met is told, never forced).
    closed
        Schools that nobody leaves and nobody enters.
    forbidden
        Pairs ``(person or present school, new school)`` that may not be.
    """

    stays: frozenset[str] = frozenset()
    moves: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    forbidden: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        if both := sorted(self.stays & self.moves):
            raise ValueError(
                f"{both[0]}: dikunci tetap dan dikunci pindah; sisakan satu / {both[0]} must stay"
                " and must move; keep one lock"
            )


CAREFUL, NO_LOCKS = MoveChoice(), Locks()


@dataclass(frozen=True, eq=False)
class Situation:
    """Schools, their needs and their teachers on one day.

    Parameters
    ----------
    staff
        One row per person: ``person_id``, ``npsn``, ``post``; where known ``certificate_post``,
        ``hours`` (JP a week now), ``retires_on``, ``employment``, ``rank`` (golongan), ``step``
        (jenjang), ``home_kecamatan``, ``elsewhere_count`` (other schools served after the mergers:
        such a person moves only where locked to, or where his own school closes) and ``apart`` (why
        somebody does not count as in post and never moves: off duty, leave, part time; blank:
        counts).
    needs
        One row per ``npsn``, ``post`` and ``school_year``: ``needed_count`` (whole posts) and,
        where known, ``hours`` (JP a week the post has in that school, all classes). A school
        without any row is not assessed: nobody leaves it and nobody comes.
    schools
        One row per school: ``npsn`` and, where known, ``name``, ``latitude``, ``longitude``,
        ``kecamatan``, ``status`` (``negeri``, ``swasta``), ``level``.
    on
        The day of the moves: who retires on it or before is gone.
    school_year
        The year whose needs are filled.
    merges
        Closing school -> receiving school; needs are those after it (see
        :mod:`analytics.redistribution_needs`).
    merge_km
        Closing school -> km to its receiver where the plan tells it; the way there is always open,
        since the pupils go it too.
    beside
        ``person_id``, ``npsn`` (after the mergers), ``post``, ``hours``: what is taught beside the
        post held. It lowers the needs while whoever teaches it is there and does not move; the
        needs given are those before that.
    """

    staff: pd.DataFrame
    needs: pd.DataFrame
    schools: pd.DataFrame
    on: date
    school_year: int
    merges: Mapping[str, str] = field(default_factory=dict)
    merge_km: Mapping[str, float] = field(default_factory=dict)
    beside: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        for frame, name, needed in (
            (self.staff, "staff", STAFF_COLUMNS[:3]),
            (self.needs, "needs", NEED_COLUMNS[:4]),
            (self.schools, "schools", SCHOOL_COLUMNS[:1]),
        ):
            if missing := [column for column in needed if column not in frame]:
                raise ValueError(f"{name} has no column {', '.join(missing)}")
        if self.staff["person_id"].duplicated().any():
            twice = self.staff.loc[self.staff["person_id"].duplicated(), "person_id"].iloc[0]
            raise ValueError(f"{twice} stands twice in staff; one row per person")
        if self.needs.duplicated(["npsn", "post", "school_year"]).any():
            raise ValueError("a school, post and year stands twice in needs; keep one row")
        if circle := sorted(set(self.merges) & set(self.merges.values())):
            raise ValueError(f"{circle[0]} closes and receives; a receiver stays open")


@dataclass(frozen=True)
class HoursLaw:
    """Hours a week: the norm a whole post is counted by, and what a teacher must and may have."""

    norm: float
    least: float
    most: float


@dataclass(frozen=True, eq=False)
class Question:
    """All that the moves depend on: the situation, what was decided, and the law of the day.

    ``private``: rows of ``private_placement.csv`` in force.
    """

    situation: Situation
    choice: MoveChoice
    locks: Locks
    law: HoursLaw
    private: pd.DataFrame


def question(
    situation: Situation, rulebook: RuleBook, choice: MoveChoice, locks: Locks = NO_LOCKS
) -> Question:
    """The question with the law of its day.

    Raises
    ------
    RuleError
        When no row, or two, answer on hours.
    """
    law = hours_law(rulebook, situation.on, choice)
    return Question(situation, choice, locks, law, private_rules(rulebook, situation.on))


def hours_law(rulebook: RuleBook, on: date, choice: MoveChoice) -> HoursLaw:
    """The law of a day with what the user chose on top.

    Raises
    ------
    RuleError
        When no row, or two, answer.
    """
    least = _rule(rulebook, "weekly_hours_per_teacher", on)
    most = _rule(rulebook, "most_weekly_hours", on)
    return HoursLaw(
        norm=least,
        least=choice.least_hours if choice.least_hours is not None else least,
        most=choice.most_hours if choice.most_hours is not None else most,
    )


def private_rules(rulebook: RuleBook, on: date) -> pd.DataFrame:
    """Who may serve in a private school on a day: rows of ``private_placement.csv`` in force."""
    table, moment = rulebook.private_placements, pd.Timestamp(on)
    return table[(table["effective_from"] <= moment) & (table["effective_to"] >= moment)]


@lru_cache(maxsize=64)
def _rule(rulebook: RuleBook, key: str, on: date) -> float:
    table, moment = rulebook.teacher_rules, pd.Timestamp(on)
    rows = table[(table["key"] == key) & (table["level"] == "*")]
    rows = rows[(rows["effective_from"] <= moment) & (rows["effective_to"] >= moment)]
    if len(rows) != 1:
        raise RuleError(
            f"teacher_rule.csv: {len(rows)} baris menjawab {key} pada {on}; harus tepat satu",
            f"teacher_rule.csv: {len(rows)} rows answer {key} on {on}; exactly one must",
        )
    return float(rows["value"].iloc[0])
