r"""Read and write the corpus files: one statement a record, its parts marked inline.

A record is a header line and the statement as it was written, up to the next header::

    ## sch-001 | goal | reading | observable | measurable | 4
    [By May 2027](TIMEFRAME), [given a grade 4 passage](CONDITION), [Ines](LEARNER)
    [will read aloud](BEHAVIOR) [95 words correct per minute](CRITERION).

The header holds id, kind and area, and for goals and objectives ``observable`` or ``vague``,
``measurable`` or ``unmeasurable``, and the quality from 1 to 5. A bracket or backslash that belongs
to the statement is written ``\[``, ``\]``, ``\\``. Line breaks inside a record are part of the
statement; blank lines around it are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("goal", "objective", "accommodation", "service", "present_level", "other")
AREAS = (
    "reading",
    "writing",
    "math",
    "communication",
    "behavior",
    "executive",
    "motor",
    "adaptive",
    "transition",
    "other",
)
LABELS = ("TIMEFRAME", "CONDITION", "LEARNER", "BEHAVIOR", "CRITERION", "METHOD", "BASELINE")
GOAL_KINDS = ("goal", "objective")
FOLDER = Path(__file__).parent / "statements"

_ID = re.compile(r"[a-z0-9]+-\d{3,}")
_CLOSE = re.compile(r"\]\(([A-Z]+)\)")


class CorpusError(ValueError):
    """A corpus file breaks its own format; the message names file, line and cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One annotated statement; ``spans`` are (start, end, LABEL) in code points of ``text``."""

    id: str
    text: str
    kind: str
    area: str
    spans: tuple[tuple[int, int, str], ...] = ()
    observable: bool | None = None
    measurable: bool | None = None
    quality: int | None = None

    @property
    def voice(self) -> str:
        """The writer's voice, which is the first part of the id and the name of the file."""
        return self.id.split("-")[0]


def parse_markup(marked: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Marked text -> (plain text, spans). Raises ValueError with the cause."""
    out: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length, start, i = 0, None, 0
    while i < len(marked):
        char = marked[i]
        if char == "\\":
            if marked[i + 1 : i + 2] not in ("[", "]", "\\"):
                raise ValueError(f"a lone backslash at character {i}")
            out.append(marked[i + 1])
            length, i = length + 1, i + 2
        elif char == "[":
            if start is not None:
                raise ValueError(f"a span inside a span at character {i}")
            start, i = length, i + 1
        elif char == "]":
            close = _CLOSE.match(marked, i)
            if start is None or close is None:
                raise ValueError(f"a ']' that closes no span, or has no (LABEL), at character {i}")
            if close[1] not in LABELS:
                raise ValueError(f"unknown label {close[1]!r}")
            spans.append((start, length, close[1]))
            start, i = None, close.end()
        else:
            out.append(char)
            length, i = length + 1, i + 1
    if start is not None:
        raise ValueError("a span that is never closed")
    text = "".join(out)
    for begin, end, label in spans:
        if not text[begin:end].strip() or text[begin:end] != text[begin:end].strip():
            raise ValueError(f"{label} span {text[begin:end]!r} is empty or has blanks at an edge")
    return text, tuple(spans)


def write_markup(text: str, spans: tuple[tuple[int, int, str], ...]) -> str:
    """(plain text, spans) -> marked text, the inverse of :func:`parse_markup`."""

    def escape(piece: str) -> str:
        return re.sub(r"[\[\]\\]", r"\\\g<0>", piece)

    out, last = [], 0
    for start, end, label in spans:
        out += [escape(text[last:start]), "[", escape(text[start:end]), f"]({label})"]
        last = end
    return "".join([*out, escape(text[last:])])


def _statement(header: str, body: str) -> Statement:
    fields = [field.strip() for field in header.removeprefix("##").split("|")]
    if len(fields) not in (3, 6):
        raise ValueError(f"a header has 3 or 6 fields, this one {len(fields)}")
    ident, kind, area = fields[:3]
    if not _ID.fullmatch(ident):
        raise ValueError(f"id {ident!r} is not like 'abc-001'")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}")
    if area not in AREAS:
        raise ValueError(f"unknown area {area!r}")
    if (kind in GOAL_KINDS) != (len(fields) == 6):
        raise ValueError("goals and objectives have 6 header fields, other kinds 3")
    text, spans = parse_markup(body)
    if not text.strip():
        raise ValueError("no text")
    if kind not in GOAL_KINDS:
        if spans:
            raise ValueError(f"a statement of kind {kind} has no spans")
        return Statement(id=ident, text=text, kind=kind, area=area)
    if fields[3] not in ("observable", "vague") or fields[4] not in ("measurable", "unmeasurable"):
        raise ValueError(f"expected observable|vague and measurable|unmeasurable, got {fields[3:5]}")
    if fields[5] not in ("1", "2", "3", "4", "5"):
        raise ValueError(f"quality {fields[5]!r} is not 1 to 5")
    measurable, quality = fields[4] == "measurable", int(fields[5])
    if measurable and not any(label == "CRITERION" for *_, label in spans):
        raise ValueError("measurable, but no CRITERION is marked")
    return Statement(
        id=ident,
        text=text,
        kind=kind,
        area=area,
        spans=spans,
        observable=fields[3] == "observable",
        measurable=measurable,
        quality=quality,
    )


def read_file(path: Path) -> Iterator[Statement]:
    """Yield a file's statements. Raises CorpusError naming file, line and cause."""
    header, line_no = "", 0
    body: list[str] = []
    seen: set[str] = set()

    def record() -> Iterator[Statement]:
        if not header:
            if any(line.strip() for line in body):
                raise CorpusError(f"{path}:1: text before the first header")
            return
        try:
            statement = _statement(header, "\n".join(body).strip("\n"))
        except ValueError as error:
            raise CorpusError(f"{path}:{line_no}: {error}") from None
        if statement.id in seen:
            raise CorpusError(f"{path}:{line_no}: id {statement.id} stands twice")
        if statement.voice != path.stem:
            raise CorpusError(f"{path}:{line_no}: id {statement.id} is not of voice {path.stem}")
        seen.add(statement.id)
        yield statement

    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("## "):
            yield from record()
            header, line_no, body = line, number, []
        else:
            body.append(line)
    yield from record()


def read_statements(folder: Path = FOLDER) -> list[Statement]:
    """All hand-written statements, in file and record order."""
    return [statement for path in sorted(folder.glob("*.txt")) for statement in read_file(path)]
