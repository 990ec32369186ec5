"""Counts and rates of a bank and of each group in it, with Wilson intervals.

A rate's denominator are the statements read as goals or objectives. A part counts as stated where the
statement has it or the field beside it does.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from goalsmith.audit.columns import audit_table
from goalsmith.tables import sources

# name -> what it says of a goal, in a report
RATES: dict[str, str] = {
    "nothing_to_mend": "nothing that must be mended",
    "measurable": "measurable: two observers would agree whether it was met",
    "observable": "a behavior that can be seen or counted",
    "criterion": "a criterion",
    "condition": "a condition",
    "timeframe": "a deadline",
    "method": "how it is measured",
    "baseline": "a baseline",
    "near_duplicate": "nearly the same words as another student's goal",
    "last_year": "the same goal as last year",
    "other_student": "another student's name or pronoun",
}
FAULTS = ("near_duplicate", "last_year", "other_student")  # where fewer is better
_BANK = {"B01": "near_duplicate", "B02": "last_year", "B03": "other_student", "B04": "other_student", "G07": "other_student"}  # fmt: skip
_Z = 1.959963984540054  # 95 %
ENOUGH = 20  # goals a group needs before it is said to differ


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share, both ends from 0 to 1; (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return low, 1.0 if hits == of else min(1.0, middle + half)


@dataclass(slots=True)
class Tally:
    """What was counted over some statements; it is added to as they stream by."""

    statements: int = 0
    goals: int = 0
    score: int = 0  # the sum of the goals' scores
    squares: int = 0  # and of their squares
    deciles: list[int] = field(default_factory=lambda: [0] * 10)
    kinds: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    rates: Counter[str] = field(default_factory=Counter)

    def add(self, review: dict[str, Any], stated: Sequence[str], bank_codes: list[str]) -> None:
        """Count one reviewed statement with the parts that stand beside it and the bank's findings on it."""
        self.statements += 1
        self.kinds[review["kind"]] += 1
        codes = {finding["code"] for finding in review["findings"]} | set(bank_codes)
        self.codes.update(codes)
        if review["kind"] not in ("goal", "objective"):
            return
        self.goals += 1
        self.areas[review["area"]] += 1
        total = review["score_total"] or 0
        self.score += total
        self.squares += total * total
        self.deciles[min(9, total // 10)] += 1
        parts = {part["label"] for part in review["parts"]}.union(stated)
        hit = {name for name in RATES if name in parts}
        hit |= {name for name in ("observable", "measurable") if review[name]}
        hit |= {_BANK[code] for code in codes if code in _BANK}
        if not any(finding["severity"] == "error" for finding in review["findings"]):
            hit.add("nothing_to_mend")
        self.rates.update(hit)

    def join(self, other: Tally) -> None:
        """Count in what was counted elsewhere."""
        self.statements += other.statements
        self.goals += other.goals
        self.score += other.score
        self.squares += other.squares
        self.deciles = [a + b for a, b in zip(self.deciles, other.deciles, strict=True)]
        for mine, theirs in (
            (self.kinds, other.kinds),
            (self.areas, other.areas),
            (self.codes, other.codes),
            (self.rates, other.rates),
        ):
            mine.update(theirs)

    @property
    def mean(self) -> float | None:
        """The goals' mean score, 0 to 100."""
        return self.score / self.goals if self.goals else None

    def _mean_interval(self) -> tuple[float | None, float | None]:
        """The mean's 95 % interval, by the normal approximation."""
        if self.mean is None or self.goals < 2:
            return None, None
        spread = max(0.0, self.squares - self.goals * self.mean**2) / (self.goals - 1)
        half = _Z * math.sqrt(spread / self.goals)
        return round(max(0.0, self.mean - half), 1), round(min(100.0, self.mean + half), 1)

    def rate(self, name: str) -> dict[str, Any]:
        """A rate with its interval, as plain data."""
        return share(self.rates[name], self.goals)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, in a fixed order."""
        low, high = self._mean_interval()
        return {
            "statements": self.statements,
            "goals": self.goals,
            "mean_score": None if self.mean is None else round(self.mean, 1),
            "mean_low": low,
            "mean_high": high,
            "score_deciles": self.deciles,
            "rates": {name: self.rate(name) for name in RATES},
            "kinds": dict(sorted(self.kinds.items())),
            "areas": {area: share(n, self.goals) for area, n in sorted(self.areas.items())},
            "findings": dict(sorted(self.codes.items())),
        }


def share(hits: int, of: int) -> dict[str, Any]:
    """A share with its interval as plain data; ``rate`` is None of nothing."""
    low, high = wilson(hits, of)
    return {
        "hits": hits,
        "of": of,
        "rate": round(hits / of, 4) if of else None,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def differs(group: dict[str, Any], bank: dict[str, Any]) -> int:
    """1 or -1 where a group's interval lies above or below the bank's rate, else 0."""
    if group["of"] < ENOUGH or bank["rate"] is None:
        return 0
    return int(group["low"] > bank["rate"]) - int(group["high"] < bank["rate"])


def published() -> list[dict[str, Any]]:
    """Figures others published, with their citation."""
    return [
        {"rate": p.rate, "figure": p.figure, "of": p.of, "source": sources()[p.source].citation}
        for p in audit_table().published
    ]
