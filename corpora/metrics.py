"""How well two annotations of the same statements agree: annotator with annotator, or reader with corpus.

Definitions, all in 0 to 1 (correlations -1 to 1): ``presence`` is the F1 of "this part is there", a
label at a time over goals; ``span`` the F1 of spans matched greedily at an intersection over union of
at least .5; kappas are Cohen's; ``quality`` is Spearman's rho. Needs the ``train`` extra
(scikit-learn, scipy).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpora.markup import GOAL_KINDS, LABELS

Spans = Sequence[tuple[int, int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One annotation of one statement; ``quality`` is any number that grows with quality."""

    kind: str
    area: str
    spans: Spans = ()
    observable: bool | None = None
    measurable: bool | None = None
    quality: float | None = None


def _f1(hits: int, invented: int, missed: int) -> float:
    total = 2 * hits + invented + missed
    return 2 * hits / total if total else 1.0


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection over union of two spans."""
    shared = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return shared / (max(a[1], b[1]) - min(a[0], b[0]))


def _matched(gold: list[tuple[int, int]], other: list[tuple[int, int]]) -> int:
    left, hits = list(other), 0
    for span in gold:
        best = max(left, key=lambda o: overlap(span, o), default=None)
        if best is not None and overlap(span, best) >= 0.5:
            left.remove(best)
            hits += 1
    return hits


def compare(gold: Mapping[str, Annotation], other: Mapping[str, Annotation]) -> dict[str, Any]:
    """Every figure of agreement between two annotations, ``gold`` being the reference.

    Parts, ``observable``, ``measurable`` and quality are compared where ``gold`` has a goal.
    """
    from scipy.stats import spearmanr
    from sklearn.metrics import cohen_kappa_score, f1_score

    ids = [ident for ident in gold if ident in other]
    goals = [i for i in ids if gold[i].kind in GOAL_KINDS]
    result: dict[str, Any] = {"statements": len(ids), "goals": len(goals)}
    kinds = [gold[i].kind for i in ids], [other[i].kind for i in ids]
    result["kind macro F1"] = f1_score(*kinds, average="macro", labels=sorted(set(kinds[0])), zero_division=0)
    result["kind kappa"] = cohen_kappa_score(*kinds)
    result["goal kappa"] = cohen_kappa_score(*[[k in GOAL_KINDS for k in side] for side in kinds])
    result["area accuracy"] = sum(gold[i].area == other[i].area for i in ids) / len(ids)
    for name in ("observable", "measurable"):
        pairs = [(getattr(gold[i], name), getattr(other[i], name)) for i in goals]
        pairs = [p for p in pairs if None not in p]
        result[f"{name} kappa"] = cohen_kappa_score(*zip(*pairs, strict=True)) if pairs else None
    graded = [(gold[i].quality, other[i].quality) for i in goals]
    graded = [g for g in graded if None not in g]
    result["quality rho"] = float(spearmanr(*zip(*graded, strict=True)).statistic) if graded else None
    presence, spans = {}, {}
    for label in LABELS:
        hits = invented = missed = matched = n_gold = n_other = 0
        for i in goals:
            a = [(s, e) for s, e, name in gold[i].spans if name == label]
            b = [(s, e) for s, e, name in other[i].spans if name == label]
            hits += bool(a and b)
            invented += bool(b and not a)
            missed += bool(a and not b)
            matched, n_gold, n_other = matched + _matched(a, b), n_gold + len(a), n_other + len(b)
        presence[label.lower()] = _f1(hits, invented, missed)
        spans[label.lower()] = _f1(matched, n_other - matched, n_gold - matched)
    result["presence"] = presence | {"macro": sum(presence.values()) / len(LABELS)}
    result["span"] = spans | {"macro": sum(spans.values()) / len(LABELS)}
    return result


def table(result: Mapping[str, Any]) -> str:
    """The figures as plain lines."""
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            lines.append(f"{name:16} " + "  ".join(f"{k} {v:.3f}" for k, v in value.items()))
        elif isinstance(value, float):
            lines.append(f"{name:16} {value:.3f}")
        elif value is not None:
            lines.append(f"{name:16} {value}")
    return "\n".join(lines)
