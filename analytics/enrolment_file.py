"""Files of pupils and of births as any office writes them: CSV under our column names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.births import BIRTHS
from analytics.enrolment_panel import HISTORY
from analytics.faults import Fault, FaultsError
from analytics.plain_table import placed, table_of

__all__ = ["BIRTHS", "HISTORY", "named", "read"]

_NEEDED = ("school_id", "school_year", "grade", "pupils")


def read(path: Path) -> pd.DataFrame:
    """One of the two as text, its headers in small letters, its index the line of the file.

    Sheets of a workbook (SD and SMP) are one table.

    Raises
    ------
    FaultsError
        When it cannot be read at all.
    """
    return table_of(path, "school_id", _NEEDED)


def named(error: FaultsError, files: Mapping[str, Path | None]) -> FaultsError:
    """The same faults, each with the name of the file, and the sheet, it stands in.

    Parameters
    ----------
    files
        The file by what its table is called in a fault: :data:`HISTORY`, :data:`BIRTHS`.
    """
    told: list[Fault] = []
    for fault in error.faults:
        path = files.get(fault.file)
        told += placed([replace(fault, file=path.name)], path) if path else [fault]
    return FaultsError(told)
