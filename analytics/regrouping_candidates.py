"""Who may close: local rules, each a switch, and who is exempt from them.

Thresholds are local choices; the 60-pupil rule of BOS is told as a warning and is no law here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.distances import located, straight_matrix
from analytics.regrouping_condition import DEGREES, USUAL_DEGREE, is_damaged, told_flag
from analytics.regrouping_rules import local_value

# Words of a list by which a school is exempt; where the column is not there, nobody is.
EXEMPTIONS = ("is_remote", "is_special", "is_integrated")
FEW_NOW, FEW_AHEAD, FEW_PER_CLASS = "few_now", "few_ahead", "few_per_class"
SAME_YARD, DAMAGED, BY_HAND = "same_yard", "damaged", "by_hand"


@dataclass(frozen=True)
class CandidateRules:
    """Rules by which a school becomes a candidate; None or False: this rule is off.

    Parameters
    ----------
    min_pupils
        Fewer pupils than this, ``years_running`` years one after another up to the last.
    min_pupils_ahead
        Fewer pupils than this in the year the forecast is asked for.
    years_running
        For ``min_pupils``, calendar years one after another; a school whose first figures are
        younger is judged by those, a year without figures among them breaks the row.
    least_per_class
        Fewer pupils than this per grade taught, on average.
    same_yard_km
        Another school of its level this near in a straight line, or in the same ``yard``.
    damaged
        Buildings known to be damaged: said outright, or ``damaged_share`` of the classrooms and
        more damaged to ``damaged_from`` or worse.
    damaged_share, damaged_from
        Settings of whoever plans (the share usual here: ``data/rules/regrouping.csv``); a share of
        None asks only for what a list says outright.
    must_meet_all
        A candidate meets every rule that is on, instead of one of them.
    exempt
        Which of ``is_remote``, ``is_special``, ``is_integrated`` keep a school out.
    always, never
        Schools (npsn) made candidates, or kept out, by hand.
    accept_shared
        For ``same_yard_km``: schools on one point stand there indeed.
    """

    min_pupils: int | None = None
    min_pupils_ahead: int | None = None
    years_running: int = 1
    least_per_class: float | None = None
    same_yard_km: float | None = None
    damaged: bool = False
    damaged_share: float | None = None
    damaged_from: str = USUAL_DEGREE
    must_meet_all: bool = False
    exempt: tuple[str, ...] = EXEMPTIONS
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    accept_shared: bool = False

    def __post_init__(self) -> None:
        for name in ("min_pupils", "min_pupils_ahead", "least_per_class", "same_yard_km"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value}; a number of 0 or more, or nothing")
        if self.damaged_share is not None and not 0 < self.damaged_share <= 1:
            raise ValueError(f"damaged_share is {self.damaged_share}; above 0, to 1")
        if self.damaged_from not in DEGREES:
            raise ValueError(f"damaged_from is {self.damaged_from!r}; {', '.join(DEGREES)}")
        if self.years_running < 1:
            raise ValueError(f"years_running is {self.years_running}; 1 year or more")
        if unknown := sorted(set(self.exempt) - set(EXEMPTIONS)):
            raise ValueError(f"exempt names {unknown[0]!r}; {', '.join(EXEMPTIONS)}")
        if both := sorted(set(self.always) & set(self.never)):
            raise ValueError(
                f"{', '.join(both)}: calon dan dikecualikan sekaligus; pilih satu / always and"
                " never a candidate; choose one"
            )


def candidates(
    schools: pd.DataFrame, history: pd.DataFrame, rules: CandidateRules, ahead: int | None = None
) -> pd.DataFrame:
    """Which schools may close, by which rule, and which are exempt.

    Parameters
    ----------
    schools
        One row per school: ``npsn``, ``level`` and where known ``latitude``, ``longitude``,
        ``yard``, what :mod:`analytics.regrouping_condition` reads of damage, and the
        columns of ``EXEMPTIONS`` (blank: not known, so no).
    history
        ``npsn``, ``school_year``, ``grade``, ``pupil_count``; may hold years ahead.
    ahead
        The school year of the forecast ``min_pupils_ahead`` asks about; None: the last year.

    Returns
    -------
    One row per school in the order given: ``npsn``, ``is_candidate``, ``rules`` (those met, '+'
    between), ``exempt_by`` ('' or the column, or ``by_hand``), ``pupil_count`` (last year that is
    not ahead), ``pupil_count_ahead``.

    Method: docs/method.md eq. 122.
    """
    npsn = schools["npsn"]
    by_year = history.groupby(["npsn", "school_year"])["pupil_count"].sum().unstack()
    by_year = by_year.reindex(npsn)
    years = sorted(by_year.columns)
    last_year = max((year for year in years if ahead is None or year < ahead), default=None)
    asked_year = ahead if ahead is not None else last_year
    nothing = pd.Series(np.nan, index=npsn)
    now = by_year[last_year] if last_year is not None else nothing
    later = by_year.get(asked_year, nothing)
    met: dict[str, np.ndarray] = {}
    if rules.min_pupils is not None:
        few = _few_running(by_year, last_year, rules.min_pupils, rules.years_running)
        met[FEW_NOW] = (few & now.notna()).to_numpy()
    if rules.min_pupils_ahead is not None:
        met[FEW_AHEAD] = (later < rules.min_pupils_ahead).to_numpy()
    if rules.least_per_class is not None:
        taught = history[(history["school_year"] == last_year) & (history["pupil_count"] > 0)]
        grades = taught.groupby("npsn")["grade"].nunique().reindex(npsn)
        met[FEW_PER_CLASS] = (now / grades < rules.least_per_class).to_numpy()
    if rules.same_yard_km is not None:
        met[SAME_YARD] = _shares_yard(schools, rules.same_yard_km, rules.accept_shared)
    if rules.damaged:
        met[DAMAGED] = is_damaged(schools, rules.damaged_share, rules.damaged_from).to_numpy()
    on = list(met)
    table = np.array([met[name] for name in on]).reshape(len(on), len(schools))
    is_met = table.all(axis=0) if rules.must_meet_all and on else table.any(axis=0)
    by_hand = npsn.isin(rules.always).to_numpy()
    exempt_by = np.full(len(schools), "", dtype=object)
    for column in rules.exempt:
        exempt_by[told_flag(schools, column).to_numpy() & (exempt_by == "")] = column
    exempt_by[by_hand] = ""
    exempt_by[npsn.isin(rules.never).to_numpy()] = BY_HAND
    named = [
        "+".join([name for name, one in zip(on, row, strict=True) if one] + [BY_HAND] * hand)
        for row, hand in zip(table.T, by_hand.tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "npsn": npsn.to_numpy(),
            "is_candidate": (is_met | by_hand) & (exempt_by == ""),
            "rules": named,
            "exempt_by": exempt_by,
            "pupil_count": now.to_numpy(),
            "pupil_count_ahead": later.to_numpy(),
        }
    )


def _few_running(
    by_year: pd.DataFrame, last_year: int | None, most: int, years_running: int
) -> pd.Series:
    """Which schools had fewer pupils than ``most`` in every one of the years up to the last."""
    if last_year is None:
        return pd.Series(False, index=by_year.index)
    known = by_year[[year for year in by_year.columns if year <= last_year]].notna()
    first = known.idxmax(axis=1).where(known.any(axis=1), last_year)
    years = range(int(last_year) - years_running + 1, int(last_year) + 1)
    running = by_year.reindex(columns=pd.Index(years))
    # Before its first figures a school says nothing for or against.
    too_young = pd.DataFrame({year: first > year for year in years})
    return ((running < most) | too_young).all(axis=1)


def without_bos(history: pd.DataFrame, on: date) -> pd.Series:
    """Schools that the BOS rule of 2019-2021 would have left without: a warning, not law.

    Parameters
    ----------
    history
        ``npsn``, ``school_year``, ``grade``, ``pupil_count``, nothing ahead.
    on
        The threshold and the years are those of ``data/rules/regrouping.csv`` on this day.

    Returns
    -------
    By ``npsn``: whether each of the last years (as many as the rule asks for, running, all of
    them known) had fewer pupils than the threshold.
    """
    years = int(local_value("years_running", on))
    by_year = history.groupby(["npsn", "school_year"])["pupil_count"].sum().unstack()
    newest = int(by_year.columns.max()) if by_year.shape[1] else 0
    last = by_year.reindex(columns=range(newest - years + 1, newest + 1))
    few = (last < local_value("min_pupils", on)).all(axis=1)
    return few.rename("is_warned")


def _shares_yard(schools: pd.DataFrame, nearest_km: float, accept_shared: bool) -> np.ndarray:
    """Whether another school of the level stands this near, or in the yard of the same name."""
    km = straight_matrix(located(schools, accept_shared))
    np.fill_diagonal(km, np.nan)
    level = pd.factorize(schools["level"])[0]
    with np.errstate(invalid="ignore"):
        near = ((km <= nearest_km) & (level[:, None] == level)).any(axis=1)
    if "yard" in schools:
        yard = schools["yard"].astype("object").fillna("").astype("str")
        shared = yard.groupby([yard, schools["level"]]).transform("size") > 1
        near |= (shared & (yard != "")).to_numpy()
    return np.asarray(near)
