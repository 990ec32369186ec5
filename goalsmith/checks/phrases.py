"""The wordings of ``tables/checks.toml``, compiled once."""

from __future__ import annotations

import re
from functools import cache

from goalsmith.tables import Row, load


class _Masking(Row):
    pattern: str
    instead: str


class _Patterns(Row):
    patterns: list[str]


class _Phrases(Row):
    masking: list[_Masking]
    relative: _Patterns
    hedges: _Patterns
    course: _Patterns
    test: _Patterns
    curriculum: _Patterns
    padding: _Patterns
    undesired: _Patterns


class Phrases:
    """Compiled patterns by name."""

    def __init__(self) -> None:
        table = load("checks", _Phrases)
        self.masking = [(_compiled([row.pattern]), row.instead) for row in table.masking]
        self.relative = _compiled(table.relative.patterns)
        self.hedges = _compiled(table.hedges.patterns)
        self.course = _compiled(table.course.patterns)
        self.test = _compiled(table.test.patterns)
        self.curriculum = _compiled(table.curriculum.patterns)
        self.padding = _compiled(table.padding.patterns)
        self.undesired = _compiled(table.undesired.patterns)


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


@cache
def phrases() -> Phrases:
    """The one compiled instance."""
    return Phrases()
