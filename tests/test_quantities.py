"""Amounts: value -> phrasings that must read as it, and phrasings that must read as nothing."""

from __future__ import annotations

import pytest

from goalsmith.quantities import Measure, number, quantities

# kind, value, unit, then what else is stated -> phrasings
AMOUNTS: list[tuple[dict[str, object], list[str]]] = [
    (
        {"kind": "accuracy", "value": 80, "unit": "percent"},
        ["80%", "80 %", "80 percent", "80 per cent", "eighty percent", "80pct", "80%accuracy", "80.0%"],
    ),
    (
        {"kind": "accuracy", "value": 80, "unit": "percent", "comparison": "at_least"},
        [
            "at least 80%",
            "80% or better",
            "80% or higher",
            "no less than 80 percent",
            "a minimum of 80%",
            "≥80%",
        ],
    ),
    ({"kind": "accuracy", "value": 80, "unit": "percent", "hedge": "about"}, ["about 80%"]),
    (
        {"kind": "accuracy", "value": 80, "unit": "percent", "hedge": "approximately"},
        ["approximately 80 percent"],
    ),
    (
        {"kind": "accuracy", "value": 80, "upper": 90, "unit": "percent", "comparison": "between"},
        ["80-90%", "80 to 90 percent", "80–90 %"],
    ),
    ({"kind": "accuracy", "value": 50, "unit": "percent"}, ["half of the time", "half the time"]),
    (
        {"kind": "trials", "value": 4, "out_of": 5, "unit": "trials"},
        [
            "4 out of 5 trials",
            "4/5 opportunities",
            "four of five trials",
            "4 of the 5 chances",
            "4 out 5 tries",
            "4 of every 5",
            "four out of every five attempts",
            "4/5",
        ],
    ),
    (
        {"kind": "trials", "value": 8, "out_of": 10, "unit": "items"},
        ["8 of 10 problems", "eight of ten questions", "8/10 steps"],
    ),
    (
        {"kind": "trials", "value": 3, "out_of": 4, "unit": "sessions"},
        ["3 of 4 sessions", "3/4 probes", "three out of four days"],
    ),
    (
        {"kind": "trials", "value": 4, "out_of": 5, "unit": "trials", "comparison": "at_least"},
        ["at least 4 of 5 trials"],
    ),
    (
        {"kind": "rate", "value": 95, "unit": "words", "per": "minute"},
        [
            "95 words correct per minute",
            "95 wcpm",
            "95 words per minute",
            "ninety-five correct words a minute",
            "95 words/minute",
            "95 words correctly in one minute",
        ],
    ),
    (
        {"kind": "rate", "value": 110, "unit": "words", "per": "minute"},
        ["one hundred ten words per minute", "one hundred and ten wpm"],
    ),
    (
        {"kind": "rate", "value": 28, "unit": "digits", "per": "120 seconds"},
        ["28 digits correct in two minutes"],
    ),
    (
        {"kind": "rate", "value": 2, "unit": "incidents", "per": "week", "comparison": "at_most"},
        [
            "no more than 2 outbursts per week",
            "2 or fewer incidents a week",
            "at most two tantrums each week",
        ],
    ),
    (
        {"kind": "rate", "value": 3, "unit": "times", "per": "day"},
        ["three times a day", "3x/day", "3 times per day", "three times daily"],
    ),
    ({"kind": "rate", "value": 2, "unit": "times", "per": "week"}, ["twice a week", "twice weekly"]),
    (
        {"kind": "count", "value": 10, "unit": "items", "comparison": "at_least"},
        ["10 or more exchanges", "at least ten comments", "a minimum of 10 responses"],
    ),
    ({"kind": "count", "value": 10, "unit": "", "comparison": "at_least"}, ["10 or more"]),
    (
        {"kind": "count", "value": 4.5, "unit": "morphemes"},
        ["MLU of 4.5", "mean length of utterance of 4.5 morphemes"],
    ),
    ({"kind": "count", "value": 150, "unit": "feet"}, ["150 ft", "150 feet"]),
    (
        {"kind": "duration", "value": 600, "unit": "seconds"},
        ["10 minutes", "ten minutes", "10 consecutive minutes", "10-minutes"],
    ),
    (
        {"kind": "duration", "value": 600, "unit": "seconds", "comparison": "at_least"},
        ["at least 10 minutes", "10 minutes or more"],
    ),
    (
        {"kind": "duration", "value": 300, "upper": 600, "unit": "seconds", "comparison": "between"},
        ["5-10 minutes", "5 to 10 minutes"],
    ),
    (
        {"kind": "latency", "value": 30, "unit": "seconds", "comparison": "at_most"},
        ["within 30 seconds", "within thirty seconds", "in under 30 seconds"],
    ),
    (
        {"kind": "rubric", "value": 3, "unit": "points"},
        ["scoring 3", "a score of 3", "a 3 on a 4-point rubric"],
    ),
    (
        {"kind": "rubric", "value": 3, "unit": "points", "comparison": "at_least"},
        ["scoring 3 or higher", "a score of at least 3", "earning 3 or better"],
    ),
    (
        {"kind": "prompts", "value": 2, "unit": "prompts", "comparison": "at_most"},
        [
            "no more than 2 prompts",
            "2 or fewer verbal prompts",
            "at most two cues",
            "up to 2 reminders",
            "no more than two (2) verbal prompts",
        ],
    ),
    (
        {"kind": "prompts", "value": 0, "unit": "prompts", "comparison": "at_most"},
        ["no prompts", "with no prompting", "no verbal reminders"],
    ),
    (
        {"kind": "errors", "value": 3, "unit": "errors", "comparison": "at_most"},
        ["3 or fewer errors", "no more than three mistakes", "fewer than 3 miscues"],
    ),
    (
        {"kind": "consistency", "value": 3, "unit": "sessions"},
        [
            "over 3 consecutive sessions",
            "3 sessions in a row",
            "across three consecutive days",
            "on 3 straight probes",
            "for 3 consecutive weeks",
            "3 days running",
        ],
    ),
    (
        {"kind": "consistency", "value": 3, "unit": "settings"},
        ["across 3 settings", "in 3 different settings"],
    ),
    (
        {"kind": "level", "value": 3, "unit": "grade"},
        ["at a 3rd grade level", "at the third-grade level", "on a 3rd grade reading level"],
    ),
    ({"kind": "level", "value": 640, "unit": "lexile"}, ["a Lexile of 640", "640L"]),
]

NOTHING = [
    "3/4 cup of flour",
    "1/2 inch",
    "grade 4",
    "a grade 4 passage",
    "chapter 3",
    "in 2026",
    "12/15/2026",
    "by 12/15",
    "a lot of words",
    "more often",
    "with fewer prompts",
    "Room 214",
    "page 5",
    "RF.2.3",
    "as needed",
    "consistently",
    "0/0",
    "4/5/2027",
    "P2",
    "a few times",
]

CASES = [(wanted, phrase) for wanted, phrases in AMOUNTS for phrase in phrases]


@pytest.mark.parametrize(("wanted", "phrase"), CASES, ids=[phrase for _, phrase in CASES])
def test_amount_is_read(wanted: dict[str, object], phrase: str) -> None:
    (measure,) = quantities().find(phrase)
    defaults: dict[str, object] = {
        "comparison": "exactly",
        "upper": None,
        "out_of": None,
        "per": None,
        "hedge": None,
    }
    read = {name: getattr(measure, name) for name in {**defaults, **wanted}}
    if isinstance(read["hedge"], str):
        read["hedge"] = read["hedge"].strip()
    assert read == {**defaults, **wanted}


@pytest.mark.parametrize("phrase", NOTHING)
def test_reads_as_nothing(phrase: str) -> None:
    assert quantities().find(phrase) == []


def test_spans_count_in_the_whole_text() -> None:
    text = "Mia will spell words with 80% accuracy on 3 of 4 lists."
    found = quantities().find(text, 22)
    assert [m.span.of(text) for m in found] == ["80%", "3 of 4"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("95", 95),
        ("1,200", 1200),
        (".5", 0.5),
        ("twenty-five", 25),
        ("one hundred and ten", 110),
        ("twentyfive", 25),
        ("zero", 0),
    ],
)
def test_number(words: str, value: float) -> None:
    assert number(words) == value


def test_number_refuses_other_words() -> None:
    with pytest.raises(ValueError, match="no number"):
        number("some")


def test_share() -> None:
    shares = {phrase: quantities().find(phrase)[0].share for phrase in ("80%", "4 of 5 trials", "10 minutes")}
    assert shares == {"80%": 0.8, "4 of 5 trials": 0.8, "10 minutes": None}


def test_a_measure_keeps_how_it_was_read() -> None:
    measure: Measure = quantities().find("4 out of 5 trials")[0]
    assert measure.how == "x of y"
