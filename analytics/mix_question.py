"""What is asked of the mix: gap by role and year, the options on their terms, the limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.options_figures import OPTION_IDS
from analytics.told import ToldError

Numbers: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Whole: TypeAlias = npt.NDArray[np.int64]

# The fixed order of options everywhere.
OPTIONS = OPTION_IDS
Kind = Literal["hire", "move", "less_need"]
KINDS: dict[str, Kind] = {
    **dict.fromkeys(OPTIONS[:4], "hire"),
    "redistribusi": "move",
    "penataan": "less_need",
    "teknologi": "less_need",
}
Objective = Literal["cheapest", "least_unfilled"]
CHEAPEST: Objective = "cheapest"
LEAST_UNFILLED: Objective = "least_unfilled"
# Below half a post nobody is missing: the expected number of people is not a whole one.
HALF_A_POST = 0.5


class MixError(ToldError, ValueError):
    """A question that cannot be asked: which array, and what is wrong with it."""


@dataclass(frozen=True, eq=False)
class Terms:
    """One option on its terms, over the roles and years of the question.

    ``option``: one of ``OPTIONS``. ``is_eligible`` (role): may serve the role. ``fill_share``
    (role): expected people in post per formation, 0-1. ``in_post_share`` (proposed, year): share
    of those who come that have arrived by the end of the year, never falling along the years;
    ``paid_share`` (proposed, year): share of the year they are paid, both without later exits.
    ``survival_share`` (role, service): still there at the end of the k-th year after the year of
    arrival, ends of contracts included; service 0 is 1. ``cost_idr`` (role, service): rupiah to
    APBD of a full year in the k-th year of service, of which ``cap_share`` counts under the
    personnel cap; ``outside_cap_idr`` (role, service): paid by others, in no limit.
    ``posts_per_person``: posts one person covers. ``most_by_year`` (year): proposals a year over
    all roles; ``most_by_role_year`` (role, year): for one role; ``most_in_effect`` (role, year):
    posts covered at once, for moves and for less need. No limit: inf.
    """

    option: str
    is_eligible: Flags
    fill_share: Numbers
    in_post_share: Numbers
    paid_share: Numbers
    survival_share: Numbers
    cost_idr: Numbers
    cap_share: float = 1.0
    outside_cap_idr: Numbers | None = None
    posts_per_person: float = 1.0
    most_by_year: Numbers | None = None
    most_by_role_year: Numbers | None = None
    most_in_effect: Numbers | None = None

    @property
    def kind(self) -> Kind:
        """Hires add people, moves shift them between units, less need removes the work."""
        return KINDS[self.option]

    def checked(self, role_count: int, year_count: int) -> None:
        """Refuse what does not fit the question."""
        if self.option not in OPTIONS:
            raise MixError(
                f"pilihan {self.option!r} bukan salah satu dari {', '.join(OPTIONS)}",
                f"option {self.option!r} is none of {', '.join(OPTIONS)}",
            )
        roles, years = (role_count,), (year_count,)
        square, long = (year_count, year_count), (role_count, year_count)
        shapes: dict[str, tuple[int, ...]] = {
            "is_eligible": roles, "fill_share": roles, "in_post_share": square,
            "paid_share": square, "survival_share": long, "cost_idr": long,
            "outside_cap_idr": long, "most_by_year": years, "most_by_role_year": long,
            "most_in_effect": long,
        }  # fmt: skip
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array is None:
                continue
            fits = array.shape[:1] == shape[:1] and array.ndim == len(shape)
            if not fits or (len(shape) > 1 and array.shape[1] < shape[1]):
                raise MixError(
                    f"{self.option}: {name} berukuran {array.shape}, perlu {shape} atau lebih",
                    f"{self.option}: {name} is {array.shape}, needs {shape} or more",
                )
            if np.isnan(array).any() or (array < 0).any():
                raise MixError(
                    f"{self.option}: {name} memuat nilai kosong atau negatif",
                    f"{self.option}: {name} has missing or negative values",
                )
        for name in ("fill_share", "in_post_share", "paid_share", "survival_share"):
            if (getattr(self, name) > 1 + 1e-9).any():
                raise MixError(
                    f"{self.option}: {name} adalah bagian dan melebihi 1",
                    f"{self.option}: {name} is a share and goes above 1",
                )
        if (np.diff(self.in_post_share, axis=1) < -1e-9).any():
            raise MixError(
                f"{self.option}: in_post_share turun dari tahun ke tahun",
                f"{self.option}: in_post_share falls along the years",
            )


@dataclass(frozen=True, eq=False)
class MixQuestion:
    """The gap by role and year, and the options to fill it.

    ``years``: calendar years, the first one the year of the first proposals. ``roles``: names
    (``role_group`` or ``role_group:post``); ``families``: one each, for quotas. Arrays (role,
    year), posts or people at the end of the year: ``need``, ``supply`` (expected, nobody hired),
    ``deficit`` and ``surplus`` (sums over units, so that neither hides the other); ``leavers`` in
    the year. ``weight`` (role): of an unfilled post. ``price_index`` (year): cost of a year of
    work against the first year's tables.
    """

    years: tuple[int, ...]
    roles: tuple[str, ...]
    need: Numbers
    supply: Numbers
    leavers: Numbers
    deficit: Numbers
    surplus: Numbers
    options: tuple[Terms, ...]
    families: tuple[str, ...] = ()
    weight: Numbers | None = None
    price_index: Numbers | None = None

    def __post_init__(self) -> None:
        shape = (len(self.roles), len(self.years))
        for name in ("need", "supply", "leavers", "deficit", "surplus"):
            array = getattr(self, name)
            if array.shape != shape:
                raise MixError(
                    f"{name} berukuran {array.shape}, perlu {shape}",
                    f"{name} is {array.shape}, needs {shape}",
                )
            if not np.isfinite(array).all() or (array < -1e-9).any():
                raise MixError(
                    f"{name} memuat nilai kosong atau negatif",
                    f"{name} has missing or negative values",
                )
        if self.families and len(self.families) != len(self.roles):
            raise MixError(
                "families: satu untuk setiap peran",
                "families: one for each role",
            )
        names = [terms.option for terms in self.options]
        if len(set(names)) != len(names) or names != sorted(names, key=OPTIONS.index):
            raise MixError(
                f"options: masing-masing sekali, menurut urutan {', '.join(OPTIONS)}",
                f"options: each once, in the order {', '.join(OPTIONS)}",
            )
        for terms in self.options:
            terms.checked(*shape)
        for name, length in (("weight", shape[0]), ("price_index", shape[1])):
            array = getattr(self, name)
            if array is not None and (array.shape != (length,) or not (array > 0).all()):
                raise MixError(
                    f"{name}: {length} angka di atas nol",
                    f"{name}: {length} positive numbers",
                )

    @property
    def weights(self) -> Numbers:
        """Weight of an unfilled post, by role; 1 where none is given."""
        return np.ones(len(self.roles)) if self.weight is None else self.weight

    @property
    def prices(self) -> Numbers:
        """Price index by year; 1 where none is given."""
        return np.ones(len(self.years)) if self.price_index is None else self.price_index

    def option_index(self, option: str) -> int:
        """Place of an option in this question."""
        for at, terms in enumerate(self.options):
            if terms.option == option:
                return at
        raise MixError(
            f"pertanyaan ini tidak memuat pilihan {option!r}",
            f"the question has no option {option!r}",
        )


@dataclass(frozen=True, eq=False)
class Quota:
    """At most so many proposals a year of some options for some roles.

    ``name``: said when it binds. ``is_role`` (role); None: all. ``most_by_year``: whole people;
    inf where there is none.
    """

    name: str
    options: tuple[str, ...]
    most_by_year: Numbers
    is_role: Flags | None = None


@dataclass(frozen=True)
class Lock:
    """A formation fixed by hand: exactly ``count`` proposed."""

    option: str
    role: str
    year: int
    count: int


@dataclass(frozen=True, eq=False)
class MixLimits:
    """What no plan may pass.

    ``cap_room_idr`` (year): room left under the personnel cap by those already there;
    ``money_idr`` (year): rupiah a year for all options; inf or None: no limit. ``floor_share``
    (role) or (role, year): least share of need in service, from the first year lead times let it
    be reached. ``overfill``: ``lasting`` hires no more than the need of later years holds;
    ``peak`` also for a need that will be gone.
    """

    quotas: tuple[Quota, ...] = ()
    cap_room_idr: Numbers | None = None
    money_idr: Numbers | None = None
    floor_share: Numbers | None = None
    locks: tuple[Lock, ...] = field(default=())
    overfill: Literal["lasting", "peak"] = "lasting"


def replacement_quotas(
    question: MixQuestion,
    ratio: float,
    *,
    options: tuple[str, ...] = OPTIONS[:4],
    only_family: str | None = None,
    other_ratio: float = 0.0,
) -> tuple[Quota, ...]:
    """Quotas of a replacement policy: proposals of a year against the leavers of that year.

    Parameters
    ----------
    ratio
        Hires per leaver: 1.0 zero growth, 0.5 one for two.
    only_family
        The ratio holds for this family (teachers only); the others have ``other_ratio``.

    Returns
    -------
    Fractions of people are carried to the next year.

    Method: docs/method.md eq. 217.
    """

    def most(is_role: Flags, share: float) -> Numbers:
        along = np.floor(np.cumsum(question.leavers[is_role].sum(axis=0)) * share + 1e-6)
        return np.asarray(np.diff(along, prepend=0.0))

    if only_family is None:
        every = np.ones(len(question.roles), dtype=bool)
        return (Quota("replacement", options, most(every, ratio)),)
    own = np.array([family == only_family for family in question.families], dtype=bool)
    return (
        Quota(f"replacement:{only_family}", options, most(own, ratio), own),
        Quota("replacement:others", options, most(~own, other_ratio), ~own),
    )
