"""How near goalsmith reads to annotators, with bootstrap intervals.

    python -m models.reader.evaluate                  the corpus's test split
    python -m models.reader.evaluate GOLD.jsonl       any annotated file

An annotated file has one object a line: id, text, kind, area, spans as [start, end, LABEL], and for goals
observable, measurable and quality; null where it is not known.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

import goalsmith
from corpora.agreement import annotation
from corpora.metrics import Annotation, compare
from corpora.splits import read_split

ROUNDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure with the interval that 95 % of resampled sets give."""

    value: float
    low: float
    high: float


def read_gold(path: Path) -> tuple[dict[str, str], dict[str, Annotation]]:
    """Texts and annotations of a file, by id."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    known = {
        row["id"]: Annotation(
            kind=row["kind"],
            area=row["area"],
            spans=tuple((start, end, label) for start, end, label in row["spans"]),
            observable=row.get("observable"),
            measurable=row.get("measurable"),
            quality=row.get("quality"),
        )
        for row in rows
    }
    return {row["id"]: row["text"] for row in rows}, known


def test_split() -> tuple[dict[str, str], dict[str, Annotation]]:
    """Texts and annotations of the corpus's test split, by id."""
    statements = read_split("test")
    return {s.id: s.text for s in statements}, {s.id: annotation(s) for s in statements}


def read(texts: Mapping[str, str]) -> dict[str, Annotation]:
    """What goalsmith makes of the texts, as annotations; its score stands for the quality."""
    smith = goalsmith.load()
    return {
        ident: Annotation(
            kind=review.reading.kind,
            area=review.reading.area,
            spans=tuple((part.span.start, part.span.end, part.label.upper()) for part in review.parts),
            observable=review.reading.observable,
            measurable=review.reading.measurable,
            quality=review.score.total,
        )
        for ident, review in zip(texts, smith.pipe(texts.values()), strict=True)
    }


def figures(gold: Mapping[str, Annotation], seen: Mapping[str, Annotation]) -> dict[str, Figure]:
    """Every figure of :func:`corpora.metrics.compare` with its interval; the resampling is seeded."""
    values = compare(gold, seen)
    rng, ids = random.Random(0), list(gold)
    drawn: dict[str, list[float]] = {name: [] for name in values}
    for _ in range(ROUNDS):
        sample = {f"{n}": ident for n, ident in enumerate(rng.choices(ids, k=len(ids)))}
        again = compare(
            {n: gold[ident] for n, ident in sample.items()}, {n: seen[ident] for n, ident in sample.items()}
        )
        for name, value in again.items():
            drawn[name].append(value)
    return {
        name: Figure(value=value, low=_at(drawn[name], 0.025), high=_at(drawn[name], 0.975))
        for name, value in values.items()
    }


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main(
    gold: Annotated[
        Path | None, typer.Argument(help="An annotated file; else the corpus's test split.")
    ] = None,
) -> None:
    """Print the figures."""
    texts, known = read_gold(gold) if gold else test_split()
    goalsmith.load().review("Warm up.")
    start = time.perf_counter()
    seen = read(texts)
    print(f"{len(texts)} statements, {len(texts) / (time.perf_counter() - start):.0f} a second")
    for name, figure in figures(known, seen).items():
        print(f"{name:24} {figure.value:.3f}  [{figure.low:.3f}, {figure.high:.3f}]")


if __name__ == "__main__":
    typer.run(main)
