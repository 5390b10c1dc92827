"""A scenario out of its text: a file, a copy of a preset, a kept revision, the summary of a run.

All of them are read here, so that what one way takes another does not refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from analytics.scenario import FORMAT, YEARS, Scenario, ScenarioError
from analytics.scenario_levers import Value, checked

ENGLISH = "english"
_KEYS = ("format", "name", "note", "years", "levers", ENGLISH)
_LONGEST_FILE = 1_000_000
# What people write for an entry that has another name.
_MEANT = {
    **dict.fromkeys(("nama", "title", "judul"), "name"),
    **dict.fromkeys(("comment", "catatan", "keterangan", "komentar", "description"), "note"),
    **dict.fromkeys(("tahun", "horizon", "year"), "years"),
    **dict.fromkeys(("tuas", "lever", "values"), "levers"),
    **dict.fromkeys(("nilai",), "value"),
    **dict.fromkeys(("alasan", "reason", "rationale", "because"), "why"),
}


@dataclass(frozen=True)
class _English:
    """What a file tells in English; empty where it does not."""

    name: str = ""
    note: str = ""
    why: tuple[tuple[str, str], ...] = ()


def from_json(text: str | bytes, language: str = "id") -> Scenario:
    """A scenario from its text, or from the bytes of its file.

    Parameters
    ----------
    text
        What :meth:`Scenario.to_json` writes; the same with ``english`` (name, note and reasons
        in English), as presets have it; or ``summary.json`` of a run, whose scenario is taken.
    language
        ``en``: names, notes and reasons in English where the text tells them. No lever moves.

    Raises
    ------
    ScenarioError
        When the text is no UTF-8 or no JSON, an entry is unknown, missing or there twice, or a
        value is not possible.
    """
    content = _of_a_run(_content(text))
    if not isinstance(content, dict):
        raise ScenarioError(
            "Bukan berkas skenario: tulis objek JSON dengan 'name' dan 'levers'.",
            "Not a scenario: write an object of JSON with 'name' and 'levers'.",
        )
    if unknown := sorted(set(content) - set(_KEYS)):
        meant = _nearest(unknown[0], _KEYS)
        raise ScenarioError(
            f"Isian {unknown[0]!r} tidak dikenal{meant[0]}; yang dikenal: {', '.join(_KEYS)}.",
            f"Entry {unknown[0]!r} is unknown{meant[1]}; known are {', '.join(_KEYS)}.",
        )
    if content.get("format", FORMAT) != FORMAT:
        raise ScenarioError(
            f"Format skenario {content['format']!r} belum dikenal versi ini.",
            f"This version does not know format {content['format']!r} of a scenario.",
        )
    levers = content.get("levers", {})
    if "name" not in content or not isinstance(levers, dict):
        raise ScenarioError(
            "Skenario memerlukan 'name', dan 'levers' berisi tuas.",
            "A scenario needs 'name', and 'levers' that holds levers.",
        )
    for key in ("name", "note"):
        _must_be_text(f"Isian {key!r}", f"Entry {key!r}", content.get(key, ""))
    values: dict[str, Value] = {}
    why: dict[str, str] = {}
    for key, entry in levers.items():
        values[key], why[key] = _lever(key, entry)
    told = Scenario(
        content["name"],
        content.get("note", ""),
        content.get("years", YEARS),
        tuple(values.items()),
        tuple(why.items()),
    )
    english = _english(content.get(ENGLISH, {}))
    return told if language != "en" else _in_english(told, english)


def english_reasons(text: str | bytes) -> frozenset[str]:
    """The levers whose reasons a text tells in English, with its name and note; else none."""
    content = _content(text)
    english = _english(content.get(ENGLISH, {}) if isinstance(content, dict) else {})
    return (
        frozenset(key for key, _ in english.why) if english.name and english.note else frozenset()
    )


def _lever(key: str, entry: object) -> tuple[Value, str]:
    """The value of a lever and why it was moved."""
    if not isinstance(entry, dict):
        return checked(key, entry), ""
    if odd := sorted(set(entry) - {"value", "why"}):
        meant = _nearest(odd[0], ("value", "why"))
        raise ScenarioError(
            f"{key}: isian {odd[0]!r} tidak dikenal{meant[0]}; tulis 'value' dan 'why'.",
            f"{key}: entry {odd[0]!r} is unknown{meant[1]}; write 'value' and 'why'.",
        )
    if "value" not in entry:
        raise ScenarioError(
            f"{key}: isian 'value' tidak ada; tulis nilainya, atau hapus tuas ini.",
            f"{key}: there is no entry 'value'; write it, or take the lever out.",
        )
    why = _must_be_text(f"{key}: 'why'", f"{key}: 'why'", entry.get("why", ""))
    return checked(key, entry["value"]), why


def _must_be_text(indonesian: str, english: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ScenarioError(
        f"{indonesian} berisi {value!r}; tulis teks.", f"{english} is {value!r}; write text."
    )


def _english(entry: object) -> _English:
    why = entry.get("why", {}) if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(why, dict):
        raise ScenarioError(
            f"Isian {ENGLISH!r} memuat 'name', 'note', dan 'why' per tuas; tulis begitu, atau"
            " hapus.",
            f"Entry {ENGLISH!r} holds 'name', 'note' and 'why' by lever; write it so, or take it"
            " out.",
        )
    where = {"name": entry.get("name", ""), "note": entry.get("note", ""), **why}
    for key, value in where.items():
        _must_be_text(f"{ENGLISH}: {key!r}", f"{ENGLISH}: {key!r}", value)
    return _English(where["name"], where["note"], tuple(why.items()))


def _in_english(told: Scenario, english: _English) -> Scenario:
    """Told in English where that is known; of a lever that gives no reason none is added."""
    known, given = dict(english.why), dict(told.rationale)
    for key in given:
        told = told.moved(key, told[key], known.get(key, ""))
    return told.renamed(english.name or told.name, english.note or None)


def _of_a_run(content: object) -> object:
    """The scenario of what ``scenario run`` wrote; other content as it is."""
    if not isinstance(content, dict) or "name" in content or "levers" in content:
        return content
    if "scenario" in content and "summary" in content:
        return content["scenario"]
    several = content.get("scenarios")
    if not isinstance(several, list) or "summaries" not in content:
        return content
    if len(several) == 1:
        return several[0]
    names = ", ".join(str(one.get("name", "?")) for one in several if isinstance(one, Mapping))
    raise ScenarioError(
        f"Berkas ini membandingkan {len(several)} skenario ({names}); simpan salah satunya, dari"
        " 'scenarios', sebagai berkas sendiri.",
        f"This file compares {len(several)} scenarios ({names}); save one of them, out of"
        " 'scenarios', as a file of its own.",
    )


def _nearest(word: str, known: tuple[str, ...]) -> tuple[str, str]:
    """What was meant, in both languages; nothing where nobody can tell."""
    low = word.casefold()
    found = [_MEANT[low]] if _MEANT.get(low) in known else get_close_matches(low, known, 1)
    return (f" (maksudnya {found[0]!r}?)", f" (do you mean {found[0]!r}?)") if found else ("", "")


def _content(text: str | bytes) -> object:
    try:
        read = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        if len(read) > _LONGEST_FILE:
            raise ScenarioError(
                f"Berkas skenario lebih dari {_LONGEST_FILE:,} huruf; itu bukan skenario.",
                f"The file is longer than {_LONGEST_FILE:,} letters; that is no scenario.",
            )
        found: object = json.loads(read, object_pairs_hook=_each_once)
        # A lone half of a pair (\ud800) can be read and not be written again.
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        why = _no_json(error)
        raise ScenarioError(
            f"Bukan berkas skenario: baris {error.lineno} bukan JSON; {why[0]}.",
            f"Not a scenario: line {error.lineno} is no JSON; {why[1]}.",
        ) from error
    except UnicodeError as error:
        raise ScenarioError(
            "Bukan berkas skenario: hurufnya bukan UTF-8; simpan ulang sebagai UTF-8.",
            "Not a scenario: its letters are not UTF-8; save it again as UTF-8.",
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        # Numbers of thousands of digits, brackets of thousands of levels.
        raise ScenarioError(
            "Bukan berkas skenario: isinya tidak dapat dibaca sebagai JSON biasa.",
            "Not a scenario: its content cannot be read as plain JSON.",
        ) from error
    return found


def _no_json(error: json.JSONDecodeError) -> tuple[str, str]:
    """What to do about a line that is no JSON, in both languages."""
    before, after = error.doc[: error.pos].rstrip(), error.doc[error.pos :].lstrip()
    if after.startswith(("//", "/*", "#")):
        return (
            "JSON tidak mengenal komentar: tulis di 'note' atau di 'why' tuasnya",
            "JSON knows no comments: write them in 'note' or in 'why' of the lever",
        )
    if re.search(r"\d,$", before) and re.match(r"\d", after):
        return ("tulis angka dengan titik, 0.9", "write numbers with a point, 0.9")
    if before.endswith(",") and after.startswith(("}", "]")):
        return (
            "hapus koma sesudah isian terakhir",
            "take out the comma after the last entry",
        )
    return (
        "bandingkan dengan data/scenarios/best_mix.json",
        "compare it with data/scenarios/best_mix.json",
    )


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON whose keys stand once; plain JSON would keep the last in silence."""
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ScenarioError(
            f"{twice!r} disebut dua kali; sisakan satu.", f"{twice!r} stands twice; keep one."
        )
    return dict(pairs)
