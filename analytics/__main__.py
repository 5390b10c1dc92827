"""The model without the screen: ``python -m analytics COMMAND``, for schedules and auditors.

Exit status 0: done. 1: refused, nothing changed. 2: wrong use. Tables go out as CSV in UTF-8 with
stable column names, ISO dates and plain numbers. Heavy modules are imported where they are used,
so that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import errno
import getpass
import io
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analytics.faults import Fault
    from analytics.rules import LawChoice, RuleBook

DONE, REFUSED, WRONG_USE = 0, 1, 2
FAULTS_PRINTED = 20
YEARS_AHEAD = 20
PEOPLE_COLUMNS = [
    "nip",
    "name",
    "unit",
    "position",
    "role_group",
    "jenjang",
    "bup_years",
    "retires_on",
    "rule_source",
]
FAULT_COLUMNS = ["row", "column", "value", "severity", "code", "message", "remedy"]
KINDS = ("roster", "teacher", "school", "enrolment", "birth", "religion", "exit", "abk", "apbd")
PERIODS = ("year", "quarter", "month")
GROUPINGS = {
    "opd": "opd",
    "kecamatan": "kecamatan",
    "unit": "unit",
    "role": "role_group",
    "role_group": "role_group",
    "jenjang": "jenjang",
    "golongan": "golongan",
    "sex": "sex",
    "education": "education_level",
    "education_level": "education_level",
    "employment": "employment",
}


class _WrongUseError(Exception):
    """Arguments that fit the grammar and mean nothing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its code; it never stops the work.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    asked = parser.parse_args(arguments)
    from analytics.faults import FaultsError

    try:
        _check_outputs(asked)
        status: int = asked.run(asked)
    except _WrongUseError as error:
        parser.exit(WRONG_USE, f"{parser.prog} {asked.command}: {error}\n")
    except FaultsError as error:
        _write_faults(asked, error.faults)
        _say_faults(asked, error.faults)
        _complain(asked, "Ditolak; tidak ada yang berubah.", "Refused; nothing has changed.")
        return REFUSED
    except OSError as error:
        _complain(asked, *_unusable(error))
        return REFUSED
    except Exception as error:
        if type(error).__module__.split(".")[0] != "analytics":
            raise
        _complain(asked, str(error), str(error))
        return REFUSED
    return status


def _unusable(error: OSError) -> tuple[str, str]:
    """What the system refuses, in words; its own where there are none of ours."""
    if error.errno is None:
        return str(error), str(error)
    indonesian, english = {
        errno.ENOENT: ("tidak ada", "is not there"),
        errno.EACCES: ("tidak diizinkan", "is not permitted"),
        errno.EPERM: ("tidak diizinkan", "is not permitted"),
        errno.EROFS: ("hanya dapat dibaca", "can be read only"),
        errno.ENOSPC: ("penyimpanan penuh", "storage is full"),
        errno.EISDIR: ("itu folder, bukan berkas", "that is a folder, not a file"),
        errno.ENOTDIR: ("itu berkas, bukan folder", "that is a file, not a folder"),
    }.get(error.errno or 0, (error.strerror or str(error), error.strerror or str(error)))
    name = error.filename or ""
    return (
        f"Tidak dapat dibaca atau ditulis: {name} ({indonesian}).",
        f"Cannot be read or written: {name} ({english}).",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analytics",
        description="Estafet tanpa layar: siapa pensiun, kapan. Status keluar: 0 selesai,"
        " 1 ditolak (tidak ada yang berubah), 2 salah pakai.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="PERINTAH")
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--data", type=Path, metavar="DIR", help="folder data (bawaan: ESTAFET_DATA, data/store)"
    )
    everywhere.add_argument("--lang", choices=["id", "en"], default="id", help="bahasa pesan")

    init = commands.add_parser(
        "init", parents=[everywhere], help="siapkan folder data; yang sudah ada dibiarkan"
    )
    init.add_argument("--demo", action="store_true", help="isi dengan kota contoh (sintetis)")
    init.set_defaults(run=_init)

    _add_import(commands, everywhere)
    _add_retirements(commands, everywhere)
    _add_enrolment(commands, everywhere)
    _add_teachers(commands, everywhere)
    _add_project(commands, everywhere)
    _add_regroup(commands, everywhere)
    _add_redistribute(commands, everywhere)
    _add_exits(commands, everywhere)
    _add_scenario(commands, everywhere)

    account = commands.add_parser(
        "account", parents=[everywhere], help="buat akun, atau ganti kata sandinya"
    )
    account.add_argument("name", metavar="NAMA")
    account.add_argument("--role", choices=["pimpinan", "perencana", "pengelola"])
    account.set_defaults(run=_account)
    return parser


def _add_import(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser(
        "import", parents=[everywhere], help="muat berkas sebagai edisi baru"
    )
    command.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .xls, .ods atau .csv")
    command.add_argument("--kind", choices=KINDS, help="jenis daftar")
    command.add_argument("--as-of", type=_day, metavar="DATE", help="keadaan per tanggal")
    command.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    command.add_argument(
        "--accept-partial", action="store_true", help="muat baris yang baik, tinggalkan yang salah"
    )
    command.add_argument(
        "--scope",
        choices=["all", "employment", "opd", "add"],
        default="all",
        help="berkas memuat: semua orang; semua dari jenis kepegawaiannya; semua dari OPD-nya;"
        " hanya tambahan",
    )
    command.add_argument(
        "--map",
        action="append",
        default=[],
        type=_pair,
        metavar="JUDUL=KOLOM",
        help="judul kolom di berkas = kolom kita; boleh berulang, diingat untuk berkas berikutnya",
    )
    command.set_defaults(run=_import)


def _add_retirements(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser(
        "retirements",
        parents=[everywhere],
        help="tanggal pensiun per orang, atau banyaknya per tahun",
        description="Dengan --roster, berkas dibaca langsung tanpa folder data; keputusan di"
        " folder data (padanan jabatan, pilihan aturan) hanya dipakai bila --data disebut.",
    )
    command.add_argument("--roster", type=Path, metavar="FILE", help="daftar pegawai")
    command.add_argument("--as-of", type=_day, metavar="DATE", help="keadaan per tanggal")
    command.add_argument("--until", type=int, metavar="YEAR", help="sampai dengan tahun")
    command.add_argument("--people", action="store_true", help="satu baris per orang")
    command.add_argument(
        "--count", choices=["pns", "asn", "all"], help="siapa yang dihitung (bawaan: asn, atau"
        " all dengan --people)"
    )  # fmt: skip
    command.add_argument(
        "--reading",
        action="append",
        default=[],
        type=_pair,
        metavar="D=R",
        help="bacaan aturan yang diperdebatkan; boleh berulang",
    )
    command.add_argument("--proposal", metavar="P", help="usul perubahan BUP sebagai skenario")
    command.add_argument("--proposal-from", type=_day, metavar="DATE", help="mulai berlakunya usul")
    command.add_argument(
        "--by",
        default="",
        metavar="A,B",
        help=f"rinci menurut: {', '.join([*PERIODS, *GROUPINGS])}",
    )
    command.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    command.add_argument(
        "--out", type=str, required=True, metavar="FILE.csv", help="'-' untuk layar"
    )
    command.set_defaults(run=_retirements)


def _add_project(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser(
        "project",
        parents=[everywhere],
        help="pegawai yang ada sampai cakrawala, dengan pita P10-P90",
        description="Dari edisi yang sedang dipakai: nasib pegawai hari ini menurut hukum, riwayat"
        " keluar dan aturan proyeksi. Pegawai baru tidak termasuk.",
    )
    command.add_argument(
        "--years", type=int, default=10, metavar="N", help="tahun kalender sesudah tahun data"
    )
    command.add_argument(
        "--by", default="", metavar="A,B", help=f"rinci menurut: {', '.join(GROUPINGS)}"
    )
    command.add_argument("--count", choices=["pns", "asn", "all"], help="siapa yang dihitung")
    command.add_argument(
        "--below", type=int, metavar="K", help="peluang pegawai kurang dari K orang"
    )
    command.add_argument(
        "--account", action="store_true", help="neraca per bulan dan langkah, bukan pita"
    )
    command.add_argument(
        "--out", type=str, required=True, metavar="FILE.csv", help="'-' untuk layar"
    )
    command.set_defaults(run=_project)


def _add_teachers(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser(
        "teachers",
        parents=[everywhere],
        help="rombel dan kebutuhan guru per sekolah, tahun dan jabatan",
        description="Dengan --history, berkas dibaca langsung tanpa folder data; bila --data juga"
        " disebut, kekurangan dihitung terhadap pegawai di folder itu.",
    )
    command.add_argument(
        "--history",
        type=Path,
        metavar="H.csv",
        help="school_id,school_year,grade,pupils dan bila ada level,district; tanpa ini: edisi di"
        " folder data",
    )
    command.add_argument(
        "--births", type=Path, metavar="B.csv", help="area,year,births untuk ramalan"
    )
    ahead = command.add_mutually_exclusive_group()
    ahead.add_argument("--years", type=int, metavar="N", help="ramalkan N tahun sesudah riwayat")
    ahead.add_argument("--until", type=int, metavar="YEAR", help="ramalkan sampai tahun pelajaran")
    command.add_argument(
        "--on",
        type=_day,
        metavar="DATE",
        help="pakai aturan tanggal ini untuk semua tahun (bawaan: aturan tiap tahun pelajaran)",
    )
    command.add_argument(
        "--english",
        choices=["post", "class_teacher"],
        default="post",
        help="bahasa Inggris SD sejak wajib: guru tersendiri, atau guru kelas yang dilatih",
    )
    command.add_argument(
        "--english-start",
        choices=["all_grades", "by_cohort"],
        default="all_grades",
        help="kelas III-VI sekaligus, atau bertahap per angkatan",
    )
    command.add_argument(
        "--electives", action="store_true", help="hitung juga mata pelajaran pilihan"
    )
    command.add_argument(
        "--class-size",
        action="append",
        default=[],
        type=_class_size,
        metavar="LEVEL=N",
        help="murid terbanyak per rombel sebagai pengganti pagu; boleh berulang",
    )
    command.add_argument(
        "--out", type=str, required=True, metavar="FILE.csv", help="'-' untuk layar"
    )
    command.set_defaults(run=_teachers)


def _add_regroup(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    from analytics.command_regroup_switches import add_switches

    command = commands.add_parser(
        "regroup",
        parents=[everywhere],
        help="sekolah mana bergabung ke mana, dengan biaya setahun paling kecil",
        description="Biaya dalam juta rupiah setahun; bawaannya pilihan setempat di"
        " data/rules/regrouping.csv. Jarak: garis lurus x belokan, atau matriks jalan.",
    )
    command.add_argument(
        "--schools",
        type=Path,
        required=True,
        metavar="S.csv",
        help="npsn,name,kecamatan,lat,lon,rooms dan g1..g6 (atau g7..g9), atau pupils saja; bila"
        " ada: level,status,desa",
    )
    command.add_argument("--max-km", type=_amount, metavar="KM", help="bawaan: SD 3, SMP 6")
    command.add_argument(
        "--min-pupils", type=_whole, metavar="N", help="calon: murid kurang dari N (bawaan: 60)"
    )
    command.add_argument("--detour", type=_amount, metavar="X", help="km jalan per km garis lurus")
    command.add_argument("--cost-open", type=_amount, metavar="JUTA", help="satu sekolah setahun")
    command.add_argument("--cost-rombel", type=_amount, metavar="JUTA", help="satu rombel setahun")
    command.add_argument(
        "--cost-pupil-km", type=_amount, metavar="JUTA", help="satu murid berjalan 1 km lebih jauh"
    )
    command.add_argument("--same", choices=["kecamatan", "desa"], help="hanya di tempat yang sama")
    command.add_argument(
        "--mix-status", action="store_true", help="negeri dan swasta boleh bergabung"
    )
    command.add_argument("--most-into", type=_whole, metavar="N", help="sekolah per penerima")
    command.add_argument("--most-merges", type=_whole, metavar="N", help="penggabungan seluruhnya")
    command.add_argument("--lock-open", type=_names, default=(), metavar="NPSN,...")
    command.add_argument("--lock-closed", type=_names, default=(), metavar="NPSN,...")
    command.add_argument(
        "--pair", action="append", default=[], type=_pair, metavar="NPSN=NPSN",
        help="yang ini harus bergabung ke yang itu; boleh berulang",
    )  # fmt: skip
    command.add_argument(
        "--forbid", action="append", default=[], type=_pair, metavar="NPSN=NPSN",
        help="dua sekolah yang tidak boleh bergabung; boleh berulang",
    )  # fmt: skip
    command.add_argument("--roads", type=Path, metavar="R.csv", help="from,into,km: jarak jalan")
    command.add_argument(
        "--time-limit", type=_amount, default=60.0, metavar="DETIK", help="bawaan: 60"
    )
    command.add_argument("--on", type=_day, metavar="DATE", help="aturan per tanggal ini")
    command.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    command.add_argument(
        "--out", type=str, required=True, metavar="plan.csv", help="'-' untuk layar"
    )
    command.add_argument("--summary", type=Path, metavar="s.json", help="tujuan, batas, celah")
    add_switches(command, _amount, _whole, _names)
    command.set_defaults(run=_regroup)


def _add_redistribute(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser(
        "redistribute",
        parents=[everywhere],
        help="guru lebih ke sekolah yang kurang: kebutuhan terisi terbanyak, pindah tersedikit,"
        " jarak terpendek",
        description="Dengan --teachers, --needs dan --schools, berkas dibaca langsung tanpa folder"
        " data; tanpa ketiganya dipakai edisi yang berlaku.",
    )
    for option, columns in (
        ("teachers", "person_id,npsn,post dan bila ada certificate_subject,hours,retires_on,"
         "employment,golongan,jenjang,home_kecamatan,status"),
        ("needs", "npsn,post,needed dan bila ada hours (JP jabatan itu seminggu), school_year"),
        ("schools", "npsn,lat,lon dan bila ada name,kecamatan,status,level,g1..g6,g7..g9"),
        ("plan", "npsn,action(open|merge),into dan bila ada distance_km,school_year"),
    ):  # fmt: skip
        command.add_argument(f"--{option}", type=Path, metavar="FILE.csv", help=columns)
    command.add_argument("--year", type=int, metavar="YEAR", help="tahun pelajaran yang diisi")
    command.add_argument(
        "--on", type=_day, metavar="DATE", help="hari pindah (bawaan: hari ini, atau 1 Juli --year)"
    )
    command.add_argument("--max-km", type=float, default=10.0, metavar="KM", help="bawaan 10")
    command.add_argument(
        "--detour", type=float, default=1.3, metavar="X", help="jalan / garis lurus (bawaan 1,3)"
    )
    for option, what in (("min", "sekurangnya"), ("max", "sebanyaknya")):
        command.add_argument(
            f"--{option}-hours", type=float, metavar="JP", help=f"JP {what} (bawaan: aturan)"
        )
    command.add_argument(
        "--years-before-bup", type=int, default=2, metavar="N", help="bawaan 2: yang pensiun dalam"
        " 2 tahun tidak dipindahkan",
    )  # fmt: skip
    command.add_argument(
        "--split", action="store_true", help="satu guru boleh di dua sekolah bila jamnya kurang"
    )
    command.add_argument(
        "--linearity", choices=["certificate", "either"], default="certificate",
        help="sertifikat bila ada; atau sertifikat maupun yang diampu",
    )  # fmt: skip
    command.add_argument(
        "--private", choices=["last", "never"], default="last", help="sekolah swasta"
    )
    command.add_argument("--across-levels", action="store_true", help="boleh lintas jenjang")
    command.add_argument(
        "--accept-shared", action="store_true", help="koordinat sama berarti sehalaman"
    )
    command.add_argument(
        "--warn-years", type=int, default=5, metavar="K", help="awas jabatan hilang dalam K tahun"
    )
    for option, what in (
        ("lock-stay", "orang yang tetap"), ("lock-move", "orang yang harus pindah"),
        ("lock-school", "NPSN yang ditutup"), ("forbid", "SIAPA:NPSN yang dilarang"),
    ):  # fmt: skip
        command.add_argument(f"--{option}", default="", metavar="A,B", help=what)
    command.add_argument("--seconds", type=float, default=60.0, metavar="S", help="bawaan 60")
    command.add_argument(
        "--out", type=str, required=True, metavar="FILE.csv", help="daftar pindah; '-' untuk layar"
    )
    command.add_argument("--unfilled", type=str, metavar="FILE.csv", help="yang masih kurang")
    command.add_argument("--left", type=str, metavar="FILE.csv", help="yang masih lebih")
    command.add_argument("--summary", type=Path, metavar="FILE.json", help="ringkasan")
    command.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    command.set_defaults(run=_redistribute)


def _add_enrolment(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser("enrolment", help="murid per sekolah, kelas dan tahun ke depan")
    questions = command.add_subparsers(dest="question", required=True, metavar="PERTANYAAN")
    ahead = questions.add_parser(
        "forecast",
        parents=[everywhere],
        help="ramalan 1-10 tahun dengan pita P10-P90",
        description="Menulis school_id,school_year,grade,pupils,p10,p90: satu baris per kelas, dan"
        " satu dengan grade=total per sekolah dan tahun ajaran (2025 berarti 2025/26).",
    )
    judged = questions.add_parser(
        "backtest",
        parents=[everywhere],
        help="galat dan liputan pita pada riwayat sendiri, di samping cara naif dan rasio polos",
    )
    for question in (ahead, judged):
        question.add_argument(
            "--history",
            type=Path,
            metavar="H.csv",
            help="school_id,school_year,grade,pupils dan bila ada district, level; tanpa ini:"
            " edisi di folder data",
        )
        question.add_argument("--births", type=Path, metavar="B.csv", help="area,year,births")
        question.add_argument(
            "--years", type=int, choices=range(1, 11), default=5, metavar="N", help="1 sampai 10"
        )
        question.add_argument(
            "--lag", type=float, metavar="TAHUN", help="umur masuk kelas terendah, bila diketahui"
        )
    ahead.add_argument("--out", type=str, required=True, metavar="F.csv", help="'-' untuk layar")
    judged.add_argument(
        "--first-origin", type=int, metavar="TAHUN", help="tahun ajaran asal pertama yang dinilai"
    )
    judged.add_argument(
        "--level",
        metavar="JENJANG",
        help="nilai satu jenjang saja, misalnya SD; 1-6 bila riwayat tidak menyebut jenjang",
    )
    judged.add_argument("--out", type=str, metavar="F.csv", help="tulis tabelnya juga sebagai CSV")
    command.set_defaults(run=_enrolment)


def _add_exits(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser("exits", help="siapa keluar sebelum waktunya, berapa per tahun")
    questions = command.add_subparsers(dest="question", required=True, metavar="PERTANYAAN")
    ahead = questions.add_parser(
        "forecast",
        parents=[everywhere],
        help="yang keluar per tahun ke depan dengan pita P10-P90",
        description="Menulis year,expected,p10,p50,p90: tahun k adalah dua belas bulan ke-k sejak"
        " --as-of; bila --as-of 1 Januari, itulah tahun kalender. Hanya keluar sebelum --as-of yang"
        " dilihat; yang mulai sesudahnya diabaikan.",
    )
    judged = questions.add_parser(
        "backtest",
        parents=[everywhere],
        help="ramalan terhadap kenyataan pada riwayat sendiri, di samping tiga cara sederhana",
    )
    for question in (ahead, judged):
        question.add_argument(
            "--roster",
            type=Path,
            required=True,
            metavar="R.csv",
            help="person_id,sex,birth_year|birth_date,start_date,exit_date dan bila ada"
            " reason,group; exit_date kosong berarti masih bekerja",
        )
        question.add_argument(
            "--mandatory-age",
            type=int,
            choices=range(40, 91),
            metavar="A",
            help="umur keluar wajib, 40-90",
        )
        question.add_argument(
            "--complete-from",
            type=_day,
            metavar="DATE",
            help="sejak hari ini semua yang keluar tercatat; bila tidak disebut, diduga dari"
            " banyaknya yang keluar",
        )
        question.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    ahead.add_argument("--as-of", type=_day, required=True, metavar="DATE", help="hari ramalan")
    ahead.add_argument(
        "--years", type=int, choices=range(1, 31), default=5, metavar="N", help="1 sampai 30"
    )
    ahead.add_argument("--out", type=str, required=True, metavar="F.csv", help="'-' untuk layar")
    ahead.add_argument(
        "--people", type=str, metavar="P.csv", help="person_id,year,probability untuk dijumlahkan"
    )
    ahead.add_argument(
        "--early",
        type=str,
        metavar="E.csv",
        help="year,expected,p10,p50,p90 yang keluar sebelum umur wajib saja",
    )
    judged.add_argument(
        "--cutoff",
        action="extend",
        nargs="+",
        required=True,
        type=_day,
        metavar="DATE",
        help="tanggal potong, satu atau beberapa; boleh berulang",
    )
    judged.add_argument(
        "--years", type=int, choices=range(1, 11), default=5, metavar="N", help="1 sampai 10"
    )
    judged.add_argument("--out", type=str, metavar="F.csv", help="tulis tabelnya juga sebagai CSV")
    command.set_defaults(run=_exits)


def _add_scenario(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    command = commands.add_parser("scenario", help="andai: hitung, bandingkan, dan daftar skenario")
    questions = command.add_subparsers(dest="question", required=True, metavar="PERINTAH")
    one = questions.add_parser(
        "run", parents=[everywhere], help="satu skenario: tabel CSV dan summary.json"
    )
    one.add_argument(
        "scenario", metavar="FILE.json|NAMA", help="berkas, skenario bawaan, atau yang disimpan"
    )
    several = questions.add_parser(
        "compare", parents=[everywhere], help="sampai empat skenario berdampingan, dan sebabnya"
    )
    several.add_argument("scenarios", nargs="+", metavar="FILE.json|NAMA")
    several.add_argument(
        "--measure", default="unfilled_count", metavar="UKURAN", help="ukuran untuk langkah-langkah"
    )
    for each in (one, several):
        each.add_argument(
            "--out", dest="folder", type=Path, required=True, metavar="DIR", help="folder hasil"
        )
        each.add_argument(
            "--seconds", type=_amount, default=5.0, metavar="N", help="waktu bauran terbaik"
        )
        each.set_defaults(run=_scenario)
    questions.add_parser(
        "list", parents=[everywhere], help="skenario bawaan dan yang disimpan"
    ).set_defaults(run=_scenario)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: tulis tanggal sebagai YYYY-MM-DD") from None


def _amount(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: tulis bilangan nol atau lebih")
    return number


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: tulis bilangan bulat nol atau lebih")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _class_size(text: str) -> tuple[str, int]:
    level, equals, number = text.rpartition("=")
    if not equals or not level.strip() or not number.strip().isdigit() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: tulis sebagai SD=24")
    return level.strip(), int(number)


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = text.rpartition("=")
    if not equals or not left.strip() or not right.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: tulis sebagai KIRI=KANAN")
    return left.strip(), right.strip()


# ---- commands ------------------------------------------------------------------------------------


def _init(asked: argparse.Namespace) -> int:
    from analytics import import_data, state, store

    folder = _folder(asked)
    with store.importing(folder), state.opened(folder) as decisions:
        numbers = store.edition_numbers(folder)
        if numbers:
            if decisions.current_edition() is None:
                found = import_data.current_edition(folder)
                if found:
                    decisions.set_current_edition(found.number, _actor())
            _say(
                asked,
                f"Folder data sudah berisi {len(numbers)} edisi; dibiarkan.",
                f"The data folder already holds {len(numbers)} edition(s); left as it is.",
            )
            return DONE
        if not asked.demo:
            _say(
                asked,
                "Folder data siap. Edisi pertama lahir dari impor pertama.",
                "The data folder is ready. The first import makes the first edition.",
            )
            return DONE
        edition = import_data.write_sample(folder, decisions, _actor())
    _say(
        asked,
        f"Kota contoh dibuat: {edition.people_count} orang, semuanya rekaan.",
        f"Sample city made: {edition.people_count} people, all invented.",
    )
    return DONE


def _import(asked: argparse.Namespace) -> int:
    from analytics import import_data

    folder = _folder(asked)
    try:
        previewed = import_data.preview(
            folder,
            asked.file,
            kind=asked.kind,
            as_of=asked.as_of,
            mapping=dict(asked.map) or None,
            scope=asked.scope,
            accept_partial=asked.accept_partial,
        )
    except ValueError as error:
        if not asked.map:
            raise
        raise _WrongUseError(error) from error
    checked, changes = previewed.checked, previewed.changes
    _write_faults(asked, checked.faults)
    _say_faults(asked, previewed.errors)
    if not previewed.can_load:
        _complain(
            asked,
            f"Ditolak: {previewed.refused_count} dari {checked.row_count} baris salah; tidak ada"
            " yang berubah.",
            f"Refused: {previewed.refused_count} of {checked.row_count} rows are wrong; nothing"
            " has changed.",
        )
        if previewed.good_count and not asked.accept_partial:
            _complain(
                asked,
                f"Dengan --accept-partial, {previewed.good_count} baris yang baik dimuat.",
                f"With --accept-partial the {previewed.good_count} good rows are loaded.",
            )
        return REFUSED
    edition = import_data.load(folder, previewed, _actor())
    warning_count = len(checked.faults) - len(previewed.errors)
    _say(
        asked,
        f"Edisi {edition.number} berlaku, keadaan per {edition.as_of}: {edition.people_count} orang"
        f" ({previewed.good_count} baris dimuat, {previewed.refused_count} ditinggalkan,"
        f" {warning_count} peringatan).",
        f"Edition {edition.number} is in force, as of {edition.as_of}: {edition.people_count}"
        f" people ({previewed.good_count} rows loaded, {previewed.refused_count} left out,"
        f" {warning_count} warnings).",
    )
    if previewed.reading.kind != "roster" and previewed.base is not None:
        gone, stayed = previewed.replaced_count, previewed.kept_count
        _say(
            asked,
            f"{gone} baris lama diganti, {stayed} tetap.",
            f"{gone} earlier rows replaced, {stayed} kept.",
        )
    if previewed.reading.kind == "roster":
        counts = [len(each) for each in (changes.joined, changes.left, changes.moved)]
        promoted = len(changes.promoted)
        _say(
            asked,
            "Masuk {}, keluar {}, pindah {}, naik {}.".format(*counts, promoted),
            "Joined {}, left {}, moved {}, promoted {}.".format(*counts, promoted),
        )
        exits = previewed.inferred_exits
        if len(exits):
            unknown = int((exits["cause"] == "tidak_diketahui").sum())
            _say(
                asked,
                f"{len(exits)} keluar dicatat; {unknown} belum jelas sebabnya (halaman Data).",
                f"{len(exits)} exits written down; {unknown} unexplained (page Data).",
            )
    return DONE


def _retirements(asked: argparse.Namespace) -> int:
    from analytics import leaving, rules
    from analytics.retirement import retirements

    period, groups = _grouping(asked)
    rulebook = rules.load()
    people, day, choice, local_titles = (
        _people_in_file(asked, rulebook) if asked.roster else _people_in_store(asked, rulebook)
    )
    if asked.until is not None and asked.until < day.year:
        raise _WrongUseError(f"--until {asked.until} < {day.year}")
    leavers = retirements(people, rulebook, day, choice, local_titles)
    outside_count = int((~leavers["is_in_headcount"]).sum())
    if outside_count:
        _complain(
            asked,
            f"{outside_count} orang tidak dihitung: kedudukan hukumnya di luar formasi.",
            f"{outside_count} people not counted: their legal status is outside the headcount.",
        )
    counted = leaving.counted(leavers, asked.count or ("all" if asked.people else "asn"))
    unknown_count = int(counted["retires_on"].isna().sum())
    if unknown_count:
        _complain(
            asked,
            f"{unknown_count} orang tanpa tanggal pensiun: jabatannya belum dikenali.",
            f"{unknown_count} people without a retirement date: their position is not recognised.",
        )
    if asked.people:
        if asked.until is not None:
            counted = counted.loc[~(counted["retires_on"].dt.year > asked.until)]
        table = counted[PEOPLE_COLUMNS]
    else:
        until = asked.until or day.year + YEARS_AHEAD
        table = leaving.leaver_counts(counted, day, until, period, groups or None)
    _write(asked.out, table)
    _complain(
        asked,
        f"{len(table)} baris ditulis, keadaan per {day}.",
        f"{len(table)} rows written, as of {day}.",
    )
    return DONE


def _teachers(asked: argparse.Namespace) -> int:
    from analytics import command_teachers

    try:
        answer = command_teachers.answer(asked)
    except command_teachers.WrongUseError as error:
        raise _WrongUseError(error) from error
    _write(asked.out, answer.table)
    for indonesian, english in answer.notes:
        _complain(asked, indonesian, english)
    _complain(asked, f"{len(answer.table)} baris ditulis.", f"{len(answer.table)} rows written.")
    return DONE


def _regroup(asked: argparse.Namespace) -> int:
    from analytics import command_regroup

    try:
        answer = command_regroup.answer(asked)
    except command_regroup.WrongUseError as error:
        raise _WrongUseError(error) from error
    _write_faults(asked, answer.faults)
    _say_faults(asked, answer.faults)
    if asked.summary:
        _write_bytes(asked.summary, command_regroup.as_json(answer.summary))
    for indonesian, english in answer.notes:
        _complain(asked, indonesian, english)
    if answer.plan.infeasible:
        _complain(
            asked,
            "Tidak ada rencana yang memenuhi semua kunci; rencana tidak ditulis.",
            "No plan meets every lock; no plan is written.",
        )
        return REFUSED
    _write(asked.out, answer.table)
    for path, table in ((asked.calendar, answer.calendar), (asked.curve, answer.curve)):
        if path is not None and table is not None:
            _write(str(path), table)
    return DONE


def _redistribute(asked: argparse.Namespace) -> int:
    import json

    from analytics import command_redistribution, command_teachers

    try:
        answer = command_redistribution.answer(asked)
    except (command_redistribution.WrongUseError, command_teachers.WrongUseError) as error:
        raise _WrongUseError(error) from error
    _write(asked.out, answer.moves)
    if asked.unfilled:
        _write(asked.unfilled, answer.unfilled)
    if asked.left:
        _write(asked.left, answer.surplus_left)
    if asked.summary:
        text = json.dumps(answer.summary, ensure_ascii=False, indent=2)
        _write_bytes(asked.summary, f"{text}\n".encode())
    for indonesian, english in answer.notes:
        _complain(asked, indonesian, english)
    return DONE


def _project(asked: argparse.Namespace) -> int:
    from analytics import command_project

    period, groups = _grouping(asked)
    if period != "year" or not 1 <= asked.years <= YEARS_AHEAD:
        raise _WrongUseError(f"--by {', '.join(GROUPINGS)}; --years 1..{YEARS_AHEAD}")
    found = command_project.answer(asked, groups)
    _write(asked.out, found.table)
    for indonesian, english in found.notes:
        _complain(asked, indonesian, english)
    _complain(asked, f"{len(found.table)} baris ditulis.", f"{len(found.table)} rows written.")
    return DONE


def _grouping(asked: argparse.Namespace) -> tuple[str, list[str]]:
    words = [word.strip() for word in asked.by.split(",") if word.strip()]
    unknown = [word for word in words if word not in (*PERIODS, *GROUPINGS)]
    if unknown:
        raise _WrongUseError(f"--by {', '.join(unknown)}: {', '.join([*PERIODS, *GROUPINGS])}")
    periods = [word for word in words if word in PERIODS]
    # Of several periods the finest: it can be added up to the others.
    period = max(periods, key=PERIODS.index, default="year")
    return period, list(dict.fromkeys(GROUPINGS[word] for word in words if word in GROUPINGS))


_Basis = tuple["pd.DataFrame", date, "LawChoice", dict[str, tuple[str, str]]]


def _people_in_file(asked: argparse.Namespace, rulebook: RuleBook) -> _Basis:
    from analytics import checks, readers, state
    from analytics.faults import FaultsError
    from analytics.rules import LawChoice

    choice, local_titles = LawChoice(), {}
    if asked.data:
        with state.opened(asked.data) as decisions:
            choice, local_titles = decisions.law_choice(), decisions.local_titles()
    choice = _choice(asked, rulebook, choice)
    reading = readers.read(asked.roster, kind="roster")
    day = asked.as_of or reading.as_of or date.today()
    checked = checks.checked_roster(reading, rulebook, day, local_titles, choice)
    errors = [fault for fault in checked.faults if fault.severity == "error"]
    if checked.people.empty:
        raise FaultsError(errors or checked.faults)
    _write_faults(asked, checked.faults)
    if len(checked.refused):
        _say_faults(asked, errors)
        _complain(
            asked,
            f"{len(checked.refused)} dari {checked.row_count} baris ditinggalkan karena salah.",
            f"{len(checked.refused)} of {checked.row_count} rows left out because of errors.",
        )
    return checked.people, day, choice, local_titles


def _people_in_store(asked: argparse.Namespace, rulebook: RuleBook) -> _Basis:
    from contextlib import closing

    from analytics import import_data, state, store

    folder = _folder(asked)
    edition = import_data.current_edition(folder) if folder.is_dir() else None
    if edition is None:
        raise store.StoreError(
            "Belum ada edisi di folder data. Impor daftar pegawai dahulu, atau pakai --roster."
        )
    if edition.is_synthetic:
        _complain(asked, "Ini data contoh (sintetis).", "This is sample (synthetic) data.")
    with state.opened(folder) as decisions:
        choice = _choice(asked, rulebook, decisions.law_choice())
        local_titles = decisions.local_titles()
    with closing(store.opened(edition.path)) as connection:
        people = store.people(connection)
    return people, asked.as_of or edition.as_of, choice, local_titles


def _choice(asked: argparse.Namespace, rulebook: RuleBook, choice: LawChoice) -> LawChoice:
    """The readings in force with those of the command line on top."""
    from dataclasses import replace

    from analytics.rules import RuleError

    try:
        if asked.reading:
            readings = {**dict(choice.readings), **dict(asked.reading)}
            choice = replace(choice, readings=tuple(readings.items()))
        if asked.proposal:
            choice = replace(choice, proposal=asked.proposal, proposal_from=asked.proposal_from)
        rulebook.readings(choice)
        rulebook.proposal_rows(choice)
    except RuleError as error:
        raise _WrongUseError(error) from error
    return choice


def _account(asked: argparse.Namespace) -> int:
    from analytics import state

    with state.opened(_folder(asked)) as decisions:
        known = {user.name for user in decisions.users()}
        exists = " ".join(asked.name.split()).casefold() in known
        if not exists and not asked.role:
            raise _WrongUseError("--role: akun baru perlu peran")
        if sys.stdin.isatty():
            password = getpass.getpass("Kata sandi: ")
            if getpass.getpass("Sekali lagi: ") != password:
                raise state.StateError("Kedua kata sandi tidak sama. Ulangi.")
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        if exists:
            decisions.set_password(asked.name, password, _actor())
            if asked.role:
                decisions.set_role(asked.name, asked.role, _actor())
            _say(asked, "Kata sandi diganti.", "Password changed.")
        else:
            decisions.add_user(asked.name, password, asked.role, _actor())
            _say(asked, "Akun dibuat.", "Account created.")
    return DONE


# ---- words and files -----------------------------------------------------------------------------


def _folder(asked: argparse.Namespace) -> Path:
    from analytics import store

    return asked.data or store.data_folder()


def _actor() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):  # a service account without a name
        return f"cli:{os.getpid()}"


def _say(asked: argparse.Namespace, indonesian: str, english: str) -> None:
    print(english if asked.lang == "en" else indonesian)


def _complain(asked: argparse.Namespace, indonesian: str, english: str) -> None:
    print(english if asked.lang == "en" else indonesian, file=sys.stderr)


def _say_faults(asked: argparse.Namespace, faults: Sequence[Fault]) -> None:
    from analytics.faults import sentence

    for fault in faults[:FAULTS_PRINTED]:
        # A cell may hold characters that command a terminal.
        shown = "".join(mark if mark.isprintable() else "?" for mark in sentence(fault, asked.lang))
        print(shown, file=sys.stderr)
    more = len(faults) - FAULTS_PRINTED
    if more > 0:
        _complain(
            asked,
            f"... dan {more} lagi; --faults FILE.csv menulis semuanya.",
            f"... and {more} more; --faults FILE.csv writes all of them.",
        )


def _check_outputs(asked: argparse.Namespace) -> None:
    """Refuse a place that cannot be written to before the work, not after it."""
    for option in ("faults", "out", "unfilled", "left", "summary", "people"):
        named = getattr(asked, option, None)
        if named is None or isinstance(named, bool) or str(named) == "-":
            continue
        path = Path(named)
        if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            raise OSError(
                f"--{option} {named}: tidak dapat ditulis; sebut berkas di folder yang ada"
                if asked.lang == "id"
                else f"--{option} {named}: cannot be written; name a file in a folder that exists"
            )


def _enrolment(asked: argparse.Namespace) -> int:
    from analytics import command_enrolment

    answer = getattr(command_enrolment, asked.question)
    found = answer(asked)
    for note in found.notes:
        _complain(asked, *note)
    if found.table.empty:
        return REFUSED
    if asked.out:
        _write(asked.out, found.table)
    if found.text and asked.out != "-":
        print(found.text)
    return DONE


def _exits(asked: argparse.Namespace) -> int:
    from analytics import command_exits

    found = getattr(command_exits, asked.question)(asked)
    _write_faults(asked, found.faults)
    _say_faults(asked, found.faults)
    for note in found.notes:
        _complain(asked, *note)
    if found.table.empty:
        return REFUSED
    if asked.out:
        _write(asked.out, found.table)
    if getattr(asked, "people", None):
        _write(asked.people, found.people)
    if getattr(asked, "early", None):
        _write(asked.early, found.early)
    if found.text and asked.out != "-":
        print(found.text)
    return DONE


def _scenario(asked: argparse.Namespace) -> int:
    from analytics import command_scenario as command
    from analytics.scenario import ScenarioError
    from analytics.scenario_compare import MEASURES

    folder = getattr(asked, "folder", None)
    if folder is not None and (not folder.parent.is_dir() or folder.is_file()):
        raise _WrongUseError(f"--out {folder}: sebut folder di dalam folder yang ada")
    if asked.question == "compare" and asked.measure not in MEASURES:
        raise _WrongUseError(f"--measure {asked.measure}: {', '.join(MEASURES)}")
    answers = {"run": command.ran, "compare": command.compared, "list": command.listed}
    try:
        answer = answers[asked.question](asked)
    except ScenarioError as error:
        _complain(asked, str(error), error.english)
        return REFUSED
    if folder is None:
        _write("-", answer.table)
        return DONE
    folder.mkdir(exist_ok=True)
    for name, content in answer.files.items():
        _write_bytes(folder / name, content)
    for indonesian, english in answer.notes:
        _say(asked, indonesian, english)
    return DONE


def _write_faults(asked: argparse.Namespace, faults: Sequence[Fault]) -> None:
    if getattr(asked, "faults", None):
        from analytics.faults import fault_table

        table = fault_table(faults, asked.lang)
        # A row number alone does not say which of several sheets it is on.
        sheet = table["file"].str.extract(r" (\[.+\])$")[0]
        table["message"] = (sheet + " ").fillna("") + table["message"]
        _write(str(asked.faults), table[FAULT_COLUMNS])


def _write(out: str, table: pd.DataFrame) -> None:
    from analytics.export import csv_bytes

    content = csv_bytes(table)
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    _write_bytes(Path(out), content)


def _write_bytes(path: Path, content: bytes) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        # Whole or not at all: a schedule that reads the file never sees half of it.
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
