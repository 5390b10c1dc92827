"""How Estafet looks where a theme file cannot say it: the mark and the style sheet."""

from __future__ import annotations

# A baton handed over: one bar leaves, one arrives, they overlap where both hands hold it.
_MARK = (
    '<g fill="none" stroke-linecap="round">'
    '<path d="M8 31 L27 14" stroke="#1F6FA8" stroke-width="7.5"/>'
    '<path d="M21 34 L40 17" stroke="#E3A12B" stroke-width="7.5"/>'
    "</g>"
)


def mark(size: int = 32) -> str:
    """The mark as inline SVG, ``size`` pixels high."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="{size}"'
        f' height="{size}" role="img" aria-label="Estafet">{_MARK}</svg>'
    )


def icon() -> str:
    """The mark for the browser's tab, as data: nothing is fetched for it."""
    return mark(48)


def logo(dark: bool) -> str:
    """The mark with the name beside it."""
    ink = "#E8EDF2" if dark else "#16212C"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 168 48" width="168" height="48"'
        f' role="img" aria-label="Estafet">{_MARK}'
        '<text x="52" y="33" font-family="Inter,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif"'
        f' font-size="26" font-weight="700" letter-spacing="-0.6" fill="{ink}">Estafet</text></svg>'
    )


# Streamlit hands its theme colours to the page as custom properties only inside components, so
# the sheet leans on currentColor and on translucent ink that works on light and dark alike.
STYLE = """
<style>
:root { --es-blue: #1F6FA8; --es-amber: #E3A12B; }
.stMainBlockContainer { max-width: 1680px; padding-top: 4.6rem; padding-bottom: 2.5rem; }
footer, [data-testid="stDecoration"], [data-testid="stStatusWidget"] { display: none; }
header[data-testid="stHeader"] { border-bottom: 1px solid rgb(127 140 153 / .28); }
.st-key-topbar { position: fixed; top: .55rem; right: 1rem; z-index: 999991; width: auto; }
.es-header { margin: 0 0 .2rem; }
.es-header h1 { font-size: clamp(1.45rem, 1.0rem + 1.55vw, 2.6rem); line-height: 1.18;
  font-weight: 700; letter-spacing: -.015em; margin: 0; padding: 0; text-wrap: balance; }
.es-question { margin: 0 0 .25rem; font-size: clamp(.9rem, .8rem + .3vw, 1.15rem); opacity: .72; }
.es-sample { display: inline-block; margin: .1rem 0 0; padding: .3rem .7rem; font-size: .92rem;
  border-left: 4px solid var(--es-amber); background: rgb(227 161 43 / .14); border-radius: 3px; }
.es-keys { display: grid; gap: .75rem; margin: .3rem 0;
  grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); }
.es-key { display: flex; flex-direction: column; padding: .85rem 1rem .8rem;
  border: 1px solid rgb(127 140 153 / .32); border-radius: 8px; min-width: 0; }
.es-key dt { font-size: clamp(.92rem, .85rem + .25vw, 1.12rem); line-height: 1.25; opacity: .8; }
.es-key dd { margin: .1rem 0 .1rem; line-height: 1.1; font-weight: 700; letter-spacing: -.02em;
  font-size: clamp(1.9rem, 1.3rem + 1.9vw, 3.4rem); font-variant-numeric: tabular-nums; }
.es-key .es-note { margin: auto 0 0; }
.es-trend { width: 100%; height: 24px; margin: .3rem 0 .4rem; fill: var(--es-blue); opacity: .85; }
.es-note { margin: .1rem 0; font-size: clamp(.88rem, .82rem + .2vw, 1.02rem); opacity: .78; }
.es-told { margin: .15rem 0 .5rem; line-height: 1.45; max-width: 78ch;
  font-size: clamp(1.05rem, .95rem + .5vw, 1.4rem); }
.es-source { margin: .6rem 0 0; padding-top: .5rem; font-size: .86rem; opacity: .75;
  border-top: 1px solid rgb(127 140 153 / .28); }
.es-source a { color: inherit; }
.es-empty { max-width: 40rem; margin: 12vh auto 1rem; text-align: center; }
.es-empty h2 { margin: .4rem 0; padding: 0; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; padding-top: 4.2rem; }
  .es-keys { grid-template-columns: 1fr 1fr; gap: .5rem; }
  .es-key { padding: .65rem .7rem; }
  .es-key:first-child:nth-last-child(odd) { grid-column: 1 / -1; }
}
@media print {
  header[data-testid="stHeader"], .st-key-topbar, .stDownloadButton { display: none !important; }
}
</style>
"""
