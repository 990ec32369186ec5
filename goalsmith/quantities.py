"""Amounts as people write them: text -> Measures, each with the characters it was read from.

The reader uses them to find criteria and baselines, the facts to value them. One reading a stretch
of text: the longest pattern that starts first wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from goalsmith.tables import Row, alternatives, load
from goalsmith.text import Span

Comparison = Literal["exactly", "at_least", "at_most", "between"]
Kind = Literal[
    "accuracy",  # a share in percent
    "trials",  # x out of y
    "rate",  # so many units per unit of time
    "count",  # so many of something
    "duration",  # for so long
    "latency",  # within so long
    "rubric",  # points, scores, levels on a scale
    "prompts",  # so many prompts allowed
    "errors",  # so many errors allowed
    "consistency",  # over so many sessions, settings, times
    "level",  # a grade or reading level
    "rank",  # a percentile, grade equivalent or standard score: a place among others, no amount
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One amount with its unit.

    ``value`` is in ``unit`` (seconds for durations and latencies, percent for accuracy); ``upper`` is
    the other end of a range; ``out_of`` the y of "x of y"; ``per`` the time unit of a rate; ``hedge``
    the word that loosens it ("about"); ``how`` names the pattern that read it.
    """

    kind: Kind
    value: float
    unit: str
    span: Span
    how: str
    comparison: Comparison = "exactly"
    upper: float | None = None
    out_of: float | None = None
    per: str | None = None
    hedge: str | None = None

    @property
    def share(self) -> float | None:
        """The amount as a fraction of one, where it is a share of something."""
        if self.kind == "accuracy":
            return self.value / 100
        if self.out_of:
            return self.value / self.out_of
        return None


def comparable(start: Measure, target: Measure) -> bool:
    """Whether growth from ``start`` to ``target`` can be seen: both are shares, or both count the same thing."""
    if "rank" in (start.kind, target.kind):
        return False
    if start.share is not None and target.share is not None:
        return True
    same_unit = start.unit == target.unit or "" in (start.unit, target.unit)
    return start.share is None and target.share is None and same_unit and start.per in (target.per, None)


class _Wordings(Row):
    before: list[str]
    after: list[str]


class _Hedges(Row):
    before: list[str]


class _Quantities(Row):
    comparison: dict[Comparison, _Wordings]
    hedges: _Hedges
    units: dict[str, list[str]]
    time: dict[str, int]
    rates: dict[str, list[str]]  # abbreviation -> [unit, per]


_ONES = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    w: 10 * i
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_WORD = "|".join(sorted([*_ONES, *_TENS], key=len, reverse=True))
_NUMBER_WORDS = (
    rf"(?:(?:{_WORD}|a)[\s-]hundred(?:(?:\s+and)?[\s-](?:{_WORD})(?:[\s-](?:{_WORD}))?)?"
    rf"|(?:{'|'.join(_TENS)})[\s-]?(?:{'|'.join(list(_ONES)[1:10])})\b|(?:{_WORD}))"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?|\.\d+)"
# A number never starts inside a longer one ("2,000", "1.5", "10/15/2026") nor inside a word ("P2").
NUMBER = rf"(?<![\w.,/])(?:{_DIGITS}|{_NUMBER_WORDS}(?![a-z]))"
_NEXT = rf"(?:{_DIGITS}|{_NUMBER_WORDS}(?![a-z]))"


# "grade 4 passages" counts no passages, "by 12/15" is a day.
_NOT_NUMBERED = "".join(
    rf"(?<!{word}\s)"
    for word in [
        "grade",
        "level",
        "chapter",
        "unit",
        "lesson",
        "page",
        "step",
        "tier",
        "form",
        "list",
        "book",
        "room",
        "part",
    ]
)
_NOT_DATED = r"(?<!by\s)(?<!before\s)(?<!until\s)(?<!since\s)"


def number(words: str) -> float:
    """Read a number: "95", "1,200", ".5", "twenty-five", "one hundred and ten". Raises ValueError."""
    words = words.strip().lower()
    if re.fullmatch(_DIGITS, words):
        return float(words.replace(",", ""))
    total = 0
    for part in re.split(r"[\s-]+", words):
        if part == "hundred":
            total = max(total, 1) * 100
        elif part in ("and", "a"):
            continue
        elif part in _ONES or part in _TENS:
            total += _ONES.get(part, 0) + _TENS.get(part, 0)
        else:
            glued = re.fullmatch(rf"({'|'.join(_TENS)})({'|'.join(_ONES)})", part)
            if not glued:
                raise ValueError(f"no number: {words!r}")
            total += _TENS[glued[1]] + _ONES[glued[2]]
    return float(total)


Builder = Callable[["re.Match[str]", str], Measure | None]


class Quantities:
    """The compiled patterns; build once, use from any thread."""

    def __init__(self) -> None:
        table = load("quantities", _Quantities)
        self._unit_of = {noun: unit for unit, nouns in table.units.items() for noun in nouns}
        self._seconds = table.time
        self._rates = table.rates
        self._before = {phrase: name for name, words in table.comparison.items() for phrase in words.before}
        self._after = {phrase: name for name, words in table.comparison.items() for phrase in words.after}
        before = alternatives(list(self._before))
        after = alternatives(list(self._after))
        hedge = alternatives(table.hedges.before)
        noun = alternatives(list(self._unit_of))
        time = alternatives(list(table.time))
        pre = rf"(?:(?<!\w)(?P<pre>{before})\s*)?(?:(?<!\w)(?P<hedge>{hedge})\s*)?"
        post = rf"(?:\s*(?:\(\d+\)\s*)?(?P<post>{after})(?!\w))?"
        a = rf"(?P<a>{NUMBER})(?:\s?\(\d+\))?"  # "two (2)"
        b = rf"(?:\s?(?:-|–|—|\bto\b|\bor\b)\s?(?P<b>{_NEXT}))?"
        rate = alternatives(list(self._rates))
        adjectives = rf"(?:(?!(?:for|in|on|with|to|at|by|and|over|across|than|of|from|out|an?|per|each|every|this|last|th|st|nd|rd|percentile|benchmark|norm|median|average|expectation|{rate}|{_WORD})\b)[a-z'’-]+\s+){{0,3}}?"
        per = r"(?:\s*(?:per|a|an|each|every|/|in\s+(?:one|1|a))\s*(?P<per>minute|min|second|sec|hour|hr|day|week|wk|month|mo|quarter|semester|session|period|class(?:\s+period)?|meal|lesson|activity|conversation|game|shift|recess|page|block|night|morning)s?\b)"
        run = r"consecutive|successive|straight|separate|different|random|probe"
        patterns: list[tuple[str, str, Builder]] = [
            ("percent", rf"{pre}{a}{b}\s*(?:%|percent\b|per\s?cent\b|pct\b){post}", self._percent),
            (
                "half",
                r"(?P<hedge>(?<!\w)(?:about|around|nearly)\s+)?(?<!\w)half\s+(?:of\s+)?(?:the|his|her|their)\s+(?:time|opportunities|trials|items|answers)\b",
                self._half,
            ),
            (
                "x of y",
                rf"{_NOT_DATED}{pre}(?P<a>(?<![\w.,/]){_DIGITS}|(?<!\w){_NUMBER_WORDS})\+?\s*(?:(?:{adjectives})(?:(?:out\s+of|of)(?:\s+(?:every|the|any|each|his|her|their)\b)?|out\s+(?=\d))|\s?/\s?|\s+out\s+)\s*(?P<y>{_NEXT})(?!\d|\s*(?:/|%|percent|th\b|st\b|nd\b|rd\b)|\.\d)(?:\s*(?P<noun>{noun})\b)?",
                self._trials,
            ),
            (
                "rate abbreviation",
                rf"{pre}{a}{b}\s*(?:correct\s+)?(?P<rate>{rate})\b{post}",
                self._rate_short,
            ),
            (
                "rate",
                rf"{pre}{a}{b}\s*{post}\s*{adjectives}(?P<noun>{noun})(?:\s+(?:correct(?:ly)?|read(?:\s+correctly)?|aloud|right|or\s+(?:fewer|less|more))){{0,2}}{per}",
                self._rate,
            ),
            (
                "in so long",
                rf"{pre}{a}{post}\s+(?:{adjectives}(?P<noun>[a-z]{{2,}}s)\s+(?:(?:[a-z]+ed|[a-z]+ly|correct|right)\s+)?)?in\s+(?P<n>{_NEXT})\s+(?P<time>{time})\b",
                self._in_time,
            ),
            (
                "within",
                rf"(?<!\w)(?:with)?in\s+(?:the\s+first\s+)?{pre}{a}{b}\s*-?\s*(?P<time>{time})\b{post}(?!\s+(?:per|a|each(?!\s+time))\b)",
                self._latency,
            ),
            (
                "for so long",
                rf"{pre}{a}{b}\s*(?:(?:consecutive|continuous|uninterrupted|full|straight)\s+)?-?\s?(?P<time>{time})\b{post}",
                self._duration,
            ),
            (
                "in a row",
                rf"{pre}{a}\s+{adjectives}(?P<noun>{noun})\s+(?:in\s+a\s+row|running|back\s+to\s+back|back-to-back|consecutively|in\s+succession)\b",
                self._consistency,
            ),
            (
                "consecutive",
                rf"{pre}{a}\s*(?:or\s+more\s+)?(?:{run})\s+{adjectives}(?P<noun>{noun})\b",
                self._consistency,
            ),
            (
                "across",
                rf"(?<!\w)(?:over|across|on|for|in)\s+(?:a\s+(?:minimum|total)\s+of\s+)?{pre}{a}\+?\s+{adjectives}(?P<noun>{alternatives([n for n, u in self._unit_of.items() if u in ('sessions', 'settings', 'trials')])})\b{post}",
                self._consistency,
            ),
            (
                "times per",
                rf"{pre}(?:(?P<a>{NUMBER}){post}\s*(?:times|time|x)|(?<!\w)(?P<once>once|twice))(?:{per}|\s+(?P<adverb>daily|weekly|monthly|hourly)\b)",
                self._times_per,
            ),
            (
                "grade level",
                r"(?<!\w)(?:(?:at|on|to)\s+)(?:an?\s+|the\s+|his\s+|her\s+|their\s+)?(?:(?P<a>\d{1,2})(?:\.\d)?(?:st|nd|rd|th)?|(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth))[\s-]+grade(?:[\s-]+(?:reading\s+|instructional\s+)?level)\b",
                self._level,
            ),
            (
                "lexile",
                rf"(?<!\w)(?:lexile\s+(?:level\s+|score\s+|measure\s+)?(?:of\s+)?{pre}(?P<a>\d{{2,4}})\s?L?\b|(?P<c>\d{{3,4}})L\b)",
                self._lexile,
            ),
            (
                "mlu",
                rf"(?<!\w)(?:MLU(?:-?m)?|mean\s+length\s+of\s+utterance)\s*(?:(?:of|to|at|=|:)\s*)?{pre}{a}{b}(?:\s*morphemes?\b)?{post}",
                self._mlu,
            ),
            (
                "score",
                rf"(?<!\w)(?:(?:scor(?:e|es|ing|ed)|rating|earning|receiv(?:e|ing)|a\s+score\s+of|level)\s+(?:of\s+)?(?:a\s+|an\s+|the\s+)?{pre}{a}{b}(?![\d.]*\d|\s*(?:%|percent|out|of|/)){post}|(?:an?|the)\s+{a.replace('<a>', '<c>')}(?=\s+on\s+(?:an?|the)\s+(?:[\w-]+\s+){{0,2}}?(?:rubric|scale)\b))",
                self._score,
            ),
            ("bare or more", rf"(?<!\w){a}\s*(?P<post>{after})(?!\w)", self._bare),
            (
                "counted",
                rf"{_NOT_NUMBERED}{pre}{a}{b}\s*{post}\s*(?:verbal\s+(?:or|and)\s+[a-z]+\s+|{adjectives})(?P<noun>{noun})\b{post.replace('post', 'post2')}",
                self._counted,
            ),
            ("bare threshold", rf"(?<!\w)(?P<pre>{before})\s*{a}\b", self._bare),
            (
                "no errors",
                r"(?<!\w)(?:with\s+)?(?P<none>no|zero|0)\s+(?:[a-z]+\s+){0,2}?(?P<noun>errors?|mistakes?|prompts?|cues?|reminders?|redirections?|incidents?|prompting)\b",
                self._none,
            ),
        ]
        self._patterns = [
            (how, re.compile(pattern, re.IGNORECASE), build) for how, pattern, build in patterns
        ]

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Measure]:
        """All measures in ``text[start:end]``, in order, not overlapping; spans count in ``text``."""
        found: list[tuple[int, int, int, Measure]] = []
        stop = len(text) if end is None else end
        for rank, (how, pattern, build) in enumerate(self._patterns):
            for match in pattern.finditer(text, start, stop):
                if (measure := _built(build, match, how)) is not None:
                    found.append((measure.span.start, -measure.span.end, rank, measure))
        return list(_first_longest(sorted(found, key=lambda f: f[:3])))

    # One builder a pattern; ``_measure`` reads what they share.

    def _measure(
        self,
        match: re.Match[str],
        how: str,
        kind: Kind,
        unit: str,
        *,
        factor: float = 1.0,
        value: float | None = None,
        out_of: float | None = None,
        per: str | None = None,
        comparison: Comparison | None = None,
    ) -> Measure:
        """A measure from the groups a, b, pre, post and hedge; what is passed in overrides them."""
        groups = match.groupdict()
        read: Comparison = "exactly"
        for words, meaning in (
            (groups.get("pre"), self._before),
            (groups.get("post") or groups.get("post2"), self._after),
        ):
            if words:
                read = meaning[" ".join(words.lower().split())]
        upper = number(groups["b"]) * factor if groups.get("b") else None
        if upper is not None and read == "exactly":
            read = "between"
        return Measure(
            kind=kind,
            value=number(groups["a"]) * factor if value is None else value,
            unit=unit,
            span=Span(match.start(), match.end()),
            how=how,
            comparison=comparison or read,
            upper=upper,
            out_of=out_of,
            per=per,
            hedge=groups.get("hedge"),
        )

    def _unit(self, noun: str) -> str:
        return self._unit_of[" ".join(noun.lower().split())]

    def _percent(self, match: re.Match[str], how: str) -> Measure:
        return self._measure(match, how, "accuracy", "percent")

    def _half(self, match: re.Match[str], how: str) -> Measure:
        return self._measure(match, how, "accuracy", "percent", value=50.0)

    def _trials(self, match: re.Match[str], how: str) -> Measure | None:
        out_of = number(match["y"])
        after = match.string[match.end() : match.end() + 12].lower()
        if re.match(r"\s*(?:cup|inch|tea|table|of an?\b|pound|mile|page)", after) or out_of == 0:
            return None  # "3/4 cup" is a skill's material, not a criterion
        unit = self._unit(match["noun"]) if match["noun"] else "trials"
        if unit in ("inches", "feet", "yards", "meters"):
            return None
        return self._measure(match, how, "trials", unit, out_of=out_of)

    def _rate_short(self, match: re.Match[str], how: str) -> Measure:
        unit, per = self._rates[match["rate"].lower()]
        return self._measure(match, how, "rate", unit, per=per)

    def _rate(self, match: re.Match[str], how: str) -> Measure:
        unit = self._unit(match["noun"])
        return self._measure(match, how, _KIND_OF_UNIT.get(unit, "rate"), unit, per=_per(match["per"]))

    def _in_time(self, match: re.Match[str], how: str) -> Measure:
        seconds = number(match["n"]) * self._seconds[match["time"].lower()]
        per = {60: "minute", 1: "second", 3600: "hour"}.get(int(seconds), f"{seconds:g} seconds")
        # What is counted needs no entry in the table: "8 beads in three minutes".
        noun = (match["noun"] or "").lower()
        return self._measure(match, how, "rate", self._unit_of.get(noun, noun), per=per)

    def _latency(self, match: re.Match[str], how: str) -> Measure:
        factor = self._seconds[match["time"].lower()]
        return self._measure(match, how, "latency", "seconds", factor=factor, comparison="at_most")

    def _duration(self, match: re.Match[str], how: str) -> Measure:
        return self._measure(match, how, "duration", "seconds", factor=self._seconds[match["time"].lower()])

    def _consistency(self, match: re.Match[str], how: str) -> Measure:
        # "over 3 sessions" is a stretch of time, not more than three.
        over = (match.groupdict().get("pre") or "").lower() == "over"
        return self._measure(
            match, how, "consistency", self._unit(match["noun"]), comparison="exactly" if over else None
        )

    def _times_per(self, match: re.Match[str], how: str) -> Measure:
        value = {"once": 1.0, "twice": 2.0}[match["once"].lower()] if match["once"] else None
        return self._measure(
            match, how, "rate", "times", value=value, per=_per(match["per"] or match["adverb"])
        )

    def _level(self, match: re.Match[str], how: str) -> Measure:
        value = None if match["a"] else float(_ORDINALS.index(match["word"].lower()) + 1)
        return self._measure(match, how, "level", "grade", value=value)

    def _lexile(self, match: re.Match[str], how: str) -> Measure:
        return self._measure(match, how, "level", "lexile", value=float(match["a"] or match["c"]))

    def _mlu(self, match: re.Match[str], how: str) -> Measure:
        return self._measure(match, how, "count", "morphemes")

    def _score(self, match: re.Match[str], how: str) -> Measure:
        bare = match.groupdict().get("c")  # "a 3 on a 4-point rubric"
        return self._measure(match, how, "rubric", "points", value=number(bare) if bare else None)

    def _counted(self, match: re.Match[str], how: str) -> Measure:
        unit = self._unit(match["noun"])
        return self._measure(match, how, _KIND_OF_UNIT.get(unit, "count"), unit)

    def _bare(self, match: re.Match[str], how: str) -> Measure:
        return self._measure(match, how, "count", "")

    def _none(self, match: re.Match[str], how: str) -> Measure:
        unit = self._unit(match["noun"])
        return self._measure(
            match, how, _KIND_OF_UNIT.get(unit, "count"), unit, value=0.0, comparison="at_most"
        )


_KIND_OF_UNIT: dict[str, Kind] = {"prompts": "prompts", "errors": "errors", "points": "rubric"}
_PER = {
    "min": "minute", "sec": "second", "hr": "hour", "period": "class period", "class": "class period",
    "wk": "week", "mo": "month", "daily": "day", "weekly": "week", "monthly": "month", "hourly": "hour",
}  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def _per(words: str) -> str:
    words = " ".join(words.lower().split())
    return _PER.get(words, words)


def _built(build: Builder, match: re.Match[str], how: str) -> Measure | None:
    try:
        return build(match, how)
    except ValueError:  # a number word that is no number: no reading rather than a wrong one
        return None


def _first_longest(found: list[tuple[int, int, int, Measure]]) -> Iterator[Measure]:
    end = -1
    for start, _, _, measure in found:
        if start >= end:
            yield measure
            end = measure.span.end


@cache
def quantities() -> Quantities:
    """The one compiled instance."""
    return Quantities()
