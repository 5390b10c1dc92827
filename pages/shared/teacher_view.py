"""The counts behind the page on teachers: need, who is in post, who leaves, what is missing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from analytics import (
    store,
    store_tables,
    teachers,
    teachers_elasticity,
    teachers_gap,
    teachers_in_post,
    teachers_ratio,
)
from analytics.enrolment import Levers
from analytics.teachers import RELIGION, NeedChoice, SchoolFacts
from pages.shared import load, load_schools, school_view
from pages.shared.import_text import religion_names
from pages.shared.load import PeopleKey
from pages.shared.load_schools import SchoolKey
from pages.shared.school_inputs import Scope
from pages.shared.words import number, t

ALL_POSTS = "semua"


@dataclass(frozen=True)
class NeedKey:
    """All that need and gap depend on."""

    schools: SchoolKey
    people: PeopleKey
    levers: Levers
    choice: NeedChoice


@dataclass(frozen=True, eq=False)
class Balance:
    """Need and staff of every public school, this year to the furthest; never to be changed.

    ``gaps`` as ``teachers_gap.gap`` gives it with ``kecamatan``; ``classes`` rombel by school, year
    and grade; ``need`` by school and year; ``same_law`` the same as if the law of this year stayed,
    so that it moves with pupils alone; ``ratio`` need at today's ratios by school and year;
    ``in_post`` the people; ``agama`` the need of teachers of agama by school, year and post.
    """

    gaps: pd.DataFrame
    classes: pd.DataFrame
    need: pd.DataFrame
    same_law: pd.DataFrame
    ratio: pd.DataFrame
    in_post: pd.DataFrame
    agama: pd.DataFrame
    now_year: int


@dataclass(frozen=True)
class Agama:
    """How the teachers of agama of a view are counted this year.

    ``known_count`` and ``unknown_count`` schools whose pupils' religions are told and are not;
    ``small_count`` schools with a religion of too few pupils for a post, ``small_fte`` the hours of
    those groups as full-time teachers.
    """

    known_count: int
    unknown_count: int
    small_count: int
    small_fte: float


@dataclass(frozen=True, eq=False)
class Answer:
    """What a view of the page shows; small, kept for the next visitor.

    ``by_year`` one row per school year: counts of ``gap_sums`` and ``needed_at_ratio``;
    ``by_post`` the same by year and ``post``; ``turning`` by post; ``elasticity`` one row per level
    and one ``semua``; ``apart`` people who do not count, by reason; ``agama`` how teachers of agama
    are counted.
    """

    now_year: int
    last_year: int
    school_count: int
    by_year: pd.DataFrame
    by_post: pd.DataFrame
    turning: pd.DataFrame
    elasticity: pd.DataFrame
    apart: pd.Series
    has_staff: bool
    agama: Agama

    def at(self, school_year: int) -> pd.Series:
        """The sums of one school year."""
        return self.by_year.set_index("school_year").loc[school_year]


@lru_cache(maxsize=8)
def in_post_of(schools: SchoolKey, people: PeopleKey) -> pd.DataFrame:
    """Teachers and heads with school, post and last day; see ``teachers_in_post``."""
    with closing(store.opened(schools.path)) as connection:
        asked = store_tables.school_teachers(connection)
    units = load_schools.answered(schools, "units", government_id="*")
    return teachers_in_post.teachers_in_post(
        load.people_of(people),
        asked,
        pd.DataFrame(columns=["name", "npsn"]) if units is None else units,
        load.rulebook(),
        people.as_of,
    )


def balance(key: NeedKey) -> Balance:
    """Need and staff; words on the screen while a worker computes them."""
    # Read here: the worker is one, and may not wait for itself.
    cells = school_view.cells_for_need(key.schools, key.levers)
    in_post = in_post_of(key.schools, key.people)
    facts = load_schools.facts_of(key.schools)
    return load_schools.waited_for(
        ("balance", key),
        lambda: _balance(key, cells, in_post, facts),
        t("Menghitung kebutuhan guru"),
    )


def _balance(
    key: NeedKey, cells: pd.DataFrame, in_post: pd.DataFrame, facts: SchoolFacts | None
) -> Balance:
    book = load.rulebook()
    cells = cells.loc[teachers.in_scope(cells["level"], book)].reset_index(drop=True)
    now_year = int(cells["school_year"].min()) if len(cells) else key.people.as_of.year
    classes = teachers.rombel(cells, book, None, key.choice)
    needed = teachers.teachers_needed(classes, book, None, key.choice, facts)
    years = list(range(now_year, now_year + load_schools.HORIZON_YEARS + 1))
    # A religion without a post of its own may be one child: no row of a school tells of it.
    posts = needed.loc[needed["needed_count"] > 0]
    gaps = teachers_gap.gap(posts, in_post, years, set(cells["npsn"]))
    schools = load_schools.schools_of(key.schools).set_index("npsn")
    place = gaps["npsn"].map(schools["kecamatan"])
    return Balance(
        gaps=gaps.assign(kecamatan=place),
        classes=classes,
        need=teachers.need_by_school(classes, needed, book),
        same_law=teachers.school_need(cells, book, teachers.first_day(now_year), key.choice, facts),
        ratio=teachers_ratio.needed_at_actual_ratio(
            classes, teachers_in_post.in_post_counts(in_post), now_year
        ),
        in_post=in_post,
        agama=needed.loc[needed["post"].str.startswith(RELIGION)],
        now_year=now_year,
    )


def answer(scope: Scope, key: NeedKey) -> Answer:
    """The counts of a view; computed once for all visitors who look at it."""
    balance(key)
    return _answer(scope, key)


@lru_cache(maxsize=64)
def _answer(scope: Scope, key: NeedKey) -> Answer:
    held = balance(key)
    npsn = set(school_view.in_scope(scope)["npsn"])
    last_year = held.now_year + scope.horizon_years
    gaps = _within(held.gaps, npsn, last_year)
    by_year = teachers_gap.gap_sums(gaps, [])
    ratio = _within(held.ratio, npsn, last_year)
    at_ratio = ratio.groupby("school_year")["needed_at_ratio"].sum(min_count=1)
    by_post = teachers_gap.gap_sums(gaps, ["post"])
    need = _within(held.need, npsn, last_year)
    staff = held.in_post.loc[held.in_post["npsn"].isin(npsn)]
    apart = staff.loc[staff["status"] != teachers_in_post.IN_POST, "status"].value_counts()
    return Answer(
        now_year=held.now_year,
        last_year=last_year,
        school_count=int(need["npsn"].nunique()),
        by_year=by_year.assign(needed_at_ratio=by_year["school_year"].map(at_ratio)),
        by_post=by_post,
        turning=teachers_gap.turning(by_post, ["post"]),
        elasticity=teachers_elasticity.elasticity(
            _within(held.same_law, npsn, last_year), held.now_year, last_year
        ),
        apart=apart,
        has_staff=bool((staff["status"] == teachers_in_post.IN_POST).any()),
        agama=_agama(_within(held.agama, npsn, held.now_year)),
    )


def _agama(need: pd.DataFrame) -> Agama:
    parted = need["post"] != RELIGION
    small = need.loc[parted & (need["needed_count"] == 0)]
    return Agama(
        known_count=int(need.loc[parted, "npsn"].nunique()),
        unknown_count=int(need.loc[~parted, "npsn"].nunique()),
        small_count=int(small["npsn"].nunique()),
        small_fte=float(small["needed_fte"].sum()),
    )


def _within(rows: pd.DataFrame, npsn: set[str], last_year: int) -> pd.DataFrame:
    return rows.loc[rows["npsn"].isin(npsn) & (rows["school_year"] <= last_year)]


def _of_post(scope: Scope, key: NeedKey, school_year: int, post: str) -> pd.DataFrame:
    """The gaps of the schools in view in one year, of one post or of all."""
    gaps = balance(key).gaps
    npsn = set(school_view.in_scope(scope)["npsn"])
    rows = gaps.loc[gaps["npsn"].isin(npsn) & (gaps["school_year"] == school_year)]
    return rows if post == ALL_POSTS else rows.loc[rows["post"] == post]


def kecamatan(scope: Scope, key: NeedKey, school_year: int, post: str) -> pd.DataFrame:
    """Need and staff of each kecamatan in one year, of one post or of all.

    Returns
    -------
    ``kecamatan``, the counts of ``gap_sums``; empty where no school has the post.
    """
    rows = _of_post(scope, key, school_year, post)
    return rows if rows.empty else teachers_gap.gap_sums(rows, ["kecamatan"])


def schools(scope: Scope, key: NeedKey, school_year: int, post: str) -> pd.DataFrame:
    """Need and staff of each school in one year.

    Returns
    -------
    ``npsn``, ``name``, ``kecamatan``, the counts of ``gap_sums``; largest deficit first.
    """
    rows = _of_post(scope, key, school_year, post)
    if rows.empty:
        return rows.assign(name="")
    sums = teachers_gap.gap_sums(rows, ["npsn", "kecamatan"])
    named = load_schools.schools_of(key.schools).set_index("npsn")["name"]
    sums = sums.assign(name=sums["npsn"].map(named))
    return sums.sort_values(
        ["deficit_count", "surplus_count", "name"],
        ascending=[False, False, True],
        ignore_index=True,
    )


@lru_cache(maxsize=64)
def by_size(scope: Scope, key: NeedKey) -> pd.DataFrame:
    """What a tenth fewer pupils does to need, by size of school; see ``local_elasticity``."""
    cells = school_view.cells_for_need(key.schools, key.levers)
    npsn = set(school_view.in_scope(scope)["npsn"])
    now = cells.loc[cells["npsn"].isin(npsn) & (cells["school_year"] == cells["school_year"].min())]
    facts = load_schools.facts_of(key.schools)
    return teachers_elasticity.local_elasticity(now, load.rulebook(), key.choice, facts=facts)


def apart_names() -> dict[str, str]:
    """Why somebody at a school does not count as a teacher in post."""
    return {
        "part_time": t("P3K paruh waktu"),
        "honorer": t("honorer"),
        "off_duty": t("tidak sedang bertugas"),
        "not_in_roster": t("hanya di Dapodik"),
        "no_school": t("tanpa sekolah"),
    }


def short(row: pd.Series) -> str:
    """Posts short; a range where teachers of unknown post may fill some of them."""
    most, least = row["deficit_count"], row["deficit_at_least_count"]
    return number(most) if most == least else f"{number(least)}-{number(most)}"


def post_name(post: str) -> str:
    """What a post is called."""
    kind, _, subject = post.partition(":")
    if post == ALL_POSTS:
        return t("Semua jabatan")
    if post == teachers_in_post.UNKNOWN_POST:
        return t("Belum diketahui")
    if kind == "guru_agama":
        named = religion_name(subject)
        return t("Guru Agama {religion}", religion=named) if named else t("Guru Agama")
    if kind == "guru_mapel":
        return t("Guru {subject}", subject=subject_name(subject))
    return post_names().get(post, post.replace("_", " "))


def religion_name(religion: str) -> str:
    """A religion as the screen calls it; '' where none is named."""
    return religion_names().get(religion, religion.title())


def post_names() -> dict[str, str]:
    """Posts that are no subject."""
    return {
        "guru_kelas": t("Guru kelas"),
        "guru_pjok": t("Guru PJOK"),
        "guru_bahasa_inggris": t("Guru Bahasa Inggris"),
        "guru_bk": t("Guru BK"),
        "guru_pembimbing_khusus": t("Guru pembimbing khusus"),
        "kepala_sekolah": t("Kepala sekolah"),
    }


def subject_name(subject: str) -> str:
    """``IPA``, ``Seni Budaya Prakarya``: a subject as schools write it."""
    return _subject_names().get(subject, subject.replace("_", " ").title())


def _subject_names() -> dict[str, str]:
    return {
        "bahasa_indonesia": t("Bahasa Indonesia"),
        "informatika": t("Informatika"),
        "ipa": t("IPA"),
        "ipas": t("IPAS"),
        "ips": t("IPS"),
        "koding": t("Koding"),
        "matematika": t("Matematika"),
        "muatan_lokal": t("Muatan Lokal"),
        "pendidikan_pancasila": t("Pendidikan Pancasila"),
        "seni_budaya_prakarya": t("Seni Budaya Prakarya"),
    }
