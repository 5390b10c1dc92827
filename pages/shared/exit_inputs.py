"""What a visitor may ask of the page on exits: who, how far, under what levers; all in the link."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from analytics.projection_months import Levers, rules_levers
from pages.shared import inputs, layout, load, load_exits
from pages.shared.load_exits import ExitKey
from pages.shared.words import number, t

# What the page rests on, as docs/method.md numbers it.
EQUATIONS = (73, 77, 88, 89, 94, 99, 104, 105, 106, 107, 108)
TEST_EQUATIONS = (83, 84)
USUAL_HORIZON_YEARS = 5
_MOST_EARLY_PCT = 200


@dataclass(frozen=True)
class Scope:
    """Who is looked at, how far ahead, and the levers; ``None`` is today's value.

    ``early_pct`` of today's hazards of leaving early; ``renewal_pct`` of contracts renewed;
    ``mpp_pct`` of those who retire by law.
    """

    key: ExitKey
    who: str
    horizon_years: int = USUAL_HORIZON_YEARS
    early_pct: int = 100
    renewal_pct: int | None = None
    mpp_pct: int | None = None

    @property
    def last_year(self) -> int:
        """The calendar year that ends the horizon."""
        return self.key.people.as_of.year + self.horizon_years

    @property
    def is_moved(self) -> bool:
        """Whether any lever differs from today."""
        return self.early_pct != 100 or self.renewal_pct is not None or self.mpp_pct is not None

    def today(self) -> Scope:
        """The same view with every lever at today's value."""
        return Scope(self.key, self.who, self.horizon_years)

    def levers(self, early_causes: tuple[str, ...]) -> Levers:
        """What the projection takes; the rules' own rows where a lever is at today's value."""
        rules = rules_levers(load.rulebook(), self.key.people.as_of)
        return Levers(
            renewal=_with_share(rules.renewal, self.renewal_pct),
            mpp=_with_share(rules.mpp, self.mpp_pct),
            factors=()
            if self.early_pct == 100
            else tuple((cause, self.early_pct / 100) for cause in early_causes),
        )


def _with_share(
    rows: tuple[tuple[str, float, int], ...], pct: int | None
) -> tuple[tuple[str, float, int], ...]:
    if pct is None:
        return rows
    return tuple((employment, pct / 100, months) for employment, _, months in rows)


def _today_pct(rows: tuple[tuple[str, float, int], ...], default: int) -> int:
    return round(100 * rows[0][1]) if rows else default


def horizon_years(as_of_year: int) -> int:
    """How far ahead, as the last calendar year."""
    years = {
        str(ahead): str(as_of_year + ahead) for ahead in range(1, load_exits.HORIZON_YEARS + 1)
    }
    with st.container(width=150):
        chosen = inputs.choice(
            "horison", t("Sampai akhir"), years, str(USUAL_HORIZON_YEARS), widget="select"
        )
    return int(chosen)


def scope(key: ExitKey) -> Scope:
    """The controls of the page."""
    who = inputs.counted()
    ahead = horizon_years(key.people.as_of.year)
    with st.popover(t("Andai-andai"), icon=":material/tune:"):
        layout.note(t("Nilai awal adalah keadaan hari ini dan tidak mengubah apa pun."))
        early = inputs.whole(
            "keluar_dini", t("Keluar sebelum BUP dibanding hari ini (%)"), 100, 0, _MOST_EARLY_PCT
        )
        rules = rules_levers(load.rulebook(), key.people.as_of)
        renewed_today, mpp_today = _today_pct(rules.renewal, 100), _today_pct(rules.mpp, 0)
        renewal = inputs.whole(
            "perpanjangan", t("Kontrak P3K yang diperpanjang (%)"), renewed_today, 0, 100
        )
        layout.note(
            t(
                "Hari ini dianggap {share}%: pilihan setempat, tanpa angka terbit.",
                share=number(renewed_today),
            )
        )
        mpp = inputs.whole(
            "mpp", t("Yang mengambil masa persiapan pensiun (MPP, %)"), mpp_today, 0, 100
        )
        layout.note(
            t("MPP mengosongkan jabatan paling lama setahun lebih awal; gajinya tetap dibayar.")
        )
    return Scope(
        key,
        who,
        ahead,
        early,
        None if renewal == renewed_today else renewal,
        None if mpp == mpp_today else mpp,
    )


def levers_in_words(wanted: Scope) -> str:
    """The levers that differ from today, as one line; empty where none does."""
    parts = []
    if wanted.early_pct != 100:
        parts.append(t("keluar sebelum BUP {pct}% dari hari ini", pct=number(wanted.early_pct)))
    if wanted.renewal_pct is not None:
        parts.append(t("{pct}% kontrak P3K diperpanjang", pct=number(wanted.renewal_pct)))
    if wanted.mpp_pct is not None:
        parts.append(t("{pct}% mengambil MPP", pct=number(wanted.mpp_pct)))
    return t("Andai-andai: {levers}", levers=" · ".join(parts)) if parts else ""
