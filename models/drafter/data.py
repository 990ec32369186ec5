"""What the drafter learns from, as prompts with the texts it should propose.

Hand-written records (:mod:`corpora.drafts`) come first. Beside them stand strong goals of the corpus from
which parts were taken: the goal itself, with open slots where the parts were, is the text to propose. Names and
figures are varied in prompt and text together, so that the drafter learns to copy them and not to know them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from corpora.augment import NAMES
from corpora.drafts import TODAY, Draft, by_split, read_drafts
from corpora.markup import GOAL_KINDS, Statement
from corpora.splits import Split, read_split
from goalsmith import Goalsmith, Review, Rewrite
from goalsmith.drafter import prompt_of

_STRONG = 4  # grade of the goals that parts are taken from
_TAKEN = {
    "TIMEFRAME": "by [date of the annual review]",
    "CONDITION": "given [materials, setting or support]",
    "METHOD": "as measured by [tool, how often]",
}
_COUNT = re.compile(r"(?<![\w/.$-])(\d{2,3})(?![\w/]|\.\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A prompt, the text to propose, and who is named in them."""

    prompt: str
    text: str
    name: str = ""
    drawn: bool = False  # by code, from a goal of the corpus


def written(split: Split, smith: Goalsmith, limit: int | None = None) -> list[Example]:
    """The hand-written records of a split; where a rewrite stands without the present levels, once more without."""
    found: list[Example] = []
    for record in by_split(read_drafts())[split][:limit]:
        found += _examples(record, smith)
    return found


def _examples(record: Draft, smith: Goalsmith) -> Iterator[Example]:
    for known in dict.fromkeys((record.present_levels, None)):
        review = smith.review(record.draft, known, TODAY)
        judged = smith.verify(review, record.rewrites)
        for text, verdict in zip(record.rewrites, judged, strict=True):
            if isinstance(verdict, Rewrite):
                yield Example(prompt=prompt_of(review), text=text, name=_name(review))


def _name(review: Review) -> str:
    known = review.facts.present_levels
    names = [x.name for x in review.facts.learners if x.name]
    names += [known.names[0].of(known.text)] if known and known.names else []
    return next((name for name in names if re.fullmatch(r"[A-Z][a-zé'’-]+", name)), "")


def drawn(smith: Goalsmith, rng: Random, limit: int | None = None) -> list[Example]:
    """Strong goals of the train split with parts taken out, where the goal with slots would be shown for the rest."""
    found: list[Example] = []
    for statement in read_split("train"):
        if statement.kind in GOAL_KINDS and (statement.quality or 0) >= _STRONG and statement.observable:
            made = _gapped(statement, rng)
            if made is None:
                continue
            draft, text = made
            review = smith.review(draft, today=TODAY)
            (verdict,) = smith.verify(review, [text])
            if isinstance(verdict, Rewrite):
                found.append(Example(prompt=prompt_of(review), text=text, name=_name(review), drawn=True))
        if limit is not None and len(found) >= limit:
            break
    return found


def _gapped(statement: Statement, rng: Random) -> tuple[str, str] | None:
    """A goal without one to three of its parts, and with open slots in their place."""
    text = statement.text
    if " will " not in text or "\n" in text or not text.endswith("."):
        return None
    spans = [s for s in statement.spans if s[2] in (*_TAKEN, "CRITERION") and _stands_apart(text, *s)]
    labels = [label for *_, label in spans]
    spans = [s for s in spans if labels.count(s[2]) == 1]
    if not spans:
        return None
    taken = sorted(rng.sample(spans, min(len(spans), rng.choice((1, 1, 2, 2, 3)))))
    draft, full, at = "", "", 0
    for start, end, label in taken:
        slot = _TAKEN.get(label) or _level(text[start:end])
        slot = slot[0].upper() + slot[1:] if start == 0 else slot
        draft, full = draft + text[at:start], full + text[at:start] + slot
        at = end
    return _closed(draft + text[at:]), full + text[at:]


def _stands_apart(text: str, start: int, end: int, label: str) -> bool:
    """Whether what is left reads well without a part: it opens the text, or stands between commas."""
    ahead, after = text[:start].rstrip(" "), text[end : end + 1]
    return after in ",." and (not ahead or ahead[-1] == "," or (label == "CRITERION" and ahead[-1].isalnum()))


def _level(words: str) -> str:
    if "%" in words or "percent" in words:
        return "with [target]% accuracy"
    kind = re.search(r"\b(trials|opportunities|sessions|probes|attempts)\b", words)
    return f"in [how many] of [how many] {kind[1] if kind else 'opportunities'}"


def _closed(text: str) -> str:
    """A text that parts were taken from, without the commas and blanks they leave."""
    text = re.sub(r"\s+([,.;])", r"\1", re.sub(r"\s{2,}", " ", text))
    text = re.sub(r"[,;]+([,.;])", r"\1", text).strip(" ,;")
    return text[:1].upper() + text[1:]


def varied(example: Example, rng: Random) -> Example:
    """A copy with another name, other figures, or less told; prompt and text are changed alike."""
    if example.name and example.name not in ("Student",) and rng.random() < 0.8:
        example = _swapped(example, {example.name: rng.choice(NAMES)})
    if rng.random() < 0.5:
        counts = {c for c in _COUNT.findall(example.text) if int(c) > 12}
        # A whole shift keeps a target above its baseline.
        shift = rng.choice((-7, -5, -3, -2, 2, 3, 4, 5, 8))
        if all(12 < int(c) + shift <= 100 or int(c) > 100 for c in counts):
            example = _swapped(example, {c: str(int(c) + shift) for c in counts})
    if rng.random() < 0.15:
        example = replace(example, prompt=re.sub(r"\nMend: [^\n]*", "\nMend:", example.prompt))
    if rng.random() < 0.2:
        example = replace(example, prompt=_unclosed(example.prompt))
    return example


def _swapped(example: Example, new: dict[str, str]) -> Example:
    if not new:
        return example
    pattern = re.compile(rf"(?<![\w/.$-])(?:{'|'.join(map(re.escape, new))})(?![\w/]|\.\d)")

    def change(text: str) -> str:
        return pattern.sub(lambda match: new[match[0]], text)

    return replace(example, prompt=change(example.prompt), text=change(example.text))


def _unclosed(prompt: str) -> str:
    """The draft without its full stop."""
    return re.sub(r"\.\n", "\n", prompt, count=1)


def texts(examples: Iterable[Example]) -> list[str]:
    """Every text of the examples, for the vocabulary."""
    return [text for e in examples for text in (e.prompt, e.text)]


def epoch(examples: Sequence[Example], rng: Random) -> list[Example]:
    """One pass over the examples, each varied anew, in random order."""
    rows = [varied(example, rng) for example in examples]
    rng.shuffle(rows)
    return rows
