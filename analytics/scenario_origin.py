"""Where the facts of a scenario are from, and whether a kept result came from the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from analytics.rules import LawChoice
from analytics.scenario_levers import ScenarioError


@dataclass(frozen=True)
class Origin:
    """Where the facts are from; with the scenario, all that a result can be computed again from.

    ``decisions``: readings of the law in force, titles mapped by hand, causes given to exits, as a
    hash; ``law`` the readings themselves. ``code_version``: hash of the model's own files.
    ``locks`` of mergers and the hash of measured roads, as saved for everybody.
    """

    edition_number: int
    edition_sha256: str
    as_of: date
    government_name: str
    is_synthetic: bool
    rule_version: str
    code_version: str
    decisions: str
    law: LawChoice
    locks: tuple[tuple[str, str, str], ...] = ()
    roads_sha256: str = ""

    def told(self) -> dict[str, object]:
        """As a plain dictionary for JSON."""
        return {
            "edition_number": self.edition_number,
            "edition_sha256": self.edition_sha256,
            "as_of": self.as_of.isoformat(),
            "government_name": self.government_name,
            "is_synthetic": self.is_synthetic,
            "rule_version": self.rule_version,
            "code_version": self.code_version,
            "decisions_sha256": self.decisions,
            "law_readings": dict(self.law.readings),
            "law_local_ages": [list(age) for age in self.law.local_ages],
            "regrouping_locks": [list(lock) for lock in self.locks],
            "regrouping_roads_sha256": self.roads_sha256,
        }


@cache
def code_version() -> str:
    """Hash of every file of the model: what computed a result."""
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        digest.update(name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


_ORIGIN_WORDS = {
    "edition_sha256": ("edisi data", "edition of the data"),
    "rule_version": ("versi aturan", "version of the rules"),
    "code_version": ("versi program", "version of the program"),
    "decisions_sha256": ("keputusan tentang data", "decisions about the data"),
    "law_readings": ("tafsir hukum", "readings of the law"),
    "law_local_ages": ("BUP setempat", "local ages"),
}


def other_facts(origin: Origin, kept: Mapping[str, object]) -> list[tuple[str, str]]:
    """What of the facts is other than a kept result was computed from, in both languages."""
    now = origin.told()
    return [words for key, words in _ORIGIN_WORDS.items() if kept.get(key) != now[key]]


def other_mergers(origin: Origin, kept: Mapping[str, object]) -> list[tuple[str, str]]:
    """Whether locks or roads of mergers were saved since; a replay takes the kept ones."""
    now = origin.told()
    keys = ("regrouping_locks", "regrouping_roads_sha256")
    if all(kept.get(key, now[key]) == now[key] for key in keys):
        return []
    return [("kunci atau jarak jalan penggabungan", "locks or roads of mergers")]


def refuse_other(origin: Origin, kept: Mapping[str, object]) -> None:
    """Refuse to compute a result again from other facts than it was computed from.

    Raises
    ------
    ScenarioError
        Naming what differs.
    """
    if other := other_facts(origin, kept):
        indonesian = ", ".join(words[0] for words in other)
        english = ", ".join(words[1] for words in other)
        raise ScenarioError(
            f"Hasil itu dihitung dari {indonesian} yang lain; pasang yang sama dahulu.",
            f"That result was computed from another {english}; put the same in place first.",
        )
