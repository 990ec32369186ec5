"""Wrong facts slipped into a rewrite, one at a time: what the verifier has to catch."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from goalsmith import Rewrite, bank
from goalsmith.slots import slots
from goalsmith.templates import without_slots

NAMES = ("Emily", "Jacob", "Aisha", "Mateo", "Noah", "Sofia")
MATERIALS = ("a calculator", "graph paper", "a talking clock", "an iPad", "tokens", "a weighted vest")
MONTHS = ("January", "March", "August", "November")


def mutations(rewrite: Rewrite, learner: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(what was slipped in, the text with it)."""
    text = rewrite.text
    said = slots().sub(lambda slot: "\0" * len(slot[0]), text)
    for match in re.finditer(r"(?<![\d/])\d+(?:\.\d+)?(?![\d/])", said):
        value = float(match[0])
        other = value + rng.choice([3, 7, 11, 19]) if value < 2000 else value + rng.choice([1, 2, 3])
        yield "number", text[: match.start()] + f"{other:g}" + text[match.end() :]
    for match in re.finditer(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?= \d)",
        said,
    ):
        month = rng.choice([m for m in MONTHS if m != match[0]])
        yield "date", text[: match.start()] + month + text[match.end() :]
    if learner and learner in said:
        name = rng.choice([n for n in NAMES if n != learner])
        yield "name", text.replace(learner, name, 1)
    end = len(text.rstrip(". "))
    yield "name", f"{text[:end]} with {rng.choice(NAMES)}."
    yield "material", f"{text[:end]} using {rng.choice(MATERIALS)}."
    yield "grade", f"{text[:end]} on grade {rng.choice([9, 11, 12])} texts."
    yield "number", f"{text[:end]} in {rng.choice([6, 13, 17])} of {rng.choice([18, 19, 21])} trials."
    others = [t for t in bank().templates if not set(without_slots(t.behavior).split()) <= set(text.split())]
    wrong = without_slots(rng.choice(others).behavior).strip()
    match = re.search(r"\bwill [a-z]+(?: [a-z]+)*", said)
    if match:
        yield "skill", text[: match.start()] + wrong + text[match.end() :]
