"""A number of a lever or of a measure with its unit, as people say it, in two languages."""

from __future__ import annotations

from analytics.mix_told import rupiah

# Unit as data/levers.csv writes it -> one, many in English.
_ENGLISH = {
    "anak": ("child", "children"),
    "bulan": ("month", "months"),
    "jabatan": ("post", "posts"),
    "jabatan-tahun": ("post-year", "post-years"),
    "kali": ("times", "times"),
    "murid": ("pupil", "pupils"),
    "orang": ("person", "people"),
    "orang per orang": ("person per person", "people per person"),
    "peran": ("role", "roles"),
    "putaran": ("round", "rounds"),
    "sekolah": ("school", "schools"),
    "tahun": ("year", "years"),
}
_ENGLISH_PER = {" per tahun": " a year", " per bulan": " a month"}
# From here on a number of years is a calendar year.
_CALENDAR = 1000


def amount(unit: str, given: float) -> tuple[str, str]:
    """A number with its unit: a share as per cent, rupiah in millions and billions.

    Returns
    -------
    Indonesian and English: ``13%``, ``1,5 kali`` and ``1.5 times``.
    """
    if unit == "bagian":
        said = f"{100 * given:.2f}".rstrip("0").rstrip(".")
        return said.replace(".", ",") + "%", said + "%"
    if unit.startswith("Rp"):
        indonesian, english = rupiah(given)
        per = unit.removeprefix("Rp")
        return indonesian + per, english + _ENGLISH_PER.get(per, per)
    if unit == "tahun" and given > _CALENDAR:
        return f"{given:.0f}", f"{given:.0f}"
    said = f"{given:,.2f}".rstrip("0").rstrip(".") if given % 1 else f"{given:,.0f}"
    one, many = _ENGLISH.get(unit, (unit, unit))
    return (
        f"{said.translate(str.maketrans(',.', '.,'))} {unit}".strip(),
        f"{said} {one if given == 1 else many}".strip(),
    )
