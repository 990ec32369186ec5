"""Review -> Markdown, for pasting into a message or a document."""

from __future__ import annotations

import re

from goalsmith.report.words import LETTERS, SEVERITIES, heading, reason, verdict
from goalsmith.review import Review

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def plain(text: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def to_markdown(review: Review) -> str:
    """One review as a Markdown section, without a trailing line break."""
    lines = [f"## {heading(review)}", "", f"> {plain(review.text)}", ""]
    if review.parts:
        lines += ["| part | words |", "| --- | --- |"]
        lines += [f"| {part.label} | {plain(part.span.of(review.text))} |" for part in review.parts]
        lines.append("")
    if review.score.total is not None:
        lines += [f"**SMART score {review.score.total} of 100** (rules: {review.rules})", ""]
        lines += ["| letter | mark | why |", "| --- | ---: | --- |"]
        lines += [
            f"| {LETTERS[letter]} | {'–' if mark.value is None else mark.value} | {plain(reason(mark))} |"
            for letter, mark in review.score.marks.items()
        ]
        lines.append("")
    lines += [verdict(review)]
    if review.diagnostics:
        lines.append("")
    for finding in review.diagnostics:
        lines.append(
            f"- **{finding.code}** {SEVERITIES[finding.severity]}: {plain(finding.message)} "
            f"*{plain(finding.help)}* ({plain(finding.source)})"
        )
    return "\n".join(lines)
