"""By when: the timeframe phrases of a text, and the dates they stand for.

Calendar dates are read by python-dateutil. What can't be resolved to a day (an annual review, "by
(date)") keeps its kind and no date; nothing is guessed but the year of a bare month, and that is
marked as inferred.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from goalsmith.quantities import NUMBER, number
from goalsmith.tables import Row, alternatives, load
from goalsmith.text import Span

DeadlineKind = Literal["date", "weeks", "event", "unfilled", "impossible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """By when the goal is to be met.

    ``date`` is the last day it allows, or None; ``weeks`` the length of a "within …" deadline;
    ``certainty`` is "inferred" when the year was not written and the next such month was taken.
    """

    kind: DeadlineKind
    span: Span
    how: str
    date: date | None = None
    weeks: float | None = None
    certainty: Literal["stated", "inferred"] = "stated"


class _Deadlines(Row):
    events: list[str]
    whole: list[str]
    vague: list[str]
    weeks: dict[str, float | int]


_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
_DATE = (
    r"(?P<date>"
    r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})\b|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{4}\b|\d{1,2}/\d{1,2}(?![/\d])"
    rf"|{_MONTH}(?:\s+(?:of\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?(?:,?\s*(?:of\s+)?(?:the\s+)?['’]?(?:\d{{4}}|\d{{2}}\b))?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s*\d{{4}})?"
    r")"
)
_LEAD = r"(?:by|before|no\s+later\s+than|not\s+later\s+than|on\s+or\s+before|prior\s+to|until|through|thru|due|effective\s+through)"
_OPEN = r"(?:_{2,}(?:\s?/\s?_{2,})*|\(?\[?\{?\b(?:insert\s+|target\s+|end\s+|due\s+|review\s+|annual\s+review\s+|iep\s+|completion\s+)?(?:date|xx+\s+date|mm/dd/yy(?:yy)?|month(?:[ /]year)?|timeframe)\b(?:\s+here)?\)?\]?\}?|xx?/xx?/xx(?:xx)?|x{2,}\s+date)"


class Deadlines:
    """The compiled patterns; build once, use from any thread."""

    def __init__(self) -> None:
        table = load("deadlines", _Deadlines)
        stretch = lambda p: p.replace(" ", r"\s+")  # noqa: E731
        events = "|".join(map(stretch, table.events))
        self._weeks = table.weeks
        weeks = alternatives(list(table.weeks))
        the = r"(?:the\s+|his\s+|her\s+|their\s+|this\s+|our\s+|an?\s+)?"
        filler = r"(?:\w+(?:'s|’s)\s+)?"
        self._patterns: list[tuple[str, re.Pattern[str]]] = [
            (
                "date",
                re.compile(
                    rf"(?<!\w)(?:{_LEAD}\s+)(?:the\s+end\s+of\s+|end\s+of\s+|late\s+|early\s+|mid[- ]?)?{_DATE}",
                    re.I,
                ),
            ),
            (
                "unfilled",
                re.compile(rf"(?<!\w){_LEAD}\s+(?:the\s+)?[\[({{<]?{_OPEN}(?:[\])}}>](?!\w))?", re.I),
            ),
            (
                "weeks",
                re.compile(
                    rf"(?<!\w)(?:within|in|over|after|during|for|at\s+the\s+end\s+of|by\s+the\s+end\s+of)\s+(?:the\s+)?(?:next\s+|first\s+|course\s+of\s+|a\s+period\s+of\s+)?(?P<n>{NUMBER}|an?)[\s-]*(?:(?:instructional|school|calendar|consecutive\s+school|academic|teaching|full|iep)\s+)?(?P<unit>{weeks})\b(?!\s*(?:period|interval|window))(?:\s+of\s+(?:instruction|the\s+school\s+year|intervention|this\s+iep|school|therapy|services))?(?:\s+(?:period|from\s+(?:now|today|the\s+start\s+of\s+this\s+iep)))?",
                    re.I,
                ),
            ),
            ("event", re.compile(rf"(?<!\w)(?:{_LEAD}|at|upon|on)\s+{the}{filler}{the}(?:{events})", re.I)),
            ("event", re.compile(rf"(?<!\w)(?:{'|'.join(map(stretch, table.whole))})", re.I)),
            (
                "date",
                re.compile(
                    rf"(?<!\w)(?:target\s+date|completion\s+date|timeline|timeframe|time\s+frame|end\s+date|due\s+date|due|deadline)\s*[:\-]\s*{_DATE}",
                    re.I,
                ),
            ),
        ]
        self.vague = re.compile(rf"(?<!\w)(?:{alternatives(table.vague)})\b", re.I)

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[str, re.Match[str]]]:
        """The timeframe phrases of ``text[start:end]`` as (kind, match), in order, not overlapping."""
        stop = len(text) if end is None else end
        found = [
            (match.start(), -match.end(), kind, match)
            for kind, pattern in self._patterns
            for match in pattern.finditer(text, start, stop)
            if not self._is_criterion(kind, match)
        ]
        out, last = [], -1
        for begin, minus_end, kind, match in sorted(found, key=lambda f: f[:2]):
            if begin >= last:
                out.append((kind, match))
                last = -minus_end
        return out

    @staticmethod
    def _is_criterion(kind: str, match: re.Match[str]) -> bool:
        """Whether it says how consistently ("over 4 weeks", "for 3 months"), not by when ("in 36 weeks")."""
        words = match[0].lower()
        if kind == "weeks":
            if words.startswith(("over", "for", "during")) and "next" not in words and "iep" not in words:
                amount = 1.0 if match["n"].lower() in ("a", "an") else number(match["n"])
                return amount < 9 and not words.rstrip().endswith(("year", "years"))
            return "consecutive" in words and "school" not in words
        return False

    def value(self, kind: str, match: re.Match[str], today: date) -> Deadline:
        """A phrase of :meth:`find` as a typed deadline, read on the day ``today``."""
        span = Span(match.start(), match.end())
        if kind == "weeks":
            count = 1.0 if match["n"].lower() in ("a", "an") else number(match["n"])
            unit = match["unit"].lower()
            weeks = count * self._weeks[unit]
            # A school year's weeks stretch over summer: only calendar time resolves to a day.
            plain = "instructional" not in match[0].lower() and "school" not in match[0].lower()
            end = today + timedelta(weeks=weeks) if plain and weeks < 5200 else None
            return Deadline(kind="weeks", span=span, how=f"{count:g} {unit}", date=end, weeks=weeks)
        if kind == "date":
            due = _calendar(match["date"], span, today)
            if due.date is not None and re.match(r"before\b|prior\b", match[0], re.IGNORECASE):
                # "before December": the last day it allows is in November.
                first = due.date if "day" in due.how or "date" in due.how else due.date.replace(day=1)
                due = replace(due, date=first - timedelta(days=1))
            return due
        return Deadline(kind="unfilled" if kind == "unfilled" else "event", span=span, how=kind)


def _calendar(words: str, span: Span, today: date) -> Deadline:
    # Imported here: dateutil's parser is only needed once a date stands in a goal.
    from dateutil import parser

    words = re.sub(r"\bof\b|\bthe\b", " ", words.lower().replace("’", "'"))
    month_year = re.fullmatch(rf"\s*({_MONTH})\s*,?\s*'?(\d{{4}}|\d{{2}})\s*", words)
    slash = re.fullmatch(r"\s*(\d{1,2})/(\d{4})\s*", words)
    bare_month = re.fullmatch(rf"\s*({_MONTH})\s*", words)
    try:
        if found := slash or month_year:
            month, year = int(found[1]) if slash else _month(found[1]), int(found[2])
            # "May 27": with two digits that can be a day, it is a day of the coming May.
            if len(found[2]) == 2 and "'" not in words and 1 <= year <= monthrange(2024, month)[1]:
                return _coming(month, year, span, today, "month and day")
            due = _last_day(year + (2000 if year < 100 else 0), month)
            return Deadline(kind="date", span=span, how="month and year", date=due)
        if bare_month:
            return _coming(_month(bare_month[1]), None, span, today, "month")
        read = parser.parse(words, default=datetime(today.year, 1, 1))
        if (
            read.year != parser.parse(words, default=datetime(today.year + 1, 1, 1)).year
        ):  # no year was written
            return _coming(read.month, read.day, span, today, "month and day")
        return Deadline(kind="date", span=span, how="calendar date", date=read.date())
    except (ValueError, OverflowError):
        return Deadline(kind="impossible", span=span, how="calendar date")


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.strip(".")[:3]))


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _coming(month: int, day: int | None, span: Span, today: date, how: str) -> Deadline:
    """The next such day (or end of the month) from today on; the year is inferred."""
    for year in range(today.year, today.year + 9):  # a February 29 can be eight years away
        if day is None:
            due = _last_day(year, month)
        elif day <= monthrange(year, month)[1]:
            due = date(year, month, day)
        else:
            continue
        if due >= today:
            return Deadline(kind="date", span=span, how=how, date=due, certainty="inferred")
    raise ValueError(f"no day {day} in month {month}")


@cache
def deadlines() -> Deadlines:
    """The one compiled instance."""
    return Deadlines()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day a text names: the day itself, or the last one of the month it names."""

    span: Span
    date: date


_DAY = re.compile(rf"(?<![\w/.]){_DATE}", re.IGNORECASE)
_SEASON = re.compile(r"\b(?P<season>fall|winter|spring)(?:\s+of)?\s+(?P<year>20\d\d)\b", re.IGNORECASE)
_SEASON_ENDS = {"fall": 11, "winter": 2, "spring": 5}


def days_in(text: str, start: int, end: int, today: date) -> list[Day]:
    """The days ``text[start:end]`` names, read as past ones: a month without a year is the last such month."""
    found = []
    for match in _DAY.finditer(text, start, end):
        words = match["date"]
        if re.fullmatch(r"may", words, re.IGNORECASE) and words != "May":
            continue  # "he may read"
        if re.fullmatch(r"\d{1,2}/\d{1,2}", words) or re.fullmatch(r"may", words.strip(), re.IGNORECASE):
            # "4/5" is a score; a bare "May" is a month only after a word that says when.
            if not re.search(
                r"\b(?:in|on|of|since|from|as of|by|last|taken|dated|week of|screener|probe)\s+$",
                text[: match.start()],
                re.IGNORECASE,
            ):
                continue
            if "/" in words and not re.search(
                r"\b(?:on|of|since|as of|taken|dated|week of|screener|probe)\s+$",
                text[: match.start()],
                re.IGNORECASE,
            ):
                continue
            if re.match(
                r"\s+(?:trials?|tries|opportunit|attempts?|days|sessions|items|words|times|steps|questions|problems)",
                text[match.end() :],
                re.IGNORECASE,
            ):
                continue
        due = _calendar(words, Span(match.start(), match.end()), today)
        if due.date is None:
            continue
        day = due.date
        while due.certainty == "inferred" and day > today:
            day = (
                _last_day(day.year - 1, day.month)
                if due.how == "month"
                else day.replace(year=day.year - 1, day=min(day.day, 28))
            )
        found.append(Day(span=Span(match.start(), match.end()), date=day))
    for match in _SEASON.finditer(text, start, end):
        month = _SEASON_ENDS[match["season"].lower()]
        found.append(Day(span=Span(match.start(), match.end()), date=_last_day(int(match["year"]), month)))
    return sorted(found, key=lambda day: day.span)
