"""What no lever moves: an edition read once, and what is learnt from it.

The exit model and the outlook of pupils take seconds to learn; a scenario then takes a moment.
Method: docs/method.md eq. 230.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from analytics import exit_history, exits_stored, leaving, rules, state, store, store_tables
from analytics.edition_in_force import edition_in_force
from analytics.enrolment import enrolment_forecast
from analytics.enrolment_learning import Outlook
from analytics.enrolment_stored import stored_births, stored_history
from analytics.exits import ExitModel, exit_model, in_service_on
from analytics.movement import Law
from analytics.posts_abk import abk_posts
from analytics.posts_needed import people_by_post, posts_as_needed, ratio_posts
from analytics.regrouping_stored import NOTHING_SAVED, SavedMergers, saved_mergers, saved_roads
from analytics.retirement import retirements
from analytics.rules import RuleBook
from analytics.scenario_levers import ScenarioError
from analytics.scenario_origin import Origin, code_version
from analytics.teachers import RELIGION, SchoolFacts
from analytics.teachers_in_post import teachers_in_post
from analytics.teachers_religion import religion_shares

HORIZON_YEARS = 10
COUNTED = "all"
PUBLIC = "negeri"
# Questions whose answers are handed on as they are.
TABLES = ("post_needs", "budget_years")


@dataclass(frozen=True, eq=False)
class Stored:
    """An edition with what was decided about it, read and not yet learnt from.

    ``people``: the roster with role groups; ``exits`` as ``exit_history.history``; ``since`` from
    when they are complete. ``profiles``, ``enrolment``, ``births``, ``school_teachers``, ``units``
    as the queries give them. ``school_facts``: religions of pupils. ``tables``: further tables of
    the edition by query name, empty where the edition is older than they are. ``mergers``: locks
    and roads saved in ``folder``.
    """

    origin: Origin
    rulebook: RuleBook
    local_titles: Mapping[str, tuple[str, str]]
    people: pd.DataFrame
    exits: pd.DataFrame
    since: date | None
    profiles: pd.DataFrame
    enrolment: pd.DataFrame
    births: pd.DataFrame
    school_teachers: pd.DataFrame
    units: pd.DataFrame
    school_facts: SchoolFacts | None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    mergers: SavedMergers = NOTHING_SAVED
    folder: Path | None = None

    @property
    def law(self) -> Law:
        """The law in force, with the day of the edition."""
        origin = self.origin
        return Law(self.rulebook, origin.as_of, origin.law, dict(self.local_titles))

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of service since exits are complete, under the law in force."""
        since = self.since or self.origin.as_of
        return exit_history.spells(self.people, self.exits, since, self.law)


@dataclass(frozen=True, eq=False)
class Facts:
    """What scenarios start from. Frames are shared: read, never written into.

    Parameters
    ----------
    stored
        The edition.
    model
        Who leaves early, learnt from its exits under the law in force.
    spells
        Of those in headcount, in service on the day of the edition, in the order of ``people``.
    people
        Those in headcount with role and retirement date under the law in force, one row per NIP.
    in_post
        Who teaches what, as ``teachers_in_post`` gives it under the law in force.
    posted
        ``people`` with the post they hold (``posts_needed.people_by_post``), the same order.
    outlook
        Pupils of every school; None where the edition holds none.
    schools
        Schools as last seen: ``npsn`` and the profile columns.
    """

    stored: Stored
    model: ExitModel
    spells: pd.DataFrame
    people: pd.DataFrame
    in_post: pd.DataFrame
    posted: pd.DataFrame
    outlook: Outlook | None
    schools: pd.DataFrame

    @property
    def origin(self) -> Origin:
        """Where the facts are from."""
        return self.stored.origin

    @property
    def rulebook(self) -> RuleBook:
        """The law as data."""
        return self.stored.rulebook

    @property
    def as_of(self) -> date:
        """The day of the edition."""
        return self.stored.origin.as_of

    @cached_property
    def abk(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The ABK in the units and posts of the gap, and what of it found no place."""
        stored = self.stored
        listed = stored.tables.get("post_needs", pd.DataFrame())
        return abk_posts(listed, stored.units, stored.rulebook, stored.local_titles, self.posted)

    @cached_property
    def ratio(self) -> pd.DataFrame:
        """Posts by the local ratios of service on the day of the edition."""
        return ratio_posts(self.stored.units, self.rulebook, self.as_of)

    @cached_property
    def public_schools(self) -> frozenset[str]:
        """State schools, by NPSN; those whose status is not told count as such."""
        public = self.schools["status"].fillna(PUBLIC) == PUBLIC
        return frozenset(self.schools.loc[public, "npsn"].astype("str"))


def facts(folder: Path, edition: store.Edition | None = None) -> Facts:
    """The facts of an edition; some seconds where its exit model was never learnt before.

    Parameters
    ----------
    folder
        The data folder.
    edition
        None: the one in force.

    Raises
    ------
    StoreError, ScenarioError
        When there is no edition, or nobody on its roster.
    """
    stored = read(folder, edition)
    _refuse_nobody(stored)
    return learnt(stored, _model(stored, folder), pupils_ahead(stored))


def _model(stored: Stored, folder: Path) -> ExitModel:
    """The exit model of the edition: as kept in the data folder, else learnt and kept."""
    spells, day, rates = stored.spells, stored.origin.as_of, stored.rulebook.exit_rates
    since = stored.since or day
    name = exits_stored.digest(spells, since, day, rates)
    kept = exits_stored.read(folder, name, rates)
    if kept is not None:
        return kept
    found = exit_model(spells, since, day, prior=rates)
    exits_stored.write(found, folder, name)
    return found


def _religions_needed(known: SchoolFacts | None) -> pd.DataFrame:
    """The posts of agama that schools which tell their pupils' religions ask for."""
    if known is None or known.religions is None:
        return pd.DataFrame({"npsn": pd.Series(dtype="str"), "post": pd.Series(dtype="str")})
    told = known.religions[["npsn", "religion"]].drop_duplicates()
    return pd.DataFrame({"npsn": told["npsn"], "post": f"{RELIGION}:" + told["religion"]})


def pupils_ahead(stored: Stored) -> Outlook | None:
    """The outlook of every school as the page on pupils has it; None without any pupils."""
    history = stored_history(stored.profiles, stored.enrolment)
    if history.empty:
        return None
    births = stored_births(stored.births, stored.origin.government_name)
    return enrolment_forecast(history, births, years=HORIZON_YEARS).arrays


def learnt(stored: Stored, model: ExitModel, outlook: Outlook | None) -> Facts:
    """Facts from what was learnt elsewhere: pages learn in a worker of their own.

    Raises
    ------
    ScenarioError
        When nobody is on the roster, or nobody counts: a scenario is about people.
    """
    _refuse_nobody(stored)
    law = stored.law
    everybody = retirements(
        stored.people, law.rulebook, law.as_of, law.choice, dict(stored.local_titles)
    )
    here = in_service_on(stored.spells, law.as_of).set_index("person_id", drop=False)
    people = leaving.counted(everybody, COUNTED).drop_duplicates("nip")
    people = people.loc[people["nip"].isin(here.index)].reset_index(drop=True)
    if people.empty:
        raise ScenarioError(
            f"Dari {len(stored.people)} orang di daftar tidak seorang pun terhitung dan masih"
            f" bertugas pada {law.as_of}: periksa kolom kedudukan hukum dan tanggal lahirnya, lalu"
            " muat lagi daftar pegawai.",
            f"Of {len(stored.people)} people on the roster nobody counts and still serves on"
            f" {law.as_of}: check their legal standing and dates of birth, then load the roster"
            " again.",
        )
    spells = here.loc[people["nip"]].reset_index(drop=True)
    in_post = teachers_in_post(
        everybody, stored.school_teachers, stored.units, law.rulebook, law.as_of
    )
    in_post = posts_as_needed(in_post, _religions_needed(stored.school_facts))
    posted = people_by_post(people, in_post, law.rulebook, stored.units)
    return Facts(stored, model, spells, people, in_post, posted, outlook, _schools(stored))


def _refuse_nobody(stored: Stored) -> None:
    if stored.people.empty:
        raise ScenarioError(
            "Tidak ada pegawai dalam edisi ini; skenario menghitung pegawai. Muat daftar pegawai.",
            "Nobody is on the roster of this edition; scenarios are about people. Load a roster.",
        )


def read(folder: Path, edition: store.Edition | None = None) -> Stored:
    """An edition and what was decided about it.

    Raises
    ------
    StoreError
        When there is no edition.
    """
    held = edition or edition_in_force(folder)
    book = rules.load()
    with state.opened(folder) as decisions:
        choice, titles = decisions.law_choice(), decisions.local_titles()
        reasons, classified = decisions.exit_reasons(), decisions.exit_classifications()
        complete = decisions.setting(exit_history.COMPLETE_FROM)
        mergers = saved_mergers(decisions, folder)
    with closing(store.opened(held.path)) as connection:
        people, exits = store_tables.people(connection), store_tables.exits(connection)
        listed = store_tables.school_teachers(connection)
        units = store.ask(connection, "units", government_id="*")
        profiles = store_tables.school_profiles(connection)
        enrolment = store.ask(connection, "enrolment", school_year=None)
        births = store.ask(connection, "births")
        religions = store_tables.pupil_religions(connection)
        tables = {name: store.ask(connection, name) for name in TABLES}
    history = exit_history.history(exits, reasons, classified)
    said = [sorted(titles.items()), sorted(reasons.items()), complete or ""]
    said.append(classified[["nip", "exited_on", "cause"]].astype("str").to_numpy().tolist())
    origin = Origin(
        edition_number=held.number,
        edition_sha256=held.sha256,
        as_of=held.as_of,
        government_name=held.government_name,
        is_synthetic=held.is_synthetic,
        rule_version=book.version,
        code_version=code_version(),
        decisions=hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16],
        law=choice,
        locks=mergers.locks,
        roads_sha256=mergers.roads_sha256,
    )
    return Stored(
        origin=origin,
        rulebook=book,
        local_titles=titles,
        people=people,
        exits=history,
        since=exit_history.on_record_from(complete, history, held.as_of),
        profiles=profiles,
        enrolment=_counted(enrolment),
        births=births,
        school_teachers=listed,
        units=units,
        school_facts=(
            SchoolFacts(religions=religion_shares(religions)) if len(religions) else None
        ),
        tables=tables,
        mergers=mergers,
        folder=folder,
    )


def as_kept(held: Facts, provenance: Mapping[str, object]) -> Facts:
    """The same facts with the locks and roads that a kept result was computed from.

    Locks saved since, and roads loaded since, change no result that was kept.

    Raises
    ------
    ScenarioError
        When the file of the roads is gone.

    Method: docs/method.md eq. 300.
    """
    told = provenance.get("regrouping_locks")
    locks = tuple(
        (str(kind), str(one), str(other))
        for kind, one, other in (told if isinstance(told, list) else [])
    )
    sha256 = str(provenance.get("regrouping_roads_sha256") or "")
    origin, stored = held.origin, held.stored
    if locks == origin.locks and sha256 == origin.roads_sha256:
        return held
    roads = stored.mergers.roads
    if sha256 != origin.roads_sha256:
        roads = saved_roads(stored.folder, sha256) if stored.folder is not None else None
        if sha256 and roads is None:
            raise ScenarioError(
                "Jarak jalan yang dipakai hasil itu tidak ada lagi di folder data; muat lagi di"
                " halaman Regrouping.",
                "The roads that result was computed from are no longer in the data folder; load"
                " them again on the page Regrouping.",
            )
    origin = replace(origin, locks=locks, roads_sha256=sha256)
    mergers = SavedMergers(locks, sha256, roads)
    return replace(held, stored=replace(stored, origin=origin, mergers=mergers))


def _counted(enrolment: pd.DataFrame) -> pd.DataFrame:
    known = enrolment.dropna(subset=["npsn", "school_year", "grade", "pupil_count"])
    return known.astype(
        {"npsn": "str", "school_year": "int64", "grade": "int64", "pupil_count": "float64"}
    )


def _schools(stored: Stored) -> pd.DataFrame:
    """The latest told profile of each school, one row each, by NPSN."""
    profiles = stored.profiles.sort_values("school_year", kind="stable")
    latest = profiles.groupby("npsn", as_index=False).last()
    unlisted = sorted(set(stored.enrolment["npsn"]) - set(latest["npsn"]))
    if unlisted:
        latest = pd.concat([latest, pd.DataFrame({"npsn": unlisted})], ignore_index=True)
    by_grade = stored.enrolment.groupby("npsn")["grade"].max().map(_level_of)
    level = latest["level"].fillna(latest["npsn"].map(by_grade)).fillna("")
    return latest.assign(
        npsn=latest["npsn"].astype("str"), level=level.astype("str").str.upper()
    ).sort_values("npsn", ignore_index=True)


def _level_of(grade: int) -> str:
    return "TK" if grade == 0 else "SD" if grade <= 6 else "SMP" if grade <= 9 else "SMA"
