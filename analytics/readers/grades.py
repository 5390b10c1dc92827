"""Grades as lists write them, and the headers of tables that count pupils by grade.

``VII``, ``7``, ``Kelas 7A``, ``Tk 1`` and ``Kelompok B`` all name a grade; kindergarten is 0. A
wide table has a column per grade (and sex, and class): such a header becomes ``grade_7``,
``grade_7_male`` or ``grade_7_a``; ``grade_7_all`` is a total that is checked and never added.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HIGHEST_GRADE = 12
MALE, FEMALE, ALL = "male", "female", "all"
GRADE_COLUMN = re.compile(
    r"grade_(?P<grade>\d{1,2})(?:_(?P<section>[a-k]))?(?:_(?P<part>male|female|all))?"
)

_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NUMBERS = {
    **{roman: at for at, roman in enumerate(_ROMANS, start=1)},
    **{str(at): at for at in range(HIGHEST_GRADE + 1)},
    **{f"0{at}": at for at in range(10)},
}
_WORDS = {
    **dict(zip(("satu", "dua", "tiga", "empat", "lima", "enam"), range(1, 7), strict=True)),
    **dict(zip(("tujuh", "delapan", "sembilan", "sepuluh"), range(7, 11), strict=True)),
}
_CLASS = {"kelas", "kls", "kl", "tingkat", "tkt", "tk", "grade", "class", "rombel", "jenjang"}
_KINDERGARTEN = {"tk", "ra", "paud", "kelompok", "kel", "kb", "kg", "kindergarten", "tka"}
_SEXES = {
    **dict.fromkeys(("l", "lk", "laki", "male", "putra", "pria"), MALE),
    **dict.fromkeys(("p", "pr", "perempuan", "female", "putri", "wanita"), FEMALE),
}
_TOTALS = {"jumlah", "jml", "jlh", "total", "tot", "lp", "seluruh", "semua"}
_FILLERS = {
    *("siswa", "murid", "pd", "peserta", "didik", "orang", "sd", "smp", "mi", "mts", "sma", "smk"),
    *("menurut", "per", "tiap", "dan", "data", "keadaan", "jenis", "kelamin", "banyaknya"),
    *("keseluruhan", "pupils", "students", "enrolment", "enrollment", "rekap"),
}
_PUPILS = {"siswa", "murid", "pd", "peserta", "pupils", "students"}
_SECTIONS = set("abcdefghijk")


def grade_of(written: object) -> int | None:
    """The grade a cell names, 0 (kindergarten) to 12; None where it names none.

    A class counts as its grade: ``VII-B``, ``7B`` and ``Kelas 7 B`` are 7.
    """
    tokens = _tokens(_text(written))
    if not tokens or set(tokens) & _TOTALS:
        return None
    rest = [token for token in tokens if token not in _CLASS and token not in _FILLERS]
    if rest and (rest[0] in _NUMBERS or rest[0] in _WORDS):
        # 'Kelompok 1' is no grade of a primary school; neither is 'TK 5'.
        return None if set(tokens) & {"kelompok", "paud"} else _number(rest[0])
    if tokens == ["k"]:
        return 0
    if set(tokens) & _KINDERGARTEN and (not rest or set(rest) <= {*_KINDERGARTEN, "a", "b"}):
        return 0
    return None


def _text(cell: object) -> str:
    # A spreadsheet keeps 7 as 7.0.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _number(token: str) -> int:
    return _NUMBERS[token] if token in _NUMBERS else _WORDS[token]


def grade_column(parts: Sequence[str]) -> str:
    """What a header over counts by grade stands for, '' where it is none.

    Parameters
    ----------
    parts
        Header texts above each other, top to bottom.

    Returns
    -------
    ``grade_N``, with the class (``_a``) and ``_male``, ``_female`` or ``_all`` where it says so;
    ``pupil_count`` with the same endings for the row's totals; ``sex`` for a column that holds L
    or P.
    """
    written = " ".join(parts)
    tokens = _tokens(written)
    numbers = [token for token in tokens if token in _NUMBERS or token in _WORDS]
    if len(set(numbers)) > 1:
        return ""
    sexes = {_SEXES[token] for token in tokens if token in _SEXES}
    others = [
        token
        for token in tokens
        if token not in {*_CLASS, *_FILLERS, *_TOTALS, *_SEXES, *numbers, "rombel"}
    ]
    is_total = bool(set(tokens) & _TOTALS) or len(sexes) > 1
    part = next(iter(sexes)) if len(sexes) == 1 else ALL if is_total else ""
    if "rombel" in tokens:
        return ""
    if numbers:
        grade, section = _number(numbers[0]), others
    elif set(tokens) & {"tk", "kelompok", "paud", "kindergarten", "kg"}:
        grade = 0
        section = [token for token in others if token not in _KINDERGARTEN]
    else:
        return _total_column(tokens, others, part, len(sexes) > 1, written)
    if len(section) > 1 or not set(section) <= _SECTIONS:
        return ""
    names = (f"grade_{grade}", *section, *([part] if part else []))
    return "_".join(names)


def _total_column(
    tokens: Sequence[str], others: Sequence[str], part: str, has_both: bool, written: str
) -> str:
    if others:
        return ""
    if set(tokens) <= {"l", "p"} and has_both and "+" not in written:
        return "sex"
    is_count = part in (MALE, FEMALE) or bool(set(tokens) & {*_TOTALS, *_PUPILS})
    # A bare 'Kelas' names the grade of a long table and 'Jumlah Kelas' counts classes, not pupils.
    if not is_count or (set(tokens) & _CLASS and not set(tokens) & _PUPILS):
        return ""
    return f"pupil_count_{part}" if part in (MALE, FEMALE) else "pupil_count"


def _tokens(written: str) -> list[str]:
    # 'kelas1', '7A' and 'laki-laki' are two words each.
    spaced = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", written.casefold())
    spaced = spaced.replace("laki - laki", "laki").replace("laki-laki", "laki")
    return re.findall(r"[a-z]+|\d+", spaced)
