"""A file that was read, judged: what its kind asks to know, and what is refused at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analytics import checks, store
from analytics.faults import Fault, FaultsError
from analytics.import_before import asked, people_of, titles_of
from analytics.import_kinds import Checked
from analytics.readers import Reading
from analytics.rules import LawChoice, RuleBook


class UnmappedError(FaultsError):
    """A file whose columns must first be mapped by hand; ``reading`` shows what was recognised."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        super().__init__(fault for fault in reading.faults if fault.severity == "error")


@dataclass(frozen=True, eq=False)
class Ground:
    """What a file is judged by: the law, what people decided, and the edition before.

    ``local_titles`` and ``local_reasons`` are what was mapped by hand: titles to role group and
    jenjang, reasons of leaving to causes.
    """

    rulebook: RuleBook
    choice: LawChoice
    local_titles: Mapping[str, tuple[str, str]]
    local_reasons: Mapping[str, str]
    base: store.Edition | None


def to_be_matched(
    reading: Reading, base: store.Edition | None
) -> tuple[Reading, pd.DataFrame | None]:
    """A table that names schools without numbers, and the known schools it may mean.

    Raises
    ------
    FaultsError
        A list of pupils names its school alone and no school is known yet.
    """
    rows = reading.rows
    if reading.kind not in ("enrolment", "religion") or {"npsn", "school_id"} & set(rows.columns):
        return reading, None
    known = asked(base, "schools", school_year=None)
    if "name" not in rows or known.empty:
        if reading.layout == "dapodik_pupil":
            raise FaultsError([Fault(reading.file, "school_list_missing")])
        return reading, None
    left = tuple(
        fault
        for fault in reading.faults
        if fault.code != "column_missing" or fault.details.get("column_id") != "NPSN"
    )
    is_whole = not any(fault.severity == "error" for fault in left)
    return replace(reading, faults=left, is_certain=reading.is_certain or is_whole), known


def judged(
    reading: Reading,
    ground: Ground,
    day: date,
    listed_on: date,
    known_schools: pd.DataFrame | None,
) -> Checked:
    """Every row of a file judged, as ``analytics.checks`` does for its kind.

    Parameters
    ----------
    reading
        The file; all columns that its kind needs are there.
    ground
        What it is judged by.
    day
        The day the file describes.
    listed_on
        The day a list of who left was made: its title names the months it covers instead.
    known_schools
        Schools that a table of names may mean, see ``to_be_matched``.

    Raises
    ------
    FaultsError
        The file as a whole cannot be used.
    """
    rulebook, base = ground.rulebook, ground.base
    if reading.kind == "birth":
        known = asked(base, "births")
        return checks.checked_births(reading, day, None if known.empty else known)
    if reading.kind == "religion":
        pupils = asked(base, "enrolment", school_year=None)
        return checks.checked_religions(reading, day, pupils, known_schools)
    if reading.kind == "enrolment":
        return checks.checked_enrolment(reading, day, known_schools)
    if reading.kind == "exit":
        roster = None if base is None else (people_of(base), base.as_of)
        return checks.checked_exits(reading, rulebook, listed_on, roster, ground.local_reasons)
    if reading.kind == "abk":
        held = titles_of(base, rulebook, ground.local_titles)
        return checks.checked_workload(reading, rulebook, day, held | dict(ground.local_titles))
    if reading.kind == "apbd":
        return checks.checked_budgets(reading)
    if reading.kind == "school":
        return checks.checked_schools(reading, day)
    if reading.kind == "teacher":
        return checks.checked_teachers(reading, day)
    return checks.checked_roster(reading, rulebook, day, ground.local_titles, ground.choice)


def refuse_nameless(schools: pd.DataFrame, reading: Reading) -> None:
    """A list of schools nobody knows needs a column of names; without it, it is asked for.

    Raises
    ------
    UnmappedError
        A school has no name, in the list or before it.
    """
    if schools["name"].isna().any():
        words = {"column_id": "Nama Sekolah", "column_en": "school name"}
        missing = Fault(reading.file, "column_missing", details=words)
        raise UnmappedError(replace(reading, faults=(*reading.faults, missing)))
