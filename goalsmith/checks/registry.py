"""The catalogue of checks: one decorator registers a check, its docstring documents it.

A check's docstring is read, not just displayed: first line the summary, then the reason, then
``Flags:`` and ``Passes:`` with one example a line. In an example «guillemets» hold the characters the
check must point at, ``«»`` a place where something is missing; ``{present levels: …}`` in front gives
the review a present-levels statement. Examples are read as of :data:`EXAMPLES_TODAY`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from goalsmith.diagnostic import Fix, Severity
from goalsmith.facts import Facts
from goalsmith.text import Span

EXAMPLES_TODAY = date(2026, 9, 1)

Letter = Literal["specific", "measurable", "achievable", "relevant", "timebound"]
# The part of a goal whose absence a check reports; a rule pack says how grave that is.
RequiredPart = Literal[
    "behavior", "criterion", "condition", "timeframe", "method", "schedule", "person", "baseline", "learner",
]  # fmt: skip


# The reader's judgment a check rests on: where the reader is unsure, the finding becomes a question.
Judgment = Literal["kind", "observable", "measurable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check yields: where, what is the matter, and what to do."""

    span: Span
    message: str
    help: str
    fix: Fix | None = None


CheckFunction = Callable[[Facts], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A documented example: the text, the characters to point at, and the present levels, if any."""

    text: str
    span: Span | None
    present_levels: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the catalogue. ``severity`` is its own; where it reports a missing ``part`` the pack decides."""

    code: str
    name: str
    letter: Letter | None
    severity: Severity
    source: str
    function: CheckFunction
    summary: str
    reason: str
    flags: tuple[Example, ...]
    passes: tuple[Example, ...]
    part: RequiredPart | None = None
    goals_only: bool = True
    judgment: Judgment | None = None
    # An objective stands under a goal that carries these: what it lacks is a hint at most.
    soft_for_objectives: bool = False


CATALOGUE: dict[str, Check] = {}


def check(
    code: str,
    name: str,
    *,
    source: str,
    severity: Severity = "warning",
    letter: Letter | None = None,
    part: RequiredPart | None = None,
    goals_only: bool = True,
    judgment: Judgment | None = None,
    soft_for_objectives: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a generator over Facts as the check ``code``. The only place a check is made known."""

    def register(function: CheckFunction) -> CheckFunction:
        if code in CATALOGUE:
            raise ValueError(f"check {code} is registered twice")
        summary, reason, flags, passes = _document(code, inspect.getdoc(function) or "")
        CATALOGUE[code] = Check(
            code=code,
            name=name,
            letter=letter,
            severity=severity,
            source=source,
            function=function,
            summary=summary,
            reason=reason,
            flags=flags,
            passes=passes,
            part=part,
            goals_only=goals_only,
            judgment=judgment,
            soft_for_objectives=soft_for_objectives,
        )
        return function

    return register


def _document(code: str, doc: str) -> tuple[str, str, tuple[Example, ...], tuple[Example, ...]]:
    parts = re.fullmatch(
        r"(?P<summary>[^\n]+)\n\n(?P<reason>.+?)\n\nFlags:\n(?P<flags>.+?)\nPasses:\n(?P<passes>.+)",
        doc,
        re.DOTALL,
    )
    if parts is None:
        raise ValueError(f"check {code}: the docstring needs a summary, a reason, Flags: and Passes:")
    examples = [
        tuple(_example(line.strip()) for line in parts[name].splitlines() if line.strip())
        for name in ("flags", "passes")
    ]
    return parts["summary"], " ".join(parts["reason"].split()), examples[0], examples[1]


def _example(line: str) -> Example:
    given = re.match(r"\{present levels: ([^}]*)\}\s*", line)
    marked = line[given.end() :] if given else line
    start, end = marked.find("«"), marked.find("»")
    span = Span(start, end - 1) if start >= 0 else None
    text = marked.replace("«", "").replace("»", "")
    return Example(text=text, span=span, present_levels=given[1] if given else None)
