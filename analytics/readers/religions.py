"""Headers of tables that count pupils by religion, and the religions as lists write them.

Only counts by school are ever read: which pupil has which religion is nobody's business here.
``Islam``, ``Kristen | L`` and ``Kelas 1 / Hindu`` become ``religion_islam``,
``religion_kristen_male`` and ``religion_hindu_g1``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.readers.grades import ALL, GRADE_COLUMN, grade_column

# The religions of which schools teach a subject, in the order of the statistics.
RELIGIONS = ("islam", "kristen", "katolik", "hindu", "buddha", "khonghucu", "kepercayaan")
# Pupils of whom a list does not say which of them.
OTHER = "other"
RELIGION_COLUMN = re.compile(
    rf"religion_(?P<religion>{'|'.join((*RELIGIONS, OTHER))})"
    r"(?:_g(?P<grade>\d{1,2}))?(?:_(?P<part>male|female|all))?"
)

_WORDS = {
    **dict.fromkeys(("islam", "muslim", "moslem"), "islam"),
    **dict.fromkeys(("kristen", "protestan", "krist", "kris", "christian", "prot"), "kristen"),
    **dict.fromkeys(("katolik", "katholik", "khatolik", "catholic", "kath", "kat"), "katolik"),
    **dict.fromkeys(("hindu", "hin"), "hindu"),
    **dict.fromkeys(("buddha", "budha", "budhist", "buddhist", "bud"), "buddha"),
    **dict.fromkeys(("khonghucu", "konghucu", "konghuchu", "khong", "kong", "kh"), "khonghucu"),
    **dict.fromkeys(("kepercayaan", "penghayat", "kepercayaann"), "kepercayaan"),
    **dict.fromkeys(("lainnya", "lain", "other", "others"), OTHER),
}
# What goes with a religion without changing it: Kepercayaan kepada Tuhan YME, Kong Hu Cu.
_TAIL = {
    *("kepada", "kpd", "terhadap", "thd", "tuhan", "yang", "yg", "maha", "esa", "yme", "tyme"),
    *("hu", "cu", "chu", "agama", "beragama", "penganut", "dan", "diisi", "belum", "tidak"),
}


def religion_of(written: object) -> str | None:
    """The religion a cell names, ``other`` for any other; None where it names none, or several."""
    tokens = _tokens("" if written is None else str(written))
    rest = [token for token in tokens if token not in _TAIL]
    named = _named(rest)
    return named if named and all(token in _WORDS for token in rest) else None


def religion_column(parts: Sequence[str]) -> str:
    """What a header over counts by religion stands for, '' where it is none.

    Parameters
    ----------
    parts
        Header texts above each other, top to bottom.

    Returns
    -------
    ``religion_<name>``, with the grade (``_g1``) and ``_male``, ``_female`` or ``_all`` where the
    header says so; ``pupil_count`` with the same endings for the row's totals; ``sex`` for a column
    of L and P.
    """
    tokens = _tokens(" ".join(parts))
    religion = _named(tokens)
    if not religion:
        found = grade_column(parts)
        return found if found == "sex" or found.startswith("pupil_count") else ""
    rest = [token for token in tokens if token not in _TAIL and token not in _WORDS]
    name = f"religion_{religion}"
    if not rest:
        return name
    said = grade_column([" ".join(rest)])
    if said == "sex":
        return f"{name}_{ALL}"
    if said.startswith("pupil_count"):
        part = said.removeprefix("pupil_count").strip("_")
        return f"{name}_{part or ALL}" if part or not _only_pupils(rest) else name
    graded = GRADE_COLUMN.fullmatch(said)
    if graded is None or graded["section"]:
        return ""
    return "_".join([name, f"g{graded['grade']}", *([graded["part"]] if graded["part"] else [])])


def _only_pupils(tokens: Sequence[str]) -> bool:
    """'Siswa Islam' counts what 'Islam' counts; 'Jumlah Islam' may be a total beside L and P."""
    return set(tokens) <= {"siswa", "murid", "pd", "peserta", "didik", "orang", "pupils"}


def _named(tokens: Sequence[str]) -> str:
    named = {_WORDS[token] for token in tokens if token in _WORDS}
    if named == {"kristen", "katolik"}:
        return "katolik"  # Kristen Katolik; Kristen Protestan is one word twice
    return next(iter(named)) if len(named) == 1 else ""


def _tokens(written: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", written.casefold())
    spaced = re.sub(r"laki\s*-\s*laki", "laki", spaced)
    return re.findall(r"[a-z]+|\d+", spaced)
