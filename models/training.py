"""One way to train a network: seeded, smoothed, with a checkpoint after each epoch, resumed when started again."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

Net = TypeVar("Net", bound=nn.Module)
Batch = dict[str, Tensor]
WARM = 0.08  # share of the steps in which the rate rises


@dataclass(slots=True)
class Run:
    """Where a run is, and how it smooths the weights it keeps."""

    device: torch.device
    checkpoints: Path
    progress: Progress
    smoothing: float  # of the running mean of the weights

    def fit(
        self,
        name: str,
        net: Net,
        step: Callable[[Net, Batch], Tensor],
        batches: Callable[[int], Iterable[Batch]],
        *,
        groups: list[dict[str, Any]],
        epochs: int,
        per_epoch: int,
        seed: int,
    ) -> Net:
        """Train ``net`` and return it with the running mean of its weights, in eval mode.

        A checkpoint is written after each epoch; a finished or half-finished one is taken up again.

        Args:
            name: of the checkpoint and the progress bar.
            net: already on :attr:`device`.
            step: net, batch -> loss.
            batches: epoch -> its batches, the same ones each time it is asked.
            groups: parameters with their rates, as an optimizer takes them.
            epochs: how many.
            per_epoch: how many batches in each.
            seed: of everything drawn.
        """
        path = self.checkpoints / f"{name}.pt"
        random.seed(seed)
        torch.manual_seed(seed)
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=self.device.type == "cuda")
        steps = epochs * per_epoch
        warm = max(1, round(WARM * steps))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer,
            lambda at: (at + 1) / warm if at < warm else max(0.0, (steps - at) / (steps - warm)),
        )
        smooth = {key: value.detach().clone() for key, value in net.state_dict().items()}
        done = 0
        if path.exists():
            state = torch.load(path, map_location=self.device, weights_only=True)
            net.load_state_dict(state["net"])
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            smooth, done = state["smooth"], state["epoch"]
        bar = self.progress.add_task(name, total=steps, completed=done * per_epoch)
        for epoch in range(done, epochs):
            net.train()
            # Each epoch has a seed of its own, so that a resumed run sees what an unbroken one would.
            torch.manual_seed(seed * 1000 + epoch)
            for batch in batches(epoch):
                with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=halves(self.device)):
                    lost = step(net, batch)
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
        self.progress.update(bar, completed=steps)
        net.load_state_dict(smooth)
        return net.eval()

    def _smooth(self, smooth: Batch, net: nn.Module, *, first: bool) -> None:
        """Keep the running mean of the weights; the first epoch is still too far from any good ones."""
        for key, value in net.state_dict().items():
            if first or not value.is_floating_point():
                smooth[key].copy_(value)
            else:
                smooth[key].lerp_(value, 1 - self.smoothing)


def halves(device: torch.device) -> bool:
    """Whether a device computes in bfloat16 by itself: a processor that only imitates it is far slower for it."""
    return device.type == "cuda" or any(
        torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16")
    )


def progress() -> Progress:
    """A progress bar for runs."""
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns)


def begin(checkpoints: Path, recipe: Any) -> None:
    """Make the folder; refuse to mix the checkpoints of another recipe, a dataclass, in."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    kept = checkpoints / "recipe.json"
    told = json.dumps(asdict(recipe), indent=2)
    if kept.exists() and kept.read_text(encoding="utf-8") != told:
        raise SystemExit(f"{checkpoints} holds a run of another recipe: remove it, or give --checkpoints")
    kept.write_text(told, encoding="utf-8")
