"""What a role of the plan is called within a sentence: a role group, or a teaching post.

Sentences of the plan are made where roles are codes; here the codes give way to names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from analytics.mix_prices import Price
from analytics.mix_told import Told
from analytics.posts_held import AT_LEVEL
from analytics.redistribution_words import post_words
from analytics.replacement import ROLE_SEPARATOR
from analytics.rules import RuleBook

Said = TypeVar("Said", Told, Price)


def role_words(role: str, rulebook: RuleBook) -> tuple[str, str]:
    """A role in Indonesian and English: ``guru kelas SD``, ``class teacher SD``.

    Parameters
    ----------
    role
        A role group, or a group with the post behind it (``guru:guru_kelas@SD``).
    """
    group, _, post = role.partition(ROLE_SEPARATOR)
    if not post:
        return _group_words(group, rulebook)
    kind, _, level = post.partition(AT_LEVEL)
    return f"{post_words(kind)} {level}".strip(), f"{post_words(kind, 'en')} {level}".strip()


def in_words(told: tuple[Said, ...], rulebook: RuleBook) -> tuple[Said, ...]:
    """What is told, or what one more is worth, with its roles by name."""
    return tuple(_named(one, rulebook) if one.role else one for one in told)


def _named(one: Said, rulebook: RuleBook) -> Said:
    indonesian, english = role_words(one.role, rulebook)
    return replace(
        one,
        text_id=one.text_id.replace(one.role, indonesian, 1),
        text_en=one.text_en.replace(one.role, english, 1),
    )


def _group_words(group: str, rulebook: RuleBook) -> tuple[str, str]:
    own = rulebook.role_groups.loc[rulebook.role_groups["role_group"] == group]
    if own.empty:
        return group, group
    return _within(str(own["label_id"].iloc[0])), _within(str(own["label_en"].iloc[0]))


def _within(label: str) -> str:
    """A label within a sentence: small, unless it begins with an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
