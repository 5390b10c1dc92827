"""The level and the status of a school as lists write them: SMPN, MTs Negeri, SD Negeri, N, S."""

from __future__ import annotations

from functools import lru_cache

from analytics.checks_cells import wordings
from analytics.units import folded, school_name


@lru_cache(maxsize=4096)
def level_of(written: str) -> str:
    """The level a word for it names.

    Parameters
    ----------
    written
        As a column of levels has it (``SD``, ``SMPN``, ``SD Negeri``, ``Sekolah Dasar``, ``MTs``),
        or the name of a school.

    Returns
    -------
    ``TK``, ``SD``, ``SMP``, ``SMA``, ``SMK``, ``SLB``, ``MI``, ``MTS``, ``MA`` ... in capitals,
    as :func:`analytics.units.school_name` knows them; further ones are those of ``school_level``
    in ``data/wordings.csv``. '' where it names none.
    """
    plain, words = folded(written), wordings("school_level")
    if plain in words:
        return words[plain]
    # A level alone is the name of no school: a number makes it one.
    if found := school_name(plain) or school_name(f"{plain} 1"):
        return found[0]
    begun = [one for one in words if " " in one and plain.startswith(f"{one} ")]
    return words[max(begun, key=len)] if begun else ""


def status_of(written: str) -> str:
    """``negeri`` or ``swasta``; '' where the cell says neither (``school_status`` of wordings)."""
    return wordings("school_status").get(folded(written), "")
