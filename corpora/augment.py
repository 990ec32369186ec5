"""Vary hand-written records by code, for training only: spans are kept in step with the text.

Names, numbers, casing, typos, closing marks, headings, dropped and borrowed parts. What a change makes uncertain (the quality
after a part was dropped) is set to None and not learned from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from corpora.markup import Statement

NAMES = [
    "Amari",
    "Anika",
    "Bao",
    "Bashir",
    "Camille",
    "Chidi",
    "Dalia",
    "Emre",
    "Farah",
    "Gael",
    "Hana",
    "Idris",
    "Ines",
    "Jiho",
    "Kaia",
    "Kofi",
    "Leilani",
    "Luca",
    "Mirela",
    "Nasir",
    "Noor",
    "Oksana",
    "Paloma",
    "Quentin",
    "Rania",
    "Sefu",
    "Tala",
    "Umar",
    "Vera",
    "Wren",
    "Xiomara",
    "Yara",
    "Zane",
    "Theo",
    "Ruth",
    "Paul",
    "Marta",
    "Louis",
    "Kim",
    "Jude",
    "Ivo",
    "Heidi",
    "Gus",
    "Faye",
    "Ezra",
    "Dina",
    "Cal",
    "Bea",
    "Abe",
    "Student",
    "Student",
    "Student",
]

Spans = tuple[tuple[int, int, str], ...]


def _splice(statement: Statement, start: int, end: int, new: str) -> Statement:
    """Put ``new`` in place of characters start to end; spans that lie around or after move along."""
    shift = len(new) - (end - start)

    def moved(offset: int, *, closing: bool) -> int:
        if offset <= start:
            return offset
        if offset >= end:
            return offset + shift
        return start + (len(new) if closing else 0)

    spans = tuple(
        (a, b, label)
        for s, e, label in statement.spans
        for a, b in [(moved(s, closing=False), moved(e, closing=True))]
        if b > a
    )
    return replace(statement, text=statement.text[:start] + new + statement.text[end:], spans=spans)


def rename(statement: Statement, rng: Random) -> Statement:
    """Give the learner another first name, everywhere in the text."""
    span = next((s for s in statement.spans if s[2] == "LEARNER"), None)
    name = statement.text[span[0] : span[1]] if span else ""
    if not re.fullmatch(r"[A-Z][a-zé'’-]+", name) or name in ("He", "She", "They", "Student", "I"):
        return statement
    new = rng.choice(NAMES)
    for match in reversed(list(re.finditer(rf"\b{re.escape(name)}\b", statement.text))):
        statement = _splice(statement, match.start(), match.end(), new)
    return statement


def renumber(statement: Statement, rng: Random) -> Statement:
    """Move percentages and small counts; dates and years stay."""
    for match in reversed(
        list(
            re.finditer(r"(?<![\w./-])(\d{1,3})(?=\s?%|\s(?:of|out of|words|minutes|trials))", statement.text)
        )
    ):
        value = int(match[1])
        new = rng.choice(range(50, 101, 5)) if value > 20 else max(1, value + rng.choice((-1, 0, 1)))
        statement = _splice(statement, match.start(), match.end(), str(new))
    return statement


def recase(statement: Statement, rng: Random) -> Statement:
    """ALL CAPS or all lower case, where that keeps every character's place."""
    text = statement.text.upper() if rng.random() < 0.4 else statement.text.lower()
    return replace(statement, text=text) if len(text) == len(statement.text) else statement


def misspell(statement: Statement, rng: Random) -> Statement:
    """One to three slips of the hand: a letter dropped, doubled or swapped, a blank lost or doubled."""
    for _ in range(rng.randint(1, 3)):
        if len(statement.text) < 12:
            break
        at = rng.randrange(2, len(statement.text) - 2)
        char, after = statement.text[at], statement.text[at + 1]
        if char.isalpha() and after.isalpha():
            new = rng.choice((after + char, after, char + char + after))
            statement = _splice(statement, at, at + 2, new)
        elif char == " " and rng.random() < 0.4:
            statement = _splice(statement, at, at + 1, "  ")
    return statement


def unclose(statement: Statement, rng: Random) -> Statement:
    """Lose the final mark, or a comma."""
    marks = [m.start() for m in re.finditer(r"[,.](?=\s|$)", statement.text)]
    if not marks:
        return statement
    at = rng.choice(marks)
    return _splice(statement, at, at + 1, "")


def drop_part(statement: Statement, rng: Random) -> Statement:
    """Take one part out with its comma; what the loss does to the grades is not known."""
    droppable = [
        s for s in statement.spans if s[2] in ("TIMEFRAME", "METHOD", "BASELINE", "CONDITION", "CRITERION")
    ]
    if not droppable or len(statement.spans) < 3:
        return statement
    start, end, label = rng.choice(droppable)
    after = re.compile(r"\s*,?\s*").match(statement.text, end)
    stop = after.end() if after else end
    if stop >= len(statement.text.rstrip(".")):
        before = re.search(r",?\s*$", statement.text[:start])
        start, stop = before.start() if before else start, end
    out = _splice(
        replace(
            statement,
            spans=tuple(
                s for s in statement.spans if s[:2] != (start, end) and not (s[0] >= start and s[1] <= stop)
            ),
        ),
        start,
        stop,
        "",
    )
    if not out.text.strip():
        return statement
    lost_level = label == "CRITERION" and not any(s[2] == "CRITERION" for s in out.spans)
    return replace(out, quality=None, measurable=False if lost_level else out.measurable)


def move_part(statement: Statement, rng: Random) -> Statement:
    """Take an opening timeframe or condition to the end, as many writers put it."""
    text = statement.text
    if len(statement.spans) < 3 or "\n" in text:
        return statement
    start, end, label = statement.spans[0]
    comma = re.compile(r",\s*").match(text, end)
    if start != 0 or label not in ("TIMEFRAME", "CONDITION") or comma is None:
        return statement
    part, rest = text[start:end], text[comma.end() :]
    body = rest.rstrip(". ")
    joint = rng.choice((", ", " ", ", "))
    lowered = part[0].lower() + part[1:] if not part[1:2].isupper() else part
    shift = comma.end()
    spans = tuple((s - shift, e - shift, name) for s, e, name in statement.spans[1:])
    if any(e > len(body) for _, e, _ in spans):
        return statement
    at = len(body) + len(joint)
    raised = body[0].upper() + body[1:] if len(body[0].upper()) == 1 else body
    moved = raised + joint + lowered
    return replace(statement, text=moved + rest[len(body) :], spans=(*spans, (at, at + len(lowered), label)))


# What forms print before a statement, and which kind that makes it.
HEADINGS: dict[str, list[str]] = {
    "goal": ["Annual goal:", "Measurable annual goal:", "Goal:", "GOAL 2:", "Goal #1 -", "Annual Goal 3."],
    "objective": [
        "Objective:",
        "Obj. 2:",
        "Benchmark 1:",
        "STO:",
        "Short-term objective 3:",
        "Objective #2 -",
    ],
    "present_level": ["Present level:", "PLAAFP:", "Current performance:", "Present levels -", "PLOP:"],
    "accommodation": [
        "Accommodation:",
        "Accommodations:",
        "Modification:",
        "504:",
        "Classroom accommodations -",
    ],
    "service": ["Service:", "Related services:", "Services -", "Special education services:"],
}
_HEADED = re.compile(r"[^.]{0,40}:|\W*[\da-zA-Z]{1,2}[.)]|[^.]{0,30} [-–—] ")


def head(statement: Statement, rng: Random) -> Statement:
    """Put a form's heading before a statement; a goal under the heading of an objective is one."""
    if statement.kind not in HEADINGS or _HEADED.match(statement.text):
        return statement
    kind = "objective" if statement.kind == "goal" and rng.random() < 0.5 else statement.kind
    heading = rng.choice(HEADINGS[kind]) + rng.choice((" ", " ", "\n"))
    spans = tuple((start + len(heading), end + len(heading), label) for start, end, label in statement.spans)
    return replace(statement, text=heading + statement.text, spans=spans, kind=kind)


class Varier:
    """Makes varied copies; ``statements`` are where parts are borrowed from, so give it the train split only."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._parts: dict[tuple[str, str, bool], list[str]] = {}
        for statement in statements:
            for start, end, label in statement.spans:
                key = self._key(statement, start, end, label)
                self._parts.setdefault(key, []).append(statement.text[start:end])

    @staticmethod
    def _key(statement: Statement, start: int, end: int, label: str) -> tuple[str, str, bool]:
        """What a borrowed part has in common with the one it replaces; a deadline tells a goal from an objective."""
        kind = statement.kind if label in ("TIMEFRAME", "CRITERION") else ""
        return label, kind, statement.text[start:end][:1].isupper()

    def swap_part(self, statement: Statement, rng: Random) -> Statement:
        """Put another record's timeframe, method, baseline, condition or criterion in a part's place."""
        swappable = [
            span
            for span in statement.spans
            if span[2] in ("TIMEFRAME", "METHOD", "BASELINE", "CONDITION", "CRITERION")
        ]
        if not swappable:
            return statement
        start, end, label = rng.choice(swappable)
        new = rng.choice(self._parts[self._key(statement, start, end, label)])
        out = _splice(statement, start, end, new)
        graded = label in ("CRITERION", "CONDITION", "BASELINE")
        return replace(
            out,
            quality=None if graded else out.quality,
            measurable=None if label == "CRITERION" else out.measurable,
            # Materials and settings often tell the area.
            area="" if label == "CONDITION" else out.area,
        )

    def vary(self, statement: Statement, rng: Random) -> Statement:
        """One varied copy of a record, each change made with its own chance."""
        changes: tuple[tuple[float, Callable[[Statement, Random], Statement]], ...] = (
            (0.4, self.swap_part),
            (0.15, move_part),
            (0.2, drop_part),
            (0.5, rename),
            (0.3, renumber),
            (0.15, misspell),
            (0.2, unclose),
            (0.1, head),
            (0.07, recase),
        )
        for chance, change in changes:
            if rng.random() < chance:
                statement = change(statement, rng)
        return statement
