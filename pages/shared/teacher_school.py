"""The teachers of one school: who is there until when, what is needed, what is missing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import teachers_in_post
from analytics.enrolment import Levers
from analytics.teachers import NeedChoice
from pages.shared import access, inputs, layout, load, teacher_view
from pages.shared.layout import Column
from pages.shared.load_schools import SchoolKey
from pages.shared.school_inputs import year_name
from pages.shared.teacher_view import NeedKey
from pages.shared.words import number, t


def _key(schools: SchoolKey, levers: Levers) -> NeedKey:
    english = inputs.linked("inggris", ("post", "class_teacher"), "post")
    return NeedKey(schools, load.people_key(), levers, NeedChoice(english=english))


def _rows(frame: pd.DataFrame, npsn: str) -> pd.DataFrame:
    return frame.loc[frame["npsn"] == npsn]


def keys(schools: SchoolKey, levers: Levers, npsn: str) -> list[layout.Key]:
    """Rombel and teachers of one school as large figures; none where the rules do not know it."""
    held = teacher_view.balance(_key(schools, levers))
    need, gaps = _rows(held.need, npsn), _rows(held.gaps, npsn)
    if need.empty:
        return []
    by_year = need.groupby("school_year")[["rombel_count", "needed_count"]].sum()
    first, last = by_year.iloc[0], by_year.iloc[-1]
    horizon = year_name(int(by_year.index[-1]))
    now = gaps.loc[gaps["school_year"] == held.now_year]
    present = int((now["in_post_count"] - now["leaving_count"]).sum())
    known = now.loc[now["post"] != teachers_in_post.UNKNOWN_POST]
    return [
        layout.Key(
            t("Rombel menurut aturan"),
            number(first["rombel_count"]),
            t("{n} pada {year}", n=number(last["rombel_count"]), year=horizon),
        ),
        layout.Key(
            t("Guru dibutuhkan"),
            number(first["needed_count"]),
            t(
                "ada {present}; kurang {short}, lebih {spare}",
                present=layout.count_shown(present),
                short=number(known["gap_count"].clip(lower=0).sum()),
                spare=number(-known["gap_count"].clip(upper=0).sum()),
            ),
        ),
    ]


def draw(schools: SchoolKey, levers: Levers, npsn: str) -> None:
    """Need and gap by post and year, and the teachers with the day each leaves."""
    held = teacher_view.balance(_key(schools, levers))
    gaps = _rows(held.gaps, npsn)
    if gaps.empty:
        layout.note(t("Kebutuhan guru jenjang ini tidak diatur dalam aturan yang dimuat."))
    else:
        _gaps(gaps, npsn)
    if access.may_see_names():
        _people(_rows(held.in_post, npsn), npsn)


def _gaps(gaps: pd.DataFrame, npsn: str) -> None:
    st.markdown(f"**{t('Guru: dibutuhkan, ada, kurang atau lebih')}**")
    years = [str(year) for year in sorted(gaps["school_year"].unique())]
    with st.container(width=260):
        chosen = inputs.choice(
            "tahun_guru",
            t("Lihat tahun ajaran"),
            {one: year_name(int(one)) for one in years},
            years[min(5, len(years) - 1)],
            widget="select",
        )
    year = int(chosen)
    rows = gaps.loc[gaps["school_year"] == year]
    rows = rows.assign(
        name=[teacher_view.post_name(post) for post in rows["post"]],
        deficit_count=rows["gap_count"].clip(lower=0),
        surplus_count=-rows["gap_count"].clip(upper=0),
    )
    layout.table(
        rows.sort_values("needed_count", ascending=False),
        [
            Column("name", t("Jabatan")),
            Column("needed_count", t("Dibutuhkan"), "number"),
            Column("in_post_count", t("Ada hari ini"), "count"),
            Column("leaving_count", t("Pensiun sebelumnya"), "count"),
            Column("deficit_count", t("Kurang"), "number"),
            Column("surplus_count", t("Lebih"), "number"),
        ],
        f"guru-{npsn}-{year}",
        key="tabel-guru-sekolah",
    )


def _people(people: pd.DataFrame, npsn: str) -> None:
    st.markdown(f"**{t('Guru di sekolah ini')}**")
    if people.empty:
        layout.note(t("Belum ada guru yang tercatat di sekolah ini."))
        return
    words = {"in_post": t("terhitung"), **teacher_view.apart_names()}
    table = people.assign(
        post_name=[teacher_view.post_name(str(post)) for post in people["post"]],
        standing=people["status"].map(words).fillna(people["status"]),
    ).sort_values(["retires_on", "name"], na_position="last")
    layout.table(
        table,
        [
            Column("name", t("Nama"), "name"),
            Column("nip", t("NIP"), "nip"),
            Column("post_name", t("Jabatan")),
            Column("employment", t("Status kepegawaian")),
            Column("retires_on", t("TMT pensiun"), "day"),
            Column("standing", t("Hitungan")),
        ],
        f"guru-di-{npsn}",
        key="tabel-orang-sekolah",
    )
