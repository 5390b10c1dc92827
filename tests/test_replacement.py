"""The gap of posts: small governments whose numbers can be checked in the head."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import posts_needed, replacement, rules
from analytics.posts_held import at_level
from analytics.posts_needed import CELL, Needs
from analytics.projection import projection
from analytics.projection_months import Levers
from analytics.replacement import GapChoice, GapError

ON = date(2026, 7, 1)
YEARS = 3  # 2026 to 2029
COLUMNS = ("unit_id", "role_group", "post", "employment", "retires_on")
NEVER = pd.NaT


def people(*rows):
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["retires_on"] = pd.to_datetime(frame["retires_on"])
    return frame.assign(contract_ends_on=pd.NaT, is_on_duty=True)


def projected(frame, chance=0.0, **more):
    hazards = {"meninggal": np.full((len(frame), YEARS + 1), chance)}
    return projection(frame, ON, YEARS, hazards, cells=(*CELL, "employment"), **more)


def needs(school=(), units=(), abk=(), ratio=()):
    def frame(rows, columns):
        return pd.DataFrame(list(rows), columns=columns)

    sheets = frame(abk, [*CELL, "year", "needed_count"])
    return Needs(
        frame(school, [*CELL, "year", "needed_count"]),
        frozenset(units),
        sheets.assign(needed_fte=sheets["needed_count"]),
        frame(ratio, [*CELL, "needed_count", "is_floor", "rule_id"]),
    )


def by_cell(found, column, year=2026):
    table = found.table(("unit_id", "role_group", "post"), [year], bands=False)
    return table.set_index(["unit_id", "post"])[column].to_dict()


CLERKS = ("kantor", "pelaksana", "pelaksana", "PNS", NEVER)
TEACHER = ("sd", "guru", "guru_kelas@SD", "PNS", NEVER)


def test_without_any_need_told_the_complement_of_today_is_kept_and_named():
    frame = people(CLERKS, CLERKS, (*CLERKS[:4], "2027-05-01"))
    found = replacement.gap(projected(frame), needs())
    table = found.table(())
    assert list(table["gap_count"]) == [0, 1, 1, 1]
    assert list(table["gap_complement_count"]) == [0, 1, 1, 1]
    assert table["gap_abk_count"].isna().all()
    assert set(table["basis"]) == {"complement"}


def test_abk_goes_before_the_complement_and_the_two_gaps_are_never_added():
    abk = [("kantor", "pelaksana", "pelaksana", 2026, 5.0)]
    other = ("dinas", "pelaksana", "pelaksana", "PNS", "2027-05-01")
    found = replacement.gap(projected(people(CLERKS, CLERKS, other)), needs(abk=abk))
    table = found.table((), [2027])
    # Five needed and two there by ABK; one of one gone by the complement of the other unit.
    assert table["gap_abk_count"].iloc[0] == 3
    assert table["gap_complement_count"].iloc[0] == 1
    assert table["gap_count"].iloc[0] == 3 + 1
    assert table["basis"].iloc[0] == "abk+complement"
    basis = found.coverage().set_index("basis")["cell_count"]
    assert dict(basis) == {"abk": 1, "complement": 1}


def test_a_basis_left_out_is_not_asked():
    abk = [("kantor", "pelaksana", "pelaksana", 2026, 5.0)]
    choice = GapChoice(bases=("complement",))
    found = replacement.gap(projected(people(CLERKS, CLERKS)), needs(abk=abk), choice=choice)
    assert found.table((), [2026])["gap_count"].iloc[0] == 0
    assert found.table((), [2026])["gap_abk_count"].iloc[0] == 3


def test_a_post_that_only_an_abk_knows_is_a_deficit_where_nobody_works():
    abk = [("baru", "dokter", "dokter", 2026, 2.0)]
    found = replacement.gap(projected(people(CLERKS)), needs(abk=abk))
    assert by_cell(found, "gap_count")["baru", "dokter"] == 2


def test_a_floor_speaks_only_where_fewer_are_there_than_it_asks_for():
    ratio = [
        ("pkm", "nakes", "nakes", 3.0, True, "r1"),
        ("pkm", "dokter", "dokter", 2.0, True, "r2"),
    ]
    staff = [("pkm", "nakes", "nakes", "PNS", NEVER)] * 4 + [
        ("pkm", "dokter", "dokter", "PNS", NEVER)
    ]
    found = replacement.gap(projected(people(*staff)), needs(ratio=ratio))
    assert dict(found.cells.set_index("post")["basis"]) == {
        "nakes": "complement",
        "dokter": "ratio",
    }
    assert by_cell(found, "gap_count") == {("pkm", "dokter"): 1, ("pkm", "nakes"): 0}


def test_a_surplus_in_one_school_does_not_hide_a_deficit_in_another():
    school = [("sd", *TEACHER[1:3], 2026, 1.0), ("sd2", *TEACHER[1:3], 2026, 2.0)]
    staff = people(*[TEACHER] * 3)
    found = replacement.gap(projected(staff), needs(school, ["sd", "sd2"]))
    row = found.deficit_surplus(["role"]).query("year == 2026").iloc[0]
    assert (row["deficit_count"], row["surplus_count"], row["within_count"]) == (2, 2, 2)
    assert found.table((), [2026])["gap_count"].iloc[0] == 0


def test_a_school_that_needs_none_of_a_post_has_a_surplus_and_one_without_pupils_is_not_computed():
    other = ("sd9", *TEACHER[1:])
    found = replacement.gap(
        projected(people(TEACHER, other)),
        needs([("sd", "guru", "guru_pjok@SD", 2026, 1.0)], ["sd"]),
    )
    gaps = by_cell(found, "gap_count")
    assert gaps["sd", "guru_kelas@SD"] == -1
    table = found.table((), [2026], bands=False).iloc[0]
    assert table["not_computed_count"] == 1
    assert table["needed_count"] == 1
    kept = replacement.gap(
        projected(people(TEACHER, other)), needs(), choice=GapChoice(keep_teachers=True)
    )
    assert kept.table((), [2026])["not_computed_count"].iloc[0] == 0


def test_years_beyond_the_pupils_forecast_are_not_computed():
    school = [("sd", *TEACHER[1:3], year, 1.0) for year in (2026, 2027)]
    found = replacement.gap(projected(people(TEACHER)), needs(school, ["sd"]))
    assert list(found.is_computed[0]) == [True, True, False, False]
    assert list(found.table((), bands=False)["not_computed_count"]) == [0, 0, 1, 1]


def test_teachers_whose_post_is_unknown_are_no_surplus_and_may_fill_a_deficit():
    unknown = ("sd", "guru", "guru", "PNS", NEVER)
    school = [("sd", "guru", "guru_kelas@SD", 2026, 3.0)]
    found = replacement.gap(projected(people(unknown, unknown, TEACHER)), needs(school, ["sd"]))
    row = found.deficit_surplus([]).query("year == 2026").iloc[0]
    assert (row["deficit_count"], row["surplus_count"]) == (2, 0)
    assert (row["unknown_post_count"], row["deficit_at_least_count"]) == (2, 0)


def test_paruh_waktu_stand_apart_unless_they_are_asked_to_count():
    part = ("kantor", "pelaksana", "pelaksana", "PPPK_PW", NEVER)
    abk = [("kantor", "pelaksana", "pelaksana", 2026, 3.0)]
    world = projected(people(CLERKS, part, part))
    apart = replacement.gap(world, needs(abk=abk)).table((), [2026]).iloc[0]
    assert (apart["gap_count"], apart["part_time_count"], apart["supply_p50"]) == (2, 2, 1)
    counted = replacement.gap(world, needs(abk=abk), choice=GapChoice(count_part_time=True))
    row = counted.table((), [2026]).iloc[0]
    assert (row["gap_count"], row["part_time_count"], row["supply_p50"]) == (0, 0, 3)


def test_people_off_duty_fill_no_post():
    frame = people(CLERKS, CLERKS)
    frame["is_on_duty"] = [True, False]
    abk = [("kantor", "pelaksana", "pelaksana", 2026, 2.0)]
    row = replacement.gap(projected(frame), needs(abk=abk)).table((), [2026]).iloc[0]
    assert (row["supply_count"], row["gap_count"], row["supply_p90"]) == (1, 1, 1)


def test_the_band_is_that_of_a_sum_of_independent_people():
    # Forty people who each stay half a year's hazard: compare with the binomial of one year.
    frame = people(*[CLERKS] * 40)
    found = replacement.gap(projected(frame, 0.2), needs())
    row = found.table((), [2026]).iloc[0]
    stays = row["supply_count"] / 40
    draws = np.random.default_rng(1).binomial(40, stays, 200_000)
    assert row["supply_p10"] == np.quantile(draws, 0.1)
    assert row["supply_p90"] == np.quantile(draws, 0.9)
    assert row["gap_p10"] == row["needed_count"] - row["supply_p90"]


def test_leave_before_retirement_leaves_the_post_before_the_payroll():
    # Retires 1 July 2028; with MPP of twelve months the post is empty from July 2027.
    frame = people((*CLERKS[:4], "2028-07-01"), CLERKS)
    world = projected(frame, levers=Levers(mpp=(("PNS", 1.0, 12),)))
    table = replacement.gap(world, needs()).table(())
    assert list(table["supply_count"]) == [2, 1, 1, 1]
    assert list(table["supply_p50"]) == [2, 1, 1, 1]
    assert list(world.staff((), "year")["staff_count"]) == [2, 2, 1, 1]


def test_gap_is_always_deficit_less_surplus_and_sums_agree_whatever_the_grouping():
    staff = [TEACHER] * 3 + [CLERKS] * 5 + [("sd2", *TEACHER[1:4], "2027-03-01")]
    school = [
        (unit, *TEACHER[1:3], year, 2.0) for unit in ("sd", "sd2") for year in range(2026, 2030)
    ]
    found = replacement.gap(projected(people(*staff), 0.05), needs(school, ["sd", "sd2"]))
    total = found.table((), bands=False)
    for by in (("unit_id",), ("role_group",), ("unit_id", "role_group", "post"), ("basis",)):
        parts = found.table(by, bands=False)
        np.testing.assert_allclose(
            parts["gap_count"], parts["deficit_count"] - parts["surplus_count"], atol=1e-9
        )
        for column in ("needed_count", "supply_count", "gap_count", "leaver_count"):
            sums = parts.groupby("year")[column].sum().to_numpy()
            np.testing.assert_allclose(sums, total[column], atol=1e-9)


def test_roles_name_the_post_only_where_there_is_one():
    found = replacement.gap(projected(people(TEACHER, CLERKS)), needs())
    roles = found.roles()
    assert set(roles["role"]) == {"guru:guru_kelas@SD", "pelaksana"}
    assert set(roles.query("role == 'pelaksana'")["start_count"]) == {1}


def test_a_projection_without_posts_is_refused_in_words():
    frame = people(CLERKS)
    world = projection(frame, ON, YEARS, {}, cells=("unit_id",))
    with pytest.raises(GapError, match="role_group"):
        replacement.gap(world, needs())


# ---- filled from within --------------------------------------------------------------------------

HEAD = ("sd", "kepala_sekolah", "kepala_sekolah@SD", "PNS")


def from_within(frame, told, **choice):
    return replacement.gap(
        projected(frame), told, choice=GapChoice(**choice), rulebook=rules.load()
    )


def test_a_head_who_leaves_is_followed_by_a_teacher_of_the_school_and_nobody_is_lost():
    school = [("sd", *HEAD[1:3], year, 1.0) for year in range(2026, 2030)]
    school += [("sd", *TEACHER[1:3], year, 3.0) for year in range(2026, 2030)]
    frame = people((*HEAD, "2028-02-01"), TEACHER, TEACHER, TEACHER)
    told = needs(school, ["sd"])
    found = from_within(frame, told)
    rows = found.table(("role_group",)).set_index(["role_group", "year"])
    assert rows.loc[("kepala_sekolah", 2028), "gap_count"] == 0
    assert rows.loc[("guru", 2028), "gap_count"] == 1
    assert rows.loc[("guru", 2028), "gap_p50"] == 1
    assert rows.loc[("guru", 2028), "leaver_count"] == 1
    assert rows.loc[("kepala_sekolah", 2028), "promoted_count"] == 1
    off = from_within(frame, told, fill_from_within=False)
    np.testing.assert_allclose(off.table(())["gap_count"], found.table(())["gap_count"])
    assert off.roles().query("role_group == 'guru'")["deficit_count"].sum() == 0


def test_a_chair_that_is_empty_today_stays_a_gap():
    told = needs([("sd", *HEAD[1:3], 2026, 1.0), ("sd", *TEACHER[1:3], 2026, 1.0)], ["sd"])
    found = from_within(people(TEACHER), told)
    assert by_cell(found, "gap_count") == {
        ("sd", "guru_kelas@SD"): 0, ("sd", "kepala_sekolah@SD"): 1,
    }  # fmt: skip


def test_a_chain_of_promotions_ends_where_people_are_recruited():
    leaders = [
        ("dinas", "jpt", "jpt", "PNS", "2027-05-01"),
        ("dinas", "administrator", "administrator", "PNS", NEVER),
        ("dinas", "pengawas", "pengawas", "PNS", NEVER),
        ("dinas", "pelaksana", "pelaksana", "PNS", NEVER),
        ("dinas", "pelaksana", "pelaksana", "PNS", NEVER),
    ]
    found = from_within(people(*leaders), needs())
    row = found.roles().query("year == 2029").set_index("role")["deficit_count"]
    assert row.to_dict() == {"administrator": 0, "jpt": 0, "pelaksana": 1, "pengawas": 0}


def test_who_was_followed_can_move_up_in_turn():
    # Two administrators leave and one pengawas is there: he moves up, and so does who follows him.
    leaders = [
        *[("dinas", "administrator", "administrator", "PNS", "2027-05-01")] * 2,
        ("dinas", "pengawas", "pengawas", "PNS", NEVER),
        *[("dinas", "pelaksana", "pelaksana", "PNS", NEVER)] * 3,
    ]
    found = from_within(people(*leaders), needs())
    row = found.roles().query("year == 2029").set_index("role")["deficit_count"]
    assert row.to_dict() == {"administrator": 0, "pelaksana": 2, "pengawas": 0}


def test_a_spare_head_elsewhere_fills_before_anybody_moves_up():
    other = ("sd2", *HEAD[1:], NEVER)
    school = [("sd", *HEAD[1:3], 2029, 1.0), ("sd", *TEACHER[1:3], 2029, 1.0)]
    told = needs(school, ["sd", "sd2"])
    found = from_within(people((*HEAD, "2027-05-01"), other, TEACHER), told)
    assert by_cell(found, "gap_count", 2029)["sd", "guru_kelas@SD"] == 0
    assert by_cell(found, "gap_count", 2029)["sd", "kepala_sekolah@SD"] == 1


def test_where_a_unit_has_nobody_below_another_unit_gives():
    leaders = [
        ("a", "pengawas", "pengawas", "PNS", "2027-05-01"),
        ("b", "pelaksana", "pelaksana", "PNS", NEVER),
        ("b", "pelaksana", "pelaksana", "PNS", NEVER),
    ]
    found = from_within(people(*leaders), needs())
    assert by_cell(found, "gap_count", 2029) == {("a", "pengawas"): 0, ("b", "pelaksana"): 1}


# ---- who holds which post ------------------------------------------------------------------------

UNITS = pd.DataFrame(
    [("sd-1", "10000001", "SD"), ("smp-1", "10000005", "SMP"), ("dinas", None, None)],
    columns=["unit_id", "npsn", "school_level"],
)


def staff_with_posts(*rows):
    """nip, unit, role, post in the school, school."""
    frame = pd.DataFrame(rows, columns=["nip", "unit_id", "role_group", "post", "npsn"])
    in_post = frame[["nip", "post", "npsn"]].assign(status="in_post", level=None)
    return posts_needed.people_by_post(
        frame.drop(columns=["post", "npsn"]), in_post, rules.load(), UNITS
    )


def test_nobody_s_posts_carry_no_level_and_stop_nothing():
    nobody = pd.Series([], dtype="object")
    assert at_level(nobody, nobody, rules.load()).empty


def test_a_post_that_several_levels_need_carries_its_level_and_a_post_of_one_does_not():
    found = staff_with_posts(
        ("1", "sd-1", "guru", "guru_pjok", "10000001"),
        ("2", "smp-1", "guru", "guru_pjok", "10000005"),
        ("3", "smp-1", "guru", "guru_mapel:matematika", "10000005"),
        ("4", "sd-1", "guru", "guru_agama:islam", "10000001"),
    )
    assert list(found["post"]) == [
        "guru_pjok@SD", "guru_pjok@SMP", "guru_mapel:matematika", "guru_agama:islam@SD"
    ]  # fmt: skip


def test_a_teacher_registered_at_the_office_counts_at_the_school_he_serves():
    found = staff_with_posts(("1", "dinas", "guru", "guru_kelas", "10000001"))
    assert list(found["unit_id"]) == ["sd-1"]


def test_whoever_leads_a_school_is_a_head_and_whose_post_is_unknown_stays_a_teacher():
    found = staff_with_posts(
        ("1", "sd-1", "guru", "kepala_sekolah", "10000001"),
        ("2", "sd-1", "guru", "belum_diketahui", "10000001"),
        ("3", "sd-1", "pelaksana", "guru_kelas", "10000001"),
    )
    assert list(found["role_group"]) == ["kepala_sekolah", "guru", "pelaksana"]
    assert list(found["post"]) == ["kepala_sekolah@SD", "guru", "pelaksana"]


def test_needs_of_a_school_meet_its_teachers_in_the_same_words():
    needed = pd.DataFrame(
        [("10000001", 2027, "SD", "guru_pjok", 1), ("10000009", 2027, "SD", "guru_kelas", 6)],
        columns=["npsn", "school_year", "level", "post", "needed_count"],
    )
    rows, units = posts_needed.school_posts(needed, UNITS, rules.load())
    assert rows.set_index("unit_id")["post"].to_dict() == {
        "sd-1": "guru_pjok@SD", "10000009": "guru_kelas@SD"
    }  # fmt: skip
    assert units == {"sd-1", "10000009"}


def test_ratios_speak_of_the_units_of_their_kind():
    units = pd.DataFrame({"unit_id": ["a", "b"], "kind": ["puskesmas", "opd"]})
    rows = posts_needed.ratio_posts(units, rules.load(), ON)
    assert set(rows["unit_id"]) == {"a"}
    # PMK 75/2014: a rural puskesmas without beds has 19 staff, two of them physicians.
    assert rows["needed_count"].sum() == 19
    assert rows.set_index("role_group")["needed_count"]["dokter"] == 2


def _stays(chances):
    """P(k stay), k from 0, by going through everybody: no transform, no approximation."""
    law = np.ones(1)
    for chance in chances:
        law = np.convolve(law, [1 - chance, chance])
    return law


def _quantile(law, share):
    return int(np.searchsorted(np.cumsum(law), share - 1e-12))


def test_every_unit_has_the_band_of_its_own_sum():
    # Twelve clerks here, thirty there: each stays with a chance of their own.
    sizes = {"kantor": 12, "dinas": 30}
    frame = people(*[(unit, *CLERKS[1:]) for unit, size in sizes.items() for _ in range(size)])
    chances = np.random.default_rng(3).uniform(0.02, 0.3, len(frame))
    hazards = {"meninggal": np.repeat(chances[:, None], YEARS + 1, axis=1)}
    world = projection(frame, ON, YEARS, hazards, cells=(*CELL, "employment"))
    table = replacement.gap(world, needs()).of_units().query("year == 2027")
    table = table.set_index("unit_id")
    # Eighteen months from 1 July 2026 to the end of 2027.
    there = (1 - chances) ** 1.5
    for unit, size in sizes.items():
        law = _stays(there[(frame["unit_id"] == unit).to_numpy()])
        low, high = _quantile(law, 0.1), _quantile(law, 0.9)
        assert (table.loc[unit, "supply_p10"], table.loc[unit, "supply_p90"]) == (low, high)
        assert table.loc[unit, "gap_p10"] == size - high
        assert table.loc[unit, "gap_p90"] == size - low


def test_nobody_in_a_unit_of_few_has_a_chance_of_their_own():
    # Ten units of one clerk: nine stay for certain, the tenth leaves two times of three.
    frame = people(*[(f"unit {n}", *CLERKS[1:]) for n in range(10)])
    chances = np.array([0.0] * 9 + [0.9])
    hazards = {"meninggal": np.repeat(chances[:, None], YEARS + 1, axis=1)}
    world = projection(frame, ON, YEARS, hazards, cells=(*CELL, "employment"))
    table = replacement.gap(world, needs()).of_units().query("year == 2026")
    # Together one of fifteen leaves until the year's end: none of them alone at P10 or P90.
    assert set(table["supply_p10"]) == {1} and set(table["supply_p90"]) == {1}
    assert table["supply_count"].min() < 0.4
    whole = replacement.gap(world, needs()).table((), [2026]).iloc[0]
    assert (whole["supply_p10"], whole["supply_p90"]) == (9, 10)


def test_who_leaves_by_date_leaves_by_date_in_a_unit_of_few():
    frame = people((*CLERKS[:4], "2027-05-01"), CLERKS)
    table = replacement.gap(projected(frame, 0.01), needs()).of_units().set_index("year")
    assert list(table["supply_p10"]) == [2, 1, 1, 1] == list(table["supply_p90"])


def test_a_unit_whose_need_is_not_known_has_blanks_and_no_noughts():
    school = [("sd", *TEACHER[1:3], 2026, 1.0)]
    found = replacement.gap(projected(people(TEACHER)), needs(school, ["sd"])).of_units()
    first, second = (found.loc[found["year"] == year].iloc[0] for year in (2026, 2027))
    assert (first["gap_count"], first["gap_p10"], first["gap_p90"]) == (0, 0, 0)
    assert second[["needed_count", "gap_count", "gap_p10", "supply_p90"]].isna().all()
    assert second["not_computed_count"] == 1
