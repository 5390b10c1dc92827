"""Why a post stays empty and why people to spare stay: the first cause that alone explains it."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analytics.redistribution_cells import Ground, fits, level_allows
from analytics.redistribution_reach import Reach, reachable_km
from analytics.redistribution_reasons import COORDINATES, number_words, post_words
from analytics.redistribution_situation import MoveChoice, Question

# Why people of a surplus post may not move, as said of several.
_EXCLUDED = {
    "near_bup": "yang ada kurang dari {years} tahun lagi pensiun",
    "bup_unknown": "tanggal pensiun yang ada tidak diketahui",
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
    pool = _Pool(_surplus_people(base), choice)
    reached = _reached(ways, "cell") | _reached(ways, "other_cell")
    index = {(cell.npsn, cell.post): cell.Index for cell in base.cells.itertuples()}
    rows = []
    for row in unfilled.itertuples():
        at = index[row.npsn, row.post]
        code, facts = _why_unfilled(row, base, pool, at in reached, asked)
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


class _Pool:
    """People of surplus posts by what they could fill, each question answered once."""

    def __init__(self, surplus: pd.DataFrame, choice: MoveChoice) -> None:
        self._surplus, self._across = surplus, choice.across_levels
        self._able: dict[str, pd.DataFrame] = {}
        self._level: dict[tuple[str, str], pd.DataFrame] = {}

    def able(self, post: str) -> pd.DataFrame:
        """People who fit a post."""
        if post not in self._able:
            kinds = {each: fits(each, post) for each in set(self._surplus["fits"])}
            self._able[post] = self._surplus.loc[[kinds[each] for each in self._surplus["fits"]]]
        return self._able[post]

    def of_level(self, post: str, level: str) -> pd.DataFrame:
        """Of them those whose level lets them."""
        if (post, level) not in self._level:
            able = self.able(post)
            kinds = {
                each: level_allows(each, level, post, self._across) for each in set(able["level"])
            }
            self._level[post, level] = able.loc[[kinds[each] for each in able["level"]]]
        return self._level[post, level]

    def holds(self, post: str, npsn: str) -> bool:
        """Whether anybody elsewhere holds the post, whatever his certificate."""
        held = self._surplus["held_post"].eq(post) & (self._surplus["npsn"] != npsn)
        return bool(held.any())


def _why_unfilled(
    row: object, base: Ground, pool: _Pool, is_reached: bool, asked: Question
) -> tuple[str, dict[str, object]]:
    choice, locks = asked.choice, asked.locks
    npsn, post = row.npsn, row.post  # type: ignore[attr-defined]
    place = base.schools.loc[npsn]
    if place["is_locked"]:
        return "school_locked", {}
    if place["is_private"] and choice.private == "never":
        return "private_never", {}
    if is_reached:
        return "reachable", {}
    able = pool.able(post)
    if not (able["npsn"] != npsn).any():
        return ("certificate" if pool.holds(post, npsn) else "no_surplus"), {}
    own = pool.of_level(post, str(place["level"]))
    own = own.loc[(own["npsn"] != npsn).to_numpy()]
    if own.empty:
        return "level", {}
    if not place["is_usable"]:
        return "coordinates", {"code": COORDINATES[place["code"]]}
    km = reachable_km(base, npsn, sorted(set(own["npsn"])), choice.detour)
    if not km:
        return "coordinates_origin", {}
    nearest = min(km.values())
    near = own.loc[own["npsn"].map(km).le(choice.max_km) | _lives_at(own, place, choice)]
    if near.empty:
        return "too_far", {"km": number_words(nearest), "nearest": nearest}
    open_to = near.loc[near["status"] == "candidate"]
    if open_to.empty:
        return "excluded", {"why": _why_excluded(near["status"], choice), "nearest": nearest}
    if place["is_private"] and not open_to["may_private"].any():
        return "private_rank", {"nearest": nearest}
    barred = [
        (who, npsn) in locks.forbidden or (where, npsn) in locks.forbidden
        for who, where in zip(open_to["person_id"], open_to["npsn"], strict=True)
    ]
    if all(barred):
        return "pair_forbidden", {"nearest": nearest}
    return "reachable", {"nearest": nearest}


def left_reasons(left: pd.DataFrame, base: Ground, ways: Reach, asked: Question) -> pd.DataFrame:
    """Why people to spare stay where they are.

    Method: docs/method.md eq. 157.
    """
    choice, law = asked.choice, asked.law
    rows: list[tuple[str, str, object]] = []
    surplus = _surplus_people(base)
    of_cell = dict(list(surplus.groupby(["npsn", "held_post"])))
    vacant = base.cells.loc[base.cells["vacant_count"] > 0]
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
        open_to = here.loc[here["status"] == "candidate"]
        # Those who may go have gone; what is left to explain is why the others may not.
        if len(open_to) <= row.moved_count:
            why = _why_excluded(here["status"], choice)
            rows.append(("excluded", _LEFT["excluded"].format(why=why), None))
            continue
        code, more = "filled_by_others", dict[str, object]()
        if index[row.npsn, row.post] not in has_way:
            code, more = _why_left(row, open_to, base, vacant, asked)
        facts |= more
        rows.append((code, _LEFT[code].format(**facts), facts.get("nearest")))
    reasons = pd.DataFrame(rows, columns=["reason_code", "reason", "nearest_km"], index=left.index)
    follows = [asked.situation.merges.get(npsn, "") for npsn in left["npsn"]]
    columns = ["npsn", "post", "needed_count", "in_post_count", "surplus_count", "moved_count"]
    table = left[[*columns, "left_count"]].assign(follows_npsn=follows).join(reasons)
    return table.astype(
        {"reason_code": "str", "reason": "str", "nearest_km": "float64", "follows_npsn": "str"}
    )


def _why_left(
    row: object, open_to: pd.DataFrame, base: Ground, vacant: pd.DataFrame, asked: Question
) -> tuple[str, dict[str, object]]:
    choice, law, usable = asked.choice, asked.law, base.schools["is_usable"]
    npsn = row.npsn  # type: ignore[attr-defined]
    posts = frozenset().union(*open_to["fits"])
    fitting = vacant.loc[[fits(posts, post) for post in vacant["post"]]]
    fitting = fitting.loc[fitting["npsn"] != npsn]
    if fitting.empty:
        held = vacant["post"].eq(row.post) & (vacant["npsn"] != npsn)  # type: ignore[attr-defined]
        return ("certificate" if held.any() else "no_deficit"), {}
    place = base.schools.loc[npsn]
    there = base.schools.loc[fitting["npsn"]]
    same = [
        level_allows(str(place["level"]), level, post, choice.across_levels)
        for level, post in zip(there["level"], fitting["post"], strict=True)
    ]
    fitting = fitting.loc[same]
    if fitting.empty:
        return "level", {}
    if not place["is_usable"]:
        return "coordinates", {"code": COORDINATES[place["code"]]}
    fitting = fitting.loc[usable.loc[fitting["npsn"]].to_numpy()]
    if fitting.empty:
        return "coordinates_target", {}
    shut = base.schools["is_locked"].loc[fitting["npsn"]].to_numpy(dtype=bool)
    if shut.all():
        return "closed_target", {}
    fitting = fitting.loc[~shut]
    km = reachable_km(base, npsn, sorted(set(fitting["npsn"])), choice.detour)
    nearest = min(km.values())
    near = fitting.loc[fitting["npsn"].map(km).to_numpy() <= choice.max_km]
    if near.empty:
        return "too_far", {"km": number_words(nearest), "nearest": nearest}
    if not ((near["full_count"] > 0) | (near["part_hours"] >= law.least)).any():
        return "hours", {"nearest": nearest}
    private = base.schools["is_private"].loc[near["npsn"]]
    return ("filled_by_others" if private.all() else "pair_forbidden"), {"nearest": nearest}


def _surplus_people(base: Ground) -> pd.DataFrame:
    """People of cells with a surplus, whether they may move or not."""
    many = base.cells.loc[base.cells["surplus_count"] > 0]
    keys = set(zip(many["npsn"], many["post"], strict=True))
    people = base.people
    apart = people["status"].isin(["apart", "gone", "head", "no_school"])
    own = [
        (npsn, post) in keys for npsn, post in zip(people["npsn"], people["held_post"], strict=True)
    ]
    told = ["person_id", "npsn", "held_post", "fits", "status", "may_private", "home_kecamatan"]
    return people.loc[~apart & pd.Series(own, index=people.index, dtype=bool), [*told, "level"]]


def _reached(ways: Reach, column: str) -> set[int]:
    return set(ways.ways[column].unique()) if len(ways.ways) else set()


def _lives_at(people: pd.DataFrame, place: pd.Series, choice: MoveChoice) -> pd.Series:
    home = people["home_kecamatan"].str.casefold()
    return (home == place["kecamatan"].casefold()) & home.ne("") & choice.use_home


def _why_excluded(statuses: pd.Series, choice: MoveChoice) -> str:
    """The commonest cause among those who may not move."""
    counts = Counter(status for status in statuses if status in _EXCLUDED)
    if not counts:
        return "tidak ada yang boleh pindah"
    code = min(counts, key=lambda each: (-counts[each], each))
    return _EXCLUDED[code].format(
        years=choice.years_before_bup, kinds=" atau ".join(choice.employments)
    )
