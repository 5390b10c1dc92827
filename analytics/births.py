"""Births by area and year, and what they say about who enters school.

A zero between years with births is a year nobody reported, not a year without children: it is
flagged and not believed. Method: docs/method.md eq. 20-36.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.enrolment_history import TOTAL_ONLY, EnrolmentError, lines, missing_columns, written
from analytics.enrolment_panel import Numbers, Panel, summed
from analytics.faults import Fault

# Age in years at which the first grade of each kind is entered, where the history cannot tell:
# grade 1 at six or seven, half of each; kindergarten at five.
_AGE_AT_GRADE_ZERO_YEARS = 5.0
_AGE_AT_GRADE_ONE_YEARS = 6.5
_FEWEST_BIRTHS_TO_EXPECT = 10
_RECENT_YEARS = 3
# The trend of births is read from these last years, and halves in as many as the memory of ratios:
# conventions, not fitted to any series.
_TREND_YEARS = 6
_TREND_KEPT = 0.5 ** (1 / 3)
_NEEDED = ("area", "year", "births")
BIRTHS = "kelahiran"
# A lag other than the usual one must fit this much better, or it is chance.
_REAL_GAIN = 0.75


def reported_births(births: pd.DataFrame) -> pd.DataFrame:
    """Births with what cannot be believed set aside.

    Parameters
    ----------
    births
        One row per area and year: ``area``, ``year``, ``births``; several rows of one area and
        year (by sex, by village) are summed.

    Returns
    -------
    ``area``, ``year``, ``births`` (blank where not believed), ``reported``, ``finding``: ``ok``,
    ``not_reported`` (zero or blank where the area usually has ten or more), ``far_below`` (under
    half of the area's usual number: believed, but worth asking about).

    Raises
    ------
    EnrolmentError
        Missing columns, unreadable or negative numbers.
    """
    absent = [name for name in _NEEDED if name not in births.columns]
    if absent:
        raise EnrolmentError(missing_columns(BIRTHS, absent, _NEEDED))
    year = pd.to_numeric(births["year"], errors="coerce")
    count = pd.to_numeric(births["births"], errors="coerce")
    blank = births["births"].isna() | births["births"].astype(str).str.strip().eq("")
    wrong = year.isna() | (count.isna() & ~blank) | count.lt(0)
    if wrong.any():
        line = lines(births)
        raise EnrolmentError(
            [
                Fault(
                    BIRTHS,
                    "births_invalid",
                    int(line[place]),
                    "births",
                    written(births, int(place), "births"),
                )
                for place in np.flatnonzero(wrong)
            ]
        )
    rows = pd.DataFrame(
        {"area": births["area"].astype(str).str.strip(), "year": year.astype(int), "births": count}
    )
    table = rows.groupby(["area", "year"], as_index=False)["births"].sum(min_count=1)
    usual = table["births"].where(table["births"].gt(0)).groupby(table["area"]).transform("median")
    is_missing = table["births"].isna() | (
        table["births"].eq(0) & usual.ge(_FEWEST_BIRTHS_TO_EXPECT)
    )
    is_low = table["births"].lt(usual / 2) & ~is_missing
    finding = np.select([is_missing, is_low], ["not_reported", "far_below"], "ok")
    return table.rename(columns={"births": "reported"}).assign(
        births=table["births"].mask(is_missing), finding=finding
    )[["area", "year", "births", "reported", "finding"]]


@dataclass(frozen=True)
class BirthSeries:
    """Births of each district of a panel: ``born[district, year - first_year]``, NaN unknown.

    ``lag_years`` is the age at entry to the lowest grade; a half means half of the children at
    either whole year.
    """

    born: Numbers
    first_year: int
    lag_years: float

    def known_until(self, year: int) -> BirthSeries:
        """What was known at the end of that year."""
        keep = max(year - self.first_year + 1, 0)
        return BirthSeries(self.born[:, :keep], self.first_year, self.lag_years)

    def growth(self, data: Panel, years: int, span_grades: int = 1) -> Numbers:
        """Children of entry age in each year ahead, against the last years' (eq. 27).

        Beyond the last known births they go on from there, on a trend that dies out. 1 where births
        are not known for the recent intake, so that nothing is claimed.
        """
        now = int(data.years[-1])
        # Those of the history that the intake's own mean is taken over.
        recent = range(max(now - _RECENT_YEARS + 1, int(data.years[0])), now + 1)
        ahead = range(now + 1, now + years + 1)
        longer = self._continued(now + years)
        base = _mean_of([longer._of_age(year, span_grades) for year in recent])
        grown = np.stack([longer._of_age(year, span_grades) for year in ahead], axis=1)
        growth = grown / np.where(base > 0, base, np.nan)[:, None]
        return np.where(np.isfinite(growth), growth, 1.0)

    def reaches(self, year: int) -> bool:
        """Whether births are known for the recent intake and for next year's."""
        first = year - _RECENT_YEARS + 1 - int(np.ceil(self.lag_years))
        last = year + 1 - int(np.floor(self.lag_years))
        return first >= self.first_year and last < self.first_year + self.born.shape[1]

    def of_age_factor(self, factor: float, born_after: int, year: int) -> float:
        """A factor on births after a year, as it reaches the children of age in ``year``."""
        lags = np.unique([np.floor(self.lag_years), np.ceil(self.lag_years)])
        return float(np.mean([factor if year - lag > born_after else 1.0 for lag in lags]))

    def _of_age(self, year: int, span_grades: int) -> Numbers:
        lags = np.unique([np.floor(self.lag_years), np.ceil(self.lag_years)]).astype(int)
        return _mean_of(
            [self._born(year - int(lag) - back) for lag in lags for back in range(span_grades)]
        )

    def _born(self, year: int) -> Numbers:
        place = year - self.first_year
        if not 0 <= place < self.born.shape[1]:
            return np.full(len(self.born), np.nan)
        return self.born[:, place]

    def _continued(self, year: int) -> BirthSeries:
        """The series until a year, each area going on from its own last known births (eq. 27).

        It starts from the last three years' mean, moved from their middle to the last year by the
        trend, so that one odd year does not stay; the trend halves every three years.
        """
        places, width = self.born.shape
        born = np.full((places, max(year - self.first_year + 1, width)), np.nan)
        born[:, :width] = self.born
        trend = births_trend(self.born)
        for area in born:
            known = np.flatnonzero(np.isfinite(area))
            if not len(known):
                continue
            last = int(known[-1])
            recent = known[known > last - _RECENT_YEARS]
            ahead = np.arange(1, len(area) - last)
            went = last - float(recent.mean()) + np.cumsum(_TREND_KEPT**ahead)
            area[last + 1 :] = area[recent].mean() * np.exp(trend * went)
        return replace(self, born=born)


def births_trend(born: Numbers) -> float:
    """Yearly change of log births over the last years, of all areas together (eq. 27).

    Parameters
    ----------
    born
        Births by area x year, NaN unknown.

    Returns
    -------
    The common slope of up to six last years of every area, counted by its births and drawn to
    none by as much as chance alone explains (at least that of a count): 0 with fewer than three
    years. One area alone has too few births to tell its trend from chance.
    """
    parts = []
    # Districts without an area of their own share the same births: counted once.
    for area in {row.tobytes(): row for row in born}.values():
        known = np.flatnonzero(np.isfinite(area) & (area > 0))
        known = known[known > known[-1] - _TREND_YEARS] if len(known) else known
        if len(known) >= _RECENT_YEARS:
            year, log = known - known.mean(), np.log(area[known])
            parts.append((float(area[known].mean()), year, log - log.mean()))
    if not parts:
        return 0.0
    square = sum(mean * float(year @ year) for mean, year, _ in parts)
    slope = sum(mean * float(year @ log) for mean, year, log in parts) / square
    missed = sum(mean * float(((log - slope * year) ** 2).sum()) for mean, year, log in parts)
    free = sum(len(year) - 1 for _, year, _ in parts) - 1
    # A count of n has a relative variance of 1 / n; what is missed beyond that is not chance alone.
    variance = max(missed / free, 1.0) / square
    return slope * max(1 - variance / slope**2, 0.0) if slope else 0.0


def _mean_of(columns: list[Numbers]) -> Numbers:
    stacked = np.stack(columns)
    known = np.isfinite(stacked)
    count = known.sum(axis=0)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def usual_lag_years(grade: int) -> float:
    """Usual age at entry to a grade: kindergarten (0) at five, grade 1 at six or seven."""
    if grade <= 0:
        return _AGE_AT_GRADE_ZERO_YEARS + grade
    return _AGE_AT_GRADE_ONE_YEARS + grade - 1


def birth_series(
    births: pd.DataFrame | None, data: Panel, lag_years: float | None = None
) -> BirthSeries | None:
    """Births laid out for a panel's districts.

    An area named like a district feeds that district; districts without one take the births of
    all areas together. ``lag_years`` declared wins; else the lag whose births move most like the
    intake, else the usual age at the panel's lowest grade.

    Returns
    -------
    None where there are no births to use.
    """
    if births is None or births.empty:
        return None
    table = reported_births(births)
    wide = table.pivot(index="area", columns="year", values="births")
    first, last = int(wide.columns.min()), int(wide.columns.max())
    wide = wide.reindex(columns=range(first, last + 1)).interpolate(axis=1, limit_area="inside")
    whole = wide.sum(axis=0, min_count=len(wide)).to_numpy(float)
    born = np.stack(
        [
            wide.loc[name].to_numpy(float) if name in wide.index else whole
            for name in data.district_names
        ]
    )
    lowest = data.grades[data.grades != TOTAL_ONLY]
    usual = usual_lag_years(int(lowest[0]) if len(lowest) else 1)
    series = BirthSeries(born, first, lag_years if lag_years is not None else usual)
    if lag_years is not None or not len(lowest):
        return series
    return _with_learnt_lag(series, data, usual)


def _with_learnt_lag(series: BirthSeries, data: Panel, usual: float) -> BirthSeries:
    """The lag within a year of the usual whose births move most like the intake."""
    column = int(np.flatnonzero(data.grades != TOTAL_ONLY)[0])
    intake = summed(data.count[:, column], data.district, len(data.district_names))
    best, least = usual, np.inf
    for lag in sorted(usual + np.arange(-1.0, 1.5, 0.5), key=lambda tried: abs(tried - usual)):
        trial = BirthSeries(series.born, series.first_year, float(lag))
        last = series.first_year + series.born.shape[1] - 1 + int(np.floor(lag))
        years = [
            place
            for place, year in enumerate(data.years)
            if series.first_year + np.ceil(lag) <= year <= last
        ]
        if len(years) < 5:
            continue
        of_age = np.stack([trial._of_age(int(data.years[place]), 1) for place in years], axis=1)
        seen = intake[:, years]
        with np.errstate(divide="ignore", invalid="ignore"):
            move = np.log(seen) - np.log(of_age)
        usable = np.isfinite(move).all(axis=1)
        if not usable.any():
            continue
        size = seen[usable].mean(axis=1)
        spread = float(np.average(move[usable].std(axis=1, ddof=1), weights=size))
        # A tie goes to the lag nearest the usual one, so the gain must be real.
        if spread < least * (1.0 if least == np.inf else _REAL_GAIN):
            best, least = float(lag), spread
    return BirthSeries(series.born, series.first_year, best)
