"""The words and the buttons of Plotly, which speaks English of itself."""

from __future__ import annotations

from typing import Any

from pages.shared.words import language

_INDONESIAN = {
    "dictionary": {
        "Autoscale": "Skala otomatis",
        "Box Select": "Pilih kotak",
        "Click to enter Plot title": "Ketik judul",
        "Double-click to zoom back out": "Klik ganda untuk kembali",
        "Download plot as a PNG": "Simpan gambar (PNG)",
        "Download plot as a png": "Simpan gambar (PNG)",
        "Download plot": "Simpan gambar",
        "Lasso Select": "Pilih bebas",
        "Pan": "Geser",
        "Reset": "Kembalikan",
        "Reset axes": "Kembalikan sumbu",
        "Snapshot succeeded": "Gambar tersimpan",
        "Taking snapshot - this may take a few seconds": "Menyiapkan gambar",
        "Sorry, there was a problem downloading your snapshot!": "Gambar gagal disimpan",
        "Zoom": "Perbesar",
        "Zoom in": "Perbesar",
        "Zoom out": "Perkecil",
    },
    "format": {
        "days": ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
        "shortDays": ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
        "months": [
            "Januari",
            "Februari",
            "Maret",
            "April",
            "Mei",
            "Juni",
            "Juli",
            "Agustus",
            "September",
            "Oktober",
            "November",
            "Desember",
        ],
        "shortMonths": [
            "Jan",
            "Feb",
            "Mar",
            "Apr",
            "Mei",
            "Jun",
            "Jul",
            "Agu",
            "Sep",
            "Okt",
            "Nov",
            "Des",
        ],
        "date": "%d/%m/%Y",
        "decimal": ",",
        "thousands": ".",
        "grouping": [3],
        "currency": ["Rp ", ""],
    },
}


def separators() -> str:
    """Decimal and thousands mark for ``layout.separators``."""
    return ",." if language() == "id" else ".,"


def config(file_name: str) -> dict[str, Any]:
    """What a figure's own buttons are, say and save."""
    picture = {"format": "svg", "filename": file_name, "height": 720, "width": 1280}
    shown: dict[str, Any] = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtonsToRemove": [
            "zoom2d",
            "pan2d",
            "select2d",
            "lasso2d",
            "zoomIn2d",
            "zoomOut2d",
            "autoScale2d",
            "resetScale2d",
            "resetSankeyGroup",
        ],
        "toImageButtonOptions": {**picture, "format": "png", "scale": 2},
        "scrollZoom": False,
    }
    if language() == "id":
        shown |= {"locale": "id", "locales": {"id": _INDONESIAN}}
    return shown
