"""What one formation does: posts covered, rupiah spent, by year; and what a whole plan does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.mix_question import MixQuestion, Numbers, Terms


@dataclass(frozen=True, eq=False)
class Effects:
    """Per formation of an option for a role proposed in a year, by year.

    Arrays (option, role, proposed, year): ``people`` at the end of the year, ``posts`` they cover,
    ``cost_idr`` to APBD in the year, ``cap_idr`` the part under the personnel cap,
    ``outside_idr`` paid by others. Ineligible: all zero.
    """

    people: Numbers
    posts: Numbers
    cost_idr: Numbers
    cap_idr: Numbers
    outside_idr: Numbers


def effects(question: MixQuestion) -> Effects:
    """Posts and rupiah of one formation, by option, role, year proposed and year.

    Method: docs/method.md eq. 210-212.
    """
    shape = (len(question.options), len(question.roles), len(question.years), len(question.years))
    people, cost, outside = (np.zeros(shape) for _ in range(3))
    for at, terms in enumerate(question.options):
        people[at], cost[at], outside[at] = _of(terms, question)
    posts = (
        people
        * np.array([terms.posts_per_person for terms in question.options])[:, None, None, None]
    )
    cap = cost * np.array([terms.cap_share for terms in question.options])[:, None, None, None]
    return Effects(people, posts, cost, cap, outside)


def _of(terms: Terms, question: MixQuestion) -> tuple[Numbers, Numbers, Numbers]:
    """People, APBD and outside rupiah of one option: (role, proposed, year) each."""
    count = len(question.years)
    come = np.diff(terms.in_post_share[:, :count], axis=1, prepend=0.0)
    before = terms.in_post_share[:, :count] - come
    # Of the year of arrival, the share worked by those who arrive in it.
    first = np.divide(
        terms.paid_share[:, :count] - before, come, out=np.zeros_like(come), where=come > 1e-12
    )
    first = np.clip(first, 0.0, 1.0)
    stay = terms.survival_share
    outside = np.zeros_like(terms.cost_idr) if terms.outside_cap_idr is None else (
        terms.outside_cap_idr
    )  # fmt: skip
    # By role, year of arrival and year: still there; present in the middle of the year.
    since = np.arange(count)[None, :] - np.arange(count)[:, None]
    is_there, service = since >= 0, np.maximum(since, 0)
    kept = np.where(is_there, stay[:, service], 0.0)
    middle = np.where(since > 0, (stay[:, np.maximum(service - 1, 0)] + stay[:, service]) / 2, 0.0)
    begun = np.where(since == 0, 1.0, middle)
    people = _over_arrivals(come, kept)
    cost, other = (
        # Each year of service is paid for partly in the year after the one it began in.
        _over_arrivals(come * (1 - first), middle * yearly[:, np.maximum(service - 1, 0)])
        + _over_arrivals(come * first, begun * np.where(is_there, yearly[:, service], 0.0))
        for yearly in (terms.cost_idr, outside)
    )
    may = np.where(terms.is_eligible, terms.fill_share, 0.0)[:, None, None]
    prices = question.prices
    return people * may, cost * may * prices, other * may * prices


def _over_arrivals(share: Numbers, by_arrival: Numbers) -> Numbers:
    """(role, proposed, year) from the share that arrives (proposed, arrival) and what they do."""
    return np.einsum("pa,rat->rpt", share, by_arrival)
