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
    from goalsmith.benchmarks import Benchmark
    from goalsmith.candidate import Piece
    from goalsmith.checks import CATALOGUE, Check
    from goalsmith.diagnostic import Diagnostic, Edit, Fix, apply
    from goalsmith.errors import ConfigError, GoalsmithError, InputError, ModelError, TableError, TextError
    from goalsmith.facts import Facts
    from goalsmith.figures import Figure
    from goalsmith.growth import Growth
    from goalsmith.link import Link
    from goalsmith.pipeline import Goalsmith, load
    from goalsmith.present_levels import PresentLevels
    from goalsmith.reading import Part, Reading
    from goalsmith.review import SCHEMA_VERSION, Review, schema
    from goalsmith.rewrite import Drafted, Refused, Rewrite
    from goalsmith.rules import Rules, make_rules, read_config
    from goalsmith.score import Mark, Score
    from goalsmith.statements import Statement, read_statements, split_statements
    from goalsmith.templates import Bank, Template, bank
    from goalsmith.text import Document, Span
    from goalsmith.trace import Sources, Untraced, untraced

__version__ = "0.1.0"

# Public name -> the module it lives in. A name is imported when it is first asked for, so that
# `goalsmith --help` and editors that only want one type pay for nothing else.
_HOMES = {
    "apply": "diagnostic",
    "Bank": "templates",
    "bank": "templates",
    "Benchmark": "benchmarks",
    "CATALOGUE": "checks",
    "Check": "checks",
    "ConfigError": "errors",
    "Diagnostic": "diagnostic",
    "Document": "text",
    "Drafted": "rewrite",
    "Edit": "diagnostic",
    "Facts": "facts",
    "Figure": "figures",
    "Fix": "diagnostic",
    "Goalsmith": "pipeline",
    "GoalsmithError": "errors",
    "Growth": "growth",
    "InputError": "errors",
    "Link": "link",
    "load": "pipeline",
    "make_rules": "rules",
    "Mark": "score",
    "ModelError": "errors",
    "Part": "reading",
    "Piece": "candidate",
    "PresentLevels": "present_levels",
    "read_config": "rules",
    "read_statements": "statements",
    "Reading": "reading",
    "Review": "review",
    "Refused": "rewrite",
    "Rewrite": "rewrite",
    "Rules": "rules",
    "schema": "review",
    "SCHEMA_VERSION": "review",
    "Score": "score",
    "Sources": "trace",
    "Span": "text",
    "split_statements": "statements",
    "Statement": "statements",
    "TableError": "errors",
    "Template": "templates",
    "TextError": "errors",
    "Untraced": "trace",
    "untraced": "trace",
}

__all__ = [
    "CATALOGUE",
    "SCHEMA_VERSION",
    "Bank",
    "Benchmark",
    "Check",
    "ConfigError",
    "Diagnostic",
    "Document",
    "Drafted",
    "Edit",
    "Facts",
    "Figure",
    "Fix",
    "Goalsmith",
    "GoalsmithError",
    "Growth",
    "InputError",
    "Link",
    "Mark",
    "ModelError",
    "Part",
    "Piece",
    "PresentLevels",
    "Reading",
    "Refused",
    "Review",
    "Rewrite",
    "Rules",
    "Score",
    "Sources",
    "Span",
    "Statement",
    "TableError",
    "Template",
    "TextError",
    "Untraced",
    "__version__",
    "apply",
    "bank",
    "load",
    "make_rules",
    "read_config",
    "read_statements",
    "schema",
    "split_statements",
    "untraced",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'goalsmith' has no attribute {name!r}")
    value = getattr(import_module(f"goalsmith.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
