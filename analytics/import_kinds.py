"""Kinds of file that can be imported, and what each is called where it goes."""

from __future__ import annotations

import pandas as pd

from analytics import checks

SCOPES = ("all", "employment", "opd", "add")
KINDS = ("roster", "teacher", "school", "enrolment", "birth", "religion", "exit", "abk", "apbd")

# What each checked list calls its good rows.
_GOOD_ROWS = {
    "roster": "people",
    "teacher": "teachers",
    "school": "schools",
    "enrolment": "enrolment",
    "birth": "births",
    "religion": "religions",
    "exit": "exits",
    "abk": "post_needs",
    "apbd": "budgets",
}
# What an edition says of the import that made it.
_KIND_WORDS = {
    "roster": "daftar pegawai",
    "teacher": "daftar GTK",
    "school": "daftar sekolah",
    "enrolment": "murid per tingkat",
    "birth": "kelahiran",
    "religion": "murid per agama",
    "exit": "daftar keluar",
    "abk": "kebutuhan jabatan (ABK)",
    "apbd": "APBD",
}
_SCOPE_WORDS = {
    "all": "memuat semua",
    "employment": "semua dari jenis kepegawaian di berkas",
    "opd": "semua dari OPD di berkas",
    "add": "hanya menambah dan memperbarui",
}
Checked = (
    checks.CheckedRoster
    | checks.CheckedTeachers
    | checks.CheckedSchools
    | checks.CheckedEnrolment
    | checks.CheckedBirths
    | checks.CheckedReligions
    | checks.CheckedExits
    | checks.CheckedWorkload
    | checks.CheckedBudgets
)


def good_rows(kind: str, checked: Checked) -> pd.DataFrame:
    """Rows of a judged file without an error, typed; one of ``KINDS`` says which they are."""
    rows: pd.DataFrame = getattr(checked, _GOOD_ROWS[kind])
    return rows


def note(kind: str, checked: Checked, scope: str) -> str:
    """What an edition says of the import that made it.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    checked
        The file as judged.
    scope
        One of ``SCOPES``; pupils, births and the like replace what they repeat and nothing else,
        whatever was chosen.
    """
    if kind in ("enrolment", "birth", "religion", "exit", "abk", "apbd"):
        return _KIND_WORDS[kind]
    if isinstance(checked, checks.CheckedSchools) and checked.describes_only:
        return "keterangan sekolah"
    return f"{_KIND_WORDS[kind]}; {_SCOPE_WORDS[scope]}"
