"""Within what a plan of mergers must stay, and which schools are alike enough to merge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.place_names import place_names
from analytics.regrouping_programme import Flags

SAME_PLACE = ("kecamatan", "village")


@dataclass(frozen=True)
class Limits:
    """Within what a plan must stay.

    Parameters
    ----------
    max_km
        The longest way from the closing to the receiving school, straight line x ``detour`` (or by
        road where roads are given); None: by level, ``max_km`` of ``data/rules/regrouping.csv``.
    detour
        Road kilometres per straight kilometre.
    same
        ``kecamatan`` or ``village``: merge only within it; '' anywhere.
    may_mix_status
        Whether a state school may merge into a private one and the other way round.
    most_into, most_merges
        At most so many schools into one, and in all.
    lock_open, lock_closed
        Schools (npsn) that must stay open, or must merge.
    pairs
        ``(from, into)``: this school must merge into that one.
    forbidden
        ``(one, other)``: never either way (a river, a highway).
    accept_shared
        Schools on one point stand there indeed (one yard): 0 km apart, because somebody said so.
    count_heavy_rooms
        Whether heavily damaged classrooms are rooms of a receiver too.
    """

    max_km: float | None = None
    detour: float = 1.0
    same: str = ""
    may_mix_status: bool = False
    most_into: int | None = None
    most_merges: int | None = None
    lock_open: tuple[str, ...] = ()
    lock_closed: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    forbidden: tuple[tuple[str, str], ...] = ()
    accept_shared: bool = False
    count_heavy_rooms: bool = False

    def __post_init__(self) -> None:
        if self.max_km is not None and not (np.isfinite(self.max_km) and self.max_km >= 0):
            raise ValueError(
                f"jarak terjauh {self.max_km}: tulis kilometer, 0 atau lebih / max_km is"
                f" {self.max_km}; kilometres, 0 or more"
            )
        if not (np.isfinite(self.detour) and self.detour >= 1):
            raise ValueError(
                f"belokan {self.detour}: jalan sepanjang garis lurus atau lebih, tulis 1 atau"
                f" lebih / detour is {self.detour}; a road is 1 x the straight line or longer"
            )
        if self.same and self.same not in SAME_PLACE:
            raise ValueError(f"same is {self.same!r}; {' or '.join(SAME_PLACE)}, or nothing")
        for name in ("most_into", "most_merges"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or value < 0):
                raise ValueError(f"{name} is {value}; a whole number, 0 or more, or nothing")
        closed = {*self.lock_closed, *(one for one, _ in self.pairs)}
        kept = {*self.lock_open, *(other for _, other in self.pairs)}
        if both := sorted(closed & kept):
            raise ValueError(
                f"{', '.join(both)}: dikunci buka dan tutup sekaligus; pilih satu / locked open"
                " and closed at once; choose one"
            )
        ones = [one for one, _ in self.pairs]
        if len(set(ones)) != len(ones):
            twice = sorted({one for one in ones if ones.count(one) > 1})
            raise ValueError(
                f"{', '.join(twice)}: dipasangkan ke dua sekolah; sisakan satu / pairs send one"
                " school to two places; keep one"
            )

    def named(self) -> set[str]:
        """Every school a lock, a pair or a forbidden pair names."""
        pairs = [*self.pairs, *self.forbidden]
        return {*self.lock_open, *self.lock_closed, *(one for pair in pairs for one in pair)}


def alike(schools: pd.DataFrame, limits: Limits) -> Flags:
    """Pairs of the same level, status and place, as far as asked; unknown is like nothing.

    A village is the same where its kecamatan is too: names of villages are not unique.

    Method: docs/method.md eq. 111.
    """
    pairs = _equal(schools["level"].astype("str").str.upper())
    if not limits.may_mix_status and "status" in schools:
        status = schools["status"].astype("object").fillna("").astype("str").str.casefold()
        pairs &= _equal(status)
    if limits.same:
        place = place_names(schools[limits.same])
        pairs &= _equal(place) & (place != "").to_numpy()[:, None]
    if limits.same == "village" and "kecamatan" in schools:
        above = place_names(schools["kecamatan"])
        is_silent = (above == "").to_numpy()
        pairs &= _equal(above) | is_silent[:, None] | is_silent
    return pairs


def _equal(values: pd.Series) -> Flags:
    code = pd.factorize(values)[0]
    return np.asarray(code[:, None] == code)
