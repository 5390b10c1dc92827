"""From a file to the next edition: look first, write after.

``preview`` reads and judges a file and says what it would change; it writes nothing. ``load``
writes exactly what was previewed, or refuses when somebody else imported in between. The file
itself is never kept. How a kind of file is judged: ``import_judged``; how it is merged with what
was known: ``import_people``, ``import_lists``, ``import_schools``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analytics import (
    checks,
    exit_history,
    exit_merging,
    import_kinds,
    import_lists,
    import_people,
    import_schools,
    rules,
    state,
    store,
    store_faults,
    store_lock,
    units,
)
from analytics.edition_in_force import current_edition
from analytics.faults import Fault, FaultsError
from analytics.import_before import exits_of, people_of, profiles_of
from analytics.import_judged import Ground, UnmappedError, judged, refuse_nameless, to_be_matched
from analytics.import_kinds import KINDS, SCOPES, Checked
from analytics.movement import Changes, Law, changes_between, no_changes
from analytics.readers import Reading, read

__all__ = [
    "KINDS", "SCOPES", "UNNAMED_GOVERNMENT", "Checked", "Preview", "UnmappedError", "load",
    "preview",
]  # fmt: skip

UNNAMED_GOVERNMENT = "Pemerintah daerah"

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Preview:
    """A file read, judged and compared; nothing of it is written yet.

    ``checked`` is what ``analytics.checks`` says of it, ``tables`` the frames the next edition
    would get, ``base`` the edition compared with (None: nothing or only synthetic data).
    """

    reading: Reading
    checked: Checked
    changes: Changes
    as_of: date
    scope: str
    accept_partial: bool
    base: store.Edition | None
    current: tuple[int, str] | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    # Of a list that is no roster: rows of the edition before that go, and that stay.
    replaced_count: int = 0
    kept_count: int = 0
    # Of a roster: exits since the edition before that it gives away, as the table ``exit``.
    inferred_exits: pd.DataFrame = field(default_factory=exit_history.no_exits)

    @property
    def good_rows(self) -> pd.DataFrame:
        """Rows without an error, typed: people, teachers, schools, pupils or births."""
        return import_kinds.good_rows(self.reading.kind, self.checked)

    @property
    def good_count(self) -> int:
        """Rows without an error."""
        return len(self.good_rows)

    @property
    def refused_count(self) -> int:
        """Rows with an error."""
        return len(self.checked.refused)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that keep a row, or the whole file, out."""
        return tuple(fault for fault in self.checked.faults if fault.severity == "error")

    @property
    def can_load(self) -> bool:
        """Whether ``load`` would write it as previewed."""
        return self.good_count > 0 and (self.accept_partial or not self.errors)


def _silent(_share: float, _words: str) -> None:
    """Progress that nobody watches."""


def preview(  # noqa: PLR0913  the screen's choices, each on its own
    folder: Path,
    file: Path,
    *,
    kind: str | None = None,
    as_of: date | None = None,
    mapping: Mapping[str, str] | None = None,
    scope: str = "all",
    accept_partial: bool = False,
    progress: Progress | None = None,
) -> Preview:
    """Read and judge a file and compare it with the edition in force. Writes nothing.

    Parameters
    ----------
    folder
        The data folder.
    file
        The workbook or text file.
    kind
        One of ``KINDS``; None: told from the headers.
    as_of
        The day the file describes; None: as its title says, else today.
    mapping
        Header as written -> our column; None: as remembered for these headers.
    scope
        What absence from a roster means. ``all``: the file lists everybody; ``employment``: all of
        the kinds of employment in it; ``opd``: all of the OPDs in it; ``add``: nothing, it only
        adds and updates (a blank cell then keeps what was known). For school lists ``all``
        replaces the school years in the file (a list that only describes schools, such as rooms by
        condition, replaces nothing and fills in); for teacher lists everything, but a list of one
        school only that school's rows. Pupils by grade replace the same schools and years, births
        the same areas and years, pupils by religion the same schools and years, exits the same
        people and days and what was inferred of them, needs of posts (ABK) the same units and
        years, or the same titles where the file tells single titles task by task.
    accept_partial
        Whether ``load`` may leave rows with errors out; it can still be told otherwise.
    progress
        Called with the share done (0-1) and the step in words.

    Raises
    ------
    FaultsError
        The file as a whole cannot be used. ``UnmappedError`` when naming columns would mend it.
    StoreError
        The edition in force cannot be read.
    ValueError
        ``scope`` or ``kind`` is none of those named.
    """
    if scope not in SCOPES:
        raise ValueError(f"scope is {scope!r}; it is one of {', '.join(SCOPES)}")
    tell = progress or _silent
    tell(0.02, "Membaca berkas")
    with state.opened(folder) as decisions:
        local_titles, choice = decisions.local_titles(), decisions.law_choice()
        local_reasons = decisions.exit_reasons()
        reading = read(file, kind=kind, mapping=mapping)
        remembered = None if mapping else decisions.header_mapping(reading.signature)
    if remembered:
        reading = read(file, kind=kind, mapping=remembered)
    now = current_edition(folder)
    base = None if now is None or now.is_synthetic else now
    reading, known_schools = to_be_matched(reading, base)
    if any(fault.severity == "error" for fault in reading.faults):
        raise UnmappedError(reading)
    tell(0.45, "Memeriksa setiap baris")
    day = as_of or reading.as_of or date.today()
    ground = Ground(rules.load(), choice, local_titles, local_reasons, base)
    checked = judged(reading, ground, day, as_of or date.today(), known_schools)
    tell(0.75, "Membandingkan dengan edisi sekarang")
    if isinstance(checked, checks.CheckedRoster):
        merged = _with_roster(checked, ground, day, scope)
    else:
        merged = _with_list(checked, reading, base, scope)
        if base is not None:
            day = base.as_of  # an edition is of the day of its roster
    tell(1.0, "Selesai diperiksa")
    return Preview(
        reading=reading,
        checked=merged.checked,
        changes=merged.changes,
        as_of=day,
        scope=scope,
        accept_partial=accept_partial,
        base=base,
        current=None if now is None else (now.number, now.sha256),
        tables=merged.tables,
        mapping=dict(mapping or {}),
        replaced_count=merged.replaced_count,
        kept_count=merged.kept_count,
        inferred_exits=merged.inferred_exits,
    )


@dataclass(frozen=True, eq=False)
class _Merged:
    """What a file makes of the edition before; the fields are those of ``Preview``."""

    checked: Checked
    tables: Mapping[str, pd.DataFrame]
    changes: Changes = field(default_factory=no_changes)
    replaced_count: int = 0
    kept_count: int = 0
    inferred_exits: pd.DataFrame = field(default_factory=exit_history.no_exits)


def _with_roster(checked: checks.CheckedRoster, ground: Ground, day: date, scope: str) -> _Merged:
    before, base = people_of(ground.base), ground.base
    kept = import_people.kept(before, checked)
    after = import_people.merged_people(before, checked.people, kept, scope)
    law = Law(ground.rulebook, day, ground.choice, ground.local_titles)
    changes = changes_between(before, after, law, kept)
    if base is None:
        return _Merged(checked, {"employee": after}, changes)
    inferred = exit_history.exits_between(before, after, base.as_of, law, changes)
    exits = exit_merging.with_inferred(exits_of(base), inferred, after)
    return _Merged(checked, {"employee": after, "exit": exits}, changes, inferred_exits=inferred)


def _with_list(
    checked: Checked, reading: Reading, base: store.Edition | None, scope: str
) -> _Merged:
    if isinstance(checked, checks.CheckedSchools) and checked.describes_only:
        described, tables, kept_count = import_lists.with_description(checked, reading, base)
        return _Merged(described, tables, kept_count=kept_count)
    incoming = import_kinds.good_rows(reading.kind, checked)
    if isinstance(checked, checks.CheckedSchools):
        incoming = import_schools.with_described(incoming, profiles_of(base), checked.told)
        incoming = import_schools.with_names(incoming, profiles_of(base))
        refuse_nameless(incoming, reading)
    tables, replaced_count, kept_count = import_lists.merged_list(
        reading.kind, incoming, base, "add" if reading.layout == "abk_tasks" else scope
    )
    if isinstance(checked, checks.CheckedEnrolment):
        tables |= import_lists.beside_pupils(checked, base)
    return _Merged(checked, tables, replaced_count=replaced_count, kept_count=kept_count)


def load(
    folder: Path,
    previewed: Preview,
    actor: str,
    accept_partial: bool | None = None,
    progress: Progress | None = None,
) -> store.Edition:
    """Write what was previewed as the next edition and put it in force.

    Parameters
    ----------
    folder
        The data folder.
    previewed
        The result of ``preview``.
    actor
        Who loads it, for the audit.
    accept_partial
        Load the good rows although others are refused; None: as previewed.
    progress
        Called with the share done (0-1) and the step in words.

    Returns
    -------
    The new edition, in force.

    Raises
    ------
    FaultsError
        There are errors and ``accept_partial`` does not allow to leave them out, or no row is good.
    StoreError
        Another edition came into force since the preview, or the new one cannot be written.
        Nothing has changed then.
    """
    tell = progress or _silent
    if accept_partial is not None:
        previewed = replace(previewed, accept_partial=accept_partial)
    if not previewed.can_load:
        raise FaultsError(previewed.errors or previewed.checked.faults)
    file, kind = previewed.reading.file, previewed.reading.kind
    tell(0.05, "Menunggu giliran menulis")
    with store_lock.importing(folder), state.opened(folder) as decisions:
        now = current_edition(folder)
        if (now and (now.number, now.sha256)) != previewed.current:
            raise store.StoreError(
                "Edisi yang berlaku sudah berganti sejak berkas ini diperiksa. Periksa berkas"
                " sekali lagi, lalu muat.",
                "Another edition has come into force since this file was checked. Check the file"
                " once more, then load it.",
            )
        base = previewed.base
        name = base.government_name if base else UNNAMED_GOVERNMENT
        about = store.About(
            as_of=previewed.as_of,
            government_name=decisions.setting("government_name", name),
            government_id=decisions.setting("government_id", units.LOCAL_GOVERNMENT),
            source_files=(file,),
            note=import_kinds.note(kind, previewed.checked, previewed.scope),
            built_on=base.number if base else None,
        )
        told = {
            "import_fault": store_faults.fault_rows(previewed.checked.faults),
            "refused_row": store_faults.refused_row_rows(previewed.checked.refused),
        }
        tell(0.2, "Menulis edisi baru")
        edition = store.write_edition(folder, {**previewed.tables, **told}, about)
        decisions.set_current_edition(edition.number, actor)
        if previewed.mapping:
            decisions.remember_mapping(previewed.reading.signature, previewed.mapping, actor)
        counts = f"{previewed.good_count} baris, {previewed.refused_count} ditolak"
        decisions.log(actor, "import", f"{kind} {file}: edisi {edition.number}, {counts}")
    tell(1.0, "Edisi baru berlaku")
    return edition
