"""What somebody who comes in costs, year of service by year of service; what a replacement saves.

Method: docs/method.md eq. 184-185.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.pay import PARTS, TOTALS, yearly_cost
from analytics.pay_law import CPNS, PART_TIME, PNS, PPPK, USUAL, PayChoice, PayError, pay_law
from analytics.pay_path import PayPath, pay_path
from analytics.rules import RuleBook

# Ways of coming in that bring a salary, and as what.
EMPLOYMENT_OF = {"cpns": CPNS, "pppk": PPPK, "pppk_pw": PART_TIME, "mutasi_masuk": PNS}
# Ways that bring nobody new.
WITHOUT_PAY = ("redistribusi", "penataan", "teknologi")
# The replacement that is told: its leaver's grade and years of service, its newcomers' grades.
LEAVER = ("IV/b", 32)


def newcomer_cost(  # noqa: PLR0913 - who comes how, for how long, under what
    option: str,
    role_group: str,
    post: str | None,
    years: int,
    rulebook: RuleBook,
    choice: PayChoice = USUAL,
    *,
    on: date | None = None,
    grade: str | None = None,
    staff: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What somebody who comes in by an option costs in each full year of service.

    Parameters
    ----------
    option
        ``cpns, pppk, pppk_pw, mutasi_masuk``; ``redistribusi, penataan, teknologi`` bring nobody
        and cost nothing here.
    role_group, post
        The post filled; schooling, and by it the grade, follow from the role group.
    years
        Years of service asked, from 0.
    on
        Day whose law applies; None: today.
    grade
        Grade of entry in place of that of the rules.
    staff
        Today's people of the government, wanted for ``mutasi_masuk``: who is transferred in comes
        at the mean of the permanent staff of the role group (of all where it has none).

    Returns
    -------
    One row per ``service_year`` 0 .. years - 1, columns as :func:`analytics.pay.yearly_cost` from
    ``base_idr`` on, rupiah a year.

    Raises
    ------
    PayError
        When the option is unknown, or a transfer is priced without staff.

    Method: docs/method.md eq. 184.
    """
    del post  # The grade of entry follows from the role group alone.
    day = on or date.today()
    if option in WITHOUT_PAY:
        table = pd.DataFrame(0.0, index=range(years), columns=[*PARTS, *TOTALS])
    elif option == "mutasi_masuk":
        table = _transferred(role_group, years, rulebook, choice, day, staff)
    elif option in EMPLOYMENT_OF:
        who = pd.DataFrame([_newcomer(option, role_group, rulebook, day, grade)])
        start = date(day.year, 1, 1)
        path = pay_path(
            who.assign(appointed_on=pd.Timestamp(start)), start, max(years - 1, 0), rulebook, choice
        )
        table = _rows(path, np.array([True]))
    else:
        known = ", ".join((*EMPLOYMENT_OF, *WITHOUT_PAY))
        raise PayError(f"no option {option!r}; one of {known}")
    table = table.iloc[:years]
    table.insert(0, "service_year", np.arange(len(table)))
    return table.reset_index(drop=True)


def _newcomer(
    option: str, role_group: str, rulebook: RuleBook, on: date, grade: str | None
) -> dict[str, object]:
    law = pay_law(rulebook, on)
    employment = EMPLOYMENT_OF[option]
    taught = law.answer("entry_education", "*", role_group) or "S1"
    jenjang = {"jf_keahlian": "ahli_pertama", "jf_keterampilan": "terampil"}.get(role_group)
    return {
        "employment": employment,
        "golongan": grade or law.answer("entry", employment, taught),
        "education_level": taught,
        "role_group": role_group,
        "jenjang": jenjang,
        "service_years": 0,
    }


def _transferred(  # noqa: PLR0913 - as newcomer_cost
    role_group: str,
    years: int,
    rulebook: RuleBook,
    choice: PayChoice,
    on: date,
    staff: pd.DataFrame | None,
) -> pd.DataFrame:
    if staff is None:
        raise PayError("mutasi_masuk costs what today's staff costs; give staff")
    permanent = staff[staff["employment"] == PNS]
    own = permanent[permanent["role_group"] == role_group]
    path = pay_path(own if len(own) else permanent, on, max(years - 1, 0), rulebook, choice)
    if not path.is_priced.any():
        raise PayError(f"nobody of {role_group} has a price; write their grades in the roster")
    return _rows(path, path.is_priced)


def _rows(path: PayPath, who: np.ndarray) -> pd.DataFrame:
    values = {name: path.parts[name][who].mean(axis=0) for name in PARTS}
    return pd.DataFrame(values | {name: getattr(path, name)[who].mean(axis=0) for name in TOTALS})


def replacement_saving(
    rulebook: RuleBook, on: date, choice: PayChoice | None = None
) -> pd.DataFrame:
    """What one senior teacher's replacement frees in the APBD a year, by way of replacing.

    A PNS teacher of IV/b with 32 years of service leaves and one newcomer comes in, each with a
    spouse and two children, no TPP and no TPG unless the choice says otherwise.

    Returns
    -------
    One row per option (``cpns`` as full PNS, ``pppk``): ``leaver_idr``, ``newcomer_idr``,
    ``saving_idr`` a year. Method: docs/method.md eq. 185.
    """
    choice = choice or PayChoice(
        spouse_share=1.0, children_mean=2.0, certified_share=0.0, tpp_idr=(("*", 0.0),)
    )
    law = pay_law(rulebook, on)
    people = pd.DataFrame(
        [
            {"employment": PNS, "golongan": LEAVER[0], "service_years": LEAVER[1]},
            {"employment": PNS, "golongan": law.answer("entry", PNS, "S1"), "service_years": 0},
            {"employment": PPPK, "golongan": law.answer("entry", PPPK, "S1"), "service_years": 0},
        ]
    ).assign(role_group="guru")
    cost = yearly_cost(people, on, rulebook, choice)["total_idr"].to_numpy()
    return pd.DataFrame(
        {
            "option": ["cpns", "pppk"],
            "leaver_idr": cost[0],
            "newcomer_idr": cost[1:],
            "saving_idr": cost[0] - cost[1:],
        }
    )
