"""What is to mend or to know before moves are believed, in Indonesian and English.

The sentences are those of ``data/faults.csv``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from analytics.checks_cells import UNKNOWN
from analytics.faults import Fault
from analytics.redistribution_cells import UNLISTED, Ground, school_names
from analytics.redistribution_situation import Question

FINDING_COLUMNS = ["code", "npsn", "person_id", "text", "text_en", "remedy", "remedy_en"]
# Why a point is not believed.
COORDINATES: Mapping[str, tuple[str, str]] = {
    UNLISTED: ("tidak ada di daftar sekolah", "not in the list of schools"),
    "coordinate_missing": ("koordinat kosong", "no coordinates"),
    "coordinate_zero": ("koordinat nol", "coordinates are zero"),
    "coordinate_unusable": (
        "koordinat tidak lengkap atau terpotong",
        "coordinates are half missing or cut off",
    ),
    "coordinate_swapped": ("lintang dan bujur tertukar", "latitude and longitude are swapped"),
    "coordinate_outside": ("koordinat di luar wilayah", "the point lies outside the area"),
    "coordinate_shared": (
        "koordinat dipakai sekolah lain juga",
        "another school has this very point",
    ),
}
# Findings told by the number of people they are of.
_COUNTED = ("post_unknown", "school_unassessed", "post_unassessed", "no_school", "bup_unknown")
_NO_PERSON = ("orangnya tidak ada di daftar", "this person is not in the list")
_NOTHING_FITS = (
    "tidak ada jabatan kosong yang cocok dan terjangkau",
    "no empty post that fits is within reach",
)
# Why somebody stays who might have moved, as said of one.
WHY_STAYS = {
    "no_surplus": (
        "sekolah asalnya tidak berlebih pada jabatan itu",
        "the present school has none to spare of that post",
    ),
    "near_bup": ("terlalu dekat dengan pensiun", "too near to retirement"),
    "bup_unknown": ("tanggal pensiunnya tidak diketahui", "the day of retirement is not known"),
    "school_locked": (
        "sekolah asalnya ditutup dari perpindahan",
        "the present school is closed to moves",
    ),
    "employment_unknown": (
        "status kepegawaiannya tidak diketahui",
        "the kind of employment is not known",
    ),
    "employment": (
        "status kepegawaiannya tidak diikutkan",
        "people of that kind of employment are not moved",
    ),
    "serves_elsewhere": ("mengajar juga di sekolah lain", "teaches at another school too"),
    "apart": (
        "sedang tidak bertugas atau berstatus khusus",
        "is off duty or of a special status",
    ),
    "gone": ("sudah pensiun pada hari itu", "is retired by that day"),
    "head": ("kepala sekolah tidak diikutkan", "heads are not moved"),
}


class Finding(NamedTuple):
    """One thing to mend or to know; ``npsn`` and ``person_id`` are '' where it is of no one.

    ``code``: where it is more than the sentence says, which fault of a point; '': the sentence's.
    """

    fault: Fault
    npsn: str = ""
    person_id: str = ""
    code: str = ""

    def row(self) -> dict[str, str]:
        """The finding in words: ``FINDING_COLUMNS``."""
        fault = self.fault
        told = (fault.message("id"), fault.message("en"), fault.remedy("id"), fault.remedy("en"))
        of = (self.code or fault.code, self.npsn, self.person_id)
        return dict(zip(FINDING_COLUMNS, (*of, *told), strict=True))


def findings(base: Ground, moves: pd.DataFrame, asked: Question) -> pd.DataFrame:
    """Things to mend or to know: coordinates, unknown posts, locks that could not be met.

    Parameters
    ----------
    moves
        One row per move: ``person_id``, ``kind``.

    Returns
    -------
    One row per finding: ``code``, ``npsn``, ``person_id`` ('' where it is of no one), ``text`` and
    ``remedy`` in Indonesian, ``text_en`` and ``remedy_en`` in English.
    """
    found = [
        *_points(base),
        *_people(base, asked),
        *_locks(base, moves, asked),
        *_strangers(base, asked),
    ]
    return pd.DataFrame([each.row() for each in found], columns=FINDING_COLUMNS).astype("str")


def _fault(code: str, **details: object) -> Fault:
    return Fault("", code, details=details)


def _points(base: Ground) -> list[Finding]:
    """Schools that matter and whose place cannot be believed."""
    cells = base.cells
    wanted = set(cells.loc[(cells["vacant_count"] > 0) | (cells["surplus_count"] > 0), "npsn"])
    name = school_names(base)
    bad = base.schools.loc[(base.schools["code"] != "") & ~base.schools["is_usable"].astype(bool)]
    found = []
    for npsn, code in bad["code"].items():
        if npsn in wanted:
            why = COORDINATES[str(code)]
            kind = "move_school_unlisted" if code == UNLISTED else "move_point"
            told = _fault(kind, school=name[str(npsn)], why_id=why[0], why_en=why[1])
            found.append(Finding(told, str(npsn), code=str(code)))
    return found


def _people(base: Ground, asked: Question) -> list[Finding]:
    """What is not known of people, each told once with how many it is of."""
    people, choice = base.people, asked.choice
    counts = Counter(people["status"])
    found = [Finding(_fault(code, n=counts[code])) for code in _COUNTED if counts[code]]
    if choice.years_before_bup and people["retires_on"].isna().all() and len(people):
        found.append(Finding(_fault("bup_none_known")))
    untold = (people["status"] == "employment_unknown") & (people["employment"] != UNKNOWN)
    if people["employment"].eq("").all() and len(people):
        found.append(Finding(_fault("employment_none_known", n=int(untold.sum()))))
    elif untold.any():
        found.append(Finding(_fault("employment_unknown", n=int(untold.sum()))))
    return found


def _locks(base: Ground, moves: pd.DataFrame, asked: Question) -> list[Finding]:
    """Locks that could not be met, or that name nobody."""
    locks = asked.locks
    gone = set(moves.loc[moves["kind"] != "same_school", "person_id"])
    status = base.people.set_index("person_id")["status"]
    found = []
    for person in sorted(locks.moves - gone):
        why = _NO_PERSON
        if person in status.index:
            why = WHY_STAYS.get(status[person], _NOTHING_FITS)
        told = _fault("lock_unmet", why_id=why[0], why_en=why[1])
        found.append(Finding(told, person_id=person))
    said = {"what_id": "Kunci 'tetap'", "what_en": "Lock 'stays'",
            "why_id": _NO_PERSON[0], "why_en": _NO_PERSON[1]}  # fmt: skip
    found += [
        Finding(_fault("lock_unknown", **said), person_id=person)
        for person in sorted(locks.stays - set(base.people["person_id"]))
    ]
    said = {"what_id": "Kunci sekolah", "what_en": "Lock of a school"}
    said |= {"why_id": "NPSN tidak ada di data", "why_en": "this NPSN is not in the data"}
    found += [
        Finding(_fault("lock_unknown", **said), npsn)
        for npsn in sorted(locks.closed - set(base.schools.index))
    ]
    return found


def _strangers(base: Ground, asked: Question) -> list[Finding]:
    """Forbidden pairs and mergers that name somebody or a school nobody knows."""
    found = []
    everybody = {*base.people["person_id"], *base.schools.index}
    for who, where in sorted(asked.locks.forbidden):
        said = {"what_id": f"Larangan {who}:{where}", "what_en": f"Forbidden {who}:{where}"}
        if who not in everybody:
            why = {"why_id": f"{who} bukan orang atau sekolah di data",
                   "why_en": f"{who} is no person and no school in the data"}  # fmt: skip
            found.append(Finding(_fault("lock_unknown", **said, **why)))
        if where not in base.schools.index:
            why = {"why_id": f"NPSN {where} tidak ada di data",
                   "why_en": f"NPSN {where} is not in the data"}  # fmt: skip
            found.append(Finding(_fault("lock_unknown", **said, **why), where))
    known = set(asked.situation.schools["npsn"])
    for npsn, into in sorted(asked.situation.merges.items()):
        found += [
            Finding(_fault("plan_unknown", npsn=npsn, into=into, one=one), one)
            for one in (npsn, into)
            if one not in known
        ]
    return found
