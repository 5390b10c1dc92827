"""The tables of the page on retirements; only the one that is open is computed."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics import leaving, leaving_groups, succession
from pages.shared import access, address, charts, inputs, layout, load
from pages.shared import retirement_figures as figures
from pages.shared import retirement_view as view_of
from pages.shared.layout import Column
from pages.shared.retirement_view import Calendar, View
from pages.shared.words import day, t, tn

ALL = "semua"
CLOSED = "tutup"
WHOLE_YEAR = "setahun"
# Whom other pages count and send their readers here for: by name, whatever the year.
TWELVE_MONTHS, PAST, DISPUTED = "12bulan", "lewat", "tafsir"
_STARTS = {WHOLE_YEAR: ("year", 1), **{f"tw{q}": ("quarter", 3 * q - 2) for q in (1, 2, 3, 4)}} | {
    f"{month:02d}": ("month", month) for month in range(1, 13)
}


def sections() -> dict[str, str]:
    """What can be opened beneath the calendar."""
    return {
        CLOSED: t("Tertutup"),
        "angka": t("Angka"),
        "nama": t("Daftar nama"),
        "porsi": t("Porsi"),
        "tunggal": t("Jabatan satu orang"),
        "kepala": t("Kepala dan pengganti"),
        "kontrak": t("Kontrak P3K"),
    }


def clicked(chart_key: str) -> None:
    """Open the names behind the piece of a figure that was clicked (a callback)."""
    points = (st.session_state.get(chart_key) or {}).get("selection", {}).get("points", [])
    cell = next((point["customdata"] for point in points if point.get("customdata")), None)
    if cell:
        show_names(str(cell[0]), str(cell[1]))


def show_names(period: str, group: str = "") -> None:
    """Open the names of one period, and of one group where it is named (for callbacks)."""
    year, _, part = period.partition("-")
    part = f"tw{part[1]}" if part.startswith("Q") else part or WHOLE_YEAR
    group = ALL if group in ("", view_of.REST) else group
    opened = {"rinci": "nama", "tahun": year, "bagian": part, "kelompok": group}
    for name, value in opened.items():
        st.session_state[name] = value
    address.write({name: [value] for name, value in opened.items()})


def draw(view: View, answer: Calendar) -> None:
    """The chooser and the table that is open."""
    opened = inputs.choice("rinci", t("Rincian"), sections(), CLOSED)
    if opened == CLOSED:
        return
    if opened == "angka":
        _counts(view, answer)
    elif opened == "nama":
        _names(view, answer)
    elif opened == "porsi":
        _shares(view)
    elif opened == "tunggal":
        _single_posts(view)
    elif opened == "kepala":
        _heads(view)
    else:
        _contracts(answer)


def _counts(view: View, answer: Calendar) -> None:
    named, others = answer.named, answer.others
    totals = answer.totals.set_index("period")[["leaver_count", "past_due_count"]]
    table = totals.join(named.assign(**{view_of.REST: others})).reset_index()
    table["period"] = [view_of.period_name(str(period)) for period in table["period"]]
    columns = [
        Column("period", t("Periode")),
        Column("leaver_count", t("Pensiun"), "count"),
        Column("past_due_count", t("di antaranya sudah lewat"), "count"),
        *(
            Column(group, view_of.value_name(view.by, group), "count")
            for group in named.columns
            if named[group].any()
        ),
    ]
    if others.any():
        columns.append(Column(view_of.REST, t("Lainnya"), "count"))
    layout.table(table, columns, f"pensiun-per-{view.by}-{view.period}", key="tabel-angka")
    layout.note(t("Kalender bulan sebagai tabel:"))
    months = {str(n): name for n, name in enumerate(view_of.month_names(), start=1)}
    grid = answer.grid.rename(columns=str).reset_index()
    shown = [Column("year", t("Tahun"), "year")]
    shown += [Column(number, name, "count") for number, name in months.items()]
    guarded = layout.visible(grid, shown)
    labels = {column.name: column.label for column in shown}
    layout.downloads(guarded.rename(columns=labels), "pensiun-per-bulan", key="kalender-unduh")


def _names(view: View, answer: Calendar) -> None:
    as_of = view.key.as_of
    years = [str(year) for year in range(as_of.year, view.until_year + 1)]
    months = view_of.month_names()
    parts = {
        WHOLE_YEAR: t("Setahun"),
        **{f"tw{quarter}": view_of.quarter_name(quarter) for quarter in range(1, 5)},
        **{f"{month:02d}": name for month, name in enumerate(months, start=1)},
    }
    groups = {value: view_of.value_name(view.by, value) for value in answer.groups}
    following = years[1] if len(years) > 1 else years[0]
    with st.container(horizontal=True):
        year = inputs.choice(
            "tahun",
            t("Tahun"),
            {one: one for one in years}
            | {
                ALL: t("Semua tahun"),
                TWELVE_MONTHS: t("12 bulan sejak {day}", day=day(as_of)),
                PAST: t("sudah lewat TMT"),
                DISPUTED: t("BUP diperdebatkan"),
            },
            following,
            widget="select",
        )
        part = WHOLE_YEAR
        if year.isdecimal():
            part = inputs.choice("bagian", t("Bagian tahun"), parts, WHOLE_YEAR, widget="select")
        group = inputs.choice(
            "kelompok",
            view_of.dimension_names()[view.by],
            {ALL: t("Semua"), **groups},
            ALL,
            widget="select",
        )
    people = view_of.people(view)
    if group != ALL:
        people = leaving_groups.selected(people, {view.by: (group,)})
    if not year.isdecimal():
        leavers = _whatever_the_year(people, year, as_of, view.until_year)
    else:
        period, first_month = _STARTS[part]
        starts_on = date(int(year), first_month, 1)
        leavers = leaving.leaving_in(people, as_of, starts_on, period)
    told = t("{count} orang", count=layout.count_shown(len(leavers)))
    st.markdown(f"**{told}** · {groups.get(group, t('semua kelompok'))}")
    if leavers.empty:
        layout.note(t("Tidak ada yang pensiun pada periode ini."))
    elif access.may_see_names():
        _people_table(leavers, "nama-yang-pensiun")
    else:
        layout.note(t("Nama hanya tampak bagi perencana; di sini jumlah per unit."))
        by_unit = leaving.share_within(leavers, as_of, (100,), "unit")
        layout.table(
            by_unit.sort_values("people_count", ascending=False).astype({"unit": "str"}),
            [Column("unit", t("Unit kerja")), Column("people_count", t("Orang"), "count")],
            "pensiun-per-unit",
            key="tabel-unit",
        )


def _whatever_the_year(
    people: pd.DataFrame, asked: str, as_of: date, until_year: int
) -> pd.DataFrame:
    """Who is asked for without a calendar year, in the order in which they leave."""
    dates = people["retires_on"]
    if asked == TWELVE_MONTHS:
        chosen = dates < pd.Timestamp(as_of) + pd.DateOffset(years=1)
    elif asked == PAST:
        chosen = dates <= pd.Timestamp(as_of)
    elif asked == DISPUTED:
        chosen = people["rule_standing"] == "disputed"
    else:
        chosen = dates < pd.Timestamp(until_year + 1, 1, 1)
    return people.loc[chosen.to_numpy(dtype=bool)].sort_values("retires_on", kind="stable")


def _person_columns() -> list[Column]:
    return [
        Column("name", t("Nama"), "name"),
        Column("nip", t("NIP"), "nip"),
        Column("position", t("Jabatan")),
        Column("unit", t("Unit kerja")),
        Column("birth_date", t("Lahir"), "day"),
        Column("retires_on", t("TMT pensiun"), "day"),
        Column("bup_years", t("BUP"), "number"),
        Column("role", t("Kelompok jabatan")),
        Column("rule_source", t("Dasar")),
        Column("standing", t("Kepastian")),
    ]


def _with_words(people: pd.DataFrame) -> pd.DataFrame:
    standing = {
        "settled": t("pasti"),
        "disputed": t("ada beda tafsir"),
        "local_choice": t("pilihan setempat"),
        "unconfirmed": t("belum dipastikan"),
        "scenario": t("andai-andai"),
    }
    role = people["role_group"].fillna(leaving_groups.UNKNOWN)
    names = {value: view_of.value_name("role_group", value) for value in role.unique()}
    return people.assign(
        role=role.map(names),
        standing=people["rule_standing"].map(standing).fillna(people["rule_standing"]),
    )


def _people_table(people: pd.DataFrame, file_name: str) -> None:
    layout.table(_with_words(people), _person_columns(), file_name, key=file_name)


def _shares(view: View) -> None:
    people = view_of.people(view)
    shares = leaving.share_within(people, view.key.as_of, view_of.HORIZONS, view.by)
    if not access.may_see_names():
        # A share times the staff gives the count away, and so do the others taken from all.
        is_told = shares.groupby("within_years")["leaver_count"].transform(_is_told).astype(bool)
        is_hidden = ~is_told & shares["leaver_count"].gt(0)
        shares = shares.assign(leaver_share=shares["leaver_share"].mask(is_hidden))
    wide = shares.pivot(index=view.by, columns="within_years", values=["leaver_share"])
    wide.columns = [f"share_{years}" for _, years in wide.columns]
    first = shares.loc[shares["within_years"] == view_of.HORIZONS[0]].set_index(view.by)
    table = wide.assign(people_count=first["people_count"]).reset_index()
    table["group"] = [view_of.value_name(view.by, str(value)) for value in table[view.by]]
    if not access.may_see_names():
        # A share of a handful of people tells who they are.
        table = table.loc[_is_told(table["people_count"])]
    if table.empty:
        layout.empty(
            t("Kelompoknya terlalu kecil untuk ditampilkan"),
            t("Yang tampil akan membuka berapa orang di kelompok yang ditutup."),
        )
        return
    layout.table(
        table.sort_values("people_count", ascending=False),
        [
            Column("group", view_of.dimension_names()[view.by]),
            Column("people_count", t("Pegawai"), "count"),
            *(
                Column(f"share_{years}", tn("dalam {n} tahun", years), "share")
                for years in view_of.HORIZONS
            ),
        ],
        f"porsi-pensiun-per-{view.by}",
        key="tabel-porsi",
    )


def _is_told(counts: pd.Series) -> pd.Series:
    """Which groups somebody who may not see names may see, beside all of them."""
    return pd.Series(leaving_groups.told_apart(counts, access.SMALL_COUNT), index=counts.index)


def _horizon() -> int:
    years = {str(n): tn("{n} tahun", n) for n in view_of.HORIZONS}
    return int(inputs.choice("dalam", t("Dalam"), years, "5"))


def _single_posts(view: View) -> None:
    within_years = _horizon()
    posts = succession.single_holder_posts(load.people_of(view.key), view.key.as_of, within_years)
    posts = leaving_groups.selected(leaving.counted(posts, view.who), dict(view.wanted))
    told = tn("{n} jabatan yang dipegang satu orang akan kosong", len(posts))
    st.markdown(f"**{told}** ({tn('dalam {n} tahun', within_years)})")
    if posts.empty:
        layout.note(t("Tidak ada jabatan satu orang yang kosong pada saringan ini."))
        return
    # Who holds a single-holder post is known by name to anyone inside: only the post for others.
    kinds = {"nip", "birth_date", "bup_years", "standing", "rule_source"}
    hidden = set() if access.may_see_names() else {"retires_on"}
    columns = [column for column in _person_columns() if column.name not in kinds | hidden]
    table = _with_words(posts).assign(year=posts["retires_on"].dt.year)
    layout.table(
        table,
        [*columns, Column("year", t("Tahun"), "year")],
        "jabatan-satu-orang",
        key="tabel-tunggal",
    )


def _heads(view: View) -> None:
    within_years = _horizon()
    everyone = load.people_of(view.key)
    units = load.ask("units", government_id="*")
    heads = succession.heads_leaving(everyone, view.key.as_of, within_years, units)
    heads = leaving_groups.selected(leaving.counted(heads, view.who), dict(view.wanted))
    schools = heads.loc[(heads["head_kind"] == succession.SCHOOL_HEAD).to_numpy()]
    offices = heads.loc[(heads["head_kind"] != succession.SCHOOL_HEAD).to_numpy()]
    year = Column("year", t("Tahun"), "year")
    name = Column("name", t("Nama"), "name")

    st.markdown(
        f"**{tn('{n} kepala sekolah pensiun', len(schools))}** "
        f"({tn('dalam {n} tahun', within_years)})"
    )
    has_certificates = succession.has_certificate_data(everyone)
    if not has_certificates:
        layout.note(
            t(
                "Data sertifikat tidak ada: daftar pegawai tidak memuat kolom sertifikat calon"
                " kepala sekolah, jadi pengganti bersertifikat tidak dapat dihitung."
            )
        )
    if not schools.empty:
        counted = [
            Column("certified_kecamatan_count", t("Bersertifikat di kecamatan"), "count"),
            Column("certified_city_count", t("Bersertifikat di seluruh daerah"), "count"),
        ]
        layout.table(
            schools.assign(year=schools["retires_on"].dt.year),
            [
                Column("unit", t("Sekolah")),
                Column("kecamatan", t("Kecamatan")),
                Column("school_level", t("Jenjang sekolah")),
                name,
                year,
                *(counted if has_certificates else []),
            ],
            "kepala-sekolah-pensiun",
            key="tabel-kepala-sekolah",
        )
        if has_certificates:
            layout.note(
                t(
                    "Guru bersertifikat dari jenjang sekolah yang sama, belum menjadi kepala, masih"
                    " bertugas paling sedikit {years} tahun sesudahnya. Seorang guru dapat"
                    " terhitung di belakang beberapa kepala.",
                    years=succession.STAYS_AT_LEAST_YEARS,
                )
            )
    st.markdown(
        f"**{tn('{n} pejabat eselon pensiun', len(offices))}** "
        f"({tn('dalam {n} tahun', within_years)})"
    )
    if not offices.empty:
        layout.table(
            _with_words(offices).assign(year=offices["retires_on"].dt.year),
            # Long titles leave room for the last column, which is what is asked here.
            [
                Column("position", t("Jabatan"), width=260),
                Column("unit", t("Unit kerja"), width=230),
                Column("role", t("Kelompok jabatan"), width=160),
                name,
                year,
                Column("one_below_count", t("Calon satu tingkat di bawah"), "count"),
            ],
            "pejabat-pensiun",
            key="tabel-pejabat",
        )
        layout.note(
            t(
                "Calon satu tingkat di bawah: PNS satu eselon di bawahnya pada OPD yang sama yang"
                " masih bertugas paling sedikit {years} tahun sesudahnya. Angka ini tidak menilai"
                " mutu.",
                years=succession.STAYS_AT_LEAST_YEARS,
            )
        )


def _contracts(answer: Calendar) -> None:
    ends = answer.contract_ends
    if not ends["contract_end_count"].sum():
        layout.note(t("Tidak ada kontrak P3K dengan tanggal berakhir pada saringan ini."))
        return
    charts.draw(figures.contract_bars(answer, figures.look()), "kontrak-p3k", height=320)
    layout.note(
        t(
            "Kontrak dapat diperpanjang, jadi angka ini terpisah dari pensiun dan tidak dijumlahkan"
            " dengannya. Kontrak yang berakhir pada atau sesudah TMT pensiun tidak dihitung."
        )
    )
    table = ends.assign(
        kind=[view_of.value_name("employment", str(value)) for value in ends["employment"]]
    )
    layout.table(
        table.loc[table["contract_end_count"] > 0].sort_values(["year", "kind"]),
        [
            Column("year", t("Tahun"), "year"),
            Column("kind", t("Status kepegawaian")),
            Column("contract_end_count", t("Kontrak berakhir"), "count"),
            Column("overdue_count", t("di antaranya sudah lewat"), "count"),
        ],
        "kontrak-p3k-berakhir",
        key="tabel-kontrak",
    )
