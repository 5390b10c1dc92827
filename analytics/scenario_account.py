"""What a run comes to, as tables whose steps add up: people, rupiah, posts, who fills them.

Numbers that leave are whole: expectations are rounded so that every sum holds to the last person
and rupiah (largest remainder). Method: docs/method.md eq. 238-242.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.mix import Mix
from analytics.pay import PARTS
from analytics.pay_path import PayPath
from analytics.projection import Projection
from analytics.scenario_terms import Asked

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

ARRIVE, NEWCOMERS_LEAVE = "masuk", "pengganti_keluar"
LEAVERS, SHORT_NOW, NEED_GROWS = "keluar", "kurang_hari_ini", "kebutuhan_naik"
LESS_NEEDED, UNFILLED, NOT_COMPUTED = "tidak_perlu_lagi", "belum_terisi", "belum_dihitung"
SPARE = "berlebih"
PAY_FREED, PAY_STEPS = "gaji_yang_keluar", "kenaikan_gaji"


def whole_shares(values: Sequence[float] | Numbers, total: int | None = None) -> Whole:
    """Whole numbers nearest to values, which sum to ``total`` (their own rounded sum if None).

    Method: docs/method.md eq. 238.
    """
    told = np.asarray(values, dtype=np.float64)
    goal = int(np.rint(told.sum())) if total is None else total
    low = np.floor(told).astype(np.int64)
    left = goal - int(low.sum())
    # The largest remainders take what is left; ties go to the first.
    order = np.argsort(-(told - low), kind="stable")
    if len(told):
        each, rest = divmod(left, len(told))
        low += each
        low[order[:rest]] += 1
    return low


def staff_tables(
    ahead: Projection, bands: pd.DataFrame, asked: Asked, mix: Mix
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody on the payroll at the end of each year, and the steps between.

    Parameters
    ----------
    bands
        ``year, end_p10, end_p50, end_p90``, newcomers in it.

    Returns
    -------
    ``staff``: ``year, start_count, end_count, newcomer_count, end_p10, end_p50, end_p90``.
    ``staff_account``: ``year, step, change_count``; steps are the causes of leaving,
    ``masuk_<option>`` and ``pengganti_keluar``; start + changes = end in every year.
    Method: docs/method.md eq. 239, 299.
    """
    years = ahead.months.years
    changes = ahead.account((), "year")["change_count"].to_numpy(dtype=np.float64)
    changes = changes.reshape(len(years), len(ahead.steps))
    parts = {step: changes[:, at] for at, step in enumerate(ahead.steps) if step != "mpp"}
    come, there = newcomers(mix)
    left = np.zeros(len(years))
    for at, terms in enumerate(asked.question.options):
        if terms.kind != "hire":
            continue
        parts[f"{ARRIVE}_{terms.option}"] = come[at].sum(axis=0)
        left += np.diff(there[at].sum(axis=0), prepend=0.0) - come[at].sum(axis=0)
    parts[NEWCOMERS_LEAVE] = left
    names, table = list(parts), np.array(list(parts.values()))
    level = ahead.start.sum() + np.cumsum(table.sum(axis=0))
    end = np.rint(level).astype(np.int64)
    start = np.concatenate([[int(np.rint(ahead.start.sum()))], end[:-1]])
    moved = np.array([whole_shares(table[:, t], int(end[t] - start[t])) for t in range(len(years))])
    account = pd.DataFrame(
        {
            "year": np.repeat(years, len(names)),
            "step": np.tile(np.array(names, dtype=object), len(years)),
            "change_count": moved.ravel(),
        }
    )
    here = np.rint(there.sum(axis=(0, 1))).astype(np.int64)
    band = bands.set_index("year").reindex(years)
    staff = pd.DataFrame({"year": years, "start_count": start, "end_count": end})
    staff["newcomer_count"] = here
    for name in ("p10", "p50", "p90"):
        staff[f"end_{name}"] = band[f"end_{name}"].to_numpy(dtype=np.int64)
    return staff, account


def newcomers(mix: Mix) -> tuple[Numbers, Numbers]:
    """Who arrives in each year, and who has come and is still there: (option, role, year).

    Returns
    -------
    Options that bring nobody stand at 0.
    """
    question = mix.question
    length = len(question.years)
    come = np.zeros((len(question.options), len(question.roles), length))
    there = np.zeros_like(come)
    for at, terms in enumerate(question.options):
        if terms.kind != "hire":
            continue
        arrive = np.diff(terms.in_post_share[:, :length], axis=1, prepend=0.0)
        fill = np.where(terms.is_eligible, terms.fill_share, 0.0)[:, None]
        come[at] = (mix.formations[at] * fill) @ arrive
        there[at] = mix.account.people[at]
    return come, there


def money_tables(
    path: PayPath, presence: Numbers, asked: Asked, mix: Mix
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Rupiah by year: totals, what they are made of, and why they move.

    The first year is told as a whole year at the pace of its remaining months.

    Returns
    -------
    ``money``: ``year, apbd_idr`` (personnel, existing staff and newcomers), ``in_cap_idr``,
    ``outside_cap_idr``, ``apbn_idr``, ``beside_pay_idr`` (investment and upkeep).
    ``money_account``: ``year, item, amount_idr``: parts of the pay of today's people and
    ``masuk_<option>``; they sum to ``apbd_idr``. ``money_steps``: ``year, step, change_idr`` from
    the year before: pay of who left, pay steps and raises of who stayed, newcomers.
    Method: docs/method.md eq. 240.
    """
    years = path.years
    share = np.where(years == path.as_of.year, path.first_year_share, 1.0)
    full = presence / share
    items = {name: (path.parts[name] * full).sum(axis=0) for name in PARTS}
    hires = [at for at, terms in enumerate(asked.question.options) if terms.kind == "hire"]
    beside = [at for at in range(len(asked.question.options)) if at not in hires]
    names = [asked.question.options[at].option for at in hires]
    cost = mix.account.cost_idr.sum(axis=1)
    for at, name in zip(hires, names, strict=True):
        items[f"{ARRIVE}_{name}"] = cost[at]
    table = np.array(list(items.values()))
    totals = np.rint(table.sum(axis=0)).astype(np.int64)
    rounded = np.array([whole_shares(table[:, t], int(totals[t])) for t in range(len(years))])
    account = pd.DataFrame(
        {
            "year": np.repeat(years, len(items)),
            "item": np.tile(np.array(list(items), dtype=object), len(years)),
            "amount_idr": rounded.ravel(),
        }
    )
    within = (path.in_cap_idr * full).sum(axis=0) + mix.account.cap_idr.sum(axis=(0, 1))
    outside = (path.outside_cap_idr * full).sum(axis=0) + mix.account.outside_idr.sum(axis=(0, 1))
    money = pd.DataFrame(
        {
            "year": years,
            "apbd_idr": totals,
            "in_cap_idr": np.rint(within).astype(np.int64),
            "outside_cap_idr": np.rint(outside).astype(np.int64),
            "apbn_idr": np.rint((path.apbn_idr * full).sum(axis=0)).astype(np.int64),
            "beside_pay_idr": np.rint(cost[beside].sum(axis=0)).astype(np.int64),
        }
    )
    return money, account, _money_steps(path, full, items, totals)


def _money_steps(
    path: PayPath, full: Numbers, items: dict[str, Numbers], totals: Whole
) -> pd.DataFrame:
    freed = (path.total_idr[:, :-1] * np.diff(full, axis=1)).sum(axis=0)
    raised = (np.diff(path.total_idr, axis=1) * full[:, 1:]).sum(axis=0)
    steps = {PAY_FREED: freed, PAY_STEPS: raised}
    steps |= {name: np.diff(idr) for name, idr in items.items() if name.startswith(ARRIVE)}
    table = np.array(list(steps.values()))
    change = np.diff(totals)
    rounded = [whole_shares(table[:, t], int(change[t])) for t in range(len(change))]
    return pd.DataFrame(
        {
            "year": np.repeat(path.years[1:], len(steps)),
            "step": np.tile(np.array(list(steps), dtype=object), len(change)),
            "change_idr": np.array(rounded).ravel() if rounded else np.zeros(0, dtype=np.int64),
        }
    )


def plan_table(asked: Asked, mix: Mix) -> pd.DataFrame:
    """Formations: ``option, role, role_group, post, year, formation_count`` above nought."""
    question = asked.question
    option, role, year = np.nonzero(mix.formations > 0.5)
    names = np.array([terms.option for terms in question.options], dtype=object)
    roles = asked.roles
    return pd.DataFrame(
        {
            "option": names[option],
            "role": roles["role"].to_numpy()[role],
            "role_group": roles["role_group"].to_numpy()[role],
            "post": roles["post"].to_numpy()[role],
            "year": np.array(question.years)[year],
            "formation_count": np.rint(mix.formations[option, role, year]).astype(np.int64),
        }
    )


def filling_table(asked: Asked, mix: Mix, break_share: float) -> pd.DataFrame:
    """Posts by role and year: need, supply, what covers the rest, what stays empty.

    Returns
    -------
    ``role, role_group, post, year, needed_count, supply_count, deficit_count, surplus_count``,
    ``covered_<option>``, ``unfilled_count``, ``overfilled_count``, ``service_share`` (of need),
    ``is_broken`` (below ``break_share``, half a post let go), ``is_computed`` (a need is known) and
    ``not_computed_count``: people on duty in posts whose need is not known, in no other column.
    Expected posts, not rounded; NaN where no need is known, never nought.
    """
    question = asked.question
    shape = (len(question.roles), len(question.years))
    table = pd.DataFrame(
        {
            "role": np.repeat(asked.roles["role"].to_numpy(), shape[1]),
            "role_group": np.repeat(asked.roles["role_group"].to_numpy(), shape[1]),
            "post": np.repeat(asked.roles["post"].to_numpy(), shape[1]),
            "year": np.tile(np.array(question.years), shape[0]),
            "needed_count": question.need.ravel(),
            "supply_count": question.supply.ravel(),
            "deficit_count": question.deficit.ravel(),
            "surplus_count": question.surplus.ravel(),
        }
    )
    for at, terms in enumerate(question.options):
        table[f"covered_{terms.option}"] = mix.account.covered[at].ravel()
    short = mix.account.unfilled
    share = 1.0 - np.divide(short, question.need, out=np.zeros(shape), where=question.need > 0)
    allowed = np.maximum((1.0 - break_share) * question.need, 0.5)
    table = table.assign(
        unfilled_count=short.ravel(),
        overfilled_count=mix.account.overfilled.ravel(),
        service_share=share.ravel(),
        is_broken=(short > allowed).ravel(),
        is_computed=is_computed(asked).ravel(),
        not_computed_count=asked.table["not_computed_count"].to_numpy(dtype=np.float64),
    )
    counts = [name for name in table if name.endswith(("_count", "_share"))]
    counts += [name for name in table if name.startswith("covered_")]
    of_need = [name for name in counts if name != "not_computed_count"]
    if not table["is_computed"].all():
        table.loc[~table["is_computed"], of_need] = np.nan
    return table


def is_computed(asked: Asked) -> NDArray[np.bool_]:
    """``(role, year)``: whether the need of the role is known in some unit."""
    known = asked.table["is_computed"].to_numpy(dtype=bool)
    return known.reshape(len(asked.question.roles), len(asked.question.years))


def break_table(filling: pd.DataFrame) -> pd.DataFrame:
    """The year in which each service first breaks.

    Returns
    -------
    One row per role that breaks: ``role, role_group, post, breaks_in`` (year), ``service_share``
    in it, ``last_share`` at the horizon and ``unfilled_count`` there; the earliest first.
    Method: docs/method.md eq. 242.
    """
    keys = ["role", "role_group", "post"]
    broken = filling.loc[filling["is_broken"]].sort_values("year", kind="stable")
    first = broken.drop_duplicates("role")[[*keys, "year", "service_share"]]
    last = filling.loc[filling["year"] == filling["year"].max()].set_index("role")
    first = first.rename(columns={"year": "breaks_in"})
    return first.assign(
        last_share=first["role"].map(last["service_share"]),
        unfilled_count=first["role"].map(last["unfilled_count"]),
    ).sort_values(["breaks_in", "service_share", "role"], ignore_index=True)


def _whole_flow(parts: Mapping[str, float], total: int) -> dict[str, int]:
    """One side of the flow in whole posts that sum to ``total``.

    Who leaves and what stays empty are told elsewhere too, rounded by themselves: they are the same
    here, and the others take the difference.
    """
    told = UNFILLED if UNFILLED in parts else LEAVERS
    others = {item: count for item, count in parts.items() if item != told}
    # Never so many that another would fall below nought.
    count = min(int(np.rint(parts[told])), total - int(sum(map(math.floor, others.values()))))
    shares = whole_shares(list(others.values()), total - count)
    whole = {told: count} | dict(zip(others, shares.tolist(), strict=True))
    return {item: whole[item] for item in parts}


def flow_table(asked: Asked, mix: Mix) -> pd.DataFrame:
    """From leavers to what covers them, for every year, counted from the day of the data.

    Returns
    -------
    ``year, side`` (``from``, ``to``), ``item, count``. From: ``keluar`` (who will have left),
    ``kurang_hari_ini`` (short already), ``kebutuhan_naik``. To: ``tidak_perlu_lagi``, the options,
    ``belum_terisi``; both sides sum to the same in every year. Roles without a known need stand in
    ``keluar`` and ``belum_dihitung``; ``belum_terisi`` has no ``count`` in years in which no need
    is known. Method: docs/method.md eq. 241, 314.
    """
    question, years = asked.question, np.array(asked.question.years)
    gone = np.cumsum(question.leavers, axis=1)
    computed = is_computed(asked)
    known = computed.any(axis=1)
    start = asked.table["start_count"].to_numpy(dtype=np.float64)
    began = start.reshape(computed.shape)[:, 0]
    short_now = np.maximum(question.deficit[:, 0] - np.maximum(began - question.supply[:, 0], 0), 0)
    covered = mix.account.covered.sum(axis=0) - mix.account.overfilled
    balance = gone + short_now[:, None] - covered - mix.account.unfilled
    rows: list[tuple[int, str, str, int]] = []
    for t, year in enumerate(years.tolist()):
        at = known
        sources = {
            LEAVERS: gone[at, t].sum(),
            SHORT_NOW: short_now[at].sum(),
            NEED_GROWS: np.maximum(-balance[at, t], 0).sum(),
        }
        sinks = {LESS_NEEDED: np.maximum(balance[at, t], 0).sum()}
        spare = mix.account.overfilled[at, t].sum()
        for number, terms in enumerate(question.options):
            sinks[terms.option] = mix.account.covered[number][at, t].sum()
        if spare > 0:
            sources[SPARE] = spare
        sinks[UNFILLED] = mix.account.unfilled[at, t].sum()
        unknown = gone[~at, t].sum()
        sources[LEAVERS] += unknown
        sinks[NOT_COMPUTED] = unknown
        total = int(np.rint(sum(sources.values())))
        for side, parts in (("from", sources), ("to", sinks)):
            rows += [(year, side, item, n) for item, n in _whole_flow(parts, total).items()]
    table = pd.DataFrame(rows, columns=["year", "side", "item", "count"])
    unsaid = (table["item"] == UNFILLED) & table["year"].isin(years[~computed.any(axis=0)])
    if unsaid.any():
        table["count"] = table["count"].astype("Int64").mask(unsaid)
    return table
