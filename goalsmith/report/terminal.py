"""Review -> the terminal: the statement with its parts marked, the marks as bars, the findings with their cure.

Everything is readable without colour: parts are bracketed under the text and named, findings carry
words. On a terminal without line-drawing characters plain ones are used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from goalsmith.diagnostic import Diagnostic
from goalsmith.reading import LABELS, Label
from goalsmith.report.words import LETTERS, SEVERITIES, heading, reason, verdict
from goalsmith.review import Review
from goalsmith.text import Span

STYLES = {
    "timeframe": "magenta",
    "condition": "cyan",
    "learner": "bold blue",
    "behavior": "green",
    "criterion": "yellow",
    "method": "bright_blue",
    "baseline": "bright_red",
    "error": "bold red",
    "warning": "bold yellow",
    "hint": "bold cyan",
    "good": "green",
    "fair": "yellow",
    "poor": "red",
    "quiet": "dim",
}
_WIDE = 88  # from this many columns a finding and its cure stand side by side
_WIDEST = 116
_BAR = 20


def console(stream: IO[str] | None = None) -> Console:
    """The console everything is printed on; it minds NO_COLOR, COLUMNS and what the stream can show."""
    made = Console(file=stream or sys.stdout, theme=Theme(STYLES), highlight=False, emoji=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = 100
    return made


@dataclass(frozen=True)
class ReviewView:
    """A review as a rich renderable."""

    review: Review

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts of the view, top to bottom."""
        width = min(options.max_width, _WIDEST)
        plain = options.ascii_only
        yield Text.assemble((heading(self.review), "bold"), (f"   rules: {self.review.rules}", "quiet"))
        yield Text()
        for line in _marked(self.review, max(20, width - 2), plain=plain):
            yield Padding(line, (0, 0, 0, 2))
        if self.review.parts:
            yield Padding(_legend(self.review, width - 2), (0, 0, 0, 2))
        yield Text()
        if self.review.score.total is not None:
            yield _marks(self.review, width, plain=plain)
            yield Text()
        yield Text(verdict(self.review), style="" if self.review.diagnostics else "good")
        if self.review.diagnostics:
            yield _findings(self.review.diagnostics, width)


# The statement, line by line, with a ruler of brackets under each line that holds a part.


def _visible(text: str) -> str:
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


def _marked(review: Review, width: int, *, plain: bool) -> Iterator[Text]:
    shown = _visible(review.text)
    for line in _lines(shown, width):
        words = Text(line.of(shown).rstrip(), no_wrap=True)
        ruler, drawn = Text(no_wrap=True), 0
        for part in review.parts:
            if not part.span.overlaps(line):
                continue
            start, end = max(part.span.start, line.start), min(part.span.end, line.end)
            end = start + len(shown[start:end].rstrip())
            if end <= start:
                continue
            words.stylize(part.label, start - line.start, end - line.start)
            left, right = cell_len(shown[line.start : start]), cell_len(shown[line.start : end])
            bracket = _bracket(
                part.label,
                right - left,
                opens=part.span.start >= line.start,
                closes=part.span.end <= line.end,
                plain=plain,
            )
            ruler.append(" " * (left - drawn)).append(bracket, style=part.label)
            drawn = left + cell_len(bracket)
        yield words
        if drawn:
            yield ruler


def _bracket(label: Label, width: int, *, opens: bool, closes: bool, plain: bool) -> str:
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


def _legend(review: Review, width: int) -> Text:
    """What the rulers' names stand for, wrapped between entries, and which parts were not found."""
    used = {part.label for part in review.parts}
    entries: list[tuple[str, str]] = [(f"{label[:2]} = {label}", label) for label in LABELS if label in used]
    missing = [label for label in LABELS if label not in used]
    if missing:
        entries.append((f"not found: {', '.join(missing)}", "quiet"))
    legend, at = Text("parts:", style="quiet"), len("parts:")
    for words, style in entries:
        gap = " " if at == len("parts:") else "   "
        gap = "\n" if at + len(gap) + len(words) > width else gap
        at = len(words) if gap == "\n" else at + len(gap) + len(words)
        legend.append(gap).append(words, style=style)
    return legend


# The marks


def _marks(review: Review, width: int, *, plain: bool) -> RenderableType:
    total = review.score.total or 0
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    if width >= 60:
        table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    for letter, mark in review.score.marks.items():
        grade = "quiet" if mark.value is None else _grade(mark.value)
        bar = [Text(_bar(mark.value, plain=plain), style=grade)] if width >= 60 else []
        value = "–" if mark.value is None else str(mark.value)
        table.add_row(
            f"  {LETTERS[letter]}", *bar, Text(value, style=grade), Text(reason(mark), style="quiet")
        )
    headline = Text.assemble(("SMART score ", "bold"), (f"{total}", f"bold {_grade(total)}"), " of 100")
    return Group(headline, table)


def _grade(value: int) -> str:
    return "good" if value >= 80 else "fair" if value >= 50 else "poor"


def _bar(value: int | None, *, plain: bool) -> str:
    full, empty = ("#", ".") if plain else ("█", "░")
    if value is None:
        return " " * _BAR
    filled = round(value / 100 * _BAR)
    return full * filled + empty * (_BAR - filled)


# The findings


def _findings(diagnostics: tuple[Diagnostic, ...], width: int) -> RenderableType:
    table = Table.grid(padding=(0, 2, 1, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    wide = width >= _WIDE
    if wide:
        table.add_column(ratio=1)
    for finding in diagnostics:
        label = Text(f"  {finding.code} {SEVERITIES[finding.severity]}", style=finding.severity)
        message, cure = (
            Text(_visible(finding.message)),
            Text("→ ", style="good").append(_visible(finding.help), "default"),
        )
        if wide:
            table.add_row(label, message, cure)
        elif width >= 60:
            table.add_row(label, Group(message, cure))
        else:
            label = Text(f"{finding.code} {SEVERITIES[finding.severity]}", style=finding.severity)
            table.add_row(Text(" "), Group(label, message, cure))
    return Padding(table, (1, 0, 0, 0))
