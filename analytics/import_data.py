"""From a file to the next edition: look first, write after.

``preview`` reads and judges a file and says what it would change; it writes nothing. ``load``
writes exactly what was previewed, or refuses when somebody else imported in between. The file
itself is never kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import checks, rules, state, store, units
from analytics.faults import Fault, FaultsError
from analytics.nip import normalised
from analytics.positions import position_roles
from analytics.readers import Reading, read
from analytics.retirement import retirements
from analytics.rules import LawChoice, RuleBook

SCOPES = ("all", "employment", "opd", "add")
KINDS = ("roster", "teacher", "school", "enrolment", "birth", "religion")
UNNAMED_GOVERNMENT = "Pemerintah daerah"

# Why somebody is no longer on the list, as far as the two lists and the law can tell.
LEFT_AT_BUP = "mencapai BUP"
LEFT_AT_CONTRACT_END = "kontrak berakhir"
LEFT_BEFORE = "sebelum BUP"
LEFT_WITHOUT_RULE = "tidak diketahui"

_ROMANS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
    *("X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"),
)
_ROMAN = {name: number for number, name in enumerate(_ROMANS, start=1)}
# Each ladder from its lowest rung; steps between ladders are no promotion but another career.
_LADDERS = (
    ("pemula", "terampil", "mahir", "penyelia"),
    ("ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"),
    ("asisten_ahli", "lektor", "lektor_kepala", "profesor"),
    ("pratama", "madya", "utama"),
)
# What each checked list calls its good rows.
_GOOD_ROWS = {
    "roster": "people",
    "teacher": "teachers",
    "school": "schools",
    "enrolment": "enrolment",
    "birth": "births",
    "religion": "religions",
}
# What an edition says of the import that made it.
_KIND_WORDS = {
    "roster": "daftar pegawai",
    "teacher": "daftar GTK",
    "school": "daftar sekolah",
    "enrolment": "murid per tingkat",
    "birth": "kelahiran",
    "religion": "murid per agama",
}
# Where each list goes: its table, the question that reads it, and what a new row replaces.
_LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "teacher": ("school_teacher", "school_teachers", ("npsn",)),
    "school": ("school_year_profile", "schools", ("npsn", "school_year")),
    "enrolment": ("enrolment", "enrolment", ("npsn", "school_year")),
    "birth": ("birth", "births", ("area", "year")),
    "religion": ("pupil_religion", "pupil_religions", ("npsn", "school_year")),
}
_SCOPE_WORDS = {
    "all": "memuat semua",
    "employment": "semua dari jenis kepegawaian di berkas",
    "opd": "semua dari OPD di berkas",
    "add": "hanya menambah dan memperbarui",
}
_CHANGE_COLUMNS = ["nip", "name", "before", "after"]

Checked = (
    checks.CheckedRoster
    | checks.CheckedTeachers
    | checks.CheckedSchools
    | checks.CheckedEnrolment
    | checks.CheckedBirths
    | checks.CheckedReligions
)
Progress = Callable[[float, str], None]


class UnmappedError(FaultsError):
    """A file whose columns must first be mapped by hand; ``reading`` shows what was recognised."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        super().__init__(fault for fault in reading.faults if fault.severity == "error")


@dataclass(frozen=True, eq=False)
class Changes:
    """What a roster would change; one row per person in each frame.

    All have ``nip, name, before, after`` and ``employment, position, unit, golongan, birth_date``.
    ``joined``: in the file, not before (``after`` the unit). ``left``: before, not in the file
    (``before`` the unit, ``after`` and ``cause`` the likely cause, ``retires_on``). ``moved``: unit
    changed. ``promoted``: golongan or jenjang went up. ``kept``: their row has an error, so when
    the good rows alone are loaded they stay as they were.
    """

    joined: pd.DataFrame
    left: pd.DataFrame
    moved: pd.DataFrame
    promoted: pd.DataFrame
    kept: pd.DataFrame


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
        replaces the school years in the file; for teacher lists everything, but a list of one
        school only that school's rows. Pupils by grade replace the same schools and years, births
        the same areas and years, pupils by religion the same schools and years.
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
        reading = read(file, kind=kind, mapping=mapping)
        remembered = None if mapping else decisions.header_mapping(reading.signature)
    if remembered:
        reading = read(file, kind=kind, mapping=remembered)
    if any(fault.severity == "error" for fault in reading.faults):
        raise UnmappedError(reading)
    tell(0.45, "Memeriksa setiap baris")
    day = as_of or reading.as_of or date.today()
    rulebook = rules.load()
    now = current_edition(folder)
    base = None if now is None or now.is_synthetic else now
    if reading.kind == "birth":
        known = _asked(base, "births")
        checked: Checked = checks.checked_births(reading, day, None if known.empty else known)
    elif reading.kind == "religion":
        checked = checks.checked_religions(
            reading, day, _asked(base, "enrolment", school_year=None)
        )
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
        tables, replaced_count, kept_count = _merged_list(reading.kind, incoming, base, scope)
    if reading.kind != "roster" and base is not None:
        day = base.as_of  # an edition is of the day of its roster
    changes = _no_changes()
    if reading.kind == "roster":
        law = _Law(rulebook, day, choice, local_titles)
        changes = _changes(before, tables["employee"], kept, law)
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
    with store.importing(folder), state.opened(folder) as decisions:
        now = current_edition(folder)
        if (now and (now.number, now.sha256)) != previewed.current:
            raise store.StoreError(
                "Edisi yang berlaku sudah berganti sejak berkas ini diperiksa. Periksa berkas"
                " sekali lagi, lalu muat."
            )
        base = previewed.base
        name = base.government_name if base else UNNAMED_GOVERNMENT
        about = store.About(
            as_of=previewed.as_of,
            government_name=decisions.setting("government_name", name),
            government_id=decisions.setting("government_id", units.LOCAL_GOVERNMENT),
            source_files=(file,),
            note=_note(kind, previewed.scope),
            built_on=base.number if base else None,
        )
        told = {
            "import_fault": store.fault_rows(previewed.checked.faults),
            "refused_row": store.refused_row_rows(previewed.checked.refused),
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


def _note(kind: str, scope: str) -> str:
    # Pupils and births replace what they repeat and nothing else, whatever was chosen.
    if kind in ("enrolment", "birth", "religion"):
        return _KIND_WORDS[kind]
    return f"{_KIND_WORDS[kind]}; {_SCOPE_WORDS[scope]}"


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
    }
    edition = store.write_edition(folder, tables, about)
    decisions.set_current_edition(edition.number, actor)
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
    if reading.kind == "enrolment":
        return checks.checked_enrolment(reading, as_of)
    return checks.checked_roster(reading, rulebook, as_of, local_titles, choice)


def _good_rows(kind: str, checked: Checked) -> pd.DataFrame:
    rows: pd.DataFrame = getattr(checked, _GOOD_ROWS[kind])
    return rows


def _people_of(edition: store.Edition | None) -> pd.DataFrame:
    if edition is None:
        return store.typed_people(pd.DataFrame(columns=list(store.PEOPLE_TYPES)))
    with closing(store.opened(edition.path)) as connection:
        return store.employees_as_written(connection)


def _asked(edition: store.Edition | None, question: str, **parameters: object) -> pd.DataFrame:
    if edition is None:
        return pd.DataFrame()
    with closing(store.opened(edition.path)) as connection:
        return store.ask(connection, question, **parameters)


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
    if kind == "teacher":
        incoming = _with_npsn(incoming, base)
    if kind == "birth":
        incoming = _with_known_areas(incoming, base)
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
        replaced = _same_school(present, incoming)
        if scope == "all" and len(set(_schools_of(incoming))) != 1:
            replaced = pd.Series(True, index=present.index)
    stays = present.loc[~replaced]
    merged = pd.concat([stays, incoming], ignore_index=True) if len(stays) else incoming
    return {table: merged}, int(replaced.sum()), len(stays)


def _is_replaced(present: pd.DataFrame, incoming: pd.DataFrame, keys: tuple[str, ...]) -> pd.Series:
    new = pd.MultiIndex.from_frame(incoming[list(keys)].astype("str"))
    old = pd.MultiIndex.from_frame(present[list(keys)].astype("str"))
    return pd.Series(old.isin(new), index=present.index)


def _schools_of(teachers: pd.DataFrame) -> pd.Series:
    """The school of every teacher: its number, else its name folded."""
    named = teachers["school"].astype("object").where(teachers["school"].notna(), "")
    return teachers["npsn"].astype("object").fillna(named.map(units.folded))


def _same_school(present: pd.DataFrame, incoming: pd.DataFrame) -> pd.Series:
    """Which teachers of before are of a school in the new list, by its number or its name."""
    by_key = _schools_of(present).isin(_schools_of(incoming))
    names = set(incoming["school"].dropna().map(units.folded)) - {""}
    # A list without numbers says which school it is by its name alone.
    is_nameless = present["npsn"].isna() | incoming["npsn"].isna().all()
    named = present["school"].astype("object").where(present["school"].notna(), "")
    return by_key | (is_nameless & named.map(units.folded).isin(names))


def _with_known_areas(births: pd.DataFrame, base: store.Edition | None) -> pd.DataFrame:
    """Births whose areas are named as in the edition before, whatever the capitals."""
    known = _asked(base, "births")
    if known.empty:
        return births
    names = {units.folded(area): area for area in known["area"]}
    named = births["area"].map(lambda area: names.get(units.folded(area), area)).astype("str")
    return births.assign(area=named)


def _with_npsn(teachers: pd.DataFrame, base: store.Edition | None) -> pd.DataFrame:
    """Teachers with the number of their school, where its name is that of one known school."""
    schools = _asked(base, "schools", school_year=None)
    if schools.empty or teachers["npsn"].notna().all():
        return teachers
    known = schools.drop_duplicates("npsn").assign(key=lambda f: f["name"].map(units.folded))
    known = known.loc[~known["key"].duplicated(keep=False)].set_index("key")["npsn"]
    named = teachers["school"].astype("object").where(teachers["school"].notna(), "")
    found = named.map(units.folded).map(known)
    return teachers.assign(npsn=teachers["npsn"].astype("object").fillna(found).astype("str"))


def _merged_people(
    before: pd.DataFrame, incoming: pd.DataFrame, kept: pd.DataFrame, scope: str
) -> pd.DataFrame:
    incoming = store.typed_people(incoming)[list(store.PEOPLE_TYPES)]
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
        incoming = incoming.reset_index()[list(store.PEOPLE_TYPES)].astype(store.PEOPLE_TYPES)
    stays = (stays | before["nip"].isin(kept["nip"])) & ~before["nip"].isin(incoming["nip"])
    return pd.concat([before.loc[stays], incoming], ignore_index=True).astype(store.PEOPLE_TYPES)


# ---- what would change ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Law:
    """What dates and roles are worked out with."""

    rulebook: RuleBook
    as_of: date
    choice: LawChoice
    local_titles: Mapping[str, tuple[str, str]]


def _no_changes() -> Changes:
    empty = pd.DataFrame(columns=_CHANGE_COLUMNS, dtype="str")
    return Changes(empty, empty, empty, empty, empty)


def _changes(before: pd.DataFrame, after: pd.DataFrame, kept: pd.DataFrame, law: _Law) -> Changes:
    joined = after.loc[~after["nip"].isin(before["nip"])]
    left = before.loc[~before["nip"].isin(after["nip"])]
    both = before.merge(after, on="nip", suffixes=("_before", ""))
    return Changes(
        joined=_told(joined, "", joined["unit"]),
        left=_left(left, law),
        moved=_moved(both),
        promoted=_promoted(both, law),
        kept=_told(kept, kept["unit"], kept["unit"]),
    )


def _told(people: pd.DataFrame, before: object, after: object) -> pd.DataFrame:
    columns = ["nip", "name", "employment", "position", "unit", "golongan", "birth_date"]
    told = people[columns].assign(before=before, after=after)
    others = [column for column in columns if column not in _CHANGE_COLUMNS]
    return told[_CHANGE_COLUMNS + others].reset_index(drop=True)


def _left(left: pd.DataFrame, law: _Law) -> pd.DataFrame:
    dates = retirements(left, law.rulebook, law.as_of, law.choice, law.local_titles)
    today = pd.Timestamp(law.as_of)
    cause = pd.Series(LEFT_BEFORE, index=left.index, dtype="str")
    cause = cause.mask(dates["retires_on"].isna(), LEFT_WITHOUT_RULE)
    cause = cause.mask(dates["contract_ends_on"] < today, LEFT_AT_CONTRACT_END)
    cause = cause.mask(dates["retires_on"] <= today, LEFT_AT_BUP)
    told = _told(left, left["unit"], cause)
    return told.assign(cause=cause.to_numpy(), retires_on=dates["retires_on"].to_numpy())


def _moved(both: pd.DataFrame) -> pd.DataFrame:
    # By id, so that another spelling of the same school is no move.
    was = units.unit_ids(both["opd_before"], both["unit_before"])
    is_now = units.unit_ids(both["opd"], both["unit"])
    moved = both.loc[was != is_now]
    return _told(moved, moved["unit_before"], moved["unit"]).assign(
        unit_before=moved["unit_before"].to_numpy(),
        position_before=moved["position_before"].to_numpy(),
    )


def _promoted(both: pd.DataFrame, law: _Law) -> pd.DataFrame:
    golongan_up = _golongan_rank(both["golongan"]) > _golongan_rank(both["golongan_before"])
    same_series = both["golongan"].str.contains("/") == both["golongan_before"].str.contains("/")
    golongan_up &= same_series.fillna(False).astype(bool)
    suffix = "_before"
    earlier = both[[column for column in both if str(column).endswith(suffix)]]
    earlier = earlier.rename(columns=lambda column: str(column).removesuffix(suffix))
    was = position_roles(earlier, law.rulebook, law.local_titles)
    is_now = position_roles(both, law.rulebook, law.local_titles)
    stayed = (was["role_group"] == is_now["role_group"]).fillna(False).astype(bool)
    rungs = zip(was["jenjang"], is_now["jenjang"], strict=True)
    jenjang_up = stayed & pd.Series([_is_higher(a, b) for a, b in rungs], both.index, dtype=bool)
    up = golongan_up | jenjang_up
    before = both["golongan_before"].where(golongan_up, was["jenjang"])[up]
    after = both["golongan"].where(golongan_up, is_now["jenjang"])[up]
    told = _told(both.loc[up], before, after)
    return told.assign(
        golongan_before=both.loc[up, "golongan_before"].to_numpy(),
        position_before=both.loc[up, "position_before"].to_numpy(),
    )


def _golongan_rank(golongan: pd.Series) -> pd.Series:
    """``III/d`` as 304, ``IX`` as 900; NaN where it is neither."""
    parts = golongan.astype("str").str.extract(re.compile(r"^([IVX]+)(?:/([a-e]))?$"))
    letter = parts[1].map({letter: place for place, letter in enumerate("abcde", start=1)})
    return parts[0].map(_ROMAN) * 100 + letter.fillna(0)


def _is_higher(was: object, is_now: object) -> bool:
    for ladder in _LADDERS:
        if was in ladder and is_now in ladder:
            return ladder.index(str(is_now)) > ladder.index(str(was))
    return False
