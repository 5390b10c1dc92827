"""From a file to the next edition: look first, write after.

``preview`` reads and judges a file and says what it would change; it writes nothing. ``load``
writes exactly what was previewed, or refuses when somebody else imported in between. The file
itself is never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import (
    checks,
    exit_history,
    import_schools,
    rules,
    state,
    store,
    store_faults,
    store_lock,
    store_tables,
    units,
)
from analytics.faults import Fault, FaultsError
from analytics.movement import (
    LEFT_AT_BUP,
    LEFT_AT_CONTRACT_END,
    LEFT_BEFORE,
    LEFT_WITHOUT_RULE,
    Changes,
    Law,
    changes_between,
    no_changes,
)
from analytics.nip import normalised
from analytics.positions import position_roles, titles_held
from analytics.readers import Reading, read
from analytics.rules import LawChoice, RuleBook
from analytics.store_columns import PEOPLE_TYPES, typed_people

__all__ = [
    "KINDS", "LEFT_AT_BUP", "LEFT_AT_CONTRACT_END", "LEFT_BEFORE", "LEFT_WITHOUT_RULE", "SCOPES",
    "UNNAMED_GOVERNMENT", "Changes", "Checked", "Preview", "UnmappedError", "current_edition",
    "load", "preview", "write_sample",
]  # fmt: skip

SCOPES = ("all", "employment", "opd", "add")
KINDS = ("roster", "teacher", "school", "enrolment", "birth", "religion", "exit", "abk", "apbd")
UNNAMED_GOVERNMENT = "Pemerintah daerah"

# What each checked list calls its good rows.
_GOOD_ROWS = {
    "roster": "people",
    "teacher": "teachers",
    "school": "schools",
    "enrolment": "enrolment",
    "birth": "births",
    "religion": "religions",
    "exit": "exits",
    "abk": "post_needs",
    "apbd": "budgets",
}
# What an edition says of the import that made it.
_KIND_WORDS = {
    "roster": "daftar pegawai",
    "teacher": "daftar GTK",
    "school": "daftar sekolah",
    "enrolment": "murid per tingkat",
    "birth": "kelahiran",
    "religion": "murid per agama",
    "exit": "daftar keluar",
    "abk": "kebutuhan jabatan (ABK)",
    "apbd": "APBD",
}
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
_SCOPE_WORDS = {
    "all": "memuat semua",
    "employment": "semua dari jenis kepegawaian di berkas",
    "opd": "semua dari OPD di berkas",
    "add": "hanya menambah dan memperbarui",
}

Checked = (
    checks.CheckedRoster
    | checks.CheckedTeachers
    | checks.CheckedSchools
    | checks.CheckedEnrolment
    | checks.CheckedBirths
    | checks.CheckedReligions
    | checks.CheckedExits
    | checks.CheckedWorkload
    | checks.CheckedBudgets
)
Progress = Callable[[float, str], None]


class UnmappedError(FaultsError):
    """A file whose columns must first be mapped by hand; ``reading`` shows what was recognised."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        super().__init__(fault for fault in reading.faults if fault.severity == "error")


@dataclass(frozen=True, eq=False)
class Preview:
    """A file read, judged and compared; nothing of it is written yet.

    ``checked`` is what ``analytics.checks`` says of it, ``tables`` the frames the next edition
    would get, ``base`` the edition compared with (None: nothing or only synthetic data).
    """

    reading: Reading
    checked: Checked
    changes: Changes
    as_of: date
    scope: str
    accept_partial: bool
    base: store.Edition | None
    current: tuple[int, str] | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    # Of a list that is no roster: rows of the edition before that go, and that stay.
    replaced_count: int = 0
    kept_count: int = 0
    # Of a roster: exits since the edition before that it gives away, as the table ``exit``.
    inferred_exits: pd.DataFrame = field(default_factory=exit_history.no_exits)

    @property
    def good_rows(self) -> pd.DataFrame:
        """Rows without an error, typed: people, teachers, schools, pupils or births."""
        return _good_rows(self.reading.kind, self.checked)

    @property
    def good_count(self) -> int:
        """Rows without an error."""
        return len(self.good_rows)

    @property
    def refused_count(self) -> int:
        """Rows with an error."""
        return len(self.checked.refused)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that keep a row, or the whole file, out."""
        return tuple(fault for fault in self.checked.faults if fault.severity == "error")

    @property
    def can_load(self) -> bool:
        """Whether ``load`` would write it as previewed."""
        return self.good_count > 0 and (self.accept_partial or not self.errors)


def _silent(_share: float, _words: str) -> None:
    """Progress that nobody watches."""


def current_edition(folder: Path) -> store.Edition | None:
    """The edition in force; the newest readable one when nobody has chosen.

    Raises
    ------
    StoreError
        The edition chosen is missing or damaged.
    """
    with state.opened(folder) as decisions:
        number = decisions.current_edition()
    if number is not None:
        return store.edition(folder, number)
    found = store.editions(folder)
    return found[-1] if found else None


def edition_in_force(folder: Path, option: str = "") -> store.Edition:
    """The edition a command answers from.

    Parameters
    ----------
    option
        The switch that names a file instead, if the command has one.

    Raises
    ------
    StoreError
        There is none, or the one chosen is missing or damaged.
    """
    held = current_edition(folder) if folder.is_dir() else None
    if held is None:
        raise store.StoreError(
            "Belum ada edisi di folder data. Impor daftar pegawai dahulu"
            + (f", atau pakai {option}." if option else "."),
            "There is no edition in the data folder. Import a list of staff first"
            + (f", or give {option}." if option else "."),
        )
    return held


def preview(  # noqa: PLR0913  the screen's choices, each on its own
    folder: Path,
    file: Path,
    *,
    kind: str | None = None,
    as_of: date | None = None,
    mapping: Mapping[str, str] | None = None,
    scope: str = "all",
    accept_partial: bool = False,
    progress: Progress | None = None,
) -> Preview:
    """Read and judge a file and compare it with the edition in force. Writes nothing.

    Parameters
    ----------
    folder
        The data folder.
    file
        The workbook or text file.
    kind
        One of ``KINDS``; None: told from the headers.
    as_of
        The day the file describes; None: as its title says, else today.
    mapping
        Header as written -> our column; None: as remembered for these headers.
    scope
        What absence from a roster means. ``all``: the file lists everybody; ``employment``: all of
        the kinds of employment in it; ``opd``: all of the OPDs in it; ``add``: nothing, it only
        adds and updates (a blank cell then keeps what was known). For school lists ``all``
        replaces the school years in the file (a list that only describes schools, such as rooms by
        condition, replaces nothing and fills in); for teacher lists everything, but a list of one
        school only that school's rows. Pupils by grade replace the same schools and years, births
        the same areas and years, pupils by religion the same schools and years, exits the same
        people and days and what was inferred of them, needs of posts (ABK) the same units and
        years, or the same titles where the file tells single titles task by task.
    accept_partial
        Whether ``load`` may leave rows with errors out; it can still be told otherwise.
    progress
        Called with the share done (0-1) and the step in words.

    Raises
    ------
    FaultsError
        The file as a whole cannot be used. ``UnmappedError`` when naming columns would mend it.
    StoreError
        The edition in force cannot be read.
    ValueError
        ``scope`` or ``kind`` is none of those named.
    """
    if scope not in SCOPES:
        raise ValueError(f"scope is {scope!r}; it is one of {', '.join(SCOPES)}")
    tell = progress or _silent
    tell(0.02, "Membaca berkas")
    with state.opened(folder) as decisions:
        local_titles, choice = decisions.local_titles(), decisions.law_choice()
        local_reasons = decisions.exit_reasons()
        reading = read(file, kind=kind, mapping=mapping)
        remembered = None if mapping else decisions.header_mapping(reading.signature)
    if remembered:
        reading = read(file, kind=kind, mapping=remembered)
    now = current_edition(folder)
    base = None if now is None or now.is_synthetic else now
    reading, known_schools = _to_be_matched(reading, base)
    if any(fault.severity == "error" for fault in reading.faults):
        raise UnmappedError(reading)
    tell(0.45, "Memeriksa setiap baris")
    day = as_of or reading.as_of or date.today()
    rulebook = rules.load()
    if reading.kind == "birth":
        known = _asked(base, "births")
        checked: Checked = checks.checked_births(reading, day, None if known.empty else known)
    elif reading.kind == "religion":
        pupils = _asked(base, "enrolment", school_year=None)
        checked = checks.checked_religions(reading, day, pupils, known_schools)
    elif reading.kind == "enrolment":
        checked = checks.checked_enrolment(reading, day, known_schools)
    elif reading.kind == "exit":
        roster = None if base is None else (_people_of(base), base.as_of)
        # A title names the months a list covers, not the day it was made.
        checked = checks.checked_exits(
            reading, rulebook, as_of or date.today(), roster, local_reasons
        )
    elif reading.kind == "abk":
        held = _titles_of(base, rulebook, local_titles)
        checked = checks.checked_workload(reading, rulebook, day, held | dict(local_titles))
    elif reading.kind == "apbd":
        checked = checks.checked_budgets(reading)
    else:
        checked = _checked(reading, rulebook, day, local_titles, choice)
    tell(0.75, "Membandingkan dengan edisi sekarang")
    before = _people_of(base)
    kept = _kept(before, checked) if reading.kind == "roster" else before.iloc[:0]
    replaced_count = kept_count = 0
    if reading.kind == "roster":
        tables = {"employee": _merged_people(before, _good_rows("roster", checked), kept, scope)}
    else:
        incoming = _good_rows(reading.kind, checked)
        if isinstance(checked, checks.CheckedSchools) and checked.describes_only:
            checked, tables, kept_count = _with_description(checked, reading, base)
        else:
            if isinstance(checked, checks.CheckedSchools):
                incoming = import_schools.with_described(incoming, _profiles_of(base), checked.told)
                incoming = import_schools.with_names(incoming, _profiles_of(base))
                _refuse_nameless(incoming, reading)
            tables, replaced_count, kept_count = _merged_list(
                reading.kind, incoming, base, "add" if reading.layout == "abk_tasks" else scope
            )
        if isinstance(checked, checks.CheckedEnrolment):
            tables |= _beside_pupils(checked, base)
    if reading.kind != "roster" and base is not None:
        day = base.as_of  # an edition is of the day of its roster
    changes = no_changes()
    inferred = exit_history.no_exits()
    if reading.kind == "roster":
        law = Law(rulebook, day, choice, local_titles)
        after = tables["employee"]
        changes = changes_between(before, after, law, kept)
        if base is not None:
            inferred = exit_history.exits_between(before, after, base.as_of, law, changes)
            tables["exit"] = exit_history.with_inferred(_exits_of(base), inferred, after)
    tell(1.0, "Selesai diperiksa")
    return Preview(
        reading=reading,
        checked=checked,
        changes=changes,
        as_of=day,
        scope=scope,
        accept_partial=accept_partial,
        base=base,
        current=None if now is None else (now.number, now.sha256),
        tables=tables,
        mapping=dict(mapping or {}),
        replaced_count=replaced_count,
        kept_count=kept_count,
        inferred_exits=inferred,
    )


def load(
    folder: Path,
    previewed: Preview,
    actor: str,
    accept_partial: bool | None = None,
    progress: Progress | None = None,
) -> store.Edition:
    """Write what was previewed as the next edition and put it in force.

    Parameters
    ----------
    folder
        The data folder.
    previewed
        The result of ``preview``.
    actor
        Who loads it, for the audit.
    accept_partial
        Load the good rows although others are refused; None: as previewed.
    progress
        Called with the share done (0-1) and the step in words.

    Returns
    -------
    The new edition, in force.

    Raises
    ------
    FaultsError
        There are errors and ``accept_partial`` does not allow to leave them out, or no row is good.
    StoreError
        Another edition came into force since the preview, or the new one cannot be written.
        Nothing has changed then.
    """
    tell = progress or _silent
    if accept_partial is not None:
        previewed = replace(previewed, accept_partial=accept_partial)
    if not previewed.can_load:
        raise FaultsError(previewed.errors or previewed.checked.faults)
    file, kind = previewed.reading.file, previewed.reading.kind
    tell(0.05, "Menunggu giliran menulis")
    with store_lock.importing(folder), state.opened(folder) as decisions:
        now = current_edition(folder)
        if (now and (now.number, now.sha256)) != previewed.current:
            raise store.StoreError(
                "Edisi yang berlaku sudah berganti sejak berkas ini diperiksa. Periksa berkas"
                " sekali lagi, lalu muat.",
                "Another edition has come into force since this file was checked. Check the file"
                " once more, then load it.",
            )
        base = previewed.base
        name = base.government_name if base else UNNAMED_GOVERNMENT
        about = store.About(
            as_of=previewed.as_of,
            government_name=decisions.setting("government_name", name),
            government_id=decisions.setting("government_id", units.LOCAL_GOVERNMENT),
            source_files=(file,),
            note=_note(kind, previewed),
            built_on=base.number if base else None,
        )
        told = {
            "import_fault": store_faults.fault_rows(previewed.checked.faults),
            "refused_row": store_faults.refused_row_rows(previewed.checked.refused),
        }
        tell(0.2, "Menulis edisi baru")
        edition = store.write_edition(folder, {**previewed.tables, **told}, about)
        decisions.set_current_edition(edition.number, actor)
        if previewed.mapping:
            decisions.remember_mapping(previewed.reading.signature, previewed.mapping, actor)
        counts = f"{previewed.good_count} baris, {previewed.refused_count} ditolak"
        decisions.log(actor, "import", f"{kind} {file}: edisi {edition.number}, {counts}")
    tell(1.0, "Edisi baru berlaku")
    return edition


def _note(kind: str, previewed: Preview) -> str:
    # Pupils and births replace what they repeat and nothing else, whatever was chosen.
    if kind in ("enrolment", "birth", "religion", "exit", "abk", "apbd"):
        return _KIND_WORDS[kind]
    checked = previewed.checked
    if isinstance(checked, checks.CheckedSchools) and checked.describes_only:
        return "keterangan sekolah"
    return f"{_KIND_WORDS[kind]}; {_SCOPE_WORDS[previewed.scope]}"


def write_sample(folder: Path, decisions: state.State, actor: str) -> store.Edition:
    """Make the sample city the edition in force.

    Parameters
    ----------
    folder
        The data folder.
    decisions
        Where the edition in force is written.
    actor
        Who asked, for the log.

    Returns
    -------
    The new edition, marked as synthetic; later imports never build on it.
    """
    # Its name lists are read on import, which nobody needs who brings a file of their own.
    from analytics import demo

    city = demo.city()
    about = store.About(
        as_of=city.as_of,
        government_name=city.government_name,
        government_id=str(city.units["government_id"].iloc[0]),
        is_synthetic=True,
        note=city.note,
    )
    tables = {
        "employee": city.people,
        "unit": city.units,
        "school_year_profile": city.schools,
        "enrolment": city.enrolment,
        "birth": city.births,
        "pupil_religion": city.pupil_religions,
        "school_teacher": city.school_teachers,
        "exit": city.exits,
        "post_need": city.post_needs,
        "budget_year": city.budgets,
    }
    edition = store.write_edition(folder, tables, about)
    decisions.set_current_edition(edition.number, actor)
    known = set(decisions.exit_classifications()["nip"])
    for row in city.classified_exits.itertuples():
        if row.nip not in known:
            decisions.classify_exit(row.nip, row.exited_on.date(), row.cause, city.note)
    return edition


def _checked(
    reading: Reading,
    rulebook: RuleBook,
    as_of: date,
    local_titles: Mapping[str, tuple[str, str]],
    choice: LawChoice,
) -> Checked:
    if reading.kind == "school":
        return checks.checked_schools(reading, as_of)
    if reading.kind == "teacher":
        return checks.checked_teachers(reading, as_of)
    return checks.checked_roster(reading, rulebook, as_of, local_titles, choice)


def _refuse_nameless(schools: pd.DataFrame, reading: Reading) -> None:
    """A list of schools nobody knows needs a column of names; without it, it is asked for."""
    if schools["name"].isna().any():
        words = {"column_id": "Nama Sekolah", "column_en": "school name"}
        missing = Fault(reading.file, "column_missing", details=words)
        raise UnmappedError(replace(reading, faults=(*reading.faults, missing)))


def _good_rows(kind: str, checked: Checked) -> pd.DataFrame:
    rows: pd.DataFrame = getattr(checked, _GOOD_ROWS[kind])
    return rows


def _people_of(edition: store.Edition | None) -> pd.DataFrame:
    if edition is None:
        return typed_people(pd.DataFrame(columns=list(PEOPLE_TYPES)))
    with closing(store.opened(edition.path)) as connection:
        return store_tables.employees_as_written(connection)


def _titles_of(
    edition: store.Edition | None,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]],
) -> dict[str, tuple[str, str]]:
    """What the titles of an edition's people stand for."""
    people = _people_of(edition)
    return titles_held(people.assign(**position_roles(people, rulebook, local_titles)))


def _exits_of(edition: store.Edition | None) -> pd.DataFrame:
    if edition is None:
        return exit_history.no_exits()
    with closing(store.opened(edition.path)) as connection:
        return store_tables.exits(connection)


def _asked(edition: store.Edition | None, question: str, **parameters: object) -> pd.DataFrame:
    if edition is None:
        return pd.DataFrame()
    with closing(store.opened(edition.path)) as connection:
        return store.ask(connection, question, **parameters)


def _profiles_of(edition: store.Edition | None) -> pd.DataFrame:
    if edition is None:
        return pd.DataFrame()
    with closing(store.opened(edition.path)) as connection:
        return store_tables.school_profiles(connection)


def _kept(before: pd.DataFrame, checked: Checked) -> pd.DataFrame:
    """People of the edition before whose row in the file was refused: they did not leave."""
    if "nip" not in checked.refused:
        return before.iloc[:0]
    refused = checked.refused["nip"].dropna().map(normalised)
    is_kept = before["nip"].isin(refused) & ~before["nip"].isin(
        _good_rows("roster", checked)["nip"]
    )
    return before.loc[is_kept]


def _merged_list(
    kind: str, incoming: pd.DataFrame, base: store.Edition | None, scope: str
) -> tuple[dict[str, pd.DataFrame], int, int]:
    """The table a list fills in the next edition; how many rows before it go, and stay."""
    table, question, keys = _LISTS[kind]
    if kind == "exit":
        known = _exits_of(base)
        merged = exit_history.with_listed(known, incoming)
        stays_count = len(merged) - len(incoming)
        return {table: merged}, len(known) - stays_count, stays_count
    if kind == "teacher":
        incoming = import_schools.with_npsn(incoming, _asked(base, "schools", school_year=None))
    if kind == "birth":
        incoming = _with_known_areas(incoming, base)
    if kind == "abk":
        incoming = _with_known_offices(incoming, base)
        keys = _BY_TITLE if scope == "add" else keys
    by_year = kind in ("school", "enrolment", "religion")
    parameters = {"school_year": None} if by_year else {}
    present = _asked(base, question, **parameters)
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


def _with_description(
    checked: checks.CheckedSchools, reading: Reading, base: store.Edition | None
) -> tuple[checks.CheckedSchools, dict[str, pd.DataFrame], int]:
    """What a list that only describes schools fills in, and how many profiles stay.

    Raises
    ------
    FaultsError
        No school of the list is known, and it names none.
    """
    present = _profiles_of(base)
    if present.empty:
        present = checked.schools.iloc[:0]
    merged, strangers = import_schools.described(checked.schools, present, checked.told)
    if merged.empty:
        raise FaultsError([Fault(reading.file, "school_list_missing")])
    header = reading.headers.get("npsn", "")
    faults = import_schools.unknown_schools(checked, reading.file, header, strangers)
    return replace(checked, faults=faults), {"school_year_profile": merged}, len(present)


def _beside_pupils(
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
        present = _asked(base, question, school_year=None)
        merged = incoming
        if len(present):
            replaced = _is_replaced(present, incoming, ("npsn", "school_year"))
            merged = pd.concat([present.loc[~replaced], incoming], ignore_index=True)
        tables[table] = merged
    return tables


def _to_be_matched(
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
    known = _asked(base, "schools", school_year=None)
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


def _is_replaced(present: pd.DataFrame, incoming: pd.DataFrame, keys: tuple[str, ...]) -> pd.Series:
    new = pd.MultiIndex.from_frame(incoming[list(keys)].astype("str"))
    old = pd.MultiIndex.from_frame(present[list(keys)].astype("str"))
    return pd.Series(old.isin(new), index=present.index)


def _with_known_areas(births: pd.DataFrame, base: store.Edition | None) -> pd.DataFrame:
    """Births whose areas are named as in the edition before, whatever the capitals."""
    known = _asked(base, "births")
    if known.empty:
        return births
    names = {units.folded(area): area for area in known["area"]}
    named = births["area"].map(lambda area: names.get(units.folded(area), area)).astype("str")
    return births.assign(area=named)


def _with_known_offices(needs: pd.DataFrame, base: store.Edition | None) -> pd.DataFrame:
    """Needs whose OPD and units are named as the edition before names them, whatever the capitals.

    Names that become one are added.
    """
    known = _asked(base, "units", government_id="*")
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


def _merged_people(
    before: pd.DataFrame, incoming: pd.DataFrame, kept: pd.DataFrame, scope: str
) -> pd.DataFrame:
    incoming = typed_people(incoming)[list(PEOPLE_TYPES)]
    if before.empty:
        return incoming
    if scope == "all":
        stays = before["nip"].isin(kept["nip"])
    elif scope == "employment":
        stays = ~before["employment"].isin(incoming["employment"].unique())
    elif scope == "opd":
        listed = set(incoming["opd"].map(units.folded))
        stays = ~before["opd"].map(units.folded).isin(listed)
    else:
        stays = pd.Series(True, index=before.index)
        known = before.set_index("nip")
        incoming = incoming.set_index("nip").combine_first(
            known.loc[known.index.isin(incoming["nip"])]
        )
        incoming = incoming.reset_index()[list(PEOPLE_TYPES)].astype(PEOPLE_TYPES)
    stays = (stays | before["nip"].isin(kept["nip"])) & ~before["nip"].isin(incoming["nip"])
    return pd.concat([before.loc[stays], incoming], ignore_index=True).astype(PEOPLE_TYPES)
