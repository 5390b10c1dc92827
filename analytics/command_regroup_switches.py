"""Further switches of ``regroup``: who may close, when, and the curve of plans."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

# As in analytics/regrouping_condition.py, which --help need not load.
DEGREES, USUAL_DEGREE = ("light", "moderate", "heavy"), "moderate"
EXEMPTIONS = {"3t": "is_remote", "khusus": "is_special", "terintegrasi": "is_integrated"}


def add_switches(
    command: argparse.ArgumentParser,
    amount: Callable[[str], float],
    whole: Callable[[str], int],
    names: Callable[[str], tuple[str, ...]],
) -> None:
    """Add them; the readers of numbers and names are those of every other command."""
    who = command.add_argument_group("siapa calon (tiap aturan pilihan setempat)")
    who.add_argument(
        "--history", type=Path, metavar="H.csv",
        help="npsn,school_year,pupils, atau daftar murid yang dikenal impor: murid tahun-tahun"
        " lalu, untuk --years-running",
    )  # fmt: skip
    who.add_argument(
        "--years-running", type=whole, default=1, metavar="K",
        help="--min-pupils berlaku K tahun berturut-turut sampai tahun terakhir",
    )  # fmt: skip
    who.add_argument(
        "--no-min-pupils", action="store_true", help="aturan banyaknya murid tidak dipakai"
    )
    who.add_argument(
        "--least-per-class", type=amount, metavar="N", help="calon: murid per kelas kurang dari N"
    )
    who.add_argument(
        "--same-yard", type=amount, metavar="KM", help="calon: sekolah lain sedekat ini"
    )
    who.add_argument(
        "--damaged", action="store_true",
        help="calon: bangunannya rusak (kolom damaged, atau ruang: baik, rusak_ringan,"
        " rusak_sedang, rusak_berat)",
    )  # fmt: skip
    who.add_argument(
        "--damaged-share", type=amount, metavar="0-1",
        help="bagian ruang yang rusak sehingga bangunannya rusak (bawaan 0.5: pilihan setempat,"
        " tanpa sumber)",
    )  # fmt: skip
    who.add_argument(
        "--damaged-from", choices=DEGREES, default=USUAL_DEGREE,
        help="rusak mulai dari ringan (light), sedang (moderate) atau berat (heavy)",
    )  # fmt: skip
    who.add_argument(
        "--all-rules", action="store_true", help="calon memenuhi semua aturan, bukan salah satu"
    )
    who.add_argument(
        "--not-exempt", type=_exemptions, default=(), metavar="3t,khusus,terintegrasi",
        help="yang biasanya dikecualikan dan kali ini tidak",
    )  # fmt: skip
    who.add_argument("--candidates", type=names, default=(), metavar="NPSN,...", help="calon juga")
    who.add_argument("--exempt", type=names, default=(), metavar="NPSN,...", help="bukan calon")
    who.add_argument(
        "--accept-shared", action="store_true",
        help="sekolah pada satu titik memang sehalaman: jaraknya 0 km",
    )  # fmt: skip
    who.add_argument(
        "--count-heavy-rooms", action=argparse.BooleanOptionalAction, default=None,
        help="ruang kelas rusak berat dihitung sebagai ruang penerima (bawaan: tidak; pilihan"
        " setempat, tanpa sumber)",
    )  # fmt: skip
    when = command.add_argument_group("kapan, dan pertukarannya")
    when.add_argument("--years", type=whole, metavar="N", help="penggabungan dibagi atas N tahun")
    when.add_argument("--most-a-year", type=whole, metavar="N", help="sekolah tutup setahun")
    when.add_argument(
        "--cost-displaced", type=amount, metavar="JUTA",
        help="satu orang yang harus pindah karena penggabungan; orangnya, pensiunnya dan ramalan"
        " muridnya dari edisi",
    )  # fmt: skip
    when.add_argument(
        "--year-options", type=Path, metavar="Y.csv",
        help="tiap penerima dan tahun: muat tidaknya, orang yang harus pindah, biaya menunggu",
    )  # fmt: skip
    when.add_argument(
        "--calendar", type=Path, metavar="C.csv", help="kajian, sosialisasi, SK dan Dapodik"
    )
    when.add_argument(
        "--curve", type=Path, metavar="T.csv", help="hemat terhadap jarak: rencana tiap harga km"
    )


def _exemptions(text: str) -> tuple[str, ...]:
    asked = [one.strip().casefold() for one in text.split(",") if one.strip()]
    if wrong := [one for one in asked if one not in EXEMPTIONS]:
        raise argparse.ArgumentTypeError(f"{wrong[0]!r}: tulis {', '.join(EXEMPTIONS)}")
    return tuple(EXEMPTIONS[one] for one in asked)
