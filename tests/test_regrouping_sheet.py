"""The sheet of a village stays one page, and says of rooms only what the data know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.regrouping import RegroupingPlan, regrouping_plan
from analytics.regrouping_years import calendar
from pages.shared import load, load_regrouping, load_schools, regrouping_inputs, regrouping_sheet
from pages.shared.load_regrouping import Question, When
from tests import school_edition

# Twelve small schools of 5 a grade, each beside a larger one of 20, and ten far from all of them.
PAIRS, ALONE = 12, 10


def kecamatan(rooms: int | None) -> dict[str, pd.DataFrame]:
    """One kecamatan whose lists tell no villages."""
    count = 2 * PAIRS + ALONE
    row = np.arange(count)
    is_small = (row < 2 * PAIRS) & (row % 2 == 0)
    npsn = [f"2000{at:04d}" for at in row]
    profiles = pd.DataFrame(
        {
            "npsn": npsn, "name": [f"SDN {at:02d} Rekaan" for at in row], "level": "SD",
            "status": "negeri", "kecamatan": "Timur", "village": None, "school_year": 2026,
            "latitude": -7.6 + 0.05 * (row // 2) + 0.005 * (row % 2),
            "longitude": 111.5 + 0.05 * np.where(row < 2 * PAIRS, 0, row % 2 + 1),
            "pupil_count": np.where(is_small, 30, 120), "classroom_count": rooms,
            "rombel_count": 6, "teacher_count": None, "staff_count": None,
        }
    )  # fmt: skip
    cells = [
        (one, 2026, grade, 5 if small else 20)
        for one, small in zip(npsn, is_small, strict=True)
        for grade in range(1, 7)
    ]
    enrolment = pd.DataFrame(cells, columns=["npsn", "school_year", "grade", "pupil_count"])
    return {"school_year_profile": profiles, "enrolment": enrolment}


def planned(folder: Path, monkeypatch, rooms: int | None) -> tuple[Question, RegroupingPlan, When]:
    school_edition.written(folder, **kecamatan(rooms))
    monkeypatch.setenv("ESTAFET_DATA", str(folder))
    question = regrouping_inputs.usual(load_schools.school_key(), "SD", load.as_of())
    assert question is not None
    plan = regrouping_plan(load_regrouping.asked(question)[0])
    merges = plan.table.loc[plan.table["action"] == "merge"].assign(school_year=2027)
    when = When(None, calendar(merges, date(2026, 9, 1)), pd.DataFrame(), pd.DataFrame())
    return question, plan, when


def sheet_of(folder, monkeypatch, rooms, keep=None) -> regrouping_sheet.Sheet:
    question, plan, when = planned(folder, monkeypatch, rooms)
    if keep is not None:
        question = replace(question, **keep)
    (place,) = regrouping_sheet.places(question, plan, "id")
    return regrouping_sheet.sheet(question, plan, when, place, "id")


def test_a_kecamatan_of_many_schools_is_told_in_few_lines(tmp_path, monkeypatch):
    sheet = sheet_of(tmp_path, monkeypatch, 6)
    parts = dict(sheet.parts)
    assert len(parts["Apa yang diusulkan"]) == PAIRS
    assert (
        "bergabung ke SDN 01 Rekaan, paling banyak 0,7 km lebih jauh."
        in (parts["Apa yang diusulkan"][0])
    )
    assert parts["Siapa berjalan lebih jauh"][0].startswith("360 murid dari 12 sekolah")
    assert f"{ALONE} sekolah lain tetap buka, tidak berubah." in parts["Apa yang tetap"]
    assert f"{PAIRS} sekolah penerima tetap buka tanpa tambahan rombel" in " ".join(
        parts["Apa yang tetap"]
    )
    assert sheet.title == "Kecamatan Timur: 12 sekolah bergabung, 360 murid pindah sekolah"
    (calendar_line,) = parts["Kapan"]  # one calendar for all twelve
    assert calendar_line.startswith("Semua sekolah di atas: mulai tahun ajaran 2027/28.")
    assert sum(len(lines) for lines in parts.values()) < 25
    assert "<section class=padat>" in regrouping_sheet.as_html([sheet], "sumber", "id")


@pytest.mark.parametrize(("rooms", "is_known"), [(6, True), (None, False), (5, False)])
def test_rooms_are_said_to_suffice_only_where_they_are_known_to(
    tmp_path, monkeypatch, rooms, is_known
):
    told = " ".join(dict(sheet_of(tmp_path, monkeypatch, rooms).parts)["Apa yang tetap"])
    assert ("ruang kelas penerima cukup" in told) == is_known
    assert ("periksa dahulu" in told) == (not is_known)
