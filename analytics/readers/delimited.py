"""Separated text (csv): its encoding, its separator, and the line each record starts on."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

# Where two split a file alike, the comma is last: it may be the decimal sign.
SEPARATORS = (";", "\t", "|", ",")
SEPARATOR_WORDS = (
    "titik koma (;), koma (,), tab dan garis tegak (|)",
    "semicolon (;), comma (,), tab and bar (|)",
)
_SAMPLE_CHARACTERS = 200_000
_SAMPLE_LINES = 50
# Marks of names, dates and numbers: they stand in a cell.
_WITHIN_CELLS = frozenset(" .-_'\"()/")
# More zero bytes than this, by share, are UTF-16 or no text.
_STRAY_ZEROS = 0.01


def decoded(content: bytes) -> str | None:
    """The text of a file in UTF-8, UTF-16 or Windows-1252; None where it is no text at all."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    sample = content[:4000]
    zeros = sample.count(0)
    if zeros > len(sample) * _STRAY_ZEROS:
        # Plain Latin text in UTF-16 without a mark has a zero in every second byte.
        if zeros < len(sample) * 0.3:
            return None
        encoding = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        return content.decode(encoding, errors="replace")
    # A lone zero byte is a fixed-length field of some database that leaked into its export.
    content = content.replace(b"\0", b"")
    sample = content[:4000]
    if sum(byte < 9 or 13 < byte < 32 for byte in sample) > len(sample) * 0.05:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def with_line_ends(text: str) -> str:
    """Text whose lines end with a carriage return alone, as others end theirs.

    Old spreadsheets end rows so; a line feed is a break within one of their cells.
    """
    returns = text.count("\r")
    is_alone = "\r\n" not in text and returns > text.count("\n")
    return text.replace("\r", "\n") if is_alone else text


def separator(text: str) -> str:
    """The separator under which most lines agree on the most fields."""
    sample = text[:_SAMPLE_CHARACTERS]
    if sample[:4].lower() == "sep=":
        return sample[4]

    def agreement(candidate: str) -> tuple[int, int]:
        try:
            widths = Counter(
                len(fields)
                for fields in csv.reader(io.StringIO(sample), delimiter=candidate)
                if len(fields) > 1
            )
        except csv.Error:
            return (0, 0)
        if not widths:
            return (0, 0)
        width, lines = max(widths.items(), key=lambda item: item[0] * item[1])
        return (width * lines, width)

    return max(SEPARATORS, key=agreement)


def unknown_separator(rows: Sequence[Sequence[object]]) -> bool:
    """Whether lines of a single field seem to hold several, between marks that none splits."""
    if max(map(len, rows), default=0) != 1:
        return False
    lines = [str(row[0]) for row in rows if str(row[0]).strip()][:_SAMPLE_LINES]
    marks = {mark for line in lines for mark in line if not mark.isalnum()} - _WITHIN_CELLS
    for mark in (*marks, "  "):
        counts = Counter(line.strip().count(mark) for line in lines)
        times, alike = counts.most_common(1)[0]
        if len(lines) > 1 and times and alike > len(lines) / 2:
            return True
    return False


def records(text: str) -> tuple[list[list[object]], list[int]]:
    """Fields of every record and the physical line (1-based) on which the record starts.

    Returns
    -------
    Records as lists of text, all of one width; empty lines are empty records, so that nothing
    shifts.
    """
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    rows: list[list[object]] = []
    numbers: list[int] = []
    before = 0
    for fields in reader:
        numbers.append(before + 1)
        rows.append(list(fields))
        before = reader.line_num
    if rows and text[:4].lower() == "sep=":
        rows[0] = []
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return rows, numbers
