"""The page on paper, or saved as PDF from the browser: as wide as on screen, on a white ground.

A drawing keeps the width it has on screen, so a narrower sheet would cut it: the sheet lies, the
page keeps its width, and the browser makes it smaller until it fits.
"""

from __future__ import annotations

# What a style sheet cannot know: how wide the page stands on screen, and whether it is dark.
BEFORE = """<script>
(() => {
  if (window.estafetOnPaper) return;
  window.estafetOnPaper = true;
  window.addEventListener("beforeprint", () => {
    const root = document.documentElement;
    const page = document.querySelector(".stMainBlockContainer > .stVerticalBlock");
    const app = document.querySelector(".stApp");
    if (!page || !app) return;
    root.style.setProperty("--es-wide", `${page.offsetWidth}px`);
    // Browsers make a page smaller only so far; a projector's is wider than that.
    root.style.setProperty("--es-zoom", Math.min(1, 1440 / page.offsetWidth));
    // On a phone everything stands beneath each other already.
    root.toggleAttribute("data-es-wide", window.innerWidth > 640);
    root.toggleAttribute("data-es-dark", getComputedStyle(app).colorScheme.includes("dark"));
  });
})();
</script>"""

STYLE = """
<style>
@page { size: A4 landscape; margin: 10mm; }
@media print {
  header[data-testid="stHeader"], [data-testid="stSidebar"], .st-key-topbar, .stDownloadButton,
  .stButton, .stPopover, .stFileUploader, .st-key-tuas, [data-testid="stPageLink"],
  .modebar-container, [data-testid="stElementToolbar"], [data-testid="stToast"] {
    display: none !important; }
  html, body, #root, #root > div, .stApp, [data-testid="stAppViewContainer"], .stMain {
    position: static !important; height: auto !important; overflow: visible !important; }
  .stApp, [data-testid="stAppViewContainer"], .stMain { display: block !important; }
  .stMainBlockContainer { max-width: none !important; padding: 0 !important; }
  html[data-es-wide] .stMainBlockContainer {
    width: var(--es-wide) !important; zoom: var(--es-zoom); }
  /* Streamlit puts columns with drawings beneath each other, however much room there is. */
  html[data-es-wide] .stHorizontalBlock:has(> .stColumn) {
    display: flex !important; flex-wrap: nowrap !important; }
  html[data-es-wide] .stHorizontalBlock > .stColumn { width: auto !important; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  div:has(> .st-key-batas-30) { position: static !important; }
  /* Nothing is cut by the end of a sheet, and no title stands alone at its foot. */
  .stPlotlyChart, .stDataFrame, .es-key, .es-keys, .es-gauge, .es-figure, .es-told, .es-note, tr,
  .es-options tr, .stElementContainer:has(.es-figure, .es-keys, .stPlotlyChart, .stDataFrame),
  html[data-es-wide] .stHorizontalBlock:has(> .stColumn) { break-inside: avoid; }
  h1, h2, h3, h4, .stElementContainer:has(h1, h2, h3, h4, .es-figure) { break-after: avoid; }
  /* A row of a table that scrolls is not on paper: where the whole of it is. */
  .stElementContainer:has(.stDataFrame)::after { font-size: .84rem; opacity: .8;
    content: "Yang tidak muat di layar ada di unduhan Excel tabel ini."; }
  html[lang="en"] .stElementContainer:has(.stDataFrame)::after {
    content: "What does not fit the screen is in this table's Excel download."; }
  /* A dark page is dark ink on white paper. */
  .es-keys { grid-template-columns: repeat(var(--es-count), minmax(0, 1fr)) !important;
    padding-bottom: 2px; }
  html[data-es-dark], html[data-es-dark] body { background: #FFFFFF !important;
    color-scheme: light; }
  html[data-es-dark] .stApp,
  html[data-es-dark] .stApp *:not(svg *, .es-trend i, .es-gauge-years u) {
    --st-text-color: #16212C; background-color: transparent !important; color: #16212C !important;
    border-color: #CFD7DF !important; }
  html[data-es-dark] .es-gauge { background: none !important; }
  html[data-es-dark] .js-plotly-plot text:not(.bartext-inside, .heatmap-label text) {
    fill: #16212C !important; text-shadow: none !important; }
  html[data-es-dark] .stDataFrame canvas { filter: invert(1) hue-rotate(180deg); }
}
</style>
"""
