"""What files, layouts and columns are called on screen, and how foreign text is shown safely."""

from __future__ import annotations

from pages.shared.words import t

MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def plain(text: object) -> str:
    """Text out of a file as text: no Markdown, no formula, no colour, no picture."""
    return "".join(f"\\{mark}" if mark in r"\`*_[]$~<>:#|" else mark for mark in str(text))


def layout_names() -> dict[str, str]:
    """Layouts we recognise, as a clerk calls them."""
    return {
        "siasn_nominatif": t("nominatif SIASN"),
        "siasn_api": t("data SIASN (API)"),
        "simpeg": t("daftar SIMPEG"),
        "duk": t("daftar urut kepangkatan (DUK)"),
        "dapodik_gtk": t("daftar GTK Dapodik"),
        "dapodik_school": t("daftar sekolah Dapodik"),
        "dapodik_rombel": t("daftar rombel Dapodik"),
        "dapodik_pupil": t("daftar siswa Dapodik, dihitung lalu namanya dibuang"),
        "enrolment_wide": t("tabel murid, satu kolom tiap tingkat"),
        "enrolment_long": t("tabel murid, satu baris tiap tingkat"),
        "births_wide": t("tabel kelahiran, satu kolom tiap tahun"),
        "religion_wide": t("rekap murid, satu kolom tiap agama"),
        "religion_long": t("rekap murid, satu baris tiap agama"),
        "births_by_area": t("tabel kelahiran, satu kolom tiap daerah"),
        "births_long": t("tabel kelahiran, satu baris tiap tahun"),
        "exit_list": t("daftar pegawai yang keluar"),
        "abk_titles": t("ABK, satu baris tiap jabatan"),
        "abk_tasks": t("ABK, satu baris tiap tugas"),
        "apbd_years": t("APBD, satu baris tiap tahun"),
        "apbd_accounts": t("APBD menurut akun belanja"),
        "table": t("tabel biasa"),
    }


def kind_names() -> dict[str, str]:
    """What a file is about."""
    return {
        "roster": t("Daftar pegawai"),
        "teacher": t("Daftar guru (GTK)"),
        "school": t("Daftar sekolah"),
        "enrolment": t("Murid per tingkat"),
        "birth": t("Kelahiran"),
        "exit": t("Daftar keluar"),
        "religion": t("Murid per agama"),
        "abk": t("Kebutuhan jabatan (ABK)"),
        "apbd": t("APBD"),
    }


def religion_names() -> dict[str, str]:
    """Religions of which schools teach a subject."""
    return {
        "islam": t("Islam"),
        "kristen": t("Kristen"),
        "katolik": t("Katolik"),
        "hindu": t("Hindu"),
        "buddha": t("Buddha"),
        "khonghucu": t("Khonghucu"),
        "kepercayaan": t("Kepercayaan"),
    }


def scope_names() -> dict[str, str]:
    """Whom a roster lists, and so who has left when missing from it."""
    return {
        "all": t("seluruh pegawai"),
        "employment": t("hanya jenis kepegawaian di dalamnya"),
        "opd": t("hanya OPD di dalamnya"),
        "add": t("tambahan saja"),
    }


def scope_meanings() -> list[str]:
    """What each scope does to people who are not in the file, in the order of ``scope_names``."""
    return [
        t("Yang tidak ada di berkas dianggap keluar."),
        t("Berkas PPPK tidak mengeluarkan PNS, dan sebaliknya."),
        t("OPD lain tetap seperti sebelumnya."),
        t("Tidak ada yang dikeluarkan; yang ada diperbarui."),
    ]


def sheet_reasons() -> dict[str, str]:
    """Why a sheet of a workbook was not read."""
    return {
        "hidden": t("lembar tersembunyi"),
        "empty": t("kosong"),
        "no_table": t("tidak ada tabel"),
        "other_kind": t("isinya lain"),
        "other_table": t("isinya lain"),
        "not_chosen": t("tidak dipilih"),
    }


def column_names() -> dict[str, str]:
    """Our columns, as the screen calls them."""
    return {
        "nip": t("NIP"),
        "name": t("Nama"),
        "sex": t("Jenis kelamin"),
        "birth_date": t("Tanggal lahir"),
        "employment": t("Jenis kepegawaian"),
        "legal_status_code": t("Kode kedudukan hukum"),
        "legal_status": t("Kedudukan hukum"),
        "golongan": t("Golongan"),
        "golongan_since": t("TMT golongan"),
        "position_since": t("TMT jabatan"),
        "appointed_on": t("TMT CPNS / pengangkatan"),
        "contract_ends_on": t("Akhir kontrak"),
        "stated_retires_on": t("TMT pensiun menurut berkas"),
        "service_years": t("Masa kerja (tahun)"),
        "service_months": t("Masa kerja (bulan)"),
        "stated_bup_years": t("BUP menurut berkas"),
        "position_kind": t("Jenis jabatan"),
        "position": t("Jabatan"),
        "echelon": t("Eselon"),
        "stated_jenjang": t("Jenjang"),
        "education_level": t("Tingkat pendidikan"),
        "education": t("Pendidikan"),
        "extra_duty": t("Tugas tambahan"),
        "has_head_certificate": t("Sertifikat calon kepala sekolah"),
        "unit": t("Unit kerja"),
        "opd": t("OPD"),
        "kecamatan": t("Kecamatan"),
        "village": t("Desa / kelurahan"),
        "npsn": t("NPSN"),
        "school": t("Sekolah"),
        "school_year": t("Tahun ajaran"),
        "level": t("Jenjang sekolah"),
        "status": t("Status sekolah"),
        "latitude": t("Lintang"),
        "longitude": t("Bujur"),
        "pupil_count": t("Jumlah murid"),
        "rombel_count": t("Jumlah rombel"),
        "teacher_count": t("Jumlah guru"),
        "staff_count": t("Jumlah tenaga kependidikan"),
        "classroom_count": t("Jumlah ruang kelas"),
        "nuptk": t("NUPTK"),
        "subject": t("Mata pelajaran yang diajarkan"),
        "certificate_subject": t("Bidang studi sertifikasi"),
        "school_id": t("Kode sekolah"),
        "grade": t("Tingkat"),
        "rombel": t("Nama rombel"),
        "rombel_kind": t("Jenis rombel"),
        "grade_0": t("Murid TK"),
        **{f"grade_{n}": t("Murid tingkat {n}", n=n) for n in range(1, 13)},
        "religion": t("Agama (jumlah murid)"),
        **{
            f"religion_{code}": t("Murid beragama {religion}", religion=name)
            for code, name in religion_names().items()
        },
        "area": t("Daerah kelahiran"),
        "government": t("Kabupaten / kota"),
        "health_centre": t("Puskesmas"),
        "year": t("Tahun"),
        "month": t("Bulan"),
        "birth_status": t("Status kelahiran"),
        "birth_count": t("Kelahiran hidup"),
        "birth_count_male": t("Kelahiran hidup laki-laki"),
        "birth_count_female": t("Kelahiran hidup perempuan"),
        "exited_on": t("TMT berhenti / pensiun"),
        "reason": t("Alasan keluar"),
        "needed_fte": t("Kebutuhan (ABK)"),
        "stage": t("Tahap APBD"),
        "money_unit": t("Satuan uang"),
        "total_idr": t("Belanja daerah"),
        "personnel_idr": t("Belanja pegawai"),
        "teacher_allowance_idr": t("Tunjangan guru dari TKD"),
        "council_head_idr": t("Gaji DPRD dan kepala daerah"),
        "transfer_idr": t("Pendapatan transfer"),
        "in_post_count": t("Bezetting"),
        "in_post_pns_count": t("Bezetting PNS"),
        "in_post_pppk_count": t("Bezetting P3K"),
        "job_class": t("Kelas jabatan"),
        "volume": t("Volume kerja"),
        "norm_time": t("Norma waktu"),
        "effective_time": t("Waktu efektif"),
        "teacher_kind": t("Jenis PTK"),
        "employee_type": t("Jenis pegawai"),
        "asn_status": t("Status CPNS/PNS"),
        "work_unit": t("Satuan kerja"),
        "position_structural": t("Jabatan struktural"),
        "position_functional": t("Jabatan fungsional"),
        "position_general": t("Jabatan pelaksana"),
        "first_appointed_on": t("TMT pengangkatan pertama"),
        **{f"satker_{n}": t("Satuan kerja tingkat {n}", n=n) for n in range(1, 6)},
        "ignore": t("abaikan"),
        # Two facts in one cell.
        "name_nip": t("Nama dan NIP"),
        "birth_place_date": t("Tempat dan tanggal lahir"),
        "golongan_tmt": t("Golongan dan TMT"),
        "position_tmt": t("Jabatan dan TMT"),
        "service_text": t("Masa kerja"),
    }


def column_name(column: str) -> str:
    """One of our columns as the screen calls it."""
    return column_names().get(column, column.replace("_", " "))
