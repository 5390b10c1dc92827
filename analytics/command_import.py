"""``import``: a file becomes a new edition, or is explained and refused."""

from __future__ import annotations

import argparse

import pandas as pd

from analytics import import_data
from analytics.command_line import (
    DONE,
    REFUSED,
    WrongUseError,
    actor,
    complain,
    folder_of,
    say,
    say_faults,
    write_faults,
)
from analytics.exit_causes import reasons_read
from analytics.faults import FaultsError

_MOST_REASONS = 12


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    folder = folder_of(asked)
    try:
        previewed = import_data.preview(
            folder,
            asked.file,
            kind=asked.kind,
            as_of=asked.as_of,
            mapping=dict(asked.map) or None,
            scope=asked.scope,
            accept_partial=asked.accept_partial,
        )
    except FaultsError as refused:
        if any(fault.code == "kind_unsure" for fault in refused.faults):
            complain(
                asked,
                "Sebut jenis daftarnya dengan --kind roster atau --kind exit.",
                "Say which list it is with --kind roster or --kind exit.",
            )
        raise
    except ValueError as error:
        if not asked.map:
            raise
        raise WrongUseError(error) from error
    checked, changes = previewed.checked, previewed.changes
    write_faults(asked, checked.faults)
    say_faults(asked, previewed.errors)
    if not previewed.can_load:
        complain(
            asked,
            f"Ditolak: {previewed.refused_count} dari {checked.row_count} baris salah; tidak ada"
            " yang berubah.",
            f"Refused: {previewed.refused_count} of {checked.row_count} rows are wrong; nothing"
            " has changed.",
        )
        if previewed.good_count and not asked.accept_partial:
            complain(
                asked,
                f"Dengan --accept-partial, {previewed.good_count} baris yang baik dimuat.",
                f"With --accept-partial the {previewed.good_count} good rows are loaded.",
            )
        return REFUSED
    edition = import_data.load(folder, previewed, actor())
    warning_count = len(checked.faults) - len(previewed.errors)
    say(
        asked,
        f"Edisi {edition.number} berlaku, keadaan per {edition.as_of}: {edition.people_count} orang"
        f" ({previewed.good_count} baris dimuat, {previewed.refused_count} ditinggalkan,"
        f" {warning_count} peringatan).",
        f"Edition {edition.number} is in force, as of {edition.as_of}: {edition.people_count}"
        f" people ({previewed.good_count} rows loaded, {previewed.refused_count} left out,"
        f" {warning_count} warnings).",
    )
    # Of single rows there may be thousands; what holds for the whole file is said at once.
    say_faults(asked, [each for each in checked.faults if each.row is None])
    if previewed.reading.kind != "roster" and previewed.base is not None:
        gone, stayed = previewed.replaced_count, previewed.kept_count
        say(
            asked,
            f"{gone} baris lama diganti, {stayed} tetap.",
            f"{gone} earlier rows replaced, {stayed} kept.",
        )
    if previewed.reading.kind == "exit":
        _say_reasons(asked, previewed.good_rows)
    if previewed.reading.kind == "roster":
        counts = [len(each) for each in (changes.joined, changes.left, changes.moved)]
        promoted = len(changes.promoted)
        say(
            asked,
            "Masuk {}, keluar {}, pindah {}, naik {}.".format(*counts, promoted),
            "Joined {}, left {}, moved {}, promoted {}.".format(*counts, promoted),
        )
        exits = previewed.inferred_exits
        if len(exits):
            unknown = int((exits["cause"] == "tidak_diketahui").sum())
            say(
                asked,
                f"{len(exits)} keluar dicatat; {unknown} belum jelas sebabnya (halaman Data).",
                f"{len(exits)} exits written down; {unknown} unexplained (page Data).",
            )
    return DONE


def _say_reasons(asked: argparse.Namespace, exits: pd.DataFrame) -> None:
    """What was made of each reason of a list of exits, the commonest first."""
    table = reasons_read(exits)
    for row in table.head(_MOST_REASONS).itertuples():
        said = (
            f"{row.reason!r}" if row.reason else "(tanpa alasan)",
            f"{row.reason!r}" if row.reason else "(no reason)",
        )
        say(
            asked,
            f"  {said[0]} dibaca {row.cause}: {row.exit_count}",
            f"  {said[1]} read as {row.cause}: {row.exit_count}",
        )
    rest = table["exit_count"].iloc[_MOST_REASONS:]
    if len(rest):
        say(
            asked,
            f"  {len(rest)} alasan lain: {rest.sum()}",
            f"  {len(rest)} other reasons: {rest.sum()}",
        )
