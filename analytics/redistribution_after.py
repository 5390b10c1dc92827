"""What moves leave behind: posts still short, and people still to spare."""

from __future__ import annotations

import pandas as pd

from analytics.redistribution_cells import Ground
from analytics.redistribution_situation import HoursLaw

MOVED, RETASKED, SPLIT = "move", "same_school", "split"


def after_moves(cells: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Cells with who left and who came, and whether the part of a post was filled.

    Parameters
    ----------
    cells
        As ``Ground.cells``. ``moves``: one row per mover.
    """
    keys = ["npsn", "post"]
    cells = cells.set_index(keys)
    out = moves.groupby(["from_npsn", "from_post"]).size()
    full = moves.loc[moves["kind"] != SPLIT].groupby(["to_npsn", "post"]).size()
    halves = moves.loc[moves["kind"] == SPLIT]
    part = pd.concat([halves.groupby(["to_npsn", "post"]).size(),
                      halves.groupby(["other_npsn", "other_post"]).size()])  # fmt: skip
    part = part.groupby(level=[0, 1]).sum() if len(part) else part
    return cells.assign(
        out_count=out.reindex(cells.index).fillna(0).astype("int64"),
        came_count=full.reindex(cells.index).fillna(0).astype("int64"),
        part_count=part.reindex(cells.index).fillna(0).astype("int64"),
    ).reset_index()


def still_short(
    base: Ground, planned: pd.DataFrame, after: pd.DataFrame, law: HoursLaw
) -> pd.DataFrame:
    """Posts still short with their size; whole posts and the part of a post apart.

    Parameters
    ----------
    planned, after
        As :func:`after_moves` gives them: the cells that moves were planned for, and those cells
        with what movers let go needed again (``opened_hours``).

    Returns
    -------
    ``opened_count``: posts of ``short_count`` that are short only since somebody moved.

    Method: docs/method.md eq. 328.
    """
    short, before = (
        table["vacant_count"] - table["came_count"] - table["part_count"]
        for table in (after, planned)
    )
    # Whole posts are filled first among those who came alone; the part counts by its hours.
    alone = after["came_count"].clip(upper=after["full_count"])
    whole_left = after["full_count"] - alone
    part_left = (after["part_hours"] > 0) & (after["part_count"] + after["came_count"] - alone == 0)
    table = after.assign(
        short_count=short,
        opened_count=short.clip(lower=0) - before.clip(lower=0),
        whole_short_count=whole_left,
        part_short_hours=after["part_hours"].where(part_left, 0.0),
        short_fte=whole_left + after["part_hours"].where(part_left, 0.0) / law.norm,
    )
    table = table.loc[short > 0].reset_index(drop=True)
    private = base.schools["is_private"].reindex(table["npsn"]).to_numpy(dtype=bool)
    return table.assign(is_private=private)


def left_over(base: Ground, moves: pd.DataFrame) -> pd.DataFrame:
    """People to spare by school and post, of them those who moved and those who are left."""
    keys = ["npsn", "post"]
    cells = base.cells.loc[base.cells["surplus_count"] > 0].set_index(keys)
    out = moves.groupby(["from_npsn", "from_post"]).size().reindex(cells.index).fillna(0)
    table = cells.assign(moved_count=out.astype("int64")).reset_index()
    return table.assign(left_count=table["surplus_count"] - table["moved_count"])
