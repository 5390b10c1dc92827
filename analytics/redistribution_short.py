"""Why a post stays empty: the first cause that alone explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analytics.redistribution_cells import UNLISTED, Ground, fits, level_allows
from analytics.redistribution_findings import COORDINATES
from analytics.redistribution_reach import Reach, Targets
from analytics.redistribution_situation import Question
from analytics.redistribution_spare import Spare, places_of, surplus_people, why_excluded
from analytics.redistribution_words import Both, said

_UNFILLED: Mapping[str, Both] = {
    "no_surplus": ("Tidak ada kelebihan {post} di sekolah mana pun.",
                   "No school has one to spare: {post}."),
    "certificate": ("Ada kelebihan {post}, tetapi sertifikatnya mata pelajaran lain.",
                    "There are people to spare ({post}), with certificates of other subjects."),
    "level": ("Kelebihan {post} hanya ada di jenjang lain.",
              "Only schools of other levels have one to spare: {post}."),
    "too_far": ("Kelebihan {post} terdekat {nearest} km, di luar batas {limit} km.",
                "The nearest to spare ({post}) is {nearest} km away, beyond {limit} km."),
    "coordinates": ("Koordinat sekolah ini belum dapat dipercaya ({code}); betulkan dahulu.",
                    "The point of this school cannot be believed yet ({code}); mend it first."),
    "unlisted": ("Sekolah ini tidak ada di daftar sekolah, jadi letaknya tidak diketahui.",
                 "This school is not in the list of schools: nobody knows where it is."),
    "coordinates_origin": ("Kelebihan {post} hanya di sekolah yang koordinatnya belum dipercaya.",
                           "Only schools whose point is not believed have one to spare: {post}."),
    "excluded": ("Kelebihan {post} ada dalam {limit} km, tetapi {why}.",
                 "There are people to spare within {limit} km ({post}), but {why}."),
    "private_rank": ("Yang dekat belum memenuhi syarat bertugas di sekolah swasta.",
                     "Those near may not serve in a private school yet."),
    "private_never": ("Sekolah swasta tidak diikutkan.", "Private schools are left out."),
    "school_locked": ("Sekolah ini ditutup dari perpindahan.", "This school is closed to moves."),
    "pair_forbidden": ("Pasangan yang mungkin dilarang.", "The pairs that could be are forbidden."),
    "hours_split_off": (
        "Hanya {hours} JP, kurang dari {least} JP; perlu dua sekolah (satmin dan tambahan).",
        "Only {hours} JP, less than {least} JP; it takes two schools (satmin and another)."),
    "hours_no_partner": (
        "Hanya {hours} JP dan tidak ada orang atau sekolah tambahan yang melengkapi {least} JP.",
        "Only {hours} JP, and no person or second school that makes it {least} JP."),
    "opened": ("{opened} JP terbuka lagi: yang mengajarkannya di samping jabatannya pindah.",
               "{opened} JP are open again: who taught them beside the own post moves."),
    "opens_more": (
        "Yang dapat pindah mengajar juga di samping jabatannya; pindahnya membuka lagi lebih banyak"
        " jam daripada yang terisi.",
        "Those who could move teach beside their post too; moving opens more hours than it fills."),
    "used_elsewhere": ("Semua {post} lebih yang terjangkau sudah mengisi kekurangan lain.",
                       "All to spare within reach ({post}) already fill other posts."),
}  # fmt: skip


def unfilled_reasons(
    unfilled: pd.DataFrame, base: Ground, ways: Reach, asked: Question, moves: pd.DataFrame
) -> pd.DataFrame:
    """Why each post stays empty: the first cause that alone explains it.

    Parameters
    ----------
    moves
        ``person_id`` of whoever moves.

    Method: docs/method.md eq. 157, 328.
    """
    choice, law = asked.choice, asked.law
    pool = _Pool(base, choice.across_levels)
    place = places_of(base)
    reached = _reached(ways, "cell") | _reached(ways, "other_cell")
    index = {(cell.npsn, cell.post): cell.Index for cell in base.cells.itertuples()}
    dear = _dear(base, ways, set(moves["person_id"]))
    rows = []
    for row in unfilled.itertuples():
        at = index[row.npsn, row.post]
        code, facts = _why_unfilled(row, place, pool, at in reached, asked)
        if row.opened_count >= row.short_count:
            code, facts = "opened", {"opened": row.opened_hours}
        facts = {
            "post": row.post, "limit": choice.max_km, "hours": row.part_short_hours,
            "least": law.least, **facts,
        }  # fmt: skip
        if code == "reachable":
            # Ways are there, but all who could come were needed elsewhere, or the part is short.
            short_part = row.whole_short_count == 0 and 0 < row.part_short_hours < law.least
            code = "used_elsewhere"
            if short_part:
                code = "hours_no_partner" if choice.split else "hours_split_off"
            elif at in dear:
                code = "opens_more"
        rows.append((code, *said(_UNFILLED[code], **facts), facts.get("nearest")))
    told = ["reason_code", "reason", "reason_en", "nearest_km"]
    reasons = pd.DataFrame(rows, columns=told, index=unfilled.index)
    columns = ["npsn", "post", "is_private", "needed_count", "in_post_count", "short_count"]
    table = unfilled[[*columns, "short_fte", "whole_short_count", "part_short_hours"]]
    return table.join(reasons).astype({**dict.fromkeys(told[:3], "str"), "nearest_km": "float64"})


class _Near(NamedTuple):
    """People by the school they are in, and those schools on the map."""

    people: dict[str, list[Spare]]
    targets: Targets


class _Pool:
    """People of surplus posts by what they could fill, each question answered once."""

    def __init__(self, base: Ground, across: bool) -> None:
        spare = surplus_people(base)
        self._base = base
        self._across = across
        self._schools: dict[str, set[str]] = {}
        self._spare = spare
        self._able: dict[str, list[Spare]] = {}
        self._level: dict[tuple[str, str], _Near] = {}
        self._holders: dict[str, set[str]] = {}
        for each in spare:
            self._holders.setdefault(each.post, set()).add(each.npsn)

    def able(self, post: str) -> list[Spare]:
        """People who fit a post."""
        if post not in self._able:
            self._able[post] = [each for each in self._spare if fits(each.fits, post)]
        return self._able[post]

    def of_level(self, post: str, level: str) -> _Near:
        """Of them those whose level lets them, by the school they are in."""
        if (post, level) not in self._level:
            by_school: dict[str, list[Spare]] = {}
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
        if place.code == UNLISTED:
            return "unlisted", {}
        return "coordinates", {"code": COORDINATES[place.code]}
    km = able.targets.km_from(npsn, choice.detour)
    if not km:
        return "coordinates_origin", {}
    nearest = min(km.values())
    home = place.kecamatan if choice.use_home else ""
    near = []
    for school, people in able.people.items():
        if school != npsn and km.get(school, np.inf) <= choice.max_km:
            near += people
        elif school != npsn and home:
            near += [each for each in people if each.home == home]
    if not near:
        return "too_far", {"nearest": nearest}
    open_to = [each for each in near if each.status == "candidate"]
    if not open_to:
        why = why_excluded([each.status for each in near], choice)
        return "excluded", {"why": why, "nearest": nearest}
    if place.is_private and not any(each.may_private for each in open_to):
        return "private_rank", {"nearest": nearest}
    if all(
        (each.person_id, npsn) in locks.forbidden or (each.npsn, npsn) in locks.forbidden
        for each in open_to
    ):
        return "pair_forbidden", {"nearest": nearest}
    return "reachable", {"nearest": nearest}


def _dear(base: Ground, ways: Reach, gone: set[str]) -> set[int]:
    """Cells that somebody could fill who did not move and whose move would open hours again."""
    people = base.people
    stays = (people["opens"] + people["opens_private"] > 0) & ~people["person_id"].isin(list(gone))
    if not stays.any():
        return set()
    groups = [at for at, rows in ways.groups["people"].items() if stays.iloc[list(rows)].any()]
    return set(ways.ways.loc[ways.ways["group"].isin(groups), "cell"])


def _reached(ways: Reach, column: str) -> set[int]:
    return set(ways.ways[column].unique()) if len(ways.ways) else set()
