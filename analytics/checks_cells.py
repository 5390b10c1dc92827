"""Single cells as facts: text, numbers, codes; what a spreadsheet would execute.

Every function here looks at one value. Columns are read value by distinct value, so a list of
20,000 people with forty ranks asks forty times.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import pandas as pd

from analytics.readers import FormulaCell, cell_text

WORDINGS_FILE = Path(__file__).resolve().parents[1] / "data" / "wordings.csv"
UNKNOWN = "?"
_TOTAL = re.compile(r"^\W*(?:total|jumlah|jml|semua|all)\b", re.I)

_Fact = TypeVar("_Fact")
_EMPTY = {
    "",
    "-",
    "--",
    "---",
    "–",
    "—",
    "null",
    "none",
    "nan",
    "n/a",
    "#n/a",
    "#ref!",
    "#value!",
    ".",
}
_ROMAN = {"I": 1, "V": 5, "X": 10}
_ROMANS = {
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"),
    *("XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"),
}
_ROMAN_BY_NUMBER = {
    sum(
        -_ROMAN[mark] if after and _ROMAN[after] > _ROMAN[mark] else _ROMAN[mark]
        for mark, after in zip(roman, [*roman[1:], ""], strict=True)
    ): roman
    for roman in _ROMANS
}
_GRADE = re.compile(
    r"(?<![A-Z0-9])(IV|III|II|I|[1-4])\s*[-/. ,]{0,3}\s*\(?([A-E])\)?(?![A-Z0-9])", re.I
)
_ECHELON = re.compile(
    r"(?<![A-Z0-9])(IV|III|II|I|V|[1-5])\s*[-/. ]?\s*([AB]|[12])?(?![A-Z0-9])", re.I
)
# Words that deny what follows them or put it into the future.
_NOT_YET = {
    *("tidak", "tdk", "belum", "blm", "bukan", "non", "calon", "akan", "menjelang", "mendekati"),
    *("sampai", "hingga", "usul", "usulan", "rencana", "proses", "pengajuan", "persiapan"),
}
_NUMBER_SIGNED = re.compile(r"^[+-]\s*[\d\s.,()%-]*$")
_QUOTED_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)


def by_value(cells: Iterable[object], fact: Callable[[object], _Fact]) -> list[_Fact]:
    """The fact of every cell, worked out once per distinct cell."""
    known: dict[tuple[type, object], _Fact] = {}
    facts = []
    for cell in cells:
        # 1, 1.0 and True are equal in Python and different in a spreadsheet.
        key = (cell.__class__, cell)
        if key not in known:
            known[key] = fact(cell)
        facts.append(known[key])
    return facts


@cache
def wordings(field: str) -> dict[str, str]:
    """What lists write -> what we store, for one field of ``data/wordings.csv``."""
    table = pd.read_csv(WORDINGS_FILE, dtype=str, keep_default_na=False)
    rows = table[table["field"] == field]
    return dict(zip(rows["wording"], rows["value"], strict=True))


def _worded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9✓]+", text.casefold()))


def plain(cell: object) -> object:
    """A cell without its formula: the saved result where it is one, else the formula's text."""
    if isinstance(cell, FormulaCell):
        quoted = _QUOTED_TEXT.match(cell.formula)
        if quoted:
            return quoted.group(1)
        return cell.value if cell_text(cell.value) else cell.formula
    if isinstance(cell, str):
        quoted = _QUOTED_TEXT.match(cell.strip())
        # The trick by which exports force text on a spreadsheet: ="198001012005011001".
        return quoted.group(1) if quoted else cell
    return cell


def text(cell: object) -> str:
    """A cell as one line of text; '' for an empty cell and for a lone dash."""
    if isinstance(cell, FormulaCell) and not isinstance(cell.value, str):
        # A number computed where text belongs tells less than the formula itself.
        return cell.formula
    folded = cell_text(plain(cell)).strip("\u200b\ufeff")
    if folded.startswith(("'", "`", "’")) and len(folded) > 1:
        folded = folded[1:].strip()
    return "" if folded.casefold() in _EMPTY else folded


def written(cell: object) -> str:
    """A cell as its reader sees it, for a list of faults."""
    if isinstance(cell, FormulaCell):
        return cell.formula
    if isinstance(cell, float) and not math.isfinite(cell):
        return ""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        # What the formula bar shows: fifteen digits, then zeros.
        return f"{int(f'{cell:.14e}'.split('e')[0].replace('.', ''))}".ljust(
            int(f"{cell:.14e}".split("e")[1]) + 1, "0"
        )
    if isinstance(cell, datetime | date):
        return cell.strftime("%d-%m-%Y")
    return cell_text(cell)


def is_formula(cell: object) -> bool:
    """Whether a spreadsheet would execute the cell, had it to open it from text.

    A lone dash, a signed number, a telephone number and ``="text"`` are harmless.
    """
    if isinstance(cell, FormulaCell):
        return not _QUOTED_TEXT.match(cell.formula)
    if not isinstance(cell, str) or not cell:
        return False
    if cell[0] in "\t\r" and cell.strip()[:1] in ("=", "+", "-", "@"):
        return True
    start = cell.lstrip(" \u00a0")[:1]
    if start in ("=", "@"):
        return not _QUOTED_TEXT.match(cell.strip()) and len(cell.strip()) > 1
    if start in ("+", "-"):
        return not _NUMBER_SIGNED.match(cell.strip()) and len(cell.strip("-–— ")) > 0
    return False


def whole_number(cell: object) -> int | str | None:
    """A count: None where empty, ``?`` where the cell is no whole number."""
    value = plain(cell)
    if isinstance(value, bool):
        return UNKNOWN
    if isinstance(value, int | float):
        if value != value:
            return None
        return int(value) if math.isfinite(value) and value == int(value) else UNKNOWN
    folded = text(value).replace(" ", "")
    if not folded:
        return None
    # 1.234 is a thousand in Indonesia; 12.0 is what a data frame makes of twelve.
    if re.fullmatch(r"-?\d{1,3}(?:[.,]\d{3})+", folded):
        folded = re.sub(r"[.,]", "", folded)
    folded = re.sub(r"[.,]0+$", "", folded)
    return int(folded) if re.fullmatch(r"-?\d+", folded) else UNKNOWN


def is_total(written: str) -> bool:
    """Whether a text stands where a total is told, not a fact."""
    return bool(_TOTAL.match(written))


def leading_number(cell: object) -> int | None:
    """The whole number a cell starts with ('58 tahun'), or None."""
    number = whole_number(cell)
    if isinstance(number, int) or number is None:
        return number
    found = re.match(r"\s*(\d{1,3})(?![\d])", cell_text(plain(cell)))
    return int(found.group(1)) if found else None


def sex(cell: object) -> str:
    """``L``, ``P``, '' where empty, ``?`` where not understood."""
    folded = _worded(text(cell))
    return wordings("sex").get(folded, UNKNOWN) if folded else ""


def golongan(cell: object) -> str:
    """A pay grade: ``IV/b`` (PNS), ``IX`` (PPPK); '' where empty, ``?`` where not understood."""
    folded = text(cell)
    if not folded:
        return ""
    grade = list(_GRADE.finditer(folded))
    if grade:
        # The code stands after the name of the rank, or in brackets.
        level, room = grade[-1].groups()
        number = int(level) if level.isdigit() else None
        roman = {1: "I", 2: "II", 3: "III", 4: "IV"}[number] if number else level.upper()
        if room.upper() == "E" and roman != "IV":
            return UNKNOWN
        return f"{roman}/{room.lower()}"
    joined = re.fullmatch(r"(IV|III|II|I)([A-E])", folded.replace(" ", ""), re.I)
    if joined:
        return f"{joined.group(1).upper()}/{joined.group(2).lower()}"
    rank = re.sub(r"\btingkat\b|\btkt\b", "tk", _worded(folded))
    rank = re.sub(r"\btk ?(?:1|i)\b", "tk i", rank)
    if rank in wordings("rank"):
        return wordings("rank")[rank]
    bare = (
        re.sub(r"^(?:golongan|gol|pppk|p3k)+\s*", "", _worded(folded)).replace("pppk", "").strip()
    )
    if bare.upper() in _ROMANS:
        return bare.upper()
    if bare.isdigit():
        return _ROMAN_BY_NUMBER.get(int(bare), UNKNOWN)
    return UNKNOWN


def echelon(cell: object) -> str:
    """An echelon like ``III.a``; '' where empty or none, ``?`` where not understood."""
    folded = text(cell)
    bare = re.sub(r"\b(?:eselon|esl|es|ese)\b\.?", " ", folded, flags=re.I).strip()
    if not bare or re.search(r"\bnon\b|\btidak\b|staf|fungsional|pelaksana|\bjf\w*\b", bare, re.I):
        return ""
    if bare in ("0", "00", "99"):
        return ""
    found = _ECHELON.fullmatch(bare.strip(" ().")) or re.fullmatch(r"([1-5])([12])", bare)
    if not found:
        return UNKNOWN
    level, half = found.groups()
    roman = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}.get(level, level.upper())
    letter = {"1": "a", "2": "b"}.get(half or "", (half or "").lower())
    return f"{roman}.{letter}" if letter else roman


def legal_status_code(cell: object) -> str:
    """A two-digit code from a code cell; '' where empty, ``?`` where not understood."""
    folded = text(cell).removesuffix(".0")
    if not folded:
        return ""
    return folded.zfill(2) if re.fullmatch(r"\d{1,2}", folded) else legal_status_of_name(cell)


def legal_status_of_name(cell: object) -> str:
    """A code from the name of a status; '' where empty, ``?`` where not understood."""
    folded = _worded(text(cell))
    if not folded or re.fullmatch(r"\d{1,2}", folded):
        return folded and folded.zfill(2)
    known = wordings("legal_status")
    if folded in known:
        return known[folded]
    # 'Berhenti dengan hak pensiun (APS)', 'Aktif - Tugas Belajar': the longest name inside wins,
    # unless the words before it say that it is not so, or not yet ('calon pensiun').
    inside = [name for name in known if len(name) >= 5 and _is_said(name, folded)]
    return known[max(inside, key=len)] if inside else UNKNOWN


def _is_said(name: str, folded: str) -> bool:
    """Whether a status stands in a text as a fact, not denied and not expected."""
    found = re.search(rf"\b{re.escape(name)}\b", folded)
    return found is not None and _NOT_YET.isdisjoint(folded[: found.start()].split()[-2:])


def employment(cell: object) -> str:
    """``PNS``, ``CPNS``, ``PPPK``, ``PPPK_PW`` or ``honorer``; '' where empty, ``?`` where none.

    Words of the table may stand among others ('PNS Diperbantukan'); of several the longest one
    counts where it holds the other ('non PNS' holds 'PNS'), and who is honorary is nothing else.
    """
    folded = f" {_worded(text(cell))} "
    if not folded.strip():
        return ""
    known = wordings("employment")
    for name in sorted(known, key=len, reverse=True):
        # What is read is taken out, so that no shorter word is found inside it.
        folded = folded.replace(f" {name} ", f" <{known[name]}> ")
    said = set(re.findall(r"<(\w+)>", folded))
    # A cell 'CPNS/PNS' says no more than that it is a PNS.
    return next(
        (kind for kind in ("honorer", "PPPK_PW", "PPPK", "PNS", "CPNS") if kind in said), UNKNOWN
    )


def has_certificate(cell: object) -> bool | None:
    """Whether a certificate cell says yes; None where empty. A number of a certificate is a yes."""
    folded = _worded(text(cell))
    if not folded:
        return False if isinstance(cell, str) and cell.strip() in ("-", "–", "0") else None
    return wordings("certificate").get(folded, "true") == "true"


def npsn(cell: object) -> str:
    """A school number as text without blanks; not yet judged."""
    return re.sub(r"[\s.'`-]", "", text(cell)).upper().removesuffix(".0")


def degrees(cell: object) -> float | str | None:
    """A coordinate in decimal degrees; None where empty, ``?`` where it is none.

    Degrees, minutes and seconds, and letters of the compass in Indonesian or English, are read too.
    """
    value = plain(cell)
    if isinstance(value, bool):
        return UNKNOWN
    if isinstance(value, int | float):
        return None if value != value else float(value)
    written = text(value).strip()
    # A blank beside a sign or a decimal mark is a slip; one between digits parts degrees, minutes.
    folded = re.sub(r"(?<=[+.,-])\s+|\s+(?=[.,])", "", written).rstrip("° ")
    if not folded:
        return None
    if re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d+)?", folded):
        return float(folded.replace(",", "."))
    return _sexagesimal(written)


# 7°37'09.5" LS, S 7 37.158, 111:33:30 E, 7,6193° LS; the letters of utara, selatan, timur, barat.
# Parts must be parted: 1123456 is a lost decimal mark. S is the side of the compass, and seconds
# only behind minutes written m in the same case: 7d37m09s.
_SIDE = "LS|LU|BT|BB|[SNUEWTB]"
_SEXAGESIMAL = re.compile(
    rf"(?P<before>{_SIDE})?\s*(?P<sign>[+-]?)\s*(?P<degrees>\d{{1,3}}(?:[.,]\d+)?)"
    r"(?:\s*[°ºd:]\s*|\s+|(?!\d))"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)"
    r"(?:\s*(?:['’′`:]|(?P<small>(?-i:m))|(?P<large>(?-i:M)))(?!['’])\s*|\s+|(?![\d'’]))"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)"
    r"\s*(?:[\"”″]|''|’’|(?(small)(?-i:s)|(?(large)(?-i:S)|(?!))))?\s*)?)?"
    rf"(?P<after>{_SIDE})?",
    re.IGNORECASE,
)


def _sexagesimal(written: str) -> float | str:
    """Degrees out of degrees, minutes and seconds; ``?`` where they are none."""
    found = _SEXAGESIMAL.fullmatch(written)
    if not found:
        return UNKNOWN
    side = (found["before"] or found["after"] or "").upper()
    parts = [
        float((found[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")
    ]
    is_broken = any(
        parts[at] % 1 and (found[name] is not None) for at, name in ((0, "minutes"), (1, "seconds"))
    )
    if (found["before"] and found["after"]) or max(parts[1:]) >= 60 or is_broken:
        return UNKNOWN
    # A bare number is decimal degrees, read before; here something must say what the parts are.
    if not side and found["minutes"] is None:
        return UNKNOWN
    is_negative = found["sign"] == "-"
    is_south_or_west = side in ("LS", "S", "BB", "B", "W")
    if is_negative and side and not is_south_or_west:
        return UNKNOWN
    total = parts[0] + parts[1] / 60 + parts[2] / 3600
    return -total if is_negative or is_south_or_west else total
