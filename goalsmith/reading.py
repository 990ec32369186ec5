"""Document -> Reading: what kind of statement it is, and which words are which part.

A Reading never alters the text: its parts are spans into the caller's characters, in order, not
overlapping. Any reader that keeps :class:`Reader` fits; :mod:`goalsmith.reader` is the one that ships.

For spaCy users: ``nlp.add_pipe("goalsmith_reader")`` fills ``doc.spans["goalsmith"]``,
``doc._.goal_kind``, ``doc._.goal_area`` and ``doc._.goal_reading``. A token may hold more characters
than a part ("3/4classroom"); the exact offsets are in the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from goalsmith.text import Document, Span

Kind = Literal["goal", "objective", "accommodation", "service", "present_level", "other"]
Area = Literal[
    "reading", "writing", "math", "communication", "behavior",
    "executive", "motor", "adaptive", "transition", "other",
]  # fmt: skip
Label = Literal["timeframe", "condition", "learner", "behavior", "criterion", "method", "baseline"]

LABELS: tuple[Label, ...] = get_args(Label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One labelled span; ``confidence`` is the calibrated chance that an annotator would mark it so."""

    label: Label
    span: Span
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """The calibrated chance, 0 to 1, that an annotator would judge the statement as the reader did."""

    kind: float = 1.0
    area: float = 1.0
    observable: float = 1.0
    measurable: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of a statement.

    ``observable``, ``measurable`` and ``quality`` (an estimate of the 1 to 5 an annotator would give)
    are None for a statement that is no goal; ``areas`` has the chance of every area, in the order of
    :data:`Area`. A text that is not ``english`` is not read: its kind and area
    are "other". For each label of which no part was
    found, ``doubts`` has the words that come nearest, with the chance that they are one after all.
    """

    kind: Kind
    area: Area
    parts: tuple[Part, ...] = ()
    observable: bool | None = None
    measurable: bool | None = None
    quality: float | None = None
    english: bool = True
    areas: tuple[float, ...] = ()
    confidence: Confidence = Confidence()
    doubts: tuple[Part, ...] = ()

    def of(self, label: Label) -> list[Span]:
        """The spans of one label, in order."""
        return [part.span for part in self.parts if part.label == label]

    @property
    def is_goal(self) -> bool:
        """Whether the statement is a goal or an objective, and so is checked and scored as one."""
        return self.kind in ("goal", "objective")


class Reader(Protocol):
    """Anything that reads documents."""

    def read(self, documents: Sequence[Document]) -> list[Reading]:
        """Read statements, in order."""
        ...
