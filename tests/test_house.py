"""The house keeps its own rules: style, types, layers, public names, generated pages, no torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import goalsmith

ROOT = Path(__file__).parent.parent
PUBLIC = [
    "Bank",
    "Benchmark",
    "CATALOGUE",
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
    "SCHEMA_VERSION",
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


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports", "--no-logo"],
    ],
    ids=" ".join,
)
def test_tool_is_content(command: list[str]) -> None:
    tool = Path(sys.executable).with_name(command[0])
    ran = subprocess.run([str(tool), *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_public_names_are_locked() -> None:
    assert sorted(goalsmith.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(goalsmith, name) is not None


def test_no_other_name_is_public() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = goalsmith.nothing  # type: ignore[attr-defined]


def test_checks_page_is_fresh() -> None:
    from goalsmith.report.catalogue import checks_markdown

    page = (ROOT / "CHECKS.md").read_text(encoding="utf-8")
    assert page == checks_markdown() + "\n", "run: goalsmith rules --format markdown > CHECKS.md"


WITHOUT = """
import sys

class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "transformers", "datasets", "sklearn", "scipy", "corpora", "models"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Forbid())
import goalsmith
review = goalsmith.load().review("By May 2027, Mia will spell 8 of 10 words.")
assert review.score.total
"""


def test_a_review_needs_none_of_the_training_packages(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert ran.returncode == 0, ran.stderr


def test_nothing_in_the_package_opens_a_connection() -> None:
    """No module of goalsmith imports anything that talks to a network."""
    talkers = {
        "socket",
        "ssl",
        "http",
        "urllib",
        "requests",
        "httpx",
        "aiohttp",
        "ftplib",
        "smtplib",
        "asyncio",
    }
    for path in (ROOT / "goalsmith").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & talkers, path


def test_help_is_quick_to_import() -> None:
    """`goalsmith --help` loads neither spaCy nor pydantic nor the model's runtime."""
    code = "import sys, goalsmith.cli; print([m for m in ('spacy', 'pydantic', 'ctranslate2', 'numpy') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "[]"
