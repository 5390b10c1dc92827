"""Refusals written for people: the same sentence in Indonesian and in English."""

from __future__ import annotations


class Counted(int):
    """A number that chooses between two wordings: ``{count:school is|schools are}``."""

    def __format__(self, spec: str) -> str:
        one, mark, more = spec.partition("|")
        if not mark:
            return super().__format__(spec)
        return one if self == 1 else more


class ToldError(Exception):
    """Says so in Indonesian; ``english`` holds the same, or the one sentence there is."""

    def __init__(self, indonesian: str, english: str = "") -> None:
        super().__init__(indonesian)
        self.english = english or indonesian

    def said(self, language: str) -> str:
        """The sentence in ``id`` or ``en``."""
        return str(self) if language == "id" else self.english
