"""G: is the statement a goal at all, is it whole, and is it about one student?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from goalsmith.checks.registry import Finding, check
from goalsmith.facts import Facts, statement_words
from goalsmith.text import Span


def _whole(facts: Facts) -> Span:
    text = facts.text
    return Span(len(text) - len(text.lstrip()), len(text.rstrip()))


@check("G01", "accommodation", source="section-504", severity="error", goals_only=False, judgment="kind")
def accommodation(facts: Facts) -> Iterator[Finding]:
    """An accommodation stands where a goal should.

    An accommodation removes a barrier; it teaches no skill and has no level to reach. A 504 plan is
    made of accommodations and holds no goals; an IEP lists them beside the goals.

    Flags:
        «Extended time (1.5x) on classroom tests and quizzes.»
        «Seat Dara near the board and away from the door.»
    Passes:
        Given a visual timer, Dara will ask for extra time in her own words on 4 of 5 tests by May 2027.
        Dara will receive speech therapy 30 minutes a week.
    """
    if facts.reading.kind == "accommodation" and not statement_words().modification.search(facts.text):
        yield Finding(
            span=_whole(facts),
            message="This is an accommodation, not a goal: it changes how the student is taught or tested.",
            help="In an IEP, list it under supplementary aids and services or testing accommodations; in a 504 plan it is a line of the plan. If the student should learn to use it, write that as the behavior.",
        )


@check("G02", "modification", source="idea-services", severity="error", goals_only=False, judgment="kind")
def modification(facts: Facts) -> Iterator[Finding]:
    """A modification stands where a goal should.

    A modification changes what the student is expected to learn or show. It is part of the services
    and supports of an IEP, has no level to reach, and has no place in most 504 plans.

    Flags:
        «Shortened spelling list of 8 words with modified grading.»
        «Reduced homework assignments»
    Passes:
        Extended time on tests.
        Omar will spell 8 of 10 grade 3 words on the weekly list by June 2027.
    """
    if facts.reading.kind == "accommodation" and statement_words().modification.search(facts.text):
        yield Finding(
            span=_whole(facts),
            message="This is a modification, not a goal: it changes what the student is expected to learn or show.",
            help="List it under program modifications of the IEP. A goal says what the student will do, and how well.",
        )


@check("G03", "service", source="idea-services", severity="error", goals_only=False, judgment="kind")
def service(facts: Facts) -> Iterator[Finding]:
    """A service stands where a goal should.

    Minutes of therapy or instruction say what adults give, not what the student will be able to do.
    Services have their own place in the IEP, with start, frequency, location and duration.

    Flags:
        «Lin will receive speech therapy 30 minutes a week.»
        «OT consult, 15 min monthly, with classroom teacher»
    Passes:
        Given picture cards, Lin will say /s/ blends in 8 of 10 words by May 2027, as measured by SLP data each session.
        Extended time on tests.
    """
    if facts.reading.kind == "service":
        yield Finding(
            span=_whole(facts),
            message="This is a service, not a goal: it says what adults will provide.",
            help="List it with the services of the IEP (start, frequency, location, duration). As a goal, write what the student will do because of it.",
        )


@check(
    "G04", "present-level", source="idea-present-levels", severity="error", goals_only=False, judgment="kind"
)
def present_level(facts: Facts) -> Iterator[Finding]:
    """A present level or progress note stands where a goal should.

    It says what the student does now. A goal starts from it and says what the student will do within
    a year.

    Flags:
        «Currently Tomas reads 42 words per minute and has trouble with vowel teams.»
        «On the fall benchmark Ana answered 6 of 20 questions.»
    Passes:
        Tomas will read 80 words per minute by May 2027 (currently 42).
        Extended time on tests.
    """
    if facts.reading.kind == "present_level":
        yield Finding(
            span=_whole(facts),
            message="This is a present level, not a goal: it says what the student does now.",
            help="Keep it in the present levels, and build the goal's baseline from its figures.",
        )


@check("G05", "no-goal", source="idea-goals", severity="error", goals_only=False, judgment="kind")
def no_goal(facts: Facts) -> Iterator[Finding]:
    """The text is no statement about what the student will do.

    Headings, concerns, meeting notes and legal wording hold no behavior to teach or measure.

    Flags:
        «Mom is concerned that homework takes three hours every night.»
        «The IEP team met and discussed placement options.»
    Passes:
        Ravi will write his homework in a planner on 4 of 5 days by June 2027.
        Extended time on tests.
    """
    if facts.reading.kind == "other" and facts.reading.english:
        yield Finding(
            span=_whole(facts),
            message="This doesn't read as a goal: it names nothing the student will do.",
            help="Write who will do what, and how well. A concern or a note belongs in the present levels or the meeting notes.",
        )


@check("G06", "open-slot", source="idea-goals", severity="warning", goals_only=False)
def open_slot(facts: Facts) -> Iterator[Finding]:
    """A blank or placeholder has not been filled in.

    A goal-bank sentence with its blanks still open is about no student, and can't be measured.

    Flags:
        «[Student]» will read 80 words correct per minute by June 2027.
        Jo will spell ten words with «__%» accuracy by June 2027.
    Passes:
        Jo will spell ten words with 80% accuracy by June 2027.
        Jo will answer "who" (person) questions in 4 of 5 trials.
    """
    for placeholder in facts.placeholders:
        words = placeholder.span.of(facts.text)
        yield Finding(
            span=placeholder.span,
            message=f"“{words}” is still open.",
            help="Fill it in from the student's own file, or take it out.",
        )


@check("G07", "two-names", source="audit-pains", severity="warning", goals_only=False)
def two_names(facts: Facts) -> Iterator[Finding]:
    """Two students' names stand in one goal.

    A second name is what a copied goal leaves behind; it also shows one child's record to another
    family.

    Flags:
        Marcus will read a grade 3 passage aloud, and «Emily» will reach 95 words per minute by May 2027.
        By June 2027, Aisha will add fractions; «Jacob» will score 8 of 10.
    Passes:
        Marcus will read a grade 3 passage aloud, and Marcus will reach 95 words per minute by May 2027.
        Marcus will greet Ms. Emily in 4 of 5 arrivals by May 2027.
    """
    own = [learner.name.split()[0].strip(",.'’") for learner in facts.learners if learner.name]
    seen = {name.removesuffix("'s").removesuffix("’s").lower() for name in own}
    for match in statement_words().names.finditer(facts.text):
        name = match["name"].lower()
        if name in seen:
            continue
        if seen:
            yield Finding(
                span=Span(match.start("name"), match.end("name")),
                message=f"A second name, {match['name']}, beside {own[0] if own else 'the first'}.",
                help="If this goal was copied, put the right student's name in; call a classmate “a peer”.",
            )
            return
        own.append(match["name"])
        seen.add(name)


@check("G08", "not-english", source="audit-pains", severity="error", goals_only=False)
def not_english(facts: Facts) -> Iterator[Finding]:
    """The text is not in English, so it was not judged.

    goalsmith reads English. A goal in another language is not wrong; it just can't be checked here.

    Flags:
        «生徒は五回のうち四回、文章を音読する。»
        «El estudiante leerá en voz alta un párrafo de cuarto grado con 90 palabras por minuto.»
    Passes:
        Marisol will read a grade 4 paragraph aloud at 90 words per minute by May 2027.
        OT consult, 15 min monthly
    """
    if not facts.reading.english:
        yield Finding(
            span=_whole(facts),
            message="This text doesn't look like English; goalsmith reads English only.",
            help="Check the English version of the goal; nothing in this one was judged.",
        )


@check("G09", "repeated-text", source="audit-pains", severity="hint", goals_only=False)
def repeated_text(facts: Facts) -> Iterator[Finding]:
    """The same sentence stands twice.

    A sentence pasted twice is nearly always a slip, and makes the goal harder to read for a family.

    Flags:
        Jo will write ten spelling words. «Jo will write ten spelling words.»
        Sam will add two-digit numbers with 80% accuracy. «Sam will add two-digit numbers with 80% accuracy.»
    Passes:
        Jo will write ten spelling words. She will use each in a sentence.
        Yes. Yes.
    """
    seen: set[str] = set()
    for match in re.finditer(r"[^.!?\n]+[.!?]?", facts.text):
        sentence = " ".join(match[0].split()).lower().rstrip(".")
        if len(sentence.split()) < 4:
            continue
        if sentence in seen:
            begin = match.start() + len(match[0]) - len(match[0].lstrip())
            yield Finding(
                span=Span(begin, match.end()),
                message="This sentence stands twice.",
                help="Take one of them out.",
            )
        seen.add(sentence)
