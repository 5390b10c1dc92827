"""Files given to ``redistribute`` as the situation that moves are asked about."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analytics import redistribution_files as files
from analytics.command_line import WrongUseError
from analytics.faults import Fault, FaultsError
from analytics.redistribution_cells import PRIVATE
from analytics.redistribution_needs import merged_cells, merged_needs, needs_of
from analytics.redistribution_rows import People, one_row_each
from analytics.redistribution_situation import HoursLaw, MoveChoice, Situation, hours_law
from analytics.retirement import retirement_dates
from analytics.rules import NO_JENJANG, RuleBook
from analytics.school_words import status_of
from analytics.teachers import first_day
from analytics.teachers_in_post import HONORARY, PART_TIME, UNKNOWN_POST, posts_named

_OURS = re.compile(r"(guru|kepala)_[a-z_]+(:[a-z_]+)?")


@dataclass(frozen=True, eq=False)
class Given:
    """What the files say.

    ``words``: our posts in the needs' own words. ``people``: how those on several rows were
    counted; None where none was. ``faults``: what was found and is no error.
    """

    situation: Situation
    words: dict[str, str]
    people: People | None = None
    faults: list[Fault] = field(default_factory=list)


def situation_of(
    asked: argparse.Namespace, rulebook: RuleBook, choice: MoveChoice, notes: list[tuple[str, str]]
) -> Given:
    """The situation that the files give.

    Raises
    ------
    FaultsError
        With every fault of every file.
    WrongUseError
        When the needs do not hold the year asked for.
    """
    on = asked.on or (first_day(asked.year) if asked.year else date.today())
    law = hours_law(rulebook, on, choice)
    faults: list[Fault] = []
    told: dict[str, Any] = {}
    readers: dict[str, Callable[[], object]] = {
        "staff": lambda: files.teachers(asked.teachers, on),
        "needs": lambda: files.needs(asked.needs, law.norm),
        "schools": lambda: files.schools(asked.schools),
    }
    for name, reader in readers.items():
        try:
            told[name] = reader()
        except FaultsError as error:
            faults += error.faults
    if faults:
        raise FaultsError(faults)
    listed: files.TeacherRows = told["staff"]
    places: files.SchoolRows = told["schools"]
    wanted: files.NeedRows = told["needs"]
    needs, schools, cells = wanted.needs, places.schools, places.cells
    year, needs = _year_of(needs, asked, on)
    merges: dict[str, str] = {}
    merge_km: dict[str, float] = {}
    if asked.plan is not None:
        merges, merge_km = files.plan(asked.plan, year)
    internal, words = _post_words(needs["post"], rulebook)
    needs = needs.assign(post=needs["post"].str.casefold().map(internal))
    needs = needs.groupby(["npsn", "post", "school_year"], sort=True).agg(
        needed_count=("needed_count", "sum"), hours=("hours", lambda own: own.sum(min_count=1))
    ).reset_index()  # fmt: skip
    needs = _needs_after(needs, cells, merges, year, rulebook, law, notes)
    known = set(needs["post"])
    # Two words for one post are one post before anybody's hours are added up.
    rows = listed.rows.assign(post=_posts_in(listed.rows["post"], internal, known, rulebook))
    people = one_row_each(rows, merges)
    staff = people.staff.reset_index(drop=True)
    staff = staff.assign(
        certificate_post=_posts_in(staff["certificate_subject"], internal, known, rulebook),
    )
    staff = staff.assign(
        apart=staff["apart"].mask(staff["post"] == "-", "bukan guru"),
        certificate_post=staff["certificate_post"].replace({UNKNOWN_POST: "", "-": ""}),
    )
    staff, uncounted = _without_honorary(asked.teachers.name, staff, schools)
    staff, by_birth = _with_retirement(asked.teachers.name, staff, rulebook, on)
    proof = staff["certificate_post"]
    strange = int((proof.ne("") & ~proof.isin(list(known)) & ~proof.str.match(_OURS)).sum())
    if strange:
        notes.append(
            (
                f"{strange} sertifikat tidak dikenali sebagai jabatan apa pun di --needs; orangnya"
                " tidak dapat mengisi jabatan lain kecuali dengan --linearity either.",
                f"{strange} certificates name no post of --needs; their holders can fill none"
                " unless --linearity either.",
            )
        )
    if needs["hours"].isna().all():
        notes.append(
            (
                "Jam per jabatan tidak ada (kolom hours): tiap jabatan dianggap penuh"
                f" {law.norm:g} JP.",
                f"No hours per post (column hours): each post is taken as {law.norm:g} JP.",
            )
        )
    situation = Situation(staff, needs, schools, on, year, merges, merge_km, people.beside)
    found = [*listed.found, *uncounted, *by_birth, *wanted.found, *places.found]
    return Given(situation, words, people, found)


def _without_honorary(
    file: str, staff: pd.DataFrame, schools: pd.DataFrame
) -> tuple[pd.DataFrame, list[Fault]]:
    """Who is honorary or part time fills no post of a state school, and is told.

    Private schools have such teachers of their own.

    Method: docs/method.md eq. 143.
    """
    private = schools.loc[schools["status"].map(status_of) == PRIVATE, "npsn"]
    others = staff["employment"].isin([HONORARY, PART_TIME]) & (staff["apart"] == "")
    others &= ~staff["npsn"].isin(list(private))
    if not others.any():
        return staff, []
    told = Fault(file, "move_honorary", column="employment", details={"count": int(others.sum())})
    return staff.assign(apart=staff["apart"].mask(others, staff["employment"])), [told]


def _with_retirement(
    file: str, staff: pd.DataFrame, rulebook: RuleBook, on: date
) -> tuple[pd.DataFrame, list[Fault]]:
    """Days of retirement that are not told, by the day of birth and the law on teachers; told.

    Who is honorary leaves on no day of the law.

    Method: docs/method.md eq. 1-2, 145.
    """
    asked = staff["retires_on"].isna() & staff["birth_date"].notna()
    asked &= staff["employment"] != HONORARY
    if not asked.any():
        return staff, []
    people = staff[["birth_date"]].assign(role_group="guru", jenjang=NO_JENJANG)
    law = retirement_dates(people, rulebook, on)
    found = asked & law["retires_on"].notna()
    dates = staff["retires_on"].mask(found, law["retires_on"])
    if not found.any():
        return staff, []
    ages = sorted({int(age) for age in law.loc[found, "bup_years"]})
    details = {
        "count": int(found.sum()),
        "age": ", ".join(str(age) for age in ages),
        "source": "; ".join(sorted(set(law.loc[found, "rule_source"]))),
    }
    told = Fault(file, "move_retirement_by_birth", column="birth_date", details=details)
    return staff.assign(retires_on=dates), [told]


def _year_of(needs: pd.DataFrame, asked: argparse.Namespace, on: date) -> tuple[int, pd.DataFrame]:
    """The school year asked for; needs without a year are those of any."""
    years = sorted(int(year) for year in needs["school_year"].dropna().unique())
    school_year = on.year - (on < first_day(on.year))
    year = asked.year or (
        school_year if not years or school_year in years else
        next((each for each in years if each > school_year), years[-1])
    )  # fmt: skip
    if years and year not in years:
        told = ", ".join(str(each) for each in years)
        raise WrongUseError(f"--year {year}: --needs hanya memuat {told} / --needs has only {told}")
    return year, needs.assign(school_year=needs["school_year"].fillna(year).astype("int64"))


def _needs_after(  # noqa: PLR0913 (what a merger touches)
    needs: pd.DataFrame,
    cells: pd.DataFrame,
    merges: Mapping[str, str],
    year: int,
    rulebook: RuleBook,
    law: HoursLaw,
    notes: list[tuple[str, str]],
) -> pd.DataFrame:
    """Needs after the plan: of receivers from pupils where the schools' file tells them."""
    if not merges:
        return needs
    touched = set(merges) | set(merges.values())
    merged, added = merged_needs(needs, merges, law)
    with_pupils = len(cells) and touched <= set(cells["npsn"])
    if not with_pupils:
        if added:
            notes.append(
                (
                    f"{added} sekolah penerima: kebutuhannya dijumlahkan karena murid per kelas"
                    " (kolom g1..g6, g7..g9 di --schools) tidak ada; cenderung terlalu tinggi.",
                    f"{added} receiving schools: needs were added up, since pupils by grade"
                    " (columns g1..g6, g7..g9 in --schools) are not told; too high if anything.",
                )
            )
        return merged
    own = cells.loc[cells["npsn"].isin(list(touched))].assign(school_year=year)
    if own["level"].eq("").any():
        own = own.drop(columns="level")
    own = own.assign(pupil_count=own["pupil_count"].round())
    anew = needs_of(merged_cells(own, merges), rulebook, law)
    receivers = set(merges.values())
    kept = merged.loc[~(merged["npsn"].isin(list(receivers)) & (merged["school_year"] == year))]
    anew = anew.loc[anew["npsn"].isin(list(receivers)) & anew["post"].isin(set(needs["post"]))]
    return pd.concat([kept, anew], ignore_index=True)


def _post_words(posts: pd.Series, rulebook: RuleBook) -> tuple[dict[str, str], dict[str, str]]:
    """Our post for each post as the needs write it, and back.

    Two different posts of a file never become one of ours: then each keeps its own word.
    """
    written = sorted(set(posts))
    lower = pd.Series({text.casefold(): text for text in written})
    ours = pd.Series({text: _our_post(text, rulebook) for text in lower.index})
    shared = ours.isin(ours[ours.duplicated(keep=False)])
    internal = ours.mask(shared, pd.Series(ours.index, index=ours.index)).to_dict()
    return internal, {post: str(lower[text]) for text, post in internal.items()}


def _our_post(text: str, rulebook: RuleBook) -> str:
    key = text.strip().casefold()
    if _OURS.fullmatch(key):
        return key
    found = posts_named(pd.Series([key.replace("_", " ").replace(":", " ")]), rulebook).iloc[0]
    return str(found) or key


def _posts_in(
    texts: pd.Series, internal: Mapping[str, str], known: set[str], rulebook: RuleBook
) -> pd.Series:
    """Our post of each text: the needs' own word first, then what the word means."""
    found: dict[str, str] = {"": ""}
    for text in texts.unique():
        key = str(text).strip().casefold()
        if not key:
            continue
        for guess in (key, f"guru_{key}", f"mapel:{key}", f"guru_mapel:{key}"):
            if guess in internal:
                found[str(text)] = internal[guess]
                break
        else:
            ours = _our_post(key, rulebook)
            found[str(text)] = ours if ours in known or _OURS.fullmatch(ours) else key
    return texts.map(lambda text: found.get(str(text), ""))
