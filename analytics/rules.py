"""What the law said, for whom, on a given day.

Every legal value is a dated, sourced row in ``data/rules/``. This module reads those tables,
refuses them where two rows would answer the same question, and applies what the user chose: the
reading of a disputed rule, a proposal as a scenario, a local age where the law is not settled.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

import pandas as pd

from analytics.told import ToldError

FOLDER = Path(__file__).resolve().parents[1] / "data" / "rules"

STANDINGS = ("settled", "unconfirmed", "disputed", "local_choice")
# What an answer is called that comes from a proposal; never the standing of a row of law.
SCENARIO = "scenario"
NO_PROPOSAL = "none"
NO_JENJANG = "-"
ANY = "*"

_SOURCED = ("source", "source_url", "checked_on", "standing", "note")
_DATES = ("born_from", "born_to", "effective_from", "effective_to", "checked_on")
_BOOLEANS = (
    *("is_default", "is_in_headcount", "is_on_duty", "is_educator", "has_contract_end"),
    *("is_early", "is_off_payroll", "is_only_at_bup", "is_floor"),
)
_SALARY = (
    *("rule_id", "employment", "grade", "mkg_years", "idr", "effective_from", "effective_to"),
)
_COLUMNS: dict[str, tuple[str, ...]] = {
    "retirement_age": (
        *("rule_id", "role_group", "jenjang", "dispute_id", "reading", "born_from", "born_to"),
        *("age_years", "effective_from", "effective_to"),
    ),
    "retirement_age_proposal": (
        *("rule_id", "proposal", "role_group", "jenjang", "age_years", "added_years"),
    ),
    "dispute": (
        *("dispute_id", "reading", "is_default", "label_id", "label_en"),
        *("explanation_id", "explanation_en"),
    ),
    "position_pattern": (
        *("pattern_id", "priority", "field", "pattern", "kind", "role_group", "jenjang"),
        *("effective_from", "effective_to"),
    ),
    "legal_status": (
        *("code", "label_id", "label_en", "is_in_headcount", "is_on_duty"),
        *("effective_from", "effective_to"),
    ),
    "role_group": ("role_group", "label_id", "label_en", "family", "is_educator", "age_lookup"),
    "employment": ("employment", "label_id", "label_en", "age_lookup", "has_contract_end"),
    "class_size": (
        *("rule_id", "level", "max_pupils", "min_rombel", "max_rombel"),
        *("effective_from", "effective_to"),
    ),
    "subject_hours": (
        *("rule_id", "level", "grade_from", "grade_to", "subject", "kind", "post", "jp_per_week"),
        *("reading", "effective_from", "effective_to"),
    ),
    "teacher_rule": (
        *("rule_id", "key", "level", "post", "value", "unit", "effective_from", "effective_to"),
    ),
    "private_placement": (
        *("rule_id", "employment", "least_rank", "least_step", "most_years", "extension_years"),
        *("effective_from", "effective_to"),
    ),
    "teaching_post_pattern": (
        *("pattern_id", "priority", "pattern", "post", "effective_from", "effective_to"),
    ),
    "exit_cause_name": ("cause", "label_id", "label_en", "is_early", "is_off_payroll"),
    "exit_cause": (
        *("pattern_id", "priority", "field", "pattern", "cause", "is_only_at_bup"),
        *("effective_from", "effective_to"),
    ),
    "exit_rate": (
        *("rule_id", "cause", "employment", "role_group", "sex", "age_from", "age_to"),
        *("rate_low", "rate_mid", "rate_high", "weight_person_years"),
    ),
    "projection_rule": (
        *("rule_id", "key", "employment", "share", "months", "effective_from", "effective_to"),
    ),
    "pns_salary": _SALARY,
    "pppk_salary": _SALARY,
    "pay_rule": (
        *("rule_id", "key", "employment", "role_group", "of", "amount", "unit"),
        *("effective_from", "effective_to"),
    ),
    "pay_grade": (
        *("rule_id", "key", "employment", "of", "answer", "effective_from", "effective_to"),
    ),
    "option": (
        *("rule_id", "option", "key", "role_group", "value_low", "value_mid", "value_high", "unit"),
        *("text_id", "text_en", "effective_from", "effective_to"),
    ),
    "promotion": (
        *("rule_id", "priority", "role_group", "from_role_group"),
        *("effective_from", "effective_to"),
    ),
    "service_ratio": (
        *("rule_id", "unit_kind", "role_group", "posts_per_unit", "is_floor"),
        *("effective_from", "effective_to"),
    ),
}
_NUMBERS = (
    *("age_years", "added_years", "priority", "max_pupils", "min_rombel", "max_rombel"),
    *("grade_from", "grade_to", "jp_per_week", "value", "most_years", "extension_years"),
    *("age_from", "age_to", "weight_person_years", "months", "mkg_years"),
)
# Money and factors of pay: not below zero.
_AMOUNTS = ("idr", "amount")
# Per person and year, or of people: 0-1.
_RATES = ("rate_low", "rate_mid", "rate_high", "share")
# Numbers that may have a fraction; a row of words leaves the first three blank.
_DECIMALS = ("value_low", "value_mid", "value_high", "posts_per_unit")
# Columns of which a row fills one or none.
_MAY_BE_BLANK = ("min_rombel", "max_rombel")
# Public code and officials have read the age off the pay grade; the law never does.
_REFUSED_COLUMNS = ("golongan", "pangkat")


class RuleError(ToldError):
    """A question the rules cannot answer, with the row to add, end or choose."""


@dataclass(frozen=True)
class LawChoice:
    """What the user chose where the law leaves a choice; by default nothing.

    Parameters
    ----------
    readings
        Pairs ``(dispute_id, reading)``; a dispute not named keeps its default reading.
    proposal
        ``none`` or a proposal of ``retirement_age_proposal.csv``.
    proposal_from
        First day on which the proposal is taken to be law; None: the day of the roster.
    local_ages
        ``(role_group, jenjang, age_years)`` for rows whose standing is not settled.
    """

    readings: tuple[tuple[str, str], ...] = ()
    proposal: str = NO_PROPOSAL
    proposal_from: date | None = None
    local_ages: tuple[tuple[str, str, int], ...] = ()

    def __post_init__(self) -> None:
        for name, pairs in (
            ("readings", [pair[0] for pair in self.readings]),
            ("local_ages", [age[:2] for age in self.local_ages]),
        ):
            if len(pairs) != len(set(pairs)):
                raise RuleError(
                    f"{name} menyebut satu hal dua kali: {pairs}; sisakan satu",
                    f"{name} names one thing twice: {pairs}; keep one of each",
                )
        for role_group, jenjang, age_years in self.local_ages:
            if isinstance(age_years, bool) or not isinstance(age_years, int):
                raise RuleError(
                    f"usia setempat {role_group} {jenjang} adalah {age_years!r}; tulis tahun bulat",
                    f"local age of {role_group} {jenjang} is {age_years!r}; whole years",
                )
            if not _AGE_RANGE.start <= age_years < _AGE_RANGE.stop:
                raise RuleError(
                    f"usia setempat {role_group} {jenjang} adalah {age_years}; tulis"
                    f" {_AGE_RANGE.start} sampai {_AGE_RANGE.stop - 1} tahun",
                    f"local age of {role_group} {jenjang} is {age_years}; write"
                    f" {_AGE_RANGE.start} to {_AGE_RANGE.stop - 1} years",
                )
        if self.proposal_from is not None and self.proposal == NO_PROPOSAL:
            raise RuleError(
                "proposal_from diisi tanpa usul; sebut usulnya, atau kosongkan keduanya",
                "proposal_from is given but no proposal; name one, or leave both out",
            )


# Outside these a number is a typing error, not a retirement age: a check on the writer, not a law.
_AGE_RANGE = range(40, 81)


@dataclass(frozen=True, eq=False)
class RuleBook:
    """The rule tables, read and checked.

    ``retirement_age``: one row per role group, jenjang, reading, birth range and effective range.
    ``proposals``: one row per proposal and post. ``disputes``: one row per dispute and reading.
    ``position_patterns``: one row per pattern, in the order they are tried. ``legal_status``: one
    row per code. ``role_groups``, ``employment``: one row per id. ``class_sizes``: one row per
    level and effective range. ``subject_hours``: one row per level, grades, subject, reading and
    effective range. ``teacher_rules``: one row per key, level, post and effective range.
    ``private_placements``: one row per kind of employment and effective range.
    ``teaching_posts``: one row per pattern, in the order they are tried. ``exit_causes``: one row
    per cause of leaving. ``exit_patterns``: written words and codes to causes, in the order they
    are tried. ``exit_rates``: what is taken to be usual before there is history, one row per
    cause, employment, role group, sex and ages. ``projection_rules``: how contracts and leave
    before retirement are projected, one row per key, employment and effective range.
    ``salaries``: base pay a month, one row per employment, grade (golongan), first year of service
    of a step and effective range. ``pay_rules``: amounts and factors of pay, of the cap and of the
    budget, one row per key, employment, role group, what it is of and effective range.
    ``pay_grades``: grades by schooling, jenjang or echelon, in the same way.
    ``option_rules``: what is known of each way to fill a post, one row per option, key, role group
    and effective range. ``service_ratios``: posts a unit of a kind ought to have, one row per kind
    of unit, role group and effective range. ``promotions``: from which role group a post is filled
    from within, one row per role group and effective range. ``version``: hash of all files.
    """

    retirement_age: pd.DataFrame
    proposals: pd.DataFrame
    disputes: pd.DataFrame
    position_patterns: pd.DataFrame
    legal_status: pd.DataFrame
    role_groups: pd.DataFrame
    employment: pd.DataFrame
    class_sizes: pd.DataFrame
    subject_hours: pd.DataFrame
    teacher_rules: pd.DataFrame
    private_placements: pd.DataFrame
    teaching_posts: pd.DataFrame
    exit_causes: pd.DataFrame
    exit_patterns: pd.DataFrame
    exit_rates: pd.DataFrame
    projection_rules: pd.DataFrame
    salaries: pd.DataFrame
    pay_rules: pd.DataFrame
    pay_grades: pd.DataFrame
    option_rules: pd.DataFrame
    service_ratios: pd.DataFrame
    promotions: pd.DataFrame
    version: str

    def readings(self, choice: LawChoice = LawChoice()) -> dict[str, str]:
        """The reading in force of every dispute, by ``dispute_id``.

        Raises
        ------
        RuleError
            When the choice names a dispute or a reading that no row knows.
        """
        default = self.disputes[self.disputes["is_default"]]
        chosen = dict(zip(default["dispute_id"], default["reading"], strict=True))
        known = set(zip(self.disputes["dispute_id"], self.disputes["reading"], strict=True))
        for pair in choice.readings:
            if pair not in known:
                raise RuleError(
                    f"tidak ada tafsir {pair[1]!r} untuk {pair[0]!r}; pilih satu baris"
                    " data/rules/dispute.csv",
                    f"no reading {pair[1]!r} of {pair[0]!r}; choose a row of"
                    " data/rules/dispute.csv",
                )
        return chosen | dict(choice.readings)

    def ages(self, choice: LawChoice = LawChoice()) -> pd.DataFrame:
        """Rows of ``retirement_age`` under the readings and local ages of a choice.

        Proposals are not applied here: they have a day on which they begin, see
        :func:`analytics.retirement.retirement_dates`.

        Raises
        ------
        RuleError
            When a local age is given for a post that is settled, or that no row knows.
        """
        reading = self.readings(choice)
        table = self.retirement_age
        wanted = table["dispute_id"].map(reading).fillna("")
        table = table[(table["dispute_id"] == "") | (table["reading"] == wanted)].copy()
        for role_group, jenjang, age_years in choice.local_ages:
            here = (table["role_group"] == role_group) & (table["jenjang"] == jenjang)
            # Rows of the past are left alone: a local choice is about who is still to leave.
            here &= table["effective_to"] == table["effective_to"].max()
            if not here.any():
                raise RuleError(
                    f"tidak ada aturan untuk {role_group} {jenjang}; usia setempat menggantikan"
                    " satu baris data/rules/retirement_age.csv, tambahkan dahulu baris itu",
                    f"no rule for {role_group} {jenjang}; a local age replaces a row of"
                    " data/rules/retirement_age.csv, add that row first",
                )
            if (table.loc[here, "standing"] == "settled").any():
                raise RuleError(
                    f"usia {role_group} {jenjang} adalah hukum yang pasti; usia setempat hanya"
                    " untuk baris yang belum pasti. Ubah barisnya di"
                    " data/rules/retirement_age.csv bila hukumnya berubah",
                    f"the age of {role_group} {jenjang} is settled law; a local age is only for"
                    " rows whose standing is not. Change the row in"
                    " data/rules/retirement_age.csv if the law has changed",
                )
            table.loc[here, "age_years"] = age_years
            table.loc[here, "standing"] = "local_choice"
        return table.reset_index(drop=True)

    def proposal_rows(self, choice: LawChoice) -> pd.DataFrame:
        """Rows of the chosen proposal; empty when none is chosen.

        Raises
        ------
        RuleError
            When no row knows the proposal.
        """
        rows = self.proposals[self.proposals["proposal"] == choice.proposal]
        if rows.empty and choice.proposal != NO_PROPOSAL:
            raise RuleError(
                f"tidak ada usul {choice.proposal!r}; tambahkan di"
                " data/rules/retirement_age_proposal.csv",
                f"no proposal {choice.proposal!r}; add it to"
                " data/rules/retirement_age_proposal.csv",
            )
        return rows

    def roles(self) -> set[tuple[str, str]]:
        """Every pair of role group and jenjang that some rule of age knows."""
        return set(
            zip(self.retirement_age["role_group"], self.retirement_age["jenjang"], strict=True)
        )


def load(folder: Path | None = None) -> RuleBook:
    """The rule book of a folder; by default the one that comes with the product, read once.

    Raises
    ------
    RuleError
        When a table is missing, or a row is undated, unsourced or answers twice.
    """
    return _shipped() if folder is None else _read(folder)


@cache
def _shipped() -> RuleBook:
    return _read(FOLDER)


def _read(folder: Path) -> RuleBook:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        # Line ends differ between a checkout on Windows and on Linux; the law does not.
        digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    tables = {name: _table(folder, name) for name in _COLUMNS}
    book = RuleBook(
        retirement_age=tables["retirement_age"],
        proposals=tables["retirement_age_proposal"],
        disputes=tables["dispute"],
        position_patterns=tables["position_pattern"].sort_values(
            "priority", kind="stable", ignore_index=True
        ),
        legal_status=tables["legal_status"],
        role_groups=tables["role_group"],
        employment=tables["employment"],
        class_sizes=tables["class_size"],
        subject_hours=tables["subject_hours"],
        teacher_rules=tables["teacher_rule"],
        private_placements=tables["private_placement"],
        teaching_posts=tables["teaching_post_pattern"].sort_values(
            "priority", kind="stable", ignore_index=True
        ),
        exit_causes=tables["exit_cause_name"],
        exit_patterns=tables["exit_cause"].sort_values(
            "priority", kind="stable", ignore_index=True
        ),
        exit_rates=tables["exit_rate"],
        projection_rules=tables["projection_rule"],
        salaries=pd.concat([tables["pns_salary"], tables["pppk_salary"]], ignore_index=True),
        pay_rules=tables["pay_rule"],
        pay_grades=tables["pay_grade"],
        option_rules=tables["option"],
        service_ratios=tables["service_ratio"],
        promotions=tables["promotion"],
        version=digest.hexdigest()[:12],
    )
    _check_ages(book)
    _check_disputes(book)
    _check_proposals(book)
    _check_patterns(book.position_patterns, "position_pattern.csv")
    _check_patterns(book.teaching_posts, "teaching_post_pattern.csv")
    _check_ids(book)
    _check_teaching(book)
    _check_exits(book)
    _check_options(book)
    return book


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise RuleError(
            f"{path.name} tidak ada di antara aturan; kembalikan ke data/rules/",
            f"{path.name} is missing from the rules; put it back into data/rules/",
        )
    text = pd.read_csv(path, dtype="str", keep_default_na=False)
    wanted = (*_COLUMNS[name], *_SOURCED)
    if missing := [column for column in wanted if column not in text]:
        raise RuleError(
            f"{path.name} tidak punya kolom {', '.join(missing)}; tambahkan",
            f"{path.name} has no column {', '.join(missing)}; add it",
        )
    if refused := [c for c in text if any(word in c.lower() for word in _REFUSED_COLUMNS)]:
        raise RuleError(
            f"{path.name} punya kolom {refused[0]}; tidak ada aturan yang bergantung pada"
            " golongan, hapus",
            f"{path.name} has a column {refused[0]}; no rule depends on the pay grade, remove it",
        )
    where = text[wanted[0]]

    def refuse(bad: pd.Series, indonesian: str, english: str) -> None:
        if bad.any():
            line = int(bad.to_numpy().argmax())
            first = where.iloc[line]
            raise RuleError(
                f"{path.name} baris {line + 2} ({first}): {indonesian}",
                f"{path.name} line {line + 2} ({first}): {english}",
            )

    refuse(
        text["source"].str.strip() == "",
        "source kosong; sebut peraturan dan pasalnya",
        "source is empty; name the regulation and article",
    )
    refuse(
        text["checked_on"] == "",
        "checked_on kosong; tulis hari sumbernya dibaca",
        "checked_on is empty; write the day the source was read",
    )
    known = ", ".join(STANDINGS)
    refuse(
        ~text["standing"].isin(STANDINGS),
        f"standing harus salah satu dari {known}",
        f"standing must be one of {known}",
    )
    for column in (c for c in _DATES if c in text):
        day = pd.to_datetime(text[column], format="%Y-%m-%d", errors="coerce")
        refuse(
            day.isna(),
            f"{column} bukan tanggal YYYY-MM-DD",
            f"{column} is not a date YYYY-MM-DD",
        )
        text[column] = day.astype("datetime64[us]")
    for start, end in (("born_from", "born_to"), ("effective_from", "effective_to")):
        if start in text and end in text:
            refuse(text[start] > text[end], f"{start} sesudah {end}", f"{start} is after {end}")
    for column in (c for c in _BOOLEANS if c in text):
        refuse(
            ~text[column].isin(["true", "false"]),
            f"{column} harus true atau false",
            f"{column} must be true or false",
        )
        text[column] = text[column] == "true"
    for column in (c for c in _NUMBERS if c in text):
        may_be_empty = name == "retirement_age_proposal" or column in _MAY_BE_BLANK
        number = pd.to_numeric(text[column], errors="coerce").astype("Int64")
        refuse(
            number.isna() & ~(may_be_empty & (text[column] == "")),
            f"{column} bukan bilangan bulat",
            f"{column} is not a number",
        )
        text[column] = number
    for column in (c for c in _DECIMALS if c in text):
        decimal = pd.to_numeric(text[column], errors="coerce")
        may_be_empty = column != "posts_per_unit"
        refuse(
            (decimal.isna() & ~(may_be_empty & (text[column] == ""))) | (decimal < 0),
            f"{column} bukan bilangan 0 atau lebih",
            f"{column} is not a number of 0 or more",
        )
        text[column] = decimal
    for column in (c for c in _RATES if c in text):
        rate = pd.to_numeric(text[column], errors="coerce")
        refuse(
            ~rate.between(0, 1),
            f"{column} bukan bagian antara 0 dan 1",
            f"{column} is not a share between 0 and 1",
        )
        text[column] = rate
    for column in (c for c in _AMOUNTS if c in text):
        amount = pd.to_numeric(text[column], errors="coerce")
        refuse(
            ~amount.ge(0),
            f"{column} bukan bilangan mulai dari 0",
            f"{column} is not a number from 0 up",
        )
        text[column] = amount.astype("float64")
    if "age_years" in text:
        odd = ~text["age_years"].between(_AGE_RANGE.start, _AGE_RANGE.stop - 1)
        refuse(
            odd.fillna(False),
            "age_years bukan usia pensiun dalam tahun",
            "age_years is not a retirement age in years",
        )
    return text


def _check_ages(book: RuleBook) -> None:
    table = book.retirement_age
    _refuse_twice(table["rule_id"], "retirement_age.csv", "rule_id")
    for (role_group, jenjang), rows in table.groupby(["role_group", "jenjang"]):
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


def _check_disputes(book: RuleBook) -> None:
    table = book.disputes
    defaults = table.groupby("dispute_id")["is_default"].sum()
    for dispute_id, count in defaults[defaults != 1].items():
        raise RuleError(
            f"dispute.csv: {dispute_id} punya {count} tafsir baku; tandai tepat satu",
            f"dispute.csv: {dispute_id} has {count} default readings; mark exactly one",
        )
    known = set(zip(table["dispute_id"], table["reading"], strict=True))
    _refuse_twice(table["dispute_id"] + " " + table["reading"], "dispute.csv", "reading")
    ages = book.retirement_age
    used = set(zip(ages["dispute_id"], ages["reading"], strict=True)) - {("", "")}
    if lost := sorted(used ^ known):
        raise RuleError(
            f"tafsir {lost[0][1]!r} dari {lost[0][0]!r} harus ada di dispute.csv dan di"
            " retirement_age.csv; tambahkan baris yang kurang",
            f"reading {lost[0][1]!r} of {lost[0][0]!r} must stand both in dispute.csv and in"
            " retirement_age.csv; add the missing row",
        )


def _check_proposals(book: RuleBook) -> None:
    table = book.proposals
    _refuse_twice(table["rule_id"], "retirement_age_proposal.csv", "rule_id")
    pairs = table["proposal"] + " " + table["role_group"] + " " + table["jenjang"]
    _refuse_twice(pairs, "retirement_age_proposal.csv", "post of a proposal")
    both = table["age_years"].isna() == table["added_years"].isna()
    if both.any():
        raise RuleError(
            f"retirement_age_proposal.csv: {table.loc[both, 'rule_id'].iloc[0]} perlu salah satu:"
            " age_years atau added_years",
            f"retirement_age_proposal.csv: {table.loc[both, 'rule_id'].iloc[0]} needs either"
            " age_years or added_years",
        )
    for row in table.itertuples():
        if row.role_group != ANY and (row.role_group, row.jenjang) not in book.roles():
            raise RuleError(
                f"retirement_age_proposal.csv: {row.rule_id} menyebut {row.role_group}"
                f" {row.jenjang}, yang tidak dikenal baris mana pun di retirement_age.csv",
                f"retirement_age_proposal.csv: {row.rule_id} names {row.role_group}"
                f" {row.jenjang}, which no row of retirement_age.csv knows",
            )


def _check_patterns(table: pd.DataFrame, file: str) -> None:
    _refuse_twice(table["pattern_id"], file, "pattern_id")
    for row in table.itertuples():
        try:
            re.compile(str(row.pattern))
        except re.error as error:
            raise RuleError(
                f"{file}: {row.pattern_id} bukan pola ({error}); perbaiki",
                f"{file}: {row.pattern_id} is not a pattern ({error}); mend it",
            ) from error


def _check_teaching(book: RuleBook) -> None:
    hours = book.subject_hours
    if (upside_down := hours["grade_from"] > hours["grade_to"]).any():
        raise RuleError(
            f"subject_hours.csv: {hours.loc[upside_down, 'rule_id'].iloc[0]} berakhir sebelum"
            " tingkat awalnya; tukar grade_from dan grade_to",
            f"subject_hours.csv: {hours.loc[upside_down, 'rule_id'].iloc[0]} ends before the"
            " grade it begins with; exchange grade_from and grade_to",
        )
    grades = hours.loc[hours.index.repeat(hours["grade_to"] - hours["grade_from"] + 1)]
    grades = grades.assign(grade=grades["grade_from"] + grades.groupby(level=0).cumcount())
    for file, table, keys in (
        ("class_size.csv", book.class_sizes, ["level"]),
        ("teacher_rule.csv", book.teacher_rules, ["key", "level", "post"]),
        ("projection_rule.csv", book.projection_rules, ["key", "employment"]),
        ("pns_salary.csv, pppk_salary.csv", book.salaries, ["employment", "grade", "mkg_years"]),
        ("pay_rule.csv", book.pay_rules, ["key", "employment", "role_group", "of"]),
        ("pay_grade.csv", book.pay_grades, ["key", "employment", "of"]),
        ("private_placement.csv", book.private_placements, ["employment"]),
        ("subject_hours.csv", grades, ["level", "grade", "subject", "reading"]),
    ):
        unique = table["rule_id"].groupby(level=0).first()
        _refuse_twice(unique, file, "rule_id")
        _refuse_overlap(table, keys, file)


def _check_exits(book: RuleBook) -> None:
    _refuse_twice(book.exit_causes["cause"], "exit_cause_name.csv", "cause")
    _check_patterns(book.exit_patterns, "exit_cause.csv")
    known = set(book.exit_causes["cause"])
    for file, table in (("exit_cause.csv", book.exit_patterns), ("exit_rate.csv", book.exit_rates)):
        if lost := sorted(set(table["cause"]) - known):
            raise RuleError(
                f"{file}: {lost[0]} tidak ada di exit_cause_name.csv; tambahkan di sana",
                f"{file}: {lost[0]} is not in exit_cause_name.csv; add it there",
            )
    rates = book.exit_rates
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


def _check_options(book: RuleBook) -> None:
    known = {*book.role_groups["role_group"], ANY}
    for file, table, keys in (
        ("option.csv", book.option_rules, ["option", "key", "role_group"]),
        ("service_ratio.csv", book.service_ratios, ["unit_kind", "role_group"]),
        ("promotion.csv", book.promotions, ["role_group"]),
    ):
        _refuse_twice(table["rule_id"], file, "rule_id")
        if lost := sorted(set(table["role_group"]) - known):
            raise RuleError(
                f"{file}: {lost[0]} tidak ada di role_group.csv; tambahkan di sana",
                f"{file}: {lost[0]} is not in role_group.csv; add it there",
            )
        _refuse_overlap(table, keys, file)
    rows = book.option_rules
    order = rows["value_low"].le(rows["value_mid"]) & rows["value_mid"].le(rows["value_high"])
    wrong = ~order & rows[["value_low", "value_mid", "value_high"]].notna().any(axis=1)
    if wrong.any():
        raise RuleError(
            f"option.csv: {rows.loc[wrong, 'rule_id'].iloc[0]} harus value_low <= value_mid <="
            " value_high, atau ketiganya kosong",
            f"option.csv: {rows.loc[wrong, 'rule_id'].iloc[0]} must have value_low <= value_mid"
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


def _check_ids(book: RuleBook) -> None:
    known = set(book.role_groups["role_group"])
    for name, table in (("retirement_age", book.retirement_age),):
        if lost := sorted(set(table["role_group"]) - known):
            raise RuleError(
                f"{name}.csv: {lost[0]} tidak ada di role_group.csv; tambahkan di sana",
                f"{name}.csv: {lost[0]} is not in role_group.csv; add it there",
            )
    _refuse_twice(book.role_groups["role_group"], "role_group.csv", "role_group")
    _refuse_twice(book.legal_status["code"], "legal_status.csv", "code")
    other = book.employment["age_lookup"] != "by_position"
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
