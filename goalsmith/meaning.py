"""How near two texts are in meaning, by a small public sentence encoder (:mod:`models.meaning` has its card)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from goalsmith.encoder import Encoder, open_encoder, read_bytes
from goalsmith.errors import ModelError
from goalsmith.tables import Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FOLDER = Path(__file__).parent / "weights" / "meaning"
SHELF = "skills.safetensors"  # the vectors of the bank's wordings
_MOST = 254  # tokens of a text that count


class Manifest(Row):
    """``meaning.json``: the checksums of the files."""

    format: int
    sha256: dict[str, str]


class Meaning:
    """Turns texts into vectors of length one; safe to share between threads.

    Raises:
        ModelError: at the first use, when a file is missing or damaged.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._kept: dict[str, Floats] | None = None

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A row a text: (texts, width); the product of two rows is how near their texts are, at most 1."""
        import numpy as np

        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
        encoder = self._encoder
        coded = [encoder.tokenizer.encode(text, add_special_tokens=False).ids[:_MOST] for text in texts]
        rows: list[Floats] = [np.zeros(0, np.float32)] * len(texts)
        for index, states in encoder.states([encoder.framed(ids) for ids in coded]):
            mean = states.mean(axis=0)
            rows[index] = mean / np.linalg.norm(mean)
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def kept(self, texts: Sequence[str]) -> Floats:
        """The same for texts of the template bank, whose vectors lie beside the weights; others are made."""
        import numpy as np

        if self._kept is None:
            self._kept = self._shelf()
        rows = self._kept
        missing = [text for text in dict.fromkeys(texts) if text not in rows]
        rows = {**rows, **dict(zip(missing, self.vectors(missing), strict=True))}
        return np.stack([rows[text] for text in texts]) if texts else np.zeros((0, 0), np.float32)

    def _shelf(self) -> dict[str, Floats]:
        import json

        import numpy as np
        from safetensors import safe_open

        path = self._folder / SHELF
        if not path.is_file():
            return {}
        with safe_open(str(path), framework="numpy") as held:
            texts: list[str] = json.loads(held.metadata()["texts"])
            return dict(zip(texts, held.get_tensor("vectors").astype(np.float32), strict=True))

    def _load(self) -> Encoder:
        path = self._folder / "meaning.json"
        try:
            manifest = Manifest.model_validate_json(read_bytes(path))
        except ValidationError as error:
            raise ModelError(f"{path}: damaged: {error.errors()[0]['msg']}") from None
        return open_encoder(self._folder, manifest.sha256, "meaning.json")


@cache
def meaning() -> Meaning:
    """The encoder that ships, shared by everything in the process."""
    return Meaning()
