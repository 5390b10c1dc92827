"""A data folder with as many primary schools as a large kabupaten has, to measure pages on.

Those of Kabupaten and Kota Bekasi where they are at hand, with the places of 2019; otherwise 1,500
invented ones (synthetic) in a square of 40 km.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.browser import running_app

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_REAL = SHARED / "id_dapodik_6cities_2025" / "schools_pupils_teachers.csv"
_COLUMNS = [
    *("npsn", "nama", "bentuk_pendidikan", "status", "kecamatan", "lintang", "bujur"),
    *("peserta_didik_total", "ruang_kelas", "rombel"),
]


def _real() -> pd.DataFrame:
    rows = pd.read_csv(_REAL, dtype="str", keep_default_na=False)
    here = rows["kota_kabupaten"].str.contains("Bekasi") & (rows["bentuk_pendidikan"] == "SD")
    return rows.loc[here].assign(lintang=rows["lat2019"], bujur=rows["lon2019"])[_COLUMNS]


def invented(count: int = 1500) -> pd.DataFrame:
    """Made-up schools (synthetic), every one public, about three in ten under 120 pupils."""
    luck = np.random.default_rng(0)
    pupils = np.clip(np.rint(luck.lognormal(5.1, 0.6, count)), 12, 900).astype(int)
    rombel = np.maximum(6, -(-pupils // 28))
    return pd.DataFrame(
        {
            "npsn": [f"{90_000_000 + at}" for at in range(count)],
            "nama": [f"SDN REKAAN {at + 1}" for at in range(count)],
            "bentuk_pendidikan": "SD",
            "status": "Negeri",
            "kecamatan": [f"Kec. Rekaan {at}" for at in luck.integers(1, 25, count)],
            "lintang": np.round(-7.5 + luck.uniform(0, 0.36, count), 6),
            "bujur": np.round(111 + luck.uniform(0, 0.36, count), 6),
            "peserta_didik_total": pupils,
            "ruang_kelas": rombel + luck.integers(0, 3, count),
            "rombel": rombel,
        }
    )[_COLUMNS]


def with_large_place(data: Path) -> str:
    """Import the schools into a new data folder; what they are, in words."""
    rows, told = (_real(), "SD Bekasi") if _REAL.exists() else (invented(), "1,500 SD, synthetic")
    file = data.parent / "large_place.csv"
    rows.to_csv(file, index=False)
    for command in (
        ["init", "--data", str(data)],
        ["import", str(file), "--data", str(data), "--kind", "school",
         "--as-of", "2025-09-01", "--accept-partial"],
    ):  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "analytics", *command],
            cwd=running_app.ROOT,
            env=running_app.environment(data),
            check=True,
            capture_output=True,
            timeout=300,
        )
    return told
