"""What a header means: its text -> our column, or the reason it is left unread.

The known wordings are data (``data/columns.csv``). Headers match regardless of case, spaces and
punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from analytics.readers.births import birth_column
from analytics.readers.grades import grade_column
from analytics.readers.leaving_words import UNSURE, exit_column
from analytics.readers.religions import religion_column
from analytics.readers.rooms import room_column
from analytics.readers.spell_words import spell_column
from analytics.readers.workload import workload_column

COLUMNS_FILE = Path(__file__).resolve().parents[2] / "data" / "columns.csv"
KINDS = ("roster", "teacher", "school", "enrolment", "birth", "religion", "exit", "abk", "apbd")
# A list of exits is a list of people with a day and a reason; ABK sheets name units as rosters do.
_BASIS = {"exit": ("roster", "exit"), "abk": ("roster", "abk")}
# Tables of counts, whose headers may be grades, years and religions.
COUNTED = ("enrolment", "birth", "religion")
KEEP, OPTIONAL, DISCARD, UNKNOWN, IGNORE = "keep", "optional", "discard_on_import", "", "ignore"

# What a column of latitude and longitude in one cell is called.
POINT = "point"
# One header over two facts in a cell: the facts it splits into.
COMBINED = {
    "name_nip": ("name", "nip"),
    "birth_place_date": ("birth_date",),
    "golongan_tmt": ("golongan", "golongan_since"),
    "position_tmt": ("position", "position_since"),
    "service_text": ("service_years", "service_months"),
    POINT: ("latitude", "longitude"),
}
# A fact and the column of the day since when it holds.
SINCE = {"golongan": "golongan_since", "position": "position_since"}
# Words a header may carry without changing its meaning.
_FILLERS = {"pegawai", "asn", "pns", "terakhir", "akhir", "sekarang", "saat", "ini", "lengkap"}
# Words of a heading that says no more than that the columns under it are about the person.
_NEUTRAL = _FILLERS | {
    *("identitas", "biodata", "data", "pokok", "dasar", "diri", "pribadi", "umum", "informasi"),
    *("kepegawaian", "aparatur", "personal", "keterangan"),
}
# How databases shorten the words of their column names: NM_JABATAN, TGL_LHR, JNS_KEL.
_SHORTENED = {
    "nm": "nama",
    "jns": "jenis",
    "tgl": "tanggal",
    "lhr": "lahir",
    "tmp": "tempat",
    "tpt": "tempat",
    "tmpt": "tempat",
    "klmn": "kelamin",
    "kd": "kode",
    "sts": "status",
    "stat": "status",
    "peg": "pegawai",
    "jab": "jabatan",
    "jbt": "jabatan",
    "jbtn": "jabatan",
    "gol": "golongan",
    "pkt": "pangkat",
    "pgkt": "pangkat",
    "esl": "eselon",
    "thn": "tahun",
    "bln": "bulan",
    "pend": "pendidikan",
    "pddk": "pendidikan",
    "kec": "kecamatan",
    "sat": "satuan",
    "org": "organisasi",
    "struk": "struktural",
    "fung": "fungsional",
    "pens": "pensiun",
    "almt": "alamat",
    "agm": "agama",
}
# Two facts that a stroke tells apart although their words together also name one.
_STROKED = {("position", "echelon"), ("echelon", "position"), ("education_level", "education")}
# The rank of a header told by its words alone: after every wording that is known.
SOUNDS_LIKE = 1_000
# Kinds whose headers are also put together from words.
_COMPOSED = {"exit": exit_column, "spell": spell_column}
# Words that mean nothing without the heading above them.
_DEPENDENT = {
    *("nama", "name", "tmt", "tahun", "thn", "th", "bulan", "bln", "bl", "no", "nomor", "kode"),
    *("tanggal", "tgl", "jenis", "id", "jumlah", "jml", "total", "l", "p", "status", "tingkat"),
}


@dataclass(frozen=True)
class Meaning:
    """What a header stands for: our column ('' for none), its policy, its precedence."""

    column: str = ""
    policy: str = UNKNOWN
    rank: int = 0


@dataclass(frozen=True)
class Column:
    """One column of a sheet: where it stands, its header as written, what it holds.

    ``names`` has several of our columns where cells combine facts; ``is_mixed`` where a cell must
    be split before it means anything.
    """

    index: int
    header: str
    names: tuple[str, ...] = ()
    policy: str = UNKNOWN
    rank: int = 0
    is_mixed: bool = False


def header_key(written: object) -> str:
    """A header without case, spaces and punctuation: ``Tgl. Lahir`` and ``TGL_LAHIR`` are one."""
    return re.sub(r"[^a-z0-9]", "", str(written).casefold())


def _words(written: object) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", str(written))
    return re.findall(r"[a-z0-9]+", spaced.casefold())


@cache
def _table() -> pd.DataFrame:
    table = pd.read_csv(COLUMNS_FILE, dtype=str, keep_default_na=False)
    return table.assign(key=table["header"].map(header_key))


@cache
def _meanings(kind: str) -> dict[str, Meaning]:
    table = _table()
    known: dict[str, Meaning] = {}
    for basis in _BASIS.get(kind, (kind,)):
        rows = table[table["kind"] == basis]
        # Common wordings outrank one system's use of a word; what must not be read outranks all.
        for is_common in (False, True):
            part = rows[(rows["layout"] == "table") == is_common]
            for rank, row in enumerate(part.itertuples()):
                known[row.key] = Meaning(row.column, row.policy, rank if is_common else 0)
        for row in rows[rows["policy"] == DISCARD].itertuples():
            known[row.key] = Meaning("", DISCARD)
    return known


@cache
def layout_keys(layout: str) -> frozenset[str]:
    """Header keys of one known layout."""
    table = _table()
    return frozenset(table.loc[table["layout"] == layout, "key"])


@dataclass(frozen=True)
class _PrivateWords:
    single: frozenset[str]
    several: tuple[tuple[str, ...], ...]
    fused: re.Pattern[str]
    numbered: frozenset[str]


@cache
def _private_words() -> _PrivateWords:
    table = _table()
    phrases = [tuple(h.split()) for h in table.loc[table["layout"] == "words", "header"]]
    fused = ["".join(phrase) for phrase in phrases]
    return _PrivateWords(
        frozenset(phrase[0] for phrase in phrases if len(phrase) == 1),
        tuple(phrase for phrase in phrases if len(phrase) > 1),
        # Short words hide inside innocent ones: 'istri' in 'listrik'.
        re.compile("|".join(re.escape(word) for word in fused if len(word) >= 6)),
        frozenset(f"{number}{word}" for number in ("no", "nomor") for word in fused),
    )


def is_private(written: object) -> bool:
    """Whether a header that no layout knows speaks of something that must never be read."""
    words = _words(written)
    return _are_private(words) or _are_private(_written_out(words))


def _written_out(words: Sequence[str]) -> list[str]:
    return [_SHORTENED.get(word, word) for word in words]


def _are_private(words: Sequence[str]) -> bool:
    private = _private_words()
    if not private.single.isdisjoint(words):
        return True
    if len(words) > 1:
        spaced = f" {' '.join(words)} "
        if any(f" {' '.join(phrase)} " in spaced for phrase in private.several):
            return True
    key = "".join(words)
    return key in private.numbered or bool(private.fused.search(key))


def canonical_columns(kind: str) -> tuple[str, ...]:
    """Our columns that a file of this kind can fill, in a stable order."""
    names: dict[str, None] = {}
    for meaning in _meanings(kind).values():
        if meaning.policy == KEEP:
            for name in COMBINED.get(meaning.column, (meaning.column,)):
                names[name] = None
    names.pop("number", None)
    return tuple(names)


def meaning_of(written: object, kind: str) -> Meaning:
    """The meaning of one header text, by itself."""
    known = _meanings(kind)
    text = str(written)
    words = _words(text)
    without_fillers = [word for word in words if word not in _FILLERS]
    variants = [header_key(text), header_key(re.sub(r"\([^)]*\)|\*", "", text))]
    if without_fillers:
        variants.append("".join(without_fillers))
    full = _written_out(words)
    if full != words:
        variants.append("".join(full))
        variants.append("".join(word for word in full if word not in _FILLERS))
    for position, key in enumerate(variants):
        found = known.get(key)
        if not found:
            continue
        # A word less than what was written, or a column nobody reads: no reason to show it either.
        if (position or found.policy == OPTIONAL) and is_private(text):
            return Meaning("", DISCARD)
        return found
    if words and is_private(text):
        return Meaning("", DISCARD)
    composed = _COMPOSED[kind](full) if kind in _COMPOSED else ""
    rank = SOUNDS_LIKE + bool(UNSURE & set(full))
    return Meaning(composed, KEEP, rank) if composed else Meaning()


def column_of(parts: Sequence[str], index: int, kind: str, *, is_grouped: bool) -> Column:
    """The column under one or several header cells, top to bottom.

    Parameters
    ----------
    parts
        Header texts above each other, empty ones left out.
    is_grouped
        Whether an upper text spans several columns, i.e. is a heading rather than a twin.
    """
    text = " / ".join(dict.fromkeys(parts))
    counted = _counted(parts, kind) if kind in COUNTED else Meaning()
    if counted.policy != UNKNOWN:
        return Column(index, text, _facts(counted), counted.policy, counted.rank)
    if kind == "school" and len(parts) > 1 and _is_condition(parts):
        # 'Perpustakaan / Rusak Berat' counts no classrooms.
        room = room_column(parts)
        return Column(index, text, (room,) if room else (), KEEP if room else OPTIONAL)
    if kind == "school" and len(parts) == 1 and (room := room_column(parts)):
        return Column(index, text, (room,), KEEP)
    worked = workload_column(parts) if kind == "abk" else ""
    if worked.startswith("needed_fte_y") or (worked == "unread" and len(parts) > 1):
        # A year below 'Kebutuhan' is no need of today, one below 'Akan pensiun' is no need at all.
        names = () if worked == "unread" else (worked,)
        return Column(index, text, names, KEEP if names else OPTIONAL)
    dated = _dated(parts[0], kind) if len(parts) == 1 else None
    dated = dated or (_stroked(parts[0], kind) if len(parts) == 1 else None)
    if dated:
        return Column(index, text, dated, KEEP, 0, is_mixed=True)
    for meaning in _candidates(parts, kind, is_grouped=is_grouped):
        if meaning.policy != UNKNOWN:
            is_mixed = meaning.column in COMBINED
            return Column(index, text, _facts(meaning), meaning.policy, meaning.rank, is_mixed)
    if worked and not is_private(text):
        names = () if worked == "unread" else (worked,)
        # What only sounds like it gives way to what says it.
        return Column(index, text, names, KEEP if names else OPTIONAL, SOUNDS_LIKE)
    twins = None if is_grouped else _twins(parts, kind)
    if twins:
        return Column(index, text, twins, KEEP, 0, is_mixed=True)
    return Column(index, text)


def _counted(parts: Sequence[str], kind: str) -> Meaning:
    """A header over counts: grades, years and sexes, which no list of wordings can exhaust."""
    if kind in ("enrolment", "religion"):
        told, year = _without_school_year(parts)
        name = grade_column(told) if kind == "enrolment" else religion_column(told)
        if year and name:
            name = "" if name == "sex" else f"{name}_y{year}"
        return Meaning(name, KEEP) if name else Meaning()
    name, rank = birth_column(parts)
    if name == "unread":
        return Meaning("", OPTIONAL)
    return Meaning(name, KEEP, rank) if name else Meaning()


def _is_condition(parts: Sequence[str]) -> bool:
    """Whether the lowest header text names a condition of rooms and nothing else."""
    return bool(room_column(("Kondisi", parts[-1])))


def _without_school_year(parts: Sequence[str]) -> tuple[list[str], str]:
    """Header texts without the one school year they name, and that year ('' for none)."""
    years = [int(year) for year in re.findall(r"(?<!\d)(20\d{2})(?!\d)", " ".join(parts))]
    if not years or max(years) - min(years) > 1:
        return list(parts), ""
    words = r"\b(?:tahun|thn|th|ta|tp|t\.a\.?)?\W*(?:ajaran|pelajaran)?\W*"
    span = r"(?<!\d)20\d{2}(?:\s*[/-]\s*(?:20)?\d{2})?(?!\d)"
    told = [re.sub(rf"(?:{words})?{span}", " ", part, flags=re.I).strip() for part in parts]
    told = [part for part in told if part]
    return (told, str(min(years))) if told else (list(parts), "")


def _facts(meaning: Meaning) -> tuple[str, ...]:
    if meaning.policy != KEEP:
        return ()
    return COMBINED.get(meaning.column, (meaning.column,))


def _candidates(parts: Sequence[str], kind: str, *, is_grouped: bool) -> Iterable[Meaning]:
    if not parts:
        return
    if len(parts) == 1:
        yield meaning_of(parts[0], kind)
        return
    if not is_grouped and _twins(parts, kind):
        joined = meaning_of(" ".join(parts), kind)
        # 'Tempat &' over 'Tgl Lahir' is one header; 'Gol' over 'TMT' is two facts.
        yield joined if joined.column == "birth_place_date" else Meaning()
        return
    yield meaning_of(" ".join(parts), kind)
    if len(parts) > 2:
        yield meaning_of(" ".join(parts[-2:]), kind)
        yield meaning_of(f"{parts[0]} {parts[-1]}", kind)
    is_about_the_person = all(word in _NEUTRAL for word in _words(" ".join(parts[:-1])))
    if header_key(parts[-1]) not in _DEPENDENT or is_about_the_person:
        yield meaning_of(parts[-1], kind)
    if not is_grouped:
        yield meaning_of(parts[0], kind)


def _dated(written: str, kind: str) -> tuple[str, ...] | None:
    """A fact and its date under one header ('Gol/TMT', 'Pangkat/Gol. Ruang & TMT'), or None."""
    found = re.fullmatch(r"(.+?)\s*[/&,;]\s*TMT\.?", written, re.I)
    base = meaning_of(found.group(1), kind).column if found else ""
    return (base, SINCE[base]) if base in SINCE else None


def _stroked(written: str, kind: str) -> tuple[str, ...] | None:
    """Two facts with a stroke between them ('Jabatan/Eselon', 'Pendidikan/Jurusan'), or None."""
    twins = _twins((written,), kind) if "/" in written else None
    return twins if twins in _STROKED else None


def _twins(parts: Sequence[str], kind: str) -> tuple[str, ...] | None:
    """Two facts under one header ('Nama' over 'NIP', 'Jabatan/TMT'), or None."""
    pieces = (
        list(parts) if len(parts) > 1 else re.split(r"[/\n&;]| dan ", parts[0] if parts else "")
    )
    pieces = [piece for piece in pieces if header_key(piece)]
    if not 2 <= len(pieces) <= 4:
        return None
    names: list[str] = []
    for piece in pieces:
        meaning = meaning_of(piece, kind)
        if header_key(piece) == "tmt" and names and names[-1] in SINCE:
            meaning = Meaning(SINCE[names[-1]], KEEP)
        if meaning.policy != KEEP:
            return None
        names.extend(_facts(meaning))
    return tuple(names) if len(set(names)) == len(names) else None


def signature(texts: Iterable[str]) -> str:
    """A stable mark of a set of headers, under which a mapping is remembered."""
    return "|".join(sorted({header_key(text) for text in texts} - {""}))


def with_mapping(columns: Sequence[Column], mapping: Mapping[str, str]) -> list[Column]:
    """Columns with what the user said about them; private columns stay unread."""
    said = {header_key(header): name for header, name in mapping.items()}
    changed = []
    for column in columns:
        name = said.get(header_key(column.header))
        if name is None or column.policy == DISCARD:
            changed.append(column)
        elif name in ("", IGNORE):
            changed.append(Column(column.index, column.header, (), OPTIONAL))
        else:
            names = COMBINED.get(name, (name,))
            changed.append(Column(column.index, column.header, names, KEEP, -1, name in COMBINED))
    return changed
