"""Titles as local governments write them, and the post each one is in law."""

import pandas as pd
import pytest

from analytics import rules
from analytics.positions import position_roles, title_key, unmatched_titles
from analytics.rules import RuleError

BOOK = rules.load()
UNKNOWN = (None, None)


def role(title, kind=None, echelon=None, jenjang=None, duty=None, local=None):
    post = pd.DataFrame(
        {
            "position": [title],
            "position_kind": [kind],
            "echelon": [echelon],
            "stated_jenjang": [jenjang],
            "extra_duty": [duty],
        },
        dtype="object",
    )
    found = position_roles(post, BOOK, local).iloc[0]
    return tuple(None if pd.isna(found[c]) else found[c] for c in ("role_group", "jenjang"))


JPT = ("jpt", "pratama")
ADMINISTRATOR = ("administrator", "eselon_iii")
PENGAWAS = ("pengawas", "eselon_iv")
PELAKSANA = ("pelaksana", "-")


@pytest.mark.parametrize(
    ("title", "post"),
    [
        # PP 18/2016 art. 94-97 and UU 5/2014 art. 131: the echelon of each head of office.
        ("Sekretaris Daerah", JPT),
        ("SEKRETARIS DAERAH KOTA MADIUN", JPT),
        ("Sekretaris Daerah Provinsi Kalimantan Tengah", ("jpt", "madya")),
        ("Asisten Pemerintahan dan Kesejahteraan Rakyat", JPT),
        ("Asisten Administrasi Umum", JPT),
        ("Asisten Perekonomian dan Pembangunan", JPT),
        ("Asisten I Sekretaris Daerah", JPT),
        ("ASISTEN SEKRETARIAT DAERAH BIDANG ADMINISTRASI UMUM", JPT),
        ("Staf Ahli Wali Kota Bidang Hukum, Politik dan Pemerintahan", JPT),
        ("Staf Ahli Walikota", JPT),
        ("Staf Ahli Bupati Bidang Ekonomi", JPT),
        ("STAF AHLI GUBERNUR BIDANG SDM", JPT),
        ("Staf Ahli", JPT),
        ("Kepala Dinas Pendidikan", JPT),
        ("KEPALA BADAN KEPEGAWAIAN DAN PENGEMBANGAN SUMBER DAYA MANUSIA", JPT),
        ("Kepala BKPSDM", JPT),
        ("Ka. Dinas Kesehatan", JPT),
        ("Kepala Dinas Kesehatan, Pengendalian Penduduk dan KB", JPT),
        ("Inspektur", JPT),
        ("Inspektur Daerah", JPT),
        ("Inspektur Kota Madiun", JPT),
        ("Kepala Satuan Polisi Pamong Praja", JPT),
        ("Kasatpol PP", JPT),
        ("Sekretaris DPRD", JPT),
        ("Kepala Biro Organisasi", JPT),
        ("Kepala Dinas Pemuda dan Olahraga Madya", JPT),
        ("Kepala Kantor Kesatuan Bangsa dan Politik", ADMINISTRATOR),
        ("Camat", ADMINISTRATOR),
        ("Camat Kartoharjo", ADMINISTRATOR),
        ("Sekretaris Dinas", ADMINISTRATOR),
        ("Sekretaris Dinas Pendidikan", ADMINISTRATOR),
        ("Sekretaris Badan", ADMINISTRATOR),
        ("Sekretaris Kecamatan", ADMINISTRATOR),
        ("Sekretaris Camat Taman", ADMINISTRATOR),
        ("SEKCAM", ADMINISTRATOR),
        ("Sekretaris Inspektorat", ADMINISTRATOR),
        ("Sekretaris", ADMINISTRATOR),
        ("Sekertaris Dinas", ADMINISTRATOR),
        ("Inspektur Pembantu", ADMINISTRATOR),
        ("Inspektur Pembantu Wilayah I", ADMINISTRATOR),
        ("Irban III", ADMINISTRATOR),
        ("Kepala Bidang Pembinaan Sekolah Menengah Pertama", ADMINISTRATOR),
        ("Kepala Bidang Guru dan Tenaga Kependidikan", ADMINISTRATOR),
        ("KABID MUTASI", ADMINISTRATOR),
        ("Kepala Bagian Umum", ADMINISTRATOR),
        ("Kabag Hukum", ADMINISTRATOR),
        ("Kepala Seksi Pemerintahan", PENGAWAS),
        ("Kasi Trantib", PENGAWAS),
        ("Kepala Seksi Kurikulum Sekolah Menengah Pertama", PENGAWAS),
        ("Kepala Sub Bagian Umum dan Kepegawaian", PENGAWAS),
        ("Kepala Subbagian Keuangan", PENGAWAS),
        ("Kepala Sub-Bagian Program", PENGAWAS),
        ("KASUBBAG UMUM", PENGAWAS),
        ("Kasubag. Keuangan", PENGAWAS),
        ("Ka. Subbag. Tata Usaha", PENGAWAS),
        ("Kepala Sub Bidang Mutasi", PENGAWAS),
        ("Kasubbid Pensiun", PENGAWAS),
        ("Lurah", PENGAWAS),
        ("Lurah Oro-Oro Ombo", PENGAWAS),
        ("Sekretaris Lurah", PENGAWAS),
        ("Sekretaris Kelurahan Taman", PENGAWAS),
        ("Kepala UPT Pasar", PENGAWAS),
        ("Kepala UPTD Metrologi Legal", PENGAWAS),
        ("Kepala Tata Usaha Puskesmas Patihan", PENGAWAS),
    ],
)
def test_a_structural_title_has_the_level_that_its_office_has(title, post):
    assert role(title) == post


@pytest.mark.parametrize(
    "title",
    [
        "Direktur RSUD",
        "Direktur RSUD Kelas B",
        "Kepala Pelaksana BPBD",
        "Kepala Puskesmas Demangan",
        "Kepala UPTD Puskesmas Tawangrejo",
        "Plt. Kepala Dinas Sosial",
        "Plh Camat",
        "Pj. Sekretaris Daerah",
        "Koordinator Wilayah",
    ],
)
def test_a_title_whose_level_varies_or_is_only_acted_waits_for_the_echelon(title):
    assert role(title)[1] is None
    assert role(title, echelon="II.b") == JPT
    assert role(title, echelon="III.a") == ADMINISTRATOR
    assert role(title, echelon="IV.a") == PENGAWAS


@pytest.mark.parametrize(
    ("echelon", "post"),
    [
        ("I.b", ("jpt", "madya")),
        ("II.a", JPT),
        ("II/b", JPT),
        ("IIb", JPT),
        ("Eselon II.B", JPT),
        ("ESELON II", JPT),
        ("22", JPT),
        ("2b", JPT),
        ("III.a", ADMINISTRATOR),
        ("III/b", ADMINISTRATOR),
        ("Eselon III a", ADMINISTRATOR),
        ("31", ADMINISTRATOR),
        ("IV.a", PENGAWAS),
        ("IV/B", PENGAWAS),
        ("42", PENGAWAS),
        ("V.a", PELAKSANA),
        ("JPT Pratama", JPT),
        ("Administrator", ADMINISTRATOR),
        ("Pengawas", PENGAWAS),
    ],
)
def test_the_echelon_decides_where_the_title_does_not(echelon, post):
    # UU 5/2014 art. 131: echelon I-V against the posts of the ASN law.
    assert role("Jabatan Antah Berantah", echelon=echelon) == post


@pytest.mark.parametrize("nothing", ["Non Eselon", "NON-ESELON", "-", "", "99", None, "III/d"])
def test_an_empty_echelon_or_a_pay_grade_in_its_place_says_nothing(nothing):
    assert role("Jabatan Antah Berantah", echelon=nothing) == UNKNOWN
    assert role("Guru Kelas", echelon=nothing)[0] == "guru"


@pytest.mark.parametrize(
    ("title", "post"),
    [
        # UU 14/2005 art. 30(4) speaks of guru; the grade only shows where it is stated.
        ("Guru", ("guru", "-")),
        ("Guru Kelas", ("guru", "-")),
        ("GURU MAPEL", ("guru", "-")),
        ("Guru Mata Pelajaran Bahasa Indonesia", ("guru", "-")),
        ("Guru BK", ("guru", "-")),
        ("Guru TK", ("guru", "-")),
        ("Guru TIK", ("guru", "-")),
        ("Guru Pendamping Khusus", ("guru", "-")),
        ("Guru Sekolah Menengah Pertama", ("guru", "-")),
        ("Guru SMP Negeri 1 Madiun", ("guru", "-")),
        ("Guru Dewasa Tk. I", ("guru", "-")),
        ("Guru Pembina", ("guru", "-")),
        ("Guru Madya Tk. I", ("guru", "-")),
        ("Guru Utama Muda", ("guru", "-")),
        ("Guru Pertama", ("guru", "ahli_pertama")),
        ("Guru Ahli Pertama", ("guru", "ahli_pertama")),
        ("Guru Kelas Ahli Pertama", ("guru", "ahli_pertama")),
        ("AHLI PERTAMA - GURU KELAS", ("guru", "ahli_pertama")),
        ("Ahli Pertama - Guru Penjasorkes (PPPK)", ("guru", "ahli_pertama")),
        ("Guru Ahli Pratama", ("guru", "ahli_pertama")),
        ("Guru Muda", ("guru", "ahli_muda")),
        ("Guru Muda Bahasa Inggris", ("guru", "ahli_muda")),
        ("Guru A. Muda", ("guru", "ahli_muda")),
        ("Guru Madya", ("guru", "ahli_madya")),
        ("GURU AHLI MADYA", ("guru", "ahli_madya")),
        ("Guru  Ahli\u00a0Madya", ("guru", "ahli_madya")),
        ("Guru Ahli Madya SDN 01 Kartoharjo", ("guru", "ahli_madya")),
        ("Guru Utama", ("guru", "ahli_utama")),
        ("Guru Ahli Utama", ("guru", "ahli_utama")),
        ("Wakil Kepala Sekolah", ("guru", "-")),
        ("Wakil Kepala SMPN 1 Contoh", ("guru", "-")),
        ("Kepala Sekolah", ("kepala_sekolah", "-")),
        ("KEPALA SDN 02 MANGUHARJO", ("kepala_sekolah", "-")),
        ("Kepala SD Negeri Taman", ("kepala_sekolah", "-")),
        ("Kepala Sekolah Dasar", ("kepala_sekolah", "-")),
        ("Kepala SMPN 3", ("kepala_sekolah", "-")),
        ("Kepala Sekolah Menengah Pertama Negeri 4", ("kepala_sekolah", "-")),
        ("Kepala TK Negeri Pembina", ("kepala_sekolah", "-")),
        ("Kepala TK Pembina Utama", ("kepala_sekolah", "-")),
        ("Kepala Taman Kanak-Kanak", ("kepala_sekolah", "-")),
        ("Plt. Kepala Sekolah", ("kepala_sekolah", "-")),
        ("Plt Kepala SDN 01 Taman", ("kepala_sekolah", "-")),
        ("Kepala UPT SD Negeri 5", ("kepala_sekolah", "-")),
        ("Kepala UPTD Satuan Pendidikan SDN 1", ("kepala_sekolah", "-")),
        ("Guru Ahli Madya / Kepala Sekolah", ("kepala_sekolah", "ahli_madya")),
        ("Kepala Sekolah (Guru Ahli Muda)", ("kepala_sekolah", "ahli_muda")),
    ],
)
def test_a_teacher_is_a_teacher_in_every_spelling(title, post):
    assert role(title) == post


@pytest.mark.parametrize(
    ("title", "post"),
    [
        ("Pengawas Sekolah", ("pengawas_sekolah", "-")),
        ("Pengawas Sekolah Muda", ("pengawas_sekolah", "ahli_muda")),
        ("Pengawas Sekolah Ahli Madya", ("pengawas_sekolah", "ahli_madya")),
        ("Pengawas Sekolah Madya Tingkat SD", ("pengawas_sekolah", "ahli_madya")),
        ("Pengawas TK/SD", ("pengawas_sekolah", "-")),
        ("Pengawas SMP Ahli Utama", ("pengawas_sekolah", "ahli_utama")),
        ("Pendamping Satuan Pendidikan Ahli Muda", ("pendamping_satuan_pendidikan", "ahli_muda")),
        ("Penilik", ("penilik", "-")),
        ("Penilik Ahli Madya", ("penilik", "ahli_madya")),
        ("Pamong Belajar Muda", ("pamong_belajar", "ahli_muda")),
        ("Pamong Belajar Ahli Madya", ("pamong_belajar", "ahli_madya")),
        ("Dosen", ("dosen", "-")),
        ("Dosen Asisten Ahli", ("dosen", "asisten_ahli")),
        ("Asisten Ahli", ("dosen", "asisten_ahli")),
        ("Dosen Lektor Kepala", ("dosen", "lektor_kepala")),
        ("Lektor", ("dosen", "lektor")),
        ("Guru Besar", ("dosen", "profesor")),
        ("Profesor", ("dosen", "profesor")),
        ("Peneliti Ahli Utama", ("peneliti_perekayasa", "ahli_utama")),
        ("Perekayasa Madya", ("peneliti_perekayasa", "ahli_madya")),
        ("Dokter Ahli Pertama", ("dokter", "ahli_pertama")),
        ("Dokter Gigi Madya", ("dokter", "ahli_madya")),
        ("DOKTER SPESIALIS ANAK AHLI UTAMA", ("dokter", "ahli_utama")),
        ("Dokter Muda", ("dokter", "ahli_muda")),
        ("Dokter Madya di RSUD", ("dokter", "ahli_madya")),
        ("Perawat Ahli Muda", ("nakes", "ahli_muda")),
        ("Perawat Pelaksana", ("nakes", "terampil")),
        ("Perawat Pelaksana Lanjutan", ("nakes", "mahir")),
        ("Perawat Gigi Pelaksana Lanjutan", ("nakes", "mahir")),
        ("Perawat Penyelia", ("nakes", "penyelia")),
        ("Bidan Terampil", ("nakes", "terampil")),
        ("TERAMPIL - BIDAN", ("nakes", "terampil")),
        ("Bidan Ahli Madya Puskesmas Banjarejo", ("nakes", "ahli_madya")),
        ("Asisten Apoteker Mahir", ("nakes", "mahir")),
        ("Asisten Apoteker Pelaksana Pemula", ("nakes", "pemula")),
        ("Apoteker Madya", ("nakes", "ahli_madya")),
        ("Perawat Madya UPT Puskesmas Utama", ("nakes", "ahli_madya")),
        ("Sanitarian Madya", ("nakes", "ahli_madya")),
        ("Administrator Kesehatan Ahli Muda", ("nakes", "ahli_muda")),
        ("Pranata Laboratorium Kesehatan Penyelia", ("nakes", "penyelia")),
        ("Terapis Gigi dan Mulut Mahir", ("nakes", "mahir")),
    ],
)
def test_posts_with_a_law_of_their_own_are_told_apart(title, post):
    assert role(title) == post


@pytest.mark.parametrize(
    ("title", "post"),
    [
        ("Analis Kepegawaian Ahli Muda", ("jf_keahlian", "ahli_muda")),
        ("Analis SDM Aparatur Ahli Madya", ("jf_keahlian", "ahli_madya")),
        ("Analis Kebijakan Ahli Muda/Subkoordinator", ("jf_keahlian", "ahli_muda")),
        ("Kepala Seksi Data / Analis Kebijakan Ahli Muda", ("jf_keahlian", "ahli_muda")),
        ("Pranata Komputer Muda", ("jf_keahlian", "ahli_muda")),
        ("Pranata Komp.Ahli Pertama", ("jf_keahlian", "ahli_pertama")),
        ("Pranata Komputer Pelaksana Lanjutan/Mahir", ("jf_keterampilan", "mahir")),
        ("Instruktur Terampil/Pelaksana", ("jf_keterampilan", "terampil")),
        ("Pranata Komputer Pelaksana", ("jf_keterampilan", "terampil")),
        ("Arsiparis Penyelia", ("jf_keterampilan", "penyelia")),
        ("Polisi Pamong Praja Pemula", ("jf_keterampilan", "pemula")),
        ("Pol PP Terampil", ("jf_keterampilan", "terampil")),
        ("POL PP PELAKSANA", ("jf_keterampilan", "terampil")),
        ("Pustakawan Madya", ("jf_keahlian", "ahli_madya")),
        ("Pustakawan Utama", ("jf_keahlian", "ahli_utama")),
        ("Widyaiswara Ahli Utama", ("jf_keahlian", "ahli_utama")),
        ("Penyuluh Pertanian Madya Kecamatan Taman", ("jf_keahlian", "ahli_madya")),
        ("Pengawas Perikanan Muda", ("jf_keahlian", "ahli_muda")),
        ("Pengawas Lingkungan Hidup Ahli Madya", ("jf_keahlian", "ahli_madya")),
        ("Auditor Ahli Madya", ("jf_keahlian", "ahli_madya")),
        ("Inspektur Tambang Ahli Muda", ("jf_keahlian", "ahli_muda")),
        ("Pamong Budaya Ahli Muda", ("jf_keahlian", "ahli_muda")),
        ("Penguji Kendaraan Bermotor", ("jf_keterampilan", "-")),
        ("Penguji Kendaraan Bermotor Mahir", ("jf_keterampilan", "mahir")),
        ("Dokter Hewan Muda", ("jf_keahlian", "ahli_muda")),
        ("Medik Veteriner Ahli Pertama", ("jf_keahlian", "ahli_pertama")),
        ("Pengelola Pengadaan Barang/Jasa Ahli Muda", ("jf_keahlian", "ahli_muda")),
        ("Penata Perizinan Ahli Muda", ("jf_keahlian", "ahli_muda")),
        ("Perencana Ahli Madya pada Bappeda", ("jf_keahlian", "ahli_madya")),
        ("Asisten Pelatih Olahraga Terampil", ("jf_keterampilan", "terampil")),
        ("Pemadam Kebakaran Mahir", ("jf_keterampilan", "mahir")),
    ],
)
def test_a_functional_post_has_the_grade_its_title_states(title, post):
    # PP 11/2017 art. 68-69 names the grades; the older decrees used Pelaksana for skilled ones.
    assert role(title) == post


@pytest.mark.parametrize(
    ("code", "jenjang"),
    [
        ("PM", "pemula"),
        ("TR", "terampil"),
        ("MH", "mahir"),
        ("PY", "penyelia"),
        ("PT", "ahli_pertama"),
        ("MU", "ahli_muda"),
        ("MA", "ahli_madya"),
        ("UT", "ahli_utama"),
        ("Ahli Madya", "ahli_madya"),
        ("JF Ahli Muda", "ahli_muda"),
        ("Madya", "ahli_madya"),
        ("Pelaksana Lanjutan", "mahir"),
    ],
)
def test_the_grade_column_fills_what_the_title_leaves_open(code, jenjang):
    # SIASN grade codes, domain rules section 2.
    group = "jf_keahlian" if jenjang.startswith("ahli") else "jf_keterampilan"
    assert role("Arsiparis", jenjang=code) == (group, jenjang)
    assert role("Perawat", jenjang=code) == ("nakes", jenjang)
    assert role("Jabatan Baru", kind="FUNGSIONAL TERTENTU", jenjang=code) == (group, jenjang)
    if jenjang.startswith("ahli"):
        assert role("Guru Kelas", jenjang=code) == ("guru", jenjang)


def test_the_title_goes_before_the_grade_column():
    assert role("Guru Ahli Muda", jenjang="MA") == ("guru", "ahli_muda")


@pytest.mark.parametrize(
    "title",
    [
        "Penata Layanan Operasional",
        "Klerek - Pengelola Layanan Operasional",
        "Penata Kelola Sistem dan Teknologi Informasi",
        "Penata Kelola Layanan Kesehatan",
        "Fasilitator Pemerintahan",
        "Operator Layanan Operasional",
        "OPERATOR LAYANAN OPERASIONAL (PARUH WAKTU)",
        "Pengelola Layanan Operasional",
        "Pengelola Umum Operasional",
        "Pengadministrasi Perkantoran",
        "Pengadministrasi Umum",
        "Penelaah Teknis Kebijakan",
        "Pengolah Data dan Informasi",
        "Analis SDM Aparatur",
        "Analis Sumber Daya Manusia Aparatur",
        "Analis Tata Usaha",
        "Penyusun Program Anggaran dan Pelaporan",
        "Pranata Kearsipan",
        "Bendahara",
        "Bendahara Pengeluaran",
        "Pengemudi",
        "Pramu Kebersihan",
        "Pramubakti",
        "Petugas Keamanan",
        "Juru Pungut Retribusi",
        "Tenaga Administrasi Sekolah",
        "Tenaga Administrasi",
        "Tenaga Perpustakaan",
        "Penjaga Sekolah",
        "Ajudan",
        "Staf",
        "Staf Pelaksana",
        "Pelaksana",
        "Pesuruh/Office Boy",
        "Tukang Kebun",
        "Verifikator Keuangan",
        "Anggota Satuan Polisi Pamong Praja",
    ],
)
def test_clerical_and_operational_titles_are_pelaksana(title):
    # KepmenPANRB 11/2024 and PermenPANRB 41/2018 list them as jabatan pelaksana.
    assert role(title) == PELAKSANA


@pytest.mark.parametrize("kind", ["Pelaksana", "JABATAN PELAKSANA", "Fungsional Umum", "JFU", "4"])
@pytest.mark.parametrize("title", ["Jabatan Antah Berantah", "Penata Muda Tk. I", "Arsiparis"])
def test_a_post_of_the_kind_pelaksana_needs_no_known_title(kind, title):
    assert role(title, kind=kind) == PELAKSANA


@pytest.mark.parametrize(
    ("kind", "post"),
    [
        ("JPT Pratama", JPT),
        ("Jabatan Pimpinan Tinggi Pratama", JPT),
        ("Jabatan Administrator", ADMINISTRATOR),
        ("Administrator", ADMINISTRATOR),
        ("Jabatan Pengawas", PENGAWAS),
        ("Pengawas", PENGAWAS),
    ],
)
def test_the_kind_may_name_the_level_outright(kind, post):
    assert role("Jabatan Antah Berantah", kind=kind) == post


def test_the_word_pengawas_is_read_by_what_stands_around_it():
    assert role("Pengawas", echelon="IV.a") == PENGAWAS
    assert role("Pengawas Sekolah Muda")[0] == "pengawas_sekolah"
    assert role("Pengawas Perikanan Muda")[0] == "jf_keahlian"
    assert role("Pengawas") == UNKNOWN
    assert role("Pengawas", kind="Struktural") == PENGAWAS
    assert role("Administrator", kind="Jabatan Struktural") == ADMINISTRATOR


def test_an_old_echelon_does_not_outlive_the_functional_post():
    # Penyetaraan 2021: echelon kept for pay beside the functional post now held.
    assert role("Analis Kebijakan Ahli Madya", kind="Fungsional", echelon="III.a") == (
        "jf_keahlian",
        "ahli_madya",
    )


def test_a_head_of_puskesmas_is_a_functional_officer_unless_an_echelon_is_given():
    assert role("Kepala Puskesmas", kind="Fungsional", jenjang="MA") == ("nakes", "ahli_madya")
    assert role("Kepala Puskesmas", echelon="IV.a") == PENGAWAS


def test_a_grade_in_the_title_outweighs_a_kind_that_contradicts_it():
    assert role("Perawat Terampil", kind="Pelaksana") == ("nakes", "terampil")
    assert role("Perawat", kind="Pelaksana") == PELAKSANA


def test_a_teacher_with_the_extra_duty_of_head_is_a_head():
    assert role("Guru Ahli Madya", duty="Kepala Sekolah") == ("kepala_sekolah", "ahli_madya")
    assert role("Guru Ahli Madya", duty="Kepala Perpustakaan") == ("guru", "ahli_madya")
    assert role("Guru Ahli Madya", duty="Wakil Kepala Sekolah") == ("guru", "ahli_madya")


@pytest.mark.parametrize(
    "title",
    [
        "Penata",
        "Penata Muda Tk. I",
        "Pembina Utama Muda",
        "Pengatur",
        "Juru Muda Tingkat I",
        "Pembina Tk.I",
        "",
        None,
        "-",
        "Jabatan Antah Berantah",
        "Kepala Desa",
        "Wali Kota",
    ],
)
def test_a_rank_or_an_unknown_title_gives_no_role(title):
    # PP 99/2000: these are ranks. A rank in the position column is not a post.
    assert role(title) == UNKNOWN


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("Perawat", "nakes"),
        ("Dokter", "dokter"),
        ("Dokter Spesialis", "dokter"),
        ("Peneliti", None),
    ],
)
def test_a_post_whose_age_depends_on_a_grade_nobody_stated_stays_open(title, group):
    found = role(title)
    assert found[0] == (group or "peneliti_perekayasa")
    assert found[1] is None


@pytest.mark.parametrize(
    "title",
    [
        "Arsiparis",
        "Pranata Komputer",
        "Auditor",
        "Analis Kepegawaian",
        "Analis Kebijakan",
        "Pengelola Pengadaan Barang/Jasa",
        "Penata Kelola Perumahan",
        "Penyuluh Pertanian",
    ],
)
def test_a_functional_title_of_either_track_without_grade_is_unknown(title):
    assert role(title) == UNKNOWN


def test_a_judge_is_out_of_scope():
    assert role("Hakim")[0] == "hakim"


def test_the_pay_grade_is_never_read():
    people = pd.DataFrame({"position": ["Guru Kelas", "Jabatan Antah Berantah"] * 2})
    low = position_roles(people.assign(golongan="II/a"), BOOK)
    high = position_roles(people.assign(golongan="IV/e"), BOOK)
    pd.testing.assert_frame_equal(low, high)
    assert high["role_group"].isna().tolist() == [False, True] * 2


def test_a_local_title_goes_before_every_pattern_in_any_spelling():
    local = {title_key("Juru Kunci Makam"): ("pelaksana", "-"), "guru kelas": ("guru", "ahli_muda")}
    assert role("JURU  KUNCI-MAKAM (PPPK Paruh Waktu)", local=local) == PELAKSANA
    assert role("Guru Kelas", local=local) == ("guru", "ahli_muda")


def test_a_local_title_may_only_name_a_role_that_has_an_age():
    with pytest.raises(RuleError, match=r"retirement_age\.csv"):
        role("Guru Kelas", local={"guru kelas": ("raja", "-")})


def test_titles_without_an_answer_are_listed_with_their_head_count():
    people = pd.DataFrame(
        {"position": ["Juru Pungut", "Entah", "Entah", "Perawat", "Lurah", None]},
    )
    people = people.join(position_roles(people, BOOK)[["role_group", "jenjang"]])
    listed = unmatched_titles(people)
    assert listed["position"].tolist()[0] == "Entah"
    assert listed["people_count"].tolist()[0] == 2
    assert listed["people_count"].sum() == 4


def test_the_key_of_a_title_ignores_case_marks_and_the_kind_of_employment():
    assert title_key("  KEPALA Sub-Bagian\u00a0 (Umum) ") == "kepala sub bagian umum"
    assert title_key("Guru Kelas - PPPK Paruh Waktu") == "guru kelas"
    assert title_key(None) == title_key(float("nan")) == ""
    # Else one mapping of "CPNS" would catch everybody without a title.
    assert title_key("CPNS") == "cpns"
    assert title_key("Gu\u200bru") == "guru"


@pytest.mark.parametrize("title", ["Guru Ahli Muda", "Kepala Sub Bagian Umum", "Perawat Mahir"])
@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.title, str.swapcase])
def test_the_spelling_of_a_title_never_changes_the_post(title, spelt):
    for gap in (" ", "  ", "\u00a0", " - ", "_", ".", "\n"):
        assert role(spelt(title).replace(" ", gap)) == role(title)


def test_rows_keep_their_index_and_an_empty_roster_is_answered():
    people = pd.DataFrame({"position": ["Lurah", "Camat"]}, index=[7, 3])
    assert position_roles(people, BOOK).index.tolist() == [7, 3]
    assert position_roles(people.iloc[:0], BOOK).empty
