"""The data goalsmith knows the field by, and the one strict loader that reads it.

Word lists, units, cues, weights, rule packs and sources are TOML files in this folder. A file that
breaks its own shape stops the tool with an error that names file, row and cause.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from goalsmith.errors import TableError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = files("goalsmith.tables")


class Row(BaseModel):
    """The base of every row and table: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


RowT = TypeVar("RowT", bound=Row)


def parse(shape: type[RowT], data: dict[str, Any], where: str) -> RowT:
    """Check ``data`` against ``shape``. Raises TableError naming ``where``, the row and the cause."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        row = ".".join(str(part) for part in first["loc"])
        raise TableError(f"{where}: {row}: {first['msg']}") from None


def read_toml(text: str) -> dict[str, Any]:
    """TOML text as plain data. Raises ValueError naming line and cause."""
    return tomllib.loads(text)


def load(name: str, shape: type[RowT]) -> RowT:
    """Read ``tables/<name>.toml``. Raises TableError naming file, row and cause."""
    try:
        data = read_toml((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TableError(f"tables/{name}.toml: {error}") from None
    return parse(shape, data, f"tables/{name}.toml")


def alternatives(phrases: list[str]) -> str:
    """A pattern matching any of the plain phrases, longest first, blanks stretched."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in ordered)


class Source(Row):
    """Where a fact, a requirement or a word list comes from."""

    title: str
    citation: str


class _Sources(Row):
    sources: dict[str, Source]


@cache
def sources() -> dict[str, Source]:
    """Every source by its key."""
    return load("sources", _Sources).sources
