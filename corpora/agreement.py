"""Print how far the two blind annotations of the corpus agree, before differences were settled.

python -m corpora.agreement
"""

from __future__ import annotations

from pathlib import Path

from corpora.markup import Statement, read_statements
from corpora.metrics import Annotation, compare

ANNOTATIONS = Path(__file__).parent / "annotations"


def annotation(statement: Statement) -> Annotation:
    """A corpus record as one annotation."""
    return Annotation(
        kind=statement.kind,
        area=statement.area,
        spans=statement.spans,
        observable=statement.observable,
        measurable=statement.measurable,
        quality=statement.quality,
    )


def main() -> None:
    """Print the table."""
    first, second = (
        {s.id: annotation(s) for s in read_statements(ANNOTATIONS / name)} for name in ("first", "second")
    )
    print(f"{len(first)} statements")
    for name, value in compare(first, second).items():
        print(f"{name:24} {value:.3f}")


if __name__ == "__main__":
    main()
