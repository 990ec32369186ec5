"""A present-levels statement -> its facts: figures, needs, strengths, impacts, each with its span.

A figure is read for what it is: only a "level" says where the student stands now. A percentile or a
grade equivalent places a student among others, an expectation is what peers do, a service's minutes
are no performance; none of them is a baseline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from goalsmith.areas import AREAS, area_chances, evidence, nearest, read_areas
from goalsmith.deadlines import days_in
from goalsmith.figures import (
    Figure,
    compiled,
    figures_in,
    grades_in,
    material_grades,
    said_unit,
    unit_of,
)
from goalsmith.meaning import meaning
from goalsmith.reading import Area, Reading
from goalsmith.skills import likely_skills, named_skill, profile, rate_skills
from goalsmith.tables import Row, alternatives, load
from goalsmith.templates import Bank
from goalsmith.text import Span
from goalsmith.words import neutral, stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

NoteKind = Literal["need", "strength", "impact", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence or clause: what it says of the student, in which area, and of which skill."""

    span: Span
    kind: NoteKind
    area: Area
    skill: str | None
    stems: frozenset[str]
    vector: Floats = field(compare=False, repr=False)
    profile: Floats = field(compare=False, repr=False)  # the skills it may be about


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
                    "unit": said_unit(figure, self.text),
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


class _Table(Row):
    impact: list[str]
    need: list[str]
    strength: list[str]
    not_names: list[str]
    headings: dict[Area, list[str]]


class _Patterns:
    def __init__(self) -> None:
        table = load("present_levels", _Table)
        self.notes: list[tuple[NoteKind, re.Pattern[str]]] = [
            ("impact", compiled(table.impact)),
            ("need", compiled(table.need)),
            ("strength", compiled(table.strength)),
        ]
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
    r"(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!Mrs\.)(?<!\bGr\.)(?<!\bvs\.)(?<!\bmin\.)(?<!e\.g\.)(?<!i\.e\.)(?<=[.!?])[\s\"”)]+|\n+|;\s+|\s[•*]\s"
)
# Where one sentence goes on to another matter. "and" only before a new verb of the student's.
_CLAUSE = re.compile(
    r",?\s+(?:but|while|whereas|although|however|yet)\s+|,\s+(?:and|so)\s+(?=(?:he|she|they|is|can|does|has|also|his|her|their|knows?|reads?|writes?|solves?|spells?|uses?|completes?|answers?|names?|identifies|follows|stays?|hits?|asks?)\b)"
    r"|\s+and\s+(?=(?:he|she|they|his|her|their)\s)|\s+and\s+(?=[a-z]+s\s+(?:his|her|their|the|an?|to|up|out|in|about|for|only|with|\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause on its way to a note.

    ``rated`` is how much it is about each skill of the bank, by words and meaning; ``evidence`` what speaks for
    each area (:func:`goalsmith.areas.evidence`).
    """

    span: Span
    sentence: Span
    rated: Floats
    evidence: Floats
    vector: Floats


def clauses_of(text: str, read: Callable[[Sequence[str]], list[Reading]], bank: Bank) -> list[Clause]:
    """The clauses of a present-levels statement, in order; arguments as for :func:`read_present_levels`."""
    names = tuple(names_in(text))
    sentences = list(_under_headings(text, _patterns()))
    pieces = [
        (clause, index)
        for index, (sentence, _) in enumerate(sentences)
        for clause in _clauses(text, sentence)
    ]
    spans = list(dict.fromkeys([*(clause for clause, _ in pieces), *(sentence for sentence, _ in sentences)]))
    vectors = dict(
        zip(spans, meaning().vectors([_without(s.of(text), text, names) for s in spans]), strict=True)
    )
    rated = {span: rate_skills(span.of(text), vectors[span], bank) for span in spans}
    near = [nearest(rated[sentence], bank) for sentence, _ in sentences]
    areas = read_areas(read([sentence.of(text) for sentence, _ in sentences]))
    found = []
    for span, index in pieces:
        sentence, heading = sentences[index]
        given = evidence(
            span.of(text),
            sentence.of(text),
            heading,
            reader=areas[index],
            statement=areas.mean(axis=0),
            near=(nearest(rated[span], bank), near[index], near[index - 1] if index else 0 * near[index]),
        )
        found.append(
            Clause(
                span=span,
                sentence=sentence,
                rated=0.5 * rated[span] + 0.5 * rated[sentence],
                evidence=given,
                vector=vectors[span],
            )
        )
    return found


def read_present_levels(
    text: str, read: Callable[[Sequence[str]], list[Reading]], bank: Bank, today: date
) -> PresentLevels:
    """Read a present-levels statement.

    Args:
        text: the statement as written.
        read: reads sentences as statements, for the area they are about.
        bank: the skills to look for.
        today: the day from which a month without a year is the last such month.
    """
    notes: list[Note] = []
    figures: list[Figure] = []
    for index, clause in enumerate(clauses_of(text, read, bank)):
        words = clause.span.of(text)
        chances = area_chances(clause.evidence)
        likely = likely_skills(clause.rated, chances, bank)
        skill = named_skill(likely, bank)
        note = Note(
            span=clause.span,
            kind=next((kind for kind, cue in _patterns().notes if cue.search(words)), "other"),
            area=AREAS[int(chances.argmax())],
            skill=skill.name if skill else None,
            stems=frozenset(stems(words)),
            vector=clause.vector,
            profile=profile(likely),
        )
        notes.append(note)
        days = days_in(text, clause.sentence.start, clause.sentence.end, today)
        beside = [figure for figure in figures if figure.note == index - 1]
        figures += figures_in(
            text,
            clause.span,
            clause.sentence,
            days,
            area=note.area,
            skill=note.skill,
            note=index,
            before=beside,
        )
    return PresentLevels(
        text=text,
        notes=tuple(notes),
        figures=tuple(_settled(figures)),
        names=tuple(names_in(text)),
        grade=_own_grade(text),
        pronoun=pronoun_in(text),
    )


def _under_headings(text: str, patterns: _Patterns) -> Iterator[tuple[Span, Area | None]]:
    """Every sentence without its heading, with the area that the last heading opened."""
    heading: Area | None = None
    for sentence in _sentences(text):
        titled = patterns.heading.match(text, sentence.start, sentence.end)
        if titled:
            heading = patterns.heading_area(titled[0])
            if titled.end() < sentence.end:
                yield Span(titled.end(), sentence.end), heading
            continue
        if re.search(r"\n\s*\n$", text[: sentence.start]):
            heading = None
        yield sentence, heading


def _without(words: str, text: str, names: Sequence[Span]) -> str:
    """Words with the student's name taken out: it says nothing of the skill."""
    if not names:
        return words
    told = "|".join(re.escape(span.of(text)) for span in names)
    return re.sub(rf"\b(?:{told})(?:['’]s)?\b", "the student", words)


def unnamed(words: str, known: PresentLevels) -> str:
    """Words with the names that the present levels give taken out."""
    return _without(words, known.text, known.names)


def _sentences(text: str) -> Iterator[Span]:
    at = 0
    cuts = [cut for cut in _SENTENCE.finditer(text) if not _is_wrap(text, cut) and not _shortened(text, cut)]
    for cut in [*cuts, None]:
        end = cut.start() if cut else len(text)
        piece = text[at:end]
        if piece.strip():
            start = at + len(piece) - len(piece.lstrip())
            yield Span(start, start + len(piece.strip()))
        at = cut.end() if cut else end


# "1 of 8 tries in Sept. and 3 of 8 in Oct.": a word cut short, unless a capital follows it.
_SHORT = re.compile(
    r"\b(?:jan|feb|mar|apr|aug|sept?|oct|nov|dec|approx|avg|ave|max|hrs?|mins?|secs?|wks?|mos?|yrs?|ft|lbs?|oz|no|st|jr|incl|resp|est)\.$",
    re.IGNORECASE,
)


def _shortened(text: str, cut: re.Match[str]) -> bool:
    """Whether a full stop only cuts a word short."""
    return _SHORT.search(text, 0, cut.start()) is not None and not text[cut.end() : cut.end() + 1].isupper()


_LISTED = re.compile(r",\s+(?!and\b|or\b|but\b)|\s+/\s+")


_WIDE = 55  # a line this long that ends in the middle of a sentence was wrapped, not ended
_NEW_LINE = re.compile(r"[-*•–#]|\(?\w[.)]\s|[A-Z][\w/ -]{1,30}:")


def _is_wrap(text: str, cut: re.Match[str]) -> bool:
    """Whether a line break only wraps a long line."""
    if cut[0] != "\n":
        return False
    line = text[: cut.start()].rpartition("\n")[2].rstrip()
    return len(line) >= _WIDE and line[-1] not in ".!?:;" and not _NEW_LINE.match(text, cut.end())


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    """The clauses of a sentence; in a list of figures ("phrases 55%, sentences 30%") each item is one."""
    for clause in _sense_groups(text, sentence):
        cuts = [
            m for m in _LISTED.finditer(text, clause.start, clause.end) if _outside_brackets(text, clause, m)
        ]
        edges = [clause.start, *(edge for cut in cuts for edge in (cut.start(), cut.end())), clause.end]
        items = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        counted = [any(char.isdigit() for char in item.of(text)) for item in items]
        if (
            len(items) >= 3
            and all(counted[1:])
            and all(len(item.of(text).split()) <= 8 for item in items[1:])
        ):
            yield from items
        else:
            yield clause


def _outside_brackets(text: str, clause: Span, cut: re.Match[str]) -> bool:
    before = text[clause.start : cut.start()]
    return before.count("(") <= before.count(")")


def _sense_groups(text: str, sentence: Span) -> Iterator[Span]:
    at = sentence.start
    for cut in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if cut.start() - at > 8:
            yield Span(at, cut.start())
            at = cut.end()
    yield Span(at, sentence.end)


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


_IN_GRADE = re.compile(
    r"(?:\b(?:is|as)\s+(?:a|an|currently|now)?\s*(?:in\s+)?(?:the\s+)?|\bin\s+(?:the\s+)?|\benter\w*\s+(?:the\s+)?|\b(?:a|an)\s+(?:\d+-year-old\s+)?|^\s*)$",
    re.IGNORECASE,
)


def _own_grade(text: str) -> int | None:
    """The grade the student is in: "is in third grade", "a fifth grader"."""
    material = [span for span, _ in material_grades(text)]
    for span, grade in grades_in(text):
        if span in material:
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
