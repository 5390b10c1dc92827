"""One table of the law as a frame: its columns, their kinds, every row dated and sourced.

A table that cannot be used is refused with the line of the file and what to write there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.told import ToldError

# A row that answers for every role group, level or kind of employment.
ANY = "*"
STANDINGS = ("settled", "unconfirmed", "disputed", "local_choice")
_SOURCED = ("source", "source_url", "checked_on", "standing", "note")
_DATES = ("born_from", "born_to", "effective_from", "effective_to", "checked_on")
_BOOLEANS = (
    *("is_default", "is_in_headcount", "is_on_duty", "is_educator", "has_contract_end"),
    *("is_early", "is_off_payroll", "is_only_at_bup", "is_floor"),
)
_SALARY = (
    *("rule_id", "employment", "grade", "mkg_years", "idr", "effective_from", "effective_to"),
)
COLUMNS: dict[str, tuple[str, ...]] = {
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

# Outside these a number is a typing error, not a retirement age: a check on the writer, not a law.
AGE_RANGE = range(40, 81)


# Values of a column, and where a cell is none of its kind.
Parsed = tuple[pd.Series, pd.Series]


class RuleError(ToldError):
    """A question the rules cannot answer, with the row to add, end or choose."""


def table(folder: Path, name: str) -> pd.DataFrame:
    """The rows of ``<name>.csv`` of a folder of rules, as the file orders them.

    Parameters
    ----------
    folder
        Where the rules lie.
    name
        One of ``COLUMNS``.

    Returns
    -------
    One row per line: the columns of ``COLUMNS[name]`` and ``source``, ``source_url``,
    ``checked_on``, ``standing``, ``note``. Days as ``datetime64[us]``, whole numbers as ``Int64``,
    shares and rupiah as floats, everything else as written.

    Raises
    ------
    RuleError
        The table is missing or lacks a column, or a row is undated, unsourced or not of its kind.
    """
    text = _as_written(folder / f"{name}.csv", name)
    lines = _Lines(f"{name}.csv", text[COLUMNS[name][0]])
    _refuse_unsourced(lines, text)
    for columns, parsed, indonesian, english in _KINDS:
        for column in (c for c in columns if c in text):
            values, bad = parsed(text[column])
            if _may_be_blank(name, column):
                bad &= text[column] != ""
            lines.refuse(bad, f"{column} {indonesian}", f"{column} {english}")
            text[column] = values
    for start, end in (("born_from", "born_to"), ("effective_from", "effective_to")):
        if start in text and end in text:
            later = text[start] > text[end]
            lines.refuse(later, f"{start} sesudah {end}", f"{start} is after {end}")
    if "age_years" in text:
        odd = ~text["age_years"].between(AGE_RANGE.start, AGE_RANGE.stop - 1)
        lines.refuse(
            odd.fillna(False),
            "age_years bukan usia pensiun dalam tahun",
            "age_years is not a retirement age in years",
        )
    return text


@dataclass(frozen=True)
class _Lines:
    """The lines of a table, by what stands in their first column."""

    file: str
    first: pd.Series

    def refuse(self, bad: pd.Series, indonesian: str, english: str) -> None:
        """Refuse the table for the first line that is bad."""
        if bad.any():
            line = int(bad.to_numpy().argmax())
            first = self.first.iloc[line]
            raise RuleError(
                f"{self.file} baris {line + 2} ({first}): {indonesian}",
                f"{self.file} line {line + 2} ({first}): {english}",
            )


def _as_written(path: Path, name: str) -> pd.DataFrame:
    """The cells as text; the columns that a table must have, and none that the law never asks."""
    if not path.is_file():
        raise RuleError(
            f"{path.name} tidak ada di antara aturan; kembalikan ke data/rules/",
            f"{path.name} is missing from the rules; put it back into data/rules/",
        )
    text = pd.read_csv(path, dtype="str", keep_default_na=False)
    wanted = (*COLUMNS[name], *_SOURCED)
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
    return text


def _refuse_unsourced(lines: _Lines, text: pd.DataFrame) -> None:
    lines.refuse(
        text["source"].str.strip() == "",
        "source kosong; sebut peraturan dan pasalnya",
        "source is empty; name the regulation and article",
    )
    lines.refuse(
        text["checked_on"] == "",
        "checked_on kosong; tulis hari sumbernya dibaca",
        "checked_on is empty; write the day the source was read",
    )
    known = ", ".join(STANDINGS)
    lines.refuse(
        ~text["standing"].isin(STANDINGS),
        f"standing harus salah satu dari {known}",
        f"standing must be one of {known}",
    )


def _may_be_blank(name: str, column: str) -> bool:
    if column in _NUMBERS:
        return name == "retirement_age_proposal" or column in _MAY_BE_BLANK
    return column in _DECIMALS and column != "posts_per_unit"


def _days(text: pd.Series) -> Parsed:
    day = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    return day.astype("datetime64[us]"), day.isna()


def _truths(text: pd.Series) -> Parsed:
    return text == "true", ~text.isin(["true", "false"])


def _wholes(text: pd.Series) -> Parsed:
    number = pd.to_numeric(text, errors="coerce").astype("float64")
    number = number.where(number % 1 == 0).astype("Int64")
    return number, number.isna()


def _from_zero(text: pd.Series) -> Parsed:
    number = pd.to_numeric(text, errors="coerce")
    return number, ~number.ge(0)


def _shares(text: pd.Series) -> Parsed:
    share = pd.to_numeric(text, errors="coerce")
    return share, ~share.between(0, 1)


def _amounts(text: pd.Series) -> Parsed:
    amount, bad = _from_zero(text)
    return amount.astype("float64"), bad


# Columns of a kind, how their cells are read (values, and where they are none), what is said then.
_KINDS: tuple[tuple[tuple[str, ...], Callable[[pd.Series], Parsed], str, str], ...] = (
    (_DATES, _days, "bukan tanggal YYYY-MM-DD", "is not a date YYYY-MM-DD"),
    (_BOOLEANS, _truths, "harus true atau false", "must be true or false"),
    (_NUMBERS, _wholes, "bukan bilangan bulat", "is not a whole number"),
    (_DECIMALS, _from_zero, "bukan bilangan 0 atau lebih", "is not a number of 0 or more"),
    (_RATES, _shares, "bukan bagian antara 0 dan 1", "is not a share between 0 and 1"),
    (_AMOUNTS, _amounts, "bukan bilangan mulai dari 0", "is not a number from 0 up"),
)
