"""The reader's model card: models/reader/README.md, written from the figures of a run.

python -m models.reader.card [GOLD.jsonl]    write it again, with the figures of an outside set if given
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import goalsmith
from corpora.agreement import ANNOTATIONS, annotation
from corpora.markup import read_statements
from corpora.metrics import compare
from corpora.splits import read_split
from goalsmith.decoding import Manifest
from goalsmith.reader import FOLDER
from models.reader import evaluate
from models.reader.calibration import outcomes, reliability
from models.reader.evaluate import Figure
from models.reader.train import Recipe

HERE = Path(__file__).parent
EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


def write_card(gold: Path | None = None) -> None:
    """Measure the shipped reader and write its card."""
    text = (HERE / "card.md").read_text(encoding="utf-8")
    sets = {"test split": evaluate.test_split()}
    if gold is not None:
        sets["outside set"] = evaluate.read_gold(gold)
    seen = {name: evaluate.read(texts) for name, (texts, _) in sets.items()}
    tables = {name: evaluate.figures(known, seen[name]) for name, (_, known) in sets.items()}
    slots = {
        "figures": _figures(tables, {name: len(texts) for name, (texts, _) in sets.items()}),
        "speed": _speed(sets["test split"][0]),
        "reliability": _reliability(),
        "candidates": (HERE / "candidates.md").read_text(encoding="utf-8").strip(),
        "recipe": _recipe(),
        "size": f"{sum(p.stat().st_size for p in FOLDER.rglob('*') if p.is_file()) / 1e6:.1f} MB",
        "trained on": str(_trained_on()),
        "splits": ", ".join(f"{len(read_split(split))} {split}" for split in ("train", "dev", "test")),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    for name, value in slots.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    (HERE / "README.md").write_text(text, encoding="utf-8")


def _figures(tables: Mapping[str, Mapping[str, Figure]], sizes: Mapping[str, int]) -> str:
    first, second = (
        {s.id: annotation(s) for s in read_statements(ANNOTATIONS / name)} for name in ("first", "second")
    )
    people = compare(first, second)
    columns = [f"{name} ({sizes[name]})" for name in tables]
    lines = [f"| figure | {' | '.join(columns)} | annotators |", f"| --- |{' --- |' * (len(columns) + 1)}"]
    for name, person in people.items():
        cells = [_cell(table[name]) for table in tables.values()]
        lines.append(f"| {name} | {' | '.join(cells)} | {person:.3f} |")
    return "\n".join(lines)


def _cell(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def _trained_on() -> int:
    return Manifest.model_validate_json((FOLDER / "reader.json").read_bytes()).trained_on


def _speed(texts: Mapping[str, str]) -> str:
    smith = goalsmith.load()
    list(smith.pipe(list(texts.values())[:64]))
    start = time.perf_counter()
    list(smith.pipe(texts.values()))
    return f"{len(texts) / (time.perf_counter() - start):.0f} whole reviews a second on one thread"


def _reliability() -> str:
    lines = [
        "| confidence in | said up to | mean said | right | cases |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, pairs in outcomes(FOLDER, read_split("test")).items():
        for edge, said, right, count in reliability(pairs, EDGES):
            lines.append(f"| {name} | {edge:g} | {said:.3f} | {right:.3f} | {count} |")
    return "\n".join(lines)


def _recipe() -> str:
    return json.dumps(asdict(Recipe()), indent=2)


def main(
    gold: Annotated[Path | None, typer.Argument(help="An annotated file to measure on as well.")] = None,
) -> None:
    """Write the card again from the weights that lie in the package."""
    write_card(gold)


if __name__ == "__main__":
    typer.run(main)
