"""A present-levels statement -> its facts: figures, needs, strengths, impacts, each with its span.

A figure is read for what it is: only a "level" says where the student stands now. A percentile or a
grade equivalent places a student among others, an expectation is what peers do, a service's minutes
are no performance; none of them is a baseline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

from goalsmith.deadlines import days_in
from goalsmith.quantities import NUMBER, Measure, comparable, number, quantities
from goalsmith.reading import Area
from goalsmith.tables import Row, alternatives, load
from goalsmith.templates import Bank, Skill
from goalsmith.text import Span
from goalsmith.words import neutral, stems, wording

Role = Literal["level", "earlier", "expected", "ranking", "service", "stage"]
NoteKind = Literal["need", "strength", "impact", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure of the present levels.

    ``role`` says what it is: "level" now, "earlier", "expected" of peers, a "ranking" (percentile, grade
    equivalent, standard score), a "service"'s amount, or what sets the "stage" ("a 20-minute lesson").
    ``skill`` is what was measured, None where no skill of the bank is named; ``date`` the day it was taken.
    """

    span: Span
    measure: Measure
    role: Role
    area: Area
    skill: str | None
    note: int  # index of the note it stands in
    date: date | None = None
    grade: int | None = None  # of the material it was measured with
    method: Span | None = None
    conditions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence or clause: what it says of the student, in which area, and of which skill."""

    span: Span
    kind: NoteKind
    area: Area
    skill: str | None
    stems: frozenset[str]
    skills: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentLevels:
    """What a present-levels statement says; ``names`` are the given names in it, most frequent first."""

    text: str
    notes: tuple[Note, ...]
    figures: tuple[Figure, ...]
    names: tuple[Span, ...]
    grade: int | None  # the grade the student is in, where it is said
    pronoun: str | None  # "he", "she" or "they" where the text uses one only

    @property
    def levels(self) -> list[Figure]:
        """The figures that say where the student stands now."""
        return [figure for figure in self.figures if figure.role == "level"]

    def to_list(self) -> list[dict[str, Any]]:
        """Every fact as plain data, in the order of the text; offsets count in the present levels."""
        rows: list[dict[str, Any]] = []
        for note in self.notes:
            rows.append(
                {
                    "type": note.kind,
                    "start": note.span.start,
                    "end": note.span.end,
                    "text": note.span.of(self.text),
                    "area": note.area,
                    "skill": note.skill,
                }
            )
        for figure in self.figures:
            measure = figure.measure
            rows.append(
                {
                    "type": "figure",
                    "start": figure.span.start,
                    "end": figure.span.end,
                    "text": figure.span.of(self.text),
                    "role": figure.role,
                    "kind": measure.kind,
                    "value": measure.value,
                    "upper": measure.upper,
                    "unit": unit_of(measure),
                    "out_of": measure.out_of,
                    "area": figure.area,
                    "skill": figure.skill,
                    "date": figure.date.isoformat() if figure.date else None,
                    "grade": figure.grade,
                    "method": figure.method.of(self.text) if figure.method else None,
                    "conditions": [span.of(self.text) for span in figure.conditions],
                }
            )
        return sorted(rows, key=lambda row: (row["start"], -row["end"]))


def unit_of(measure: Measure) -> str:
    """A measure's unit in words: "words per minute", "percent", "seconds"."""
    return f"{measure.unit} per {measure.per}" if measure.per else measure.unit


class _Roles(Row):
    expected: list[str]
    earlier: list[str]
    service: list[str]


class _Table(Row):
    impact: list[str]
    need: list[str]
    strength: list[str]
    roles: _Roles
    stage: list[str]
    method: list[str]
    condition: list[str]
    not_names: list[str]
    headings: dict[Area, list[str]]


def _compiled(rows: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row})" for row in rows), re.IGNORECASE)


class _Patterns:
    def __init__(self) -> None:
        table = load("present_levels", _Table)
        self.notes: list[tuple[NoteKind, re.Pattern[str]]] = [
            ("impact", _compiled(table.impact)),
            ("need", _compiled(table.need)),
            ("strength", _compiled(table.strength)),
        ]
        self.expected, self.service = _compiled(table.roles.expected), _compiled(table.roles.service)
        self.earlier, self.stage = _compiled(table.roles.earlier), _compiled(table.stage)
        self.method, self.condition = _compiled(table.method), _compiled(table.condition)
        self.not_names = frozenset(table.not_names)
        self._headings = {name: area for area, names in table.headings.items() for name in names}
        names = alternatives(list(self._headings))
        self.heading = re.compile(
            rf"\s*(?:[-*•#]\s*)?(?P<name>{names})(?:\s*(?:skills|needs|performance|goals?))?\s*(?:[:–—-]|$)\s*",
            re.IGNORECASE,
        )

    def heading_area(self, heading: str) -> Area:
        """The area a heading opens."""
        name = self.heading.match(heading)
        return self._headings[" ".join(name["name"].lower().split())] if name else "other"


@cache
def _patterns() -> _Patterns:
    return _Patterns()


# Where a sentence ends: not after a title or an abbreviation, nor inside a figure.
_SENTENCE = re.compile(
    r"(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!Mrs\.)(?<!\bGr\.)(?<!\bvs\.)(?<!e\.g\.)(?<!i\.e\.)(?<=[.!?])[\s\"”)]+|\n+|;\s+|\s[•*]\s"
)
# Where one sentence goes on to another matter. "and" only before a new verb of the student's.
_CLAUSE = re.compile(
    r",?\s+(?:but|while|whereas|although|however|yet)\s+|,\s+(?:and|so)\s+(?=(?:he|she|they|is|can|does|has|also|his|her|their|knows?|reads?|writes?|solves?|spells?|uses?|completes?|answers?|names?|identifies|follows|stays?|hits?|asks?)\b)"
    r"|\s+and\s+(?=(?:he|she|they|his|her|their)\s)|\s+and\s+(?=[a-z]+s\s+(?:his|her|their|the|an?|to|up|out|in|about|for|only|with|\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"\b(?:grade[- ](?P<a>\d{1,2})|(?P<b>\d{1,2})(?:st|nd|rd|th)[- ]grade(?:r|[- ]level)?|(?P<c>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)[- ](?:grade(?:r|[- ]level)?)|(?P<k>kindergarten)(?:er|[- ]level)?)\b",
    re.IGNORECASE,
)
_GRADES = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
_IN_GRADE = re.compile(
    r"(?:\b(?:is|as)\s+(?:a|an|currently|now)?\s*(?:in\s+)?(?:the\s+)?|\bin\s+(?:the\s+)?|\benter\w*\s+(?:the\s+)?|\b(?:a|an)\s+(?:\d+-year-old\s+)?|^\s*)$",
    re.IGNORECASE,
)
_MATERIAL = re.compile(
    r"\s*(?:-?\s*level\s+)?(?:[\w’'-]+\s+){0,2}?(?:passages?|texts?|stor(?:y|ies)|probes?|materials?|books?|problems?|words?|lists?|paragraphs?|prompts?|sentences?|computation|items?|worksheets?|level\b)",
    re.IGNORECASE,
)
_RANKINGS: list[tuple[str, re.Pattern[str]]] = [
    ("percentile", re.compile(rf"(?P<a>{NUMBER})\s?(?:st|nd|rd|th)?\s+(?:percentile|%ile)\b|\bpercentile(?:\s+rank)?\s*(?:of|=|:|was|is)?\s*(?P<b>\d+)", re.I)),
    ("grade equivalent", re.compile(r"\b(?:grade[- ]equivalent|GE)\s*(?:score)?\s*(?:of|=|:|was|is)?\s*(?P<a>\d{1,2}(?:\.\d)?)\b|(?P<b>\d{1,2}\.\d)\s+(?:grade[- ](?:equivalent|level)|GE\b)", re.I)),
    ("age equivalent", re.compile(r"\bage[- ]equivalent\s*(?:of|=|:|was|is)?\s*(?P<a>\d{1,2}(?:[.;:-]\d{1,2})?)", re.I)),
    ("standard score", re.compile(r"\b(?:standard|scaled|composite|scale)\s+scores?\s*(?:of|=|:|was|is)?\s*(?P<a>\d{1,3})\b|\bSS\s*(?:of|=|:)?\s*(?P<b>\d{2,3})\b", re.I)),
]  # fmt: skip
_COUNTED = re.compile(
    rf"(?P<a>{NUMBER})(?:\s?(?:-|–|to|or)\s?(?P<b>\d+))?\s+(?:(?!of|out|or|to|and|in|on|the|year|grade|month)[a-z’'-]+\s+){{0,2}}?(?P<noun>[a-z]{{2,}}s)\b",
    re.IGNORECASE,
)
# "two-step", "3-digit": what is worked on, no amount of it.
_COMPOUND = re.compile(rf"{NUMBER}-(?!minute|min|second|sec|hour|hr|out|of|to)[a-z]+", re.IGNORECASE)
_BARE = re.compile(
    rf"\b(?:from|to|was|reads?|averag\w+|now|currently)\s+(?P<a>{NUMBER})(?=\s*(?:[,.;)]|$|\s(?:in|last|on|at|and|to)\b))(?!\s+(?:minutes?|grade))",
    re.IGNORECASE,
)
_NEVER_COUNTED = re.compile(
    r"(?:years?|months?|weeks?|days?|grades?|this|his|is|was|has|does|hours|minutes|seconds|levels?|periods|classes|semesters|times|less|schools?)$",
    re.IGNORECASE,
)


def read_present_levels(text: str, area_of: Callable[[str], Area], bank: Bank, today: date) -> PresentLevels:
    """Read a present-levels statement.

    Args:
        text: the statement as written.
        area_of: the area a stretch of text is about, where no skill tells it.
        bank: the skills to look for.
        today: the day from which a month without a year is the last such month.
    """
    patterns = _patterns()
    notes: list[Note] = []
    figures: list[Figure] = []
    before: Note | None = None
    heading: Area | None = None
    for sentence in _sentences(text):
        if titled := patterns.heading.match(text, sentence.start, sentence.end):
            heading = patterns.heading_area(titled[0])
            if titled.end() == sentence.end:
                continue
            sentence = Span(titled.end(), sentence.end)
        elif text[: sentence.start].endswith("\n\n"):
            heading = None
        for clause in _clauses(text, sentence):
            note = _note(text, clause, sentence, before, heading, area_of, bank, patterns)
            notes.append(note)
            before = note
            figures += _figures(text, note, len(notes) - 1, sentence, today, patterns)
    return PresentLevels(
        text=text,
        notes=tuple(notes),
        figures=tuple(_settled(figures)),
        names=tuple(names_in(text)),
        grade=_own_grade(text),
        pronoun=pronoun_in(text),
    )


def _sentences(text: str) -> Iterator[Span]:
    at = 0
    for cut in [*_SENTENCE.finditer(text), None]:
        end = cut.start() if cut else len(text)
        piece = text[at:end]
        if piece.strip():
            start = at + len(piece) - len(piece.lstrip())
            yield Span(start, start + len(piece.strip()))
        at = cut.end() if cut else end


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    at = sentence.start
    for cut in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if cut.start() - at > 8:
            yield Span(at, cut.start())
            at = cut.end()
    yield Span(at, sentence.end)


def weigh_skills(text: str, bank: Bank) -> dict[str, float]:
    """Skill -> how plainly a text names it; skills of which nothing is named are left out."""
    found, rarity = frozenset(wording(text)), _rarity(bank)
    weights: dict[str, float] = {}
    for skill in bank.skills:
        named = {s for words in skill.stems if found.issuperset(words) for s in words}
        if named:
            weights[skill.name] = sum(rarity[s] for s in named)
    return weights


@cache
def _rarity(bank: Bank) -> dict[str, float]:
    """Stem -> weight: a word that many skills share tells little."""
    counts: dict[str, int] = {}
    for skill in bank.skills:
        for s in {s for words in skill.stems for s in words}:
            counts[s] = counts.get(s, 0) + 1
    return {s: 1 / count**0.5 for s, count in counts.items()}


def best_skill(weights: dict[str, float], area: str | None, bank: Bank) -> Skill | None:
    """The skill that is named most plainly; one of ``area`` is preferred where two are close."""
    rated = [
        (weights[skill.name] + (0.6 if skill.area == area else 0.0), skill)
        for skill in bank.skills
        if skill.name in weights
    ]
    return max(rated, key=lambda item: item[0])[1] if rated else None


def _note(
    text: str,
    span: Span,
    sentence: Span,
    before: Note | None,
    heading: Area | None,
    area_of: Callable[[str], Area],
    bank: Bank,
    patterns: _Patterns,
) -> Note:
    words = span.of(text)
    found = frozenset(stems(words))
    weights = weigh_skills(words, bank)
    guess = heading or area_of(words)
    skill = best_skill(weights, guess, bank)
    if skill is None and span != sentence:
        # "… but only 3 of 10": what the sentence is about is said once.
        whole = weigh_skills(sentence.of(text), bank)
        weights, skill = whole, best_skill(whole, guess, bank)
    elif skill is None and before is not None and len(found) < 4:
        weights = before.skills
        skill = best_skill(weights, before.area, bank)
    kind: NoteKind = next((kind for kind, cue in patterns.notes if cue.search(words)), "other")
    return Note(
        span=span,
        kind=kind,
        area=skill.area if skill else guess,
        skill=skill.name if skill else None,
        stems=found,
        skills=weights,
    )


def _figures(
    text: str, note: Note, index: int, sentence: Span, today: date, patterns: _Patterns
) -> Iterator[Figure]:
    span = note.span
    dated = days_in(text, sentence.start, sentence.end, today)
    taken = [day.span for day in dated]
    method = patterns.method.search(text, sentence.start, sentence.end)
    conditions = tuple(
        Span(m.start(), m.end()) for m in patterns.condition.finditer(text, span.start, span.end)
    )
    grade = _material_grade(text, sentence)
    for measure, ranking in _measures(text, span, taken):
        role: Role = "ranking" if ranking else _role(text, measure, span, sentence, patterns)
        near = min(dated, key=lambda day: _distance(text, day.span, measure.span), default=None)
        yield Figure(
            span=measure.span,
            measure=measure,
            role=role,
            area=note.area,
            skill=note.skill,
            note=index,
            date=near.date if near else None,
            grade=grade,
            method=Span(method.start(), method.end()) if method else None,
            conditions=tuple(c for c in conditions if not c.overlaps(measure.span)),
        )


def _distance(text: str, a: Span, b: Span) -> int:
    """Characters between two spans; a comma or bracket between them sets them further apart."""
    between = text[min(a.end, b.end) : max(a.start, b.start)]
    return len(between) + 40 * len(re.findall(r"[,;(]", between))


def _measures(text: str, span: Span, taken: list[Span]) -> Iterator[tuple[Measure, bool]]:
    """The measures of a clause, each with whether it only ranks the student among others."""
    held = list(taken)
    found: list[tuple[Measure, bool]] = []
    for unit, pattern in _RANKINGS:
        for match in pattern.finditer(text, span.start, span.end):
            words = next(group for group in match.groups() if group)
            at = Span(match.start(), match.end())
            if not any(at.overlaps(other) for other in held):
                value = float(re.split(r"[;:-]", words)[0]) if words[0].isdigit() else number(words)
                found.append((Measure(kind="rank", value=value, unit=unit, span=at, how="ranking"), True))
                held.append(at)
    for measure in quantities().find(text, span.start, span.end):
        if measure.kind == "consistency" or any(measure.span.overlaps(other) for other in held):
            continue
        held.append(measure.span)
        if not _COMPOUND.match(text, measure.span.start):
            found.append((measure, False))
    for match in _COUNTED.finditer(text, span.start, span.end):
        at = Span(match.start(), match.end())
        noun = match["noun"].lower()
        if any(at.overlaps(other) for other in held) or _NEVER_COUNTED.search(noun):
            continue
        if re.search(r"\b(?:grade|age|room|page|level|tier|step)\s*$", text[: match.start()], re.IGNORECASE):
            continue
        upper = float(match["b"]) if match["b"] else None
        found.append(
            (
                Measure(
                    kind="count", value=number(match["a"]), unit=noun, span=at, how="noun", upper=upper,
                    comparison="between" if upper else "exactly",
                ),
                False,
            )
        )  # fmt: skip
    # "up from 30", "peers read 83": a bare number is in the unit of the figure before it.
    for match in _BARE.finditer(text, span.start, span.end):
        at = Span(match.start("a"), match.end("a"))
        units = [m for m, ranking in found if not ranking and m.kind in ("rate", "accuracy", "count")]
        if units and not any(at.overlaps(other) for other in held):
            found.append(
                (replace(units[0], value=number(match["a"]), upper=None, span=at, how="bare"), False)
            )
    yield from sorted(found, key=lambda item: item[0].span)


def _role(text: str, measure: Measure, span: Span, sentence: Span, patterns: _Patterns) -> Role:
    lead = text[max(sentence.start, measure.span.start - 60) : measure.span.start]
    around = text[span.start : min(span.end, measure.span.end + 40)]
    if measure.kind in ("duration", "latency") and patterns.stage.match(text, measure.span.end - 7):
        return "stage"
    tail = text[measure.span.start : min(span.end, measure.span.end + 25)]
    if re.match(r"[\w-]*\d+[- ](?:minute|second|hour|min|sec)[- ][a-z]", tail, re.IGNORECASE) and (
        patterns.stage.search(tail)
    ):
        return "stage"
    if patterns.earlier.search(lead):
        return "earlier"
    if patterns.expected.search(around):
        return "expected"
    if measure.kind in ("duration", "rate", "count") and patterns.service.search(span.of(text)):
        return "service"
    return "level"


def _settled(figures: list[Figure]) -> Iterator[Figure]:
    """Where one skill has two dated levels in one unit, only the latest says where the student stands now."""
    for figure in figures:
        later = any(
            other.role == "level"
            and other.skill == figure.skill
            and other.area == figure.area
            and unit_of(other.measure) == unit_of(figure.measure)
            and other.date
            and figure.date
            and other.date > figure.date
            for other in figures
        )
        yield replace(figure, role="earlier") if figure.role == "level" and later else figure


def grade_in(match: re.Match[str]) -> int:
    """The grade a match of the grade pattern names; kindergarten is 0."""
    if match["k"]:
        return 0
    digits = match["a"] or match["b"]
    return int(digits) if digits else _GRADES.index(match["c"].lower()) + 1


def grades_in(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[Span, int]]:
    """Every grade a text names, as (span, grade)."""
    for match in _GRADE.finditer(text, start, len(text) if end is None else end):
        yield Span(match.start(), match.end()), grade_in(match)


def material_grades(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[Span, int]]:
    """The grades of passages, problems and other material: "grade 3 passages", "a 2nd-grade text"."""
    for span, grade in grades_in(text, start, end):
        if _MATERIAL.match(text, span.end):
            yield span, grade


def _material_grade(text: str, sentence: Span) -> int | None:
    found = [grade for _, grade in material_grades(text, sentence.start, sentence.end)]
    return found[0] if found else None


def _own_grade(text: str) -> int | None:
    """The grade the student is in: "is in third grade", "a fifth grader"."""
    for span, grade in grades_in(text):
        if _MATERIAL.match(text, span.end):
            continue
        if span.of(text).lower().endswith("er") or _IN_GRADE.search(
            text[max(0, span.start - 40) : span.start]
        ):
            return grade
    return None


_NAME = re.compile(r"(?<![\w.])(?P<name>[A-Z][a-zà-ÿ]+(?:[-'’][A-Z][a-zà-ÿ]+)?)(?:['’]s)?(?=\s+(?:is|has|was|can|does|did|will|reads?|writes?|needs?|struggles?|uses?|knows?|scored|enjoys?|loves?|likes?|currently|often|answers?|solves?|completes?|follows?|stays?|hits?|asks?|works?|participates?|demonstrates?|identifies|spells?|produces?|requires?|independently|rarely|sometimes|now|earned|named|wrote|read|speaks?|tells?|walks?|runs?|dresses|eats?|plays?|takes?|gets?|makes?|puts?|leaves?|initiates?|responds?|receives?|attends?|began|averages?|shows?|also|cannot|must|should|had|and)\b)|(?<![\w.])(?P<own>[A-Z][a-zà-ÿ]+)['’]s\b")  # fmt: skip


def names_in(text: str) -> Iterator[Span]:
    """The given names a text uses for its student, each where it first stands, the most frequent first."""
    counts: dict[str, list[Span]] = {}
    for match in _NAME.finditer(text):
        group = "name" if match["name"] else "own"
        name = match[group]
        before = text[max(0, match.start() - 5) : match.start()]
        if (
            name in _patterns().not_names
            or name.lower() in neutral()
            or re.search(r"M(?:r|s|rs)\.?\s$|Dr\.?\s$", before)
        ):
            continue
        counts.setdefault(name, []).append(Span(match.start(group), match.end(group)))
    ranked = sorted(counts.values(), key=lambda spans: -len(spans))
    yield from (spans[0] for spans in ranked)


def pronoun_in(text: str) -> str | None:
    """The pronoun, he or she, where the text speaks of the student by one of them only."""
    found = {
        name
        for name, pattern in (("he", r"\b(?:he|him|his|himself)\b"), ("she", r"\b(?:she|her|hers|herself)\b"))
        if re.search(pattern, text, re.IGNORECASE)
    }
    return found.pop() if len(found) == 1 else None


# The link from a goal to the facts it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a goal rests on: indices of notes, and the figure that is its baseline, if any.

    ``confidence`` is 0 to 1; with ``notes`` empty it is how sure it is that there is nothing to rest on.
    """

    notes: tuple[int, ...]
    baseline: int | None  # index of a figure
    confidence: float
    skill: str | None

    def to_dict(self, known: PresentLevels) -> dict[str, Any]:
        """The link as plain data; offsets count in the present levels."""
        notes = [known.notes[index].span for index in self.notes]
        figure = known.figures[self.baseline] if self.baseline is not None else None
        return {
            "facts": [{"start": s.start, "end": s.end, "text": s.of(known.text)} for s in notes],
            "baseline": {
                "start": figure.span.start,
                "end": figure.span.end,
                "text": figure.span.of(known.text),
            }
            if figure
            else None,
            "skill": self.skill,
            "confidence": round(self.confidence, 3),
        }


_BAR = 1.9  # from this strength on a fact is what the goal rests on


def link(text: str, area: Area, targets: list[Measure], known: PresentLevels, bank: Bank) -> Link:
    """The facts a goal rests on, by skill, unit and meaning; empty where nothing is near enough."""
    names = {stem for span in known.names for stem in stems(span.of(known.text))}
    found = frozenset(stems(text)) - names
    weights = weigh_skills(text, bank)
    chosen = best_skill(weights, area, bank)
    area = chosen.area if chosen and area == "other" else area
    strengths = [
        _strength(note, index, found, weights, chosen, area, targets, known)
        for index, note in enumerate(known.notes)
    ]
    best = max(strengths, default=0.0)
    if best < _BAR:
        return Link(
            notes=(), baseline=None, confidence=_sure(_BAR - best), skill=chosen.name if chosen else None
        )
    near = [i for i, s in enumerate(strengths) if s >= max(_BAR, best - 1.0)]
    baseline = _baseline(near, strengths, targets, known)
    if baseline is not None and known.figures[baseline].note not in near:
        near = sorted({*near, known.figures[baseline].note})
    told = known.notes[strengths.index(best)].skill
    return Link(
        notes=tuple(near),
        baseline=baseline,
        confidence=_sure(best - _BAR),
        skill=(chosen.name if chosen and chosen.name == told else told) or (chosen.name if chosen else None),
    )


def _sure(margin: float) -> float:
    return 0.5 + 0.5 * margin / (margin + 1.0) if margin > 0 else 0.5


def _strength(
    note: Note,
    index: int,
    found: frozenset[str],
    weights: dict[str, float],
    chosen: Skill | None,
    area: Area,
    targets: list[Measure],
    known: PresentLevels,
) -> float:
    figures = [f for f in known.figures if f.note == index]
    strength = 0.0
    if chosen and note.skill == chosen.name:
        strength += 1.5
    elif shared := set(weights) & set(note.skills):
        strength += min(1.0, 0.5 * max(note.skills[name] for name in shared))
    if note.area == area:
        # Where a goal names no skill ("will improve her reading"), its area is all there is to go by.
        strength += 0.8 if chosen else 1.6
    common = found & note.stems
    if common:
        strength += 2.2 * len(common) / (len(found) * len(note.stems)) ** 0.5 + 0.15 * min(len(common), 3)
    if any(comparable(f.measure, t) for f in figures if f.role == "level" for t in targets):
        strength += 0.7
    if note.kind == "need":
        strength += 0.1
    return strength if common or note.area == area else min(strength, _BAR - 0.1)


def _baseline(
    near: list[int], strengths: list[float], targets: list[Measure], known: PresentLevels
) -> int | None:
    """The level the goal starts from: in its unit where it has one, in the fact that is nearest."""
    best = max(strengths)
    told = known.notes[strengths.index(best)]
    options = [
        (index, figure)
        for index, figure in enumerate(known.figures)
        if figure.role == "level"
        and strengths[figure.note] >= max(_BAR - 0.6, best - 1.5)
        and (figure.area == told.area or (told.skill is not None and figure.skill == told.skill))
    ]
    if targets:
        options = [(i, f) for i, f in options if any(comparable(f.measure, t) for t in targets)]
    else:
        options = [(i, f) for i, f in options if f.note in near]
    if not options:
        return None
    return max(options, key=lambda item: (strengths[item[1].note], item[1].date or date.min, -item[0]))[0]
