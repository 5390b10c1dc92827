"""SIASN: the 69-column nominatif download and the camelCase fields of its web service."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.readers.headers import Column, header_key, layout_keys

_KNOWN_SHARE = 0.6
_CAMEL = re.compile(r"^[a-z]+[A-Z]")


def layout(columns: Sequence[Column]) -> str:
    """``siasn_nominatif``, ``siasn_api`` or '' for a header."""
    keys = {header_key(column.header) for column in columns}
    camel = sum(bool(_CAMEL.match(column.header)) for column in columns)
    for name in ("siasn_nominatif", "siasn_api"):
        shared = len(keys & layout_keys(name))
        is_known = shared >= max(5, _KNOWN_SHARE * len(keys))
        if is_known and (name == "siasn_api") == (camel >= 3):
            # Both systems have columns no other list has; a plain table shares only common words.
            marks = {"pnsid", "unornama", "jabatannama", "golakhirnama", "nipbaru", "jabatanid"}
            if keys & marks:
                return name
    return ""
