"""A transformer encoder on CTranslate2 in 8-bit integers, opened from a folder of weights after a checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goalsmith.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_BATCH = 16  # sequences the encoder is given at once


class Encoder:
    """A tokenizer and an encoder; stateless between calls, safe to share between threads."""

    def __init__(self, tokenizer: Any, encoder: Any) -> None:
        self.tokenizer, self._encoder = tokenizer, encoder
        self._cls, self._sep = (tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))

    def framed(self, ids: Sequence[int]) -> list[int]:
        """Token ids between the marks every sequence begins and ends with."""
        return [self._cls, *ids, self._sep]

    def states(self, sequences: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
        """The index of each framed sequence with its hidden states, (tokens, width), in any order.

        Only sequences of one length are read at once, so none is padded: a text gets the same numbers, to
        the last bit, whatever it is read together with.
        """
        import numpy as np
        from ctranslate2 import StorageView

        lengths = [len(sequence) for sequence in sequences]
        order = sorted(range(len(sequences)), key=lengths.__getitem__)
        for length, alike in groupby(order, key=lengths.__getitem__):
            while batch := list(islice(alike, _BATCH)):
                ids = np.array([sequences[index] for index in batch], np.int32)
                views = (
                    StorageView.from_array(ids),
                    StorageView.from_array(np.full(len(batch), length, np.int32)),
                )
                states = np.asarray(self._encoder.forward_batch(*views).last_hidden_state)
                yield from zip(batch, states, strict=True)


def open_encoder(folder: Path, sha256: dict[str, str], manifest: str) -> Encoder:
    """The encoder of a folder.

    Raises:
        ModelError: a file is missing, or its checksum is not the one ``manifest`` gives.
    """
    import ctranslate2
    from tokenizers import Tokenizer

    for name, wanted in sha256.items():
        if hashlib.sha256(read_bytes(folder / name)).hexdigest() != wanted:
            raise ModelError(
                f"{folder / name}: damaged: its checksum is not the one in {manifest}; reinstall goalsmith"
            )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # One thread an encoder: who reads a district's bank runs several processes.
    encoder = ctranslate2.Encoder(str(folder / "encoder"), device="cpu", inter_threads=1, intra_threads=1)
    return Encoder(tokenizer, encoder)


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises ModelError naming file and cause."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: {(error.strerror or str(error)).lower()}; reinstall goalsmith") from None
