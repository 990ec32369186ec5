"""Which part of the corpus a record belongs to. Fixed by its number, so records added later move none."""

from __future__ import annotations

from typing import Literal, get_args

from corpora.markup import Statement, read_statements

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

_TEST, _DEV = (0, 7, 13), (3, 17)


def split_of(statement: Statement) -> Split:
    """15 % test, 10 % dev, the rest train; every voice alike."""
    place = int(statement.id.split("-")[1]) % 20
    return "test" if place in _TEST else "dev" if place in _DEV else "train"


def read_split(split: Split) -> list[Statement]:
    """The hand-written records of one split, in corpus order."""
    return [s for s in read_statements() if split_of(s) == split]
