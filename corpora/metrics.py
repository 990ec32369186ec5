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

    kind: str | None
    area: str | None
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


def compare(gold: Mapping[str, Annotation], other: Mapping[str, Annotation]) -> dict[str, float]:
    """Every figure of agreement between two annotations, ``gold`` being the reference.

    Parts, ``observable``, ``measurable`` and quality are compared where ``gold`` has a goal; what either
    side leaves unknown (None) is not compared.
    """
    ids = [ident for ident in gold if ident in other]
    goals = [i for i in ids if gold[i].kind in GOAL_KINDS]
    kinds = _known([(gold[i].kind, other[i].kind) for i in ids])
    areas = _known([(gold[i].area, other[i].area) for i in ids])
    result = {
        "kind accuracy": _accuracy(kinds),
        "kind macro F1": _macro(kinds),
        "kind kappa": _kappa(kinds),
        "goal or not kappa": _kappa([(a in GOAL_KINDS, b in GOAL_KINDS) for a, b in kinds]),
        "area accuracy": _accuracy(areas),
    }
    for name in ("observable", "measurable"):
        result[f"{name} kappa"] = _kappa(
            _known([(getattr(gold[i], name), getattr(other[i], name)) for i in goals])
        )
    result["quality rho"] = _rho(_known([(gold[i].quality, other[i].quality) for i in goals]))
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
    for name, scores in (("presence", presence), ("span", spans)):
        result[f"{name} macro"] = sum(scores.values()) / len(LABELS)
        result |= {f"{name} {label}": score for label, score in scores.items()}
    return result


Pairs = list[tuple[Any, Any]]


def _known(pairs: Pairs) -> Pairs:
    return [pair for pair in pairs if None not in pair]


def _accuracy(pairs: Pairs) -> float:
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else float("nan")


def _macro(pairs: Pairs) -> float:
    """The mean F1 over the classes of the reference."""
    from sklearn.metrics import f1_score

    classes = sorted({a for a, _ in pairs})
    scores = f1_score(
        [a for a, _ in pairs], [b for _, b in pairs], labels=classes, average="macro", zero_division=0
    )
    return float(scores)


def _kappa(pairs: Pairs) -> float:
    from sklearn.metrics import cohen_kappa_score

    if all(a == b for a, b in pairs):
        return 1.0
    return float(cohen_kappa_score(*zip(*pairs, strict=True)))


def _rho(pairs: Pairs) -> float:
    from scipy.stats import spearmanr

    sides = list(zip(*pairs, strict=True))
    varied = bool(sides) and all(len(set(side)) > 1 for side in sides)
    return float(spearmanr(*sides).statistic) if varied else float("nan")
