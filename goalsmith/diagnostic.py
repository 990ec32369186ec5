"""What a check says about a text: a Diagnostic, and the Fix it may offer.

Every diagnostic points at characters of the caller's own text; where something is missing the span is
zero wide, at the place it would go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from goalsmith.text import Span

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")

# "safe": nothing about the student changes. "person": it leaves an open slot, or drops words whose
# meaning only the author knows.
Safety = Literal["safe", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Put ``text`` in place of the characters of ``span``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that mends what a diagnostic found."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety

    def to_dict(self) -> dict[str, Any]:
        """As plain data; offsets count in the reviewed text."""
        return {
            "title": self.title,
            "safety": self.safety,
            "edits": [{"start": e.span.start, "end": e.span.end, "text": e.text} for e in self.edits],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding: what is the matter (``message``), what to do (``help``), and by which source.

    ``confidence`` is the calibrated chance that the reader's judgment behind it is right, None where it
    rests on none; where it is low the message is a question and the severity "hint".
    """

    code: str
    name: str
    severity: Severity
    span: Span
    message: str
    help: str
    source: str
    confidence: float | None = None
    question: bool = False
    fix: Fix | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain data; offsets are code points, end exclusive."""
        row: dict[str, Any] = {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "start": self.span.start,
            "end": self.span.end,
            "message": self.message,
            "help": self.help,
            "source": self.source,
        }
        if self.confidence is not None:
            row |= {"confidence": self.confidence, "question": self.question}
        if self.fix is not None:
            row["fix"] = self.fix.to_dict()
        return row


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """The text with the fixes made; a fix whose edits overlap an earlier one's is left out."""
    taken: list[Edit] = []
    for fix in fixes:
        if not any(_clash(edit, other) for edit in fix.edits for other in taken):
            taken += fix.edits
    # Where several insertions meet at one place, the first fix stands first.
    order = sorted(enumerate(taken), key=lambda item: (item[1].span.start, item[1].span.end, item[0]))
    out, at = [], 0
    for _, edit in order:
        out += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*out, text[at:]])


def _clash(a: Edit, b: Edit) -> bool:
    if a == b and a.span.start < a.span.end:
        return True
    return a.span.start < b.span.end and b.span.start < a.span.end
