"""A: where the student stands now, and whether the target lies beyond it."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.checks.phrases import phrases
from goalsmith.checks.places import closing, gap, insert
from goalsmith.checks.registry import Finding, check
from goalsmith.facts import Facts
from goalsmith.figures import material_grades
from goalsmith.growth import growth
from goalsmith.quantities import Measure, comparable
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
    words, fix = "[current level]", None
    figure, known = facts.known_start, facts.present_levels
    if figure is not None and known is not None:
        words = figure.span.of(known.text)
        help_text = f"The present levels say “{words}”: put it in."
        fix = insert(facts, at, f" (baseline: {words})", "Put the present level in", safety="safe")
    yield Finding(
        span=gap(at),
        message="No baseline: it doesn't say where the student stands now.",
        help=help_text,
        fix=fix or insert(facts, at, f" (baseline: {words})", "Open a slot for the baseline"),
    )


def comparisons(facts: Facts) -> list[tuple[Measure, Measure]]:
    """Every pair of a baseline and a target that are measured in the same unit."""
    return [
        (start, target)
        for baseline in facts.baselines
        for start in baseline.measures
        for target in facts.targets
        if comparable(start, target)
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


@check("A04", "baseline-contradicted", source="idea-present-levels", letter="achievable")
def baseline_contradicted(facts: Facts) -> Iterator[Finding]:
    """The goal's baseline is another figure than the present levels give.

    Goal and present levels are read side by side; two figures for one skill leave it open where the
    student starts.

    Flags:
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute (baseline: «52 words correct per minute») by June 2027.
        {present levels: Tao solves 30% of two-step word problems.} By June 2027, Tao will solve two-step word problems with 80% accuracy (baseline: «45%»).
    Passes:
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute (baseline: 41 words correct per minute) by June 2027.
        {present levels: Tao solves 3 of 10 two-step word problems.} By June 2027, Tao will solve two-step word problems with 80% accuracy (baseline: 30%).
    """
    figure, known = facts.known_start, facts.present_levels
    if figure is None or known is None or facts.link is None:
        return
    stated = [m for baseline in facts.baselines for m in baseline.measures if comparable(m, figure.measure)]
    # Any figure the fact holds may be the baseline: a range, an earlier one, one for another passage.
    held = [f.measure for f in known.figures if comparable(f.measure, figure.measure)]
    if not stated or any(_agree(mine, theirs) for mine in stated for theirs in held):
        return
    yield Finding(
        span=stated[0].span,
        message=f"The baseline is “{stated[0].span.of(facts.text)}”, but the present levels say “{figure.span.of(known.text)}”.",
        help="Find out which figure is right, and give the same one in both places.",
    )


def _agree(mine: Measure, theirs: Measure) -> bool:
    low, high = _amount(theirs, mine), theirs.upper or _amount(theirs, mine)
    return low - 0.005 * max(1.0, low) <= _amount(mine, theirs) <= high + 0.005 * max(1.0, high)


@check("A05", "present-level-in-other-unit", source="ncii", letter="achievable", severity="hint")
def present_level_in_other_unit(facts: Facts) -> Iterator[Finding]:
    """The present levels measure the skill in another unit than the goal.

    Growth shows only where start and target are measured alike.

    Flags:
        {present levels: Mia reads grade 2 passages aloud with 71% accuracy.} Given a grade 2 passage, Mia will read aloud «70 words correct per minute» by June 2027.
        {present levels: Tao stays with a task for 4 minutes.} During a lesson, Tao will stay with his task in «4 of 5 lessons» by June 2027.
    Passes:
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
        {present levels: Mia reads grade 2 passages slowly.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
    """
    known = facts.present_levels
    if known is None or facts.link is None or facts.baselines or not facts.targets or facts.known_start:
        return
    figures = [f for f in known.levels if f.note in facts.link.notes]
    if not figures or any(comparable(f.measure, t) for f in figures for t in facts.targets):
        return
    target = facts.targets[0]
    yield Finding(
        span=target.span,
        message=f"The present levels measure this as “{figures[0].span.of(known.text)}”, the goal as “{target.span.of(facts.text)}”.",
        help="Measure both alike, or add the present level in the goal's unit.",
    )


@check("A06", "already-met", source="endrew", letter="achievable")
def already_met(facts: Facts) -> Iterator[Finding]:
    """By the present levels the student has reached the target.

    A goal that is met on the day it is written calls for no progress.

    Flags:
        {present levels: Mia reads 88 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud «70 words correct per minute» by June 2027.
        {present levels: Tao solves 9 of 10 two-step word problems.} By June 2027, Tao will solve two-step word problems with «80%» accuracy.
    Passes:
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
        {present levels: Sam hits peers 6 times per day.} By June 2027, Sam will reduce hitting to at most 1 time per day.
    """
    figure, known = facts.known_start, facts.present_levels
    if figure is None or known is None or facts.baselines:
        return
    pairs = [target for target in facts.targets if comparable(figure.measure, target)]
    grades = {grade for _, grade in material_grades(facts.text)}
    if not pairs or any(_progress(facts, figure.measure, target) for target in pairs):
        return
    if figure.grade is not None and grades and figure.grade not in grades:
        return  # the same rate on harder material is progress
    yield Finding(
        span=pairs[0].span,
        message=f"The present levels say “{figure.span.of(known.text)}”: the target is already met.",
        help="Set a target beyond what the student does now, or give the goal harder conditions.",
    )


@check("A07", "stale-figure", source="idea-present-levels", letter="achievable")
def stale_figure(facts: Facts) -> Iterator[Finding]:
    """The present level the goal starts from is older than a year.

    An annual goal starts from where the student stands now.

    Flags:
        {present levels: In March 2025 Mia read 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud «70 words correct per minute» by June 2027.
        {present levels: On 5/12/2025 Tao solved 3 of 10 two-step word problems.} By June 2027, Tao will solve two-step word problems with «80%» accuracy.
    Passes:
        {present levels: In May 2026 Mia read 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
    """
    figure, known = facts.known_start, facts.present_levels
    if figure is None or known is None or figure.date is None or (facts.today - figure.date).days <= 366:
        return
    target = next((t for t in facts.targets if comparable(figure.measure, t)), None)
    if target is None:
        return
    yield Finding(
        span=target.span,
        message=f"The present level for this, “{figure.span.of(known.text)}”, is from {figure.date:%B %Y}.",
        help="Measure again and put the current figure into the present levels.",
    )


_AMBITIOUS = 1.5  # the factor by which NCII makes a rate of growth ambitious


@check("A08", "beyond-known-growth", source="hasbrouck-tindal-2017", letter="achievable", severity="hint")
def beyond_known_growth(facts: Facts) -> Iterator[Finding]:
    """The goal asks for far more a week than the norms' fastest growth.

    Ambitious is right, out of reach is not: more than one and a half times the fastest percentile's
    growth is asked about. The arithmetic is shown; the team decides.

    Flags:
        {present levels: Mia reads 41 words correct per minute on grade 3 passages.} Given a grade 3 passage, Mia will read aloud «140 words correct per minute» by June 2027.
        Within 12 weeks, given a grade 4 passage, Jo will read aloud «110 words correct per minute» (baseline: 62 words correct per minute).
    Passes:
        {present levels: Mia reads 41 words correct per minute on grade 3 passages.} Given a grade 3 passage, Mia will read aloud 75 words correct per minute by June 2027.
        By June 2027, Tao will solve 8 of 10 two-step word problems (baseline: 3 of 10).
    """
    sums = growth(facts)
    if sums is None or sums.norm is None or sums.per_week <= _AMBITIOUS * sums.norm.high:
        return
    target = next(t for t in facts.targets if (t.unit, t.per) == ("words", "minute"))
    yield Finding(
        span=target.span,
        message=f"The goal {sums.sentence()}.",
        help="See whether the instruction planned can bring that about, or choose a nearer target.",
    )
