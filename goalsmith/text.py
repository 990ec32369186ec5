"""The caller's text, never altered: a Document, and Spans that are views into it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from goalsmith.errors import TextError

# One goal, even with its objectives, is under 2,000 characters. The limit keeps a pasted book from
# being read as one statement, and keeps every pattern's worst case harmless.
MAX_CHARACTERS = 20_000

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` to ``end`` (code points, end exclusive) of a document's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One statement as its author wrote it.

    Raises:
        TextError: when the text is no string, holds nothing but blanks, holds half characters
            (surrogates, left by a wrong decoding), or is over :data:`MAX_CHARACTERS` characters.
    """

    text: str

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TextError(f"a statement is a string, not {type(self.text).__name__}")
        if not self.text.strip():
            raise TextError("nothing to review: the text is empty")
        if _SURROGATE.search(self.text):
            raise TextError("the text holds bytes that are no characters; save it as UTF-8")
        if len(self.text) > MAX_CHARACTERS:
            raise TextError(
                f"too long to be one statement: {len(self.text):,} characters, at most "
                f"{MAX_CHARACTERS:,}; put several statements in a file, one a line, and use --file"
            )

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a code-point offset, both from 0; columns in UTF-16 units, as editors count."""
        line = self.text.count("\n", 0, offset)
        begin = self.text.rfind("\n", 0, offset) + 1
        return line, len(self.text[begin:offset].encode("utf-16-le")) // 2
