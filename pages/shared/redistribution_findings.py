"""What is to mend or to know before moves are believed, in the visitor's language."""

from __future__ import annotations

from typing import Any

from pages.shared.words import language


def finding_words(row: Any) -> str:  # noqa: ANN401 (a row of a frame)
    """One finding, as the model says it."""
    return str(row.text_en if language() == "en" else row.text)
