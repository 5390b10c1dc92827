"""Which schools merge: tiny cases by enumeration, laws of nature, reasons, every constraint."""

from __future__ import annotations

import csv
import itertools
import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import rules
from analytics.__main__ import main
from analytics.regrouping import prepared, regrouping_plan
from analytics.regrouping_arcs import most_saved, solved_by_arcs
from analytics.regrouping_candidates import CandidateRules, candidates, without_bos
from analytics.regrouping_heuristic import greedy_plan
from analytics.regrouping_limits import Limits
from analytics.regrouping_outcome import outcome, teachers_freed
from analytics.regrouping_programme import STAYS, Prices, Programme, plan_cost, sent, strengthened
from analytics.regrouping_rules import local_value, usual_prices
from analytics.regrouping_solver import solve
from tests.verified_regrouping import Asked, metres_apart, rows_of, verified

TODAY = date(2026, 7, 1)
PRICES = Prices(150.0, 90.0, 0.5)
BOOK = rules.load()
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
# One degree of latitude on a sphere of 6371.0088 km, by hand: pi x r / 180.
KM_PER_DEGREE = 111.195080


def programme(
    pupils, rooms, km, *, may_close=None, most_km=3.0, must_close=(), prices=PRICES, **limits
) -> Programme:
    """A programme out of pupils by grade, rooms and a square of distances."""
    held = np.array(pupils)
    count = len(held)
    ceiling = np.full(count, 28)
    today = (-(-held // 28)).sum(axis=1)
    forced = np.isin(np.arange(count), must_close)
    may = np.ones(count, bool) if may_close is None else np.isin(np.arange(count), may_close)
    allowed = (np.array(km) <= most_km) & (may | forced)[:, None] & ~forced[None, :]
    np.fill_diagonal(allowed, False)
    source, target = np.nonzero(allowed)
    return Programme(
        pupils=held, ceiling=ceiling, spare=np.maximum(np.array(rooms) - today, 0),
        source=source, target=target, km=np.array(km, float)[source, target],
        must_close=forced, prices=prices, **limits,
    )  # fmt: skip


def by_enumeration(asked: Programme) -> float:
    """The least cost over every way of sending schools to receivers; inf where none is allowed."""
    count = asked.school_count
    arcs = {(int(i), int(j)): float(km) for i, j, km in
            zip(asked.source, asked.target, asked.km, strict=True)}  # fmt: skip
    choices = [[STAYS, *(j for i, j in arcs if i == one)] for one in range(count)]
    today = [sum(math.ceil(p / 28) for p in row) for row in asked.pupils.tolist()]
    best = math.inf
    for into in itertools.product(*choices):
        merges = [i for i in range(count) if into[i] != STAYS]
        if any(into[into[i]] != STAYS for i in merges):
            continue
        if any(into[i] == STAYS for i in np.flatnonzero(asked.must_close)):
            continue
        if asked.most_merges is not None and len(merges) > asked.most_merges:
            continue
        cost = 0.0
        for j in range(count):
            if into[j] != STAYS:
                continue
            points = [i for i in merges if into[i] == j]
            if asked.most_into is not None and len(points) > asked.most_into:
                break
            load = asked.pupils[[j, *points]].sum(axis=0)
            formed = sum(math.ceil(p / 28) for p in load.tolist())
            if formed > today[j] + asked.spare[j]:
                break
            way = sum(arcs[i, j] * asked.pupils[i].sum() for i in points)
            cost += asked.prices.open_school + asked.prices.rombel * formed
            cost += asked.prices.pupil_km * way
        else:
            best = min(best, cost)
    return best


@st.composite
def towns(draw):
    count = draw(st.integers(2, 6))
    pupils = draw(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3),
                           min_size=count, max_size=count))  # fmt: skip
    rooms = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    places = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)),
                           min_size=count, max_size=count))  # fmt: skip
    km = [[math.dist(a, b) / 10 for b in places] for a in places]
    most_into = draw(st.none() | st.integers(0, 2))
    most_merges = draw(st.none() | st.integers(0, 3))
    amounts = st.sampled_from([0.0, 1.0, 37.5, 150.0])
    prices = Prices(draw(amounts), draw(amounts), draw(st.sampled_from([0.0, 0.5, 8.0])))
    return programme(pupils, rooms, km, most_into=most_into, most_merges=most_merges, prices=prices)


@given(towns())
@settings(max_examples=60, deadline=None)
def test_the_plan_is_the_best_of_all_plans_of_a_small_town(town):
    best = by_enumeration(town)
    found = solve(town, gap=0.0)
    assert found.objective == pytest.approx(best, abs=1e-4)
    assert found.bound <= best + 1e-4
    assert found.bound == pytest.approx(best, abs=1e-2)


@given(towns())
@settings(max_examples=40, deadline=None)
def test_the_form_for_plenty_of_rooms_finds_the_same_best(town):
    tight = strengthened(town)
    found = solved_by_arcs(tight, np.zeros(town.school_count), 10.0, 0.0)
    best = by_enumeration(town)
    assert plan_cost(town, *sent(tight, found.arc)) == pytest.approx(best, abs=1e-3)
    assert town.cost_all_open - found.high <= best + 1e-3


@given(towns())
@settings(max_examples=40, deadline=None)
def test_classes_counted_in_parts_never_promise_less_than_the_best_plan_saves(town):
    tight = strengthened(town)
    high = most_saved(tight, np.zeros(town.school_count), 10.0)
    assert town.cost_all_open - high <= by_enumeration(town) + 1e-3


def test_three_schools_may_join_where_no_two_of_them_would():
    # The receiver's only class is full (28). Each of three schools of 5 pupils frees a rombel (90)
    # and walks 5 x 10.8 = 54: alone or two together they lose to the new rombel, three save
    # 3 x 36 - 90 = 18.
    away = [[0, 99, 99, 10.8], [99, 0, 99, 10.8], [99, 99, 0, 10.8], [10.8, 10.8, 10.8, 0]]
    town = programme(
        [[5], [5], [5], [28]], [1, 1, 1, 2], away, may_close=[0, 1, 2], most_km=20,
        prices=Prices(0.0, 90.0, 1.0),
    )  # fmt: skip
    found = solve(town)
    assert found.into.tolist() == [3, 3, 3, STAYS]
    assert town.cost_all_open - found.objective == pytest.approx(18)


@given(towns(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_lock_closes_a_school_at_the_least_cost_or_says_that_it_cannot(town, data):
    forced = data.draw(st.sets(st.integers(0, town.school_count - 1), min_size=1, max_size=3))
    locked = np.isin(np.arange(town.school_count), list(forced))
    keep = ~locked[town.target]
    asked = replace(
        town, must_close=locked, source=town.source[keep], target=town.target[keep],
        km=town.km[keep],
    )  # fmt: skip
    best = by_enumeration(asked)
    found = solve(asked, gap=0.0)
    assert (len(found.unmet) == 0) == math.isfinite(best)
    if math.isfinite(best):
        assert found.objective == pytest.approx(best, abs=1e-3)


@given(towns())
@settings(max_examples=40, deadline=None)
def test_no_plan_costs_more_than_leaving_every_school_open(town):
    assert solve(town).objective <= town.cost_all_open + 1e-6
    tight = strengthened(town)
    quick = sent(tight, greedy_plan(tight))
    assert plan_cost(town, *quick) <= town.cost_all_open + 1e-6


# ---- on a map ------------------------------------------------------------------------------------


def village(*rows, header="npsn,name,kecamatan,lat,lon,rooms,g1,g2,g3,g4,g5,g6"):
    return "\n".join([header, *rows]) + "\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "S.csv"
    path.write_text(text, encoding="utf-8")
    return path


def run(folder: Path, text: str, *more: str) -> tuple[int, Path, dict]:
    plan, summary = folder / "plan.csv", folder / "s.json"
    for old in (plan, summary):
        old.unlink(missing_ok=True)
    status = main(
        ["regroup", "--schools", str(written(folder, text)), "--out", str(plan),
         "--summary", str(summary), "--on", "2026-07-01", *more]
    )  # fmt: skip
    told = json.loads(summary.read_text(encoding="utf-8")) if summary.exists() else {}
    return status, plan, told


THREE = village(
    "A,SDN A,Utara,-7.60,111.50,6,5,5,5,5,5,5",
    "B,SDN B,Utara,-7.61,111.50,6,20,20,20,20,20,20",
    "C,SDN C,Selatan,-7.60,111.51,6,25,25,25,25,25,25",
)


def test_a_small_school_joins_the_one_whose_classes_have_room(tmp_path):
    # By hand: A (30 pupils, 6 rombel) costs 150 + 540. B holds 5 more a grade in its 6 rombel; C
    # would hold 30 a grade, 6 rombel more than its rooms. B is 0.01 degrees = 1.111951 km north.
    status, plan, told = run(tmp_path, THREE, "--max-km", "3", "--detour", "1")
    assert status == 0
    assert rows_of(plan)[0] == {
        "npsn": "A", "action": "merge", "into": "B", "distance_km": rows_of(plan)[0]["distance_km"],
    }  # fmt: skip
    km = KM_PER_DEGREE / 100
    assert float(rows_of(plan)[0]["distance_km"]) == pytest.approx(km, abs=1e-6)
    assert told["objective"] == pytest.approx(2 * 150 + 12 * 90 + 0.5 * 30 * km, abs=1e-4)
    assert told["bound"] == pytest.approx(told["objective"], abs=1e-3)
    assert told["cost_all_open"] == 3 * 150 + 18 * 90
    assert told["counts"]["pupils_moved"] == 30


def test_the_limit_holds_after_the_detour(tmp_path):
    assert run(tmp_path, THREE, "--max-km", "1.2", "--detour", "1")[2]["counts"]["merges"] == 1
    assert run(tmp_path, THREE, "--max-km", "1.2", "--detour", "1.1")[2]["counts"]["merges"] == 0


@pytest.mark.parametrize(
    ("more", "merges"),
    [
        ((), 1),
        (("--lock-open", "A"), 0),
        (("--forbid", "A=B"), 0),
        (("--min-pupils", "30"), 0),
        (("--min-pupils", "31"), 1),
        (("--most-merges", "0"), 0),
        (("--most-into", "0"), 0),
        (("--cost-pupil-km", "1000"), 0),
        (("--same", "kecamatan"), 1),
    ],
)
def test_each_limit_can_keep_a_school_open(tmp_path, more, merges):
    assert run(tmp_path, THREE, "--max-km", "3", *more)[2]["counts"]["merges"] == merges


def test_a_school_over_its_rooms_may_fill_its_classes_but_form_no_more(tmp_path):
    over = village(
        "A,SDN A,U,-7.60,111.50,6,5,5,5,5,5,5",
        "B,SDN B,U,-7.61,111.50,3,20,20,20,20,20,20",
    )
    assert run(tmp_path, over, "--max-km", "3")[2]["counts"]["merges"] == 1
    full = over.replace("20,20", "27,27")
    status, _, told = run(tmp_path, full, "--max-km", "3")
    assert (status, told["counts"]["merges"]) == (0, 0)
    assert told["objective"] == told["cost_all_open"]


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("0,0", "nol"),
        (",", "kosong"),
        ("111.50,-7.6001", "tertukar"),
        ("-7.6,111.51", "sekolah lain"),
        ("48.85,2.35", "di luar"),
        ("-8,111", "terpotong"),
        ("utara,timur", "kosong"),
    ],
)
def test_a_school_whose_point_cannot_be_believed_takes_part_in_no_merge(
    tmp_path, capsys, point, code
):
    # Six schools around make the region; the bad one would save most.
    near = [
        f"N{i},SDN N{i},U,{-7.6 + 0.011 * i:.4f},111.5{i}1,12,20,20,20,20,20,20" for i in range(12)
    ]
    text = village(
        *near,
        "C,SDN C,Selatan,-7.6,111.51,6,20,20,20,20,20,20",
        f"X,SDN X,U,{point},6,5,5,5,5,5,5",
    )
    status, plan, _ = run(tmp_path, text, "--max-km", "400", "--min-pupils", "60")
    assert status == 0
    told = {row["npsn"]: row for row in rows_of(plan)}
    assert told["X"]["action"] == "open"
    assert "X" not in {row["into"] for row in told.values()}
    assert code in capsys.readouterr().err


def test_measured_roads_replace_the_straight_line_and_a_missing_point(tmp_path):
    text = THREE.replace("A,SDN A,Utara,-7.60,111.50", "A,SDN A,Utara,,")
    roads = tmp_path / "R.csv"
    roads.write_text("from,into,km\nB,A,2.5\n", encoding="utf-8")
    assert run(tmp_path, text, "--max-km", "3")[2]["counts"]["merges"] == 0
    _, plan, _ = run(tmp_path, text, "--max-km", "3", "--roads", str(roads))
    assert [rows_of(plan)[0][name] for name in ("into", "distance_km")] == ["B", "2.5"]


# ---- why not -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "limit", "words"),
    [
        (("--lock-closed", "C", "--max-km", "0.5"), "distance", "batasnya 0,5 km"),
        (("--lock-closed", "C", "--max-km", "3"), "rooms", "kurang 6"),
        (("--lock-closed", "A,B,C", "--max-km", "3"), "locks", "dikunci tutup"),
        (("--lock-closed", "C", "--max-km", "3", "--same", "kecamatan"), "level", "wilayahnya"),
        (("--pair", "A=C", "--max-km", "3"), "rooms", "SDN C (C)"),
    ],
)
def test_what_cannot_be_says_which_school_and_which_limit(tmp_path, capsys, more, limit, words):
    status, plan, told = run(tmp_path, THREE, *more)
    assert status == 1
    assert not plan.exists(), "a plan that breaks a lock is never written"
    assert told["objective"] is None
    assert limit in {one["limit"] for one in told["infeasibilities"]}
    assert words in " ".join(one["message"] for one in told["infeasibilities"])
    assert words in capsys.readouterr().err


def test_two_schools_that_compete_for_one_receiver_are_told_together(tmp_path):
    text = village(
        "A,SDN A,U,-7.60,111.50,6,10,10,10,10,10,10",
        "B,SDN B,U,-7.61,111.50,6,15,15,15,15,15,15",
        "C,SDN C,U,-7.602,111.501,6,10,10,10,10,10,10",
    )
    status, _, told = run(tmp_path, text, "--max-km", "3", "--lock-closed", "A,C")
    assert status == 1
    assert [one["limit"] for one in told["infeasibilities"]] == ["together"]


# ---- hostile files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "kosong"),
        ("npsn,name\nA,B\n", "lat"),
        (THREE.replace("B,SDN B", "A,SDN B"), "baris 3, kolom npsn ('A'): NPSN ini sudah ada di"),
        (THREE.replace("5,5,5,5,5,5", "5,lima,5,5,5,5"), "baris 2, kolom g2 ('lima')"),
        (THREE.replace("5,5,5,5,5,5", "5,-5,5,5,5,5"), "baris 2, kolom g2 ('-5')"),
        (THREE.replace("111.50,6,5", "111.50,enam,5"), "baris 2, kolom rooms ('enam')"),
        (THREE.replace("5,5,5,5,5,5", ",,,,,", 1), "tidak diketahui"),
        (THREE.replace("A,SDN A", ",SDN A"), "baris 2, kolom npsn"),
    ],
)
def test_a_bad_file_is_refused_in_plain_words(tmp_path, capsys, text, words):
    status, plan, _ = run(tmp_path, text, "--max-km", "3")
    assert status == 1
    assert not plan.exists()
    assert words in capsys.readouterr().err


def test_a_lock_on_a_school_that_is_not_there_is_refused(tmp_path, capsys):
    assert run(tmp_path, THREE, "--max-km", "3", "--lock-open", "Z")[0] == 1
    assert "'Z'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        ("--max-km", "-1"), ("--max-km", "jauh"), ("--detour", "0.5"), ("--min-pupils", "6.5"),
        ("--lock-open", "A", "--lock-closed", "A"), ("--cost-open", "inf"),
    ],
)  # fmt: skip
def test_arguments_that_mean_nothing_are_wrong_use(tmp_path, more):
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, THREE, *more)
    assert ended.value.code == 2


def test_totals_are_spread_evenly_and_that_is_said(tmp_path, capsys):
    text = village(
        "A,SDN A,U,-7.60,111.50,6,31", "B,SDN B,U,-7.61,111.50,6,120",
        header="npsn,name,kecamatan,lat,lon,rooms,pupils",
    )  # fmt: skip
    status, _, told = run(tmp_path, text, "--max-km", "3")
    assert (status, told["counts"]["merges"]) == (0, 1)
    assert "dibagi rata" in capsys.readouterr().err


# ---- every constraint, on schools as they are ----------------------------------------------------


def region(seed: int, count: int) -> str:
    """Invented schools: many small ones, a few kilometres apart."""
    luck = np.random.default_rng(seed)
    rows = []
    for at in range(count):
        mean = float(np.clip(luck.lognormal(2.5, 0.6), 1, 60))
        pupils = luck.poisson(mean, 6)
        rooms = int((-(-pupils // 28)).sum() + luck.integers(-1, 4))
        lat, lon = -7.5 + luck.uniform(0, 0.12), 111.5 + luck.uniform(0, 0.12)
        rows.append(
            f"S{at},SDN {at},K{at % 3},{lat:.6f},{lon:.6f},{max(rooms, 0)},"
            + ",".join(map(str, pupils))
        )
    return village(*rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("more", "change"),
    [
        ((), {}),
        (("--same", "kecamatan"), {"same": "kecamatan"}),
        (("--most-into", "1", "--most-merges", "7"), {"most_into": 1, "most_merges": 7}),
        (("--lock-open", "S1,S2"), {"lock_open": ("S1", "S2")}),
        (("--cost-open", "10", "--cost-rombel", "33", "--cost-pupil-km", "2"),
         {"cost_open": 10.0, "cost_rombel": 33.0, "cost_pupil_km": 2.0}),
    ],
)  # fmt: skip
def test_another_program_finds_nothing_wrong_with_the_plan(tmp_path, seed, more, change):
    status, plan, told = run(
        tmp_path, region(seed, 60), "--max-km", "3", "--min-pupils", "120", *more
    )
    assert status == 0
    asked = Asked(max_km=3.0, min_pupils=120, **change)
    objective, broken = verified(tmp_path / "S.csv", plan, asked)
    assert not broken
    assert told["objective"] == pytest.approx(objective, rel=1e-6)
    assert told["bound"] <= objective * (1 + 1e-9)
    assert told["gap"] <= 1e-4


def test_a_wider_limit_never_costs_more_and_a_lock_never_saves_more(tmp_path):
    text = region(4, 60)
    exact = []
    for km in ("1", "2", "3"):
        told = run(tmp_path, text, "--max-km", km, "--min-pupils", "120")[2]
        exact.append((told["objective"], told["bound"]))
    for (_, narrow), (wide, _) in itertools.pairwise([(b, o) for o, b in exact]):
        # Each is known to its gap: the wider one's bound lies at or below the narrower's cost.
        assert wide <= narrow + 1e-6 or wide - narrow < 1e-4 * narrow
    free = run(tmp_path, text, "--max-km", "3", "--min-pupils", "120")[2]
    kept = run(tmp_path, text, "--max-km", "3", "--min-pupils", "120", "--lock-open", "S5,S6")[2]
    assert kept["objective"] >= free["bound"] - 1e-6


def test_a_real_kabupaten_is_planned_and_holds_every_constraint(tmp_path):
    path = SHARED / "id_banjar_2023_2025" / "schools_by_year.csv"
    if not path.exists():
        pytest.skip("the schools of Kab. Banjar are not on this machine")
    rows = pd.read_csv(path, dtype={"npsn": str})
    rows = rows[(rows["tahun"] == 2025) & (rows["bentuk"] == "SD")].drop_duplicates("npsn")
    text = rows.rename(
        columns={"nama": "name", "lat2019": "lat", "lon2019": "lon", "r_kelas": "rooms",
                 "pd": "pupils"}
    )  # fmt: skip
    text = text[["npsn", "name", "kecamatan", "lat", "lon", "rooms", "pupils"]].to_csv(index=False)
    status, plan, told = run(tmp_path, text, "--max-km", "3", "--min-pupils", "120")
    assert status == 0
    objective, broken = verified(tmp_path / "S.csv", plan, Asked(max_km=3.0, min_pupils=120))
    assert not broken
    assert told["objective"] == pytest.approx(objective, rel=1e-6)
    assert told["gap"] <= 1e-4
    assert told["counts"]["merges"] > 50


# ---- candidates and what follows -----------------------------------------------------------------


def history(text: str) -> pd.DataFrame:
    lines = [line.split() for line in text.strip().splitlines()]
    years = [int(word) for word in lines[0][1:]]
    return pd.DataFrame(
        [
            (row[0], year, 1, int(cell))
            for row in lines[1:]
            for year, cell in zip(years, row[1:], strict=True)
            if cell != "-"
        ],
        columns=["npsn", "school_year", "grade", "pupil_count"],
    )


SEEN = history("""
    npsn 2023 2024 2025 2026 2030
    A      50   55   58   59   40
    B      50   61   50   50   70
    C      90   90   90   90   50
    D       -    -    -   30   30
""")
FOUR = pd.DataFrame({"npsn": list("ABCD"), "level": "SD"}).assign(
    latitude=[-7.6, -7.6005, -7.65, -7.7], longitude=[111.5, 111.5, 111.5, 111.5]
)


@pytest.mark.parametrize(
    ("switches", "who"),
    [
        (CandidateRules(), ""),
        (CandidateRules(min_pupils=60), "ABD"),
        (CandidateRules(min_pupils=60, years_running=3), "AD"),
        (CandidateRules(min_pupils=59), "BD"),
        (CandidateRules(min_pupils_ahead=60), "ACD"),
        (CandidateRules(min_pupils=60, min_pupils_ahead=60, must_meet_all=True), "AD"),
        (CandidateRules(same_yard_km=0.1), "AB"),
        (CandidateRules(min_pupils=60, never=("A",), always=("C",)), "BCD"),
        (CandidateRules(least_per_class=55), "BD"),
    ],
)
def test_each_rule_is_a_switch(switches, who):
    found = candidates(FOUR, SEEN, switches, ahead=2030)
    assert "".join(found.loc[found["is_candidate"], "npsn"]) == who


def test_a_remote_school_is_exempt_as_long_as_the_exemption_is_on():
    remote = FOUR.assign(is_remote=[True, False, None, None])
    few = CandidateRules(min_pupils=60)
    found = candidates(remote, SEEN, few, ahead=2030).set_index("npsn")
    assert not found.loc["A", "is_candidate"]
    assert found.loc["A", "exempt_by"] == "is_remote"
    every = candidates(remote, SEEN, replace(few, exempt=()), ahead=2030).set_index("npsn")
    assert every.loc["A", "is_candidate"]


def test_the_bos_rule_warns_only_after_three_known_years_below_sixty():
    # Permendikbudristek 6/2021 art. 3: fewer than 60 pupils three years running.
    warned = without_bos(SEEN[SEEN["school_year"] < 2030], TODAY)
    assert warned.to_dict() == {"A": True, "B": False, "C": False, "D": False}


def test_the_bos_rule_does_not_count_years_over_a_gap():
    seen = [("A", year, 1, 20) for year in (2021, 2022, 2024)]
    seen += [("B", year, 1, 20) for year in (2022, 2023, 2024)]
    history = pd.DataFrame(seen, columns=["npsn", "school_year", "grade", "pupil_count"])
    assert without_bos(history, TODAY).to_dict() == {"A": False, "B": True}
    # Where no school tells the year between, nobody has three running.
    without = history.loc[history["school_year"] != 2023]
    assert without_bos(without, TODAY).to_dict() == {"A": False, "B": False}


def planned(schools, pupils, limits, who):
    asked = prepared(schools, pupils, who, limits, PRICES, BOOK, TODAY)
    return regrouping_plan(asked)


def test_what_a_merge_frees_is_a_school_six_rombel_and_a_head():
    schools = pd.DataFrame(
        {
            "npsn": ["A", "B"], "name": ["SDN A", "SDN B"], "level": "SD",
            "latitude": [-7.60, -7.61], "longitude": 111.5, "classroom_count": [6, 6],
        }
    )  # fmt: skip
    pupils = pd.DataFrame([[5] * 6, [20] * 6], index=["A", "B"], columns=range(1, 7))
    plan = planned(schools, pupils, Limits(max_km=3), pd.Series([True, False], index=["A", "B"]))
    told = outcome(plan, min_pupils=160)
    km = KM_PER_DEGREE / 100
    assert told.totals["pupils_moved"] == 30
    assert told.totals["worst_km"] == pytest.approx(km, abs=1e-6)
    assert told.totals["saved"] == pytest.approx(150 + 6 * 90 - 0.5 * 30 * km, abs=1e-4)
    assert told.totals["left_small"] == 1
    assert told.merges.iloc[0][["npsn", "into", "rombel_before"]].tolist() == ["A", "B", 6]
    assert told.merges["saved"].sum() == pytest.approx(told.totals["saved"])
    assert told.receivers.iloc[0][["rombel_before", "rombel_after"]].tolist() == [12, 6]
    assert told.ways["pupil_count"].tolist() == [0, 0, 30]
    # Twelve class teachers and two heads before, six and one after (Juknis 5 Menteri 2011: one
    # class teacher a rombel, one head a school).
    freed = teachers_freed(plan, BOOK, TODAY).set_index("post")
    assert freed.loc["guru_kelas", ["needed_before", "needed_after"]].tolist() == [12, 6]
    assert freed.loc["kepala_sekolah", "freed_count"] == 1


@given(towns())
@settings(max_examples=30, deadline=None)
def test_no_pupil_is_lost_and_no_receiver_closes(town):
    found = solve(town)
    closes = found.into != STAYS
    assert (found.into[found.into[closes]] == STAYS).all()
    loads = town.pupils.copy()
    np.add.at(loads, found.into[closes], town.pupils[closes])
    assert loads[~closes].sum() == town.pupils.sum()
    formed = (-(-loads // 28)).sum(axis=1)
    assert (formed <= town.rombel_today + town.spare)[~closes].all()


def test_the_prices_and_limits_to_start_from_are_dated_rows():
    assert usual_prices(TODAY) == Prices(150.0, 90.0, 0.5)
    assert local_value("max_km", TODAY, "SD") == 3.0
    assert local_value("max_km", TODAY, "SMP") == 6.0
    assert local_value("detour", TODAY) == 1.3


def test_the_other_formula_for_distance_agrees_with_ours():
    # Jakarta (-6.1754, 106.8272) to Surabaya (-7.2459, 112.7378): 664 km as printed on maps.
    one, other = {"lat": "-6.1754", "lon": "106.8272"}, {"lat": "-7.2459", "lon": "112.7378"}
    assert metres_apart(one, other) / 1000 == pytest.approx(664, abs=1)


def test_the_plan_is_written_as_a_plain_table(tmp_path):
    _, plan, _ = run(tmp_path, THREE, "--max-km", "3")
    with plan.open(encoding="utf-8-sig") as file:
        assert next(csv.reader(file)) == ["npsn", "action", "into", "distance_km"]
