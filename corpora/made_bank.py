"""A made-up goal bank of any size, for benchmarks and notebooks: the corpus varied by code, some goals repeated.

python -m corpora.made_bank bank.csv --goals 100000 --seed 1

Students are numbers, schools and districts invented; the export's headers are as untidy as real ones.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from corpora.augment import Varier
from corpora.markup import GOAL_KINDS
from corpora.splits import read_split

HEADER = [
    "Student ID",
    "District",
    "School",
    "Annual Goal",
    "Baseline",
    "Eval. Method ",
    "Schedule",
]
_GOALS_EACH = 4  # goals a student has


def rows(goals: int, *, seed: int = 1, repeats: float = 0.3) -> Iterator[list[str]]:
    """The rows of a bank of ``goals`` goals; a share of ``repeats`` of them stood before, word for word."""
    rng = Random(seed)
    corpus = [s for s in read_split("train") if s.kind in GOAL_KINDS or rng.random() < 0.15]
    varier = Varier(corpus)
    seen: set[str] = set()
    written: list[str] = []
    schools = max(3, min(200, goals // 500))
    repeated = 0
    for number in range(goals):
        if written and repeated < repeats * (number + 1):
            text = rng.choice(written)
            repeated += 1
        else:
            text = varier.vary(rng.choice(corpus), rng).text
            while text in seen:
                text = f"{varier.vary(rng.choice(corpus), rng).text} ({number})"
            seen.add(text)
            written.append(text)
        student = number // _GOALS_EACH
        school = student % schools
        yield [
            f"{100_000 + student}",
            f"District {school // 12 + 1}",
            f"School {school + 1:03}",
            text,
            rng.choice(["", "", "40 %", "2 of 10", "TBD"]),
            rng.choice(["", "teacher tally", "work samples"]),
            rng.choice(["", "weekly"]),
        ]


def main(
    path: Annotated[Path, typer.Argument(help="The csv file to write.")],
    goals: Annotated[int, typer.Option(min=1)] = 100_000,
    seed: int = 1,
    repeats: Annotated[float, typer.Option(min=0, max=0.95)] = 0.3,
) -> None:
    """Write a bank."""
    with path.open("w", encoding="utf-8", newline="") as file:
        made = csv.writer(file)
        made.writerow(HEADER)
        made.writerows(rows(goals, seed=seed, repeats=repeats))


if __name__ == "__main__":
    typer.run(main)
