"""Posts, numbers and days within a sentence on moves, in Indonesian and English."""

from __future__ import annotations

import pandas as pd

LANGUAGES = ("id", "en")
# A sentence in both languages.
Both = tuple[str, str]
_MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September"),
        *("Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
        *("October", "November", "December"),
    ),
}
_SHORT_WORD = 4
_ENGLISH = {
    "guru_agama": "teacher of religion",
    "guru_bahasa_inggris": "teacher of English",
    "guru_bk": "counsellor (BK)",
    "guru_kelas": "class teacher",
    "guru_pembimbing_khusus": "special-needs teacher",
    "guru_pjok": "teacher of PJOK",
    "kepala_sekolah": "head of school",
}
# Of religions and subjects, those that are called otherwise in English.
_ABOUT = {
    "bahasa_indonesia": "Indonesian",
    "buddha": "Buddhist",
    "informatika": "computing",
    "ipa": "science (IPA)",
    "ipas": "science and society (IPAS)",
    "ips": "social studies (IPS)",
    "katolik": "Catholic",
    "kepercayaan": "indigenous belief",
    "khonghucu": "Confucian",
    "koding": "coding",
    "kristen": "Protestant",
    "matematika": "mathematics",
    "muatan_lokal": "local content",
    "pendidikan_pancasila": "Pancasila education",
    "seni_budaya_prakarya": "arts and crafts",
}


def post_words(post: str, language: str = "id") -> str:
    """``guru_mapel:ipa`` -> ``guru IPA``, ``teacher of science (IPA)``: within a sentence."""
    kind, _, subject = post.partition(":")
    if language == "en":
        return _english(post, kind, subject)
    if kind in ("guru_mapel", "guru_agama"):
        name = subject.replace("_", " ")
        name = name.upper() if len(name) <= _SHORT_WORD else name.title()
        return f"guru {'agama ' if kind == 'guru_agama' else ''}{name}".strip()
    words = {"guru_pjok": "guru PJOK", "guru_bk": "guru BK"}
    return words.get(post, post.replace("_", " ").replace("bahasa inggris", "bahasa Inggris"))


def _english(post: str, kind: str, about: str) -> str:
    if not about:
        return _ENGLISH.get(post, post.replace("_", " "))
    name = _ABOUT.get(about, about.replace("_", " ").title())
    return f"{_ENGLISH[kind]} ({name})" if kind == "guru_agama" else f"teacher of {name}"


def day_words(day: object, language: str = "id") -> str:
    """``1 Agustus 2041``; blank where there is none."""
    if pd.isna(day):
        return ""
    moment = pd.Timestamp(day)
    return f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"


def number_words(value: float, language: str = "id") -> str:
    """``2,3``, ``2.3``: a number with its decimal mark, whole where it is whole."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return text if language == "en" else text.replace(".", ",")


def said(template: Both, **facts: object) -> Both:
    """A sentence in both languages.

    Parameters
    ----------
    facts
        Numbers; text; or text in both languages. ``post``: a post by its code.
    """
    told = []
    for at, language in enumerate(LANGUAGES):
        values = {}
        for name, fact in facts.items():
            if name == "post":
                values[name] = post_words(str(fact), language)
            elif isinstance(fact, tuple):
                values[name] = fact[at]
            else:
                values[name] = (
                    number_words(fact, language) if isinstance(fact, int | float) else str(fact)
                )
        told.append(template[at].format(**values))
    return told[0], told[1]


def begun(words: str) -> str:
    """Words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]
