"""Columns and types of people and of those who left, as an edition keeps them."""

from __future__ import annotations

import pandas as pd

from analytics.store_edition import StoreError

PEOPLE_TYPES = {
    "nip": "str",
    "name": "str",
    "sex": "str",
    "birth_date": "datetime64[us]",
    "employment": "str",
    "legal_status_code": "str",
    "is_in_headcount": "bool",
    "is_on_duty": "bool",
    "golongan": "str",
    "golongan_since": "datetime64[us]",
    "position_since": "datetime64[us]",
    "appointed_on": "datetime64[us]",
    "contract_ends_on": "datetime64[us]",
    "stated_retires_on": "datetime64[us]",
    "service_years": "Int64",
    "service_months": "Int64",
    "stated_bup_years": "Int64",
    "position_kind": "str",
    "position": "str",
    "echelon": "str",
    "stated_jenjang": "str",
    "education_level": "str",
    "education": "str",
    "extra_duty": "str",
    "has_head_certificate": "boolean",
    "unit": "str",
    "opd": "str",
    "kecamatan": "str",
    "npsn": "str",
}

EXIT_TYPES = {
    "nip": "str",
    "exited_on": "datetime64[us]",
    "cause": "str",
    "reason": "str",
    "origin": "str",
    "is_day_known": "bool",
    "name": "str",
    "sex": "str",
    "birth_date": "datetime64[us]",
    "employment": "str",
    "golongan": "str",
    "position_kind": "str",
    "position": "str",
    "echelon": "str",
    "stated_jenjang": "str",
    "extra_duty": "str",
    "unit": "str",
    "opd": "str",
    "appointed_on": "datetime64[us]",
    "contract_ends_on": "datetime64[us]",
}


def typed_people(frame: pd.DataFrame) -> pd.DataFrame:
    """A people frame in the types ``PEOPLE_TYPES``; further columns stand behind, untouched.

    Raises
    ------
    StoreError
        A column is missing.
    """
    missing = [column for column in PEOPLE_TYPES if column not in frame.columns]
    if missing:
        raise StoreError(f"The people frame lacks {', '.join(missing)}.")
    others = [column for column in frame.columns if column not in PEOPLE_TYPES]
    return frame[[*PEOPLE_TYPES, *others]].astype(PEOPLE_TYPES)
