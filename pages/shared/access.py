"""Who is looking, and what they may see.

Roles, each with what the one before may do: ``pimpinan`` (aggregates, small cells hidden),
``perencana`` (names, import, mapping), ``pengelola`` (accounts, editions). As long as nobody has
an account, whoever sits at this machine is ``pengelola`` and a visitor from elsewhere ``pimpinan``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

from analytics import store
from pages.shared import load
from pages.shared.words import t, tn

ROLES = ("pimpinan", "perencana", "pengelola")
SMALL_COUNT = 5
COOKIE = "estafet"
SIGNED_IN_SECONDS = 12 * 3600
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
    name = _visitor()
    # Asked anew on every rerun: a removed account is out at once, in every open window.
    return next((user.role for user in load.state().users() if user.name == name), None)


def _visitor() -> str | None:
    """The account that signed in here, or earlier in this browser."""
    if "user_name" not in st.session_state:
        # Streamlit forgets its session with every reload; the cookie carries the name across.
        st.session_state["user_name"] = _named_by(st.context.cookies.get(COOKIE))
    return st.session_state["user_name"]


def _key() -> bytes:
    """The secret that signs cookies; beside the editions, readable by the server alone."""
    path = store.data_folder() / "session.key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Created closed, and never over the one that another process has just made.
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
    return path.read_bytes()


def _signature(text: str) -> str:
    return hmac.new(_key(), text.encode(), hashlib.sha256).hexdigest()


def _cookie_for(name: str) -> str:
    text = f"{name.encode().hex()}.{int(time.time()) + SIGNED_IN_SECONDS}"
    return f"{text}.{_signature(text)}"


def _named_by(cookie: object) -> str | None:
    """The account a cookie names; None where it is not ours, or too old."""
    parts = cookie.split(".") if isinstance(cookie, str) else []
    if len(parts) != 3 or not hmac.compare_digest(
        _signature(".".join(parts[:2])).encode(), parts[2].encode()
    ):
        return None
    return bytes.fromhex(parts[0]).decode() if int(parts[1]) > time.time() else None


def keep_in_browser() -> None:
    """Write the cookie after signing in, and take it away after signing out."""
    cookie = st.session_state.pop("_cookie", None)
    if cookie is None:
        return
    age = SIGNED_IN_SECONDS if cookie else 0
    st.html(
        f"<script>document.cookie = '{COOKIE}={cookie}; path=/; max-age={age}; SameSite=Strict'"
        " + (location.protocol === 'https:' ? '; Secure' : '')</script>",
        unsafe_allow_javascript=True,
    )


def remember(name: str) -> None:
    """Hold this visitor for the account ``name``, in this browser, until it signs out."""
    st.session_state["user_name"] = name
    st.session_state["_cookie"] = _cookie_for(name)


def actor() -> str:
    """The name for the audit log."""
    if is_open():
        return "setempat" if is_at_this_machine() else "tamu"
    return _visitor() or "tamu"


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
    if name := st.session_state.get("user_name"):
        load.state().log(name, "signed_out")
    st.session_state["user_name"] = None
    st.session_state["_cookie"] = ""


def sign_in() -> None:
    """The sign-in form."""
    with (
        st.container(horizontal_alignment="center", key="sign_in_place"),
        st.form("sign_in", width=420),
    ):
        st.markdown(f"### {t('Masuk ke Estafet')}")
        name = st.text_input(t("Nama pengguna"), autocomplete="username").strip()
        password = st.text_input(t("Kata sandi"), type="password", autocomplete="current-password")
        sent = st.form_submit_button(t("Masuk"), type="primary", width="stretch")
    if not sent:
        return
    state = load.state()
    user = state.signed_in(name, password) if name else None
    if user is not None:
        remember(user.name)
        st.rerun()
    wait = state.sign_in_wait_seconds(name) if name else 0
    with st.container(horizontal_alignment="center"):
        st.error(
            tn("Terlalu banyak percobaan. Coba lagi dalam {n} detik.", wait)
            if wait
            else t("Nama pengguna atau kata sandi tidak cocok."),
            width=420,
        )
