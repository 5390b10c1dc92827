"""Why a post stays empty and why people to spare stay: the first cause that alone explains it."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analytics.redistribution_cells import Ground, fits, level_allows
from analytics.redistribution_reach import Reach, Targets
from analytics.redistribution_reasons import COORDINATES, number_words, post_words
from analytics.redistribution_situation import MoveChoice, Question

# Why people of a surplus post may not move, as said of several.
_EXCLUDED = {
    "near_bup": "yang ada kurang dari {years} tahun lagi pensiun",
    "bup_unknown": "tanggal pensiun yang ada tidak diketahui",
    "serves_elsewhere": "yang ada mengajar juga di sekolah lain",
    "locked_stay": "yang ada dikunci tetap di sekolahnya",
    "school_locked": "sekolah asalnya ditutup dari perpindahan",
    "employment": "yang ada bukan {kinds}",
}
_UNFILLED = {
    "no_surplus": "Tidak ada kelebihan {post} di sekolah mana pun.",
    "certificate": "Ada kelebihan {post}, tetapi sertifikatnya mata pelajaran lain.",
    "level": "Kelebihan {post} hanya ada di jenjang lain.",
    "too_far": "Kelebihan {post} terdekat {km} km, di luar batas {limit} km.",
    "coordinates": "Koordinat sekolah ini belum dapat dipercaya ({code}); betulkan dahulu.",
    "coordinates_origin": "Kelebihan {post} hanya di sekolah yang koordinatnya belum dipercaya.",
    "excluded": "Kelebihan {post} ada dalam {limit} km, tetapi {why}.",
    "private_rank": "Yang dekat belum memenuhi syarat bertugas di sekolah swasta.",
    "private_never": "Sekolah swasta tidak diikutkan.",
    "school_locked": "Sekolah ini ditutup dari perpindahan.",
    "pair_forbidden": "Pasangan yang mungkin dilarang.",
    "hours_split_off": "Hanya {hours} JP, kurang dari {least} JP; perlu dua sekolah"
    " (satmin dan tambahan).",
    "hours_no_partner": "Hanya {hours} JP dan tidak ada orang atau sekolah tambahan yang"
    " melengkapi {least} JP.",
    "used_elsewhere": "Semua {post} lebih yang terjangkau sudah mengisi kekurangan lain.",
}  # fmt: skip
_LEFT = {
    "no_deficit": "Tidak ada kekurangan {post} di sekolah mana pun.",
    "certificate": "Sertifikatnya bukan {post}, dan bidang sertifikatnya tidak kurang.",
    "level": "Kekurangan {post} hanya ada di jenjang lain.",
    "too_far": "Kekurangan {post} terdekat {km} km, di luar batas {limit} km.",
    "coordinates": "Koordinat sekolah asal belum dapat dipercaya ({code}); betulkan dahulu.",
    "coordinates_target": "Kekurangan {post} hanya di sekolah yang koordinatnya belum dipercaya.",
    "excluded": "Tidak ada yang boleh pindah: {why}.",
    "hours": "Kekurangan {post} yang terjangkau kurang dari {least} JP.",
    "pair_forbidden": "Pasangan yang mungkin dilarang.",
    "closed_target": "Kekurangan {post} hanya di sekolah yang ditutup dari perpindahan.",
    "filled_by_others": "Kekurangan {post} yang terjangkau sudah diisi orang lain.",
}  # fmt: skip


def unfilled_reasons(
    unfilled: pd.DataFrame, base: Ground, ways: Reach, asked: Question
) -> pd.DataFrame:
    """Why each post stays empty: the first cause that alone explains it.

    Method: docs/method.md eq. 157.
    """
    choice, law = asked.choice, asked.law
    pool = _Pool(base, choice.across_levels)
    place = _places(base)
    reached = _reached(ways, "cell") | _reached(ways, "other_cell")
    index = {(cell.npsn, cell.post): cell.Index for cell in base.cells.itertuples()}
    rows = []
    for row in unfilled.itertuples():
        at = index[row.npsn, row.post]
        code, facts = _why_unfilled(row, place, pool, at in reached, asked)
        facts = {
            "post": post_words(row.post), "limit": number_words(choice.max_km),
            "hours": number_words(row.part_short_hours), "least": number_words(law.least), **facts,
        }  # fmt: skip
        if code == "reachable":
            # Ways are there, but all who could come were needed elsewhere, or the part is short.
            short_part = row.whole_short_count == 0 and 0 < row.part_short_hours < law.least
            code = "used_elsewhere"
            if short_part:
                code = "hours_no_partner" if choice.split else "hours_split_off"
        rows.append((code, _UNFILLED[code].format(**facts), facts.get("nearest")))
    reasons = pd.DataFrame(
        rows, columns=["reason_code", "reason", "nearest_km"], index=unfilled.index
    )
    columns = ["npsn", "post", "is_private", "needed_count", "in_post_count", "short_count"]
    table = unfilled[[*columns, "short_fte", "whole_short_count", "part_short_hours"]]
    return table.join(reasons).astype(
        {"reason_code": "str", "reason": "str", "nearest_km": "float64"}
    )


class _Spare(NamedTuple):
    """One person of a surplus post, whether he may move or not."""

    person_id: str
    npsn: str
    post: str
    fits: frozenset[str]
    status: str
    may_private: bool
    home: str
    level: str


class _Near(NamedTuple):
    """People by the school they are in, and those schools on the map."""

    people: dict[str, list[_Spare]]
    targets: Targets


class _Pool:
    """People of surplus posts by what they could fill, each question answered once."""

    def __init__(self, base: Ground, across: bool) -> None:
        spare = _surplus_people(base)
        self._base = base
        self._across = across
        self._schools: dict[str, set[str]] = {}
        self._spare = spare
        self._able: dict[str, list[_Spare]] = {}
        self._level: dict[tuple[str, str], _Near] = {}
        self._holders: dict[str, set[str]] = {}
        for each in spare:
            self._holders.setdefault(each.post, set()).add(each.npsn)

    def able(self, post: str) -> list[_Spare]:
        """People who fit a post."""
        if post not in self._able:
            self._able[post] = [each for each in self._spare if fits(each.fits, post)]
        return self._able[post]

    def of_level(self, post: str, level: str) -> _Near:
        """Of them those whose level lets them, by the school they are in."""
        if (post, level) not in self._level:
            by_school: dict[str, list[_Spare]] = {}
            for each in self.able(post):
                if level_allows(each.level, level, post, self._across):
                    by_school.setdefault(each.npsn, []).append(each)
            self._level[post, level] = _Near(by_school, Targets(self._base, list(by_school)))
        return self._level[post, level]

    def elsewhere(self, post: str, npsn: str) -> bool:
        """Whether anybody in another school fits the post."""
        if post not in self._schools:
            self._schools[post] = {each.npsn for each in self.able(post)}
        return bool(self._schools[post] - {npsn})

    def holds(self, post: str, npsn: str) -> bool:
        """Whether anybody elsewhere holds the post, whatever his certificate."""
        return bool(self._holders.get(post, set()) - {npsn})


def _why_unfilled(
    row: object, places: dict[str, Any], pool: _Pool, is_reached: bool, asked: Question
) -> tuple[str, dict[str, object]]:
    choice, locks = asked.choice, asked.locks
    npsn, post = row.npsn, row.post  # type: ignore[attr-defined]
    place = places[npsn]
    if place.is_locked:
        return "school_locked", {}
    if place.is_private and choice.private == "never":
        return "private_never", {}
    if is_reached:
        return "reachable", {}
    if not pool.elsewhere(post, npsn):
        return ("certificate" if pool.holds(post, npsn) else "no_surplus"), {}
    able = pool.of_level(post, str(place.level))
    if not set(able.people) - {npsn}:
        return "level", {}
    if not place.is_usable:
        return "coordinates", {"code": COORDINATES[place.code]}
    km = able.targets.km_from(npsn, choice.detour)
    if not km:
        return "coordinates_origin", {}
    nearest = min(km.values())
    home = place.kecamatan.casefold() if choice.use_home else ""
    near = []
    for school, people in able.people.items():
        if school != npsn and km.get(school, np.inf) <= choice.max_km:
            near += people
        elif school != npsn and home:
            near += [each for each in people if each.home == home]
    if not near:
        return "too_far", {"km": number_words(nearest), "nearest": nearest}
    open_to = [each for each in near if each.status == "candidate"]
    if not open_to:
        why = _why_excluded([each.status for each in near], choice)
        return "excluded", {"why": why, "nearest": nearest}
    if place.is_private and not any(each.may_private for each in open_to):
        return "private_rank", {"nearest": nearest}
    if all(
        (each.person_id, npsn) in locks.forbidden or (each.npsn, npsn) in locks.forbidden
        for each in open_to
    ):
        return "pair_forbidden", {"nearest": nearest}
    return "reachable", {"nearest": nearest}


def left_reasons(left: pd.DataFrame, base: Ground, ways: Reach, asked: Question) -> pd.DataFrame:
    """Why people to spare stay where they are.

    Method: docs/method.md eq. 157.
    """
    choice, law = asked.choice, asked.law
    rows: list[tuple[str, str, object]] = []
    of_cell: dict[tuple[str, str], list[_Spare]] = {}
    for each in _surplus_people(base):
        of_cell.setdefault((each.npsn, each.post), []).append(each)
    vacant = _Vacancies(base, choice.across_levels)
    places = _places(base)
    has_way = set(ways.groups["cell"].iloc[ways.ways["group"].unique()])
    index = {(cell.npsn, cell.post): cell.Index for cell in base.cells.itertuples()}
    for row in left.itertuples():
        facts: dict[str, object] = {
            "post": post_words(row.post), "limit": number_words(choice.max_km),
            "least": number_words(law.least),
        }  # fmt: skip
        if row.left_count == 0:
            rows.append(("", "", None))
            continue
        here = of_cell[row.npsn, row.post]
        open_to = [each for each in here if each.status == "candidate"]
        # Those who may go have gone; what is left to explain is why the others may not.
        if len(open_to) <= row.moved_count:
            why = _why_excluded([each.status for each in here], choice)
            rows.append(("excluded", _LEFT["excluded"].format(why=why), None))
            continue
        code, more = "filled_by_others", dict[str, object]()
        if index[row.npsn, row.post] not in has_way:
            code, more = _why_left(row, open_to, places, vacant, asked)
        facts |= more
        rows.append((code, _LEFT[code].format(**facts), facts.get("nearest")))
    reasons = pd.DataFrame(rows, columns=["reason_code", "reason", "nearest_km"], index=left.index)
    follows = [asked.situation.merges.get(npsn, "") for npsn in left["npsn"]]
    columns = ["npsn", "post", "needed_count", "in_post_count", "surplus_count", "moved_count"]
    table = left[[*columns, "left_count"]].assign(follows_npsn=follows).join(reasons)
    return table.astype(
        {"reason_code": "str", "reason": "str", "nearest_km": "float64", "follows_npsn": "str"}
    )


class _Vacant(NamedTuple):
    """One cell with an empty post."""

    npsn: str
    post: str
    level: str
    hours: float
    is_usable: bool
    is_locked: bool
    is_private: bool


def _vacant(base: Ground) -> list[_Vacant]:
    cells = base.cells.loc[base.cells["vacant_count"] > 0]
    place = base.schools.loc[cells["npsn"]]
    hours = np.where(cells["full_count"] > 0, cells["full_hours"], cells["part_hours"])
    told = (place[name] for name in ("is_usable", "is_locked", "is_private"))
    return [
        _Vacant(*each)
        for each in zip(cells["npsn"], cells["post"], place["level"], hours, *told, strict=True)
    ]


class _Vacancies:
    """Cells with an empty post by who could fill them, each question answered once."""

    def __init__(self, base: Ground, across: bool) -> None:
        self._base, self._across = base, across
        self._every = _vacant(base)
        self._fitting: dict[tuple[frozenset[str], str], tuple[_Open, ...]] = {}

    def held(self, post: str, npsn: str) -> bool:
        """Whether the very post is empty elsewhere."""
        return any(each.post == post and each.npsn != npsn for each in self._every)

    def fitting(self, posts: frozenset[str], level: str) -> tuple[_Open, ...]:
        """Cells that these posts fit, in four steps: all, of the level, placed, not locked."""
        if (posts, level) not in self._fitting:
            able = [each for each in self._every if fits(posts, each.post)]
            near = [
                each for each in able if level_allows(level, each.level, each.post, self._across)
            ]
            placed = [each for each in near if each.is_usable]
            free = [each for each in placed if not each.is_locked]
            steps = (able, near, placed, free)
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
    row: object, open_to: list[_Spare], places: dict[str, Any], vacant: _Vacancies, asked: Question
) -> tuple[str, dict[str, object]]:
    choice = asked.choice
    npsn = row.npsn  # type: ignore[attr-defined]
    place = places[npsn]
    posts = frozenset().union(*(each.fits for each in open_to))
    able, of_level, placed, free = vacant.fitting(posts, str(place.level))
    if not able.is_elsewhere(npsn):
        held = vacant.held(row.post, npsn)  # type: ignore[attr-defined]
        return ("certificate" if held else "no_deficit"), {}
    if not of_level.is_elsewhere(npsn):
        return "level", {}
    if not place.is_usable:
        return "coordinates", {"code": COORDINATES[place.code]}
    if not placed.is_elsewhere(npsn):
        return "coordinates_target", {}
    if not free.is_elsewhere(npsn):
        return "closed_target", {}
    km = free.km_from(npsn, choice.detour)
    nearest = min(km.values())
    near = [each for at, far in km.items() if far <= choice.max_km for each in free.by_school[at]]
    if not near:
        return "too_far", {"km": number_words(nearest), "nearest": nearest}
    if not any(each.hours >= asked.law.least for each in near):
        return "hours", {"nearest": nearest}
    private = all(each.is_private for each in near)
    return ("filled_by_others" if private else "pair_forbidden"), {"nearest": nearest}


def _places(base: Ground) -> dict[str, Any]:
    """Facts of each school by NPSN, as a row each."""
    return {str(row.Index): row for row in base.schools.itertuples()}


def _surplus_people(base: Ground) -> list[_Spare]:
    """People of cells with a surplus, whether they may move or not."""
    many = base.cells.loc[base.cells["surplus_count"] > 0]
    keys = set(zip(many["npsn"], many["post"], strict=True))
    people = base.people
    people = people.loc[~people["status"].isin(["apart", "gone", "head", "no_school"])]
    told = ["person_id", "npsn", "held_post", "fits", "status", "may_private"]
    columns = [people[name].to_numpy(dtype=object) for name in told]
    columns.append(people["home_kecamatan"].str.casefold().to_numpy(dtype=object))
    return [
        _Spare(*each)
        for each in zip(*columns, people["level"].to_numpy(dtype=object), strict=True)
        if (each[1], each[2]) in keys
    ]


def _reached(ways: Reach, column: str) -> set[int]:
    return set(ways.ways[column].unique()) if len(ways.ways) else set()


def _why_excluded(statuses: list[str], choice: MoveChoice) -> str:
    """The commonest cause among those who may not move."""
    counts = Counter(status for status in statuses if status in _EXCLUDED)
    if not counts:
        return "tidak ada yang boleh pindah"
    code = min(counts, key=lambda each: (-counts[each], each))
    return _EXCLUDED[code].format(
        years=choice.years_before_bup, kinds=" atau ".join(choice.employments)
    )
