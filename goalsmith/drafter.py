"""A small language model that proposes rewrites. What it writes is shown to nobody before it was verified.

It is trained by :mod:`models.drafter` (its README has the data, the figures and the limits) and runs here on
CTranslate2 in 8-bit integers, without torch. It may only choose among tokens of its sources: the draft, the
present levels the draft rests on, the wordings of its skill, grammar, and whole open slots.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from goalsmith.encoder import read_bytes
from goalsmith.errors import ModelError
from goalsmith.proposal import acts, markers
from goalsmith.review import Review
from goalsmith.tables import Row
from goalsmith.templates import Skill
from goalsmith.words import neutral_words

FORMAT = 1
FOLDER = Path(__file__).parent / "weights" / "drafter"
END = "<|im_end|>"
LONGEST = 400  # tokens of a prompt: a longer draft is no goal, and takes too long
_WRITTEN = 140  # tokens at most of a proposal
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
        prompt = tokenizer.encode(prompt_of(review))
        if len(prompt.ids) > LONGEST:
            return []
        banned = _banned(tokenizer, review, skills)
        found = generator.generate_batch(
            [prompt.tokens],
            beam_size=max(n, 4),
            num_hypotheses=max(n, 4),
            max_length=_WRITTEN,
            end_token=END,
            include_prompt_in_result=False,
            suppress_sequences=banned,
        )[0]
        texts = [tokenizer.decode(ids, skip_special_tokens=False).strip() for ids in found.sequences_ids]
        return list(dict.fromkeys(text for text in texts if text))[:n]


SHIPPED = ShippedDrafter()


def _banned(tokenizer: Any, review: Review, skills: Iterable[Skill]) -> list[list[str]]:
    """Every token that no source holds, as one-token sequences."""
    allowed = {END, *_general(tokenizer)}
    for text in (prompt_of(review), *(word for skill in skills for word in skill.words), *acts(review)):
        allowed.update(_tokens(tokenizer, text))
    return [[token] for token in tokenizer.get_vocab() if token not in allowed]


@cache
def _general(tokenizer: Any) -> frozenset[str]:
    """Tokens that are free to any proposal: grammar, marks, open slots."""
    found: set[str] = set(markers())
    for word in (*neutral_words(), *_MARKS):
        found |= _tokens(tokenizer, word)
    return frozenset(found)


def _tokens(tokenizer: Any, text: str) -> set[str]:
    """The tokens a text's words may take: with and without a blank ahead, first letter large or small."""
    found = set(tokenizer.encode(text).tokens)
    for word in text.split():
        bare = word.strip(_MARKS)
        for form in {word, bare, bare.lower(), bare.capitalize(), bare + "s", bare.removesuffix("s")}:
            if form:
                found.update(tokenizer.encode(" " + form).tokens)
                found.update(tokenizer.encode(form).tokens)
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
