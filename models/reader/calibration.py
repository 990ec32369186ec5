"""Confidences that mean what they say: Platt scaling on the dev split, and the reliability they then have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpora.markup import GOAL_KINDS, Statement
from corpora.metrics import overlap
from goalsmith.decoding import CALIBRATED
from goalsmith.reader import TrainedReader
from goalsmith.reading import LABELS, Reading
from goalsmith.text import Document

Outcomes = dict[str, list[tuple[float, bool]]]


def calibrate(folder: Path, dev: Sequence[Statement]) -> dict[str, list[float]]:
    """Fit (a, b) of sigmoid(a * logit + b) for each confidence of the reader in ``folder``, uncalibrated so far."""
    from sklearn.linear_model import LogisticRegression

    fitted: dict[str, list[float]] = {}
    for name, pairs in outcomes(folder, dev).items():
        chance = np.clip([c for c, _ in pairs], 1e-6, 1 - 1e-6)
        right = np.array([ok for _, ok in pairs])
        if right.all() or not right.any():
            fitted[name] = [1.0, 0.0]
            continue
        model = LogisticRegression(C=10.0).fit(np.log(chance / (1 - chance))[:, None], right)
        fitted[name] = [round(float(model.coef_[0, 0]), 4), round(float(model.intercept_[0]), 4)]
    return fitted


def outcomes(folder: Path, statements: Sequence[Statement]) -> Outcomes:
    """For each kind of confidence: how sure the reader was, and whether the annotation agrees."""
    readings = TrainedReader(folder).read([Document(s.text) for s in statements])
    found: Outcomes = defaultdict(list, {name: [] for name in CALIBRATED})
    for gold, reading in zip(statements, readings, strict=True):
        for name in ("kind", "area", "observable", "measurable"):
            known, read = getattr(gold, name), getattr(reading, name)
            if known is not None and read is not None:
                found[name].append((getattr(reading.confidence, name), known == read))
        if gold.kind in GOAL_KINDS and reading.is_goal:
            _spans(gold, reading, found)
    return dict(found)


def _spans(gold: Statement, reading: Reading, found: Outcomes) -> None:
    for part in reading.parts:
        same = [(s, e) for s, e, label in gold.spans if label.lower() == part.label]
        right = any(overlap((part.span.start, part.span.end), span) >= 0.5 for span in same)
        found["span"].append((part.confidence, right))
    read = {part.label for part in reading.parts}
    doubted = {part.label: part.confidence for part in reading.doubts}
    for label in LABELS:
        if label not in read:
            there = any(name.lower() == label for *_, name in gold.spans)
            found["presence"].append((doubted.get(label, 0.0), there))


def reliability(
    pairs: Sequence[tuple[float, bool]], edges: Sequence[float]
) -> list[tuple[float, float, float, int]]:
    """Rows of (upper edge, mean confidence, share right, count), a row a bin that holds anything."""
    rows, below = [], -1.0
    for edge in edges:
        held = [(c, ok) for c, ok in pairs if below < c <= edge]
        if held:
            rows.append(
                (
                    edge,
                    float(np.mean([c for c, _ in held])),
                    float(np.mean([ok for _, ok in held])),
                    len(held),
                )
            )
        below = edge
    return rows
