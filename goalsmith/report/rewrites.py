"""Rewrites, drafts, templates and benchmarks -> the terminal and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from goalsmith.benchmarks import Benchmark
from goalsmith.candidate import From
from goalsmith.report.markdown import plain
from goalsmith.report.marking import marked, visible
from goalsmith.review import Review
from goalsmith.rewrite import Drafted, Rewrite, Rewrites, is_fine
from goalsmith.templates import Template
from goalsmith.text import Span

_WIDEST = 116
_MADE_BY = {
    "edit": "your draft, mended",
    "template": "drafted from a template",
    "model": "drafted by the model",
}
_NAMES: dict[From, str] = {
    "draft": "",
    "present_levels": "levels",
    "arithmetic": "sum",
    "review_date": "date",
    "template": "new",
}
NONE_PASSED = "Nothing that the model drafted passed the checks, so none of it is shown."
LEGEND = "new = words of a template or the model   levels = from the present levels   date = the review date   sum (su) = worked out   the rest is yours"
_STYLES: dict[From, str] = {
    "draft": "",
    "present_levels": "from_present_levels",
    "arithmetic": "from_arithmetic",
    "review_date": "from_review_date",
    "template": "from_template",
}


def why_none(review: Review) -> str:
    """Why a draft got no rewrite, in a sentence."""
    if is_fine(review):
        return "This goal is fine as it is: nothing to rewrite."
    if not review.reading.is_goal or review.facts.adult:
        return "This is no goal for a student, so there is nothing to rewrite; `goalsmith draft` starts from present levels."
    return "No rewrite passes: mend what is found by hand, or name the skill and what the student will do."


def _stretches(rewrite: Rewrite) -> Iterator[tuple[Span, str, str]]:
    """The marks of a rewrite: stretches of one origin, punctuation alone left out, neighbours joined."""
    at = 0
    held: list[tuple[int, int, From]] = []
    for piece in rewrite.pieces:
        start, at = at, at + len(piece.text)
        if piece.origin == "draft":
            continue
        if held and held[-1][2] == piece.origin and held[-1][1] == start:
            held[-1] = (held[-1][0], at, piece.origin)
        else:
            held.append((start, at, piece.origin))
    for start, end, origin in held:
        words = rewrite.text[start:end]
        if not any(char.isalnum() for char in words) or (origin == "template" and len(words.strip()) < 4):
            continue
        left = len(words) - len(words.lstrip(" ,(."))
        right = len(words.rstrip(" ,).")) if words.rstrip(" ,).") else len(words)
        yield Span(start + left, start + right), _NAMES[origin], _STYLES[origin]


@dataclass(frozen=True)
class RewriteView:
    """One candidate: its words with where each new one comes from, the sums behind it, what was left out."""

    rewrite: Rewrite
    number: int
    draft: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts of the view, top to bottom."""
        rewrite, width = self.rewrite, min(options.max_width, _WIDEST)
        open_slots = len(rewrite.slots)
        told = f"scores {rewrite.score}"
        if open_slots:
            many = "slot" if open_slots == 1 else "slots"
            told += f", {rewrite.score_filled} once its {open_slots} open {many} are filled"
        yield Text.assemble(
            (f"{self.number}  ", "bold"), (_MADE_BY[rewrite.made_by], "bold"), (f"   {told}", "quiet")
        )
        for line in marked(
            rewrite.text, list(_stretches(rewrite)), max(20, width - 5), plain=options.ascii_only
        ):
            yield Padding(line, (0, 0, 0, 3))
        for piece in rewrite.pieces:
            if piece.origin == "arithmetic" and piece.why:
                yield Padding(Text(f"arithmetic: {piece.why}", style="quiet"), (0, 0, 0, 3))
        gone = _left_out(self.draft, rewrite)
        if gone:
            quoted = ", ".join(f"“{visible(words)}”" for words in gone)
            yield Padding(Text(f"left out: {quoted}", style="quiet"), (0, 0, 0, 3))
        yield Text()


def _left_out(draft: str, rewrite: Rewrite) -> list[str]:
    """The stretches of the draft that a rewrite doesn't hold, blanks and punctuation aside."""
    kept = sorted(p.source for p in rewrite.pieces if p.origin == "draft" and p.source)
    gone, at = [], 0
    for span in [*kept, Span(len(draft), len(draft))]:
        words = draft[at : span.start].strip(" ,.;:")
        if any(char.isalnum() for char in words) and len(words) > 1:
            gone.append(words)
        at = max(at, span.end)
    return gone


def drafted(found: Sequence[Drafted], known: str) -> Iterator[Text | RewriteView]:
    """Goals for each need, each under the words of the present levels it rests on."""
    number = 0
    for need in found:
        yield Text(f"{need.skill.capitalize()}, {need.area}", style="bold")
        for span in need.notes:
            yield Text(f"  “{' '.join(visible(span.of(known)).split())}”", style="quiet")
        yield Text()
        for rewrite in need.rewrites:
            number += 1
            yield RewriteView(rewrite, number)


def steps_table(steps: Sequence[Benchmark]) -> Table:
    """Benchmarks as a table for the terminal."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    table.add_column("due", no_wrap=True)
    table.add_column("benchmark")
    for step in steps:
        table.add_row(step.due.isoformat(), Text(visible(step.text)))
    return table


def template_rows(templates: Sequence[Template]) -> list[dict[str, object]]:
    """One row a template."""
    return [
        {
            "id": t.id,
            "area": t.skill.area,
            "skill": t.skill.name,
            "ages": list(t.ages),
            "alternate": t.alternate,
            "text": t.render(learner="[student]", deadline="[date]"),
            "example": t.rendered_example(),
            "source": t.source,
        }
        for t in templates
    ]


def templates_view(templates: Sequence[Template]) -> Iterator[Text | Padding]:
    """Templates by skill, each with its example."""
    skill = ""
    for template in templates:
        if template.skill.name != skill:
            skill = template.skill.name
            yield Text(f"{skill.capitalize()}, {template.skill.area}", style="bold")
        ages = ", ".join(template.ages) + (", alternate assessment" if template.alternate else "")
        yield Padding(Text.assemble((template.id, "bold cyan"), (f"   {ages}", "quiet")), (0, 0, 0, 2))
        yield Padding(Text(template.render(learner="[student]", deadline="[date]")), (0, 0, 0, 4))
        yield Padding(Text(f"e.g. {template.rendered_example()}", style="quiet"), (0, 0, 1, 4))


def rewrites_markdown(review: Review, found: Rewrites) -> str:
    """Rewrites as Markdown: a quote each, and what was worked out."""
    lines = [f"> {plain(review.text)}", ""]
    if not found:
        lines.append(why_none(review))
    for number, rewrite in enumerate(found, 1):
        lines.append(f"{number}. {plain(rewrite.text)}")
        lines.append(f"   *{_MADE_BY[rewrite.made_by]}, {rewrite.score_filled} of 100 once filled*")
        lines += [f"   {p.why}" for p in rewrite.pieces if p.origin == "arithmetic" and p.why]
        lines.append("")
    if found.proposed and not found.passed:
        lines.append(NONE_PASSED)
    return "\n".join(lines).rstrip()
