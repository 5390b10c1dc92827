"""A fault of an input file: where it is, what is wrong, what to write instead.

The texts are data (``data/faults.csv``), in Indonesian and English, so that the screen, the
command line and the list a clerk downloads all say the same sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from numbers import Integral
from pathlib import Path

import pandas as pd

from analytics.told import Counted

TEXTS = Path(__file__).resolve().parents[1] / "data" / "faults.csv"
COLUMNS = ["file", "row", "column", "value", "severity", "code", "message", "remedy"]


@cache
def _texts() -> dict[str, dict[str, str]]:
    table = pd.read_csv(TEXTS, dtype=str, keep_default_na=False)
    return {row["code"]: row for row in table.to_dict("records")}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one place of a file.

    ``row`` is the number the spreadsheet shows (None: the file as a whole), ``column`` the header
    as written, ``value`` the cell as written. ``details`` fills the ``{fields}`` of the text (whole
    numbers as :class:`analytics.told.Counted`); a
    ``remedy_id`` and ``remedy_en`` among them stand for the remedy, where the place is no file.
    """

    file: str
    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in _texts():
            raise KeyError(f"{self.code} has no text; add a row to data/faults.csv")

    @property
    def severity(self) -> str:
        """``error`` keeps the row out; ``warning`` lets it in and is shown."""
        return _texts()[self.code]["severity"]

    def message(self, language: str = "id") -> str:
        """What is wrong, in ``id`` or ``en``."""
        return self._filled(f"message_{language}")

    def remedy(self, language: str = "id") -> str:
        """What to write or do instead, in ``id`` or ``en``."""
        own = self.details.get(f"remedy_{language}")
        return self._filled(f"remedy_{language}") if own is None else str(own)

    def _filled(self, column: str) -> str:
        details = {
            name: Counted(told) if isinstance(told, Integral) else told
            for name, told in self.details.items()
        }
        return _texts()[self.code][column].format(**{"value": self.value, **details})


class FaultsError(Exception):
    """A file that is refused; carries every fault that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(sentence(fault) for fault in self.faults))


def sentence(fault: Fault, language: str = "id") -> str:
    """One line for a terminal: file, row, column, value, what is wrong, what to do."""
    word = {"id": ("baris", "kolom"), "en": ("row", "column")}[language]
    place = [fault.file]
    if fault.row is not None:
        place.append(f"{word[0]} {fault.row}")
    if fault.column:
        place.append(f"{word[1]} {fault.column}")
    value = f" ('{fault.value}')" if fault.value else ""
    return f"{', '.join(place)}{value}: {fault.message(language)}. {fault.remedy(language)}."


def fault_table(faults: Iterable[Fault], language: str = "id") -> pd.DataFrame:
    """Faults as a table.

    Returns
    -------
    One row per fault: ``file, row, column, value, severity, code, message, remedy``; ``row`` is a
    nullable integer.
    """
    rows = [
        (
            fault.file,
            fault.row,
            fault.column,
            fault.value,
            fault.severity,
            fault.code,
            fault.message(language),
            fault.remedy(language),
        )
        for fault in faults
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"row": "Int64"})
