"""One page per village in plain words: who walks further, what stays, when, and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from analytics.regrouping import RegroupingPlan
from pages.shared import regrouping_view
from pages.shared.load_regrouping import Question, When
from pages.shared.school_inputs import year_name
from pages.shared.words import day, names, number, t, tn

STYLE = """
body { font: 12pt/1.5 Arial, Helvetica, sans-serif; color: #111; background: #fff;
  max-width: 42em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 17pt; line-height: 1.25; } h2 { font-size: 13pt; margin: 1.2em 0 .3em; }
section { page-break-after: always; break-after: page; }
section:last-child { page-break-after: auto; break-after: auto; }
.kop { font-size: 10pt; color: #444; } .kaki { font-size: 9.5pt; color: #444;
  border-top: 1px solid #999; margin-top: 1.6em; padding-top: .4em; }
.padat { font-size: 10pt; line-height: 1.3; } .padat h2 { margin: .7em 0 .1em; }
.padat ul { margin: .3em 0; }
.rapat { font-size: 9pt; line-height: 1.2; } .rapat h1 { font-size: 14pt; margin: .3em 0; }
.rapat h2 { font-size: 11pt; }
@page { size: A4; margin: 16mm 18mm; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
"""
# Above so many merges the ways stand beside the merges.
_MANY = 6
# Letters on a printed row, and above how many rows the type is small, and very small.
_ROW_LETTERS, _MANY_ROWS, _TOO_MANY_ROWS = 80, 17, 42


@dataclass(frozen=True)
class Sheet:
    """What one village is told: its place, a title, and headed sentences."""

    place: str
    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def places(question: Question, plan: RegroupingPlan, language: str) -> dict[str, str]:
    """Villages with a merging or receiving school, by key; the kecamatan where none is told."""
    rows = regrouping_view.schools(question, plan, language)
    touched = rows.loc[(rows["action"] == "merge") | rows["npsn"].isin(set(rows["into"]) - {""})]
    order = touched.assign(stays=touched["action"] != "merge").sort_values(
        ["stays", "kecamatan", "village"]
    )
    return {_key(row): _called(row) for row in order.itertuples()}


def _key(row: object) -> str:
    return f"{row.kecamatan}|{row.village}"  # type: ignore[attr-defined]


def _called(row: object) -> str:
    village, kecamatan = str(row.village), str(row.kecamatan)  # type: ignore[attr-defined]
    if village:
        return f"{village} ({t('Kecamatan')} {kecamatan})" if kecamatan else village
    return f"{t('Kecamatan')} {kecamatan}" if kecamatan else t("Tempat tidak diketahui")


def sheet(question: Question, plan: RegroupingPlan, when: When, place: str, language: str) -> Sheet:
    """The page of one village."""
    rows = regrouping_view.schools(question, plan, language)
    here = rows.loc[[_key(row) == place for row in rows.itertuples()]]
    called = _called(next(here.itertuples()))
    leaving = here.loc[here["action"] == "merge"]
    arriving = rows.loc[(rows["action"] == "merge") & rows["into"].isin(here["npsn"])]
    parts = [
        (t("Apa yang diusulkan"), _proposed(leaving, arriving)),
        (t("Siapa berjalan lebih jauh"), _further(leaving, question)),
        (t("Apa yang tetap"), _stays(here, leaving, rows)),
        (t("Kapan"), _when(_both(leaving, arriving), when)),
        (
            t("Yang masih dibicarakan"),
            (
                t("Ini bahan musyawarah, belum keputusan. Keputusan ada pada kepala daerah."),
                t(
                    "Sampaikan: jalan yang berbahaya, anak yang perlu diantar, dan pemakaian gedung"
                    " yang ditinggalkan."
                ),
            ),
        ),
    ]
    pupils = int(leaving["pupils"].sum())
    title = (
        t(
            "{place}: {schools} sekolah bergabung, {n} murid pindah sekolah",
            place=called,
            schools=number(len(leaving)),
            n=number(pupils),
        )
        if len(leaving) > _MANY
        else t(
            "{place}: {schools} bergabung, {n} murid pindah sekolah",
            place=called,
            schools=names(leaving["name"].tolist()),
            n=number(pupils),
        )
        if len(leaving)
        else t("{place}: tidak ada sekolah yang ditutup", place=called)
    )
    return Sheet(called, title, tuple((head, told) for head, told in parts if told))


def _proposed(leaving: pd.DataFrame, arriving: pd.DataFrame) -> tuple[str, ...]:
    told = [
        t(
            "{one} ({n} murid) bergabung ke {other}, paling banyak {km} km lebih jauh.",
            one=row.called,
            n=number(row.pupils),
            other=row.into_name,
            km=number(row.distance_km, 1),
        )
        if len(leaving) > _MANY
        else t(
            "{one} ({n} murid) bergabung ke {other}.",
            one=row.called,
            n=number(row.pupils),
            other=row.into_name,
        )
        for row in leaving.rename(columns={"name": "called"}).itertuples()
    ]
    told += [
        t("{one} menerima {n} murid dari {other}.",
          one=row.into_name, n=number(row.pupils), other=row.called)
        for row in arriving.rename(columns={"name": "called"}).itertuples()
        if row.npsn not in set(leaving["npsn"])
    ]  # fmt: skip
    return tuple(told)


def _further(leaving: pd.DataFrame, question: Question) -> tuple[str, ...]:
    if leaving.empty:
        return (t("Tidak ada murid desa ini yang harus pindah sekolah."),)
    told = [
        tn(
            "{n} murid {one} berjalan paling banyak {km} km lebih jauh, sekali berangkat.",
            int(row.pupils),
            one=row.called,
            km=number(row.distance_km, 1),
        )
        for row in leaving.rename(columns={"name": "called"}).itertuples()
    ]
    if len(leaving) > _MANY:
        told = [
            t(
                "{n} murid dari {schools} sekolah, paling jauh {km} km lebih jauh sekali berangkat;"
                " tiap sekolah tertulis di atas.",
                n=number(int(leaving["pupils"].sum())),
                schools=number(len(leaving)),
                km=number(float(leaving["distance_km"].max()), 1),
            )
        ]
    return (
        *told,
        t(
            "Jarak dihitung dari sekolah ke sekolah menurut jarak jalan yang dimuat (yang tidak ada"
            " di sana: garis lurus x {detour}). Rumah tiap anak tidak diketahui; sebagian anak"
            " mungkin justru lebih dekat.",
            detour=number(question.limits.detour, 2),
        )
        if question.roads
        else t(
            "Jarak dihitung dari sekolah ke sekolah: garis lurus x {detour}. Rumah tiap anak tidak"
            " diketahui; sebagian anak mungkin justru lebih dekat.",
            detour=number(question.limits.detour, 2),
        ),
    )


def _stays(here: pd.DataFrame, leaving: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, ...]:
    stays = here.loc[here["action"] == "open"]
    told = []
    # Schools to which nothing happens, and receivers without a class more, are counted where many.
    receives = stays["npsn"].isin(set(rows["into"]))
    others = stays.loc[~receives]
    alike = stays.loc[receives & (stays["rombel_after"] == stays["rombel_before"])]
    counted = [part.index for part in (others, alike) if len(part) > _MANY]
    for index in counted:
        stays = stays.drop(index)
    for row in stays.rename(columns={"name": "called"}).itertuples():
        if row.rombel_after > row.rombel_before:
            told.append(
                t(
                    "{one} tetap buka, dari {before} menjadi {after} rombel.",
                    one=row.called,
                    before=number(row.rombel_before),
                    after=number(row.rombel_after),
                )
            )
        else:
            told.append(
                t("{one} tetap buka dengan {n} rombel.", one=row.called, n=number(row.rombel_after))
            )
    if len(alike) > _MANY:
        told.append(
            t(
                "{n} sekolah penerima tetap buka tanpa tambahan rombel: murid baru mengisi kelas"
                " yang ada.",
                n=number(len(alike)),
            )
        )
    if len(others) > _MANY:
        told.append(t("{n} sekolah lain tetap buka, tidak berubah.", n=number(len(others))))
    if len(leaving):
        told += _rooms(rows.loc[rows["npsn"].isin(set(leaving["into"]))])
        told.append(t("Guru yang lebih diusulkan pindah ke sekolah yang kekurangan guru."))
    return tuple(told)


def _both(leaving: pd.DataFrame, arriving: pd.DataFrame) -> pd.DataFrame:
    """Merges from here and to here; those within the village once."""
    return pd.concat([leaving, arriving]).drop_duplicates("npsn")


def _rooms(receivers: pd.DataFrame) -> list[str]:
    """Whether the rooms of the receivers suffice, as far as the data know them."""
    doubtful = receivers.loc[~(receivers["usable"] >= receivers["rombel_after"]), "name"]
    if doubtful.empty:
        return [t("Menurut data, ruang kelas penerima cukup untuk semua murid di setiap tingkat.")]
    return [
        t(
            "Ruang kelas {schools} belum diketahui, atau kurang dari rombelnya sekarang: periksa"
            " dahulu. Rombelnya tidak bertambah.",
            schools=names(doubtful.tolist()),
        )
    ]


def _when(rows: pd.DataFrame, when: When) -> tuple[str, ...]:
    steps = when.calendar.loc[when.calendar["npsn"].isin(rows["npsn"])]
    name = rows.set_index("npsn")["name"]
    told = []
    keys = ["school_year", "study_from", "study_until", "socialisation_until", "decree_until"]
    for _, together in steps.groupby([*keys, "dapodik_until"], sort=True):
        step = next(together.itertuples())
        told.append(
            t(
                "{one}: mulai tahun ajaran {year}. Kajian {study} sampai {study_end}, sosialisasi"
                " sampai {told_end}, SK paling lambat {decree}, Dapodik paling lambat {dapodik}.",
                one=t("Semua sekolah di atas")
                if len(together) == len(rows) > _MANY
                else names([name[one] for one in together["npsn"]]),
                year=year_name(int(step.school_year)),
                study=day(step.study_from),
                study_end=day(step.study_until),
                told_end=day(step.socialisation_until),
                decree=day(step.decree_until),
                dapodik=day(step.dapodik_until),
            )
        )
    undated = [name[one] for one in rows["npsn"] if one not in set(steps["npsn"])]
    if undated:
        told.append(t("{schools}: tahunnya belum ditentukan.", schools=names(undated)))
    return tuple(told)


def as_html(sheets: list[Sheet], source: str, language: str) -> str:
    """Sheets as one document: one printed page each, readable by any browser or word processor."""
    parts = [_section(one, source) for one in sheets]
    title = escape(t("Lembar desa: penggabungan sekolah"))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _section(one: Sheet, source: str) -> str:
    body = "".join(
        f"<h2>{escape(head)}</h2><ul>{''.join(f'<li>{escape(told)}</li>' for told in lines)}</ul>"
        for head, lines in one.parts
    )
    rows = sum(-(-len(told) // _ROW_LETTERS) for _, lines in one.parts for told in lines)
    dense = " class='padat rapat'" if rows > _TOO_MANY_ROWS else " class=padat"
    return (
        f"<section{dense if rows > _MANY_ROWS else ''}>"
        f'<p class="kop">{escape(t("Lembar desa: penggabungan sekolah"))}</p>'
        f'<h1>{escape(one.title)}</h1>{body}<p class="kaki">{escape(source)}</p></section>'
    )


def on_screen(one: Sheet) -> str:
    """One sheet as a block of the page."""
    body = "".join(
        f"<h4>{escape(head)}</h4><ul>{''.join(f'<li>{escape(told)}</li>' for told in lines)}</ul>"
        for head, lines in one.parts
    )
    return (
        '<article style="max-width:46rem;border:1px solid rgba(127,140,153,.4);'
        f'border-radius:.5rem;padding:1rem 1.4rem"><h3>{escape(one.title)}</h3>{body}</article>'
    )
