"""A trained drafter -> the files that ship: 8-bit integers for CTranslate2 in parts, tokenizer, manifest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import ctranslate2
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from goalsmith.drafter import END, FORMAT

_PART = 40_000_000  # bytes; no file of the repository is larger than 48 MB


def export(
    net: LlamaForCausalLM,
    tokenizer: Tokenizer,
    folder: Path,
    *,
    recipe: dict[str, Any],
    trained_on: str,
    run: str,
) -> None:
    """Write the drafter to ``folder``; what it was trained on, and how long on what, are told in its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as held, tempfile.TemporaryDirectory() as made:
        save(net, tokenizer, Path(held))
        converter = ctranslate2.converters.TransformersConverter(held)
        converter.convert(made, quantization="int8", force=True)
        for path in Path(made).iterdir():
            if path.name != "model.bin":
                (folder / path.name).write_bytes(path.read_bytes())
        model = Path(made, "model.bin").read_bytes()
    parts: list[str] = []
    for at in range(0, len(model), _PART):
        parts.append(f"model.bin.{len(parts)}")
        (folder / parts[-1]).write_bytes(model[at : at + _PART])
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    files = sorted(folder.iterdir())
    manifest = {
        "format": FORMAT,
        "parts": parts,
        "parameters": sum(p.numel() for p in net.parameters()),
        "recipe": recipe,
        "trained_on": trained_on,
        "run": run,
        "sha256": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
    }
    (folder / "drafter.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def save(net: LlamaForCausalLM, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a drafter as transformers reads it: safetensors and tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    net.save_pretrained(folder)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, eos_token=END, bos_token=END, unk_token=END, pad_token=END
    ).save_pretrained(folder)
