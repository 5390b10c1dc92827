"""Every lever of every module, by name: what it is called, its unit, range and value of today.

The table is ``data/levers.csv``. A key ending in ``/*`` stands for a family, one lever per thing
(``exits.factor/meninggal``). A blank default means: as the rules, or today's data, say.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from analytics import rules
from analytics.options_figures import OPTION_IDS
from analytics.projection_months import EARLY
from analytics.teachers import LEVELS
from analytics.told import ToldError

Value = bool | int | float | str | tuple[str, ...] | None

FILE = Path(__file__).resolve().parents[1] / "data" / "levers.csv"
KINDS = ("switch", "choice", "whole", "number", "share", "list")
FAMILY = "/*"
_LONGEST_TOLD = 60
# Steps of the story, in the order in which a difference between two scenarios is told.
GROUPS = (
    *("law", "exits", "pupils", "need", "regrouping", "redistribution"),
    *("option", "pay", "budget", "plan"),
)


class ScenarioError(ToldError):
    """A scenario that cannot be: says so in Indonesian; ``english`` holds the same in English."""


@dataclass(frozen=True)
class Lever:
    """One lever, or a family of them.

    ``kind``: ``switch``, ``choice``, ``whole``, ``number``, ``share`` (0-1) or ``list`` (ids).
    ``default`` None: as the rules, or the data, say. ``choices``: what a choice may be, or for a
    family the things it may name; empty: anything.
    """

    key: str
    group: str
    kind: str
    label_id: str
    label_en: str
    unit: str
    low: float | None
    high: float | None
    step: float | None
    default: Value
    choices: tuple[str, ...]
    module: str
    source: str
    rank: int

    @property
    def is_family(self) -> bool:
        """Whether there is one lever per thing."""
        return self.key.endswith(FAMILY)

    def label(self, language: str = "id", thing: str = "") -> str:
        """What the lever is called; ``thing`` is what stands behind the ``/`` of a family."""
        text = self.label_id if language == "id" else self.label_en
        return text.replace("{thing}", thing or "...")


@cache
def catalogue() -> Mapping[str, Lever]:
    """Every lever by key, in the order of the table.

    Raises
    ------
    ValueError
        When a row of the table is faulty.
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        found = [_lever(row, rank) for rank, row in enumerate(csv.DictReader(file))]
    levers = {lever.key: lever for lever in found}
    if len(levers) != len(found):
        raise ValueError(f"{FILE.name} names a lever twice")
    return levers


def _lever(row: Mapping[str, str], rank: int) -> Lever:
    key, kind = row["key"], row["kind"]
    if kind not in KINDS or row["group"] not in GROUPS or not key.startswith(f"{row['group']}."):
        raise ValueError(f"{FILE.name}: {key} has a kind or group that nobody knows")

    def number(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return Lever(
        key=key,
        group=row["group"],
        kind=kind,
        label_id=row["label_id"],
        label_en=row["label_en"],
        unit=row["unit"],
        low=number("low"),
        high=number("high"),
        step=number("step"),
        default=_written(kind, row["default"]),
        choices=_choices(row["choices"]),
        module=row["module"],
        source=row["source"],
        rank=rank,
    )


def _written(kind: str, text: str) -> Value:
    if kind == "list":
        return tuple(part for part in text.split("|") if part)
    if kind == "choice":
        return text
    if text == "":
        return None
    if kind == "switch":
        return text == "true"
    return int(text) if kind == "whole" else float(text)


def _choices(text: str) -> tuple[str, ...]:
    if not text.startswith("@"):
        return tuple(text.split("|")) if text else ()
    book = rules.load()
    known: dict[str, tuple[str, ...]] = {
        "@proposal": (rules.NO_PROPOSAL, *dict.fromkeys(book.proposals["proposal"])),
        "@reading": tuple(dict.fromkeys(book.disputes["reading"])),
        "@early_cause": EARLY,
        "@employment": tuple(dict.fromkeys(book.employment["employment"])),
        "@role_group": tuple(dict.fromkeys(book.role_groups["role_group"])),
        "@level": LEVELS,
        "@option": OPTION_IDS,
        "@role_group_or_all": (rules.ANY, *dict.fromkeys(book.role_groups["role_group"])),
    }
    return known[text]


def lever(key: str) -> Lever:
    """The lever, or the family, behind a key.

    Raises
    ------
    ScenarioError
        When no lever has that name.
    """
    levers = catalogue()
    if key in levers and not key.endswith(FAMILY):
        return levers[key]
    head, slash, thing = key.partition("/")
    found = levers.get(head + FAMILY) if slash and thing else None
    if found is None:
        raise _unknown(key)
    is_named = found.kind != "choice" and found.choices
    if is_named and thing.split("/")[0] not in found.choices:
        raise ScenarioError(
            f"{key}: {thing!r} tidak dikenal; pilih salah satu: {', '.join(found.choices)}.",
            f"{key}: {thing!r} is not known; choose one of {', '.join(found.choices)}.",
        )
    return found


def _unknown(key: str) -> ScenarioError:
    """What is said of a lever nobody knows: what was meant, where that can be told."""
    told = _short(key)
    head, _, thing = key.partition("/")
    if family := catalogue().get(head + FAMILY):
        things = family.choices if family.kind != "choice" else ()
        some = f" ({', '.join(things)})" if things else ""
        return ScenarioError(
            f"Tuas {told} adalah satu tuas per hal; tulis {head}/ lalu hal itu{some}.",
            f"Lever {told} is one lever for each thing; write {head}/ and that thing{some}.",
        )
    known = {one.removesuffix(FAMILY): one for one in catalogue()}
    near = get_close_matches(head, known, 1) if len(head) <= _LONGEST_TOLD else []
    if not near or bool(thing) != known[near[0]].endswith(FAMILY):
        return ScenarioError(
            f"Tuas {told} tidak dikenal. Daftar tuas: data/levers.csv.",
            f"No lever {told}. The levers stand in data/levers.csv.",
        )
    meant = _short(near[0] + (f"/{thing}" if thing else ""))
    return ScenarioError(
        f"Tuas {told} tidak dikenal; maksudnya {meant}? Daftar tuas: data/levers.csv.",
        f"No lever {told}; do you mean {meant}? The levers stand in data/levers.csv.",
    )


def checked(key: str, value: object) -> Value:
    """A value in the type its lever wants.

    Raises
    ------
    ScenarioError
        When the lever is unknown, or the value of another kind or outside its range.
    """
    own = lever(key)
    if value is None:
        return None
    if own.kind == "switch":
        if isinstance(value, bool):
            return value
        raise _wrong(key, value, "true atau false", "true or false")
    if own.kind == "list":
        if isinstance(value, list | tuple) and all(isinstance(one, str) and one for one in value):
            if not own.choices or set(value) <= set(own.choices):
                return tuple(dict.fromkeys(str(one) for one in value))
            listed = ", ".join(own.choices)
            raise _wrong(key, value, f"beberapa dari: {listed}", f"some of {listed}")
        raise _wrong(key, value, "daftar kode", "a list of codes")
    if own.kind == "choice":
        if isinstance(value, str) and (value in own.choices or value == own.default):
            _check_reading(key, value)
            return value
        listed = ", ".join(one for one in own.choices if one)
        raise _wrong(key, value, f"salah satu: {listed}", f"one of {listed}")
    return _number(own, key, value)


def _check_reading(key: str, value: str) -> None:
    """A reading belongs to its own dispute."""
    head, _, thing = key.partition("/")
    if head != "law.reading" or not value:
        return
    disputes = rules.load().disputes
    known = disputes.loc[disputes["dispute_id"] == thing, "reading"].tolist()
    if value not in known:
        listed = ", ".join(known) or "-"
        raise _wrong(key, value, f"salah satu: {listed}", f"one of {listed}")


def _number(own: Lever, key: str, value: object) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(key, value, "angka", "a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(key, value, "angka", "a number")
    if own.kind == "whole" and value != int(value):
        raise _wrong(key, value, "bilangan bulat", "a whole number")
    low = -math.inf if own.low is None else own.low
    high = math.inf if own.high is None else own.high
    if not low <= value <= high:
        raise _wrong(key, value, f"{low:g} sampai {high:g}", f"{low:g} to {high:g}")
    return int(value) if own.kind == "whole" else float(value)


def parsed(key: str, text: str) -> Value:
    """A value written as text, as a table or a link holds it.

    Raises
    ------
    ScenarioError
        When it is not one the lever may have.
    """
    own = lever(key)
    try:
        return checked(key, _written(own.kind, text))
    except ValueError as error:
        raise _wrong(key, text, "angka", "a number") from error


def _wrong(key: str, value: object, indonesian: str, english: str) -> ScenarioError:
    told = _short(value)
    return ScenarioError(
        f"{key} berisi {told}; tulis {indonesian}.", f"{key} is {told}; write {english}."
    )


def _short(value: object) -> str:
    told = repr(value)
    return told if len(told) <= _LONGEST_TOLD else f"{told[:_LONGEST_TOLD]}..."
