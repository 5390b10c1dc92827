"""A point in one cell: ``-7.6193, 111.5584`` under ``Koordinat`` as latitude and longitude."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"\b(?:latitude|longitude|lintang|bujur|long|lat|lon|lng)\b\s*[:=]?\s*", re.IGNORECASE
)
_WITH_POINT = r"[+-]?\s*\d{1,3}(?:\.\d+)?°?"
_WITH_COMMA = r"[+-]?\s*\d{1,3}(?:,\d+)?°?"
# The first that fits: with a decimal point a comma alone parts the two, with a decimal comma it
# does so only before a blank, or where both have decimals.
_PAIRS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"({_WITH_POINT})(?:\s*[,;/|]\s*|\s+)({_WITH_POINT})",
        rf"({_WITH_COMMA})(?:\s*[;/|]\s*|,\s+|\s+)({_WITH_COMMA})",
        r"([+-]?\s*\d{1,3},\d+),([+-]?\s*\d{1,3},\d+)",
        # Letters of the compass behind, or before, degrees, minutes and seconds.
        r"([+-]?\d[^a-z]*(?:LS|LU|[SNU]))[\s,;/|]*([+-]?\d[^a-z]*(?:BT|BB|[ETBW]))",
        r"((?:LS|LU|[SNU])\s*\d[^a-z]*?)[\s,;/|]*((?:BT|BB|[ETBW])\s*\d[^a-z]*)",
        r"([^;|/]+?)\s*[;|/]\s*([^;|/]+)",
        r"([^,]+),\s+([^,]+)",
    )
)


def parted_point(written: str) -> tuple[str, str]:
    """Latitude and longitude as written in one cell.

    Returns
    -------
    Both as text; what cannot be parted stands whole in the first, so that it is told as it is.
    """
    text = _LABEL.sub(" ", written).strip(" ()[]{}\t")
    text = re.sub(r"^[,;/|\s]+|[,;/|\s]+$", "", text)
    for pattern in _PAIRS:
        found = pattern.fullmatch(text)
        if found:
            return found[1].strip(), found[2].strip()
    return written.strip(), ""
