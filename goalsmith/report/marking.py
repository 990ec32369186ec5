"""A text with stretches of it bracketed and named underneath, line by line: readable without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from goalsmith.text import Span


def visible(text: str) -> str:
    """The text with control characters replaced one for one, so that offsets hold and nothing acts."""
    return "".join(
        " "
        if char in "\t\r\v\f\x85\u2028\u2029"
        else "�"
        if not char.isprintable() and char != "\n"
        else char
        for char in text
    )


def _lines(text: str, width: int) -> Iterator[Span]:
    """Wrap at blanks into lines of at most ``width`` cells; line breaks of the text stay."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        at = start
        while at < end:
            stop, cells, blank = at, 0, at
            while stop < end and (cells := cells + cell_len(text[stop])) <= width:
                stop += 1
                if text[stop - 1] == " ":
                    blank = stop
            if stop < end and blank > at:
                stop = blank
            yield Span(at, max(stop, at + 1))
            at = max(stop, at + 1)
        start = end + 1


def marked(text: str, marks: Sequence[tuple[Span, str, str]], width: int, *, plain: bool) -> Iterator[Text]:
    """The text in lines of ``width`` cells, with a ruler of brackets under each that holds a mark.

    ``marks`` are (span, name, style), in order, not overlapping.
    """
    shown = visible(text)
    for line in _lines(shown, width):
        words = Text(line.of(shown).rstrip(), no_wrap=True)
        ruler, drawn = Text(no_wrap=True), 0
        for span, name, style in marks:
            if not span.overlaps(line):
                continue
            start, end = max(span.start, line.start), min(span.end, line.end)
            end = start + len(shown[start:end].rstrip())
            if end <= start:
                continue
            words.stylize(style, start - line.start, end - line.start)
            left, right = cell_len(shown[line.start : start]), cell_len(shown[line.start : end])
            bracket = _bracket(
                name, right - left, opens=span.start >= line.start, closes=span.end <= line.end, plain=plain
            )
            ruler.append(" " * (left - drawn)).append(bracket, style=style)
            drawn = left + cell_len(bracket)
        yield words
        if drawn:
            yield ruler


def _bracket(label: str, width: int, *, opens: bool, closes: bool, plain: bool) -> str:
    """A part's name between corners in ``width`` cells; an end is open where the part goes on in another line."""
    corner_left, dash, corner_right = ("|", "-", "|") if plain else ("└", "─", "┘")
    name = label if width >= len(label) + 2 else label[:2]
    if width < len(name):
        return name[:width]
    if width < len(name) + 2:
        return name.center(width, dash)
    left = corner_left if opens else dash
    right = corner_right if closes else dash
    return left + name.center(width - 2, dash) + right
