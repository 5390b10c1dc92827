"""Posts that fall empty because one person held them, and who stands behind the heads.

Counts of possible successors say who fulfils the formal conditions named here and stays long
enough; they say nothing about quality, and one person may stand behind several heads.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd

from analytics.positions import title_key
from analytics.units import school_name

STAYS_AT_LEAST_YEARS = 2
SCHOOL_HEAD = "kepala_sekolah"
TEACHER = "guru"
# The ladder of managerial posts, echelon I to IV; below IV stand the posts without an echelon.
_TIERS = {
    ("jpt", "utama"): 1,
    ("jpt", "madya"): 1,
    ("jpt", ""): 2,
    ("administrator", ""): 3,
    ("pengawas", ""): 4,
    ("pelaksana", ""): 5,
    ("jf_keterampilan", ""): 5,
    ("jf_keahlian", ""): 5,
}
_LOWEST_HEAD = 4
# The step on a functional ladder is the holder's, not the post's: a school with a "Guru Ahli Muda"
# and a "Guru Ahli Madya" has two teachers, not two posts with one holder each.
_STEP = re.compile(
    r"\b(?:ahli (?:pertama|muda|madya|utama)|pertama|muda|madya|utama|pemula|terampil|mahir"
    r"|penyelia|pelaksana (?:lanjutan|pemula)|pelaksana)\b"
)
WITHOUT_STEPS = ("jpt", "administrator", "pengawas", "pelaksana")
_CAREER = ("PNS",)


def single_holder_posts(leavers: pd.DataFrame, as_of: date, within_years: int = 5) -> pd.DataFrame:
    """Posts with exactly one holder, whose date falls within the horizon.

    Parameters
    ----------
    leavers
        One row per person, everyone of the government: ``is_in_headcount``, ``opd``, ``unit``,
        ``position``, ``role_group``, ``retires_on``. Filter afterwards, or a post with a second
        holder outside the filter would look like a single one.
    as_of
        The day the horizon counts from; people past their date are within it.
    within_years
        Length of the horizon; its last day is the day before the anniversary.

    Returns
    -------
    One row per post (OPD x unit x title without its functional step), the row of its holder with
    the index kept, earliest date first. People without a position are in no post.

    Method: docs/method.md eq. 7.
    """
    people = leavers.loc[leavers["is_in_headcount"].astype(bool).to_numpy()]
    key = post_names(people)
    people, key = people.loc[key.ne("").to_numpy()], key[key.ne("")]
    # A unit's name alone is not enough: every dinas has a "Sub Bagian Umum".
    post = [people["opd"], people["unit"], key]
    holders = people.groupby(post, dropna=False)["position"].transform("size")
    leaves = people["retires_on"] < _years_later(as_of, within_years)
    return people.loc[((holders == 1) & leaves).to_numpy()].sort_values("retires_on", kind="stable")


def post_names(people: pd.DataFrame) -> pd.Series:
    """The post of each person as posts are compared; '' without a position.

    Parameters
    ----------
    people
        ``position``, ``role_group``.

    Returns
    -------
    Text, index-aligned: the title in small letters without its functional step, so that a "Bidan
    Terampil" and a "Bidan Penyelia" hold the same post.
    """
    keys = {title: title_key(title) for title in people["position"].dropna().unique()}
    bare = {title: " ".join(_STEP.sub(" ", key).split()) or key for title, key in keys.items()}
    has_steps = ~people["role_group"].isin(WITHOUT_STEPS) & people["role_group"].notna()
    key = people["position"].map(keys).mask(has_steps, people["position"].map(bare))
    return key.astype("str").fillna("")


def school_levels(leavers: pd.DataFrame, units: pd.DataFrame | None = None) -> pd.Series:
    """The school level (``TK``, ``SD``, ``SMP`` ...) of everybody's unit; NA outside schools.

    Parameters
    ----------
    leavers
        One row per person: ``unit`` and, where known, ``npsn``.
    units
        One row per unit: ``name``, ``npsn``, ``school_level``. None: the unit's name decides
        (``units.school_name``), as it does for units missing from the table.

    Returns
    -------
    Text, index-aligned.
    """
    name = leavers["unit"].astype("str")
    schools = {one: school_name(one) for one in name.dropna().unique()}
    # Where nothing is found, map gives floats; as text the missing stay missing.
    levels = name.map({one: school[0] for one, school in schools.items() if school}).astype("str")
    if units is None or units.empty:
        return levels
    known = units.loc[units["school_level"].notna().to_numpy()]
    by_name = known.drop_duplicates("name").set_index("name")["school_level"]
    from_table = name.map(by_name).astype("str")
    if "npsn" in leavers and "npsn" in known:
        numbered = known.loc[known["npsn"].notna().to_numpy()].drop_duplicates("npsn")
        by_npsn = numbered.set_index("npsn")["school_level"]
        from_table = leavers["npsn"].map(by_npsn).astype("str").fillna(from_table)
    return from_table.fillna(levels)


def has_certificate_data(leavers: pd.DataFrame) -> bool:
    """Whether anybody's head-teacher certificate is recorded at all, held or not."""
    return "has_head_certificate" in leavers and bool(leavers["has_head_certificate"].notna().any())


def heads_leaving(
    leavers: pd.DataFrame,
    as_of: date,
    within_years: int = 5,
    units: pd.DataFrame | None = None,
    stays_at_least_years: int = STAYS_AT_LEAST_YEARS,
) -> pd.DataFrame:
    """Heads of schools and managerial posts leaving, with those who could stand in.

    Parameters
    ----------
    leavers
        One row per person, everyone of the government: ``is_in_headcount``, ``employment``,
        ``unit``, ``opd``, ``kecamatan``, ``role_group``, ``jenjang``, ``retires_on`` and, where
        known, ``extra_duty``, ``npsn``, ``has_head_certificate``.
    as_of
        The day the horizon counts from; people past their date are within it and count as leaving
        on ``as_of``.
    within_years
        Length of the horizon.
    units
        See ``school_levels``.
    stays_at_least_years
        How long a successor must still serve after the head's date.

    Returns
    -------
    One row per head, the row of the head with the index kept, earliest date first, and

    - ``head_kind``: ``kepala_sekolah`` or ``struktural``; ``school_level``;
    - ``certified_kecamatan_count``, ``certified_city_count``: teachers (not P3K paruh waktu) of
      the same school level with the head-teacher certificate, not heads themselves, in the same
      kecamatan and in the whole government. NA for managerial posts, where no certificate was
      recorded at all (see ``has_certificate_data``), and, in the kecamatan, where the head's own
      is unknown;
    - ``one_below_count``: PNS one echelon below in the same OPD (below echelon IV: staff without
      an echelon). NA for schools.

    Notes
    -----
    People whose own date is unknown are no successors: whether they stay cannot be said.

    Method: docs/method.md eq. 8.
    """
    people = leavers.loc[leavers["is_in_headcount"].astype(bool).to_numpy()]
    is_school_head = _is_school_head(people)
    tier = _tiers(people)
    level = school_levels(people, units)
    is_head = is_school_head | (tier <= _LOWEST_HEAD)
    leaves = (people["retires_on"] < _years_later(as_of, within_years)).to_numpy()
    heads = people.loc[is_head & leaves]
    leave_on = heads["retires_on"].clip(lower=pd.Timestamp(as_of))
    stays_until = (leave_on + pd.DateOffset(years=stays_at_least_years)).to_numpy("datetime64[us]")
    heads_a_school = is_school_head[is_head & leaves]

    certified = pd.array([pd.NA] * len(heads), dtype="Int64")
    kecamatan_count, city_count, below_count = certified, certified.copy(), certified.copy()
    if has_certificate_data(people):
        holds = people["has_head_certificate"].fillna(False).astype(bool).to_numpy()
        ready = people.loc[
            holds
            & (people["role_group"] == TEACHER).fillna(False).to_numpy(dtype=bool)
            & ~is_school_head
            & (people["employment"] != "PPPK_PW").to_numpy(dtype=bool)
        ]
        head_level, ready_level = level.loc[heads.index], level.loc[ready.index]
        kecamatan_count = _staying_counts(
            pd.DataFrame({"level": head_level, "kecamatan": heads["kecamatan"]}),
            stays_until,
            pd.DataFrame({"level": ready_level, "kecamatan": ready["kecamatan"]}),
            ready["retires_on"],
        )
        city_count = _staying_counts(
            head_level.to_frame(), stays_until, ready_level.to_frame(), ready["retires_on"]
        )
    career = people["employment"].isin(_CAREER).to_numpy() & ~is_school_head
    below = people.loc[career]
    below_count = _staying_counts(
        pd.DataFrame({"opd": heads["opd"], "tier": tier[is_head & leaves] + 1}),
        stays_until,
        pd.DataFrame({"opd": below["opd"], "tier": tier[career]}),
        below["retires_on"],
    )
    kecamatan_count[~heads_a_school] = pd.NA
    city_count[~heads_a_school] = pd.NA
    below_count[heads_a_school] = pd.NA
    return heads.assign(
        head_kind=np.where(heads_a_school, SCHOOL_HEAD, "struktural"),
        school_level=level.loc[heads.index].where(heads_a_school),
        certified_kecamatan_count=kecamatan_count,
        certified_city_count=city_count,
        one_below_count=below_count,
    ).sort_values("retires_on", kind="stable")


def _is_school_head(people: pd.DataFrame) -> np.ndarray:
    """By role group, or by the extra duty under which many lists keep a head; no deputies."""
    is_head = (people["role_group"] == SCHOOL_HEAD).fillna(False).to_numpy(dtype=bool)
    if "extra_duty" not in people:
        return is_head
    duty = people["extra_duty"].astype("str").fillna("").str.casefold()
    heads = duty.str.contains("kepala sekolah", regex=False)
    deputies = duty.str.contains(r"\b(?:wakil|plt|plh)\b", regex=True)
    teaches = (people["role_group"] == TEACHER).fillna(False).to_numpy(dtype=bool)
    return is_head | (teaches & heads.to_numpy(dtype=bool) & ~deputies.to_numpy(dtype=bool))


def _tiers(people: pd.DataFrame) -> np.ndarray:
    """Echelon as a number, 1 to 4; 5 without one; infinite off the ladder."""
    pairs = list(zip(people["role_group"].fillna(""), people["jenjang"].fillna(""), strict=True))
    tier = {
        (role, jenjang): _TIERS.get((role, jenjang), _TIERS.get((role, ""), np.inf))
        for role, jenjang in set(pairs)
    }
    return np.array([tier[pair] for pair in pairs], dtype=float)


def _staying_counts(
    head_keys: pd.DataFrame,
    stays_until: np.ndarray,
    ready_keys: pd.DataFrame,
    ready_until: pd.Series,
) -> pd.api.extensions.ExtensionArray:
    """For each head, the ready people of the same keys who stay long enough; NA: key unknown."""
    complete = (ready_keys.notna().all(axis=1) & ready_until.notna()).to_numpy()
    ready = ready_keys.loc[complete].assign(until=ready_until[complete])
    dates = {
        key if isinstance(key, tuple) else (key,): np.sort(
            group["until"].to_numpy("datetime64[us]")
        )
        for key, group in ready.groupby(list(ready_keys.columns))
    }
    nobody = np.array([], dtype="datetime64[us]")
    counts: list[object] = []
    for key, day in zip(head_keys.itertuples(index=False, name=None), stays_until, strict=True):
        if any(pd.isna(part) for part in key):
            counts.append(pd.NA)
            continue
        until = dates.get(key, nobody)
        counts.append(len(until) - int(np.searchsorted(until, day, side="left")))
    return pd.array(counts, dtype="Int64")


def _years_later(day: date, years: int) -> pd.Timestamp:
    return pd.Timestamp(day) + pd.DateOffset(years=years)
