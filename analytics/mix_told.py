"""What the reader must know of a plan, in words: limits that bind, limits not kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.mix_programme import CAP, FULL, IN_EFFECT, INTAKE, MONEY, QUOTA, Row
from analytics.mix_question import MixQuestion, Numbers

# Codes of what is told.
CAP_UNMEETABLE, LOCK_OVER, LOCK_INELIGIBLE = "cap_unmeetable", "lock_over", "lock_ineligible"
FLOOR_UNMET, FLOOR_NEEDS, NOT_FOUND = "floor_unmet", "floor_needs", "not_found"
# What floors lack may be more than need be: time ran out before the least was proved.
FLOOR_UNPROVED = "floor_unproved"
# Nothing is broken: before anybody can arrive no floor holds.
FLOOR_LATE = "floor_late"
_BILLION = 1e9
_LIMITS = {
    QUOTA: ("kuota formasi", "quota of formations"),
    INTAKE: ("pagu usul", "ceiling on proposals"),
    MONEY: ("uang", "money"),
    CAP: ("ruang batas belanja pegawai", "room under the personnel limit"),
    FULL: ("kebutuhan", "need"),
    IN_EFFECT: ("pagu pekerjaan yang hilang", "ceiling on work removed"),
}
_HELD = (" Yang menahan: ", " Held back by: ")
# Posts below which a floor that is lowered is not worth telling.
_WORTH_TELLING = 0.05
# Roles whose floor is not reached that are told one by one.
_MOST_ROLES = 5
# What is less than this more than a whole formation is the solver's tolerance.
_WHOLE_DECIMALS = 4
_QUOTAS = {
    "replacement": ("pengganti", "replacement"),
    "others": ("lainnya", "others"),
    "formations": ("setahun", "a year"),
    "cpns": ("CPNS", "of CPNS"),
    "pppk": ("P3K", "of P3K"),
    "pppk_pw": ("P3K paruh waktu", "of P3K part time"),
    "mutasi_masuk": ("mutasi masuk", "of transfers in"),
    "redistribusi": ("redistribusi", "of redistribution"),
    "penataan": ("penataan", "of reorganising"),
    "teknologi": ("teknologi", "of technology"),
    "pendidik": ("pendidik", "of educators"),
}


@dataclass(frozen=True)
class Told:
    """Something the reader must know of a plan, in both languages.

    ``code``: ``cap_unmeetable``, ``lock_over``, ``lock_ineligible``, ``floor_unmet``,
    ``floor_unproved``, ``floor_late``, ``floor_needs``, ``not_found``. ``limit``: kind of limit
    and its name; ``role`` empty and ``year`` 0 where it is about all; ``amount`` in people, posts
    or rupiah.
    """

    code: str
    limit: str
    role: str
    year: int
    amount: float
    text_id: str
    text_en: str


@dataclass(frozen=True)
class Binding:
    """A limit that is used up: ``kind`` (quota, intake, money, cap), ``name``, ``year``."""

    kind: str
    name: str
    year: int


def limit_words(kind: str, name: str) -> tuple[str, str]:
    """A limit in Indonesian and English."""
    words = _LIMITS[kind]
    if not name:
        return words
    own = [_QUOTAS.get(part, (part, part)) for part in name.split(":")]
    return (
        f"{words[0]} {' '.join(one[0] for one in own)}",
        f"{words[1]} {' '.join(one[1] for one in own)}",
    )


def amount_words(kind: str, amount: float) -> tuple[str, str]:
    """An amount of a limit: rupiah, whole formations (rounded up), or posts with one decimal."""
    if kind in (MONEY, CAP):
        return rupiah(amount)
    if kind in (QUOTA, INTAKE):
        count = math.ceil(round(amount, _WHOLE_DECIMALS))
        return f"{count} formasi", f"{count} formation{'' if count == 1 else 's'}"
    number = f"{amount:.1f}".removesuffix(".0")
    return f"{number.replace('.', ',')} jabatan", f"{number} post{'' if number == '1' else 's'}"


def rupiah(amount: float) -> tuple[str, str]:
    """``Rp 1,23 miliar`` and ``Rp 1.23 billion``; millions below one billion."""
    if abs(amount) >= _BILLION:
        number, words = f"{amount / _BILLION:,.2f}", ("miliar", "billion")
    else:
        number, words = f"{amount / 1e6:,.1f}", ("juta", "million")
    swapped = number.replace(",", "_").replace(".", ",").replace("_", ".")
    return f"Rp {swapped} {words[0]}", f"Rp {number} {words[1]}"


def cap_unmeetable(year: int, amount: float) -> Told:
    """The cap is passed with nobody hired."""
    own = rupiah(amount)
    return Told(
        CAP_UNMEETABLE, CAP, "", year, amount,
        f"Batas belanja pegawai {year} terlewati {own[0]} walau tidak seorang pun diangkat;"
        " rencana ini tidak menambahnya.",
        f"The personnel limit of {year} is passed by {own[1]} even with nobody hired;"
        " this plan does not add to it.",
    )  # fmt: skip


def lock_over(question: MixQuestion, row: Row, amount: float) -> Told:
    """Fixed formations pass a limit by themselves."""
    year = question.years[row.year]
    role = question.roles[row.role] if row.role >= 0 else ""
    limit, own = limit_words(row.kind, row.name), amount_words(row.kind, amount)
    about = (f" untuk {role}", f" for {role}") if role else ("", "")
    return Told(
        LOCK_OVER, f"{row.kind}:{row.name}".removesuffix(":"), role, year, amount,
        f"Formasi yang dikunci melewati {limit[0]}{about[0]} {year} sebanyak {own[0]};"
        " batas itu dilonggarkan sampai di situ.",
        f"Formations fixed by hand pass the {limit[1]}{about[1]} of {year} by {own[1]};"
        " that limit is loosened as far as that.",
    )  # fmt: skip


def lock_ineligible(option: str, role: str, year: int, count: int) -> Told:
    """A fixed formation of an option that may not serve the role."""
    own = _QUOTAS.get(option, (option, f"of {option}"))
    return Told(
        LOCK_INELIGIBLE, option, role, year, float(count),
        f"Formasi {own[0]} yang dikunci untuk {role} {year} tidak mengisi apa pun: opsi itu tidak"
        " berlaku bagi jabatan ini.",
        f"The fixed formation {own[1]} for {role} in {year} fills nothing: the option is not"
        " open to this role.",
    )  # fmt: skip


def floor_unmet(role: str, year: int, amount: float, held_by: list[tuple[str, str]]) -> Told:
    """The service floor of a role cannot be reached within the limits."""
    own = amount_words(FULL, amount)
    why_id = ", ".join(dict.fromkeys(one[0] for one in held_by))
    why_en = ", ".join(dict.fromkeys(one[1] for one in held_by))
    return Told(
        FLOOR_UNMET, "floor", role, year, amount,
        f"Lantai layanan {role} {year} tidak tercapai: kurang {own[0]}."
        + (f"{_HELD[0]}{why_id}." if why_id else ""),
        f"The service floor of {role} in {year} is not reached: {own[1]} short."
        + (f"{_HELD[1]}{why_en}." if why_en else ""),
    )  # fmt: skip


def floor_unproved(lack: float, bound: float) -> Told:
    """What the floors lack in all, and what they lack at the least: not proved to be the same."""
    most, least = (f"{one:,.0f}" for one in (lack, np.floor(bound)))
    return Told(
        FLOOR_UNPROVED, "floor", "", 0, lack - bound,
        f"Kekurangan lantai itu, {most.replace(',', '.')} jabatan-tahun, belum terbukti yang"
        f" terkecil (paling sedikit {least.replace(',', '.')}): waktu menghitung habis lebih"
        " dahulu.",
        f"That the floors lack {most} post-years is not proved to be the least (no less than"
        f" {least}): the time to compute ran out first.",
    )  # fmt: skip


def floors_late(question: MixQuestion, lowered: Numbers) -> list[Told]:
    """Floors lowered (role, year) as lead times, eligibility and room ask: one sentence a role."""
    told = []
    for at in np.flatnonzero((lowered > _WORTH_TELLING).any(axis=1)).tolist():
        role, worst = question.roles[at], int(lowered[at].argmax())
        years = np.array(question.years)[lowered[at] > _WORTH_TELLING].tolist()
        amount, year = float(lowered[at, worst]), question.years[worst]
        own, when = amount_words(FULL, amount), years_told(years)
        most = (
            (f"paling banyak {own[0]} pada {year}", f"by {own[1]} at most, in {year}")
            if len(years) > 1
            else (f"sebanyak {own[0]}", f"by {own[1]}")
        )
        told.append(
            Told(
                FLOOR_LATE, "floor", role, year, amount,
                f"Lantai layanan {role} pada {when} diturunkan sejauh waktu tunggu, kelayakan, dan"
                f" ruang mengizinkan: {most[0]}.",
                f"The service floor of {role} in {when} is lowered as far as lead times,"
                f" eligibility and room ask: {most[1]}.",
            )
        )  # fmt: skip
    return told


def floor_needs(question: MixQuestion, row: Row, amount: float) -> Told:
    """How much more of a limit the floors would need."""
    year = question.years[row.year]
    limit, own = limit_words(row.kind, row.name), amount_words(row.kind, amount)
    return Told(
        FLOOR_NEEDS, f"{row.kind}:{row.name}".removesuffix(":"), "", year, amount,
        f"Agar lantai tercapai, {limit[0]} {year} perlu ditambah paling sedikit {own[0]}.",
        f"For the floors to be reached, the {limit[1]} of {year} must grow by at least {own[1]}.",
    )  # fmt: skip


def not_found(seconds: float) -> Told:
    """No plan was found in the time given."""
    return Told(
        NOT_FOUND, "seconds", "", 0, seconds,
        f"Rencana terbaik tidak ditemukan dalam {seconds:g} detik; yang tampil ialah rencana"
        " menurut urutan kebutuhan.",
        f"The best plan was not found within {seconds:g} seconds; what is shown follows the order"
        " of need.",
    )  # fmt: skip


def in_short(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """What is told, floors in one sentence a role and what they need in one a limit.

    Returns
    -------
    As ``told``, but of floors the roles that lack most, the rest as one, and of limits that fixed
    formations pass one sentence a limit; the years and what they lack stand in the sentence.
    """
    shortened = FLOOR_UNMET, FLOOR_UNPROVED, FLOOR_NEEDS, FLOOR_LATE, LOCK_OVER
    others = [*(one for one in told if one.code not in shortened), *_locks(told)]
    unproved = [one for one in told if one.code == FLOOR_UNPROVED]
    late = sorted((one for one in told if one.code == FLOOR_LATE), key=lambda one: -one.amount)
    floors: dict[str, list[Told]] = {}
    needs: dict[str, list[Told]] = {}
    for one in told:
        if one.code == FLOOR_UNMET:
            floors.setdefault(one.role, []).append(one)
        elif one.code == FLOOR_NEEDS:
            needs.setdefault(one.limit, []).append(one)
    ordered = sorted(floors.values(), key=lambda rows: -sum(one.amount for one in rows))
    short = [_of_role(rows) for rows in ordered[:_MOST_ROLES]]
    if rest := ordered[_MOST_ROLES:]:
        lacking = sum(one.amount for rows in rest for one in rows)
        number = f"{lacking:,.0f}"
        short.append(
            Told(
                FLOOR_UNMET, "floor", "", 0, lacking,
                f"Lantai {len(rest)} jabatan lain tidak tercapai pula: kurang seluruhnya"
                f" {number.replace(',', '.')} jabatan-tahun.",
                f"Floors of {len(rest)} more roles are not reached either: {number} post-years"
                " short in all.",
            )
        )  # fmt: skip
    late[_MOST_ROLES:] = [_late_too(late[_MOST_ROLES:])] if late[_MOST_ROLES:] else []
    return (*others, *late, *short, *unproved, *(_of_limit(rows) for rows in needs.values()))


def _locks(told: tuple[Told, ...]) -> list[Told]:
    """Limits that fixed formations pass, the most passed of each kind first, the rest as one."""
    limits: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        if one.code == LOCK_OVER:
            limits.setdefault((one.limit, one.role), []).append(one)
    kinds: dict[str, list[list[Told]]] = {}
    for rows in limits.values():
        kinds.setdefault(rows[0].limit.partition(":")[0], []).append(rows)
    short = []
    for of_kind in kinds.values():
        of_kind.sort(key=lambda rows: -max(one.amount for one in rows))
        short += [_of_lock(rows) for rows in of_kind[:_MOST_ROLES]]
        if rest := of_kind[_MOST_ROLES:]:
            short.append(_locks_too(rest))
    return short


def _of_lock(rows: list[Told]) -> Told:
    """One sentence for the years in which fixed formations pass a limit."""
    if len(rows) == 1:
        return rows[0]
    worst = max(rows, key=lambda one: one.amount)
    kind, _, name = worst.limit.partition(":")
    limit, own = limit_words(kind, name), amount_words(kind, worst.amount)
    years = years_told([one.year for one in rows])
    about = (f" untuk {worst.role}", f" for {worst.role}") if worst.role else ("", "")
    return Told(
        LOCK_OVER, worst.limit, worst.role, worst.year, worst.amount,
        f"Formasi yang dikunci melewati {limit[0]}{about[0]} pada {years}, paling banyak {own[0]}"
        f" pada {worst.year}; batas itu dilonggarkan sampai di situ.",
        f"Formations fixed by hand pass the {limit[1]}{about[1]} in {years}, by {own[1]} at most,"
        f" in {worst.year}; that limit is loosened as far as that.",
    )  # fmt: skip


def _locks_too(rest: list[list[Told]]) -> Told:
    """One sentence for further limits of a kind that fixed formations pass."""
    worst = max((one for rows in rest for one in rows), key=lambda one: one.amount)
    kind = worst.limit.partition(":")[0]
    limit, own = limit_words(kind, ""), amount_words(kind, worst.amount)
    return Told(
        LOCK_OVER, kind, "", 0, worst.amount,
        f"Formasi yang dikunci melewati {len(rest)} batas lain pula ({limit[0]}), masing-masing"
        f" paling banyak {own[0]}; batas-batas itu dilonggarkan sampai di situ.",
        f"Formations fixed by hand pass {len(rest)} more limits ({limit[1]}), each by {own[1]} at"
        " most; those limits are loosened as far as that.",
    )  # fmt: skip


def _late_too(rows: list[Told]) -> Told:
    """One sentence for further roles whose floors lead times lower."""
    worst = max(one.amount for one in rows)
    own = amount_words(FULL, worst)
    return Told(
        FLOOR_LATE, "floor", "", 0, worst,
        f"Lantai {len(rows)} jabatan lain diturunkan pula karena itu, masing-masing paling banyak"
        f" {own[0]}.",
        f"Floors of {len(rows)} more roles are lowered for that too, each by {own[1]} at most.",
    )  # fmt: skip


def _of_role(rows: list[Told]) -> Told:
    """One sentence for the years in which the floor of a role is not reached."""
    if len(rows) == 1:
        return rows[0]
    worst, last = max(rows, key=lambda one: one.amount), max(rows, key=lambda one: one.year)
    years = years_told([one.year for one in rows])
    own = amount_words(FULL, worst.amount)
    why = [
        f"{head}{text.partition(head)[2]}" if head in text else ""
        for head, text in zip(_HELD, (last.text_id, last.text_en), strict=True)
    ]
    return Told(
        FLOOR_UNMET, "floor", worst.role, worst.year, worst.amount,
        f"Lantai layanan {worst.role} tidak tercapai pada {years}: paling kurang {own[0]} pada"
        f" {worst.year}.{why[0]}",
        f"The service floor of {worst.role} is not reached in {years}: {own[1]} short at the worst,"
        f" in {worst.year}.{why[1]}",
    )  # fmt: skip


def _of_limit(rows: list[Told]) -> Told:
    """One sentence for the years in which floors need more of a limit."""
    if len(rows) == 1:
        return rows[0]
    worst = max(rows, key=lambda one: one.amount)
    kind, _, name = worst.limit.partition(":")
    limit = limit_words(kind, name)
    own = [amount_words(kind, one.amount) for one in rows]
    each = [
        ", ".join(f"{one.year} {words[language]}" for one, words in zip(rows, own, strict=True))
        for language in (0, 1)
    ]
    return Told(
        FLOOR_NEEDS, worst.limit, "", worst.year, worst.amount,
        f"Agar lantai tercapai, {limit[0]} perlu ditambah paling sedikit: {each[0]}.",
        f"For the floors to be reached, the {limit[1]} must grow by at least: {each[1]}.",
    )  # fmt: skip


def years_told(years: list[int]) -> str:
    """Years as people write them: ``2027-2029, 2031``."""
    ends: list[tuple[int, int]] = []
    for year in sorted(years):
        if ends and year == ends[-1][1] + 1:
            ends[-1] = (ends[-1][0], year)
        else:
            ends.append((year, year))
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ends)
