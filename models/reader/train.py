"""Train the reader, from the corpus to the weights that ship.

    python -m models.reader.train            everything: minutes on a GPU, hours on two CPU cores
    python -m models.reader.train --smoke    a toy run of seconds, to try the pipeline

Teachers are fine-tuned from the public base on the train split, each with its own seed. A student that
begins with the mean of their weights learns from the mean of their answers, on the same records and on texts of the corpus that nobody
annotated; it is calibrated on the dev split, exported in 8-bit integers and measured on the test split. A run that was stopped goes on where it was when started again with the same options.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from tokenizers import Tokenizer
from torch import Tensor

from corpora.augment import Varier
from corpora.drafts import read_drafts
from corpora.markup import Statement
from corpora.pairs import READ_FROM, read_pairs
from corpora.splits import read_split
from goalsmith.reader import FOLDER
from models.reader import network
from models.reader.network import Encoded, ReaderNetwork
from models.training import Run, begin, progress

CHECKPOINTS = Path(__file__).parent / "checkpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the outcome of a run; it is kept beside the checkpoints and in the card."""

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    epochs: int = 10
    student_epochs: int = 8
    width: int = 768  # feed-forward neurons a layer that the student keeps, of the base's 1536
    batch: int = 32
    rate: float = 3e-4
    student_rate: float = 1.5e-4
    head_factor: float = 5.0  # by how much the heads learn faster than the encoder
    varied: float = 0.7  # share of records shown varied rather than as written
    hidden: float = 0.12  # share of tokens shown as [MASK], so that no one word decides
    smoothing: float = 0.995  # of the running mean of the weights
    gold: float = 0.3  # what the annotations weigh beside the teachers when the student learns


Step = Callable[[ReaderNetwork, dict[str, Tensor]], Tensor]


@dataclass(slots=True)
class Trainer:
    """One run: the data, the recipe, and where it runs."""

    recipe: Recipe
    statements: Sequence[Statement]
    clauses: Sequence[tuple[str, str]]  # sentences of present levels, each with its area
    tokenizer: Tokenizer
    run: Run

    def fit(
        self,
        name: str,
        net: ReaderNetwork,
        step: Step,
        *,
        epochs: int,
        rate: float,
        seed: int,
        beside: Sequence[str] = (),
    ) -> ReaderNetwork:
        """Train ``net`` and return it with the running mean of its weights, in eval mode.

        ``beside`` are texts without annotation, for a step that learns from teachers.
        """
        device = self.run.device
        net.to(device)

        def batches(epoch: int) -> Iterator[dict[str, Tensor]]:
            for rows in self._batches(random.Random(seed * 1000 + epoch), beside):
                yield network.hide(network.batch(rows, device), self.recipe.hidden)

        return self.run.fit(
            name,
            net,
            step,
            batches,
            groups=[
                {"params": list(net.encoder.parameters()), "lr": rate},
                {"params": list(net.heads.parameters()), "lr": rate * self.recipe.head_factor},
            ],
            epochs=epochs,
            per_epoch=self._count(len(self.statements) + len(self.clauses) + len(beside)),
            seed=seed,
        )

    def _count(self, rows: int) -> int:
        """How many batches :meth:`_batches` makes of so many rows."""
        size = self.recipe.batch
        return sum(-(-min(16 * size, rows - start) // size) for start in range(0, rows, 16 * size))

    def _batches(self, rng: random.Random, beside: Sequence[str]) -> Iterator[list[Encoded]]:
        """One epoch: each record as written or varied, batches of like length in random order."""
        varier = Varier(self.statements)
        rows = [
            network.encode(varier.vary(s, rng) if rng.random() < self.recipe.varied else s, self.tokenizer)
            for s in self.statements
        ]
        rows += [network.bare(text, self.tokenizer, area) for text, area in self.clauses]
        rows += [network.bare(text, self.tokenizer) for text in beside]
        rng.shuffle(rows)
        size, chunks = self.recipe.batch, []
        for start in range(0, len(rows), 16 * size):
            near = sorted(rows[start : start + 16 * size], key=lambda row: len(row.ids))
            chunks += [near[i : i + size] for i in range(0, len(near), size)]
        rng.shuffle(chunks)
        yield from chunks


def gold_step(net: ReaderNetwork, rows: dict[str, Tensor]) -> Tensor:
    """Learn from the annotations."""
    return network.loss(net(rows["ids"], rows["mask"]), rows)


def taught_step(teachers: Sequence[ReaderNetwork], gold: float) -> Step:
    """Learn from the mean of the teachers, and a little from the annotations."""

    def step(net: ReaderNetwork, rows: dict[str, Tensor]) -> Tensor:
        with torch.no_grad():
            taught = network.mean([network.chances(t(rows["ids"], rows["mask"])) for t in teachers])
        out = net(rows["ids"], rows["mask"])
        return network.distil(out, taught, rows["mask"]) + gold * network.loss(out, rows)

    return step


def clauses() -> list[tuple[str, str]]:
    """Sentences of the corpus's present levels whose figures are all of one area, with that area."""
    found = []
    for pair in read_pairs(only=READ_FROM):
        for sentence in _sentences(pair.present_levels):
            areas = {
                f.area for f in pair.figures if f.text in sentence and f.role not in ("service", "stage")
            }
            if len(areas) == 1:
                found.append((sentence, areas.pop()))
    return found


def bare_texts() -> list[str]:
    """Texts of the corpus that carry no annotation for the reader: drafts, goals and present levels."""
    pairs, drafts = read_pairs(only=READ_FROM), read_drafts()
    said = [*(draft.present_levels or "" for draft in drafts), *(pair.present_levels for pair in pairs)]
    texts = [draft.draft for draft in drafts] + [pair.goal for pair in pairs]
    texts += [sentence for text in said for sentence in _sentences(text)]
    known = {text for text, _ in clauses()}
    return [text for text in dict.fromkeys(texts) if text not in known and any(map(str.isalpha, text))]


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in re.split(r"(?<=[.!?])\s+|\n+", text)]


def main(
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = FOLDER,
    checkpoints: Annotated[
        Path, typer.Option(help="Where a run keeps what it has done so far.")
    ] = CHECKPOINTS,
    smoke: Annotated[bool, typer.Option(help="A toy run of seconds; its weights are of no use.")] = False,
    card: Annotated[bool, typer.Option(help="Write the model card from this run's figures.")] = True,
) -> None:
    """Train, distil, calibrate, export and measure the reader."""
    from models.reader.export import export

    recipe = Recipe(seeds=(1,), epochs=1, student_epochs=1, width=32) if smoke else Recipe()
    statements = read_split("train")[: 200 if smoke else None]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    begin(checkpoints, recipe)
    with progress() as bars:
        base = network.tiny_base if smoke else network.load_base
        tokenizer = base()[1]
        run = Run(device, checkpoints, bars, recipe.smoothing)
        trainer = Trainer(recipe, statements, clauses()[: 50 if smoke else None], tokenizer, run)
        teachers = [
            trainer.fit(
                f"teacher {seed}",
                network.fresh(base),
                gold_step,
                epochs=recipe.epochs,
                rate=recipe.rate,
                seed=seed,
            )
            for seed in recipe.seeds
        ]
        student = trainer.fit(
            "student",
            network.narrower(network.averaged(teachers), recipe.width),
            taught_step(teachers, recipe.gold),
            epochs=recipe.student_epochs,
            rate=recipe.student_rate,
            seed=max(recipe.seeds) + 1,
            beside=bare_texts()[: 200 if smoke else None],
        )
    export(student.cpu(), tokenizer, out, read_split("dev"))
    if card and not smoke:
        from models.reader.card import write_card

        write_card()


if __name__ == "__main__":
    typer.run(main)
