"""The invented city's establishment: every filled post, before anybody sits in it.

Structural posts follow from the offices; functional posts are listed in
``data/demo/functional_posts.csv``; teachers and pelaksana fill up to the published shares.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.demo_places import HOSPITAL, table

# Structure of PNS posts, Dec 2021: struktural 11 %, JF 51 %, pelaksana 38 % (sscasn.com).
STRUCTURAL_SHARE, FUNCTIONAL_SHARE = 0.11, 0.51
# The city council's own figure is about 4,000 ASN, and 1,400 PPPK paruh waktu beside them.
ASN_COUNT, PART_TIME_COUNT = 4_012, 1_400
CANDIDATE_COUNT = 90  # CPNS of the 2024 round
CONTRACT_CLERK_COUNT = 170
PART_TIME_TEACHER_COUNT, PART_TIME_NURSE_COUNT = 70, 90

STRUCTURAL, FUNCTIONAL, CLERICAL = "Jabatan Struktural", "Jabatan Fungsional", "Jabatan Pelaksana"
COLUMNS = [
    "unit", "opd", "employment", "position", "position_kind", "echelon", "stated_jenjang",
    "extra_duty", "education_level", "education", "level", "women_share",
]  # fmt: skip

_BACHELOR, _MASTER, _DIPLOMA = "S-1/Sarjana", "S-2", "Diploma III/Sarjana Muda"
_PRIMARY_SUBJECTS = ("Kelas", "Kelas", "Kelas", "Kelas", "Agama Islam", "Penjasorkes")
_JUNIOR_SUBJECTS = (
    "Bahasa Indonesia", "Matematika", "IPA", "IPS", "Bahasa Inggris", "Agama Islam",
    "Penjasorkes", "PPKn", "Seni Budaya", "Prakarya", "Informatika", "Bimbingan Konseling",
)  # fmt: skip
_NURSES = ("Perawat", "Bidan", "Apoteker", "Nutrisionis", "Terapis", "Fisioterapis", "Psikolog")


def posts(units: pd.DataFrame, classes: pd.Series, generator: np.random.Generator) -> pd.DataFrame:
    """Every filled post of the city.

    Parameters
    ----------
    units
        One row per unit, as ``demo_places.places`` gives them.
    classes
        Rombel of the latest year by npsn: teachers are spread over schools by them.

    Returns
    -------
    One row per post: ``COLUMNS`` and the unit's ``kecamatan, npsn``. ``employment`` is PNS, PPPK
    or PPPK_PW (CPNS are chosen among the PNS later); ``level`` keys ``data/demo/levels.csv``;
    ``women_share`` the propensity used when sexes are dealt out.
    """
    structural = _structural(units)
    functional = _functional(units)
    pns_count = round(len(structural) / STRUCTURAL_SHARE)
    teachers_pns = round(FUNCTIONAL_SHARE * pns_count) - int(
        (functional["employment"] == "PNS").sum()
    )
    contract_count = ASN_COUNT - pns_count
    teachers_pppk = (
        contract_count - CONTRACT_CLERK_COUNT - int((functional["employment"] == "PPPK").sum())
    )
    clerks = pns_count - len(structural) - round(FUNCTIONAL_SHARE * pns_count)
    nurses_part_time = pd.DataFrame(
        {
            "unit": generator.choice(_health_units(units), PART_TIME_NURSE_COUNT),
            "position": generator.choice(
                ["Perawat Terampil", "Bidan Terampil"], PART_TIME_NURSE_COUNT, p=[0.7, 0.3]
            ),
        }
    ).assign(employment="PPPK_PW")
    every = pd.concat(
        [
            structural,
            functional,
            _teachers(units, classes, {"PNS": teachers_pns, "PPPK": teachers_pppk}, generator),
            _typed_functional(nurses_part_time),
            _clerks(
                units,
                {
                    "PNS": clerks,
                    "PPPK": CONTRACT_CLERK_COUNT,
                    "PPPK_PW": PART_TIME_COUNT - PART_TIME_TEACHER_COUNT - PART_TIME_NURSE_COUNT,
                },
                generator,
            ),
        ],
        ignore_index=True,
    )
    place = units.set_index("name")[["opd", "kecamatan", "npsn"]]
    every = every.drop(columns="opd", errors="ignore").join(place, on="unit")
    return every.reindex(columns=[*COLUMNS, "kecamatan", "npsn"])


# Unit, title, echelon.
_Post = tuple[str, str, str]
_GENERAL = "Kepala Subbagian Umum dan Keuangan"


def _in(unit: str, echelon: str, *titles: str) -> list[_Post]:
    return [(unit, title, echelon) for title in titles]


def _of_office(opd: str, style: str, parts: list[str]) -> list[_Post]:
    if style == "sekretariat_daerah":
        posts = _in(opd, "II.a", "Sekretaris Daerah") + _in(
            opd,
            "II.b",
            "Asisten Pemerintahan dan Kesejahteraan Rakyat",
            "Asisten Perekonomian dan Pembangunan",
            "Asisten Administrasi Umum",
            "Staf Ahli Bidang Pemerintahan, Hukum dan Politik",
            "Staf Ahli Bidang Ekonomi, Pembangunan dan Keuangan",
            "Staf Ahli Bidang Kemasyarakatan dan Sumber Daya Manusia",
        )
        for part in parts:
            posts += _in(part, "III.a", f"Kepala {part}")
            part_of = part.removeprefix("Bagian ")
            posts += _in(part, "IV.a", f"Kepala Subbagian Tata Usaha {part_of}")
        return posts
    if style == "sekretariat_dprd":
        return [
            *_in(opd, "II.b", "Sekretaris DPRD"),
            *_in(opd, "III.a", *(f"Kepala {part}" for part in parts)),
            *_in(opd, "IV.a", "Kepala Subbagian Tata Usaha dan Kepegawaian"),
        ]
    if style == "inspektorat":
        return [
            *_in(opd, "II.b", "Inspektur Daerah"),
            *_in(opd, "III.a", "Sekretaris Inspektorat", *parts),
            *_in(opd, "IV.a", "Kepala Subbagian Administrasi Umum dan Keuangan"),
        ]
    # One agency is led by its secretary, the head's chair being empty (see demo_people).
    head = [] if opd == "Dinas Perdagangan" else _in(opd, "II.b", f"Kepala {opd}")
    more = ["Kepala Subbagian Perencanaan dan Evaluasi"] if len(parts) >= 4 else []
    return [
        *head,
        *_in(opd, "III.a", f"Sekretaris {opd}"),
        *_in(opd, "III.b", *(f"Kepala Bidang {part}" for part in parts)),
        *_in(opd, "IV.a", _GENERAL, *more),
    ]


def _of_unit(name: str, kind: str, village: object) -> list[_Post]:
    clerk = _in(name, "IV.b", "Kepala Subbagian Tata Usaha")
    if kind == "upt":
        return _in(name, "IV.a", f"Kepala {name}") + clerk
    if kind == "puskesmas":
        return clerk
    if kind == "kecamatan":
        return [
            *_in(name, "III.a", "Camat"),
            *_in(name, "III.b", "Sekretaris Kecamatan"),
            *_in(name, "IV.a", "Kepala Seksi Pemerintahan", "Kepala Seksi Pembangunan"),
            *_in(name, "IV.a", "Kepala Seksi Ketenteraman dan Ketertiban"),
            *_in(name, "IV.b", _GENERAL, "Kepala Subbagian Perencanaan dan Kepegawaian"),
        ]
    if kind == "kelurahan":
        # Two kelurahan wait for a lurah; their secretaries stand in.
        head = [] if village in ("Telagasewu", "Cadasjati") else _in(name, "IV.a", "Lurah")
        return [
            *head,
            *_in(name, "IV.b", "Sekretaris Kelurahan", "Kepala Seksi Pemerintahan"),
            *_in(name, "IV.b", "Kepala Seksi Kesejahteraan dan Pembangunan"),
        ]
    return []


def _structural(units: pd.DataFrame) -> pd.DataFrame:
    rows: list[_Post] = []
    for office in table("offices").itertuples(index=False):
        rows += _of_office(office.opd, office.style, office.bidang.split("|"))
    rows += [
        *_in(HOSPITAL, "II.b", f"Direktur {HOSPITAL}"),
        *_in(HOSPITAL, "III.a", "Wakil Direktur Pelayanan", "Wakil Direktur Umum dan Keuangan"),
        *_in(HOSPITAL, "III.b", "Kepala Bidang Pelayanan Medik", "Kepala Bidang Keperawatan"),
        *_in(HOSPITAL, "III.b", "Kepala Bagian Umum", "Kepala Bagian Keuangan"),
    ]
    for unit in units.itertuples(index=False):
        rows += _of_unit(unit.name, unit.kind, unit.village)
    frame = pd.DataFrame(rows, columns=["unit", "position", "echelon"])
    senior = frame["echelon"].str.startswith("II")  # II and III
    stand_in = {
        "Sekretaris Dinas Perdagangan": "Plt. Kepala Dinas Perdagangan",
        ("Kelurahan Telagasewu", "Sekretaris Kelurahan"): "Plt. Lurah",
        ("Kelurahan Cadasjati", "Sekretaris Kelurahan"): "Plt. Lurah",
    }
    return frame.assign(
        employment="PNS",
        position_kind=STRUCTURAL,
        level=frame["echelon"],
        education_level=np.where(senior, _MASTER, _BACHELOR),
        education=np.where(senior, "S-2 Administrasi Publik", "S-1 Ilmu Pemerintahan"),
        extra_duty=[
            stand_in.get(one.position, stand_in.get((one.unit, one.position)))
            for one in frame.itertuples(index=False)
        ],
        women_share=np.where(senior, 0.3, 0.42),
    )


def _functional(units: pd.DataFrame) -> pd.DataFrame:
    listed = table("functional_posts")
    centres = units.loc[units["kind"] == "puskesmas", "name"]
    everywhere = listed[listed["place"] == "puskesmas"].drop(columns="place")
    spread = everywhere.merge(centres.rename("unit"), how="cross")
    listed = pd.concat(
        [listed[listed["place"] != "puskesmas"].rename(columns={"place": "unit"}), spread],
        ignore_index=True,
    )
    frame = listed.loc[listed.index.repeat(listed["post_count"].astype(int))].reset_index(drop=True)
    frame = frame.rename(columns={"title": "position"}).drop(columns="post_count")
    # Since 2019 a puskesmas is headed by a health worker with an extra duty.
    leads = (frame["position"] == "Dokter Ahli Madya") & frame["unit"].str.startswith("Puskesmas")
    return _typed_functional(frame.assign(extra_duty=leads.map({True: "Kepala Puskesmas"})))


def _typed_functional(frame: pd.DataFrame) -> pd.DataFrame:
    title = frame["position"]
    level = pd.Series("Ahli Pertama", index=frame.index)
    for name in (
        "Ahli Utama", "Ahli Madya", "Ahli Muda", "Penyelia", "Mahir", "Terampil", "Pemula",
    ):  # fmt: skip
        level = level.mask(title.str.contains(name), name)
    school_side = title.str.contains("Pengawas Sekolah|Penilik|Pamong Belajar")
    diploma = level.isin(["Penyelia", "Mahir", "Terampil"])
    health = title.str.contains("|".join(_NURSES))
    subject = title.str.replace(
        r"(?:Ahli Pertama - )|(?: (?:Ahli (?:Utama|Madya|Muda|Pertama)|Penyelia|Mahir|Terampil"
        r"|Pemula))$",
        "",
        regex=True,
    )
    education = np.where(diploma, "D-III ", "S-1 ") + subject
    return frame.assign(
        position_kind=FUNCTIONAL,
        level=level.mask(school_side, "guru " + level),
        education_level=np.select(
            [level == "Pemula", diploma], ["SLTA", _DIPLOMA], default=_BACHELOR
        ),
        education=np.where(level == "Pemula", "SMA/Sederajat", education),
        women_share=np.select(
            [health, title.str.contains("Dokter"), title.str.contains("Pemadam|Polisi|Penguji")],
            [0.74, 0.52, 0.12],
            default=0.45,
        ),
    )


def _teachers(
    units: pd.DataFrame,
    classes: pd.Series,
    counts: dict[str, int],
    generator: np.random.Generator,
) -> pd.DataFrame:
    schools = units.loc[units["school_level"].isin(["SD", "SMP", "TK"])].reset_index(drop=True)
    level = schools["school_level"]
    rombel = schools["npsn"].map(classes).fillna(6.0).astype(float)
    # SD: a teacher a class and two or three beside; SMP: 31 of 24 hours, and counsellors.
    need = np.select([level == "SD", level == "SMP"], [rombel + 2.5, rombel * 1.5], rombel)
    # Four schools are led by a stand-in.
    has_head = ~schools.index.isin([7, 23, 41, 57])
    heads = schools.loc[has_head, ["name"]].rename(columns={"name": "unit"})
    heads = heads.assign(
        position="Kepala Sekolah", stated_jenjang="Ahli Madya", level="guru Kepala Sekolah",
        employment="PNS", extra_duty=None,
    )  # fmt: skip
    frames = [heads]
    total = counts["PNS"] + counts["PPPK"]
    share = need / need.sum()
    every = _apportioned(share, total - len(heads))
    contract = _apportioned(every / every.sum(), counts["PPPK"])
    for employment, per_school in (
        ("PNS", every - contract),
        ("PPPK", contract),
        ("PPPK_PW", _apportioned(share, PART_TIME_TEACHER_COUNT)),
    ):
        chosen = schools.loc[schools.index.repeat(per_school), ["name", "school_level"]]
        chosen = chosen.reset_index(drop=True)
        draw = generator.random(len(chosen))
        if employment == "PNS":
            rank = np.select(
                [draw < 0.68, draw < 0.87], ["Ahli Madya", "Ahli Muda"], "Ahli Pertama"
            )
            title = "Guru " + pd.Series(rank)
            # Some lists name what is taught and leave the rank to a column of its own.
            plain = generator.random(len(chosen)) < 0.09
            taught = np.where(chosen["school_level"] == "SMP", "Guru Mata Pelajaran", "Guru Kelas")
            title = title.mask(plain, pd.Series(taught))
            stated = pd.Series(rank).where(plain)
        else:
            rank = np.full(len(chosen), "Ahli Pertama")
            primary = generator.choice(np.array(_PRIMARY_SUBJECTS), len(chosen))
            junior = generator.choice(np.array(_JUNIOR_SUBJECTS), len(chosen))
            taught = np.where(chosen["school_level"] == "SMP", junior, primary)
            title = "Ahli Pertama - Guru " + pd.Series(taught)
            if employment == "PPPK_PW":
                title = pd.Series("Guru Ahli Pertama", index=chosen.index)
            stated = pd.Series(None, index=chosen.index, dtype=object)
        frames.append(
            chosen.rename(columns={"name": "unit"})
            .drop(columns="school_level")
            .assign(
                position=title,
                stated_jenjang=stated,
                level="guru " + pd.Series(rank),
                employment=employment,
                extra_duty=None,
            )
        )
    frames[1] = _with_special_teachers(frames[1], schools, has_head)
    every_teacher = pd.concat(frames, ignore_index=True)
    is_junior = every_teacher["unit"].str.startswith("SMPN")
    return every_teacher.assign(
        position_kind=FUNCTIONAL,
        education_level=_BACHELOR,
        education=np.where(is_junior, "S-1 Pendidikan Mata Pelajaran", "S-1 PGSD"),
        women_share=np.where(
            every_teacher["position"] == "Kepala Sekolah", 0.5, np.where(is_junior, 0.6, 0.72)
        ),
    )


def _with_special_teachers(
    pns: pd.DataFrame, schools: pd.DataFrame, has_head: np.ndarray
) -> pd.DataFrame:
    """Two teachers of the highest rank, whose age is disputed, and the four stand-in heads."""
    pns = pns.copy()
    madya = pns.index[pns["position"] == "Guru Ahli Madya"]
    for row in madya[[11, 301]]:
        pns.loc[row, ["position", "level"]] = ["Guru Ahli Utama", "guru Ahli Utama"]
    ranked = pns.loc[pns["position"] == "Guru Ahli Madya"]
    for school in schools.loc[~has_head, "name"]:
        pns.loc[ranked.index[ranked["unit"] == school][0], "extra_duty"] = "Plt. Kepala Sekolah"
    return pns


def _health_units(units: pd.DataFrame) -> np.ndarray:
    return units.loc[units["kind"].isin(["puskesmas", "rumah_sakit"]), "name"].to_numpy(object)


def _clerks(
    units: pd.DataFrame, counts: dict[str, int], generator: np.random.Generator
) -> pd.DataFrame:
    offices = table("offices").set_index("opd")["pelaksana_weight"].astype(float)
    kind = units["kind"].where(units["kind"] != "sekolah", units["school_level"])
    flat = {"kelurahan": 5.0, "kecamatan": 11.0, "puskesmas": 6.0, "rumah_sakit": 80.0}
    weights = {
        "PNS": kind.map({**flat, "upt": 7.0, "SD": 0.7, "SMP": 4.5, "TK": 0.5}),
        "PPPK": kind.map({**flat, "upt": 4.0, "SD": 1.5, "SMP": 5.0, "TK": 0.5}),
        "PPPK_PW": kind.map({**flat, "upt": 9.0, "SD": 4.5, "SMP": 10.0, "TK": 1.0}),
    }
    listed = table("general_posts")
    column = {"PNS": "pns_weight", "PPPK": "pppk_weight", "PPPK_PW": "part_time_weight"}
    frames = []
    for employment, count in counts.items():
        place = weights[employment].fillna(units["name"].map(offices)).fillna(9.0).to_numpy(float)
        unit = generator.choice(units["name"].to_numpy(object), count, p=place / place.sum())
        at_school = pd.Series(unit).str.startswith(("SD", "TK"))
        chance = listed[column[employment]].astype(float).to_numpy()
        title = generator.choice(len(listed), count, p=chance / chance.sum())
        chosen = listed.iloc[title].reset_index(drop=True)
        # Guards of schools are not found in offices.
        guard = (chosen["title"] == "Penjaga Sekolah") & ~at_school
        frames.append(
            pd.DataFrame(
                {
                    "unit": unit,
                    "employment": employment,
                    "position": chosen["title"].mask(guard, "Pramu Kebersihan"),
                    "position_kind": CLERICAL,
                    "education_level": chosen["education_level"],
                    "education": chosen["education"],
                    "level": "pelaksana " + chosen["education_level"],
                    "women_share": 0.4,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _apportioned(share: np.ndarray | pd.Series, total: int) -> np.ndarray:
    """Whole numbers in the proportion of ``share`` that sum to ``total`` (largest remainders)."""
    exact = np.asarray(share, dtype=float) * total
    whole = np.floor(exact).astype(int)
    rest = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[rest] += 1
    return whole
