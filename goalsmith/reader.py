"""The trained reader: a small transformer encoder that reads parts, kind, area and grades in one pass.

It is trained by :mod:`models.reader` (its README has the data, the figures and the limits) and runs
here on CTranslate2 in 8-bit integers, without torch. The weights lie in ``goalsmith/weights/reader``;
they are loaded at the first reading, after their checksums were compared.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from goalsmith.decoding import JUDGMENTS, Decoder, Manifest
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
_BATCH = 16  # windows the encoder is given at once


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a text's tokens that the encoder sees at once, and those it answers for."""

    document: int
    ids: list[int]  # with [CLS] and [SEP]
    first: int  # index in the text of the first token answered for
    skip: int  # tokens before it that only give context
    count: int


def _length(window: _Window) -> int:
    return len(window.ids)


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
    """Tokenizer, encoder and heads; stateless between calls."""

    def __init__(self, manifest: Manifest, tokenizer: Any, encoder: Any, heads: dict[str, Floats]) -> None:
        self._tokenizer, self._encoder, self._heads = tokenizer, encoder, heads
        self._cls, self._sep = (tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
        self._room = manifest.max_tokens - 2
        self._decoder = Decoder(manifest)

    def read(self, documents: Sequence[Document]) -> list[Reading]:
        """Read statements, in order."""
        import numpy as np

        coded = [self._tokenizer.encode(document.text, add_special_tokens=False) for document in documents]
        windows = [
            window for index, tokens in enumerate(coded) for window in self._windows(index, tokens.ids)
        ]
        width = self._heads["tags.weight"].shape[1]
        states = [np.zeros((len(tokens.ids), width), np.float32) for tokens in coded]
        for window, hidden in self._encode(windows):
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
            framed = [self._cls, *ids[begin:end], self._sep]
            yield _Window(document=document, ids=framed, first=start, skip=start - begin, count=stop - start)
            start = stop

    def _encode(self, windows: list[_Window]) -> Iterator[tuple[_Window, Floats]]:
        """Each window with its hidden states, (tokens, width).

        Only windows of one length are read at once, so none is padded: a statement gets the same
        numbers, to the last bit, whatever it is read together with.
        """
        import numpy as np
        from ctranslate2 import StorageView

        for length, alike in groupby(sorted(windows, key=_length), key=_length):
            while batch := list(islice(alike, _BATCH)):
                ids = np.array([window.ids for window in batch], np.int32)
                lengths = np.full(len(batch), length, np.int32)
                views = StorageView.from_array(ids), StorageView.from_array(lengths)
                states = np.asarray(self._encoder.forward_batch(*views).last_hidden_state)
                yield from zip(batch, states, strict=True)

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
    import ctranslate2
    from safetensors.numpy import load
    from tokenizers import Tokenizer

    manifest = _manifest(folder / "reader.json")
    for name, wanted in manifest.sha256.items():
        if hashlib.sha256(_bytes(folder / name)).hexdigest() != wanted:
            raise ModelError(
                f"{folder / name}: damaged: its checksum is not the one in reader.json; reinstall goalsmith"
            )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # One thread a reader: who reads a district's bank runs several processes.
    encoder = ctranslate2.Encoder(str(folder / "encoder"), device="cpu", inter_threads=1, intra_threads=1)
    return _Model(manifest, tokenizer, encoder, load(_bytes(folder / "heads.safetensors")))


def _manifest(path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(_bytes(path))
    except ValidationError as error:
        raise ModelError(f"{path}: damaged: {error.errors()[0]['msg']}") from None
    if manifest.format != FORMAT:
        raise ModelError(f"{path}: format {manifest.format}, but this goalsmith reads format {FORMAT}")
    return manifest


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: {(error.strerror or str(error)).lower()}; reinstall goalsmith") from None


@cache
def trained_reader() -> TrainedReader:
    """The reader that ships, shared by everything in the process."""
    return TrainedReader()
