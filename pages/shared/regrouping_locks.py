"""What is decided by hand of a regrouping: in the link of one visitor, or saved for everybody.

A visitor locks, looks at the plan solved again, and saves when it should hold for everybody. Saved
locks are rows of ``plan_lock``, as those of the page on moving teachers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd
import streamlit as st

from pages.shared import access, address, load, load_schools
from pages.shared.load_schools import SchoolKey

PLAN = "regrouping"
_LINK = {"opened": "buka", "closed": "tutup", "pairs": "ke", "forbidden": "larang"}
# How each kind is called in plan_lock.
_KINDS = {"opened": "open", "closed": "closed", "pairs": "into", "forbidden": "forbidden"}
_NONE_LINK = "kunci"
_OFF = "0"


@dataclass(frozen=True)
class Locks:
    """What was decided by hand: schools kept open, closed, sent somewhere, never paired."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    forbidden: tuple[tuple[str, str], ...] = ()

    def state_of(self, npsn: str) -> str:
        """``open``, ``closed``, ``into`` or ``free``."""
        if npsn in self.opened:
            return "open"
        if npsn in self.closed:
            return "closed"
        return "into" if npsn in dict(self.pairs) else "free"

    @property
    def count(self) -> int:
        """Decisions in all."""
        return sum(len(getattr(self, name)) for name in _LINK)

    def named(self) -> set[str]:
        """Every school a decision names."""
        pairs = {one for pair in (*self.pairs, *self.forbidden) for one in pair}
        return {*self.opened, *self.closed, *pairs}

    def without(self, npsn: str) -> Locks:
        """The same without a decision on one school."""
        return replace(
            self,
            opened=tuple(one for one in self.opened if one != npsn),
            closed=tuple(one for one in self.closed if one != npsn),
            pairs=tuple(pair for pair in self.pairs if pair[0] != npsn),
        )

    def known(self, npsn: set[str]) -> Locks:
        """What of it names schools of the view and does not contradict itself."""
        pairs = {
            one: other
            for one, other in self.pairs
            if {one, other} <= npsn and one != other and one not in self.opened
        }
        pairs = {one: other for one, other in pairs.items() if other not in pairs}
        closed = {one for one in self.closed if one in npsn} - set(self.opened) - set(pairs)
        closed -= set(pairs.values())
        return Locks(
            tuple(sorted({one for one in self.opened if one in npsn})),
            tuple(sorted(closed)),
            tuple(sorted(pairs.items())),
            tuple(sorted({pair for pair in self.forbidden if set(pair) <= npsn})),
        )


@dataclass(frozen=True)
class Dropped:
    """What of the locks asked for holds nowhere: schools nobody knows, decisions that clash."""

    unknown: tuple[str, ...] = ()
    clashing: tuple[str, ...] = ()


def dropped(key: SchoolKey, level: str) -> Dropped:
    """What of this visitor's link, and of what was saved, names no school or contradicts itself.

    Locks of schools of another level, or outside the filter, are not among them: they hold there.
    """
    held = st.session_state.get("_kunci", {}).get(level, Locks())
    kept = _all_saved(load.state().locks_version(PLAN))
    every = set(load_schools.schools_of(key)["npsn"])
    named = {*held.named(), *kept.named()}
    resolved = held.known(set(held.named()))
    pairs = set(held.pairs) - set(resolved.pairs)
    clash = (set(held.opened) - set(resolved.opened)) | (set(held.closed) - set(resolved.closed))
    clash |= {one for pair in pairs for one in pair}
    return Dropped(tuple(sorted(named - every)), tuple(sorted(clash & every)))


@dataclass(frozen=True)
class Saved:
    """Locks that hold for everybody, and who saved the last of them, when (UTC)."""

    locks: Locks = Locks()
    locked_by: str = ""
    locked_at: pd.Timestamp | None = None


def locks(key: SchoolKey, level: str, npsn: set[str]) -> Locks:
    """The locks in force: those of the link, else this visitor's, else the saved ones."""
    held: dict[str, Locks] = st.session_state.setdefault("_kunci", {})
    reading = address.reading()
    if st.session_state.get("_kunci_read") != reading:
        st.session_state["_kunci_read"] = reading
        linked = _linked()
        if linked is not None:
            held[level] = linked
        elif address.has_stepped():
            held.pop(level, None)
    kept = saved(key, level).locks
    value = held.setdefault(level, kept).known(npsn)
    st.session_state["_kunci_tingkat"] = level
    _link(value, is_other=value != kept.known(npsn))
    return value


def _linked() -> Locks | None:
    params = st.query_params
    if not any(name in params for name in (*_LINK.values(), _NONE_LINK)):
        return None

    def pairs(name: str) -> tuple[tuple[str, str], ...]:
        told = [one.split("-") for one in params.get_all(name)]
        return tuple((one[0], one[1]) for one in told if len(one) == 2)

    return Locks(
        tuple(params.get_all("buka")), tuple(params.get_all("tutup")), pairs("ke"), pairs("larang")
    )


def _link(value: Locks, *, is_other: bool) -> None:
    told = {
        "buka": list(value.opened),
        "tutup": list(value.closed),
        "ke": ["-".join(pair) for pair in value.pairs],
        "larang": ["-".join(pair) for pair in value.forbidden],
        # Saved locks taken away again: a link must say so.
        _NONE_LINK: [_OFF] if is_other and not value.count else [],
    }
    address.write(told)


def held_locks() -> Locks:
    """The locks of this visitor on the level in view."""
    return st.session_state.get("_kunci", {}).get(
        st.session_state.get("_kunci_tingkat", ""), Locks()
    )


def keep_locks(value: Locks) -> None:
    """Hold these locks from now on (in a callback)."""
    st.session_state.setdefault("_kunci", {})[st.session_state.get("_kunci_tingkat", "")] = value


def lock(npsn: str, state: str, into: str = "") -> None:
    """Decide on one school (a callback): ``free``, ``open``, ``closed`` or ``into`` another."""
    value = held_locks().without(npsn)
    if state == "open":
        value = replace(value, opened=(*value.opened, npsn))
        value = replace(value, pairs=tuple(one for one in value.pairs if one[1] != npsn))
    elif state == "closed":
        value = replace(value, closed=(*value.closed, npsn))
        value = replace(value, pairs=tuple(one for one in value.pairs if one[1] != npsn))
    elif state == "into" and into:
        value = replace(value.without(into), pairs=(*value.without(into).pairs, (npsn, into)))
    keep_locks(value)


def forbid(one: str, other: str) -> None:
    """Never merge these two (a callback)."""
    value = held_locks()
    keep_locks(replace(value, forbidden=(*value.forbidden, (one, other))))


def allow(one: str, other: str) -> None:
    """Let these two merge again (a callback)."""
    value = held_locks()
    kept = tuple(pair for pair in value.forbidden if set(pair) != {one, other})
    keep_locks(replace(value, forbidden=kept))


def unlock_all() -> None:
    """No decision by hand any more (a callback)."""
    keep_locks(Locks())


def saved(key: SchoolKey, level: str) -> Saved:
    """Locks kept for everybody on the schools of a level."""
    return _saved(key, level, load.state().locks_version(PLAN))


@lru_cache(maxsize=16)
def _saved(key: SchoolKey, level: str, version: int) -> Saved:  # noqa: ARG001 (part of the key)
    rows = load.state().plan_locks(PLAN)
    rows = rows.loc[rows["thing_id"].isin(_of_level(key, level))]
    if rows.empty:
        return Saved()
    last = rows.iloc[-1]
    return Saved(_as_locks(rows), str(last["locked_by"]), last["locked_at"])


@lru_cache(maxsize=4)
def _all_saved(version: int) -> Locks:  # noqa: ARG001 (part of the key)
    return _as_locks(load.state().plan_locks(PLAN))


def _as_locks(rows: pd.DataFrame) -> Locks:
    one = {name: rows.loc[rows["kind"] == kind] for name, kind in _KINDS.items()}
    return Locks(
        *(tuple(one[name]["thing_id"]) for name in ("opened", "closed")),
        *(
            tuple(zip(one[name]["thing_id"], one[name]["other_id"], strict=True))
            for name in ("pairs", "forbidden")
        ),
    )


def _of_level(key: SchoolKey, level: str) -> set[str]:
    schools = load_schools.schools_of(key)
    return set(schools.loc[schools["level"] == level, "npsn"])


def save(key: SchoolKey, level: str) -> None:
    """Keep this visitor's locks for everybody, with name and day (a callback); planners only."""
    if not access.may("perencana"):
        return
    rows = [
        (kind, *(one if isinstance(one, tuple) else (one, "")))
        for name, kind in _KINDS.items()
        for one in getattr(held_locks(), name)
    ]
    load.state().keep_locks(PLAN, rows, _of_level(key, level), access.actor())
