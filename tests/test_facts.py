"""Facts: the typed values of a whole goal, each with its words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from goalsmith import Goalsmith

TODAY = date(2026, 9, 1)

# text -> fact type -> the words it stands on and some of its values
GOALS: list[tuple[str, dict[str, list[tuple[str, dict[str, Any]]]]]] = [
    (
        "By May 2027, given a grade 4 passage, Marcus will read aloud 95 words correct per minute "
        "(currently 62 words correct per minute), as measured by the teacher's weekly probes.",
        {
            "learner": [("Marcus", {"name": "Marcus"})],
            "behavior": [("will read aloud", {"verb": "read aloud", "sort": "observable", "negated": False})],
            "condition": [("given a grade 4 passage", {"support_open": False})],
            "criterion": [("95 words correct per minute", {"kind": "rate", "value": 95, "unit": "words", "per": "minute"})],
            "baseline": [("(currently 62 words correct per minute)", {"value": 62, "unit": "words", "filled": True})],
            "deadline": [("By May 2027", {"kind": "date", "date": "2027-05-31", "certainty": "stated"})],
            "method": [("as measured by the teacher's weekly probes", {"schedule": "weekly", "person": "teacher's"})],
            "placeholder": [],
        },
    ),
    (
        "The student will increase time on task from 40% to 80% of intervals over 3 consecutive sessions.",
        {
            "learner": [("The student", {"name": None})],
            "baseline": [("from 40%", {"kind": "accuracy", "value": 40})],
            "criterion": [
                ("80%", {"kind": "accuracy", "value": 80, "comparison": "exactly"}),
                ("over 3 consecutive sessions", {"kind": "consistency", "value": 3, "unit": "sessions"}),
            ],
            "deadline": [],
        },
    ),
    (
        "[Student] will solve word problems with about 80% accuracy, no more than two prompts, by (date).",
        {
            "learner": [("[Student]", {"name": None})],
            "criterion": [
                ("about 80%", {"value": 80, "hedge": "about"}),
                ("no more than two prompts", {"kind": "prompts", "value": 2, "comparison": "at_most"}),
            ],
            "deadline": [("by (date)", {"kind": "unfilled", "date": None})],
            "placeholder": [("[Student]", {}), ("(date)", {})],
        },
    ),
    (
        "Within 36 instructional weeks, when asked by a peer, Jo will not push in eight of ten recesses.",
        {
            "deadline": [("Within 36 instructional weeks", {"kind": "weeks", "weeks": 36, "date": None})],
            "behavior": [("will not push", {"negated": True})],
            "criterion": [("eight of ten recesses", {"kind": "trials", "value": 8, "out_of": 10})],
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), GOALS, ids=[text[:40] for text, _ in GOALS])
def test_facts(text: str, wanted: dict[str, list[tuple[str, dict[str, Any]]]], smith: Goalsmith) -> None:
    rows = smith.review(text, today=TODAY).to_dict()["facts"]
    for kind, facts in wanted.items():
        found = [row for row in rows if row["type"] == kind]
        assert [text[row["start"] : row["end"]] for row in found] == [words for words, _ in facts]
        for row, (_, values) in zip(found, facts, strict=True):
            assert {name: row[name] for name in values} == values


def test_facts_are_in_the_order_of_the_text(smith: Goalsmith) -> None:
    rows = smith.review(GOALS[0][0], today=TODAY).to_dict()["facts"]
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
