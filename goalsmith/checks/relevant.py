"""R: the goal follows from a need of this student."""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.checks.phrases import phrases
from goalsmith.checks.registry import Finding, check
from goalsmith.facts import Facts
from goalsmith.text import Span


@check("R01", "curriculum-as-goal", source="in-district", letter="relevant")
def curriculum_as_goal(facts: Facts) -> Iterator[Finding]:
    """Progress through the curriculum stands in for a need.

    Every student is to progress in the curriculum. A goal names the skill that this student's
    disability keeps from it.

    Flags:
        Kai will «make progress in the general education curriculum» by June 2027.
        Kai will «meet grade-level standards» with 80% accuracy by June 2027.
    Passes:
        Kai will write the steps of a science procedure in order on 4 of 5 lab sheets by June 2027.
        Kai will sort curriculum vocabulary cards with 80% accuracy by June 2027.
    """
    if match := phrases().curriculum.search(facts.text):
        yield Finding(
            span=Span(match.start(), match.end()),
            message=f"“{match[0]}” is every student's aim; it names no need of this one.",
            help="Name the skill the student needs to get there, from the present levels.",
        )


@check("R02", "no-stated-need", source="idea-goals", severity="hint", letter="relevant")
def no_stated_need(facts: Facts) -> Iterator[Finding]:
    """The present levels say nothing about the goal's area.

    Goals follow from needs that the present levels state. Judged only when present levels are given.

    Flags:
        {present levels: Kai reads 40 words per minute and guesses at long words.} By June 2027, «Kai will add and subtract fractions» in 8 of 10 items.
        {present levels: Kai hits peers at recess about 3 times a week.} By June 2027, «Kai will spell» 8 of 10 list words.
    Passes:
        {present levels: Kai adds whole numbers but not fractions.} By June 2027, Kai will add and subtract fractions in 8 of 10 items.
        By June 2027, Kai will add and subtract fractions in 8 of 10 items.
    """
    known = facts.present_levels
    if known is None or not facts.behaviors or facts.reading.area in known.areas | {"other"}:
        return
    start = facts.learners[0].span.start if facts.learners else facts.behaviors[0].span.start
    behavior = facts.behaviors[0].span
    yield Finding(
        span=Span(start if start <= behavior.start else behavior.start, behavior.end),
        message=f"The present levels given say nothing about {facts.reading.area}.",
        help="Add the need and its figures to the present levels, or choose a goal that rests on them.",
    )
