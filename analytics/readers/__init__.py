"""A foreign file as our columns: recognised by its headers, cells untouched.

``read`` opens a workbook or a text file, finds the table on each sheet, tells rosters, teacher
lists and school lists apart, and returns the cells under our column names. Columns that must not
be read (``discard_on_import`` in ``data/columns.csv``) are gone before anything leaves here.
"""

from analytics.readers.formulas import FormulaCell
from analytics.readers.headers import canonical_columns
from analytics.readers.reading import read
from analytics.readers.report import Reading, SheetReport
from analytics.readers.required import required_columns
from analytics.readers.tabular import cell_text

__all__ = [
    "FormulaCell",
    "Reading",
    "SheetReport",
    "canonical_columns",
    "cell_text",
    "read",
    "required_columns",
]
