"""One way to meet a gap as its dated rows describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics.options_figures import (
    KINDS,
    NOTHING,
    OPTION_IDS,
    WORST_FIRST,
    Changed,
    Figure,
    Override,
    by_role,
    figure,
    figure_or_none,
    in_force,
)
from analytics.rules import ANY, RuleBook, RuleError


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
    table = in_force(rulebook, on)
    changed = {(each.option, each.key, each.role_group): each for each in overrides}
    return tuple(_option(table, option, changed) for option in OPTION_IDS)


def _option(table: pd.DataFrame, option: str, changed: Changed) -> Option:
    own = table[table["option"] == option]

    def words(key: str) -> tuple[str, str]:
        rows = own[own["key"] == key]
        if rows.empty:
            raise RuleError(
                f"option.csv: tidak ada baris {key} untuk {option}; tambahkan",
                f"option.csv: no row {key} of {option}; add one",
            )
        return str(rows["text_id"].iloc[0]), str(rows["text_en"].iloc[0])

    kind, employment = words("kind")
    if kind not in KINDS:
        raise RuleError(
            f"option.csv: jenis {option} adalah {kind!r}; tulis salah satu dari {', '.join(KINDS)}",
            f"option.csv: kind of {option} is {kind!r}; {', '.join(KINDS)}",
        )
    months = figure(own, option, "proposal_month", changed)
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
        lead_months=figure(own, option, "lead_months", changed),
        fill_share=figure(own, option, "fill_share", changed),
        proposal_month=(max(1, int(months.low)), int(months.high)),
        most_per_year=figure_or_none(own, option, "most_per_year", changed),
        roles=tuple(dict.fromkeys(roles)),
        yearly_share=by_role(own, option, "yearly_share", changed),
        most_share=by_role(own, option, "most_share", changed),
        contract_months=figure_or_none(own, option, "contract_months", changed),
        investment_idr=figure_or_none(own, option, "investment_idr", changed) or NOTHING,
        upkeep_idr=figure_or_none(own, option, "upkeep_idr", changed) or NOTHING,
        pays=words("pays"),
        eligibility=words("eligibility"),
        reversibility=words("reversibility"),
        standing=next(each for each in WORST_FIRST if each in standings),
        sources=tuple(own[["rule_id", "source", "standing"]].itertuples(index=False, name=None)),
    )
