"""Slots nobody has filled: "[Student]", "____", "X%"."""

from __future__ import annotations

import re
from functools import cache

from goalsmith.tables import Row, load


class _Slots(Row):
    patterns: list[str]


@cache
def slots() -> re.Pattern[str]:
    """The one compiled pattern."""
    return re.compile("|".join(load("slots", _Slots).patterns), re.IGNORECASE)
