"""Is every fact of a rewrite traced? The last word before anyone sees it, whoever wrote it.

A rewrite's open slots claim nothing. Outside them every figure, date, grade, name and every word that
carries meaning must come from the draft, from the facts of the present levels it rests on, from shown
arithmetic, from the review date, or from the name of the skill. It is checked on the finished text, not on
what its maker says of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from goalsmith.deadlines import days_in
from goalsmith.facts import Facts, statement_words
from goalsmith.figures import Figure, grades_in
from goalsmith.present_levels import PresentLevels
from goalsmith.quantities import NUMBER, Measure, number, quantities
from goalsmith.slots import slots
from goalsmith.templates import Skill
from goalsmith.text import Span
from goalsmith.words import neutral, spotted, stem

FactKind = Literal["figure", "number", "date", "grade", "name", "word"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Untraced:
    """Characters of a rewrite that come from nowhere."""

    kind: FactKind
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a rewrite's facts may come from.

    ``notes`` and ``figures`` are what the goal rests on in the present levels; ``worked_out`` are figures
    of shown arithmetic; ``skills`` those whose wordings may be used; ``acts`` stems of acts that may stand
    for a vague one.
    """

    draft: str
    present_levels: PresentLevels | None = None
    notes: tuple[int, ...] = ()
    worked_out: tuple[float, ...] = ()
    review_date: date | None = None
    skills: tuple[Skill, ...] = ()
    acts: frozenset[str] = frozenset()
    today: date = date.min

    @property
    def rested_on(self) -> str:
        """The words of the present levels that the goal rests on."""
        known = self.present_levels
        return " \n ".join(known.notes[i].span.of(known.text) for i in self.notes) if known else ""

    @property
    def levels(self) -> list[Figure]:
        """The present levels the goal may start from."""
        known = self.present_levels
        return [f for f in known.levels if f.note in self.notes] if known else []


def sources_of(facts: Facts, review_date: date | None, skills: Iterable[Skill]) -> Sources:
    """The sources a rewrite of a reviewed draft has, before any arithmetic."""
    return Sources(
        draft=facts.text,
        present_levels=facts.present_levels,
        notes=facts.link.notes if facts.link else (),
        review_date=review_date,
        skills=tuple(skills),
        today=facts.today,
    )


_BASELINE = re.compile(
    r"\(\s*(?:baseline|currently|current level)[^)]*\)|\bfrom a baseline of [^,.;]*|\bfrom [^,.;]{1,40}?(?= to [\d¤])",
    re.IGNORECASE,
)
_LEVELS = ("level", "earlier", "expected", "ranking", "service")
_OF = re.compile(r"¤ (?:out )?of $")  # an open slot of a known many
_CAPITAL = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]*")
_LOOSE = re.compile(rf"{NUMBER}", re.IGNORECASE)
_SAID_MONTHS = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)$"
)


def untraced(text: str, sources: Sources) -> list[Untraced]:
    """What in ``text`` no source holds, in order; empty where everything is traced."""
    # Slots are masked one for one, so that offsets hold and nothing is read across them.
    said = slots().sub(lambda slot: "¤" * len(slot[0]), text)
    # An open slot inside a measure ("[target] of 10") leaves a loose number, which is looked up as one.
    found = [*_dates(said, sources), *_figures(said, sources), *_grades(said, sources)]
    found += [*_names(said, sources), *_words(said, sources)]
    return sorted(set(found), key=lambda item: (item.span, item.kind))


def _texts(sources: Sources) -> list[str]:
    return [sources.draft, sources.rested_on]


def _dates(text: str, sources: Sources) -> Iterator[Untraced]:
    # "May 2027" and "May 31, 2027" are two wordings of one day.
    held = {day.date for source in _texts(sources) for day in days_in(source, 0, len(source), sources.today)}
    held |= {sources.review_date} if sources.review_date else set()
    for day in days_in(text, 0, len(text), sources.today):
        if day.date not in held:
            yield Untraced(kind="date", span=day.span)


def _figures(text: str, sources: Sources) -> Iterator[Untraced]:
    baselines = [Span(m.start(), m.end()) for m in _BASELINE.finditer(text)]
    days = [day.span for day in days_in(text, 0, len(text), sources.today)]
    known = sources.present_levels
    # A level that is quoted in full is that level, however its range is worded.
    levels_said = {figure.span.of(known.text) for figure in sources.levels} if known else set()
    quoted = [Span(m.start(), m.end()) for words in levels_said for m in re.finditer(re.escape(words), text)]
    draft = quantities().find(sources.draft)
    levels = [figure.measure for figure in sources.levels]
    seen: list[Span] = [*days, *(span for span, _ in grades_in(text))]
    for measure in quantities().find(text):
        if any(measure.span.overlaps(span) for span in seen):
            continue
        seen.append(measure.span)
        in_baseline = any(measure.span.overlaps(span) for span in baselines)
        if in_baseline and any(measure.span.overlaps(span) for span in quoted):
            continue
        held = [*draft, *levels] if in_baseline else [*draft, *_conditions(sources)]
        if _OF.search(text, 0, measure.span.start) and measure.value in {m.out_of for m in (*draft, *levels)}:
            continue
        worked = not in_baseline and measure.value in sources.worked_out and _fits(measure, levels)
        if not worked and not any(_same(measure, other) for other in held):
            yield Untraced(kind="figure", span=measure.span)
    numbers = {
        value
        for source in _texts(sources)
        for match in _LOOSE.finditer(source)
        if (value := _value(match[0])) is not None
    }
    for match in _LOOSE.finditer(text):
        span = Span(match.start(), match.end())
        if any(span.overlaps(other) for other in seen):
            continue
        in_baseline = any(span.overlaps(other) for other in baselines)
        value = _value(match[0])
        own = {f.measure.value for f in sources.levels} | {f.measure.upper for f in sources.levels}
        if value is not None and value not in numbers | set(sources.worked_out) | (
            own if in_baseline else set()
        ):
            yield Untraced(kind="number", span=span)


def _conditions(sources: Sources) -> list[Measure]:
    """Amounts of the present levels that are no levels: "ten problems", "a 10-minute lesson" may set a goal's stage too."""
    known = sources.present_levels
    if known is None:
        return []
    spans = [known.notes[i].span for i in sources.notes]
    spans += [span for figure in sources.levels for span in figure.conditions]
    levels = [figure.span for figure in known.figures if figure.role in _LEVELS]
    found = [measure for span in spans for measure in quantities().find(known.text, span.start, span.end)]
    return [measure for measure in found if not any(measure.span.overlaps(level) for level in levels)]


def _fits(measure: Measure, levels: list[Measure]) -> bool:
    return any(level.unit == measure.unit and level.per == measure.per for level in levels)


def _same(a: Measure, b: Measure) -> bool:
    if (a.value, a.upper, a.out_of) != (b.value, b.upper, b.out_of):
        return False
    return (
        (a.unit, a.per) == (b.unit, b.per)
        or (a.kind == b.kind and "" in (a.unit, b.unit))
        or a.kind == b.kind == "trials"
    )


def _value(words: str) -> float | None:
    try:
        return number(words)
    except ValueError:
        return None


def _grades(text: str, sources: Sources) -> Iterator[Untraced]:
    held = {grade for source in _texts(sources) for _, grade in grades_in(source)}
    for span, grade in grades_in(text):
        if grade not in held:
            yield Untraced(kind="grade", span=span)


def _names(text: str, sources: Sources) -> Iterator[Untraced]:
    known = sources.present_levels
    everything = [*_texts(sources), known.text if known else ""]
    held = {word.lower() for source in everything for word in re.findall(r"[^\W\d_]+", source)}
    for match in _CAPITAL.finditer(text):
        first = re.sub(r"['’]s$", "", match[0])
        begins = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in ".!?:"
        plain = first.lower()
        if set(re.findall(r"[^\W\d_]+", plain)) <= held or (
            begins and (stem(plain) in neutral() or not statement_words().names.fullmatch(first))
        ):
            continue
        if _SAID_MONTHS.match(first) or (first.isupper() and len(first) == 1):
            continue
        yield Untraced(kind="name", span=Span(match.start(), match.start() + len(first)))


def _words(text: str, sources: Sources) -> Iterator[Untraced]:
    held = {stem for source in _texts(sources) for _, stem in spotted(source)} | neutral()
    held |= sources.acts | {stem for skill in sources.skills for words in skill.stems for stem in words}
    known = sources.present_levels
    if known:
        held |= {stem for span in known.names for _, stem in spotted(span.of(known.text))}
    days = [day.span for day in days_in(text, 0, len(text), sources.today)]
    for span, root in spotted(text):
        if root in held or any(span.overlaps(day) for day in days) or _value(span.of(text)) is not None:
            continue
        yield Untraced(kind="word", span=span)
