"""The switches of the commands on people: import, retirements, project, exits."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics.command_line import GROUPINGS, PERIODS, day, pair

KINDS = ("roster", "teacher", "school", "enrolment", "birth", "religion", "exit", "abk", "apbd")


def add_import(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """A file into the data folder."""
    command = commands.add_parser(
        "import", parents=[everywhere], help="muat berkas sebagai edisi baru"
    )
    command.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .xls, .ods atau .csv")
    command.add_argument("--kind", choices=KINDS, help="jenis daftar")
    command.add_argument("--as-of", type=day, metavar="DATE", help="keadaan per tanggal")
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
        type=pair,
        metavar="JUDUL=KOLOM",
        help="judul kolom di berkas = kolom kita; boleh berulang, diingat untuk berkas berikutnya",
    )


def add_retirements(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Who retires when."""
    command = commands.add_parser(
        "retirements",
        parents=[everywhere],
        help="tanggal pensiun per orang, atau banyaknya per tahun",
        description="Dengan --roster, berkas dibaca langsung tanpa folder data; keputusan di"
        " folder data (padanan jabatan, pilihan aturan) hanya dipakai bila --data disebut.",
    )
    command.add_argument("--roster", type=Path, metavar="FILE", help="daftar pegawai")
    command.add_argument("--as-of", type=day, metavar="DATE", help="keadaan per tanggal")
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
        type=pair,
        metavar="D=R",
        help="bacaan aturan yang diperdebatkan; boleh berulang",
    )
    command.add_argument("--proposal", metavar="P", help="usul perubahan BUP sebagai skenario")
    command.add_argument("--proposal-from", type=day, metavar="DATE", help="mulai berlakunya usul")
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


def add_project(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Staff in post to the horizon."""
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


def add_exits(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Early exits: forecast, backtest and what was learnt."""
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
    learnt = questions.add_parser(
        "fit",
        parents=[everywhere],
        help="yang dipelajari dari riwayat: laju keluar dini menurut kelompok",
        description="Menulis factor,level,people_count,expected_count,rate_share: laju keluar dini"
        " dalam dua belas bulan sesudah --as-of, kelompok sepuluh orang atau lebih.",
    )
    for question in (ahead, judged, learnt):
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
            type=day,
            metavar="DATE",
            help="sejak hari ini semua yang keluar tercatat; bila tidak disebut, diduga dari"
            " banyaknya yang keluar",
        )
        question.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    for question, words in ((ahead, "hari ramalan"), (learnt, "belajar dari sebelum hari ini")):
        question.add_argument("--as-of", type=day, required=True, metavar="DATE", help=words)
    learnt.add_argument("--out", type=str, required=True, metavar="F.csv", help="'-' untuk layar")
    learnt.add_argument(
        "--staying",
        type=str,
        metavar="S.csv",
        help="service_years,people_count,exit_count,staying_share,staying_share_se: bagian yang"
        " masih bekerja sesudah tiap tahun masa kerja, semua sebab keluar",
    )
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
        type=day,
        metavar="DATE",
        help="tanggal potong, satu atau beberapa; boleh berulang",
    )
    judged.add_argument(
        "--years", type=int, choices=range(1, 11), default=5, metavar="N", help="1 sampai 10"
    )
    judged.add_argument("--out", type=str, metavar="F.csv", help="tulis tabelnya juga sebagai CSV")
