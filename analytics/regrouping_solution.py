"""A plan of mergers and its proof."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.regrouping_programme import Numbers, Whole


@dataclass(frozen=True, eq=False)
class Solution:
    """A plan and its proof.

    Parameters
    ----------
    into, km
        Receiving school (``STAYS`` where it stays open) and kilometres (0 there), by school.
    objective, bound
        Yearly cost of this plan and the least any plan can cost, million rupiah, all schools.
    seconds, found_seconds
        From the start until this bound was known, and until this plan was.
    unmet
        Schools locked closed that no plan could close (with the others), by place.
    """

    into: Whole
    km: Numbers
    objective: float
    bound: float
    seconds: float
    found_seconds: float
    unmet: Whole

    @property
    def gap(self) -> float:
        """Share of the objective that is not proven: (objective - bound) / objective."""
        return 0.0 if self.objective <= 0 else (self.objective - self.bound) / self.objective
