"""The invented city on the ground: its kelurahan, schools, health centres and offices.

A rectangle of 6.4 by 5.2 km, the size of the city whose published figures the sample follows
(33.23 km2), laid out in the open Java Sea, more than 100 km from any coast: nobody can take a
point of it for a real school. Names are invented; NPSN begin with 99, which no school has.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analytics import units

CITY = "Wanasari"
GOVERNMENT_ID = "00.00"  # no Kemendagri code: the city does not exist
INPUTS = Path(__file__).resolve().parents[1] / "data" / "demo"

WIDTH_KM, HEIGHT_KM = 6.4, 5.2
SOUTH_WEST = (-5.4200, 111.5000)
KM_PER_DEGREE_LATITUDE = 111.32
KM_PER_DEGREE_LONGITUDE = 110.83  # at 5.4 degrees south

PRIMARY_COUNT, JUNIOR_COUNT, KINDERGARTEN_COUNT = 52, 14, 3
SCHOOL_YEARS = (2021, 2022, 2023, 2024, 2025)
# How full this city runs its classes. Not the ceiling of the law, which stands in data/rules.
PUPILS_IN_A_FULL_CLASS = {"SD": 27, "SMP": 31}
GRADE_COUNT = {"SD": 6, "SMP": 3}
YEARLY_DECLINE_SHARE = {"SD": 0.026, "SMP": 0.016}
EDUCATION_OFFICE = "Dinas Pendidikan"
HEALTH_OFFICE = "Dinas Kesehatan"
HOSPITAL = f"RSUD {CITY}"


def table(name: str) -> pd.DataFrame:
    """Rows of ``data/demo/<name>.csv`` as text."""
    return pd.read_csv(INPUTS / f"{name}.csv", dtype=str, keep_default_na=False)


def places(generator: np.random.Generator) -> pd.DataFrame:
    """Units of the city: offices, kecamatan, kelurahan, schools, health centres, hospital, UPT.

    Returns
    -------
    One row per unit, the columns of ``units.COLUMNS``; coordinates in degrees, 5 decimals (1 m).
    Neighbouring SD stand 0.3 to 2 km apart.
    """
    village = table("kelurahan")
    at = _grid(9, 3, 0.18, generator)
    # Kelurahan fill three belts from south to north, one belt a kecamatan.
    village["x"], village["y"] = at[:, 0], at[:, 1]
    frames = [
        _schools(village, "SD", PRIMARY_COUNT, _grid(8, 7, 0.2, generator, corners=4), 0),
        _schools(village, "SMP", JUNIOR_COUNT, _grid(4, 4, 0.4, generator, corners=2), 52),
        _schools(village, "TK", KINDERGARTEN_COUNT, _grid(1, 3, 0.5, generator), 66),
        _offices(village),
    ]
    city = pd.concat(frames, ignore_index=True)
    city["latitude"] = (SOUTH_WEST[0] + city["y"] / KM_PER_DEGREE_LATITUDE).round(5)
    city["longitude"] = (SOUTH_WEST[1] + city["x"] / KM_PER_DEGREE_LONGITUDE).round(5)
    city["government_id"] = GOVERNMENT_ID
    city["unit_id"] = units.unit_ids(city["opd"], city["name"])
    kept = [*units.COLUMNS, "village"]
    text = {name: "str" for name in kept if name not in ("latitude", "longitude")}
    return city[kept].astype(text)


def _grid(
    columns: int, rows: int, jitter_km: float, generator: np.random.Generator, corners: int = 0
) -> np.ndarray:
    """Jittered cell centres in km from the south-west, row by row; ``corners`` cells left out."""
    y, x = np.divmod(np.arange(columns * rows), columns)
    points = np.column_stack(
        [(x + 0.5) * WIDTH_KM / columns, (y + 0.5) * HEIGHT_KM / rows]
    ) + generator.uniform(-jitter_km, jitter_km, (columns * rows, 2))
    left_out = [0, columns * rows - 1, columns - 1, columns * (rows - 1)][:corners]
    return np.delete(points, left_out, axis=0)


def _schools(
    village: pd.DataFrame, level: str, count: int, at: np.ndarray, first: int
) -> pd.DataFrame:
    gap = (at[:, None, 0] - village["x"].to_numpy()) ** 2 + (
        at[:, None, 1] - village["y"].to_numpy()
    ) ** 2
    nearest = village.iloc[gap.argmin(axis=1)].reset_index(drop=True)
    number = nearest.groupby("kelurahan").cumcount() + 1
    if level == "SD":
        names = "SDN " + number.astype(str).str.zfill(2) + " " + nearest["kelurahan"]
    elif level == "SMP":
        names = pd.Series([f"SMPN {n} {CITY}" for n in range(1, count + 1)])
    else:
        names = "TK Negeri Pembina " + nearest["kecamatan"]
    return pd.DataFrame(
        {
            "name": names,
            "opd": EDUCATION_OFFICE,
            "kind": "sekolah",
            "kecamatan": nearest["kecamatan"],
            "village": nearest["kelurahan"],
            "npsn": [str(99_000_001 + first + i) for i in range(count)],
            "school_level": level,
            "x": at[:, 0],
            "y": at[:, 1],
        }
    )


def _offices(village: pd.DataFrame) -> pd.DataFrame:
    centre = (WIDTH_KM / 2, HEIGHT_KM / 2)
    rows: list[tuple[str, str, str, str | None, str | None, float, float]] = []
    for one in table("offices").itertuples(index=False):
        rows.append((one.opd, one.opd, "opd", None, None, *centre))
        if one.style == "sekretariat_daerah":
            rows += [(part, one.opd, "opd", None, None, *centre) for part in one.bidang.split("|")]
    for one in table("technical_units").itertuples(index=False):
        rows.append((one.unit, one.opd, "upt", None, None, *centre))
    rows.append((HOSPITAL, HOSPITAL, "rumah_sakit", None, None, 2.6, 3.1))
    for district, inside in village.groupby("kecamatan", sort=False):
        office = f"Kecamatan {district}"
        middle = inside.iloc[4]
        rows.append((office, office, "kecamatan", district, None, middle.x, middle.y))
        for one in inside.itertuples(index=False):
            name = f"Kelurahan {one.kelurahan}"
            rows.append((name, office, "kelurahan", district, one.kelurahan, one.x, one.y))
        for one in inside.iloc[[1, 7]].itertuples(index=False):
            name = f"Puskesmas {one.kelurahan}"
            rows.append((name, HEALTH_OFFICE, "puskesmas", district, one.kelurahan, one.x, one.y))
    columns = ["name", "opd", "kind", "kecamatan", "village", "x", "y"]
    return pd.DataFrame(rows, columns=columns)


def school_years(city_units: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """State SD and SMP by school year, with fewer pupils each year.

    Parameters
    ----------
    city_units
        As ``places`` gives them.

    Returns
    -------
    One row per school and school year (2021 is 2021/22): ``npsn, school_year, name, level, status,
    kecamatan, village, latitude, longitude, pupil_count, rombel_count, classroom_count``, in the
    last year classrooms by condition and exemptions, and ``place_0`` (pupils in the top grade),
    ``place_1`` (in the grade below it) and so on. Small schools lose pupils faster, as parents
    follow them; a few SD end under 60 pupils.

    Notes
    -----
    Sizes follow fixed quantiles, so that the number of small schools does not hang on the dice.
    """
    frames = []
    for level, smallest, middle, steep in (("SD", 66, 190, 300), ("SMP", 300, 480, 320)):
        school = city_units.loc[city_units["school_level"] == level].reset_index(drop=True)
        n = len(school)
        quantile = generator.permutation((np.arange(n) + 0.5) / n)
        first = smallest + middle * quantile + steep * quantile * quantile * quantile
        decline = YEARLY_DECLINE_SHARE[level] + 0.05 * (1 - quantile) * (1 - quantile) * (
            quantile < 0.5
        )
        grades = GRADE_COUNT[level]
        # A large or small cohort stays so on its way through the grades.
        cohort = generator.uniform(0.93, 1.07, (n, grades + len(SCHOOL_YEARS) - 1))
        for step, school_year in enumerate(SCHOOL_YEARS):
            kept = np.ones(n)
            for _ in range(step):
                kept = kept * (1 - decline)
            by_grade = first[:, None] * kept[:, None] / grades * cohort[:, step : step + grades]
            by_grade = np.maximum(np.rint(by_grade).astype(int), 1)
            full = PUPILS_IN_A_FULL_CLASS[level]
            rombel = np.ceil(by_grade / full).astype(int).sum(axis=1)
            frames.append(
                school.assign(
                    school_year=school_year,
                    level=level,
                    status="negeri",
                    pupil_count=by_grade.sum(axis=1),
                    rombel_count=rombel,
                    **{f"place_{place}": by_grade[:, place] for place in range(grades)},
                )
            )
    profile = pd.concat(frames, ignore_index=True).sort_values(["npsn", "school_year"])
    # Rooms stay when pupils go.
    profile["classroom_count"] = profile.groupby("npsn")["rombel_count"].transform("max")
    profile = profile.assign(**_rooms_by_condition(profile))
    columns = ["npsn", "school_year", "name", "level", "status", "kecamatan", "village"]
    columns += ["latitude", "longitude", "pupil_count", "rombel_count", "classroom_count"]
    columns += ["room_good_count", "room_light_count", "room_moderate_count", "room_heavy_count"]
    columns += ["is_remote", "is_special", "is_integrated"]
    columns += [f"place_{place}" for place in range(max(GRADE_COUNT.values()))]
    return profile[columns].reset_index(drop=True)


def _rooms_by_condition(profile: pd.DataFrame) -> dict[str, object]:
    """Invented conditions of classrooms in the last year, and that no school is exempt.

    A city of 33 km2 has no remote school. Drawn by dice of their own, so that nothing else of the
    sample moves.
    """
    dice = np.random.default_rng(275)
    last = (profile["school_year"] == SCHOOL_YEARS[-1]).to_numpy()
    rooms = profile.loc[last, "classroom_count"].to_numpy(dtype=np.int64)
    wear = dice.beta(1.2, 3.0, len(rooms))
    shares = np.column_stack([1 - wear, 0.45 * wear, 0.35 * wear, 0.2 * wear])
    counts = np.array([dice.multinomial(n, share) for n, share in zip(rooms, shares, strict=True)])
    told: dict[str, object] = {}
    for at, name in enumerate(("good", "light", "moderate", "heavy")):
        column = pd.Series(pd.NA, index=profile.index, dtype="Int64")
        column[last] = counts[:, at]
        told[f"room_{name}_count"] = column
    for name in ("is_remote", "is_special", "is_integrated"):
        told[name] = pd.Series(last, index=profile.index).map({True: False, False: pd.NA})
        told[name] = told[name].astype("boolean")  # type: ignore[attr-defined]
    return told
