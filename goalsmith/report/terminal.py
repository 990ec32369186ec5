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

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from goalsmith.diagnostic import Diagnostic
from goalsmith.growth import growth
from goalsmith.reading import LABELS
from goalsmith.report.marking import marked, visible
from goalsmith.report.words import LETTERS, SEVERITIES, heading, reason, verdict
from goalsmith.review import Review

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
    "from_present_levels": "bright_red",
    "from_arithmetic": "yellow",
    "from_review_date": "magenta",
    "from_template": "cyan",
    "slot": "reverse",
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
        marks = [(part.span, part.label, part.label) for part in self.review.parts]
        for line in marked(self.review.text, marks, max(20, width - 2), plain=plain):
            yield Padding(line, (0, 0, 0, 2))
        if self.review.parts:
            yield Padding(_legend(self.review, width - 2), (0, 0, 0, 2))
        yield Text()
        if self.review.score.total is not None:
            yield _marks(self.review, width, plain=plain)
            yield Text()
        told = list(_rests_on(self.review))
        for line in told:
            yield Padding(line, (0, 0, 0, 2))
        if told:
            yield Text()
        yield Text(verdict(self.review), style="" if self.review.diagnostics else "good")
        if self.review.diagnostics:
            yield _findings(self.review.diagnostics, width)


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


def _rests_on(review: Review) -> Iterator[Text]:
    """What the goal rests on in the present levels, and its arithmetic."""
    known, link, sums = review.facts.present_levels, review.facts.link, growth(review.facts)
    if known is not None and link is not None:
        quotes = [" ".join(visible(known.notes[i].span.of(known.text)).split()) for i in link.notes]
        told = "; ".join(f"“{quote}”" for quote in quotes) or "nothing the present levels state"
        yield Text.assemble(("Rests on ", "bold"), told)
    if sums is not None:
        yield Text.assemble(("Growth   ", "bold"), sums.sentence())


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
            Text(visible(finding.message)),
            Text("→ ", style="good").append(visible(finding.help), "default"),
        )
        if wide:
            table.add_row(label, message, cure)
        elif width >= 60:
            table.add_row(label, Group(message, cure))
        else:
            label = Text(f"{finding.code} {SEVERITIES[finding.severity]}", style=finding.severity)
            table.add_row(Text(" "), Group(label, message, cure))
    return Padding(table, (1, 0, 0, 0))
