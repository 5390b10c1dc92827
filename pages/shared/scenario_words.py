"""Levers, their groups, things and values in the visitor's words; roles, posts and steps too."""

from __future__ import annotations

from analytics.scenario_compare import GROUP_LABELS, MEASURES
from analytics.scenario_levers import FAMILY, Lever, Value
from pages.shared import inputs, load, load_exits, retirement_view, teacher_view
from pages.shared.gauge_figures import option_names, part_names
from pages.shared.words import language, money, number, percent, t, value

MAIN = "main"


def group_names() -> dict[str, str]:
    """Groups of levers; the most asked for first."""
    at = 0 if language() == "id" else 1
    return {MAIN: t("Utama"), **{group: both[at] for group, both in GROUP_LABELS.items()}}


def table_names() -> dict[str, str]:
    """The tables of a result, by what they are stored under."""
    return {
        "filling": t("Pengisian jabatan per peran"),
        "plan": t("Rencana formasi"),
        "unfilled": t("Jabatan kosong per tahun"),
        "service_breaks": t("Layanan yang putus"),
        "flow": t("Aliran jabatan"),
        "staff": t("Pegawai per tahun"),
        "staff_account": t("Orang yang keluar dan masuk"),
        "money": t("Gaji per tahun"),
        "money_account": t("Gaji menurut bagiannya"),
        "money_steps": t("Langkah perubahan gaji"),
        "gauge": t("Batas 30%"),
        "shortfall": t("Andai ditolak"),
        "options": t("Tujuh pilihan"),
        "mergers": t("Sekolah yang digabung"),
        "moves": t("Guru yang dipindah"),
    }


def lever_name(own: Lever, thing: str = "") -> str:
    """What a lever is called."""
    return own.label(language(), thing_name(own, thing))


def thing_name(own: Lever, thing: str) -> str:
    """What a lever of a family is about."""
    if not thing:
        return ""
    head = own.key.removesuffix(FAMILY)
    if head == "law.reading":
        return retirement_view.dispute_names().get(thing, thing)
    if head == "exits.factor":
        return load_exits.cause_names().get(thing, thing)
    if head in ("exits.renewal", "exits.mpp"):
        return _employment_names().get(thing, thing)
    if head.startswith("option.") or head == "plan.fixed":
        option, slash, rest = thing.partition("/")
        role, _, year = rest.rpartition("/")
        name = option_names().get(option, option)
        return f"{name}, {role_name(role)}, {year}" if slash and role else name
    if head == "pay.tpp":
        return role_name(thing)
    if head == "law.local_age":
        role_group, _, jenjang = thing.partition("/")
        return retirement_view.post_name(role_group, jenjang)
    return thing


def _employment_names() -> dict[str, str]:
    rows = load.rulebook().employment
    return dict(zip(rows["employment"], rows[f"label_{language()}"], strict=True))


def role_name(role: str) -> str:
    """A role of the plan: a role group, or a teaching post with its level."""
    group, _, post = role.partition(":")
    if role in ("*", ""):
        return t("semua")
    if not post:
        return retirement_view.value_name("role_group", group)
    kind, _, level = post.partition("@")
    return f"{teacher_view.post_name(kind)} {level}".strip()


def choice_names(own: Lever, thing: str = "") -> dict[str, str]:
    """The values of a choice, or the members of a list, with their names."""
    head = own.key.removesuffix(FAMILY)
    if head == "law.reading":
        return {"": t("seperti untuk semua"), **retirement_view.reading_names(thing)}
    known: dict[str, dict[str, str]] = {
        "law.proposal": inputs.proposal_labels(),
        "need.english": {"post": t("guru Bahasa Inggris"), "class_teacher": t("guru kelas")},
        "need.english_start": {
            "all_grades": t("semua kelas sekaligus"),
            "by_cohort": t("kelas demi kelas"),
        },
        "need.bases": {
            "school_model": t("murid dan rombel"),
            "abk": t("ABK"),
            "ratio": t("rasio layanan"),
            "complement": t("jumlah hari ini"),
        },
        "regrouping.same": {
            "": t("daerah ini"),
            "kecamatan": t("kecamatan"),
            "village": t("desa atau kelurahan"),
        },
        "regrouping.damaged_from": {
            "light": t("rusak ringan"),
            "moderate": t("rusak sedang"),
            "heavy": t("rusak berat"),
        },
        "regrouping.not_exempt": {
            "is_remote": t("sekolah terpencil (3T)"),
            "is_special": t("sekolah khusus"),
            "is_integrated": t("sekolah satu atap"),
        },
        "redistribution.linearity": {
            "certificate": t("sertifikat pendidik"),
            "either": t("sertifikat atau ijazah"),
        },
        "plan.rule": rule_names(),
        "plan.objective": {
            "least_unfilled": t("paling sedikit jabatan kosong"),
            "cheapest": t("paling murah"),
        },
        "plan.granted_options": option_names(),
        "plan.robust_by": {
            "expected": t("yang kosong rata-rata paling sedikit"),
            "worst": t("penyesalan terbesar paling kecil"),
        },
    }
    names = known.get(head, {})
    default = own.default if isinstance(own.default, str) else None
    ids = dict.fromkeys([*([default] if default is not None else []), *own.choices])
    return {one: names.get(one, one) for one in ids}


def rule_names() -> dict[str, str]:
    """Ways to make a plan."""
    return {
        "do_nothing": t("tidak merekrut"),
        "cpns_only": t("CPNS saja"),
        "pppk_only": t("P3K saja"),
        "zero_growth": t("satu pengganti untuk satu yang keluar"),
        "teachers_first": t("guru dulu"),
        "best_mix": t("bauran terbaik"),
        "robust_mix": t("bauran yang tahan bila formasi tidak datang"),
    }


def value_said(own: Lever, given: Value, thing: str = "") -> str:
    """A value of a lever as people read it."""
    if given is None:
        return t("seperti aturan dan data")
    if isinstance(given, bool):
        return t("ya") if given else t("tidak")
    if isinstance(given, tuple):
        names = choice_names(own)
        return ", ".join(names.get(one, one) for one in given) or t("tidak ada")
    if isinstance(given, str):
        return choice_names(own, thing).get(given, given)
    if own.kind == "share" or own.unit == "bagian":
        return percent(given, 1 if round(given * 100, 6) % 1 else 0)
    if own.unit.startswith("Rp"):
        return money(given)
    if own.unit == "tahun" and given > 1000:
        return str(int(given))
    return f"{value(given)} {unit_name(own.unit)}".strip()


def unit_name(unit: str) -> str:
    """A unit of a lever."""
    return {
        "kali": t("kali"),
        "tahun": t("tahun"),
        "murid": t("murid"),
        "km": "km",
        "sekolah": t("sekolah"),
        "bulan": t("bulan"),
        "orang": t("orang"),
        "anak": t("anak"),
        "bagian": "%",
        "Rp": "Rp",
        "Rp per tahun": t("Rp per tahun"),
        "Rp per bulan": t("Rp per bulan"),
        "putaran": t("putaran"),
        "orang per orang": t("orang per orang"),
        "jabatan": t("jabatan"),
        "jabatan-tahun": t("jabatan-tahun"),
        "peran": t("peran"),
    }.get(unit, unit)


def measure_names() -> dict[str, str]:
    """Measures of a comparison by key."""
    english = language() == "en"
    return {key: one.label_en if english else one.label_id for key, one in MEASURES.items()}


def measure_said(unit: str, given: float) -> str:
    """A measure of a comparison."""
    if given != given:
        return number(None)
    if unit == "Rp":
        return money(given)
    if unit == "bagian":
        return percent(given, 2)
    return f"{number(given)} {unit_name(unit)}".strip()


def step_name(step: str) -> str:
    """A step of the account of staff or money."""
    causes = load_exits.cause_names()
    if step in causes:
        return causes[step]
    head, _, option = step.partition("_")
    if head == "masuk" and option in option_names():
        return t("Masuk: {option}", option=option_names()[option])
    return _step_names().get(step, part_names().get(step, step.replace("_", " ")))


def _step_names() -> dict[str, str]:
    return {
        "pengganti_keluar": t("Pengganti yang keluar lagi"),
        "gaji_yang_keluar": t("Gaji yang keluar"),
        "kenaikan_gaji": t("Kenaikan gaji"),
        "base_idr": t("Gaji pokok"),
        "family_idr": t("Tunjangan keluarga"),
        "food_idr": t("Tunjangan pangan"),
        "functional_idr": t("Tunjangan jabatan"),
        "tpp_idr": t("TPP"),
        "thr_gaji13_idr": t("THR dan gaji ke-13"),
        "employer_idr": t("Iuran pemberi kerja"),
    }
