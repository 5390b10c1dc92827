"""``init``: a data folder that is ready, with the sample city where asked for."""

from __future__ import annotations

import argparse

from analytics import import_sample, state, store, store_lock
from analytics.command_line import DONE, actor, folder_of, say
from analytics.edition_in_force import current_edition


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    folder = folder_of(asked)
    with store_lock.importing(folder), state.opened(folder) as decisions:
        numbers = store.edition_numbers(folder)
        if numbers:
            if decisions.current_edition() is None:
                found = current_edition(folder)
                if found:
                    decisions.set_current_edition(found.number, actor())
            say(
                asked,
                f"Folder data sudah berisi {len(numbers)} edisi; dibiarkan.",
                f"The data folder already holds {len(numbers)} edition(s); left as it is.",
            )
            return DONE
        if not asked.demo:
            say(
                asked,
                "Folder data siap. Edisi pertama lahir dari impor pertama.",
                "The data folder is ready. The first import makes the first edition.",
            )
            return DONE
        edition = import_sample.write_sample(folder, decisions, actor())
    say(
        asked,
        f"Kota contoh dibuat: {edition.people_count} orang, semuanya rekaan.",
        f"Sample city made: {edition.people_count} people, all invented.",
    )
    return DONE
