"""Which skill of the template bank a text is about: by its words, its meaning, and its area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from goalsmith.areas import AREAS
from goalsmith.meaning import meaning
from goalsmith.reading import Area
from goalsmith.templates import Bank, Skill
from goalsmith.words import wording

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


_BY_WORDS, _BY_AREA = 0.5, 0.2  # what a skill's own words and the area count beside its meaning
NAMED = 0.62  # from this strength on a text is about a skill


def rate_skills(words: str, vector: Floats, bank: Bank) -> Floats:
    """How much a text is about each skill of the bank: by its words, and by its meaning ``vector``."""
    import numpy as np

    found, rarity = frozenset(wording(words)), _rarity(bank)
    known = _skill_vectors(bank)
    each = known.rows @ vector
    # The nearest wording tells most, the middle of all steadies it.
    middle = np.add.reduceat(each, known.firsts) / np.diff([*known.firsts, len(each)])
    near = ((np.maximum.reduceat(each, known.firsts) + middle) / 2).astype(np.float32)
    named = [
        sum(rarity[s] for s in {s for words in skill.stems if found.issuperset(words) for s in words})
        for skill in bank.skills
    ]
    rated: Floats = near + _BY_WORDS * np.tanh(np.array(named, np.float32) / 2)
    return rated


def likely_skills(rated: Floats, chances: Floats, bank: Bank) -> Floats:
    """The same, where it is known how likely each area is: ``chances`` in the order of ``areas.AREAS``."""
    import numpy as np

    near: Floats = np.array([chances[AREAS.index(skill.area)] for skill in bank.skills], np.float32)
    return rated + _BY_AREA * near


def named_skill(likely: Floats, bank: Bank) -> Skill | None:
    """The skill a text is about, None where none is near enough."""
    best = int(likely.argmax())
    return bank.skills[best] if likely[best] >= NAMED else None


def profile(likely: Floats) -> Floats:
    """All skills a text may be about, each by its chance; the product of two profiles is how far they agree, 0 to 1."""
    import numpy as np

    odds = np.exp((likely - likely.max()) / _SPREAD)
    agreed: Floats = np.sqrt(odds / odds.sum()).astype(np.float32)
    return agreed


_SPREAD = 0.07  # how far a skill may lie behind the nearest and still be meant


def is_plain(words: str, skill: Skill, bank: Bank) -> bool:
    """Whether words plainly speak of a skill: they hold one of its wordings, or nearly mean one."""
    found, rarity = frozenset(wording(words)), _rarity(bank)
    held = [said for said in skill.stems if found.issuperset(said)]
    if any(len(said) > 1 or rarity[said[0]] == 1 for said in held):
        return True
    known = _skill_vectors(bank)
    index = bank.skills.index(skill)
    first = known.firsts[index]
    last = [*known.firsts, len(known.rows)][index + 1]
    return float((known.rows[first:last] @ meaning().vectors([words])[0]).max()) >= _PLAIN


_PLAIN = 0.6


def read_as(words: str, area: Area, sure: float, vector: Floats, bank: Bank) -> Floats:
    """How likely each skill is for words that were read as of an area, ``sure`` of it, and mean ``vector``."""
    import numpy as np

    chances = np.array([sure if other == area else 0.0 for other in AREAS], np.float32)
    return likely_skills(rate_skills(words, vector, bank), chances, bank)


def skill_in(words: str, area: Area, sure: float, bank: Bank) -> str | None:
    """The name of the skill that words read as of an area are about."""
    skill = named_skill(read_as(words, area, sure, meaning().vectors([words])[0], bank), bank)
    return skill.name if skill else None


@dataclass(frozen=True, slots=True)
class _Vectors:
    """A row a wording, and the first row of each skill."""

    rows: Floats
    firsts: list[int]


@cache
def _skill_vectors(bank: Bank) -> _Vectors:
    wordings = [wordings_of(skill) for skill in bank.skills]
    firsts = [0]
    for said in wordings[:-1]:
        firsts.append(firsts[-1] + len(said))
    return _Vectors(meaning().kept([words for said in wordings for words in said]), firsts)


def wordings_of(skill: Skill) -> list[str]:
    """The texts a skill's meaning is known by: its name, each wording, and all of them together."""
    return [skill.name, *skill.words, f"{skill.name}: {', '.join(skill.words[:8])}"]


@cache
def _rarity(bank: Bank) -> dict[str, float]:
    """Stem -> weight: a word that many skills share tells little."""
    counts: dict[str, int] = {}
    for skill in bank.skills:
        for s in {s for words in skill.stems for s in words}:
            counts[s] = counts.get(s, 0) + 1
    return {s: 1 / count**0.5 for s, count in counts.items()}
