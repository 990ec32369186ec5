"""The link from a goal to the facts of the present levels it rests on, with "nothing" as an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from goalsmith.figures import Figure
from goalsmith.meaning import meaning
from goalsmith.present_levels import Note, PresentLevels, unnamed
from goalsmith.quantities import Measure, comparable
from goalsmith.reading import Area, Reading
from goalsmith.skills import named_skill, profile, read_as
from goalsmith.templates import Bank, Skill
from goalsmith.words import stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a goal rests on: indices of notes, and the figure that is its baseline, if any.

    ``confidence`` is 0 to 1; with ``notes`` empty it is how sure it is that there is nothing to rest on.
    """

    notes: tuple[int, ...]
    baseline: int | None  # index of a figure
    confidence: float
    skill: str | None

    def to_dict(self, known: PresentLevels) -> dict[str, Any]:
        """The link as plain data; offsets count in the present levels."""
        notes = [known.notes[index].span for index in self.notes]
        figure = known.figures[self.baseline] if self.baseline is not None else None
        return {
            "facts": [{"start": s.start, "end": s.end, "text": s.of(known.text)} for s in notes],
            "baseline": {
                "start": figure.span.start,
                "end": figure.span.end,
                "text": figure.span.of(known.text),
            }
            if figure
            else None,
            "skill": self.skill,
            "confidence": round(self.confidence, 3),
        }


_NEAR_OWN, _NEAR_OTHER = 0.3, 0.45  # how near in meaning the fact is that a goal starts from
BESIDE = 1.5  # how far a fact may lie behind the nearest and still be rested on


_BARE = 1  # words that mean something, in a behavior that is but a verb
_COUNT = re.compile(
    r"\d+(?:\.\d+)?\s*%?|\b(?:of|out of|accuracy|trials?|opportunities|consecutive)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a goal asks for: its behavior and condition in words, the area it was read as, its targets."""

    words: str
    area: Area
    sure: float
    targets: tuple[Measure, ...]


def sought_by(text: str, reading: Reading, targets: Sequence[Measure]) -> Sought:
    """What a goal that was read so asks for.

    Where the behavior is but a verb ("will turn in"), what it is done to stands in the criterion ("9 of 10 homework
    assignments").
    """
    spans = [*reading.of("behavior"), *reading.of("condition")]
    words = " ".join(span.of(text) for span in spans)
    if len(stems(" ".join(span.of(text) for span in reading.of("behavior")))) <= _BARE:
        words = " ".join([words, *(_COUNT.sub(" ", span.of(text)) for span in reading.of("criterion"))])
    return Sought(
        words=words.strip() or text,
        area=reading.area,
        sure=reading.confidence.area,
        targets=tuple(targets),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    """What a goal is about."""

    stems: frozenset[str]
    vector: Floats
    profile: Floats
    skill: Skill | None
    area: Area
    targets: tuple[Measure, ...]


def about(sought: Sought, known: PresentLevels, bank: Bank) -> _Goal:
    """A goal's words, meaning, skill and area, the names that the present levels give left out."""
    words = unnamed(sought.words, known)
    vector = meaning().vectors([words])[0]
    likely = read_as(words, sought.area, sought.sure, vector, bank)
    skill = named_skill(likely, bank)
    return _Goal(
        stems=frozenset(stems(words)),
        vector=vector,
        profile=profile(likely),
        skill=skill,
        area=skill.area if skill else sought.area,
        targets=sought.targets,
    )


def link(sought: Sought, known: PresentLevels, bank: Bank) -> Link:
    """The facts a goal rests on, by skill, unit and meaning; empty where nothing is near enough."""
    goal = about(sought, known, bank)
    strengths = [_strength(note, index, goal, known) for index, note in enumerate(known.notes)]
    best = max(strengths, default=-9.0)
    name = goal.skill.name if goal.skill else None
    if best < 0:
        return Link(notes=(), baseline=None, confidence=_chance(-best), skill=name)
    near = [i for i, strength in enumerate(strengths) if strength >= max(0.0, best - BESIDE)]
    baseline = _baseline(strengths, goal, known)
    if baseline is not None and known.figures[baseline].note not in near:
        near = sorted({*near, known.figures[baseline].note})
    return Link(notes=tuple(near), baseline=baseline, confidence=_chance(best), skill=name)


def _chance(strength: float) -> float:
    return 1 / (1 + math.exp(-strength))


FEATURES = ("", "meaning", "skills", "area", "words", "measured", "need", "nearest")
# Fitted by ``python -m models.meaning.fit`` on the corpus's pairs that are not held out. A fact of strength 0 is as
# likely rested on as not.
WEIGHTS = (-3.7, 2.25, 2.9, 0.35, 1.35, 1.35, 0.9, 0.65)


def _strength(note: Note, index: int, goal: _Goal, known: PresentLevels) -> float:
    given = features(note, index, goal, known)
    strength = sum(weight * value for weight, value in zip(WEIGHTS, given, strict=True))
    figures = {figure.role for figure in known.figures if figure.note == index}
    if figures and not figures & {"level", "earlier"}:
        # What peers do, or a service, is nothing of the student's to rest on.
        return min(strength, -0.1)
    return strength


def features(note: Note, index: int, goal: _Goal, known: PresentLevels) -> tuple[float, ...]:
    """What speaks for a note's being what a goal rests on, in the order of :data:`FEATURES`."""
    common = goal.stems & note.stems
    near = float(note.vector @ goal.vector)
    return (
        1.0,
        near,
        float(note.profile @ goal.profile),
        float(note.area == goal.area),
        len(common) / max(1, len(goal.stems) * len(note.stems)) ** 0.5,
        float(any(f.note == index and f.role == "level" for f in known.figures)),
        float(note.kind in ("need", "impact")),
        float(near >= max(float(other.vector @ goal.vector) for other in known.notes)),
    )


def _baseline(strengths: list[float], goal: _Goal, known: PresentLevels) -> int | None:
    """The level the goal starts from: of its skill or in its nearest fact, and in its unit where it has one."""
    best = max(strengths)

    def starts(figure: Figure) -> bool:
        strength = strengths[figure.note]
        near = float(known.notes[figure.note].vector @ goal.vector)
        same = goal.skill is not None and figure.skill == goal.skill.name
        # A figure of the same skill may still measure another side of it: its words have to be near as well.
        means = near >= (_NEAR_OWN if same else _NEAR_OTHER)
        fits = not goal.targets or any(_alike(figure.measure, target) for target in goal.targets)
        timely = figure.measure.unit not in ("sessions", "settings")  # "three weeks" is when, not how well
        return timely and figure.role == "level" and strength >= max(0.0, best - BESIDE) and means and fits

    options = [(index, figure) for index, figure in enumerate(known.figures) if starts(figure)]
    if not options:
        return None
    # Two figures that may both be the start: neither is, until a person says so.
    ranked = sorted((strengths[figure.note] for _, figure in options), reverse=True)
    rivals = {figure.measure.value for _, figure in options if strengths[figure.note] >= ranked[0] - 0.5}
    if len(rivals) > 1:
        return None
    return max(options, key=lambda item: (strengths[item[1].note], item[1].date or date.min, -item[0]))[0]


def _alike(start: Measure, target: Measure) -> bool:
    """Whether a present level and a target are in one unit; a bare number is in none that a noun names."""
    named = start.unit == target.unit or start.share is not None or start.how != "present levels"
    return comparable(start, target) and named
