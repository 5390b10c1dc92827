"""Who is to spare, and why some of them may not move, as said of several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from analytics.redistribution_cells import Ground
from analytics.redistribution_situation import MoveChoice
from analytics.redistribution_words import Both, said

# Why people of a surplus post may not move, as said of several.
_EXCLUDED: Mapping[str, Both] = {
    "near_bup": ("yang ada kurang dari {years} tahun lagi pensiun",
                 "those there retire within {years} years"),
    "bup_unknown": ("tanggal pensiun yang ada tidak diketahui",
                    "the days of retirement of those there are not known"),
    "serves_elsewhere": ("yang ada mengajar juga di sekolah lain",
                         "those there teach at another school too"),
    "locked_stay": ("yang ada dikunci tetap di sekolahnya", "those there are locked to stay"),
    "school_locked": ("sekolah asalnya ditutup dari perpindahan",
                      "their school is closed to moves"),
    "employment_unknown": ("status kepegawaian yang ada tidak diketahui",
                           "the kind of employment of those there is not known"),
    "employment": ("yang ada bukan {kinds}", "those there are not {kinds}"),
}  # fmt: skip
_NOBODY = ("tidak ada yang boleh pindah", "nobody may move")


class Spare(NamedTuple):
    """One person of a surplus post, whether he may move or not."""

    person_id: str
    npsn: str
    post: str
    fits: frozenset[str]
    status: str
    may_private: bool
    home: str
    level: str
    opens: float


def places_of(base: Ground) -> dict[str, Any]:
    """Facts of each school by NPSN, as a row each."""
    return {str(row.Index): row for row in base.schools.itertuples()}


def surplus_people(base: Ground) -> list[Spare]:
    """People of cells with a surplus, whether they may move or not."""
    many = base.cells.loc[base.cells["surplus_count"] > 0]
    keys = set(zip(many["npsn"], many["post"], strict=True))
    people = base.people
    people = people.loc[~people["status"].isin(["apart", "gone", "head", "no_school"])]
    told = ["person_id", "npsn", "held_post", "fits", "status", "may_private"]
    told += ["home_kecamatan", "level"]
    columns = [people[name].to_numpy(dtype=object) for name in told]
    opens = (people["opens"] + people["opens_private"]).tolist()
    return [
        Spare(*each) for each in zip(*columns, opens, strict=True) if (each[1], each[2]) in keys
    ]


def why_excluded(statuses: list[str], choice: MoveChoice) -> Both:
    """The commonest cause among those who may not move."""
    counts = Counter(status for status in statuses if status in _EXCLUDED)
    if not counts:
        return _NOBODY
    code = min(counts, key=lambda each: (-counts[each], each))
    kinds = (" atau ".join(choice.employments), " or ".join(choice.employments))
    return said(_EXCLUDED[code], years=choice.years_before_bup, kinds=kinds)
