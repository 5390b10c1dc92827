"""The sentences of the first page: who leaves, when it peaks, what falls empty."""

from __future__ import annotations

from datetime import date

from pages.shared import layout, words
from pages.shared.inputs import who
from pages.shared.overview_view import POST_YEARS, Answers
from pages.shared.words import number, percent, t, tn


def finding(found: Answers, counted: str, as_of: date) -> str:
    """The page in one line; the twelve months begin on the day of the data, not today."""
    if found.people_count == 0:
        return t("Tidak ada {who} dalam data ini", who=who(counted))
    if found.undated_count == found.people_count:
        return t("Tanggal pensiun belum dapat dihitung: tidak satu jabatan pun dikenali")
    if found.peak is None:
        return t(
            "Tidak ada {who} yang pensiun sampai akhir {year}",
            who=who(counted),
            year=found.years[-1],
        )
    leavers = tn(
        "{n} {who} pensiun dalam 12 bulan sejak {day}",
        found.leaver_count,
        n=layout.count_shown(found.leaver_count),
        who=who(counted),
        day=words.day(as_of),
    )
    return t("{leavers}; puncaknya {year}", leavers=leavers, year=found.peak.year)


def who_leaves(found: Answers, counted: str, as_of: date) -> str:
    """First sentence: how many go in the coming year, and how many of them teach."""
    count = found.leaver_count
    if count == 0:
        return t(
            "Dalam 12 bulan sejak {day} tidak ada {who} yang pensiun.",
            day=words.day(as_of),
            who=who(counted),
        )
    educators = found.educator_window_counts[0]
    if found.educator_count == 0:
        teach = ""
    elif educators == 0:
        teach = t(", tidak seorang pun pendidik")
    elif educators == count:
        teach = t(", semuanya pendidik")
    else:
        teach = tn(", {n} di antaranya pendidik", educators, n=layout.count_shown(educators))
    late = (
        tn(
            " Di dalamnya {n} orang yang tanggalnya sudah lewat.",
            found.past_due_count,
            n=layout.count_shown(found.past_due_count),
        )
        if found.past_due_count
        else ""
    )
    return (
        tn(
            "Dalam 12 bulan itu {n} dari {total} {who} pensiun ({share}){teach}.",
            count,
            n=layout.count_shown(count),
            total=number(found.people_count),
            who=who(counted),
            share=share(count, found.people_count),
            teach=teach,
        )
        + late
    )


def when_it_peaks(found: Answers) -> str:
    """Second sentence: the year in which most go, against the average."""
    if found.peak is None:
        return ""
    count = found.peak.leaver_count
    said = tn(
        "Puncaknya tahun {year}, ketika {n} orang pensiun",
        count,
        n=layout.count_shown(count),
        year=found.peak.year,
    )
    if found.peak.year == found.years[0] and found.past_due_count:
        return said + tn(
            ", termasuk {n} orang yang tanggalnya sudah lewat.",
            found.past_due_count,
            n=layout.count_shown(found.past_due_count),
        )
    times = count / found.mean_per_year if found.mean_per_year else 0
    if times < 1.05 or layout.is_small(count):
        return said + "."
    return said + t(
        ", {times} kali rata-rata {mean} orang setahun.",
        times=number(times, 1),
        mean=number(found.mean_per_year),
    )


def what_falls_empty(found: Answers) -> str:
    """Third sentence: posts that only one person held."""
    count = found.post_count
    if count == 0:
        return tn(
            "Dalam {n} tahun tidak ada jabatan berpemegang tunggal yang menjadi kosong.",
            POST_YEARS,
        )
    said = tn(
        "Dalam {years} tahun {n} jabatan yang hanya dipegang satu orang menjadi kosong",
        count,
        n=layout.count_shown(count),
        years=POST_YEARS,
    )
    if found.fullest_opd_count < 2 or layout.is_small(found.fullest_opd_count):
        return said + "."
    return said + t(
        ", terbanyak di {opd} ({count}).",
        opd=found.fullest_opd,
        count=number(found.fullest_opd_count),
    )


def share(count: int, total: int, decimals: int = 1) -> str:
    """A part of a whole in per cent; a dash where the count is hidden from this visitor."""
    if total == 0 or layout.is_small(count):
        return words.NONE
    return percent(count / total, decimals)
