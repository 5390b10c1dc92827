"""What is asked of the plan: the gap by role and year, seven options on their terms, the limits.

Method: docs/method.md eq. 234-237.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.exits import LEAST_PEOPLE
from analytics.mix import Lock, MixLimits, MixQuestion, Quota, Terms, replacement_quotas
from analytics.options import (
    HIRE,
    LESS_NEED,
    MOVE,
    PPPK,
    PPPK_PW,
    TRANSFER_IN,
    Option,
    arrival_shares,
    less_need_limits,
    options,
)
from analytics.pay_law import PNS, PayChoice
from analytics.pay_newcomer import newcomer_costs, of_role
from analytics.pay_path import PayPath, pay_path
from analytics.projection_months import BY_LAW, CONTRACT, MPP
from analytics.rules import RuleBook
from analytics.scenario import Scenario, ScenarioError
from analytics.scenario_choices import exit_levers, option_overrides, pay_choice
from analytics.scenario_levers import GROUPS, Value
from analytics.scenario_people import Staff
from analytics.scenario_schools import Moves
from analytics.scenario_stages import Stages

Numbers = NDArray[np.float64]

EDUCATORS = "pendidik"
_FAR_FROM_DATE = 10
_EMPLOYMENT = {PPPK: "PPPK", PPPK_PW: "PPPK_PW"}


@dataclass(frozen=True, eq=False)
class Asked:
    """The question of the plan with what it was made of.

    ``roles``: one row per role: ``role``, ``role_group``, ``post``, ``family``. ``options``: the
    seven as they stand under the scenario. ``table``: ``Gap.roles()``.
    """

    question: MixQuestion
    roles: pd.DataFrame
    options: tuple[Option, ...]
    table: pd.DataFrame


@lru_cache(maxsize=8)
def _usual_options(rulebook: RuleBook, on: date) -> tuple[Option, ...]:
    """The seven options as the rules have them; no lever moves these."""
    return options(rulebook, on)


def chosen_options(stages: Stages, told: Scenario) -> tuple[Option, ...]:
    """The seven options under the levers of the scenario."""
    facts = stages.facts

    def found() -> tuple[Option, ...]:
        usual = _usual_options(facts.rulebook, facts.as_of)
        overrides = option_overrides(told, usual)
        return options(facts.rulebook, facts.as_of, overrides) if overrides else usual

    return stages.kept("options", told.of("option"), found)


def asked(stages: Stages, told: Scenario) -> Asked:
    """The question of the plan; levers of budget and plan do not change it."""
    groups = [group for group in GROUPS if group not in ("budget", "plan")]
    return stages.kept("asked", (told.years, told.of(*groups)), lambda: _asked(stages, told))


def _asked(stages: Stages, told: Scenario) -> Asked:
    facts = stages.facts
    table = stages.gap(told).roles()
    keys = ["role", "role_group", "post"]
    roles = table[keys].drop_duplicates().reset_index(drop=True)
    family = facts.rulebook.role_groups.set_index("role_group")["family"]
    roles = roles.assign(family=roles["role_group"].map(family).fillna(""))
    years = np.unique(table["year"].to_numpy())
    shape = (len(roles), len(years))

    def array(column: str) -> Numbers:
        return np.maximum(table[column].to_numpy(dtype=np.float64).reshape(shape), 0.0)

    deficit, surplus = array("deficit_count"), array("surplus_count")
    chosen = chosen_options(stages, told)
    moves = stages.moves(told)
    parts = _Parts(stages, told, roles, years, array("needed_count"), array("within_count"))
    terms = tuple(
        parts.terms(option, moves)
        for option in chosen
        if bool(told[f"option.is_on/{option.option}"]) and has_price(stages, told, option.option)
    )
    raise_share = told.number("pay.yearly_raise_share") or 0.0
    question = MixQuestion(
        years=tuple(int(year) for year in years),
        roles=tuple(roles["role"].astype("str")),
        need=array("needed_count"),
        supply=array("supply_count"),
        leavers=array("leaver_count"),
        deficit=deficit,
        surplus=surplus,
        options=terms,
        families=tuple(roles["family"].astype("str")),
        price_index=np.asarray((1.0 + raise_share) ** np.arange(len(years)), dtype=np.float64),
    )
    return Asked(question, roles, chosen, table)


class _Parts:
    """What the terms of every option are made of."""

    def __init__(  # noqa: PLR0913 - the scenario and its gap by role and year
        self,
        stages: Stages,
        told: Scenario,
        roles: pd.DataFrame,
        years: NDArray[np.int64],
        need: Numbers,
        within: Numbers,
    ) -> None:
        self.stages, self.told, self.roles, self.years = stages, told, roles, years
        self.need, self.within = need, within
        self.quits = yearly_exits(stages, told)

    def terms(self, option: Option, moves: Moves | None) -> Terms:
        """An option over the roles and years."""
        count, length = len(self.roles), len(self.years)
        group = self.roles["role_group"].astype("str")
        eligible = np.array([option.is_open_to(role) for role in group], dtype=bool)
        in_post, paid, is_open = arrival_shares(
            option, self.years.tolist(), self.stages.facts.as_of
        )
        intake = np.full(length, np.inf)
        if option.most_per_year is not None:
            intake[:] = option.most_per_year.mid
        intake[~is_open] = 0.0
        cost, outside, in_cap = self._cost(option)
        in_year, so_far = None, None
        if option.kind == LESS_NEED:
            in_year, so_far = self._less_need(option)
            eligible &= so_far.max(axis=1, initial=0.0) > 0
        if option.kind == MOVE:
            so_far = self._movable(moves)
            in_year = _worth_proposing(so_far, option.fill_share.mid)
            eligible &= so_far.max(axis=1, initial=0.0) > 0
        return Terms(
            option=option.option,
            is_eligible=eligible,
            fill_share=np.full(count, option.fill_share.mid),
            in_post_share=np.minimum(in_post, 1.0),
            paid_share=np.minimum(paid, 1.0),
            survival_share=self._survival(option),
            cost_idr=cost,
            cap_share=in_cap,
            outside_cap_idr=outside,
            most_by_year=intake,
            most_by_role_year=in_year,
            most_in_effect=so_far,
        )

    def _survival(self, option: Option) -> Numbers:
        """Share still there k years after the year of arrival.

        Method: docs/method.md eq. 235.
        """
        shape = (len(self.roles), len(self.years))
        if option.kind != HIRE:
            return np.ones(shape)
        service = np.arange(shape[1])
        quits = self.roles["role_group"].map(self.quits).fillna(self.quits["*"]).to_numpy(float)
        kept = (1.0 - quits[:, None]) ** service
        if option.contract_months is not None and option.option in _EMPLOYMENT:
            renewed = {
                who: share
                for who, share, _ in exit_levers(
                    self.told, self.stages.facts.rulebook, self.stages.facts.as_of
                ).renewal
            }.get(_EMPLOYMENT[option.option], 1.0)
            term = max(option.contract_months.mid / 12.0, 1.0)
            kept = kept * renewed ** np.floor(service / term)
        return np.asarray(kept)

    def _cost(self, option: Option) -> tuple[Numbers, Numbers, float]:
        """Rupiah by role and year of service, outside the cap, and the share within it."""
        shape = (len(self.roles), len(self.years))
        if option.kind != HIRE:
            cost = np.full(shape, option.upkeep_idr.mid)
            cost[:, 0] += option.investment_idr.mid
            return cost, np.zeros(shape), 0.0
        role, groups = pd.factorize(self.roles["role_group"].astype("object"))
        tables = [
            newcomer_table(self.stages, self.told, option.option, str(group)) for group in groups
        ]
        cost, outside, within = (
            np.array([table[name].to_numpy(dtype=np.float64) for table in tables])[role]
            for name in ("total_idr", "outside_cap_idr", "in_cap_idr")
        )
        total = float(cost.sum())
        return cost, outside, float(within.sum()) / total if total > 0 else 1.0

    def _less_need(self, option: Option) -> tuple[Numbers, Numbers]:
        """Posts that may go in a year and in all, by role and year."""
        shape = self.need.shape
        rows = pd.DataFrame(
            {
                "role_group": np.repeat(self.roles["role_group"].to_numpy(), shape[1]),
                "year": np.tile(self.years, shape[0]),
                "needed_count": self.need.ravel(),
                "at": np.arange(self.need.size),
            }
        )
        found = less_need_limits(option, rows)
        used = rows.loc[rows["role_group"].isin(set(dict(option.yearly_share)))]
        in_year, so_far = np.zeros(self.need.size), np.zeros(self.need.size)
        in_year[used["at"]] = np.floor(found["most_in_year"].to_numpy() + 0.5)
        so_far[used["at"]] = found["most_so_far"].to_numpy()
        return in_year.reshape(shape), so_far.reshape(shape)

    def _movable(self, moves: Moves | None) -> Numbers:
        """Posts that moving people can fill: what could be, times what the plan of moves reaches.

        Method: docs/method.md eq. 236, 301.
        """
        if moves is None or not self.within.any():
            return np.zeros_like(self.within)
        if moves.there is not None:
            # Every year has its own plan: nothing is carried over by a share.
            table = moves.there.pivot_table(
                index="post", columns="year", values="moved_count", aggfunc="sum"
            )
            placed = table.reindex(index=self.roles["post"], columns=self.years).fillna(0.0)
            return np.minimum(placed.to_numpy(dtype=np.float64), self.within)
        at = int(np.clip(moves.school_year - int(self.years[0]), 0, len(self.years) - 1))
        moved = moves.by_post.set_index("post")["moved_count"]
        now = self.within[:, at]
        own = self.roles["post"].map(moved).fillna(0).to_numpy(dtype=np.float64)
        whole = float(min(own.sum() / now.sum(), 1.0)) if now.sum() > 0 else 0.0
        share = np.where(now > 0, np.minimum(own / np.maximum(now, 1e-9), 1.0), whole)
        return share[:, None] * self.within


def _worth_proposing(movable: Numbers, fill_share: float) -> Numbers:
    """Moves worth proposing in a year: as many as fill what can be moved from then on.

    Nobody proposes a hundred moves so that the few that are through by December fill five posts.
    Method: docs/method.md eq. 236.
    """
    ahead = np.maximum.accumulate(movable[:, ::-1], axis=1)[:, ::-1]
    return np.ceil(ahead / max(fill_share, 1e-9) - 1e-6)


def pay_of(
    stages: Stages, years: int, levers: tuple[tuple[str, Value], ...], choice: PayChoice
) -> PayPath:
    """Pay of today's people by year under levers of pay."""
    facts = stages.facts
    return stages.kept(
        "pay",
        (years, levers),
        lambda: pay_path(facts.posted, facts.as_of, years, facts.rulebook, choice),
    )


def has_price(stages: Stages, told: Scenario, option: str) -> bool:
    """Whether it is known what newcomers of an option cost.

    Who is transferred in costs what permanent staff of today costs: nobody knows it where there is
    none, or none with a grade.
    """
    if option != TRANSFER_IN:
        return True
    path = pay_of(stages, told.years, told.of("pay"), pay_choice(told))
    is_permanent = (stages.facts.posted["employment"] == PNS).to_numpy(dtype=bool)
    return bool((is_permanent & path.is_priced).any())


def newcomer_table(stages: Stages, told: Scenario, option: str, role_group: str) -> pd.DataFrame:
    """Yearly cost of one newcomer by year of service, as ``pay_newcomer`` has it.

    Without the general raise: that moves the prices of the plan's years, and would count twice.
    """
    facts, length = stages.facts, told.years + 1
    levers = tuple(pair for pair in told.of("pay") if pair[0] != "pay.yearly_raise_share")

    def priced() -> Mapping[str, pd.DataFrame]:
        still = pay_choice(told.moved("pay.yearly_raise_share", None))
        path = pay_of(stages, told.years, levers, still) if option == TRANSFER_IN else None
        return newcomer_costs(
            option, length, facts.rulebook, still, on=facts.as_of, staff=facts.posted, path=path
        )

    return of_role(stages.kept("newcomer", (option, length, levers), priced), role_group)


def yearly_exits(stages: Stages, told: Scenario) -> Mapping[str, float]:
    """Chance that a newcomer leaves early within a year, by role group; ``*`` for all.

    The mean over those at least ten years from their date, ten people or more.
    Method: docs/method.md eq. 235.
    """
    key = told.of("law", "exits")
    return stages.kept("yearly exits", key, lambda: _yearly_exits(stages, told, stages.staff(told)))


def _yearly_exits(stages: Stages, told: Scenario, staff: Staff) -> dict[str, float]:
    facts = stages.facts
    factors = dict(exit_levers(told, facts.rulebook, facts.as_of).factors)
    early = [
        hazard[:, 0] * factors.get(cause, 1.0)
        for cause, hazard in staff.hazards.items()
        if cause not in (BY_LAW, CONTRACT, MPP)
    ]
    chance = np.minimum(np.sum(early, axis=0), 1.0) if early else np.zeros(len(staff.people))
    left = (staff.people["retires_on"] - pd.Timestamp(facts.as_of)).dt.days / 365.25
    far = (left >= _FAR_FROM_DATE).to_numpy()
    if not far.any():
        far = np.ones(len(far), dtype=bool)
    rows = pd.DataFrame({"role_group": staff.posted["role_group"].to_numpy()[far]})
    rows = rows.assign(chance=chance[far])
    found = rows.groupby("role_group")["chance"].agg(["mean", "size"])
    own = found.loc[found["size"] >= LEAST_PEOPLE, "mean"].to_dict()
    return {"*": float(chance[far].mean()), **{str(k): float(v) for k, v in own.items()}}


def limits(asked_of: Asked, told: Scenario, room_idr: Numbers | None) -> MixLimits:
    """Quotas, cap, money, floor and formations fixed by hand.

    Parameters
    ----------
    room_idr
        By year: room left under the cap by those already there; inf where it does not bind; None
        where no budget is known.
    """
    question = asked_of.question
    length = len(question.years)
    quotas: list[Quota] = []
    ratio = told.number("plan.replacement_ratio")
    if ratio is not None:
        others = told.number("plan.replacement_ratio_others") or 0.0
        only = EDUCATORS if told["plan.replacement_teachers_only"] else None
        quotas += replacement_quotas(question, ratio, only_family=only, other_ratio=others)
    most = told.whole("plan.most_formations")
    hires = tuple(option.option for option in asked_of.options if option.kind == HIRE)
    if most is not None:
        quotas.append(Quota("formations", hires, np.full(length, float(most))))
    money = told.number("plan.money_idr")
    floor = told.number("plan.floor_share") or 0.0
    return MixLimits(
        quotas=tuple(quotas),
        cap_room_idr=room_idr if told["plan.keep_cap"] else None,
        money_idr=None if money is None else np.full(length, money),
        floor_share=np.full(len(question.roles), floor) if floor > 0 else None,
        locks=_locks(told, question),
    )


def _locks(told: Scenario, question: MixQuestion) -> tuple[Lock, ...]:
    found = []
    known: Sequence[str] = [terms.option for terms in question.options]
    for thing, value in told.family("plan.fixed").items():
        option, _, rest = thing.partition("/")
        role, _, year = rest.rpartition("/")
        fits = option in known and role in question.roles and year.isdecimal()
        if not fits or int(year) not in question.years:
            raise ScenarioError(
                f"plan.fixed/{thing}: tulis pilihan/peran/tahun yang ada, misalnya"
                f" cpns/guru:guru_kelas@SD/{question.years[0] + 1}.",
                f"plan.fixed/{thing}: write an option/role/year that exists, such as"
                f" cpns/guru:guru_kelas@SD/{question.years[0] + 1}.",
            )
        found.append(Lock(option, role, int(year), int(str(value))))
    return tuple(found)
