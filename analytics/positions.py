"""Which role and grade a position title stands for.

Titles are matched against the dated rows of ``data/rules/position_pattern.csv``. A title, and
where the file has them the kind of post, the echelon and the stated grade, decide; the pay grade
(golongan) never does. A title that no row knows stays unknown, is listed, and can be mapped once
for all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.rules import NO_JENJANG, RuleBook, RuleError

LOCAL = "local_title"
EXTRA_DUTY_HEAD = "extra_duty"
# Distinct posts whose role is remembered.
_MOST_KNOWN = 20_000

_STATED = "stated"
_STATED_OR_NONE = "stated_or_none"
_BY_JENJANG = "by_jenjang"
_EXPERT_PREFIX = "ahli_"

_PUNCTUATION = re.compile(r"[^0-9a-z]+")
# What lists write around a title without changing the post.
_NOISE = re.compile(
    r"\b(?:pppk|p3k|pns|cpns|asn)(?: paruh waktu| penuh waktu| pw)?\b|\bparuh waktu\b"
    r"|\bpenuh waktu\b|^(?:\d+ )+(?=[a-z])"
)
# Spellings of one word; applied for matching only, the key keeps what was written.
_SPELLINGS = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\bsekolah (?:menengah|lanjutan tingkat) pertama\b", "smp"),
        (r"\bsekolah menengah (?:atas|umum)\b", "sma"),
        (r"\btingkat pertama\b", "dasar"),
        (r"\bsekolah menengah kejuruan\b", "smk"),
        (r"\bklinik utama\b", "klinik"),
        (r"\bahli(?=pertama|muda|madya|utama)", "ahli "),
        (r"\b(?:a|ah|ahl) (?=(?:pertama|muda|madya|utama)\b)", "ahli "),
        (r"\bahli pratama\b", "ahli pertama"),
        (r"\bpel lanjutan\b|\bpelaksana lanj\b|\bpel lanj\b", "pelaksana lanjutan"),
        (r"\bkomp\b", "komputer"),
        (r"\bsek[er]{1,3}taris\b", "sekretaris"),
        (r"\bwalikota\b", "wali kota"),
        (r"\bpengadministrasian\b", "pengadministrasi"),
    )
)


def title_key(title: object) -> str:
    """A title as titles are compared: lower case, without punctuation, spaces folded.

    The words that tell the kind of employment (PPPK, paruh waktu) are left out: they do not
    change the post. NA and empty give ''.
    """
    if pd.isna(title):
        return ""
    # Accents fall off their letters; invisible characters (zero width, BOM) must not cut a word.
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", str(title)).casefold()
        if unicodedata.category(letter) not in ("Mn", "Cf")
    )
    key = _PUNCTUATION.sub(" ", plain).strip()
    # A title that is nothing but "CPNS" keeps its word: an empty key would stand for every blank.
    return " ".join(_NOISE.sub(" ", key).split()) or key


def position_roles(
    people: pd.DataFrame,
    rulebook: RuleBook,
    local_titles: Mapping[str, tuple[str, str]] | None = None,
    *,
    as_categories: bool = False,
) -> pd.DataFrame:
    """Role group and jenjang of each person's post.

    Parameters
    ----------
    people
        One row per person: ``position`` (title as written) and, where present, ``position_kind``,
        ``echelon``, ``stated_jenjang``, ``extra_duty``. Any may be NA. No other column is read.
    rulebook
        The rules (``rules.load()``).
    local_titles
        ``title_key`` -> ``(role_group, jenjang)``, mapped by hand; goes before every pattern.
    as_categories
        True answers in categories instead of text: for counting millions.

    Returns
    -------
    Index-aligned text: ``role_group``, ``jenjang``, ``pattern_id``. ``role_group`` is NA
    when no row fits. ``jenjang`` is ``-`` where the role needs none, NA where it needs one and
    neither the title nor the jenjang column states it. ``pattern_id`` names the row that decided.

    Raises
    ------
    RuleError
        When a local title points at a role that no rule of age knows.

    Method: docs/method.md eq. 5.
    """
    local = _checked_local(local_titles or {}, rulebook)
    columns = ("position", "position_kind", "echelon", "stated_jenjang", "extra_duty")
    code, distinct = _distinct(people, [column for column in columns if column in people])
    classifier = _classifier(rulebook, frozenset(local.items()))
    answers = [classifier.role(*(row.get(column) for column in columns)) for row in distinct]
    table = pd.DataFrame(answers, columns=["role_group", "jenjang", "pattern_id"], dtype="str")
    if as_categories:
        table = table.astype("category")
    return table.take(code).set_axis(people.index)


def titles_held(people: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """What titles stand for where people hold them: their kind of post and echelon told it.

    Parameters
    ----------
    people
        One row per person: ``position``, ``role_group``, ``jenjang``.

    Returns
    -------
    ``title_key`` -> the commonest ``(role_group, jenjang)``; titles nobody's role is known of are
    left out. For lists that name titles alone.
    """
    known = people.dropna(subset=["position", "role_group", "jenjang"])
    if known.empty:
        return {}
    counted = known.groupby(["position", "role_group", "jenjang"]).size().reset_index(name="people")
    counted = counted.assign(key=counted["position"].map(title_key))
    summed = counted.groupby(["key", "role_group", "jenjang"])["people"].sum().reset_index()
    ordered = summed.sort_values(["key", "people", "role_group"], ascending=[True, False, True])
    first = ordered.drop_duplicates("key")
    pairs = zip(first["role_group"], first["jenjang"], strict=True)
    return dict(zip(first["key"], pairs, strict=True))


def unmatched_titles(people: pd.DataFrame) -> pd.DataFrame:
    """Titles that give no retirement age, with how many people hold them.

    Parameters
    ----------
    people
        One row per person: ``position``, ``role_group``, ``jenjang``; ``position_kind`` and
        ``bup_years`` where present.

    Returns
    -------
    One row per title and kind: ``position``, ``position_kind``, ``people_count``; most people
    first. A title counts as unmatched when its role or its jenjang is unknown, or (with
    ``bup_years``) when no rule of age answers.
    """
    unknown = people["role_group"].isna() | people["jenjang"].isna()
    if "bup_years" in people:
        unknown |= people["bup_years"].isna()
    rows = people.loc[unknown]
    kind = rows["position_kind"] if "position_kind" in rows else pd.Series(pd.NA, index=rows.index)
    counted = pd.DataFrame({"position": rows["position"], "position_kind": kind}).astype("object")
    return (
        counted.groupby(["position", "position_kind"], dropna=False)
        .size()
        .rename("people_count")
        .reset_index()
        .sort_values(["people_count", "position"], ascending=[False, True], ignore_index=True)
    )


@dataclass(frozen=True)
class _Row:
    pattern_id: str
    priority: int
    field: str
    pattern: re.Pattern[str]
    kind: str
    role_group: str
    jenjang: str

    def wants(self, kind: str) -> bool:
        if self.kind.startswith("!"):
            return kind != self.kind[1:]
        return self.kind in ("", kind)


_Answer = tuple[str | None, str | None, str | None]


class _Classifier:
    """Applies the pattern rows, in their order of priority, to one post at a time."""

    def __init__(self, rulebook: RuleBook, local: Mapping[str, tuple[str, str]]) -> None:
        rows = _rows(rulebook)
        self._local = local
        self._kinds = [row for row in rows if row.field == "kind" and not row.role_group]
        self._jenjangs = [row for row in rows if row.field == "jenjang"]
        self._stated = [row for row in rows if row.field == "stated_jenjang" and not row.role_group]
        self._roles = [
            row for row in rows if row not in self._kinds + self._jenjangs + self._stated
        ]
        self._heads = [row for row in rows if row.role_group == "kepala_sekolah"]
        self._roles_known = rulebook.roles()
        # The same titles come back with every question about the same people.
        self.role = lru_cache(maxsize=_MOST_KNOWN, typed=True)(self._role)

    def _role(
        self, position: object, kind: object, echelon: object, stated: object, duty: object
    ) -> _Answer:
        key = title_key(position)
        if key in self._local:
            return (*self._local[key], LOCAL)
        texts = {
            "title": _respelled(key),
            "kind": title_key(kind),
            "echelon": title_key(echelon),
            "stated_jenjang": _respelled(title_key(stated)),
        }
        texts["kind_class"] = self._kind(texts["kind"])
        answer = self._first(texts)
        # A teacher whose extra duty is to lead a school leads it, whatever the title column says.
        if answer[0] == "guru" and duty is not None:
            written = _respelled(title_key(duty))
            if written and any(row.pattern.search(written) for row in self._heads):
                return "kepala_sekolah", answer[1], EXTRA_DUTY_HEAD
        return answer

    def _first(self, texts: Mapping[str, str]) -> _Answer:
        kind = texts["kind_class"]
        half: _Answer = (None, None, None)
        is_silent = False
        for row in self._roles:
            text = texts[row.field]
            if not text or (is_silent and row.field == "title") or not row.wants(kind):
                continue
            if not row.pattern.search(text):
                continue
            if not row.role_group:
                # The title is known to say nothing; the other columns still may.
                is_silent = True
                continue
            jenjang = self._jenjang(row, texts)
            role_group = self._role_group(row, jenjang)
            if role_group is not None and jenjang is not None:
                return role_group, jenjang, row.pattern_id
            # A role without its grade waits for a later row that is complete.
            if half[0] is None and role_group is not None:
                half = (role_group, None, row.pattern_id)
        return half

    def _role_group(self, row: _Row, jenjang: str | None) -> str | None:
        if row.role_group != _BY_JENJANG:
            return row.role_group
        if jenjang is None:
            return None
        return "jf_keahlian" if jenjang.startswith(_EXPERT_PREFIX) else "jf_keterampilan"

    def _jenjang(self, row: _Row, texts: Mapping[str, str]) -> str | None:
        if row.jenjang not in (_STATED, _STATED_OR_NONE):
            return row.jenjang
        # The title is the appointment letter's wording; the jenjang column only fills a gap.
        found = self._stated_in(texts["title"], is_column=False, kind=texts["kind_class"])
        found = found or self._stated_in(
            texts["stated_jenjang"], is_column=True, kind=texts["kind_class"]
        )
        if found is not None and (
            row.role_group == _BY_JENJANG or (row.role_group, found) in self._roles_known
        ):
            return found
        return NO_JENJANG if row.jenjang == _STATED_OR_NONE and found is None else None

    def _stated_in(self, text: str, *, is_column: bool, kind: str) -> str | None:
        if not text:
            return None
        found: tuple[int, int, str] | None = None
        for row in self._jenjangs + (self._stated if is_column else []):
            if found and row.priority > found[0]:
                break
            seen = row.pattern.search(text) if row.wants(kind) else None
            # Of two words of one rank the first is the grade, the second part of a name:
            # "Perawat Madya UPT Puskesmas Utama".
            if seen and (found is None or seen.end() < found[1]):
                found = (row.priority, seen.end(), row.jenjang)
        return found[2] if found else None

    def _kind(self, text: str) -> str:
        for row in self._kinds:
            if text and row.pattern.search(text):
                return row.kind
        return ""


@lru_cache(maxsize=4)
def _classifier(rulebook: RuleBook, local: frozenset[tuple[str, tuple[str, str]]]) -> _Classifier:
    return _Classifier(rulebook, dict(local))


@lru_cache(maxsize=4)
def _rows(rulebook: RuleBook) -> tuple[_Row, ...]:
    return tuple(
        _Row(
            pattern_id=row.pattern_id,
            priority=int(row.priority),
            field=row.field,
            pattern=re.compile(row.pattern),
            kind=row.kind,
            role_group=row.role_group,
            jenjang=row.jenjang,
        )
        for row in rulebook.position_patterns.itertuples()
    )


def _respelled(key: str) -> str:
    for pattern, word in _SPELLINGS:
        key = pattern.sub(word, key)
    return key


def _checked_local(
    local_titles: Mapping[str, tuple[str, str]], rulebook: RuleBook
) -> dict[str, tuple[str, str]]:
    known = rulebook.roles()
    for title, role in local_titles.items():
        if tuple(role) not in known:
            raise RuleError(
                f"jabatan {title!r} dipetakan ke {role[0]} {role[1]}, yang tidak dikenal baris"
                " mana pun di data/rules/retirement_age.csv; petakan lagi atau tambahkan"
                " barisnya",
                f"the title {title!r} is mapped to {role[0]} {role[1]}, which no row of"
                " data/rules/retirement_age.csv knows; map it again or add the row",
            )
    return {title_key(title): (role[0], role[1]) for title, role in local_titles.items()}


def _distinct(
    people: pd.DataFrame, columns: list[str]
) -> tuple[np.ndarray, list[dict[str, object]]]:
    """Each person's number among the distinct posts, and those posts."""
    code = np.zeros(len(people), dtype=np.int64)
    posts: list[dict[str, object]] = [{}] if len(people) else []
    for column in columns:
        own, values = pd.factorize(people[column], use_na_sentinel=False)
        pairs = code * len(values) + own
        # Kept dense, so that five columns of text never overflow the number.
        code, seen = pd.factorize(pairs)
        value = [None if pd.isna(one) else one for one in values]
        posts = [{**posts[n // len(value)], column: value[n % len(value)]} for n in seen.tolist()]
    return code, posts
