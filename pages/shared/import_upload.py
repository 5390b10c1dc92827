"""From a dropped file to an edition: check, show, load.

Nothing is written before a button is pressed; whatever goes wrong on the way changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from traceback import extract_tb
from typing import Any

import streamlit as st

from analytics import import_data, store
from analytics.faults import Fault, FaultsError
from analytics.import_data import Preview, UnmappedError
from analytics.readers import Reading
from analytics.store import Edition, StoreError
from pages.shared import (
    access,
    import_changes,
    import_faults,
    import_file,
    import_jobs,
    import_outcome,
    import_told,
    load,
)
from pages.shared.import_jobs import Job, Progress
from pages.shared.import_text import plain
from pages.shared.words import language, number, refusal, t, tn

LOG = logging.getLogger("estafet")
# Above this share of people leaving at once, the file is rather a part than a whole.
SUSPICIOUS_LEAVING_SHARE = 1 / 3

_TURN = "import_turn"  # how many files this visitor is through with; makes the uploader empty again
_WISHES = "import_wishes"
_CHECK = "import_check"
_LOAD = "import_load"
_DONE = "import_done"
_NOTICE = "import_notice"


@dataclass(frozen=True)
class Order:
    """What is to be checked: one file, and what the person said about it.

    ``standing_on`` is the edition in force at that moment: when another takes its place, the same
    file has to be compared again.
    """

    file_id: str
    file_name: str
    standing_on: int | None
    kind: str | None = None
    as_of: date | None = None
    scope: str = "all"
    mapping: tuple[tuple[str, str], ...] = ()


def render() -> None:
    """The upload section."""
    if import_jobs.loads_under_way() and _LOAD not in st.session_state:
        st.info(t("Satu berkas sedang dimuat di server ini. Edisinya muncul setelah selesai."))
    turn = st.session_state.get(_TURN, 0)
    if st.session_state.get(f"import-file-{turn}"):
        st.session_state.pop(_DONE, None)
    if loaded := st.session_state.get(_DONE):
        import_outcome.told(loaded)
    import_file.say_uploader_in_our_words()
    file = st.file_uploader(
        t("Jatuhkan berkas di sini: Excel, CSV, atau ODS"),
        type=import_file.FILE_TYPES,
        key=f"import-file-{turn}",
    )
    if file is None:
        for name in (_CHECK, _LOAD, _WISHES):
            st.session_state.pop(name, None)
        if not st.session_state.get(_DONE):
            _invitation()
        return
    order = _order(file.file_id, file.name)
    if _LOAD in st.session_state:
        _watch_load()
        return
    try:
        preview = _checked(order, file)
    except UnmappedError as unmapped:
        if any(fault.code == "kind_unsure" for fault in unmapped.faults):
            _ask_kind(order, unmapped)
            return
        st.warning(
            t(
                "Ada kolom di {file} yang belum dikenali. Tunjukkan padanannya di bawah."
                " Tidak ada yang berubah.",
                file=plain(order.file_name),
            ),
            icon=":material/help:",
        )
        _list(unmapped.faults)
        _map_columns(order, unmapped.reading)
        return
    except FaultsError as refused:
        _refused(order, refused)
        return
    except StoreError as error:
        st.error(f"{plain(refusal(error))} {t('Tidak ada yang berubah.')}")
        return
    except Exception as error:
        _log_without_cells(error)
        st.error(
            t(
                "Berkas ini tidak bisa dibaca dan tidak ada yang berubah. Buka di Excel, simpan"
                " ulang sebagai .xlsx, lalu coba lagi."
            )
        )
        return
    _shown(order, preview)


def _log_without_cells(error: Exception) -> None:
    # The message of a library may quote cells of the file: the log gets the kind and the place.
    ours = [
        place for place in extract_tb(error.__traceback__) if "site-packages" not in place.filename
    ]
    places = [f"{Path(place.filename).name}:{place.lineno}" for place in ours[-5:]]
    LOG.error("a file could not be checked: %s at %s", type(error).__name__, " < ".join(places))


def _invitation() -> None:
    st.caption(
        t(
            "Nominatif SIASN, daftar SIMPEG atau DUK, data Dapodik (sekolah, guru, rombel),"
            " murid per tingkat atau per agama (jumlahnya), kelahiran, ABK, APBD, daftar keluar,"
            " atau tabel biasa dengan"
            " kepala kolom. Kolom dikenali dari kepalanya. NIK, alamat, telepon, agama dan"
            " data pribadi lain yang tidak diperlukan dibuang saat dibaca. Tidak ada yang"
            " berubah sebelum Anda menekan tombol muat."
        )
    )


def _order(file_id: str, file_name: str) -> Order:
    wishes: dict[str, Any] = st.session_state.setdefault(_WISHES, {"file_id": file_id})
    if wishes["file_id"] != file_id:
        wishes.clear()
        wishes["file_id"] = file_id
    return Order(file_name=file_name, standing_on=load.state().current_edition(), **wishes)


def _wish(name: str) -> Callable[[str], None]:
    """A callback that takes note of what the person chose; an emptied field keeps the last one."""

    def note(key: str) -> None:
        if st.session_state.get(key) is not None:
            st.session_state[_WISHES][name] = st.session_state[key]

    return note


def _checked(order: Order, file: Any) -> Preview:  # noqa: ANN401
    """The preview of an order; made once, by a worker, however often the page is redrawn."""
    held = st.session_state.get(_CHECK)
    if held is None or held[0] != order:
        if held is not None and held[0].standing_on != order.standing_on:
            st.session_state.setdefault(
                _NOTICE, t("Edisi yang berlaku sudah berganti sejak berkas ini diperiksa.")
            )
        content = file.getbuffer()
        held = (order, import_jobs.started(lambda progress: _check(order, content, progress)))
        st.session_state[_CHECK] = held
    return _followed(held[1], t("Memeriksa {file}", file=plain(order.file_name)))


def _check(order: Order, content: memoryview, progress: Progress) -> Preview:
    with import_jobs.on_disk(order.file_name, content) as path:
        return import_data.preview(
            store.data_folder(),
            path,
            kind=order.kind,
            as_of=order.as_of,
            mapping=dict(order.mapping) or None,
            scope=order.scope,
            # What is shown is what a load would do: with refused rows, that is the good ones only.
            accept_partial=True,
            progress=progress,
        )


def _followed(job: Job[Any], words: str) -> Any:  # noqa: ANN401
    if job.future.done():
        return job.future.result()
    place = st.empty()
    try:
        return import_jobs.followed(
            job,
            lambda share, step: place.progress(share, text=import_told.step_words(step) or words),
        )
    finally:
        place.empty()


def _refused(order: Order, refused: FaultsError) -> None:
    """A file that cannot be used at all: why, what to do, and nothing has changed."""
    st.error(
        t("Berkas {file} ditolak. Tidak ada yang berubah.", file=plain(order.file_name)),
        icon=":material/block:",
    )
    _list(refused.faults)


def _list(found: Sequence[Fault]) -> None:
    st.markdown(
        "\n".join(
            f"- {plain(fault.message(language()))}. **{plain(fault.remedy(language()))}.**"
            for fault in found
        )
    )


def _shown(order: Order, preview: Preview) -> None:
    """A checked file: what it is, what is wrong, what it changes, and the two buttons."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.warning(
            f"{plain(notice)} {t('Belum ada yang ditulis. Di bawah ini perbandingan yang baru.')}",
            icon=":material/sync_problem:",
        )
    with st.container(border=True):
        st.markdown(f"#### 1 · {t('Berkas')}")
        import_file.recognised(preview.reading, preview.checked.row_count, preview.as_of)
        _options(order, preview)
        if not preview.reading.is_certain or order.mapping:
            _map_columns(order, preview.reading)
    with st.container(border=True):
        st.markdown(f"#### 2 · {t('Masalah')}")
        import_faults.draw(preview, order.file_name)
    # An error of the file as a whole is not one of rows that could be left out.
    of_the_file = [fault for fault in preview.errors if fault.row is None]
    if of_the_file:
        st.error(t("Berkas ini belum bisa dimuat. Tidak ada yang berubah."))
        _list(of_the_file)
        return
    with st.container(border=True):
        st.markdown(f"#### 3 · {t('Yang akan berubah')}")
        if preview.reading.kind == "roster":
            _warn_of_leaving(order, preview)
            import_changes.draw(preview.changes)
        else:
            import_told.say_what_is_replaced(preview)
    with st.container(border=True):
        st.markdown(f"#### 4 · {t('Muat')}")
        _buttons(order, preview)


def _options(order: Order, preview: Preview) -> None:
    """As-of day, kind and scope; changing one checks the file again."""
    left, right = st.columns([1, 2])
    with left:
        import_file.choose_day(preview.as_of, f"import-day-{order.file_id}", _wish("as_of"))
        if not preview.reading.is_certain:
            import_file.choose_kind(
                preview.reading.kind, f"import-kind-{order.file_id}", _wish("kind")
            )
    with right:
        # Without people to compare with, nobody can be missing.
        if preview.reading.kind == "roster" and preview.base is not None:
            import_file.choose_scope(order.scope, f"import-scope-{order.file_id}", _wish("scope"))


def _map_columns(order: Order, reading: Reading) -> None:
    """What the file is about and which column is which, said by the person."""
    kind = order.kind or reading.kind
    import_file.choose_kind(kind, f"import-kind-{order.file_id}", _wish("kind"))
    import_file.choose_columns(reading, f"import-columns-{order.file_id}-{kind}", _choose_columns)


def _ask_kind(order: Order, unmapped: UnmappedError) -> None:
    """A roster or a list of exits: only who made it knows, and nothing is preselected."""
    st.warning(
        t(
            "Belum jelas apa isi {file}. Pilih di bawah. Tidak ada yang berubah.",
            file=plain(order.file_name),
        ),
        icon=":material/help:",
    )
    _list(unmapped.faults)
    import_file.choose_kind("", f"import-kind-{order.file_id}", _wish("kind"))


def _choose_columns(chosen: dict[str, str]) -> None:
    st.session_state[_WISHES]["mapping"] = tuple(chosen.items())


def _warn_of_leaving(order: Order, preview: Preview) -> None:
    """A list that would send a third of the people away is rather a part of the whole."""
    if preview.base is None:
        st.caption(
            t("Data contoh tidak dicampur dengan data sungguhan: edisi baru mulai dari kosong.")
            if preview.current
            else t("Ini edisi pertama: semua orang di berkas terhitung masuk.")
        )
        return
    people_count = preview.base.people_count
    left_count = len(preview.changes.left)
    if left_count <= people_count * SUSPICIOUS_LEAVING_SHARE:
        return
    with st.container(border=True):
        st.warning(
            tn(
                "Berkas ini akan mengeluarkan {n} dari {people} orang. Mungkin isinya hanya"
                " sebagian pegawai.",
                left_count,
                people=number(people_count),
            ),
            icon=":material/group_remove:",
        )
        with st.container(horizontal=True):
            for scope, name in import_file.partial_scopes().items():
                st.button(
                    t("Berkas ini {scope}", scope=name),
                    key=f"import-suggest-{scope}",
                    on_click=_choose_scope,
                    args=(scope, f"import-scope-{order.file_id}"),
                )


def _choose_scope(scope: str, key: str) -> None:
    st.session_state[_WISHES]["scope"] = scope
    st.session_state[key] = scope


def _buttons(order: Order, preview: Preview) -> None:
    good, refused = preview.good_count, preview.refused_count
    if not preview.can_load:
        st.error(t("Tidak ada baris yang bisa dimuat. Perbaiki berkasnya lalu jatuhkan lagi."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if not refused:
            st.button(
                tn("Muat semua ({n} baris)", good),
                type="primary",
                key="import-load-all",
                on_click=_start,
                args=(order, preview, False),
            )
        else:
            st.button(
                tn("Muat {n} baris yang baik ({refused} ditolak)", good, refused=number(refused)),
                type="primary",
                key="import-load-good",
                on_click=_start,
                args=(order, preview, True),
            )
        st.button(t("Batal"), key="import-cancel", type="tertiary", on_click=_put_away)
    if refused:
        st.caption(
            t(
                "'Muat semua' tersedia setelah semua kesalahan diperbaiki. Baris yang ditolak"
                " disimpan di samping edisi dan bisa diunduh kapan saja."
            )
        )


def _start(order: Order, preview: Preview, accept_partial: bool) -> None:
    """Hand the load to a worker; a second click finds it under way."""
    held = st.session_state.get(_LOAD)
    if held is not None and held[0] == order:
        return
    folder, actor = store.data_folder(), access.actor()
    job = import_jobs.started(
        lambda progress: import_data.load(folder, preview, actor, accept_partial, progress),
        is_load=True,
    )
    st.session_state[_LOAD] = (order, job, preview)


def _put_away() -> None:
    """Forget the file: an empty uploader, no preview."""
    for name in (_CHECK, _LOAD, _WISHES):
        st.session_state.pop(name, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _watch_load() -> None:
    """Show the load until it is through; then its outcome, once."""
    order, job, preview = st.session_state[_LOAD]
    try:
        edition: Edition = _followed(job, t("Memuat {file}", file=plain(order.file_name)))
    except FaultsError as refused:
        st.session_state.pop(_LOAD, None)
        _refused(order, refused)
        return
    except StoreError as error:
        st.session_state.pop(_LOAD, None)
        st.session_state[_NOTICE] = refusal(error)
        # Another edition is in force now: the rerun compares the file with that one.
        st.rerun()
    st.session_state[_DONE] = import_outcome.Loaded(
        edition_number=edition.number,
        kind=preview.reading.kind,
        loaded_count=preview.good_count,
        people_count=edition.people_count,
        joined_count=len(preview.changes.joined),
        left_count=len(preview.changes.left),
        moved_count=len(preview.changes.moved),
        promoted_count=len(preview.changes.promoted),
        refused_count=len(preview.checked.refused),
    )
    _put_away()
    st.rerun()
