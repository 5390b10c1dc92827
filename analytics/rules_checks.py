"""What the tables of the law say together: one answer a day, no name that no other table knows.

Each check refuses the first row that breaks it, by file and ``rule_id``, with what to mend.
"""

from __future__ import annotations

import re
from itertools import combinations

import pandas as pd

from analytics.rules_tables import ANY, RuleError


def check_ages(ages: pd.DataFrame) -> None:
    """Two rows of ``retirement_age`` never answer for one person on one day.

    Raises
    ------
    RuleError
        They do, and are not two readings of one dispute.
    """
    _refuse_twice(ages["rule_id"], "retirement_age.csv", "rule_id")
    for (role_group, jenjang), rows in ages.groupby(["role_group", "jenjang"]):
        for first, second in combinations(rows.itertuples(), 2):
            # Two readings of one dispute never apply together; anything else may.
            apart = first.dispute_id == second.dispute_id != "" and first.reading != second.reading
            meets = (
                first.born_from <= second.born_to
                and second.born_from <= first.born_to
                and first.effective_from <= second.effective_to
                and second.effective_from <= first.effective_to
            )
            if meets and not apart:
                raise RuleError(
                    f"retirement_age.csv: {first.rule_id} dan {second.rule_id} sama-sama menjawab"
                    f" untuk {role_group} {jenjang}; akhiri salah satu (effective_to) atau"
                    " pisahkan rentang lahirnya",
                    f"retirement_age.csv: {first.rule_id} and {second.rule_id} both answer for"
                    f" {role_group} {jenjang}; end one of them (effective_to) or part their birth"
                    " ranges",
                )


def check_disputes(disputes: pd.DataFrame, ages: pd.DataFrame) -> None:
    """Every dispute has one default reading, and readings are those that rows of age use.

    Raises
    ------
    RuleError
        Naming the dispute or the reading.
    """
    defaults = disputes.groupby("dispute_id")["is_default"].sum()
    for dispute_id, count in defaults[defaults != 1].items():
        raise RuleError(
            f"dispute.csv: {dispute_id} punya {count} tafsir baku; tandai tepat satu",
            f"dispute.csv: {dispute_id} has {count} default readings; mark exactly one",
        )
    known = set(zip(disputes["dispute_id"], disputes["reading"], strict=True))
    _refuse_twice(disputes["dispute_id"] + " " + disputes["reading"], "dispute.csv", "reading")
    used = set(zip(ages["dispute_id"], ages["reading"], strict=True)) - {("", "")}
    if lost := sorted(used ^ known):
        raise RuleError(
            f"tafsir {lost[0][1]!r} dari {lost[0][0]!r} harus ada di dispute.csv dan di"
            " retirement_age.csv; tambahkan baris yang kurang",
            f"reading {lost[0][1]!r} of {lost[0][0]!r} must stand both in dispute.csv and in"
            " retirement_age.csv; add the missing row",
        )


def check_proposals(proposals: pd.DataFrame, roles: set[tuple[str, str]]) -> None:
    """A proposal says one thing of a post that some rule of age knows.

    Parameters
    ----------
    proposals
        Rows of ``retirement_age_proposal``.
    roles
        Pairs of role group and jenjang of ``retirement_age``.

    Raises
    ------
    RuleError
        Naming the row.
    """
    _refuse_twice(proposals["rule_id"], "retirement_age_proposal.csv", "rule_id")
    pairs = proposals["proposal"] + " " + proposals["role_group"] + " " + proposals["jenjang"]
    _refuse_twice(pairs, "retirement_age_proposal.csv", "post of a proposal")
    both = proposals["age_years"].isna() == proposals["added_years"].isna()
    if both.any():
        first = proposals.loc[both, "rule_id"].iloc[0]
        raise RuleError(
            f"retirement_age_proposal.csv: {first} perlu salah satu: age_years atau added_years",
            f"retirement_age_proposal.csv: {first} needs either age_years or added_years",
        )
    for row in proposals.itertuples():
        if row.role_group != ANY and (row.role_group, row.jenjang) not in roles:
            raise RuleError(
                f"retirement_age_proposal.csv: {row.rule_id} menyebut {row.role_group}"
                f" {row.jenjang}, yang tidak dikenal baris mana pun di retirement_age.csv",
                f"retirement_age_proposal.csv: {row.rule_id} names {row.role_group}"
                f" {row.jenjang}, which no row of retirement_age.csv knows",
            )


def check_patterns(table: pd.DataFrame, file: str) -> None:
    """Every ``pattern`` is a regular expression under an id of its own.

    Raises
    ------
    RuleError
        Naming the ``pattern_id``.
    """
    _refuse_twice(table["pattern_id"], file, "pattern_id")
    for row in table.itertuples():
        try:
            re.compile(str(row.pattern))
        except re.error as error:
            raise RuleError(
                f"{file}: {row.pattern_id} bukan pola ({error}); perbaiki",
                f"{file}: {row.pattern_id} is not a pattern ({error}); mend it",
            ) from error


def by_grade(hours: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``subject_hours`` once per ``grade`` from ``grade_from`` to ``grade_to``.

    Raises
    ------
    RuleError
        A row ends before the grade it begins with.
    """
    if (upside_down := hours["grade_from"] > hours["grade_to"]).any():
        raise RuleError(
            f"subject_hours.csv: {hours.loc[upside_down, 'rule_id'].iloc[0]} berakhir sebelum"
            " tingkat awalnya; tukar grade_from dan grade_to",
            f"subject_hours.csv: {hours.loc[upside_down, 'rule_id'].iloc[0]} ends before the"
            " grade it begins with; exchange grade_from and grade_to",
        )
    grades = hours.loc[hours.index.repeat(hours["grade_to"] - hours["grade_from"] + 1)]
    return grades.assign(grade=grades["grade_from"] + grades.groupby(level=0).cumcount())


def check_dated(table: pd.DataFrame, keys: list[str], file: str) -> None:
    """One row answers for a day.

    Parameters
    ----------
    table
        Rows with ``rule_id``, ``effective_from``, ``effective_to``; a rule that was spread over
        several rows keeps its index on each.
    keys
        Columns that say what is asked.
    file
        What messages call it.

    Raises
    ------
    RuleError
        An id stands twice, or two rows answer for one day.
    """
    unique = table["rule_id"].groupby(level=0).first()
    _refuse_twice(unique, file, "rule_id")
    _refuse_overlap(table, keys, file)


def check_exits(causes: pd.DataFrame, patterns: pd.DataFrame, rates: pd.DataFrame) -> None:
    """Causes of leaving: every one named, rates in order, one rate a person.

    Parameters
    ----------
    causes, patterns, rates
        Rows of ``exit_cause_name``, ``exit_cause`` and ``exit_rate``.

    Raises
    ------
    RuleError
        Naming the cause or the row.
    """
    _refuse_twice(causes["cause"], "exit_cause_name.csv", "cause")
    check_patterns(patterns, "exit_cause.csv")
    known = set(causes["cause"])
    for file, table in (("exit_cause.csv", patterns), ("exit_rate.csv", rates)):
        if lost := sorted(set(table["cause"]) - known):
            raise RuleError(
                f"{file}: {lost[0]} tidak ada di exit_cause_name.csv; tambahkan di sana",
                f"{file}: {lost[0]} is not in exit_cause_name.csv; add it there",
            )
    _refuse_twice(rates["rule_id"], "exit_rate.csv", "rule_id")
    order = rates["rate_low"].le(rates["rate_mid"]) & rates["rate_mid"].le(rates["rate_high"])
    sound = order & rates["age_from"].le(rates["age_to"]) & rates["weight_person_years"].gt(0)
    if not sound.all():
        raise RuleError(
            f"exit_rate.csv: {rates.loc[~sound, 'rule_id'].iloc[0]} harus rate_low <= rate_mid <="
            " rate_high, age_from <= age_to, dan bobot di atas 0",
            f"exit_rate.csv: {rates.loc[~sound, 'rule_id'].iloc[0]} must have rate_low <="
            " rate_mid <= rate_high, age_from <= age_to and a weight above 0",
        )
    for first, second in combinations(rates.itertuples(), 2):
        same = first.cause == second.cause and all(
            ANY in (mine := getattr(first, column), other := getattr(second, column))
            or mine == other
            for column in ("employment", "role_group", "sex")
        )
        if same and first.age_from <= second.age_to and second.age_from <= first.age_to:
            raise RuleError(
                f"exit_rate.csv: {first.rule_id} dan {second.rule_id} sama-sama menjawab untuk"
                " satu orang; pisahkan menurut status kepegawaian, kelompok jabatan, jenis"
                " kelamin, atau usia",
                f"exit_rate.csv: {first.rule_id} and {second.rule_id} both answer for one person;"
                " part them by employment, role group, sex or age",
            )


def check_options(
    options: pd.DataFrame,
    ratios: pd.DataFrame,
    promotions: pd.DataFrame,
    role_groups: pd.DataFrame,
) -> None:
    """Ways to fill a post, posts of a unit and promotions: groups known, one row a day, in order.

    Parameters
    ----------
    options, ratios, promotions, role_groups
        Rows of ``option``, ``service_ratio``, ``promotion`` and ``role_group``.

    Raises
    ------
    RuleError
        Naming the role group or the row.
    """
    known = {*role_groups["role_group"], ANY}
    for file, table, keys in (
        ("option.csv", options, ["option", "key", "role_group"]),
        ("service_ratio.csv", ratios, ["unit_kind", "role_group"]),
        ("promotion.csv", promotions, ["role_group"]),
    ):
        _refuse_twice(table["rule_id"], file, "rule_id")
        if lost := sorted(set(table["role_group"]) - known):
            raise RuleError(
                f"{file}: {lost[0]} tidak ada di role_group.csv; tambahkan di sana",
                f"{file}: {lost[0]} is not in role_group.csv; add it there",
            )
        _refuse_overlap(table, keys, file)
    order = options["value_low"].le(options["value_mid"]) & options["value_mid"].le(
        options["value_high"]
    )
    wrong = ~order & options[["value_low", "value_mid", "value_high"]].notna().any(axis=1)
    if wrong.any():
        raise RuleError(
            f"option.csv: {options.loc[wrong, 'rule_id'].iloc[0]} harus value_low <= value_mid <="
            " value_high, atau ketiganya kosong",
            f"option.csv: {options.loc[wrong, 'rule_id'].iloc[0]} must have value_low <= value_mid"
            " <= value_high, or none of the three",
        )


def _refuse_overlap(table: pd.DataFrame, keys: list[str], file: str) -> None:
    ordered = table.sort_values([*keys, "effective_from"], kind="stable")
    before = ordered.groupby(keys)["effective_to"].shift()
    meets = (ordered["effective_from"] <= before).to_numpy()
    if meets.any():
        at = int(meets.argmax())
        raise RuleError(
            f"{file}: {ordered['rule_id'].iloc[at - 1]} dan {ordered['rule_id'].iloc[at]}"
            " sama-sama menjawab untuk satu hari; akhiri salah satu (effective_to)",
            f"{file}: {ordered['rule_id'].iloc[at - 1]} and {ordered['rule_id'].iloc[at]} both"
            " answer for one day; end one of them (effective_to)",
        )


def check_names(
    role_groups: pd.DataFrame,
    ages: pd.DataFrame,
    legal_status: pd.DataFrame,
    employment: pd.DataFrame,
) -> None:
    """Role groups, legal status and kinds of employment: named once, and known where they are used.

    Parameters
    ----------
    role_groups, ages, legal_status, employment
        Rows of ``role_group``, ``retirement_age``, ``legal_status`` and ``employment``.

    Raises
    ------
    RuleError
        Naming the id.
    """
    known = set(role_groups["role_group"])
    if lost := sorted(set(ages["role_group"]) - known):
        raise RuleError(
            f"retirement_age.csv: {lost[0]} tidak ada di role_group.csv; tambahkan di sana",
            f"retirement_age.csv: {lost[0]} is not in role_group.csv; add it there",
        )
    _refuse_twice(role_groups["role_group"], "role_group.csv", "role_group")
    _refuse_twice(legal_status["code"], "legal_status.csv", "code")
    other = employment["age_lookup"] != "by_position"
    if other.any():
        raise RuleError(
            "employment.csv: usia setiap status kepegawaian adalah usia jabatannya",
            "employment.csv: every kind of employment has the age of its position",
        )


def _refuse_twice(ids: pd.Series, file: str, column: str) -> None:
    if (twice := ids[ids.duplicated()]).size:
        raise RuleError(
            f"{file}: {column} {twice.iloc[0]!r} ada dua kali; sisakan satu baris",
            f"{file}: {column} {twice.iloc[0]!r} stands twice; keep one row",
        )
