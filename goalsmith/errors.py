"""Everything goalsmith raises on purpose.

::

    GoalsmithError
    ├── TextError        the draft itself can't be reviewed (empty, too long, not a string)
    ├── InputError       a file or a row of it can't be read; names file, line and cause
    ├── ConfigError      goalsmith.toml or an option asks for what isn't there
    ├── TableError       a data table that ships with goalsmith is damaged; names file, row and cause
    └── ModelError       the weights that ship with goalsmith are missing or damaged; names file and cause

A finding about a goal is never an exception: it is a :class:`goalsmith.Diagnostic`.
"""

from __future__ import annotations


class GoalsmithError(Exception):
    """The base of all errors goalsmith raises on purpose; its text is fit for a user."""


class TextError(GoalsmithError, ValueError):
    """The draft can't be reviewed: it is empty, too long, or not a string."""


class InputError(GoalsmithError, ValueError):
    """An input file or one of its rows can't be read; the text names file, line and cause."""


class ConfigError(GoalsmithError, ValueError):
    """goalsmith.toml or an option names a pack, check, severity or key that doesn't exist."""


class TableError(GoalsmithError, RuntimeError):
    """A table inside the package is damaged; the text names file, row and cause."""


class ModelError(GoalsmithError, RuntimeError):
    """A model's file is missing, damaged or of another version; the text names file and cause."""
