"""Made-up questions of the mix: nobody real; sizes and terms drawn anew for every seed."""

from __future__ import annotations

import numpy as np

from analytics.mix import OPTIONS, MixLimits, MixQuestion, Terms, replacement_quotas

# Yearly rupiah, fill, yearly survival, share in post at the end of the year of proposal and after.
TERMS = {
    "cpns": (58e6, 0.85, 0.995, (0.0, 0.35, 0.95, 1.0)),
    "pppk": (64e6, 0.87, 0.97, (0.0, 0.15, 0.8, 1.0)),
    "pppk_pw": (32e6, 0.95, 0.85, (0.0, 0.9, 1.0)),
    "mutasi_masuk": (98e6, 0.6, 0.96, (0.3, 1.0)),
    "redistribusi": (0.0, 1.0, 1.0, (0.5, 1.0)),
    "penataan": (0.0, 1.0, 1.0, (1.0,)),
    "teknologi": (15e6, 0.9, 1.0, (0.0, 0.5, 1.0)),
}


def shares(arrived: tuple[float, ...], years: int) -> tuple[np.ndarray, np.ndarray]:
    """In post at the end of each year, and paid in it, by year proposed."""
    in_post, paid = np.zeros((years, years)), np.zeros((years, years))
    for proposed in range(years):
        before = 0.0
        for year in range(proposed, years):
            now = arrived[min(year - proposed, len(arrived) - 1)]
            in_post[proposed, year] = now
            paid[proposed, year] = before + (now - before) * 0.5
            before = now
    return in_post, paid


def question(
    roles: int = 40, years: int = 11, seed: int = 0, options: tuple[str, ...] = OPTIONS
) -> MixQuestion:
    """Roles of very different size; leavers, a need that drifts, some to spare."""
    luck = np.random.default_rng(seed)
    staff = np.rint(luck.lognormal(np.log(30), 1.0, roles)) + 1
    leaving = luck.uniform(0.02, 0.06, roles)[:, None] * luck.uniform(0.6, 1.4, (roles, years))
    leavers = staff[:, None] * leaving
    supply = np.maximum(staff[:, None] - np.cumsum(leavers, axis=1), 0)
    drift = 1 + luck.uniform(-0.02, 0.01, roles)[:, None] * np.arange(years)
    need = np.rint(staff[:, None] * luck.uniform(0.97, 1.15, roles)[:, None] * drift)
    spare = staff[:, None] * luck.uniform(0, 0.05, roles)[:, None] * 0.9 ** np.arange(years)
    surplus = np.maximum(np.maximum(need - supply, 0) + spare - (need - supply), 0)
    deficit = need - supply + surplus
    teacher = luck.random(roles) < 0.5
    made = []
    for option in options:
        pay, fill, stay, arrived = TERMS[option]
        in_post, paid = shares(arrived, years)
        own = np.ones(roles, dtype=bool)
        if option in ("pppk_pw", "penataan", "teknologi"):
            own = ~teacher
        ceiling = None
        if option in ("penataan", "teknologi"):
            ceiling = np.minimum(np.arange(1, years + 1) / 5, 1) * need * 0.05
        rises = 1 + 0.015 * np.arange(years)
        made.append(
            Terms(
                option=option,
                is_eligible=own,
                fill_share=np.full(roles, fill),
                in_post_share=in_post,
                paid_share=paid,
                survival_share=np.tile(stay ** np.arange(years), (roles, 1)),
                cost_idr=pay * luck.uniform(0.9, 1.2, roles)[:, None] * rises,
                most_by_year=np.full(years, float(roles)) if option == "redistribusi" else (
                    np.full(years, roles / 4) if option == "mutasi_masuk" else None
                ),
                most_in_effect=ceiling,
            )
        )  # fmt: skip
    return MixQuestion(
        years=tuple(range(2026, 2026 + years)),
        roles=tuple(f"role_{at:02d}" for at in range(roles)),
        need=need, supply=supply, leavers=leavers, deficit=deficit, surplus=surplus,
        options=tuple(made),
        families=tuple("pendidik" if one else "teknis" for one in teacher),
    )  # fmt: skip


def limits(
    asked: MixQuestion,
    *,
    money: float | None = None,
    ratio: float | None = None,
    cap: float | None = None,
    floor: float | None = None,
) -> MixLimits:
    """Money and cap as shares of what the whole gap would roughly cost; hires per leaver.

    The floor starts in the fourth year, when those proposed in the first are all there.
    """
    whole = asked.deficit.sum(axis=0) * 60e6
    late = np.arange(len(asked.years)) >= 3
    return MixLimits(
        quotas=() if ratio is None else replacement_quotas(asked, ratio),
        money_idr=None if money is None else money * whole,
        cap_room_idr=None if cap is None else cap * whole,
        floor_share=None if floor is None else np.tile(floor * late, (len(asked.roles), 1)),
    )
