"""Growth is plain arithmetic beside a cited norm; steps add up to the goal."""

from __future__ import annotations

from datetime import date

import pytest

import goalsmith
from goalsmith.growth import growth, school_weeks

TODAY = date(2026, 9, 1)
LEVELS = (
    "On grade 3 passages in September 2026 Mia read 62 words correct per minute, up from 50 in January 2026."
)
GOAL = "By June 2027, given a grade 3 passage, Mia will read aloud 92 words correct per minute."


def test_the_sum_is_shown_beside_the_norm(smith: goalsmith.Goalsmith) -> None:
    sums = growth(smith.review(GOAL, LEVELS, TODAY).facts)
    assert sums is not None
    weeks = school_weeks(TODAY, date(2027, 6, 30))
    assert weeks is not None
    assert sums.per_week == pytest.approx((92 - 62) / weeks)
    assert sums.norm is not None
    # Hasbrouck & Tindal 2017, grade 3, 50th percentile: (112 - 83) / 32 weeks.
    assert sums.norm.typical == pytest.approx(29 / 32)
    assert sums.own is not None
    assert sums.own > 0
    assert "Hasbrouck & Tindal 2017" in sums.sentence()


def test_no_norm_is_an_answer(smith: goalsmith.Goalsmith) -> None:
    text = "By June 2027, Tao will solve 8 of 10 word problems (baseline: 3 of 10)."
    sums = growth(smith.review(text, today=TODAY).facts)
    assert sums is not None
    assert sums.norm is None
    assert "no norm for this" in sums.sentence()


@pytest.mark.parametrize(
    "text",
    [
        "Mia will read aloud 92 words correct per minute.",
        "By June 2027, Mia will read aloud with 92% accuracy (baseline: 62 words correct per minute).",
    ],
)
def test_without_ends_or_a_date_there_is_no_sum(smith: goalsmith.Goalsmith, text: str) -> None:
    assert growth(smith.review(text, today=TODAY).facts) is None


def test_typed_words_have_no_reading_norm(smith: goalsmith.Goalsmith) -> None:
    text = "By June 2027, given a grade 3 paragraph, Mia will type 30 words per minute (baseline: 12 words per minute)."
    sums = growth(smith.review(text, today=TODAY).facts)
    assert sums is not None
    assert sums.norm is None


# Benchmarks


def test_quarters_grow_evenly_and_end_at_the_goal(smith: goalsmith.Goalsmith) -> None:
    steps = smith.benchmarks(smith.review(GOAL, LEVELS, TODAY))
    assert [step.value for step in steps] == [69, 77, 84, 92]
    assert steps[-1].due == date(2027, 6, 30)
    assert steps[0].text.startswith(
        "By November 15, 2026, given a grade 3 passage, Mia will read aloud 69 words"
    )


def test_reporting_dates_are_kept(smith: goalsmith.Goalsmith) -> None:
    days = [date(2026, 11, 6), date(2027, 1, 29), date(2028, 1, 1)]
    steps = smith.benchmarks(smith.review(GOAL, LEVELS, TODAY), dates=days)
    assert [step.due for step in steps] == [*days[:2], date(2027, 6, 30)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("By June 2027, Tao will spell words with 80% accuracy (baseline: 40%).", ["50%", "60%", "70%", "80%"]),
        ("By June 2027, Tao will spell in 8 of 10 trials (baseline: 4 of 10).", ["5 of 10", "6 of 10", "7 of 10", "8 of 10"]),
        ("By June 2027, Tao will work for 10 minutes (baseline: 2 minutes).", ["4 minutes", "6 minutes", "8 minutes", "10 minutes"]),
        ("By June 2027, Tao will use no more than 1 prompt (baseline: 5 prompts).", ["4 prompt", "3 prompt", "2 prompt", "1 prompt"]),
    ],
)  # fmt: skip
def test_steps_are_rounded_as_the_unit_is_counted(
    smith: goalsmith.Goalsmith, text: str, figures: list[str]
) -> None:
    steps = smith.benchmarks(smith.review(text, today=TODAY))
    assert [figure in step.text for figure, step in zip(figures, steps, strict=True)] == [True] * 4


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("By June 2027, Tao will spell words.", "no target"),
        ("By June 2027, Tao will spell with 80% accuracy.", "baseline"),
        ("Tao will spell with 80% accuracy (baseline: 40%).", "deadline"),
        ("By June 2027, Tao will read with 80% accuracy (baseline: 40 words per minute).", "different units"),
    ],
)
def test_what_is_missing_is_named(smith: goalsmith.Goalsmith, text: str, cause: str) -> None:
    with pytest.raises(goalsmith.TextError, match=cause):
        smith.benchmarks(smith.review(text, today=TODAY))
