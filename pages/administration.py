"""Accounts, editions, audit log, and where the data lie."""

from __future__ import annotations

import shutil

import pandas as pd
import streamlit as st

from analytics import store
from analytics.state import StateError, User, state_url
from pages.shared import access, inputs, layout, load, words
from pages.shared.layout import Column
from pages.shared.words import number, refusal, t, tn

LOG_ROWS = 2000


def render() -> None:
    """Draw the page."""
    access.require("pengelola")
    sections = {
        "akun": t("Akun"),
        "edisi": t("Edisi"),
        "jejak": t("Jejak audit"),
        "folder": t("Folder data"),
    }
    layout.header(_finding(), t("Siapa boleh masuk, dan data mana yang berlaku?"))
    if message := st.session_state.pop("administration_told", ""):
        st.success(message)
    if message := st.session_state.pop("administration_refused", ""):
        st.error(message)
    section = inputs.choice("kelola", t("Bagian"), sections, "akun")
    if section == "akun":
        _accounts()
    elif section == "edisi":
        _editions()
    elif section == "jejak":
        _audit()
    else:
        _folder()


def _finding() -> str:
    count = len(load.state().users())
    if count == 0:
        return t("Belum ada akun: siapa pun di komputer ini adalah pengelola")
    return tn("{n} akun dapat masuk", count)


def _done(told: str) -> None:
    st.session_state["administration_told"] = told


def _refused(error: StateError) -> None:
    st.session_state["administration_refused"] = refusal(error)


def _accounts() -> None:
    roles = access.role_labels()
    users = load.state().users()
    for user in users:
        _account(user, roles)
    if not users:
        layout.note(
            t(
                "Buat akun pengelola dahulu. Sesudah itu semua orang harus masuk dengan akun,"
                " juga di komputer ini."
            )
        )
    st.subheader(t("Akun baru"))
    with st.form("new_account", clear_on_submit=True, width=520):
        st.text_input(t("Nama pengguna"), key="new_name", autocomplete="off")
        st.text_input(
            t("Kata sandi"), type="password", key="new_password", autocomplete="new-password"
        )
        st.selectbox(
            t("Peran"),
            # The first account must be able to make the others.
            options=list(access.ROLES) if users else ["pengelola"],
            format_func=lambda role: roles[role],
            key="new_role",
            placeholder=t("Pilih"),
        )
        st.form_submit_button(t("Buat akun"), type="primary", on_click=_add)


def _account(user: User, roles: dict[str, str]) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_plain(user.name)}**", width="stretch")
        st.session_state[f"role-{user.name}"] = user.role
        st.selectbox(
            t("Peran"),
            options=list(access.ROLES),
            format_func=lambda role: roles[role],
            key=f"role-{user.name}",
            label_visibility="collapsed",
            on_change=_put_role,
            args=(user.name,),
            width=330,
        )
        with st.popover(t("Kata sandi")), st.form(f"password-{user.name}", border=False):
            st.text_input(
                t("Kata sandi baru"),
                type="password",
                key=f"secret-{user.name}",
                autocomplete="new-password",
            )
            st.form_submit_button(t("Ganti"), on_click=_put_password, args=(user.name,))
        with st.popover(t("Hapus")):
            st.markdown(t("Hapus akun {name}?", name=_plain(user.name)))
            st.button(
                t("Ya, hapus"), key=f"remove-{user.name}", on_click=_remove, args=(user.name,)
            )


def _plain(text: str) -> str:
    """A name that Markdown leaves alone."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>~$:" else sign for sign in text)


def _add() -> None:
    if not access.may("pengelola"):
        return
    state, first = load.state(), access.is_open()
    try:
        user = state.add_user(
            st.session_state["new_name"],
            st.session_state["new_password"],
            st.session_state["new_role"],
            access.actor(),
        )
    except StateError as error:
        _refused(error)
        return
    if first:
        # Whoever made the first account stays in, as that account.
        access.remember(user.name)
    _done(t("Akun {name} dibuat.", name=user.name))


def _put_role(name: str) -> None:
    if not access.may("pengelola"):
        return
    try:
        load.state().set_role(name, st.session_state[f"role-{name}"], access.actor())
    except StateError as error:
        _refused(error)
    else:
        _done(t("Peran {name} diganti.", name=name))


def _put_password(name: str) -> None:
    if not access.may("pengelola"):
        return
    try:
        load.state().set_password(name, st.session_state[f"secret-{name}"], access.actor())
    except StateError as error:
        _refused(error)
    else:
        _done(t("Kata sandi {name} diganti.", name=name))


def _remove(name: str) -> None:
    if not access.may("pengelola"):
        return
    try:
        load.state().remove_user(name, access.actor())
    except StateError as error:
        _refused(error)
    else:
        _done(t("Akun {name} dihapus.", name=name))


def _editions() -> None:
    folder, current = store.data_folder(), load.state().current_edition()
    editions = store.editions(folder)
    for number_, reason in store.damaged_editions(folder):
        st.warning(t("Edisi {number}: {reason}", number=number_, reason=refusal(reason)))
    if not editions:
        layout.note(t("Belum ada edisi. Muat data di halaman Data."))
        return
    rows = pd.DataFrame(
        [
            {
                "number": edition.number,
                "is_current": t("berlaku") if edition.number == current else "",
                "as_of": pd.Timestamp(edition.as_of),
                "created_at": pd.Timestamp(edition.created_at).tz_localize(None),
                "government": edition.government_name,
                "people": edition.people_count,
                "sample": t("contoh") if edition.is_synthetic else "",
                "files": ", ".join(edition.source_files),
                "hash": edition.sha256[:12],
                "note": edition.note,
            }
            for edition in reversed(editions)
        ]
    )
    layout.table(
        rows,
        [
            Column("number", t("Edisi"), "year"),
            Column("is_current", t("Status")),
            Column("as_of", t("Keadaan per"), "day"),
            Column("created_at", t("Dibuat pada"), "day"),
            Column("government", t("Pemerintah daerah")),
            Column("people", t("Pegawai"), "number"),
            Column("sample", t("Jenis")),
            Column("files", t("Berkas asal"), width="medium"),
            Column("hash", t("Sidik")),
            Column("note", t("Catatan")),
        ],
        "edisi",
    )
    choices = [edition.number for edition in reversed(editions) if edition.number != current]
    if not choices:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("Edisi lain"), choices, key="other_edition", placeholder=t("Pilih"), width=200
        )
        st.button(
            t("Jadikan berlaku"),
            type="primary",
            on_click=_put_edition,
            args=(chosen,),
            key="put_edition",
        )


def _put_edition(number_: int) -> None:
    if not access.may("pengelola"):
        return
    store.edition(store.data_folder(), number_)
    load.state().set_current_edition(number_, access.actor())
    _done(t("Edisi {number} kini berlaku.", number=number_))


def _actions() -> dict[str, str]:
    """What was done, in words; an action that is not here is shown as it is logged."""
    return {
        "add_user": t("membuat akun"),
        "remove_user": t("menghapus akun"),
        "set_role": t("mengganti peran"),
        "set_password": t("mengganti kata sandi"),
        "signed_in": t("masuk ke aplikasi"),
        "signed_out": t("keluar dari aplikasi"),
        "sign_in_failed": t("gagal masuk"),
        "import": t("memuat data"),
        "unduh": t("mengunduh"),
        "set_current_edition": t("memberlakukan edisi"),
        "set_law_choice": t("memilih tafsir hukum"),
        "map_title": t("memetakan jabatan"),
        "unmap_title": t("menghapus pemetaan jabatan"),
        "remember_mapping": t("mengingat pemetaan kolom"),
        "set_setting": t("mengubah pengaturan"),
        "classify_exit": t("menjelaskan sebab keluar"),
        "map_exit_reason": t("memetakan alasan keluar"),
        "lock": t("mengunci dalam rencana"),
        "unlock": t("membuka kunci rencana"),
        "keep_locks": t("menyimpan kunci rencana"),
        "save_scenario": t("menyimpan skenario"),
        "move_scenario": t("mengubah status skenario"),
        "remove_scenario": t("menghapus skenario"),
        "keep_result": t("menyimpan hasil skenario"),
    }


def _audit() -> None:
    log = load.state().audit_log(LOG_ROWS)
    shown = log.assign(
        at=log["at"].dt.strftime("%Y-%m-%d %H:%M:%S"),
        action=log["action"].map(_actions()).fillna(log["action"]),
    )
    layout.table(
        shown,
        [
            Column("at", t("Waktu (UTC)")),
            Column("actor", t("Pelaku")),
            Column("action", t("Tindakan")),
            Column("detail", t("Rincian"), width="large"),
        ],
        "jejak-audit",
        height=520 if len(log) > 13 else "auto",
    )
    if len(log) == LOG_ROWS:
        layout.note(tn("Hanya {n} baris terbaru yang ditampilkan.", LOG_ROWS))


def _folder() -> None:
    folder = store.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    facts = [
        (t("Folder"), str(folder)),
        (t("Edisi"), number(len(store.edition_numbers(folder)))),
        (t("Terpakai"), _size(used)),
        (t("Ruang kosong"), _size(free)),
        (t("Versi aturan"), load.rulebook().version),
        (t("Hari ini di server"), words.day(pd.Timestamp.now())),
    ]
    st.table(pd.DataFrame(facts, columns=["", " "]), hide_index=True, border="horizontal")
    layout.note(_backup())


def _backup() -> str:
    """What must be copied, and when; the steps stand in docs/operations.md."""
    how = t(
        "Hentikan aplikasi sebentar selagi menyalin, dan simpan salinannya terenkripsi: isinya nama"
        " dan NIP. Langkah mencadangkan dan mengembalikan: docs/operations.md."
    )
    if store.data_folder().resolve().as_posix() in state_url(store.data_folder()):
        told = t("Cadangkan seluruh folder ini; isinya cukup untuk memulihkan semuanya.")
    else:
        told = t(
            "Cadangkan seluruh folder ini dan basis data keputusan (ESTAFET_STATE): akun, skenario,"
            " dan jejak audit ada di sana."
        )
    return f"{told} {how}"


def _size(bytes_: int) -> str:
    return f"{number(bytes_ / 1e6, 1)} MB" if bytes_ < 1e9 else f"{number(bytes_ / 1e9, 1)} GB"
