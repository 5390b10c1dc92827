"""What the visitor's screen is, as far as the server can know before drawing."""

from __future__ import annotations

import streamlit as st


def is_phone() -> bool:
    """Whether the page is read on a phone, which every phone's browser says of itself."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
