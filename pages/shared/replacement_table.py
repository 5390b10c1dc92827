"""The seven options side by side, as one table that a mayor can read; cards on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from analytics.options import HIRE, Figure, Option
from analytics.pay_law import PART_TIME
from pages.shared import layout, load
from pages.shared import replacement_view as view_of
from pages.shared.load_replacement import Side
from pages.shared.method_rules import standing_labels
from pages.shared.words import NONE, language, money, month, number, percent, t, tn

MARKS = {"unconfirmed": "?", "disputed": "≠", "local_choice": "✎", "settled": ""}


def draw(chosen: Sequence[Option], side: Side, role_group: str, on: date) -> None:
    """The table, what its marks mean, and its download."""
    heads = _heads()
    rows = [
        _row(option, row, role_group, on)
        for option, (_, row) in zip(chosen, side.table.iterrows(), strict=True)
    ]
    head = "".join(f"<th scope=col>{escape(one)}</th>" for one in heads)
    body = "".join(_html_row(row, heads) for row in rows)
    st.html(
        f'<div class="es-options"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    names = standing_labels()
    said = ", ".join(
        f"{MARKS[one]} {names[one]}" for one in ("unconfirmed", "disputed", "local_choice")
    )
    layout.note(
        t(
            "Tanda: {marks}; tanpa tanda pasti. Arahkan ke tanda untuk sumbernya; ubah angkanya di"
            " Rincian, Angka pilihan.",
            marks=said,
        )
    )
    layout.downloads(_table(side, language()), "pilihan-pengganti", key="unduh-pilihan")


def _heads() -> list[str]:
    return [
        t("Pilihan"),
        t("Biaya APBD setahun"),
        t("Terhadap batas 30%"),
        t("Hemat dibanding yang pergi"),
        t("Mulai bekerja"),
        t("Peluang terisi"),
        t("Kontrak"),
        t("Siapa yang dapat"),
        t("Dapat dibatalkan?"),
    ]


def _row(option: Option, row: pd.Series, role_group: str, on: date) -> tuple[bool, list[str]]:
    """Whether the option is open to the role group, and its cells as HTML."""
    at = 0 if language() == "id" else 1
    is_open = option.is_open_to(role_group)
    name = f"<b>{escape(option.label[at])}</b>"
    if not is_open:
        name += f"<small>{escape(t('tidak untuk kelompok ini'))}</small>"
    return is_open, [
        name,
        _cost(option, row),
        _against_cap(option, row, at),
        _saving(option, row),
        _start(option, on),
        _filled(option),
        _contract(option),
        escape(option.eligibility[at]),
        escape(option.reversibility[at]),
    ]


def _mark(figure: Figure | None, standing: str = "", source: str = "") -> str:
    """The mark of how sure a number is, with its source when pointed at."""
    standing = figure.standing if figure is not None else standing
    source = figure.source if figure is not None else source
    if not MARKS.get(standing):
        return ""
    said = f"{standing_labels()[standing]}: {source}"
    return f'<sup title="{escape(said)}">{MARKS[standing]}</sup>'


def _big(said: str, mark: str = "") -> str:
    return f"<strong>{escape(said)}</strong>{mark}"


def _small(said: str, mark: str = "") -> str:
    return f"<small>{escape(said)}{mark}</small>"


@lru_cache(maxsize=16)
def _pay_source(employment: str, version: str, language: str) -> tuple[str, str]:  # noqa: ARG001 (part of the key)
    """How sure a newcomer's pay is, and where it stands written."""
    book = load.rulebook()
    if employment == PART_TIME:
        rows = book.pay_rules.loc[book.pay_rules["key"] == "part_time_pay_idr"]
        return str(rows["standing"].iloc[-1]), str(rows["source"].iloc[-1])
    rows = book.salaries.loc[book.salaries["employment"] == employment]
    said = t(
        "{source}. Keluarga, sertifikat, dan TPP: anggapan (tombol Gaji).",
        source=rows["source"].iloc[-1],
    )
    return "local_choice", said


def _pay_mark(option: Option) -> str:
    return _mark(None, *_pay_source(option.employment, load.rulebook().version, language()))


def _cost(option: Option, row: pd.Series) -> str:
    if pd.isna(row["first_year_idr"]):
        return _big(NONE) + _small(t("tidak ada PNS bergolongan untuk dijadikan acuan"))
    if option.kind != HIRE:
        if not row["first_year_idr"]:
            return _big("Rp 0") + _small(t("tidak ada gaji baru"))
        mark = _mark(option.investment_idr)
        return _big(money(row["first_year_idr"]), mark) + _small(
            t("lalu {money} setahun; bukan gaji", money=money(row["fifth_year_idr"]))
        )
    said = t("tahun kelima {money}", money=money(row["fifth_year_idr"]))
    # Whole people that the money pays: a part of one is nobody.
    people = t("{n} orang per Rp 1 miliar", n=number(np.floor(row["people_per_billion"] + 1e-9)))
    return _big(money(row["first_year_idr"]), _pay_mark(option)) + _small(said) + _small(people)


def _against_cap(option: Option, row: pd.Series, at: int) -> str:
    if option.kind != HIRE:
        return _small(option.pays[at])
    if pd.isna(row["first_year_idr"]):
        return _big(NONE)
    parts = [
        t("dalam batas {money}", money=money(row["in_cap_idr"])),
        t("di luar batas (TPG, tamsil) {money}", money=money(row["outside_cap_idr"])),
    ]
    outside = row["first_year_idr"] - row["in_cap_idr"]
    if outside > 1:
        parts[0] = t("dalam batas Rp 0; dicatat barang dan jasa {money}", money=money(outside))
    if row["apbn_idr"]:
        parts.append(t("APBN (pensiun kelak) {money}", money=money(row["apbn_idr"])))
    return "".join(_small(one) for one in parts)


def saved_as_shown(saved: float, cost: float) -> float:
    """What is saved, such that cost and saving shown in whole millions add up to the leaver's.

    Parameters
    ----------
    saved, cost
        Rupiah in the first year; together what who leaves costs.
    """
    million = 1e6
    leaver = saved + cost
    if pd.isna(leaver) or abs(saved) < million or max(abs(leaver), abs(cost)) >= 999.5 * million:
        # In thousands or in billions with a decimal: nothing to carry over.
        return saved
    return (round(leaver / million) - round(cost / million)) * million


def _saving(option: Option, row: pd.Series) -> str:
    saved = saved_as_shown(row["saves_first_year_idr"], row["first_year_idr"])
    if pd.isna(saved):
        return _big(NONE)
    if option.kind == HIRE:
        return _big(money(saved)) + _small(t("tahun pertama"))
    if option.option == "redistribusi":
        return _big(money(saved)) + _small(t("gaji yang pergi tidak diganti"))
    return _big(money(saved)) + _small(t("sesudah biaya tahun pertama"))


def _start(option: Option, on: date) -> str:
    lead = option.lead_months
    proposed, early, middle, late = view_of.first_days(option, on)
    months = t("{n} bulan", n=number(lead.quantile(0.5), 0))
    between = f"{number(lead.quantile(0.1), 0)}-{number(lead.quantile(0.9), 0)}"
    return (
        _big(months, _mark(lead))
        + _small(t("P10-P90: {between} bulan", between=between))
        + _small(t("usul {month}", month=month(proposed)))
        + _small(
            t("bekerja {middle} ({early}-{late})", middle=month(middle), early=month(early),
              late=month(late))
        )
    )  # fmt: skip


def _filled(option: Option) -> str:
    fill = option.fill_share
    said = _big(percent(fill.mid, 0), _mark(fill)) + _small(
        f"{percent(fill.low, 0)}-{percent(fill.high, 0)}"
    )
    most = option.most_per_year
    if most is not None:
        told = (
            t("batas setempat belum diisi")
            if not most.mid
            else tn("paling banyak {n} orang setahun", int(most.mid))
        )
        said += _small(told, _mark(most))
    elif option.yearly_share:
        said += _small(t("dibatasi bagian kebutuhan"), _mark(option.yearly_share[0][1]))
    elif option.kind == HIRE:
        said += _small(t("batas: formasi yang disetujui"))
    else:
        said += _small(t("batas: orang yang lebih di tempat lain"))
    return said


def _contract(option: Option) -> str:
    months = option.contract_months
    if months is not None:
        if months.mid % 12:
            return _big(t("{n} bulan", n=number(months.mid)), _mark(months))
        return _big(tn("{n} tahun", round(months.mid / 12)), _mark(months))
    return escape(t("sampai BUP")) if option.kind == HIRE else escape(NONE)


def _html_row(row: tuple[bool, list[str]], heads: list[str]) -> str:
    is_open, cells = row
    first = f"<th scope=row>{cells[0]}</th>"
    rest = "".join(
        f'<td data-head="{escape(head)}">{cell}</td>'
        for head, cell in zip(heads[1:], cells[1:], strict=True)
    )
    return f'<tr class="{"" if is_open else "es-closed"}">{first}{rest}</tr>'


def _table(side: Side, lang: str) -> pd.DataFrame:
    """The same as a table to take away, plain numbers."""
    table = side.table
    names = {
        f"label_{lang}": t("Pilihan"),
        "first_year_idr": t("Biaya tahun pertama (Rp)"),
        "fifth_year_idr": t("Biaya tahun kelima (Rp)"),
        "ten_year_present_idr": t("Sepuluh tahun, nilai kini (Rp)"),
        "in_cap_idr": t("Dalam batas 30%, tahun pertama (Rp)"),
        "outside_cap_idr": t("Di luar batas: TPG, tamsil (Rp)"),
        "apbn_idr": t("APBN: pensiun kelak (Rp)"),
        "saves_first_year_idr": t("Hemat dibanding yang pergi (Rp)"),
        "people_per_billion": t("Orang per Rp 1 miliar"),
        "months_p10": t("Bulan sampai bekerja, P10"),
        "months_p50": "P50",
        "months_p90": "P90",
        "fill_low": t("Terisi, rendah"),
        "fill_share": t("tengah"),
        "fill_high": t("tinggi"),
        "most_per_year": t("Paling banyak setahun"),
        "contract_months": t("Kontrak (bulan)"),
        f"eligibility_{lang}": t("Siapa yang dapat"),
        f"reversibility_{lang}": t("Dapat dibatalkan?"),
        "standing": t("Kepastian"),
    }
    told = table.assign(standing=table["standing"].map(standing_labels()))
    rounded = {name: told[name].round(0) for name in names if name.endswith("_idr")}
    return told.assign(**rounded)[list(names)].rename(columns=names)
