"""Present-level statements with a goal each, and how goalsmith ties them: loader, figures, command.

    python -m corpora.pairs              how often the link and the figures are right
    python -m corpora.pairs --errors     what was read otherwise

A pair says what its goal rests on (quotes of the present levels, none where it rests on nothing), its baseline,
and every figure with value, unit, area and role. The files lie in ``corpora/present_levels``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

import goalsmith
from corpora.markup import CorpusError
from goalsmith.tables import Row, read_toml

FOLDER = Path(__file__).parent / "present_levels"
# Files named "unseen…" are held out. The weights of what the reader says are fitted on those named "weighed…", which
# it was not trained on.
LEARNED_FROM, READ_FROM, WEIGHED_ON = "[!u]*.toml", "[!uw]*.toml", "weighed*.toml"
TODAY = date(2026, 11, 1)  # the day the pairs are read on


class Figure(Row):
    """A figure as annotated; ``role`` as in :class:`goalsmith.Figure`."""

    text: str
    value: float | int
    upper: float | int | None = None  # the other end of a range
    unit: str
    area: str
    role: str


class Pair(Row):
    """One pair."""

    id: str
    goal: str
    present_levels: str
    skill: str
    rests_on: list[str]
    baseline: str
    figures: list[Figure] = []


class _File(Row):
    pairs: list[Pair]


def read_pairs(folder: Path = FOLDER, *, only: str = "*.toml") -> list[Pair]:
    """Every pair of a folder's files. Raises CorpusError naming file, pair and cause."""
    found: list[Pair] = []
    for path in sorted(folder.glob(only)):
        try:
            made = _File.model_validate(read_toml(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            raise CorpusError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except ValueError as error:
            raise CorpusError(f"{path.name}: {error}") from None
        for pair in made.pairs:
            quotes = [
                *pair.rests_on,
                *([pair.baseline] if pair.baseline else []),
                *(f.text for f in pair.figures),
            ]
            for quote in quotes:
                if quote not in pair.present_levels:
                    raise CorpusError(f"{path.name}: {pair.id}: not in its present levels: {quote!r}")
        found += made.pairs
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came out for one pair: whether the link is right, and each figure with what is wrong of it."""

    pair: Pair
    link_right: bool
    baseline_right: bool
    figures: tuple[tuple[Figure, str], ...]  # "" where value, unit, area and role are right
    told: dict[str, Any]


def judge(pair: Pair, smith: goalsmith.Goalsmith) -> Judged:
    """Read one pair and compare it with its annotation.

    A link is right when it holds a fact that the goal was annotated to rest on, or is absent where it
    rests on none. A figure is right when value, unit and role are, and for a performance the area.
    """
    review = smith.review(pair.goal, pair.present_levels, TODAY)
    told = review.to_dict()["present_levels"]
    link = told["link"]
    wanted = [span_of(pair.present_levels, quote) for quote in pair.rests_on]
    linked = [(row["start"], row["end"]) for row in link["facts"]] if link else []
    right = bool(linked) == bool(wanted) and (not wanted or any(meet(a, b) for a in linked for b in wanted))
    start = (link or {}).get("baseline")
    base = span_of(pair.present_levels, pair.baseline) if pair.baseline else None
    base_right = (start is None and base is None) or (
        start is not None and base is not None and meet((start["start"], start["end"]), base)
    )
    rows = [row for row in told["facts"] if row["type"] == "figure"]
    return Judged(
        pair=pair,
        link_right=right,
        baseline_right=base_right,
        figures=tuple((figure, _wrong(figure, rows, pair.present_levels)) for figure in pair.figures),
        told=told,
    )


def span_of(text: str, quote: str) -> tuple[int, int]:
    """Where a quote stands."""
    start = text.index(quote)
    return start, start + len(quote)


def meet(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two spans share a character."""
    return a[0] < b[1] and b[0] < a[1]


def _wrong(figure: Figure, rows: list[dict[str, Any]], text: str) -> str:
    """What is wrong of a figure, "" where nothing is; the same words may stand in several places."""
    places, at = [], text.find(figure.text)
    while at >= 0:
        places.append((at, at + len(figure.text)))
        at = text.find(figure.text, at + 1)
    near = [row for row in rows if any(meet((row["start"], row["end"]), place) for place in places)]
    if not near:
        return "not found"
    told = [_compared(figure, row) for row in near]
    return min(told, key=len)


def _compared(figure: Figure, row: dict[str, Any]) -> str:
    faults = []
    if abs(row["value"] - figure.value) > 1e-6:
        faults.append(f"value {row['value']:g}")
    if row["upper"] != figure.upper:
        faults.append(f"value to {row['upper']}")
    unit = f"of {row['out_of']:g}" if row["out_of"] else row["unit"]
    if not _same_unit(unit, figure.unit):
        faults.append(f"unit {unit}")
    # What a service or a rank is about matters little: it is never a baseline.
    if figure.role not in ("service", "ranking", "stage") and row["area"] != figure.area:
        faults.append(f"area {row['area']}")
    if row["role"] != figure.role:
        faults.append(f"role {row['role']}")
    return ", ".join(faults)


def _same_unit(mine: str, theirs: str) -> bool:
    """Whether two units are one: singular and plural are, a period is a class period, adjectives don't count."""
    mine, theirs = (unit.replace("class period", "period") for unit in (mine, theirs))
    if theirs.startswith("of ") or mine.startswith("of "):
        return mine.split()[:2] == theirs.split()[:2]
    (noun, _, per), (other, _, other_per) = mine.partition(" per "), theirs.partition(" per ")
    last, other_last = noun.split()[-1:], other.split()[-1:]
    return [w.rstrip("s") for w in last] == [w.rstrip("s") for w in other_last] and per == other_per


def figures(judged: list[Judged]) -> dict[str, float]:
    """The shares that are right."""
    all_figures = [fault for item in judged for _, fault in item.figures]
    with_base = [item for item in judged if item.pair.baseline or item.pair.rests_on]
    return {
        "link": sum(item.link_right for item in judged) / len(judged),
        "baseline": sum(item.baseline_right for item in with_base) / len(with_base),
        "figures": sum(not fault for fault in all_figures) / len(all_figures),
        "value and unit": sum("value" not in f and "unit" not in f and f != "not found" for f in all_figures)
        / len(all_figures),
    }


def _errors(judged: list[Judged]) -> Iterator[str]:
    for item in judged:
        told = item.told["link"]
        if not item.link_right or not item.baseline_right:
            seen = [row["text"] for row in told["facts"]] if told else []
            start = told["baseline"]["text"] if told and told["baseline"] else ""
            yield f"{item.pair.id}: {item.pair.goal}\n  rests on {item.pair.rests_on} from {item.pair.baseline!r}\n  told     {seen} from {start!r}"
        for figure, fault in item.figures:
            if fault:
                yield f"{item.pair.id}: {figure.text!r} is {figure.value:g} {figure.unit} {figure.area} {figure.role}; {fault}"


def main(
    errors: Annotated[bool, typer.Option("--errors", help="Print what was read otherwise.")] = False,
    only: Annotated[str, typer.Option(help="A file of the folder.")] = "*.toml",
) -> None:
    """Print the figures."""
    smith = goalsmith.load()
    judged = [judge(pair, smith) for pair in read_pairs(only=only)]
    if errors:
        for line in _errors(judged):
            sys.stdout.write(line + "\n")
    print(f"{len(judged)} pairs, {sum(len(item.figures) for item in judged)} figures")
    for name, share in figures(judged).items():
        print(f"{name:16} {share:.3f}")


if __name__ == "__main__":
    typer.run(main)
