"""Editions: immutable DuckDB files with the facts of one day. The only module that talks to DuckDB.

An edition is built under a temporary name from the edition before it and the new data, in one
transaction, flushed to the disk and renamed into place; nobody writes to it again. So a killed
import leaves nothing but a temporary file, and going back is pointing to an earlier edition.
Why: docs/decisions/0001-editions.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import IO

import duckdb
import pandas as pd

from analytics import units
from analytics.faults import Fault
from analytics.told import ToldError

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "data" / "schema.sql"
QUERIES = ROOT / "data" / "queries"

Connection = duckdb.DuckDBPyConnection

# In the order of data/schema.sql: a table stands after those it refers to.
TABLES = (
    "government",
    "unit",
    "employee",
    "school_year_profile",
    "school_teacher",
    "enrolment",
    "birth",
    "pupil_religion",
    "exit",
    "rombel_by_grade",
    "post_need",
    "budget_year",
    "refused_row",
    "import_fault",
)
# What makes a DuckDB file an edition; later versions of the schema may know more tables.
_IN_EVERY_EDITION = frozenset({"about", "government", "unit", "employee"})
# They tell of one import only, so the next edition does not inherit them.
OF_ONE_IMPORT = frozenset({"refused_row", "import_fault"})

PEOPLE_TYPES = {
    "nip": "str",
    "name": "str",
    "sex": "str",
    "birth_date": "datetime64[us]",
    "employment": "str",
    "legal_status_code": "str",
    "is_in_headcount": "bool",
    "is_on_duty": "bool",
    "golongan": "str",
    "golongan_since": "datetime64[us]",
    "position_since": "datetime64[us]",
    "appointed_on": "datetime64[us]",
    "contract_ends_on": "datetime64[us]",
    "stated_retires_on": "datetime64[us]",
    "service_years": "Int64",
    "service_months": "Int64",
    "stated_bup_years": "Int64",
    "position_kind": "str",
    "position": "str",
    "echelon": "str",
    "stated_jenjang": "str",
    "education_level": "str",
    "education": "str",
    "extra_duty": "str",
    "has_head_certificate": "boolean",
    "unit": "str",
    "opd": "str",
    "kecamatan": "str",
    "npsn": "str",
}

EXIT_TYPES = {
    "nip": "str",
    "exited_on": "datetime64[us]",
    "cause": "str",
    "reason": "str",
    "origin": "str",
    "is_day_known": "bool",
    "name": "str",
    "sex": "str",
    "birth_date": "datetime64[us]",
    "employment": "str",
    "golongan": "str",
    "position_kind": "str",
    "position": "str",
    "echelon": "str",
    "stated_jenjang": "str",
    "extra_duty": "str",
    "unit": "str",
    "opd": "str",
    "appointed_on": "datetime64[us]",
    "contract_ends_on": "datetime64[us]",
}

# What a column of NA becomes, by the kind of what the schema would have given.
_NULLABLE = {"i": "Int64", "f": "Float64", "b": "boolean"}
_FILE_NAME = re.compile(r"edition-(\d{6,})\.duckdb")
_LOCK_NAME = "import.lock"
# One set of options for every reader: DuckDB refuses a second connection to a file with other ones.
_READING: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}


class StoreError(ToldError):
    """An edition that cannot be read, or an import that cannot be written; says what to do."""


@dataclass(frozen=True)
class About:
    """What an edition is, before it has a number.

    ``built_on`` is the number of the edition whose tables it inherits; None starts from empty.
    """

    as_of: date
    government_name: str = "Pemerintah daerah"
    source_files: tuple[str, ...] = ()
    is_synthetic: bool = False
    note: str = ""
    built_on: int | None = None
    government_id: str = units.LOCAL_GOVERNMENT

    def __post_init__(self) -> None:
        if not self.government_name.strip():
            raise StoreError(
                "Nama pemerintah daerah kosong; tulis namanya.",
                "government_name is empty; write the name of the government.",
            )
        if any("/" in name or "\\" in name for name in self.source_files):
            raise StoreError("source_files holds a path; keep base names only.")


@dataclass(frozen=True)
class Edition:
    """One immutable file of facts. ``sha256`` is of its bytes; ``created_at`` is UTC."""

    number: int
    path: Path
    sha256: str
    as_of: date
    created_at: datetime
    source_files: tuple[str, ...]
    is_synthetic: bool
    government_name: str
    people_count: int
    note: str
    built_on: int | None


def data_folder() -> Path:
    """The folder of editions and decisions: ``ESTAFET_DATA``, else ``data/store`` here."""
    return Path(os.environ.get("ESTAFET_DATA") or ROOT / "data" / "store")


def edition_path(folder: Path, number: int) -> Path:
    """Where the edition of this number lies, whether or not it exists."""
    return Path(folder) / f"edition-{number:06d}.duckdb"


def edition_numbers(folder: Path) -> list[int]:
    """Numbers of all finished editions of a folder, ascending, readable or not."""
    if not Path(folder).is_dir():
        return []
    found = (_FILE_NAME.fullmatch(entry.name) for entry in Path(folder).iterdir())
    return sorted(int(match[1]) for match in found if match)


def edition(folder: Path, number: int) -> Edition:
    """One edition of a folder.

    Raises
    ------
    StoreError
        The file is missing or damaged.
    """
    path = edition_path(folder, number)
    try:
        seen = path.stat()
    except FileNotFoundError:
        raise StoreError(
            f"Edisi {number} tidak ada ({path.name}). Pilih edisi lain, atau kembalikan berkasnya"
            " dari cadangan.",
            f"There is no edition {number} ({path.name}). Choose another edition, or put its file"
            " back from the backup.",
        ) from None
    except OSError as error:
        raise StoreError(
            f"Edisi {number} tidak dapat dibuka ({error.strerror}).",
            f"Edition {number} cannot be opened ({error.strerror}).",
        ) from error
    return _described(path.resolve(), number, seen.st_size, seen.st_mtime_ns)


def editions(folder: Path) -> list[Edition]:
    """All readable editions of a folder, oldest first. Damaged ones: ``damaged_editions``."""
    return [found for _, found in _each_edition(folder) if isinstance(found, Edition)]


def damaged_editions(folder: Path) -> list[tuple[int, StoreError]]:
    """Numbers of the editions that cannot be read, each with what it says of itself."""
    return [
        (number, found) for number, found in _each_edition(folder) if isinstance(found, StoreError)
    ]


def _each_edition(folder: Path) -> Iterator[tuple[int, Edition | StoreError]]:
    for number in edition_numbers(folder):
        try:
            yield number, edition(folder, number)
        except StoreError as error:
            yield number, error


# An edition never changes, so its description is kept for as long as size and time stay the same.
@lru_cache(maxsize=512)
def _described(path: Path, number: int, size_bytes: int, changed_ns: int) -> Edition:  # noqa: ARG001
    with closing(opened(path)) as connection:
        row = ask(connection, "about").iloc[0]
        _read_through(connection, path)
    if row["edition_number"] != number:
        raise StoreError(
            f"{path.name} berisi edisi {row['edition_number']}; jangan ganti namanya.",
            f"{path.name} holds edition {row['edition_number']}; do not rename the file.",
        )
    return Edition(
        number=number,
        path=path,
        sha256=_sha256(path),
        as_of=row["as_of"].date(),
        created_at=row["created_at"].to_pydatetime().replace(tzinfo=UTC),
        source_files=tuple(str(name) for name in row["source_files"]),
        is_synthetic=bool(row["is_synthetic"]),
        government_name=row["government_name"],
        people_count=int(row["people_count"]),
        note=row["note"],
        built_on=None if pd.isna(row["built_on_number"]) else int(row["built_on_number"]),
    )


def _read_through(connection: Connection, path: Path) -> None:
    # DuckDB notices a cut or blotted block only when it reads it (each has a checksum). Better
    # once, when the edition is first seen, than in the middle of somebody's page.
    with closing(connection.cursor()) as cursor:
        try:
            for (table,) in cursor.execute("SHOW TABLES").fetchall():
                cursor.execute(f"SELECT bit_xor(hash({table})) FROM {table}").fetchall()
        except duckdb.Error as error:
            raise _damaged(path, error) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def opened(path: Path) -> Connection:
    """A read-only connection to an edition; without access to other files.

    Share it between threads if you like: ``ask`` takes a cursor of its own. Close it when done.

    Raises
    ------
    StoreError
        The file is missing, or is not a sound edition.
    """
    if not Path(path).is_file():
        raise StoreError(
            f"{Path(path).name} tidak ada. Pilih edisi lain, atau kembalikan cadangan.",
            f"{Path(path).name} does not exist. Choose another edition, or restore the backup.",
        )
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_READING)
    except duckdb.Error as error:
        raise _damaged(Path(path), error) from error
    try:
        tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    except duckdb.Error as error:
        connection.close()
        raise _damaged(Path(path), error) from error
    if not tables >= _IN_EVERY_EDITION:
        connection.close()
        raise StoreError(
            f"{Path(path).name} bukan edisi Estafet: tabelnya tidak lengkap.",
            f"{Path(path).name} is no edition of Estafet: its tables are not complete.",
        )
    return connection


def _damaged(path: Path, error: duckdb.Error) -> StoreError:
    reason = str(error).splitlines()[0]
    return StoreError(
        f"{path.name} rusak atau tidak dapat dibaca. Jadikan edisi lain yang berlaku, atau"
        f" kembalikan berkas ini dari cadangan. ({reason})",
        f"{path.name} is damaged or cannot be read. Put another edition in force, or restore this"
        f" file from the backup. ({reason})",
    )


@cache
def question_text(question: str) -> str:
    """The SQL of ``data/queries/<question>.sql``.

    Raises
    ------
    StoreError
        There is no such question.
    """
    path = QUERIES / f"{question}.sql"
    if not re.fullmatch(r"[a-z0-9_]+", question) or not path.is_file():
        raise StoreError(f"data/queries/{question}.sql does not exist.")
    return path.read_text(encoding="utf-8")


def ask(connection: Connection, question: str, **parameters: object) -> pd.DataFrame:
    """The answer to a question written in ``data/queries/``.

    Grain, columns and parameters stand in the head of the .sql file.

    Raises
    ------
    StoreError
        There is no such question, a parameter is missing, or the edition cannot answer. Of a table
        that did not exist when the edition was made it answers that it is empty.
    """
    sql = question_text(question)
    # A cursor of its own: two threads on one connection read each other's results.
    with closing(connection.cursor()) as cursor:
        try:
            cursor.execute(sql, parameters or None)
            return cursor.df()
        except duckdb.CatalogException as error:
            if _lacks_table(cursor, sql):
                return _empty_answer(sql, parameters)
            raise StoreError(f"{question}: {str(error).splitlines()[0]}") from error
        except (duckdb.Error, ValueError) as error:
            raise StoreError(f"{question}: {str(error).splitlines()[0]}") from error


def _lacks_table(cursor: Connection, sql: str) -> bool:
    """Whether a query asks for a table that the edition's version of the schema did not have."""
    present = {name for (name,) in cursor.execute("SHOW TABLES").fetchall()}
    return any(re.search(rf"\b{table}\b", sql) for table in set(TABLES) - present)


def _empty_answer(sql: str, parameters: Mapping[str, object]) -> pd.DataFrame:
    """What an edition without any row would answer."""
    with closing(duckdb.connect()) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.execute(sql, dict(parameters) or None)
        return connection.df()


def school_teachers(connection: Connection) -> pd.DataFrame:
    """Teachers and staff of the Dapodik GTK list.

    Returns
    -------
    One row per person and school, ordered by ``school_teacher_id``, with every column of the table
    ``school_teacher``; those an earlier version of the schema did not have are NA.
    """
    return _in_full(connection, "school_teachers")


def school_profiles(connection: Connection, school_year: int | None = None) -> pd.DataFrame:
    """School profiles of one school year, or of all.

    Returns
    -------
    One row per ``npsn`` and ``school_year``, with every column of ``school_year_profile``; those
    an earlier version of the schema did not have (rooms by condition, exemptions) are NA.
    """
    return _in_full(connection, "schools", school_year=school_year)


def _in_full(connection: Connection, question: str, **parameters: object) -> pd.DataFrame:
    """An answer with the columns that the edition's version of the schema did not have, as NA."""
    asked = ask(connection, question, **parameters)
    empty = _empty_answer(question_text(question), parameters)
    missing = [column for column in empty if column not in asked]
    added = pd.DataFrame(
        {name: pd.array([pd.NA] * len(asked), dtype=_NULLABLE.get(empty[name].dtype.kind, "str"))
         for name in missing},
        index=asked.index,
    )  # fmt: skip
    return pd.concat([asked, added], axis=1) if missing else asked


def pupil_religions(connection: Connection) -> pd.DataFrame:
    """Pupils by religion of every school and year that told them; counts, never persons.

    Returns
    -------
    One row per ``npsn``, ``school_year`` and ``religion``: ``pupil_count``. Empty where the edition
    was made before there was such a table.
    """
    kinds = {"npsn": "str", "school_year": "int64", "religion": "str", "pupil_count": "int64"}
    return ask(connection, "pupil_religions", school_year=None).astype(kinds)


def post_needs(connection: Connection) -> pd.DataFrame:
    """Posts needed by workload analysis (ABK), as the sheets said.

    Returns
    -------
    One row per ``opd``, ``unit`` ('' for the whole OPD), ``title`` and ``year``: ``job_class``,
    ``in_post_count`` (NA where not told), ``needed_fte`` (posts, not rounded) and
    ``is_from_workload``. Empty where the edition was made before there was such a table.
    """
    kinds = {
        **dict.fromkeys(("opd", "unit", "title"), "str"), "year": "int64", "job_class": "Int64",
        "in_post_count": "Int64", "needed_fte": "float64", "is_from_workload": "bool",
    }  # fmt: skip
    return ask(connection, "post_needs").astype(kinds)


def budget_years(connection: Connection) -> pd.DataFrame:
    """The APBD year by year, realised where it is, else planned.

    Returns
    -------
    One row per ``year``: ``is_realised``, ``total_idr``, ``personnel_idr``,
    ``teacher_allowance_idr``, ``is_teacher_allowance_told``, ``council_head_idr`` and
    ``transfer_idr`` (NA where not told), ``source``; whole rupiah. Empty where the edition was made
    before there was such a table.
    """
    kinds = {
        "year": "int64", "is_realised": "bool", "total_idr": "int64", "personnel_idr": "int64",
        "teacher_allowance_idr": "int64", "is_teacher_allowance_told": "bool",
        "council_head_idr": "Int64", "transfer_idr": "Int64", "source": "str",
    }  # fmt: skip
    return ask(connection, "budget_years").astype(kinds)


def people(connection: Connection) -> pd.DataFrame:
    """Everybody on the roster of an edition.

    Returns
    -------
    One row per person, ordered by ``nip``; columns and types ``PEOPLE_TYPES`` plus ``unit_id``.
    ``unit``, ``opd`` as the unit table names them; ``kecamatan``, ``npsn`` from the roster, else
    from the school list.
    """
    return typed_people(ask(connection, "people"))


def employees_as_written(connection: Connection) -> pd.DataFrame:
    """Everybody on the roster with unit, OPD, kecamatan and NPSN as the file wrote them.

    Returns
    -------
    One row per person, ordered by ``nip``; columns and types ``PEOPLE_TYPES``.
    """
    return typed_people(ask(connection, "employees_as_written"))


def exits(connection: Connection) -> pd.DataFrame:
    """Everybody who left, as the edition knows it.

    Returns
    -------
    One row per person and day of leaving, by day; columns and types ``EXIT_TYPES``. Empty where
    the edition is older than the table. What the planner said of causes stands in ``state``.
    """
    return ask(connection, "exits")[list(EXIT_TYPES)].astype(EXIT_TYPES)


def typed_people(frame: pd.DataFrame) -> pd.DataFrame:
    """A people frame in the types ``PEOPLE_TYPES``; further columns stand behind, untouched.

    Raises
    ------
    StoreError
        A column is missing.
    """
    missing = [column for column in PEOPLE_TYPES if column not in frame.columns]
    if missing:
        raise StoreError(f"The people frame lacks {', '.join(missing)}.")
    others = [column for column in frame.columns if column not in PEOPLE_TYPES]
    return frame[[*PEOPLE_TYPES, *others]].astype(PEOPLE_TYPES)


def faults(connection: Connection) -> list[Fault]:
    """Faults found by the import that made the edition, as they were found."""
    table = ask(connection, "import_faults")
    return [
        Fault(
            file=row.file,
            row=None if pd.isna(row.row) else int(row.row),
            column=row.header,
            value=row.written_value,
            code=row.code,
            details=json.loads(row.details),
        )
        for row in table.itertuples(index=False)
    ]


def refused_rows(connection: Connection) -> pd.DataFrame:
    """Rows that the import of the edition left out.

    Returns
    -------
    One row per spreadsheet row: ``sheet, row, codes, reasons`` and the canonical columns as text.
    """
    table = ask(connection, "refused_rows").astype({"row": "Int64"})
    cells = pd.DataFrame([json.loads(text) for text in table["cells"]], index=table.index)
    return table.drop(columns="cells").join(cells)


def fault_rows(found: Iterable[Fault]) -> pd.DataFrame:
    """Faults as rows of the table ``import_fault``; one row per fault, in the order given."""
    rows = [
        (
            number,
            fault.file,
            fault.row,
            fault.column,
            fault.value,
            fault.code,
            json.dumps(dict(fault.details), ensure_ascii=False, default=str),
        )
        for number, fault in enumerate(found, start=1)
    ]
    columns = [
        "import_fault_number",
        "file",
        "spreadsheet_row",
        "header",
        "written_value",
        "code",
        "details",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"spreadsheet_row": "Int64"})


def refused_row_rows(refused: pd.DataFrame) -> pd.DataFrame:
    """Refused rows as rows of the table ``refused_row``.

    Parameters
    ----------
    refused
        One row per spreadsheet row: ``sheet, row, codes, reasons`` and canonical columns as text.
    """
    told = refused[["sheet", "row", "codes", "reasons"]].rename(columns={"row": "spreadsheet_row"})
    cells = refused.drop(columns=["sheet", "row", "codes", "reasons"])
    texts = [
        json.dumps(
            {str(name): str(cell) for name, cell in row.items() if pd.notna(cell)},
            ensure_ascii=False,
        )
        for row in cells.to_dict("records")
    ]
    return told.assign(
        refused_row_number=range(1, len(refused) + 1), cells=pd.Series(texts, index=told.index)
    )


# ---- writing -------------------------------------------------------------------------------------


class _Held(threading.local):
    """How often this thread holds each folder's lock, and the open file that carries it."""

    def __init__(self) -> None:
        self.locks: dict[Path, tuple[IO[bytes], int]] = {}


_held = _Held()
_threads: dict[Path, threading.Lock] = {}
_threads_guard = threading.Lock()


@contextmanager
def importing(folder: Path, *, wait_seconds: float = 600.0) -> Iterator[None]:
    """Hold a folder's import lock: one writer at a time, over all processes.

    The operating system lets go of it when the process dies, however it dies. May be nested in one
    thread.

    Raises
    ------
    StoreError
        Somebody else is still importing after ``wait_seconds``, or the folder cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Folder data tidak dapat dibuat ({error.strerror}).",
            f"The data folder cannot be made ({error.strerror}).",
        ) from error
    folder = folder.resolve()
    if folder in _held.locks:
        file, depth = _held.locks[folder]
        _held.locks[folder] = (file, depth + 1)
        try:
            yield
        finally:
            _held.locks[folder] = (file, depth)
        return
    with _threads_guard:
        within_process = _threads.setdefault(folder, threading.Lock())
    deadline = time.monotonic() + wait_seconds
    if not within_process.acquire(timeout=wait_seconds):
        raise _busy()
    try:
        try:
            file = (folder / _LOCK_NAME).open("ab")
        except OSError as error:
            raise StoreError(
                f"Folder data tidak dapat ditulisi ({error.strerror}). Periksa izin dan ruang"
                " disk.",
                f"The data folder cannot be written to ({error.strerror}). Check rights and space"
                " of the disk.",
            ) from error
        with file:
            while not _try_lock(file):
                if time.monotonic() > deadline:
                    raise _busy()
                time.sleep(0.02)
            _held.locks[folder] = (file, 1)
            try:
                yield
            finally:
                del _held.locks[folder]
                _unlock(file)
    finally:
        within_process.release()


def _busy() -> StoreError:
    return StoreError(
        "Impor lain masih berjalan. Tunggu sampai selesai, lalu ulangi.",
        "Another import is still running. Wait until it is done, then try again.",
    )


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def write_edition(folder: Path, tables: Mapping[str, pd.DataFrame], about: About) -> Edition:
    """Build the next edition and rename it into place.

    Parameters
    ----------
    folder
        The data folder; created if absent.
    tables
        Frames by table name (``TABLES``); a table given replaces the inherited one. ``employee`` is
        the people frame; ``unit`` is built from people and schools unless given.
    about
        What the edition is; ``about.built_on`` names the edition whose other tables it inherits.

    Returns
    -------
    The finished edition. It is not yet the current one: that is a decision (``state``).

    Raises
    ------
    StoreError
        A table is unknown or breaks the schema, the edition built on cannot be read, or the disk is
        full. Nothing has changed then.
    """
    unknown = set(tables) - set(TABLES)
    if unknown:
        raise StoreError(f"No such table: {', '.join(sorted(unknown))}.")
    folder = Path(folder)
    with importing(folder):
        _remove_leftovers(folder)
        before = None if about.built_on is None else edition(folder, about.built_on)
        number = max(edition_numbers(folder), default=0) + 1
        temporary = folder / f"building-{number:06d}-{os.getpid()}.tmp"
        try:
            _build(temporary, number, tables, about, before)
            _flush(temporary)
            final = edition_path(folder, number)
            temporary.rename(final)
            _flush(folder)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise StoreError(
                f"Edisi baru ditolak: {reason}", f"The new edition is refused: {reason}"
            ) from error
        except OSError as error:
            raise StoreError(
                f"Edisi baru tidak dapat ditulis ({error.strerror}). Periksa ruang dan izin disk.",
                f"The new edition cannot be written ({error.strerror}). Check space and rights of"
                " the disk.",
            ) from error
        finally:
            _remove_leftovers(folder)
        return edition(folder, number)


def _remove_leftovers(folder: Path) -> None:
    # Only called with the lock held, so that no living importer can own them.
    for left in folder.glob("building-*.tmp*"):
        if left.is_dir():  # where DuckDB spills what does not fit in memory
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":  # Windows cannot open a directory
        return
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _build(
    path: Path,
    number: int,
    tables: Mapping[str, pd.DataFrame],
    about: About,
    before: Edition | None,
) -> None:
    with closing(
        duckdb.connect(str(path), config={"python_enable_replacements": "false"})
    ) as connection:
        if sys.platform != "win32":
            path.chmod(0o600)
        if before is not None:
            quoted = str(before.path).replace("'", "''")  # ATTACH takes no parameters
            connection.execute(f"ATTACH '{quoted}' AS before (READ_ONLY)")
        connection.execute("BEGIN")
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        inherited = _tables_of_before(connection) if before is not None else frozenset()
        given = _completed(connection, tables, about, inherited)
        for table in TABLES:
            if table in given:
                _insert(connection, table, given[table])
            elif table in inherited:
                _inherit(connection, table)
        connection.execute(
            "INSERT INTO about VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number,
                about.as_of,
                datetime.now(UTC).replace(tzinfo=None, microsecond=0),
                list(about.source_files),
                about.is_synthetic,
                about.government_name,
                about.note,
                about.built_on,
            ],
        )
        connection.execute("COMMIT")
        if before is not None:
            connection.execute("DETACH before")
        connection.execute("CHECKPOINT")


def _completed(
    connection: Connection,
    tables: Mapping[str, pd.DataFrame],
    about: About,
    inherited: frozenset[str],
) -> dict[str, pd.DataFrame]:
    """The tables given, with units and keys that follow from them."""
    given = dict(tables)
    if "government" not in given:
        own = pd.DataFrame(
            {"government_id": [about.government_id], "name": [about.government_name]}
        )
        others = _inherited(connection, "government") if inherited else own.iloc[:0]
        others = others[others["government_id"] != about.government_id]
        given["government"] = pd.concat([own, others], ignore_index=True)
    if "unit" not in given and {"employee", "school_year_profile"} & set(given):
        # Units follow from both lists; whichever is not new is inherited.
        for table in ("employee", "school_year_profile"):
            if table not in given and table in inherited:
                given[table] = _inherited(connection, table)
        if "employee" in given:
            given["unit"] = units.units(
                given["employee"], given.get("school_year_profile"), about.government_id
            )
    if "employee" in given:
        employee = typed_people(given["employee"])
        given["employee"] = employee.assign(
            unit_id=units.unit_ids(employee["opd"], employee["unit"])
        )
    if "school_teacher" in given and "school_teacher_id" not in given["school_teacher"]:
        given["school_teacher"] = given["school_teacher"].assign(
            school_teacher_id=_school_teacher_ids(given["school_teacher"])
        )
    return given


def _school_teacher_ids(teachers: pd.DataFrame) -> pd.Series:
    """NUPTK, else NIP, else name and birth date; at the school. A repeat gets a number behind."""
    born = pd.to_datetime(teachers["birth_date"]).dt.strftime("%Y%m%d").fillna("")
    named = teachers["name"].map(units.slug) + "-" + born
    who = teachers["nuptk"].fillna(teachers["nip"]).fillna(named).astype("str")
    where = teachers["npsn"].fillna(teachers["school"].fillna("").map(units.slug)).astype("str")
    key = who + "@" + where
    repeat = key.groupby(key).cumcount()
    return key.where(repeat == 0, key + "#" + (repeat + 1).astype("str"))


def _tables_of_before(connection: Connection) -> frozenset[str]:
    rows = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'before'"
    ).fetchall()
    return frozenset(name for (name,) in rows if name in TABLES) - OF_ONE_IMPORT


def _inherited(connection: Connection, table: str) -> pd.DataFrame:
    return connection.execute(f"SELECT * FROM before.{table}").df()


def _insert(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    known = [name for name, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
    incoming = frame[[column for column in known if column in frame.columns]]
    # No finally: after an error the transaction is dead and unregister would hide the reason.
    connection.register("incoming", _plain(incoming))
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    # A column in which everything is missing may come as object or float; text suits any type.
    return frame.astype({name: "str" for name in frame if frame[name].isna().all()})


def _inherit(connection: Connection, table: str) -> None:
    ours = [name for name, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
    theirs = {name for name, *_ in connection.execute(f"DESCRIBE before.{table}").fetchall()}
    # An edition of an earlier version of the schema lacks the newer columns; they stay empty.
    columns = ", ".join(name for name in ours if name in theirs)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM before.{table}")
