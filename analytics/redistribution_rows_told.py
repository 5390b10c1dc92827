"""Sentences on people who stand on several rows of a list of teachers."""

from __future__ import annotations

from analytics.redistribution import Redistribution
from analytics.redistribution_rows import People


def say_rows(people: People, found: Redistribution, notes: list[tuple[str, str]]) -> None:
    """How people on several rows were counted, and what the hours beside their posts came to."""
    if not people.repeated_count:
        return
    covered, opened = found.counts["covered_hours"], int(found.counts["opened_count"])
    unlowered = int(found.counts["uncovered_count"])
    many = int((people.staff["elsewhere_count"] > 0).sum())
    counted = (
        f"{people.repeated_count} orang tertulis di beberapa baris: jamnya dijumlah, orangnya"
        " dihitung sekali di satminnya (atau sekolah dengan jam terbanyak), untuk jabatan"
        " dengan jam terbanyak di sana.",
        f"{people.repeated_count} people stand on several rows: their hours are added up, each"
        " counts once in the satmin (or the school of the most hours), for the post of the"
        " most hours there.",
    )
    lowered = (
        f" {covered:g} JP di jabatan lain mengurangi kebutuhan di sana.",
        f" {covered:g} hours in other posts lower the need there.",
    )
    tied = (
        f" {many} orang mengajar di lebih dari satu sekolah dan hanya pindah bila dikunci pindah"
        " (--lock-move) atau sekolahnya ditutup.",
        f" {many} people teach at more than one school and move only where locked to"
        " (--lock-move) or where their school closes.",
    )
    said = [counted, *([lowered] if covered else []), *([tied] if many else [])]
    notes.append(("".join(one[0] for one in said), "".join(one[1] for one in said)))
    if people.unweighed_count:
        notes.append(
            (
                f"{people.unweighed_count} orang di antaranya tanpa jam (kolom hours): dihitung di"
                " baris pertamanya, dan kebutuhan di baris lainnya tidak berkurang.",
                f"{people.unweighed_count} of them have no hours (column hours): counted in their"
                " first row, and needs of the other rows are not lowered.",
            )
        )
    if unlowered:
        notes.append(
            (
                f"{unlowered} kebutuhan tanpa jam (kolom hours di --needs) tidak berkurang,"
                " walaupun ada yang mengajarkannya di samping jabatannya.",
                f"{unlowered} needs without hours (column hours in --needs) are not lowered, though"
                " somebody teaches them beside another post.",
            )
        )
    if opened:
        notes.append(
            (
                f"{opened} jabatan terbuka lagi karena yang mengajarkannya di samping jabatannya"
                " pindah.",
                f"{opened} posts are open again because whoever taught them beside another post"
                " moves.",
            )
        )
