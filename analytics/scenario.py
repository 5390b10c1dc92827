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

__all__ = ["CHANGED_COLUMNS", "FORMAT", "YEARS", "Scenario", "ScenarioError", "scenario"]

FORMAT = 1
YEARS, MOST_YEARS = 10, 10
LONGEST_NAME, LONGEST_TEXT = 80, 2_000
CHANGED_COLUMNS = [
    *("key", "group", "label_id", "label_en", "unit", "default", "value", "rationale"),
]


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
