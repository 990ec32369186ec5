"""What a review is called in plain words: headings, the verdict in one line, why a mark is what it is."""

from __future__ import annotations

from collections import Counter

from goalsmith.checks.registry import CATALOGUE, Letter
from goalsmith.reading import Kind
from goalsmith.review import Review
from goalsmith.score import Mark

KINDS: dict[Kind, str] = {
    "goal": "Annual goal",
    "objective": "Short-term objective",
    "accommodation": "Not a goal: an accommodation or modification",
    "service": "Not a goal: a service",
    "present_level": "Not a goal: a present level",
    "other": "Not a goal",
}
LETTERS: dict[Letter, str] = {
    "specific": "Specific",
    "measurable": "Measurable",
    "achievable": "Achievable",
    "relevant": "Relevant",
    "timebound": "Time-bound",
}
SEVERITIES = {"error": "must mend", "warning": "should mend", "hint": "hint"}


def heading(review: Review) -> str:
    """The kind of statement and its area."""
    area = "" if review.reading.area == "other" else f", {review.reading.area}"
    return KINDS[review.reading.kind] + area


def verdict(review: Review) -> str:
    """How many findings there are, in one sentence."""
    if not review.diagnostics:
        return "Nothing to mend under these rules."
    counts = Counter(d.severity for d in review.diagnostics)
    told = [
        f"{counts['error']} to mend" if counts["error"] else "",
        f"{counts['warning']} that should be mended" if counts["warning"] else "",
        f"{counts['hint']} hint{'s' if counts['hint'] > 1 else ''}" if counts["hint"] else "",
    ]
    return ", ".join(filter(None, told)) + "."


def reason(mark: Mark) -> str:
    """What cost a mark its points, dearest first, or why it can't be judged."""
    if mark.value is None:
        return f"not judged: {mark.reason}"
    dearest = sorted(mark.deductions, key=lambda d: -d.points)
    return ", ".join(
        f"−{d.points} {' and '.join(f'{CATALOGUE[code].name} ({code})' for code in d.codes)}" for d in dearest
    )
