"""What a verb lets an observer do: the table of verbs, and the act at the head of a verb phrase."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from goalsmith.tables import Row, alternatives, load
from goalsmith.text import Span

Sort = Literal["observable", "vague", "change", "umbrella", "absence"]

_VOWELS = "aeiou"
# Before the acts that an umbrella verb stands for.
_LISTED = re.compile(r"\b(?:including|such\s+as|like|e\.g\.)\W*(?=\w)|\(\s*(?=\w)", re.IGNORECASE)
# One of them at least has to be something that is done, and what is known is not shown by naming its parts.
_GERUND = re.compile(r"\b[a-z]+(?:-[a-z]+)*ing\b", re.IGNORECASE)
_KNOWING = re.compile(r"\b(?:knowledge|understanding|awareness|comprehension|concepts?)\b", re.IGNORECASE)
_NO_ACT = frozenset(
    ["understanding", "reasoning", "feeling", "being", "well-being", "wellbeing", "caring", "thinking", "belonging", "knowing",
     "learning", "decision-making", "problem-solving", "including", "during", "morning", "evening", "spelling", "reading", "writing"]
)  # fmt: skip
# What may stand between the beginning of a behavior and its verb.
_LEAD = re.compile(r"(?:\W|will|to|shall|should|needs?|be able|continue|\w+ly)*", re.IGNORECASE)


class _Verbs(Row):
    observable: list[str]
    vague: list[str]
    wishes: list[str]
    tasks: list[str]
    change: list[str]
    umbrella: list[str]
    absence: list[str]
    general: list[str]
    inner: list[str]
    countable: list[str]
    skills: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The verb at the head of a phrase.

    ``observable`` is the judgment on the whole phrase: an umbrella verb over a named act is
    observable, a verb of change only where what changes can be counted.
    """

    verb: str
    sort: Sort
    span: Span
    observable: bool


def _forms(verb: str) -> set[str]:
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    if head == "be":
        return {verb, f"is{tail}", f"being{tail}"}
    forms = {head}
    if head.endswith(("s", "sh", "ch", "x", "z", "o")):
        forms.add(head + "es")
    elif head.endswith("y") and head[-2:-1] not in _VOWELS:
        forms.add(head[:-1] + "ies")
    else:
        forms.add(head + "s")
    if head.endswith("ie"):
        forms.add(head[:-2] + "ying")
    elif head.endswith("e") and not head.endswith("ee"):
        forms.add(head[:-1] + "ing")
    else:
        forms.add(head + "ing")
        if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", head):
            forms.add(head + head[-1] + "ing")
    return {form + tail for form in forms} | ({"has"} if verb == "have" else set())


class Verbs:
    """The compiled table; build once, use from any thread."""

    def __init__(self) -> None:
        table = load("verbs", _Verbs)
        self._entry: dict[str, tuple[str, Sort]] = {}
        # Later groups win: a verb listed as vague or as an umbrella is not plainly observable.
        groups: list[tuple[Sort, list[str]]] = [
            ("observable", table.observable),
            ("change", table.change),
            ("umbrella", table.umbrella),
            ("vague", table.vague),
            ("absence", table.absence),
        ]
        for sort, verbs in groups:
            for verb in verbs:
                for form in _forms(verb):
                    self._entry[form] = (verb, sort)
        self.pattern = alternatives(list(self._entry))
        self._head = re.compile(rf"(?<![\w-])(?:{self.pattern})(?![\w'’])", re.IGNORECASE)
        named = [
            form
            for form, (verb, sort) in self._entry.items()
            if sort == "observable" and verb not in table.general and form.split()[0].endswith("ing")
        ]
        self._gerund = re.compile(
            rf"(?:\b(?:by|as\s+(?:shown|evidenced|demonstrated|measured)\s+by|through|including|such\s+as|e\.g\.,?|i\.e\.,?)|\()\s*(?:independently\s+|correctly\s+|\w+ly\s+)?(?P<verb>{alternatives(named)})\b",
            re.IGNORECASE,
        )
        self._wishes = frozenset(table.wishes)
        self._task = re.compile(rf"\b(?:{alternatives(table.tasks)})\b|[:=]\s*\w|,\s*\w+ing\b", re.IGNORECASE)
        self._skill = {verb: skill for skill, verbs in table.skills.items() for verb in verbs}
        self._inner = re.compile(rf"\b(?:{alternatives(table.inner)})\b", re.IGNORECASE)
        self._countable = re.compile(rf"(?<!\w)(?:{alternatives(table.countable)})\b", re.IGNORECASE)
        self._named = re.compile(r"\([^)]*\w[^)]*\)|,.*,|:\s*\w|\b(?:such as|including|e\.g)", re.IGNORECASE)

    def is_verb(self, word: str) -> bool:
        """Whether the whole word or phrase is a verb form of the table."""
        return " ".join(word.lower().split()) in self._entry

    def match_at(self, text: str, offset: int) -> re.Match[str] | None:
        """The longest verb form starting at ``offset``."""
        return self._head.match(text, offset)

    def find(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """The first verb form in ``text[start:end]``."""
        return self._head.search(text, start, end)

    def skill(self, verb: str) -> str | None:
        """The field a verb belongs to where it can only mean one, else None."""
        return self._skill.get(verb)

    def names_act(self, text: str, start: int, end: int) -> bool:
        """Whether an observable act is named after "by", "including" or the like in ``text[start:end]``."""
        return self._gerund.search(text, start, end) is not None

    def lists_acts(self, text: str, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` is "use", or an umbrella verb, over acts that are listed ("such as", in brackets)."""
        act = self.read(text, start, end)
        if act is None or not (act.sort == "umbrella" or act.verb == "use"):
            return False
        listed = _LISTED.search(text, act.span.end, end)
        if listed is None or _KNOWING.search(text, act.span.end, listed.start()):
            return False
        return any(word[0].lower() not in _NO_ACT for word in _GERUND.finditer(text, listed.end(), end))

    def only_wishes(self, text: str, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` is headed by a verb that is a wish, with no act named after it."""
        act = self.read(text, start, end)
        if act is None or act.verb not in self._wishes or act.observable:
            return False
        if not _LEAD.fullmatch(text, start, act.span.start):
            return False
        rest = text[act.span.end : end]
        aims = re.match(r"\s+(?:how\s+)?to\s+", rest)
        named = aims is not None and self._head.match(rest, aims.end()) is not None
        return not (named or self._named.search(rest) or self._task.search(rest))

    def at(self, text: str, start: int, end: int) -> Act | None:
        """The act whose verb begins right at ``start``, or None."""
        match = self._head.match(text, start, end)
        return self.read(text, match.start(), end) if match else None

    def read(self, text: str, start: int, end: int, *, counted: bool = False) -> Act | None:
        """The act of the verb phrase ``text[start:end]``; ``counted`` when a level is given for it."""
        match = self._head.search(text, start, end)
        if match is None:
            return None
        verb, sort = self._entry[" ".join(match[0].lower().split())]
        if sort == "observable" and (second := self._coordinated(text, match.end(), end)):
            verb, sort, match = second
        rest = text[match.end() : end]
        shown = self.names_act(text, match.start(), end)
        if sort == "observable":
            seen = True
        elif sort == "vague":
            seen = shown
        elif sort == "change":
            seen = shown or (counted and self._countable.search(rest) is not None)
        elif sort == "umbrella":
            seen = shown or not self._over_inner(rest) or self._named.search(rest) is not None
        else:
            seen = True
        return Act(verb=verb, sort=sort, span=Span(match.start(), match.end()), observable=seen)

    def _coordinated(self, text: str, start: int, end: int) -> tuple[str, Sort, re.Match[str]] | None:
        """A second verb right after the first that says what the phrase is about ("work to improve")."""
        link = re.compile(r"\s+(?:to|on|towards?)\s+").match(text, start, end)
        match = self._head.match(text, link.end(), end) if link else None
        if match is None:
            return None
        verb, sort = self._entry[" ".join(match[0].lower().split())]
        return (verb, sort, match) if sort in ("vague", "change") else None

    def _over_inner(self, rest: str) -> bool:
        head = re.split(r"[,;(]|\b(?:by|when|during|in|on|at|with|for|to)\b", rest, maxsplit=1)[0]
        return self._inner.search(head) is not None


@cache
def verbs() -> Verbs:
    """The one compiled instance."""
    return Verbs()
