"""Review: everything goalsmith says about one statement, as values and as plain data.

The plain form is the contract others script against; ``goalsmith schema`` prints its JSON Schema.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from goalsmith.diagnostic import SEVERITIES, Diagnostic, Severity
from goalsmith.facts import Facts
from goalsmith.growth import growth
from goalsmith.reading import Part, Reading
from goalsmith.score import Score

SCHEMA_VERSION = "1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One statement's reading, facts, diagnostics and score."""

    facts: Facts
    diagnostics: tuple[Diagnostic, ...]
    score: Score
    rules: str
    id: str | None = None

    @property
    def text(self) -> str:
        """The caller's own text."""
        return self.facts.text

    @property
    def reading(self) -> Reading:
        """Kind, area and labelled parts."""
        return self.facts.reading

    @property
    def parts(self) -> tuple[Part, ...]:
        """The labelled parts, in order, not overlapping."""
        return self.reading.parts

    def at_or_above(self, severity: Severity) -> list[Diagnostic]:
        """The diagnostics at least as grave as ``severity``."""
        bar = SEVERITIES.index(severity)
        return [d for d in self.diagnostics if SEVERITIES.index(d.severity) <= bar]

    def to_dict(self) -> dict[str, Any]:
        """The review as plain data, valid under :func:`schema`; offsets are code points, end exclusive."""
        row: dict[str, Any] = {} if self.id is None else {"id": self.id}
        row |= {
            "text": self.text,
            "kind": self.reading.kind,
            "area": self.reading.area,
            "observable": self.reading.observable,
            "measurable": self.reading.measurable,
            "quality": self.reading.quality,
            "confidence": self._confidence(),
            "spans": [
                {
                    "start": part.span.start,
                    "end": part.span.end,
                    "label": part.label,
                    "text": part.span.of(self.text),
                    "confidence": part.confidence,
                }
                for part in self.parts
            ],
            "facts": self.facts.to_list(),
            "diagnostics": [d.to_dict() for d in self.diagnostics],
            "present_levels": self._present_levels(),
            "growth": sums.to_dict() if (sums := growth(self.facts)) else None,
            "score": self.score.to_dict(),
            "rules": self.rules,
            "schema_version": SCHEMA_VERSION,
        }
        return row

    def _present_levels(self) -> dict[str, Any] | None:
        known, link = self.facts.present_levels, self.facts.link
        if known is None:
            return None
        return {
            "text": known.text,
            "facts": known.to_list(),
            "link": link.to_dict(known) if link and link.notes else None,
        }

    def _confidence(self) -> dict[str, float]:
        sure = {"kind": self.reading.confidence.kind, "area": self.reading.confidence.area}
        if self.reading.is_goal:
            sure["observable"] = self.reading.confidence.observable
            sure["measurable"] = self.reading.confidence.measurable
        return sure


def schema(of: Literal["review", "rewrite", "draft", "benchmarks"] = "review") -> dict[str, Any]:
    """The JSON Schema (2020-12) of :meth:`Review.to_dict`, or of what another command prints as JSON."""
    loaded: dict[str, Any] = json.loads(
        (files("goalsmith") / "schemas" / f"{of}.json").read_text(encoding="utf-8")
    )
    return loaded
