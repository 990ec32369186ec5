"""A goal with baseline, target and deadline -> benchmarks: the steps between, each as a short-term objective.

Steps grow evenly with time. A step is rounded as its unit is counted (whole words, whole trials, percents in
fives where both ends are); a step that rounding makes equal to the one before is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from goalsmith.deadlines import Deadline
from goalsmith.errors import TextError
from goalsmith.facts import Facts
from goalsmith.growth import amount
from goalsmith.quantities import NUMBER, Measure, comparable, number
from goalsmith.review import Review
from goalsmith.text import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One step: the day it is due, its figure (shares in percent, times in seconds), and the objective's text."""

    due: date
    value: float
    unit: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"due": self.due.isoformat(), "value": self.value, "unit": self.unit, "text": self.text}


def split(review: Review, *, steps: int = 4, dates: Sequence[date] = ()) -> list[Benchmark]:
    """Split a reviewed goal.

    Args:
        review: of a goal with a baseline (its own, or from its present levels), a target in the same unit
            and a deadline that names a day or a number of weeks.
        steps: how many equal steps in time, when no ``dates`` are given; the last is the goal itself.
        dates: the days progress is reported; days after the deadline are left out, the deadline is added.

    Raises:
        TextError: the goal lacks what is needed; the message says what.
    """
    facts = review.facts
    start, target = _ends(facts)
    deadline, due = _due(facts)
    days = _days(facts.today, due, steps, dates)
    first, last = amount(start), amount(target)
    made: list[Benchmark] = []
    before = first
    for day in days:
        passed = (day - facts.today).days / (due - facts.today).days
        value = last if day == due else _rounded(first + (last - first) * passed, start, target)
        if value == before and day != due:
            continue
        before = value
        unit = "percent" if target.share is not None else target.unit or start.unit
        made.append(
            Benchmark(due=day, value=value, unit=unit, text=_worded(facts, target, deadline, value, day))
        )
    if len(made) > 1 and made[-2].value == last:
        del made[-2]  # the last step is due on the goal's own day
    return made


def _ends(facts: Facts) -> tuple[Measure, Measure]:
    figure = facts.known_start
    starts = [measure for baseline in facts.baselines for measure in baseline.measures]
    starts += [figure.measure] if figure else []
    if not facts.targets:
        raise TextError("no benchmarks: the goal has no target figure")
    if not starts:
        raise TextError("no benchmarks: neither the goal nor its present levels give a baseline figure")
    pair = next(((s, t) for s in starts for t in facts.targets if comparable(s, t)), None)
    if pair is None:
        raise TextError("no benchmarks: baseline and target are in different units")
    if amount(pair[0]) == amount(pair[1]):
        raise TextError("no benchmarks: the target is the baseline")
    return pair


def _due(facts: Facts) -> tuple[Deadline, date]:
    for deadline in facts.deadlines:
        day = deadline.date
        if day is None and deadline.weeks is not None and deadline.weeks < 520:
            day = facts.today + timedelta(weeks=deadline.weeks)
        if day is not None and day > facts.today:
            return deadline, day
    raise TextError("no benchmarks: the goal has no deadline that names a day to come")


def _days(today: date, due: date, steps: int, dates: Sequence[date]) -> list[date]:
    if dates:
        return [*sorted({day for day in dates if today < day < due}), due]
    if steps < 1 or (due - today).days < steps:
        raise TextError(f"no benchmarks: {steps} steps don't fit between today and the deadline")
    return [today + (due - today) * step / steps for step in range(1, steps)] + [due]


def _rounded(value: float, start: Measure, target: Measure) -> float:
    if target.out_of:  # whole trials
        return round(value / 100 * target.out_of) / target.out_of * 100
    if target.share is not None:
        step = 5 if amount(start) % 5 == 0 and amount(target) % 5 == 0 else 1
    elif target.unit == "seconds":
        step = 60 if max(value, target.value) >= 600 else 15 if max(value, target.value) >= 120 else 5
    else:
        whole = float(target.value).is_integer() and float(start.value).is_integer()
        return float(round(value)) if whole else round(value, 1)
    return float(step * round(value / step))


def _worded(facts: Facts, target: Measure, deadline: Deadline, value: float, day: date) -> str:
    """The goal's own words with the step's figure and day."""
    edits = [(_number_span(facts.text, target), _said(facts.text, target, value))]
    lead = deadline.span.of(facts.text)
    by = "By" if lead[:1].isupper() else "by"
    edits.append((deadline.span, f"{by} {day:%B} {day.day}, {day.year}"))
    text = facts.text
    for span, words in sorted(edits, key=lambda edit: -edit[0].start):
        text = text[: span.start] + words + text[span.end :]
    return text


def _number_span(text: str, target: Measure) -> Span:
    match = re.compile(NUMBER, re.IGNORECASE).search(text, target.span.start, target.span.end)
    return Span(match.start(), match.end()) if match else target.span


def _said(text: str, target: Measure, value: float) -> str:
    """The step's figure in the scale the goal writes it in: minutes where it says minutes."""
    span = _number_span(text, target)
    if target.out_of:
        figure = value / 100 * target.out_of
    elif target.share is not None:
        figure = value
    else:
        try:
            scale = target.value / number(span.of(text))
        except (ValueError, ZeroDivisionError):
            scale = 1.0
        figure = value / (scale or 1.0)
    return f"{figure:.1f}".rstrip("0").rstrip(".")
