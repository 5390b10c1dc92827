"""Files of pupils and of births as any office writes them: CSV under our column names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.births import BIRTHS
from analytics.enrolment_panel import HISTORY
from analytics.faults import FaultsError
from analytics.plain_table import table_of

__all__ = ["BIRTHS", "HISTORY", "named", "read"]


def read(path: Path) -> pd.DataFrame:
    """One of the two as text, its headers in small letters, its index the line of the file.

    Raises
    ------
    FaultsError
        When it cannot be read at all.
    """
    return table_of(path, "school_id")


def named(error: FaultsError, files: Mapping[str, Path | None]) -> FaultsError:
    """The same faults, each with the name of the file it stands in.

    Parameters
    ----------
    files
        The file by what its table is called in a fault: :data:`HISTORY`, :data:`BIRTHS`.
    """
    return FaultsError(
        replace(fault, file=path.name) if (path := files.get(fault.file)) else fault
        for fault in error.faults
    )
