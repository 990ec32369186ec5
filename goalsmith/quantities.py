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
    threshold: bool = False  # worded as a bar to reach ("at least 3"), not as a plain amount

    @property
    def share(self) -> float | None:
        """The amount as a fraction of one, where it is a share of something."""
        if self.kind == "accuracy":
            return self.value / 100
        if self.out_of:
            return self.value / self.out_of
        return None


class _Comparison(Row):
    before: list[str]
    after: list[str]


class _Hedges(Row):
    before: list[str]


class _Quantities(Row):
    comparison: dict[str, _Comparison]
    hedges: _Hedges
    units: dict[str, list[str]]
    time: dict[str, int]
    rates: dict[str, tuple[str, str]] | dict[str, list[str]]


_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_WORD = "|".join(sorted([*_ONES, *_TENS], key=len, reverse=True))
_NUMBER_WORDS = (
    rf"(?:(?:{_WORD}|a)[\s-]hundred(?:(?:\s+and)?[\s-](?:{_WORD})(?:[\s-](?:{_WORD}))?)?"
    rf"|(?:{'|'.join(_TENS)})[\s-]?(?:{'|'.join(list(_ONES)[1:10])})\b|(?:{_WORD}))"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?|\.\d+)"
# A number never starts inside a longer one ("2,000", "1.5", "10/15/2026") nor inside a word ("P2").
NUMBER = rf"(?<![\w.,/])(?:{_DIGITS}|{_NUMBER_WORDS}(?![a-z]))"
_NEXT = rf"(?:{_DIGITS}|{_NUMBER_WORDS}(?![a-z]))"


def number(words: str) -> float:
    """"95", "1,200", ".5", "twenty-five", "one hundred and ten" -> the number. Raises ValueError."""
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


Builder = Callable[["re.Match[str]"], Measure | None]


class Quantities:
    """The compiled patterns; build once, use from any thread."""

    def __init__(self) -> None:
        table = load("quantities", _Quantities)
        self._unit_of = {noun: unit for unit, nouns in table.units.items() for noun in nouns}
        self._seconds = table.time
        self._rates = {name: tuple(parts) for name, parts in table.rates.items()}
        self._before = {
            phrase: name for name, words in table.comparison.items() for phrase in words.before
        }
        self._after = {
            phrase: name for name, words in table.comparison.items() for phrase in words.after
        }
        before = alternatives(list(self._before))
        after = alternatives(list(self._after))
        hedge = alternatives(table.hedges.before)
        noun = alternatives(list(self._unit_of))
        time = alternatives(list(table.time))
        pre = rf"(?:(?<!\w)(?P<pre>{before})\s*)?(?:(?<!\w)(?P<hedge>{hedge})\s*)?"
        post = rf"(?:\s*(?:\(\d+\)\s*)?(?P<post>{after})(?!\w))?"
        a = rf"(?P<a>{NUMBER})"
        b = rf"(?:\s?(?:-|–|—|\bto\b|\bor\b)\s?(?P<b>{_NEXT}))?"
        adjectives = rf"(?:(?!(?:for|in|on|with|to|at|by|and|over|across|than|of|from|out|{_WORD})\b)[a-z'’-]+\s+){{0,3}}?"
        per = r"(?:\s*(?:per|a|an|each|every|/|in\s+(?:one|1|a))\s*(?P<per>minute|min|second|sec|hour|hr|day|week|month|quarter|semester|session|period|class(?:\s+period)?|meal|lesson|activity|conversation|game)s?\b)"
        run = r"consecutive|successive|straight|separate|different|random|probe"
        patterns: list[tuple[str, str, Builder]] = [
            ("percent", rf"{pre}{a}{b}\s*(?:%|percent\b|per\s?cent\b|pct\b){post}", self._percent),
            (
                "x of y",
                rf"{pre}(?P<a>(?<![\w.,/]){_DIGITS}|(?<!\w){_NUMBER_WORDS})\+?\s*(?:(?:{adjectives})(?:(?:out\s+of|of)(?:\s+(?:every|the|any|each|his|her|their)\b)?|out\s+(?=\d))|\s?/\s?|\s+out\s+)\s*(?P<y>{_NEXT})(?!\d|\s*(?:/|%|percent|th\b|st\b|nd\b|rd\b)|\.\d)(?:\s*(?P<noun>{noun})\b)?",
                self._trials,
            ),
            (
                "rate abbreviation",
                rf"{pre}{a}{b}\s*(?:correct\s+)?(?P<rate>{alternatives(list(self._rates))})\b{post}",
                self._rate_short,
            ),
            (
                "rate",
                rf"{pre}{a}{b}\s*{post}\s*{adjectives}(?P<noun>{noun})(?:\s+(?:correct(?:ly)?|read(?:\s+correctly)?|aloud|right|or\s+(?:fewer|less|more))){{0,2}}{per}",
                self._rate,
            ),
            (
                "in so long",
                rf"{pre}{a}\s+{adjectives}(?P<noun>words|digits|letters|letter\s+sounds|problems|facts|sounds|sentences|items)(?:\s+(?:correct(?:ly)?|right))?\s+in\s+(?P<n>{_NEXT})\s+(?P<time>{time})\b",
                self._in_time,
            ),
            (
                "within",
                rf"(?<!\w)(?:with)?in\s+(?:the\s+first\s+)?{pre}{a}{b}\s*-?\s*(?P<time>{time})\b{post}(?!\s+(?:per|a|each)\b)",
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
                rf"{pre}(?:(?P<a>{NUMBER}){post}\s*(?:times|time|x)|(?P<once>once|twice)){per}",
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
                "score",
                rf"(?<!\w)(?:scor(?:e|es|ing|ed)|rating|earning|receiv(?:e|ing)|a\s+score\s+of|level)\s+(?:of\s+)?(?:a\s+|an\s+|the\s+)?{pre}{a}{b}(?!\s*(?:%|percent|out|of|/)){post}",
                self._score,
            ),
            ("bare or more", rf"(?<!\w){a}\s*(?P<post>{after})(?!\w)", self._score),
            (
                "counted",
                rf"{pre}{a}{b}\s*{post}\s*(?:verbal\s+(?:or|and)\s+[a-z]+\s+|{adjectives})(?P<noun>{noun})\b{post.replace('post', 'post2')}",
                self._counted,
            ),
            ("bare threshold", rf"(?<!\w)(?P<pre>{before})\s*{a}\b", self._bare),
            ("no errors", r"(?<!\w)(?:with\s+)?(?P<none>no|zero|0)\s+(?:[a-z]+\s+){0,2}?(?P<noun>errors?|mistakes?|prompts?|cues?|reminders?|redirections?|incidents?|prompting)\b", self._none),
        ]
        self._patterns = [
            (name, re.compile(pattern, re.IGNORECASE), build) for name, pattern, build in patterns
        ]

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Measure]:
        """All measures in ``text[start:end]``, in order, not overlapping; spans count in ``text``."""
        found: list[tuple[int, int, int, Measure]] = []
        stop = len(text) if end is None else end
        for rank, (name, pattern, build) in enumerate(self._patterns):
            for match in pattern.finditer(text, start, stop):
                measure = self._named(build, match, name)
                if measure is not None:
                    found.append((measure.span.start, -measure.span.end, rank, measure))
        return list(_first_longest(sorted(found, key=lambda f: f[:3])))

    def _named(self, build: Builder, match: re.Match[str], name: str) -> Measure | None:
        try:
            return build(match)
        except ValueError:  # a number word that is no number: no reading rather than a wrong one
            return None

    # One builder a pattern. ``_common`` reads what they share.

    def _common(self, match: re.Match[str], name: str) -> dict[str, object]:
        groups = match.groupdict()
        comparison: Comparison = "exactly"
        before, after = groups.get("pre"), groups.get("post") or groups.get("post2")
        for words, meaning in ((before, self._before), (after, self._after)):
            if words:
                comparison = meaning[" ".join(words.lower().split())]  # type: ignore[assignment]
        upper = groups.get("b")
        return {
            "value": number(groups["a"]) if groups.get("a") else 0.0,
            "upper": number(upper) if upper else None,
            "comparison": "between" if upper and comparison == "exactly" else comparison,
            "threshold": bool(before or after),
            "hedge": groups.get("hedge"),
            "span": Span(match.start(), match.end()),
            "how": name,
        }

    def _unit(self, noun: str) -> str:
        return self._unit_of[" ".join(noun.lower().split())]

    def _percent(self, match: re.Match[str]) -> Measure:
        return Measure(kind="accuracy", unit="percent", **self._common(match, "percent"))  # type: ignore[arg-type]

    def _trials(self, match: re.Match[str]) -> Measure | None:
        text, out_of = match.string, number(match["y"])
        after = text[match.end() : match.end() + 12].lower()
        if re.match(r"\s*(?:cup|inch|tea|table|of an?\b|pound|mile|page)", after) or out_of == 0:
            return None  # "3/4 cup" is a skill's material, not a criterion
        unit = self._unit(match["noun"]) if match["noun"] else "trials"
        common = self._common(match, "x of y") | {"out_of": out_of}
        return Measure(kind="trials", unit=unit, **common)  # type: ignore[arg-type]

    def _rate_short(self, match: re.Match[str]) -> Measure:
        unit, per = self._rates[match["rate"].lower()]
        return Measure(kind="rate", unit=unit, per=per, **self._common(match, "rate abbreviation"))  # type: ignore[arg-type]

    def _rate(self, match: re.Match[str]) -> Measure:
        unit = self._unit(match["noun"])
        per = _PER.get(match["per"].lower(), match["per"].lower())
        kind = {"prompts": "prompts", "errors": "errors"}.get(unit, "rate")
        return Measure(kind=kind, unit=unit, per=per, **self._common(match, "rate"))  # type: ignore[arg-type]

    def _in_time(self, match: re.Match[str]) -> Measure:
        seconds = number(match["n"]) * self._seconds[match["time"].lower()]
        common = self._common(match, "in so long")
        per = {60: "minute", 1: "second", 3600: "hour"}.get(int(seconds), f"{seconds:g} seconds")
        return Measure(kind="rate", unit=self._unit_of.get(match["noun"].lower(), "items"), per=per, **common)  # type: ignore[arg-type]

    def _latency(self, match: re.Match[str]) -> Measure:
        common = self._common(match, "within")
        common["value"] = float(common["value"]) * self._seconds[match["time"].lower()]  # type: ignore[arg-type]
        common["comparison"], common["threshold"] = "at_most", True
        return Measure(kind="latency", unit="seconds", **common)  # type: ignore[arg-type]

    def _duration(self, match: re.Match[str]) -> Measure:
        common = self._common(match, "for so long")
        factor = self._seconds[match["time"].lower()]
        common["value"] = float(common["value"]) * factor  # type: ignore[arg-type]
        if common["upper"] is not None:
            common["upper"] = float(common["upper"]) * factor  # type: ignore[arg-type]
        if match.string[: match.start()].rstrip().lower().endswith("for"):
            common["threshold"] = True
        return Measure(kind="duration", unit="seconds", **common)  # type: ignore[arg-type]

    def _consistency(self, match: re.Match[str]) -> Measure:
        common = self._common(match, "over so many") | {"threshold": True}
        return Measure(kind="consistency", unit=self._unit(match["noun"]), **common)  # type: ignore[arg-type]

    def _times_per(self, match: re.Match[str]) -> Measure:
        common = self._common(match, "times per") | {"threshold": True}
        if match["once"]:
            common["value"] = {"once": 1.0, "twice": 2.0}[match["once"].lower()]
        per = _PER.get(match["per"].lower(), match["per"].lower())
        return Measure(kind="rate", unit="times", per=per, **common)  # type: ignore[arg-type]

    def _level(self, match: re.Match[str]) -> Measure:
        grade = match["a"] or str(_ORDINALS.index(match["word"].lower()) + 1)
        common = self._common(match, "grade level") | {"value": float(grade), "threshold": True}
        return Measure(kind="level", unit="grade", **common)  # type: ignore[arg-type]

    def _lexile(self, match: re.Match[str]) -> Measure:
        common = self._common(match, "lexile")
        common |= {"value": float(match["a"] or match["c"]), "threshold": True}
        return Measure(kind="level", unit="lexile", **common)  # type: ignore[arg-type]

    def _score(self, match: re.Match[str]) -> Measure:
        common = self._common(match, "score") | {"threshold": True}
        return Measure(kind="rubric", unit="points", **common)  # type: ignore[arg-type]

    def _counted(self, match: re.Match[str]) -> Measure:
        unit = self._unit(match["noun"])
        kind = {"prompts": "prompts", "errors": "errors", "points": "rubric"}.get(unit, "count")
        return Measure(kind=kind, unit=unit, **self._common(match, "counted"))  # type: ignore[arg-type]

    def _bare(self, match: re.Match[str]) -> Measure:
        return Measure(kind="count", unit="", **self._common(match, "bare threshold"))  # type: ignore[arg-type]

    def _none(self, match: re.Match[str]) -> Measure:
        unit = self._unit(match["noun"])
        common = self._common(match, "none") | {"comparison": "at_most", "threshold": True}
        kind = {"prompts": "prompts", "errors": "errors"}.get(unit, "count")
        return Measure(kind=kind, unit=unit, **common)  # type: ignore[arg-type]


_PER = {"min": "minute", "sec": "second", "hr": "hour", "period": "class period", "class": "class period"}
_ORDINALS = "first second third fourth fifth sixth seventh eighth".split()


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
