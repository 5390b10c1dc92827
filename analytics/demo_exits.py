"""Who left the invented city in the eight years before its roster, and why.

Nobody on the roster is touched: leavers are made in the likeness of people in service, with names
and numbers of their own; who left at BUP moved back in time, who left early as old, and as long in
service, as those in service that year, so that no age leaves more often than the usual rates say.
How many leave early is nine tenths of the middle of ``data/rules/exit_rate.csv`` times the people
in service, in years that swing; who left at BUP rises from 165 to 205 a year (a city of this size:
150-160 in 2017, jpnn; 208 in 2022).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import demo_people
from analytics.positions import position_roles
from analytics.retirement import retirement_dates
from analytics.rules import ANY, RuleBook
from analytics.store_columns import EXIT_TYPES

YEARS = 8
AT_BUP_FIRST, AT_BUP_LAST, AT_BUP_SWING = 165, 205, 0.12
# The usual rates are those of all civil servants; this city is older, and its early exits stay
# within the 8-15 % of BUP that cities report.
EARLY_LEVEL = 0.9
EARLY_SWING = 0.5  # single years swing by half around the usual rate
UNRENEWED = 4  # contracts of the first intake, ended on their day
UNEXPLAINED, UNREADABLE, EXPLAINED = 8, 3, 3
REASONS = {
    "bup": "Pensiun BUP", "meninggal": "Meninggal dunia", "aps": "Pensiun APS",
    "mengundurkan_diri": "Mengundurkan diri", "diberhentikan": "PTDH",
    "pindah_keluar": "Pindah instansi", "kontrak_berakhir": "Kontrak berakhir",
}  # fmt: skip
UNREADABLE_WORDS = "lihat SK"
# Causes whose day is any day; the others take effect on the first of a month.
ANY_DAY = ("meninggal",)


def exits(
    staff: pd.DataFrame, rulebook: RuleBook, generator: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Exits of the eight years before ``CALIBRATED_ON``, and what a planner said of a few.

    Parameters
    ----------
    staff
        The people frame of the city on ``CALIBRATED_ON``.
    rulebook
        Asked for roles, ages and prior rates.
    generator
        The only source of chance.

    Returns
    -------
    The table ``exit``, one row per person; of some the cause is unknown. And classifications:
    ``nip, exited_on, cause`` of a few of those.
    """
    roles = position_roles(staff, rulebook)
    placed = staff.assign(role_group=roles["role_group"], jenjang=roles["jenjang"])
    dates = retirement_dates(placed, rulebook, demo_people.CALIBRATED_ON)
    placed = placed.assign(**dates[["bup_years", "retires_on"]])
    asn = placed.loc[placed["employment"].isin(["PNS", "PPPK"])].reset_index(drop=True)
    until = pd.Timestamp(demo_people.CALIBRATED_ON)
    starts = {ago: until - pd.DateOffset(years=ago) for ago in range(YEARS, 0, -1)}
    at_bup = pd.concat(
        [_at_bup(asn, start, ago, generator) for ago, start in starts.items()], ignore_index=True
    )
    everybody = pd.concat([asn.assign(leaves_at_bup=asn["retires_on"]), at_bup], ignore_index=True)
    left = [_unrenewed(asn, generator), at_bup]
    swings = 1 + EARLY_SWING * (2 * generator.random(YEARS) - 1)
    # Good and bad years, but eight of them together as the usual rates say.
    left += [
        _early(everybody, start, swing, rulebook, generator)
        for start, swing in zip(starts.values(), EARLY_LEVEL * swings / swings.mean(), strict=True)
    ]
    gone = pd.concat(left, ignore_index=True)
    # Whoever would have reached BUP before leaving early has retired instead.
    gone = gone.loc[(gone["cause"] == "bup") | (gone["exited_on"] < gone["leaves_at_bup"])]
    gone = gone.reset_index(drop=True)
    gone["name"] = demo_people.invented_names(gone["sex"], generator)
    gone["nip"] = _numbers(gone, staff)
    gone = gone.assign(
        reason=gone["cause"].map(REASONS), origin="list", is_day_known=True
    ).sort_values(["exited_on", "nip"], ignore_index=True)
    return _with_unexplained(gone[list(EXIT_TYPES)].astype(EXIT_TYPES), generator)


def with_retired(
    gone: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, rulebook: RuleBook
) -> pd.DataFrame:
    """Exits together with those of the roster who have reached BUP since."""
    left = before.loc[~before["nip"].isin(after["nip"])]
    roles = position_roles(left, rulebook)
    placed = left.assign(role_group=roles["role_group"], jenjang=roles["jenjang"])
    dates = retirement_dates(placed, rulebook, demo_people.CALIBRATED_ON)
    told = left.assign(
        exited_on=dates["retires_on"],
        cause="bup",
        reason=REASONS["bup"],
        origin="list",
        is_day_known=True,
    )[list(EXIT_TYPES)].astype(EXIT_TYPES)
    return pd.concat([gone, told], ignore_index=True).sort_values(
        ["exited_on", "nip"], ignore_index=True
    )


def _at_bup(
    asn: pd.DataFrame, start: pd.Timestamp, ago: int, generator: np.random.Generator
) -> pd.DataFrame:
    """Career staff who reached BUP in the year from ``start``."""
    usual = AT_BUP_LAST - (AT_BUP_LAST - AT_BUP_FIRST) * (ago - 1) / (YEARS - 1)
    count = round(usual * (1 + AT_BUP_SWING * (2 * generator.random() - 1)))
    within = start + pd.DateOffset(years=ago + 10)
    seniors = asn.loc[(asn["employment"] == "PNS") & (asn["retires_on"] <= within)]
    picked = seniors.iloc[generator.choice(len(seniors), count, replace=False)]
    picked = picked.reset_index(drop=True)
    month = demo_people.months_of_year(count, generator)
    # The year runs from July to June.
    leaves = 12 * (start.year + (month < start.month - 1)) + month
    born = leaves - 1 - 12 * picked["bup_years"].to_numpy(np.int64)
    exited = pd.Series(demo_people.first_of_month(leaves))
    birth = pd.Series(demo_people.birth_dates(born, generator))
    moved = picked["birth_date"].dt.year - birth.dt.year
    return picked.assign(
        birth_date=birth,
        appointed_on=_earlier(picked["appointed_on"], moved),
        exited_on=exited,
        leaves_at_bup=exited,
        cause="bup",
    )


def _early(
    everybody: pd.DataFrame,
    start: pd.Timestamp,
    factor: float,
    rulebook: RuleBook,
    generator: np.random.Generator,
) -> pd.DataFrame:
    """Those who died, resigned, retired early, were dismissed or moved in the year."""
    end = start + pd.DateOffset(years=1)
    years_old = (start - everybody["birth_date"]).dt.days / 365.25
    is_there = (everybody["appointed_on"] <= start) & ~(everybody["leaves_at_bup"] <= start)
    parts = []
    for rate in rulebook.exit_rates.itertuples():
        here = is_there & years_old.between(float(rate.age_from), float(rate.age_to) + 1)
        if rate.employment != ANY:
            here &= everybody["employment"] == rate.employment
        if rate.sex != ANY:
            here &= everybody["sex"] == rate.sex
        expected = float(rate.rate_mid) * int(here.sum()) * factor
        count = min(int(expected + generator.random()), int(here.sum()))
        if count == 0:
            continue
        rows = np.flatnonzero(here.to_numpy())
        picked = everybody.iloc[generator.choice(rows, count, replace=False)]
        days = np.floor(generator.random(count) * (end - start).days).astype(int)
        exited = pd.Series(start + pd.to_timedelta(days, unit="D"))
        if rate.cause not in ANY_DAY:
            exited = exited.dt.to_period("M").dt.to_timestamp()
        parts.append(
            picked.reset_index(drop=True).assign(
                exited_on=exited.astype("datetime64[us]"), cause=str(rate.cause)
            )
        )
    return pd.concat(parts, ignore_index=True)


def _unrenewed(asn: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Contracts of the first intake that nobody renewed."""
    first = asn.loc[asn["employment"] == "PPPK", "appointed_on"].min()
    rows = np.flatnonzero((asn["employment"] == "PPPK") & (asn["appointed_on"] == first))
    years = int(demo_people.CONTRACT_STARTS["contract_years"].iloc[0])
    ended = first + pd.DateOffset(years=years)
    picked = asn.iloc[generator.choice(rows, UNRENEWED, replace=False)].reset_index(drop=True)
    return picked.assign(
        contract_ends_on=ended - pd.Timedelta(days=1),
        exited_on=ended,
        leaves_at_bup=picked["retires_on"],
        cause="kontrak_berakhir",
    )


def _earlier(days: pd.Series, years: pd.Series) -> pd.Series:
    """Days so many years earlier; 29 February becomes the 28th."""
    # By years, so that a month of appointment stays the month it was.
    moved = [
        day if day is pd.NaT else day - pd.DateOffset(years=int(count))
        for day, count in zip(days, years, strict=True)
    ]
    return pd.Series(moved, index=days.index).astype("datetime64[us]")


def _numbers(gone: pd.DataFrame, staff: pd.DataFrame) -> pd.Series:
    """Numbers valid in form that nobody on the roster has."""
    head = demo_people.number_heads(gone)
    taken = head.map(staff["nip"].str[:15].value_counts()).fillna(0).astype(int)
    serial = demo_people.FIRST_SERIAL + taken + head.groupby(head).cumcount()
    return head + serial.astype(str)


def _with_unexplained(
    gone: pd.DataFrame, generator: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A few recent exits without a cause: missing from a later roster, or in words that say none.

    Of some a planner has said the cause since.
    """
    is_early = ~gone["cause"].isin(["bup", "kontrak_berakhir"]).to_numpy()
    recent = np.flatnonzero(is_early)[-5 * (UNEXPLAINED + UNREADABLE) :]
    picked = generator.choice(recent, UNEXPLAINED + UNREADABLE, replace=False)
    missing, unread = picked[:UNEXPLAINED], picked[UNEXPLAINED:]
    said = gone.iloc[missing[:EXPLAINED]][["nip", "exited_on", "cause"]].reset_index(drop=True)
    gone.loc[picked, "cause"] = "tidak_diketahui"
    gone.loc[missing, ["reason", "origin"]] = ["", "inferred"]
    gone.loc[missing, "is_day_known"] = False
    gone.loc[unread, "reason"] = UNREADABLE_WORDS
    return gone, said
