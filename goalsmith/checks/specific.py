"""S: one learner, one observable behavior, under stated circumstances."""

from __future__ import annotations

import re
from collections.abc import Iterator

from goalsmith.checks.phrases import phrases
from goalsmith.checks.places import before_learner, gap, insert
from goalsmith.checks.registry import Finding, check
from goalsmith.facts import Facts
from goalsmith.text import Span
from goalsmith.verbs import verbs

_ONLY_MODAL = re.compile(r"(?:will|shall|should|must|is|be|able|to|going|expected|\W)*", re.IGNORECASE)


def _has_behavior(facts: Facts) -> bool:
    return any(not _ONLY_MODAL.fullmatch(b.span.of(facts.text)) for b in facts.behaviors)


@check("S01", "no-behavior", source="iris", severity="error", letter="specific", part="behavior")
def no_behavior(facts: Facts) -> Iterator[Finding]:
    """No behavior is named.

    A level alone ("with 80% accuracy") measures nothing: the goal has to say what the student will do.

    Flags:
        Marcus will« »80% accuracy in 4 of 5 trials by June 2027.
        By June 2027, Priya will« »with 80% accuracy on 4 of 5 probes.
    Passes:
        By June 2027, Priya will spell ten words with 80% accuracy on 4 of 5 probes.
        Improve reading.
    """
    if _has_behavior(facts) or facts.adult:
        return
    if facts.behaviors:
        at = facts.behaviors[-1].span.end
        span = Span(at, at + 1) if facts.text[at : at + 1] == " " else gap(at)
    elif facts.learners:
        span = gap(facts.learners[-1].span.end)
    else:
        span = gap(before_learner(facts))
    yield Finding(
        span=span,
        message="No behavior: it doesn't say what the student will do.",
        help="Name one act that can be seen, heard or counted: read aloud, write, solve, ask, walk to.",
    )


@check("S02", "vague-behavior", source="r-gori", severity="error", letter="specific", judgment="observable")
def vague_behavior(facts: Facts) -> Iterator[Finding]:
    """The behavior can't be seen or counted.

    "Understand", "improve" and "develop skills" happen inside a person: two observers would not agree
    that they happened. An act that shows it can be observed.

    Flags:
        Marcus will «improve» his reading.
        Marcus will «understand» and appreciate fractions.
        By June 2027, Lena will «develop» social skills with 80% accuracy.
    Passes:
        By June 2027, Marcus will show his knowledge of fractions by shading parts of a circle in 8 of 10 items.
        Marcus will increase on-task behavior to 80% of intervals by June 2027.
        Marcus will write fractions for shaded shapes in 8 of 10 items.
    """
    if facts.reading.observable is not False or not _has_behavior(facts):
        return
    vague = next((b.act for b in facts.behaviors if b.act and not b.act.observable), None)
    span = vague.span if vague else facts.behaviors[0].span
    yield Finding(
        span=span,
        message=f"“{span.of(facts.text)}” can't be seen or counted, so nobody can tell when it was reached.",
        help="Say what the student will do that shows it: read aloud, write, name, point to, ask for. Keep the wish for the present levels.",
    )


@check("S03", "several-behaviors", source="idea-goals", severity="hint", letter="specific")
def several_behaviors(facts: Facts) -> Iterator[Finding]:
    """More than one skill stands in one goal.

    With two skills and one criterion, a student who reaches one and not the other has neither met nor
    missed the goal. Each skill wants its own goal or objective.

    Flags:
        Ana will read a grade 3 passage aloud «and multiply two-digit numbers» with 80% accuracy by June 2027.
        Given a checklist, Ana will pack her bag by 3:00 «and will read» 80 words per minute by June 2027.
    Passes:
        Ana will read a grade 3 passage and answer questions about it with 80% accuracy by June 2027.
        Ana will set up and solve two-step word problems with 80% accuracy by June 2027.
    """
    text = facts.text
    if facts.behaviors and (match := _AGAIN.search(text, facts.behaviors[0].span.start)):
        yield _second(Span(match.start("second"), match.end()), text)
        return
    for behavior in facts.behaviors:
        first = behavior.act and verbs().skill(behavior.act.verb)
        for match in re.finditer(r"\band\s+(?=\w)", text[: behavior.span.end]):
            act = verbs().at(text, match.end(), behavior.span.end)
            if match.start() < behavior.span.start or first is None or act is None:
                continue
            if (second := verbs().skill(act.verb)) is not None and second != first:
                yield _second(Span(match.start(), behavior.span.end), text)
                return


_AGAIN = re.compile(
    r"(?:,\s*)?\b(?P<second>(?:and|as\s+well\s+as)\s+(?:she\s+|he\s+|they\s+)?will\s+(?:be\s+able\s+to\s+)?(?!not\b)\w+)",
    re.IGNORECASE,
)


def _second(span: Span, text: str) -> Finding:
    return Finding(
        span=span,
        message=f"A second skill: “{span.of(text)}”.",
        help="Give each skill its own goal, or list the skills as objectives with a level each.",
    )


@check("S04", "absence-of-behavior", source="ncii", letter="specific")
def absence(facts: Facts) -> Iterator[Finding]:
    """The goal says what the student will not do.

    The absence of a behavior teaches nothing, and a sleeping student meets it. Name the behavior that
    takes its place.

    Flags:
        Dev «will not hit» peers during recess for 4 of 5 days by June 2027.
        Dev will «refrain from» calling out in class in 4 of 5 lessons.
    Passes:
        Dev will ask for a break in place of hitting on 4 of 5 days by June 2027.
        Dev will refrain from calling out by raising his hand in 4 of 5 lessons.
        Dev will decrease hitting to 1 time a day by using his break card.
    """
    replaced = re.compile(
        r"\b(?:instead|by\s+\w+ing|replac\w+|in\s+place\s+of|rather\s+than|but\s+will|and\s+(?:will\s+)?(?:ask|use|raise|request|tell|say))\b",
        re.IGNORECASE,
    )
    if replaced.search(facts.text):
        return
    for behavior in facts.behaviors:
        act = behavior.act
        if not act or not (behavior.negated or act.sort == "absence"):
            continue
        span = Span(behavior.span.start, act.span.end) if behavior.negated else act.span
        yield Finding(
            span=span,
            message="It says what the student won't do; that names nothing to teach.",
            help="Write the replacement behavior: what the student will do at that moment (ask for a break, raise a hand, walk away and tell an adult).",
        )
        return


@check("S05", "adult-as-actor", source="idea-goals", severity="error", letter="specific")
def adult_as_actor(facts: Facts) -> Iterator[Finding]:
    """An adult does it, not the student.

    What staff will do is a service or a support. A goal is about what the student will do.

    Flags:
        «The teacher» will read 80 words per minute with Lin by June 2027.
        «The aide» will write 5 sentences a day with Lin by June 2027.
    Passes:
        Lin will read 80 words per minute by June 2027, as measured by the teacher.
        After the teacher reads a story, Lin will retell it with 4 details by June 2027.
    """
    if facts.adult is None:
        return
    yield Finding(
        span=facts.adult,
        message=f"“{facts.adult.of(facts.text)}” is the one who acts here, not the student.",
        help="Put the student first: who will do what. Move what adults do to the services and supports.",
    )


@check("S06", "no-condition", source="iris", letter="specific", part="condition", soft_for_objectives=True)
def no_condition(facts: Facts) -> Iterator[Finding]:
    """No condition is named.

    The circumstances, materials or supports decide how hard the task is, and let another teacher
    measure the same thing.

    Flags:
        By June 2027, «»Mia will read aloud 95 words correct per minute.
        «»Mia will write a five-sentence paragraph with at most 2 errors.
    Passes:
        By June 2027, given a grade 4 passage, Mia will read aloud 95 words correct per minute.
        Mia will raise her hand during whole-group lessons in 4 of 5 periods.
    """
    if facts.has("condition") or not facts.behaviors or facts.adult:
        return
    at = before_learner(facts)
    yield Finding(
        span=gap(at),
        message="No condition: it doesn't say with what materials, where, or with what support.",
        help="Say what is given: “Given a grade 4 passage, …”, “During whole-group lessons, …”, “With a graphic organizer, …”.",
        fix=insert(facts, at, "given [materials, setting or support], ", "Open a slot for the condition"),
    )


@check(
    "S07",
    "no-learner",
    source="va-doe",
    severity="hint",
    letter="specific",
    part="learner",
    soft_for_objectives=True,
)
def no_learner(facts: Facts) -> Iterator[Finding]:
    """Nobody is named as the one who does it.

    A goal is the student's own; a sentence without one reads as a line from a goal bank.

    Flags:
        «»Will read 80 words correct per minute by June 2027.
        Given a timer, «»complete 4 of 5 tasks on time by June 2027.
    Passes:
        Noor will read 80 words correct per minute by June 2027.
        The student will read 80 words correct per minute by June 2027.
    """
    if facts.learners or not facts.behaviors or facts.adult:
        return
    at = facts.behaviors[0].span.start
    act = facts.behaviors[0].act
    # "[Student] will …": a slot only where a verb group follows it.
    will = re.match(r"(?:will|is|shall)\b", facts.text[at:], re.IGNORECASE)
    words = "[Student] " if will else "[Student] will "
    fits = act is not None and (will or act.span.start == at) and act.verb == act.span.of(facts.text).lower()
    yield Finding(
        span=gap(at),
        message="It doesn't say who will do it.",
        help="Begin with the student's first name or “the student will …”.",
        fix=insert(facts, at, words, "Open a slot for the student") if fits or will else None,
    )


@check("S08", "masking", source="audit-pains", letter="specific")
def masking(facts: Facts) -> Iterator[Finding]:
    """The goal asks the student to look typical rather than to learn a skill.

    Minutes of eye contact or a still body cost a neurodivergent student effort and teach nothing that
    the student needs. Name the purpose behind it, and a way to reach it that fits the student.

    Flags:
        Ravi will «make eye contact» with the speaker for 5 seconds in 4 of 5 trials by June 2027.
        During circle time, Ravi will have «quiet hands» for 10 minutes on 4 of 5 days.
    Passes:
        When a peer speaks to him, Ravi will answer or nod in 4 of 5 chances by June 2027.
        Ravi will identify the eye of a storm on a map in 4 of 5 trials.
    """
    for pattern, instead in phrases().masking:
        if match := pattern.search(facts.text):
            yield Finding(
                span=Span(match.start(), match.end()),
                message=f"“{match[0]}” asks the student to look a certain way.",
                help=f"Ask what it is for, and teach that: {instead}.",
            )
            return


@check("S09", "open-support", source="az-rubric", severity="hint", letter="specific")
def open_support(facts: Facts) -> Iterator[Finding]:
    """Help is named, but not which or how much.

    "With support" can mean one word or a hand over the student's hand: two observers would measure two
    different skills.

    Flags:
        «With support», Eli will tie his shoes in 4 of 5 trials by June 2027.
        Eli will zip his coat «with assistance as needed» in 4 of 5 trials by June 2027.
    Passes:
        With one verbal prompt, Eli will tie his shoes in 4 of 5 trials by June 2027.
        With hand-over-hand help from the OT, Eli will zip his coat in 4 of 5 trials.
    """
    for condition in facts.conditions:
        if condition.support_open:
            yield Finding(
                span=condition.span,
                message=f"“{condition.span.of(facts.text)}” leaves open which help, and how much.",
                help="Name the help and cap it: “with no more than 2 verbal prompts”, “with a picture schedule”.",
            )
            return


@check("S10", "padding", source="audit-pains", severity="hint", letter="specific")
def padding(facts: Facts) -> Iterator[Finding]:
    """Words stand between the reader and the act.

    "Demonstrate an understanding of … by writing" says less than "write", and families read it less
    easily.

    Flags:
        Zoe will «demonstrate an understanding of fractions» by writing them for shaded shapes in 8 of 10 items.
        Zoe will «show the ability to» add two-digit numbers in 8 of 10 items.
    Passes:
        Zoe will write fractions for shaded shapes in 8 of 10 items.
        Zoe will demonstrate how to use the microwave in 4 of 5 trials.
    """
    if match := phrases().padding.search(facts.text):
        words = match[0].rstrip()
        yield Finding(
            span=Span(match.start(), match.start() + len(words)),
            message=f"“{words}” can go: the act itself says it.",
            help="Start with the act: “will write …”, “will point to …”.",
        )


@check("S11", "decrease-only", source="ncii", severity="hint", letter="specific")
def decrease_only(facts: Facts) -> Iterator[Finding]:
    """The goal lowers a behavior and names nothing in its place.

    A count that should fall can be measured, but the student learns what to do only from the behavior
    that replaces it.

    Flags:
        Sam will «decrease» hitting to 1 time a day by June 2027.
        During recess, Sam will «reduce» outbursts to 2 a week by June 2027.
    Passes:
        Sam will decrease hitting to 1 time a day by asking for a break, by June 2027.
        Sam will reduce reading errors to 3 per page by June 2027.
    """
    if re.search(
        r"\b(?:instead|by\s+(?:\w+ly\s+)?\w+ing|replac\w+|in\s+place\s+of|rather\s+than|using)\b",
        facts.text,
        re.IGNORECASE,
    ):
        return
    for behavior in facts.behaviors:
        act = behavior.act
        if act is None or act.verb not in (
            "decrease",
            "reduce",
            "lessen",
            "lower",
            "diminish",
            "minimize",
            "cut down",
            "cut down on",
        ):
            continue
        if facts.reading.area == "behavior":
            yield Finding(
                span=act.span,
                message="It lowers a behavior and names nothing in its place.",
                help="Add the replacement behavior: “by asking for a break”, and count that too.",
            )
            return
