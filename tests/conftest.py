"""What the tests share: the shipped reader, loaded once."""

from __future__ import annotations

from functools import cache

import pytest

import goalsmith
from goalsmith.rules import pack_names


@cache
def loaded(rules: str) -> goalsmith.Goalsmith:
    return goalsmith.load(rules, drafter=None)


@pytest.fixture(scope="session")
def smith() -> goalsmith.Goalsmith:
    """Under the default rules, with templates alone."""
    return loaded("default")


@pytest.fixture(scope="session", params=pack_names())
def any_smith(request: pytest.FixtureRequest) -> goalsmith.Goalsmith:
    """Under each pack in turn."""
    return loaded(request.param)
