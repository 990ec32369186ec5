"""Where missing parts would go in the caller's text, and the edits that open a slot there."""

from __future__ import annotations

import re

from goalsmith.diagnostic import Edit, Fix, Safety
from goalsmith.facts import Facts
from goalsmith.text import Span

# Words that lose their capital when something is put before them; a name keeps it.
_LOWERED = re.compile(
    r"(?:Given|When|Whenever|While|During|After|Before|Upon|The|A|An|In|On|At|With|Within|Using|By|From|He|She|They|Will|Student|Following|Provided|Presented|Across|If|Once|To)\b"
)
_LABEL = re.compile(
    r"\s*(?:(?:[A-Za-z][\w ]{0,30}(?:[Gg]oal|GOAL|[Oo]bjective)s?|[Gg]oal|GOAL|[Oo]bjective)\s*#?\d*\s*[:.)-]\s*|[-*•]\s*|\(?\d{1,2}[.)]\s*|\(?[a-z][.)]\s+|[\"“]\s*)*"
)


def opening(facts: Facts) -> int:
    """Where the statement's own words begin, after a label or a bullet."""
    match = _LABEL.match(facts.text)
    return match.end() if match and match.end() < len(facts.text) else 0


def closing(facts: Facts) -> int:
    """Where a last part would be added: before the final full stop."""
    return len(facts.text.rstrip().rstrip(".").rstrip())


def before_learner(facts: Facts) -> int:
    """Where a condition would go: after a leading timeframe, before who does it."""
    if facts.learners:
        return facts.learners[0].span.start
    leading = [d.span.end for d in facts.deadlines if d.span.start <= opening(facts) + 1]
    if leading and facts.behaviors and leading[0] <= facts.behaviors[0].span.start:
        return facts.behaviors[0].span.start
    return opening(facts)


def after_behavior(facts: Facts) -> int:
    """Where a criterion would go: after the behavior, or at the end where there is none."""
    return facts.behaviors[-1].span.end if facts.behaviors else closing(facts)


def insert(facts: Facts, at: int, words: str, title: str, safety: Safety = "person") -> Fix:
    """A fix that puts words, or an open slot, at ``at``; at the head of a sentence the capital moves along."""
    text = facts.text
    head = at == opening(facts)
    edits = [Edit(span=Span(at, at), text=words[0].upper() + words[1:] if head else words)]
    if head and _LOWERED.match(text, at):
        edits.append(Edit(span=Span(at, at + 1), text=text[at].lower()))
    return Fix(title=title, edits=tuple(edits), safety=safety)


def gap(at: int) -> Span:
    """A zero-width span."""
    return Span(at, at)
