"""The forecast that learns from what each past year would have forecast, level by level.

Levels are learnt apart and add up: schools to districts, districts to the whole, over all levels.
Method: docs/method.md eq. 29-33, eq. 37-38.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.births import BirthSeries
from analytics.combining import Spread
from analytics.enrolment_history import TOTAL_ONLY
from analytics.enrolment_levels import Level, school_levels
from analytics.enrolment_origins import LevelViews, level_views
from analytics.enrolment_panel import Flags, Numbers, Panel, Whole, panel, served, summed
from analytics.enrolment_totals import TotalSpreads, is_cohort, total_spreads
from analytics.enrolment_weights import lessons_at, level_spreads, said_by, weights_by_lead
from analytics.progression import COMBINED

MOST_YEARS = 10
# Told the share of the work that is done, 0 to 1.
Progress = Callable[[float], None]


def _silent(_: float) -> None:
    """Nobody waits."""


@dataclass(frozen=True)
class Views:
    """A history and what its levels would have forecast from each past year.

    ``kept`` holds the views already made, by the levels they were made for.
    """

    data: Panel
    taught: Flags
    horizon_years: int
    births: pd.DataFrame | None
    lag_years: float | None
    kept: list[tuple[npt.NDArray[np.object_], list[LevelViews]]] = field(repr=False)

    @property
    def origins(self) -> list[int]:
        """Indices of the years that can be forecast from."""
        return sorted({origin for level in self.kept[0][1] for origin in level.origins})

    def made(self, levels: Sequence[Level], progress: Progress) -> list[LevelViews]:
        """The views of some levels, made now."""
        return level_views(
            self.data, levels, self.births, self.horizon_years, self.lag_years, progress
        )

    def levels_at(self, at: int) -> list[LevelViews]:
        """The levels as they were known in one year, those without pupils then left out.

        Usually those of the last year; where schools have changed their grades since, levels are
        found again from what was known.
        """
        known = self.data.until(at)
        found = _by_school(school_levels(known), known)
        open_ = known.count.any(axis=(1, 2))
        for names, levels in self.kept:
            if (names[open_] == found[open_]).all():
                return [level for level in levels if at in level.origins]
        # Schools not yet there have nothing to teach; they go with whom they stand in the table.
        levels = self.made(school_levels(known), _silent)
        self.kept.append((found, levels))
        return [level for level in levels if at in level.origins]


@dataclass(frozen=True)
class LevelOutlook:
    """What was learnt of one level.

    ``schools`` are places in the panel; ``weight`` is by lead x candidate, that of a school of
    usual size; ``spreads`` are the laws of the level's own sums; ``origins_by_lead`` counts the
    past origins each lead was learnt from, 0 where weights and bands are carried over.
    ``lowest_grade`` is that of the level and its feeders, None where grades are not known.
    """

    name: str
    schools: Whole
    births: BirthSeries | None
    weight: Numbers
    spreads: TotalSpreads = field(repr=False)
    origins_by_lead: list[int]
    lowest_grade: int | None


@dataclass(frozen=True)
class Sums:
    """Sums of school forecasts; ``_low`` and ``_high`` are P10 and P90, each of its own sum.

    ``districts`` district x lead, ``district_grades`` district x grade x lead, ``grades`` grade x
    lead over all schools, ``whole`` by lead.
    """

    districts: Numbers
    districts_low: Numbers
    districts_high: Numbers
    district_grades: Numbers
    district_grades_low: Numbers
    district_grades_high: Numbers
    grades: Numbers
    grades_low: Numbers
    grades_high: Numbers
    whole: Numbers
    whole_low: Numbers
    whole_high: Numbers


@dataclass(frozen=True)
class Outlook(Sums):
    """A forecast from one origin as arrays; ``_low`` and ``_high`` are P10 and P90.

    ``cells`` school x grade x lead, ``schools`` school x lead, and their :class:`Sums`, which
    agree. ``serves`` marks the grades taught in the last year; a school without any is closed.
    ``present`` marks cells whose children are in their school already.
    """

    data: Panel
    serves: Flags
    present: Flags
    cells: Numbers
    cells_low: Numbers
    cells_high: Numbers
    schools: Numbers
    schools_low: Numbers
    schools_high: Numbers
    levels: tuple[LevelOutlook, ...]
    spreads: TotalSpreads = field(repr=False)

    @property
    def years(self) -> list[int]:
        """School years forecast."""
        return [int(self.data.years[-1]) + lead for lead in range(1, self.schools.shape[1] + 1)]

    @property
    def births(self) -> BirthSeries | None:
        """Births as the lowest level with any uses them."""
        return next((level.births for level in self.levels if level.births is not None), None)

    @property
    def origins_by_lead(self) -> list[int]:
        """Past origins each lead was learnt from, in the level with the fewest."""
        return [
            min(counts)
            for counts in zip(*(one.origins_by_lead for one in self.levels), strict=True)
        ]


def views(
    history: pd.DataFrame | Panel,
    births: pd.DataFrame | None = None,
    horizon_years: int = 5,
    lag_years: float | None = None,
    progress: Progress = _silent,
) -> Views:
    """Candidates from every origin of a history, each with what was known then.

    Parameters
    ----------
    history, births
        As for :func:`enrolment_panel.panel` and :func:`births.reported_births`.
    horizon_years
        1 to 10.
    lag_years
        Age at entry to the lowest grade, if declared; otherwise learnt at each origin.
    progress
        Told the share of these views that is made.

    Raises
    ------
    EnrolmentError
        As those two. ``ValueError`` for a horizon out of bounds.
    """
    if not 1 <= horizon_years <= MOST_YEARS:
        raise ValueError(f"years is {horizon_years}; a whole number from 1 to {MOST_YEARS}")
    data = history if isinstance(history, Panel) else panel(history)
    seen = Views(data, served(data), horizon_years, births, lag_years, [])
    levels = school_levels(data)
    seen.kept.append((_by_school(levels, data), seen.made(levels, progress)))
    return seen


def _by_school(levels: tuple[Level, ...], data: Panel) -> npt.NDArray[np.object_]:
    """The name of every school's level."""
    names = np.full(len(data.school_ids), "", dtype=object)
    for level in levels:
        names[level.schools] = level.name
    return names


def outlook(seen: Views, origin: int | None = None, progress: Progress = _silent) -> Outlook:
    """The forecast from one origin, with weights and bands learnt on the origins before it.

    Parameters
    ----------
    seen
        From :func:`views`.
    origin
        Index of the year forecast from; the last one if not given. Nothing later is used.
    progress
        Told the share of the levels that are learnt.
    """
    at = seen.origins[-1] if origin is None else origin
    data, leads = seen.data.until(at), seen.horizon_years
    levels = seen.levels_at(at)
    shape = (len(data.school_ids), len(data.grades), leads)
    cells, low, high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    schools, least, most = (np.zeros((shape[0], leads)) for _ in range(3))
    serves, present = np.zeros(shape[:2], dtype=bool), np.zeros(shape, dtype=bool)
    pupils = data.count[:, :, -1].sum(axis=0)
    learnt = []
    fallback = None
    for place, level in enumerate(levels):
        now, weights = level.origins[at], weights_by_lead(level, at)
        said = [said_by(level, now, lead, one) for lead, one in enumerate(weights, start=1)]
        progress((place + 0.5) / len(levels))
        cell_law, school_law = level_spreads(level, at)
        cell = np.ix_(level.schools, level.grades)
        serves[cell], present[cell] = now.serves, now.present
        cells[cell], low[cell], high[cell] = _banded([one[1] for one in said], cell_law)
        schools[level.schools], least[level.schools], most[level.schools] = _banded(
            [one[0] for one in said], school_law
        )
        laws = (school_law[0], cell_law[0])
        # Sums of all levels never seen are judged by the largest level.
        if fallback is None or now.now.sum() > fallback[0]:
            fallback = (now.now.sum(), laws)
        own = np.zeros_like(pupils)
        own[level.grades] = now.cell_now.sum(axis=0)
        graded = data.grades[level.grades][data.grades[level.grades] != TOTAL_ONLY]
        learnt.append(
            LevelOutlook(
                level.name,
                level.schools,
                now.births,
                np.stack([one.school[: len(COMBINED)] for one in weights]),
                total_spreads([level], at, own, laws),
                [
                    len(lessons_at(level, at, lead, one.with_births))
                    for lead, one in enumerate(weights, start=1)
                ],
                int(graded[0]) if len(graded) else None,
            )
        )
        progress((place + 1) / len(levels))
    assert fallback is not None, "a year without pupils is no origin"
    together = (
        learnt[0].spreads if len(levels) == 1 else total_spreads(levels, at, pupils, fallback[1])
    )
    return Outlook(
        **vars(_sums(data, cells, present, together)),
        data=data,
        serves=serves,
        present=present,
        cells=cells,
        cells_low=low,
        cells_high=high,
        schools=schools,
        schools_low=least,
        schools_high=most,
        levels=tuple(learnt),
        spreads=together,
    )


def of_level(seen: Outlook, name: str) -> Outlook | None:
    """One level of an outlook, with sums of its own; None where there is no such level.

    The schools stay in their places: those of other levels serve no grade and have no pupils.
    """
    level = next((one for one in seen.levels if one.name == name), None)
    if level is None:
        return None
    use = np.zeros(len(seen.data.school_ids), dtype=bool)
    use[level.schools] = True
    own = {
        name: values * use.reshape((-1, *[1] * (values.ndim - 1)))
        for name, values in vars(seen).items()
        if name.startswith(("cells", "schools")) or name in {"serves", "present"}
    }
    sums = _sums(seen.data, own["cells"], own["present"], level.spreads)
    return Outlook(**vars(sums), **own, data=seen.data, levels=(level,), spreads=level.spreads)


def _banded(said: list[Numbers], law: list[Spread]) -> tuple[Numbers, Numbers, Numbers]:
    pairs = [one.band(values) for one, values in zip(law, said, strict=True)]
    return (
        np.stack(said, axis=-1),
        np.stack([low for low, _ in pairs], axis=-1),
        np.stack([high for _, high in pairs], axis=-1),
    )


def _sums(data: Panel, cells: Numbers, present: Flags, spreads: TotalSpreads) -> Sums:
    """Districts, grades of districts, grades of all and the whole, each with its own band."""
    parts = summed(cells, data.district, len(data.district_names))
    leads = range(cells.shape[2])
    cohort = [is_cohort(present[:, :, lead], cells[:, :, lead]) for lead in leads]

    def by_grade(
        values: Numbers, laws: dict[bool, list[Spread]]
    ) -> tuple[Numbers, Numbers, Numbers]:
        low, high = np.zeros_like(values), np.zeros_like(values)
        for lead in leads:
            for one, law in laws.items():
                use = cohort[lead] == one
                band = law[lead].band(values[..., use, lead])
                low[..., use, lead], high[..., use, lead] = band
        return values, low, high

    return Sums(
        *_banded([parts[:, :, lead].sum(axis=1) for lead in leads], spreads.districts),
        *by_grade(parts, spreads.district_grades),
        *by_grade(parts.sum(axis=0), spreads.grades),
        *_banded([np.asarray(parts[:, :, lead].sum()) for lead in leads], spreads.whole),
    )
