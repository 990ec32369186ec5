"""A rewrite in the making: its pieces, where each comes from, and what fills its open slots to read it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from goalsmith.text import Span

From = Literal["draft", "present_levels", "arithmetic", "review_date", "template"]
MadeBy = Literal["edit", "template", "model"]
OPEN = re.compile(r"\[[^\]\n]{1,60}\]")  # an open slot of a rewrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a candidate and where it comes from; ``source`` counts in the draft or the present levels.

    ``stand_ins`` fill its slots for the second reading only; they are never shown.
    """

    text: str
    origin: From
    source: Span | None = None
    why: str | None = None
    stand_ins: tuple[str, ...] = ()


Pieces = list[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A candidate that nothing has been said of yet."""

    pieces: tuple[Piece, ...]
    made_by: MadeBy
    worked_out: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """Its words, slots open."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def filled(self) -> str:
        """The text with its slots filled by stand-ins."""
        return self._filled()[0]

    def invented(self, span: Span) -> bool:
        """Whether a span of the filled text touches a stand-in."""
        return any(span.overlaps(stand_in) for stand_in in self._filled()[1])

    def _filled(self) -> tuple[str, list[Span]]:
        text, spans = "", []
        for piece in self.pieces:
            left, at = iter(piece.stand_ins), 0
            for slot in OPEN.finditer(piece.text):
                value = next(left, slot[0])
                text += piece.text[at : slot.start()]
                spans.append(Span(len(text), len(text) + len(value)))
                text, at = text + value, slot.end()
            text += piece.text[at:]
        return text, spans
