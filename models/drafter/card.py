"""The drafter's model card: models/drafter/README.md, written from the figures of a run.

python -m models.drafter.card [--base]    write it again; with the untuned base model's figures, which take a while
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from tokenizers import Tokenizer

import goalsmith
from corpora.drafts import by_split, read_drafts
from goalsmith.drafter import FOLDER, LONGEST, SHIPPED, Drafter
from goalsmith.proposal import markers
from models.drafter.evaluate import PROPOSALS, measure
from models.drafter.train import CHECKPOINTS

HERE = Path(__file__).parent
_FEWER = 60  # drafts for the untuned base, which takes its time
READINGS = HERE / "readings.md"
BENCHMARK = HERE.parents[1] / "tests" / "benchmarks" / "drafter.py"


def write_card(*, base: bool = False) -> None:
    """Measure the shipped drafter and write its card."""
    parts = by_split(read_drafts())
    told = json.loads((FOLDER / "drafter.json").read_text(encoding="utf-8"))
    drafters: dict[str, Drafter] = {"shipped": SHIPPED}
    if base:
        from models.drafter.base import untuned

        drafters["untuned base"] = untuned()
    smith = goalsmith.load(drafter=None)
    tables = {
        name: dict(measure(drafter, parts["test"][: None if drafter is SHIPPED else _FEWER], smith).rows())
        for name, drafter in drafters.items()
    }
    names = list(dict.fromkeys(name for table in tables.values() for name in table))
    figures = [f"| | {' | '.join(tables)} |", f"| --- |{' ---: |' * len(tables)}"]
    figures += [
        f"| {name} | {' | '.join(table.get(name, '0') for table in tables.values())} |" for name in names
    ]
    beside = ["--fp32"] if (CHECKPOINTS / "network").exists() else []
    speed = subprocess.run(
        [sys.executable, str(BENCHMARK), *beside], capture_output=True, text=True, check=True
    ).stdout
    text = (HERE / "card.md").read_text(encoding="utf-8")
    slots = {
        "words": str(Tokenizer.from_file(str(FOLDER / "tokenizer.json")).get_vocab_size()),
        "layers": str(len(told["recipe"]["layers"])),
        "parameters": f"{told['parameters'] / 1e6:.1f}",
        "size": f"{sum(p.stat().st_size for p in FOLDER.iterdir()) / 1e6:.1f} MB",
        "examples": told["trained_on"],
        "slots": " ".join(f"`{slot}`" for slot in markers()),
        "base option": " --base" if base else "",
        "test": f"{len(parts['test'])} drafts",
        "figures": "\n".join(figures),
        "speed": f"```\n{speed.strip()}\n```",
        "readings": READINGS.read_text(encoding="utf-8").strip() if READINGS.exists() else "",
        "recipe": json.dumps(told["recipe"], indent=2),
        "time": told["run"],
        "longest": str(LONGEST),
    }
    for name, value in slots.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    (HERE / "README.md").write_text(text, encoding="utf-8")
    print(f"wrote {HERE / 'README.md'}; {PROPOSALS} proposals a draft")


def main(
    base: Annotated[bool, typer.Option("--base", help="Measure the untuned base model too.")] = False,
) -> None:
    """Write the card again from the weights that lie in the package."""
    write_card(base=base)


if __name__ == "__main__":
    typer.run(main)
