"""Where people work: units, what kind each is, and the school behind a school's name.

A roster names units by one hand, a school list by another. They meet by NPSN, or by the name with
its habits taken away: ``SDN 01 KARTOHARJO``, ``SD NEGERI 1 Kartoharjo`` and
``UPT SDN Kartoharjo 01`` are one school.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pandas as pd

KINDS = ("sekolah", "kecamatan", "kelurahan", "puskesmas", "rumah_sakit", "opd", "upt")
COLUMNS = [
    "unit_id",
    "government_id",
    "name",
    "opd",
    "kind",
    "kecamatan",
    "npsn",
    "school_level",
    "latitude",
    "longitude",
]
LOCAL_GOVERNMENT = "local"

# The words a school's level is written with, longest first, and the level's own name.
_LEVELS = (
    (r"taman kanak kanak", "TK"),
    (r"sekolah dasar luar biasa", "SLB"),
    (r"sekolah luar biasa", "SLB"),
    (r"sekolah dasar", "SD"),
    (r"sekolah menengah pertama", "SMP"),
    (r"sekolah menengah atas", "SMA"),
    (r"sekolah menengah kejuruan", "SMK"),
    (r"sanggar kegiatan belajar", "SKB"),
    (r"kelompok bermain", "KB"),
    (r"pos paud|satuan paud sejenis", "SPS"),
    (r"slb|sdlb|smplb|smalb", "SLB"),
    (r"sltp|smp", "SMP"),
    (r"slta|smu|sma", "SMA"),
    (r"smk|stm|smea", "SMK"),
    (r"paud", "PAUD"),
    (r"pkbm", "PKBM"),
    (r"skb", "SKB"),
    (r"mts", "MTS"),
    (r"tk", "TK"),
    (r"sd", "SD"),
    (r"mi", "MI"),
    (r"ma", "MA"),
    (r"kb", "KB"),
    (r"sps", "SPS"),
    (r"tpa", "TPA"),
)
# "UPT KB" is family planning and "UPT TPA" a landfill: these are schools only without the word UPT.
_NOT_BEHIND_UPT = frozenset({"KB", "TPA", "MA", "SPS"})
_OFFICE_OF_SCHOOL = re.compile(
    r"^(?:(?:upt[dbp]?|unit pelaksana teknis(?: daerah)?|spf|spnf|satdik|satuan pendidikan"
    r"(?: (?:non)?formal)?|sekolah negeri) )+"
)
# What lists write behind a school's name: its NPSN, or the office and region above it.
_BEHIND_NAME = re.compile(
    r"\s*(?:\(?\b(?:npsn\W*)?\d{8}\b\)?|[-,/|(]\s*(?:dinas|badan|pemerintah|kota|kab|kabupaten|kec"
    r"|kecamatan|provinsi)\b.*)\s*$",
    flags=re.IGNORECASE,
)
_LEVEL = re.compile(
    "^(?:" + "|".join(f"(?P<l{i}>{words})" for i, (words, _) in enumerate(_LEVELS)) + ")"
    r"(?P<status> ?(?:negeri|neg|n|swasta|s)(?= |\d|$))?(?P<rest>.*)$"
)
# Endings glued to the level that belong to the name, not to the status: SDIT, TKIT, SMPIT, SDK.
_GLUED = re.compile(r"^(?:it|k|i|ik|nu)(?= |$)")
_OFFICE = re.compile(r"^(?:(?:upt[dbp]?|unit pelaksana teknis(?: daerah)?|blud|kantor) )+")
_SECTION = re.compile(
    r"^(?:sub|seksi|bidang|bagian|sekretariat|kelompok|urusan|tim|korwil|koordinator)\b"
)
_KIND_BY_START = (
    ("puskesmas", re.compile(r"^(?:puskesmas|pusat kesehatan masyarakat|pkm)\b")),
    ("rumah_sakit", re.compile(r"^(?:rumah sakit|rsud|rsu|rsia|rsj|rsjd|rsukd|rs)\b")),
    ("kelurahan", re.compile(r"^(?:kelurahan|kel)\b")),
    ("kecamatan", re.compile(r"^(?:kecamatan|kec)\b")),
)
_UPT = re.compile(r"^(?:upt[dbp]?|unit pelaksana teknis|balai)\b")


def folded(text: str) -> str:
    """A name without capitals, accents, punctuation and double spaces; the key of comparisons."""
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def slug(text: str) -> str:
    """A name as a stable id: lower case words joined by hyphens.

    A name without a single Latin letter or digit gets a short digest, so that it is never empty.
    """
    words = folded(text).replace(" ", "-")
    return words or "x" + hashlib.sha256(str(text).encode()).hexdigest()[:10]


def school_name(name: str) -> tuple[str, str] | None:
    """Level and comparison key of a school's name.

    Returns
    -------
    ``(level, key)``, or None when the name is not a school's. Level is one of ``TK, PAUD, KB, SD,
    SMP, SMA, SMK, SLB, MI, MTS, MA ...``. In the key the status is one word, numbers lose their
    leading zeros, and a single number stands last: *SDN 01 Kartoharjo* and *SD Negeri Kartoharjo 1*
    both give ``sd negeri kartoharjo 1``.
    """
    text = folded(_BEHIND_NAME.sub("", str(name)))
    bare = _OFFICE_OF_SCHOOL.sub("", text)
    found = _LEVEL.match(bare)
    if not found:
        return None
    level = next(_LEVELS[i][1] for i in range(len(_LEVELS)) if found[f"l{i}"])
    rest, status = found["rest"], (found["status"] or "").strip()
    if rest and not rest.startswith(" ") and not rest[0].isdigit() and not _GLUED.match(rest):
        return None
    if bare != text and level in _NOT_BEHIND_UPT:
        return None
    words = rest.split()
    if (words and words[0] in {"dan", "se"}) or not (words or status):
        return None
    numbers = [str(int(word)) for word in words if word.isdigit()]
    if len(numbers) == 1:
        words = [word for word in words if not word.isdigit()] + numbers
    else:
        words = [str(int(word)) if word.isdigit() else word for word in words]
    ownership = {"n": "negeri", "neg": "negeri", "s": "swasta"}.get(status, status)
    # Private schools are written with and without the word, so it cannot tell two apart.
    ownership = "" if ownership == "swasta" else ownership
    return level, " ".join(word for word in (level.lower(), ownership, *words) if word)


def unit_kind(name: str, opd: str = "") -> str:
    """What a unit is, from its name, else from the OPD it stands under.

    Returns
    -------
    One of ``KINDS``. A section of a kecamatan or a hospital takes the kind of its OPD; a section of
    an agency is ``opd``.
    """
    if school_name(name):
        return "sekolah"
    text = folded(name)
    for kind, start in _KIND_BY_START:
        if start.match(_OFFICE.sub("", text)):
            return kind
    if _UPT.match(text):
        return "upt"
    if not _SECTION.match(text) and "puskesmas" in text.split():
        return "puskesmas"
    above = _OFFICE.sub("", folded(opd))
    for kind, start in _KIND_BY_START:
        if start.match(above):
            return kind
    return "opd"


def unit_ids(opd: pd.Series, unit: pd.Series) -> pd.Series:
    """Stable id of each (OPD, unit) pair.

    Parameters
    ----------
    opd, unit
        Names as written, one per person, index-aligned.

    Returns
    -------
    Index-aligned ids, equal for spellings that differ only in capitals, punctuation or a school's
    naming habits: ``dinas-pendidikan--sd-negeri-kartoharjo-1``.
    """
    # Names repeat thousands of times: each distinct pair is worked out once.
    pairs = pd.DataFrame({"opd": opd.to_numpy(), "unit": unit.to_numpy()})
    distinct = pairs.drop_duplicates()
    distinct = distinct.assign(
        unit_id=[_unit_id(str(one.opd), str(one.unit)) for one in distinct.itertuples(index=False)]
    )
    ids = pairs.merge(distinct, on=["opd", "unit"], how="left")["unit_id"]
    return pd.Series(ids.to_numpy(), index=unit.index, name="unit_id", dtype="str")


def _unit_id(opd: str, unit: str) -> str:
    school = school_name(unit)
    name = slug(school[1] if school else unit)
    above = slug(opd)
    return name if above == slug(unit) else f"{above}--{name}"


def units(
    people: pd.DataFrame,
    schools: pd.DataFrame | None = None,
    government_id: str = LOCAL_GOVERNMENT,
) -> pd.DataFrame:
    """Units in which people work, joined to the school list where they are schools.

    Parameters
    ----------
    people
        One row per person: ``unit, opd, kecamatan, npsn`` as the roster writes them.
    schools
        One row per school and school year: ``npsn, school_year, name, level, kecamatan, latitude,
        longitude``. The latest year of a school counts.
    government_id
        Kemendagri code of the government that owns the units.

    Returns
    -------
    One row per unit, columns ``COLUMNS``. Of several spellings the commonest names the unit. A
    school name that fits two schools of the list is joined to none, unless the kecamatan decides.
    """
    written = people[["unit", "opd", "kecamatan", "npsn"]].assign(
        unit_id=unit_ids(people["opd"], people["unit"])
    )
    if written.empty:
        return _typed(pd.DataFrame(columns=COLUMNS))
    by_unit = written.groupby("unit_id", sort=True)
    table = pd.DataFrame(
        {column: by_unit[column].agg(_commonest) for column in ("unit", "opd", "kecamatan", "npsn")}
    ).reset_index()
    table = table.rename(columns={"unit": "name"}).assign(government_id=government_id)
    table["kind"] = [
        unit_kind(one.name, one.opd) for one in table[["name", "opd"]].itertuples(index=False)
    ]
    table["school_level"] = [
        (school_name(name) or (None, ""))[0] if kind == "sekolah" else None
        for name, kind in zip(table["name"], table["kind"], strict=True)
    ]
    table["latitude"], table["longitude"] = float("nan"), float("nan")
    if schools is not None and not schools.empty:
        table = _joined_to_schools(table, schools)
    named = [
        _kecamatan_in_name(name) if kind == "kecamatan" else None
        for name, kind in zip(table["name"], table["kind"], strict=True)
    ]
    table["kecamatan"] = table["kecamatan"].where(table["kecamatan"].notna(), named)
    return _typed(table[COLUMNS])


def _commonest(names: pd.Series) -> object:
    # Ties go to the first in the alphabet, so that the order of rows changes nothing.
    counts = names.value_counts()
    return None if counts.empty else min(counts.index[counts == counts.iloc[0]])


def _kecamatan_in_name(name: str) -> str | None:
    found = re.search(r"\bkec(?:amatan|\.)\s*(.+)$", name, flags=re.IGNORECASE)
    return found[1].strip().title() if found else None


def _joined_to_schools(table: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    latest = schools.sort_values("school_year").drop_duplicates("npsn", keep="last")
    latest = latest.assign(
        key=[(school_name(name) or (None, ""))[1] for name in latest["name"].astype(str)],
        place=[_place(name) for name in latest["kecamatan"]],
    )
    by_npsn = latest.set_index("npsn")
    by_key: dict[str, list[tuple[str, str]]] = {}
    for one in latest[latest["key"] != ""].itertuples(index=False):
        by_key.setdefault(one.key, []).append((one.npsn, one.place))

    def npsn_of(unit: object) -> object:
        if pd.notna(unit.npsn):  # type: ignore[attr-defined]
            return unit.npsn  # type: ignore[attr-defined]
        school = school_name(unit.name)  # type: ignore[attr-defined]
        fits = by_key.get(school[1], []) if school else []
        if len(fits) > 1:
            place = _place(unit.kecamatan)  # type: ignore[attr-defined]
            fits = [fit for fit in fits if place and fit[1] == place]
        return fits[0][0] if len(fits) == 1 else None

    table = table.assign(npsn=[npsn_of(one) for one in table.itertuples(index=False)])
    known = table["npsn"].isin(by_npsn.index)
    found = by_npsn.reindex(table["npsn"].where(known))
    # An NPSN in the list makes a school of a unit whose name does not say so.
    table["kind"] = table["kind"].mask(known, "sekolah")
    level = pd.Series(found["level"].to_numpy(), index=table.index)
    table["school_level"] = level.where(level.notna(), table["school_level"])
    place = pd.Series(found["kecamatan"].to_numpy(), index=table.index)
    table["kecamatan"] = table["kecamatan"].where(table["kecamatan"].notna(), place)
    has_both = (found["latitude"].notna() & found["longitude"].notna()).to_numpy()
    for axis in ("latitude", "longitude"):
        table[axis] = pd.Series(found[axis].to_numpy(), index=table.index).where(has_both)
    return table


def _place(kecamatan: object) -> str:
    return "" if pd.isna(kecamatan) else re.sub(r"^(kecamatan|kec) ", "", folded(str(kecamatan)))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    text = {column: "str" for column in COLUMNS if column not in ("latitude", "longitude")}
    return table.astype({**text, "latitude": "float64", "longitude": "float64"})
