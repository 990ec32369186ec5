"""Deadlines: value -> phrasings that must read as it on September 1, 2026, and phrasings that are none."""

from __future__ import annotations

from datetime import date

import pytest

from goalsmith.deadlines import Deadline, deadlines

TODAY = date(2026, 9, 1)

DATES: list[tuple[date, str, list[str]]] = [
    (
        date(2027, 5, 31),
        "stated",
        [
            "By May 2027",
            "by the end of May 2027",
            "by 5/2027",
            "by May, 2027",
            "by May '27",
            "Target date: 5/2027",
        ],
    ),
    (
        date(2027, 5, 15),
        "stated",
        [
            "by 5/15/2027",
            "By 05/15/27",
            "by May 15, 2027",
            "no later than May 15th, 2027",
            "by 2027-05-15",
            "on or before 15 May 2027",
        ],
    ),
    (date(2027, 5, 31), "inferred", ["By May", "by the end of May"]),
    (date(2027, 6, 1), "inferred", ["By June 1", "by 6/1", "by June 1st"]),
    (date(2027, 5, 27), "inferred", ["by May 27"]),
    (date(2026, 11, 30), "stated", ["before December 2026", "before 12/1/2026"]),
    (date(2026, 9, 30), "inferred", ["by September"]),
    (date(2028, 2, 29), "inferred", ["by February 29"]),
]

WEEKS: list[tuple[float, date | None, list[str]]] = [
    (36, date(2027, 5, 11), ["in 36 weeks", "Within thirty-six weeks"]),
    (36, None, ["within 36 instructional weeks", "in 36 school weeks"]),
    (6, date(2026, 10, 13), ["within 6 weeks", "in six weeks"]),
]

EVENTS = [
    "by the next annual review",
    "by the annual ARD date",
    "by the end of the school year",
    "over the IEP period",
    "during the school year",
    "by the end of the third quarter",
    "by winter break",
    "by graduation",
]
UNFILLED = ["By (date)", "by __/__/____", "by xx/xx/xx", "by [date]", "by [end date]"]
IMPOSSIBLE = ["by 2/30/2027", "by 13/45/2027"]
NOTHING = [
    "over 3 consecutive weeks",
    "within 2 minutes",
    "for 4 weeks",
    "by the end of the day",
    "by himself",
    "by reading aloud",
    "per week",
    "before lunch",
    "may read",
    "in the march",
    "by 80%",
]


def read(phrase: str) -> Deadline:
    ((kind, match),) = deadlines().find(phrase)
    return deadlines().value(kind, match, TODAY)


@pytest.mark.parametrize(
    ("day", "certainty", "phrase"), [(d, c, phrase) for d, c, phrases in DATES for phrase in phrases]
)
def test_date(day: date, certainty: str, phrase: str) -> None:
    deadline = read(phrase)
    assert (deadline.kind, deadline.date, deadline.certainty) == ("date", day, certainty)


@pytest.mark.parametrize(
    ("weeks", "day", "phrase"), [(w, d, phrase) for w, d, phrases in WEEKS for phrase in phrases]
)
def test_weeks(weeks: float, day: date | None, phrase: str) -> None:
    deadline = read(phrase)
    assert (deadline.kind, deadline.weeks, deadline.date) == ("weeks", weeks, day)


@pytest.mark.parametrize("phrase", EVENTS)
def test_event(phrase: str) -> None:
    assert (read(phrase).kind, read(phrase).date) == ("event", None)


@pytest.mark.parametrize("phrase", UNFILLED)
def test_unfilled(phrase: str) -> None:
    assert read(phrase).kind == "unfilled"


@pytest.mark.parametrize("phrase", IMPOSSIBLE)
def test_impossible(phrase: str) -> None:
    assert read(phrase).kind == "impossible"


@pytest.mark.parametrize("phrase", NOTHING)
def test_is_no_deadline(phrase: str) -> None:
    assert deadlines().find(phrase) == []
