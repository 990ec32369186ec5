"""Train the reader, from the corpus to the weights that ship.

    python -m models.reader.train            everything, within an hour on two CPU cores
    python -m models.reader.train --smoke    a toy run of seconds, to try the pipeline

Teachers are fine-tuned from the public base on the train split, each with its own seed. A student that
begins with the mean of their weights learns from the mean of their answers; it is calibrated on the dev
split, exported in 8-bit integers and measured on the test split. A run that was stopped goes on where it was when started again with the same options.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer
from torch import Tensor

from corpora.augment import Varier
from corpora.markup import Statement
from corpora.splits import read_split
from goalsmith.reader import FOLDER
from models.reader import network
from models.reader.network import Encoded, ReaderNetwork

CHECKPOINTS = Path(__file__).parent / "checkpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the outcome of a run; it is kept beside the checkpoints and in the card."""

    seeds: tuple[int, ...] = (1, 2, 3)
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
    tokenizer: Tokenizer
    device: torch.device
    checkpoints: Path
    progress: Progress

    def fit(
        self, name: str, net: ReaderNetwork, step: Step, *, epochs: int, rate: float, seed: int
    ) -> ReaderNetwork:
        """Train ``net`` and return it with the running mean of its weights, in eval mode.

        A checkpoint is written after each epoch; a finished or half-finished one is taken up again.
        """
        path = self.checkpoints / f"{name}.pt"
        random.seed(seed)
        torch.manual_seed(seed)
        net.to(self.device)
        per_epoch = -(-len(self.statements) // self.recipe.batch)
        optimizer, schedule = self._optimizer(net, rate, epochs * per_epoch)
        smooth = {key: value.detach().clone() for key, value in net.state_dict().items()}
        done = 0
        if path.exists():
            state = torch.load(path, map_location=self.device, weights_only=True)
            net.load_state_dict(state["net"])
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            smooth, done = state["smooth"], state["epoch"]
        bar = self.progress.add_task(name, total=epochs * per_epoch, completed=done * per_epoch)
        for epoch in range(done, epochs):
            net.train()
            # Each epoch has a seed of its own, so that a resumed run sees what an unbroken one would.
            torch.manual_seed(seed * 1000 + epoch)
            for rows in self._batches(random.Random(seed * 1000 + epoch)):
                with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=halves(self.device)):
                    lost = step(net, network.hide(network.batch(rows, self.device), self.recipe.hidden))
                optimizer.zero_grad()
                torch.autograd.backward(lost)
                torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                self._smooth(smooth, net, first=epoch == 0)
                self.progress.advance(bar)
            state = {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "smooth": smooth,
                "epoch": epoch + 1,
            }
            torch.save(state, path.with_suffix(".part"))
            path.with_suffix(".part").replace(path)
        self.progress.update(bar, completed=epochs * per_epoch)
        net.load_state_dict(smooth)
        return net.eval()

    def _optimizer(
        self, net: ReaderNetwork, rate: float, steps: int
    ) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
        encoder = list(net.encoder.parameters())
        heads = list(net.heads.parameters())
        groups = [
            {"params": encoder, "lr": rate},
            {"params": heads, "lr": rate * self.recipe.head_factor},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        warm = max(1, round(0.08 * steps))

        def share(step: int) -> float:
            return (step + 1) / warm if step < warm else max(0.0, (steps - step) / (steps - warm))

        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)

    def _smooth(self, smooth: dict[str, Tensor], net: ReaderNetwork, *, first: bool) -> None:
        """Keep the running mean of the weights; the first epoch is still too far from any good ones."""
        for key, value in net.state_dict().items():
            if first or not value.is_floating_point():
                smooth[key].copy_(value)
            else:
                smooth[key].lerp_(value, 1 - self.recipe.smoothing)

    def _batches(self, rng: random.Random) -> Iterator[list[Encoded]]:
        """One epoch: each record as written or varied, batches of like length in random order."""
        varier = Varier(self.statements)
        rows = [
            network.encode(varier.vary(s, rng) if rng.random() < self.recipe.varied else s, self.tokenizer)
            for s in self.statements
        ]
        rng.shuffle(rows)
        size, chunks = self.recipe.batch, []
        for start in range(0, len(rows), 16 * size):
            near = sorted(rows[start : start + 16 * size], key=lambda row: len(row.ids))
            chunks += [near[i : i + size] for i in range(0, len(near), size)]
        rng.shuffle(chunks)
        yield from chunks


def halves(device: torch.device) -> bool:
    """Whether a device computes in bfloat16 by itself: a processor that only imitates it is far slower for it."""
    return device.type == "cuda" or any(
        torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16")
    )


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
    _begin(checkpoints, recipe)
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        base = network.tiny_base if smoke else network.load_base
        tokenizer = base()[1]
        trainer = Trainer(recipe, statements, tokenizer, device, checkpoints, progress)
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
        )
    export(student.cpu(), tokenizer, out, read_split("dev"))
    if card and not smoke:
        from models.reader.card import write_card

        write_card()


def _begin(checkpoints: Path, recipe: Recipe) -> None:
    """Make the folder; refuse to mix the checkpoints of another recipe in."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    kept = checkpoints / "recipe.json"
    told = json.dumps(asdict(recipe), indent=2)
    if kept.exists() and kept.read_text(encoding="utf-8") != told:
        raise SystemExit(f"{checkpoints} holds a run of another recipe: remove it, or give --checkpoints")
    kept.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
