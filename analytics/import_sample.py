"""The sample city written as an edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analytics import state, store

if TYPE_CHECKING:
    from analytics.demo import City


def write_sample(folder: Path, decisions: state.State, actor: str) -> store.Edition:
    """Make the sample city the edition in force.

    Parameters
    ----------
    folder
        The data folder.
    decisions
        Where the edition in force is written.
    actor
        Who asked, for the log.

    Returns
    -------
    The new edition, marked as synthetic; later imports never build on it.
    """
    # Its name lists are read on import, which nobody needs who brings a file of their own.
    from analytics import demo

    city = demo.city()
    edition = written_edition(folder, city)
    decisions.set_current_edition(edition.number, actor)
    known = set(decisions.exit_classifications()["nip"])
    for row in city.classified_exits.itertuples():
        if row.nip not in known:
            decisions.classify_exit(row.nip, row.exited_on.date(), row.cause, city.note)
    return edition


def written_edition(folder: Path, city: City) -> store.Edition:
    """A made-up city as an edition of its own, marked as synthetic and not yet in force."""
    about = store.About(
        as_of=city.as_of,
        government_name=city.government_name,
        government_id=str(city.units["government_id"].iloc[0]),
        is_synthetic=True,
        note=city.note,
    )
    tables = {
        "employee": city.people,
        "unit": city.units,
        "school_year_profile": city.schools,
        "enrolment": city.enrolment,
        "birth": city.births,
        "pupil_religion": city.pupil_religions,
        "school_teacher": city.school_teachers,
        "exit": city.exits,
        "post_need": city.post_needs,
        "budget_year": city.budgets,
    }
    return store.write_edition(folder, tables, about)
