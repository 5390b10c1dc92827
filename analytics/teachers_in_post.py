"""Who teaches what today, and until when: the roster and the Dapodik list read together.

The roster says who is employed, where and until when; the certificate, then the subject taught,
then the kind of teacher in Dapodik, then the title say which post. A post that nothing names
stays unknown and is listed; it is never guessed from the school.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from analytics.positions import title_key
from analytics.retirement import retirement_dates
from analytics.rules import NO_JENJANG, RuleBook
from analytics.teachers import HEAD

UNKNOWN_POST = "belum_diketahui"
NOT_A_TEACHER = "-"
IN_POST = "in_post"
ASN = ("PNS", "CPNS", "PPPK")
PART_TIME, HONORARY = "PPPK_PW", "honorer"
IN_POST_COLUMNS = [
    *("npsn", "post", "post_source", "nip", "name", "retires_on", "employment", "is_asn"),
    *("status", "level", "kecamatan", "position", "subject", "certificate_subject"),
    *("weekly_hours", "home_kecamatan"),
]
_TEACHING_ROLES = ("guru", "kepala_sekolah")
# What names the post, the surest first.
_SOURCES = ("certificate_subject", "subject", "teacher_kind", "position")
_TEXTS = ("npsn", "nip", "name", "nuptk", "employment", "teacher_kind", "extra_duty", "position")
_DAPODIK = (*_TEXTS, "subject", "certificate_subject", "weekly_hours", "home_kecamatan")
_NO_TEXT = ("retires_on", "is_asn", "weekly_hours")


def teachers_in_post(
    people: pd.DataFrame,
    school_teachers: pd.DataFrame,
    units: pd.DataFrame,
    rulebook: RuleBook,
    as_of: date,
) -> pd.DataFrame:
    """Teachers and heads with the school they serve, their post and the day they leave.

    Parameters
    ----------
    people
        The frame of :func:`analytics.retirement.retirements`; may be empty.
    school_teachers
        The Dapodik list, one row per person and school; may be empty. ``subject`` and
        ``certificate_subject`` where known.
    units
        One row per unit: ``name``, ``npsn``, ``school_level``, ``kecamatan``.
    as_of
        The day of the roster; from it on the law gives Dapodik's own people a retirement date.

    Returns
    -------
    One row per person of the roster, and per row of Dapodik that the roster does not know:
    ``npsn`` (NA: serves no known school), ``post`` (``belum_diketahui`` where nothing names it),
    ``post_source`` (the column that named it), ``nip``, ``name``, ``retires_on`` (NaT where
    unknown), ``employment``, ``is_asn``, ``status`` (``in_post`` counts; ``part_time``,
    ``honorer``, ``off_duty``, ``not_in_roster`` and ``no_school`` stand apart), ``level``,
    ``kecamatan``, the texts the post was read from, ``weekly_hours`` (JP a week in all schools and
    subjects; NaN where not told) and ``home_kecamatan`` (personal). Of several subjects of one
    school the one with most hours names the post. People outside the headcount are left out.
    With a roster that holds teachers, an ASN whom only Dapodik knows does not count: he may have
    left. Without one, Dapodik counts.

    Method: docs/method.md eq. 57.
    """
    dapodik = school_teachers.reindex(
        columns=list(dict.fromkeys([*_DAPODIK, *school_teachers.columns]))
    )
    dapodik = dapodik.loc[
        posts_named(dapodik["teacher_kind"], rulebook).ne(NOT_A_TEACHER).to_numpy()
    ].reset_index(drop=True)
    dapodik = _busiest_first(dapodik)
    roster = _from_roster(people, dapodik, units)
    others = _from_dapodik(dapodik, roster, rulebook, as_of)
    parts = [part for part in (roster, others) if len(part)]
    if not parts:
        return _empty()
    table = pd.concat(parts, ignore_index=True)
    named = _named_posts(table, rulebook)
    table = table.assign(post=named["post"], post_source=named["post_source"])
    place = units.dropna(subset=["npsn"]).drop_duplicates("npsn").set_index("npsn")
    for column, source in (("level", "school_level"), ("kecamatan", "kecamatan")):
        found = table["npsn"].map(place[source]) if source in place else None
        own = table[column] if column in table else pd.Series(pd.NA, index=table.index)
        table[column] = own if found is None else found.astype("object").fillna(own)
    texts = [c for c in IN_POST_COLUMNS if c not in _NO_TEXT]
    return table[IN_POST_COLUMNS].astype(dict.fromkeys(texts, "str"))


def in_post_counts(in_post: pd.DataFrame) -> pd.DataFrame:
    """Teachers in post by school.

    Returns
    -------
    One row per ``npsn`` with anybody: ``teacher_count``, rows of ``in_post`` whose ``status`` is
    in post, heads included.
    """
    counted = in_post.loc[in_post["status"] == IN_POST]
    return counted.groupby("npsn").size().rename("teacher_count").reset_index()


def _busiest_first(dapodik: pd.DataFrame) -> pd.DataFrame:
    """Rows with the hours of the whole person; of one school the subject with most hours first."""
    own = pd.to_numeric(dapodik["weekly_hours"]).astype("Float64").astype("float64")
    person = dapodik["nip"].astype("object").fillna(dapodik["nuptk"].astype("object"))
    nameless = pd.Series([f"#{at}" for at in range(len(dapodik))], index=dapodik.index)
    whole = own.groupby(person.fillna(nameless)).transform("sum", min_count=1)
    if own.isna().all():
        return dapodik.assign(weekly_hours=own)
    place = dapodik["npsn"].astype("object").fillna("")
    first = place.groupby([person.fillna(nameless), place]).transform("size") > 1
    # Only within one school: which of several schools speaks first is told by the roster.
    rank = own.fillna(-1.0).where(first, 0.0)
    order = rank.groupby([person.fillna(nameless), place]).rank(method="first", ascending=False)
    at = pd.Series(range(len(dapodik)), index=dapodik.index)
    spot = at.groupby([person.fillna(nameless), place]).transform("min")
    key = pd.DataFrame({"spot": spot, "order": order, "at": at})
    found = dapodik.assign(weekly_hours=whole).loc[key.sort_values(["spot", "order", "at"]).index]
    return found.reset_index(drop=True)


def _from_roster(people: pd.DataFrame, dapodik: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    if people.empty:
        return pd.DataFrame()
    keep = people["role_group"].isin(_TEACHING_ROLES) & people["is_in_headcount"].astype(bool)
    own = people.loc[keep].reset_index(drop=True)
    if own.empty:
        return pd.DataFrame()
    schools = units.dropna(subset=["npsn"]).drop_duplicates("name").set_index("name")["npsn"]
    npsn = own["npsn"].astype("object").fillna(own["unit"].map(schools))
    listed = dapodik.dropna(subset=["nip"])
    # Of several schools of one person the row of the roster's own school speaks first.
    home = listed["nip"].map(pd.Series(npsn.to_numpy(), index=own["nip"].to_numpy()))
    listed = listed.assign(is_home=(home == listed["npsn"]).fillna(False))
    listed = listed.sort_values("is_home", ascending=False, kind="stable")
    listed = listed.drop_duplicates("nip").set_index("nip")
    beside = listed.reindex(own["nip"]).reset_index(drop=True)
    npsn = npsn.fillna(beside["npsn"])
    status = pd.Series(IN_POST, index=own.index, dtype="object")
    status[~own["employment"].isin(ASN)] = "part_time"
    status[~own["is_on_duty"].astype(bool)] = "off_duty"
    status[npsn.isna()] = "no_school"
    return pd.DataFrame(
        {
            "npsn": npsn,
            "nip": own["nip"],
            "name": own.get("name", pd.NA),
            "retires_on": own["retires_on"],
            "employment": own["employment"],
            "is_asn": own["employment"].isin(ASN),
            "status": status,
            "kecamatan": own.get("kecamatan", pd.NA),
            "position": own["position"],
            "is_head": own["role_group"] == HEAD,
            **{
                column: beside[column]
                for column in (
                    *("subject", "certificate_subject", "teacher_kind", "extra_duty"),
                    *("weekly_hours", "home_kecamatan"),
                )
            },
        }
    )


def _from_dapodik(
    dapodik: pd.DataFrame, roster: pd.DataFrame, rulebook: RuleBook, as_of: date
) -> pd.DataFrame:
    known = set(roster["nip"]) if len(roster) else set()
    rows = dapodik.loc[~dapodik["nip"].isin(known)]
    # A person listed at several schools counts once, at the first.
    twice = rows["nip"].notna() & rows.duplicated("nip")
    rows = rows.loc[~twice].reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame()
    status = pd.Series(IN_POST if not known else "not_in_roster", index=rows.index, dtype="object")
    status[rows["npsn"].isna()] = "no_school"
    status[rows["employment"] == PART_TIME] = "part_time"
    is_asn = rows["employment"].isin(ASN)
    status[~is_asn & (rows["employment"] != PART_TIME)] = "honorer"
    born = rows["birth_date"] if "birth_date" in rows else pd.Series(pd.NaT, index=rows.index)
    teacher = pd.DataFrame(
        {
            "birth_date": pd.to_datetime(born).astype("datetime64[us]"),
            "role_group": "guru",
            "jenjang": NO_JENJANG,
        }
    )
    dates = retirement_dates(teacher, rulebook, as_of)["retires_on"]
    return pd.DataFrame(
        {
            **{column: rows[column] for column in ("npsn", "nip", "name", "employment")},
            # Only ASN leave by law on a day; who else teaches leaves when the school says so.
            "retires_on": dates.where(is_asn),
            "is_asn": is_asn,
            "status": status,
            "kecamatan": pd.NA,
            "is_head": False,
            **{column: rows[column] for column in (*_SOURCES, "extra_duty")},
            **{column: rows[column] for column in ("weekly_hours", "home_kecamatan")},
        }
    )


def _named_posts(table: pd.DataFrame, rulebook: RuleBook) -> pd.DataFrame:
    """Post of each person and the column that named it."""
    post = pd.Series(pd.NA, index=table.index, dtype="object")
    source = pd.Series(pd.NA, index=table.index, dtype="object")
    heads = table["is_head"].astype(bool)
    for column in ("teacher_kind", "extra_duty"):
        heads |= posts_named(table[column], rulebook).eq(HEAD)
    post[heads], source[heads] = HEAD, "role"
    for column in _SOURCES:
        named = posts_named(table[column], rulebook)
        # Who leads a school is told by the role above; a certificate cannot make a head.
        takes = post.isna() & ~named.isin([HEAD, NOT_A_TEACHER, ""])
        post[takes], source[takes] = named[takes], column
    return pd.DataFrame({"post": post.fillna(UNKNOWN_POST), "post_source": source})


def posts_named(texts: pd.Series, rulebook: RuleBook) -> pd.Series:
    """The post each text names, '' where none."""
    known: dict[str, str] = {}
    patterns = [
        (re.compile(str(row.pattern)), str(row.post))
        for row in rulebook.teaching_posts.itertuples()
    ]
    for text in texts.dropna().unique():
        known[text] = _post(title_key(text), patterns)
    return texts.map(_Blank(known)).fillna("").astype("object")


class _Blank(dict[str, str]):
    """Texts to posts; a text not seen gives ''."""

    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__(known)

    def __missing__(self, key: object) -> str:
        return ""


def _post(key: str, patterns: list[tuple[re.Pattern[str], str]]) -> str:
    return next((post for pattern, post in patterns if pattern.search(key)), "")


def _empty() -> pd.DataFrame:
    table = pd.DataFrame({column: pd.Series(dtype="str") for column in IN_POST_COLUMNS})
    kinds = {"retires_on": "datetime64[us]", "is_asn": "bool", "weekly_hours": "float64"}
    return table.astype(kinds)
