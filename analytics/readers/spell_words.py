"""Headers of rosters of any employer, put together from words: no list of wordings is complete.

``Date of joining``, ``Tgl Mulai Kerja`` and ``employmentStart`` are one thing. Every word of a
header must be known, or it stays unread: ``Position start date`` is no day of beginning service.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PERSON = {
    *("person", "people", "employee", "employees", "emp", "empl", "staff", "officer", "worker"),
    *("member", "personnel", "personil", "personel", "karyawan", "pegawai", "pekerja", "anggota"),
    *("payroll", "badge", "pers", "teacher", "nurse", "guru", "dosen", "perawat", "orang", "induk"),
}
_NUMBER = {
    *("id", "no", "nr", "num", "nbr", "number", "nomor", "nomer", "code", "kode", "identifier"),
    *("key", "ref", "reference", "nip", "nrp", "name"),
}
_OWN_NUMBER = {"nip", "nrp", "empid", "empno", "personid", "staffid", "staffno", "emplid", "pernr"}
_SEX = {"sex", "gender", "kelamin", "jk", "jenkel"}
_BIRTH = {"birth", "born", "dob", "lahir", "kelahiran", "birthdate", "birthday", "yob"}
_START = {
    *("hire", "hired", "hiring", "hiredate", "start", "started", "starting", "startdate", "begin"),
    *("began", "beginning", "commence", "commenced", "commencement", "commencing", "join"),
    *("joined", "joining", "doj", "appointed", "appointment", "entry", "entered", "masuk"),
    *("mulai", "diangkat", "pengangkatan", "angkat", "bergabung", "gabung", "onboard"),
    *("onboarded", "onboarding", "recruited", "recruitment", "engaged", "engagement", "cpns"),
    *("continuous", "enlisted", "enlistment", "sworn", "from", "since", "sejak", "awal", "rekrut"),
}
_END = {
    *("end", "ended", "ending", "enddate", "exit", "exited", "leave", "leaving", "left"),
    *("leaver", "termination", "terminated", "terminate", "term", "separation", "separated"),
    *("separate", "resign", "resigned", "resignation", "resigning", "departure", "departed"),
    *("depart", "quit", "quitting", "retire", "retired", "retirement", "dol", "until", "finish"),
    *("finished", "cessation", "ceased", "discharge", "discharged", "dismissal", "dismissed"),
    *("attrition", "offboarding", "offboarded", "keluar", "berhenti", "diberhentikan", "henti"),
    *("pemberhentian", "selesai", "berakhir", "akhir", "pensiun", "sampai", "phk", "resain"),
    *("mundur", "pengunduran", "mengundurkan", "undur"),
}
# Words by which leave, a course or a contract ends too.
_ANY_END = {
    *("end", "ended", "ending", "enddate", "until", "finish", "finished", "leave", "selesai"),
    *("berakhir", "akhir", "sampai", "term"),
}
# 'Last working day' ends service; 'last hire date' does not.
_LAST = {"last", "terakhir"}
_DAY = {"date", "day", "dt", "on", "at", "tanggal", "tmt", "hari", "effective", "efektif"}
_DAY |= {"dated", "dateof", "tgl"}
_YEAR = {"year", "yr", "tahun", "y"}
_SERVICE = {
    *("employment", "employed", "service", "work", "worked", "working", "kerja", "bekerja"),
    *("dinas", "tugas", "company", "organisation", "organization", "perusahaan", "instansi"),
    *(
        "of",
        "the",
        "in",
        "into",
        "to",
        "for",
        "pada",
        "di",
        "dari",
        "original",
        "actual",
        "pertama",
    ),
    *("first", "sebagai", "as", "jadi", "menjadi", "diri", "secara", "dan", "a", "an"),
}
_REASON = {"reason", "reasons", "cause", "why", "alasan", "sebab", "penyebab"}
# Words that say why only beside one of leaving: 'leaving destination', 'jenis keluar'.
_KIND = {
    *("type", "kind", "jenis", "category", "kategori", "destination", "description", "desc"),
    *("keterangan", "status", "code", "kode", "macam", "action", "primary", "key", "legal"),
}
_GROUP = {
    *("department", "departemen", "dept", "departement", "division", "divisi", "unit", "ward"),
    *("faculty", "fakultas", "section", "seksi", "bagian", "bidang", "team", "tim", "office"),
    *("kantor", "branch", "cabang", "job", "role", "profession", "profesi", "position", "posisi"),
    *("jabatan", "pangkat", "rank", "occupation", "category", "group", "grup", "kelompok"),
    *("directorate", "direktorat", "post", "site", "plant", "pabrik", "instalasi", "satker"),
    *("organizational", "organisational", "supervisory", "deptid"),
    *("opd", "skpd", "cadre", "workgroup", "area", "jobtitle", "location", "lokasi", "district"),
}
_AGE = {"age", "ages", "umur", "usia"}
_SAYING = {"at", "when", "on", "saat", "waktu", "ketika", "pada", "date", "years", "tahun"}
_NAMING = {"name", "nama", "title", "code", "kode", "of", "the", "kerja", "nm", "level", "work"}
_NAMING |= {"organization", "organisation"}


def is_age(header: str) -> bool:
    """Whether a header names an age and not the age at which the law lets people go."""
    told = set(re.findall(r"[a-z]+", header.casefold()))
    return bool(told & _AGE) and not told & (_END | {"bup", "batas"})


def says_leaving(header: str) -> bool:
    """Whether a header speaks of leaving, and not of the end of anything."""
    told = set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold()))
    return bool(told & (_END - _ANY_END | _LAST))


def spell_column(words: Sequence[str]) -> str:
    """What a header of a roster of spells stands for, '' for nothing that can be told.

    Parameters
    ----------
    words
        The words of the header in lower case, shortened ones written out.
    """
    told = set(words)
    is_end, is_start = bool(told & _END), bool(told & _START)
    if told & _BIRTH and not told - _BIRTH - _DAY - _YEAR - _SERVICE:
        return "birth_year" if told & (_YEAR | {"yob"}) else "birth_date"
    if told & _AGE and is_start and not is_end and not told - _AGE - _START - _SERVICE - _SAYING:
        return "age_at_start"
    if told & _SEX and not told - _SEX - _KIND - _PERSON - {"of", "l", "p", "m", "f"}:
        return "sex"
    if told & _REASON and not told - _REASON - _END - _KIND - _SERVICE - _DAY:
        return "reason"
    if is_end and told & _KIND and not told - _END - _KIND - _SERVICE - _PERSON:
        return "reason"
    days = told - _DAY - _YEAR - _SERVICE - _PERSON - _LAST
    if is_end and not is_start and not days - _END:
        return "exit_date"
    if is_start and not is_end and not days - _START:
        return "start_date"
    if told & _LAST and told & {"day", "date", "hari", "tanggal"} and not days:
        return "exit_date"
    if told & _OWN_NUMBER and not told - _OWN_NUMBER - _PERSON - _NUMBER - {"baru", "unique"}:
        return "person_id"
    if told & _PERSON and told & (_NUMBER - {"name"}) and not told - _PERSON - _NUMBER - {"unique"}:
        return "person_id"
    if told & _GROUP and not told - _GROUP - _NAMING:
        return "group"
    return ""
