"""The command ``project``: staff in post to the horizon, with bands, from the current edition.

``command_people_switches`` knows the arguments; this module reads, computes and writes the answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from analytics import exit_history, leaving, rules, state, store, store_tables
from analytics.command_line import (
    DONE,
    GROUPINGS,
    YEARS_AHEAD,
    WrongUseError,
    complain,
    folder_of,
    grouping,
    write,
)
from analytics.edition_in_force import edition_in_force
from analytics.exits import LEAST_PEOPLE, ExitModel, exit_model
from analytics.exits_drivers import never_listed, pooled_where_few
from analytics.exits_levels import OF_EDITION
from analytics.leaving_groups import told_apart
from analytics.movement import Law
from analytics.projection import Projection, projection
from analytics.projection_months import EARLY, Levers, rules_levers
from analytics.retirement import retirements

TOGETHER = "keluar_dini"
_DECIMALS = 6
_FEW_EXITS = 30


@dataclass(frozen=True, eq=False)
class Answer:
    """A table to write, and sentences for the terminal in Indonesian and English."""

    table: pd.DataFrame
    notes: list[tuple[str, str]] = field(default_factory=list)


# What the leavers' list may lack, in both languages.
_MISSING = {"group": ("unit kerja", "unit"), "role_group": ("kelompok jabatan", "role group")}


@dataclass(frozen=True, eq=False)
class Facts:
    """One edition with what was decided about it: people, exits and since when they are on record.

    ``since`` is None where no exit is known.
    """

    people: pd.DataFrame
    exits: pd.DataFrame
    since: date | None
    law: Law

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of service as ``exit_history.spells`` tells them."""
        since = self.since or self.law.as_of
        return exit_history.spells(self.people, self.exits, since, self.law)


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    period, groups = grouping(asked)
    if period != "year" or not 1 <= asked.years <= YEARS_AHEAD:
        raise WrongUseError(f"--by {', '.join(GROUPINGS)}; --years 1..{YEARS_AHEAD}")
    if asked.below is not None and asked.below < 1:
        raise WrongUseError("--below K: 1..")
    found = answer(asked, groups)
    write(asked.out, found.table)
    for note in found.notes:
        complain(asked, *note)
    complain(asked, f"{len(found.table)} baris ditulis.", f"{len(found.table)} rows written.")
    return DONE


def answer(asked: argparse.Namespace, by: Sequence[str]) -> Answer:
    """Compute what was asked, ``by`` columns of people.

    Raises
    ------
    StoreError
        When there is no edition.
    """
    notes: list[tuple[str, str]] = []
    facts = facts_in_store(folder_of(asked), notes)
    levers = rules_levers(facts.law.rulebook, facts.law.as_of)
    found, model = projected(facts, asked.years, levers, by, asked.count or "asn")
    exit_count = sum(model.exit_counts.values())
    if exit_count < _FEW_EXITS:
        notes.append(
            (
                f"Riwayat keluar memuat {exit_count} orang; selebihnya laju keluar adalah angka"
                " awal dari angka terbit (data/rules/exit_rate.csv).",
                f"The history of exits holds {exit_count} people; beyond that the rates are prior"
                " rates from published figures (data/rules/exit_rate.csv).",
            )
        )
    if missing := [name for name in OF_EDITION if name not in facts.spells]:
        words_id, words_en = (", ".join(_MISSING[name][at] for name in missing) for at in (0, 1))
        notes.append(
            (
                f"Laju keluar dini tidak dibedakan menurut {words_id}: bagi yang keluar itu tidak"
                " tercatat, atau tidak seperti di daftar pegawai.",
                f"Rates of leaving early do not differ by {words_en}: of those who left it is not"
                " on record, or not as the roster has it.",
            )
        )
    if unlisted := never_listed(model, facts.spells):
        count, causes = round(sum(unlisted.values())), ", ".join(unlisted)
        notes.append(
            (
                f"Daftar yang keluar tidak memuat seorang pun dengan sebab {causes}, padahal"
                f" menurut acuan terendah pun sekitar {count} orang: bila tidak dicatat, proyeksi"
                " ini terlalu tinggi.",
                f"The list of leavers has nobody of cause {causes}, where even the lowest"
                f" references expect about {count}: if they were not written down, this projection"
                " is too high.",
            )
        )
    if not levers.mpp or not any(share for _, share, _ in levers.mpp):
        notes.append(
            (
                "MPP dihitung nol: bagian yang mengambilnya belum diisi"
                " (data/rules/projection_rule.csv).",
                "MPP counts as none: the share that takes it is not filled in"
                " (data/rules/projection_rule.csv).",
            )
        )
    table = account_table(found, by) if asked.account else band_table(found, by, asked.below)
    return Answer(table, notes)


def facts_in_store(folder: Path, notes: list[tuple[str, str]]) -> Facts:
    """People and exits of the current edition, under the choices in force."""
    edition = edition_in_force(folder)
    if edition.is_synthetic:
        notes.append(("Ini data contoh (sintetis).", "This is sample (synthetic) data."))
    with state.opened(folder) as decisions:
        law = Law(rules.load(), edition.as_of, decisions.law_choice(), decisions.local_titles())
        reasons, classified = decisions.exit_reasons(), decisions.exit_classifications()
        stated = decisions.setting(exit_history.COMPLETE_FROM)
    with closing(store.opened(edition.path)) as connection:
        people, exits = store_tables.people(connection), store_tables.exits(connection)
    history = exit_history.history(exits, reasons, classified)
    since = exit_history.on_record_from(stated, history, edition.as_of)
    return Facts(people, history, since, law)


def projected(
    facts: Facts, years: int, levers: Levers, by: Sequence[str], who: str = "asn"
) -> tuple[Projection, ExitModel]:
    """People of an edition projected with hazards learnt from its exits.

    Parameters
    ----------
    facts, years, levers
        As :func:`analytics.projection.projection`.
    by
        Columns of people that may be grouped by.
    who
        As :func:`analytics.leaving.counted`.

    Returns
    -------
    The projection and the model its hazards come from. Who is in a group of fewer than ten has
    rates of at least ten people (:func:`analytics.exits_drivers.pooled_where_few`).
    """
    law = facts.law
    everybody = retirements(facts.people, law.rulebook, law.as_of, law.choice, law.local_titles)
    counted = leaving.counted(everybody, who).reset_index(drop=True)
    since = facts.since or law.as_of
    spells = facts.spells
    model = exit_model(spells, since, law.as_of, prior=law.rulebook.exit_rates)
    here = spells.loc[spells["exit_date"].isna()].set_index("person_id", drop=False)
    hazards = model.hazards(here.loc[counted["nip"]].reset_index(drop=True), years + 1)
    hazards = pooled_where_few(counted, hazards, law.as_of, by)
    cells = tuple(by) or ("employment",)
    return (
        projection(counted, law.as_of, years, hazards, model.year_effect, levers, cells),
        model,
    )


def band_table(found: Projection, by: Sequence[str], below: int | None) -> pd.DataFrame:
    """Bands by group and calendar year, with what each step took.

    Returns
    -------
    Columns of :meth:`Projection.bands`; ``opening_count``, the expected staff at the start of the
    year (``start_count`` is today's); one ``change_<step>_count`` per step (early causes as one
    where a group has fewer than ten people, or would tell those of fewer than ten), which lead
    from ``opening_count`` to ``staff_count``; and ``below_probability`` where a threshold is asked
    for.
    """
    table = found.bands(by)
    # Years of a group stand below each other; before the first year is today.
    is_first = table["year"].eq(table["year"].min())
    opening = table["staff_count"].shift().mask(is_first, table["start_count"])
    table.insert(table.columns.get_loc("start_count") + 1, "opening_count", opening)
    account = _guarded(found, by, found.account(by, "year"))
    wide = account.pivot_table(
        index=[*by, "year"], columns="step", values="change_count", aggfunc="sum", observed=True
    )
    order = [step for step in (*found.steps, TOGETHER) if step in wide and step != "mpp"]
    wide = wide[order].rename(columns=lambda step: f"change_{step}_count").reset_index()
    table = table.merge(wide, on=[*by, "year"], how="left", validate="one_to_one")
    if below is not None:
        table["below_probability"] = found.chance_below(below, by)["below_probability"]
    return table.round(_DECIMALS)


def account_table(found: Projection, by: Sequence[str]) -> pd.DataFrame:
    """The account by month, early causes as one step in groups of fewer than ten people."""
    account = _guarded(found, by, found.account(by, "month"))
    changes = ["change_count", "change_on_duty_count"]
    account[changes] = account[changes].round(_DECIMALS)
    return account


def _guarded(found: Projection, by: Sequence[str], account: pd.DataFrame) -> pd.DataFrame:
    size = found.staff(by, "year").drop_duplicates(list(by) or None)
    small = size.loc[~told_apart(size["start_count"], LEAST_PEOPLE), list(by)]
    if not by:
        is_small = pd.Series(found.people_count < LEAST_PEOPLE, index=account.index)
    else:
        keys = pd.MultiIndex.from_frame(account[list(by)])
        is_small = pd.Series(keys.isin(pd.MultiIndex.from_frame(small)), index=account.index)
    early = account["step"].isin([*EARLY]) & is_small
    account = account.assign(step=account["step"].mask(early, TOGETHER))
    keys = [column for column in account if not str(column).startswith("change_")]
    return account.groupby(keys, sort=False, observed=True, as_index=False).sum()
