"""Who sits in the posts of the invented city: ages, sexes, names, numbers, dates.

Ages are built backwards. ``data/demo/leavers.csv`` says how many leave in which month or year and
how many of them are educators; posts queue by seniority; the rulebook says at what age the holder
of each post leaves; the birth month follows. No retirement age is written here.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics import demo_posts
from analytics.demo_places import table
from analytics.positions import position_roles
from analytics.retirement import retirement_dates
from analytics.rules import RuleBook

CALIBRATED_ON = date(2026, 7, 1)
LAST_LEAVING_YEAR = 2060  # the youngest of today
WOMEN_SHARE = 0.53  # of PNS, Dec 2021 (sscasn.com)
# Born in December or on 1 January: how parents without papers were registered. TMT a month later.
MONTH_WEIGHT = np.array([1.45, 1.25, 0.95, 0.9, 0.95, 0.95, 1.05, 1.1, 0.9, 0.85, 0.85, 0.8])
HEAPED_DAY = {12: (31, 0.26), 1: (1, 0.24), 7: (1, 0.1)}  # birth month: day, share born on it
# Years in which CPNS were taken in, with weights; the gaps are the moratoria.
INTAKE = {
    1985: 2, 1986: 3, 1987: 3, 1988: 3, 1989: 3, 1990: 3, 1991: 2, 1992: 2, 1993: 3, 1994: 3,
    1995: 2, 1996: 2, 1997: 2, 1998: 3, 1999: 2, 2000: 3, 2001: 2, 2002: 2, 2003: 3, 2005: 5,
    2006: 7, 2007: 7, 2008: 6, 2009: 6, 2010: 5, 2014: 3, 2015: 2, 2019: 4, 2020: 2, 2022: 3,
}  # fmt: skip
INTAKE_MONTHS = (1, 2, 3, 4, 12)
HONORER_YEARS = range(2005, 2011)  # long-serving honorer were taken in up to age 46
AGE_AT_INTAKE, OLDEST_HONORER = (19, 34), 46
SENIOR_LEVELS = ("II", "III", "IV", "Ahli Madya", "Ahli Utama", "Ahli Muda", "Penyelia", "Mahir")
HIGHEST_LEVELS = ("Ahli Utama", "guru Ahli Utama", "II.a", "II.b", "III.a")
CONTRACT_STARTS = pd.DataFrame(
    [
        ("2021-02-01", 0.16, 5), ("2022-04-01", 0.30, 5), ("2023-07-01", 0.16, 5),
        ("2024-05-01", 0.18, 5), ("2025-03-01", 0.20, 5),
    ],
    columns=["starts_on", "share", "contract_years"],
)  # fmt: skip
# First PPPK paruh waktu of the published city: one year from 16 December 2025.
PART_TIME_FROM, PART_TIME_UNTIL = "2025-12-16", "2026-12-15"
CANDIDATES_FROM = "2025-06-01"
CONTRACT_GRADE = {
    "S-2": "X", "S-1/Sarjana": "IX", "Diploma III/Sarjana Muda": "VII", "SLTA": "V",
    "SLTP": "IV", "Sekolah Dasar": "I",
}  # fmt: skip
# 900 and up: offices give serials from 001 on and hardly reach these.
FIRST_SERIAL = 900
OFF_DUTY = (("02", 3), ("03", 6), ("04", 1), ("20", 4))  # kedudukan hukum code, people

PEOPLE = {
    "nip": "str", "name": "str", "sex": "str", "birth_date": "datetime64[us]", "employment": "str",
    "legal_status_code": "str", "is_in_headcount": "bool", "is_on_duty": "bool", "golongan": "str",
    "golongan_since": "datetime64[us]", "position_since": "datetime64[us]",
    "appointed_on": "datetime64[us]", "contract_ends_on": "datetime64[us]",
    "stated_retires_on": "datetime64[us]", "service_years": "Int64", "service_months": "Int64",
    "stated_bup_years": "Int64", "position_kind": "str", "position": "str", "echelon": "str",
    "stated_jenjang": "str", "education_level": "str", "education": "str", "extra_duty": "str",
    "has_head_certificate": "boolean", "unit": "str", "opd": "str", "kecamatan": "str",
    "npsn": "str",
}  # fmt: skip


def people(posts: pd.DataFrame, rulebook: RuleBook, generator: np.random.Generator) -> pd.DataFrame:
    """Everybody in service on ``CALIBRATED_ON``.

    Parameters
    ----------
    posts
        One row per post, as ``demo_posts.posts`` gives them.
    rulebook
        Asked for the role of each title and the age at which its holder leaves.
    generator
        The only source of chance.

    Returns
    -------
    The people frame, one row per person, sorted by ``nip``, columns and types of ``PEOPLE``.

    Raises
    ------
    ValueError
        When the rules give a title of the city no role or no age.
    """
    staff = posts.reset_index(drop=True)
    is_asn = (staff["employment"] != "PPPK_PW").to_numpy()
    roles = position_roles(staff, rulebook)
    staff = staff.assign(role_group=roles["role_group"], jenjang=roles["jenjang"])
    staff["bup_years"] = _leaving_ages(staff, rulebook)
    educators = rulebook.role_groups.loc[rulebook.role_groups["is_educator"], "role_group"]
    is_educator = staff["role_group"].isin(educators).to_numpy()

    staff["employment"] = _with_candidates(staff, generator)
    score = _seniority(staff, generator)
    leaves = np.zeros(len(staff), dtype=np.int64)  # months since year 0
    for group, months in _leaving_months(is_educator[is_asn], generator).items():
        rows = np.flatnonzero(is_asn & (is_educator == group))
        leaves[rows[np.argsort(-score[rows], kind="stable")]] = months
    born = leaves - 1 - 12 * staff["bup_years"].to_numpy(np.int64)
    born[~is_asn] = _part_time_birth_months(int((~is_asn).sum()), generator)
    staff["birth_date"] = birth_dates(born, generator)
    leaves = born + 1 + 12 * staff["bup_years"].to_numpy(np.int64)
    staff["retires_on"] = first_of_month(leaves)

    staff["sex"] = _sexes(staff, generator)
    staff["name"] = invented_names(staff["sex"], generator)
    staff["appointed_on"] = _appointments(staff, generator)
    staff["golongan"] = _grades(staff, generator)
    staff = _with_dates_in_office(staff, generator)
    staff["contract_ends_on"] = _contract_ends(staff)
    staff["has_head_certificate"] = _head_certificates(staff, generator)
    staff = _with_legal_status(staff, rulebook, generator)
    staff["nip"] = _numbers(staff)
    # The nominatif states neither; a mismatch would be a fault nobody planted.
    staff = staff.assign(stated_retires_on=pd.NaT, stated_bup_years=pd.NA)
    return staff[list(PEOPLE)].astype(PEOPLE).sort_values("nip", ignore_index=True)


def _leaving_ages(staff: pd.DataFrame, rulebook: RuleBook) -> np.ndarray:
    """Whole years by post, from the rulebook."""
    # Somebody born in 1970: after every transitional item of 2017, before any rule to come.
    asked = staff.assign(birth_date=pd.Timestamp("1970-01-01"))
    age = retirement_dates(asked, rulebook, CALIBRATED_ON)["bup_years"]
    if age.isna().any():
        titles = sorted(set(staff.loc[age.isna().to_numpy(), "position"]))
        raise ValueError(f"the rules give no age for {titles}; see data/rules/position_pattern.csv")
    return age.to_numpy(np.int64)


def _with_candidates(staff: pd.DataFrame, generator: np.random.Generator) -> pd.Series:
    """Employment, with the CPNS chosen among PNS in posts that beginners get."""
    beginner = staff["level"].isin(
        ["guru Ahli Pertama", "Ahli Pertama", "Terampil", "pelaksana S-1/Sarjana",
         "pelaksana Diploma III/Sarjana Muda"]
    )  # fmt: skip
    rows = np.flatnonzero(((staff["employment"] == "PNS") & beginner).to_numpy())
    chosen = generator.choice(rows, demo_posts.CANDIDATE_COUNT, replace=False)
    return staff["employment"].where(~staff.index.isin(chosen), "CPNS")


def _seniority(staff: pd.DataFrame, generator: np.random.Generator) -> np.ndarray:
    """Place in the queue for leaving: the rank of the post, blurred by chance."""
    level = table("levels").set_index("level")["seniority"].astype(float)
    rank = staff["level"].map(level).to_numpy(float)
    # A sum of uniforms rather than a logarithm: the same on every machine to the last bit.
    noise = generator.random((len(staff), 3)).sum(axis=1) - 1.5
    # Contract staff came late and at every age; managerial posts are not for the very young.
    is_contract = (staff["employment"] == "PPPK").to_numpy()
    is_manager = staff["echelon"].notna().to_numpy()
    spread = np.select([is_contract, is_manager], [1.7, 0.7], 1.1)
    score = rank + np.where(is_contract, 0.25, 0) + spread * noise
    # Nobody serves beyond a contract: those past their date are career staff.
    score = np.where(is_contract, np.minimum(score, 1.7), score)
    return np.where(staff["employment"] == "CPNS", score - 10, score)


def _leaving_months(
    is_educator: np.ndarray, generator: np.random.Generator
) -> dict[bool, np.ndarray]:
    """Leaving months (since year 0, ascending) of educators (True) and of all others (False)."""
    plan = table("leavers").replace("", "0").astype(int)
    plan["other_count"] = plan["leaver_count"] - plan["educator_count"]
    months: dict[bool, np.ndarray] = {}
    for group, column in ((True, "educator_count"), (False, "other_count")):
        parts = [
            np.full(one.people, 12 * one.year + one.month - 1)
            if one.month
            else 12 * one.year + months_of_year(one.people, generator)
            for one in plan.rename(columns={column: "people"}).itertuples(index=False)
        ]
        planned = int(plan[column].sum())
        rest = int((is_educator == group).sum()) - planned
        years = np.arange(int(plan["year"].max()) + 1, LAST_LEAVING_YEAR + 1)
        # Fewer and fewer towards the young, but never smoothly; teachers thin out sooner.
        ahead = (LAST_LEAVING_YEAR + 2 - years).astype(float)
        weight = ahead * (ahead if group else 1) * generator.uniform(0.75, 1.25, len(years))
        later = generator.choice(years, rest, p=weight / weight.sum())
        parts.append(12 * later + months_of_year(rest, generator))
        months[group] = np.sort(np.concatenate(parts))
    return months


def months_of_year(count: int, generator: np.random.Generator) -> np.ndarray:
    """Months of leaving, 0 to 11, by chance."""
    return generator.choice(12, count, p=MONTH_WEIGHT / MONTH_WEIGHT.sum())


def _part_time_birth_months(count: int, generator: np.random.Generator) -> np.ndarray:
    """Aged 22 to 56, mostly in their thirties and forties."""
    age = 22 + np.floor(35 * generator.random((count, 2)).mean(axis=1)).astype(int)
    # The month of birth comes one before the month of leaving.
    month = (months_of_year(count, generator) - 1) % 12
    return 12 * (CALIBRATED_ON.year - age) + month


def first_of_month(months: np.ndarray) -> np.ndarray:
    """First days of months counted since year 0."""
    return (months - 12 * 1970).astype("datetime64[M]").astype("datetime64[us]")


def birth_dates(months: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Days within months of birth (since year 0), heaped where parents without papers heaped."""
    first = (months - 12 * 1970).astype("datetime64[M]").astype("datetime64[D]")
    next_first = (months + 1 - 12 * 1970).astype("datetime64[M]").astype("datetime64[D]")
    length = (next_first - first).astype(int)
    day = np.floor(generator.random(len(months)) * length).astype(int) + 1
    heaped = generator.random(len(months))
    for month, (heap_day, share) in HEAPED_DAY.items():
        day = np.where((months % 12 + 1 == month) & (heaped < share), heap_day, day)
    return (first + (day - 1)).astype("datetime64[us]")


def _sexes(staff: pd.DataFrame, generator: np.random.Generator) -> np.ndarray:
    """Women by the propensity of the post, cut at the published share in each kind of staff."""
    inclination = staff["women_share"].to_numpy(float) - generator.random(len(staff))
    sex = np.full(len(staff), "L", dtype=object)
    kind = staff["employment"].replace("CPNS", "PNS")
    for group in ("PNS", "PPPK", "PPPK_PW"):
        rows = np.flatnonzero((kind == group).to_numpy())
        women = rows[np.argsort(-inclination[rows], kind="stable")]
        sex[women[: round(WOMEN_SHARE * len(rows))]] = "P"
    return sex


def invented_names(sex: pd.Series, generator: np.random.Generator) -> pd.Series:
    """Two invented words a person; half carry a third. Likeness to anybody is chance."""
    listed = table("names")
    family = listed.loc[listed["part"] == "family", "name"].to_numpy(object)
    name = pd.Series("", index=sex.index, dtype=object)
    for one in ("L", "P"):
        given = listed.loc[listed["sex"] == one, "name"].to_numpy(object)
        rows = np.flatnonzero((sex == one).to_numpy())
        first, second = (generator.choice(given, len(rows)) for _ in range(2))
        last = generator.choice(family, len(rows))
        three = (generator.random(len(rows)) < 0.5) & (first != second)
        name.iloc[rows] = np.where(three, first + " " + second + " " + last, first + " " + last)
    return name


def _appointments(staff: pd.DataFrame, generator: np.random.Generator) -> np.ndarray:
    """TMT CPNS, or the first day of the first contract."""
    birth_year = staff["birth_date"].dt.year.to_numpy()
    years = np.array(list(INTAKE))
    weight = np.tile(np.array(list(INTAKE.values()), dtype=float), (len(staff), 1))
    age = years[None, :] - birth_year[:, None]
    oldest = np.where(np.isin(years, HONORER_YEARS), OLDEST_HONORER, AGE_AT_INTAKE[1])
    fits = (age >= AGE_AT_INTAKE[0]) & (age <= oldest)
    # A senior post takes ten years, and who was taken in late did not reach the highest.
    senior = staff["level"].str.contains("|".join(SENIOR_LEVELS)).to_numpy()
    early = fits & (years <= CALIBRATED_ON.year - 10)
    highest = staff["level"].isin(HIGHEST_LEVELS).to_numpy()
    young = early & (age <= AGE_AT_INTAKE[1])
    weight *= np.where(
        (highest & young.any(axis=1))[:, None],
        young,
        np.where((senior & early.any(axis=1))[:, None], early, fits),
    )
    none = weight.sum(axis=1) == 0
    weight[none] = np.abs(age[none] - 24) == np.abs(age[none] - 24).min(axis=1, keepdims=True)
    up_to = weight.cumsum(axis=1)
    draw = generator.random(len(staff)) * up_to[:, -1]
    year = years[(up_to <= draw[:, None]).sum(axis=1)]
    month = generator.choice(INTAKE_MONTHS, len(staff))
    appointed = first_of_month(12 * year + month - 1)

    start = generator.choice(
        CONTRACT_STARTS["starts_on"].to_numpy("datetime64[us]"),
        len(staff),
        p=CONTRACT_STARTS["share"].to_numpy(float),
    )
    employment = staff["employment"].to_numpy(object)
    return np.select(
        [employment == "PPPK", employment == "PPPK_PW", employment == "CPNS"],
        [
            start,
            np.full(len(staff), np.datetime64(PART_TIME_FROM, "us")),
            np.full(len(staff), np.datetime64(CANDIDATES_FROM, "us")),
        ],
        appointed,
    )


def _grades(staff: pd.DataFrame, generator: np.random.Generator) -> pd.Series:
    """Golongan; PPPK paruh waktu have none."""
    levels = table("levels").set_index("level")["golongan"]
    draw = generator.random(len(staff))
    grade = pd.Series(None, index=staff.index, dtype=object)
    for level, rows in staff.groupby("level", sort=True).indices.items():
        steps = [step.split(":") for step in levels[level].split("|")]
        share = np.cumsum([float(weight) for _, weight in steps])
        at = np.searchsorted(share / share[-1], draw[rows], side="right")
        chosen = np.array([name for name, _ in steps], dtype=object)[at]
        # Beginners stand on the first step.
        grade.iloc[rows] = np.where(staff["employment"].iloc[rows] == "CPNS", steps[0][0], chosen)
    contract = staff["education_level"].map(CONTRACT_GRADE)
    grade = grade.where(staff["employment"] != "PPPK", contract)
    return grade.where(staff["employment"] != "PPPK_PW", None)


def _with_dates_in_office(staff: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """TMT golongan (1 April or 1 October), TMT jabatan, service in years and months."""
    now = 12 * CALIBRATED_ON.year + CALIBRATED_ON.month - 1
    appointed = staff["appointed_on"].dt.year * 12 + staff["appointed_on"].dt.month - 1
    is_career = (staff["employment"] == "PNS").to_numpy()
    back = generator.integers(0, 8, len(staff))  # half-years since the last promotion
    grade = 12 * CALIBRATED_ON.year + 3 - 6 * back
    post = now - generator.integers(1, 120, len(staff))
    is_part_time = (staff["employment"] == "PPPK_PW").to_numpy()
    served = now - appointed.to_numpy()
    grade_since = np.where(is_career & (grade > appointed), grade, appointed)
    post_since = np.where(is_career & (post > appointed), post, appointed)
    return staff.assign(
        golongan_since=np.where(is_part_time, np.datetime64("NaT"), first_of_month(grade_since)),
        position_since=np.where(
            is_part_time, np.datetime64(PART_TIME_FROM, "us"), first_of_month(post_since)
        ),
        service_years=served // 12,
        service_months=served % 12,
    )


def _contract_ends(staff: pd.DataFrame) -> pd.Series:
    """Last day of the contract; renewed when it ran out, never beyond the last day of service."""
    years = CONTRACT_STARTS.set_index(CONTRACT_STARTS["starts_on"].astype("datetime64[us]"))
    length = staff["appointed_on"].map(years["contract_years"]).fillna(1).astype(int)
    start = staff["appointed_on"].dt
    ends = pd.to_datetime(
        {"year": start.year + length, "month": start.month, "day": start.day}
    ) - pd.Timedelta(days=1)
    renewed = pd.to_datetime(
        {"year": start.year + 2 * length, "month": start.month, "day": start.day}
    ) - pd.Timedelta(days=1)
    ends = ends.mask(ends < pd.Timestamp(CALIBRATED_ON), renewed)
    ends = ends.mask(staff["employment"] == "PPPK_PW", pd.Timestamp(PART_TIME_UNTIL))
    ends = ends.clip(upper=pd.Series(staff["retires_on"]) - pd.Timedelta(days=1))
    return ends.where(staff["employment"].isin(["PPPK", "PPPK_PW"]))


def _head_certificates(staff: pd.DataFrame, generator: np.random.Generator) -> pd.Series:
    """Nearly all heads, one in twenty senior teachers, few others; NA for those not asked."""
    draw = generator.random(len(staff))
    holds = np.select(
        [
            staff["level"] == "guru Kepala Sekolah",
            staff["extra_duty"] == "Plt. Kepala Sekolah",
            staff["level"].isin(["guru Ahli Madya", "guru Ahli Muda"]),
        ],
        [draw < 0.92, draw < 2, draw < 0.05],
        draw < 0.02,
    )
    asked = staff["role_group"].isin(["guru", "kepala_sekolah"]) & (
        staff["employment"] != "PPPK_PW"
    )
    return pd.Series(holds, index=staff.index).astype("boolean").where(asked)


def _with_legal_status(
    staff: pd.DataFrame, rulebook: RuleBook, generator: np.random.Generator
) -> pd.DataFrame:
    """Kedudukan hukum: active, but for a few on leave, studying, suspended or in MPP."""
    is_career = staff["employment"] == "PNS"
    code = pd.Series("01", index=staff.index).where(staff["employment"].isin(["PNS", "CPNS"]), "71")
    ahead = staff["retires_on"] - pd.Timestamp(CALIBRATED_ON)
    ordinary = is_career & staff["extra_duty"].isna() & staff["echelon"].isna()
    ordinary &= staff["role_group"] != "kepala_sekolah"
    soon = (ahead > pd.Timedelta(days=0)) & (ahead < pd.Timedelta(days=365))
    free = {
        "20": ordinary & soon,
        "03": ordinary & (ahead > pd.Timedelta(days=365 * 15)),
    }
    for status, count in OFF_DUTY:
        fits = free.get(status, ordinary & ~soon) & (code == "01")
        code.iloc[generator.choice(np.flatnonzero(fits.to_numpy()), count, replace=False)] = status
    known = rulebook.legal_status.set_index("code")[["is_in_headcount", "is_on_duty"]]
    return staff.assign(
        legal_status_code=code,
        is_in_headcount=code.map(known["is_in_headcount"]),
        is_on_duty=code.map(known["is_on_duty"]),
    )


def _numbers(staff: pd.DataFrame) -> pd.Series:
    """NIP or NI PPPK, valid in form."""
    head = number_heads(staff)
    serial = FIRST_SERIAL + head.groupby(head).cumcount()
    return head + serial.astype(str)


def number_heads(staff: pd.DataFrame) -> pd.Series:
    """The first fifteen digits of everybody's number; the serial is missing."""
    appointed = staff["appointed_on"]
    contracts = 1 + (staff["contract_ends_on"].dt.year - appointed.dt.year > 5).astype(int)
    middle = appointed.dt.strftime("%Y%m")
    middle = middle.where(
        staff["employment"] != "PPPK", appointed.dt.strftime("%Y") + "2" + contracts.astype(str)
    )
    # 24 is what a published number of a PPPK paruh waktu shows; its meaning is contested.
    middle = middle.where(staff["employment"] != "PPPK_PW", appointed.dt.strftime("%Y") + "24")
    sex = staff["sex"].map({"L": "1", "P": "2"})
    return staff["birth_date"].dt.strftime("%Y%m%d") + middle + sex
