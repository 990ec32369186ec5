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

from goalsmith.checks import CATALOGUE, Check
from goalsmith.diagnostic import Diagnostic, Edit, Fix, apply
from goalsmith.errors import ConfigError, GoalsmithError, InputError, TableError, TextError
from goalsmith.facts import Facts
from goalsmith.pipeline import Goalsmith, load
from goalsmith.reading import Part, Reading
from goalsmith.review import SCHEMA_VERSION, Review, schema
from goalsmith.rules import Rules, make_rules, read_config
from goalsmith.score import Mark, Score
from goalsmith.text import Document, Span, split_statements

__version__ = "0.1.0"

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
    "Part",
    "Reading",
    "Review",
    "Rules",
    "Score",
    "Span",
    "TableError",
    "TextError",
    "__version__",
    "apply",
    "load",
    "make_rules",
    "read_config",
    "schema",
    "split_statements",
]
