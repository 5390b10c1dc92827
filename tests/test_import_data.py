"""A file is looked at before anything is written, and loaded whole or not at all."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import import_data, movement, state, store, store_faults, store_tables
from analytics.edition_in_force import current_edition
from analytics.faults import FaultsError, fault_table

AS_OF = date(2026, 11, 1)
HEADERS = [
    "NIP",
    "Nama",
    "Tanggal Lahir",
    "Jenis Kelamin",
    "Golongan",
    "Jabatan",
    "Unit Kerja",
    "OPD",
]
# Invented people; the digits of each number agree with the facts beside it.
PEOPLE = {
    "ani": ("198001012005012001", "Ani Rahmawati", "01-01-1980", "P", "III/d",
            "Guru Ahli Muda", "SDN 01 Kartoharjo", "Dinas Pendidikan"),
    "budi": ("196612052006121002", "Budi Santika", "05-12-1966", "L", "III/b",
             "Guru Ahli Pertama", "SDN 02 Kartoharjo", "Dinas Pendidikan"),
    "citra": ("199003152023212003", "Citra Lestari", "15-03-1990", "P", "IX",
              "Perawat Ahli Pertama", "Puskesmas Taman", "Dinas Kesehatan"),
    "dedi": ("197507201998031004", "Dedi Purnama", "20-07-1975", "L", "II/d",
             "Pengadministrasi Umum", "Kelurahan Mojorejo", "Kecamatan Taman"),
}  # fmt: skip


def changed(who, **facts):
    names = ["nip", "name", "born", "sex", "golongan", "position", "unit", "opd"]
    return tuple({**dict(zip(names, PEOPLE[who], strict=True)), **facts}.values())


def roster(folder, *rows, name="pegawai.csv", extra=None):
    """A plain list as an office would save it; ``extra`` adds columns by header."""
    path = folder / name
    extra = extra or {}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*HEADERS, *extra])
        for row in rows:
            facts = PEOPLE[row] if isinstance(row, str) else row
            writer.writerow([*facts, *extra.values()])
    return path


@pytest.fixture(autouse=True)
def no_outside_settings(monkeypatch):
    monkeypatch.delenv("ESTAFET_STATE", raising=False)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def imported(folder, file, **how):
    return import_data.load(folder, import_data.preview(folder, file, as_of=AS_OF, **how), "uji")


def names_in(edition):
    with closing(store.opened(edition.path)) as connection:
        return {name.split()[0].casefold() for name in store_tables.people(connection)["name"]}


def test_a_first_import_holds_everybody_in_the_file(tmp_path, folder):
    edition = imported(folder, roster(tmp_path, *PEOPLE))
    assert names_in(edition) == {"ani", "budi", "citra", "dedi"}
    assert (edition.as_of, edition.source_files) == (AS_OF, ("pegawai.csv",))
    assert current_edition(folder) == edition
    with state.opened(folder) as decisions:
        assert decisions.audit_log()["action"].tolist() == ["import", "set_current_edition"]


def test_a_preview_writes_nothing(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani"))
    before = {
        path.name: path.stat().st_mtime_ns for path in folder.iterdir() if "state" not in path.name
    }
    previewed = import_data.preview(folder, roster(tmp_path, "ani", "budi", name="b.csv"))
    assert len(previewed.changes.joined) == 1
    after = {
        path.name: path.stat().st_mtime_ns for path in folder.iterdir() if "state" not in path.name
    }
    assert after == before


def test_a_preview_says_who_joined_left_moved_and_rose(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "budi", "dedi"))
    later = roster(
        tmp_path,
        changed("ani", unit="SDN 03 Kartoharjo", position="Guru Ahli Madya"),
        "citra",
        changed("dedi", golongan="III/a"),
        name="baru.csv",
    )
    changes = import_data.preview(folder, later, as_of=date(2027, 1, 1)).changes
    assert changes.joined["name"].tolist() == ["Citra Lestari"]
    assert changes.left["name"].tolist() == ["Budi Santika"]
    assert changes.moved[["name", "before", "after"]].to_numpy().tolist() == [
        ["Ani Rahmawati", "SDN 01 Kartoharjo", "SDN 03 Kartoharjo"]
    ]
    rose = changes.promoted.set_index("name")[["before", "after"]]
    assert rose.loc["Ani Rahmawati"].tolist() == ["ahli_muda", "ahli_madya"]
    assert rose.loc["Dedi Purnama"].tolist() == ["II/d", "III/a"]


@pytest.mark.parametrize(
    ("as_of", "cause"),
    [
        # A teacher born in December 1966 leaves on 1 January 2027: UU 14/2005 art. 30(4), 60 years.
        (date(2026, 12, 31), movement.LEFT_BEFORE),
        (date(2027, 1, 1), movement.LEFT_AT_BUP),
    ],
)
def test_who_left_is_told_apart_by_the_law(tmp_path, folder, as_of, cause):
    imported(folder, roster(tmp_path, "ani", "budi"))
    later = roster(tmp_path, "ani", name="baru.csv")
    left = import_data.preview(folder, later, as_of=as_of).changes.left
    assert left["cause"].tolist() == left["after"].tolist() == [cause]


def test_another_spelling_of_the_same_school_is_no_move(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani"))
    later = roster(tmp_path, changed("ani", unit="SD NEGERI 1 KARTOHARJO"), name="baru.csv")
    assert import_data.preview(folder, later, as_of=AS_OF).changes.moved.empty


def test_going_down_or_changing_ladders_is_no_promotion(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "citra", "dedi"))
    later = roster(
        tmp_path,
        changed("ani", golongan="III/c", position="Guru Ahli Pertama"),
        changed("citra", position="Penata Kelola Layanan Kesehatan"),
        changed("dedi", golongan="V"),  # the scale of PPPK is another scale
        name="baru.csv",
    )
    assert import_data.preview(folder, later, as_of=AS_OF).changes.promoted.empty


@pytest.mark.parametrize(
    ("scope", "stay"),
    [
        ("all", {"budi"}),
        ("employment", {"budi", "citra"}),  # the file lists PNS, so it says nothing of PPPK
        ("opd", {"budi", "citra", "dedi"}),  # the file lists one OPD; Ani is missing from it
        ("add", {"ani", "budi", "citra", "dedi"}),
    ],
)
def test_absence_means_what_the_scope_says(tmp_path, folder, scope, stay):
    imported(folder, roster(tmp_path, *PEOPLE))
    part = roster(tmp_path, "budi", name="sebagian.csv")
    previewed = import_data.preview(folder, part, as_of=AS_OF, scope=scope)
    edition = import_data.load(folder, previewed, "uji")
    assert names_in(edition) == stay
    assert len(previewed.changes.left) == 4 - len(stay)


def test_adding_keeps_what_a_blank_cell_does_not_say(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani"))
    edition = imported(
        folder,
        roster(tmp_path, changed("ani", golongan="", unit="SDN 05 Kartoharjo"), name="b.csv"),
        scope="add",
    )
    with closing(store.opened(edition.path)) as connection:
        read = store_tables.people(connection).iloc[0]
    assert (read["golongan"], read["unit"]) == ("III/d", "SDN 05 Kartoharjo")


def test_one_error_keeps_the_whole_file_out(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "budi"))
    wrong = roster(tmp_path, "ani", changed("budi", born="30-02-1966"), name="salah.csv")
    previewed = import_data.preview(folder, wrong, as_of=AS_OF)
    assert not previewed.can_load
    with pytest.raises(FaultsError) as refused:
        import_data.load(folder, previewed, "uji")
    assert [fault.code for fault in refused.value.faults] == ["date_invalid"]
    assert [fault.row for fault in refused.value.faults] == [3]
    assert [edition.number for edition in store.editions(folder)] == [1]


def test_the_good_rows_alone_load_and_the_refused_stay_beside_them(tmp_path, folder):
    wrong = roster(tmp_path, "ani", changed("budi", born="30-02-1966"))
    edition = imported(folder, wrong, accept_partial=True)
    assert names_in(edition) == {"ani"}
    with closing(store.opened(edition.path)) as connection:
        refused = store_faults.refused_rows(connection)
        found = store_faults.faults(connection)
    assert refused[["row", "codes"]].to_numpy().tolist() == [[3, "date_invalid"]]
    assert refused["name"].tolist() == ["Budi Santika"]
    assert "date_invalid" in [fault.code for fault in found]


def test_a_refused_row_does_not_make_a_known_person_leave(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "budi", "dedi"))
    wrong = roster(tmp_path, "ani", changed("budi", born="30-02-1966"), name="b.csv")
    previewed = import_data.preview(folder, wrong, as_of=AS_OF, accept_partial=True)
    assert previewed.changes.left["name"].tolist() == ["Dedi Purnama"]
    assert previewed.changes.kept["name"].tolist() == ["Budi Santika"]
    assert names_in(import_data.load(folder, previewed, "uji")) == {"ani", "budi"}


def test_choosing_the_good_rows_after_the_preview_gives_the_same_edition(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "budi", "dedi"))
    wrong = roster(tmp_path, "ani", changed("budi", born="30-02-1966"), name="b.csv")
    previewed = import_data.preview(folder, wrong, as_of=AS_OF)
    assert previewed.changes.left["name"].tolist() == ["Dedi Purnama"]
    edition = import_data.load(folder, previewed, "uji", accept_partial=True)
    assert names_in(edition) == {"ani", "budi"}


def test_a_file_without_one_good_row_is_refused_even_in_part(tmp_path, folder):
    wrong = roster(tmp_path, changed("ani", nip="123"))
    previewed = import_data.preview(folder, wrong, as_of=AS_OF, accept_partial=True)
    with pytest.raises(FaultsError):
        import_data.load(folder, previewed, "uji")
    assert store.editions(folder) == []


def test_a_preview_overtaken_by_another_import_is_refused(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani"))
    first = import_data.preview(folder, roster(tmp_path, "ani", "budi", name="1.csv"), as_of=AS_OF)
    second = import_data.preview(folder, roster(tmp_path, "citra", name="2.csv"), as_of=AS_OF)
    import_data.load(folder, first, "uji")
    with pytest.raises(store.StoreError, match="sudah berganti"):
        import_data.load(folder, second, "uji")
    assert names_in(current_edition(folder)) == {"ani", "budi"}
    assert len(store.editions(folder)) == 2


def test_going_back_and_importing_again_builds_on_the_edition_in_force(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "budi"))
    imported(folder, roster(tmp_path, "citra", name="2.csv"))
    with state.opened(folder) as decisions:
        decisions.set_current_edition(1, "uji")
    assert names_in(current_edition(folder)) == {"ani", "budi"}
    third = imported(folder, roster(tmp_path, "dedi", name="3.csv"), scope="add")
    assert (third.number, third.built_on) == (3, 1)
    assert names_in(third) == {"ani", "budi", "dedi"}


def test_real_data_never_mixes_with_the_sample_city(tmp_path, folder):
    real = imported(folder, roster(tmp_path, "ani"))
    with closing(store.opened(real.path)) as connection:
        invented = store_tables.employees_as_written(connection)
    synthetic = store.write_edition(
        folder,
        {"employee": invented},
        store.About(as_of=AS_OF, is_synthetic=True, government_name="Kota Rekaan"),
    )
    with state.opened(folder) as decisions:
        decisions.set_current_edition(synthetic.number, "uji")
    previewed = import_data.preview(
        folder, roster(tmp_path, "budi", name="b.csv"), as_of=AS_OF, scope="add"
    )
    assert previewed.base is None
    edition = import_data.load(folder, previewed, "uji")
    assert names_in(edition) == {"budi"}
    assert (edition.is_synthetic, edition.built_on) == (False, None)
    assert edition.government_name != "Kota Rekaan"


def test_without_a_decision_the_newest_edition_is_in_force(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani"))
    imported(folder, roster(tmp_path, "budi", name="b.csv"))
    for file in folder.glob(f"{state.FILE_NAME}*"):
        file.unlink()
    assert names_in(current_edition(folder)) == {"budi"}


def test_a_school_list_gives_the_roster_its_places_and_keeps_its_day(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani", "citra"))
    schools = tmp_path / "sekolah.csv"
    schools.write_text(
        "NPSN,Nama Sekolah,Bentuk Pendidikan,Status Sekolah,Kecamatan,Tahun Ajaran,"
        "Jumlah Siswa,Jumlah Rombel\n"
        "20500001,SD NEGERI 1 KARTOHARJO,SD,Negeri,Kartoharjo,2025/2026,180,6\n",
        encoding="utf-8",
    )
    edition = imported(folder, schools)
    with closing(store.opened(edition.path)) as connection:
        people = store_tables.people(connection).set_index("name")
        profile = store.ask(connection, "schools", school_year=2025)
    assert people.loc["Ani Rahmawati", "npsn"] == "20500001"
    assert people.loc["Ani Rahmawati", "kecamatan"] == "Kartoharjo"
    assert profile["pupil_count"].tolist() == [180]
    assert (edition.people_count, edition.as_of) == (2, AS_OF)


def test_a_new_school_year_stands_beside_the_old_one(tmp_path, folder):
    for year, pupils in (("2024/2025", 190), ("2025/2026", 180), ("2025/2026", 181)):
        schools = tmp_path / "sekolah.csv"
        schools.write_text(
            "NPSN,Nama Sekolah,Bentuk Pendidikan,Status Sekolah,Kecamatan,Tahun Ajaran,"
            f"Jumlah Siswa\n20500001,SDN 1 A,SD,Negeri,Taman,{year},{pupils}\n",
            encoding="utf-8",
        )
        edition = imported(folder, schools)
    with closing(store.opened(edition.path)) as connection:
        profile = store.ask(connection, "schools", school_year=None)
    assert profile[["school_year", "pupil_count"]].to_numpy().tolist() == [[2024, 190], [2025, 181]]


def test_a_teacher_list_loads_people_without_a_nip(tmp_path, folder):
    teachers = tmp_path / "gtk.csv"
    teachers.write_text(
        "Nama,NUPTK,JK,Tanggal Lahir,NIP,Status Kepegawaian,Jenis PTK,Sekolah,NPSN\n"
        "Eka Wulandari,,P,1995-04-02,,Guru Honor Sekolah,Guru Kelas,SDN 1 A,20500001\n"
        "Ani Rahmawati,1234567890123456,P,1980-01-01,198001012005012001,PNS,Guru Kelas,SDN 1 A,"
        "20500001\n",
        encoding="utf-8",
    )
    edition = imported(folder, teachers, kind="teacher")
    with closing(store.opened(edition.path)) as connection:
        read = store.ask(connection, "school_teachers").set_index("name")
    assert set(read.index) == {"Eka Wulandari", "Ani Rahmawati"}
    assert read.loc["Eka Wulandari", "employment"] == "honorer"


def test_progress_only_goes_forward_and_ends_at_one(tmp_path, folder):
    told = []
    file = roster(tmp_path, "ani")
    previewed = import_data.preview(folder, file, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
    told.clear()
    import_data.load(folder, previewed, "uji", progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_mapping_is_remembered_for_the_next_file_with_the_same_headers(tmp_path, folder):
    path = tmp_path / "aneh.csv"
    headers = ["Kode Orang", "Nama", "Tanggal Lahir", "Jabatan", "Unit Kerja"]

    def write(*people):
        rows = [[PEOPLE[who][place] for place in (0, 1, 2, 5, 6)] for who in people]
        pd.DataFrame(rows, columns=headers).to_csv(path, index=False)

    write("ani")
    with pytest.raises(import_data.UnmappedError) as refused:
        import_data.preview(folder, path, kind="roster", as_of=AS_OF)
    assert "Kode Orang" in refused.value.reading.unmapped
    imported(folder, path, kind="roster", mapping={"Kode Orang": "nip"})
    write("ani", "budi")
    assert names_in(imported(folder, path, kind="roster")) == {"ani", "budi"}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("kosong.csv", b"", "file_empty"),
        ("rusak.xlsx", b"PK\x03\x04 bukan buku kerja", "file_broken"),
        ("judul.csv", ",".join(HEADERS).encode(), "file_no_rows"),
    ],
)
def test_an_unusable_file_changes_nothing(tmp_path, folder, name, content, code):
    imported(folder, roster(tmp_path, "ani"))
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FaultsError) as refused:
        import_data.preview(folder, path)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert [edition.number for edition in store.editions(folder)] == [1]


PRIVATE = {
    "NIK": "3577019988776655",
    "Alamat": "Jalan Rahasia Besar 77",
    "No HP": "081299988877",
    "Agama": "Kepercayaan Uji",
    "Email": "rahasia@contoh.invalid",
    "NPWP": "998877665544332",
}


@pytest.mark.parametrize("case", ["accepted", "partial", "refused"])
def test_private_columns_reach_no_byte_of_the_data_folder(tmp_path, folder, case):
    second = "budi" if case == "accepted" else changed("budi", born="30-02-1966")
    file = roster(tmp_path, "ani", second, extra=PRIVATE)
    previewed = import_data.preview(folder, file, accept_partial=case == "partial")
    if case == "refused":
        with pytest.raises(FaultsError) as refused:
            import_data.load(folder, previewed, "uji")
        written = fault_table(refused.value.faults).to_csv()
    else:
        import_data.load(folder, previewed, "uji")
        written = fault_table(previewed.checked.faults).to_csv()
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(path.name == state.FILE_NAME for path in kept)
    for value in PRIVATE.values():
        assert value not in written
        for path, content in kept.items():
            # DuckDB may squeeze text; long values stand as they are or not at all.
            assert value.encode() not in content, path.name
    if case != "refused":
        edition = current_edition(folder)
        with closing(store.opened(edition.path)) as connection:
            for table in ("about", *store.TABLES):
                text = connection.cursor().execute(f"SELECT * FROM {table}").df().to_csv()
                assert not [value for value in PRIVATE.values() if value in text], table


def test_the_file_itself_is_never_kept(tmp_path, folder):
    imported(folder, roster(tmp_path, "ani"))
    assert {path.suffix for path in folder.iterdir()} <= {
        ".duckdb",
        ".lock",
        ".sqlite",
        ".sqlite-wal",
        ".sqlite-shm",
    }


def test_the_government_is_named_by_the_setting(tmp_path, folder):
    with state.opened(folder) as decisions:
        decisions.set_setting("government_name", "Kota Contoh", "uji")
        decisions.set_setting("government_id", "35.77", "uji")
    edition = imported(folder, roster(tmp_path, "ani"))
    with closing(store.opened(edition.path)) as connection:
        unit = store.ask(connection, "units", government_id="35.77")
    assert edition.government_name == "Kota Contoh"
    assert unit["government_id"].tolist() == ["35.77"]
    assert unit["people_count"].sum() == 1


BANJAR = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "id_banjar_2023_2025"


def test_the_banjar_workbook_loads_as_a_school_list(folder):
    file = BANJAR / "raw_original_dataset.xlsx"
    if not file.exists():
        pytest.skip("shared/data/id_banjar_2023_2025 is not beside the project")
    edition = imported(folder, file, kind="school", accept_partial=True)
    with closing(store.opened(edition.path)) as connection:
        schools = store.ask(connection, "schools", school_year=None)
    assert schools["school_year"].nunique() == 3
    assert not schools.duplicated(["npsn", "school_year"]).any()
