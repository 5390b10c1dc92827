"""What the law said, for whom, on a given day.

Every legal value is a dated, sourced row in ``data/rules/``. The rule book holds those tables,
read by ``rules_tables`` and refused by ``rules_checks`` where two rows would answer the same
question, and applies what the user chose: the reading of a disputed rule, a proposal as a scenario,
a local age where the law is not settled.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from analytics import rules_checks
from analytics.rules_tables import AGE_RANGE, ANY, COLUMNS, STANDINGS, RuleError, table

__all__ = [
    "ANY", "FOLDER", "NO_JENJANG", "NO_PROPOSAL", "SCENARIO", "STANDINGS", "LawChoice", "RuleBook",
    "RuleError", "load",
]  # fmt: skip

FOLDER = Path(__file__).resolve().parents[1] / "data" / "rules"

# What an answer is called that comes from a proposal; never the standing of a row of law.
SCENARIO = "scenario"
NO_PROPOSAL = "none"
NO_JENJANG = "-"


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
            if not AGE_RANGE.start <= age_years < AGE_RANGE.stop:
                raise RuleError(
                    f"usia setempat {role_group} {jenjang} adalah {age_years}; tulis"
                    f" {AGE_RANGE.start} sampai {AGE_RANGE.stop - 1} tahun",
                    f"local age of {role_group} {jenjang} is {age_years}; write"
                    f" {AGE_RANGE.start} to {AGE_RANGE.stop - 1} years",
                )
        if self.proposal_from is not None and self.proposal == NO_PROPOSAL:
            raise RuleError(
                "proposal_from diisi tanpa usul; sebut usulnya, atau kosongkan keduanya",
                "proposal_from is given but no proposal; name one, or leave both out",
            )


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
    tables = {name: table(folder, name) for name in COLUMNS}
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
    _refuse_contradictions(book)
    return book


def _refuse_contradictions(book: RuleBook) -> None:
    ages = book.retirement_age
    rules_checks.check_ages(ages)
    rules_checks.check_disputes(book.disputes, ages)
    rules_checks.check_proposals(book.proposals, book.roles())
    rules_checks.check_patterns(book.position_patterns, "position_pattern.csv")
    rules_checks.check_patterns(book.teaching_posts, "teaching_post_pattern.csv")
    rules_checks.check_names(book.role_groups, ages, book.legal_status, book.employment)
    grades = rules_checks.by_grade(book.subject_hours)
    for file, dated, keys in (
        ("class_size.csv", book.class_sizes, ["level"]),
        ("teacher_rule.csv", book.teacher_rules, ["key", "level", "post"]),
        ("projection_rule.csv", book.projection_rules, ["key", "employment"]),
        ("pns_salary.csv, pppk_salary.csv", book.salaries, ["employment", "grade", "mkg_years"]),
        ("pay_rule.csv", book.pay_rules, ["key", "employment", "role_group", "of"]),
        ("pay_grade.csv", book.pay_grades, ["key", "employment", "of"]),
        ("private_placement.csv", book.private_placements, ["employment"]),
        ("subject_hours.csv", grades, ["level", "grade", "subject", "reading"]),
    ):
        rules_checks.check_dated(dated, keys, file)
    rules_checks.check_exits(book.exit_causes, book.exit_patterns, book.exit_rates)
    rules_checks.check_options(
        book.option_rules, book.service_ratios, book.promotions, book.role_groups
    )
