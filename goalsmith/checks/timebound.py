"""T: by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from goalsmith.checks.places import gap, insert, opening
from goalsmith.checks.registry import Finding, check
from goalsmith.deadlines import deadlines
from goalsmith.facts import Facts
from goalsmith.text import Span

# A goal is written weeks before the plan it belongs to begins: a year from its start is allowed to
# lie this much more than a year ahead of today.
_GRACE = timedelta(days=45)
_YEAR = timedelta(days=366)


@check("T01", "no-deadline", source="tx-tac", letter="timebound", part="timeframe", soft_for_objectives=True)
def no_deadline(facts: Facts) -> Iterator[Finding]:
    """No deadline is given.

    An annual goal ends with its year, but saying when lets progress be compared with time. Texas asks
    for it in the goal itself.

    Flags:
        «»Given a grade 2 passage, Mia will read aloud 70 words correct per minute.
        Goal: «»Mia will raise her hand in 4 of 5 lessons.
    Passes:
        By June 2027, given a grade 2 passage, Mia will read aloud 70 words correct per minute.
        Within 36 instructional weeks, Mia will read aloud 70 words correct per minute.
    """
    if facts.deadlines or facts.adult or deadlines().vague.search(facts.text):
        return
    at = opening(facts)
    yield Finding(
        span=gap(at),
        message="No deadline: it doesn't say by when.",
        help="Begin with it: “By May 2027, …”, “Within 36 instructional weeks, …”, “By the next annual review, …”.",
        fix=insert(facts, at, "by [date], ", "Open a slot for the deadline"),
    )


@check("T02", "past-deadline", source="idea-goals", letter="timebound")
def past_deadline(facts: Facts) -> Iterator[Finding]:
    """The deadline has passed.

    A date in the past is what last year's goal leaves behind.

    Flags:
        «By May 2024», Mia will read aloud 70 words correct per minute.
        Mia will read aloud 70 words correct per minute «by 6/1/2026».
    Passes:
        By May 2027, Mia will read aloud 70 words correct per minute.
        By June, Mia will read aloud 70 words correct per minute.
    """
    for deadline in facts.deadlines:
        if deadline.kind == "date" and deadline.date and deadline.date < facts.today:
            yield Finding(
                span=deadline.span,
                message=f"The deadline has passed: {deadline.date:%B} {deadline.date.day}, {deadline.date.year}.",
                help="Set a date within the year of this IEP; check that the goal itself isn't last year's.",
            )


@check("T03", "over-a-year", source="idea-goals", letter="timebound")
def over_a_year(facts: Facts) -> Iterator[Finding]:
    """The deadline is more than a year away.

    Annual goals say what the student can reach within twelve months.

    Flags:
        «By June 2029», Mia will read aloud 70 words correct per minute.
        «Within 3 years», Mia will read aloud 70 words correct per minute.
    Passes:
        By September 2027, Mia will read aloud 70 words correct per minute.
        Within one year, Mia will read aloud 70 words correct per minute.
    """
    for deadline in facts.deadlines:
        late = deadline.date is not None and deadline.date > facts.today + _YEAR + _GRACE
        if late or (deadline.weeks is not None and deadline.weeks > 53):
            yield Finding(
                span=deadline.span,
                message="The deadline is more than a year away; annual goals cover twelve months.",
                help="Set what can be reached within a year, and keep the later aim as direction.",
            )


@check("T04", "vague-time", source="tx-tac", letter="timebound")
def vague_time(facts: Facts) -> Iterator[Finding]:
    """Time is mentioned, but no date.

    "Over time" and "eventually" never end.

    Flags:
        «Over time», Mia will read aloud 70 words correct per minute.
        Mia will «eventually» read aloud 70 words correct per minute.
    Passes:
        By June 2027, Mia will read aloud 70 words correct per minute over time.
        By June 2027, Mia will read aloud 70 words correct per minute.
    """
    if facts.deadlines:
        return
    if match := deadlines().vague.search(facts.text):
        yield Finding(
            span=Span(match.start(), match.end()),
            message=f"“{match[0]}” is no deadline.",
            help="Put a date in its place: “by May 2027”, “by the next annual review”.",
        )


@check("T05", "no-such-date", source="idea-goals", severity="error", letter="timebound")
def no_such_date(facts: Facts) -> Iterator[Finding]:
    """The date doesn't exist.

    A month 13 or a February 30 is a slip, and nobody can tell what was meant.

    Flags:
        «By 2/30/2027», Mia will read aloud 70 words correct per minute.
        «By 13/45/2027», Mia will read aloud 70 words correct per minute.
    Passes:
        By 2/28/2027, Mia will read aloud 70 words correct per minute.
        By (date), Mia will read aloud 70 words correct per minute.
    """
    for deadline in facts.deadlines:
        if deadline.kind == "impossible":
            yield Finding(
                span=deadline.span,
                message=f"“{deadline.span.of(facts.text)}” is no date that exists.",
                help="Correct the day or the month.",
            )
