"""Words, numbers and dates on screen: Bahasa Indonesia first, English by one switch.

The Indonesian sentence is its own key; English stands in ``locale/en.po``. A sentence that has no
English yet is shown in Indonesian, and ``tests/test_words.py`` keeps that from happening.
"""

from __future__ import annotations

import re
import threading
from datetime import date
from functools import cache
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st
from babel.dates import format_date
from babel.messages.pofile import read_po
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.told import ToldError

CATALOGUES = Path(__file__).resolve().parent / "locale"
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
LOCALES = {"id": "id_ID", "en": "en_GB"}
NONE = "–"
_RANGE = re.compile(r"P?\d[\d.,]*%?-P?\d[\d.,]*\d%?|P10-P90")


# The run of this thread, by what Streamlit makes anew for each, and its language.
_RUN = threading.local()


def language() -> str:
    """The language of this visitor: ``id`` or ``en``."""
    own = get_script_run_ctx(suppress_warning=True)
    if own is None:
        return "id"
    # Asked a thousand times a redraw; the session would be locked and searched for each.
    if getattr(_RUN, "mark", None) is own.cursors:
        return str(_RUN.language)
    if "lang" not in st.session_state:
        return "id"
    _RUN.mark, _RUN.language = own.cursors, st.session_state["lang"]
    return str(_RUN.language)


@cache
def _catalogue(lang: str) -> dict[str, tuple[str, ...]]:
    with (CATALOGUES / f"{lang}.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale=lang) if entry.id]
    return {
        # A sentence about a number is (sentence, the same sentence again) in the catalogue.
        str(entry.id if isinstance(entry.id, str) else entry.id[0]): (
            (entry.string or "",) if isinstance(entry.string, str) else tuple(entry.string or ())
        )
        for entry in entries
    }


def _said(text_id: str, form: int = 0) -> str:
    lang = language()
    if lang == "id":
        return text_id
    forms = _catalogue(lang).get(text_id, ())
    return (forms[min(form, len(forms) - 1)] if forms else "") or text_id


def t(text_id: str, **values: object) -> str:
    """A sentence in the visitor's language, its ``{fields}`` filled."""
    said = _said(text_id)
    return said.format(**values) if values else said


def is_told(error: Exception) -> bool:
    """Whether what an error says of itself was written for visitors."""
    return isinstance(error, ToldError)


def refusal(error: Exception) -> str:
    """What an error says of itself, in the visitor's language where it knows both."""
    return error.said(language()) if isinstance(error, ToldError) else str(error)


def tn(text_id: str, count: int, **values: object) -> str:
    """A sentence about ``count`` things; ``{n}`` is the count, written as a number.

    Indonesian has one form. English has two, written in the catalogue as ``msgid_plural`` (the
    same Indonesian sentence again) with ``msgstr[0]`` and ``msgstr[1]``.
    """
    return _said(text_id, 0 if count == 1 else 1).format(**{"n": number(count), **values})


def number(value: float | None, decimals: int = 0) -> str:
    """``1.234,5`` in Indonesian, ``1,234.5`` in English, a dash for what is not known.

    Below nought with the sign of charts and sentences; what rounds to nought has none.
    """
    if value is None or pd.isna(value):
        return NONE
    said = f"{value:z,.{decimals}f}".replace("-", "−")
    return said.translate(str.maketrans(",.", ".,")) if language() == "id" else said


def value(given: float | None) -> str:
    """A number with as many decimals as it was written with: ``1,3``, ``150``, ``0,00005``."""
    if given is None or pd.isna(given):
        return NONE
    decimals = next((n for n in range(7) if round(float(given), n) == float(given)), 7)
    return number(given, decimals)


def seconds(spent: float) -> str:
    """How long a computation took, as it stands before the word for seconds."""
    return number(spent, 1) if spent >= 0.05 else t("kurang dari {n}", n=number(0.1, 1))


def percent(share: float | None, decimals: int = 1) -> str:
    """A share from 0 to 1 as ``12,3%``."""
    return NONE if share is None or pd.isna(share) else f"{number(share * 100, decimals)}%"


def rupiah(amount: float | None) -> str:
    """An amount in whole rupiah: ``Rp 1.234.567``."""
    if amount is None or pd.isna(amount):
        return NONE
    said = number(amount)
    return f"−Rp {said[1:]}" if said.startswith("−") else f"Rp {said}"


def money(amount: float | None) -> str:
    """An amount as people say it: ``Rp 3,1 M``, ``Rp 450 juta``; never broken over two lines.

    Under a million in thousands: 332,000 is little, and not nothing.
    """
    if amount is None or pd.isna(amount):
        return NONE
    size = abs(amount) / 1e6
    said = (
        t("Rp {n} T", n=number(size / 1e6, 2))
        if size >= 999_950
        else t("Rp {n} M", n=number(size / 1000, 1))
        if size >= 999.5
        else t("Rp {n} juta", n=number(size))
        if size >= 0.9995
        else t("Rp {n} ribu", n=number(size * 1000))
        if size > 0.0005
        else "Rp 0"
    )
    is_below = amount < 0 and size > 0.0005
    return ("−" if is_below else "") + said.replace(" ", "\u00a0")


def day(value: date | pd.Timestamp | None) -> str:
    """``1 Agustus 2025``."""
    return NONE if value is None or pd.isna(value) else _date(value, "d MMMM y")


def month(value: date | pd.Timestamp | None) -> str:
    """``Agu 2025``."""
    return NONE if value is None or pd.isna(value) else _date(value, "MMM y")


def _date(value: date | pd.Timestamp, pattern: str) -> str:
    return format_date(value, pattern, locale=LOCALES[language()])


def html(said: str) -> str:
    """A text as HTML, in which a range such as ``1.160-1.222`` is never broken over two lines."""
    return _RANGE.sub(r'<span class="es-whole">\g<0></span>', escape(said))


def names(words: list[str]) -> str:
    """A list in a sentence: ``a, b, dan c``."""
    if len(words) < 2:
        return "".join(words)
    if len(words) == 2:
        return t("{a} dan {b}", a=words[0], b=words[1])
    return t("{a}, dan {b}", a=", ".join(words[:-1]), b=words[-1])
