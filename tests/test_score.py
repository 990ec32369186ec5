"""The score: a sum of named deductions, that orders drafts as people do."""

from __future__ import annotations

from datetime import date

import pytest

import goalsmith
from goalsmith import CATALOGUE, Goalsmith
from goalsmith.score import LETTERS, weights

TODAY = date(2026, 9, 1)
# From bad to good; each draft is better than the one before it.
LADDER = [
    "Improve reading.",
    "Marcus will improve his reading by May 2027.",
    "Marcus will read aloud more often.",
    "Marcus will read aloud 95 words correct per minute.",
    "Given a grade 4 passage, Marcus will read aloud 95 words correct per minute by May 2027.",
    "By May 2027, given a grade 4 passage, Marcus will read aloud 95 words correct per minute "
    "(baseline: 62 words correct per minute), as measured by weekly probes.",
]


def test_better_drafts_score_higher(smith: Goalsmith) -> None:
    totals = [smith.review(text, today=TODAY).score.total for text in LADDER]
    assert None not in totals
    assert totals == sorted(set(totals), key=lambda total: total or 0)
    assert totals[-1] == 100


def test_the_total_is_what_the_deductions_leave(smith: Goalsmith) -> None:
    table = weights()
    for text in LADDER:
        score = smith.review(text, today=TODAY).score
        judged = [letter for letter in LETTERS if score.marks[letter].value is not None]
        possible = sum(table.letters[letter] for letter in judged)
        lost = sum(
            min(table.letters[letter], sum(d.points for d in score.marks[letter].deductions))
            for letter in judged
        )
        assert score.total == round(100 * (possible - lost) / possible)


def test_a_letter_that_cannot_be_judged_says_why_and_costs_nothing(smith: Goalsmith) -> None:
    marks = smith.review(LADDER[-2], today=TODAY).score.marks
    for letter in ("achievable", "relevant"):
        assert marks[letter].value is None
        assert "needs" in str(marks[letter].reason)


def test_a_draft_keeps_its_score_as_days_go_by(smith: Goalsmith) -> None:
    """A deadline that has passed is found, but costs nothing."""
    before, after = (smith.review(LADDER[-1], today=date(year, 9, 1)) for year in (2026, 2028))
    assert "T02" in [d.code for d in after.diagnostics]
    assert after.score.total == before.score.total


def test_no_goal_has_no_score(smith: Goalsmith) -> None:
    score = smith.review("Extended time on tests.", today=TODAY).score.to_dict()
    assert set(score.values()) == {None}


def test_every_weight_belongs_to_a_check() -> None:
    table = weights()
    assert set(table.deductions) <= set(CATALOGUE)
    assert sum(table.letters.values()) > 0


@pytest.mark.parametrize("pack", ["tx", "az"])
def test_a_disabled_check_costs_nothing(pack: str) -> None:
    text = LADDER[3]
    plain, without = goalsmith.load(pack), goalsmith.load(pack, disable=["S06"])
    assert (without.review(text, today=TODAY).score.total or 0) > (
        plain.review(text, today=TODAY).score.total or 0
    )
