"""A: where the student stands now, and whether the target lies beyond it."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.checks.phrases import phrases
from goalsmith.checks.places import closing, gap, insert
from goalsmith.checks.registry import Finding, check
from goalsmith.facts import Facts
from goalsmith.quantities import Measure
from goalsmith.text import Span

_FALLING = (
    "decrease",
    "reduce",
    "lessen",
    "lower",
    "diminish",
    "minimize",
    "shorten",
    "cut down",
    "cut down on",
    "bring down",
    "limit",
)


@check(
    "A01",
    "no-baseline",
    source="idea-present-levels",
    severity="hint",
    letter="achievable",
    part="baseline",
    soft_for_objectives=True,
)
def no_baseline(facts: Facts) -> Iterator[Finding]:
    """The goal doesn't say where the student stands now.

    The target means little without its start, and a later reader can't tell growth from standing
    still. Many forms keep it in the present levels, so here it is a hint unless the pack asks for it.

    Flags:
        Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027«».
        {present levels: Mia reads 41 words correct per minute.} Mia will read 70 words correct per minute by June 2027«».
    Passes:
        Given a grade 2 passage, Mia will read aloud 70 words correct per minute (currently 41) by June 2027.
        Mia will improve her reading rate from 41 to 70 words correct per minute by June 2027.
    """
    if facts.has("baseline") or not facts.criteria or facts.adult:
        return
    at = closing(facts)
    help_text = "Add the current figure in the same unit: “(currently 41 words correct per minute)”."
    known = facts.present_levels
    if known is not None:
        units = {m.unit for m in facts.targets}
        stated = next((m for m in known.measures if m.unit in units), None)
        if stated is not None:
            help_text = f"The present levels say “{stated.span.of(known.text)}”: put it in."
    yield Finding(
        span=gap(at),
        message="No baseline: it doesn't say where the student stands now.",
        help=help_text,
        fix=insert(facts, at, " (baseline: [current level])", "Open a slot for the baseline"),
    )


def _comparable(baseline: Measure, target: Measure) -> bool:
    if baseline.share is not None and target.share is not None:
        return True
    same_unit = baseline.unit == target.unit or "" in (baseline.unit, target.unit)
    return (
        baseline.share is None and target.share is None and same_unit and baseline.per in (target.per, None)
    )


def comparisons(facts: Facts) -> list[tuple[Measure, Measure]]:
    """Every pair of a baseline and a target that are measured in the same unit."""
    return [
        (start, target)
        for baseline in facts.baselines
        for start in baseline.measures
        for target in facts.targets
        if _comparable(start, target)
    ]


def _falls(facts: Facts, target: Measure) -> bool:
    """Whether a lower figure is the better one here."""
    if target.comparison == "at_most" or target.unit in ("prompts", "errors", "incidents"):
        return True
    acts = [b.act for b in facts.behaviors if b.act]
    return any(act.verb in _FALLING for act in acts) or phrases().undesired.search(facts.text) is not None


@check("A02", "target-not-beyond-baseline", source="endrew", letter="achievable", severity="error")
def target_not_beyond_baseline(facts: Facts) -> Iterator[Finding]:
    """The target is not beyond the baseline.

    A goal that asks for what the student already does, or for less, calls for no progress.

    Flags:
        Mia will read «40 words correct per minute» (currently 55 words correct per minute) by June 2027.
        Mia will raise her spelling score from 80% «to 80%» accuracy by June 2027.
    Passes:
        Mia will read 70 words correct per minute (currently 55 words correct per minute) by June 2027.
        Sam will decrease hitting from 6 times a day to 1 time a day by June 2027.
    """
    pairs = comparisons(facts)
    # A goal may raise one of its figures and keep another: one that moves is progress.
    if not pairs or any(_progress(facts, start, target) for start, target in pairs):
        return
    start, target = pairs[0]
    same = _amount(start, target) == _amount(target, start)
    at = target.span
    # "from 80% to 80%": point at the "to" as well, it is what promises a change.
    if facts.text[at.start - 3 : at.start].lower() == "to ":
        at = Span(at.start - 3, at.end)
    told = "no further than" if same else "below"
    yield Finding(
        span=at,
        message=f"The target ({target.span.of(facts.text)}) is {told} the baseline ({start.span.of(facts.text)}).",
        help="Set a target beyond what the student does now, or correct the figures.",
    )


def _amount(measure: Measure, other: Measure) -> float:
    """The figure two measures are compared by: their shares where both have one."""
    both = measure.share is not None and other.share is not None
    return measure.share if both and measure.share is not None else measure.value


def _progress(facts: Facts, start: Measure, target: Measure) -> bool:
    low, high = _amount(start, target), _amount(target, start)
    return high > low or (high < low and _falls(facts, target))


_FAMILY = {
    "accuracy": "share", "trials": "share", "rate": "rate", "duration": "time", "latency": "time",
    "level": "level", "rubric": "points", "prompts": "prompts", "errors": "errors",
}  # fmt: skip


@check("A03", "units-differ", source="ncii", letter="achievable")
def units_differ(facts: Facts) -> Iterator[Finding]:
    """Baseline and target are measured in different units.

    A reading rate can't be compared with a percentage: progress from one to the other can't be seen.

    Flags:
        Mia will read with 90% accuracy by June 2027 (baseline: «45 words correct per minute»).
        Currently 6 minutes. Tao will stay at his desk in 4 of 5 lessons by June 2027 (baseline «6 minutes»).
    Passes:
        Mia will read 70 words correct per minute by June 2027 (baseline: 45 words correct per minute).
        Mia will spell 8 of 10 words by June 2027 (baseline: 40%).
    """
    if comparisons(facts):
        return
    targets = {_FAMILY.get(m.kind) for m in facts.targets}
    starts = [m for b in facts.baselines for m in b.measures if m.kind in _FAMILY]
    if not starts or not targets or None in targets or {_FAMILY[m.kind] for m in starts} & targets:
        return
    yield Finding(
        span=starts[-1].span,
        message=f"The baseline ({starts[-1].span.of(facts.text)}) and the criterion are in different units.",
        help="Give both in the same unit, so that growth shows.",
    )
