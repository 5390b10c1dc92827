"""A synthetic city to look at before real data is imported.

Everything in it is invented: the city, its units, the names, the numbers. It is calibrated to
published figures (tests/test_demo.py names each with its source), never fitted to anybody's
roster. Chance comes from one seeded generator and plain arithmetic, so that the same city stands
on every machine.

Names combine invented lists and NIP are valid in form. That no living person carries the same
name or number cannot be promised; serials from 900 up, which offices hardly reach, make it
unlikely. Every screen and file that shows the city says ``NOTE``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics import (
    demo_budget,
    demo_exits,
    demo_needs,
    demo_people,
    demo_places,
    demo_posts,
    demo_pupils,
    demo_religions,
    demo_teachers,
    rules,
)
from analytics.checks_buildings import DESCRIBED
from analytics.demo_people import CALIBRATED_ON
from analytics.demo_workbook import PlantedFault, plain_workbook, siasn_workbook
from analytics.positions import position_roles
from analytics.retirement import retirement_dates

__all__ = [
    "CALIBRATED_ON", "GOVERNMENT_NAME", "NOTE", "SEED", "City", "PlantedFault", "city",
    "plain_workbook", "siasn_workbook",
]  # fmt: skip

GOVERNMENT_NAME = f"Kota {demo_places.CITY} (contoh)"
NOTE = "data contoh (sintetis)"
SEED = 20260701


@dataclass(frozen=True, eq=False)
class City:
    """The sample city on one day.

    ``people``: the people frame, one row per person, sorted by NIP. ``units``: one row per unit.
    ``schools``: one row per state SD or SMP and school year, 2021/22 to 2025/26; private schools
    and madrasah are left out. ``enrolment``: pupils by school, school year (from 2018/19) and
    grade, in the years of ``schools`` adding up to them. ``births``: by kecamatan and year, 2009 to
    2025. ``school_teachers``: what the teachers of the roster teach. ``pupil_religions``: pupils
    by school and religion in the last school year. ``exits``: who left from July 2018 on (the table
    ``exit``), a few without a cause; ``classified_exits``: ``nip, exited_on, cause`` of those that
    somebody explained since. ``post_needs``: an ABK of most agencies outside schools (the table
    ``post_need``). ``budgets``: its APBD, 2023 to 2026 (the table ``budget_year``).
    ``note`` goes wherever the data goes.
    """

    people: pd.DataFrame
    units: pd.DataFrame
    schools: pd.DataFrame
    enrolment: pd.DataFrame
    births: pd.DataFrame
    school_teachers: pd.DataFrame
    pupil_religions: pd.DataFrame
    exits: pd.DataFrame
    classified_exits: pd.DataFrame
    post_needs: pd.DataFrame
    budgets: pd.DataFrame
    as_of: date
    government_name: str = GOVERNMENT_NAME
    note: str = NOTE


def city(as_of: date = CALIBRATED_ON, seed: int = SEED) -> City:
    """The sample city.

    Parameters
    ----------
    as_of
        The day the roster describes, ``CALIBRATED_ON`` or later. On a later day those whose date
        has come are gone, contracts that ended are renewed for a year, and nobody has joined.
    seed
        Another seed gives another city under the same calibration.

    Returns
    -------
    About 4,000 ASN (PNS, CPNS, PPPK) and 1,400 PPPK paruh waktu. Leavers per month and year are
    planned in ``data/demo/leavers.csv``: 208 ASN a year on average over the ten calendar years
    2027-2036, from 153 to 271; 43 with TMT August to October 2026, 27 of them educators; three
    people past their date who are still on the list.

    Raises
    ------
    ValueError
        When ``as_of`` lies before the day the city was calibrated for.
    """
    if as_of < CALIBRATED_ON:
        raise ValueError(
            f"as_of is {as_of}; the sample city begins on {CALIBRATED_ON}: who left before it was"
            " never invented. Give that day or a later one."
        )
    generator = np.random.default_rng(seed)
    rulebook = rules.load()
    units = demo_places.places(generator)
    profile = demo_places.school_years(units, generator)
    latest = profile.loc[profile["school_year"] == profile["school_year"].max()]
    posts = demo_posts.posts(units, latest.set_index("npsn")["rombel_count"], generator)
    staff = demo_people.people(posts, rulebook, generator)
    gone, said = demo_exits.exits(staff, rulebook, np.random.default_rng([seed, 4]))
    if as_of > CALIBRATED_ON:
        everyone = staff
        staff = _still_in_service(everyone, rulebook, as_of)
        gone = demo_exits.with_retired(gone, everyone, staff, rulebook)
    # Dice of their own: what is told of children and subjects moves no person of the roster.
    dice = np.random.default_rng([seed, 3])
    pupils = demo_pupils.enrolment(profile, dice)
    return City(
        people=staff,
        units=units.drop(columns="village"),
        schools=_with_staff(profile, staff),
        enrolment=pupils,
        births=demo_pupils.births(pupils, profile, dice),
        school_teachers=demo_teachers.school_teachers(staff, units, dice),
        pupil_religions=demo_religions.pupil_religions(pupils, np.random.default_rng([seed, 5])),
        exits=gone,
        classified_exits=said,
        post_needs=demo_needs.post_needs(staff, units, np.random.default_rng([seed, 6])),
        budgets=demo_budget.budgets(NOTE),
        as_of=as_of,
    )


def _still_in_service(staff: pd.DataFrame, rulebook: rules.RuleBook, as_of: date) -> pd.DataFrame:
    roles = position_roles(staff, rulebook)
    dates = retirement_dates(staff.assign(**roles[["role_group", "jenjang"]]), rulebook, as_of)
    leaves = dates["retires_on"]
    # Those past their date from the start stay: they are the city's forgotten ones.
    has_left = (leaves > pd.Timestamp(CALIBRATED_ON)) & (leaves <= pd.Timestamp(as_of))
    ends = staff["contract_ends_on"]
    while (ended := ends < pd.Timestamp(as_of)).any():
        ends = ends.mask(ended, ends + pd.DateOffset(years=1))
    staff = staff.assign(contract_ends_on=ends.clip(upper=leaves - pd.Timedelta(days=1)))
    return staff.loc[~has_left].reset_index(drop=True)


def _with_staff(profile: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Teachers and other staff by school and year: counted for the latest, a little more before."""
    at_school = staff.loc[staff["npsn"].notna()]
    teaches = at_school["position"].str.contains("Guru|Kepala Sekolah")
    years_ago = profile["school_year"].max() - profile["school_year"]
    counts = {}
    for column, group in (
        ("teacher_count", at_school[teaches]),
        ("staff_count", at_school[~teaches]),
    ):
        now = profile["npsn"].map(group["npsn"].value_counts()).fillna(0)
        counts[column] = np.rint(now * (1 + 0.015 * years_ago)).astype("int64")
    return profile.assign(**counts)[
        [
            "npsn", "school_year", "name", "level", "status", "kecamatan", "village", "latitude",
            "longitude", "pupil_count", "rombel_count", "teacher_count", "staff_count",
            "classroom_count",
            *DESCRIBED,
        ]
    ]  # fmt: skip
