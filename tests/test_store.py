"""Editions are immutable, complete, and say clearly when they cannot be read."""

from __future__ import annotations

import hashlib
import itertools
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import store, store_faults, store_lock, store_tables, units
from analytics.faults import Fault
from analytics.store_columns import PEOPLE_TYPES

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 11, 1)


def person(nip, unit="Dinas Contoh", opd="Dinas Contoh", **facts):
    given = {
        "nip": nip,
        "name": f"Pegawai {nip[-3:]}",
        "sex": "P",
        "birth_date": pd.Timestamp(nip[:8]),
        "employment": "PNS",
        "is_in_headcount": True,
        "is_on_duty": True,
        "unit": unit,
        "opd": opd,
        **facts,
    }
    return {column: given.get(column) for column in PEOPLE_TYPES}


def roster(*people):
    return pd.DataFrame(people, columns=list(PEOPLE_TYPES)).astype(PEOPLE_TYPES)


def school(npsn, name, kecamatan="Taman", school_year=2025, latitude=-7.63, longitude=111.52):
    return {
        "npsn": npsn,
        "school_year": school_year,
        "name": name,
        "level": "SD",
        "status": "negeri",
        "kecamatan": kecamatan,
        "village": None,
        "latitude": latitude,
        "longitude": longitude,
        "pupil_count": 120,
        "rombel_count": 6,
        "teacher_count": 8,
        "staff_count": 1,
        "classroom_count": 6,
    }


ANI = "198001012005012001"
BUDI = "196505051990031002"


def test_people_come_back_as_they_were_written(tmp_path):
    written = roster(
        person(ANI, golongan="III/d", service_years=21, has_head_certificate=True),
        person(
            BUDI,
            unit="Kelurahan Contoh",
            stated_retires_on=pd.Timestamp("2025-06-01"),
            kecamatan="Taman",
        ),
    )
    edition = store.write_edition(tmp_path, {"employee": written}, store.About(as_of=AS_OF))
    with closing(store.opened(edition.path)) as connection:
        read = store_tables.people(connection)
        as_written = store_tables.employees_as_written(connection)
    in_order = written.sort_values("nip").reset_index(drop=True)
    pd.testing.assert_frame_equal(as_written, in_order)
    pd.testing.assert_frame_equal(read[list(PEOPLE_TYPES)], in_order)
    assert edition.people_count == 2


def test_an_edition_says_what_it_is(tmp_path):
    about = store.About(
        as_of=AS_OF,
        government_name="Kota Contoh",
        source_files=("asn.xlsx", "sekolah.xlsx"),
        is_synthetic=True,
        note="percobaan",
    )
    written = store.write_edition(tmp_path, {"employee": roster(person(ANI))}, about)
    read = store.edition(tmp_path, 1)
    assert read == written
    assert (read.as_of, read.government_name, read.is_synthetic) == (AS_OF, "Kota Contoh", True)
    assert read.source_files == ("asn.xlsx", "sekolah.xlsx")
    assert read.note == "percobaan"
    assert read.sha256 == hashlib.sha256(read.path.read_bytes()).hexdigest()


def test_the_next_edition_inherits_what_it_is_not_given(tmp_path):
    schools = pd.DataFrame([school("20500001", "SD NEGERI 1 Kartoharjo")])
    refused = pd.DataFrame(
        {
            "refused_row_number": [1],
            "sheet": ["A"],
            "spreadsheet_row": [7],
            "codes": ["x"],
            "reasons": ["y"],
            "cells": ["{}"],
        }
    )
    store.write_edition(
        tmp_path,
        {"employee": roster(person(ANI)), "school_year_profile": schools, "refused_row": refused},
        store.About(as_of=AS_OF),
    )
    second = store.write_edition(
        tmp_path,
        {"employee": roster(person(ANI), person(BUDI))},
        store.About(as_of=AS_OF, built_on=1),
    )
    with closing(store.opened(second.path)) as connection:
        assert store.ask(connection, "schools", school_year=None)["npsn"].tolist() == ["20500001"]
        assert len(store_tables.people(connection)) == 2
        # What an import refused is told of that import only.
        assert store_faults.refused_rows(connection).empty
    assert (second.number, second.built_on) == (2, 1)
    assert store.edition(tmp_path, 1).people_count == 1


def test_a_school_list_that_comes_later_gives_units_their_place(tmp_path):
    staff = roster(person(ANI, unit="SDN 01 KARTOHARJO", opd="Dinas Pendidikan"))
    store.write_edition(tmp_path, {"employee": staff}, store.About(as_of=AS_OF))
    schools = pd.DataFrame([school("20500001", "SD NEGERI 1 Kartoharjo", kecamatan="Kartoharjo")])
    second = store.write_edition(
        tmp_path, {"school_year_profile": schools}, store.About(as_of=AS_OF, built_on=1)
    )
    with closing(store.opened(second.path)) as connection:
        unit = store.ask(connection, "units", government_id="*").iloc[0]
        read = store_tables.people(connection).iloc[0]
    assert (unit["npsn"], unit["kecamatan"], unit["school_level"]) == (
        "20500001",
        "Kartoharjo",
        "SD",
    )
    assert (unit["latitude"], unit["longitude"]) == (-7.63, 111.52)
    assert (read["npsn"], read["kecamatan"]) == ("20500001", "Kartoharjo")


@pytest.mark.parametrize(
    "facts",
    [
        {"nip": "12345"},
        {"sex": "X"},
        {"employment": "honorer"},
        {"birth_date": pd.NaT},
        {"unit": ""},
    ],
)
def test_the_schema_refuses_what_cannot_be_true_and_nothing_changes(tmp_path, facts):
    store.write_edition(tmp_path, {"employee": roster(person(ANI))}, store.About(as_of=AS_OF))
    before = sorted(tmp_path.iterdir())
    wrong = roster({**person(BUDI), **facts})
    with pytest.raises(store.StoreError, match="ditolak"):
        store.write_edition(tmp_path, {"employee": wrong}, store.About(as_of=AS_OF, built_on=1))
    assert sorted(tmp_path.iterdir()) == before


def test_the_same_person_twice_is_refused(tmp_path):
    with pytest.raises(store.StoreError, match="ditolak"):
        store.write_edition(
            tmp_path, {"employee": roster(person(ANI), person(ANI))}, store.About(as_of=AS_OF)
        )
    assert store.editions(tmp_path) == []


def test_nobody_can_write_to_an_edition_or_read_other_files_through_it(tmp_path):
    edition = store.write_edition(
        tmp_path, {"employee": roster(person(ANI))}, store.About(as_of=AS_OF)
    )
    with closing(store.opened(edition.path)) as connection:
        for statement in (
            "DELETE FROM employee",
            "SELECT * FROM read_text('/etc/hostname')",
            "SET enable_external_access = true",
            "ATTACH ':memory:' AS other; CREATE TABLE other.x AS SELECT 1 FROM read_csv('x.csv')",
        ):
            with pytest.raises(Exception, match=r"read-only|disabled|locked|not be changed"):
                connection.execute(statement)


def test_a_python_frame_of_the_same_name_is_never_read_instead_of_a_table(tmp_path):
    employee = roster(person(BUDI))  # noqa: F841  a replacement scan would find it by its name
    edition = store.write_edition(
        tmp_path, {"employee": roster(person(ANI))}, store.About(as_of=AS_OF)
    )
    with closing(store.opened(edition.path)) as connection:
        assert store_tables.people(connection)["nip"].tolist() == [ANI]


def test_readers_on_one_connection_do_not_mix_their_answers(tmp_path):
    # Sixteen threads sharing a DuckDB connection without cursors got wrong rows when tried.
    people = [
        person(f"19800101200501{number:04d}", unit=f"Unit {number % 7}")
        for number in range(1000, 1200)
    ]
    edition = store.write_edition(tmp_path, {"employee": roster(*people)}, store.About(as_of=AS_OF))
    with closing(store.opened(edition.path)) as connection, ThreadPoolExecutor(16) as threads:

        def asked(turn):
            if turn % 2:
                return len(store_tables.people(connection)) == 200
            return store.ask(connection, "units", government_id="*")["people_count"].sum() == 200

        assert all(threads.map(asked, range(200)))


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "blot"])
def test_a_damaged_edition_is_named_and_the_others_stay_readable(tmp_path, damage):
    people = roster(*(person(f"1980010120050{number}") for number in range(12000, 12999)))
    for _ in range(2):
        store.write_edition(tmp_path, {"employee": people}, store.About(as_of=AS_OF))
    path = store.edition_path(tmp_path, 2)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "text": b"bukan basis data\n" * 1000,
            "empty": b"",
            "blot": whole[:4096] + b"\xff" * (len(whole) - 4096),
        }[damage]
    )
    with pytest.raises(store.StoreError, match=r"edition-000002\.duckdb"):
        store.edition(tmp_path, 2)
    assert [edition.number for edition in store.editions(tmp_path)] == [1]
    assert [number for number, _ in store.damaged_editions(tmp_path)] == [2]
    # A number is never given twice, not even after a damaged file.
    third = store.write_edition(tmp_path, {}, store.About(as_of=AS_OF, built_on=1))
    assert (third.number, third.people_count) == (3, 999)


def test_a_missing_edition_is_named(tmp_path):
    with pytest.raises(store.StoreError, match="Edisi 4 tidak ada"):
        store.edition(tmp_path, 4)
    assert store.editions(tmp_path / "belum ada") == []


def test_an_edition_of_an_earlier_schema_is_read_and_built_on(tmp_path):
    tables = {
        "employee": roster(person(ANI)),
        "school_year_profile": pd.DataFrame([school("20500001", "SDN 1 A")]),
    }
    edition = store.write_edition(tmp_path, tables, store.About(as_of=AS_OF))
    # As if an earlier version had written it: a table and a column fewer.
    code = (
        "import duckdb\n"
        f"connection = duckdb.connect({str(edition.path)!r})\n"
        "connection.execute('DROP TABLE school_teacher')\n"
        "connection.execute('ALTER TABLE school_year_profile DROP COLUMN village')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    second = store.write_edition(tmp_path, {}, store.About(as_of=AS_OF, built_on=1))
    with closing(store.opened(second.path)) as connection:
        assert store_tables.people(connection)["nip"].tolist() == [ANI]
        assert store.ask(connection, "school_teachers").empty
        schools = store.ask(connection, "schools", school_year=2025)
    assert schools[["npsn", "pupil_count"]].to_numpy().tolist() == [["20500001", 120]]
    assert schools["village"].isna().all()


def test_a_foreign_duckdb_file_is_no_edition(tmp_path):
    code = f"import duckdb; duckdb.connect({str(store.edition_path(tmp_path, 1))!r})"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(store.StoreError, match="bukan edisi Estafet"):
        store.edition(tmp_path, 1)


def test_leftovers_of_a_killed_import_go_at_the_next_one(tmp_path):
    for name in ("building-000009-77.tmp", "building-000009-77.tmp.wal"):
        (tmp_path / name).write_bytes(b"setengah jadi")
    store.write_edition(tmp_path, {"employee": roster(person(ANI))}, store.About(as_of=AS_OF))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "edition-000001.duckdb",
        "import.lock",
    ]


def test_nobody_sweeps_under_an_importer_at_work(tmp_path):
    living = tmp_path / "building-000001-1.tmp"
    swept = threading.Event()

    def other():
        store.write_edition(tmp_path, {"employee": roster(person(ANI))}, store.About(as_of=AS_OF))
        swept.set()

    with store_lock.importing(tmp_path):
        living.write_bytes(b"")
        thread = threading.Thread(target=other)
        thread.start()
        assert not swept.wait(0.5)
        assert living.exists()
    thread.join(30)
    assert swept.is_set()
    assert not living.exists()


def test_an_importer_that_waits_too_long_says_so(tmp_path):
    answers = []

    def other():
        try:
            with store_lock.importing(tmp_path, wait_seconds=0.1):
                answers.append("in")
        except store.StoreError as error:
            answers.append(str(error))

    with store_lock.importing(tmp_path):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert answers == ["Impor lain masih berjalan. Tunggu sampai selesai, lalu ulangi."]


WRITING = """
import sys
from datetime import date
from pathlib import Path
sys.path.insert(0, "tests")
from test_store import ANI, person, roster
from analytics import store
for _ in range(5):
    store.write_edition(Path(sys.argv[1]), {"employee": roster(person(ANI))},
                        store.About(as_of=date(2026, 11, 1)))
"""


def test_importers_in_two_processes_take_turns(tmp_path):
    running = [
        subprocess.Popen([sys.executable, "-c", WRITING, str(tmp_path)], cwd=ROOT) for _ in range(2)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert [edition.number for edition in store.editions(tmp_path)] == list(range(1, 11))


def test_faults_and_refused_rows_come_back_as_they_were_found(tmp_path):
    found = [Fault("a.xlsx", "nip_duplicate", 9, "NIP", "x", {"first_row": 4})]
    tables = {
        "employee": roster(person(ANI)),
        "import_fault": store_faults.fault_rows(found),
        "refused_row": store_faults.refused_row_rows(
            pd.DataFrame(
                {
                    "sheet": ["Data"],
                    "row": [9],
                    "codes": ["nip_duplicate"],
                    "reasons": ["ganda"],
                    "nip": ["x"],
                    "name": ["Ani"],
                }
            )
        ),
    }
    edition = store.write_edition(tmp_path, tables, store.About(as_of=AS_OF))
    with closing(store.opened(edition.path)) as connection:
        assert store_faults.faults(connection) == found
        refused = store_faults.refused_rows(connection)
    assert refused.to_dict("records") == [
        {
            "sheet": "Data",
            "row": 9,
            "codes": "nip_duplicate",
            "reasons": "ganda",
            "nip": "x",
            "name": "Ani",
        }
    ]


def test_a_question_that_does_not_exist_or_lacks_a_parameter_says_so(tmp_path):
    edition = store.write_edition(
        tmp_path, {"employee": roster(person(ANI))}, store.About(as_of=AS_OF)
    )
    with closing(store.opened(edition.path)) as connection:
        with pytest.raises(store.StoreError, match="does not exist"):
            store.ask(connection, "../schema")
        with pytest.raises(store.StoreError, match="government_id"):
            store.ask(connection, "units")


@pytest.mark.parametrize("path", sorted(store.QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_every_query_states_its_grain_and_parameters(path):
    text = path.read_text(encoding="utf-8")
    head = " ".join(line for line in text.splitlines() if line.startswith("--"))
    stated = re.search(r"Grain: (.+?)\.\s+Parameters: (.+)$", head)
    assert stated, "the head must say 'Grain: ... .   Parameters: ...'"
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    assert set(re.findall(r"\$\w+", stated[2])) == set(re.findall(r"\$\w+", body))


def test_every_table_says_its_grain():
    lines = store.SCHEMA.read_text(encoding="utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        if line.startswith("CREATE TABLE"):
            assert before.startswith("-- One row per"), line


def test_tables_are_named_in_the_order_of_the_schema():
    named = re.findall(r"^CREATE TABLE (\w+)", store.SCHEMA.read_text(encoding="utf-8"), re.M)
    assert tuple(named) == ("about", *store.TABLES)


@pytest.mark.parametrize(
    "name",
    [
        "SDN 01 KARTOHARJO",
        "SD NEGERI 01 KARTOHARJO",
        "SD NEGERI 1 Kartoharjo",
        "SD N Kartoharjo 01",
        "UPT SDN 1 Kartoharjo",
        "Sekolah Dasar Negeri 01 Kartoharjo",
        "SDN 01 Kartoharjo - Dinas Pendidikan",
        "SDN 01 KARTOHARJO (20500001)",
    ],
)
def test_spellings_of_one_school_are_one_school(name):
    assert units.school_name(name) == ("SD", "sd negeri kartoharjo 1")


@pytest.mark.parametrize(
    ("name", "opd", "kind"),
    [
        ("SMPN 13", "Dinas Pendidikan", "sekolah"),
        ("TK Negeri Pembina", "Dinas Pendidikan", "sekolah"),
        ("SDIT Harapan", "Dinas Pendidikan", "sekolah"),
        ("Bidang Pembinaan SD", "Dinas Pendidikan", "opd"),
        ("Seksi Kurikulum SD dan SMP", "Dinas Pendidikan", "opd"),
        ("SDM dan Umum", "Sekretariat Daerah", "opd"),
        ("UPT Puskesmas Oro-Oro Ombo", "Dinas Kesehatan", "puskesmas"),
        ("RSUD Kota Contoh", "RSUD Kota Contoh", "rumah_sakit"),
        ("Instalasi Gizi", "RSUD Kota Contoh", "rumah_sakit"),
        ("Kelurahan Mojorejo", "Kecamatan Taman", "kelurahan"),
        ("Seksi Tata Pemerintahan", "Kecamatan Taman", "kecamatan"),
        ("UPT Pasar Besar", "Dinas Perdagangan", "upt"),
        ("UPT TPA Winongo", "Dinas Lingkungan Hidup", "upt"),  # a landfill, not a nursery
        ("Inspektorat", "Inspektorat", "opd"),
    ],
)
def test_a_unit_is_what_its_name_says(name, opd, kind):
    assert units.unit_kind(name, opd) == kind


def test_a_name_that_fits_two_schools_is_joined_only_where_the_kecamatan_decides():
    schools = pd.DataFrame(
        [school("1", "SDN 1 Sukamaju", "Taman"), school("2", "SD Negeri 1 Sukamaju", "Wungu")]
    )
    unknown = roster(person(ANI, unit="SDN 1 Sukamaju", opd="Dinas Pendidikan"))
    known = unknown.assign(kecamatan="Kec. Wungu").astype({"kecamatan": "str"})
    assert units.units(unknown, schools)["npsn"].isna().all()
    assert units.units(known, schools)["npsn"].tolist() == ["2"]


def test_a_unit_keeps_its_id_when_the_clerk_writes_it_otherwise():
    opd = pd.Series(["Dinas Pendidikan", "DINAS  PENDIDIKAN", "Dinas Pendidikan"])
    unit = pd.Series(["SDN 01 Kartoharjo", "SD NEGERI 1 KARTOHARJO", "SDN 02 Kartoharjo"])
    ids = units.unit_ids(opd, unit)
    assert ids[0] == ids[1] == "dinas-pendidikan--sd-negeri-kartoharjo-1"
    assert ids[2] != ids[0]
