"""Dapodik lists of pupils, counted while they are read: nothing of a single pupil leaves here.

A list of names is turned into counts by school and grade, rombel and religions. Names, numbers and
cells of pupils are neither kept nor told, not even in a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analytics.faults import Fault, FaultsError
from analytics.readers.dapodik import (
    npsn_in_titles,
    pupil_header,
    school_year_in,
    unit_in_titles,
)
from analytics.readers.dates import as_of_in
from analytics.readers.grades import grade_of
from analytics.readers.headers import DISCARD, KEEP, header_key, signature
from analytics.readers.religions import OTHER, religion_of
from analytics.readers.report import Reading, reports_by_count
from analytics.readers.tabular import cell_text
from analytics.readers.workbook import Sheet

# What may be looked at while counting, by header; the first that stands in the list is taken.
_ROMBEL = ("rombelsaatini", "namarombel", "rombel", "rombonganbelajar", "kelassaatini")
_GRADE = ("tingkatpendidikanid", "tingkatpendidikan", "tingkat", "tingkatkelas", "kelas", "kls")
_RELIGION = ("agamaidstr", "agama")
_NPSN = ("npsn", "npsnsekolah")
_SCHOOL = ("namasekolah", "sekolah", "satuanpendidikan", "namasatuanpendidikan")
_YEAR = ("tahunajaran", "tahunpelajaran", "semesterid", "tahunajaranid", "ta")
_WHO = (
    *("nisn", "pesertadidikid", "nik", "nipd", "nama", "namasiswa", "namapesertadidik"),
    *("namamurid", "namapd", "namalengkapsiswa", "namalengkap", "nis", "nisnisn", "nisnnis"),
    *("nomorinduksiswa", "noinduksiswa"),
)
_OF_PARENTS = {"nama", "tahunlahir", "jenjangpendidikan", "pekerjaan", "penghasilan", "nik"}
_CLASS_TITLE = re.compile(r"^\W*(?:kelas|rombel|rombongan belajar)\s*:\s*(\S.*)$", re.I)
_KECAMATAN = re.compile(r"\bKec(?:amatan)?\b\.?\s*:?\s*(?:Kec\.?\s+)?([A-Za-z][A-Za-z' -]+)", re.I)
_TOTAL = re.compile(r"^\W*(?:jumlah|total|rekap)\b", re.I)


@dataclass(frozen=True)
class CountedPupils:
    """Counts of one list. ``rows``: one per school, school year and grade, under our column names.

    ``rows`` has ``grade``, ``pupil_count``, ``rombel_count`` (where rombel are named), a column for
    every religion told, and of ``npsn``, ``name``, ``kecamatan``, ``school_year`` those that the
    list tells; ``row`` is where the first of a group stands. ``headers``: what was looked at, as
    written; ``discarded``: every other header. ``without_grade_count`` pupils of no grade that is
    understood, ``repeated_count`` pupils who stand in the list again; neither is counted.
    """

    rows: pd.DataFrame
    headers: Mapping[str, str]
    discarded: tuple[str, ...]
    titles: tuple[str, ...]
    pupil_count: int
    without_grade_count: int
    repeated_count: int


@dataclass
class _Group:
    """Pupils of one school, year and grade."""

    row: int
    pupils: int = 0
    rombels: set[str] = field(default_factory=set)
    religions: dict[str, int] = field(default_factory=dict)


def counted_pupils(sheet: Sheet) -> CountedPupils | None:
    """Count the pupils of one sheet; None where it lists none."""
    at = pupil_header(sheet)
    if at is None:
        return None
    keys = _header_keys(sheet.rows[at])
    chosen = {
        name: next((keys[key] for key in known if key in keys), None)
        for name, known in (
            ("rombel", _ROMBEL), ("grade", _GRADE), ("religion", _RELIGION), ("npsn", _NPSN),
            ("name", _SCHOOL), ("school_year", _YEAR),
        )
    }  # fmt: skip
    who = [keys[key] for key in _WHO if key in keys]
    titles = tuple(
        " ".join(dict.fromkeys(text for text in map(cell_text, row) if text))
        for row in sheet.rows[:at]
    )
    around = _told_around(sheet, titles)
    groups: dict[tuple[str, str, str, int], _Group] = {}
    seen: set[tuple[str, ...]] = set()
    without_grade = repeated = 0
    for place in range(at + 1, len(sheet.rows)):
        row = sheet.rows[place]
        if not _is_pupil(row, who, keys):
            continue
        cells = {name: _cell(row, index) for name, index in chosen.items()}
        identity = tuple(_cell(row, index) for index in sorted(keys.values()))
        mark = _mark(row, keys) or identity
        if mark in seen:
            repeated += 1
            continue
        seen.add(mark)
        rombel = cells["rombel"] or around["rombel"]
        grade = grade_of(cells["grade"]) if cells["grade"] else None
        grade = grade_of(rombel) if grade is None else grade
        if grade is None:
            without_grade += 1
            continue
        key = (
            cells["npsn"] or around["npsn"],
            cells["name"] or around["name"],
            cells["school_year"] or around["school_year"],
            grade,
        )
        group = groups.setdefault(key, _Group(sheet.numbers[place]))
        group.pupils += 1
        if rombel:
            group.rombels.add(rombel.casefold())
        if cells["religion"]:
            religion = religion_of(cells["religion"]) or OTHER
            group.religions[religion] = group.religions.get(religion, 0) + 1
    used = {name: index for name, index in chosen.items() if index is not None}
    written = {index: _plain_header(cell_text(sheet.rows[at][index])) for index in keys.values()}
    lower = _second_header(sheet, at)
    return CountedPupils(
        rows=_frame(
            groups, around, sheet.name, has_rombel="rombel" in used or bool(around["rombel"])
        ),
        headers={name: written[index] for name, index in used.items()},
        discarded=tuple(
            dict.fromkeys(
                [*(text for index, text in written.items() if index not in used.values()), *lower]
            )
        ),
        titles=titles,
        pupil_count=sum(group.pupils for group in groups.values()),
        without_grade_count=without_grade,
        repeated_count=repeated,
    )


def _frame(
    groups: Mapping[tuple[str, str, str, int], _Group],
    around: Mapping[str, str],
    sheet: str,
    *,
    has_rombel: bool,
) -> pd.DataFrame:
    religions = sorted({name for group in groups.values() for name in group.religions})
    records = []
    for (npsn, name, year, grade), group in sorted(groups.items()):
        record: dict[str, object] = {"npsn": npsn, "name": name, "school_year": year}
        record |= {"kecamatan": around["kecamatan"], "grade": grade, "pupil_count": group.pupils}
        if has_rombel:
            record["rombel_count"] = len(group.rombels)
        record |= {f"religion_{each}": group.religions.get(each, 0) for each in religions}
        records.append({**record, "sheet": sheet, "row": group.row})
    frame = pd.DataFrame(records)
    # What the list does not tell is no column.
    silent = [
        column
        for column in ("npsn", "name", "school_year", "kecamatan")
        if len(frame) and not frame[column].astype(bool).any()
    ]
    return frame.drop(columns=silent)


def _told_around(sheet: Sheet, titles: Sequence[str]) -> dict[str, str]:
    """School, place and year as the titles and the sheet's name tell them."""
    years = [year for line in (sheet.name, *titles) if (year := school_year_in(line))]
    is_year = [
        line for line in titles if re.search(r"ajaran|pelajaran|\b20\d\d/20\d\d", line, re.I)
    ]
    titled = [year for line in is_year if (year := school_year_in(line))]
    named = school_year_in(sheet.name)
    classes = [found[1] for line in titles if (found := _CLASS_TITLE.match(line))]
    classes += [sheet.name] if grade_of(sheet.name) is not None else []
    kecamatan = next((found[1] for line in titles if (found := _KECAMATAN.search(line))), "")
    return {
        "npsn": npsn_in_titles(titles),
        "name": unit_in_titles(titles),
        "kecamatan": kecamatan.strip(),
        "rombel": classes[0] if classes else "",
        "school_year": str(named or (titled[0] if titled else "")) if years else "",
    }


def _plain_header(written: str) -> str:
    """A header without what other programs put behind it ('..._Unnamed: 42_level_1')."""
    return re.sub(r"_?Unnamed:.*$", "", written)


def _header_keys(row: Sequence[object]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for index, value in enumerate(row):
        key = header_key(_plain_header(cell_text(value)))
        if key:
            keys.setdefault(key, index)
    return keys


def _second_header(sheet: Sheet, at: int) -> list[str]:
    """The lower texts of a header on two rows, as far as they are known words of Dapodik's own."""
    if at + 1 >= len(sheet.rows):
        return []
    texts = [cell_text(value) for value in sheet.rows[at + 1]]
    return list(dict.fromkeys(text for text in texts if header_key(text) in _OF_PARENTS))


def _cell(row: Sequence[object], index: int | None) -> str:
    return cell_text(row[index]) if index is not None and index < len(row) else ""


def _is_pupil(row: Sequence[object], who: Sequence[int], keys: Mapping[str, int]) -> bool:
    """Whether a row stands for a pupil: it names somebody; no header, number row or total."""
    told = [text for index in who if (text := _cell(row, index))]
    if not told or any(_TOTAL.match(text) for text in told):
        return False
    texts = {index: text for index, value in enumerate(row) if (text := cell_text(value))}
    repeats = sum(
        keys.get(header_key(_plain_header(text))) == index for index, text in texts.items()
    )
    if repeats >= 2 and repeats >= len(texts) * 0.4:
        return False
    is_numbering = all(text.strip("()[] .").isdigit() and len(text) <= 4 for text in texts.values())
    return len(texts) >= 3 and not is_numbering


def _mark(row: Sequence[object], keys: Mapping[str, int]) -> tuple[str, ...]:
    """What tells one pupil from another while counting; () where the list has no number of one."""
    for key in ("nisn", "pesertadidikid", "nik"):
        text = re.sub(r"\W", "", _cell(row, keys.get(key)))
        if len(text) >= 8 and text.strip("0"):
            return (key, text)
    return ()


def counted_reading(file: str, every: Sequence[Sheet], lists: Sequence[Sheet]) -> Reading:
    """Lists of pupils as counts by school and grade; whoever is in them is left behind here.

    Raises
    ------
    FaultsError
        ``pupil_list_without_grade``: no list tells grades.
    """
    counted: dict[str, CountedPupils] = {}
    for sheet in lists:
        found = counted_pupils(sheet)
        if found is not None:
            counted[sheet.name] = found
    filled = [found for found in counted.values() if len(found.rows)]
    if not filled:
        raise FaultsError([Fault(file, "pupil_list_without_grade")])
    rows = pd.concat([found.rows for found in filled], ignore_index=True)
    numbers = [name for name in rows if str(name).startswith(("religion_", "rombel_"))]
    rows[numbers] = rows[numbers].fillna(0)
    texts = [name for name in ("npsn", "name", "school_year", "kecamatan") if name in rows]
    rows = rows.astype(dict.fromkeys(texts, "object")).fillna(dict.fromkeys(texts, ""))
    total = sum(found.pupil_count for found in filled)
    faults = [Fault(file, "pupil_list_counted", details={"count": total})]
    for code, missed in (
        ("pupils_without_grade", sum(found.without_grade_count for found in filled)),
        ("pupils_repeated", sum(found.repeated_count for found in filled)),
    ):
        if missed:
            faults.append(Fault(file, code, details={"count": missed}))
    if "npsn" not in rows:
        faults.append(
            Fault(file, "column_missing", details={"column_id": "NPSN", "column_en": "NPSN"})
        )
    headers = {name: text for found in filled for name, text in found.headers.items()}
    discarded = tuple(dict.fromkeys(text for found in filled for text in found.discarded))
    columns = [(text, name, KEEP) for name, text in headers.items()]
    columns += [(text, "", DISCARD) for text in discarded]
    return Reading(
        file=file,
        kind="enrolment",
        layout="dapodik_pupil",
        rows=rows,
        headers=headers,
        unmapped=(),
        discarded=discarded,
        is_certain=not any(fault.severity == "error" for fault in faults),
        as_of=as_of_in([line for found in filled for line in found.titles]),
        sheets=reports_by_count(every, {name: len(found.rows) for name, found in counted.items()}),
        faults=tuple(faults),
        # No samples: what stands in these columns is about children.
        proposed=pd.DataFrame(
            [(text, name, policy, []) for text, name, policy in columns],
            columns=["header", "column", "policy", "samples"],
        ),
        signature=signature([*headers.values(), *discarded]),
    )
