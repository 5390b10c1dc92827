"""Editions: immutable DuckDB files with the facts of one day. The only module that talks to DuckDB.

An edition is built under a temporary name from the edition before it and the new data, in one
transaction, flushed to the disk and renamed into place; nobody writes to it again. So a killed
import leaves nothing but a temporary file, and going back is pointing to an earlier edition.
Its tables as typed frames: ``store_tables``; what an import could not use: ``store_faults``.
Why: docs/decisions/0001-editions.md.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import pandas as pd

from analytics.store_derived import completed
from analytics.store_edition import (
    ROOT,
    About,
    Edition,
    StoreError,
    data_folder,
    edition_numbers,
    edition_path,
    flush,
    remove_leftovers,
    sha256,
)
from analytics.store_lock import importing

__all__ = [
    "OF_ONE_IMPORT", "QUERIES", "SCHEMA", "TABLES", "About", "Connection", "Edition", "StoreError",
    "ask", "damaged_editions", "data_folder", "edition", "edition_numbers", "edition_path",
    "editions", "empty_answer", "opened", "question_text", "write_edition",
]  # fmt: skip

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

# One set of options for every reader: DuckDB refuses a second connection to a file with other ones.
_READING: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}


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
        sha256=sha256(path),
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
                return empty_answer(question, **parameters)
            raise StoreError(f"{question}: {str(error).splitlines()[0]}") from error
        except (duckdb.Error, ValueError) as error:
            raise StoreError(f"{question}: {str(error).splitlines()[0]}") from error


def _lacks_table(cursor: Connection, sql: str) -> bool:
    """Whether a query asks for a table that the edition's version of the schema did not have."""
    present = {name for (name,) in cursor.execute("SHOW TABLES").fetchall()}
    return any(re.search(rf"\b{table}\b", sql) for table in set(TABLES) - present)


def empty_answer(question: str, **parameters: object) -> pd.DataFrame:
    """What an edition of today's schema without any row would answer to ``ask``."""
    with closing(duckdb.connect()) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.execute(question_text(question), parameters or None)
        return connection.df()


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
        remove_leftovers(folder)
        before = None if about.built_on is None else edition(folder, about.built_on)
        number = max(edition_numbers(folder), default=0) + 1
        temporary = folder / f"building-{number:06d}-{os.getpid()}.tmp"
        try:
            _build(temporary, number, tables, about, before)
            flush(temporary)
            final = edition_path(folder, number)
            temporary.rename(final)
            flush(folder)
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
            remove_leftovers(folder)
        return edition(folder, number)


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
        given = completed(tables, about, inherited, lambda table: _inherited(connection, table))
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
