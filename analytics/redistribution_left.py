"""Why people to spare stay where they are: the first cause that alone explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analytics.redistribution_cells import UNLISTED, Ground, fits, level_allows
from analytics.redistribution_findings import COORDINATES
from analytics.redistribution_reach import Reach, Targets
from analytics.redistribution_situation import MoveChoice, Question
from analytics.redistribution_spare import Spare, places_of, surplus_people, why_excluded
from analytics.redistribution_words import Both, said

_LEFT: Mapping[str, Both] = {
    "no_deficit": ("Tidak ada kekurangan {post} di sekolah mana pun.",
                   "No school is short of: {post}."),
    "certificate": ("Sertifikatnya bukan {post}, dan bidang sertifikatnya tidak kurang.",
                    "The certificate is not that of {post}, and its subject is not short."),
    "level": ("Kekurangan {post} hanya ada di jenjang lain.",
              "Only schools of other levels are short of: {post}."),
    "too_far": ("Kekurangan {post} terdekat {nearest} km, di luar batas {limit} km.",
                "The nearest school short of {post} is {nearest} km away, beyond {limit} km."),
    "coordinates": ("Koordinat sekolah asal belum dapat dipercaya ({code}); betulkan dahulu.",
                    "The point of the present school cannot be believed yet ({code}); mend it."),
    "unlisted": ("Sekolah asal tidak ada di daftar sekolah, jadi letaknya tidak diketahui.",
                 "The present school is not in the list of schools: nobody knows where it is."),
    "coordinates_target": (
        "Kekurangan {post} hanya di sekolah yang koordinatnya belum dipercaya.",
        "Only schools whose point is not believed are short of: {post}."),
    "excluded": ("Tidak ada yang boleh pindah: {why}.", "Nobody may move: {why}."),
    "hours": ("Kekurangan {post} yang terjangkau kurang dari {least} JP.",
              "What is short of {post} within reach is less than {least} JP."),
    "private_never": ("Kekurangan {post} hanya di sekolah swasta, yang tidak diikutkan.",
                      "Only private schools, which are left out, are short of: {post}."),
    "private_rank": (
        "Kekurangan {post} yang terjangkau hanya di sekolah swasta; pangkat atau jenjangnya belum"
        " memenuhi syarat bertugas di sana.",
        "Only private schools within reach are short of {post}; the rank or step does not allow"
        " serving there yet."),
    "pair_forbidden": ("Pasangan yang mungkin dilarang.", "The pairs that could be are forbidden."),
    "closed_target": ("Kekurangan {post} hanya di sekolah yang ditutup dari perpindahan.",
                      "Only schools closed to moves are short of: {post}."),
    "opens_more": (
        "Pindahnya membuka lagi jam yang diajarkan di samping jabatannya: lebih banyak daripada"
        " yang terisi.",
        "The move would open the hours taught beside the post again: more than it fills."),
    "filled_by_others": ("Kekurangan {post} yang terjangkau sudah diisi orang lain.",
                         "Others have filled what was short of {post} within reach."),
}  # fmt: skip


def left_reasons(
    left: pd.DataFrame, base: Ground, ways: Reach, asked: Question, short: pd.DataFrame
) -> pd.DataFrame:
    """Why people to spare stay where they are.

    Parameters
    ----------
    short
        ``npsn``, ``post`` of the posts still short.

    Method: docs/method.md eq. 157.
    """
    choice, law = asked.choice, asked.law
    rows: list[tuple[str, str, str, object]] = []
    of_cell: dict[tuple[str, str], list[Spare]] = {}
    for each in surplus_people(base):
        of_cell.setdefault((each.npsn, each.post), []).append(each)
    vacant = _Vacancies(base, choice)
    places = places_of(base)
    has_way = set(ways.groups["cell"].iloc[ways.ways["group"].unique()])
    index = {(cell.npsn, cell.post): cell.Index for cell in base.cells.itertuples()}
    open_cells = [index[cell] for cell in zip(short["npsn"], short["post"], strict=True)]
    to_open = ways.ways.loc[ways.ways["cell"].isin(open_cells), "group"].unique()
    may_still = set(ways.groups["cell"].iloc[to_open])
    for row in left.itertuples():
        facts: dict[str, object] = {
            "post": row.post, "limit": choice.max_km, "least": law.least,
        }  # fmt: skip
        if row.left_count == 0:
            rows.append(("", "", "", None))
            continue
        here = of_cell[row.npsn, row.post]
        open_to = [each for each in here if each.status == "candidate"]
        # Those who may go have gone; what is left to explain is why the others may not.
        if len(open_to) <= row.moved_count:
            why = why_excluded([each.status for each in here], choice)
            rows.append(("excluded", *said(_LEFT["excluded"], why=why), None))
            continue
        code, more = "filled_by_others", dict[str, object]()
        if index[row.npsn, row.post] in may_still and any(each.opens for each in open_to):
            code = "opens_more"
        if index[row.npsn, row.post] not in has_way:
            code, more = _why_left(row, open_to, places, vacant, asked)
        facts |= more
        rows.append((code, *said(_LEFT[code], **facts), facts.get("nearest")))
    told = ["reason_code", "reason", "reason_en", "nearest_km"]
    reasons = pd.DataFrame(rows, columns=told, index=left.index)
    follows = [asked.situation.merges.get(npsn, "") for npsn in left["npsn"]]
    columns = ["npsn", "post", "needed_count", "in_post_count", "surplus_count", "moved_count"]
    table = left[[*columns, "left_count"]].assign(follows_npsn=follows).join(reasons)
    texts = dict.fromkeys(("reason_code", "reason", "reason_en", "follows_npsn"), "str")
    return table.astype({**texts, "nearest_km": "float64"})


class _Vacant(NamedTuple):
    """One cell with an empty post."""

    npsn: str
    post: str
    level: str
    hours: float
    is_usable: bool
    is_locked: bool
    is_private: bool
    kecamatan: str


def _vacant(base: Ground) -> list[_Vacant]:
    cells = base.cells.loc[base.cells["vacant_count"] > 0]
    place = base.schools.loc[cells["npsn"]]
    hours = np.where(cells["full_count"] > 0, cells["full_hours"], cells["part_hours"])
    told = (place[name] for name in ("is_usable", "is_locked", "is_private", "kecamatan"))
    return [
        _Vacant(*each)
        for each in zip(cells["npsn"], cells["post"], place["level"], hours, *told, strict=True)
    ]


class _Vacancies:
    """Cells with an empty post by who could fill them, each question answered once."""

    def __init__(self, base: Ground, choice: MoveChoice) -> None:
        self._base, self._across = base, choice.across_levels
        self._without_private = choice.private == "never"
        self._every = _vacant(base)
        self._fitting: dict[tuple[frozenset[str], str], tuple[_Open, ...]] = {}

    def held(self, post: str, npsn: str) -> bool:
        """Whether the very post is empty elsewhere."""
        return any(each.post == post and each.npsn != npsn for each in self._every)

    def fitting(self, posts: frozenset[str], level: str) -> tuple[_Open, ...]:
        """Cells that these posts fit, step by step: all, of the level, placed, unlocked, open.

        Open are those of private schools too, unless these are left out altogether.
        """
        if (posts, level) not in self._fitting:
            able = [each for each in self._every if fits(posts, each.post)]
            near = [
                each for each in able if level_allows(level, each.level, each.post, self._across)
            ]
            placed = [each for each in near if each.is_usable]
            free = [each for each in placed if not each.is_locked]
            entered = [each for each in free if not (each.is_private and self._without_private)]
            steps = (able, near, placed, free, entered)
            self._fitting[posts, level] = tuple(_Open(self._base, cells) for cells in steps)
        return self._fitting[posts, level]


class _Open:
    """Some cells with an empty post, by school."""

    def __init__(self, base: Ground, cells: list[_Vacant]) -> None:
        self.by_school: dict[str, list[_Vacant]] = {}
        for each in cells:
            self.by_school.setdefault(each.npsn, []).append(each)
        self._base = base
        self._targets: Targets | None = None

    def is_elsewhere(self, npsn: str) -> bool:
        """Whether there is any outside this school."""
        return len(self.by_school) - (npsn in self.by_school) > 0

    def km_from(self, npsn: str, detour: float) -> dict[str, float]:
        """Km to each of the schools but this one."""
        if self._targets is None:
            self._targets = Targets(self._base, list(self.by_school))
        return self._targets.km_from(npsn, detour)


def _why_left(
    row: object, open_to: list[Spare], places: dict[str, Any], vacant: _Vacancies, asked: Question
) -> tuple[str, dict[str, object]]:
    choice = asked.choice
    npsn = row.npsn  # type: ignore[attr-defined]
    place = places[npsn]
    posts = frozenset().union(*(each.fits for each in open_to))
    able, of_level, placed, free, entered = vacant.fitting(posts, str(place.level))
    if not able.is_elsewhere(npsn):
        held = vacant.held(row.post, npsn)  # type: ignore[attr-defined]
        return ("certificate" if held else "no_deficit"), {}
    if not of_level.is_elsewhere(npsn):
        return "level", {}
    if not place.is_usable:
        if place.code == UNLISTED:
            return "unlisted", {}
        return "coordinates", {"code": COORDINATES[place.code]}
    if not placed.is_elsewhere(npsn):
        return "coordinates_target", {}
    if not free.is_elsewhere(npsn):
        return "closed_target", {}
    if not entered.is_elsewhere(npsn):
        return "private_never", {}
    km = entered.km_from(npsn, choice.detour)
    nearest = min(km.values())
    homes = {each.home for each in open_to} - {""} if choice.use_home else set()
    near = [
        each for at, far in km.items() for each in entered.by_school[at]
        if far <= choice.max_km or each.kecamatan in homes
    ]  # fmt: skip
    if not near:
        return "too_far", {"nearest": nearest}
    if not any(each.may_private for each in open_to):
        near = [each for each in near if not each.is_private]
        if not near:
            return "private_rank", {"nearest": nearest}
    if not any(each.hours >= asked.law.least for each in near):
        return "hours", {"nearest": nearest}
    return "pair_forbidden", {"nearest": nearest}
