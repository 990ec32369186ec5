"""A trained network -> the files that ship: int8 encoder for CTranslate2, heads, tokenizer, manifest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from corpora.markup import AREAS, KINDS, Statement
from corpora.splits import read_split
from goalsmith.decoding import CALIBRATED
from goalsmith.reader import FORMAT
from models.reader.calibration import calibrate
from models.reader.network import MAX_TOKENS, TAGS, ReaderNetwork


def export(net: ReaderNetwork, tokenizer: Tokenizer, folder: Path, dev: Sequence[Statement]) -> None:
    """Write the reader to ``folder``, then calibrate its confidences on ``dev``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as held:
        net.encoder.save_pretrained(held)
        tokens = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
        Path(held, "vocab.txt").write_text("\n".join(tokens), encoding="utf-8")
        Path(held, "tokenizer_config.json").write_text(
            '{"tokenizer_class": "BertTokenizer"}', encoding="utf-8"
        )
        # The converter adds a pooler of random weights that nothing uses: let them be the same each time.
        torch.manual_seed(0)
        converter = ctranslate2.converters.TransformersConverter(held)
        converter.convert(str(folder / "encoder"), quantization="int8", force=True)
    heads = {
        f"{name}.{kind}": tensor
        for name, head in net.heads.items()
        for kind, tensor in head.state_dict().items()
    }
    save_file({name: tensor.contiguous() for name, tensor in heads.items()}, folder / "heads.safetensors")
    (folder / "heads.safetensors").chmod(0o644)  # it is written for its owner's eyes only
    plain = Tokenizer.from_str(tokenizer.to_str())
    plain.no_truncation()
    plain.save(str(folder / "tokenizer.json"))
    _write_manifest(folder, {name: [1.0, 0.0] for name in CALIBRATED})
    _write_manifest(folder, calibrate(folder, dev))


def _write_manifest(folder: Path, calibration: dict[str, list[float]]) -> None:
    """Write ``reader.json`` with the checksums of the files that lie beside it now."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "reader.json")
    manifest = {
        "format": FORMAT,
        "max_tokens": MAX_TOKENS,
        "tags": list(TAGS),
        "kinds": list(KINDS),
        "areas": list(AREAS),
        "calibration": calibration,
        "trained_on": len(read_split("train")),
        "sha256": {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
        },
    }
    (folder / "reader.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
