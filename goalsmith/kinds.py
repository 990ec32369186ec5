"""Weigh what kind of statement a text is, and which area it belongs to, from two tables of cues."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import cast

from goalsmith.reading import Area, Kind
from goalsmith.tables import Row, load

_Cue = tuple[str, float]


class _Kinds(Row):
    prior: dict[str, float]
    cues: dict[str, list[list[str | float]]]


class _Areas(Row):
    cues: dict[str, list[list[str | float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The heaviest kind and area, with what each candidate weighed."""

    kind: Kind
    area: Area
    kind_weights: dict[str, float]
    area_weights: dict[str, float]


class Kinds:
    """The compiled cues; build once, use from any thread."""

    def __init__(self) -> None:
        table = load("kinds", _Kinds)
        self._prior = table.prior
        self._kinds = _compile(table.cues)
        self._areas = _compile(load("areas", _Areas).cues)

    def weigh(self, text: str) -> Weighed:
        """Weigh one statement."""
        kind_weights = {
            kind: self._prior[kind] + sum(weight for cue, weight in cues if cue.search(text))
            for kind, cues in self._kinds.items()
        }
        # An objective is a goal with a sign: it inherits what speaks for a goal.
        if kind_weights["objective"] >= 2.0:
            kind_weights["objective"] += kind_weights["goal"] - self._prior["goal"]
        # Each further mention of an area's words counts for less.
        area_weights = {
            area: sum(
                weight * sum(0.6**n for n in range(len(cue.findall(text)))) for cue, weight in cues
            )
            for area, cues in self._areas.items()
        }
        area = max(area_weights, key=lambda a: area_weights[a])
        return Weighed(
            kind=cast(Kind, max(kind_weights, key=lambda k: kind_weights[k])),
            area=cast(Area, area if area_weights[area] > 0 else "other"),
            kind_weights=kind_weights,
            area_weights=area_weights,
        )


def _compile(cues: dict[str, list[list[str | float]]]) -> dict[str, list[tuple[re.Pattern[str], float]]]:
    return {
        name: [(re.compile(str(pattern), re.IGNORECASE), float(weight)) for pattern, weight in rows]
        for name, rows in cues.items()
    }


@cache
def kinds() -> Kinds:
    """The one compiled instance."""
    return Kinds()
