"""Diagnostics -> Score: 0 to 100 and a mark a letter, each naming what cost it.

The weights are ``tables/weights.toml``. A letter that can't be judged from what was given has no mark
and doesn't count; the others are scaled to 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast, get_args

from goalsmith.checks.achievable import comparisons
from goalsmith.checks.registry import CATALOGUE, Letter
from goalsmith.diagnostic import Diagnostic
from goalsmith.errors import TableError
from goalsmith.facts import Facts
from goalsmith.tables import Row, load

LETTERS: tuple[Letter, ...] = get_args(Letter)


class _Together(Row):
    codes: list[str]
    letter: str
    points: int


class _Weights(Row):
    letters: dict[str, int]
    deductions: dict[str, dict[str, int]]
    together: list[_Together]


@cache
def weights() -> _Weights:
    """The table of weights, checked against the catalogue."""
    table = load("weights", _Weights)
    codes = set(table.deductions) | {code for row in table.together for code in row.codes}
    letters = {name for row in table.deductions.values() for name in row} | {r.letter for r in table.together}
    if unknown := codes - set(CATALOGUE):
        raise TableError(f"tables/weights.toml: deductions: no check {sorted(unknown)[0]}")
    if tuple(table.letters) != LETTERS or not letters <= set(LETTERS):
        raise TableError("tables/weights.toml: letters: expected exactly the five letters")
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """Points of the total that findings cost; ``codes`` are the checks that found it."""

    codes: tuple[str, ...]
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A letter's mark from 0 to 100, or None where it can't be judged; ``reason`` says why not."""

    value: int | None
    deductions: tuple[Deduction, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The total and the five marks; the total is None for a statement that is no goal."""

    total: int | None
    marks: dict[Letter, Mark]

    def to_dict(self) -> dict[str, Any]:
        """Total and marks as numbers; what can't be judged is None."""
        return {"total": self.total} | {letter: mark.value for letter, mark in self.marks.items()}


def score(facts: Facts, diagnostics: Sequence[Diagnostic]) -> Score:
    """Score one statement from what the checks found."""
    return score_of(facts, dict.fromkeys(d.code for d in diagnostics))


def score_of(facts: Facts, found: Iterable[str]) -> Score:
    """Score one statement from the codes of what was found, each once."""
    if not facts.reading.is_goal:
        mark = Mark(value=None, reason="the statement is no goal")
        return Score(total=None, marks=dict.fromkeys(LETTERS, mark))
    return score_goal(found, unjudged(facts))


def unjudged(facts: Facts) -> dict[Letter, str]:
    """The letters that can't be judged from what was given, unless something was found, each with the reason."""
    return {letter: reason for letter in LETTERS if (reason := _open(letter, facts))}


def score_goal(found: Iterable[str], unjudged: Mapping[Letter, str]) -> Score:
    """Score a goal from the codes of what was found and the letters that can't be judged."""
    table = weights()
    found = list(found)
    lost: dict[Letter, list[Deduction]] = {letter: [] for letter in LETTERS}
    for code in found:
        for letter, points in table.deductions.get(code, {}).items():
            lost[cast(Letter, letter)].append(Deduction(codes=(code,), points=points))
    for row in table.together:
        if all(code in found for code in row.codes):
            lost[cast(Letter, row.letter)].append(Deduction(codes=tuple(row.codes), points=row.points))
    marks: dict[Letter, Mark] = {}
    earned = possible = 0
    for letter in LETTERS:
        worth = table.letters[letter]
        if (reason := unjudged.get(letter)) and not lost[letter]:
            marks[letter] = Mark(value=None, reason=reason)
            continue
        left = max(0, worth - sum(d.points for d in lost[letter]))
        marks[letter] = Mark(value=round(100 * left / worth), deductions=tuple(lost[letter]))
        earned, possible = earned + left, possible + worth
    return Score(total=round(100 * earned / possible), marks=marks)


def _open(letter: Letter, facts: Facts) -> str | None:
    """Why a letter can't be judged from what was given, or None where it can."""
    if letter == "achievable" and not comparisons(facts) and not facts.known_start:
        return "needs a baseline and a target in the same unit"
    if letter == "relevant" and facts.present_levels is None:
        return "needs the student's present levels"
    return None
