"""The tables of the page on teachers: posts, kecamatan, schools, elasticity."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import teachers_in_post
from pages.shared import address, inputs, layout, teacher_view
from pages.shared.layout import Column
from pages.shared.school_inputs import Scope, year_name
from pages.shared.teacher_view import ALL_POSTS, Answer, NeedKey
from pages.shared.words import NONE, number, t, tn

_SCHOOLS = "guru-per-sekolah"


def sections() -> dict[str, str]:
    """What can be opened beneath the figures."""
    return {
        "jabatan": t("Per jabatan"),
        "kecamatan": t("Per kecamatan"),
        "sekolah": t("Per sekolah"),
        "tahun": t("Per tahun"),
        "ukuran": t("Bila murid berkurang"),
    }


def draw(scope: Scope, key: NeedKey, found: Answer, school_year: int) -> None:
    """The chooser and the table that is open."""
    opened = inputs.choice("rinci_guru", t("Rincian"), sections(), "jabatan")
    if opened == "jabatan":
        _by_post(found, school_year)
    elif opened == "kecamatan":
        _by_kecamatan(scope, key, found, school_year)
    elif opened == "sekolah":
        _by_school(scope, key, found, school_year)
    elif opened == "tahun":
        _by_year(found)
    else:
        _by_size(scope, key)


def _counts() -> list[Column]:
    return [
        Column("needed_count", t("Dibutuhkan"), "number"),
        Column("in_post_count", t("Ada hari ini"), "count"),
        Column("leaving_count", t("Pensiun sebelumnya"), "count"),
        Column("deficit_count", t("Kurang"), "number"),
        Column("surplus_count", t("Lebih"), "number"),
    ]


def _by_post(found: Answer, school_year: int) -> None:
    rows = found.by_post.loc[found.by_post["school_year"] == school_year]
    turns = found.turning.set_index("post")
    words = {
        "deficit": t("berbalik kurang {year}"),
        "surplus": t("berbalik lebih {year}"),
        "balanced": t("menjadi pas {year}"),
    }

    def turned(post: str) -> str:
        row = turns.loc[post]
        if pd.isna(row["turns_in"]):
            return NONE
        return words[str(row["turns_to"])].format(year=year_name(int(row["turns_in"])))

    table = rows.assign(
        name=[teacher_view.post_name(post) for post in rows["post"]],
        turns=[turned(post) for post in rows["post"]],
    ).sort_values(["deficit_count", "surplus_count"], ascending=False)
    layout.table(
        table,
        [
            Column("name", t("Jabatan")),
            *_counts(),
            Column("turns", t("Selisih bersihnya")),
        ],
        f"guru-per-jabatan-{school_year}",
        key="tabel-guru-jabatan",
    )
    layout.note(
        t(
            "Kurang dan lebih dijumlahkan per sekolah dan tidak saling menutup: lebih di satu"
            " sekolah baru mengisi kurang di sekolah lain bila gurunya dipindahkan."
        )
    )


def agama_note(found: Answer) -> str:
    """How the teachers of agama are counted: by religion where it is known; '' where none is."""
    told = found.agama
    if not told.known_count + told.unknown_count:
        return ""
    schools = tn("{n} sekolah", told.known_count)
    if not told.known_count:
        return t(
            "Guru agama dihitung satu jabatan menurut semua jam: agama murid tiap sekolah belum"
            " diketahui, jadi terlalu rendah bila agamanya beragam. Muat rekap murid per agama di"
            " halaman Data."
        )
    parts = [
        t("Guru agama dihitung per agama yang ada di {schools}.", schools=schools)
        if not told.unknown_count
        else t(
            "Guru agama dihitung per agama yang ada di {schools}; di {unknown} sekolah lain agama"
            " muridnya belum diketahui, jadi satu jabatan menurut semua jam.",
            schools=schools,
            unknown=number(told.unknown_count),
        )
    ]
    # Few such schools would point at few children.
    if told.small_count and not layout.is_small(told.small_count):
        parts.append(
            t(
                "Kelompok agama yang terlalu kecil untuk jabatan sendiri ada di {schools}: jamnya"
                " setara {fte} guru penuh, diajar gabungan atau bersama sekolah lain, dan tidak"
                " dihitung sebagai kekurangan.",
                schools=tn("{n} sekolah", told.small_count),
                fte=number(told.small_fte, 1),
            )
        )
    return " ".join(parts)


def _post(found: Answer) -> str:
    """The post that kecamatan and schools are listed for."""
    posts = sorted(set(found.by_post["post"]), key=teacher_view.post_name)
    offered = {ALL_POSTS: teacher_view.post_name(ALL_POSTS)}
    offered |= {post: teacher_view.post_name(post) for post in posts}
    with st.container(width=360):
        return inputs.choice("jabatan_guru", t("Jabatan"), offered, ALL_POSTS, widget="select")


def _by_kecamatan(scope: Scope, key: NeedKey, found: Answer, school_year: int) -> None:
    post = _post(found)
    rows = teacher_view.kecamatan(scope, key, school_year, post)
    if rows.empty:
        layout.note(t("Tidak ada sekolah dengan jabatan ini."))
        return
    rows = rows.assign(kecamatan=rows["kecamatan"].replace("", NONE).fillna(NONE))
    layout.table(
        rows.sort_values("deficit_count", ascending=False),
        [Column("kecamatan", t("Kecamatan")), *_counts()],
        _file_name("guru-per-kecamatan", school_year, post),
        key="tabel-guru-kecamatan",
    )


def _file_name(what: str, school_year: int, post: str) -> str:
    return f"{what}-{school_year}" if post == ALL_POSTS else f"{what}-{school_year}-{post}"


def _by_school(scope: Scope, key: NeedKey, found: Answer, school_year: int) -> None:
    post = _post(found)
    rows = teacher_view.schools(scope, key, school_year, post)
    if rows.empty:
        layout.note(t("Tidak ada sekolah dengan jabatan ini."))
        return
    picked = layout.table(
        rows,
        [
            Column("name", t("Sekolah"), width="medium"),
            Column("kecamatan", t("Kecamatan")),
            *_counts(),
            Column("npsn", t("NPSN")),
        ],
        _file_name(_SCHOOLS, school_year, post),
        key=_SCHOOLS,
        on_select="rerun",
    )
    chosen = picked["selection"]["rows"] if picked else []
    if chosen and chosen[0] < len(rows):
        school = rows.iloc[chosen[0]]
        layout.page_link(
            "murid", t("Buka {school}", school=school["name"]), sekolah=str(school["npsn"])
        )
    else:
        layout.note(t("Pilih satu baris untuk membuka sekolahnya."))


def _by_year(found: Answer) -> None:
    rows = found.by_year.assign(
        year=[year_name(int(one)) for one in found.by_year["school_year"]],
        needed_at_ratio=found.by_year["needed_at_ratio"].astype(float).round(),
    )
    layout.table(
        rows,
        [
            Column("year", t("Tahun ajaran")),
            *_counts(),
            Column("needed_at_ratio", t("Dibutuhkan pada rasio hari ini"), "number"),
            Column("unknown_count", t("Jabatannya belum diketahui"), "count"),
        ],
        "guru-per-tahun",
        key="tabel-guru-tahun",
    )


def _by_size(scope: Scope, key: NeedKey) -> None:
    rows = teacher_view.by_size(scope, key)
    layout.note(t("Bila murid setiap kelas berkurang sepersepuluh, kebutuhan guru berubah begini:"))
    layout.table(
        rows,
        [
            Column("level", t("Jenjang sekolah")),
            Column("size_band", t("Murid per sekolah")),
            Column("school_count", t("Sekolah"), "number"),
            Column("needed_count", t("Guru dibutuhkan"), "number"),
            Column("unmoved_count", t("Sekolah yang kebutuhannya tetap"), "number"),
            Column("pupil_change", t("Perubahan murid"), "share"),
            Column("need_change", t("Perubahan kebutuhan"), "share"),
            Column("elasticity", t("Elastisitas"), "decimal"),
        ],
        "kebutuhan-guru-bila-murid-berkurang",
        key="tabel-guru-ukuran",
    )


def apart_note(found: Answer) -> str:
    """Who works in these schools and does not count as a teacher in post."""
    words = teacher_view.apart_names()
    said = [
        f"{layout.count_shown(int(count))} {words[str(reason)]}"
        for reason, count in found.apart.items()
        if reason in words
    ]
    unknown = found.by_post.loc[
        (found.by_post["post"] == teachers_in_post.UNKNOWN_POST)
        & (found.by_post["school_year"] == found.now_year),
        "in_post_count",
    ].sum()
    parts = []
    if said:
        parts.append(t("Tidak terhitung sebagai guru yang ada: {people}.", people=", ".join(said)))
    if unknown:
        parts.append(
            t(
                "{n} guru jabatannya belum diketahui: muat daftar GTK Dapodik dengan mata pelajaran"
                " dan sertifikasinya.",
                n=layout.count_shown(int(unknown)),
            )
        )
    return " ".join(parts)


def elasticity_told(found: Answer) -> str:
    """How need follows pupils, as a sentence."""
    rows = found.elasticity
    row = rows.loc[rows["level"] == "semua"].iloc[0]
    if pd.isna(row["elasticity"]) or abs(row["pupil_change"]) < 0.005:
        return t("Jumlah murid hampir tidak berubah, jadi kebutuhan guru pun tidak.")
    values = {
        "pupils": number(abs(row["pupil_change"]) * 100, 1),
        "need": number(abs(row["need_change"]) * 100, 1),
        "times": number(row["elasticity"], 2),
        "year": year_name(found.last_year),
    }
    falls = row["pupil_change"] < 0
    if falls and row["need_change"] < 0:
        return t(
            "Dengan aturan tahun ini: sampai {year} murid turun {pupils}%, kebutuhan guru turun"
            " {need}%. Setiap 1% murid berkurang, kebutuhan turun {times}%, karena rombel dihitung"
            " utuh per sekolah dan kelas.",
            **values,
        )
    if falls:
        return t(
            "Dengan aturan tahun ini: sampai {year} murid turun {pupils}%, tetapi kebutuhan guru"
            " tidak ikut turun ({need}%), karena rombel dihitung utuh per sekolah dan kelas.",
            **values,
        )
    return t(
        "Dengan aturan tahun ini: sampai {year} murid naik {pupils}%, kebutuhan guru {need}%"
        " ({times}% untuk setiap 1% murid).",
        **values,
    )


def show_post(post: str) -> None:
    """Open the schools behind a post (a callback)."""
    opened = {"rinci_guru": "sekolah", "jabatan_guru": post}
    for name, value in opened.items():
        st.session_state[name] = value
    address.write({name: [value] for name, value in opened.items()})


def bar_clicked(chart_key: str) -> None:
    """Open the schools behind the bar that was clicked (a callback)."""
    points = (st.session_state.get(chart_key) or {}).get("selection", {}).get("points", [])
    place = next((point["customdata"] for point in points if point.get("customdata")), None)
    if place:
        show_post(str(place[0]))
