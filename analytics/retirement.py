"""Who must leave, and when.

Dates follow from two facts about a person, the birth date and the post held, and from the rules
in force (``analytics.rules``). The end of a contract is another matter and stays in its own
column, ``contract_ends_on``: it never changes ``retires_on``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.positions import position_roles
from analytics.rules import ANY, NO_PROPOSAL, SCENARIO, LawChoice, RuleBook

NO_CHOICE = LawChoice()
DATE_COLUMNS = ["bup_years", "retires_on", "rule_id", "rule_source", "rule_standing"]

_RULE_TEXTS = {"rule_id": "rule_id", "rule_source": "source", "rule_standing": "standing"}
_NEVER = np.iinfo(np.int32).max


def first_of_next_month_at_age(birth_date: pd.Series, age_years: pd.Series | int) -> pd.Series:
    """First day of the month after the month in which an age is reached (TMT pensiun).

    Parameters
    ----------
    birth_date
        One date per person; NaT gives NaT.
    age_years
        Whole years, one for all or index-aligned; NA gives NaT.

    Returns
    -------
    ``datetime64[us]``, always the first of a month. Somebody born on the 1st leaves on the 1st of
    the next month too; 29 February needs no special case, since only the month counts.

    Method: docs/method.md eq. 1. Source: BKN practice, see there.
    """
    months = _birth_months(birth_date)
    if isinstance(age_years, pd.Series):
        known = age_years.notna().to_numpy()
        age = age_years.fillna(0).to_numpy(dtype=np.int64)
    else:
        known, age = np.True_, np.int64(age_years)
    leaves = months + 12 * age + 1
    dates = leaves.astype("datetime64[M]").astype("datetime64[us]")
    dates[~(birth_date.notna().to_numpy() & known)] = np.datetime64("NaT")
    return pd.Series(dates, index=birth_date.index, name="retires_on")


def retirement_dates(
    people: pd.DataFrame,
    rulebook: RuleBook,
    as_of: date,
    choice: LawChoice = NO_CHOICE,
    *,
    with_rules: bool = True,
) -> pd.DataFrame:
    """Retirement age, date and the rule that gave it, person by person.

    Parameters
    ----------
    people
        One row per person: ``birth_date``, ``role_group``, ``jenjang`` (any may be NA).
    rulebook
        The rules (``rules.load()``).
    as_of
        The day the roster describes. Law that had ended before it is not asked.
    choice
        Readings, proposal and local ages.
    with_rules
        False leaves out the three columns of text that name the rule: for counting millions.

    Returns
    -------
    Index-aligned: ``bup_years`` (Int64, years), ``retires_on`` (``datetime64[us]``, the first of
    a month), ``rule_id``, ``rule_source``, ``rule_standing`` (``scenario``
    where a proposal gave the age). All NA where the birth date or the
    role is unknown, or where no row answers: never a default age. Dates before ``as_of`` belong to
    people who should have left.

    Raises
    ------
    RuleError
        When the choice names what no row knows.

    Notes
    -----
    A person leaves on the first day on which the law in force on that day says they must be
    gone. Versions of the law are walked in order from ``as_of``. Before a proposal begins the law
    as it is applies, so whoever was due earlier has left.

    Method: docs/method.md eq. 1-2.
    """
    index = people.index
    count = len(people)
    # A timestamp is accepted for the day; the walk compares days only.
    law = _law(rulebook, pd.Timestamp(as_of).date(), choice)
    cell, known = _cells(people, law)
    months = _birth_months(people["birth_date"])

    leaves = np.full(count, _NEVER, dtype=np.int32)
    rule = np.full(count, -1, dtype=np.int16)
    waiting = known
    for version in range(law.rule.shape[1]):
        row = law.rule[cell, version]
        # A gap in the law is not bridged: nobody knows what would apply.
        waiting = waiting & (row >= 0)
        due = np.maximum(months + 12 * law.age[row] + 1, law.start[row])
        taken = waiting & (due <= law.last[row])
        leaves[taken] = due[taken]
        rule[taken] = row[taken]
        waiting = waiting & ~taken
        if not waiting.any():
            break

    answered = rule >= 0
    dates = np.where(answered, leaves, 0).astype("datetime64[M]").astype("datetime64[us]")
    dates[~answered] = np.datetime64("NaT")
    age = pd.array(np.where(answered, law.age[rule], 0), dtype="Int64")
    age[~answered] = pd.NA
    answer = pd.DataFrame({"bup_years": age, "retires_on": dates}, index=index)
    if with_rules:
        # The table of rules is short and the table of people is not; row -1 becomes NA.
        for column, text in _RULE_TEXTS.items():
            values = pd.array(law.table[text], dtype="str").take(rule, allow_fill=True)
            answer[column] = pd.Series(values, index=index)
    return answer


def retirements(
    people: pd.DataFrame,
    rulebook: RuleBook,
    as_of: date,
    choice: LawChoice = NO_CHOICE,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """People with their role and their retirement date.

    Parameters
    ----------
    people
        One row per person, the people frame (``birth_date``, ``position`` and, where present,
        ``position_kind``, ``echelon``, ``stated_jenjang``, ``extra_duty``).
    rulebook, as_of, choice
        As in :func:`retirement_dates`.
    local_titles
        Titles mapped by hand, see :func:`analytics.positions.position_roles`.

    Returns
    -------
    A new frame: ``people`` plus ``role_group``, ``jenjang`` and the columns of
    :func:`retirement_dates`. ``contract_ends_on`` is carried through untouched.

    Raises
    ------
    RuleError
        As :func:`retirement_dates`.
    """
    roles = position_roles(people, rulebook, local_titles)
    placed = people.assign(role_group=roles["role_group"], jenjang=roles["jenjang"])
    dates = retirement_dates(placed, rulebook, as_of, choice)
    return placed.assign(**{column: dates[column] for column in DATE_COLUMNS})


@dataclass(frozen=True, eq=False)
class _Law:
    """Rules as arrays: ``rule[cell, version]`` is a row of ``table`` or -1.

    A cell is a post (role group and jenjang) and a stretch of birth months' days between two
    boundaries of the law. ``start`` and ``last`` are months: nobody is sent away under a version
    before its first whole month (unless it began before the roster), nor after its last day.
    """

    table: pd.DataFrame
    posts: dict[tuple[str, str], int]
    born: np.ndarray
    rule: np.ndarray
    age: np.ndarray
    start: np.ndarray
    last: np.ndarray


@lru_cache(maxsize=64)
def _law(rulebook: RuleBook, as_of: date, choice: LawChoice) -> _Law:
    table = _versions(rulebook, as_of, choice)
    posts = list(dict.fromkeys(zip(table["role_group"], table["jenjang"], strict=True)))
    post = {pair: number for number, pair in enumerate(posts)}
    born = np.unique(table["born_from"].to_numpy(dtype="datetime64[D]"))
    chains: list[list[int]] = [[] for _ in range(len(posts) * len(born))]
    for number, row in enumerate(table.itertuples()):
        fits = (born >= np.datetime64(row.born_from, "D")) & (
            born <= np.datetime64(row.born_to, "D")
        )
        for segment in np.flatnonzero(fits):
            chains[post[row.role_group, row.jenjang] * len(born) + segment].append(number)
    rule = np.full((len(chains), max(map(len, chains), default=1)), -1, dtype=np.int16)
    day = pd.Timedelta(days=1)
    for cell, chain in enumerate(chains):
        # A law that began between the first day walked and the roster's is in force on the latter.
        expected = pd.Timestamp(as_of)
        for version, number in enumerate(chain):
            start, end = table["effective_from"].iloc[number], table["effective_to"].iloc[number]
            if start > expected:
                break
            rule[cell, version] = number
            expected = end + day
    start = table["effective_from"].to_numpy(dtype="datetime64[D]")
    begun = start <= np.datetime64(as_of, "D")
    first_month = start.astype("datetime64[M]")
    whole = first_month.astype(np.int64) + (first_month.astype("datetime64[D]") < start)
    # A date is the first of a month, so a version that ends inside a month still has that month.
    end = table["effective_to"].to_numpy(dtype="datetime64[D]").astype("datetime64[M]")
    return _Law(
        table=table,
        posts=post,
        born=born,
        rule=rule,
        age=table["age_years"].to_numpy(dtype=np.int32),
        start=np.where(begun, np.iinfo(np.int32).min, whole).astype(np.int32),
        last=end.astype(np.int64).astype(np.int32),
    )


def _versions(rulebook: RuleBook, as_of: date, choice: LawChoice) -> pd.DataFrame:
    """Rules in the order in which they come into force, without those that ended before."""
    table = rulebook.ages(choice)
    proposal = rulebook.proposal_rows(choice)
    first_day = as_of
    if choice.proposal != NO_PROPOSAL:
        starts = choice.proposal_from or as_of
        # Who was due before the proposal began has left, also where the roster still shows them.
        first_day = min(as_of, starts - timedelta(days=1))
        table = _with_proposal(table, proposal, starts)
    table = table[table["effective_to"] >= pd.Timestamp(first_day)]
    return table.sort_values("effective_from", kind="stable", ignore_index=True)


def _with_proposal(table: pd.DataFrame, proposal: pd.DataFrame, starts: date) -> pd.DataFrame:
    start = pd.Timestamp(starts)
    parts = []
    for row in proposal.itertuples():
        hit = (table["effective_to"] >= start) & (
            (row.role_group == ANY)
            | ((table["role_group"] == row.role_group) & (table["jenjang"] == row.jenjang))
        )
        changed = table[hit].copy()
        changed["effective_from"] = changed["effective_from"].clip(lower=start)
        if pd.isna(row.age_years):
            changed["age_years"] = changed["age_years"] + row.added_years
        else:
            changed["age_years"] = row.age_years
        changed["rule_id"] = f"{row.rule_id}:" + changed["rule_id"]
        changed["source"] = f"{row.source}; " + changed["source"]
        changed["standing"] = SCENARIO
        kept = table[hit & (table["effective_from"] < start)].copy()
        kept["effective_to"] = kept["effective_to"].clip(upper=start - pd.Timedelta(days=1))
        table = table[~hit]
        parts += [kept, changed]
    return pd.concat([table, *parts], ignore_index=True)


def _cells(people: pd.DataFrame, law: _Law) -> tuple[np.ndarray, np.ndarray]:
    """The cell of each person, and whether they have one."""
    role_code, roles = pd.factorize(people["role_group"])
    jenjang_code, jenjangs = pd.factorize(people["jenjang"])
    lookup = np.full((len(roles) + 1, len(jenjangs) + 1), -1, dtype=np.int32)
    for r, role in enumerate(roles):
        for j, jenjang in enumerate(jenjangs):
            lookup[r, j] = law.posts.get((role, jenjang), -1)
    # Code -1 (unknown) reads the last row or column, which is never filled.
    post = lookup[role_code, jenjang_code]
    birth = people["birth_date"].to_numpy(dtype="datetime64[D]")
    # The boundaries are few: comparing with each is quicker than searching for millions.
    segment = np.full(len(people), -1, dtype=np.int32)
    for boundary in law.born:
        segment += birth >= boundary  # NaT is after nothing and stays at -1
    known = (post >= 0) & (segment >= 0)
    cell = post * np.int32(len(law.born)) + segment
    cell[~known] = 0
    return cell, known


def _birth_months(birth_date: pd.Series) -> np.ndarray:
    """Months since 1970-01 of each birth; NaT becomes 0, callers mask it."""
    birth = birth_date.to_numpy(dtype="datetime64[us]")
    months = birth.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(birth), 0, months).astype(np.int32)
