"""The gap: posts needed less those still on duty, by unit, role group, post and year.

A surplus in one unit never hides a deficit in another, and a gap by ABK is never added to a gap by
today's complement: each has its own column, and ``coverage`` says on which basis a sum stands.
Method: docs/method.md eq. 194-199.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.posts_abk import by_year
from analytics.posts_needed import (
    ABK,
    CELL,
    COMPLEMENT,
    HEAD_ROLE,
    NONE,
    RATIO,
    SCHOOL_MODEL,
    TEACHER,
    Needs,
)
from analytics.projection import Projection
from analytics.replacement_bases import GapError, all_cells, duty_levels, ratio_need, school_need
from analytics.replacement_gap import AS_KNOWN, PART_TIME, ROLE_SEPARATOR, Gap, GapChoice
from analytics.replacement_within import promoted, promotions
from analytics.rules import RuleBook

__all__ = [
    "AS_KNOWN", "PART_TIME", "ROLE_SEPARATOR", "Gap", "GapChoice", "GapError", "gap",
]  # fmt: skip

Numbers = NDArray[np.float64]


def gap(
    projection: Projection,
    needs: Needs,
    units: pd.DataFrame | None = None,
    choice: GapChoice = AS_KNOWN,
    rulebook: RuleBook | None = None,
) -> Gap:
    """The gap of a projection against what is needed.

    Parameters
    ----------
    projection
        Of people with their posts (:func:`analytics.posts_needed.people_by_post`), with cells by
        ``unit_id``, ``role_group``, ``post`` and, to tell paruh waktu apart, ``employment``.
    needs
        What is known of posts needed.
    units
        ``unit_id`` and what groups may be made of (``name``, ``opd``, ``kind``, ``kecamatan``,
        ``school_level``).
    choice
        Bases in their order, whether paruh waktu count, whether posts are filled from within.
    rulebook
        By which posts of leadership are filled from within; None: nobody moves up.

    Returns
    -------
    The gap; cells are those of people and those of needs, also where nobody works.

    Raises
    ------
    GapError
        When the projection has no cells by unit, role group and post.

    Method: docs/method.md eq. 194-195.
    """
    if lost := [column for column in CELL if column not in projection.cells]:
        raise GapError(
            f"Proyeksi tidak mempunyai {lost[0]}; proyeksikan menurut {', '.join(CELL)}.",
            f"The projection has no {lost[0]}; project by {', '.join(CELL)}.",
        )
    years = projection.months.years
    school = needs.school.loc[needs.school["year"].isin(years)]
    sources = (projection.cells, school, needs.abk, needs.ratio)
    cells, (cell_of, of_school, of_sheet, of_ratio), unit = all_cells(sources)

    part_time = np.zeros(len(cell_of), dtype=bool)
    if "employment" in projection.cells and not choice.count_part_time:
        part_time = (projection.cells["employment"] == PART_TIME).to_numpy()
    shape = (len(cells), len(years))
    levels = duty_levels(projection)
    supply, apart = np.zeros(shape), np.zeros(shape)
    np.add.at(supply, cell_of[~part_time], levels[~part_time])
    np.add.at(apart, cell_of[part_time], levels[part_time])
    start = np.zeros(len(cells))
    np.add.at(start, cell_of[~part_time], projection.duty_start[~part_time])

    is_teacher = cells["role_group"].isin([TEACHER, HEAD_ROLE]).to_numpy()
    unknown = is_teacher & (cells["post"] == TEACHER).to_numpy()
    in_model = cells["unit_id"].isin(needs.school_units).to_numpy() & is_teacher & ~unknown
    answers = {
        SCHOOL_MODEL: school_need(school, of_school, in_model, years),
        ABK: by_year(of_sheet, unit, needs.abk, years.tolist())
        if len(of_sheet)
        else np.full(shape, np.nan),
        COMPLEMENT: np.repeat(np.where(start > 0, start, np.nan)[:, None], len(years), axis=1),
    }
    # Where pupils tell the need, today's teachers do not; where they do not, it is not known.
    taught_here = cells["unit_id"].isin(needs.school_units).to_numpy() & is_teacher
    taught = taught_here | (is_teacher & (not choice.keep_teachers))
    answers[COMPLEMENT][taught] = np.nan
    answers[RATIO] = ratio_need(needs.ratio, of_ratio, start, shape)
    need = np.full(shape, np.nan)
    basis = np.full(len(cells), NONE, dtype=object)
    # Beside the school model an ABK for the same teachers would count them twice.
    only_model = in_model | (unknown & taught_here)
    for name in choice.bases:
        takes = (basis == NONE) & np.isfinite(answers[name]).any(axis=1)
        if name != SCHOOL_MODEL and SCHOOL_MODEL in choice.bases:
            takes &= ~only_model
        need[takes] = answers[name][takes]
        basis[takes] = name
    cells = cells.assign(
        role=np.where(
            cells["post"] == cells["role_group"],
            cells["role_group"],
            cells["role_group"] + ROLE_SEPARATOR + cells["post"],
        ),
        basis=basis,
        is_unknown_post=unknown,
    )
    if units is not None:
        known = [c for c in ("name", "opd", "kind", "kecamatan", "school_level") if c in units]
        about = units.drop_duplicates("unit_id").set_index("unit_id")[known]
        cells = cells.join(about, on="unit_id")
    projected_cell = np.where(part_time, -1, cell_of)
    moved = np.zeros_like(supply)
    if rulebook is not None and choice.fill_from_within:
        pairs = promotions(rulebook, pd.Timestamp(projection.months.as_of))
        moved = promoted(cells, need, supply, start, pairs)
    return Gap(
        cells, years, need, answers[ABK], answers[COMPLEMENT], supply + moved, apart, moved, start,
        choice, projection, projected_cell,
    )  # fmt: skip
