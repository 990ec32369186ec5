"""Review -> what a person reads: the terminal's view and Markdown. JSON is :meth:`Review.to_dict`."""

from __future__ import annotations

from goalsmith.report.markdown import to_markdown
from goalsmith.report.terminal import ReviewView, console

__all__ = ["ReviewView", "console", "to_markdown"]
