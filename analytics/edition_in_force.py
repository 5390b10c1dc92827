"""The edition that answers: the one chosen, else the newest that can be read."""

from __future__ import annotations

from pathlib import Path

from analytics import state, store


def current_edition(folder: Path) -> store.Edition | None:
    """The edition in force; the newest readable one when nobody has chosen.

    Raises
    ------
    StoreError
        The edition chosen is missing or damaged.
    """
    with state.opened(folder) as decisions:
        number = decisions.current_edition()
    if number is not None:
        return store.edition(folder, number)
    found = store.editions(folder)
    return found[-1] if found else None


def edition_in_force(folder: Path, option: str = "") -> store.Edition:
    """The edition a command answers from.

    Parameters
    ----------
    option
        The switch that names a file instead, if the command has one.

    Raises
    ------
    StoreError
        There is none, or the one chosen is missing or damaged.
    """
    held = current_edition(folder) if folder.is_dir() else None
    if held is None:
        raise store.StoreError(
            "Belum ada edisi di folder data. Impor daftar pegawai dahulu"
            + (f", atau pakai {option}." if option else "."),
            "There is no edition in the data folder. Import a list of staff first"
            + (f", or give {option}." if option else "."),
        )
    return held
