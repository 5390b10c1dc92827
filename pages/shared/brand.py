"""How Estafet looks where a theme file cannot say it: the mark and the style sheet."""

from __future__ import annotations

from base64 import b64encode

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


def picture(size: int) -> str:
    """The mark as an image element, for HTML from which Streamlit would take an SVG out."""
    data = b64encode(mark(size).encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" width="{size}" height="{size}" alt="">'


def icon() -> str:
    """The mark for the browser's tab, as data: nothing is fetched for it."""
    return mark(48)


def logo() -> str:
    """The mark with the name beside it, in the ink of the page around it, which may change."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 168 48" width="168" height="48"'
        ' role="img" aria-label="Estafet">'
        "<style>text{fill:#16212C}@media(prefers-color-scheme:dark){text{fill:#E8EDF2}}</style>"
        f"{_MARK}"
        '<text x="52" y="33" font-family="Inter,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif"'
        ' font-size="26" font-weight="700" letter-spacing="-0.6">Estafet</text></svg>'
    )


# Streamlit hands its theme colours to the page as custom properties only inside components, so
# the sheet leans on currentColor and on translucent ink that works on light and dark alike.
STYLE = """
<style>
:root { --es-blue: #1F6FA8; --es-amber: #E3A12B; --es-line: rgb(127 140 153 / .32); }
/* A room away from the projector, the same page is read from further off. */
@media (min-width: 1600px) { html { font-size: 18px; } }
.stMainBlockContainer { max-width: 1760px; padding: 5.1rem clamp(1rem, 3.4vw, 4rem) 2rem; }
/* Style and script take no place in the column, not even the gap between two elements. */
.stElementContainer:has(> .stHtml > style), .stElementContainer:has(> .stHtml > script),
div:has(> .st-key-topbar) { position: absolute; }
/* White on the blue of a dark page is too faint. */
.stApp [data-testid^="stBaseButton-primary"] { color: light-dark(#FFFFFF, #10171E); }
footer, [data-testid="stDecoration"], [data-testid="stStatusWidget"] { display: none; }
header[data-testid="stHeader"] { border-bottom: 1px solid var(--es-line); }
[data-testid="stHeaderLogo"], [data-testid="stSidebarLogo"] { height: 2.4rem; }
.st-key-topbar { position: fixed; top: 0; height: 3.75rem; right: 1rem;
  z-index: 999991; width: auto; align-items: center; }
/* The pages keep off the corner: what does not fit stands in a menu at the end. */
@media (min-width: 769px) {
  .stApp:has(.st-key-topbar) header[data-testid="stHeader"] { padding-right: 8.5rem; }
  .stApp:has(.st-key-sign_out) header[data-testid="stHeader"] { padding-right: 15rem; }
}
html[lang="id"] [data-testid="stTopNavSection"] p { font-size: 0; }
html[lang="id"] [data-testid="stTopNavSection"] p::after {
  content: "Lainnya"; font-size: .875rem; }
.st-key-sign_in_place { padding-top: 8vh; }
.st-key-topbar > * { width: auto; }
.es-header h1 { font-size: clamp(1.4rem, 1.05rem + 1.1vw, 2.15rem); line-height: 1.16;
  font-weight: 700; letter-spacing: -.015em; margin: 0; padding: 0; text-wrap: balance; }
.es-question { margin: 0 0 .2rem; font-size: clamp(.9rem, .82rem + .25vw, 1.1rem); opacity: .75; }
/* Words that a quick answer makes needless come late. */
.es-opening .es-note { animation: es-late 1.5s step-end; }
@keyframes es-late { from { visibility: hidden; } }
.es-sample { display: inline-block; margin: 0; padding: .28rem .7rem; font-size: .9rem;
  border-left: 4px solid var(--es-amber); background: rgb(227 161 43 / .14); border-radius: 3px; }
.es-keys { display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); }
@media (min-width: 1080px) {
  .es-keys { grid-template-columns: repeat(var(--es-count), minmax(0, 1fr)); } }
/* Label, value, trend and note of all cards stand on the same lines. */
.es-key { display: grid; grid-row: span 4; grid-template-rows: subgrid; row-gap: 0; min-width: 0;
  padding: .75rem 1rem .7rem; border: 1px solid var(--es-line); border-radius: 8px; }
.es-key p { margin: 0; }
.es-label { font-size: clamp(.9rem, .84rem + .22vw, 1.08rem); line-height: 1.25; opacity: .85; }
.es-value { line-height: 1.12; font-weight: 700; letter-spacing: -.02em; white-space: nowrap;
  font-size: clamp(1.9rem, 1.35rem + 1.75vw, 3.3rem); font-variant-numeric: tabular-nums; }
.es-trend { display: flex; align-items: flex-end; gap: 2px; height: 1.7rem; margin: .35rem 0; }
.es-trend:empty { height: 0; margin: 0; }
.es-trend i { flex: 1; background: var(--es-blue); opacity: .8; border-radius: 1px; }
.es-trend i.es-marked { background: var(--es-amber); opacity: 1; }
.es-note { margin: 0; font-size: clamp(.86rem, .81rem + .18vw, 1rem); line-height: 1.35;
  opacity: .8; text-wrap: pretty; }
.es-whole { white-space: nowrap; }
.es-told { margin: 0 0 .7rem; line-height: 1.45; max-width: 62ch; text-wrap: pretty;
  font-size: clamp(1.08rem, .98rem + .45vw, 1.4rem); }
/* The title within a figure is for the saved image; on screen it is text that can break. It stands
   in the room that the figure leaves for its own. */
.es-figure { margin: 0; font-weight: 650; line-height: 1.3; text-wrap: balance; max-width: 60rem;
  font-size: clamp(1rem, .95rem + .2vw, 1.12rem); }
.stElementContainer:has(> .stHtml > .es-figure) { margin-bottom: -2.6rem; z-index: 1; }
.stPlotlyChart .g-gtitle { display: none; }
/* A width of whole pixels: a figure whose width then changes by a hundredth is drawn twice. */
div[data-testid="stFullScreenFrame"] { width: round(down, 100%, 1px); }
/* The options side by side: one table on a projector, one card each on a phone. */
.es-options { overflow-x: auto; }
.es-options table { border-collapse: collapse; width: 100%;
  font-size: clamp(.84rem, .8rem + .15vw, 1rem); line-height: 1.3; }
.es-options th, .es-options td { text-align: left; vertical-align: top; padding: .55rem .6rem;
  border-bottom: 1px solid var(--es-line); font-weight: 400; }
.es-options thead th { font-size: .84rem; opacity: .8; border-bottom-width: 2px; }
.es-options tbody th { min-width: 8.5rem; }
.es-options td { min-width: 6.5rem; } .es-options td:nth-child(5) { min-width: 13rem; }
.es-options strong { font-size: 1.16em; font-weight: 700; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.es-options small { display: block; font-size: .84em; opacity: .82; }
.es-options sup { cursor: help; font-weight: 700; padding-left: .1rem; }
.es-options .es-closed { opacity: .8; }
.es-source { margin: .4rem 0 0; padding-top: .5rem; font-size: .84rem; opacity: .8;
  border-top: 1px solid var(--es-line); }
.es-source a { color: inherit; }
.es-empty { max-width: 40rem; margin: 10vh auto 1rem; text-align: center; }
.es-empty h2 { margin: .4rem 0; padding: 0; }
/* The 30 % gauge stays beneath the bar while the page scrolls. */
div:has(> .st-key-batas-30) { position: sticky; top: 3.75rem; z-index: 95; }
.es-gauge { display: flex; gap: clamp(.8rem, 2.2vw, 2.4rem); align-items: center;
  padding: .45rem .9rem; border: 1px solid var(--es-line); border-radius: 8px; }
.es-gauge p { margin: 0; }
.es-gauge-dial { flex: none; line-height: 1.15; padding-left: .7rem;
  border-left: 5px solid #2F9E83; }
.es-gauge-dial.es-over { border-left-color: #C8553D; }
.es-gauge-dial p, .es-gauge-dial span, .es-gauge-name { font-size: .86rem; opacity: .82; }
.es-gauge-dial strong { display: block; font-size: clamp(1.35rem, 1.1rem + .9vw, 2rem);
  font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.es-gauge-years { display: flex; gap: 3px; height: 3.6rem; flex: 1 1 12rem; max-width: 26rem; }
.es-gauge-years > div { flex: 1; display: flex; flex-direction: column; }
.es-gauge-years i { position: relative; flex: 1; display: block; }
.es-gauge-years u { position: absolute; inset: auto 0 0; background: var(--es-blue); opacity: .8;
  border-radius: 2px 2px 0 0; }
.es-gauge-years .es-over u { background: #C8553D; opacity: .95; }
.es-gauge-years s { position: absolute; inset: auto -2px auto -2px; opacity: .7;
  border-top: 2px solid currentColor; }
.es-gauge-years em { font-size: .72rem; font-style: normal; text-align: center; opacity: .8; }
.es-gauge-beside { margin-left: auto; text-align: right; line-height: 1.3; min-width: 0; }
.es-gauge-beside b { display: block; font-size: clamp(.92rem, .86rem + .2vw, 1.08rem); }
.es-gauge-told { flex: 1; }
[data-testid="stPageLink-NavLink"] { border: 1px solid var(--es-line); border-radius: 4px; }
/* The image button ends the line of the title, which leaves it room: a legend below would run
   under it. */
.es-figure { padding-right: 6.8rem; }
.stElementContainer:has(> .stHtml > .es-figure) { pointer-events: none; }
.js-plotly-plot .modebar-container { top: -.2rem !important; }
/* Streamlit writes ticks and axis titles of the light theme in a grey of 3.7 to 1. */
.js-plotly-plot text[style*="rgb(128, 132, 149)"] { fill: #47535F !important; }
[data-testid="stCaptionContainer"] { color: inherit !important; opacity: .8; }
div:has(> .st-key-hitungan:empty), .st-key-hitungan:empty { display: none; }
/* Tells how far the browser was; there is nothing to read in it. */
.st-key-skenario-terlihat { display: none; }
/* Choices side by side are as tall as the fields beside them, so that their labels share a line. */
.stButtonGroup [role="radiogroup"] button { min-height: 2.5rem; }
/* A switch says its whole name, on a phone too. */
.stCheckbox label p { white-space: normal !important; }
/* Under a finger the buttons of a table are always there: they have a line of their own. */
@media (hover: none) { .stElementContainer:has(.stDataFrame) { margin-top: 2.2rem; } }
/* Two arrows alone do not say that the other pages are behind them. */
[data-testid="stExpandSidebarButton"] { width: auto !important; gap: .1rem; }
[data-testid="stExpandSidebarButton"]::after { content: "Menu"; font-size: .95rem; }
@media screen and (max-width: 900px) {
  .es-options thead { display: none; }
  .es-options table, .es-options tbody, .es-options tr, .es-options th, .es-options td {
    display: block; }
  .es-options tr { border: 1px solid var(--es-line); border-radius: 8px; margin-bottom: .7rem;
    padding: .3rem .2rem; display: grid; grid-template-columns: 1fr 1fr; }
  .es-options th, .es-options td:nth-last-child(-n+2) { grid-column: 1 / -1; }
  .es-options td, .es-options td:nth-child(5) { min-width: 0; }
  .es-options th, .es-options td { border: 0; padding: .28rem .7rem; }
  .es-options td::before { content: attr(data-head); display: block; font-size: .8rem;
    opacity: .7; }
}
@media screen and (max-width: 640px) {
  .stMainBlockContainer { padding-top: 4.8rem; }
  .es-keys { grid-template-columns: 1fr 1fr; gap: .5rem; }
  .es-key { padding: .6rem .7rem; }
  .es-key:first-child:nth-last-child(odd) { grid-column: 1 / -1; }
  .es-gauge { gap: .5rem; padding: .35rem .6rem; }
  .es-gauge-dial { max-width: 8.6rem; }
  .es-gauge-dial p { font-size: .76rem; }
  .es-gauge-years { flex: 1 1 5rem; height: 3.1rem; gap: 2px; }
  .es-gauge-years em { font-size: .6rem; }
  /* Of what stands beneath the ratio only the limit has room. */
  .es-gauge-dial span + span { display: none; }
  .es-gauge-beside { display: none; }
  .st-key-batas-tafsir .es-note, .st-key-batas-tafsir > :first-child { display: none; }
  .st-key-batas-tafsir { gap: .6rem; }
  /* What does not fit stands in the next line: nobody finds what is scrolled out of sight. */
  .stButtonGroup [role="radiogroup"] { flex-wrap: wrap !important; row-gap: .3rem; }
}
</style>
"""
