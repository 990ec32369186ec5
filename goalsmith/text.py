"""The caller's text, never altered: a Document, and Spans that are views into it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.errors import TextError

# One goal, even with its objectives, is under 2,000 characters. The limit keeps a pasted book from
# being read as one statement, and keeps every pattern's worst case harmless.
MAX_CHARACTERS = 20_000


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
        TextError: when the text is no string, holds nothing but blanks, or is over
            :data:`MAX_CHARACTERS` characters.
    """

    text: str

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TextError(f"a statement is a string, not {type(self.text).__name__}")
        if not self.text.strip():
            raise TextError("nothing to review: the text is empty")
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


_BULLET = re.compile(r"\s*(?:[-*•·▪◦–—]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])\s+")


def split_statements(text: str) -> Iterator[tuple[int, str]]:
    """Cut a paste or a text file into statements: (line number from 1, statement).

    A blank line always ends a statement, and so does a line end, except where the next line plainly
    goes on with the sentence: the line before has no closing mark and the next begins in lower case.
    """
    first, held = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        goes_on = (
            held
            and line.strip()
            and not held.rstrip().endswith((".", "!", "?", ":", ";", '"', "”"))
            and line.lstrip()[0].islower()
            and not _BULLET.match(line)
        )
        if goes_on:
            held += "\n" + line
            continue
        if held.strip():
            yield first, held.strip()
        first, held = number, line
    if held.strip():
        yield first, held.strip()
