"""What the trained reader's network answers -> a Reading: tags to spans, logits to judgments and confidences.

The stated rule between model and grammar: the model says what is in a statement, and where; the
grammar vetoes, vouches, and settles doubt. A baseline that names neither an amount nor a word for
"now" is dropped, one that begins with "to" is a criterion, conditions with only a blank between them are
one and so are criteria, a criterion whose level is still an open
slot is dropped, and a goal without a criterion is not measurable. A behavior that names an act ("by
shading", "including raising a hand") is observable, and so is an umbrella verb over listed acts; one that only
wishes ("will learn skip counting") is not. Where the model doubts whether a goal is measurable, an amount in
its criterion decides. What a form heads "Annual goal" is no objective.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast, get_args

from goalsmith.language import is_english
from goalsmith.quantities import quantities
from goalsmith.reading import LABELS, Area, Confidence, Kind, Label, Part, Reading
from goalsmith.slots import slots
from goalsmith.tables import Row
from goalsmith.text import Document, Span
from goalsmith.verbs import verbs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# The judgments on a statement as a whole, in the order of their attentions.
JUDGMENTS = ("kind", "area", "observable", "measurable", "quality")
# The confidences that are calibrated: of a found part, of a part that was not found, of each judgment.
CALIBRATED = ("span", "presence", "kind", "area", "observable", "measurable")
_IMPOSSIBLE = -1e4
_DOUBT = 0.3  # a chance of 0.2 to 0.8 leaves it open whether a goal is measurable
_EDGES = frozenset(",;:.-–—•*|·>")
_PAIRS = {"(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{", "“": "”", "”": "“"}
# What a baseline holds: an amount, a level, an open slot, or a word that says "now" or "from".
_NOW = re.compile(
    r"\d|_{2,}|[\[{(<]|\b(?:baseline|current\w*|present\w*|now|today|was|were|is|has|had|does|did|can|from|started|starting|up|"
    r"down|previous\w*|prior|last|so far|to date|zero|one|two|three|four|five|six|seven|eight|nine|ten|none|never|half|no)\b",
    re.IGNORECASE,
)


# "to 80 %", "rising to 30 minutes": where the student is to get, never where the student stands.
_TARGET = re.compile(
    r"(?:(?:increas|decreas|improv|ris|mov|go|rais|lower|drop|fall)\w*\s+|up\s+|down\s+)?to\b", re.IGNORECASE
)

# A form's heading.
_ANNUAL = re.compile(r"\W*(?:measurable\s+)?annual\s+goals?\b", re.IGNORECASE)


class Manifest(Row):
    """``reader.json``: what the outputs mean, how confidences are calibrated, the checksums of the files."""

    format: int
    max_tokens: int
    tags: list[str]  # "O", "B-TIMEFRAME", "I-TIMEFRAME", …
    kinds: list[Kind]
    areas: list[Area]
    # name -> (a, b): a confidence is sigmoid(a * logit + b), fitted on the corpus's dev split.
    calibration: dict[str, list[float]]
    sha256: dict[str, str]
    trained_on: int = 0  # how many records of the corpus


class Decoder:
    """Turns the answers for one statement into its Reading; stateless between calls."""

    def __init__(self, manifest: Manifest) -> None:
        import numpy as np

        self._manifest = manifest
        places = [tag.partition("-") for tag in manifest.tags]
        self._labels = [cast("Label | None", name.lower() or None) for _, _, name in places]
        self._begins = [place == "B" for place, _, _ in places]
        # A tag that goes on with a part may only follow a tag of the same part.
        count = len(places)
        self._step = np.zeros((count, count), np.float32)
        self._start = np.zeros(count, np.float32)
        for after, (place, _, name) in enumerate(places):
            if place == "I":
                self._start[after] = _IMPOSSIBLE
                self._step[:, after] = [0.0 if before[2] == name else _IMPOSSIBLE for before in places]

    def decode(self, document: Document, tokens: Any, answers: dict[str, Floats]) -> Reading:
        """The reading of ``document`` from its tokens (a ``tokenizers.Encoding``) and the logits for it."""
        if not is_english(document.text):
            return Reading(kind="other", area="other", english=False)
        if not any(char.isalpha() for char in document.text):
            return Reading(kind="other", area="other")
        kinds, areas = _softmax(answers["kind"]), _softmax(answers["area"])
        kind, area = self._manifest.kinds[int(kinds.argmax())], self._manifest.areas[int(areas.argmax())]
        sure = {
            "kind": self._calibrated("kind", float(kinds.max())),
            "area": self._calibrated("area", float(areas.max())),
        }
        if kind == "objective" and _ANNUAL.match(document.text):
            kind = "goal"
        told = tuple(float(areas[self._manifest.areas.index(name)]) for name in get_args(Area))
        if kind not in ("goal", "objective"):
            return Reading(kind=kind, area=area, areas=told, confidence=Confidence(**sure))
        words = _Words(tokens, answers["tags"])
        parts = tuple(joined(document.text, self._parts(document.text, words)))
        chances = {
            name: _sigmoid(float(answers[name][0])) for name in ("observable", "measurable", "quality")
        }
        seen = chances["observable"] >= 0.5
        acts = [part.span for part in parts if part.label == "behavior"]
        text = document.text
        observable = seen or any(verbs().names_act(text, span.start, span.end) for span in acts)
        # The list may stand after a condition that cuts the behavior in two.
        observable = observable or (bool(acts) and verbs().lists_acts(text, acts[0].start, acts[-1].end))
        if acts and all(verbs().only_wishes(text, span.start, span.end) for span in acts):
            observable = False
        levels = [part.span for part in parts if part.label == "criterion"]
        measurable = chances["measurable"] >= 0.5
        if abs(chances["measurable"] - 0.5) < _DOUBT or seen != observable:
            measurable = any(quantities().find(document.text, span.start, span.end) for span in levels)
        measurable = measurable and observable and bool(levels)
        for name, verdict in (("observable", observable), ("measurable", measurable)):
            chance = chances[name] if verdict else 1 - chances[name]
            sure[name] = self._calibrated(name, max(chance, 0.5))
        return Reading(
            kind=kind,
            area=area,
            areas=told,
            parts=parts,
            observable=observable,
            measurable=measurable,
            quality=round(1 + 4 * chances["quality"], 2),
            confidence=Confidence(**sure),
            doubts=tuple(self._doubts(document.text, words, parts)),
        )

    def _calibrated(self, name: str, chance: float) -> float:
        a, b = self._manifest.calibration[name]
        chance = min(max(chance, 1e-6), 1 - 1e-6)
        return round(_sigmoid(a * math.log(chance / (1 - chance)) + b), 3)

    def _path(self, scores: Floats) -> list[int]:
        """The likeliest lawful sequence of tags (Viterbi)."""
        best = scores.argmax(axis=1)
        # Nearly always the likeliest tag of each word is lawful after the one before it.
        steps = self._step[best[:-1], best[1:]]
        if self._start[best[0]] == 0 and not steps.any():
            return [int(tag) for tag in best]
        total, back = scores[0] + self._start, []
        for row in scores[1:]:
            reached = total[:, None] + self._step
            back.append(reached.argmax(axis=0))
            total = reached.max(axis=0) + row
        path = [int(total.argmax())]
        for pointers in reversed(back):
            path.append(int(pointers[path[-1]]))
        return path[::-1]

    def _parts(self, text: str, words: _Words) -> Iterator[Part]:
        """The parts of a goal, in order, not overlapping, each trimmed to its words."""
        if not words.starts:
            return
        path = self._path(words.scores)
        start, named = 0, False
        while start < len(path):
            label, end = self._labels[path[start]], start + 1
            while end < len(path) and self._labels[path[end]] == label and not self._begins[path[end]]:
                end += 1
            part = self._part(text, words, label, path, start, end) if label else None
            # A goal has one learner: who is named later is named again, or is another person.
            if part is not None and not (label == "learner" and named):
                named = named or label == "learner"
                yield part
            start = end

    def _part(
        self, text: str, words: _Words, label: Label, path: list[int], start: int, end: int
    ) -> Part | None:
        span = trim(text, Span(words.starts[start], words.ends[end - 1]))
        if span is None or vetoed(label, span.of(text)):
            return None
        # How likely each word is of this part, whether it begins or goes on with it.
        columns = [index for index, name in enumerate(self._labels) if name == label]
        chance = float(words.chances[start:end, columns].sum(axis=1).mean())
        if label == "baseline" and _TARGET.match(span.of(text)):
            label = "criterion"
        return Part(label=label, span=span, confidence=self._calibrated("span", chance))

    def _doubts(self, text: str, words: _Words, parts: Sequence[Part]) -> Iterator[Part]:
        """For each label without a part, the words that come nearest to being one."""
        if not words.starts:
            return
        found = {part.label for part in parts}
        for label in LABELS:
            if label in found:
                continue
            columns = [index for index, name in enumerate(self._labels) if name == label]
            chances = words.chances[:, columns].sum(axis=1)
            peak = int(chances.argmax())
            sure = self._calibrated("presence", float(chances[peak]))
            start = end = peak
            while start > 0 and chances[start - 1] >= chances[peak] / 2:
                start -= 1
            while end + 1 < len(chances) and chances[end + 1] >= chances[peak] / 2:
                end += 1
            span = trim(text, Span(words.starts[start], words.ends[end]))
            if span is not None and not vetoed(label, span.of(text)):
                yield Part(label=label, span=span, confidence=sure)


def joined(text: str, parts: Iterable[Part]) -> Iterator[Part]:
    """Conditions or criteria with nothing but a blank between them are one: two stand apart."""
    held: Part | None = None
    for part in parts:
        if held is None:
            held = part
            continue
        beside = part.label == held.label and text[held.span.end : part.span.start] == " "
        if beside and part.label in ("condition", "criterion"):
            sure = min(held.confidence, part.confidence)
            held = Part(label=part.label, span=Span(held.span.start, part.span.end), confidence=sure)
        else:
            yield held
            held = part
    if held is not None:
        yield held


def vetoed(label: Label, words: str) -> bool:
    """Whether the grammar of amounts forbids that ``words`` are a part with this label."""
    if label == "baseline":
        return _NOW.search(words) is None
    return label == "criterion" and slots().search(words) is not None and not quantities().find(words)


class _Words:
    """The words of a statement: starts and ends, and the tags' scores and chances, a row a word."""

    def __init__(self, tokens: Any, logits: Floats) -> None:
        import numpy as np

        # Both are made anew at each asking.
        ids, offsets = tokens.word_ids, tokens.offsets
        firsts = [index for index, word in enumerate(ids) if index == 0 or word != ids[index - 1]]
        lasts = [*(first - 1 for first in firsts[1:]), len(ids) - 1]
        self.starts = [offsets[first][0] for first in firsts]
        self.ends = [offsets[last][1] for last in lasts] if firsts else []
        if not firsts:
            return
        # A word's pieces vote together: a part never begins inside a word.
        pieces = np.diff([*firsts, len(ids)]).astype(np.float32)
        self.scores: Floats = (np.add.reduceat(logits, firsts, axis=0) / pieces[:, None]).astype(np.float32)
        self.chances = _softmax(self.scores)


def trim(text: str, span: Span) -> Span | None:
    """The span without blanks, marks and unmatched brackets at its edges; None when nothing is left."""
    start, end = span.start, span.end
    while start < end:
        inner = text[start:end]
        if inner[0].isspace() or inner[0] in _EDGES or _unmatched(inner[0], inner):
            start += 1
        elif inner[-1].isspace() or inner[-1] in _EDGES or _unmatched(inner[-1], inner):
            end -= 1
        else:
            return Span(start, end)
    return None


def _unmatched(char: str, inner: str) -> bool:
    if char in _PAIRS:
        return inner.count(char) > inner.count(_PAIRS[char])
    return char == '"' and inner.count('"') % 2 == 1


def _softmax(logits: Floats) -> Floats:
    import numpy as np

    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    chances: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return chances


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0
