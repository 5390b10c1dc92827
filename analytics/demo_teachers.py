"""The invented city's Dapodik list: who teaches what, for the teachers of the roster."""

from __future__ import annotations

import numpy as np
import pandas as pd

CLASS_TEACHER = "Guru Kelas SD/MI"
KINDERGARTEN_TEACHER = "Guru Kelas TK"
# What the roster's titles call a subject, and what Dapodik calls it.
SUBJECTS = {
    "Kelas": CLASS_TEACHER,
    "Agama Islam": "Pendidikan Agama Islam dan Budi Pekerti",
    "Agama Kristen": "Pendidikan Agama Kristen dan Budi Pekerti",
    "Agama Katolik": "Pendidikan Agama Katolik dan Budi Pekerti",
    "Penjasorkes": "Pendidikan Jasmani, Olahraga, dan Kesehatan",
    "Bahasa Indonesia": "Bahasa Indonesia",
    "Matematika": "Matematika (Umum)",
    "IPA": "Ilmu Pengetahuan Alam (IPA)",
    "IPS": "Ilmu Pengetahuan Sosial (IPS)",
    "Bahasa Inggris": "Bahasa Inggris",
    "PPKn": "Pendidikan Pancasila",
    "Seni Budaya": "Seni Budaya",
    "Prakarya": "Prakarya",
    "Informatika": "Informatika",
    "Bimbingan Konseling": "Bimbingan dan Konseling",
    "Bahasa Jawa": "Muatan Lokal Bahasa Daerah",
}
# Shares among teachers whose title names no subject: hours a week in SMP, with few for the
# subjects that came late, which is what makes them scarce.
_JUNIOR_SHARES = {
    "Bahasa Indonesia": 0.16, "Matematika": 0.14, "IPA": 0.14, "IPS": 0.12, "Bahasa Inggris": 0.11,
    "Agama Islam": 0.07, "Penjasorkes": 0.07, "PPKn": 0.08, "Seni Budaya": 0.05, "Prakarya": 0.02,
    "Informatika": 0.01, "Bimbingan Konseling": 0.01, "Bahasa Jawa": 0.02,
}  # fmt: skip
_PRIMARY_SHARES = {"Kelas": 0.84, "Agama Islam": 0.11, "Penjasorkes": 0.05}
# Among teachers of agama whose title names no religion: a little above the shares of pupils, since
# a school with a single class of a religion needs one as well. Invented; they describe nobody.
_FAITH_SHARES = {"Agama Islam": 0.88, "Agama Kristen": 0.07, "Agama Katolik": 0.05}
# Who has a teaching certificate, and for whom it is in what is taught.
_CERTIFIED_SHARE = {"PNS": 0.86, "CPNS": 0.2, "PPPK": 0.55, "PPPK_PW": 0.05}
_LINEAR_SHARE = 0.93
_COLUMNS = [
    "name", "nuptk", "nip", "sex", "birth_date", "employment", "teacher_kind", "school", "npsn",
    "extra_duty", "golongan", "appointed_on", "subject", "certificate_subject", "weekly_hours",
    "home_kecamatan",
]  # fmt: skip


def school_teachers(
    people: pd.DataFrame, units: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Teachers and heads of the roster as Dapodik lists them.

    Parameters
    ----------
    people
        The people frame.
    units
        One row per unit: ``npsn``, ``school_level``.

    Returns
    -------
    One row per teacher: the columns of the table ``school_teacher``. ``nuptk`` is NA: none was
    invented. A head teaches nothing; a certificate is mostly, not always, in what is taught. Of one
    teacher in eight the list tells no hours, of one in five no home.
    """
    teaches = people["position"].str.contains("Guru|Kepala Sekolah", na=False)
    at_school = people.loc[teaches & people["npsn"].notna()].sort_values("nip")
    level = at_school["npsn"].map(units.dropna(subset=["npsn"]).set_index("npsn")["school_level"])
    is_head = at_school["position"].str.contains("Kepala Sekolah")
    named = at_school["position"].str.extract(r"Guru (.+)$")[0]
    short = named.where(named.isin(list(SUBJECTS)))
    # One draw for everybody, used or not, so that a title told later moves nobody else's subject.
    luck = generator.random((3, len(at_school)))
    junior = _drawn(_JUNIOR_SHARES, luck[0])
    primary = _drawn(_PRIMARY_SHARES, luck[0])
    faith = _drawn(_FAITH_SHARES, generator.random(len(at_school)))
    junior, primary = (
        np.where(drawn == "Agama Islam", faith, drawn) for drawn in (junior, primary)
    )
    is_junior = (level == "SMP").to_numpy()
    short = short.fillna(pd.Series(np.where(is_junior, junior, primary), at_school.index))
    subject = short.map(SUBJECTS)
    is_kindergarten = level == "TK"
    subject = subject.mask(is_kindergarten, KINDERGARTEN_TEACHER)
    other = pd.Series(_drawn(_JUNIOR_SHARES, 1 - luck[0]), at_school.index).map(SUBJECTS)
    other = other.where(is_junior, CLASS_TEACHER)
    certificate = subject.where(luck[1] < _LINEAR_SHARE, other)
    is_certified = luck[2] < at_school["employment"].map(_CERTIFIED_SHARE).to_numpy()
    kind = pd.Series("Guru Mapel", at_school.index)
    kind = kind.mask(subject.isin([CLASS_TEACHER, KINDERGARTEN_TEACHER]), "Guru Kelas")
    kind = kind.mask(subject == SUBJECTS["Bimbingan Konseling"], "Guru BK")
    kind = kind.mask(is_head, "Kepala Sekolah")
    missing = pd.Series(pd.NA, at_school.index, dtype="str")
    listed = at_school.assign(
        nuptk=missing,
        teacher_kind=kind.astype("str"),
        school=at_school["unit"],
        subject=subject.mask(is_head).astype("str"),
        certificate_subject=certificate.where(is_certified).astype("str"),
        weekly_hours=_hours(kind, is_head, at_school.index),
        home_kecamatan=_homes(at_school["npsn"], units),
    )
    return listed[_COLUMNS].reset_index(drop=True)


def _hours(kind: pd.Series, is_head: pd.Series, index: pd.Index) -> pd.Series:
    """Invented hours a week; dice of their own, so that nothing else of the sample moves."""
    dice = np.random.default_rng(277)
    hours = np.where(kind == "Guru Kelas", 24.0, dice.choice([12, 18, 24, 27, 30], len(index)))
    hours[dice.random(len(index)) < 1 / 8] = np.nan
    hours[is_head.to_numpy()] = np.nan
    return pd.Series(hours, index=index)


def _homes(npsn: pd.Series, units: pd.DataFrame) -> pd.Series:
    """Invented home kecamatan: mostly that of the school."""
    dice = np.random.default_rng(278)
    place = units.dropna(subset=["npsn"]).set_index("npsn")["kecamatan"]
    every = sorted(set(place.dropna()))
    other = pd.Series(dice.choice(every, len(npsn)), index=npsn.index)
    home = npsn.map(place).where(dice.random(len(npsn)) < 0.7, other)
    return home.where(dice.random(len(npsn)) > 0.2).astype("str")


def _drawn(shares: dict[str, float], luck: np.ndarray) -> np.ndarray:
    """A subject for each number in [0, 1), by the shares."""
    edges = np.cumsum(list(shares.values())) / sum(shares.values())
    at = np.minimum(np.searchsorted(edges, luck, side="right"), len(shares) - 1)
    return np.array(list(shares))[at]
