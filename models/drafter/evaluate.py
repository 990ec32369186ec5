"""How well the drafter drafts, on records whose skills it was not trained on.

python -m models.drafter.evaluate                     the test split
python -m models.drafter.evaluate --base              the untuned base model beside it (slow)
python -m models.drafter.evaluate --readings FILE     pairs to be read blind, best rewrite with and without it
python -m models.drafter.evaluate --count FILE        what the readers preferred
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import mean
from typing import Annotated

import typer

import goalsmith
from corpora.drafts import TODAY, Draft, by_split, read_drafts, split_of
from corpora.pairs import read_pairs
from goalsmith import Goalsmith, Rewrite
from goalsmith.drafter import SHIPPED, Drafter
from goalsmith.meaning import meaning
from goalsmith.rewrite import skills_of

PROPOSALS = 4
_ALL = 20  # more rewrites than any draft gets


@dataclass(slots=True)
class Figures:
    """What became of a drafter's proposals."""

    drafts: int = 0
    accepted: int = 0  # drafts with a proposal that passes
    first: int = 0  # drafts whose likeliest proposal passes
    proposals: int = 0
    passed: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # why, by kind
    scores: list[int] = field(default_factory=list)  # of the best that passes, its slots filled
    nearness: list[float] = field(default_factory=list)  # cosine of draft and best, by meaning
    seconds: list[float] = field(default_factory=list)  # a draft

    @property
    def invented(self) -> int:
        """Proposals with a fact that comes from nowhere."""
        return sum(count for why, count in self.refused.items() if why.startswith("untraced"))

    def rows(self) -> list[tuple[str, str]]:
        """Names and values, as a table."""
        return [
            ("drafts", f"{self.drafts}"),
            ("drafts with a proposal that passes", f"{self.accepted / self.drafts:.3f}"),
            ("drafts whose likeliest proposal passes", f"{self.first / self.drafts:.3f}"),
            ("proposals", f"{self.proposals}"),
            ("proposals that pass", f"{self.passed / max(self.proposals, 1):.3f}"),
            ("proposals that invent", f"{self.invented / max(self.proposals, 1):.3f}"),
            *((f"refused: {why}", f"{count}") for why, count in self.refused.most_common()),
            ("score of the best, slots filled", f"{mean(self.scores or [0]):.1f}"),
            ("nearness of the best to the draft", f"{mean(self.nearness or [0]):.3f}"),
            ("seconds a draft", f"{mean(self.seconds or [0]):.2f}"),
        ]


def measure(drafter: Drafter, records: Sequence[Draft], smith: Goalsmith) -> Figures:
    """Propose for every record, and verify."""
    told = Figures()
    for record in records:
        review = smith.review(record.draft, record.present_levels, TODAY)
        start = time.perf_counter()
        texts = drafter.propose(review, skills_of(review, smith.bank), PROPOSALS)
        told.seconds.append(time.perf_counter() - start)
        judged = smith.verify(review, texts)
        passed = [j for j in judged if isinstance(j, Rewrite)]
        told.drafts += 1
        told.proposals += len(judged)
        told.passed += len(passed)
        told.accepted += bool(passed)
        told.first += bool(judged) and isinstance(judged[0], Rewrite)
        for refusal in judged:
            if not isinstance(refusal, Rewrite):
                told.refused[_kind(refusal.why)] += 1
        if passed:
            best = max(passed, key=lambda made: made.score_filled)
            told.scores.append(best.score_filled)
            draft, text = meaning().vectors([record.draft, best.text])
            told.nearness.append(float(draft @ text))
    return told


def _kind(why: str) -> str:
    if why.endswith("comes from nowhere"):
        return f"untraced {why.split()[0]}"
    return " ".join(why.split()[:2]).rstrip(":") if why.startswith("gains") else why.split()[0]


def readings(records: Sequence[Draft], smith: Goalsmith, rng: Random) -> list[dict[str, str]]:
    """Pairs for a blind reading: the best rewrite with the drafter and without, sides drawn by lot.

    Drafts for which both give the same text are left out.
    """
    rows: list[dict[str, str]] = []
    for record in records:
        found = smith.rewrite(smith.review(record.draft, record.present_levels, TODAY), n=_ALL)
        own = [made.text for made in found if made.made_by != "model"]
        best = [found[0].text if found else "", own[0] if own else "(no rewrite)"]
        if not found or best[0] == best[1]:
            continue
        sides = ["with", "without"]
        rng.shuffle(sides)
        held = dict(zip(("with", "without"), best, strict=True))
        rows.append(
            {
                "id": record.id,
                "draft": record.draft,
                "present_levels": record.present_levels or "",
                "A": held[sides[0]],
                "B": held[sides[1]],
                "key": sides[0],
                "preferred": "",
            }
        )
    return rows


def main(
    base: Annotated[bool, typer.Option("--base", help="Measure the untuned base model too.")] = False,
    pairs: Annotated[
        Path | None, typer.Option("--readings", help="Write pairs to be read blind (JSON lines), and stop.")
    ] = None,
    count: Annotated[Path | None, typer.Option("--count", help="Count what was preferred, and stop.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many records.")] = None,
) -> None:
    """Print the figures."""
    if count is not None:
        print(preferred(count))
        return
    records = by_split(read_drafts())["test"][:limit]
    if pairs is not None:
        records = [r for r in read_drafts() if split_of(r) != "train"]
        smith = goalsmith.load()
        rows = readings(records, smith, Random(1))
        others = [
            Draft(
                id=p.id,
                area="other",
                skill=p.skill,
                draft=p.goal,
                present_levels=p.present_levels,
                rewrites=["-"],
            )
            for p in read_pairs(only="unseen.toml")
        ]
        rows += readings(others, smith, Random(2))
        records += others
        pairs.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        print(
            f"{len(rows)} of {len(records)} drafts that it was not trained on get another best rewrite with the drafter"
        )
        return
    without = goalsmith.load(drafter=None)
    drafters: dict[str, Drafter] = {"shipped": SHIPPED}
    if base:
        from models.drafter.base import untuned

        drafters["untuned base"] = untuned()
    for name, drafter in drafters.items():
        print(f"\n{name}")
        for what, value in measure(drafter, records, without).rows():
            print(f"  {what:44} {value}")


def preferred(path: Path) -> str:
    """What the readers of a file of pairs preferred: with the drafter, without, neither."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    told: Counter[str] = Counter()
    for row in rows:
        choice = row["preferred"].strip().upper()
        other = {"with": "without", "without": "with"}[row["key"]]
        told["tie" if choice not in ("A", "B") else row["key"] if choice == "A" else other] += 1
    decided = told["with"] + told["without"]
    share = told["with"] / decided if decided else float("nan")
    return f"{len(rows)} pairs: with the drafter {told['with']}, without {told['without']}, ties {told['tie']}; {share:.2f} of those decided"


if __name__ == "__main__":
    typer.run(main)
