"""The corpus keeps its word: strict format, shares, no near repeats, spans that re-read; the clean set is silent."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest

from corpora.agreement import ANNOTATIONS
from corpora.augment import Varier
from corpora.markup import (
    AREAS,
    FOLDER,
    GOAL_KINDS,
    LABELS,
    CorpusError,
    Statement,
    parse_markup,
    read_file,
    read_statements,
    write_markup,
)
from corpora.shares import too_alike
from corpora.splits import SPLITS, read_split
from goalsmith import Goalsmith

STATEMENTS = read_statements()
GOALS = [s for s in STATEMENTS if s.kind in GOAL_KINDS]
CLEAN = read_statements(FOLDER.parent / "clean")
# The clean goals are dated for a school year that begins then.
CLEAN_DAY = date(2026, 11, 20)


def share(test: list[bool]) -> float:
    return sum(test) / len(test)


def test_size() -> None:
    assert len(STATEMENTS) >= 1_800
    assert len(STATEMENTS) - len(GOALS) >= 250
    assert len({s.id for s in STATEMENTS}) == len(STATEMENTS)


def test_shares_by_kind_and_area() -> None:
    kinds, areas = Counter(s.kind for s in STATEMENTS), Counter(s.area for s in STATEMENTS)
    assert min(kinds[k] for k in ("accommodation", "service", "present_level", "other", "objective")) >= 80
    assert all(0.04 <= areas[area] / len(STATEMENTS) <= 0.2 for area in AREAS)


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [
        ("TIMEFRAME", 0.28, 0.45),
        ("CONDITION", 0.55, 0.75),
        ("CRITERION", 0.68, 0.85),
        ("METHOD", 0.2, 0.35),
        ("BASELINE", 0.1, 0.22),
        ("LEARNER", 0.6, 0.9),
        ("BEHAVIOR", 0.95, 1.0),
    ],
)
def test_shares_by_part(label: str, low: float, high: float) -> None:
    assert low <= share([any(name == label for *_, name in s.spans) for s in GOALS]) <= high


def test_shares_by_quality() -> None:
    grades = Counter(s.quality for s in GOALS)
    assert all(grades[grade] / len(GOALS) >= 0.03 for grade in (1, 2, 3, 4, 5))
    assert 0.1 <= share([not s.observable for s in GOALS]) <= 0.3
    assert 0.15 <= share([not s.measurable for s in GOALS]) <= 0.4


def test_no_two_records_are_alike() -> None:
    assert too_alike([*STATEMENTS, *CLEAN]) == []


def test_every_span_rereads_from_its_markup() -> None:
    for statement in [*STATEMENTS, *CLEAN]:
        assert parse_markup(write_markup(statement.text, statement.spans)) == (
            statement.text,
            statement.spans,
        )


def test_both_annotations_are_of_the_same_texts() -> None:
    """First and second annotate what the settled records hold, word for word."""
    settled = {s.id: s.text for s in STATEMENTS}
    for name in ("first", "second"):
        assert {s.id: s.text for s in read_statements(ANNOTATIONS / name)} == settled


def test_splits_share_nothing_and_hold_everything() -> None:
    parts = {split: {s.id for s in read_split(split)} for split in SPLITS}
    assert sum(len(ids) for ids in parts.values()) == len(STATEMENTS)
    assert set.union(*parts.values()) == {s.id for s in STATEMENTS}
    assert len(parts["test"]) > 0.1 * len(STATEMENTS)


def test_varied_copies_keep_their_spans() -> None:
    varier, rng = Varier(read_split("train")), Random(0)
    for statement in read_split("train"):
        varied = varier.vary(statement, rng)
        end = 0
        for start, stop, label in varied.spans:
            assert label in LABELS
            assert end <= start < stop <= len(varied.text)
            assert varied.text[start:stop].strip()
            end = stop


def test_a_dataset_serves_it() -> None:
    pytest.importorskip("datasets")
    from corpora.dataset import load

    served = load()
    assert {split: len(rows) for split, rows in served.items()} == {
        split: len(read_split(split)) for split in SPLITS
    }
    row = served["test"][0]
    for span in row["spans"]:
        assert row["text"][span["start"] : span["end"]].strip()


def test_the_clean_set_is_silent(smith: Goalsmith) -> None:
    """No finding above a hint for at least 95 % of goals that are as good as goals get."""
    assert len(CLEAN) >= 150
    loud = {
        s.id: [d.code for d in review.diagnostics if d.severity != "hint"]
        for s, review in zip(CLEAN, smith.pipe([s.text for s in CLEAN], today=CLEAN_DAY), strict=True)
        if not review.reading.is_goal or any(d.severity != "hint" for d in review.diagnostics)
    }
    assert len(loud) <= 0.05 * len(CLEAN), loud


BROKEN = [
    ("text first\n## abc-001 | other | other\nx\n", "abc.txt:1: text before the first header"),
    ("## abc-001 | other\nx\n", "abc.txt:1: a header has 3 or 6 fields"),
    ("## abc-1 | other | other\nx\n", "id 'abc-1' is not like"),
    ("## abc-001 | wish | other\nx\n", "unknown kind 'wish'"),
    ("## abc-001 | other | sport\nx\n", "unknown area 'sport'"),
    ("## abc-001 | goal | math\nx\n", "goals and objectives have 6 header fields"),
    ("## abc-001 | goal | math | observable | measurable | 6\n[x](CRITERION)\n", "quality '6'"),
    ("## abc-001 | goal | math | observable | measurable | 3\nx\n", "no CRITERION is marked"),
    ("## abc-001 | goal | math | vague | unmeasurable | 1\n[x](WISH)\n", "unknown label 'WISH'"),
    ("## abc-001 | goal | math | vague | unmeasurable | 1\n[x (BEHAVIOR)\n", "never closed"),
    ("## abc-001 | goal | math | vague | unmeasurable | 1\n[ x](BEHAVIOR)\n", "blanks at an edge"),
    ("## abc-001 | other | other\n[x](BEHAVIOR)\n", "has no spans"),
    ("## abc-001 | other | other\nx\n## abc-001 | other | other\ny\n", "abc.txt:3: id abc-001 stands twice"),
    ("## xyz-001 | other | other\nx\n", "is not of voice abc"),
]


@pytest.mark.parametrize(("content", "told"), BROKEN)
def test_a_broken_file_is_named_with_line_and_cause(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "abc.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        list(read_file(path))
    assert told in str(caught.value)


def test_a_statement_knows_its_voice() -> None:
    assert Statement(id="sch-001", text="x", kind="other", area="other").voice == "sch"
