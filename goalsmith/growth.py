"""Facts -> Growth: what a goal asks for a week, beside what is known of students' growth.

Plain arithmetic that is shown, never a verdict: (target - baseline) / weeks, next to a published norm or to
the student's own rate. Where there is no norm it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from goalsmith.deadlines import Deadline
from goalsmith.facts import Facts
from goalsmith.figures import Figure, material_grades, unit_of
from goalsmith.present_levels import PresentLevels
from goalsmith.quantities import Measure, comparable
from goalsmith.tables import Row, load, sources

_FEWEST_WEEKS = 2.0  # over less, a rate a week says nothing
# Norms count weeks of school: of the 52 weeks of a year about 36 (180 days) are taught.
_TAUGHT = 36 / 52


class _Table(Row):
    source: str
    skill: str
    unit: str
    per: str
    grades: dict[str, dict[str, list[int]]]


class _Norms(Row):
    oral_reading: _Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """Published weekly growth: at the 50th percentile, and the least and most across the 10th to 90th."""

    grade: int
    typical: float
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The arithmetic of a goal. ``start`` and ``target`` are in ``unit``; shares are in percent.

    ``own`` is the student's own weekly growth where the present levels give two dated figures.
    """

    start: float
    target: float
    unit: str
    weeks: float
    norm: Norm | None
    own: float | None

    @property
    def per_week(self) -> float:
        """What the goal asks for a week, in ``unit``; negative where a figure is to fall."""
        return (self.target - self.start) / self.weeks

    def sentence(self) -> str:
        """The arithmetic in words: "asks 1.9 words per minute a week over 32 school weeks; typical 0.9 (…)"."""
        told = f"asks {_number(self.per_week)} {self.unit} a week, from {_number(self.start)} to {_number(self.target)} in {self.weeks:.0f} school weeks"
        if self.norm:
            told += (
                f"; grade {self.norm.grade} typical {_number(self.norm.typical)}, from {_number(self.norm.low)} to "
                f"{_number(self.norm.high)} across percentiles ({self.norm.source})"
            )
        else:
            told += "; no norm for this"
        if self.own is not None:
            told += f"; own growth so far {_number(self.own)} a week"
        return told

    def to_dict(self) -> dict[str, Any]:
        """The arithmetic as plain data."""
        norm = self.norm
        return {
            "start": self.start,
            "target": self.target,
            "unit": self.unit,
            "weeks": round(self.weeks, 1),
            "per_week": round(self.per_week, 3),
            "norm": None
            if norm is None
            else {
                "grade": norm.grade,
                "typical": round(norm.typical, 3),
                "low": round(norm.low, 3),
                "high": round(norm.high, 3),
                "source": norm.source,
            },
            "own_per_week": None if self.own is None else round(self.own, 3),
            "text": self.sentence(),
        }


def _number(value: float) -> str:
    return (
        f"{value:.0f}"
        if abs(value - round(value)) < 0.005
        else f"{value:.2g}"
        if abs(value) < 1
        else f"{value:.1f}"
    )


def growth(facts: Facts) -> Growth | None:
    """The goal's arithmetic, or None where it lacks a start, a target in the same unit, or a date."""
    weeks = next((w for w in (weeks_until(d, facts.today) for d in facts.deadlines) if w), None)
    if weeks is None:
        return None
    figure = facts.known_start
    starts = [measure for baseline in facts.baselines for measure in baseline.measures]
    starts += [figure.measure] if figure else []
    pair = next(((s, t) for s in starts for t in facts.targets if comparable(s, t)), None)
    if pair is None:
        return None
    start, target = pair
    known = facts.present_levels
    # The norm is the one for the material the student was measured on.
    grade = figure.grade if figure is not None else None
    if grade is None:
        grade = next((grade for _, grade in material_grades(facts.text)), None)
    if grade is None and known is not None:
        grade = known.grade
    return Growth(
        start=amount(start),
        target=amount(target),
        unit="percent" if target.share is not None else unit_of(target) or unit_of(start) or "points",
        weeks=weeks,
        norm=norm_for(target, grade, facts.text),
        own=own_rate(figure, known) if figure and known else None,
    )


def amount(measure: Measure) -> float:
    """A measure's figure as growth is counted in: shares in percent, everything else as it is."""
    return measure.share * 100 if measure.share is not None else measure.value


def weeks_until(deadline: Deadline, today: date) -> float | None:
    """School weeks from ``today`` to a deadline, None where it names no day or is too near to tell."""
    if deadline.date is not None:
        return school_weeks(today, deadline.date)
    return deadline.weeks if deadline.weeks is not None and deadline.weeks >= _FEWEST_WEEKS else None


def school_weeks(first: date, last: date) -> float | None:
    """About how many weeks of school lie between two days, None where they are too few to tell."""
    weeks = (last - first).days / 7 * _TAUGHT
    return weeks if weeks >= _FEWEST_WEEKS else None


def own_rate(figure: Figure, known: PresentLevels) -> float | None:
    """The student's weekly growth from an earlier dated figure in the same unit to ``figure``."""
    for other in known.figures:
        if (
            other.role == "earlier"
            and other.date
            and figure.date
            and other.skill == figure.skill
            and comparable(other.measure, figure.measure)
        ):
            weeks = school_weeks(other.date, figure.date)
            if weeks is not None:
                return (amount(figure.measure) - amount(other.measure)) / weeks
    return None


def norm_for(measure: Measure, grade: int | None, text: str) -> Norm | None:
    """The published growth for a measure at a grade, or None: for most measures there is none."""
    table = _norms()
    if grade is None or (measure.unit, measure.per) != (table.unit, table.per) or not _is_oral_reading(text):
        return None
    row = table.grades.get(str(grade))
    if row is None:
        return None
    first, weeks = (row["fall"], 32) if "fall" in row else (row["winter"], 16)
    rates = [(spring - start) / weeks for start, spring in zip(first, row["spring"], strict=True)]
    return Norm(
        grade=grade,
        typical=rates[2],
        low=min(rates),
        high=max(rates),
        source=sources()[table.source].citation,
    )


def _is_oral_reading(text: str) -> bool:
    """Whether words a minute are read here: they may be typed or spoken as well."""
    words = text.lower()
    return ("read" in words or "fluen" in words or "wcpm" in words) and not any(
        other in words for other in ("type", "typing", "keyboard", "write ", "speak")
    )


@cache
def _norms() -> _Table:
    return load("norms", _Norms).oral_reading
