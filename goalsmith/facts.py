"""Reading -> Facts: the labelled words as typed values, each with its span and how it was read.

Nothing is decided here about right or wrong: the checks do that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

from goalsmith.deadlines import Deadline, deadlines
from goalsmith.figures import Figure
from goalsmith.link import Link, link, sought_by
from goalsmith.present_levels import PresentLevels
from goalsmith.quantities import Measure, quantities
from goalsmith.reading import Label, Reading
from goalsmith.slots import slots
from goalsmith.tables import Row, alternatives, load
from goalsmith.templates import Bank
from goalsmith.text import Document, Span
from goalsmith.verbs import Act, verbs


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Who does it. ``name`` is None for a pronoun, a noun ("the student") or a placeholder."""

    span: Span
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behavior:
    """What the learner does; ``act`` is the verb that decides whether it can be observed."""

    span: Span
    act: Act | None
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A circumstance, material, cue or support; ``support_open`` when help is named but not how much."""

    span: Span
    support_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """How well: one measure of a criterion span, or None where the level is worded without a number."""

    span: Span
    part: Span
    measure: Measure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Where the learner stands now; ``measures`` is empty when it is worded or still unfilled."""

    span: Span
    measures: tuple[Measure, ...]
    filled: bool

    @property
    def measure(self) -> Measure | None:
        """The first measure, or None when the baseline is worded or unfilled."""
        return self.measures[0] if self.measures else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How it is measured; ``schedule`` and ``person`` are the words that say how often and by whom."""

    span: Span
    schedule: Span | None
    person: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """A slot nobody has filled: "[Student]", "____", "X%"."""

    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the checks know about one statement."""

    document: Document
    reading: Reading
    today: date
    learners: tuple[Learner, ...]
    behaviors: tuple[Behavior, ...]
    conditions: tuple[Condition, ...]
    criteria: tuple[Criterion, ...]
    baselines: tuple[Baseline, ...]
    deadlines: tuple[Deadline, ...]
    methods: tuple[Method, ...]
    placeholders: tuple[Placeholder, ...]
    scheduled: bool  # whether it is said how often data are taken, with the method or the criterion
    adult: Span | None = None  # an adult as the one who acts
    present_levels: PresentLevels | None = None
    link: Link | None = None  # what the goal rests on in the present levels, where they are given

    @property
    def known_start(self) -> Figure | None:
        """The present level that is the goal's baseline, where there is one."""
        if self.present_levels is None or self.link is None or self.link.baseline is None:
            return None
        return self.present_levels.figures[self.link.baseline]

    @property
    def text(self) -> str:
        """The statement's text."""
        return self.document.text

    @property
    def targets(self) -> list[Measure]:
        """The measures of the criteria that say how well, not how consistently."""
        return [c.measure for c in self.criteria if c.measure and c.measure.kind != "consistency"]

    def has(self, part: Label) -> bool:
        """Whether the reader found the part."""
        return any(p.label == part for p in self.reading.parts)

    def to_list(self) -> list[dict[str, Any]]:
        """Every fact as plain data, in the order of the text."""
        rows: list[dict[str, Any]] = []
        for learner in self.learners:
            rows.append(_row("learner", learner.span, name=learner.name))
        for behavior in self.behaviors:
            act = behavior.act
            rows.append(
                _row(
                    "behavior",
                    behavior.span,
                    verb=act.verb if act else None,
                    sort=act.sort if act else None,
                    negated=behavior.negated,
                )
            )
        for condition in self.conditions:
            rows.append(_row("condition", condition.span, support_open=condition.support_open))
        for criterion in self.criteria:
            rows.append(_row("criterion", criterion.span, **_measure(criterion.measure)))
        for baseline in self.baselines:
            rows.append(_row("baseline", baseline.span, filled=baseline.filled, **_measure(baseline.measure)))
        for deadline in self.deadlines:
            rows.append(
                _row(
                    "deadline",
                    deadline.span,
                    kind=deadline.kind,
                    date=deadline.date.isoformat() if deadline.date else None,
                    weeks=deadline.weeks,
                    certainty=deadline.certainty,
                    how=deadline.how,
                )
            )
        for method in self.methods:
            rows.append(
                _row(
                    "method",
                    method.span,
                    schedule=method.schedule.of(self.text) if method.schedule else None,
                    person=method.person.of(self.text) if method.person else None,
                )
            )
        for placeholder in self.placeholders:
            rows.append(_row("placeholder", placeholder.span))
        return sorted(rows, key=lambda row: (row["start"], row["end"], row["type"]))


FactType = Literal[
    "learner", "behavior", "condition", "criterion", "baseline", "deadline", "method", "placeholder"
]


def _row(fact: FactType, span: Span, **values: Any) -> dict[str, Any]:
    return {"type": fact, "start": span.start, "end": span.end, **values}


def _measure(measure: Measure | None) -> dict[str, Any]:
    if measure is None:
        return {}
    values = {
        "kind": measure.kind,
        "value": measure.value,
        "unit": measure.unit,
        "comparison": measure.comparison,
        "how": measure.how,
    }
    extra = {"upper": measure.upper, "out_of": measure.out_of, "per": measure.per, "hedge": measure.hedge}
    return values | {name: value for name, value in extra.items() if value is not None}


class _Words(Row):
    adults: list[str]
    schedule: list[str]
    schedule_words: list[str]
    persons: list[str]
    open_supports: list[str]


class _Statement(Row):
    modification: list[str]
    names: list[str]


class StatementWords:
    """What tells a modification, or a second student's name."""

    def __init__(self) -> None:
        table = load("statement", _Statement)
        self.listed = table.names
        self.modification = re.compile("|".join(table.modification), re.IGNORECASE)
        # A name after a title is an adult's; a name in quotes or before "'s Law" is a thing's.
        self.names = re.compile(
            rf"(?<![\w.'’\"“-])(?<!Mr\s)(?<!Ms\s)(?<!Mrs\s)(?<!Mr\.\s)(?<!Ms\.\s)(?<!Mrs\.\s)(?<!Dr\.\s)"
            rf"(?P<name>{alternatives(table.names)})(?![\w-])(?!['’]s\s+[A-Z])(?!\s+[A-Z][a-z]+\s+(?:School|Test|Assessment))"
        )


@cache
def statement_words() -> StatementWords:
    """The one compiled instance."""
    return StatementWords()


class _Patterns:
    def __init__(self) -> None:
        words = load("words", _Words)
        flags = re.IGNORECASE
        self.schedule = re.compile("|".join(words.schedule).replace(" ", r"\s+"), flags)
        self.schedule_word = re.compile(rf"\b(?:{alternatives(words.schedule_words)})\b", flags)
        self.person = re.compile(rf"\b(?:{alternatives(words.persons)})(?:s|'s|’s)?\b", flags)
        self.open_support = re.compile("|".join(words.open_supports).replace(" ", r"\s+"), flags)
        self.open_end = re.compile(r"\s+(?:as|if|when)\s+(?:needed|appropriate|necessary)\b", flags)
        adults = alternatives(words.adults)
        self.adult = re.compile(
            rf"(?<![\w-])(?P<adult>(?:(?:the|a|an|his|her|their|my|our|all|each|special\s+education|general\s+education|classroom)\s+)*(?:{adults})(?:\s+(?:and|or|and/or)\s+(?:{adults}))*)\s+(?:will|shall|must|should)\b",
            flags,
        )
        self.negated = re.compile(
            r"\b(?:will|shall|to|must)\s+(?:\w+ly\s+)?(?:not|never)\b|\bwon[’']t\b", flags
        )


@cache
def _patterns() -> _Patterns:
    return _Patterns()


_NO_NAME = {
    "he", "she", "they", "i", "we", "student", "students", "the", "child", "client", "learner",
    "he/she", "she/he", "s/he", "pupil", "patient", "this", "our", "my", "pt", "clt", "scholar",
}  # fmt: skip


def read_facts(
    document: Document,
    reading: Reading,
    *,
    today: date,
    present_levels: PresentLevels | None = None,
    bank: Bank | None = None,
    rests_on: Link | None = None,
) -> Facts:
    """Read the values inside a reading's parts, as of the day ``today``.

    With ``present_levels``, a goal is tied to the facts it rests on by the skills of ``bank``; where that
    is known already, it is passed as ``rests_on``.
    """
    text, patterns = document.text, _patterns()
    counted = bool(reading.of("criterion"))
    facts = Facts(
        document=document,
        reading=reading,
        today=today,
        learners=tuple(_learner(text, span) for span in reading.of("learner")),
        behaviors=tuple(
            Behavior(
                span=span,
                act=verbs().read(text, span.start, span.end, counted=counted),
                negated=patterns.negated.search(text, span.start, span.end) is not None,
            )
            for span in reading.of("behavior")
        ),
        conditions=tuple(_condition(text, span, patterns) for span in reading.of("condition")),
        criteria=tuple(c for span in reading.of("criterion") for c in _criteria(text, span)),
        baselines=tuple(_baseline(text, span) for span in reading.of("baseline")),
        deadlines=tuple(d for span in reading.of("timeframe") for d in _deadline(text, span, today)),
        methods=tuple(_method(text, span, patterns) for span in reading.of("method")),
        scheduled=any(
            pattern.search(text, span.start, span.end)
            for pattern, spans in (
                (patterns.schedule, reading.of("method")),
                (patterns.schedule_word, reading.of("criterion")),
            )
            for span in spans
        ),
        placeholders=tuple(Placeholder(span=Span(m.start(), m.end())) for m in slots().finditer(text)),
        adult=_adult(text, reading, patterns),
        present_levels=present_levels,
    )
    if rests_on is not None:
        return replace(facts, link=rests_on)
    if present_levels is None or bank is None or not reading.is_goal:
        return facts
    return replace(facts, link=link(sought_by(text, reading, facts.targets), present_levels, bank))


def _adult(text: str, reading: Reading, patterns: _Patterns) -> Span | None:
    match = patterns.adult.search(text)
    learners = reading.of("learner")
    if match is None or (
        learners
        and not learners[0].overlaps(Span(match.start("adult"), match.end("adult")))
        and learners[0].start < match.start()
    ):
        return None
    return Span(match.start("adult"), match.end("adult"))


def _learner(text: str, span: Span) -> Learner:
    words = span.of(text)
    first = words.split()[0].strip("’'s,.").lower()
    named = words[0].isupper() and first not in _NO_NAME and words[-1] not in "]})>_"
    return Learner(span=span, name=words if named else None)


def _condition(text: str, part: Span, patterns: _Patterns) -> Condition:
    # "with help" opens no further than "with help as needed" does: the words belong together.
    end = patterns.open_end.match(text, part.end)
    span = Span(part.start, end.end()) if end else part
    return Condition(
        span=span, support_open=patterns.open_support.search(text, span.start, span.end) is not None
    )


def _criteria(text: str, part: Span) -> list[Criterion]:
    measures = quantities().find(text, part.start, part.end)
    if not measures:
        return [Criterion(span=part, part=part, measure=None)]
    return [Criterion(span=m.span, part=part, measure=m) for m in measures]


def _baseline(text: str, span: Span) -> Baseline:
    measures = quantities().find(text, span.start, span.end)
    unfilled = slots().search(text, span.start, span.end) is not None
    return Baseline(span=span, measures=tuple(measures), filled=not unfilled)


def _deadline(text: str, span: Span, today: date) -> list[Deadline]:
    reader = deadlines()
    found = [reader.value(kind, match, today) for kind, match in reader.find(text, span.start, span.end)]
    if not found and reader.vague.search(text, span.start, span.end):
        return []
    return found or [Deadline(kind="event", span=span, how="event")]


def _method(text: str, span: Span, patterns: _Patterns) -> Method:
    schedule = patterns.schedule.search(text, span.start, span.end)
    person = patterns.person.search(text, span.start, span.end)
    return Method(
        span=span,
        schedule=Span(schedule.start(), schedule.end()) if schedule else None,
        person=Span(person.start(), person.end()) if person else None,
    )
