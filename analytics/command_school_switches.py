"""The switches of the commands on schools: enrolment, teachers, regroup, redistribute."""

from __future__ import annotations

import argparse
from pathlib import Path

from analytics.command_line import (
    amount,
    class_size,
    day,
    school_numbers,
    school_pair,
    whole,
)
from analytics.command_regroup_switches import add_switches


def add_enrolment(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Pupils: forecast and backtest."""
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
            help="school_id,school_year,grade,pupils dan bila ada district, level; atau daftar"
            " murid yang dikenal impor; tanpa ini: edisi di folder data",
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


def add_teachers(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Classes and teachers needed."""
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
        help="school_id,school_year,grade,pupils dan bila ada level,district; atau daftar murid"
        " yang dikenal impor; tanpa ini: edisi di folder data",
    )
    command.add_argument(
        "--births", type=Path, metavar="B.csv", help="area,year,births untuk ramalan"
    )
    ahead = command.add_mutually_exclusive_group()
    ahead.add_argument("--years", type=int, metavar="N", help="ramalkan N tahun sesudah riwayat")
    ahead.add_argument("--until", type=int, metavar="YEAR", help="ramalkan sampai tahun pelajaran")
    command.add_argument(
        "--on",
        type=day,
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
        type=class_size,
        metavar="LEVEL=N",
        help="murid terbanyak per rombel sebagai pengganti pagu; boleh berulang",
    )
    command.add_argument(
        "--out", type=str, required=True, metavar="FILE.csv", help="'-' untuk layar"
    )


def add_regroup(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Which schools merge into which."""
    command = commands.add_parser(
        "regroup",
        parents=[everywhere],
        help="sekolah mana bergabung ke mana, dengan biaya setahun paling kecil",
        description="Tanpa --schools dipakai edisi yang berlaku: sekolah negeri yang bermurid,"
        " beserta kunci dan jarak jalan yang disimpan. Biaya dalam juta rupiah setahun; bawaannya"
        " pilihan setempat di data/rules/regrouping.csv. Jarak: garis lurus x belokan, atau matriks"
        " jalan.",
    )
    command.add_argument(
        "--schools",
        type=Path,
        metavar="S.csv",
        help="npsn,name,kecamatan,lat,lon,rooms dan g1..g6 (atau g7..g9), atau pupils saja; bila"
        " ada: level,status,desa; tanpa ini: edisi di folder data",
    )
    command.add_argument("--edition", type=whole, metavar="N", help="edisi ini, bukan yang berlaku")
    command.add_argument(
        "--without-saved", dest="use_saved", action="store_false",
        help="kunci dan jarak jalan yang disimpan di halaman Regrouping tidak dipakai",
    )  # fmt: skip
    command.add_argument(
        "--level", action="append", default=[], type=str.upper, choices=["TK", "SD", "SMP"],
        help="hanya jenjang ini; boleh berulang (bawaan: semua, dengan batas murid yang sama)",
    )  # fmt: skip
    command.add_argument("--max-km", type=amount, metavar="KM", help="bawaan: SD 3, SMP 6")
    command.add_argument(
        "--min-pupils", type=whole, metavar="N", help="calon: murid kurang dari N (bawaan: 60)"
    )
    command.add_argument("--detour", type=amount, metavar="X", help="km jalan per km garis lurus")
    command.add_argument("--cost-open", type=amount, metavar="JUTA", help="satu sekolah setahun")
    command.add_argument("--cost-rombel", type=amount, metavar="JUTA", help="satu rombel setahun")
    command.add_argument(
        "--cost-pupil-km", type=amount, metavar="JUTA", help="satu murid berjalan 1 km lebih jauh"
    )
    command.add_argument("--same", choices=["kecamatan", "desa"], help="hanya di tempat yang sama")
    command.add_argument(
        "--mix-status", action="store_true", help="negeri dan swasta boleh bergabung"
    )
    command.add_argument("--most-into", type=whole, metavar="N", help="sekolah per penerima")
    command.add_argument("--most-merges", type=whole, metavar="N", help="penggabungan seluruhnya")
    command.add_argument("--lock-open", type=school_numbers, default=(), metavar="NPSN,...")
    command.add_argument("--lock-closed", type=school_numbers, default=(), metavar="NPSN,...")
    command.add_argument(
        "--pair", action="append", default=[], type=school_pair, metavar="NPSN=NPSN",
        help="yang ini harus bergabung ke yang itu; boleh berulang",
    )  # fmt: skip
    command.add_argument(
        "--forbid", action="append", default=[], type=school_pair, metavar="NPSN=NPSN",
        help="dua sekolah yang tidak boleh bergabung; boleh berulang",
    )  # fmt: skip
    command.add_argument("--roads", type=Path, metavar="R.csv", help="from,into,km: jarak jalan")
    command.add_argument(
        "--time-limit", type=amount, default=60.0, metavar="DETIK", help="bawaan: 60"
    )
    command.add_argument("--on", type=day, metavar="DATE", help="aturan per tanggal ini")
    command.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
    command.add_argument(
        "--out", type=str, required=True, metavar="plan.csv", help="'-' untuk layar"
    )
    command.add_argument("--summary", type=Path, metavar="s.json", help="tujuan, batas, selisih")
    add_switches(command, amount, whole, school_numbers)


def add_redistribute(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    everywhere: argparse.ArgumentParser,
) -> None:
    """Which teachers move where."""
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
        "--on", type=day, metavar="DATE", help="hari pindah (bawaan: hari ini, atau 1 Juli --year)"
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
    command.add_argument(
        "--people", type=str, metavar="FILE.csv",
        help="siapa di jabatan yang masih lebih, dan siapa yang tidak dihitung, dengan sebabnya",
    )  # fmt: skip
    command.add_argument("--summary", type=Path, metavar="FILE.json", help="ringkasan")
    command.add_argument("--faults", type=Path, metavar="FILE.csv", help="tulis semua masalah")
