"""What one more is worth: a formation, a billion rupiah, a move."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.mix import Mix, best_mix, problem
from analytics.mix_highs import relaxation, row_prices
from analytics.mix_one_more import laid_on
from analytics.mix_programme import CAP, INTAKE, MILLION, MONEY, QUOTA, Row
from analytics.mix_question import CHEAPEST, MixLimits, MixQuestion, Numbers
from analytics.mix_told import limit_words, rupiah

_BILLION = 1e9
_WORTH = 1e-7
# How closely plans are looked for that are held against each other.
_CLOSE = 1e-5
# Of the gain, how far it may be from what is proved without a word of it.
_SURE = 0.1


@dataclass(frozen=True)
class Price:
    """What a little more of one limit is worth.

    ``kind`` (quota, intake, money, cap), ``name``, ``year``: the limit; ``more``: by how much it
    was loosened (formations in that year, or rupiah a year from that year on); ``role``: who gets
    what it lets in, empty where that is not one role. ``gain``: rupiah saved or weighted
    post-years filled, between ``gain_least`` and ``gain_most`` as far as both plans are proved.
    """

    kind: str
    name: str
    year: int
    more: float
    role: str
    gain: float
    gain_least: float
    gain_most: float
    text_id: str
    text_en: str


def prices(
    question: MixQuestion, limits: MixLimits, mix: Mix, *, most: int = 5, seconds: float = 1.0
) -> tuple[Price, ...]:
    """What one more formation, one billion more or one more move is worth, most first.

    A formation more is laid on the plan as it is, so that what it is worth depends on no clock;
    where that fills nothing (or where money is to be saved) the plan is looked for anew.

    Parameters
    ----------
    most
        How many limits are tried, those with the highest price in the linear programme.
    seconds
        For each of them that is looked for anew.

    Returns
    -------
    Nothing where floors are out of reach: what more there is fills those first, and what that
    takes is told with the plan (``floor_needs``).

    Method: docs/method.md eq. 227, 340.
    """
    ready = problem(question, limits, mix.objective)
    relaxed = relaxation(ready.asked, ready.aim.main)
    if relaxed.x is None:
        return ()
    told = row_prices(ready.asked, relaxed)
    tried: dict[tuple[str, str, int], tuple[float, Row]] = {}
    for row, price in zip(ready.asked.rows, told, strict=True):
        if row.kind not in (QUOTA, INTAKE, MONEY, CAP) or price <= _WORTH:
            continue
        # Money that lasts: of the years that bind, from the first on.
        lasts = row.kind in (MONEY, CAP)
        key = (row.kind, row.name, -1 if lasts else row.year)
        so_far, first = tried.get(key, (0.0, row))
        tried[key] = (so_far + price * _step(row.kind) / _unit(row.kind), first)
    found, close = [], None
    for price, row in sorted(tried.values(), key=lambda one: -one[0])[:most]:
        asked, own = _loosened(question, limits, row, _step(row.kind))
        # What the plan may take of it as it stands is no gain of the wider limit.
        before = laid_on(mix, ready.ready, row)
        again = laid_on(before, problem(asked, own, mix.objective).ready, row)
        # The prices of the linear programme allow no better plan than this.
        again = replace(again, bound=float(relaxed.fun) - price)
        is_found, is_anew = again.value < before.value, False
        if row.kind in (MONEY, CAP) or not is_found:
            anew = best_mix(asked, own, mix.objective, seconds=seconds, gap=_CLOSE)
            # Of money a plan made anew takes more; a formation is worth less than plans differ by.
            if mix.objective == CHEAPEST or row.kind in (MONEY, CAP) or anew.value < mix.bound:
                close = close or _as_close(question, limits, mix, seconds)
                is_anew = not is_found or close.value - anew.value > before.value - again.value
                before, again = (close, anew) if is_anew else (before, again)
        found.append(_price(before, again, row, _step(row.kind), is_anew=is_anew))
    return tuple(sorted((one for one in found if one.gain > 0), key=lambda one: -one.gain))


def _as_close(question: MixQuestion, limits: MixLimits, mix: Mix, seconds: float) -> Mix:
    """The plan looked for as closely as those it is held against, and no worse.

    What a closer search wins is no gain of the limit.
    """
    again = best_mix(question, limits, mix.objective, seconds=seconds, gap=_CLOSE)
    better = again if again.is_feasible and again.value < mix.value else mix
    return replace(better, bound=min(max(mix.bound, again.bound), better.value))


def _step(kind: str) -> float:
    return _BILLION if kind in (MONEY, CAP) else 1.0


def _unit(kind: str) -> float:
    return MILLION if kind in (MONEY, CAP) else 1.0


def _loosened(
    question: MixQuestion, limits: MixLimits, row: Row, more: float
) -> tuple[MixQuestion, MixLimits]:
    """The same with one limit a little wider."""

    def wider(limit: Numbers) -> Numbers:
        own = np.asarray(limit, dtype=float).copy()
        lasts = row.kind in (MONEY, CAP)
        own[row.year : None if lasts else row.year + 1] += more
        return own

    if row.kind == MONEY and limits.money_idr is not None:
        return question, replace(limits, money_idr=wider(limits.money_idr))
    if row.kind == CAP and limits.cap_room_idr is not None:
        return question, replace(limits, cap_room_idr=wider(np.maximum(limits.cap_room_idr, 0)))
    if row.kind == QUOTA:
        quotas = tuple(
            replace(quota, most_by_year=wider(quota.most_by_year))
            if quota.name == row.name
            else quota
            for quota in limits.quotas
        )
        return question, replace(limits, quotas=quotas)
    options = tuple(
        replace(terms, most_by_year=wider(terms.most_by_year))
        if terms.option == row.name and terms.most_by_year is not None
        else terms
        for terms in question.options
    )
    return replace(question, options=options), limits


def _price(mix: Mix, again: Mix, row: Row, more: float, *, is_anew: bool) -> Price:
    year = mix.question.years[row.year]
    value = min(again.value, mix.value)
    gain = mix.value - value
    least = max(mix.bound - value, 0.0)
    most = max(mix.value - min(again.bound, value), gain)
    role = _who(mix, again, row) if gain > 0 and row.kind in (QUOTA, INTAKE) else ""
    # With the rest of the plan as it is; where others may move aside it can be more.
    is_laid = mix.objective != CHEAPEST and row.kind in (QUOTA, INTAKE) and not is_anew
    words = _words(mix, row, more, gain, role, at_least=is_laid)
    if is_laid and most - gain > _SURE * gain:
        words = _at_most(words, most)
    if is_anew and gain - least > _SURE * gain:
        words = _unsure(mix, words, least, most)
    return Price(row.kind, row.name, year, more, role, gain, least, most, *words)


def _unsure(mix: Mix, words: tuple[str, str], least: float, most: float) -> tuple[str, str]:
    """The words, with how much of it is proved: both plans were looked for within a time."""
    if mix.objective == CHEAPEST:
        low, high = rupiah(least), rupiah(most)
    else:
        low, high = ((f"{one:.1f}".replace(".", ","), f"{one:.1f}") for one in (least, most))
    return (
        f"{words[0]} Terbukti {low[0]} sampai {high[0]}.",
        f"{words[1]} Proved: {low[1]} to {high[1]}.",
    )


def _at_most(words: tuple[str, str], most: float) -> tuple[str, str]:
    """The words, with what one more is worth at the most if the whole plan is made anew for it."""
    number = f"{most:.1f}"
    return (
        f"{words[0]} Bila seluruh rencana disusun lagi untuknya, paling banyak"
        f" {number.replace('.', ',')}.",
        f"{words[1]} If the whole plan is made anew for it, {number} at the most.",
    )


def _who(mix: Mix, again: Mix, row: Row) -> str:
    """The role that gets more of what the limit counts; empty where none does."""
    counted = {row.name}
    for quota in mix.limits.quotas:
        if row.kind == QUOTA and quota.name == row.name:
            counted = set(quota.options)
    own = [at for at, terms in enumerate(mix.question.options) if terms.option in counted]
    added = (again.formations - mix.formations)[own][:, :, row.year].sum(axis=0)
    return mix.question.roles[int(added.argmax())] if added.max(initial=0.0) > 0 else ""


def _words(  # noqa: PLR0913 - what a sentence about a price speaks of
    mix: Mix, row: Row, more: float, gain: float, role: str, *, at_least: bool
) -> tuple[str, str]:
    year = mix.question.years[row.year]
    limit = limit_words(row.kind, row.name)
    step, when = ("Satu formasi lagi", "One formation more"), (f"{year}", f"in {year}")
    if row.kind in (MONEY, CAP):
        own = rupiah(more)
        step = (f"{own[0]} lagi setahun", f"{own[1]} more a year")
        when = (f"sejak {year}", f"from {year} on")
    whom = (f", dipakai untuk {role},", f", used for {role},") if role else ("", "")
    if mix.objective == CHEAPEST:
        won = rupiah(gain)
        return (
            f"{step[0]} pada {limit[0]} {when[0]}{whom[0]} menghemat {won[0]} sampai"
            f" {mix.question.years[-1]}.",
            f"{step[1]} of {limit[1]} {when[1]}{whom[1]} saves {won[1]} until"
            f" {mix.question.years[-1]}.",
        )
    number = f"{gain:.1f}"
    least = ("sedikitnya ", "at least ") if at_least else ("", "")
    return (
        f"{step[0]} pada {limit[0]} {when[0]}{whom[0]} mengisi {least[0]}"
        f"{number.replace('.', ',')} jabatan-tahun lagi sampai {mix.question.years[-1]}.",
        f"{step[1]} of {limit[1]} {when[1]}{whom[1]} fills {least[1]}{number} post-years more"
        f" until {mix.question.years[-1]}.",
    )
