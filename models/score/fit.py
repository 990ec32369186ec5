"""Fit the score's deductions to the grades annotators gave.

    python -m models.score.fit

Grades run from 1 to 5, so a grade is worth 25 of 100 points. What each finding takes off is fitted on the
train split by least squares that can't be negative, and printed beside what ``tables/weights.toml`` says; the table is
then set by hand, in whole points, letter by letter. Findings too rare to be fitted keep the points they were
given. The rank correlation of the total with the grades is printed for every split; the test split had no
part in the fit.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls
from scipy.stats import spearmanr

import goalsmith
from corpora.markup import GOAL_KINDS, Statement
from corpora.splits import SPLITS, Split, read_split
from goalsmith import Review
from goalsmith.score import weights

POINTS_A_GRADE = 25
ENOUGH = 40  # cases below which a fitted figure says nothing
# Dates in the corpus are past or far for whoever reads it later; annotators did not grade them.
DATED = {"T02", "T03"}


def graded(split: Split) -> list[tuple[Statement, Review]]:
    """The goals of a split that goalsmith reads as goals, with their reviews."""
    goals = [s for s in read_split(split) if s.kind in GOAL_KINDS]
    rules = goalsmith.make_rules(disable=DATED)
    reviews = goalsmith.load(rules).pipe([s.text for s in goals])
    return [(s, review) for s, review in zip(goals, reviews, strict=True) if review.score.total is not None]


def columns() -> list[tuple[str, ...]]:
    """What is fitted: each check, and each group that costs more together."""
    single = [(code,) for code in goalsmith.CATALOGUE if code not in DATED]
    return single + [tuple(row.codes) for row in weights().together]


def main() -> None:
    """Print the fitted points and the rank correlations."""
    rows = graded("train")
    names = columns()
    cases = np.array(
        [
            [all(code in {d.code for d in review.diagnostics} for code in codes) for codes in names]
            for _, review in rows
        ],
        dtype=float,
    )
    lost = np.array([5 - (s.quality or 0) for s, _ in rows], dtype=float)
    fitted, _ = nnls(cases, lost)
    table = weights()
    print("finding        cases  fitted  table")
    for codes, count, grade in zip(names, cases.sum(0), fitted, strict=True):
        if len(codes) == 1:
            held = sum(table.deductions.get(codes[0], {}).values())
        else:
            held = sum(row.points for row in table.together if tuple(row.codes) == codes)
        told = f"{POINTS_A_GRADE * grade:6.1f}" if count >= ENOUGH else "     –"
        print(f"{' + '.join(codes):14} {count:5.0f}  {told}  {held:5}")
    for split in SPLITS:
        pairs = [(review.score.total, s.quality) for s, review in graded(split)]
        print(
            f"rank correlation with the grades, {split}: {spearmanr(*zip(*pairs, strict=True)).statistic:.3f} of {len(pairs)}"
        )


if __name__ == "__main__":
    main()
