"""Weak drafts with good rewrites, what the drafter learns from: loader, and whether each rewrite would be shown.

    python -m corpora.drafts [FILE…]      counts, and every rewrite that goalsmith itself would refuse

A record has a draft, the present levels if there are any, and one or two rewrites as a careful teacher would
make them: what is not known stays an open slot. The files lie in ``corpora/rewrites``; records are split
by skill, so that what is tested on is new content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field, ValidationError

import goalsmith
from corpora.markup import AREAS, CorpusError
from corpora.splits import SPLITS, Split
from goalsmith import Goalsmith, Rewrite
from goalsmith.tables import Row, read_toml

FOLDER = Path(__file__).parent / "rewrites"
_HELD_OUT = "held_out.toml"
TODAY = date(2026, 11, 1)  # the day the drafts are read on


class Draft(Row):
    """One record; ``skill`` in a few words, the same for records of one skill."""

    id: str
    area: str
    skill: str
    draft: str
    present_levels: str | None = None
    rewrites: list[str] = Field(min_length=1, max_length=3)


class _File(Row):
    drafts: list[Draft]


def read_drafts(paths: Sequence[Path] = ()) -> list[Draft]:
    """Every record of the files, else of the folder. Raises CorpusError naming file, record and cause."""
    found: list[Draft] = []
    seen: set[str] = set()
    for path in paths or sorted(p for p in FOLDER.glob("*.toml") if p.name != _HELD_OUT):
        try:
            rows = _File.model_validate(read_toml(path.read_text(encoding="utf-8"))).drafts
        except ValidationError as error:
            first = error.errors()[0]
            raise CorpusError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except ValueError as error:
            raise CorpusError(f"{path.name}: {error}") from None
        for row in rows:
            if row.area not in AREAS:
                raise CorpusError(f"{path.name}, {row.id}: unknown area {row.area!r}")
            if row.id in seen:
                raise CorpusError(f"{path.name}: two records are named {row.id}")
            seen.add(row.id)
        found += rows
    return found


class _HeldOut(Row):
    """``held_out.toml``: area -> skills that are not trained on."""

    dev: dict[str, list[str]]
    test: dict[str, list[str]]


@cache
def _held_out() -> _HeldOut:
    return _HeldOut.model_validate(read_toml((FOLDER / _HELD_OUT).read_text(encoding="utf-8")))


def split_of(record: Draft) -> Split:
    """Which part a record belongs to; a skill's records stay together."""
    held = _held_out()
    if record.skill in held.test.get(record.area, ()):
        return "test"
    return "dev" if record.skill in held.dev.get(record.area, ()) else "train"


def by_split(records: Sequence[Draft]) -> dict[Split, list[Draft]]:
    """The records of each part."""
    return {split: [r for r in records if split_of(r) == split] for split in SPLITS}


def refused(records: Sequence[Draft], smith: Goalsmith) -> Iterator[tuple[Draft, str, str]]:
    """(record, rewrite, why) for every rewrite that goalsmith would not show."""
    for record in records:
        review = smith.review(record.draft, record.present_levels, TODAY)
        if not review.reading.is_goal:
            yield record, record.draft, f"the draft reads as {review.reading.kind}"
            continue
        for judged in smith.verify(review, record.rewrites):
            if not isinstance(judged, Rewrite):
                yield record, judged.text, judged.why
            elif judged.score_filled < 90:
                found = smith.review(judged.text, record.present_levels, TODAY).diagnostics
                told = ", ".join(d.code for d in found)
                yield record, judged.text, f"scores {judged.score_filled} once its slots are filled ({told})"


def main(files: Annotated[list[Path] | None, typer.Argument(help="Files to read; else all.")] = None) -> None:
    """Count the records, print what would be refused."""
    records = read_drafts(files or ())
    print(f"{len(records)} drafts, {sum(len(r.rewrites) for r in records)} rewrites")
    print(f"with present levels: {sum(r.present_levels is not None for r in records)}")
    print(
        "areas:",
        ", ".join(f"{area} {count}" for area, count in Counter(r.area for r in records).most_common()),
    )
    print("splits:", ", ".join(f"{name} {len(part)}" for name, part in by_split(records).items()))
    bad = list(refused(records, goalsmith.load()))
    for record, text, why in bad:
        print(f"{record.id}: {why}\n    {record.draft}\n    {text}")
    print(f"{len(bad)} refused")


if __name__ == "__main__":
    typer.run(main)
