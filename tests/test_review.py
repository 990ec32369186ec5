"""The library: reviews as values and as plain data, for any text."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import goalsmith
from goalsmith import Goalsmith, TextError
from tests.conftest import loaded

TODAY = date(2026, 9, 1)
SCHEMA = Draft202012Validator(goalsmith.schema())
GOALS = [
    "Marcus will improve his reading.",
    "By May 2027, given a grade 4 passage, Marcus will read aloud 95 words correct per minute (baseline: 62).",
    "Obj. 2: writes her name, 4/5 days",
    "Extended time on tests.",
    "Lin will receive speech therapy 30 minutes a week.",
    "___ will spell [number] words with __% accuracy by xx/xx/xx",
]
# Text as it comes: any characters, and the words and marks of goals in any order.
WORDS = st.sampled_from(
    [
        "By",
        "May",
        "2027",
        ",",
        "given",
        "a",
        "passage",
        "Marcus",
        "will",
        "read",
        "95",
        "wpm",
        "80%",
        "4/5",
        "3",
        "out",
        "of",
        "[Student]",
        "____",
        "(",
        ")",
        "“",
        "”",
        "•",
        "\n",
        "\t",
        "Baseline:",
        "40%",
        "no",
        "more",
        "than",
        "two",
        "prompts",
        "as",
        "measured",
        "by",
        "weekly",
        "probes",
        "improve",
        "120",
        "%",
        "-",
        "é",
        "生徒",
        "🙂",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(goalsmith.schema())


@pytest.mark.parametrize("text", GOALS)
def test_reviews_keep_the_contract(text: str, any_smith: Goalsmith) -> None:
    row = any_smith.review(text, today=TODAY, id="7").to_dict()
    SCHEMA.validate(row)
    assert row["id"] == "7"
    assert json.loads(json.dumps(row)) == row


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("\x00")
@example("\u2028")
@example("((((((((")
@example("a" * 300)
@example("\U000e0001")
def test_any_text(text: str) -> None:
    """Spans lie inside the text, in order, apart, and are what they say; only TextError is raised."""
    smith = loaded("default")
    try:
        review = smith.review(text, today=TODAY)
    except TextError:
        return
    row = review.to_dict()
    SCHEMA.validate(row)
    assert row["text"] == text
    end = 0
    for span in row["spans"]:
        assert end <= span["start"] < span["end"] <= len(text)
        assert span["text"] == text[span["start"] : span["end"]]
        end = span["end"]
    for finding in row["diagnostics"]:
        assert 0 <= finding["start"] <= finding["end"] <= len(text)
    for fact in row["facts"]:
        assert 0 <= fact["start"] <= fact["end"] <= len(text)
    assert smith.review(text, today=TODAY).to_dict() == row


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS.filter(lambda text: text.strip()), max_size=6))
def test_a_stream_says_what_single_reviews_say(texts: list[str]) -> None:
    smith = loaded("default")
    streamed = [review.to_dict() for review in smith.pipe(texts, today=TODAY, batch_size=4)]
    assert streamed == [smith.review(text, today=TODAY).to_dict() for text in texts]


def test_a_stream_is_drawn_as_needed(smith: Goalsmith) -> None:
    drawn = []

    def texts():  # type: ignore[no-untyped-def]
        for number in range(10):
            drawn.append(number)
            yield f"Student {number} will read."

    next(smith.pipe(texts(), batch_size=2))
    assert len(drawn) < 10


def test_threads_agree(smith: Goalsmith) -> None:
    alone = [smith.review(text, today=TODAY).to_dict() for text in GOALS * 5]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: smith.review(text, today=TODAY).to_dict(), GOALS * 5))
    assert together == alone


@pytest.mark.parametrize("text", ["", "  \n\t", "x" * 20_001, None, 7, b"bytes", "\ud800 broken"])
def test_unreviewable_text(text: object, smith: Goalsmith) -> None:
    with pytest.raises(TextError):
        smith.review(text)  # type: ignore[arg-type]


def test_the_limit_is_reviewed(smith: Goalsmith) -> None:
    text = ("By May 2027, Marcus will read aloud 95 words correct per minute. " * 400)[:20_000]
    assert smith.review(text, today=TODAY).text == text


def test_present_levels_let_relevance_be_judged(smith: Goalsmith) -> None:
    goal = "By May 2027, given a grade 4 passage, Marcus will read aloud 95 words correct per minute."
    levels = "Marcus reads 62 words correct per minute on a grade 4 passage."
    without, given = smith.review(goal, today=TODAY), smith.review(goal, levels, TODAY)
    assert without.to_dict()["score"]["relevant"] is None
    assert given.to_dict()["score"]["relevant"] == 100


def test_marks_name_what_cost_them(smith: Goalsmith) -> None:
    review = smith.review("Marcus will improve his reading.", today=TODAY)
    found = {d.code for d in review.diagnostics}
    for mark in review.score.marks.values():
        named = {code for deduction in mark.deductions for code in deduction.codes}
        assert named <= found
        assert (mark.value == 100) == (not named) or mark.value is None


def test_spacy_component() -> None:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("goalsmith_reader")
    doc = nlp(GOALS[1])
    assert doc._.goal_kind == "goal"
    assert doc._.goal_area == "reading"
    assert {span.label_ for span in doc.spans["goalsmith"]} >= {"timeframe", "condition", "learner"}
    assert [d._.goal_kind for d in nlp.pipe(GOALS[:2])] == ["goal", "goal"]
    assert nlp("")._.goal_reading is None
