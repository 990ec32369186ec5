"""R: the goal follows from a need of this student."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import combining, normalize

from goalsmith.checks.phrases import phrases
from goalsmith.checks.registry import Finding, check
from goalsmith.facts import Facts
from goalsmith.figures import material_grades
from goalsmith.present_levels import pronoun_in
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
    """The goal rests on nothing the present levels state.

    Goals follow from needs that the present levels state. Judged only when present levels are given.

    Flags:
        {present levels: Kai reads 40 words per minute and guesses at long words.} By June 2027, «Kai will add and subtract fractions» in 8 of 10 items.
        {present levels: Kai hits peers at recess about 3 times a week.} By June 2027, «Kai will spell» 8 of 10 list words.
    Passes:
        {present levels: Kai adds whole numbers but not fractions.} By June 2027, Kai will add and subtract fractions in 8 of 10 items.
        By June 2027, Kai will add and subtract fractions in 8 of 10 items.
    """
    if facts.link is None or facts.link.notes or not facts.behaviors:
        return
    start = facts.learners[0].span.start if facts.learners else facts.behaviors[0].span.start
    behavior = facts.behaviors[0].span
    yield Finding(
        span=Span(start if start <= behavior.start else behavior.start, behavior.end),
        message="The present levels given state no need that this goal rests on.",
        help="Add the need and its figures to the present levels, or choose a goal that rests on them.",
    )


@check("R03", "grade-differs", source="ncii", severity="hint", letter="relevant")
def grade_differs(facts: Facts) -> Iterator[Finding]:
    """The goal's material is of another grade than the one the present level was measured on.

    A rate on grade 2 passages says little about grade 4 passages: growth from one to the other can't be
    seen.

    Flags:
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a «grade 4» passage, Mia will read aloud 70 words correct per minute by June 2027.
        {present levels: Tao solves 3 of 10 third-grade word problems.} By June 2027, given «5th grade» word problems, Tao will solve 8 of 10.
    Passes:
        {present levels: Mia reads 41 words correct per minute on grade 2 passages.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
        {present levels: Mia reads 41 words correct per minute.} Given a grade 4 passage, Mia will read aloud 70 words correct per minute by June 2027.
    """
    figure, known = facts.known_start, facts.present_levels
    if figure is None or known is None or figure.grade is None:
        return
    found = list(material_grades(facts.text))
    if found and all(grade != figure.grade for _, grade in found):
        span, _ = found[0]
        yield Finding(
            span=span,
            message=f"The present level was measured on grade {figure.grade} material, the goal asks for {span.of(facts.text)}.",
            help="Use material of one grade in both, or say in the present levels how the student does on this grade's.",
        )


@check("R04", "other-name", source="audit-pains", letter="relevant")
def other_name(facts: Facts) -> Iterator[Finding]:
    """The goal names another student than the present levels.

    A second name is what a copied goal leaves behind; it shows one child's record to another family.

    Flags:
        {present levels: Mia reads 41 words correct per minute. Mia enjoys animals.} Given a grade 2 passage, «Emily» will read aloud 70 words correct per minute by June 2027.
        {present levels: Tao's math is strong. He solves 3 of 10 word problems.} By June 2027, «Jacob» will solve 8 of 10 word problems.
    Passes:
        {present levels: Mia reads 41 words correct per minute. Mia enjoys animals.} Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
        {present levels: Mia reads 41 words correct per minute.} Given a grade 2 passage, the student will read aloud 70 words correct per minute by June 2027.
    """
    known = facts.present_levels
    own = next((learner for learner in facts.learners if learner.name), None)
    if known is None or not known.names or own is None or own.name is None:
        return
    first = own.name.split()[0].strip(",.'’").removesuffix("'s").removesuffix("’s")
    if re.search(rf"(?<!\w){re.escape(_plain(first))}(?!\w)", _plain(known.text), re.IGNORECASE):
        return
    theirs = known.names[0].of(known.text)
    if first[:1] == theirs[:1] and len(first) <= 2:
        return  # initials
    yield Finding(
        span=Span(own.span.start, own.span.start + len(own.name)),
        message=f"The goal is about {first}, the present levels are about {theirs}.",
        help="If this goal was copied, put the right student's name in, and read all of it again.",
    )


def _plain(text: str) -> str:
    """Text without accents: Tomás and Tomas are one."""
    return "".join(char for char in normalize("NFKD", text) if not combining(char))


@check("R05", "other-pronoun", source="audit-pains", letter="relevant")
def other_pronoun(facts: Facts) -> Iterator[Finding]:
    """The goal says "he" where the present levels say "she", or the other way round.

    A pronoun that clashes is what a copied goal leaves behind.

    Flags:
        {present levels: Mia reads 41 words correct per minute. She enjoys animals.} Given a grade 2 passage, Mia will read aloud from «his» book 70 words correct per minute by June 2027.
        {present levels: Tao enjoys math. He solves 3 of 10 word problems in his book.} By June 2027, Tao will solve 8 of 10 word problems in «her» book.
    Passes:
        {present levels: Mia reads 41 words correct per minute. She enjoys animals.} Given a grade 2 passage, Mia will read aloud from her book 70 words correct per minute by June 2027.
        {present levels: Mia reads 41 words correct per minute.} Given a grade 2 passage, Mia will read aloud from her book 70 words correct per minute by June 2027.
    """
    known = facts.present_levels
    if known is None or known.pronoun is None:
        return
    mine = pronoun_in(facts.text)
    if mine is None or mine == known.pronoun:
        return
    match = re.search(r"\b(?:he|him|his|himself|she|her|hers|herself)\b", facts.text, re.IGNORECASE)
    if match:
        yield Finding(
            span=Span(match.start(), match.end()),
            message=f"The goal says “{match[0]}”, the present levels say “{known.pronoun}”.",
            help="If this goal was copied, make it this student's; if someone else is meant, name the role.",
        )
