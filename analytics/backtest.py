"""The enrolment forecast against years that came, beside naive and plain progression ratios.

Every origin forecasts with what was known in that year and is scored against what came.
Method: docs/method.md eq. 35-36.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.enrolment_history import HISTORY, EnrolmentError
from analytics.enrolment_learning import Outlook, Progress, Views, of_level, outlook, views
from analytics.enrolment_panel import Flags, Numbers, summed
from analytics.faults import Fault
from analytics.progression import plain_ratios

# Schools smaller than this at the origin are not scored.
LEAST_PUPILS = 20
# Plain ratios need three transitions to be what they claim; a shorter history is judged anyway.
_WANTED_YEARS = 4
_SIZES = ((0, "under 60"), (60, "60-119"), (120, "120-239"), (240, "240+"))
_ALL_SIZES = "all"
COLUMNS = (
    "level",
    "size",
    "lead_years",
    "outcome_count",
    "origin_count",
    "error_share",
    "naive_error_share",
    "plain_error_share",
    "covered_share",
)


def enrolment_backtest(  # noqa: PLR0913 - the command's own options
    history: pd.DataFrame,
    births: pd.DataFrame | None = None,
    years: int = 5,
    first_origin: int | None = None,
    lag_years: float | None = None,
    school_level: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Error and coverage by level, size of school and lead, on the user's own history.

    Parameters
    ----------
    history, births, lag_years
        As for :func:`analytics.enrolment.enrolment_forecast`.
    years
        Longest lead, 1 to 10; leads the history cannot judge have no rows.
    first_origin
        First school year forecast from; if not given, the first with four years of history, or
        the earliest there is.
    school_level
        Only schools of this level are scored (``SD``, or ``1-6`` where the history tells no
        levels); the others stay in what is learnt from. Districts and the whole are those of this
        level then.
    progress
        Told the share of the work that is done, 0 to 1.

    Returns
    -------
    ``level`` (``grade``: a grade of a school, ``school``, ``district_grade``: a grade over all
    schools of a district, ``district``, ``whole_grade``, ``whole``), ``size``
    (pupils of the school at the origin; ``all``), ``lead_years``, ``outcome_count``,
    ``origin_count``, ``error_share`` (sum of absolute misses over sum of outcomes) of this
    forecast, of naive (last year again) and of plain ratios, and ``covered_share`` of outcomes
    within P10-P90. Grades and schools count where the same grades are taught at both ends;
    districts and the whole count everybody, whatever opened or closed between.

    Raises
    ------
    EnrolmentError
        As for the forecast; a level that no school has.
    """
    seen = views(history, births, years, lag_years)
    if school_level is not None:
        known = [level.name for level in seen.levels_at(seen.origins[-1])]
        if school_level not in known:
            told = {"level": school_level, "known": ", ".join(known)}
            raise EnrolmentError([Fault(HISTORY, "history_level_unknown", details=told)])
    scores: list[pd.DataFrame] = []
    judged = _judged(seen, first_origin)
    for place, origin in enumerate(judged):
        if progress:
            progress(place / len(judged))
        every = outlook(seen, origin)
        said = every if school_level is None else of_level(every, school_level)
        if said is None:
            continue
        plain = plain_ratios(seen.data.until(origin), years)
        for lead in range(1, min(years, len(seen.data.years) - 1 - origin) + 1):
            if seen.taught[:, :, origin + lead].any():
                scores += _scores(seen, said, plain, origin, lead)
    if not scores:
        return pd.DataFrame(columns=list(COLUMNS))
    return _summary(pd.concat(scores, ignore_index=True))


def _judged(seen: Views, first_origin: int | None) -> list[int]:
    """Origins with a later year to be judged by."""
    last = len(seen.data.years) - 1
    usable = [origin for origin in seen.origins if origin < last]
    if first_origin is not None:
        return [origin for origin in usable if seen.data.years[origin] >= first_origin]
    return [origin for origin in usable if origin >= _WANTED_YEARS - 1] or usable


def _scores(
    seen: Views, said: Outlook, plain: Numbers, origin: int, lead: int
) -> list[pd.DataFrame]:
    own = np.zeros((len(seen.data.school_ids), 1))
    for one in said.levels:
        own[one.schools] = 1.0
    if len(said.levels) == len(seen.levels_at(origin)):
        # A school still to open is in nobody's level, and counts for its district all the same.
        own[:] = 1.0
    now, came = seen.data.count[:, :, origin] * own, seen.data.count[:, :, origin + lead] * own
    plain = plain[:, :, lead - 1] * own
    at, place = lead - 1, seen.data.district
    size = now.sum(axis=1)
    same = (seen.taught[:, :, origin] == seen.taught[:, :, origin + lead]).all(axis=1)
    same &= size >= LEAST_PUPILS
    cell = same[:, None] & said.serves
    bounds = [least for least, _ in _SIZES[1:]]
    names = np.array([name for _, name in _SIZES], dtype=object)[np.digitize(size, bounds)]
    parts = [summed(pupils, place, len(seen.data.district_names)) for pupils in (came, now, plain)]
    districts = [values.sum(axis=1) for values in parts]
    grades = [values.sum(axis=0) for values in parts]
    whole = [np.array([values.sum()]) for values in parts]

    def rows(level: str, sizes: object, use: Flags, *values: Numbers) -> pd.DataFrame:
        came_, naive, plain_, ours, low, high = (value[use] for value in values)
        return pd.DataFrame(
            {
                "level": level,
                "size": sizes,
                "lead_years": lead,
                "origin": origin,
                "came": came_,
                "miss": np.abs(ours - came_),
                "naive": np.abs(naive - came_),
                "plain": np.abs(plain_ - came_),
                "covered": (came_ >= low) & (came_ <= high),
            }
        )

    schools = (came.sum(axis=1), size, plain.sum(axis=1), said.schools[:, at])
    school_band = (said.schools_low[:, at], said.schools_high[:, at])

    def sums(level: str, name: str, came_: list[Numbers]) -> pd.DataFrame:
        ours = [getattr(said, f"{name}{side}")[..., at] for side in ("", "_low", "_high")]
        values = [np.ravel(value) for value in (*came_, *ours)]
        use = values[0] > 0
        if "grade" in level:
            use &= values[3] > 0
        return rows(level, _ALL_SIZES, use, *values)

    return [
        rows(
            "grade",
            np.broadcast_to(names[:, None], cell.shape)[cell],
            cell,
            *(came, now, plain, said.cells[:, :, at]),
            *(said.cells_low[:, :, at], said.cells_high[:, :, at]),
        ),
        rows("school", names[same], same, *schools, *school_band),
        sums("district_grade", "district_grades", parts),
        sums("district", "districts", districts),
        sums("whole_grade", "grades", grades),
        sums("whole", "whole", whole),
    ]


def _summary(scores: pd.DataFrame) -> pd.DataFrame:
    sized = scores[scores["size"] != _ALL_SIZES]
    rows = pd.concat([scores.assign(size=_ALL_SIZES), sized], ignore_index=True)
    table = rows.groupby(["level", "size", "lead_years"], as_index=False).agg(
        outcome_count=("came", "size"),
        origin_count=("origin", "nunique"),
        came=("came", "sum"),
        miss=("miss", "sum"),
        naive=("naive", "sum"),
        plain=("plain", "sum"),
        covered_share=("covered", "mean"),
    )
    total = table["came"].where(table["came"] > 0)
    table = table.assign(
        error_share=table["miss"] / total,
        naive_error_share=table["naive"] / total,
        plain_error_share=table["plain"] / total,
    )
    level = ["grade", "school", "district_grade", "district", "whole_grade", "whole"]
    size = [_ALL_SIZES, *(name for _, name in _SIZES)]
    order = table.assign(
        by_level=table["level"].map(level.index), by_size=table["size"].map(size.index)
    )
    order = order.sort_values(["by_level", "by_size", "lead_years"], ignore_index=True)
    return order[list(COLUMNS)]


def printed(table: pd.DataFrame) -> str:
    """The backtest as a table of text, shares as per cent."""
    shown = table.rename(
        columns={name: name.replace("_share", "_pct") for name in table.columns}
    ).copy()
    for name in shown.columns[shown.columns.str.endswith("_pct")]:
        shown[name] = (shown[name] * 100).round(2 if "error" in name else 1)
    return str(shown.to_string(index=False))
