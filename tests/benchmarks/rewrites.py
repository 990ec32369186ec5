"""How rewrites do on the corpus's pairs: passed, traced, scored, quick; and what the verifier catches.

python tests/benchmarks/rewrites.py [--show]
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import goalsmith
from corpora.pairs import TODAY, read_pairs
from goalsmith.rewrite import is_fine, skills_of
from goalsmith.trace import sources_of, untraced
from tests.mutations import mutations

REVIEW_DATE = date(2027, 10, 29)


def main() -> None:
    """Print the figures."""
    smith = goalsmith.load()
    rng = random.Random(1)
    weak = with_one = good = traced = shown = 0
    caught: Counter[str] = Counter()
    slipped: Counter[str] = Counter()
    spent = []
    for pair in read_pairs():
        review = smith.review(pair.goal, pair.present_levels, TODAY)
        if is_fine(review):
            continue
        weak += 1
        smith.rewrite(review, review_date=REVIEW_DATE)
        start = time.perf_counter()
        found = smith.rewrite(review, review_date=REVIEW_DATE)
        spent.append(1000 * (time.perf_counter() - start))
        if "--show" in sys.argv:
            print(f"\n{pair.id}: {pair.goal}")
            for made in found:
                print(f"   {made.made_by} {made.score}/{made.score_filled} {made.text}")
        with_one += bool(found)
        if found:
            best = found[0]
            good += best.score >= 90 or (best.score_filled >= 90 and bool(best.slots))
        skills = skills_of(review, smith.bank)
        known = review.facts.present_levels
        learner = next((x.name for x in review.facts.learners if x.name), None) or (
            known.names[0].of(known.text) if known and known.names else ""
        )
        for made in found:
            worked = tuple(float(p.text) for p in made.pieces if p.origin == "arithmetic")
            sources = replace(sources_of(review.facts, REVIEW_DATE, skills), worked_out=worked)
            shown += 1
            traced += not untraced(made.text, sources)
            for what, text in mutations(made, learner, rng):
                slipped[what] += 1
                hit = bool(untraced(text, sources))
                caught[what] += hit
                if not hit and "--show" in sys.argv:
                    print(f"   MISSED {what}: {text}")
    print(
        f"{weak} drafts to rewrite, {with_one} with a rewrite, best at 90 or only slots open: {good / weak:.3f}"
    )
    print(f"{shown} rewrites shown, {traced} traced")
    print(
        f"wrong facts slipped in: {sum(slipped.values())}, caught {sum(caught.values()) / sum(slipped.values()):.4f}"
    )
    for what in slipped:
        print(f"  {what:9} {caught[what]} of {slipped[what]}")
    print(
        f"a rewrite takes {statistics.median(spent):.0f} ms (median), {sorted(spent)[int(0.95 * len(spent))]:.0f} ms (95 %)"
    )


if __name__ == "__main__":
    main()
