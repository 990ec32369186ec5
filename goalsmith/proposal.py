"""A text that someone proposes as a rewrite -> a candidate: where each stretch comes from, what fills its slots.

Whoever wrote it, a model or a person, says nothing of where its words come from. They are looked up, the
longest stretches first; what no source holds is left to :mod:`goalsmith.trace`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from goalsmith.candidate import OPEN, Candidate, Piece
from goalsmith.growth import amount
from goalsmith.quantities import quantities
from goalsmith.review import Review
from goalsmith.tables import Row, load
from goalsmith.text import Span
from goalsmith.verbs import verbs
from goalsmith.words import neutral, spotted, stem, stems

_TOKEN = re.compile(r"\[[^\]\n]{1,60}\]|\w+|[^\w\s]")
_FEWER = re.compile(
    r"(?:no more than|fewer than|less than|at most|up to|down to|under|within)\s*$", re.IGNORECASE
)
_STATED = re.compile(
    r"\((?:baseline|currently|current level)[^)]*\)|\bfrom (?:a baseline of )?[^,.;]*? to\b", re.IGNORECASE
)
_MANY = re.compile(r"\s+(?:out\s+)?of\s+(?:\[how many\]|(\d+)\b)")
_OF_MANY = re.compile(r"\[(?:how many|target)\]\s+(?:out\s+)?of\s+$")
_ANYONE = re.compile(
    r"(?:(?:the|a|this|each) )?(?:\w+ )?(?:student|learner|child)|he|she|they|robin", re.IGNORECASE
)
_ACT = re.compile(r"\bwill\s+(?:not\s+|be able to\s+)*(?=([a-z]+))(?:\w+ly\s+)*([a-z]+)", re.IGNORECASE)
_SHARE = re.compile(r"\s?(?:%|percent)")


class Marker(Row):
    """An open slot that a proposal may hold."""

    slot: str
    stand_in: str


class _Proposals(Row):
    responses: list[str]
    plain: list[str]
    markers: list[Marker]


@cache
def _table() -> _Proposals:
    return load("proposals", _Proposals)


@cache
def markers() -> dict[str, str]:
    """Slot -> what fills it when a proposal is read again; empty for a number."""
    return {f"[{row.slot}]": row.stand_in for row in _table().markers}


NO_ACT = frozenset({"S01", "S02", "S04"})  # findings of a behavior nobody can see


def acts(review: Review) -> tuple[str, ...]:
    """The ways to answer that may stand for a draft's vague act; none where the act is plain."""
    return tuple(_table().responses) if any(d.code in NO_ACT for d in review.diagnostics) else ()


def deadline(day: date) -> str:
    """A day in words: "May 20, 2027"."""
    return f"{day:%B} {day.day}, {day.year}"


def proposed(text: str, review: Review, review_date: date | None = None) -> Candidate:
    """The candidate a proposed text makes; a known review date fills its slot."""
    known, link = review.facts.present_levels, review.facts.link
    rested = [known.notes[i].span for i in link.notes] if known and link else []
    rested += list(known.names) if known else []
    pieces: list[Piece] = []
    for start, end, origin, source in _sources(text, review.text, known.text if known else "", rested):
        words = text[start:end]
        if words in markers():
            if review_date is not None and words == "[date of the annual review]":
                pieces.append(Piece(text=deadline(review_date), origin="review_date"))
            else:
                pieces.append(
                    Piece(text=words, origin="template", stand_ins=(_stand_in(text, start, end, review),))
                )
        elif origin == "draft":
            pieces.append(Piece(text=words, origin="draft", source=source))
        elif origin == "present_levels":
            pieces.append(Piece(text=words, origin="present_levels", source=source))
        else:
            pieces.append(Piece(text=words, origin="template", why="joins the parts"))
    return Candidate(pieces=tuple(pieces), made_by="model")


def _stand_in(text: str, start: int, end: int, review: Review) -> str:
    marker = text[start:end]
    if told := markers()[marker]:
        return told
    level = _level(text, review)
    if many := _MANY.match(text, end):
        return f"{round(0.8 * float(many[1])):d}" if many[1] else "4"
    if _OF_MANY.search(text[:start]):
        return "5"
    if _FEWER.search(text[:start]):
        return "2" if level is None else f"{max(1 if level <= 2 else 2, round(0.4 * level)):d}"
    if marker == "[how many]":
        return "3"
    if _SHARE.match(text, end):
        return "85"
    return f"{round(1.4 * level) + 1:d}" if level else "10"


def _level(text: str, review: Review) -> float | None:
    """Where the student starts: as the text itself says, else as the present levels do."""
    said = [m for stated in _STATED.finditer(text) for m in quantities().find(text, *stated.span())]
    known = review.facts.known_start
    measures = said or ([known.measure] if known else [])
    return amount(measures[0]) if measures else None


def _sources(
    text: str, draft: str, known: str, rested: Sequence[Span]
) -> Iterator[tuple[int, int, str, Span | None]]:
    """``text`` in stretches, gaps and all: (start, end, "draft" | "present_levels" | "", where there)."""
    tokens = list(_TOKEN.finditer(text))
    places = [("draft", draft, list(_TOKEN.finditer(draft)))]
    places += [("present_levels", known, list(_TOKEN.finditer(known, s.start, s.end))) for s in rested]
    at = first = 0  # characters told of, tokens told of
    while first < len(tokens):
        best = (0, "", Span(0, 0))
        if tokens[first][0] not in markers():
            best = max((_run(text, tokens[first:], *place) for place in places), key=lambda run: run[0])
        length, origin, source = best
        if length:
            start, end = tokens[first].start(), tokens[first + length - 1].end()
            if start > at:
                yield at, start, "", None
            yield start, end, origin, source
            at, first = end, first + length
        else:
            if tokens[first][0] in markers():
                if tokens[first].start() > at:
                    yield at, tokens[first].start(), "", None
                at = tokens[first].end()
                yield tokens[first].start(), at, "", None
            first += 1
    if at < len(text):
        yield at, len(text), "", None


def _run(
    text: str, tokens: Sequence[re.Match[str]], origin: str, source: str, theirs: Sequence[re.Match[str]]
) -> tuple[int, str, Span]:
    """The longest stretch from the first token on that stands in a source; none that is only grammar."""
    best, place = 0, Span(0, 0)
    for i in range(len(theirs)):
        length = 0
        while (
            length < len(tokens)
            and i + length < len(theirs)
            and tokens[length][0].casefold() == theirs[i + length][0].casefold()
            and (length == 0 or _gap(text, tokens, length) == _gap(source, theirs, i + length))
        ):
            length += 1
        if length > best:
            best, place = length, Span(theirs[i].start(), theirs[i + length - 1].end())
    tells = any(stem(token[0]) not in neutral() and token[0][0].isalnum() for token in tokens[:best])
    return (best, origin, place) if tells else (0, "", place)


def _gap(text: str, tokens: Sequence[re.Match[str]], index: int) -> str:
    return text[tokens[index - 1].end() : tokens[index].start()]


def opened(text: str, review: Review) -> str:
    """A text in which the level a student starts from is no target: its figure is an open slot there."""
    known, figure = review.facts.present_levels, review.facts.known_start
    level = figure.span.of(known.text) if known and figure else ""
    number = re.match(r"\d+(?:\.\d+)?", level)
    if number is None or level in review.text:
        return text
    stated = [match.span() for match in _STATED.finditer(text)]
    for match in reversed(list(re.finditer(rf"(?<![\w.]){re.escape(level)}", text))):
        if not any(start <= match.start() < end for start, end in stated):
            text = f"{text[: match.start()]}[target]{text[match.start() + len(number[0]) :]}"
    return text


def dropped(review: Review, text: str) -> list[Span]:
    """The parts of a draft that nothing was found in and whose words ``text`` leaves out.

    Of a behavior that something was found in, some of what it is about has to stay. What a teacher wrote and
    was right isn't for others to drop.
    """
    facts = review.facts
    said = {root for _, root in spotted(text)}
    vague = bool(acts(review))
    lost: list[Span] = []
    for part in review.parts:
        own = set(stems(part.span.of(facts.text)))
        faulty = any(d.span.overlaps(part.span) for d in review.diagnostics)
        if part.label == "behavior" and (vague or faulty):
            # "improve his understanding of fractions" keeps its fractions; what asks to mask may go whole.
            kept = not own or bool(own & said) or any(d.code == "S08" for d in review.diagnostics)
        elif part.label == "learner" or faulty:
            kept = True
        else:
            kept = own <= said and _figures(part.span.of(facts.text)) <= _figures(text)
        if not kept:
            lost.append(part.span)
    return lost


def misread(review: Review, filled: Review) -> str:
    """Whether a proposal, read again, speaks of somebody else or does what is no act; empty if not."""
    known = review.facts.present_levels
    sources = f"{review.text} {known.text if known else ''}"
    own = {x.span.of(review.text).lower() for x in review.facts.learners}
    for learner in filled.facts.learners[:1]:
        words = learner.span.of(filled.text)
        if words.lower() in own or _ANYONE.fullmatch(words):
            continue
        # A name stands in a source, and never in small letters: "Peer interaction is hard" names nobody.
        if (
            words not in sources
            or not words[0].isupper()
            or re.search(rf"\b{re.escape(words.lower())}\b", sources)
        ):
            return f"is about {words!r}"
    began = {
        part.span.of(review.text).split()[0].lower() for part in review.parts if part.label == "behavior"
    }
    said = sources.lower()
    for act in _ACT.finditer(filled.text):
        # "will quickly read" is about reading, "will multiply" about multiplying.
        word = act[1].lower() if verbs().is_verb(act[1]) else act[2].lower()
        if (
            word in began
            or word in _table().plain
            or verbs().is_verb(word)
            or f"will {word}" in said
            or f"to {word}" in said
        ):
            continue
        if not re.search(rf"\b{re.escape(word.removesuffix('e'))}(?:s|es|ed|ing)\b", said):
            return f"{word!r} is no act"
    return ""


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[./,]\d+)*", OPEN.sub("", text)))
