"""Rules of pay, of the cap and of the budget, in words."""

from __future__ import annotations

from pages.shared.words import t


def rule_names() -> dict[str, str]:
    """Keys of ``pay_rule.csv`` and ``pay_grade.csv``."""
    return {
        "months_paid": t("Bulan gaji setahun"),
        "thr_months": t("THR"),
        "gaji13_months": t("Gaji ke-13"),
        "cpns_pay_share": t("Gaji CPNS"),
        "cpns_months": t("Masa percobaan CPNS"),
        "spouse_allowance_share": t("Tunjangan pasangan"),
        "child_allowance_share": t("Tunjangan anak"),
        "most_children": t("Anak paling banyak"),
        "rice_idr": t("Tunjangan beras"),
        "spouse_share": t("Pegawai dengan tunjangan pasangan"),
        "children_mean": t("Anak rata-rata"),
        "allowance_idr": t("Tunjangan jabatan"),
        "tpp_idr": t("TPP"),
        "tpp_bonus_share": t("TPP dalam THR dan gaji ke-13"),
        "health_share": t("Iuran kesehatan"),
        "health_ceiling_idr": t("Batas dasar iuran kesehatan"),
        "health_counts_tpg": t("Iuran kesehatan atas TPG"),
        "jkk_share": t("Iuran kecelakaan kerja"),
        "jkm_share": t("Iuran kematian"),
        "tpg_pay_share": t("TPG"),
        "tpg_months": t("Bulan TPG setahun"),
        "certified_share": t("Guru bersertifikat"),
        "certified_from_years": t("TPG mulai tahun kerja"),
        "uncertified_allowance_idr": t("Tambahan penghasilan guru belum bersertifikat"),
        "part_time_pay_idr": t("Upah paruh waktu"),
        "part_time_in_cap": t("Paruh waktu dihitung terhadap batas"),
        "tpg_through_apbd": t("Tunjangan guru lewat APBD"),
        "promotion_months": t("Kenaikan pangkat reguler"),
        "promotion_overdue_months": t("Dianggap tidak naik lagi"),
        "mkg_drop_months": t("Pengurangan masa kerja golongan"),
        "pension_share": t("Pensiun per tahun kerja"),
        "pension_most_share": t("Pensiun paling banyak"),
        "pension_least_share": t("Pensiun paling sedikit"),
        "pension_years": t("Lama menerima pensiun"),
        "cap_share": t("Batas belanja pegawai"),
        "cap_binding_year": t("Batas mengikat sejak"),
        "spending_growth_share": t("Pertumbuhan belanja daerah"),
        "other_growth_share": t("Pertumbuhan belanja pegawai lain"),
        "transfer_share": t("Porsi TKD"),
        "transfer_cut_share": t("Potongan TKD"),
        "entry": t("Golongan masuk menurut pendidikan"),
        "entry_education": t("Pendidikan pegawai baru"),
        "ceiling_education": t("Puncak golongan menurut pendidikan"),
        "ceiling_jenjang": t("Puncak golongan menurut jenjang"),
        "ceiling_echelon": t("Puncak golongan menurut eselon"),
        "ceiling_role": t("Puncak golongan menurut kelompok jabatan"),
        "allowance_family": t("Golongan PPPK setara PNS"),
        "echelon_of_role": t("Eselon bila tidak tertulis"),
    }
