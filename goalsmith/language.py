"""Is a text in English? goalsmith reads no other language, and says so rather than guess."""

from __future__ import annotations

import re
from functools import cache

from goalsmith.tables import Row, load

# Fewer words than this tell too little: "OT consult, 15 min" has no function word either.
_FEWEST = 6


class _Language(Row):
    function_words: list[str]
    foreign_words: list[str]


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    table = load("language", _Language)
    return frozenset(table.function_words), frozenset(table.foreign_words)


def is_english(text: str) -> bool:
    """Whether a text may be English; a short one is given the benefit of the doubt."""
    letters = [char for char in text if char.isalpha()]
    if letters and sum(char < "\u0250" for char in letters) < len(letters) / 2:
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < _FEWEST:
        return True
    english, foreign = (sum(word in known for word in words) for known in _words())
    return english >= foreign or foreign < 0.15 * len(words)
