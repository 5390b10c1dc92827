"""Nothing that leaves the product is executed by a spreadsheet, and nothing is changed by it."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import export

# OWASP, CSV Injection: =, +, -, @, tab, carriage return, line feed and their full-width forms.
HOSTILE = [
    "=1+1",
    "+62 812",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_gets_an_apostrophe_in_csv(text):
    assert export.safe_text(text) == "'" + text
    assert export.safe_frame(pd.DataFrame({"a": [text]}))["a"].tolist() == ["'" + text]


@pytest.mark.parametrize("text", ["-", "", "Ani", "III/d", "198001012005012001", "a=b", "5-2"])
def test_harmless_text_stays_as_it_is(text):
    assert export.safe_text(text) == text


def test_numbers_dates_and_blanks_stay_what_they_are():
    frame = pd.DataFrame(
        {
            "n": [-5, 2],
            "x": [-1.5, float("nan")],
            "i": pd.array([-3, None], dtype="Int64"),
            "d": pd.to_datetime(["2027-05-01", None]),
            "b": pd.array([True, None], dtype="boolean"),
            "s": pd.Series(["Ani", None], dtype="str"),
        }
    )
    pd.testing.assert_frame_equal(export.safe_frame(frame), frame)
    assert export.csv_bytes(frame).decode().splitlines() == [
        "n,x,i,d,b,s",
        "-5,-1.5,-3,2027-05-01,True,Ani",
        "2,,,,,",
    ]


def test_the_frame_given_is_never_changed():
    frame = pd.DataFrame({"a": ["=1+1"]})
    export.safe_frame(frame)
    export.csv_bytes(frame)
    assert frame["a"].tolist() == ["=1+1"]


def test_headers_and_categories_are_made_harmless_too():
    frame = pd.DataFrame({"=A": pd.Categorical(["@x", None])})
    assert export.csv_bytes(frame).decode() == "'=A\n'@x\n\"\"\n"


def test_excel_is_told_the_encoding_and_programs_are_not():
    frame = pd.DataFrame({"a": ["é"]})
    assert export.csv_bytes(frame, for_spreadsheet=True).startswith(b"\xef\xbb\xbf")
    assert export.csv_bytes(frame) == "a\né\n".encode()


def book(sheets):
    return openpyxl.load_workbook(io.BytesIO(export.xlsx_bytes(sheets)))


def test_a_workbook_keeps_text_as_text_and_dates_as_dates():
    frame = pd.DataFrame(
        {
            "nip": ["198001012005012001", "199003152023212003"],
            "name": ["=1+1", None],
            "retires_on": pd.to_datetime(["2027-05-01", None]),
            "count": pd.array([7, None], dtype="Int64"),
        }
    )
    sheet = book({"Pensiun": frame})["Pensiun"]
    first = sheet[2]
    assert (first[0].value, first[0].data_type) == ("198001012005012001", "s")
    assert (first[1].value, first[1].data_type) == ("=1+1", "s")
    assert first[1].quotePrefix
    assert first[2].is_date
    assert first[2].value.date().isoformat() == "2027-05-01"
    assert first[3].value == 7
    assert [cell.value for cell in sheet[3]] == ["199003152023212003", None, None, None]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width >= 18


def test_sheet_names_are_mended_and_kept_apart():
    frame = pd.DataFrame({"a": [1]})
    names = book({"OPD/Unit": frame, "OPD:Unit": frame, "x" * 40: frame, "": frame}).sheetnames
    assert names == ["OPD Unit", "OPD Unit 2", "x" * 31, "Tabel"]


def test_an_empty_table_is_a_sheet_with_its_headers():
    sheet = book({"Kosong": pd.DataFrame({"nip": pd.Series([], dtype="str")})})["Kosong"]
    assert [cell.value for cell in sheet[1]] == ["nip"]


@given(st.lists(st.text(min_size=1), min_size=1))
def test_no_text_at_all_leaves_as_a_formula(texts):
    for text in export.safe_frame(pd.DataFrame({"a": texts}))["a"]:
        assert len(text) == 1 or text[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
