"""A small language model that proposes rewrites. What it writes is shown to nobody before it was verified.

It is trained by :mod:`models.drafter` (its README has the data, the figures and the limits) and runs here on
CTranslate2 in 8-bit integers, without torch. It may only choose among words of its sources: the draft, the
present levels the draft rests on, the wordings of its skill, grammar, and whole open slots. Names, figures and
rare words it can't write at all: each stands in its prompt as a pointer, ``<|3|>``, that it can only repeat.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from goalsmith.encoder import read_bytes
from goalsmith.errors import ModelError
from goalsmith.proposal import acts, markers, opened
from goalsmith.review import Review
from goalsmith.tables import Row
from goalsmith.templates import Skill
from goalsmith.words import neutral_words

FORMAT = 1
FOLDER = Path(__file__).parent / "weights" / "drafter"
END = "<|im_end|>"
POINTERS = tuple(f"<|{index}|>" for index in range(40))
LONGEST = 400  # tokens of a prompt: a longer draft is no goal, and takes too long
_WRITTEN = 140  # tokens at most of a proposal
_BEAMS = 5
_MARKS = ".,;:()%/-–—'’\"“”&+"


class Drafter(Protocol):
    """Whoever proposes rewrites."""

    def propose(self, review: Review, skills: Sequence[Skill], n: int) -> list[str]:
        """At most ``n`` different texts, the likeliest first; they may hold open slots."""


def prompt_of(review: Review) -> str:
    """What a drafter is told of a reviewed draft: the draft, what it rests on, what is to be mended."""
    facts = review.facts
    known, link = facts.present_levels, facts.link
    lines = [f"Draft: {' '.join(review.text.split())}"]
    if known and link and link.notes:
        lines.append(
            "Levels: " + " ".join(" ".join(known.notes[i].span.of(known.text).split()) for i in link.notes)
        )
    if known and known.names:
        lines.append(f"Name: {known.names[0].of(known.text)}")
    if known and facts.known_start:
        lines.append(f"Start: {facts.known_start.span.of(known.text)}")
    lines.append("Mend: " + ", ".join(dict.fromkeys(d.name for d in review.diagnostics)))
    return "\n".join(lines) + "\nGoal:"


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:/]\d+)*")
_TOLD = re.compile(r"^(?:Draft|Levels|Name|Start): (.*)$", re.MULTILINE)


def pointed(prompt: str, tokenizer: Any, first: int = 0) -> tuple[str, dict[str, str]]:
    """The prompt with a pointer for each word that is no single token, and pointer -> word.

    The words stand spelled in front. Pointers are given out in order from ``POINTERS[first]`` on, round and round.
    """
    held: dict[str, str] = {}

    def point(match: re.Match[str]) -> str:
        word = match[0]
        if word not in held:
            if len(held) == len(POINTERS) or len(tokenizer.encode(f" {word}").ids) == 1:
                return word
            held[word] = POINTERS[(first + len(held)) % len(POINTERS)]
        return held[word]

    told = _TOLD.sub(lambda line: line[0][: line.start(1) - line.start()] + _WORD.sub(point, line[1]), prompt)
    spelled = " ".join(f"{pointer} {word}" for word, pointer in held.items())
    return f"Words: {spelled}\n{told}", {pointer: word for word, pointer in held.items()}


def repointed(text: str, held: dict[str, str]) -> str:
    """A text with the pointers of a prompt in place of the words."""
    pointers = {word: pointer for pointer, word in held.items()}
    return _WORD.sub(lambda match: pointers.get(match[0], match[0]), text)


def spelled(text: str, held: dict[str, str]) -> str:
    """A text with words in place of pointers; it begins with a capital."""
    text = re.sub(r"<\|\d+\|>", lambda match: held.get(match[0], ""), text).strip()
    return text[:1].upper() + text[1:]


class _Manifest(Row):
    """``drafter.json``: the parts of the model, in order, the checksums, and for the card how it was made."""

    format: int
    parts: list[str]
    parameters: int
    recipe: dict[str, Any]
    trained_on: str
    run: str
    sha256: dict[str, str]


class ShippedDrafter:
    """Proposes with the weights in ``folder``, loaded at the first proposal; safe to share between threads.

    Raises:
        ModelError: at the first proposal, when a file is missing, damaged or of another version.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._opened: tuple[Any, Any] | None = None

    def propose(self, review: Review, skills: Sequence[Skill], n: int) -> list[str]:
        """At most ``n`` different texts, the likeliest first."""
        with self._lock:
            if self._opened is None:
                self._opened = _open(self._folder)
        tokenizer, generator = self._opened
        told, held = pointed(prompt_of(review), tokenizer)
        prompt = tokenizer.encode(told)
        if len(prompt.ids) > LONGEST:
            return []
        found = generator.generate_batch(
            [prompt.tokens],
            beam_size=max(n, _BEAMS),
            num_hypotheses=max(n, _BEAMS),
            max_length=_WRITTEN,
            end_token=END,
            include_prompt_in_result=False,
            suppress_sequences=_banned(
                tokenizer, told, held, [*(w for s in skills for w in s.words), *acts(review)]
            ),
        )[0]
        written = [tokenizer.decode(ids, skip_special_tokens=False) for ids in found.sequences_ids]
        texts = [opened(spelled(text, held), review) for text in written]
        return list(dict.fromkeys(text for text in texts if text))[:n]


SHIPPED = ShippedDrafter()


def _banned(tokenizer: Any, told: str, held: dict[str, str], words: Iterable[str]) -> list[list[str]]:
    """Every token that no source holds, as one-token sequences."""
    content = " ".join(_TOLD.findall(told))
    allowed = {END, *_general(tokenizer), *held, *tokenizer.encode(content).tokens}
    for text in (content, *held.values(), *words):
        allowed |= _forms(tokenizer, text)
    return [[token] for token in tokenizer.get_vocab() if token not in allowed]


@cache
def _general(tokenizer: Any) -> frozenset[str]:
    """Tokens that are free to any proposal: grammar, marks, open slots."""
    found: set[str] = {*markers(), "Ġ"}
    for word in (*neutral_words(), *_MARKS, *(f"{mark} " for mark in ",.;")):
        found |= _forms(tokenizer, word)
    for mark in _MARKS:
        found.update(tokenizer.encode(mark).tokens)
    return frozenset(found)


def _forms(tokenizer: Any, text: str) -> set[str]:
    """The single tokens a text's words may take: with and without a blank ahead, small, large, one or many."""
    found: set[str] = set()
    for word in text.split():
        bare = word.strip(_MARKS)
        for form in {word, bare, bare.lower(), bare.capitalize(), f"{bare}s", bare.removesuffix("s")}:
            for way in (f" {form}", form):
                tokens = tokenizer.encode(way).tokens
                if len(tokens) == 1:
                    found.add(tokens[0])
    return found


def _open(folder: Path) -> tuple[Any, Any]:
    """Tokenizer and generator of a folder. Raises ModelError."""
    import ctranslate2
    from tokenizers import Tokenizer

    manifest = folder / "drafter.json"
    try:
        told = _Manifest.model_validate_json(read_bytes(manifest))
    except ValidationError as error:
        raise ModelError(f"{manifest}: damaged: {error.errors()[0]['msg']}; reinstall goalsmith") from None
    if told.format != FORMAT:
        raise ModelError(
            f"{manifest}: format {told.format}, this goalsmith reads {FORMAT}; reinstall goalsmith"
        )
    # The model lies in parts, since no file of the repository may be too large; it is joined in memory.
    model = io.BytesIO()
    files: dict[str, Any] = {}
    for name, wanted in told.sha256.items():
        content = read_bytes(folder / name)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise ModelError(
                f"{folder / name}: damaged: its checksum is not the one in {manifest.name}; reinstall goalsmith"
            )
        if name in told.parts:
            model.write(content)
        else:
            files[name] = content
    files["model.bin"] = model.getvalue()
    tokenizer = Tokenizer.from_str(files.pop("tokenizer.json").decode())
    generator = ctranslate2.Generator(
        str(folder), device="cpu", inter_threads=1, intra_threads=2, files=files
    )
    return tokenizer, generator
