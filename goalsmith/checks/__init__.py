"""Facts -> Diagnostics: the checks, a module a SMART letter and one for the statement as a whole."""

from __future__ import annotations

from goalsmith.checks import (  # noqa: F401  (importing a module registers its checks)
    achievable,
    measurable,
    relevant,
    specific,
    statement,
    timebound,
)
from goalsmith.checks.registry import (
    CATALOGUE,
    EXAMPLES_TODAY,
    Check,
    Example,
    Finding,
    Letter,
    RequiredPart,
)

# The catalogue is read in this order everywhere: the statement, then the letters.
for _code in sorted(CATALOGUE, key=lambda code: ("GSMART".index(code[0]), code)):
    CATALOGUE[_code] = CATALOGUE.pop(_code)

__all__ = ["CATALOGUE", "EXAMPLES_TODAY", "Check", "Example", "Finding", "Letter", "RequiredPart"]
