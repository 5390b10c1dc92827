"""What a checked file would do: what it replaces and what stays, kind by kind."""

from __future__ import annotations

import streamlit as st

from analytics.checks_buildings import FLAG_COLUMNS
from analytics.checks_schools import CheckedSchools
from analytics.exit_causes import UNKNOWN, reasons_read
from analytics.import_data import Preview
from analytics.readers.rooms import ROOM_COLUMNS
from pages.shared import layout, load_exits
from pages.shared.words import names, number, t, tn


def step_words(step: str) -> str:
    """The model's name of a step, in the visitor's language."""
    known = {
        "Membaca berkas": t("Membaca berkas"),
        "Memeriksa setiap baris": t("Memeriksa setiap baris"),
        "Membandingkan dengan edisi sekarang": t("Membandingkan dengan edisi sekarang"),
        "Selesai diperiksa": t("Selesai diperiksa"),
        "Menunggu giliran menulis": t("Menunggu giliran menulis"),
        "Menulis edisi baru": t("Menulis edisi baru"),
        "Edisi baru berlaku": t("Edisi baru berlaku"),
    }
    return known.get(step, step)


def say_what_is_replaced(preview: Preview) -> None:
    """Lists of schools and teachers change no person; they replace what they hold themselves."""
    if preview.base is None:
        st.warning(
            t(
                "Belum ada daftar pegawai sungguhan. Sesudah dimuat, halaman lain kosong sampai"
                " daftar pegawai menyusul."
            ),
            icon=":material/info:",
        )
    kind = preview.reading.kind
    if isinstance(preview.checked, CheckedSchools) and preview.checked.describes_only:
        _say_description(preview)
    elif kind == "school":
        st.markdown(
            t(
                "Data sekolah tahun ajaran {years} diganti isi berkas ini: {count} baris. Tahun"
                " lain dan semua pegawai tetap.",
                years=_school_years(preview) or "–",
                count=number(preview.good_count),
            )
        )
    elif kind == "enrolment":
        if preview.reading.layout == "dapodik_pupil":
            st.info(
                t(
                    "Daftar ini memuat siswa per nama. Siswanya sudah dihitung per tingkat, rombel,"
                    " dan agama, lalu nama, NIK, dan semua data lainnya dibuang; tidak ada yang"
                    " disimpan."
                ),
                icon=":material/visibility_off:",
            )
        st.markdown(
            t(
                "Murid per tingkat {schools} sekolah, tahun ajaran {years}: {count} baris masuk,"
                " {replaced} baris lama diganti, {kept} baris lain tetap.",
                schools=number(preview.good_rows["npsn"].nunique()),
                years=_school_years(preview) or "–",
                count=number(preview.good_count),
                replaced=number(preview.replaced_count),
                kept=number(preview.kept_count),
            )
        )
    elif kind == "religion":
        _say_religions(preview)
    elif kind == "birth":
        _say_births(preview)
    elif kind == "exit":
        _say_exits(preview)
    elif kind == "abk":
        _say_needs(preview)
    elif kind == "apbd":
        _say_budgets(preview)
    elif preview.kept_count:
        st.markdown(
            t(
                "Guru satu sekolah diganti isi berkas ini: {count} baris masuk, {replaced} baris"
                " lama diganti, {kept} guru sekolah lain tetap. Semua pegawai tetap.",
                count=number(preview.good_count),
                replaced=number(preview.replaced_count),
                kept=number(preview.kept_count),
            )
        )
    else:
        st.markdown(
            t(
                "Daftar guru Dapodik diganti isi berkas ini: {count} baris. Semua pegawai tetap.",
                count=number(preview.good_count),
            )
        )


def _say_description(preview: Preview) -> None:
    """A list that only describes schools: of how many it tells rooms and marks."""
    schools = preview.good_rows
    rooms = schools[list(ROOM_COLUMNS)].notna().any(axis=1)
    marked = schools[list(FLAG_COLUMNS)].fillna(False).astype(bool).any(axis=1)
    st.markdown(
        t(
            "Keterangan {count} sekolah ditambahkan pada daftar sekolah yang sudah dimuat: ruang"
            " kelas menurut keadaannya untuk {rooms}, tanda 3T, khusus, atau satu atap untuk"
            " {marked}. Tidak ada yang diganti; murid dan semua pegawai tetap.",
            count=number(preview.good_count),
            rooms=number(int(rooms.sum())),
            marked=number(int(marked.sum())),
        )
    )


def _school_years(preview: Preview) -> str:
    years = sorted(preview.good_rows["school_year"].dropna().unique())
    return names([f"{year}/{(year + 1) % 100:02d}" for year in map(int, years)])


def _say_religions(preview: Preview) -> None:
    """Of how many schools and years; never how many pupils of a school have which religion."""
    st.markdown(
        t(
            "Murid per agama {schools} sekolah, tahun ajaran {years}: {count} baris masuk,"
            " {replaced} baris lama diganti, {kept} baris lain tetap. Yang disimpan hanya jumlah"
            " per sekolah; guru agama di halaman Guru lalu dihitung per agama.",
            schools=number(preview.good_rows["npsn"].nunique()),
            years=_school_years(preview) or "–",
            count=number(preview.good_count),
            replaced=number(preview.replaced_count),
            kept=number(preview.kept_count),
        )
    )


def _say_budgets(preview: Preview) -> None:
    """Which years come in, and the ratio of the last."""
    budgets = preview.good_rows
    years = sorted(map(int, budgets["year"].unique()))
    st.markdown(
        t(
            "APBD {first}–{last}: {count} baris masuk, {replaced} baris lama diganti, {kept} baris"
            " lain tetap.",
            first=years[0] if years else "–",
            last=years[-1] if years else "–",
            count=number(preview.good_count),
            replaced=number(preview.replaced_count),
            kept=number(preview.kept_count),
        )
    )
    if years:
        last = budgets.iloc[-1]
        counted = int(last["personnel_idr"]) - int(last["teacher_allowance_idr"])
        st.markdown(
            t(
                "Belanja pegawai {year} tanpa tunjangan guru dari TKD: {pct}% dari belanja daerah.",
                year=int(last["year"]),
                pct=number(100 * counted / int(last["total_idr"]), 1),
            )
        )


def _say_births(preview: Preview) -> None:
    """Which years of how many areas come in, and which of them are not believed."""
    births = preview.good_rows
    years = sorted(map(int, births["year"].unique()))
    st.markdown(
        t(
            "Kelahiran {areas} daerah, {first}–{last}: {count} baris masuk, {replaced} baris lama"
            " diganti, {kept} baris lain tetap.",
            areas=number(births["area"].nunique()),
            first=years[0] if years else "–",
            last=years[-1] if years else "–",
            count=number(preview.good_count),
            replaced=number(preview.replaced_count),
            kept=number(preview.kept_count),
        )
    )
    doubtful = int((~births["is_reported"]).sum())
    if doubtful:
        st.warning(
            tn("{n} angka dianggap belum dilaporkan dan tidak dipakai.", doubtful),
            icon=":material/help:",
        )


def _say_exits(preview: Preview) -> None:
    """Which years the exits are of, what they replace, and how many wait for a cause."""
    exits = preview.good_rows
    if exits.empty:
        # Of no row there are no years, and nothing is replaced.
        return
    years = exits["exited_on"].dt.year
    st.markdown(
        t(
            "Keluar {first}–{last}: {count} baris masuk, {replaced} baris lama diganti, {kept}"
            " baris lain tetap. Daftar pegawainya tetap.",
            first=int(years.min()),
            last=int(years.max()),
            count=number(preview.good_count),
            replaced=number(preview.replaced_count),
            kept=number(preview.kept_count),
        )
    )
    waiting = int((exits["cause"] == UNKNOWN).sum())
    if waiting:
        st.info(
            tn("{n} di antaranya belum jelas sebabnya; jelaskan sesudah dimuat.", waiting),
            icon=":material/help:",
        )
    read = reasons_read(exits)
    if len(read):
        with st.expander(t("Apa yang dibaca dari setiap alasan")):
            layout.table(
                read.assign(cause_name=read["cause"].map(load_exits.cause_names())),
                [
                    layout.Column("reason", t("Alasan menurut daftar")),
                    layout.Column("cause_name", t("Dibaca sebagai")),
                    layout.Column("exit_count", t("Orang"), "number"),
                ],
                t("alasan-keluar"),
            )


def _say_needs(preview: Preview) -> None:
    """Whose posts the ABK is of, what it replaces, and which titles still have no role group."""
    needs = preview.good_rows
    st.markdown(
        t(
            "ABK {opd} OPD, tahun {years}: {count} jabatan masuk, {replaced} baris lama diganti,"
            " {kept} baris lain tetap. Daftar pegawainya tetap.",
            opd=number(needs["opd"].nunique()),
            years=names([str(year) for year in sorted(needs["year"].unique())]) or "–",
            count=number(preview.good_count),
            replaced=number(preview.replaced_count),
            kept=number(preview.kept_count),
        )
    )
    unknown = getattr(preview.checked, "unknown_titles", needs.iloc[:0])
    if len(unknown):
        st.info(
            tn(
                "{n} jabatan di ABK ini belum dikenali; kebutuhannya belum masuk kelompok jabatan"
                " sampai jabatannya dipadankan.",
                len(unknown),
            ),
            icon=":material/help:",
        )
