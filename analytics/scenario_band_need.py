"""How the need of teachers varies with pupils: the bands of the forecast through the class ceiling.

Schools and grades vary each by themselves, and all of a level together, so that the band of every
grade and that of the level's sum both stand. Method: docs/method.md eq. 294-295.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from analytics import teachers
from analytics.enrolment import group_forecast
from analytics.enrolment_learning import Outlook
from analytics.posts_needed import HEAD_ROLE, placed_posts
from analytics.replacement import Gap
from analytics.scenario import Scenario
from analytics.scenario_choices import need_choice
from analytics.scenario_stages import Stages

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

# Where the level's own uncertainty is tried, in standard deviations.
NODES = (-1.5, 0.0, 1.5)
# From P10 to P90 of a bell curve, in standard deviations.
_P10_TO_P90 = 2.5631031
# Rombel more or fewer than expected that a school may come to have.
_FAR = 8
_ALMOST = 1e-9


@dataclass(frozen=True, eq=False)
class NeedSpread:
    """How the need of cells varies with pupils.

    ``shift`` (node, cell, year): expected need less the need of the plan, where the level's
    pupils are ``NODES`` standard deviations from expected; ``variance`` (cell, year) of what
    schools vary by themselves, ``together`` what posts of one school vary beyond that because
    they follow the same classes; ``level`` (cell): place in ``levels``, -1 where pupils ask for
    nothing.
    """

    shift: Numbers
    variance: Numbers
    together: Numbers
    level: Whole
    levels: tuple[str, ...]


def need_spread(stages: Stages, told: Scenario, gap: Gap) -> NeedSpread:
    """How the need of each cell of the gap varies with pupils; nothing where none are known.

    Kept by the levers of pupils, need and mergers. Method: docs/method.md eq. 294-295.
    """
    key = (told.years, told.of("pupils", "need"), stages.merge_key(told))
    return stages.kept("need spread", key, lambda: _need_spread(stages, told, gap))


def _need_spread(stages: Stages, told: Scenario, gap: Gap) -> NeedSpread:
    shape = gap.need.shape
    nothing = NeedSpread(
        np.zeros((len(NODES), *shape)),
        np.zeros(shape),
        np.zeros(shape),
        np.full(shape[0], -1),
        (),
    )
    seen = stages.pupils(told)
    if seen is None or seen.cells.size == 0:
        return nothing
    rows = _pupil_rows(stages, told, seen)
    if rows.empty:
        return nothing
    classes = _classes(stages, told, rows)
    needed = stages.needed(told)
    posts = _posts(needed, classes)
    if posts is None:
        return nothing
    known = stages.cells(told)["npsn"].unique()
    units, book = stages.facts.stored.units, stages.facts.rulebook
    frame, _ = placed_posts(posts.rows, units, book, frozenset(known))
    into = stages.unit_into(told)
    unit = frame["unit_id"].replace(into) if into else frame["unit_id"]
    cells = pd.MultiIndex.from_frame(gap.cells[["unit_id", "role_group", "post"]].astype("object"))
    asked = pd.MultiIndex.from_arrays(
        [one.astype("object") for one in (unit, frame["role_group"], frame["post"])],
        names=cells.names,
    )
    at = cells.get_indexer(asked)
    year = np.searchsorted(gap.years, posts.rows["school_year"].to_numpy(dtype=np.int64))
    kept = (at >= 0) & (year < shape[1])
    kept &= gap.years[np.minimum(year, shape[1] - 1)] == posts.rows["school_year"].to_numpy()
    shift = np.zeros((len(NODES), *shape))
    variance, together = np.zeros(shape), np.zeros(shape)
    for node in range(len(NODES)):
        np.add.at(shift[node], (at[kept], year[kept]), posts.shift[node][kept])
    np.add.at(variance, (at[kept], year[kept]), posts.variance[kept])
    np.add.at(together, (at[kept], year[kept]), posts.together[kept])
    levels = tuple(sorted(posts.rows["level"].unique()))
    level = np.full(shape[0], -1)
    level[at[kept]] = np.searchsorted(levels, posts.rows["level"].to_numpy(dtype=object)[kept])
    level[(gap.cells["basis"] != "school_model").to_numpy()] = -1
    last = int(np.searchsorted(gap.years, int(posts.rows["school_year"].max())))
    for values in (shift, variance, together):
        values[..., level < 0, :] = 0.0
        # Years beyond the forecast vary as its last.
        values[..., last + 1 :] = values[..., last : last + 1]
    return NeedSpread(shift, variance, together, level, levels)


# ---- pupils --------------------------------------------------------------------------------------


def _pupil_rows(stages: Stages, told: Scenario, seen: Outlook) -> pd.DataFrame:
    """Pupils of state schools by school, year and grade, with what varies alone and together.

    Returns
    -------
    After mergers: ``npsn, school_year, grade, level, pupil_count, own_variance, together_sd``.
    Method: docs/method.md eq. 294.
    """
    schools = stages.facts.schools.set_index("npsn")["level"]
    graded = seen.data.grades >= 0
    names = pd.array(seen.data.school_ids.astype(str), dtype="str")
    levels = schools.reindex(names).array
    known = np.asarray(names.isin(stages.cells(told)["npsn"].unique()), dtype=bool)
    parts = []
    for is_graded in (True, False):
        own_grades = graded if is_graded else ~graded
        school, column = np.nonzero(seen.serves & own_grades & known[:, None])
        own = np.repeat(school, len(seen.years))
        width = seen.cells_high[school, column] - seen.cells_low[school, column]
        parts.append(
            pd.DataFrame(
                {
                    "npsn": names.take(own),
                    "school_year": np.tile(seen.years, len(school)),
                    "grade": np.repeat(seen.data.grades[column], len(seen.years)),
                    "pupil_count": seen.cells[school, column].ravel(),
                    "variance": ((width / _P10_TO_P90) ** 2).ravel(),
                    "level": levels.take(own),
                }
            )
        )
    if len(parts[1]):
        spread = teachers.evenly_by_grade(parts[1])
        many = spread.groupby(["npsn", "school_year"])["grade"].transform("size")
        parts[1] = spread.assign(variance=spread["variance"] / many)[parts[0].columns.tolist()]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    if rows.empty:
        return rows
    rows = _together(rows, seen)
    merges = stages.mergers(told).merges
    if len(merges):
        starts = rows["npsn"].map(merges.set_index("npsn")["school_year"])
        closed = (starts <= rows["school_year"]).fillna(False).astype(bool)
        into = rows["npsn"].map(merges.set_index("npsn")["into"])
        rows = rows.assign(npsn=rows["npsn"].mask(closed, into))
        keys = ["npsn", "school_year", "grade", "level"]
        rows = rows.groupby(keys, as_index=False, sort=True).agg(
            pupil_count=("pupil_count", "sum"),
            own_variance=("own_variance", "sum"),
            together_sd=("together_sd", "sum"),
        )
    return rows


def _together(rows: pd.DataFrame, seen: Outlook) -> pd.DataFrame:
    """Variances parted into what all of a level share and what each grade has alone.

    Method: docs/method.md eq. 294.
    """
    level_of = rows.drop_duplicates("npsn").set_index("npsn")["level"].astype("object")
    sums = group_forecast(seen, level_of)
    level, levels = pd.factorize(rows["level"].astype("object"))
    year, years = pd.factorize(rows["school_year"])
    pair, size = level * len(years) + year, len(levels) * len(years)
    pupils, variance = (rows[name].to_numpy() for name in ("pupil_count", "variance"))
    squares, own, total = (
        np.bincount(pair, each, minlength=size) for each in (pupils**2, variance, pupils)
    )
    group = pd.Index(levels).get_indexer(sums["group"])
    place = group * len(years) + pd.Index(years).get_indexer(sums["school_year"])
    wide = np.zeros(size)
    wide[place] = ((sums["p90"] - sums["p10"]) / _P10_TO_P90) ** 2
    rest = total**2 - squares
    share = np.divide(np.maximum(wide - own, 0.0), rest, out=np.zeros(size), where=rest > _ALMOST)
    squared = np.nan_to_num(share)[pair]
    both = np.minimum(squared * pupils**2, variance)
    return rows.assign(together_sd=np.sqrt(both), own_variance=variance - both).drop(
        columns="variance"
    )


# ---- rombel --------------------------------------------------------------------------------------


def _classes(stages: Stages, told: Scenario, rows: pd.DataFrame) -> pd.DataFrame:
    """Rombel of each school and year: ``rombel`` as the plan has them, mean at the nodes, variance.

    Returns
    -------
    ``npsn, school_year, rombel, mean_0 .., variance``. Method: docs/method.md eq. 295.
    """
    level, levels = pd.factorize(rows["level"].astype("object"))
    year, years = pd.factorize(rows["school_year"])
    ceiling = _ceilings(stages, told, tuple(levels), tuple(years.tolist()))[level, year]
    pupils = rows["pupil_count"].to_numpy()
    sd = np.sqrt(np.maximum(rows["own_variance"].to_numpy(), _ALMOST))
    together = rows["together_sd"].to_numpy()
    means, variance = [], np.zeros(len(rows))
    most = int(np.ceil(((pupils + 2 * together + 4 * sd) / ceiling).max(initial=1.0))) + 1
    step = np.arange(most)[:, None]
    for node in NODES:
        # More than k full classes ask for one more; pupils are whole.
        above = ndtr((pupils + node * together - (step * ceiling + 0.5)) / sd)
        mean = above.sum(axis=0)
        means.append(mean)
        if node == 0:
            variance = ((2 * step + 1) * above).sum(axis=0) - mean**2
    table = pd.DataFrame(
        {
            "npsn": rows["npsn"].to_numpy(),
            "school_year": rows["school_year"].to_numpy(),
            "rombel": np.ceil(np.rint(pupils) / ceiling),
            **{f"mean_{at}": mean for at, mean in enumerate(means)},
            "variance": np.maximum(variance, 0.0),
        }
    )
    return table.groupby(["npsn", "school_year"]).sum()


def _ceilings(
    stages: Stages, told: Scenario, levels: tuple[str, ...], years: tuple[int, ...]
) -> Numbers:
    """Most pupils per class ``(level, school year)``, as the law or the lever has it."""

    def found() -> Numbers:
        name, year = np.repeat(np.array(levels, dtype=object), len(years)), years * len(levels)
        cells = pd.DataFrame({"npsn": name, "level": name, "school_year": year})
        ruled = teachers.rombel(
            cells.assign(grade=1, pupil_count=1.0), stages.facts.rulebook, None, need_choice(told)
        )
        return ruled["max_pupils"].to_numpy(dtype=np.float64).reshape(len(levels), len(years))

    return stages.kept("class ceiling", (told.of("need"), levels, years), found)


# ---- posts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Posts:
    """Rows of the need with how each varies: ``shift`` (node, row), the others by row."""

    rows: pd.DataFrame
    shift: Numbers
    variance: Numbers
    together: Numbers


def _posts(needed: pd.DataFrame, classes: pd.DataFrame) -> _Posts | None:
    """Whole posts of each school and post where rombel vary; posts by rombel, rounded up.

    Method: docs/method.md eq. 295.
    """
    at = classes.index.get_indexer(pd.MultiIndex.from_frame(needed[["npsn", "school_year"]]))
    varies = (at >= 0) & (needed["needed_count"] > 0).to_numpy()
    varies &= (needed["post"] != HEAD_ROLE).to_numpy()
    if not varies.any():
        return None
    rows = needed.loc[varies].reset_index(drop=True)
    own = classes.iloc[at[varies]]
    count = rows["needed_count"].to_numpy(dtype=np.float64)
    rombel = np.maximum(own["rombel"].to_numpy(), 1.0)
    each = rows["needed_fte"].to_numpy(dtype=np.float64) / rombel
    rounded = np.ceil(each * rombel - _ALMOST)
    # Where the plan has more than the hours ask for, a least number of posts holds.
    least = np.where(count > rounded, count, 1.0)
    sd = np.sqrt(np.maximum(own["variance"].to_numpy(), 1e-6))
    around = np.rint(own["mean_1"].to_numpy())[:, None] + np.arange(-_FAR, _FAR + 1)
    around = np.maximum(around, 0.0)
    posts = np.maximum(np.ceil(each[:, None] * around - _ALMOST), least[:, None])
    posts = np.where(around > 0, posts, 0.0)
    shift = np.zeros((len(NODES), len(rows)))
    variance, together = np.zeros(len(rows)), np.zeros(len(rows))
    for node in range(len(NODES)):
        middle = own[f"mean_{node}"].to_numpy()[:, None]
        edges = (around[:, :-1] + around[:, 1:]) / 2
        below = ndtr((edges - middle) / sd[:, None])
        ones = np.ones((len(rows), 1))
        chance = np.diff(np.concatenate([0 * ones, below, ones], axis=1), axis=1)
        mean = (chance * posts).sum(axis=1)
        shift[node] = mean - count
        if NODES[node] == 0:
            variance = np.maximum((chance * posts**2).sum(axis=1) - mean**2, 0.0)
            together = _together_in_school(at[varies], posts, chance, variance)
    return _Posts(rows, shift, variance, together)


def _together_in_school(
    school: Whole, posts: Numbers, chance: Numbers, variance: Numbers
) -> Numbers:
    """Variance of a school's posts together beyond that of each by itself, shared out by row.

    A class more asks for a class teacher and for hours of every subject at once.
    """
    code, first, of = np.unique(school, return_index=True, return_inverse=True)
    whole = np.zeros((len(code), posts.shape[1]))
    np.add.at(whole, of, posts)
    each = np.bincount(of, weights=variance)
    mean = (chance[first] * whole).sum(axis=1)
    both = np.maximum((chance[first] * whole**2).sum(axis=1) - mean**2, 0.0)
    more = np.divide(both - each, each, out=np.zeros_like(both), where=each > _ALMOST)
    return np.asarray(np.maximum(more[of] * variance, 0.0))
