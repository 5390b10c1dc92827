"""Headers of lists that count classrooms by condition, as the Dapodik lists of buildings do.

``Ruang Kelas / Rusak Sedang``, ``Kondisi R. Kelas: Baik`` and ``Jml Ruang Rusak Berat`` become
``room_moderate_count``, ``room_good_count`` and ``room_heavy_count``. Laboratories, libraries,
toilets and houses are no classrooms; shares in per cent are no counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ROOM_COLUMNS = ("room_good_count", "room_light_count", "room_moderate_count", "room_heavy_count")
_CONDITIONS = {
    ("baik",): "room_good_count",
    ("rusak", "ringan"): "room_light_count",
    ("ringan",): "room_light_count",
    ("rr",): "room_light_count",
    ("rusak", "sedang"): "room_moderate_count",
    ("sedang",): "room_moderate_count",
    ("rs",): "room_moderate_count",
    ("rusak", "berat"): "room_heavy_count",
    ("berat",): "room_heavy_count",
    ("rb",): "room_heavy_count",
    ("good",): "room_good_count",
    ("light", "damage"): "room_light_count",
    ("moderate", "damage"): "room_moderate_count",
    ("heavy", "damage"): "room_heavy_count",
}
_FILLERS = {
    *("jumlah", "jml", "jlh", "banyaknya", "total", "kondisi", "keadaan", "dalam", "yang", "yg"),
    *("unit", "buah", "bangunan", "gedung", "prasarana", "sarpras", "menurut", "tingkat"),
    *("kerusakan", "klasifikasi", "dengan", "rooms", "classrooms", "count", "lokal"),
}
_CLASSROOM = {"ruang", "r", "kelas", "rk", "rkb", "belajar", "teori"}


def room_column(parts: Sequence[str]) -> str:
    """What a header over counts of classrooms by condition stands for, '' where it is none.

    Parameters
    ----------
    parts
        Header texts above each other, top to bottom.
    """
    written = " ".join(parts)
    if re.search(r"%|persen|percent", written, re.I):
        return ""
    tokens = re.findall(r"[a-z]+|\d+", written.casefold())
    rest = tuple(dict.fromkeys(t for t in tokens if t not in _FILLERS and t not in _CLASSROOM))
    found = _CONDITIONS.get(rest, "")
    if not found and rest[:1] == ("rusak",) and len(rest) > 1:
        # 'Rusak' above 'Rusak Ringan' or above 'Ringan': the same.
        found = _CONDITIONS.get(rest[1:], "")
    is_short = rest in {("rr",), ("rs",), ("rb",), ("ringan",), ("sedang",), ("berat",)}
    # A bare 'Berat' or 'RB' names rooms only below a heading that does.
    speaks = bool(set(tokens) & (_CLASSROOM | {"kondisi", "keadaan", "rusak", "bangunan"}))
    return "" if is_short and not speaks else found
