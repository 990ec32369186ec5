"""The records the drafter learns from keep their word."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpora.drafts import by_split, read_drafts, refused
from corpora.markup import AREAS, CorpusError
from corpora.shares import trigrams
from goalsmith import Goalsmith
from goalsmith.proposal import markers
from goalsmith.rewrite import OPEN

RECORDS = read_drafts()


def test_there_are_enough_of_every_area() -> None:
    assert len(RECORDS) >= 1200
    counts = Counter(record.area for record in RECORDS)
    assert set(counts) == set(AREAS)
    assert all(count >= 80 for area, count in counts.items() if area != "other")
    share = sum(record.present_levels is not None for record in RECORDS) / len(RECORDS)
    assert 0.5 <= share <= 0.8


def test_rewrites_would_be_shown(smith: Goalsmith) -> None:
    """All but a few that a reader trained later reads otherwise; ``python -m corpora.drafts`` names them."""
    told = [(record.id, why) for record, _, why in refused(RECORDS, smith)]
    assert len(told) <= 0.03 * sum(len(record.rewrites) for record in RECORDS), told


def test_only_known_slots_are_open() -> None:
    for record in RECORDS:
        for text in record.rewrites:
            assert set(OPEN.findall(text)) - set(OPEN.findall(record.draft)) <= set(markers()), record.id


def test_no_two_drafts_are_near_copies() -> None:
    seen: dict[tuple[str, ...], list[int]] = {}
    grams = [trigrams(record.draft) for record in RECORDS]
    for index, own in enumerate(grams):
        for gram in own:
            seen.setdefault(gram, []).append(index)
    pairs = Counter((a, b) for found in seen.values() for i, a in enumerate(found) for b in found[i + 1 :])
    near = [
        (RECORDS[a].id, RECORDS[b].id)
        for (a, b), shared in pairs.items()
        if shared / len(grams[a] | grams[b]) >= 0.5
    ]
    assert near == []


def test_skills_are_tested_on_that_were_not_trained_on() -> None:
    parts = by_split(RECORDS)
    skills = {name: {(r.area, r.skill) for r in part} for name, part in parts.items()}
    assert not skills["train"] & (skills["dev"] | skills["test"])
    assert {area for area, _ in skills["test"]} >= set(AREAS) - {"other"}
    assert len(parts["test"]) >= 120


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("drafts = 3", "drafts"),
        ('[[drafts]]\nid = "a"\narea = "reading"\nskill = "x"\ndraft = "y"\nrewrites = []', "rewrites"),
        (
            '[[drafts]]\nid = "a"\narea = "cooking"\nskill = "x"\ndraft = "y"\nrewrites = ["z"]',
            "unknown area 'cooking'",
        ),
        ("drafts = [", "bad.toml"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"bad\.toml") as caught:
        read_drafts([path])
    assert told in str(caught.value)
