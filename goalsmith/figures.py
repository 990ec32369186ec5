"""The figures of a present-levels text, each read for what it is.

Only a "level" says where the student stands now. A percentile or a grade equivalent places a student among
others, an expectation is what peers do, a service's minutes are no performance, "a 20-minute lesson" sets the
stage; none of them is a baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from goalsmith.deadlines import Day
from goalsmith.quantities import NUMBER, Kind, Measure, number, quantities
from goalsmith.reading import Area
from goalsmith.tables import Row, load
from goalsmith.text import Span

Role = Literal["level", "earlier", "expected", "ranking", "service", "stage"]


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


def unit_of(measure: Measure) -> str:
    """A measure's unit in words: "words per minute", "percent", "seconds"."""
    return f"{measure.unit} per {measure.per}" if measure.per else measure.unit


class _Roles(Row):
    expected: list[str]
    expected_after: list[str]
    earlier: list[str]
    was: list[str]
    service: list[str]


class _Table(Row):
    roles: _Roles
    method: list[str]
    condition: list[str]


class _Patterns:
    def __init__(self) -> None:
        table = load("figures", _Table)
        self.expected, self.service = compiled(table.roles.expected), compiled(table.roles.service)
        self.earlier, self.was = compiled(table.roles.earlier), compiled(table.roles.was)
        self.expected_after = compiled(table.roles.expected_after)
        self.method, self.condition = compiled(table.method), compiled(table.condition)


def compiled(rows: Sequence[str]) -> re.Pattern[str]:
    """One pattern of a table's rows, case ignored."""
    return re.compile("|".join(f"(?:{row})" for row in rows), re.IGNORECASE)


@cache
def _patterns() -> _Patterns:
    return _Patterns()


_RANKINGS: list[tuple[str, re.Pattern[str]]] = [
    ("percentile", re.compile(rf"(?P<a>{NUMBER})\s?(?:st|nd|rd|th)?\s*(?:percentile|%\s?ile)\b|\bpercentile(?:\s+rank)?\s*(?:of|=|:|was|is)?\s*(?P<b>\d+)", re.I)),
    ("grade equivalent", re.compile(r"\b(?:grade[- ]equivalent|GE)\s*(?:score)?\s*(?:of|=|:|was|is)?\s*(?P<a>\d{1,2}(?:\.\d)?)\b|(?P<b>\d{1,2}\.\d)\s+(?:grade[- ](?:equivalent|level)|GE\b)", re.I)),
    ("standard score", re.compile(r"\b(?:Vineland|ABAS|WISC|WIAT|KTEA|Woodcock|CELF|GFTA|PPVT|BASC|Conners|Beery|VMI|KeyMath|PLS|OWLS|TONI)[\w-]*(?:[^.;:\d]|(?<=-)\d){0,50}?(?::|\bscore(?:\s+(?:of|is|was))?|\bof|\bis|\bwas)\s*(?P<a>\d{2,3})\b(?!\s*%)|\bscore\s+(?:is|was)\s+(?P<b>\d{2,3})\b(?!\s*(?:%|percent|of|out))", re.I)),
    ("age equivalent", re.compile(r"\bage[- ]equivalent\s*(?:of|=|:|was|is)?\s*(?P<a>\d{1,2}(?:[.;:-]\d{1,2})?)", re.I)),
    ("standard score", re.compile(r"\b(?:(?:standard|scaled|composite|scale|index|core|T)[- ]?(?:language |reading |math |motor )?scores?|composite|quotient|index|core(?: language)?)\s*(?:of|=|:|was|is|\()?\s*(?P<a>\d{2,3})\b(?!\s*(?:%|percent|of|out|words))|\bSS\s*(?:of|=|:)?\s*(?P<b>\d{1,3})\b", re.I)),
]  # fmt: skip
# A noun the table of units doesn't have: "14 colors", "19 uppercase".
_COUNTED = re.compile(
    rf"(?P<a>{NUMBER})(?:\s?(?:-|–|to|or)\s?(?P<b>{NUMBER}))?\s+(?:(?!of|out|or|to|and|in|on|the|year|grade|month)[a-z’'-]+\s+){{0,2}}?(?P<noun>[a-z]{{2,}}(?:-[a-z]+)*s|uppercase|lowercase)\b",
    re.IGNORECASE,
)
_NEVER_COUNTED = re.compile(
    r"(?:years?|months?|weeks?|days?|grades?|this|his|is|was|has|does|hours|minutes|seconds|levels?|periods|classes|semesters|times|less|schools?|takes|needs|uses|always|tasks?)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:grade|age|room|page|level|tier|step|chapter|unit|form|subtest)\s*$", re.IGNORECASE
)
# "two-step", "3-digit": what is worked on, no amount of it.
_COMPOUND = re.compile(rf"{NUMBER}-(?!minute|min|second|sec|hour|hr|out|of|to)[a-z]+", re.IGNORECASE)
# A bare number after such a word is in the unit of another figure beside it: "up from 30", "peers read 83".
_BARE = re.compile(
    rf"\b(?:from|to|was|were|reads?|averag\w+|now|currently|benchmark|expectation|norm|range|median|mean|knew|had|of|about|around|is|than)\s+(?:of\s+|about\s+)?(?P<a>{NUMBER})(?:\s?(?:-|–|to)\s?(?P<b>{NUMBER}))?(?=\s*(?:[,.;)]|$|\s(?:in|last|on|at|and|to|a year)\b))(?!\s+(?:minutes?|grade))",
    re.IGNORECASE,
)
# "half of her words", "1.5 on the six-point trait", "30 minutes weekly"
_HALF = re.compile(r"\bhalf\s+(?:of\s+)?(?:the|his|her|their)\s+[a-z]+", re.IGNORECASE)
_ON_SCALE = re.compile(
    rf"(?<!of\s)(?<!of the\s)(?<!/)(?P<a>{NUMBER})\s+on\s+(?:the|an?|our)\s+(?:(?P<top>{NUMBER})[- ]point\s+)?(?:[\w-]+\s+){{0,3}}?(?:rubric|scale|trait|checklist)\b",
    re.IGNORECASE,
)
# "2 of those 11", "4 days of 10", "19 of the first 40 days", "one of her five accommodations"
_OUT_OF = re.compile(
    rf"(?P<a>{NUMBER})(?:\s?(?:-|–|to|or)\s?(?P<b>{NUMBER}))?\s+(?:(?:[a-z-]+\s+){{0,2}}?)(?:out\s+)?of\s+(?:(?:the|those|these|his|her|their|all)\s+)?(?:(?:first|last|past|next|other)\s+)?(?P<top>{NUMBER})(?!\s*(?:%|percent|minutes?|st\b|nd\b|rd\b|th\b|[-–/.]\d))(?:\s+(?:[a-z-]+\s+){{0,1}}?[a-z-]+s\b)?",
    re.IGNORECASE,
)
_SPAN_OF_TIME = re.compile(rf"(?P<a>{NUMBER})-(?P<unit>minute|min\.?|second|sec|hour|hr)s?\b", re.IGNORECASE)
_MIXED_TIME = re.compile(
    rf"(?P<a>{NUMBER})\s*(?:minutes?|min)(?:\s+and)?\s+(?P<s>{NUMBER})\s*(?:seconds?|sec)\b|(?P<h>{NUMBER})\s+and\s+a\s+half\s+(?P<unit>minutes|hours|seconds)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"\bbetween\s+(?P<a>{NUMBER})\s+and\s+$", re.IGNORECASE)
_MONEY = re.compile(r"\$\s?(?P<a>\d+(?:\.\d\d)?)")
_WEEKLY_TIME = re.compile(
    rf"(?P<a>{NUMBER})[\s-]*(?:minutes|min\.?|mins|hours|hrs?)\s*(?:(?:per|a|each|every|/|x)\s*(?P<per>day|week|month|wk|mo|session|monday|tuesday|wednesday|thursday|friday)\b|(?P<adverb>daily|weekly|monthly)\b)",
    re.IGNORECASE,
)


# "a 20-minute lesson", "three-minute story starters"
_SET = re.compile(
    rf"(?:about\s+)?{NUMBER}-(?:minute|second|hour|min|sec)\s+(?!(?:per|a|each)\b)[a-z]", re.IGNORECASE
)


def figures_in(
    text: str,
    span: Span,
    sentence: Span,
    days: Sequence[Day],
    *,
    area: Area,
    skill: str | None,
    note: int,
    before: Measure | None = None,
) -> Iterator[Figure]:
    """The figures of a clause ``span`` of a ``sentence`` that names ``days``; area and skill are its note's.

    A bare number is in the unit of the figure beside it, or of the one ``before`` the clause.
    """
    patterns = _patterns()
    method = patterns.method.search(text, sentence.start, sentence.end)
    conditions = [Span(m.start(), m.end()) for m in patterns.condition.finditer(text, span.start, span.end)]
    grades = [grade for _, grade in material_grades(text, sentence.start, sentence.end)]
    for measure, ranking in _measures(text, span, [day.span for day in days], before):
        near = min(days, key=lambda day: _distance(text, day.span, measure.span), default=None)
        yield Figure(
            span=measure.span,
            measure=measure,
            role="ranking" if ranking else _role(text, measure, span, sentence, patterns),
            area=area,
            skill=skill,
            note=note,
            date=near.date if near else None,
            grade=grades[0] if grades else None,
            method=Span(method.start(), method.end()) if method else None,
            conditions=tuple(c for c in conditions if not c.overlaps(measure.span)),
        )


def said_unit(figure: Figure, text: str) -> str:
    """The unit as the text says it: "questions" where they are counted like any items."""
    measure = figure.measure
    words = re.search(
        r"(?P<noun>[a-z]+(?:-[a-z]+)*s)(?:\s+(?:correct\w*\s+)?(?:a|per|an|each|every|in|/)\s*[a-z ]+)?$",
        figure.span.of(text),
        re.IGNORECASE,
    )
    if measure.unit in _GATHERED and words:
        noun = words["noun"].lower()
        return f"{noun} per {measure.per}" if measure.per else noun
    return unit_of(measure)


_LENDING = ("rate", "accuracy", "count")  # kinds whose unit a bare number beside them takes over
# Units under which many nouns are counted alike.
_GATHERED = frozenset({"items", "sessions", "trials", "prompts", "incidents", "settings", "words", "letters"})


def _distance(text: str, a: Span, b: Span) -> int:
    """Characters between two spans; a comma or bracket between them sets them further apart."""
    between = text[min(a.end, b.end) : max(a.start, b.start)]
    return len(between) + 40 * len(re.findall(r"[,;(]", between))


def _measures(
    text: str, span: Span, taken: Sequence[Span], before: Measure | None
) -> Iterator[tuple[Measure, bool]]:
    """The measures of a clause, each with whether it only ranks the student among others."""
    held = list(taken)
    found: list[tuple[Measure, bool]] = []

    def take(measure: Measure, *, ranking: bool = False) -> None:
        if not any(measure.span.overlaps(other) for other in held):
            held.append(measure.span)
            found.append((measure, ranking))

    for unit, pattern in _RANKINGS:
        for match in pattern.finditer(text, span.start, span.end):
            words = next(group for group in match.groups() if group)
            value = float(re.split(r"[;:-]", words)[0]) if words[0].isdigit() else number(words)
            take(_measure(match, "rank", unit, value=value), ranking=True)
    for match in _WEEKLY_TIME.finditer(text, span.start, span.end):
        per = (match["per"] or match["adverb"]).lower()
        per = "week" if per.endswith("day") and per != "day" else per
        per = {"wk": "week", "mo": "month", "daily": "day", "weekly": "week", "monthly": "month"}.get(
            per, per
        )
        hours = "h" in match[0].lower().split(match["a"].lower(), 1)[1][:5]
        take(replace(_measure(match, "rate", "hours" if hours else "minutes"), per=per, how="weekly time"))
    for match in _MIXED_TIME.finditer(text, span.start, span.end):
        seconds = {"minutes": 60.0, "hours": 3600.0, "seconds": 1.0}
        if match["h"]:
            value = (number(match["h"]) + 0.5) * seconds[match["unit"].lower()]
        else:
            value = 60 * number(match["a"]) + number(match["s"])
        take(_measure(match, "duration", "seconds", value=value))
    for match in _SPAN_OF_TIME.finditer(text, span.start, span.end):
        scale = {"m": 60.0, "s": 1.0, "h": 3600.0}[match["unit"][0].lower()]
        take(_measure(match, "duration", "seconds", value=number(match["a"]) * scale))
    for match in _MONEY.finditer(text, span.start, span.end):
        take(_measure(match, "count", "dollars"))
    for match in _HALF.finditer(text, span.start, span.end):
        take(_measure(match, "accuracy", "percent", value=50.0))
    for match in _ON_SCALE.finditer(text, span.start, span.end):
        top = number(match["top"]) if match["top"] else None
        take(replace(_measure(match, "rubric", "points"), out_of=top))
    for match in _OUT_OF.finditer(text, span.start, span.end):
        top = number(match["top"])
        if number(match["a"]) <= top and not _NUMBERED.search(text[: match.start()]):
            take(replace(_measure(match, "trials", "trials"), out_of=top))
    for measure in quantities().find(text, span.start, span.end):
        lacks = measure.out_of is not None and measure.value > measure.out_of  # "10/2" is a day
        if measure.kind == "consistency" or lacks or _COMPOUND.match(text, measure.span.start):
            held.append(measure.span)
        else:
            take(_ranged(text, measure))
    for match in _COUNTED.finditer(text, span.start, span.end):
        noun = match["noun"].lower()
        lead = text[: match.start()]
        numbered = _NUMBERED.search(lead) or re.search(r"\w-$", lead)
        if not numbered and not _NEVER_COUNTED.search(noun):
            take(_measure(match, "count", "letters" if noun.endswith("case") else noun))
    for match in _BARE.finditer(text, span.start, span.end):
        units = [m for m, ranking in found if not ranking and m.kind in _LENDING]
        if not units and before is not None and before.kind in _LENDING:
            units = [before]
        if units:
            near = min(units, key=lambda m: abs(m.span.start - match.start("a")))
            bare = _measure(match, near.kind, near.unit)
            at = Span(match.start("a"), match.end("b") if match["b"] else match.end("a"))
            take(replace(bare, per=near.per, span=at, how="bare"))
    yield from sorted(found, key=lambda item: item[0].span)


def _ranged(text: str, measure: Measure) -> Measure:
    """A measure with its other end where "between 2 and" stands before it."""
    low = _BETWEEN.search(text[: measure.span.start])
    if low is None:
        return measure
    first = re.compile(NUMBER, re.IGNORECASE).search(text, measure.span.start, measure.span.end)
    scale = measure.value / (number(first[0]) or 1.0) if first else 1.0
    span = Span(low.start(), measure.span.end)
    return replace(
        measure, value=number(low["a"]) * scale, upper=measure.value, span=span, comparison="between"
    )


def _measure(
    match: re.Match[str],
    kind: Kind,
    unit: str,
    value: float | None = None,
) -> Measure:
    """A measure of a match's groups a and b."""
    groups = match.groupdict()
    upper = number(groups["b"]) if kind != "rank" and groups.get("b") else None
    return Measure(
        kind=kind,
        value=number(groups["a"]) if value is None else value,
        unit=unit,
        span=Span(match.start(), match.end()),
        how="present levels",
        comparison="between" if upper is not None else "exactly",
        upper=upper,
    )


def _role(text: str, measure: Measure, span: Span, sentence: Span, patterns: _Patterns) -> Role:
    lead = text[max(sentence.start, measure.span.start - 60) : measure.span.start]
    tail = text[measure.span.start : min(span.end, measure.span.end + 25)]
    after = text[measure.span.end : min(span.end, measure.span.end + 40)]
    clause = span.of(text)
    if _SET.match(tail):
        return "service" if patterns.service.search(clause) else "stage"
    if measure.how == "weekly time":
        return "service"
    if patterns.earlier.search(lead) or patterns.was.search(text[sentence.start : measure.span.start]):
        return "earlier"
    if patterns.expected.search(lead[-45:]) or patterns.expected_after.match(after):
        return "expected"
    if measure.kind in ("duration", "rate", "count") and patterns.service.search(clause):
        return "service"
    return "level"


_GRADE = re.compile(
    r"\b(?:grade[- ](?P<a>\d{1,2})|(?P<b>\d{1,2})(?:st|nd|rd|th)[- ]grade(?:r|[- ]level)?|(?P<c>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)[- ](?:grade(?:r|[- ]level)?)|(?P<k>kindergarten)(?:er|[- ]level)?)\b",
    re.IGNORECASE,
)
_GRADES = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
_MATERIAL = re.compile(
    r"\s*(?:-?\s*level\s+)?(?:[\w’'-]+\s+){0,2}?(?:passages?|texts?|stor(?:y|ies)|probes?|materials?|books?|problems?|words?|lists?|paragraphs?|prompts?|sentences?|computation|items?|worksheets?|level\b)",
    re.IGNORECASE,
)


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
