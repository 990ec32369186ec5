"""The figures of a present-levels text, each read for what it is.

Only a "level" says where the student stands now. A percentile or a grade equivalent places a student among
others, an expectation is what peers do, a service's minutes are no performance, "a 20-minute lesson" sets the
stage; none of them is a baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Literal

from goalsmith.deadlines import Day
from goalsmith.quantities import NUMBER, Kind, Measure, number, quantities
from goalsmith.reading import Area
from goalsmith.tables import Row, alternatives, load
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


class _Amount(Row):
    """Wordings of one sort of amount; tables/figures.toml says what their groups mean."""

    kind: Kind
    unit: str = ""
    per: str = ""
    scale: float = 1.0
    role: Role | None = None
    patterns: list[str]


class _Roles(Row):
    expected: list[str]
    expected_after: list[str]
    earlier: list[str]
    earlier_after: list[str]
    was: list[str]
    service: list[str]
    own: list[str]
    stage: list[str]


class _Bare(Row):
    patterns: list[str]
    of_others: list[str]


class _Table(Row):
    roles: _Roles
    method: list[str]
    condition: list[str]
    first: list[_Amount]
    last: list[_Amount]
    bare: _Bare
    per: dict[str, list[str]]


_SHARES = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_SHARE = rf"(?P<share>half|(?:an?|one|two|three|four|five)[\s-]+(?:{'|'.join(list(_SHARES)[1:])})s?)"


def _pattern(row: str, per: Iterable[str]) -> re.Pattern[str]:
    """A pattern of the table, its ``#`` words replaced."""
    named = {name: rf"(?P<{name}>{NUMBER})" for name in ("a", "b", "top")}
    meant = {**named, "n": NUMBER, "share": _SHARE, "per": rf"(?P<per>{alternatives(list(per))})s?\b"}
    return re.compile(re.sub(r"#(\w+)", lambda word: meant[word[1]], row), re.IGNORECASE)


class _Patterns:
    def __init__(self) -> None:
        table = load("figures", _Table)
        self.per = {word: unit for unit, words in table.per.items() for word in words}
        self.roles = {name: compiled(getattr(table.roles, name)) for name in _Roles.model_fields}
        self.method, self.condition = compiled(table.method), compiled(table.condition)
        self.first, self.last = (
            [(row, _pattern(pattern, self.per)) for row in rows for pattern in row.patterns]
            for rows in (table.first, table.last)
        )
        self.bare = [_pattern(pattern, self.per) for pattern in table.bare.patterns]
        self.of_others = [_pattern(pattern, self.per) for pattern in table.bare.of_others]


def compiled(rows: Sequence[str]) -> re.Pattern[str]:
    """One pattern of a table's rows, case ignored."""
    return re.compile("|".join(f"(?:{row})" for row in rows), re.IGNORECASE)


@cache
def _patterns() -> _Patterns:
    return _Patterns()


_NEAR = 40  # characters before an amount that tell what it is

# "grade 4", "P-4": a number that only names.
_NUMBERED = re.compile(
    r"\b(?:grade|age|room|page|level|tier|step|chapter|unit|form|subtest)\s*$|[A-Za-z]-$", re.IGNORECASE
)
# "two-step", "3-digit": what is worked on, no amount of it.
_COMPOUND = re.compile(
    rf"{NUMBER}-(?!minute|min|second|sec|hour|hr|out|of|to|one|two|three|four|five|six|seven|eight|nine)[a-z]+",
    re.IGNORECASE,
)
# "a paragraph of 74 words": the one holds the other, and is no share of it.
_HOLDS = re.compile(
    r"\b(?:paragraph|flight|list|set|group|sample|page|essay|row|phrase|sequence|stor(?:y|ie)|class|mean|median|average|total|pair|observation|session|probe|lesson|block)s?\s+of\b",
    re.IGNORECASE,
)
# "stands on one foot": no length.
_LIMB = re.compile(r"\bon (?:one|1|each|a single) foot$", re.IGNORECASE)
_BETWEEN = re.compile(rf"\bbetween\s+(?P<a>{NUMBER})\s+and\s+$", re.IGNORECASE)
_IN_TIME = re.compile(rf"\s+in\s+(?P<time>{NUMBER}\s+\w+)$", re.IGNORECASE)
# "a 20-minute lesson", "three-minute story starters"
_SET = re.compile(
    rf"(?:about\s+)?{NUMBER}(?:-(?:minute|second|hour|min|sec)\.?\s+(?!(?:per|a|each)\b)[a-z]|"
    r"\s(?:minute|second|hour|min|sec)\.?\s+(?:observation|session|lesson|period|class|activity|task|block|test|probe|timing|sample|group|break)s?\b)",
    re.IGNORECASE,
)
# "rose from 5 to 15 minutes": where the student was, and is.
_ROSE = re.compile(
    r"\b(?:increas|decreas|improv|ris|rose|gr[eo]w|dropp?|f[ea]ll|went|mov|progress|jump|declin|reduc)\w*\s+(?:[a-z]+\s+){0,3}?from\s+(?:about\s+)?$",
    re.IGNORECASE,
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
    before: Sequence[Figure] = (),
) -> Iterator[Figure]:
    """The figures of a clause ``span`` of a ``sentence`` that names ``days``; area and skill are its note's.

    A bare number is in the unit of a figure beside it, or of one of the clause ``before``.
    """
    patterns = _patterns()
    method = patterns.method.search(text, sentence.start, sentence.end)
    conditions = [Span(m.start(), m.end()) for m in patterns.condition.finditer(text, span.start, span.end)]
    grades = [grade for _, grade in material_grades(text, sentence.start, sentence.end)]
    served = patterns.roles["service"].search(text, span.start, span.end) is not None
    lenders = [figure.measure for figure in before]
    found = [
        (measure, _role(text, measure, span, sentence, role, served=served))
        for measure, role in _measures(text, span, [day.span for day in days], lenders)
    ]
    rates = [measure for measure, _ in found if measure.per] + [m for m in lenders if m.per]
    for measure, role in found:
        near = min(days, key=lambda day: _distance(text, day.span, measure.span), default=None)
        # What only names its number speaks of what the figure before it does.
        goes_on = before[-1] if measure.how == "bare" and all(m.how == "bare" for m, _ in found) else None
        if role in ("earlier", "expected") and measure.kind == "count":
            per = next((rate.per for rate in rates if rate.unit == measure.unit), None)
            measure = replace(measure, kind="rate" if per else "count", per=per)
        yield Figure(
            span=measure.span,
            measure=measure,
            role=role,
            area=goes_on.area if goes_on else area,
            skill=goes_on.skill if goes_on else skill,
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


_LENDING = (
    "rate",
    "accuracy",
    "count",
    "duration",
    "prompts",
    "errors",
    "rubric",
)  # kinds whose unit a bare number beside them takes over
# Units under which many nouns are counted alike.
_GATHERED = frozenset({"items", "sessions", "trials", "prompts", "incidents", "settings", "words", "letters"})


def _distance(text: str, a: Span, b: Span) -> int:
    """Characters between two spans; a comma or bracket between them sets them further apart."""
    between = text[min(a.end, b.end) : max(a.start, b.start)]
    return len(between) + 40 * len(re.findall(r"[,;(]", between))


def _measures(
    text: str, span: Span, taken: Sequence[Span], before: Sequence[Measure]
) -> Iterator[tuple[Measure, Role | None]]:
    """The measures of a clause, each with its role where the wording alone decides it."""
    patterns = _patterns()
    held = list(taken)
    found: list[tuple[Measure, Role | None]] = []

    def take(measure: Measure, role: Role | None = None) -> None:
        if not any(measure.span.overlaps(other) for other in held):
            held.append(measure.span)
            found.append((measure, role))

    for row, pattern in patterns.first:
        for match in pattern.finditer(text, span.start, span.end):
            if (measure := _amount(match, row)) is not None:
                take(measure, "ranking" if row.kind == "rank" else row.role)
    for measure in quantities().find(text, span.start, span.end):
        lacks = measure.out_of is not None and measure.value > measure.out_of  # "10/2" is a day
        if measure.how == "x of y" and _HOLDS.search(measure.span.of(text)):
            continue
        if _LIMB.search(text, 0, measure.span.end):
            continue
        counts_turns = "turn" in measure.span.of(text).lower()
        if (
            (measure.kind == "consistency" and not counts_turns)
            or lacks
            or _COMPOUND.match(text, measure.span.start)
        ):
            held.append(measure.span)
            continue
        for part, role in _parted(text, _ranged(text, measure)):
            take(part, role)
    for row, pattern in patterns.last:
        for match in pattern.finditer(text, span.start, span.end):
            if (
                not _NUMBERED.search(_lead(text, match.start("a")))
                and (measure := _amount(match, row)) is not None
            ):
                take(measure, row.role)
    beside = [
        measure for measure, role in found if role is None and (measure.per or measure.kind in _LENDING)
    ]
    if not beside:
        beside = [measure for measure in before if measure.per or measure.kind in _LENDING]
    others = patterns.roles["expected"]
    for pattern in [*patterns.bare, *patterns.of_others] if beside else []:
        for match in pattern.finditer(text, span.start, span.end):
            at = Span(match.start("a"), match.end("b") if match.groupdict().get("b") else match.end("a"))
            if pattern in patterns.of_others and not others.search(text[span.start : at.start]):
                continue
            if _NUMBERED.search(_lead(text, at.start)):
                continue
            # "read 62 words a minute with 91 %; peers read 94": the same verb measures the same.
            verb = _word_before(text, at.start)
            near = min(
                beside,
                key=lambda m: (verb != _word_before(text, m.span.start), abs(m.span.start - at.start)),
            )
            take(_lent(match, near, at, text))
    yield from sorted(found, key=lambda item: item[0].span)


def _lead(text: str, start: int) -> str:
    return text[max(0, start - _NEAR) : start]


def _word_before(text: str, start: int) -> str:
    """The verb or other word right before an offset, "" where a mark stands there."""
    word = re.search(r"([a-z]+)\s+$", _lead(text, start), re.IGNORECASE)
    return word[1].lower().removesuffix("s") if word else ""


def _parted(text: str, measure: Measure) -> Iterator[tuple[Measure, Role | None]]:
    """A measure; "24 words in 20 minutes" is an amount, and the time that sets its stage."""
    if measure.upper is not None and measure.value and _ROSE.search(_lead(text, measure.span.start)):
        first = re.compile(NUMBER, re.IGNORECASE).match(text, measure.span.start, measure.span.end)
        second = first and re.compile(r"\W*(?:to)?\W*").match(text, first.end(), measure.span.end)
        if first and second:
            before, now = Span(first.start(), first.end()), Span(second.end(), measure.span.end)
            yield replace(measure, upper=None, comparison="exactly", span=before), "earlier"
            yield replace(measure, value=measure.upper, upper=None, comparison="exactly", span=now), None
            return
    timed = _IN_TIME.search(measure.span.of(text)) if measure.how == "in so long" else None
    if timed is None or measure.per in ("minute", "hour", "second"):
        yield measure, None
        return
    start = measure.span.start
    yield replace(measure, per=None, span=Span(start, start + timed.start())), None
    for time in quantities().find(text, start + timed.start("time"), measure.span.end):
        yield time, "stage"


def _lent(match: re.Match[str], near: Measure, at: Span, text: str) -> Measure:
    """A bare number in the unit of the figure beside it."""
    said = re.search(NUMBER, near.span.of(text), re.IGNORECASE)
    scale = near.value / (number(said[0]) or 1.0) if said and near.kind in ("duration", "latency") else 1.0
    upper = number(match["b"]) * scale if match.groupdict().get("b") else None
    return replace(
        near,
        value=value_of(match["a"]) * scale,
        span=at,
        how="bare",
        hedge=None,
        comparison="exactly" if upper is None else "between",
        upper=upper,
    )


def _ranged(text: str, measure: Measure) -> Measure:
    """A measure with its other end where "between 2 and" stands before it."""
    low = _BETWEEN.search(_lead(text, measure.span.start))
    if low is None:
        return measure
    first = re.compile(NUMBER, re.IGNORECASE).search(text, measure.span.start, measure.span.end)
    scale = measure.value / (number(first[0]) or 1.0) if first else 1.0
    span = Span(measure.span.start - len(low[0]), measure.span.end)
    return replace(
        measure, value=number(low["a"]) * scale, upper=measure.value, span=span, comparison="between"
    )


_WHOLE = {"no": 0.0, "none": 0.0, "once": 1.0, "twice": 2.0, "a": 1.0, "an": 1.0}


def value_of(words: str) -> float:
    """An amount in words or digits: "62", "twice", "two thirds", "half an", "1/2". Raises ValueError."""
    words = re.sub(r"[\s-]+", " ", words.strip().lower())
    words = re.sub(r"(?<=[a-z]) (?:of )?an?$", "", words)
    if words in _WHOLE:
        return _WHOLE[words]
    broken = re.fullmatch(r"(?:(\d+) )?(\d+) ?/ ?(\d+)", words)
    if broken:
        return float(broken[1] or 0) + float(broken[2]) / (float(broken[3]) or 1.0)
    share = re.fullmatch(rf"(?:(.+) )?({'|'.join(_SHARES)})s?", words)
    if share:
        return value_of(share[1] or "a") / _SHARES[share[2]]
    return number(words)


def _amount(match: re.Match[str], row: _Amount) -> Measure | None:
    """The measure a row of the table reads in a match, None where its numbers make no sense."""
    given = match.groupdict()

    def told(name: str) -> str | None:
        return given.get(name) or None

    per = told("per")
    noun = (told("noun") or "").lower()
    try:
        if share := told("share"):
            value = 100 * value_of(share)
        elif grade := told("grade"):
            named = _GRADE.search(grade)
            value = float(grade_in(named)) + (0.5 if told("mid") else 0.0) if named else -1.0
        else:
            value = value_of(match["a"])
        upper = value_of(told("b") or "a") if told("b") else None
        factor = row.scale
        if freq := told("freq"):
            factor *= value_of(freq)
        if time := told("time"):
            factor *= {"s": 1.0, "m": 60.0, "h": 3600.0}[time[0].lower()]
        value = (value + (0.5 if told("half") else 0.0)) * factor + number(told("s") or "0")
        top = number(told("top") or "0")
    except ValueError:  # a number word that is no number
        return None
    if value < 0 or (
        top
        and (
            value > top or _HOLDS.search(match[0]) or _NUMBERED.search(_lead(match.string, match.start("a")))
        )
    ):
        return None
    at = "span" if told("span") else 0
    return Measure(
        kind=row.kind,
        value=value,
        unit=row.unit or ("letters" if noun.endswith("case") else _plural(noun)),
        span=Span(match.start(at), match.end(at)),
        how=row.unit if row.role == "service" else "present levels",
        comparison="exactly" if upper is None else "between",
        upper=None if upper is None else upper * factor,
        out_of=top or None,
        per=_patterns().per[" ".join(per.lower().split())] if per else row.per or None,
    )


def _plural(noun: str) -> str:
    if noun == "" or noun.endswith("s"):
        return noun
    return {"inch": "inches", "foot": "feet", "feet": "feet", "ft": "feet"}.get(noun, f"{noun}s")


def _column(text: str, cell: Span) -> str:
    """The heading of the column a figure stands in, where lines are cut into as many cells by bars; else ""."""
    start = text.rfind("\n", 0, cell.start) + 1
    bars = text[start:].partition("\n")[0].count("|")
    if not bars:
        return ""
    heading = ""
    for line in reversed(text[:start].splitlines()):
        if line.count("|") != bars:
            break
        heading = line
    return heading.split("|")[text[start : cell.start].count("|")].strip() if heading else ""


def _role(
    text: str, measure: Measure, span: Span, sentence: Span, decided: Role | None, *, served: bool
) -> Role:
    """What a figure is.

    ``decided`` is what its wording alone says, ``served`` whether its clause speaks of a service.
    """
    cues = _patterns().roles
    lead = text[max(sentence.start, measure.span.start - 90) : measure.span.start]
    tail = text[measure.span.start : min(span.end, measure.span.end + 25)]
    after = text[measure.span.end : min(span.end, measure.span.end + 40)]
    if decided == "service":
        return "level" if cues["own"].search(span.of(text)) and not served else "service"
    if decided is not None:
        return decided
    if _SET.match(tail):
        return "service" if served else "stage"
    if cues["expected"].search(_column(text, measure.span)):
        return "expected"
    if cues["stage"].search(lead) and measure.kind in ("count", "duration"):
        return "stage"
    if cues["expected_after"].match(after):
        return "expected"
    if (
        (measure.upper is None and cues["earlier"].search(lead[-60:]))
        or cues["earlier_after"].match(after)
        or cues["was"].search(text[sentence.start : measure.span.start])
    ):
        return "earlier"
    if cues["expected"].search(lead):
        return "expected"
    if served and measure.kind in ("duration", "rate", "count"):
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
