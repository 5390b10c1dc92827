"""What a result says: the finding, the large figures, the sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from analytics.scenario import Scenario
from analytics.scenario_run import Result
from pages.shared import gauge_figures, layout, load_scenarios
from pages.shared.load_scenarios import Key, RefusedError
from pages.shared.scenario_figures import unfilled_band, unfilled_by_year
from pages.shared.scenario_held import Held
from pages.shared.scenario_link import FIRST, named
from pages.shared.scenario_words import role_name
from pages.shared.words import language, money, number, percent, t, tn

# What the page rests on, as docs/method.md numbers it.
EQUATIONS = (230, 231, 238, 239, 240, 241, 242, 243, 244, 245, 290, 291, 296, 298)


@dataclass(frozen=True, eq=False)
class Seen:
    """What is on screen: the scenario as it is named there, its result, doing nothing."""

    key: Key
    told: Scenario
    result: Result
    nothing: Result | None

    @property
    def last_year(self) -> int:
        """The year that ends the horizon."""
        return int(self.result.tables["staff"]["year"].iloc[-1])

    @property
    def gauge(self) -> pd.DataFrame | None:
        """The gauge by year; None without an APBD."""
        level = self.result.tables["gauge"]
        return None if level.empty else level


def shown_scenario(held: Held) -> Scenario:
    """The scenario under the name on screen: what was opened, and that it was changed."""
    name = held.base.name
    return held.now.renamed(t("{name} (diubah)", name=name[:60]) if held.is_moved else name)


def seen(key: Key, told: Scenario) -> Seen:
    """The result of a scenario beside that of doing nothing over the same years.

    Raises
    ------
    RefusedError
        Levers that do not fit.
    """
    result = load_scenarios.result(key, told)
    nothing: Result | None = None
    base = named(FIRST)
    base = Scenario(base.name, base.note, told.years)
    if base.digest != told.digest:
        try:
            nothing = load_scenarios.result(key, base)
        except RefusedError:
            nothing = None
    return Seen(key, told, result, nothing)


def finding(view: Seen) -> str:
    """The title: posts, limit, money."""
    empty = _empty_said(view.result)
    year = view.last_year
    spent = money(float(view.result.tables["money"]["apbd_idr"].iloc[-1]))
    if view.gauge is None:
        return t(
            "{name}: {empty} pada akhir {year}, gaji dari APBD {money} setahun",
            name=view.told.name,
            empty=empty,
            year=year,
            money=spent,
        )
    now = gauge_figures.standing(view.gauge)
    said = t("di atas batas {limit}") if now.is_over else t("di bawah batas {limit}")
    return t(
        "{name}: {empty} pada akhir {year}; belanja pegawai {ratio} APBD {cap_year}, {standing}",
        name=view.told.name,
        empty=empty,
        year=year,
        ratio=percent(now.ratio_share),
        cap_year=now.year,
        standing=said.format(limit=percent(now.limit_share, 0)),
    )


def _unfilled_end(result: Result) -> float:
    return float(unfilled_by_year(result).iloc[-1])


def is_computed(result: Result) -> bool:
    """Whether the need of any post is known; else nothing can be said of empty posts."""
    return result.summary["unfilled_count"] is not None


def _empty_said(result: Result) -> str:
    """Posts left empty; where no need is known, or not of all, that is said."""
    if not is_computed(result):
        return t("jabatan kosong belum dihitung")
    empty = _unfilled_end(result)
    if empty < 0.5 and _int(result.summary["not_computed_people_count"]):
        return t("0 jabatan kosong di antara yang dihitung")
    return t("{empty} jabatan kosong", empty=number(empty))


def beside_gauge(view: Seen) -> list[str]:
    """Short words beside the gauge."""
    if not is_computed(view.result):
        return [t("jabatan kosong belum dihitung")]
    return [
        tn(
            "{n} jabatan kosong {year}",
            round(_unfilled_end(view.result)),
            year=view.last_year,
        )
    ]


def keys(view: Seen) -> list[layout.Key]:
    """The large figures."""
    result, summary = view.result, view.result.summary
    band = unfilled_band(result)
    known = is_computed(result)
    spent = result.tables["money"]["apbd_idr"]
    staff = result.tables["staff"]
    out = [
        layout.Key(
            t("Jabatan kosong akhir {year}", year=view.last_year),
            number(band["planned"].iloc[-1]) if known else t("belum dihitung"),
            _band_said(view, band) if known else t("kebutuhan tidak diketahui"),
            tuple(band["planned"]) if known else (),
            help=t(
                "Bila semua seperti rencana; rentangnya 8 dari 10 kemungkinan. Kelebihan di tempat"
                " lain tidak menutupi."
            ),
        ),
        layout.Key(
            t("Masuk sampai akhir {year}", year=view.last_year),
            number(_int(summary["hired_count"])),
            t("{n} orang keluar", n=number(_int(summary["leaver_count"]))),
            tuple(_hired_by_year(result)),
        ),
        layout.Key(
            t("Gaji dari APBD {year}, miliar rupiah", year=view.last_year),
            number(float(spent.iloc[-1]) / 1e9, 1),
            t("{change} dibanding {year}", change=_signed_money(spent), year=staff["year"].iloc[0]),
            tuple(spent.astype(float)),
            help=t(
                "Pegawai hari ini dan penggantinya; tanpa TPG, tanpa belanja pegawai lain. 8 dari"
                " 10 kemungkinan: {low} sampai {high}, menurut siapa yang pergi dan siapa"
                " yang datang.",
                low=money(float(result.tables["money"]["apbd_p10_idr"].iloc[-1])),
                high=money(float(result.tables["money"]["apbd_p90_idr"].iloc[-1])),
            ),
        ),
    ]
    if view.gauge is not None:
        now = gauge_figures.standing(view.gauge)
        out.append(
            layout.Key(
                t("Belanja pegawai / APBD {year}", year=now.year),
                percent(now.ratio_share),
                "; ".join(one for one in (now.told(), now.chance_told()) if one),
                tuple(view.gauge["ratio_share"].astype(float)),
                help=t(
                    "Batas 30% berlaku mulai 2027 (UU 1/2022 pasal 146); tafsirnya disengketakan."
                ),
            )
        )
    broken, first = _int(summary["broken_role_count"]), summary["first_break_year"]
    out.append(
        layout.Key(
            t("Layanan yang putus"),
            number(broken) if known else t("belum dihitung"),
            _broken_said(result, first) if known else "",
        )
    )
    return out


def _broken_said(result: Result, first: object) -> str:
    if first:
        return t("dari {n} peran; yang pertama {year}", n=number(_roles(result)), year=first)
    return t("dari {n} peran", n=number(_roles(result)))


def _band_said(view: Seen, band: pd.DataFrame) -> str:
    low, high = number(band["low"].iloc[-1]), number(band["high"].iloc[-1])
    if view.nothing is None:
        return t("8 dari 10 kemungkinan: {low}-{high}", low=low, high=high)
    return t(
        "{low}-{high} bila ada yang meleset; tanpa pengganti {n}",
        low=low,
        high=high,
        n=number(_unfilled_end(view.nothing)),
    )


def _hired_by_year(result: Result) -> pd.Series:
    """Who comes in each year, whatever the option."""
    account = result.tables["staff_account"]
    come = account["change_count"].where(account["step"].str.startswith("masuk_"), 0)
    return come.groupby(account["year"]).sum().astype(float)


def _roles(result: Result) -> int:
    filling = result.tables["filling"]
    return int(filling.loc[filling["needed_count"] > 0, "role"].nunique())


def _int(given: object) -> int:
    return int(str(given or 0))


def _signed_money(spent: pd.Series) -> str:
    change = float(spent.iloc[-1] - spent.iloc[0])
    return ("+" if change > 0 else "") + money(change)


def sentences(view: Seen) -> list[str]:
    """What it means, in words."""
    out = [_against_nothing(view), _worst_service(view)]
    return [one for one in out if one]


def _against_nothing(view: Seen) -> str:
    if not is_computed(view.result):
        return ""
    if view.nothing is None:
        return t(
            "Bila tidak seorang pun diganti, {n} jabatan kosong pada akhir {year}.",
            n=number(_unfilled_end(view.result)),
            year=view.last_year,
        )
    # Of posts as both are told, so that it is what a reader finds who subtracts them.
    less = round(_unfilled_end(view.nothing)) - round(_unfilled_end(view.result))
    cost = float(
        view.result.tables["money"]["apbd_idr"].sum()
        - view.nothing.tables["money"]["apbd_idr"].sum()
    )
    filled = (
        t("{n} jabatan lebih sedikit yang kosong", n=number(less))
        if less > 0
        else t("{n} jabatan lebih banyak yang kosong", n=number(-less))
        if less < 0
        else t("jabatan kosong sama banyak")
    )
    spent = (
        t("gaji {money} lebih banyak selama {n} tahun", money=money(cost), n=view.told.years)
        if cost >= 0
        else t("gaji {money} lebih sedikit selama {n} tahun", money=money(-cost), n=view.told.years)
    )
    return t("Dibanding tanpa pengganti: {filled}, {spent}.", filled=filled, spent=spent)


def _worst_service(view: Seen) -> str:
    breaks = view.result.tables["service_breaks"]
    if not is_computed(view.result):
        return ""
    if breaks.empty:
        return _nothing_breaks(view)
    filling = view.result.tables["filling"]
    ends = filling.loc[filling["year"] == view.last_year].set_index("role")["unfilled_count"]
    if not ends.notna().any():
        return ""
    role = str(ends.idxmax())
    if ends[role] < 0.5:
        return tn(
            "{n} layanan sempat putus, yang pertama {year}; pada akhir {last} semuanya terisi.",
            len(breaks),
            year=int(breaks["breaks_in"].min()),
            last=view.last_year,
        )
    return _largest_gap(view, role)


def _largest_gap(view: Seen, role: str) -> str:
    """The role with most posts empty at the horizon, and whether it breaks before."""
    filling = view.result.tables["filling"].set_index(["role", "year"])
    breaks = view.result.tables["service_breaks"].set_index("role")["breaks_in"]
    told = {
        "role": role_name(role),
        "last": view.last_year,
        "share": percent(float(filling.loc[(role, view.last_year), "service_share"]), 0),
    }
    if role in breaks.index:
        return t(
            "Kekosongan terbesar: {role}, putus mulai {year}; pada akhir {last} terisi {share}.",
            year=int(breaks[role]),
            **told,
        )
    return t("Kekosongan terbesar: {role}; pada akhir {last} terisi {share}.", **told)


def _nothing_breaks(view: Seen) -> str:
    """That no service breaks; that all are filled only where no post is empty in any year."""
    if (unfilled_by_year(view.result) < 0.5).all():
        return t("Semua layanan tetap terisi sampai akhir {year}.", year=view.last_year)
    if not (floor := floor_said(view)):
        return t("Tidak ada layanan yang dihitung putus: ambangnya 0%.")
    return t(
        "Tidak ada layanan yang terisi kurang dari {share} sampai akhir {year}.",
        share=floor,
        year=view.last_year,
    )


def floor_said(view: Seen) -> str:
    """Below what a service counts as broken, as a share; empty where none ever does."""
    share = view.told.number("plan.break_share")
    if not share:
        return ""
    return percent(share, 0 if math.isclose(100 * share, round(100 * share)) else 1)


def cautions(view: Seen) -> list[str]:
    """What must be known before the numbers are believed."""
    summary = view.result.summary
    at = 1 if language() == "id" else 2
    out = [
        str(one[at])
        for key in ("findings", "told")
        if isinstance(told := summary[key], list)
        for one in told
    ]
    if not summary["is_proved"]:
        minded = view.result.minded
        gap = view.result.mix.gap if minded is None else minded.gap
        out.append(
            t(
                "Bauran belum terbukti terbaik: paling banyak {gap} dari batasnya.",
                gap=percent(gap, 1),
            )
            if math.isfinite(gap)
            else t("Bauran belum terbukti terbaik.")
        )
    if unpriced := _int(summary["unpriced_count"]):
        out.append(tn("{n} orang tanpa golongan yang dikenal: gajinya belum terhitung.", unpriced))
    return out
