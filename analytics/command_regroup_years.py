"""When merges of the command ``regroup`` happen: by the people and the forecast of an edition."""

from __future__ import annotations

import argparse
from datetime import date

import pandas as pd

from analytics import rules
from analytics.command_line import folder_of
from analytics.regrouping import RegroupingPlan
from analytics.regrouping_told import Told
from analytics.regrouping_years import (
    Pace,
    Years,
    displaced_price,
    spread_over_years,
    years_from,
)
from analytics.told import Counted


def laid_over_years(
    asked: argparse.Namespace, told: Told, plan: RegroupingPlan, pace: Pace
) -> tuple[Years, bool]:
    """The year of each merge, and whether it is known who works at these schools.

    Of an edition by its forecast of pupils and by who leaves when; of a file by rooms and pace.
    """
    rulebook = rules.load()
    if told.edition is None:
        return spread_over_years(plan, pace, rulebook), False
    from analytics import teachers_told  # the forecast, which a file of schools does not need

    held = teachers_told.in_store(folder_of(asked), rulebook, [], told.edition.number)
    last_year = int(held.history["school_year"].max())
    ahead = min(max(pace.years[-1] - last_year, 0), teachers_told.YEARS_MOST)
    history = teachers_told.with_forecast(held.history, held.births, last_year, ahead)
    cells = teachers_told.grade_cells(history, [])
    in_post = held.staff.in_post
    years = spread_over_years(plan, pace, rulebook, cells, in_post, facts=held.facts)
    return years, not in_post.empty


def told_options(years: Years) -> pd.DataFrame:
    """Every receiver and year, and which of them was taken."""
    taken = years.merges.dropna(subset=["school_year"])
    taken = pd.MultiIndex.from_frame(taken[["into", "school_year"]].astype({"school_year": int}))
    here = pd.MultiIndex.from_frame(years.options[["npsn", "school_year"]])
    told = years.options.assign(is_chosen=here.isin(taken))
    return told.astype({"fits": int, "is_chosen": int}).round({"waiting_cost": 6})


def years_said(years: Years, is_staffed: bool) -> dict[str, object]:
    """Merges by school year, how many got none, and how many people they displace (None: unknown).

    Of a receiver the people of all its merges together, as in :class:`Years`.
    """
    merges = years.merges
    chosen = told_options(years)
    chosen = chosen.loc[chosen["is_chosen"] == 1]
    counts = merges["school_year"].value_counts().sort_index()
    return {
        "years": {str(year): int(count) for year, count in counts.items()},
        "without_a_year": int(merges["school_year"].isna().sum()),
        "displaced_count": int(chosen["displaced_count"].sum()) if is_staffed else None,
        "heads_displaced": int(chosen["heads_displaced"].sum()) if is_staffed else None,
    }


def years_notes(merges: pd.DataFrame, is_staffed: bool) -> list[tuple[str, str]]:
    """Sentences on the years: whose posts are not known, and which merges got none."""
    said = []
    if not is_staffed:
        said.append(
            (
                "Guru dan kepala sekolah tidak diketahui: tahun penggabungan hanya menurut ruang"
                " dan batas setahun. Dari edisi (tanpa --schools) pensiun mereka ikut dihitung.",
                "Teachers and heads are not known: the years of merges follow rooms and pace"
                " alone. From an edition (without --schools) their retirements count too.",
            )
        )
    left = merges.loc[merges["school_year"].isna(), "reason"].value_counts()
    if pace_count := int(left.get("pace", 0)):
        said.append(
            (
                f"{pace_count} penggabungan tidak mendapat tahun: semua yang menuju satu penerima"
                " bergabung bersama; tambah --most-a-year atau --years, atau beri --most-into.",
                f"{pace_count} {Counted(pace_count):merge gets|merges get} no year: all that go to"
                " one receiver merge together; raise --most-a-year or --years, or use --most-into.",
            )
        )
    if rooms_count := int(left.get("rooms", 0)):
        said.append(
            (
                f"{rooms_count} penggabungan tidak mendapat tahun: ruang penerima tidak cukup untuk"
                " murid yang diperkirakan di tahun-tahun itu; tambah --years.",
                f"{rooms_count} {Counted(rooms_count):merge gets|merges get} no year: the"
                " receiver's rooms do not hold the pupils forecast for those years; raise"
                " --years.",
            )
        )
    return said


def pace(asked: argparse.Namespace, on: date) -> Pace | None:
    """How merges are spread; None where that is not asked."""
    if asked.years is None:
        named = ("calendar", "most_a_year", "cost_displaced", "year_options")
        if given := [
            f"--{one.replace('_', '-')}" for one in named if getattr(asked, one) is not None
        ]:
            raise ValueError(f"{', '.join(given)}: beri --years N / give --years N")
        return None
    if not asked.years:
        raise ValueError("--years 0: tulis 1 atau lebih / write 1 or more")
    price = displaced_price(on) if asked.cost_displaced is None else asked.cost_displaced
    return Pace(years_from(on, asked.years), asked.most_a_year, price)
