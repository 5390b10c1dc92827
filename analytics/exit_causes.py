"""Why somebody left, out of the words of a list or the code of a status.

The words and codes are data (``data/rules/exit_cause.csv``). What they do not name is
``tidak_diketahui`` and waits for somebody who knows; it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analytics.retirement import first_of_next_month_at_age
from analytics.rules import RuleBook

UNKNOWN = "tidak_diketahui"
BUP, CONTRACT_ENDED, MPP = "bup", "kontrak_berakhir", "mpp"
DIED, MOVED = "meninggal", "pindah_keluar"


def reason_key(written: object) -> str:
    """A reason without case and punctuation: ``Pensiun (BUP)`` and ``PENSIUN BUP`` are one."""
    return " ".join(re.findall(r"[a-z0-9]+", str(written).casefold()))


def is_at_bup(birth_date: pd.Series, on: pd.Series, rulebook: RuleBook) -> pd.Series:
    """Whether somebody had reached the lowest retirement age that the law of the day knew.

    Parameters
    ----------
    birth_date, on
        Index-aligned dates; NaT in either gives False.

    Returns
    -------
    Booleans, index-aligned. Method: docs/method.md eq. 66.
    """
    table = rulebook.retirement_age
    lowest = {
        day: table.loc[table["effective_from"].le(day) & table["effective_to"].ge(day), "age_years"]
        for day in on.dropna().unique()
    }
    ages = on.map({day: ages.min() for day, ages in lowest.items()}).astype("Int64")
    reached = first_of_next_month_at_age(birth_date, ages)
    return (on >= reached).fillna(False).astype(bool)


def causes_of(
    written: Sequence[str],
    at_bup: Sequence[bool],
    rulebook: RuleBook,
    local_reasons: Mapping[str, str] | None = None,
) -> list[str]:
    """Causes of leaving out of reasons as written.

    Parameters
    ----------
    written
        Reasons as the list writes them; one of two digits is a code of legal status.
    at_bup
        Whether the person had reached retirement age then (:func:`is_at_bup`): a bare 'pensiun'
        is BUP then, and says nothing before.
    rulebook
        ``exit_patterns`` are tried in their order; the first that fits answers.
    local_reasons
        Words the user mapped: :func:`reason_key` -> cause; they outrank the table.

    Returns
    -------
    One cause each; '' where nothing is written, or nothing knows the words.
    """
    known = local_reasons or {}
    seen: dict[tuple[str, bool], str] = {}
    found = []
    for text, reached in zip(written, at_bup, strict=True):
        key = (reason_key(text), bool(reached))
        if key not in seen:
            seen[key] = known.get(key[0]) or _cause(*key, rulebook)
        found.append(seen[key])
    return found


def _cause(key: str, reached: bool, rulebook: RuleBook) -> str:
    if not key:
        return ""
    field = "legal_status_code" if re.fullmatch(r"\d{2}", key) else "reason"
    for row in rulebook.exit_patterns.itertuples():
        if row.field == field and (reached or not row.is_only_at_bup):
            holds = row.pattern == key if field != "reason" else re.search(str(row.pattern), key)
            if holds:
                return str(row.cause)
    return ""


def reasons_read(exits: pd.DataFrame) -> pd.DataFrame:
    """What was made of each reason as written, most frequent first.

    Parameters
    ----------
    exits
        One row per exit: ``reason``, ``cause``.

    Returns
    -------
    One row per wording and cause: ``reason`` ('' where nothing is written), ``cause``,
    ``exit_count``.
    """
    counts = exits.groupby(["reason", "cause"], sort=False).size().rename("exit_count")
    found = counts.reset_index()
    return found.sort_values(["exit_count", "reason"], ascending=[False, True], ignore_index=True)
