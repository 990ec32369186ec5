"""The template bank: enough of it, every row lawful, every example a goal that the default rules pass."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

import goalsmith
from goalsmith.reading import Area
from goalsmith.slots import slots
from goalsmith.templates import PARTS, Skill, Template, bank, without_slots
from goalsmith.words import neutral, spotted, stems

BANK = bank()
TODAY = date(2026, 9, 1)


def test_there_are_enough() -> None:
    assert len(BANK.templates) >= 180
    assert {t.skill.area for t in BANK.templates} == set(get_args(Area))
    for area in get_args(Area):
        assert len(list(BANK.search(area=area))) >= 8, area
    assert len(list(BANK.search(alternate=True))) >= 25
    for age in ("preschool", "elementary", "middle", "high", "transition"):
        assert len(list(BANK.search(age=age))) >= 20, age


@pytest.mark.parametrize("template", BANK.templates, ids=lambda t: t.id)
def test_is_lawful(template: Template) -> None:
    """A template says only what its skill can't be without; numbers, materials, people are slots."""
    assert template.id.startswith(template.skill.area)
    for part in PARTS:
        words = without_slots(getattr(template, part))
        assert not any(char.isdigit() for char in words), words
    named = {stem for words in template.skill.stems for stem in words} | neutral()
    said = [
        (span.of(text), stem)
        for part in ("condition", "behavior", "criterion", "method")
        for text in [without_slots(getattr(template, part))]
        for span, stem in spotted(text)
    ]
    assert [word for word, stem in said if stem not in named] == []
    assert template.behavior.startswith("will ")
    assert "[target]" in template.criterion
    assert template.measure is not None
    assert slots().search(template.method)


@pytest.mark.parametrize("template", BANK.templates, ids=lambda t: t.id)
def test_example_is_a_good_goal(template: Template, smith: goalsmith.Goalsmith) -> None:
    text = template.rendered_example()
    review = smith.review(text, today=TODAY)
    assert [(d.code, d.message) for d in review.at_or_above("warning")] == [], text
    assert review.score.total is not None
    assert review.score.total >= 90, text
    assert (review.reading.observable, review.reading.measurable) == (True, True), text


@pytest.mark.parametrize("skill", BANK.skills, ids=lambda s: s.name)
def test_skill_is_named_by_words(skill: Skill) -> None:
    assert len(skill.words) >= 4
    assert all(stems(words) for words in skill.words)
    assert any(t.skill == skill for t in BANK.templates)
