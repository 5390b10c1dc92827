"""Beneath the pupil wave: the map and the list of schools by size, the figures, one school."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import (
    access,
    charts,
    inputs,
    layout,
    load_schools,
    maps,
    school_inputs,
    school_map,
    school_pupils,
)
from pages.shared import school_figures as figures
from pages.shared.layout import Column
from pages.shared.school_choice import SchoolChoice
from pages.shared.school_inputs import EVERY, Scope, year_name
from pages.shared.school_view import TOTAL, Wave
from pages.shared.words import NONE, language, number, t, tn

CHOICE = SchoolChoice("sekolah", "cari_sekolah")
CLOSED = "tutup"
_CHART, _TABLE = "peta-sekolah", "sekolah-menurut-ukuran"


def opened() -> str:
    """The school that the link opens; empty for none, or one that is not in the data."""
    return CHOICE.held(load_schools.schools_of(load_schools.school_key())["npsn"])


def by_size(scope: Scope, answer: Wave, threshold: int) -> None:
    """Schools by size: the map, a search, and the list; each opens a school."""
    schools = answer.schools
    horizon = year_name(answer.last_year)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        when = inputs.choice(
            "peta",
            t("Ukuran sekolah pada"),
            {"now": year_name(answer.now_year), "ahead": horizon},
            "now",
        )
        names = dict(zip(schools["npsn"], schools["name"], strict=True))
        CHOICE.field(t("Buka satu sekolah"), names)
    drawn = school_map.school_map(scope, threshold, when, language())
    if drawn is None:
        layout.note(
            t("Peta muncul setelah daftar sekolah dengan lintang dan bujur dimuat di halaman Data.")
        )
        _list(answer, when)
        return
    left, right = st.columns([2, 3])
    with left:
        charts.draw(drawn, _CHART, height=maps.height(drawn, 480), on_select=CHOICE.on_map(_CHART))
        told = t(
            "Ketuk satu titik untuk membuka sekolahnya. Latar: selubung titik sekolah sendiri."
        )
        if unplaced := int(schools["east_km"].isna().sum()):
            told += " " + tn("{n} sekolah tanpa koordinat tidak tampak di peta.", unplaced)
        layout.note(told)
    with right:
        _list(answer, when)


def _list(answer: Wave, when: str) -> None:
    """The schools from small to large; a row opens one."""
    horizon = year_name(answer.last_year)
    ordered = answer.schools.sort_values([f"pupils_{when}", "name"], ignore_index=True)
    npsn = ordered["npsn"].tolist()
    layout.table(
        _rounded(ordered),
        [
            Column("name", t("Sekolah"), width="medium"),
            Column("pupils_now", t("Murid {year}", year=year_name(answer.now_year)), "number"),
            Column("pupils_ahead", t("Murid {year}", year=horizon), "number"),
            Column("p10", "P10", "number", help=t("Satu dari sepuluh kemungkinan di bawah ini")),
            Column("p90", "P90", "number", help=t("Satu dari sepuluh kemungkinan di atas ini")),
            Column("change_share", t("Perubahan"), "share"),
            Column("kecamatan", t("Kecamatan")),
            Column("level", t("Jenjang sekolah"), width="small"),
            Column("rombel_count", t("Rombel menurut data"), "number"),
            Column("npsn", t("NPSN")),
        ],
        _TABLE,
        key=_TABLE,
        height=480,
        on_select=CHOICE.on_row(_TABLE, npsn),
    )
    layout.note(t("Pilih satu baris untuk membuka sekolahnya."))


def _rounded(schools: pd.DataFrame) -> pd.DataFrame:
    whole = ["pupils_now", "pupils_ahead", "p10", "p90"]
    counts = pd.to_numeric(schools["rombel_count"], errors="coerce")
    return schools.assign(**{name: schools[name].round() for name in whole}, rombel_count=counts)


def sections() -> dict[str, str]:
    """What can be opened beneath the list."""
    return {
        CLOSED: t("Tertutup"),
        "tahun": t("Angka per tahun"),
        "kelas": t("Angka per kelas"),
        "kelahiran": t("Kelahiran"),
    }


def tables(scope: Scope, answer: Wave) -> None:
    """The numbers behind the figures."""
    chosen = inputs.choice("angka", t("Rincian"), sections(), CLOSED)
    if chosen == "tahun":
        _by_year(scope, answer)
    elif chosen == "kelas":
        _by_grade(answer.grades, answer.now_year, "murid-per-kelas-dan-tahun")
    elif chosen == "kelahiran":
        _births(scope)


def _by_year(scope: Scope, answer: Wave) -> None:
    past = pd.concat([answer.history, answer.whole_history.assign(group=EVERY)])
    ahead = pd.concat([answer.ahead, answer.whole])
    rows = pd.concat(
        [past.assign(kind=t("menurut data")), ahead.assign(kind=t("prakiraan"))],
        ignore_index=True,
    )
    if scope.level != EVERY or len(answer.history["group"].unique()) == 1:
        rows = rows.loc[rows["group"] != EVERY]
    numbers = ["pupils", "p10", "p90", "naive"]
    rows = rows.assign(
        year=[year_name(int(one)) for one in rows["school_year"]],
        group=[t("Semua") if one == EVERY else one for one in rows["group"]],
        **{name: rows[name].astype(float).round() for name in numbers},
    )
    layout.table(
        rows.sort_values(["group", "school_year"]),
        [
            Column("group", t("Jenjang sekolah")),
            Column("year", t("Tahun ajaran")),
            Column("kind", t("Jenis")),
            Column("pupils", t("Murid"), "number"),
            Column("p10", "P10", "number"),
            Column("p90", "P90", "number"),
            Column("naive", t("Seandainya tetap"), "number"),
        ],
        "murid-per-tahun",
        key="tabel-murid-tahun",
    )


def _by_grade(grades: pd.DataFrame, now_year: int, file_name: str) -> None:
    """Grades down, years across; years after ``now_year`` are expected, and say so."""
    table = grades.round()
    table.columns = [str(year) for year in table.columns]
    table = table.assign(
        grade_name=[figures.grade_name(int(one)) for one in grades.index]
    ).reset_index(drop=True)
    layout.table(
        table,
        [
            Column("grade_name", t("Kelas")),
            *(
                Column(
                    str(year),
                    year_name(int(year)) + ("" if year <= now_year else "*"),
                    "number",
                )
                for year in grades.columns
            ),
        ],
        file_name,
        key=f"tabel-{file_name}",
    )
    layout.note(t("* prakiraan"))


def _births(scope: Scope) -> None:
    births = load_schools.births_of(scope.key)
    if births.empty:
        layout.note(
            t("Belum ada data kelahiran. Muat kelahiran per kecamatan dan tahun di halaman Data.")
        )
        return
    words = {True: t("dilaporkan"), False: t("tidak dilaporkan, tidak dipakai")}
    known = births["is_reported"].fillna(True).astype(bool)
    layout.table(
        births.assign(told=known.map(words)).sort_values(["area", "year"]),
        [
            Column("area", t("Wilayah")),
            Column("year", t("Tahun"), "year"),
            Column("birth_count", t("Kelahiran"), "number"),
            Column("told", t("Keterangan")),
        ],
        "kelahiran",
        key="tabel-kelahiran",
    )


# --- one school ---


def draw(npsn: str) -> None:
    """One school: its pupils, its rombel, its teachers, what it will need."""
    from pages.shared import teacher_school

    key = load_schools.school_key()
    school = load_schools.schools_of(key).set_index("npsn").loc[npsn]
    name = str(school["name"])
    finding = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            t("Semua sekolah"), icon=":material/arrow_back:", on_click=CHOICE.leave, key="kembali"
        )
        with st.popover(t("Andai-andai"), icon=":material/tune:"):
            levers = school_inputs.levers(key)
    rows = school_pupils.pupils_by_grade(key, levers, npsn)
    total = rows.loc[rows["grade"] == TOTAL].sort_values("school_year")
    past = total.loc[~total["is_ahead"].astype(bool)]
    ahead = total.loc[total["is_ahead"].astype(bool)]
    with finding:
        layout.header(_finding(name, past, ahead), t("Satu sekolah · NPSN {npsn}", npsn=npsn))
    if told := school_inputs.levers_in_words(levers):
        layout.note(told)
    if past.empty:
        layout.empty(t("Sekolah ini belum pernah melaporkan murid"), "")
        return
    now_year = int(past["school_year"].iloc[-1])
    layout.keys([*_pupil_keys(school, past, ahead), *teacher_school.keys(key, levers, npsn)])
    layout.note(_facts(school))
    last_year = int(ahead["school_year"].iloc[-1]) if len(ahead) else now_year
    charts.draw(figures.one_school(rows, last_year), "murid-satu-sekolah", height=380)
    graded = rows.loc[rows["grade"] != TOTAL]
    if len(graded):
        st.markdown(f"**{t('Murid per kelas')}**")
        wide = graded.pivot(index="grade", columns="school_year", values="pupils").sort_index()
        wide = wide[[year for year in wide.columns if year >= now_year - 5]]
        _by_grade(wide, now_year, f"murid-{npsn}")
    teacher_school.draw(key, levers, npsn)
    if not access.may_see_names():
        layout.note(t("Nama guru hanya tampak bagi perencana."))
    layout.source_note(*school_inputs.EQUATIONS, *school_inputs.NEED_EQUATIONS)


def _finding(name: str, past: pd.DataFrame, ahead: pd.DataFrame) -> str:
    if past.empty or ahead.empty:
        return name
    now, then = past.iloc[-1]["pupils"], ahead.iloc[-1]["pupils"]
    return t(
        "{name}: {now} murid sekarang, sekitar {then} pada {year}",
        name=name,
        now=number(now),
        then=number(then),
        year=year_name(int(ahead.iloc[-1]["school_year"])),
    )


def _pupil_keys(school: pd.Series, past: pd.DataFrame, ahead: pd.DataFrame) -> list[layout.Key]:
    now = past.iloc[-1]
    keys = [
        layout.Key(
            t("Murid {year}", year=year_name(int(now["school_year"]))),
            number(now["pupils"]),
            "",
            tuple(float(one) for one in past["pupils"].tail(10)),
        )
    ]
    if len(ahead):
        last = ahead.iloc[-1]
        keys.append(
            layout.Key(
                t("Murid {year}", year=year_name(int(last["school_year"]))),
                number(last["pupils"]),
                t("antara {low} dan {high}", low=number(last["p10"]), high=number(last["p90"])),
                tuple(float(one) for one in ahead["pupils"]),
            )
        )
    rombel = pd.to_numeric(school["rombel_count"], errors="coerce")
    rooms = pd.to_numeric(school["classroom_count"], errors="coerce")
    if pd.notna(rombel):
        keys.append(
            layout.Key(
                t("Rombel menurut data"),
                number(rombel),
                t("{n} ruang kelas", n=number(rooms)) if pd.notna(rooms) else "",
            )
        )
    return keys


def _facts(school: pd.Series) -> str:
    latitude = pd.to_numeric(school["latitude"], errors="coerce")
    longitude = pd.to_numeric(school["longitude"], errors="coerce")
    place = (
        t("koordinat {lat}; {lon}", lat=number(latitude, 5), lon=number(longitude, 5))
        if pd.notna(latitude) and pd.notna(longitude)
        else t("tanpa koordinat")
    )
    village = "" if pd.isna(school["village"]) else str(school["village"])
    status = {"negeri": t("Negeri"), "swasta": t("Swasta")}.get(str(school["status"]), NONE)
    parts = [str(school["level"]), status, str(school["kecamatan"]), village, place]
    return " · ".join(part for part in parts if part)
