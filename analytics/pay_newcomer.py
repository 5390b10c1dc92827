"""What somebody who comes in costs, year of service by year of service; what a replacement frees.

Method: docs/method.md eq. 184-185.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.pay import PARTS, TOTALS, yearly_cost
from analytics.pay_law import CPNS, PART_TIME, PNS, PPPK, USUAL, PayChoice, PayError, pay_law
from analytics.pay_path import PayPath, pay_path
from analytics.rules import RuleBook

# Ways of coming in that bring a salary, and as what.
EMPLOYMENT_OF = {"cpns": CPNS, "pppk": PPPK, "pppk_pw": PART_TIME, "mutasi_masuk": PNS}
# Ways that bring nobody new.
WITHOUT_PAY = ("redistribusi", "penataan", "teknologi")
# The replacement that is told: grade and years of service in grade of the teacher who leaves, and
# the schooling of who comes.
LEAVER = ("IV/b", 32)
NEWCOMER_SCHOOLING = "S1"
_COLUMNS = [*PARTS, *TOTALS]
# Stands for every role group that is not named.
ANYBODY = ""
# Jenjang of beginners, where the role group alone does not tell the allowance.
_FIRST_STEP = {
    **dict.fromkeys(("jf_keahlian", "dokter", "guru", "peneliti_perekayasa"), "ahli_pertama"),
    **dict.fromkeys(("jf_keterampilan", "nakes"), "terampil"),
}


def newcomer_costs(  # noqa: PLR0913 - who comes, for how long, under what
    option: str,
    years: int,
    rulebook: RuleBook,
    choice: PayChoice = USUAL,
    *,
    on: date | None = None,
    grade: str | None = None,
    staff: pd.DataFrame | None = None,
    path: PayPath | None = None,
) -> Mapping[str, pd.DataFrame]:
    """What somebody who comes in by an option costs in each full year of service, by role group.

    Schooling, and by it the grade, follow from the role group; see :func:`of_role`.

    Parameters
    ----------
    option
        ``cpns, pppk, pppk_pw, mutasi_masuk``; ``redistribusi, penataan, teknologi`` bring nobody
        and cost nothing here.
    years
        Years of service asked, from 0.
    rulebook, choice
        The rules, and what is assumed.
    on
        Day whose law applies; None: today. Rows that begin later apply from their year on.
    grade
        Grade of entry in place of that of the rules.
    staff
        Today's people of the government, wanted for ``mutasi_masuk``: who is transferred in comes
        at the mean of the permanent staff of the role group (of all where it has none) and rises
        as they do.
    path
        The pay of ``staff`` in their order, if it is known already.

    Returns
    -------
    For every role group that is told apart, and for ``ANYBODY`` else: one row per ``service_year``
    0 .. years - 1, the parts and totals of :func:`analytics.pay.yearly_cost`, rupiah a year.

    Raises
    ------
    PayError
        When the option is unknown, a transfer is priced without staff, or the grade is in no table.

    Method: docs/method.md eq. 184.
    """
    day = on or date.today()
    if option in WITHOUT_PAY:
        nothing = np.zeros(years)
        tables: Mapping[str, pd.DataFrame] = {
            ANYBODY: _by_service_year(dict.fromkeys(_COLUMNS, nothing))
        }
    elif option == "mutasi_masuk":
        if staff is None:
            raise PayError(
                "biaya mutasi_masuk sama dengan pegawai hari ini; berikan pegawainya",
                "mutasi_masuk costs what today's staff costs; give staff",
            )
        if path is None:
            path = pay_path(staff, day, max(years - 1, 0), rulebook, choice)
        tables = _transferred(staff, path)
    elif option in EMPLOYMENT_OF:
        tables = _newcomers(option, max(years - 1, 0), rulebook, choice, day, grade)
    else:
        raise PayError(
            f"tidak ada pilihan {option!r}; salah satu dari"
            f" {', '.join((*EMPLOYMENT_OF, *WITHOUT_PAY))}",
            f"no option {option!r}; one of {', '.join((*EMPLOYMENT_OF, *WITHOUT_PAY))}",
        )
    length = len(tables[ANYBODY])
    if length < years:
        raise PayError(
            f"gaji yang diberikan berakhir sesudah {length} tahun; yang diminta {years}",
            f"the pay given ends after {length} years; {years} are asked",
        )
    # The caller's own, whose cells it may change: what is kept for the next caller stays. pandas
    # copies the numbers only when they are written to.
    if length == years:
        return {role: table.copy(deep=False) for role, table in tables.items()}
    return {role: table.iloc[:years].reset_index(drop=True) for role, table in tables.items()}


def of_role(costs: Mapping[str, pd.DataFrame], role_group: str) -> pd.DataFrame:
    """The cost for one role group: its own, or that of anybody."""
    return costs[role_group if role_group in costs else ANYBODY]


@lru_cache(maxsize=64)
def _newcomers(  # noqa: PLR0913 - as newcomer_costs
    option: str, years: int, rulebook: RuleBook, choice: PayChoice, on: date, grade: str | None
) -> Mapping[str, pd.DataFrame]:
    """Cost by service year of a newcomer of every role group at once."""
    law = pay_law(rulebook, on)
    employment = EMPLOYMENT_OF[option]
    start = date(on.year, 1, 1)
    rows = []
    for role in (*rulebook.role_groups["role_group"], ANYBODY):
        taught = law.answer("entry_education", "*", role) or NEWCOMER_SCHOOLING
        rows.append(
            {
                "role_group": role,
                "golongan": grade or law.answer("entry", employment, taught),
                "education_level": taught,
                "jenjang": _FIRST_STEP.get(role),
            }
        )
    begun = pd.Timestamp(start)
    people = pd.DataFrame(rows).assign(
        employment=employment, service_years=0, appointed_on=begun, golongan_since=begun
    )
    path = pay_path(people, start, years, rulebook, choice)
    if not path.is_priced.all():
        lost = people.loc[~path.is_priced, "golongan"].iloc[0]
        raise PayError(
            f"{option}: golongan {lost!r} tidak ada di tabel gaji mana pun",
            f"{option}: no salary table knows the grade {lost!r}",
        )
    return {
        role: _rows(path, np.arange(len(people)) == at)
        for at, role in enumerate(people["role_group"])
    }


def _transferred(staff: pd.DataFrame, path: PayPath) -> dict[str, pd.DataFrame]:
    """The mean of the permanent staff by role group, and of all of them."""
    is_permanent = (staff["employment"] == PNS).to_numpy(dtype=bool) & path.is_priced
    if not is_permanent.any():
        raise PayError(
            "tidak seorang pun pegawai tetap dapat dihitung gajinya; isi golongannya di daftar"
            " pegawai",
            "no permanent staff has a price; write their grades in the roster",
        )
    role, names = pd.factorize(staff["role_group"].astype("object"))
    own = {
        str(name): is_permanent & (role == at)
        for at, name in enumerate(names)
        if (is_permanent & (role == at)).any()
    }
    return {name: _rows(path, who) for name, who in {**own, ANYBODY: is_permanent}.items()}


def _rows(path: PayPath, who: NDArray[np.bool_]) -> pd.DataFrame:
    some = np.flatnonzero(who)
    values = {name: path.parts[name][some].mean(axis=0) for name in PARTS}
    return _by_service_year(
        values | {name: getattr(path, name)[some].mean(axis=0) for name in TOTALS}
    )


def _by_service_year(values: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    length = len(next(iter(values.values())))
    return pd.DataFrame({"service_year": np.arange(length), **values})


def replacement_saving(rulebook: RuleBook, on: date) -> pd.DataFrame:
    """What one senior teacher's replacement frees in the APBD a year, by way of replacing.

    A PNS teacher of IV/b with 32 years of service leaves and one newcomer comes in at the lowest
    step, each with a spouse and two children, without TPP and TPG.

    Returns
    -------
    One row per option (``cpns``, once full PNS, and ``pppk``): ``leaver_grade``, ``leaver_years``,
    ``newcomer_grade``, ``leaver_idr``, ``newcomer_idr``, ``saving_idr``, rupiah a year.

    Method: docs/method.md eq. 185.
    """
    choice = PayChoice(
        spouse_share=1.0, children_mean=2.0, certified_share=0.0, tpp_idr=(("*", 0.0),)
    )
    law = pay_law(rulebook, on)
    entry = {
        "cpns": (PNS, law.answer("entry", PNS, NEWCOMER_SCHOOLING)),
        "pppk": (PPPK, law.answer("entry", PPPK, NEWCOMER_SCHOOLING)),
    }
    rows = [(PNS, LEAVER[0], LEAVER[1]), *((who, at, 0) for who, at in entry.values())]
    people = pd.DataFrame(rows, columns=["employment", "golongan", "service_years"])
    cost = yearly_cost(people.assign(role_group="guru"), on, rulebook, choice)["total_idr"]
    return pd.DataFrame(
        {
            "option": list(entry),
            "leaver_grade": LEAVER[0],
            "leaver_years": LEAVER[1],
            "newcomer_grade": [at for _, at in entry.values()],
            "leaver_idr": cost.iloc[0],
            "newcomer_idr": cost.to_numpy()[1:],
            "saving_idr": cost.iloc[0] - cost.to_numpy()[1:],
        }
    )
