"""The catalogue guards itself: every check is lawful, documented, and does what its examples say."""

from __future__ import annotations

import re

import pytest

import goalsmith
from goalsmith import CATALOGUE, Check, apply
from goalsmith.checks import EXAMPLES_TODAY, Example
from goalsmith.tables import sources

CHECKS = list(CATALOGUE.values())
FLAGS = [(check, example) for check in CHECKS for example in check.flags]
PASSES = [(check, example) for check in CHECKS for example in check.passes]


def named(value: object) -> str:
    return (
        value.code
        if isinstance(value, Check)
        else value.text[:40]
        if isinstance(value, Example)
        else str(value)
    )


@pytest.fixture(scope="module")
def every_check() -> goalsmith.Goalsmith:
    """Rules under which no check is silenced."""
    return goalsmith.load(severity={check.code: check.severity for check in CHECKS})


def test_there_are_enough() -> None:
    assert len(CHECKS) >= 25


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_is_lawful(check: Check) -> None:
    assert re.fullmatch(r"[GSMART]\d\d", check.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.name)
    assert check.letter is None or check.letter[0].upper() == check.code[0]
    assert check.source in sources()
    assert check.summary.endswith(".")
    assert len(check.reason) > 30
    assert len(check.flags) >= 2
    assert len(check.passes) >= 2


def test_names_are_unique() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize(("check", "example"), FLAGS, ids=named)
def test_flags(check: Check, example: Example, every_check: goalsmith.Goalsmith) -> None:
    review = every_check.review(example.text, example.present_levels, EXAMPLES_TODAY)
    spans = [d.span for d in review.diagnostics if d.code == check.code]
    assert example.span is not None
    assert [s.of(example.text) for s in spans] == [example.span.of(example.text)]
    assert spans == [example.span]


@pytest.mark.parametrize(("check", "example"), PASSES, ids=named)
def test_passes(check: Check, example: Example, every_check: goalsmith.Goalsmith) -> None:
    review = every_check.review(example.text, example.present_levels, EXAMPLES_TODAY)
    assert check.code not in [d.code for d in review.diagnostics]


@pytest.mark.parametrize(("check", "example"), FLAGS, ids=named)
def test_a_fix_keeps_its_promise(check: Check, example: Example, every_check: goalsmith.Goalsmith) -> None:
    """What a fix mends is not found again, and fixing comes to an end."""
    text = example.text
    for _ in range(5):
        review = every_check.review(text, example.present_levels, EXAMPLES_TODAY)
        fixes = [d.fix for d in review.diagnostics if d.code == check.code and d.fix]
        if not fixes:
            break
        text = apply(text, fixes)
    else:
        pytest.fail(f"still fixing: {text}")
