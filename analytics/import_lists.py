"""Every list but a roster merged with the edition before: what it replaces, and what stays."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics import checks, exit_merging, import_schools, store, units
from analytics.faults import Fault, FaultsError
from analytics.import_before import asked, exits_of, profiles_of
from analytics.readers import Reading

# Where each list goes: its table, the question that reads it, and what a new row replaces.
_LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "teacher": ("school_teacher", "school_teachers", ("npsn",)),
    "school": ("school_year_profile", "schools", ("npsn", "school_year")),
    "enrolment": ("enrolment", "enrolment", ("npsn", "school_year")),
    "birth": ("birth", "births", ("area", "year")),
    "religion": ("pupil_religion", "pupil_religions", ("npsn", "school_year")),
    "exit": ("exit", "exits", ("nip", "exited_on")),
    "abk": ("post_need", "post_needs", ("opd", "unit", "year")),
    "apbd": ("budget_year", "budget_stages", ("year", "is_realised")),
}
# A form of one title replaces that title; a list of titles replaces its unit.
_BY_TITLE = ("opd", "unit", "title", "year")


def merged_list(
    kind: str, incoming: pd.DataFrame, base: store.Edition | None, scope: str
) -> tuple[dict[str, pd.DataFrame], int, int]:
    """The table a list fills in the next edition; how many rows before it go, and stay.

    Parameters
    ----------
    kind
        One of ``import_kinds.KINDS``, no roster.
    incoming
        Good rows of the file, in the columns of its table.
    base
        The edition before.
    scope
        One of ``import_kinds.SCOPES``.
    """
    table, question, keys = _LISTS[kind]
    if kind == "exit":
        known = exits_of(base)
        merged = exit_merging.with_listed(known, incoming)
        stays_count = exit_merging.stays_count(known, incoming, merged)
        return {table: merged}, len(known) - stays_count, stays_count
    if kind == "teacher":
        incoming = import_schools.with_npsn(incoming, asked(base, "schools", school_year=None))
    if kind == "birth":
        incoming = _with_known_areas(incoming, base)
    if kind == "abk":
        incoming = _with_known_offices(incoming, base)
        keys = _BY_TITLE if scope == "add" else keys
    by_year = kind in ("school", "enrolment", "religion")
    parameters = {"school_year": None} if by_year else {}
    present = asked(base, question, **parameters)
    present = present.drop(columns="school_teacher_id", errors="ignore")
    if present.empty:
        return {table: incoming}, 0, 0
    if kind == "school" and scope == "all":
        keys = ("school_year",)
    replaced = _is_replaced(present, incoming, keys)
    if kind == "teacher":
        replaced = import_schools.same_school(present, incoming)
        if scope == "all" and len(set(import_schools.schools_of(incoming))) != 1:
            replaced = pd.Series(True, index=present.index)
    stays = present.loc[~replaced]
    merged = pd.concat([stays, incoming], ignore_index=True) if len(stays) else incoming
    return {table: merged}, int(replaced.sum()), len(stays)


def with_description(
    checked: checks.CheckedSchools, reading: Reading, base: store.Edition | None
) -> tuple[checks.CheckedSchools, dict[str, pd.DataFrame], int]:
    """What a list that only describes schools fills in, and how many profiles stay.

    Raises
    ------
    FaultsError
        No school of the list is known, and it names none.
    """
    present = profiles_of(base)
    if present.empty:
        present = checked.schools.iloc[:0]
    merged, strangers = import_schools.described(checked.schools, present, checked.told)
    if merged.empty:
        raise FaultsError([Fault(reading.file, "school_list_missing")])
    header = reading.headers.get("npsn", "")
    faults = import_schools.unknown_schools(checked, reading.file, header, strangers)
    return replace(checked, faults=faults), {"school_year_profile": merged}, len(present)


def beside_pupils(
    checked: checks.CheckedEnrolment, base: store.Edition | None
) -> dict[str, pd.DataFrame]:
    """Classes and religions that a list of classes or pupils told, merged as its pupils are."""
    tables = {}
    for table, question, incoming in (
        ("rombel_by_grade", "rombels", checked.rombels),
        ("pupil_religion", "pupil_religions", checked.religions),
    ):
        if incoming.empty:
            continue
        present = asked(base, question, school_year=None)
        merged = incoming
        if len(present):
            replaced = _is_replaced(present, incoming, ("npsn", "school_year"))
            merged = pd.concat([present.loc[~replaced], incoming], ignore_index=True)
        tables[table] = merged
    return tables


def _is_replaced(present: pd.DataFrame, incoming: pd.DataFrame, keys: tuple[str, ...]) -> pd.Series:
    new = pd.MultiIndex.from_frame(incoming[list(keys)].astype("str"))
    old = pd.MultiIndex.from_frame(present[list(keys)].astype("str"))
    return pd.Series(old.isin(new), index=present.index)


def _with_known_areas(births: pd.DataFrame, base: store.Edition | None) -> pd.DataFrame:
    """Births whose areas are named as in the edition before, whatever the capitals."""
    known = asked(base, "births")
    if known.empty:
        return births
    names = {units.folded(area): area for area in known["area"]}
    named = births["area"].map(lambda area: names.get(units.folded(area), area)).astype("str")
    return births.assign(area=named)


def _with_known_offices(needs: pd.DataFrame, base: store.Edition | None) -> pd.DataFrame:
    """Needs whose OPD and units are named as the edition before names them, whatever the capitals.

    Names that become one are added.
    """
    known = asked(base, "units", government_id="*")
    if known.empty:
        return needs
    for column, names in (("opd", known["opd"]), ("unit", known["name"])):
        written = {units.folded(name): name for name in names}
        needs = needs.assign(
            **{column: needs[column].map(lambda name, w=written: w.get(units.folded(name), name))}
        )
    keys = ["opd", "unit", "title", "year"]
    if not needs.duplicated(keys).any():
        return needs
    groups = needs.groupby(keys, sort=True)
    added = groups[["needed_fte"]].sum()
    added["in_post_count"] = groups["in_post_count"].sum(min_count=1)
    added["job_class"] = groups["job_class"].max()
    added["is_from_workload"] = groups["is_from_workload"].all()
    return added.reset_index()[list(needs.columns)]
