"""The chance that units run short of a post, on the page on exits."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import access, exit_view, inputs, layout
from pages.shared.exit_inputs import Scope
from pages.shared.exit_view import Answer
from pages.shared.layout import Column
from pages.shared.retirement_view import value_name
from pages.shared.words import number, percent, t, tn

_MOST_NEEDED = 10
_LOOKED_AT_YEARS = 2
_WORTH_TELLING = 0.005
_SHOWN_UNITS = 3
# Words within titles that are names, and those that are letters of an abbreviation.
_NAMES = {
    *("islam", "kristen", "katolik", "hindu", "buddha", "khonghucu"),
    *("indonesia", "inggris", "arab", "jawa", "sunda", "bali", "mandarin", "jepang", "jerman"),
    *("prancis", "pancasila"),
}
_LETTERS = {"bk", "ipa", "ips", "pjok", "ppkn", "tik", "tk", "sd", "smp", "ptp", "it", "plb", "plh"}


def shortage(scope: Scope, found: Answer) -> None:  # noqa: ARG001 (as its neighbours)
    """How likely a unit has fewer than so many of a post at the end of a year."""
    options = exit_view.post_options(scope)
    if not options:
        layout.empty(t("Tidak ada kelompok dengan 10 orang atau lebih"), "")
        return
    labels = {one: _post_label(one, *told[:2]) for one, told in options.items()}
    first = scope.key.people.as_of.year
    years = {str(year): str(year) for year in range(first, scope.last_year + 1)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=330):
            wanted = inputs.choice(
                "jabatan_kurang", t("Jabatan"), labels, _usual_post(options), widget="select"
            )
        with st.container(width=150):
            least = inputs.choice(
                "paling_sedikit",
                t("Paling sedikit"),
                {str(n): str(n) for n in range(1, _MOST_NEEDED + 1)},
                "1",
                widget="select",
            )
        with st.container(width=150):
            usual = str(min(first + _LOOKED_AT_YEARS, scope.last_year))
            year = inputs.choice("kurang_pada", t("Pada akhir"), years, usual, widget="select")
    table = exit_view.shortage(scope, wanted, int(least))
    at_year = table.loc[table["year"] == int(year)]
    rows = at_year.sort_values(
        ["below_probability", "opd", "unit"], ascending=[False, True, True], ignore_index=True
    )
    post = _post_name(wanted, options[wanted][0])
    layout.sentences(_shortage_told(rows, post, int(least), year))
    if not access.may_see_names():
        # An expectation beside a hidden count would tell the count.
        small = rows["start_count"].between(1, access.SMALL_COUNT - 1)
        rows = rows.assign(staff_count=rows["staff_count"].mask(small))
    layout.table(
        rows,
        [
            Column("unit", t("Unit kerja")),
            Column("opd", t("OPD")),
            Column("start_count", t("Orang hari ini"), "count"),
            Column("staff_count", t("Diperkirakan akhir {year}", year=year), "decimal"),
            Column("below_probability", t("Peluang kurang dari {n}", n=least), "share"),
        ],
        t("peluang-kekurangan"),
        key="tabel-kekurangan",
        height=layout.height_of(len(rows), 15),
    )
    layout.note(
        t(
            "Tanpa pengganti dan tanpa pindah antarunit. Dihitung dari tanggal pensiun menurut"
            " hukum dan laju rata-rata kelompok jabatan (paling sedikit 10 orang), bukan laju"
            " orang yang menjabatnya."
        )
    )


def _usual_post(options: dict[str, tuple[str, int, int]]) -> str:
    """The functional post with fewest people a unit: there a unit is soonest without any."""
    posts = {
        one: people / units
        for one, (_, people, units) in options.items()
        # A school has one head and no more; that is no shortage waiting to happen.
        if one.startswith("jab:") and units >= _SHOWN_UNITS and people > 1.2 * units
    }
    return min(posts, key=lambda one: posts[one]) if posts else next(iter(options))


def _post_name(wanted: str, name: str) -> str:
    if wanted.startswith("kel:"):
        return value_name("role_group", name).lower()
    return proper(name)


def proper(title: str) -> str:
    """A title kept in small letters, with those capitals that Indonesian asks for."""
    return " ".join(
        one.upper() if one in _LETTERS else one.capitalize() if one in _NAMES else one
        for one in title.split(" ")
    )


def _post_label(wanted: str, name: str, count: int) -> str:
    if wanted.startswith("kel:"):
        return t("Kelompok: {name} ({n})", name=value_name("role_group", name), n=number(count))
    return t("Jabatan: {name} ({n})", name=_sentence(proper(name)), n=number(count))


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:]


def _shortage_told(rows: pd.DataFrame, post: str, least: int, year: str) -> list[str]:
    is_short = rows["start_count"] < least
    already = (
        [
            tn(
                "{n} unit sudah kurang dari {least} {post} hari ini.",
                int(is_short.sum()),
                least=number(least),
                post=post,
            )
        ]
        if is_short.any()
        else []
    )
    rows = rows.loc[~is_short]
    risky = rows.loc[rows["below_probability"] >= _WORTH_TELLING]
    if risky.empty:
        return [
            *already,
            t(
                "Tidak ada unit lain yang berpeluang kekurangan {post} sampai akhir {year}.",
                post=post,
                year=year,
            )
            if already
            else t(
                "Tidak ada unit yang berpeluang kekurangan {post} sampai akhir {year}.",
                post=post,
                year=year,
            ),
        ]
    without = (
        t("tanpa {post}", post=post)
        if least == 1
        else t("dengan kurang dari {n} {post}", n=number(least), post=post)
    )
    top = risky.head(_SHOWN_UNITS)
    return [
        *already,
        tn(
            "Diperkirakan {expected} dari {n} unit {without} pada akhir {year}.",
            len(rows),
            expected=number(float(rows["below_probability"].sum()), 1),
            without=without,
            year=year,
        ),
        t(
            "Peluang terbesar: {units}.",
            units="; ".join(
                f"{row.unit} {percent(row.below_probability, 0)}" for row in top.itertuples()
            ),
        ),
    ]
