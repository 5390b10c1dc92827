"""Pupils -> rombel -> teachers: what the rules ask for, school by school and post by post.

Rombel are rounded up per school and grade, posts per school: fragmentation is the finding, so
each need also stands unrounded beside the whole posts. State SD, SMP and TK are in scope; SMA and
SMK belong to the province, madrasah to the ministry of religion. Who is in post and what is
missing: ``teachers_in_post.py``, ``teachers_gap.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.rules import RuleBook, RuleError
from analytics.teachers_religion import Lessons, needs_by_religion

# A school year is named by the calendar year in which it begins. Convention of the calendar.
SCHOOL_YEAR_MONTH, SCHOOL_YEAR_DAY = 7, 1

CLASS_TEACHER, COUNSELLOR, HEAD = "guru_kelas", "guru_bk", "kepala_sekolah"
RELIGION, SPECIAL = "guru_agama", "guru_pembimbing_khusus"
ENGLISH_TREATMENTS = ("post", "class_teacher")
ENGLISH_STARTS = ("all_grades", "by_cohort")
NEED_COLUMNS = [
    *("npsn", "school_year", "level", "post", "needed_count", "needed_fte", "rule_id"),
]
# Grade -> level where a list does not say the level; grades above have no level in scope.
_LEVEL_OF_GRADE = np.array(["TK", *["SD"] * 6, *["SMP"] * 3, *["SMA"] * 3], dtype=object)
_GRADES = {"TK": (0, 0), "SD": (1, 6), "SMP": (7, 9), "SMA": (10, 12)}
LEVELS = tuple(_GRADES)
_TAUGHT = ("compulsory", "subject_teacher")
# Hours are sums of whole numbers over a whole number: what is nearer to a whole post is that post.
_ALMOST = 1e-9


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


def first_day(school_year: int) -> date:
    """The day on which a school year begins: 2027 -> 1 July 2027."""
    return date(school_year, SCHOOL_YEAR_MONTH, SCHOOL_YEAR_DAY)


def rombel(
    cells: pd.DataFrame, rulebook: RuleBook, on: date | None = None, choice: NeedChoice = AS_LAW
) -> pd.DataFrame:
    """Classes needed under the ceiling, rounded up per school and grade.

    Parameters
    ----------
    cells
        One row per school, school year and grade: ``npsn``, ``school_year``, ``grade`` (0 TK, 1-6
        SD, 7-9 SMP, 10-12 SMA), ``pupil_count`` (a forecast may have fractions: rounded to whole
        pupils first). ``level`` where known, else the grade tells it.
    on
        The day whose law is asked for every year; None: the law on the first day of each school
        year.

    Returns
    -------
    ``cells`` with a new index and ``level``, ``max_pupils``, ``rombel_count`` (whole),
    ``rombel_unrounded`` (pupils / ceiling) and ``class_size_rule_id``. No pupils, no rombel.

    Raises
    ------
    RuleError
        When no row of ``class_size.csv`` answers for a level on a day.
    ValueError
        When a cell stands twice or pupils are negative or missing.

    Method: docs/method.md eq. 50.
    """
    _refuse_cells(cells)
    level = _levels(cells)
    result = cells.reset_index(drop=True)
    code, kinds = _distinct(level, cells["school_year"].to_numpy())
    chosen = {name.upper(): most for name, most in choice.class_sizes}
    most, ids = [], []
    for name, year in kinds:
        row = _answer(rulebook.class_sizes, f"class_size.csv: {name}", on or first_day(year), name)
        most.append(chosen.get(name.upper(), int(row["max_pupils"])))
        ids.append("pilihan" if name.upper() in chosen else str(row["rule_id"]))
    ceiling = np.array(most, dtype=float)[code] if len(code) else np.zeros(0)
    pupils = np.rint(cells["pupil_count"].to_numpy(dtype=float))
    return result.assign(
        level=pd.array(level, dtype="str"),
        max_pupils=ceiling.astype(np.int64),
        # Rounding up per school and grade, never on the total: a district of forty half-empty
        # classes is the finding, and a district-wide ratio would hide it.
        rombel_count=np.ceil(pupils / ceiling).astype(np.int64),
        rombel_unrounded=pupils / ceiling,
        class_size_rule_id=_taken(ids, code),
    )


def evenly_by_grade(totals: pd.DataFrame) -> pd.DataFrame:
    """School totals spread evenly over the grades of the level, for lists without grades.

    Parameters
    ----------
    totals
        One row per school and school year: ``npsn``, ``school_year``, ``level``, ``pupil_count``.

    Returns
    -------
    ``npsn``, ``school_year``, ``level``, ``grade``, ``pupil_count``: whole pupils, lower grades
    take the remainder; sums equal the totals. Levels other than TK, SD, SMP, SMA and their
    equivalents are left out. True grades are less even: where they hold about one full class,
    rombel may be off either way.

    Method: docs/method.md eq. 51.
    """
    known = totals["pupil_count"].notna() & totals["level"].notna()
    rows = totals.loc[known, ["npsn", "school_year", "level", "pupil_count"]]
    alike = {"MI": "SD", "MTS": "SMP", "MA": "SMA", "SMK": "SMA", "MAK": "SMA", "RA": "TK"}
    upper = rows["level"].astype("str").str.upper()
    grades = upper.replace(alike)
    rows = rows.loc[grades.isin(list(_GRADES))]
    spans = np.array([_GRADES[level] for level in grades.loc[rows.index]], dtype=np.int64)
    first, last = spans.reshape(-1, 2).T
    count = last - first + 1
    pupils = np.rint(rows["pupil_count"].to_numpy(dtype=float)).astype(np.int64)
    spread = rows.loc[rows.index.repeat(count)].reset_index(drop=True)
    step = np.arange(len(spread)) - np.repeat(np.cumsum(count) - count, count)
    share, left = np.divmod(np.repeat(pupils, count), np.repeat(count, count))
    return spread.assign(grade=np.repeat(first, count) + step, pupil_count=share + (step < left))


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
    classes = classes.loc[classes["rombel_count"].to_numpy() > 0]
    levels = classes["level"].str.upper()
    in_scope = sorted(set(levels) & _scope(rulebook))
    parts: list[pd.DataFrame] = []
    for level in in_scope:
        here = classes.loc[(levels == level).to_numpy()]
        years = here["school_year"].to_numpy()
        for law_years in _same_law(rulebook, level, on, np.unique(years)):
            rows = here.loc[np.isin(years, law_years)]
            law = _Law(rulebook, on or first_day(int(law_years[0])), level, choice)
            parts.append(_need(rows, law, facts or NO_FACTS))
    if not parts:
        return pd.DataFrame(columns=NEED_COLUMNS).astype(
            {"school_year": "int64", "needed_count": "int64", "needed_fte": "float64"}
        )
    need = _one_head_a_school(pd.concat(parts, ignore_index=True))
    return need.sort_values(
        ["npsn", "school_year", "level", "post"], kind="stable", ignore_index=True
    )[NEED_COLUMNS]


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
        is_in_scope=table["level"].str.upper().isin(_scope(rulebook)),
    )


def in_scope(levels: pd.Series, rulebook: RuleBook) -> pd.Series:
    """Whether the rules know the teacher need of each level (SMA and madrasah: no)."""
    return levels.astype("str").str.upper().isin(_scope(rulebook))


# ---- the law of one day --------------------------------------------------------------------------


class _Law:
    """The rows about one level on one day."""

    def __init__(self, rulebook: RuleBook, day: date, level: str, choice: NeedChoice) -> None:
        self.level = level
        self._rules = _in_force(rulebook.teacher_rules, day)
        self._rules = self._rules[self._rules["level"].str.upper().isin([level, "*"])]
        self._day = day
        hours = _in_force(rulebook.subject_hours, day)
        hours = hours[hours["level"].str.upper() == level]
        kinds = [*_TAUGHT]
        if choice.local_content:
            kinds.append("local_content")
        if choice.electives:
            kinds.append("elective")
        taught = hours["kind"].isin(kinds)
        if choice.english == "post":
            english = hours["kind"] == "english"
            taught |= english & (hours["reading"] == choice.english_start)
        self.hours = hours[taught]

    def value(self, key: str, post: str = "") -> tuple[int, str] | None:
        """Value and id of one rule; None where no row speaks of it."""
        rows = self._rules[(self._rules["key"] == key) & (self._rules["post"] == post)]
        if len(rows) > 1:
            raise RuleError(
                f"teacher_rule.csv: {len(rows)} rows answer {key} for {self.level} on {self._day};"
                " keep one"
            )
        return None if rows.empty else (int(rows["value"].iloc[0]), str(rows["rule_id"].iloc[0]))

    def needed(self, key: str, post: str = "") -> tuple[int, str]:
        """As :meth:`value`; refuses where no row speaks of it."""
        found = self.value(key, post)
        if found is None:
            raise RuleError(
                f"teacher_rule.csv: no row answers {key} for {self.level} on {self._day};"
                " add one with that date"
            )
        return found


@dataclass(frozen=True, eq=False)
class _Post:
    """One post under one law: the school years ``at`` which it stands, and how much of it."""

    at: np.ndarray
    post: str
    needed_count: np.ndarray
    needed_fte: np.ndarray
    rule_id: str


def _need(rows: pd.DataFrame, law: _Law, facts: SchoolFacts) -> pd.DataFrame:
    """Posts of one level under one law."""
    code, schools = _school_years(rows)
    count = len(schools)
    grade = rows["grade"].to_numpy(dtype=np.int64)
    classes = rows["rombel_count"].to_numpy(dtype=float)
    religions = facts.religions
    every_class = np.bincount(code, classes, minlength=count)
    posts: list[_Post] = []

    def keep(
        post: str, whole: np.ndarray, fte: np.ndarray, ids: list[str], where: np.ndarray
    ) -> None:
        at = np.flatnonzero(where)
        posts.append(_Post(at, post, whole[at], fte[at], "+".join(ids)))

    def add(post: str, fte: np.ndarray, ids: list[str], fewest: int = 0) -> None:
        whole = np.maximum(np.ceil(fte - _ALMOST).astype(np.int64), np.where(fte > 0, fewest, 0))
        keep(post, whole, fte, ids, whole > 0)

    per_class = law.value("class_teachers_per_rombel", CLASS_TEACHER)
    if per_class:
        add(CLASS_TEACHER, every_class * per_class[0], [per_class[1]])
    if len(law.hours):
        load, load_id = law.needed("weekly_hours_per_teacher")
    for post, subjects in law.hours.groupby("post", sort=True):
        jp = _hours_by_grade(subjects, grade)
        floor = law.value("fewest_posts", str(post))
        ids = [*subjects["rule_id"], load_id, *([floor[1]] if floor else [])]
        fewest = floor[0] if floor else 0
        fte = np.bincount(code, classes * jp, minlength=count) / load
        if post != RELIGION or religions is None or religions.empty:
            add(str(post), fte, ids, fewest)
            continue
        told = schools["npsn"].isin(religions.loc[religions["share"] > 0, "npsn"]).to_numpy()
        add(RELIGION, np.where(told, 0.0, fte), ids, fewest)
        few = law.value("fewest_pupils_per_religion", RELIGION)
        if few:
            ids = [*ids, few[1]]
        pupils = rows["pupil_count"].to_numpy(dtype=float)
        most = rows["max_pupils"].to_numpy(dtype=float)
        lessons = Lessons(code, schools["npsn"], pupils, most, jp, load)
        by_religion = needs_by_religion(lessons, religions, few[0] if few else 1, fewest)
        for religion, (hours, whole) in by_religion.items():
            keep(f"{RELIGION}:{religion}", whole, hours, ids, hours > 0)
    ratio = law.value("pupils_per_counsellor", COUNSELLOR)
    if ratio:
        pupils = np.bincount(
            code, np.rint(rows["pupil_count"].to_numpy(dtype=float)), minlength=count
        )
        add(COUNSELLOR, pupils / ratio[0], [ratio[1]])
    special = law.value("rombel_per_special_teacher", SPECIAL)
    if special and facts.special_needs:
        known = schools["npsn"].isin(facts.special_needs).to_numpy()
        add(SPECIAL, np.where(known, every_class, 0.0) / special[0], [special[1]])
    head = law.value("heads_per_school", HEAD)
    if head:
        add(HEAD, np.full(count, float(head[0])), [head[1]])
    return _as_frame(posts, schools, law.level)


def _as_frame(posts: Sequence[_Post], schools: pd.DataFrame, level: str) -> pd.DataFrame:
    """Posts one below the other, with the school and year of each."""
    if not posts:
        return schools.iloc[:0].assign(
            level="", post="", needed_count=0, needed_fte=0.0, rule_id=""
        )
    which = np.repeat(np.arange(len(posts)), [len(each.at) for each in posts])
    need = schools.take(np.concatenate([each.at for each in posts]))
    return need.assign(
        level=_taken([level], np.zeros(len(which), dtype=np.int64)),
        post=_taken([each.post for each in posts], which),
        needed_count=np.concatenate([each.needed_count for each in posts]),
        needed_fte=np.concatenate([each.needed_fte for each in posts]),
        rule_id=_taken([each.rule_id for each in posts], which),
    )


def _one_head_a_school(need: pd.DataFrame) -> pd.DataFrame:
    """A school that teaches several levels has one head, counted with its lowest level."""
    heads = need.loc[need["post"] == HEAD]
    order = heads["level"].map({level: at for at, level in enumerate(_GRADES)}).fillna(len(_GRADES))
    spare = heads.assign(order=order).sort_values("order", kind="stable")
    spare = spare.loc[spare.duplicated(["npsn", "school_year"])]
    return need.drop(index=spare.index)


def _hours_by_grade(subjects: pd.DataFrame, grade: np.ndarray) -> np.ndarray:
    """Hours a week that one rombel of each grade has with the teacher of these subjects."""
    first = subjects["grade_from"].to_numpy(dtype=np.int64)[:, None]
    last = subjects["grade_to"].to_numpy(dtype=np.int64)[:, None]
    jp = subjects["jp_per_week"].to_numpy(dtype=float)
    highest = int(max(last.max(), grade.max(initial=0)))
    grades = np.arange(highest + 1)[None, :]
    by_grade = (jp[:, None] * ((grades >= first) & (grades <= last))).sum(axis=0)
    return np.asarray(by_grade[grade])


def _same_law(
    rulebook: RuleBook, level: str, on: date | None, years: np.ndarray
) -> list[np.ndarray]:
    """School years in stretches between which no row about a level begins or ends."""
    if on is not None or len(years) == 0:
        return [years]
    tables = [
        rows.loc[rows["level"].str.upper().isin([level, "*"])]
        for rows in (rulebook.teacher_rules, rulebook.subject_hours)
    ]
    begins = [rows["effective_from"].to_numpy(dtype="datetime64[D]") for rows in tables]
    ends = [rows["effective_to"].to_numpy(dtype="datetime64[D]") + 1 for rows in tables]
    starts = np.unique(np.concatenate([*begins, *ends]))
    days = np.array([first_day(int(year)) for year in years], dtype="datetime64[D]")
    stretch = np.searchsorted(starts, days, side="right")
    return [years[stretch == number] for number in np.unique(stretch)]


def _in_force(table: pd.DataFrame, day: date) -> pd.DataFrame:
    moment = pd.Timestamp(day)
    return table[(table["effective_from"] <= moment) & (table["effective_to"] >= moment)]


def _answer(table: pd.DataFrame, question: str, day: date, level: str) -> pd.Series:
    rows = _in_force(table, day)
    rows = rows[rows["level"].str.upper() == level.upper()]
    if len(rows) != 1:
        raise RuleError(
            f"{question} has {len(rows)} answers on {day}; exactly one must. Add or end a row with"
            " that date"
        )
    return rows.iloc[0]


def _scope(rulebook: RuleBook) -> set[str]:
    """Levels of which the rules say that a school has a head: those whose need is known."""
    rules = rulebook.teacher_rules
    return set(rules.loc[rules["key"] == "heads_per_school", "level"].str.upper())


# ---- frames and arrays ---------------------------------------------------------------------------


def _refuse_cells(cells: pd.DataFrame) -> None:
    missing = [c for c in ("npsn", "school_year", "grade", "pupil_count") if c not in cells]
    if missing:
        raise ValueError(f"cells have no column {', '.join(missing)}")
    pupils = cells["pupil_count"]
    if pupils.isna().any() or not np.isfinite(pupils.to_numpy(dtype=float)).all():
        raise ValueError("pupil_count is missing in some cells; leave those cells out")
    if (pupils < 0).any():
        raise ValueError("pupil_count is negative in some cells; write 0 or more")
    grades = cells["grade"].to_numpy()
    if len(grades) and (grades.min() < 0 or grades.max() >= len(_LEVEL_OF_GRADE)):
        raise ValueError(f"grade is outside 0 to {len(_LEVEL_OF_GRADE) - 1} in some cells")
    if cells.duplicated(["npsn", "school_year", "grade"]).any():
        twice = cells.loc[cells.duplicated(["npsn", "school_year", "grade"])].iloc[0]
        raise ValueError(
            f"school {twice['npsn']}, {twice['school_year']}, grade {twice['grade']} stands twice;"
            " keep one row"
        )


def _levels(cells: pd.DataFrame) -> np.ndarray:
    """The level of each cell as text: what the list says, else what the grade says."""
    by_grade = _LEVEL_OF_GRADE[cells["grade"].to_numpy(dtype=np.int64)]
    if "level" not in cells:
        return np.asarray(by_grade)
    told = cells["level"].astype("object").to_numpy()
    blank = pd.isna(told) | (told == "")
    return np.where(blank, by_grade, told)


def _distinct(level: np.ndarray, year: np.ndarray) -> tuple[np.ndarray, list[tuple[str, int]]]:
    level_code, levels = pd.factorize(level)
    year_code, years = pd.factorize(year)
    code, pairs = pd.factorize(level_code * max(len(years), 1) + year_code)
    kinds = [(str(levels[p // len(years)]), int(years[p % len(years)])) for p in pairs]
    return code, kinds


def _school_years(rows: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The school and year of each row as a number, and what the numbers stand for."""
    school_code, names = pd.factorize(rows["npsn"])
    year_code, years = pd.factorize(rows["school_year"])
    code, pairs = pd.factorize(school_code * max(len(years), 1) + year_code)
    schools = pd.DataFrame(
        {
            "npsn": pd.Series(names).take(pairs // len(years)).to_numpy(),
            "school_year": np.asarray(years)[pairs % len(years)],
        }
    )
    return code, schools.astype({"npsn": "str"})


def _taken(texts: Sequence[str], code: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(texts) or [""], dtype="str").take(code)
