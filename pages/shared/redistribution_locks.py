"""What is held by hand in the moves of teachers: one move, one school, all locks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.shared import access, address, inputs, layout, maps, teacher_view
from pages.shared import redistribution_inputs as asked
from pages.shared import redistribution_view as view_of
from pages.shared.load_redistribution import Plan
from pages.shared.words import NONE, day, number, t, tn

MAP = "peta-pemerataan"
SCHOOL = "sekolah_pindah"


def one_move(row: pd.Series) -> None:
    """The whole reason of one move, and what can be held of it; the plan is then solved again."""
    layout.note(" ".join(one for one in (row["reason"], row["warning"]) if one))
    with st.container(horizontal=True, gap="small", key="kunci-baris"):
        st.button(
            t("Tahan {name} di {school}", name=row["name"] or row["person_id"],
              school=row["from_name"]),
            key="tahan-orang",
            icon=":material/lock:",
            on_click=asked.lock,
            args=(asked.STAYS, row["person_id"]),
        )  # fmt: skip
        for word, npsn, name in (
            ("asal", row["from_npsn"], row["from_name"]),
            ("tujuan", row["to_npsn"], row["to_name"]),
        ):
            st.button(
                t("Tutup {school} dari perpindahan", school=name),
                key=f"tutup-{word}",
                icon=":material/block:",
                on_click=asked.lock,
                args=(asked.CLOSED, npsn),
            )


def show_school(npsn: str) -> None:
    """Open one school beneath the map; '' closes it (a callback)."""
    st.session_state[SCHOOL] = npsn
    address.write({SCHOOL: (npsn,) if npsn else ()})


def map_clicked() -> None:
    """Open the school whose point was clicked (a callback)."""
    if npsn := maps.clicked(st.session_state.get(MAP)):
        show_school(npsn)


def school(plan: Plan) -> None:
    """The school chosen on the map or by name: before, after, and its lock."""
    schools = view_of.answer(plan).schools.sort_values("name")
    names = {str(row.npsn): str(row.name) for row in schools.itertuples()}
    with st.container(width=420):
        npsn = inputs.choice(
            SCHOOL,
            t("Lihat satu sekolah (atau klik di peta)"),
            {"": NONE, **names},
            "",
            widget="select",
        )
    row = view_of.key_of(schools, npsn)
    if row is None:
        return
    told = [
        t(
            "{school} ({kecamatan}): kekurangan {vacant} → {unfilled} jabatan, kelebihan {surplus}"
            " → {left} guru.",
            school=row["name"],
            kecamatan=row["kecamatan"] or NONE,
            vacant=number(row["vacant_count"]),
            unfilled=number(row["unfilled_count"]),
            surplus=number(row["surplus_count"]),
            left=number(row["left_count"]),
        )
    ]
    if row["is_locked"]:
        told.append(t("Sekolah ini ditutup dari perpindahan."))
    layout.note(" ".join(told))
    if access.may("perencana"):
        closed = bool(row["is_locked"])
        st.button(
            t("Buka lagi untuk perpindahan")
            if closed
            else t("Tutup {school} dari perpindahan", school=row["name"]),
            key="kunci-sekolah",
            icon=":material/lock_open:" if closed else ":material/block:",
            on_click=asked.unlock if closed else asked.lock,
            args=(asked.CLOSED, npsn),
        )
    layout.page_link("murid", t("Buka {school}", school=row["name"]), sekolah=npsn)


def every_lock(plan: Plan) -> None:
    """What is locked, by whom and since when; each can be taken back."""
    held = asked.held()
    if held.empty:
        return
    filled, moved = view_of.locks_cost(plan)
    people = int((held["kind"] == asked.STAYS).sum())
    schools = int((held["kind"] == asked.CLOSED).sum())
    parts = [
        tn("{n} orang ditahan", people) if people else "",
        tn("{n} sekolah ditutup", schools) if schools else "",
    ]
    said = t("Kunci: {locks}.", locks=", ".join(part for part in parts if part))
    effect = (
        t("Tanpa kunci rencananya sama baik.")
        if not (filled or moved)
        else t(
            "Dibanding tanpa kunci: terisi {filled}, berpindah {moved}.",
            filled=_signed(filled),
            moved=_signed(moved),
        )
    )
    layout.caution(f"{said} {effect}")
    if not access.may("perencana"):
        return
    with st.expander(t("Lihat dan lepaskan kunci"), icon=":material/lock:"):
        named = teacher_view.in_post_of(plan.key.schools, plan.key.people)
        person = named.dropna(subset=["nip"]).drop_duplicates("nip").set_index("nip")["name"]
        place = view_of.answer(plan).schools.set_index("npsn")["name"]
        for row in held.itertuples():
            is_person = row.kind == asked.STAYS
            name = (person if is_person else place).get(row.thing_id, row.thing_id)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                what = t("{name} tetap", name=name) if is_person else t("{name} ditutup", name=name)
                layout.note(f"{what} · {row.locked_by}, {day(row.locked_at)}", width="content")
                st.button(
                    t("Lepaskan"),
                    key=f"lepas-{row.kind}-{row.thing_id}",
                    type="tertiary",
                    icon=":material/lock_open:",
                    on_click=asked.unlock,
                    args=(row.kind, row.thing_id),
                )


def _signed(change: int) -> str:
    return f"{'+' if change > 0 else '−' if change < 0 else '±'}{number(abs(change))}"
