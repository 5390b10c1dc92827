"""Names of kecamatan and villages as they are compared, whatever lists write before them."""

from __future__ import annotations

import pandas as pd

# What stands before the name of a place and is no part of it.
_KIND_OF_PLACE = r"^(?:kecamatan|kec|desa|ds|kelurahan|kel)\b[.\s]*"


def place_names(places: pd.Series) -> pd.Series:
    """Names of places to compare: ``Kec. Kartoharjo`` and ``KARTOHARJO`` are one.

    Parameters
    ----------
    places
        As written; may be NA.

    Returns
    -------
    Text in small letters without *kecamatan*, *desa*, *kelurahan* or what shortens them; '' where
    nothing is told (a blank, a lone dash).
    """
    told = places.astype("object").fillna("").astype("str").str.casefold().str.strip()
    told = told.str.replace(_KIND_OF_PLACE, "", regex=True).str.split().str.join(" ")
    return told.where(told.str.contains(r"\w", regex=True), "")
