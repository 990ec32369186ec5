"""Fit what tells the area of a clause, and what counts for a link, on the corpus's pairs but the unseen ones.

    python -m models.meaning.fit

Prints the weights beside those in use (``tables/areas.toml``, :mod:`goalsmith.link`), and how often the areas are
right when the pairs they are judged on take no part in the fit. What all is measured on in the end is
``python -m corpora.pairs --only 'unseen*.toml'``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

import goalsmith
from corpora.pairs import FOLDER, LEARNED_FROM, TODAY, Pair, meet, read_pairs, span_of
from goalsmith.areas import AREAS, EVIDENCE, area_weights
from goalsmith.link import BESIDE, FEATURES, WEIGHTS, Sought, about, features, sought_by
from goalsmith.present_levels import clauses_of
from goalsmith.text import Document

FOLDS = 5
_NO_PERFORMANCE = ("service", "ranking", "stage")  # what these are about is not judged

Floats = NDArray[np.float64]


def area_rows(
    pairs: Sequence[Pair], smith: goalsmith.Goalsmith
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """The evidence of every clause with a figure, (figures, evidence, areas), its area, and its pair's number."""
    given, area, of = [], [], []
    for number, pair in enumerate(pairs):
        text = Document(pair.present_levels).text
        clauses = clauses_of(text, smith.read, smith.bank)
        for figure in pair.figures:
            if figure.role in _NO_PERFORMANCE:
                continue
            place = span_of(text, figure.text)
            for clause in clauses:
                if meet((clause.span.start, clause.span.end), place):
                    given.append(clause.evidence)
                    area.append(AREAS.index(figure.area))
                    of.append(number)
                    break
    return np.array(given, np.float64), np.array(area), np.array(of)


def fit_areas(given: Floats, area: NDArray[np.int64]) -> Floats:
    """The weights under which the areas are likeliest: one for each sort of evidence, the same for all areas."""
    count = np.arange(len(area))

    def loss(weights: Floats) -> tuple[float, Floats]:
        strength = np.einsum("k,nka->na", weights, given)
        odds = np.exp(strength - strength.max(axis=1, keepdims=True))
        chance = odds / odds.sum(axis=1, keepdims=True)
        lost = -float(np.log(chance[count, area] + 1e-12).mean()) + 0.0005 * float(weights @ weights)
        chance[count, area] -= 1
        slope: Floats = np.einsum("na,nka->k", chance, given) / len(area) + 0.001 * weights
        return lost, slope

    fitted: Floats = minimize(loss, np.zeros(given.shape[1]), jac=True, method="L-BFGS-B").x
    return fitted


def _areas(pairs: Sequence[Pair], smith: goalsmith.Goalsmith) -> None:
    given, area, of = area_rows(pairs, smith)
    right = 0
    for fold in range(FOLDS):
        left_out = of % FOLDS == fold
        weights = fit_areas(given[~left_out], area[~left_out])
        chosen = np.einsum("k,nka->na", weights, given[left_out]).argmax(axis=1)
        right += int((chosen == area[left_out]).sum())
    print(f"areas of {len(area)} figures, right when left out of the fit: {right / len(area):.3f}")
    for name, fitted, now in zip(EVIDENCE, fit_areas(given, area), area_weights(), strict=True):
        print(f"{name:12} fitted {fitted:6.2f}   in use {now:6.2f}")


@dataclass(frozen=True, slots=True)
class _Notes:
    """The notes of one pair: features (notes, features), and whether its goal was annotated to rest on each."""

    given: Floats
    right: NDArray[np.bool_]

    def is_right(self, weights: Floats) -> bool:
        """Whether a linked note is one to rest on, or none is linked where there is none: as corpora.pairs judges."""
        strengths = self.given @ weights
        linked = strengths >= max(0.0, strengths.max() - BESIDE)
        return bool((self.right & linked).any()) if linked.any() else not self.right.any()


def link_rows(pairs: Sequence[Pair], smith: goalsmith.Goalsmith) -> list[_Notes]:
    """The notes of each pair whose goal is read as one."""
    found = []
    for pair in pairs:
        facts = smith.review(pair.goal, pair.present_levels, TODAY).facts
        known = facts.present_levels
        if known is None or not facts.reading.is_goal:
            continue
        sought: Sought = sought_by(facts.text, facts.reading, facts.targets)
        goal = about(sought, known, smith.bank)
        wanted = [span_of(pair.present_levels, quote) for quote in pair.rests_on]
        given = [features(note, index, goal, known) for index, note in enumerate(known.notes)]
        right = [any(meet((n.span.start, n.span.end), other) for other in wanted) for n in known.notes]
        found.append(_Notes(np.array(given, np.float64), np.array(right)))
    return found


def fit_link(pairs: Sequence[_Notes]) -> Floats:
    """Weights by which notes that are rested on are told, the first one set so that most pairs come out right."""
    given, right = np.vstack([pair.given for pair in pairs]), np.concatenate([pair.right for pair in pairs])
    fitted = LogisticRegression(C=3.0, class_weight={False: 1.0, True: 2.0}, max_iter=1000)
    fitted.fit(given[:, 1:], right)
    weights = np.concatenate([fitted.intercept_, fitted.coef_[0]])
    shifts = np.arange(-2.0, 2.0, 0.05)
    moved = [np.concatenate([weights[:1] + shift, weights[1:]]) for shift in shifts]
    counts = np.array([sum(pair.is_right(one) for pair in pairs) for one in moved])
    # The middle of the best: a single peak is chance.
    weights[0] += float(np.median(shifts[counts >= counts.max() - 1]))
    return weights


def _link(pairs: Sequence[Pair], smith: goalsmith.Goalsmith) -> None:
    notes = link_rows(pairs, smith)
    shares = []
    for seed in range(5):
        fold = np.random.default_rng(seed).permutation(len(notes)) % FOLDS
        right = 0
        for left_out in range(FOLDS):
            weights = fit_link([pair for pair, k in zip(notes, fold, strict=True) if k != left_out])
            right += sum(pair.is_right(weights) for pair, k in zip(notes, fold, strict=True) if k == left_out)
        shares.append(right / len(notes))
    print(f"links of {len(notes)} pairs, right when left out of the fit: {np.mean(shares):.3f}")
    for name, fitted, now in zip(FEATURES, fit_link(notes), WEIGHTS, strict=True):
        print(f"{name:12} fitted {fitted:6.2f}   in use {now:6.2f}")


def main() -> None:
    """Print both."""
    smith = goalsmith.load()
    pairs = read_pairs(FOLDER, only=LEARNED_FROM)
    _areas(pairs, smith)
    _link(pairs, smith)


if __name__ == "__main__":
    main()
