"""Schools that a table names and does not number: matched with the known ones, never guessed.

A name is certain where it is, written out in full, that of one known school alone; kecamatan and
kind of school, where the table tells them, must fit. Anything else is a fault that lists who may be
meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from analytics.checks_findings import Findings, texts_of
from analytics.readers import Reading

CANDIDATES_NAMED = 4
# How alike two names must be to be named as candidates; it never decides.
_ALIKE = 0.6
_ROMANS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_ROMANS |= {"ix": "9", "x": "10"}
_KINDS = ("tk", "sd", "smp", "sma", "smk", "slb", "mi", "mts", "ma", "ra")
# Ways of writing the same first words of a school's name.
_WRITTEN_OUT = {
    **{f"{kind}n": (kind, "negeri") for kind in _KINDS},
    **{f"{kind}s": (kind, "swasta") for kind in ("sd", "smp", "sma", "smk", "tk")},
    "tkn": ("tk", "negeri"),
    "min": ("mi", "negeri"),
    "mtsn": ("mts", "negeri"),
    "man": ("ma", "negeri"),
    "sltp": ("smp",),
    "neg": ("negeri",),
    "kec": ("kecamatan",),
}
_LONG_KINDS = (
    (r"\bsekolah dasar\b", "sd"),
    (r"\bsekolah menengah pertama\b", "smp"),
    (r"\bsekolah menengah atas\b", "sma"),
    (r"\bsekolah menengah kejuruan\b", "smk"),
    (r"\btaman kanak kanak\b", "tk"),
    (r"\bmadrasah ibtidaiyah\b", "mi"),
    (r"\bmadrasah tsanawiyah\b", "mts"),
)
# Words that offices put before or between and that tell no school from another.
_IDLE = {"upt", "uptd", "spf", "satuan", "pendidikan", "formal", "no", "nomor", "kota", "kabupaten"}
_IDLE |= {"kab", "kecamatan"}


@dataclass(frozen=True)
class _School:
    npsn: str
    name: str
    words: tuple[str, ...]
    level: str
    kecamatan: str


def name_words(written: str) -> tuple[str, ...]:
    """The words of a school's name as everybody would write them out.

    ``SDN 01 Taman``, ``SD NEGERI 1 TAMAN`` and ``UPT SPF SD Negeri No. 01 Taman`` are one.
    """
    plain = unicodedata.normalize("NFKD", written).casefold()
    plain = " ".join(re.findall(r"[a-z]+|\d+", plain))
    for long, short in _LONG_KINDS:
        plain = re.sub(long, short, plain)
    words: list[str] = []
    for word in plain.split():
        for each in _WRITTEN_OUT.get(word, (word,)):
            told = str(int(each)) if each.isdigit() else _ROMANS.get(each, each)
            if told not in _IDLE:
                words.append(told)
    return tuple(words)


def matched_schools(reading: Reading, findings: Findings, known: pd.DataFrame) -> list[str]:
    """The NPSN of every row by its school's name; '' where a fault says that it is not certain.

    Parameters
    ----------
    reading
        With ``name`` and, where told, ``kecamatan`` and ``level``.
    findings
        Takes ``school_matched`` (told once a name), ``school_ambiguous`` and
        ``school_name_unknown``.
    known
        One row per school: ``npsn``, ``name``, ``level``, ``kecamatan``; later rows are newer.
    """
    schools = _schools(known)
    names = texts_of(reading, "name")
    places = texts_of(reading, "kecamatan")
    levels = texts_of(reading, "level")
    answers: dict[tuple[str, str, str], str] = {}
    numbers = []
    for at, asked in enumerate(zip(names, places, levels, strict=True)):
        if asked not in answers:
            answers[asked] = ""
            fitting, alike = _candidates(schools, *asked)
            if len(fitting) == 1:
                answers[asked] = fitting[0].npsn
                found = fitting[0]
                findings.add(
                    "school_matched", at, "name", names[at], name=found.name, npsn=found.npsn
                )
        number = answers[asked]
        if not number:
            # Every such row is kept out, so every one is told.
            fitting, alike = _candidates(schools, *asked)
            meant = [*fitting, *alike][:CANDIDATES_NAMED]
            code = "school_ambiguous" if meant else "school_name_unknown"
            findings.add(code, at, "name", names[at], candidates="; ".join(map(_told, meant)))
        numbers.append(number)
    return numbers


def _told(school: _School) -> str:
    place = f", {school.kecamatan}" if school.kecamatan else ""
    return f"{school.name} ({school.npsn}{place})"


def _schools(known: pd.DataFrame) -> list[_School]:
    latest = known.drop_duplicates("npsn", keep="last")
    table = latest.reindex(columns=["npsn", "name", "level", "kecamatan"])
    table = table.astype("object").where(table.notna(), "")
    return [
        _School(str(npsn), str(name), name_words(str(name)), str(level).upper(), str(place))
        for npsn, name, level, place in table.itertuples(index=False, name=None)
    ]


def _candidates(
    schools: Sequence[_School], name: str, kecamatan: str, level: str
) -> tuple[list[_School], list[_School]]:
    """Schools of exactly this name in this place; and those it may be, most alike first."""
    words = name_words(name)
    if not words:
        return [], []
    fitting = [
        school
        for school in schools
        if school.words == words and _is_there(school, kecamatan) and _is_kind(school, level)
    ]
    if fitting:
        return fitting, []
    text = " ".join(words)
    rated = [
        (SequenceMatcher(None, text, " ".join(school.words)).ratio(), school)
        for school in schools
        if _shares(words, school.words)
    ]
    near = [(share, school) for share, school in rated if share >= _ALIKE]
    near.sort(key=lambda one: (-one[0], one[1].npsn))
    return [], [school for _, school in near]


def _shares(words: Sequence[str], others: Sequence[str]) -> bool:
    kinds = set(words) & set(_KINDS), set(others) & set(_KINDS)
    return bool(set(words) & set(others)) and (not all(kinds) or kinds[0] == kinds[1])


def _is_there(school: _School, kecamatan: str) -> bool:
    """Whether a school may lie in the kecamatan told; one whose place is not known may."""
    told, known = _place(kecamatan), _place(school.kecamatan)
    return not told or not known or told == known


def _is_kind(school: _School, level: str) -> bool:
    told = level.upper().split()[:1]
    return not told or not school.level or school.level == told[0]


def _place(written: str) -> str:
    folded = re.sub(r"^\s*kec(?:amatan)?\b\.?\s*", "", written.casefold())
    return re.sub(r"[^a-z0-9]", "", folded)
