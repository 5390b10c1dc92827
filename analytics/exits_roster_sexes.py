"""Men and women in the words and letters of any employer's roster.

A letter or a number means what the others of its column make of it: M is a man beside F and a
woman beside H (hombre, mujer), P a woman beside L and a man beside W (pria, wanita).
"""

from __future__ import annotations

import re

import pandas as pd

_MEN = (
    "l lk laki lakilaki laki2 lelaki pria cowok m male man men mand masc masculin masculino"
    " mannlich maennlich mnnlich homme hombre herr mr tn bapak 1"
)
_WOMEN = (
    "p pr perempuan wanita cewek f female woman women v vrouw w weiblich fem femme femenino feminin"
    " feminino mujer frau mrs ms ny ibu 2"
)
_SEXES = {**dict.fromkeys(_MEN.split(), "L"), **dict.fromkeys(_WOMEN.split(), "P")}
# Letters that a second letter of the column gives another meaning, or a meaning at all.
_BESIDE = {
    frozenset("hm"): {"h": "L", "m": "P"},
    frozenset("hf"): {"h": "L"},
    frozenset("pw"): {"p": "L"},
}


def sexes_of(cells: pd.Series) -> dict[str, str]:
    """The sex each cell of a column means.

    Returns
    -------
    L or P by cell as written; a cell that means neither, or that the column leaves open (1 beside
    0, M beside H and F), is not in it.
    """
    keys = {str(cell): re.sub(r"[^a-z0-9]", "", str(cell).casefold()) for cell in cells.unique()}
    keys = {cell: re.sub(r"^([012])0$", r"\1", key) if "." in cell or "," in cell else key
            for cell, key in keys.items()}  # fmt: skip
    told = set(keys.values())
    known = dict(_SEXES)
    letters = frozenset(key for key in told if len(key) == 1 and key.isalpha())
    if "0" in told:
        # Which of 0 and 1 is the man nobody says.
        known = {key: sex for key, sex in known.items() if key not in ("1", "2")}
    known |= _BESIDE.get(letters, {})
    if {"h", "m"} < letters:
        del known["m"]
    if {"p", "w"} < letters and "l" not in letters:
        del known["p"]
    return {cell: known[key] for cell, key in keys.items() if key in known}
