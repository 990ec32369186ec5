"""What a worker does for one part of rows: joined with their reviews and the bank's findings, counted, then written.

Both give back plain results that are put together in the order of the parts, so it makes no difference which
process did which part.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from goalsmith.audit.bank import Bank
from goalsmith.audit.names import Masker
from goalsmith.audit.outputs import Format, piece_of
from goalsmith.audit.plan import Store
from goalsmith.audit.rates import Tally
from goalsmith.audit.reviewing import in_row

Group = tuple[str, ...]
CLASHES = {"B03", "B04"}  # another student's name or pronoun
SHOWN_CLASHES = 200  # statements with one that a part gives back at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a run's parts are finished with: its folder, and how its rows leave the audit."""

    folder: Path
    show: int  # goals of each group to show
    formats: tuple[Format, ...]
    levels: tuple[str, ...]  # headers of the group columns
    redact: bool
    files: Mapping[str, str]  # path -> what a file is called where names are masked
    rewrites: int  # rewrites a part holds


@dataclass(slots=True)
class Counted:
    """What was counted over some rows; a row's place is its number among those that were reviewed."""

    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    groups: dict[Group, Tally] = field(default_factory=partial(defaultdict, Tally))
    # The lowest scores of each group, as (-score, -place, number of the statement).
    worst: dict[Group, list[tuple[int, int, int]]] = field(default_factory=partial(defaultdict, list))
    clashes: dict[int, int] = field(default_factory=dict)  # place -> number of the statement

    def join(self, other: Counted, show: int) -> None:
        """Count in the rows that come next."""
        self.tally.join(other.tally)
        for group, tally in other.groups.items():
            self.groups[group].join(tally)
        for group, entries in other.worst.items():
            for score, place, number in sorted(entries, key=lambda entry: -entry[1]):
                keep(self.worst[group], (score, place - self.rows, number), show)
        for place, number in other.clashes.items():
            if len(self.clashes) < SHOWN_CLASHES:
                self.clashes[self.rows + place] = number
        self.rows += other.rows


def keep(heap: list[tuple[int, int, int]], entry: tuple[int, int, int], most: int) -> None:
    """Keep the ``most`` lowest scores, each distinct statement once, the first of its rows."""
    full = len(heap) >= most
    if (full and entry <= heap[0]) or any(number == entry[2] for *_, number in heap):
        return
    if full:
        heapq.heapreplace(heap, entry)
    else:
        heapq.heappush(heap, entry)


def count_part(desk: Desk, index: int) -> Counted:
    """Count a part's rows."""
    counted, bank = Counted(), _bank(desk.folder)
    for row, review in _reviewed(desk.folder, index):
        found = [finding["code"] for finding in bank.findings(row, review)]
        group = tuple(row["groups"])
        for tally in (counted.tally, *(counted.groups[group[:n]] for n in range(1, len(group) + 1))):
            tally.add(review, row["stated"], found)
        if CLASHES & set(found) and len(counted.clashes) < SHOWN_CLASHES:
            counted.clashes[counted.rows] = row["number"]
        if review["findings"] or found:
            score = review["score_total"] or 0
            keep(counted.worst[group], (-score, -counted.rows, row["number"]), desk.show)
        counted.rows += 1
    return counted


@dataclass(frozen=True, slots=True)
class Finished:
    """A part of rows as it goes into each file, and those of them that the report shows."""

    rows: int
    pieces: dict[Format, Any]
    shown: list[dict[str, Any]]


def finish_part(desk: Desk, index: int, first: int, shown: Mapping[int, bool]) -> Finished:
    """Finish a part's rows.

    Args:
        desk: what the run's parts are finished with.
        index: of the part.
        first: the place of its first row.
        shown: the places of its rows to show -> whether for a clash.
    """
    masker = _masker(desk.folder) if desk.redact else None
    rows = []
    for row, review in _reviewed(desk.folder, index):
        whole = row | review | _best(desk, row["number"])
        whole["findings"] = review["findings"] + _bank(desk.folder).findings(row, review)
        if masker is not None:
            whole |= {"file": desk.files[row["file"]], "sheet": None}
            whole = masker.row(whole, _bank(desk.folder).student(row))
        rows.append(whole)
    return Finished(
        rows=len(rows),
        pieces={name: piece_of(name, rows, first, desk.levels, desk.folder) for name in desk.formats},
        shown=[rows[place - first] | {"clash": clash} for place, clash in sorted(shown.items())],
    )


def _reviewed(folder: Path, index: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every row of a part that was reviewed, with its review as it counts in the row."""
    for row, review in _store(folder).rows(index):
        if review is not None and review["error"] is None:
            yield row, in_row(review, row["stated"])


def _best(desk: Desk, number: int) -> dict[str, Any]:
    """The best rewrite of a statement, where one was asked for."""
    asked = _rewritten(desk.folder)
    place = int(np.searchsorted(asked, number))
    if place == len(asked) or asked[place] != number:
        return {"rewrite": None, "rewrite_score": None}
    made = _store(desk.folder).at("rewrites", place, desk.rewrites)
    return {"rewrite": made["rewrite"], "rewrite_score": made["rewrite_score"]}


# A process opens a run's folder once.


@cache
def _store(folder: Path) -> Store:
    return Store(folder)


@cache
def _bank(folder: Path) -> Bank:
    return Bank(folder)


@cache
def _masker(folder: Path) -> Masker:
    return Masker(_bank(folder).names)


@cache
def _rewritten(folder: Path) -> Any:
    return np.load(folder / "rewritten.npy", mmap_mode="r")
