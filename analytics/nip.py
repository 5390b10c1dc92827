"""What the digits of a NIP (PNS) or NI PPPK say.

Layout: after Perka BKN 22/2007 and 43/2007 (PNS) and BKN practice for
PPPK. Digits 1-8 birth date, 9-14 month of appointment (PNS) or year, mark and contract number
(PPPK), 15 sex, 16-18 serial.
"""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

DIGIT_COUNT = 18
_NOISE = re.compile(
    r"[\s\u00a0\u2007\u202f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff"
    r"\u2010-\u2015'\"`\u2018-\u201d.\-_/]+"
)


def normalised(written: object) -> str:
    """A NIP without the spaces, dots, dashes, quotes and invisible marks lists decorate it with."""
    text = str(written)
    # Digits of full width, as some keyboards type them, are the same digits.
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", text)


def nip_parts(nip: pd.Series) -> pd.DataFrame:
    """Split NIPs into the facts they carry.

    Parameters
    ----------
    nip
        Normalised text, one per person.

    Returns
    -------
    Index-aligned: ``is_well_formed``; ``birth_date`` (NaT when impossible); ``employment`` (``PNS``
    when digits 13-14 are a month, ``PPPK`` from 20 up); ``appointed_on`` (PNS: first of the month,
    PPPK: NaT, the number holds no month); ``appointed_year``; ``contract_number`` (PPPK);
    ``sex`` (``L``/``P``); ``problem``: '' or one of ``length``, ``characters``, ``birth``,
    ``appointment``, ``sex``, ``serial``.

    Notes
    -----
    Serials start at 001. A serial of 000 is what a spreadsheet leaves after storing the number
    with 15 significant digits.
    """
    text = nip.astype("str").fillna("")
    is_digits = text.str.fullmatch(r"[0-9]+")
    is_18 = is_digits & (text.str.len() == DIGIT_COUNT)
    safe = text.where(is_18, "0" * DIGIT_COUNT)
    birth = pd.to_datetime(safe.str[:8], format="%Y%m%d", errors="coerce").astype("datetime64[us]")
    year = safe.str[8:12].astype(int)
    middle = safe.str[12:14].astype(int)
    is_pns = middle.between(1, 12)
    is_pppk = middle >= 20
    sex_digit = safe.str[14]
    appointed = pd.to_datetime(
        (safe.str[8:14] + "01").where(is_pns), format="%Y%m%d", errors="coerce"
    ).astype("datetime64[us]")

    problem = pd.Series("", index=nip.index, dtype="str")
    checks = [
        ("serial", safe.str[15:] != "000"),
        ("sex", sex_digit.isin(["1", "2"])),
        ("appointment", (is_pns | is_pppk) & (year > birth.dt.year.fillna(9999))),
        ("birth", birth.notna() & (birth.dt.year >= 1900)),
        ("length", text.str.len() == DIGIT_COUNT),
        ("characters", is_digits),
    ]
    # The most basic problem is written last and therefore wins.
    for name, holds in checks:
        problem = problem.mask(~holds, name)
    ok = problem == ""
    return pd.DataFrame(
        {
            "is_well_formed": ok,
            "problem": problem,
            "birth_date": birth.where(is_18),
            "employment": pd.Series("PNS", index=nip.index).mask(is_pppk, "PPPK").where(is_18),
            "appointed_on": appointed.where(is_18),
            "appointed_year": year.astype("Int64").where(is_18),
            "contract_number": (middle - 20).where(is_pppk & is_18).astype("Int64"),
            "sex": sex_digit.map({"1": "L", "2": "P"}).where(is_18),
        }
    )
