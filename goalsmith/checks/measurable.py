"""M: a level that decides it, and a way to measure it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from goalsmith.checks.phrases import phrases
from goalsmith.checks.places import after_behavior, closing, gap, insert
from goalsmith.checks.registry import Finding, check
from goalsmith.diagnostic import Edit, Fix
from goalsmith.facts import Facts
from goalsmith.quantities import Measure
from goalsmith.text import Span


def _has_level(facts: Facts) -> bool:
    return bool(facts.criteria)


@check("M01", "no-criterion", source="iris", severity="error", letter="measurable", part="criterion")
def no_criterion(facts: Facts) -> Iterator[Finding]:
    """No criterion is given.

    Without a level nobody can say whether the goal was met. Only the team knows the right one, so
    goalsmith leaves it open.

    Flags:
        By June 2027, given a grade 2 passage, Mia will read aloud«».
        Given a graphic organizer, Mia will write a paragraph«» as measured by writing samples.
    Passes:
        Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027.
        Mia will read aloud more often.
    """
    if _has_level(facts) or not facts.behaviors or _relative(facts) or facts.adult:
        return
    yield Finding(
        span=gap(after_behavior(facts)),
        message="No criterion: it doesn't say how well, how often or how many.",
        help="Add a level that decides it: “80 words correct per minute”, “in 8 of 10 items”, “for 10 minutes on 4 of 5 days”.",
    )


def _relative(facts: Facts) -> re.Match[str] | None:
    start = facts.behaviors[0].span.start if facts.behaviors else 0
    return phrases().relative.search(facts.text, start)


@check("M02", "impossible-criterion", source="idea-goals", severity="error", letter="measurable")
def impossible_criterion(facts: Facts) -> Iterator[Finding]:
    """The criterion can't be reached by anyone.

    More than 100 percent, or more successes than tries, is a slip of the pen that makes the goal
    unmeasurable.

    Flags:
        Given a list, Mia will spell words with «120 %» accuracy by June 2027.
        Given a list, Mia will spell words correctly in «6 out of 5 trials» by June 2027.
    Passes:
        Given a list, Mia will spell words with 100% accuracy in 5 out of 5 trials by June 2027.
        Mia will raise her reading rate by 120% by June 2027.
    """
    for criterion in facts.criteria:
        measure = criterion.measure
        if measure is None or measure.share is None or measure.share <= 1:
            continue
        grows = re.search(r"\bby\s+$", facts.text[: measure.span.start], re.IGNORECASE)
        # "12 of 10 minutes" is a slip, "5/3" alone could be a date or a fraction.
        if grows or (measure.kind == "trials" and measure.comparison != "exactly"):
            continue
        words = measure.span.of(facts.text)
        yield Finding(
            span=measure.span,
            message=f"“{words}” can't be reached: it is more than all of them.",
            help="Check the figures: at most 100 %, and no more successes than tries.",
        )


@check("M03", "conflicting-criteria", source="idea-goals", letter="measurable")
def conflicting_criteria(facts: Facts) -> Iterator[Finding]:
    """Two criteria contradict each other.

    When one level says 80 % and another 90 % for the same thing, the team will not agree whether the
    goal was met.

    Flags:
        Mia will spell words with 80% accuracy, with «90% accuracy» by June 2027.
        Mia will spell words in «4/5 (90%)» trials by June 2027.
    Passes:
        Mia will spell words with 80% accuracy on 4 of 5 lists by June 2027.
        Mia will spell words in 4 of 5 (80%) trials by June 2027.
        Mia will spell list words with 80% accuracy and sight words with 90% accuracy by June 2027.
    """
    text = facts.text
    measures = [c.measure for c in facts.criteria if c.measure]
    for first, second in pairwise(measures):
        between = text[first.span.end : second.span.start]
        restated = re.fullmatch(r"\s*(?:\w+\s*)?\(\s*", between) is not None
        if (first.kind, second.kind) == ("trials", "accuracy") and restated and _differ(first, second):
            close = second.span.end + (text[second.span.end : second.span.end + 1] == ")")
            yield Finding(
                span=Span(first.span.start, close),
                message=f"{first.span.of(text)} is {100 * (first.share or 0):.0f} %, not {second.value:g} %.",
                help="Keep the figure that is meant.",
            )
            return
        same = first.kind == second.kind == "accuracy" and first.value != second.value
        plain = re.fullmatch(r"\s*accuracy,?\s*(?:and\s+|or\s+)?(?:with|at)\s+(?:at\s+least\s+)?", between)
        if same and plain:
            end = re.compile(r"\s*accuracy").match(text, second.span.end)
            yield Finding(
                span=Span(second.span.start, end.end() if end else second.span.end),
                message=f"Two levels for one thing: {first.value:g} % and {second.value:g} %.",
                help="Keep the level that decides it, or say what each is for.",
            )
            return


def _differ(trials: Measure, accuracy: Measure) -> bool:
    """Whether the two shares are further apart than rounding to whole percent puts them."""
    return abs((trials.share or 0) - (accuracy.share or 0)) > 0.011


@check("M04", "hedge", source="idea-goals", letter="measurable")
def hedge(facts: Facts) -> Iterator[Finding]:
    """A word leaves the level to opinion.

    "About 80 %", "as appropriate" and "to the teacher's satisfaction" let two observers come to two
    results.

    Flags:
        Mia will solve word problems with «about» 80% accuracy by June 2027.
        Mia will ask for help «as appropriate» in 4 of 5 lessons by June 2027.
    Passes:
        Mia will solve word problems with at least 80% accuracy by June 2027.
        Given reasonable wait time, Mia will write about her weekend in 5 sentences.
    """
    text = facts.text
    found: list[Span] = []
    for criterion in facts.criteria:
        measure = criterion.measure
        if measure and measure.hedge:
            at = text.lower().find(measure.hedge.lower(), measure.span.start)
            found.append(Span(at, at + len(measure.hedge)))
    first = facts.behaviors[0].span.start if facts.behaviors else 0
    supports = [c.span for c in facts.conditions]
    for match in phrases().hedges.finditer(text, first):
        span = Span(match.start(), match.end())
        # In a condition it is an open support, which S09 reports.
        if not any(span.overlaps(condition) for condition in supports):
            found.append(span)
    for span in sorted(found):
        yield Finding(
            span=span,
            message=f"“{span.of(text)}” leaves the level to opinion.",
            help="Say the level itself, or take the words out.",
            fix=_without(text, span),
        )


def _without(text: str, span: Span) -> Fix:
    """Take the words out with the blank before or after them."""
    start, end = span.start, span.end
    if text[start - 1 : start] == " ":
        start -= 1
    elif text[end : end + 1] == " ":
        end += 1
    return Fix(title="Take the words out", edits=(Edit(span=Span(start, end), text=""),), safety="person")


@check("M05", "course-as-criterion", source="tx-tea", severity="warning", letter="measurable")
def course_as_criterion(facts: Facts) -> Iterator[Finding]:
    """A course grade or an assignment is the criterion.

    A grade mixes attendance, effort, extra credit and skill; it doesn't show that the skill was
    learned.

    Flags:
        Jo will «pass algebra» by June 2027.
        Jo will write lab reports, earning «a grade of C» by June 2027.
    Passes:
        Jo will solve linear equations in 8 of 10 items by June 2027.
        Jo will pass the ball to a teammate in 4 of 5 games.
    """
    if match := phrases().course.search(facts.text):
        yield Finding(
            span=_with_article(facts.text, match),
            message=f"“{match[0]}” measures a course, not the skill.",
            help="Name the skill the course work needs, and a level on that skill.",
        )


def _with_article(text: str, match: re.Match[str]) -> Span:
    article = re.search(r"\b(?:a|an)\s+$", text[: match.start()])
    return Span(article.start() if article else match.start(), match.end())


@check("M06", "test-as-criterion", source="in-district", letter="measurable")
def test_as_criterion(facts: Facts) -> Iterator[Finding]:
    """A state test or a test score is the criterion.

    A test given once a year can't show progress during the year, and a score or Lexile says nothing
    about which skill grew.

    Flags:
        Jo will «pass the state reading test» by June 2027.
        Jo will «improve her Lexile» by 100 points by June 2027.
    Passes:
        Jo will read a grade 4 passage aloud at 95 words correct per minute by June 2027, as measured by DIBELS.
        Jo will pass 4 of 5 weekly spelling tests with 9 of 10 words.
    """
    if match := phrases().test.search(facts.text):
        yield Finding(
            span=Span(match.start(), match.end()),
            message=f"“{match[0]}” hangs the goal on one test.",
            help="Name the skill behind the score, and measure it during the year.",
        )


@check(
    "M07",
    "no-method",
    source="idea-progress",
    severity="hint",
    letter="measurable",
    part="method",
    soft_for_objectives=True,
)
def no_method(facts: Facts) -> Iterator[Finding]:
    """It doesn't say how progress is measured.

    The IEP has to say how progress toward each goal is measured; some states' forms keep that in a
    field beside the goal, so here it is a hint unless the rule pack asks for it.

    Flags:
        Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027«».
        Mia will raise her hand in 4 of 5 lessons«»
    Passes:
        Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027, as measured by weekly probes.
        Mia will raise her hand in 4 of 5 lessons according to teacher tally.
    """
    if facts.has("method") or not facts.behaviors or facts.adult:
        return
    at = closing(facts)
    yield Finding(
        span=gap(at),
        message="No method: it doesn't say how progress is measured.",
        help="Add the tool and how often: “as measured by weekly probes”, “according to a daily teacher tally”.",
        fix=insert(facts, at, ", as measured by [tool, how often]", "Open a slot for the method"),
    )


@check(
    "M08",
    "no-schedule",
    source="idea-progress",
    severity="hint",
    letter="measurable",
    part="schedule",
    soft_for_objectives=True,
)
def no_schedule(facts: Facts) -> Iterator[Finding]:
    """The method doesn't say how often.

    Progress can only be reported when data come in at known times.

    Flags:
        Given a grade 2 passage, Mia will read aloud 70 words correct per minute by June 2027, as measured by reading probes«».
        Mia will raise her hand in 4 of 5 lessons, according to teacher records«».
    Passes:
        Mia will raise her hand in 4 of 5 lessons, according to a daily teacher tally.
        Mia will raise her hand in 4 of 5 lessons.
    """
    if not facts.methods or facts.scheduled:
        return
    if facts.placeholders and any(m.span.overlaps(p.span) for m in facts.methods for p in facts.placeholders):
        return
    yield Finding(
        span=gap(facts.methods[-1].span.end),
        message="The method doesn't say how often it is measured.",
        help="Add how often: weekly, every two weeks, each session.",
    )


@check(
    "M09",
    "no-data-collector",
    source="az-rubric",
    severity="hint",
    letter="measurable",
    part="person",
    soft_for_objectives=True,
)
def no_data_collector(facts: Facts) -> Iterator[Finding]:
    """The method doesn't say who measures.

    Some rubrics ask for the person who collects the data, so that it gets done. Off unless the rule
    pack asks for it.

    Flags:
        Mia will raise her hand in 4 of 5 lessons, as measured by a daily tally«».
        Mia will read 70 words correct per minute, as measured by weekly probes«».
    Passes:
        Mia will raise her hand in 4 of 5 lessons, as measured by the teacher's daily tally.
        Mia will raise her hand in 4 of 5 lessons.
    """
    if not facts.methods or any(method.person for method in facts.methods):
        return
    yield Finding(
        span=gap(facts.methods[-1].span.end),
        message="The method doesn't say who collects the data.",
        help="Name the role: the special education teacher, the SLP, the classroom aide.",
    )


@check("M10", "comparison-without-level", source="iris", severity="error", letter="measurable")
def comparison_without_level(facts: Facts) -> Iterator[Finding]:
    """A comparison stands where the criterion should.

    "More often" or "with fewer prompts" is met by the smallest change, or never.

    Flags:
        Andre will finish his homework «more often».
        Andre will brush his teeth «with fewer prompts» by June 2027.
    Passes:
        Andre will finish his homework on 4 of 5 days.
        Andre will brush his teeth with fewer prompts, at most 2, in 4 of 5 trials by June 2027.
    """
    if _has_level(facts) or not facts.behaviors or facts.adult:
        return
    if match := _relative(facts):
        yield Finding(
            span=Span(match.start(), match.end()),
            message=f"“{match[0]}” is no criterion: it doesn't say how much.",
            help="Put the level in its place: “on 4 of 5 days”, “with no more than 2 prompts”.",
        )


@check("M11", "percent-of-what", source="r-gori", severity="hint", letter="measurable")
def percent_of_what(facts: Facts) -> Iterator[Finding]:
    """A percentage says no more than a number.

    80 % can be of items, of tries, of days or of the time; each is measured differently.

    Flags:
        Given a word list, Bo will read sight words at «80%» by June 2027.
        Bo will follow directions, «75%», by June 2027.
    Passes:
        Given a word list, Bo will read 80% of the sight words by June 2027.
        Bo will follow directions with 75% accuracy by June 2027.
    """
    measures = [c.measure for c in facts.criteria if c.measure]
    if len(measures) != 1 or measures[0].kind != "accuracy":
        return
    after = facts.text[measures[0].span.end :]
    if re.match(r"\s*[\w(]", after) and not re.match(r"\s*(?:by|as|in|when|during|per|and|\()\b", after):
        return
    before = facts.text[: measures[0].span.start]
    if re.search(
        r"\b(?:accuracy|independence|success|mastery|rate|proficiency)\s+(?:\w+\s+)?(?:of\s+|at\s+)?(?:at\s+least\s+)?$",
        before,
        re.IGNORECASE,
    ):
        return
    yield Finding(
        span=measures[0].span,
        message=f"“{measures[0].span.of(facts.text)}” of what isn't said.",
        help="Say what is counted: of the words, of opportunities, of class periods, with accuracy.",
    )


@check("M12", "rubric-overrun", source="idea-goals", severity="error", letter="measurable")
def rubric_overrun(facts: Facts) -> Iterator[Finding]:
    """The score asked for is higher than the rubric goes.

    Five points on a four-point rubric can't be reached.

    Flags:
        Given a prompt, Bo will write a paragraph «scoring 5» on a 4-point rubric by June 2027.
        Bo will write a paragraph that earns «a score of 6» on a 5-point rubric.
    Passes:
        Given a prompt, Bo will write a paragraph scoring 3 on a 4-point rubric by June 2027.
        Bo will score 12 on two 6-point rubrics.
    """
    scale = re.search(
        r"\b(?:a|the|an|our|district)\s+(?:\w+\s+)?(\d{1,2})[- ](?:point|pt\.?)\b[^.]{0,30}\b(?:rubric|scale)",
        facts.text,
        re.IGNORECASE,
    )
    if scale is None:
        return
    for criterion in facts.criteria:
        measure = criterion.measure
        if measure and measure.kind == "rubric" and measure.how == "score" and measure.value > int(scale[1]):
            yield Finding(
                span=measure.span,
                message=f"“{measure.span.of(facts.text)}” is higher than the {scale[1]}-point scale goes.",
                help="Check the score or the scale.",
            )


@check("M13", "undecided-criterion", source="iris", letter="measurable", judgment="measurable")
def undecided_criterion(facts: Facts) -> Iterator[Finding]:
    """The words that stand as the criterion hold no level that decides it.

    Two people with the goal in hand should come to the same answer on whether it was met. A mere
    "at grade level" of something without grades, or "before the deadline", leaves them at odds.

    Flags:
        Jo will email her teacher «before the deadline has passed».
        Ada will write her name «at grade level».
    Passes:
        Jo will email her teacher before the deadline for 4 of 5 assignments by June 2027.
        Ada will use the bathroom on her own on 4 of 5 days by June 2027.
    """
    # A behavior nobody can see is what S02 reports; here it can be seen, and still isn't decided.
    if facts.reading.measurable is not False or facts.reading.observable is not True or not facts.criteria:
        return
    span = facts.criteria[0].part
    yield Finding(
        span=span,
        message=f"“{span.of(facts.text)}” doesn't decide whether the goal was met.",
        help="Put a level there that can be counted or timed: so many of so many, how long, how often.",
    )
