"""Who is looking, and what they may see.

Roles, each with what the one before may do: ``pimpinan`` (aggregates, small cells hidden),
``perencana`` (names, import, mapping), ``pengelola`` (accounts, editions). As long as nobody has
an account, whoever sits at this machine is ``pengelola`` and a visitor from elsewhere ``pimpinan``.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

from pages.shared import load
from pages.shared.words import t, tn

ROLES = ("pimpinan", "perencana", "pengelola")
SMALL_COUNT = 5
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via")


def role_labels() -> dict[str, str]:
    """What each role is called on screen."""
    return {
        "pimpinan": t("Pimpinan: melihat angka"),
        "perencana": t("Perencana: melihat nama, memuat data"),
        "pengelola": t("Pengelola: akun dan edisi"),
    }


def is_at_this_machine() -> bool:
    """Whether the browser runs on the machine of the server.

    A reverse proxy on the same machine also calls from loopback; its header, or the public name
    the browser asked for, gives it away.
    """
    headers = st.context.headers
    if any(name in headers for name in FORWARDED):
        return False
    # Streamlit says None for loopback.
    if st.context.ip_address is not None:
        return False
    host = headers.get("Host")
    if host is None:
        return True
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_open() -> bool:
    """Whether no account exists yet."""
    return not load.state().has_users()


def role() -> str | None:
    """The role of this visitor; None before signing in."""
    if is_open():
        return "pengelola" if is_at_this_machine() else "pimpinan"
    name = st.session_state.get("user_name")
    # Asked anew on every rerun: a removed account is out at once, in every open window.
    return next((user.role for user in load.state().users() if user.name == name), None)


def actor() -> str:
    """The name for the audit log."""
    if is_open():
        return "setempat" if is_at_this_machine() else "tamu"
    return st.session_state.get("user_name", "tamu")


def may(needed: str) -> bool:
    """Whether this visitor has ``needed`` or a role above it."""
    held = role()
    return held is not None and ROLES.index(held) >= ROLES.index(needed)


def may_see_names() -> bool:
    """Whether names and whole NIP may be shown and exported."""
    return may("perencana")


def require(needed: str) -> None:
    """Stop the page unless this visitor has ``needed``; the first line of every ``render()``."""
    if may(needed):
        return
    st.title(t("Halaman ini untuk peran lain"))
    st.info(t("Halaman ini memerlukan peran {role}.", role=needed))
    st.stop()


def sign_out() -> None:
    """Forget who this visitor is."""
    if name := st.session_state.pop("user_name", None):
        load.state().log(name, "keluar")


def sign_in() -> None:
    """The sign-in form."""
    with st.form("sign_in"):
        st.markdown(f"### {t('Masuk ke Estafet')}")
        name = st.text_input(t("Nama pengguna"), autocomplete="username").strip()
        password = st.text_input(t("Kata sandi"), type="password", autocomplete="current-password")
        sent = st.form_submit_button(t("Masuk"), type="primary", width="stretch")
    if not sent:
        return
    state = load.state()
    user = state.signed_in(name, password) if name else None
    if user is not None:
        st.session_state["user_name"] = user.name
        state.log(user.name, "masuk")
        st.rerun()
    wait = state.sign_in_wait_seconds(name) if name else 0
    if wait:
        st.error(tn("Terlalu banyak percobaan. Coba lagi dalam {n} detik.", wait))
    else:
        st.error(t("Nama pengguna atau kata sandi tidak cocok."))
