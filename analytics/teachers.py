"""Pupils -> rombel -> teachers: what the rules ask for, school by school and post by post.

Rombel are rounded up per school and grade, posts per school: fragmentation is the finding, so
each need also stands unrounded beside the whole posts. State SD, SMP and TK are in scope; SMA and
SMK belong to the province, madrasah to the ministry of religion. Who is in post and what is
missing: ``teachers_in_post.py``, ``teachers_gap.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import RuleBook
from analytics.teachers_law import (
    AS_LAW,
    LevelLaw,
    NeedChoice,
    first_day,
    law_of,
    same_law,
    scope,
)
from analytics.teachers_religion import Lessons, Religions, needs_by_religion
from analytics.teachers_rombel import LEVELS, evenly_by_grade, rombel, text_of

__all__ = [
    "AS_LAW", "CLASS_TEACHER", "COUNSELLOR", "HEAD", "LEVELS", "NEED_COLUMNS", "NO_FACTS",
    "RELIGION", "SPECIAL", "NeedChoice", "SchoolFacts", "evenly_by_grade", "first_day",
    "in_scope", "need_by_school", "rombel", "school_need", "teachers_needed",
]  # fmt: skip

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

CLASS_TEACHER, COUNSELLOR, HEAD = "guru_kelas", "guru_bk", "kepala_sekolah"
RELIGION, SPECIAL = "guru_agama", "guru_pembimbing_khusus"
NEED_COLUMNS = [
    *("npsn", "school_year", "level", "post", "needed_count", "needed_fte", "rule_id"),
]
# Hours are sums of whole numbers over a whole number: what is nearer to a whole post is that post.
_ALMOST = 1e-9


@dataclass(frozen=True, eq=False)
class SchoolFacts:
    """What a government may know of its schools beside pupils; nothing of it is needed.

    Parameters
    ----------
    religions
        Shares of pupils by religion where a school reports them: ``npsn``, ``religion``,
        ``share`` (above 0 counts), as ``teachers_religion.religion_shares`` gives them. Then agama
        posts per religion, ``guru_agama:islam``; without it one post ``guru_agama`` by all hours,
        which is too low where religions are mixed.
    special_needs
        Schools (npsn) known to teach pupils with special needs.
    """

    religions: pd.DataFrame | None = None
    special_needs: frozenset[str] = frozenset()


NO_FACTS = SchoolFacts()


def teachers_needed(
    classes: pd.DataFrame,
    rulebook: RuleBook,
    on: date | None = None,
    choice: NeedChoice = AS_LAW,
    facts: SchoolFacts | None = None,
) -> pd.DataFrame:
    """Teachers the rules ask for, by school, school year and post.

    Parameters
    ----------
    classes
        One row per school, school year and grade, as :func:`rombel` gives it.
    on
        As in :func:`rombel`.
    facts
        What is known of single schools beside their pupils; None: nothing.

    Returns
    -------
    One row per ``npsn``, ``school_year``, ``level`` and ``post``: ``needed_count`` (whole posts),
    ``needed_fte`` (before rounding), ``rule_id`` (every rule used, ``+`` between). Only posts with
    a need above zero; a school without pupils needs none. Levels out of scope have no rows. A
    religion of too few pupils for a post of its own has hours and ``needed_count`` 0.

    Raises
    ------
    RuleError
        When a ratio has no row, or two, on a day.

    Method: docs/method.md eq. 52-56.
    """
    here, known = _Classes.of(classes), facts or NO_FACTS
    religions = Religions.of(known.religions, here.names)
    special = here.names.isin(known.special_needs)
    posts: list[_Post] = []
    for level in sorted(set(here.levels) & scope(rulebook)):
        own = here.at_level(level)
        for law_years in same_law(rulebook, level, on, np.unique(own.year)):
            rows = own.taken(np.isin(own.year, law_years))
            law = law_of(rulebook, level, on or first_day(int(law_years[0])), choice)
            posts += _need(rows, law, religions, special)
    return _as_frame(_one_head_a_school(posts), here.names)


def school_need(
    cells: pd.DataFrame,
    rulebook: RuleBook,
    on: date | None = None,
    choice: NeedChoice = AS_LAW,
    facts: SchoolFacts | None = None,
) -> pd.DataFrame:
    """Pupils, rombel and teachers of each school and level, one row a school year.

    Parameters
    ----------
    cells, rulebook, on, choice, facts
        As in :func:`rombel` and :func:`teachers_needed`.

    Returns
    -------
    ``npsn``, ``school_year``, ``level``, ``pupil_count``, ``rombel_count``, ``rombel_unrounded``,
    ``needed_count``, ``needed_fte``, ``is_in_scope``. Every school, year and level of ``cells``
    has a row, also with zero pupils.

    Method: docs/method.md eq. 50-56.
    """
    classes = rombel(cells, rulebook, on, choice)
    return need_by_school(classes, teachers_needed(classes, rulebook, on, choice, facts), rulebook)


def need_by_school(classes: pd.DataFrame, needed: pd.DataFrame, rulebook: RuleBook) -> pd.DataFrame:
    """The table of :func:`school_need` from rombel and posts that are known already.

    Parameters
    ----------
    classes
        As :func:`rombel` gives it.
    needed
        As :func:`teachers_needed` gives it for ``classes``.

    Returns
    -------
    One row per ``npsn``, ``school_year``, ``level``, as :func:`school_need`.
    """
    keys = ["npsn", "school_year", "level"]
    sums = classes.groupby(keys, sort=True)[
        ["pupil_count", "rombel_count", "rombel_unrounded"]
    ].sum()
    posts = needed.groupby(keys)[["needed_count", "needed_fte"]].sum()
    table = sums.join(posts).reset_index()
    return table.assign(
        needed_count=table["needed_count"].fillna(0).astype("int64"),
        needed_fte=table["needed_fte"].fillna(0.0),
        is_in_scope=table["level"].str.upper().isin(scope(rulebook)),
    )


def in_scope(levels: pd.Series, rulebook: RuleBook) -> pd.Series:
    """Whether the rules know the teacher need of each level (SMA and madrasah: no)."""
    code, names = pd.factorize(levels.astype("str"))
    known = np.array([*(name.upper() in scope(rulebook) for name in names), False], dtype=bool)
    return pd.Series(known[code], index=levels.index, name=levels.name)


# ---- posts of one level under one law ------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Classes:
    """Rows of classes as arrays; ``school`` is the place of each in ``names``, which are in order.

    ``level`` is the place of each row's level in ``levels``, upper case.
    """

    names: pd.Index
    levels: tuple[str, ...]
    school: Whole
    level: Whole
    year: Whole
    grade: Whole
    rombel: Numbers
    pupils: Numbers
    most: Numbers

    @classmethod
    def of(cls, classes: pd.DataFrame) -> _Classes:
        """The classes of a frame as :func:`rombel` gives it; those of no rombel are left out."""
        classes = classes.loc[classes["rombel_count"].to_numpy() > 0]
        school, names = pd.factorize(classes["npsn"].astype("str"), sort=True)
        level, told = pd.factorize(classes["level"])
        upper = [str(name).upper() for name in told]
        levels = tuple(dict.fromkeys(upper))
        level = np.array([*(levels.index(name) for name in upper), -1])[level]
        return cls(
            pd.Index(names), levels, school, level,
            classes["school_year"].to_numpy(dtype=np.int64),
            classes["grade"].to_numpy(dtype=np.int64),
            classes["rombel_count"].to_numpy(dtype=float),
            classes["pupil_count"].to_numpy(dtype=float),
            classes["max_pupils"].to_numpy(dtype=float),
        )  # fmt: skip

    def at_level(self, level: str) -> _Classes:
        """The rows of a level."""
        return self.taken(self.level == self.levels.index(level))

    def taken(self, rows: NDArray[np.bool_]) -> _Classes:
        """Some of the rows."""
        arrays = ("school", "level", "year", "grade", "rombel", "pupils", "most")
        return replace(self, **{name: getattr(self, name)[rows] for name in arrays})


@dataclass(frozen=True, eq=False)
class _Post:
    """One post of a level under one law: the schools and years in which it stands, how much of it.

    ``school``: place among the names.
    """

    level: str
    post: str
    rule_id: str
    school: Whole
    year: Whole
    needed_count: Whole
    needed_fte: Numbers

    def taken(self, rows: NDArray[np.bool_]) -> _Post:
        """Some of the schools and years."""
        arrays = ("school", "year", "needed_count", "needed_fte")
        return replace(self, **{name: getattr(self, name)[rows] for name in arrays})


def _need(
    rows: _Classes, law: LevelLaw, religions: Religions | None, special_needs: NDArray[np.bool_]
) -> list[_Post]:
    """Posts of one level under one law.

    ``special_needs``: by school, whether it is known to teach such pupils.
    """
    first = int(rows.year.min(initial=0))
    span = int(rows.year.max(initial=0)) - first + 1
    pairs, code = np.unique(rows.school * span + rows.year - first, return_inverse=True)
    school, year = pairs // span, pairs % span + first
    count = len(pairs)
    every_class: Numbers = np.bincount(code, rows.rombel, minlength=count).astype(np.float64)
    posts: list[_Post] = []

    def keep(
        post: str, whole: Whole, fte: Numbers, ids: Sequence[str], at: NDArray[np.bool_]
    ) -> None:
        every = _Post(law.level, post, "+".join(ids), school, year, whole, fte)
        posts.append(every.taken(at))

    def add(post: str, fte: Numbers, ids: Sequence[str], fewest: int = 0) -> None:
        whole = np.maximum(np.ceil(fte - _ALMOST).astype(np.int64), np.where(fte > 0, fewest, 0))
        keep(post, whole, fte, ids, whole > 0)

    per_class = law.value("class_teachers_per_rombel", CLASS_TEACHER)
    if per_class:
        add(CLASS_TEACHER, every_class * per_class[0], [per_class[1]])
    if law.subjects:
        load, load_id = law.needed("weekly_hours_per_teacher")
    for subjects in law.subjects:
        post, jp = subjects.post, subjects.hours_by_grade[rows.grade]
        floor = law.value("fewest_posts", post)
        ids = [*subjects.rule_ids, load_id, *([floor[1]] if floor else [])]
        fewest = floor[0] if floor else 0
        fte = np.bincount(code, rows.rombel * jp, minlength=count) / load
        if post != RELIGION or religions is None:
            add(post, fte, ids, fewest)
            continue
        add(RELIGION, np.where(religions.is_told[school], 0.0, fte), ids, fewest)
        few = law.value("fewest_pupils_per_religion", RELIGION)
        if few:
            ids = [*ids, few[1]]
        lessons = Lessons(code, school, rows.pupils, rows.most, jp, load)
        by_religion = needs_by_religion(lessons, religions, few[0] if few else 1, fewest)
        for religion, (hours, whole) in by_religion.items():
            keep(f"{RELIGION}:{religion}", whole, hours, ids, hours > 0)
    ratio = law.value("pupils_per_counsellor", COUNSELLOR)
    if ratio:
        pupils = np.bincount(code, np.rint(rows.pupils), minlength=count)
        add(COUNSELLOR, pupils / ratio[0], [ratio[1]])
    special = law.value("rombel_per_special_teacher", SPECIAL)
    if special and special_needs.any():
        add(SPECIAL, np.where(special_needs[school], every_class, 0.0) / special[0], [special[1]])
    head = law.value("heads_per_school", HEAD)
    if head:
        add(HEAD, np.full(count, float(head[0])), [head[1]])
    return posts


def _one_head_a_school(posts: Sequence[_Post]) -> list[_Post]:
    """A school that teaches several levels has one head, counted with its lowest level."""
    order = {level: at for at, level in enumerate(LEVELS)}
    found: list[_Post] = []
    led: set[tuple[int, int]] = set()
    for each in sorted(posts, key=lambda post: order.get(post.level, len(order))):
        if each.post != HEAD:
            found.append(each)
            continue
        pairs = list(zip(each.school.tolist(), each.year.tolist(), strict=True))
        found.append(each.taken(np.array([pair not in led for pair in pairs], dtype=bool)))
        led.update(pairs)
    return found


def _as_frame(posts: Sequence[_Post], names: pd.Index) -> pd.DataFrame:
    """Posts one below the other, in the order of school, year, level and post."""
    which = np.repeat(np.arange(len(posts)), [len(each.school) for each in posts])
    kinds = sorted({(each.level, each.post) for each in posts})
    rank = np.array([kinds.index((each.level, each.post)) for each in posts], dtype=np.int64)
    school, year, count, fte = (
        np.concatenate([np.zeros(0, dtype=kind), *(getattr(each, name) for each in posts)])
        for name, kind in (
            ("school", np.int64), ("year", np.int64), ("needed_count", np.int64),
            ("needed_fte", np.float64),
        )
    )  # fmt: skip
    order = np.lexsort((rank[which], year, school))
    which = which[order]
    return pd.DataFrame(
        {
            "npsn": names.astype("str").array.take(school[order]),
            "school_year": year[order],
            "level": text_of([each.level for each in posts], which),
            "post": text_of([each.post for each in posts], which),
            "needed_count": count[order],
            "needed_fte": fte[order],
            "rule_id": text_of([each.rule_id for each in posts], which),
        }
    )[NEED_COLUMNS]
