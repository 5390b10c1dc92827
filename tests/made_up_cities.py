"""Small invented governments of several shapes, made from the sample city's parts. Synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import demo, import_sample, state
from analytics.demo import City

# Where each shape is not like the sample city.
# Of the shape "merging": schools that tell no religions of their pupils.
SILENT = frozenset({"99000033", "99000003"})
SHAPES = {
    "no_abk_no_births_no_budget": "a city with schools alone: ratios and complement elsewhere",
    "no_schools": "a list of staff with ABK and APBD, nothing told of pupils",
    "only_roster": "a list of staff and nothing else",
    "merging": "schools near each other, some silent on religions; ABK sheets of three years",
    "only_schools": "pupils and their schools, nobody on a roster",
}


def made(shape: str, folder: Path, seed: int = 7) -> Path:
    """A data folder with a small city of that shape."""
    whole = demo.city(date(2027, 3, 1) if shape == "no_schools" else demo.CALIBRATED_ON, seed)
    schools = {"no_schools": 0, "merging": 24}.get(shape, 9)
    city = _fewer(whole, offices=5, schools=schools, seed=seed)
    if shape == "merging":
        city = _of_three_years(city)
    empty = {
        "no_abk_no_births_no_budget": ("births", "post_needs", "budgets"),
        "no_schools": ("schools", "enrolment", "births", "pupil_religions", "school_teachers"),
        "only_roster": (
            *("schools", "enrolment", "births", "pupil_religions", "school_teachers"),
            *("post_needs", "budgets"),
        ),
        "only_schools": ("people", "school_teachers", "exits", "post_needs", "budgets"),
        "merging": (),
    }[shape]
    city = replace(city, **{name: getattr(city, name).iloc[:0] for name in empty})
    with state.opened(folder) as decisions:
        edition = import_sample.written_edition(folder, city)
        decisions.set_current_edition(edition.number, "uji")
    return folder


def _fewer(city: City, offices: int, schools: int, seed: int) -> City:
    """A part of the city: some agencies whole, some schools, everybody who works there."""
    units = city.units
    agencies = units.loc[units["kind"] != "sekolah", "opd"].drop_duplicates()
    kept = set(agencies.sample(offices, random_state=seed))
    some = units.loc[units["kind"] == "sekolah"].sample(schools, random_state=seed)
    # Kelurahan and puskesmas with so few people that the local ratios speak.
    others = units.loc[units["kind"].isin(["kelurahan", "puskesmas"])].sample(4, random_state=seed)
    here = (units["kind"] != "sekolah") & units["opd"].isin(kept)
    mine = pd.concat([units.loc[here], some, others]).drop_duplicates("name")
    people = city.people.loc[city.people["unit"].isin(mine["name"])]
    is_thin = people["unit"].isin(others["name"]).to_numpy()
    people = people.loc[~is_thin | (people.groupby("unit").cumcount() % 4 == 0)]
    npsn, nip = set(some["npsn"]), set(people["nip"])

    def within(table: pd.DataFrame) -> pd.DataFrame:
        return table.loc[table["npsn"].isin(npsn)].reset_index(drop=True)

    teachers = city.school_teachers
    return replace(
        city,
        people=people.reset_index(drop=True),
        units=mine.reset_index(drop=True),
        schools=within(city.schools),
        enrolment=within(city.enrolment),
        pupil_religions=within(city.pupil_religions),
        school_teachers=teachers.loc[teachers["nip"].isin(nip)].reset_index(drop=True),
        post_needs=city.post_needs.loc[city.post_needs["unit"].isin(mine["name"])],
        exits=city.exits.loc[city.exits["unit"].isin(mine["name"])]
        if "unit" in city.exits else city.exits,
        budgets=city.budgets.assign(
            **{
                # An APBD of the size of so few people.
                name: (city.budgets[name] * len(people) / len(city.people)).astype("int64")
                for name in city.budgets if name.endswith("_idr")
            }
        ),
    )  # fmt: skip


def _of_three_years(city: City) -> City:
    """ABK sheets of three years, in schools too; some schools tell no religions."""
    schools = city.units.loc[city.units["kind"] == "sekolah"]
    sheets = city.post_needs.reset_index(drop=True)
    first = int(sheets["year"].min())
    # Schools have sheets of the first year alone, or of the second alone.
    some = pd.DataFrame(
        {"unit": schools["name"], "opd": schools["opd"], "title": "Pengadministrasi Perkantoran",
         "needed_fte": 1.6, "in_post_count": 1, "is_from_workload": False}
    ).iloc[::2]  # fmt: skip
    some = some.assign(year=[first + at % 2 * 2 for at in range(len(some))])
    later = sheets.loc[sheets.index % 3 != 0].assign(year=first + 2)
    last = sheets.loc[sheets.index % 5 == 0].assign(year=first + 5)
    grown = [part.assign(needed_fte=part["needed_fte"] * 1.3) for part in (later, last)]
    told = city.pupil_religions
    return replace(
        city,
        post_needs=pd.concat([sheets, *grown, some], ignore_index=True),
        pupil_religions=told.loc[~told["npsn"].isin(SILENT)].reset_index(drop=True),
    )
