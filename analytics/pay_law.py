"""What pay follows from: the rules in force on a day, and what the user assumes or reads in them.

Every amount and factor is a row of ``data/rules/pay_rule.csv``, every grade a row of
``pay_grade.csv``, every base pay a row of the salary tables; see :mod:`analytics.rules`.
Method: docs/method.md eq. 170-171.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import ANY, RuleBook, RuleError
from analytics.told import ToldError

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

PNS, CPNS, PPPK, PART_TIME = "PNS", "CPNS", "PPPK", "PPPK_PW"
# Who is paid by which salary table.
SCALE_OF = {PNS: PNS, CPNS: PNS, PPPK: PPPK}
FAMILIES = ("I", "II", "III", "IV")


class PayError(ToldError, ValueError):
    """A choice about pay, or people, that cannot be; says what to give instead."""


@dataclass(frozen=True)
class PayChoice:
    """What the user assumes about pay, and how the disputed items are read; None: as the rules say.

    Attributes
    ----------
    spouse_share
        Share of people with a spouse allowance, 0-1.
    children_mean
        Children with an allowance per person; counted up to the most allowed.
    certified_share
        Share of teachers with a certificate (TPG), 0-1, for every group of teachers.
    tpp_idr
        ``(role_group, rupiah a month)``; ``*`` for all groups not named.
    is_part_time_in_cap
        Whether pay of PPPK paruh waktu counts towards the 30 % cap.
    is_tpg_through_apbd
        Whether teacher allowances of the centre pass through the APBD.
    yearly_raise_share
        General raise of base pay every January after the first year, as a share (0.05 = 5 %).
    overrides
        ``(rule_id, amount)`` in place of rows of ``pay_rule.csv``, as long as they are in force.

    Raises
    ------
    PayError
        When a value lies outside what it can be, or a thing is given twice.
    """

    spouse_share: float | None = None
    children_mean: float | None = None
    certified_share: float | None = None
    tpp_idr: tuple[tuple[str, float], ...] = ()
    is_part_time_in_cap: bool | None = None
    is_tpg_through_apbd: bool | None = None
    yearly_raise_share: float = 0.0
    overrides: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        bounds = (
            ("spouse_share", self.spouse_share, 0.0, 1.0),
            ("children_mean", self.children_mean, 0.0, 10.0),
            ("certified_share", self.certified_share, 0.0, 1.0),
            ("yearly_raise_share", self.yearly_raise_share, -0.5, 1.0),
            *((f"tpp_idr of {name}", amount, 0.0, 1e9) for name, amount in self.tpp_idr),
            *((f"override of {name}", amount, 0.0, 1e15) for name, amount in self.overrides),
        )
        for name, value, least, most in bounds:
            if value is not None and not (math.isfinite(value) and least <= value <= most):
                raise PayError(
                    f"{name} bernilai {value}; isi angka dari {least:g} sampai {most:g}",
                    f"{name} is {value}; give a number from {least:g} to {most:g}",
                )
        for name, pairs in (("tpp_idr", self.tpp_idr), ("overrides", self.overrides)):
            names = [pair[0] for pair in pairs]
            if len(names) != len(set(names)):
                raise PayError(
                    f"{name} menyebut satu hal dua kali; sisakan satu",
                    f"{name} names one thing twice; keep one of each",
                )


USUAL = PayChoice()


@dataclass(frozen=True, eq=False)
class PayLaw:
    """Rules of pay on one day, under one choice. Made by :func:`pay_law`.

    Attributes
    ----------
    on, choice
        The day since which these rules stand together, and the choice.
    grades
        Every grade of every salary table, in their order: ``(scale, grade)``.
    table_idr
        ``(grade, whole years of service in grade)``: base pay a month in rupiah.
    family
        By grade, the place in ``FAMILIES`` whose allowances it gets.
    places
        ``(scale, grade)`` -> row of ``table_idr``. Grades of one scale stand in ascending order.
    """

    on: date
    choice: PayChoice
    grades: tuple[tuple[str, str], ...]
    table_idr: Numbers = field(repr=False)
    family: Whole = field(repr=False)
    places: Mapping[tuple[str, str], int] = field(repr=False)
    _amounts: Mapping[tuple[str, str, str, str], float] = field(repr=False)
    _answers: Mapping[tuple[str, str, str], str] = field(repr=False)

    def amount(
        self, key: str, employment: str = ANY, role_group: str = ANY, of: str = ANY
    ) -> float:
        """The amount of the most particular row that answers.

        Raises
        ------
        RuleError
            When no row does.
        """
        found = self.amount_or_none(key, employment, role_group, of)
        if found is None:
            raise RuleError(
                f"pay_rule.csv tidak menjawab {key} bagi {employment} {role_group} {of} pada"
                f" {self.on}; tambahkan satu baris",
                f"pay_rule.csv answers nothing for {key} of {employment} {role_group} {of} on"
                f" {self.on}; add a row",
            )
        return found

    def amount_or_none(
        self, key: str, employment: str = ANY, role_group: str = ANY, of: str = ANY
    ) -> float | None:
        """As :meth:`amount`, None when no row answers."""
        for role in dict.fromkeys((role_group, ANY)):
            for who in dict.fromkeys((employment, ANY)):
                for what in dict.fromkeys((of, ANY)):
                    found = self._amounts.get((key, who, role, what))
                    if found is not None:
                        return found
        return None

    def exactly(self, key: str, role_group: str, of: str) -> float | None:
        """The amount of the row for this role group and thing alone, None when there is none."""
        return self._amounts.get((key, ANY, role_group, of))

    def answer(self, key: str, employment: str, of: str) -> str | None:
        """A grade (or schooling, or echelon) by a row of ``pay_grade.csv``, None when none does."""
        for who in dict.fromkeys((employment, ANY)):
            if (found := self._answers.get((key, who, of))) is not None:
                return found
        return None

    def place(self, employment: str, grade: str) -> int:
        """Row of ``table_idr`` of a grade, -1 when its table does not know it."""
        scale = SCALE_OF.get(employment)
        return self.places.get((scale, grade), -1) if scale else -1


def pay_law(rulebook: RuleBook, on: date, choice: PayChoice = USUAL) -> PayLaw:
    """The rules of pay in force on a day.

    Returns
    -------
    The same object for every day between two changes of the law.

    Raises
    ------
    RuleError
        When no salary table is in force on that day.
    PayError
        When the choice overrides a row that does not exist.

    Method: docs/method.md eq. 170-171.
    """
    _require_tables(rulebook, on)
    changes = _changes(rulebook)
    at = int(np.searchsorted(changes, np.datetime64(on, "D"), side="right"))
    return _pay_law(rulebook, changes[max(at - 1, 0)].item(), choice)


def priced_since(rulebook: RuleBook) -> date | None:
    """The first day on which every scale has a salary table; None where one has none at all."""
    begun = rulebook.salaries.groupby("employment")["effective_from"].min()
    first = begun.reindex(list(SCALE_OF.values()))
    return None if first.isna().any() else first.max().date()


@lru_cache(maxsize=256)
def _require_tables(rulebook: RuleBook, on: date) -> None:
    known = set(_in_force(rulebook.salaries, pd.Timestamp(on))["employment"])
    lost = [scale for scale in SCALE_OF.values() if scale not in known]
    if not lost:
        return
    since = priced_since(rulebook)
    told = "" if since is None else f" (yang ada: sejak {since})"
    english = "" if since is None else f" (there are some from {since} on)"
    raise RuleError(
        f"tidak ada tabel gaji {lost[0]} yang berlaku pada {on}{told}; tambahkan barisnya di"
        " data/rules/",
        f"no salary table of {lost[0]} is in force on {on}{english}; add its rows to data/rules/",
    )


@lru_cache(maxsize=8)
def _changes(rulebook: RuleBook) -> NDArray[np.datetime64]:
    """Days on which some row of pay begins or has just ended."""
    days = []
    for table in (rulebook.salaries, rulebook.pay_rules, rulebook.pay_grades):
        days.append(table["effective_from"].to_numpy(dtype="datetime64[D]"))
        days.append(table["effective_to"].to_numpy(dtype="datetime64[D]") + 1)
    return np.unique(np.concatenate(days))


@lru_cache(maxsize=128)
def _pay_law(rulebook: RuleBook, on: date, choice: PayChoice) -> PayLaw:
    day = pd.Timestamp(on)
    salaries = _in_force(rulebook.salaries, day)
    answers = _in_force(rulebook.pay_grades, day)
    amounts = _amounts(rulebook, day, choice)
    grades, table = _tables(salaries)
    table.setflags(write=False)
    known = dict(
        zip(
            zip(answers["key"], answers["employment"], answers["of"], strict=True),
            answers["answer"],
            strict=True,
        )
    )
    family = []
    for scale, grade in grades:
        own = known.get(("allowance_family", scale, grade), grade.split("/")[0])
        if own not in FAMILIES:
            raise RuleError(
                f"pay_grade.csv: tidak ada allowance_family bagi {scale} {grade} pada {on};"
                " tambahkan satu baris",
                f"pay_grade.csv: no allowance_family of {scale} {grade} on {on}; add a row",
            )
        family.append(FAMILIES.index(own))
    return PayLaw(
        on=on,
        choice=choice,
        grades=grades,
        table_idr=table,
        family=np.array(family),
        places={pair: number for number, pair in enumerate(grades)},
        _amounts=amounts,
        _answers=known,
    )


def rule_amount(
    rulebook: RuleBook,
    on: date,
    key: str,
    choice: PayChoice = USUAL,
    *,
    employment: str = ANY,
) -> float:
    """An amount that is the same for everybody (cap, growth) or for all of one employment.

    It is answered on a day with or without a pay table.

    Raises
    ------
    RuleError
        When no row of ``pay_rule.csv`` answers on that day.
    """
    found = _amounts(rulebook, pd.Timestamp(on), choice).get((key, employment, ANY, ANY))
    if found is None:
        raise RuleError(
            f"pay_rule.csv tidak menjawab {key} pada {on}; tambahkan satu baris",
            f"pay_rule.csv answers nothing for {key} on {on}; add a row",
        )
    return found


@lru_cache(maxsize=256)
def _amounts(
    rulebook: RuleBook, day: pd.Timestamp, choice: PayChoice
) -> Mapping[tuple[str, str, str, str], float]:
    rules = _in_force(rulebook.pay_rules, day)
    keys = zip(*(rules[c] for c in ("key", "employment", "role_group", "of")), strict=True)
    amounts: dict[tuple[str, str, str, str], float] = dict(
        zip(keys, rules["amount"].astype(float), strict=True)
    )
    by_id = {row.rule_id: row for row in rulebook.pay_rules.itertuples()}
    for rule_id, amount in choice.overrides:
        if rule_id not in by_id:
            raise PayError(
                f"tidak ada baris {rule_id!r} di data/rules/pay_rule.csv untuk diganti",
                f"no row {rule_id!r} in data/rules/pay_rule.csv to override",
            )
        row = by_id[rule_id]
        # A row that has ended, or has not begun, changes nothing of this day.
        if row.effective_from <= day <= row.effective_to:
            amounts[row.key, row.employment, row.role_group, row.of] = amount
    for role_group, amount in choice.tpp_idr:
        amounts["tpp_idr", ANY, role_group, ANY] = amount
    return amounts


def _in_force(table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return table[(table["effective_from"] <= day) & (day <= table["effective_to"])]


def _tables(salaries: pd.DataFrame) -> tuple[tuple[tuple[str, str], ...], Numbers]:
    """Base pay by grade and whole years: steps carried on, the first and last held outside."""
    pairs = sorted(set(zip(salaries["employment"], salaries["grade"], strict=True)), key=_rank)
    years = int(salaries["mkg_years"].max()) + 1
    table = np.full((len(pairs), years), np.nan)
    place = {pair: number for number, pair in enumerate(pairs)}
    rows = [place[pair] for pair in zip(salaries["employment"], salaries["grade"], strict=True)]
    table[rows, salaries["mkg_years"].to_numpy(dtype=np.int64)] = salaries["idr"]
    filled = pd.DataFrame(table).ffill(axis=1).bfill(axis=1).to_numpy(copy=True)
    return tuple(pairs), filled


def _rank(pair: tuple[str, str]) -> tuple[int, int, str]:
    """Order of grades: by table, by Roman number, by letter."""
    scale, grade = pair
    roman, _, letter = grade.partition("/")
    values = [{"I": 1, "V": 5, "X": 10}.get(sign, 0) for sign in roman]
    if not values or not all(values) or len(letter) > 1:
        raise RuleError(
            f"tabel gaji {scale} memuat golongan {grade!r}; tulis I/a atau IX",
            f"the salary table of {scale} has a grade {grade!r}; write I/a or IX",
        )
    # A smaller sign before a larger one is taken off.
    ahead = [*values[1:], 0]
    number = sum(-v if v < after else v for v, after in zip(values, ahead, strict=True))
    return list(SCALE_OF.values()).index(scale), number, letter
