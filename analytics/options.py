"""The seven ways to meet a gap: what each takes, gives, costs beside pay, and how soon it comes.

Every number is a dated row of ``data/rules/option.csv`` with its source and standing; a user may
replace any of them, and the answer says which. Method: docs/method.md eq. 200-206.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.rules import ANY, RuleBook, RuleError

Numbers = NDArray[np.float64]

CPNS, PPPK, PPPK_PW = "cpns", "pppk", "pppk_pw"
TRANSFER_IN, REDISTRIBUTION = "mutasi_masuk", "redistribusi"
REORGANISING, TECHNOLOGY = "penataan", "teknologi"
OPTION_IDS = (CPNS, PPPK, PPPK_PW, TRANSFER_IN, REDISTRIBUTION, REORGANISING, TECHNOLOGY)
# Rows about workload analysis stand in the same table.
ABK = "abk"
HIRE, MOVE, LESS_NEED = "hire", "move", "less_need"
KINDS = (HIRE, MOVE, LESS_NEED)
# What a row of option.csv may be about, and the largest value it may have.
_MOST = {
    "lead_months": 120.0,
    "fill_share": 1.0,
    "proposal_month": 12.0,
    "most_per_year": np.inf,
    "yearly_share": 1.0,
    "most_share": 1.0,
    "scope": 1.0,
    "contract_months": 600.0,
    "investment_idr": np.inf,
    "upkeep_idr": np.inf,
    "discount_rate": 1.0,
}
_WORST_FIRST = ("disputed", "unconfirmed", "local_choice", "settled")
_OVERRIDDEN = "pilihan pengguna"


@dataclass(frozen=True)
class Figure:
    """A number with what it may be, and where it is from."""

    low: float
    mid: float
    high: float
    source: str = ""
    standing: str = "local_choice"
    rule_id: str = ""

    def quantile(self, share: float) -> float:
        """Of the triangle low, mid, high. Method: docs/method.md eq. 200."""
        if self.high <= self.low:
            return self.mid
        at_mode = (self.mid - self.low) / (self.high - self.low)
        if share < at_mode:
            return self.low + np.sqrt(share * (self.high - self.low) * (self.mid - self.low))
        rest = (1.0 - share) * (self.high - self.low) * (self.high - self.mid)
        return float(self.high - np.sqrt(rest))

    def reached(self, value: ArrayLike) -> Numbers:
        """P(triangle <= value). Method: docs/method.md eq. 200."""
        x = np.asarray(value, dtype=np.float64)
        low, mid, high = self.low, self.mid, self.high
        if high <= low:
            return np.where(x >= mid, 1.0, 0.0)
        span = high - low
        rising = (x - low) ** 2 / (span * max(mid - low, 1e-300))
        falling = 1.0 - (high - x) ** 2 / (span * max(high - mid, 1e-300))
        inside = np.where(x < mid, rising, falling) if mid < high else rising
        return np.where(x <= low, 0.0, np.where(x >= high, 1.0, inside))


@dataclass(frozen=True)
class Override:
    """A number of an option that the user replaced."""

    option: str
    key: str
    low: float
    mid: float
    high: float
    role_group: str = ANY

    def __post_init__(self) -> None:
        most = _MOST.get(self.key)
        if most is None:
            raise RuleError(f"no number {self.key!r} of an option; one of {', '.join(_MOST)}")
        if self.option not in (*OPTION_IDS, ANY):
            raise RuleError(f"no option {self.option!r}; one of {', '.join(OPTION_IDS)}")
        if not 0.0 <= self.low <= self.mid <= self.high <= most:
            raise RuleError(
                f"{self.key} of {self.option}: {self.low}, {self.mid}, {self.high} must rise from"
                f" 0 to {most:g} at most"
            )


@dataclass(frozen=True)
class Option:
    """One way to meet a gap.

    Attributes
    ----------
    option
        One of ``OPTION_IDS``.
    kind
        ``hire`` (a newcomer with pay), ``move`` (somebody already paid), ``less_need`` (posts that
        are no longer needed).
    employment
        ``PNS``, ``PPPK``, ``PPPK_PW`` or ''.
    lead_months
        From the proposal to the first day of work.
    fill_share
        Share of what is proposed that comes true.
    proposal_month
        Calendar months, first to last, in which it can be proposed.
    most_per_year
        People a year at most; None: no ceiling of its own.
    roles
        Role groups it is open to; empty: all.
    yearly_share, most_share
        Of ``less_need``: ``(role_group, share of need)`` that may go in a year, and in all.
    contract_months
        Length of a contract; None: until retirement age.
    investment_idr, upkeep_idr
        Beside pay, per post: once, and every year.
    pays, eligibility, reversibility
        Words in Indonesian and English.
    standing
        The worst standing of any of its rows; ``sources`` names each row's.
    """

    option: str
    label: tuple[str, str]
    kind: str
    employment: str
    lead_months: Figure
    fill_share: Figure
    proposal_month: tuple[int, int]
    most_per_year: Figure | None
    roles: tuple[str, ...]
    yearly_share: tuple[tuple[str, Figure], ...]
    most_share: tuple[tuple[str, Figure], ...]
    contract_months: Figure | None
    investment_idr: Figure
    upkeep_idr: Figure
    pays: tuple[str, str]
    eligibility: tuple[str, str]
    reversibility: tuple[str, str]
    standing: str
    sources: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)

    def is_open_to(self, role_group: str) -> bool:
        """Whether a role group may be filled this way."""
        return not self.roles or role_group in self.roles


def options(rulebook: RuleBook, on: date, overrides: Sequence[Override] = ()) -> tuple[Option, ...]:
    """The seven options as they stand on a day, in their fixed order.

    Parameters
    ----------
    overrides
        Numbers that the user replaced.

    Raises
    ------
    RuleError
        When a number of an option has no row, or an override means a number no option has.
    """
    table = _in_force(rulebook, on)
    changed = {(each.option, each.key, each.role_group): each for each in overrides}
    return tuple(_option(table, option, changed) for option in OPTION_IDS)


def discount_rate(rulebook: RuleBook, on: date, overrides: Sequence[Override] = ()) -> Figure:
    """The yearly rate by which later money counts less."""
    changed = {(each.option, each.key, each.role_group): each for each in overrides}
    return _figure(_in_force(rulebook, on), ANY, "discount_rate", changed)


def effective_hours(rulebook: RuleBook, on: date) -> float:
    """Effective hours a year of one post, by which a workload analysis (ABK) divides its work.

    Raises
    ------
    RuleError
        When no row answers. Method: docs/method.md eq. 192.
    """
    return _figure(_in_force(rulebook, on), ABK, "effective_hours", {}).mid


@dataclass(frozen=True, eq=False)
class Arrivals:
    """When what is proposed in one year comes, given that it comes.

    Attributes
    ----------
    is_open
        Whether it can still be proposed in that year.
    by_month
        Share in post from the first day of each month, January of the first year on.
    in_post, paid
        By calendar year: share in post at its end; share of the year in which it is paid.
    """

    option: str
    proposed_year: int
    years: NDArray[np.int64]
    is_open: bool
    by_month: Numbers
    in_post: Numbers
    paid: Numbers

    def cost_by_year(self, by_service_year: ArrayLike) -> Numbers:
        """Cost by calendar year of one who comes, from the cost of each year of service.

        Method: docs/method.md eq. 203.
        """
        cost = np.asarray(by_service_year, dtype=np.float64)
        if not len(cost):
            raise ValueError("no year of service; give at least one")
        months = len(self.by_month)
        starts = np.diff(self.by_month, prepend=0.0)
        monthly = np.repeat(cost, 12) / 12.0
        # Who serves longer than the costs tell goes on at the last one.
        monthly = np.append(monthly, np.full(max(0, months - len(monthly)), cost[-1] / 12.0))
        paid: Numbers = np.convolve(starts, monthly[:months])[:months]
        return paid.reshape(len(self.years), 12).sum(axis=1)


def arrivals(
    option: Option, proposed_year: int, years: Sequence[int], as_of: date | None = None
) -> Arrivals:
    """The share of one year's proposals in post at the end of each year.

    Parameters
    ----------
    proposed_year
        Calendar year of the proposal.
    years
        Calendar years to tell, ascending without gaps.
    as_of
        Nothing is proposed in a month before that of this day; None: the whole year is ahead.

    Returns
    -------
    Shares of those who come at all: multiply with ``fill_share``. Work begins on the first of a
    month. Method: docs/method.md eq. 201-202.
    """
    wanted = np.asarray(list(years), dtype=np.int64)
    if not len(wanted) or (np.diff(wanted) != 1).any():
        raise ValueError(f"years are {list(years)}; ascending without gaps, at least one")
    first, last = option.proposal_month
    if as_of is not None and as_of.year == proposed_year:
        first = max(first, as_of.month)
    is_open = first <= last and (as_of is None or proposed_year >= as_of.year)
    month = np.arange(12 * len(wanted))
    share = np.zeros(len(month))
    if is_open:
        begun = 12 * (proposed_year - int(wanted[0])) + np.arange(first - 1, last)
        share = option.lead_months.reached(month[None, :] - begun[:, None]).mean(axis=0)
    by_year = share.reshape(len(wanted), 12)
    return Arrivals(
        option.option, proposed_year, wanted, is_open, share, by_year[:, -1], by_year.mean(axis=1)
    )


def arrival_shares(
    option: Option, years: Sequence[int], as_of: date
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """``in_post`` and ``paid`` as ``(proposal year, year)``, and in which years it is open."""
    each = [arrivals(option, int(year), years, as_of) for year in years]
    return (
        np.array([one.in_post for one in each]),
        np.array([one.paid for one in each]),
        np.array([one.is_open for one in each]),
    )


def option_table(
    chosen: Sequence[Option],
    costs: Mapping[str, pd.DataFrame],
    leaver_idr: float = np.nan,
    discount: float = 0.0,
) -> pd.DataFrame:
    """The options side by side for one role.

    Parameters
    ----------
    costs
        Option -> yearly cost by year of service of one newcomer (``pay.newcomer_cost``):
        ``total_idr``, ``outside_cap_idr`` and, where present, ``apbn_idr``.
    leaver_idr
        Yearly cost to APBD of whoever leaves.
    discount
        Yearly rate for the present sum of ten years.

    Returns
    -------
    One row per option: ``option``, ``label_id``, ``label_en``, ``kind``, ``first_year_idr``,
    ``fifth_year_idr``, ``ten_year_idr`` (sum), ``ten_year_present_idr``, ``outside_cap_idr``
    (first year), ``apbn_idr`` (first year), ``people_per_billion`` (people paid for a year by Rp 1
    billion; NaN where a person costs nothing), ``saves_first_year_idr`` against the leaver,
    ``months_p10``, ``months_p50``, ``months_p90`` to the first day of work, ``fill_share`` with
    ``fill_low`` and ``fill_high``, ``most_per_year``, ``contract_months``, the words and
    ``standing``. Investment counts in the first year, upkeep in every year, neither as personnel
    spending. Method: docs/method.md eq. 204-205.
    """
    rows = []
    for option in chosen:
        cost = costs.get(option.option)
        years = np.zeros(10)
        outside = apbn = 0.0
        if cost is not None and len(cost):
            told = cost["total_idr"].to_numpy(dtype=np.float64)[:10]
            years[: len(told)] = told
            years[len(told) :] = told[-1]
            outside = float(cost["outside_cap_idr"].iloc[0]) if "outside_cap_idr" in cost else 0.0
            apbn = float(cost["apbn_idr"].iloc[0]) if "apbn_idr" in cost else 0.0
        elif option.kind == HIRE:
            years[:] = np.nan
            outside = apbn = np.nan
        beside = np.full(10, option.upkeep_idr.mid)
        beside[0] += option.investment_idr.mid
        spent = years + beside
        worth = spent / (1.0 + discount) ** np.arange(10)
        lead = option.lead_months
        rows.append(
            {
                "option": option.option,
                "label_id": option.label[0],
                "label_en": option.label[1],
                "kind": option.kind,
                "first_year_idr": spent[0],
                "fifth_year_idr": spent[4],
                "ten_year_idr": spent.sum(),
                "ten_year_present_idr": worth.sum(),
                "outside_cap_idr": outside,
                "apbn_idr": apbn,
                "people_per_billion": 1e9 / spent[0] if spent[0] > 0 else np.nan,
                "saves_first_year_idr": leaver_idr - spent[0],
                "months_p10": lead.quantile(0.1),
                "months_p50": lead.quantile(0.5),
                "months_p90": lead.quantile(0.9),
                "fill_share": option.fill_share.mid,
                "fill_low": option.fill_share.low,
                "fill_high": option.fill_share.high,
                "most_per_year": np.nan if option.most_per_year is None
                else option.most_per_year.mid,
                "contract_months": np.nan if option.contract_months is None
                else option.contract_months.mid,
                "pays_id": option.pays[0], "pays_en": option.pays[1],
                "eligibility_id": option.eligibility[0], "eligibility_en": option.eligibility[1],
                "reversibility_id": option.reversibility[0],
                "reversibility_en": option.reversibility[1],
                "standing": option.standing,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def less_need_limits(
    option: Option, needed: pd.DataFrame
) -> pd.DataFrame:  # role_group, year, needed_count
    """How many posts a ``less_need`` option may take off need, by role group and year.

    Parameters
    ----------
    needed
        ``role_group``, ``year``, ``needed_count``: posts needed before any is taken off.

    Returns
    -------
    ``role_group``, ``year``, ``most_in_year`` (posts that may go in the year) and ``most_so_far``
    (posts that may have gone by its end). Method: docs/method.md eq. 206.
    """
    yearly, most = dict(option.yearly_share), dict(option.most_share)
    rows = needed.loc[needed["role_group"].isin(list(yearly))]
    share = rows["role_group"].map(lambda role: yearly[role].mid)
    ever = rows["role_group"].map(lambda role: most[role].mid if role in most else 1.0)
    return pd.DataFrame(
        {
            "role_group": rows["role_group"].to_numpy(),
            "year": rows["year"].to_numpy(),
            "most_in_year": (share * rows["needed_count"]).to_numpy(dtype=np.float64),
            "most_so_far": (ever * rows["needed_count"]).to_numpy(dtype=np.float64),
        }
    )


def rule_table(chosen: Sequence[Option]) -> pd.DataFrame:
    """Every row behind the options: ``option``, ``rule_id``, ``source``, ``standing``."""
    rows = [(option.option, *each) for option in chosen for each in option.sources]
    return pd.DataFrame(rows, columns=["option", "rule_id", "source", "standing"])


# ---- reading the rows ----------------------------------------------------------------------------

_Changed = Mapping[tuple[str, str, str], Override]


def _in_force(rulebook: RuleBook, on: date) -> pd.DataFrame:
    table, day = rulebook.option_rules, pd.Timestamp(on)
    return table[(table["effective_from"] <= day) & (day <= table["effective_to"])]


def _option(table: pd.DataFrame, option: str, changed: _Changed) -> Option:
    own = table[table["option"] == option]

    def words(key: str) -> tuple[str, str]:
        rows = own[own["key"] == key]
        if rows.empty:
            raise RuleError(f"option.csv: no row {key} of {option}; add one")
        return str(rows["text_id"].iloc[0]), str(rows["text_en"].iloc[0])

    kind, employment = words("kind")
    if kind not in KINDS:
        raise RuleError(f"option.csv: kind of {option} is {kind!r}; {', '.join(KINDS)}")
    months = _figure(own, option, "proposal_month", changed)
    scope = own.loc[(own["key"] == "scope") & (own["value_mid"] > 0), "role_group"]
    roles = [role for role in scope if role != ANY]
    for override in changed.values():
        if override.option == option and override.key == "scope":
            roles = [role for role in roles if role != override.role_group]
            roles += [override.role_group] if override.mid > 0 else []
    figures = [each for each in changed.values() if each.option == option]
    standings = {*own["standing"], *(["local_choice"] if figures else [])}
    return Option(
        option=option,
        label=words("name"),
        kind=kind,
        employment=employment.strip("-"),
        lead_months=_figure(own, option, "lead_months", changed),
        fill_share=_figure(own, option, "fill_share", changed),
        proposal_month=(max(1, int(months.low)), int(months.high)),
        most_per_year=_figure_or_none(own, option, "most_per_year", changed),
        roles=tuple(dict.fromkeys(roles)),
        yearly_share=_by_role(own, option, "yearly_share", changed),
        most_share=_by_role(own, option, "most_share", changed),
        contract_months=_figure_or_none(own, option, "contract_months", changed),
        investment_idr=_figure_or_none(own, option, "investment_idr", changed) or _NOTHING,
        upkeep_idr=_figure_or_none(own, option, "upkeep_idr", changed) or _NOTHING,
        pays=words("pays"),
        eligibility=words("eligibility"),
        reversibility=words("reversibility"),
        standing=next(each for each in _WORST_FIRST if each in standings),
        sources=tuple(own[["rule_id", "source", "standing"]].itertuples(index=False, name=None)),
    )


_NOTHING = Figure(0.0, 0.0, 0.0, standing="settled")


def _figure(table: pd.DataFrame, option: str, key: str, changed: _Changed) -> Figure:
    found = _figure_or_none(table, option, key, changed)
    if found is None:
        raise RuleError(f"option.csv: no row {key} of {option}; add one with its source")
    return found


def _figure_or_none(
    table: pd.DataFrame, option: str, key: str, changed: _Changed, role_group: str = ANY
) -> Figure | None:
    override = changed.get((option, key, role_group))
    if override is not None:
        return Figure(override.low, override.mid, override.high, _OVERRIDDEN)
    rows = table[
        (table["option"] == option) & (table["key"] == key) & (table["role_group"] == role_group)
    ]
    if rows.empty:
        return None
    row = rows.iloc[0]
    low, mid, high = (float(row[name]) for name in ("value_low", "value_mid", "value_high"))
    return Figure(low, mid, high, str(row["source"]), str(row["standing"]), str(row["rule_id"]))


def _by_role(
    own: pd.DataFrame, option: str, key: str, changed: _Changed
) -> tuple[tuple[str, Figure], ...]:
    told = list(own.loc[own["key"] == key, "role_group"])
    told += [role for name, what, role in changed if name == option and what == key]
    found = []
    for role in dict.fromkeys(told):
        figure = _figure_or_none(own, option, key, changed, role)
        if figure is not None:
            found.append((role, figure))
    return tuple(found)
