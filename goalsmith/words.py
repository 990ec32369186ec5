"""Words and their stems, for telling whether two texts speak of the same thing."""

from __future__ import annotations

import re
from functools import cache

from goalsmith.tables import Row, load
from goalsmith.text import Span

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_IRREGULAR = {
    "reads": "read", "wrote": "write", "written": "write", "writing": "write", "spoke": "speak", "spoken": "speak",
    "said": "say", "told": "tell", "ate": "eat", "eaten": "eat", "threw": "throw", "thrown": "throw",
    "drew": "draw", "drawn": "draw", "knew": "know", "known": "know", "took": "take", "taken": "take",
    "gave": "give", "given": "give", "went": "go", "made": "make", "bought": "buy", "caught": "catch",
    "children": "child", "feet": "foot", "people": "person", "cane": "cane", "canes": "cane", "note": "note",
    "notes": "note", "theme": "theme", "themes": "theme",
}  # fmt: skip


class _Neutral(Row):
    neutral: list[str]


@cache
def neutral_words() -> tuple[str, ...]:
    """The words that carry no fact about a student: "the", "will", "given", "measured"."""
    return tuple(load("neutral", _Neutral).neutral)


@cache
def neutral() -> frozenset[str]:
    """Stems of the words that carry no fact about a student."""
    return frozenset(stem(word) for word in neutral_words())


@cache
def stem(word: str) -> str:
    """The stem of one word, so that "reads", "reading" and "read" are one."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, in order, those without meaning left out."""
    return tuple(stem for _, stem in spotted(text) if stem not in neutral())


_LIGHT = frozenset(
    stem(word)
    for word in (
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "his",
        "her",
        "their",
        "with",
        "for",
        "and",
        "or",
    )
)


def wording(text: str) -> tuple[str, ...]:
    """The stems of a wording, only articles and the like left out: "words per minute" keeps its "per"."""
    return tuple(dict.fromkeys(stem for _, stem in spotted(text) if stem not in _LIGHT))


def spotted(text: str, start: int = 0, end: int | None = None) -> list[tuple[Span, str]]:
    """Every word of ``text[start:end]`` as (span, stem), in order."""
    stop = len(text) if end is None else end
    return [(Span(m.start(), m.end()), stem(m[0])) for m in _WORD.finditer(text, start, stop)]
