"""Whether a post that is moved to falls away in the years after."""

from __future__ import annotations

import pandas as pd

from analytics.redistribution_cells import Ground
from analytics.redistribution_situation import MoveChoice, Situation
from analytics.teachers import first_day


def lost_in_year(
    situation: Situation, base: Ground, moves: pd.DataFrame, choice: MoveChoice
) -> pd.Series:
    """First later school year in which the receiving school no longer needs the post; NA: none.

    Method: docs/method.md eq. 156.
    """
    needs = base.lowered.needs
    later = needs.loc[
        needs["school_year"].between(
            situation.school_year + 1, situation.school_year + choice.warn_years
        )
    ]
    lost = pd.Series(pd.NA, index=moves.index, dtype="Int64")
    if later.empty or moves.empty:
        return lost
    told = set(zip(later["npsn"], later["school_year"], strict=True))
    needed = later.set_index(["npsn", "post", "school_year"])["needed_count"].to_dict()
    now = base.cells.set_index(["npsn", "post"])["needed_count"].to_dict()
    goes = set(moves["person_id"])
    staff = base.people.loc[
        ~base.people["status"].isin(["apart", "gone", "no_school"])
        & ~base.people["person_id"].isin(goes)
    ]
    until: dict[tuple[str, str], list[pd.Timestamp]] = {}
    for row in staff.itertuples():
        until.setdefault((str(row.npsn), str(row.held_post)), []).append(row.retires_on)
    entering = [
        (at, (str(row.to_npsn), str(row.post)), row.retires_on)
        for at, row in zip(moves.index, moves.itertuples(), strict=True)
    ] + [
        (at, (str(row.other_npsn), str(row.other_post)), row.retires_on)
        for at, row in zip(moves.index, moves.itertuples(), strict=True)
        if row.other_npsn
    ]
    for year in sorted(set(later["school_year"])):
        day = pd.Timestamp(first_day(int(year)))
        here: dict[tuple[str, str], list[int]] = {}
        for at, cell, retires_on in entering:
            if not retires_on <= day:
                here.setdefault(cell, []).append(at)
        for cell, who in here.items():
            if (cell[0], year) not in told:
                continue
            then = needed.get((*cell, year), 0)
            staying = sum(not date <= day for date in until.get(cell, []))
            if then < now[cell] and staying + len(who) > then:
                # The last to come is the first to be one too many.
                for at in who[max(0, len(who) - (staying + len(who) - then)) :]:
                    if pd.isna(lost[at]):
                        lost[at] = int(year)
    return lost
