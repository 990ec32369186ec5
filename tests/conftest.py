"""What the tests share: the shipped reader, loaded once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import goalsmith
from goalsmith.rules import pack_names

if TYPE_CHECKING:
    from goalsmith.audit.run import Request


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


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Request:
    """What the audit of the small bank is asked for."""
    from goalsmith.audit.outputs import FORMATS
    from goalsmith.audit.run import Request
    from tests.audits import HEAD, LAST_YEAR, ROWS, TODAY, write_csv

    folder = tmp_path_factory.mktemp("bank")
    return Request(
        paths=[write_csv(folder / "bank.csv", [HEAD, *ROWS])],
        previous=write_csv(folder / "last.csv", LAST_YEAR),
        out=folder / "out",
        rules=loaded("default").rules,
        today=TODAY,
        formats=FORMATS,
        workers=2,
    )


@pytest.fixture(scope="session")
def audited(asked: Request) -> dict[str, Any]:
    """The summary of that audit."""
    from tests.audits import run

    return run(asked)
