"""Headers of tables that count births by area and year.

Health offices print live births by sex, stillbirths and both together; open data has a column per
year or a row per sex. Only live births count: stillbirths, and columns that mix both, are left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MALE, FEMALE, ALL = "male", "female", "all"
BIRTH_COLUMN = re.compile(r"birth_count(?:_(?P<year>\d{4}))?(?:_(?P<part>male|female))?")

_BIRTHS = {"lahir", "kelahiran", "births", "birth", "bayi", "live"}
_SEXES = {
    **dict.fromkeys(("l", "lk", "laki", "male", "putra", "pria"), MALE),
    **dict.fromkeys(("p", "pr", "perempuan", "female", "putri", "wanita"), FEMALE),
}
_COUNTS = {"jumlah", "jml", "jlh", "total", "banyaknya", "hidup", "count", "lp", *_BIRTHS}
_FILLERS = {
    *("menurut", "jenis", "kelamin", "dan", "per", "tahun", "th", "thn", "jiwa", "orang", "of"),
    *("number", "by", "year", "angka"),
}


def birth_column(parts: Sequence[str]) -> tuple[str, int]:
    """What a header over counts of births stands for, and its rank (0: says live births).

    Parameters
    ----------
    parts
        Header texts above each other, top to bottom.

    Returns
    -------
    ``birth_count``, with the year (``_2019``) and ``_male`` or ``_female`` where the header says
    so; ``sex`` for a column of L and P; ``unread`` for stillbirths; '' for anything else.
    """
    written = " ".join(parts)
    tokens = _tokens(written)
    years = {token for token in tokens if re.fullmatch(r"(?:19|20)\d{2}", token)}
    sexes = {_SEXES[token] for token in tokens if token in _SEXES}
    known = {*_COUNTS, *_FILLERS, *_SEXES, *years, "mati"}
    if not tokens or not set(tokens) <= known or len(years) > 1:
        return "", 0
    if set(tokens) <= {"l", "p"} and len(sexes) == 2 and "+" not in written:
        return "sex", 0
    if "mati" in tokens:
        return "unread", 0
    is_count = bool(set(tokens) & _COUNTS) or bool(sexes) or bool(years)
    # 'Tahun Lahir' is the year itself; 'Jenis Kelamin' the sex.
    is_about = {"tahun", "jenis"} & set(tokens) and not set(tokens) & (_COUNTS - _BIRTHS)
    if not is_count or (is_about and not years):
        return "", 0
    year = next(iter(years), "")
    part = next(iter(sexes)) if len(sexes) == 1 else ""
    rank = 0 if "hidup" in tokens or "live" in tokens else 1 if set(tokens) & _BIRTHS else 2
    return "_".join(["birth_count", *([year] if year else []), *([part] if part else [])]), rank


def speaks_of_births(text: str) -> bool:
    """Whether a header, title or sheet name is about births (not about somebody's birth date)."""
    found = re.search(r"\b(?:kelahiran|lahir hidup|bayi lahir|(?:live )?births?)\b", text, re.I)
    return bool(found) and not re.search(r"tempat|tanggal|tgl|\bdate\b|tahun lahir", text, re.I)


def _tokens(written: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", written.casefold())
    spaced = re.sub(r"laki\s*-\s*laki", "laki", spaced)
    return re.findall(r"[a-z]+|\d+", spaced)
