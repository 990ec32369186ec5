"""Document -> Reading: what kind of statement it is, and which words are which part.

A Reading never alters the text: its parts are spans into the caller's characters, in order, not
overlapping. Any reader that keeps :class:`Reader` fits; :mod:`goalsmith.grammar` is the one that
reads with grammar and tables.

For spaCy users: ``nlp.add_pipe("goalsmith_reader")`` fills ``doc.spans["goalsmith"]``,
``doc._.goal_kind``, ``doc._.goal_area`` and ``doc._.goal_reading``. A token may hold more characters
than a part ("3/4classroom"); the exact offsets are in the reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from goalsmith.text import Document, Span

Kind = Literal["goal", "objective", "accommodation", "service", "present_level", "other"]
Area = Literal[
    "reading", "writing", "math", "communication", "behavior",
    "executive", "motor", "adaptive", "transition", "other",
]  # fmt: skip
Label = Literal[
    "timeframe", "condition", "learner", "behavior", "criterion", "method", "baseline"
]

LABELS: tuple[Label, ...] = (
    "timeframe", "condition", "learner", "behavior", "criterion", "method", "baseline",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One labelled span of a statement."""

    label: Label
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of a statement.

    ``observable`` and ``measurable`` are None for a statement that is no goal.
    """

    kind: Kind
    area: Area
    parts: tuple[Part, ...]
    observable: bool | None
    measurable: bool | None

    def of(self, label: Label) -> list[Span]:
        """The spans of one label, in order."""
        return [part.span for part in self.parts if part.label == label]

    @property
    def is_goal(self) -> bool:
        """Whether the statement is a goal or an objective, and so is checked and scored as one."""
        return self.kind in ("goal", "objective")


class Reader(Protocol):
    """Anything that reads documents."""

    def read(self, document: Document) -> Reading:
        """Read one statement."""
        ...
