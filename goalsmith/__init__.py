"""goalsmith reads a draft IEP goal, says what is in it and what is missing, and scores how SMART it is.

::

    text -> Document -> Reading -> Facts -> Diagnostics -> Score -> Review -> terminal, JSON, Markdown

    >>> import goalsmith
    >>> smith = goalsmith.load(rules="tx")
    >>> review = smith.review("Marcus will improve his reading.")
    >>> review.score.total, [d.code for d in review.diagnostics]  # doctest: +SKIP

Nothing here needs a network, and no text leaves the process.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goalsmith.checks import CATALOGUE, Check
    from goalsmith.diagnostic import Diagnostic, Edit, Fix, apply
    from goalsmith.errors import ConfigError, GoalsmithError, InputError, ModelError, TableError, TextError
    from goalsmith.facts import Facts
    from goalsmith.pipeline import Goalsmith, load
    from goalsmith.reading import Part, Reading
    from goalsmith.review import SCHEMA_VERSION, Review, schema
    from goalsmith.rules import Rules, make_rules, read_config
    from goalsmith.score import Mark, Score
    from goalsmith.statements import Statement, read_statements, split_statements
    from goalsmith.text import Document, Span

__version__ = "0.1.0"

# Public name -> the module it lives in. A name is imported when it is first asked for, so that
# `goalsmith --help` and editors that only want one type pay for nothing else.
_HOMES = {
    "CATALOGUE": "checks",
    "Check": "checks",
    "ConfigError": "errors",
    "Diagnostic": "diagnostic",
    "Document": "text",
    "Edit": "diagnostic",
    "Facts": "facts",
    "Fix": "diagnostic",
    "Goalsmith": "pipeline",
    "GoalsmithError": "errors",
    "InputError": "errors",
    "Mark": "score",
    "ModelError": "errors",
    "Part": "reading",
    "Reading": "reading",
    "Review": "review",
    "Rules": "rules",
    "SCHEMA_VERSION": "review",
    "Score": "score",
    "Span": "text",
    "TableError": "errors",
    "TextError": "errors",
    "apply": "diagnostic",
    "load": "pipeline",
    "make_rules": "rules",
    "read_config": "rules",
    "schema": "review",
    "split_statements": "statements",
    "Statement": "statements",
    "read_statements": "statements",
}

__all__ = [
    "CATALOGUE",
    "SCHEMA_VERSION",
    "Check",
    "ConfigError",
    "Diagnostic",
    "Document",
    "Edit",
    "Facts",
    "Fix",
    "Goalsmith",
    "GoalsmithError",
    "InputError",
    "Mark",
    "ModelError",
    "Part",
    "Reading",
    "Review",
    "Rules",
    "Score",
    "Span",
    "Statement",
    "TableError",
    "TextError",
    "__version__",
    "apply",
    "load",
    "make_rules",
    "read_config",
    "read_statements",
    "schema",
    "split_statements",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'goalsmith' has no attribute {name!r}")
    value = getattr(import_module(f"goalsmith.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
