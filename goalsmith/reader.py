"""The trained reader: a small transformer encoder that reads parts, kind, area and grades in one pass.

It is trained by :mod:`models.reader` (its README has the data, the figures and the limits) and runs
here on CTranslate2 in 8-bit integers, without torch. The weights lie in ``goalsmith/weights/reader``;
they are loaded at the first reading, after their checksums were compared.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from goalsmith.decoding import JUDGMENTS, Decoder, Manifest
from goalsmith.encoder import Encoder, open_encoder, read_bytes
from goalsmith.errors import ModelError
from goalsmith.reading import Reading
from goalsmith.text import Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FORMAT = 1
FOLDER = Path(__file__).parent / "weights" / "reader"
_SHARED = 32  # tokens at each end of a window of a long text that only give context


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a text's tokens that the encoder sees at once, and those it answers for."""

    document: int
    ids: list[int]  # with [CLS] and [SEP]
    first: int  # index in the text of the first token answered for
    skip: int  # tokens before it that only give context
    count: int


class TrainedReader:
    """Reads with the weights in ``folder``; safe to share between threads.

    Raises:
        ModelError: at the first reading, when a file is missing, damaged or of another version.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._model: _Model | None = None

    def read(self, documents: Sequence[Document]) -> list[Reading]:
        """Read statements, in order. The same statement gives the same reading."""
        with self._lock:
            if self._model is None:
                self._model = _load(self._folder)
        return self._model.read(documents)


class _Model:
    """Encoder and heads; stateless between calls."""

    def __init__(self, manifest: Manifest, encoder: Encoder, heads: dict[str, Floats]) -> None:
        self._encoder, self._heads = encoder, heads
        self._room = manifest.max_tokens - 2
        self._decoder = Decoder(manifest)

    def read(self, documents: Sequence[Document]) -> list[Reading]:
        """Read statements, in order."""
        import numpy as np

        coded = [
            self._encoder.tokenizer.encode(document.text, add_special_tokens=False) for document in documents
        ]
        windows = [
            window for index, tokens in enumerate(coded) for window in self._windows(index, tokens.ids)
        ]
        width = self._heads["tags.weight"].shape[1]
        states = [np.zeros((len(tokens.ids), width), np.float32) for tokens in coded]
        for index, hidden in self._encoder.states([window.ids for window in windows]):
            window = windows[index]
            answered = slice(window.first, window.first + window.count)
            states[window.document][answered] = hidden[1 + window.skip :][: window.count]
        return [
            self._decoder.decode(document, tokens, self._answers(hidden))
            for document, tokens, hidden in zip(documents, coded, states, strict=True)
        ]

    def _windows(self, document: int, ids: list[int]) -> Iterator[_Window]:
        start = 0
        while start < len(ids):
            begin = max(0, start - _SHARED)
            end = min(len(ids), begin + self._room)
            stop = end if end == len(ids) else end - _SHARED
            framed = self._encoder.framed(ids[begin:end])
            yield _Window(document=document, ids=framed, first=start, skip=start - begin, count=stop - start)
            start = stop

    def _answers(self, hidden: Floats) -> dict[str, Floats]:
        """Hidden states (tokens, width) -> logits: "tags" (tokens, tags), the others (classes,)."""
        import numpy as np

        mean = hidden.mean(axis=0) if len(hidden) else np.zeros(hidden.shape[1], np.float32)
        inputs = {"tags": hidden, **dict.fromkeys(JUDGMENTS, mean)}
        return {
            name: given @ self._heads[f"{name}.weight"].T + self._heads[f"{name}.bias"]
            for name, given in inputs.items()
        }


def _load(folder: Path) -> _Model:
    from safetensors.numpy import load

    manifest = _manifest(folder / "reader.json")
    encoder = open_encoder(folder, manifest.sha256, "reader.json")
    return _Model(manifest, encoder, load(read_bytes(folder / "heads.safetensors")))


def _manifest(path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(read_bytes(path))
    except ValidationError as error:
        raise ModelError(f"{path}: damaged: {error.errors()[0]['msg']}") from None
    if manifest.format != FORMAT:
        raise ModelError(f"{path}: format {manifest.format}, but this goalsmith reads format {FORMAT}")
    return manifest


@cache
def trained_reader() -> TrainedReader:
    """The reader that ships, shared by everything in the process."""
    return TrainedReader()
