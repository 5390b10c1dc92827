"""One what-if: a name, the levers that were moved and why, in a frozen and checked value.

A scenario holds only what differs from today; every other lever stands at its default
(``scenario_levers.catalogue``). What follows from it: ``scenario_run.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analytics.scenario_levers import (
    GROUPS,
    ScenarioError,
    Value,
    checked,
    lever,
)

__all__ = ["CHANGED_COLUMNS", "Scenario", "ScenarioError", "from_json", "scenario"]

FORMAT = 1
YEARS, MOST_YEARS = 10, 10
LONGEST_NAME, LONGEST_TEXT, LONGEST_FILE = 80, 2_000, 1_000_000
CHANGED_COLUMNS = [
    *("key", "group", "label_id", "label_en", "unit", "default", "value", "rationale"),
]
_KEYS = ("format", "name", "note", "years", "levers")


@dataclass(frozen=True)
class Scenario:
    """A named set of all levers.

    Parameters
    ----------
    name
        What people call it, 1 to 80 letters.
    note
        What it is for.
    years
        Calendar years after that of the data, 1 to 10.
    values
        ``(key, value)`` of the levers that were moved. What stands at its default is left out, and
        the rest is put in the order of the catalogue: two scenarios that mean the same are equal.
    rationale
        ``(key, why)`` for moved levers.

    Raises
    ------
    ScenarioError
        When a lever is unknown, named twice, or its value is not one it may have.
    """

    name: str
    note: str = ""
    years: int = YEARS
    values: tuple[tuple[str, Value], ...] = ()
    rationale: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        # A name may not hold characters that command a terminal.
        name = " ".join(
            "".join(mark if mark.isprintable() else " " for mark in str(self.name)).split()
        )
        if not name or len(name) > LONGEST_NAME:
            raise ScenarioError(
                f"Nama skenario kosong atau terlalu panjang; tulis 1 sampai {LONGEST_NAME} huruf.",
                f"The name is empty or too long; write 1 to {LONGEST_NAME} letters.",
            )
        if isinstance(self.years, bool) or not isinstance(self.years, int):
            raise wrong_years(self.years)
        if not 1 <= self.years <= MOST_YEARS:
            raise wrong_years(self.years)
        for pairs in (self.values, self.rationale):
            keys = [key for key, _ in pairs]
            if len(keys) != len(set(keys)):
                twice = next(key for key in keys if keys.count(key) > 1)
                raise ScenarioError(
                    f"Tuas {twice} disebut dua kali; sisakan satu.",
                    f"Lever {twice} stands twice; keep one.",
                )
        kept = [(key, checked(key, value)) for key, value in self.values]
        moved = sorted(
            ((key, value) for key, value in kept if value not in (None, lever(key).default)),
            key=lambda pair: (lever(pair[0]).rank, pair[0]),
        )
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "note", _text(self.note))
        object.__setattr__(self, "values", tuple(moved))
        why = {key: _text(text) for key, text in self.rationale}
        object.__setattr__(
            self, "rationale", tuple((key, why[key]) for key, _ in moved if why.get(key))
        )

    def __getitem__(self, key: str) -> Value:
        """The value of a lever, moved or not.

        Raises
        ------
        ScenarioError
            When no lever has that name.
        """
        return dict(self.values).get(key, lever(key).default)

    def number(self, key: str) -> float | None:
        """As ``self[key]``, a number; None: as the rules, or the data, say."""
        value = self[key]
        return None if value is None else float(value)  # type: ignore[arg-type]

    def whole(self, key: str) -> int | None:
        """As ``self[key]``, a whole number; None: as the rules, or the data, say."""
        value = self[key]
        return None if value is None else int(value)  # type: ignore[arg-type]

    def family(self, head: str) -> dict[str, Value]:
        """The moved levers of a family by thing: ``family("exits.factor")``."""
        start = f"{head}/"
        return {
            key.removeprefix(start): value for key, value in self.values if key.startswith(start)
        }

    def of(self, *groups: str) -> tuple[tuple[str, Value], ...]:
        """The moved levers of some groups: what a stage of the run depends on."""
        return tuple(pair for pair in self.values if lever(pair[0]).group in groups)

    def of_all(self) -> tuple[tuple[str, Value], ...]:
        """Every moved lever."""
        return self.of(*GROUPS)

    def moved(self, key: str, value: object, why: str = "") -> Scenario:
        """The same with one lever moved; None puts it back to its default."""
        values = {**dict(self.values), key: checked(key, value)}
        reasons = {**dict(self.rationale), key: why or dict(self.rationale).get(key, "")}
        return replace(self, values=tuple(values.items()), rationale=tuple(reasons.items()))

    def like(self, other: Scenario, *groups: str) -> Scenario:
        """The same with some groups of levers as another scenario has them."""
        kept = [pair for pair in self.values if lever(pair[0]).group not in groups]
        reasons = {**dict(other.rationale), **dict(self.rationale)}
        return replace(self, values=(*kept, *other.of(*groups)), rationale=tuple(reasons.items()))

    def renamed(self, name: str, note: str | None = None) -> Scenario:
        """A copy under another name."""
        return replace(self, name=name, note=self.note if note is None else note)

    def unexplained(self) -> tuple[str, ...]:
        """Moved levers without a rationale."""
        why = dict(self.rationale)
        return tuple(key for key, _ in self.values if key not in why)

    def changed(self) -> pd.DataFrame:
        """The moved levers.

        Returns
        -------
        One row per moved lever: ``key``, ``group``, ``label_id``, ``label_en``, ``unit``,
        ``default`` and ``value`` as text, ``rationale``.
        """
        why = dict(self.rationale)
        rows = []
        for key, value in self.values:
            own, thing = lever(key), key.partition("/")[2]
            labels = (own.label("id", thing), own.label("en", thing))
            was, now = told(own.default), told(value)
            rows.append((key, own.group, *labels, own.unit, was, now, why.get(key, "")))
        return pd.DataFrame(rows, columns=CHANGED_COLUMNS, dtype="str")

    def to_json(self) -> str:
        """The scenario as text, readable and the same for equal scenarios."""
        why = dict(self.rationale)
        content = {
            "format": FORMAT,
            "name": self.name,
            "note": self.note,
            "years": self.years,
            "levers": {
                key: {"value": list(value) if isinstance(value, tuple) else value}
                | ({"why": why[key]} if key in why else {})
                for key, value in self.values
            },
        }
        return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    @property
    def digest(self) -> str:
        """Hash of all that moves a number: years and levers, not names and reasons."""
        content = json.dumps([self.years, self.values], ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def scenario(
    name: str,
    levers: Mapping[str, Value] | None = None,
    why: Mapping[str, str] | None = None,
    *,
    note: str = "",
    years: int = YEARS,
) -> Scenario:
    """A scenario from dictionaries: levers by key, reasons by key."""
    return Scenario(name, note, years, tuple((levers or {}).items()), tuple((why or {}).items()))


def from_json(text: str | bytes) -> Scenario:
    """A scenario from its text, or from the bytes of its file.

    Raises
    ------
    ScenarioError
        When the text is no UTF-8 or no JSON, an entry is unknown, missing or there twice, or a
        value is not possible.
    """
    content = _content(text)
    if not isinstance(content, dict):
        raise ScenarioError(
            "Bukan berkas skenario: tulis objek JSON dengan 'name' dan 'levers'.",
            "Not a scenario: write an object of JSON with 'name' and 'levers'.",
        )
    if unknown := sorted(set(content) - set(_KEYS)):
        raise ScenarioError(
            f"Isian {unknown[0]!r} tidak dikenal; yang dikenal: {', '.join(_KEYS)}.",
            f"Entry {unknown[0]!r} is unknown; known are {', '.join(_KEYS)}.",
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
        if not isinstance(content.get(key, ""), str):
            raise ScenarioError(
                f"Isian {key!r} berisi {content[key]!r}; tulis teks.",
                f"Entry {key!r} is {content[key]!r}; write text.",
            )
    values: dict[str, Value] = {}
    why: dict[str, str] = {}
    for key, entry in levers.items():
        told_whole = isinstance(entry, dict)
        if told_whole and (odd := sorted(set(entry) - {"value", "why"})):
            raise ScenarioError(
                f"{key}: isian {odd[0]!r} tidak dikenal; tulis 'value' dan 'why'.",
                f"{key}: entry {odd[0]!r} is unknown; write 'value' and 'why'.",
            )
        if told_whole and "value" not in entry:
            raise ScenarioError(
                f"{key}: isian 'value' tidak ada; tulis nilainya, atau hapus tuas ini.",
                f"{key}: there is no entry 'value'; write it, or take the lever out.",
            )
        value, reason = (entry["value"], entry.get("why", "")) if told_whole else (entry, "")
        if not isinstance(reason, str):
            raise ScenarioError(
                f"{key}: 'why' berisi {reason!r}; tulis teks.",
                f"{key}: 'why' is {reason!r}; write text.",
            )
        values[key] = checked(key, value)
        why[key] = reason
    return Scenario(
        content["name"],
        content.get("note", ""),
        content.get("years", YEARS),
        tuple(values.items()),
        tuple(why.items()),
    )


def _content(text: str | bytes) -> object:
    try:
        read = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        if len(read) > LONGEST_FILE:
            raise ScenarioError(
                f"Berkas skenario lebih dari {LONGEST_FILE:,} huruf; itu bukan skenario.",
                f"The file is longer than {LONGEST_FILE:,} letters; that is no scenario.",
            )
        found: object = json.loads(read, object_pairs_hook=_each_once)
        # A lone half of a pair (\ud800) can be read and not be written again.
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ScenarioError(
            f"Bukan berkas skenario: baris {error.lineno} bukan JSON; bandingkan dengan"
            " data/scenarios/best_mix.json.",
            f"Not a scenario: line {error.lineno} is no JSON; compare it with"
            " data/scenarios/best_mix.json.",
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


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON whose keys stand once; plain JSON would keep the last in silence."""
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ScenarioError(
            f"{twice!r} disebut dua kali; sisakan satu.", f"{twice!r} stands twice; keep one."
        )
    return dict(pairs)


def told(value: Value) -> str:
    """A value as text that reads back as the same; '' where the rules, or the data, decide."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _text(text: str) -> str:
    return str(text).strip()[:LONGEST_TEXT]


def wrong_years(years: object) -> ScenarioError:
    """What is said of a horizon that cannot be."""
    return ScenarioError(
        f"Jangka waktu {years!r} tahun; tulis 1 sampai {MOST_YEARS}.",
        f"The horizon is {years!r} years; write 1 to {MOST_YEARS}.",
    )
