"""Train the drafter, from the records to the weights that ship.

    python -m models.drafter.train            everything: minutes on a GPU, hours on two CPU cores
    python -m models.drafter.train --smoke    a toy run of seconds, to try the pipeline

The base model loses the words the field does not need and half of its layers, and is then trained whole on
prompts with the texts to propose. A run that was stopped goes on where it was when started again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Annotated

import torch
import typer
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import LlamaForCausalLM

import goalsmith
from goalsmith.drafter import END, FOLDER, LONGEST, POINTERS, pointed, repointed
from models.drafter import base, data
from models.drafter.data import Example
from models.training import Run, begin, progress

CHECKPOINTS = Path(__file__).parent / "checkpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the outcome of a run; it is kept beside the checkpoints and in the card."""

    seed: int = 1
    layers: tuple[int, ...] = base.LAYERS
    epochs: int = 8
    batch: int = 32
    rate: float = 6e-4
    smoothing: float = 0.995  # of the running mean of the weights
    told: float = 0.1  # what a token of the prompt weighs beside one of the text
    softness: float = 0.05  # label smoothing


@dataclass(frozen=True, slots=True)
class Row:
    """An example as token ids; ``first`` is where the text begins."""

    ids: list[int]
    first: int


def encode(example: Example, tokenizer: Tokenizer, first: int = 0) -> Row:
    """Token ids of prompt and text, with the mark that ends it; pointers are given out from ``first`` on."""
    told, held = pointed(example.prompt, tokenizer, first)
    prompt = tokenizer.encode(told).ids[-LONGEST:]
    text: list[int] = tokenizer.encode(f" {repointed(example.text, held)}{END}").ids
    return Row(prompt + text, len(prompt))


def epoch(learned: Sequence[Example], tokenizer: Tokenizer, rng: Random) -> list[Row]:
    """The rows of one epoch; every pointer is learned as often as any other."""
    return [encode(e, tokenizer, rng.randrange(len(POINTERS))) for e in data.epoch(learned, rng)]


def batch(rows: Sequence[Row], told: float, device: torch.device) -> dict[str, Tensor]:
    """Rows padded to the longest: ``ids`` and ``weight`` of each token, (rows, tokens)."""
    longest = max(len(row.ids) for row in rows)
    ids = [row.ids + [0] * (longest - len(row.ids)) for row in rows]
    weight = [
        [told] * row.first + [1.0] * (len(row.ids) - row.first) + [0.0] * (longest - len(row.ids))
        for row in rows
    ]
    return {"ids": torch.tensor(ids, device=device), "weight": torch.tensor(weight, device=device)}


def batches(
    rows: Sequence[Row], recipe: Recipe, rng: Random, device: torch.device
) -> Iterator[dict[str, Tensor]]:
    """Batches of rows of like length, in random order."""
    size, chunks = recipe.batch, []
    for start in range(0, len(rows), 16 * size):
        near = sorted(rows[start : start + 16 * size], key=lambda row: len(row.ids))
        chunks += [near[i : i + size] for i in range(0, len(near), size)]
    rng.shuffle(chunks)
    for chunk in chunks:
        yield batch(chunk, recipe.told, device)


def loss(net: LlamaForCausalLM, rows: dict[str, Tensor], softness: float = 0.0) -> Tensor:
    """The weighted mean of the tokens' losses. Rows are padded behind, where a causal model never looks."""
    logits = net(input_ids=rows["ids"], use_cache=False).logits[:, :-1]
    weight = rows["weight"][:, 1:].flatten()
    each = nn.functional.cross_entropy(
        logits.flatten(0, 1).float(), rows["ids"][:, 1:].flatten(), reduction="none", label_smoothing=softness
    )
    mean: Tensor = (each * weight).sum() / weight.sum()
    return mean


def fit(net: LlamaForCausalLM, epochs: Sequence[Sequence[Row]], recipe: Recipe, run: Run) -> LlamaForCausalLM:
    """Train a model on its epochs' rows."""
    size = recipe.batch

    def of(number: int) -> Iterator[dict[str, Tensor]]:
        return batches(epochs[number], recipe, Random(recipe.seed * 1000 + number), run.device)

    made: LlamaForCausalLM = run.fit(
        "drafter",
        nn.Module.to(net, run.device),
        lambda made, rows: loss(made, rows, recipe.softness),
        of,
        groups=[{"params": list(net.parameters()), "lr": recipe.rate}],
        epochs=len(epochs),
        per_epoch=-(-len(epochs[0]) // size),
        seed=recipe.seed,
    )
    return made


def examples(recipe: Recipe, *, smoke: bool = False) -> list[Example]:
    """What is learned from: the train split's records twice, the goals with gaps once."""
    smith = goalsmith.load(drafter=None)
    rng = Random(recipe.seed)
    own = data.written("train", smith, 20 if smoke else None)
    gapped = data.drawn(smith, rng, 20 if smoke else None)
    return own * 2 + gapped


def trained_on(learned: Sequence[Example]) -> str:
    """How much was learned from, in words."""
    own = {example.text for example in learned if not example.drawn}
    return f"{len(own)} hand-written rewrites, {sum(example.drawn for example in learned)} goals with parts taken out"


def named(device: torch.device) -> str:
    """A device in words."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{torch.get_num_threads()} CPU threads"


def main(
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = FOLDER,
    checkpoints: Annotated[
        Path, typer.Option(help="Where a run keeps what it has done so far.")
    ] = CHECKPOINTS,
    smoke: Annotated[bool, typer.Option(help="A toy run of seconds; its weights are of no use.")] = False,
    card: Annotated[bool, typer.Option(help="Write the model card from this run's figures.")] = True,
) -> None:
    """Trim, train, export and measure the drafter."""
    from models.drafter.export import export, save

    recipe = Recipe(epochs=1, batch=8) if smoke else Recipe()
    begin(checkpoints, recipe)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    learned = examples(recipe, smoke=smoke)
    start = time.perf_counter()
    if smoke:
        tokenizer = base.toy_tokenizer(data.texts(learned))
        net = base.tiny(tokenizer)
    else:
        whole, words = base.load_base()
        tokenizer, ids = base.trimmed(words, data.texts(learned))
        net = base.small(whole, ids, tokenizer, recipe.layers)
    epochs = [epoch(learned, tokenizer, Random(recipe.seed * 1000 + at)) for at in range(recipe.epochs)]
    with progress() as bars:
        net = fit(net, epochs, recipe, Run(device, checkpoints, bars, recipe.smoothing))
    save(net.cpu(), tokenizer, checkpoints / "network")
    export(
        net,
        tokenizer,
        out,
        recipe=asdict(recipe),
        trained_on=trained_on(learned),
        run=f"{(time.perf_counter() - start) / 60:.0f} minutes on {named(device)}.",
    )
    if card and not smoke:
        from models.drafter.card import write_card

        write_card()


if __name__ == "__main__":
    typer.run(main)
