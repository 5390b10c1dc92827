"""How long a 20,000-row SIASN nominatif takes to read and to check.

    python -m tests.benchmarks.import_file [--rows 20000] [--no-rival]

Beside it, in the same run, the rival every data team has at hand: ``pandas.read_excel`` (with
openpyxl, its default for .xlsx), which only reads and checks nothing.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import checks, readers, rules
from tests import workbooks


def main() -> None:
    """Print seconds for reading, checking, and the rival's reading alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--no-rival", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nominatif.xlsx"
        workbooks.write_xlsx(path, workbooks.siasn_rows(workbooks.people(asked.rows)))
        size_mb = path.stat().st_size / 1e6
        print(f"{asked.rows} rows x 69 columns, {size_mb:.1f} MB")
        rulebook = rules.load()
        start = time.perf_counter()
        reading = readers.read(path)
        read_s = time.perf_counter() - start
        checked = checks.checked_roster(reading, rulebook, date(2026, 11, 21))
        total_s = time.perf_counter() - start
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"read   {read_s:6.2f} s")
        found = f"{len(checked.people)} people, {len(checked.faults)} faults"
        print(f"check  {total_s - read_s:6.2f} s   {found}")
        print(f"total  {total_s:6.2f} s   peak {peak_mb:.0f} MB")
        if not asked.no_rival:
            start = time.perf_counter()
            rows = len(pd.read_excel(path, dtype=str, engine="openpyxl"))
            rival_s = time.perf_counter() - start
            print(f"rival  {rival_s:6.2f} s   pandas.read_excel alone, {rows} rows")
            print(f"ratio  {rival_s / total_s:6.2f}   rival's reading / our reading and checking")


if __name__ == "__main__":
    main()
