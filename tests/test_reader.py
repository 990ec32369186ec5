"""The trained reader: long texts, odd texts, damaged weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from goalsmith import Document, ModelError, Span
from goalsmith.decoding import trim, vetoed
from goalsmith.reader import FOLDER, TrainedReader
from goalsmith.reading import Label

GOAL = "By May 2027, given a grade 4 passage, Marcus will read aloud 95 words correct per minute."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "reader")
    return tmp_path / "reader"


def test_reads_in_order() -> None:
    texts = [GOAL, "Extended time on tests.", "OT, 30 minutes a week"]
    readings = TrainedReader().read([Document(text) for text in texts])
    assert [reading.kind for reading in readings] == ["goal", "accommodation", "service"]


def test_the_parts_of_a_plain_goal() -> None:
    (reading,) = TrainedReader().read([Document(GOAL)])
    assert [(part.label, part.span.of(GOAL)) for part in reading.parts] == [
        ("timeframe", "By May 2027"),
        ("condition", "given a grade 4 passage"),
        ("learner", "Marcus"),
        ("behavior", "will read aloud"),
        ("criterion", "95 words correct per minute"),
    ]


def test_a_long_text_is_read_to_its_end() -> None:
    text = GOAL + "\n" + "She will add two-digit numbers in 4 of 5 trials. " * 60 + "Baseline: 2 of 5 trials."
    (reading,) = TrainedReader().read([Document(text)])
    assert reading.parts[-1].span.end > len(text) - 30
    assert reading.parts[0].span.of(text) == "By May 2027"


@pytest.mark.parametrize("text", ["???", "4/5", "____", "- 80 %"])
def test_a_text_without_words_is_no_goal(text: str) -> None:
    (reading,) = TrainedReader().read([Document(text)])
    assert (reading.kind, reading.parts) == ("other", ())


def test_confidences_are_chances() -> None:
    (reading,) = TrainedReader().read([Document(GOAL)])
    for part in (*reading.parts, *reading.doubts):
        assert 0 <= part.confidence <= 1
    assert {doubt.label for doubt in reading.doubts} <= {"method", "baseline"}


@pytest.mark.parametrize("name", ["reader.json", "tokenizer.json", "heads.safetensors", "encoder/model.bin"])
def test_a_missing_file_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        TrainedReader(folder).read([Document(GOAL)])


@pytest.mark.parametrize("name", ["tokenizer.json", "heads.safetensors", "encoder/model.bin"])
def test_a_damaged_file_is_named(name: str, folder: Path) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelError, match=f"{name}: damaged"):
        TrainedReader(folder).read([Document(GOAL)])


def test_another_format_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "reader.json").read_text())
    (folder / "reader.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(ModelError, match="format 99"):
        TrainedReader(folder).read([Document(GOAL)])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" given a list, ", "given a list"),
        ("(currently 3 of 10)", "(currently 3 of 10)"),
        ("(currently 3 of 10", "currently 3 of 10"),
        ("4 of 5).", "4 of 5"),
        ("- reads words;", "reads words"),
        ('says "more"', 'says "more"'),
        ('says more"', "says more"),
        ("[Student]", "[Student]"),
        (" ,. ", None),
    ],
)
def test_trim(text: str, kept: str | None) -> None:
    span = trim(text, Span(0, len(text)))
    assert (span.of(text) if span else None) == kept


@pytest.mark.parametrize(
    ("label", "words", "dropped"),
    [
        ("criterion", "to X%", True),
        ("criterion", "with __% accuracy", True),
        ("criterion", "with __% accuracy in 4 of 5 trials", False),
        ("criterion", "at 80%", False),
        ("criterion", "without a mistake", False),
        ("condition", "given [materials]", False),
        ("baseline", "from [current level]", False),
        ("baseline", "currently needs help", False),
        ("baseline", "better", True),
    ],
)
def test_the_grammar_of_amounts_may_veto(label: Label, words: str, dropped: bool) -> None:
    assert vetoed(label, words) is dropped
