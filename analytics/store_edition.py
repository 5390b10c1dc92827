"""What an edition is, and the name, number and hash of its file.

No database is asked here: see ``store`` for what an edition says.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from analytics import units
from analytics.told import ToldError

ROOT = Path(__file__).resolve().parents[1]

_FILE_NAME = re.compile(r"edition-(\d{6,})\.duckdb")


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


def sha256(path: Path) -> str:
    """Hash of the bytes of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_leftovers(folder: Path) -> None:
    """Remove what killed imports left in a folder.

    Call it with the import lock held, so that no living importer can own what is removed.
    """
    for left in folder.glob("building-*.tmp*"):
        if left.is_dir():  # where DuckDB spills what does not fit in memory
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk now."""
    if path.is_dir() and sys.platform == "win32":  # Windows cannot open a directory
        return
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
