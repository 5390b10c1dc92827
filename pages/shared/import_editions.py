"""Editions on screen: which is in force, how good it is, which came before."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from analytics import demo, export, import_sample, store, store_faults
from analytics.exit_causes import UNKNOWN
from analytics.store import Edition, StoreError
from pages.shared import (
    access,
    import_jobs,
    layout,
    load,
    load_exits,
    load_schools,
    school_inputs,
)
from pages.shared.import_jobs import Progress
from pages.shared.import_text import MIMES, kind_names, plain, scope_names
from pages.shared.import_titles import unmatched
from pages.shared.words import day, language, names, number, refusal, t, tn

_SHOWN = 10
_NOTICE = "editions_notice"
_SAMPLE = "sample_job"
_AT_THE_SERVER = "setempat"  # as access.actor() calls whoever sits there without an account
# Faults of the sample workbook to learn from, one row each.
PLANTED = (
    *("nip_malformed", "nip_duplicate", "nip_precision_lost", "date_missing", "date_invalid"),
    *("unit_missing", "nip_birth_mismatch", "nip_sex_mismatch", "position_unknown", "text_formula"),
)


def moment(created_at: datetime) -> str:
    """A moment in the visitor's own time zone: ``21 November 2026 10.05``."""
    aware = created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC)
    offset = st.context.timezone_offset
    here = aware.astimezone() if offset is None else aware - pd.Timedelta(minutes=offset)
    # Indonesian writes the time with a full stop.
    return f"{day(here)} {here:%H.%M}" if language() == "id" else f"{day(here)} {here:%H:%M}"


def in_force() -> None:
    """The edition every page is computed from, and how far its data can be trusted."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.success(notice, icon=":material/check:")
    edition = load.edition()
    if edition is None:
        if not access.may("perencana"):
            layout.empty(t("Belum ada data"), t("Perencana memuatnya di halaman ini."))
            return
        with st.container(border=True):
            st.markdown(
                t("Jatuhkan satu berkas pegawai di bawah, atau lihat dulu dengan kota contoh.")
            )
            with st.container(horizontal=True):
                sample_button()
        return
    with st.container(border=True):
        kind = (
            f":orange-badge[{t('Data contoh (sintetis)')}]"
            if edition.is_synthetic
            else f":green-badge[{t('Data sungguhan')}]"
        )
        st.markdown(f"#### {t('Edisi {number} berlaku', number=number(edition.number))} {kind}")
        st.markdown(
            t(
                "Keadaan **{as_of}** · {government} · {people} orang",
                as_of=day(edition.as_of),
                government=plain(edition.government_name),
                people=number(edition.people_count),
            )
        )
        if told := _schools_told():
            st.markdown(told)
        if told := _exits_told():
            st.markdown(told)
        created = moment(edition.created_at)
        if edition.source_files:
            files = plain(names(list(edition.source_files)))
            st.caption(t("Dibuat {created} dari {files}", created=created, files=files))
        else:
            st.caption(t("Dibuat {created}", created=created))
        _quality(edition)


def _schools_told() -> str:
    """What the edition knows of schools, and what is still missing for the pages on them."""
    key = load_schools.school_key()
    history, births = load_schools.history_of(key), load_schools.births_of(key)
    if history.empty:
        return t(
            "Belum ada jumlah murid: muat daftar sekolah dan murid per tingkat untuk halaman Murid"
            " dan Guru."
        )
    years = history["school_year"]
    last = history.loc[years == years.max()]
    told = t(
        "**{pupils}** murid {year} di {schools} · riwayat {count} tahun ajaran",
        pupils=number(last["pupils"].sum()),
        year=school_inputs.year_name(int(years.max())),
        schools=tn("{n} sekolah", int(last["school_id"].nunique())),
        count=number(years.nunique()),
    )
    if births.empty:
        return f"{told} · {t('kelahiran belum ada')}"
    first, latest = int(births["year"].min()), int(births["year"].max())
    return f"{told} · {t('kelahiran {first}-{last}', first=first, last=latest)}"


def _exits_told() -> str:
    """How many exits the edition knows since when; '' where it knows none."""
    since, _ = load_exits.complete_from()
    if since is None:
        return ""
    exits = load_exits.history()
    counted = exits.loc[exits["exited_on"].ge(pd.Timestamp(since))]
    waiting = int(counted["cause"].eq(UNKNOWN).sum())
    told = t(
        "**{count}** keluar sejak {since}",
        count=layout.count_shown(len(counted)),
        since=day(since),
    )
    if not waiting:
        return told
    shown = layout.count_shown(waiting)
    return f"{told} · {t('{count} belum jelas sebabnya', count=shown)}"


def _quality(edition: Edition) -> None:
    people = load.people()
    counted = people.loc[people["is_in_headcount"]]
    past = counted["retires_on"] <= pd.Timestamp(edition.as_of)
    disputed = int((counted["rule_standing"] == "disputed").sum())
    warnings = _warning_count(edition.path, edition.sha256)
    tiles = [
        (
            t("Orang"),
            layout.count_shown(edition.people_count),
            t("Seluruh baris pegawai di edisi ini"),
        ),
        (
            t("Banyaknya peringatan"),
            number(warnings),
            t("Masalah yang ditemukan saat berkasnya dimuat"),
        ),
        (
            t("Jabatan belum dikenali"),
            number(len(unmatched())),
            t("Tanggal pensiun pemegangnya belum dihitung"),
        ),
        (
            t("Lewat BUP"),
            layout.count_shown(int(past.sum())),
            t("Masih tercatat aktif sesudah tanggal pensiunnya"),
        ),
        (
            t("BUP diperdebatkan"),
            layout.count_shown(disputed),
            t("Aturannya punya lebih dari satu tafsir; pilihannya di halaman Metode"),
        ),
    ]
    layout.keys([layout.Key(name, value, note) for name, value, note in tiles])
    with st.container(horizontal=True, gap="small"):
        if past.any() and access.may_see_names():
            layout.page_link(
                "pensiun",
                t("Lihat siapa yang lewat"),
                rinci="nama",
                tahun="lewat",
                hitung="all",
            )
        if disputed and access.may_see_names():
            layout.page_link(
                "pensiun",
                t("Lihat siapa yang diperdebatkan"),
                rinci="nama",
                tahun="tafsir",
                hitung="all",
            )
        layout.page_link("metode", t("Pilih tafsirnya"), isi="hukum")


@st.cache_data(max_entries=16, show_spinner=False)
def _warning_count(path: Path, sha256: str) -> int:  # noqa: ARG001 (part of the key)
    with closing(store.opened(path)) as connection:
        return sum(fault.severity != "error" for fault in store_faults.faults(connection))


def history() -> None:
    """All editions, the newest first; one click makes an earlier one current."""
    editions = sorted(store.editions(store.data_folder()), key=lambda one: -one.number)
    if not editions:
        layout.empty(t("Belum ada edisi."), t("Edisi pertama terjadi saat berkas dimuat."))
        return
    st.caption(
        t(
            "Setiap pemuatan membuat edisi baru dan tidak mengubah yang lama. Edisi mana pun bisa"
            " diberlakukan lagi; semua halaman lalu dihitung dari edisi itu."
        )
    )
    for number_damaged, reason in store.damaged_editions(store.data_folder()):
        st.warning(
            t("Edisi {number} tidak bisa dibaca.", number=number(number_damaged))
            + f" {plain(refusal(reason))}",
            icon=":material/broken_image:",
        )
    current = load.state().current_edition()
    actors = _actors()
    shown = editions
    if len(editions) > _SHOWN and not st.toggle(t("Tampilkan semua edisi"), key="editions-all"):
        shown = editions[:_SHOWN]
        shown += [one for one in editions[_SHOWN:] if one.number == current]
    for edition in shown:
        _edition(edition, actors.get(edition.number, ""), is_current=edition.number == current)


@st.cache_data(max_entries=16, show_spinner=False)
def _refused(path: Path, sha256: str) -> pd.DataFrame:  # noqa: ARG001 (part of the key)
    with closing(store.opened(path)) as connection:
        return store_faults.refused_rows(connection)


def _refused_download(edition: Edition) -> None:
    """The rows that the import of an edition left out, to be mended and loaded later."""
    rows = _refused(edition.path, edition.sha256)
    if rows.empty:
        return
    who, state = access.actor(), load.state()
    name = f"{t('ditolak')}-{t('edisi')}-{edition.number}.xlsx"

    def made() -> bytes:
        state.log(who, "unduh", f"{name}, {len(rows)} baris")
        return export.xlsx_bytes({t("ditolak"): rows})

    st.download_button(
        tn("Unduh {n} baris ditolak", len(rows)),
        data=made,
        file_name=name,
        mime=MIMES["xlsx"],
        key=f"edition-refused-{edition.number}",
        on_click="ignore",
        icon=":material/download:",
    )


def _edition(edition: Edition, actor: str, *, is_current: bool) -> None:
    with st.container(border=True):
        text, actions = st.columns([3, 2], vertical_alignment="center")
        mark = f" :green-badge[{t('Berlaku')}]" if is_current else ""
        sample = f" :orange-badge[{t('Contoh')}]" if edition.is_synthetic else ""
        text.markdown(
            f"**{t('Edisi {number}', number=number(edition.number))}** ·"
            f" {t('keadaan {as_of}', as_of=day(edition.as_of))} ·"
            f" {t('{people} orang', people=number(edition.people_count))}{mark}{sample}"
        )
        told = [moment(edition.created_at), *edition.source_files]
        if not edition.is_synthetic:
            told.append(_note(edition.note))
        if actor == _AT_THE_SERVER:
            told.append(t("oleh seseorang di mesin server"))
        elif actor:
            told.append(t("oleh {actor}", actor=actor))
        text.caption(" · ".join(plain(one) for one in told if one))
        with actions.container(horizontal=True, horizontal_alignment="right"):
            if access.may_see_names():
                _refused_download(edition)
            if access.may("perencana") and not is_current:
                st.button(
                    t("Jadikan edisi ini berlaku"),
                    key=f"edition-use-{edition.number}",
                    on_click=_use,
                    args=(edition.number,),
                )


def _actors() -> dict[int, str]:
    """Who loaded each edition, as far back as the audit is read."""
    log = load.state().audit_log()
    imports = log[log["action"] == "import"]
    numbers = imports["detail"].str.extract(r": edisi (\d+),")[0]
    known = numbers.notna()
    return dict(zip(numbers[known].astype(int), imports.loc[known, "actor"], strict=True))


def _note(note: str) -> str:
    """An edition's note; that of an import, ``roster, all``, in words."""
    kind, _, scope = note.partition(", ")
    kinds, scopes = kind_names(), scope_names()
    if kind not in kinds:
        return note
    return kinds[kind] if kind != "roster" else f"{kinds[kind]}: {scopes.get(scope, scope)}"


def _use(edition_number: int) -> None:
    load.state().set_current_edition(edition_number, access.actor())
    st.session_state[_NOTICE] = t(
        "Edisi {number} kini berlaku di semua halaman.", number=number(edition_number)
    )


def _write_sample(folder: Path, actor: str, progress: Progress) -> Edition:
    """The sample city as the edition in force."""
    progress(0.1, "")
    return import_sample.write_sample(folder, load.state(), actor)


def _load_sample() -> None:
    """Start building the sample city; a second click finds it under way."""
    if _SAMPLE not in st.session_state:
        folder, actor = store.data_folder(), access.actor()
        st.session_state[_SAMPLE] = import_jobs.started(
            lambda progress: _write_sample(folder, actor, progress), is_load=True
        )


def sample_button() -> None:
    """Load the sample city, where no real data would be hidden by it."""
    if job := st.session_state.get(_SAMPLE):
        place = st.empty()
        try:
            edition: Edition = import_jobs.followed(
                job, lambda share, _: place.progress(share, text=t("Menyusun kota contoh"))
            )
        except StoreError as error:
            st.session_state.pop(_SAMPLE, None)
            st.error(f"{plain(refusal(error))} {t('Tidak ada yang berubah.')}")
            return
        finally:
            place.empty()
        st.session_state.pop(_SAMPLE, None)
        st.session_state[_NOTICE] = t(
            "Edisi {number} berlaku: kota contoh dengan {people} pegawai rekaan.",
            number=number(edition.number),
            people=number(edition.people_count),
        )
        st.rerun()
    edition_now = load.edition()
    if edition_now is None or edition_now.is_synthetic:
        st.button(
            t("Muat data contoh"),
            key="sample-load",
            icon=":material/science:",
            on_click=_load_sample,
        )


@st.cache_data(max_entries=2, show_spinner=False)
def _sample_workbook(planted: tuple[str, ...]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "contoh.xlsx"
        demo.siasn_workbook(path, demo.city().people, planted)
        return path.read_bytes()


def sample() -> None:
    """The sample city, and a file to try the import with."""
    edition = load.edition()
    st.markdown(
        t(
            "Data contoh adalah kota rekaan dengan sekitar 4.000 pegawai rekaan, disetel ke angka"
            " yang pernah diterbitkan. Data sungguhan tidak pernah dicampur dengannya."
        )
    )
    with st.container(horizontal=True):
        if edition is not None:
            sample_button()
        for key, words, planted in (
            ("clean", t("Unduh contoh berkas"), ()),
            ("faulty", t("Unduh contoh dengan kesalahan"), PLANTED),
        ):
            st.download_button(
                words,
                data=partial(_sample_workbook, planted),
                file_name=f"{t('contoh')}-nominatif-siasn-{key}.xlsx",
                mime=MIMES["xlsx"],
                key=f"sample-{key}",
                on_click="ignore",
                icon=":material/download:",
            )
    st.caption(
        t("Contoh berkas berbentuk nominatif SIASN 69 kolom; isinya rekaan dan boleh disebarkan.")
    )
