"""Fit what counts for a link, on the corpus's pairs but those of ``held_out.toml``.

    python -m models.meaning.fit

What the link is measured on is the pairs held out: ``python -m corpora.pairs --only held_out.toml``.
Prints the weights beside those of :mod:`goalsmith.link`.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

import goalsmith
from corpora.pairs import FOLDER, TODAY, Pair, meet, read_pairs, span_of
from goalsmith.link import FEATURES, WEIGHTS, Sought, about, features, sought_by

FITTED_ON = "[!h]*.toml"  # not the ones held out


def rows(pairs: list[Pair]) -> tuple[list[tuple[float, ...]], list[bool]]:
    """The features of every note, and whether its goal was annotated to rest on it."""
    smith = goalsmith.load()
    given: list[tuple[float, ...]] = []
    right: list[bool] = []
    for pair in pairs:
        facts = smith.review(pair.goal, pair.present_levels, TODAY).facts
        known = facts.present_levels
        if known is None or not facts.reading.is_goal:
            continue
        sought: Sought = sought_by(facts.text, facts.reading, facts.targets)
        goal = about(sought, known, smith.bank)
        wanted = [span_of(pair.present_levels, quote) for quote in pair.rests_on]
        for index, note in enumerate(known.notes):
            given.append(features(note, index, goal, known))
            right.append(any(meet((note.span.start, note.span.end), other) for other in wanted))
    return given, right


def main() -> None:
    """Print the fitted weights."""
    given, right = rows(read_pairs(FOLDER, only=FITTED_ON))
    values = np.array(given)[:, 1:]
    fitted = LogisticRegression(C=3.0, class_weight={False: 1.0, True: 2.0}, max_iter=1000).fit(values, right)
    print(f"{len(right)} notes, {sum(right)} of them rested on")
    for name, mine, now in zip(FEATURES, [fitted.intercept_[0], *fitted.coef_[0]], WEIGHTS, strict=True):
        print(f"{name:12} fitted {mine:6.2f}   in use {now:6.2f}")


if __name__ == "__main__":
    main()
