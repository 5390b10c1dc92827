"""Need and gap of teachers: the time they take beside plain pandas, same answers checked.

``python -m tests.benchmarks.teachers``. Schools, pupils and teachers are generated; the rules are
those of ``data/rules``. The rival is what an analyst writes: year by year, the rows in force merged
onto the cells, grouped and rounded.
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np
import pandas as pd

from analytics import rules
from analytics.rules import RuleBook
from analytics.teachers import rombel, teachers_needed
from analytics.teachers_gap import gap

MIB = 1024
LEVELS = {0: "TK", **dict.fromkeys(range(1, 7), "SD"), **dict.fromkeys(range(7, 10), "SMP")}
KEYS = ["npsn", "school_year", "post"]


def generated(schools: int, years: range, grades: range) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Synthetic cells of pupils, and teachers in post with a date of retirement."""
    luck = np.random.default_rng(1)
    cells = pd.MultiIndex.from_product(
        [[f"{one:08d}" for one in range(schools)], years, grades],
        names=["npsn", "school_year", "grade"],
    ).to_frame(index=False)
    cells["pupil_count"] = luck.integers(0, 60, len(cells))
    cells["level"] = cells["grade"].map(LEVELS).fillna("SMA")
    posts = ["guru_kelas", "guru_agama", "guru_pjok", "guru_mapel:matematika", "kepala_sekolah"]
    people = schools * 20
    staff = pd.DataFrame(
        {
            "npsn": [f"{one:08d}" for one in luck.integers(0, schools, people)],
            "level": "SD",
            "post": luck.choice(posts, people),
            "status": "in_post",
            "retires_on": pd.Timestamp(f"{years[0]}-01-01")
            + pd.to_timedelta(luck.integers(0, 30 * 365, people), unit="D"),
        }
    )
    return cells, staff


def plain_need(cells: pd.DataFrame, rulebook: RuleBook) -> pd.DataFrame:
    """Whole posts by school, year and post: the law of each year merged onto its cells."""
    parts = []
    for year, rows in cells.groupby("school_year"):
        day = pd.Timestamp(int(year), 7, 1)

        def now(table: pd.DataFrame, day: pd.Timestamp = day) -> pd.DataFrame:
            return table[(table["effective_from"] <= day) & (table["effective_to"] >= day)]

        law, hours = now(rulebook.teacher_rules), now(rulebook.subject_hours)
        size = now(rulebook.class_sizes).set_index("level")["max_pupils"].astype(float)
        rows = rows.assign(rombel=np.ceil(rows["pupil_count"] / rows["level"].map(size)))
        rows = rows[rows["rombel"] > 0]
        heads = law[law["key"] == "heads_per_school"].set_index("level")["value"]
        rows = rows[rows["level"].isin(heads.index)]
        hours = hours[
            hours["kind"].isin(["compulsory", "subject_teacher", "local_content"])
            | ((hours["kind"] == "english") & (hours["reading"] == "all_grades"))
        ]
        load = float(law.loc[law["key"] == "weekly_hours_per_teacher", "value"].iloc[0])
        taught = rows.merge(hours[["level", "grade_from", "grade_to", "post", "jp_per_week"]])
        taught = taught[taught["grade"].between(taught["grade_from"], taught["grade_to"])]
        taught = taught.assign(fte=taught["rombel"] * taught["jp_per_week"].astype(float) / load)
        by_hours = taught.groupby(["npsn", "level", "post"], as_index=False)["fte"].sum()
        fewest = law[law["key"] == "fewest_posts"].set_index(["level", "post"])["value"]
        least = by_hours.set_index(["level", "post"]).index.map(fewest.astype(float).to_dict())
        count = np.maximum(np.ceil(by_hours["fte"] - 1e-9), np.nan_to_num(least.astype(float)))
        found = [by_hours.assign(count=count)]
        by_school = rows.groupby(["npsn", "level"], as_index=False)[["rombel", "pupil_count"]].sum()
        for key, column in (
            ("class_teachers_per_rombel", "rombel"),
            ("pupils_per_counsellor", "pupil_count"),
        ):
            for row in law[law["key"] == key].itertuples():
                own = by_school[by_school["level"] == row.level]
                times = float(row.value) if column == "rombel" else 1 / float(row.value)
                found.append(own.assign(post=row.post, count=np.ceil(own[column] * times)))
        lowest = by_school.assign(order=by_school["level"].map({"TK": 0, "SD": 1, "SMP": 2}))
        lowest = lowest.sort_values("order").drop_duplicates("npsn")
        lowest = lowest.assign(post="kepala_sekolah", count=lowest["level"].map(heads))
        found.append(lowest)
        every = pd.concat([one[["npsn", "post", "count"]] for one in found])
        parts.append(every.assign(school_year=int(year)))
    need = pd.concat(parts)
    return need.groupby(KEYS, as_index=False)["count"].sum().astype({"count": "int64"})


def plain_gap(need: pd.DataFrame, staff: pd.DataFrame, years: range) -> pd.DataFrame:
    """Need less who is still there on the first day of each school year."""
    parts = []
    for year in years:
        there = staff[staff["retires_on"] > pd.Timestamp(year, 7, 1)]
        held = there.groupby(["npsn", "post"], as_index=False).size()
        now = need[need["school_year"] == year].merge(held, on=["npsn", "post"], how="outer")
        gap_count = now["count"].fillna(0) - now["size"].fillna(0)
        parts.append(now[["npsn", "post"]].assign(school_year=year, gap_count=gap_count))
    return pd.concat(parts, ignore_index=True)


def _agree(ours: pd.DataFrame, column: str, rival: pd.DataFrame, name: str) -> None:
    """Refuse to compare times of different answers; rows of nothing count as absent."""
    one = ours.groupby(KEYS)[column].sum().astype("float64")
    other = rival.groupby(KEYS)[name].sum().astype("float64")
    both = pd.concat([one, other], axis=1).fillna(0)
    wrong = both[both.iloc[:, 0] != both.iloc[:, 1]]
    if len(wrong):
        raise SystemExit(f"{len(wrong)} answers differ:\n{wrong.head()}")


def main() -> None:
    years, rulebook = range(2026, 2036), rules.load()
    cells, staff = generated(2500, years, range(13))
    started = time.perf_counter()
    needed = teachers_needed(rombel(cells, rulebook), rulebook)
    need_seconds = time.perf_counter() - started
    gaps = gap(needed, staff, years, set(cells["npsn"]))
    ours = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    started = time.perf_counter()
    plain = plain_need(cells, rulebook)
    plain_gaps = plain_gap(plain, staff, years)
    rival = time.perf_counter() - started
    _agree(needed, "needed_count", plain, "count")
    _agree(gaps, "gap_count", plain_gaps, "gap_count")
    print(
        f"2,500 generated schools x 13 grades x 10 years ({len(cells):,} cells, {len(staff):,}"
        f" teachers): need {need_seconds:.2f} s, need and gap {ours:.2f} s; plain pandas"
        f" {rival:.2f} s, same {len(gaps):,} answers; peak {peak:,.0f} MiB;"
        f" load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
