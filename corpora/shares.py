"""Print what the corpus holds, and the pairs of records that are too alike.

python -m corpora.shares [FILE ...]
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from corpora.markup import GOAL_KINDS, LABELS, CorpusError, Statement, read_file, read_statements

TOO_ALIKE = 0.5


def trigrams(text: str) -> set[tuple[str, ...]]:
    """Word trigrams of the lower-cased text; a shorter text counts as one gram."""
    words = re.findall(r"\w+|[^\w\s]", text.lower())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))}


def too_alike(statements: list[Statement]) -> list[tuple[str, str, float]]:
    """Pairs of statement ids whose word-trigram Jaccard is .5 or more."""
    grams = {s.id: trigrams(s.text) for s in statements}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    shared: Counter[tuple[str, str]] = Counter()
    for ident, own in grams.items():
        for gram in own:
            shared.update((other, ident) for other in holders[gram])
            holders[gram].append(ident)
    pairs = [(a, b, n / (len(grams[a]) + len(grams[b]) - n)) for (a, b), n in shared.items()]
    return sorted((p for p in pairs if p[2] >= TOO_ALIKE), key=lambda p: -p[2])


def main(paths: list[str]) -> int:
    """Print the shares; 1 when two records are too alike, 2 when a file can't be read."""
    try:
        statements = [s for p in paths for s in read_file(Path(p))] if paths else read_statements()
    except (CorpusError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    goals = [s for s in statements if s.kind in GOAL_KINDS]
    print(f"{len(statements)} statements, {len(goals)} goals and objectives")
    print("kind   ", dict(Counter(s.kind for s in statements).most_common()))
    print("area   ", dict(Counter(s.area for s in statements).most_common()))
    if goals:
        print("quality", dict(sorted(Counter(s.quality for s in goals).items())))
        for name in ("observable", "measurable"):
            print(f"{name:11} {sum(bool(getattr(s, name)) for s in goals) / len(goals):.0%}")
        for label in LABELS:
            share = sum(any(span[2] == label for span in s.spans) for s in goals) / len(goals)
            print(f"{label:11} {share:.0%}")
    alike = too_alike(statements)
    for a, b, value in alike:
        print(f"too alike: {a} {b} {value:.2f}")
    return 1 if alike else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
