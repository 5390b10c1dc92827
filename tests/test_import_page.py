"""The Data page, driven as a visitor drives it. All people in the files are invented."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import export, faults, state, store, store_faults
from analytics.edition_in_force import current_edition
from analytics.faults import Fault
from pages.shared import access, import_faults, import_jobs, import_text, import_upload
from tests.pages_alone import read

HEADER = ["NIP", "Nama", "Tanggal Lahir", "Jenis Kelamin", "Jabatan", "Unit Kerja", "OPD", "NIK"]
NIK = "3577019999990001"


def person(number: int, *, born: str = "19800115", title: str = "Guru Ahli Muda") -> list[str]:
    """A row of an invented PNS appointed in March 2005."""
    birth = f"{born[6:]}-{born[4:6]}-{born[:4]}"
    nip = f"{born}2005031{number:03d}"
    return [nip, f"Uji Coba {number}", birth, "L", title, "SDN 1 Contoh", "Dinas Pendidikan", NIK]


def as_csv(*rows: list[str], header: list[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


GOOD = as_csv(person(1), person(2), person(3))
BROKEN_ROW = ["123", *person(9)[1:]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    # There is no browser to ask where it is.
    monkeypatch.setattr(access, "is_at_this_machine", lambda: True)
    monkeypatch.setenv("ESTAFET_DATA", str(tmp_path))
    monkeypatch.delenv("ESTAFET_STATE", raising=False)
    return tmp_path


def page() -> None:
    from pages import import_data

    import_data.render()


def visited(section: str = "", **session: object) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    if section:
        app.query_params["kelola"] = section
    for name, value in session.items():
        app.session_state[name] = value
    return clean(app.run())


def clean(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def dropped(app: AppTest, content: bytes, name: str = "pegawai.csv") -> AppTest:
    return clean(app.file_uploader[0].upload(name, content, "text/csv").run())


def press(app: AppTest, key: str) -> AppTest:
    return clean(app.button(key=key).click().run())


def loaded(app: AppTest, content: bytes) -> AppTest:
    return press(dropped(app, content), "import-load-all")


def said(app: AppTest) -> str:
    """Everything on the page as text."""
    parts = [*app.markdown, *app.caption, *app.success, *app.warning, *app.error, *app.info]
    html = [read(element.proto.body) for element in app.get("html")]
    return "\n".join([*(str(part.value) for part in parts), *html])


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


@pytest.mark.usefixtures("folder")
def test_an_empty_store_invites_to_drop_a_file_or_to_look_at_the_sample():
    app = visited()
    assert "Belum ada data" in said(app)
    assert "sample-load" in keys(app)
    assert len(app.file_uploader) == 1


def test_the_sample_city_is_one_click_away_and_says_that_it_is_invented(folder):
    app = press(visited(), "sample-load")
    edition = current_edition(folder)
    assert edition.is_synthetic
    assert "Data contoh (sintetis)" in said(app)


def test_a_good_file_is_recognised_in_words_and_changes_nothing_before_a_button_is_pressed(folder):
    app = dropped(visited(), GOOD)
    assert "Dikenali sebagai" in said(app)
    assert "3 baris" in said(app)
    assert store.editions(folder) == []
    assert "import-load-all" in keys(app)
    assert "import-load-good" not in keys(app)


def test_a_loaded_file_is_in_force_and_the_uploader_is_empty_again(folder):
    app = loaded(visited(), GOOD)
    edition = current_edition(folder)
    assert (edition.number, edition.people_count) == (1, 3)
    assert edition.source_files == ("pegawai.csv",)
    assert "Edisi 1 berlaku: 3 orang" in said(app)
    assert app.file_uploader[0].value is None


def test_everything_cannot_be_loaded_while_a_row_is_refused(folder):
    app = dropped(visited(), as_csv(person(1), BROKEN_ROW, person(2)))
    assert "import-load-all" not in keys(app)
    assert "Perbaiki 1 baris yang ditolak" in said(app)
    # Row 1 is the header, so the broken row is the third line of the file.
    assert any("baris 3" in expander.label for expander in app.expander)
    app = press(app, "import-load-good")
    edition = current_edition(folder)
    assert edition.people_count == 2
    with store.opened(edition.path) as connection:
        assert store_faults.refused_rows(connection)["row"].to_list() == [3]


@pytest.mark.usefixtures("folder")
def test_the_refused_rows_can_be_taken_from_the_list_of_editions_later():
    app = dropped(visited(), as_csv(person(1), BROKEN_ROW))
    press(app, "import-load-good")
    app = visited("edisi")
    assert any("baris ditolak" in one.proto.label for one in app.get("download_button"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kosong.csv", b""),
        ("rusak.xlsx", b"PK\x03\x04" + b"\x00" * 400),
        ("foto.xlsx", b"\xff\xd8\xff\xe0" + b"\x01" * 400),
        ("kepala-saja.csv", as_csv()),
        ("surat.csv", b"Yth. Bapak Kepala\nberikut kami kirim\nsalam\n"),
    ],
)
def test_a_wrong_file_is_answered_in_words_and_changes_nothing(folder, name, content):
    loaded(visited(), GOOD)
    before = sorted(path.name for path in folder.iterdir() if path.suffix == ".duckdb")
    app = dropped(visited(), content, name)
    assert "Tidak ada yang berubah" in said(app)
    assert not keys(app) & {"import-load-all", "import-load-good"}
    assert sorted(path.name for path in folder.iterdir() if path.suffix == ".duckdb") == before


def test_a_column_that_must_not_be_read_is_named_but_none_of_its_cells_is_shown(folder):
    app = dropped(visited(), GOOD)
    assert any("1 dibuang" in expander.label for expander in app.expander)
    assert NIK not in said(app)
    assert all(NIK not in frame.value.to_string() for frame in app.dataframe)
    press(app, "import-load-all")
    everything = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert NIK.encode() not in everything


@pytest.mark.usefixtures("folder")
def test_an_upload_leaves_nothing_on_the_disk(tmp_path_factory, monkeypatch):
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(import_jobs.tempfile, "tempdir", str(temporary))
    loaded(visited(), GOOD)
    assert list(temporary.iterdir()) == []


def test_uploads_of_a_killed_process_are_swept_and_those_of_a_living_one_left(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(import_jobs.tempfile, "tempdir", str(tmp_path))
    # Process ids end far below this number on Linux (PID_MAX_LIMIT is 2^22) and macOS.
    dead = tmp_path / f"{import_jobs.PREFIX}99999999-abc"
    alive = tmp_path / f"{import_jobs.PREFIX}{os.getpid()}-abc"
    for left in (dead, alive):
        left.mkdir()
    import_jobs.sweep()
    assert not dead.exists()
    assert alive.exists()


@pytest.mark.usefixtures("folder")
def test_pressing_load_twice_writes_one_edition():
    app = dropped(visited(), GOOD)
    order, job = app.session_state[import_upload._CHECK]
    preview = job.future.result()
    started = []

    def counted(_work, *, is_load=False):
        started.append(is_load)
        return job

    session: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_upload.import_jobs, "started", counted)
        patched.setattr(import_upload.st, "session_state", session)
        patched.setattr(import_upload.access, "actor", lambda: "uji")
        import_upload._start(order, preview, False)
        import_upload._start(order, preview, False)
    assert started == [True]


def test_of_two_people_loading_at_once_the_second_is_told_and_may_look_again(folder):
    first, second = dropped(visited(), GOOD), dropped(visited(), as_csv(person(1), person(4)))
    press(first, "import-load-all")
    second = press(second, "import-load-all")
    assert len(store.editions(folder)) == 1
    assert "sudah berganti" in said(second)
    # The comparison is now with what the first one loaded: 2 of 3 are missing, 1 is new.
    assert "Masuk · 1" in [expander.label for expander in second.expander]
    second = press(second, "import-load-all")
    assert current_edition(folder).number == 2


def test_a_file_that_would_send_most_people_away_is_questioned(folder):
    loaded(visited(), as_csv(*(person(n) for n in range(1, 7))))
    app = dropped(visited(), as_csv(person(1)))
    assert "akan mengeluarkan 5 dari 6 orang" in said(app)
    app = press(app, "import-suggest-add")
    assert "akan mengeluarkan" not in said(app)
    press(app, "import-load-all")
    assert current_edition(folder).people_count == 6


def test_changing_the_day_checks_the_file_again_for_that_day(folder):
    app = dropped(visited(), GOOD)
    clean(app.date_input[0].set_value(datetime(2026, 7, 1, tzinfo=UTC).date()).run())
    assert "1 Juli 2026" in said(app)
    press(app, "import-load-all")
    assert current_edition(folder).as_of.isoformat() == "2026-07-01"


def test_headers_nobody_knows_can_be_mapped_and_are_remembered(folder):
    strange = ["Kode", "Orang", "Lahir", "L/P", "Pekerjaan X", "Tempat X", "Induk X", "NIK"]
    content = as_csv(person(1), person(2), header=strange)
    app = dropped(visited(), content)
    assert not keys(app) & {"import-load-all", "import-load-good"}
    wanted = {"Kode": "nip", "Orang": "name", "Lahir": "birth_date", "L/P": "sex"}
    wanted |= {"Pekerjaan X": "position", "Tempat X": "unit", "Induk X": "opd"}
    for box in app.selectbox:
        header = box.label.removeprefix("Kolom untuk ")
        if header in wanted:
            box.set_value(wanted[header])
    submit = next(b for b in app.button if b.label.startswith("Simpan padanan"))
    app = clean(submit.click().run())
    press(app, "import-load-all")
    assert current_edition(folder).people_count == 2
    again = dropped(visited(), content)
    assert "import-load-all" in keys(again)


def test_a_school_list_says_that_no_person_changes(folder):
    loaded(visited(), GOOD)
    header = ["NPSN", "Nama Sekolah", "Bentuk", "Status", "Tahun", "Jumlah Siswa", "Rombel"]
    content = as_csv(
        ["20500001", "SDN 1 Contoh", "SD", "Negeri", "2025", "120", "6"], header=header
    )
    app = dropped(visited(), content, "sekolah.csv")
    assert "2025/26 diganti isi berkas ini: 1 baris" in said(app)
    press(app, "import-load-all")
    edition = current_edition(folder)
    assert (edition.number, edition.people_count) == (2, 3)


def test_a_list_of_buildings_says_that_it_adds_and_replaces_nothing(folder):
    header = ["NPSN", "Nama Sekolah", "Bentuk", "Tahun", "Jumlah Siswa"]
    loaded(visited(), as_csv(["20500001", "SDN 1", "SD", "2025", "120"], header=header))
    header = ["NPSN", "Ruang Kelas Baik", "Ruang Kelas Rusak Berat", "3T"]
    rows = [["20500001", "4", "2", "ya"], ["20500009", "4", "2", ""]]
    app = dropped(visited(), as_csv(*rows, header=header), "sarpras.csv")
    assert "Keterangan 2 sekolah ditambahkan" in said(app)
    assert "keadaannya untuk 2, tanda 3T, khusus, atau satu atap untuk 1" in said(app)
    assert "diganti isi berkas ini" not in said(app)
    press(app, "import-load-all")
    edition = current_edition(folder)
    assert (edition.number, edition.note) == (2, "keterangan sekolah")


def test_pupils_and_births_say_in_words_what_they_add_and_replace(folder):
    first = loaded(
        visited(),
        b"NPSN,Tahun Ajaran,Tingkat,Jumlah Siswa\n99000001,2024,1,28\n99000002,2024,1,20\n",
    )
    assert "murid per tingkat dimuat" in said(first).casefold()
    again = b"NPSN,Tahun Ajaran,Tingkat,Jumlah Siswa\n99000001,2024,1,29\n99000001,2025,1,25\n"
    app = dropped(visited(), again, "murid.csv")
    assert "tabel murid, satu baris tiap tingkat" in said(app)
    assert "Murid per tingkat 1 sekolah, tahun ajaran 2024/25 dan 2025/26" in said(app)
    assert "1 baris lama diganti, 1 baris lain tetap" in said(app)
    births = b"Kecamatan,Tahun,Jumlah Kelahiran\nTaman,2018,80\nTaman,2019,0\nTaman,2020,78\n"
    app = dropped(visited(), births, "kelahiran.csv")
    assert "Kelahiran 1 daerah, 2018–2020: 3 baris masuk" in said(app)
    assert "1 angka dianggap belum dilaporkan dan tidak dipakai" in said(app)
    press(app, "import-load-good" if "import-load-good" in keys(app) else "import-load-all")
    edition = current_edition(folder)
    assert (edition.number, edition.note) == (2, "kelahiran")


def test_a_list_of_pupils_is_counted_on_screen_and_its_names_are_shown_nowhere(folder):
    header = ["No", "Nama", "NISN", "NIK", "Agama", "NPSN", "Rombel Saat Ini"]
    rows = [[str(n), f"Rahasia {n}", f"001234567{n}", NIK, "Islam", "20512345", "Kelas 1"] for n in
            range(4)]  # fmt: skip
    app = dropped(visited(), as_csv(*rows, header=header), "siswa.csv")
    assert "dihitung per tingkat, rombel, dan agama" in said(app)
    everything = said(app) + " ".join(frame.value.to_csv() for frame in app.dataframe)
    assert "Rahasia" not in everything and NIK not in everything
    press(app, "import-load-all")
    assert current_edition(folder).note == "murid per tingkat"


def test_pupils_by_religion_are_loaded_as_counts_of_schools(folder):
    header = ["NPSN", "Tahun Ajaran", "Islam", "Kristen", "Hindu", "Jumlah"]
    content = as_csv(["20512345", "2025/2026", "98", "2", "1", "101"], header=header)
    app = dropped(visited(), content, "agama.csv")
    assert "Murid per agama 1 sekolah, tahun ajaran 2025/26" in said(app)
    press(app, "import-load-all")
    assert current_edition(folder).note == "murid per agama"


def test_a_school_list_without_a_year_takes_it_from_the_day_the_visitor_names(folder):
    header = ["NPSN", "Nama Sekolah", "Bentuk"]
    app = dropped(visited(), as_csv(["20500001", "SDN 1 Contoh", "SD"], header=header))
    clean(app.date_input[0].set_value(datetime(2024, 9, 1, tzinfo=UTC).date()).run())
    # A school year begins in July: 1 September 2024 lies in 2024/25.
    assert "2024/25 diganti isi berkas ini: 1 baris" in said(app)
    press(app, "import-load-all")
    assert current_edition(folder).number == 1


def test_an_earlier_edition_is_made_current_again_with_one_click(folder):
    loaded(visited(), GOOD)
    loaded(visited(), as_csv(person(1), person(2), person(3), person(4)))
    app = press(visited("edisi"), "edition-use-1")
    assert current_edition(folder).number == 1
    assert "Edisi 1 kini berlaku" in said(app)
    assert "edition-use-1" not in keys(app)


def test_an_unknown_title_is_mapped_once_for_all_and_can_be_forgotten(folder):
    rows = [person(n, title="Zamrud Biru") for n in (1, 2)]
    loaded(visited(), as_csv(*rows, person(3)))
    app = visited("jabatan")
    assert "1 jabatan" in said(app)
    clean(app.selectbox(key="titles-group-0").set_value("pelaksana").run())
    press(app, "titles-save-0")
    assert list(state.opened(folder).local_titles().values()) == [("pelaksana", "-")]
    app = visited("jabatan")
    assert "Semua jabatan dikenali" in said(app)
    [undo] = [key for key in keys(app) if key.startswith("titles-undo-")]
    app = press(app, undo)
    assert state.opened(folder).local_titles() == {}


def test_a_leader_sees_the_editions_and_nothing_to_change(folder):
    loaded(visited(), GOOD)
    with state.opened(folder) as decisions:
        decisions.add_user("kepala", "kata sandi panjang", "pengelola")
        decisions.add_user("wali", "kata sandi panjang", "pimpinan")
    app = visited(user_name="wali")
    assert "Edisi 1 berlaku" in said(app)
    assert len(app.file_uploader) == 0
    assert not any(key.startswith(("import", "edition", "titles", "sample")) for key in keys(app))
    assert not app.get("download_button")


@pytest.mark.usefixtures("folder")
def test_a_leader_is_not_offered_to_load_the_sample(monkeypatch):
    monkeypatch.setattr(access, "is_at_this_machine", lambda: False)
    app = visited()
    assert "Belum ada data" in said(app)
    assert not app.button


def test_the_page_opens_when_the_edition_in_force_is_damaged(folder):
    loaded(visited(), GOOD)
    loaded(visited(), as_csv(person(1), person(2), person(3), person(4)))
    store.edition_path(folder, 2).write_bytes(b"not a database")
    app = visited()
    assert "tidak bisa dibuka" in app.title[0].value
    press(app, "edition-use-1")
    assert current_edition(folder).number == 1


@pytest.mark.usefixtures("folder")
def test_the_page_speaks_english_on_request():
    app = dropped(visited(lang="en"), as_csv(person(1), BROKEN_ROW))
    text = said(app)
    assert "Recognised as" in text
    assert "Mend the 1 refused row" in text
    assert not any(word in text for word in ("baris", "berkas", "pegawai", "Kesalahan"))


def test_faults_are_grouped_by_kind_errors_first_and_the_commonest_before_the_rest():
    found = [
        Fault("a.csv", "unit_missing", row=9),
        Fault("a.csv", "nip_duplicate", row=4, details={"first_row": 2}),
        Fault("a.csv", "nip_duplicate", row=7, details={"first_row": 3}),
        Fault("a.csv", "date_missing", row=5),
        *(Fault("a.csv", "birth_from_nip", row=n) for n in range(3)),
    ]
    groups = import_faults.fault_groups(found)
    assert groups[0].code == "nip_duplicate"
    assert groups[0].title == "NIP ini sudah ada di baris …"
    assert groups[-1].severity == "warning"
    assert sum(len(group.faults) for group in groups) == len(found)


def test_the_list_of_faults_leaves_in_both_languages_with_nothing_to_execute():
    found = [Fault("a.csv", "unit_missing", row=9, column="Unit", value="=cmd|' /C calc'!A0")]
    for lang, word in (("id", "Unit kerja kosong"), ("en", "The unit is empty")):
        text = import_faults.written(found, lang, "csv").decode("utf-8-sig")
        assert word in text
        assert "'=cmd" in text
    assert list(faults.fault_table(found).columns) == faults.COLUMNS
    # A workbook tells the second it was made in: its cells are what must be the same.
    books = (
        import_faults.written(found, "id", "xlsx"),
        export.xlsx_bytes({"masalah": faults.fault_table(found)}),
    )
    one, other = (
        pd.read_excel(io.BytesIO(book), sheet_name="masalah", engine="calamine") for book in books
    )
    pd.testing.assert_frame_equal(one, other)


def test_text_from_a_file_is_text_on_the_screen():
    assert import_text.plain("**x** [a](b) :red[c] $y$ <i>") == (
        r"\*\*x\*\* \[a\](b) \:red\[c\] \$y\$ \<i\>"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.xlsx", "_.._etc_passwd.xlsx"),
        ("C:\\Users\\a\\daftar.xlsx", "C_Users_a_daftar.xlsx"),
        ("daftar\x00.csv", "daftar_.csv"),
        ("..", "berkas"),
    ],
)
def test_the_name_of_an_upload_can_never_point_elsewhere(given, kept):
    assert import_jobs.safe_name(given) == kept
    assert Path(import_jobs.safe_name(given)).name == kept


@pytest.mark.usefixtures("folder")
def test_a_list_of_exits_without_a_good_row_tells_no_years():
    rows = [[*person(one)[:2], "1960-05-01", "Meninggal"] for one in (1, 2)]
    app = dropped(visited(), as_csv(*rows, header=["NIP", "Nama", "TMT Berhenti", "Alasan"]))
    assert "Semua baris bermasalah" in said(app)
    assert "baris masuk" not in said(app)
