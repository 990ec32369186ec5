"""Which column is what: a sheet's first rows -> Layout, and a row under it -> Entries.

Columns are found by their headers (``tables/audit.toml``) and checked against what stands in them; a
choice of the user's comes before both.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, get_args

from goalsmith.audit.sheets import Row, Sheet
from goalsmith.errors import InputError
from goalsmith.quantities import quantities
from goalsmith.tables import Row as TableRow
from goalsmith.tables import alternatives, load

Role = Literal[
    "text", "objective", "id", "name", "group", "type", "person",
    "baseline", "criterion", "method", "schedule", "timeframe", "condition",
]  # fmt: skip
# The parts of a goal a neighbour field can hold.
BESIDE: tuple[Role, ...] = (
    "baseline", "criterion", "method", "schedule", "person", "timeframe", "condition",
)  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)

_SAMPLE = 300  # rows a column's content is judged by
_HEADERS = 12  # the first rows, among which the header stands
_LONG = 60  # characters; a header is shorter


class _Cells(TableRow):
    nothing: list[str]
    objective_types: list[str]
    statement_words: list[str]


class _Published(TableRow):
    rate: str
    figure: float
    of: str
    source: str


class AuditTable(TableRow):
    """``tables/audit.toml``."""

    columns: dict[str, list[str]]
    cells: _Cells
    findings: dict[str, dict[str, str]]
    published: list[_Published]


@cache
def audit_table() -> AuditTable:
    """The one loaded instance."""
    return load("audit", AuditTable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is used: its place from 0, its header as written, what it is, and its number, if any."""

    index: int
    header: str
    role: Role
    number: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a sheet is read: the rows before its data, and the columns that are used."""

    before: int
    header: tuple[str, ...]
    columns: tuple[Column, ...]

    def of(self, *roles: Role) -> list[Column]:
        """The columns of some roles, in order."""
        return [column for column in self.columns if column.role in roles]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement of a row with what stands beside it; ``beside`` is part -> the cell's words."""

    text: str
    column: str
    objective: bool
    id: str
    name: str
    groups: tuple[str, ...]
    beside: dict[str, str] = field(default_factory=dict)


Choice = Mapping[Role, Sequence[str]]


def lay_out(sheet: Sheet, choice: Choice, *, strict: bool = True) -> Layout:
    """Find out how a sheet is to be read.

    Args:
        sheet: the sheet; its first rows are read.
        choice: role -> headers as the user named them; they come before what is found.
        strict: whether a chosen header that isn't there is an error; with several files it need not be
            in each of them.

    Raises:
        InputError: no column holds goals, or a chosen column isn't there; the message names the columns.
    """
    rows = [row for row in itertools.islice(sheet.rows(), _SAMPLE + _HEADERS) if row.fault is None]
    if sheet.header is not None:
        before, header, data = 0, sheet.header, rows
    else:
        before, header = _header(rows)
        data = [row for row in rows if row.number > before]
    if not any(any(cell.strip() for cell in row.cells) for row in rows):
        raise InputError(f"{sheet.where}: there are no rows in it")
    contents = [
        [cell for row in data if index < len(row.cells) and (cell := row.cells[index].strip())]
        for index in range(len(header))
    ]
    columns = _assign(sheet, header, contents, choice, strict=strict)
    layout = Layout(before=before, header=header, columns=tuple(columns))
    if not layout.of("text", "objective"):
        named = ", ".join(repr(name) for name in header[:12])
        raise InputError(
            f"{sheet.where}: no column looks like goals; name it with --text; its columns: {named}"
        )
    return layout


def entries(layout: Layout, row: Row) -> list[Entry]:
    """The statements of a row; none where the row is blank.

    Raises:
        InputError: the row is the header once more.
    """
    cells = [cell.strip() for cell in row.cells]

    def cell(column: Column) -> str:
        return cells[column.index] if column.index < len(cells) else ""

    statements = [c for c in layout.of("text", "objective") if not _says_nothing(cell(c))]
    if statements and all(cell(c) == c.header.strip() for c in layout.columns if cell(c)):
        raise InputError("the header stands here again")
    own = " ".join(filter(None, (cell(c) for c in layout.of("name"))))
    ident = " ".join(filter(None, (cell(c) for c in layout.of("id"))))
    groups = tuple(cell(c) or "not stated" for c in layout.of("group"))
    kinds = [cell(c).lower() for c in layout.of("type")]
    return [
        Entry(
            text=cell(c),
            column=c.header,
            objective=c.role == "objective" or any(k in _objective_types() for k in kinds),
            id=ident,
            name=own,
            groups=groups,
            beside=_beside(layout, c, cell),
        )
        for c in statements
    ]


def states(part: str, words: str) -> bool:
    """Whether a neighbour field says what a part of a goal should: a criterion needs a level in figures."""
    if part == "criterion":
        return bool(quantities().find(words, 0, len(words)))
    return any(char.isalnum() for char in words)


def _beside(layout: Layout, statement: Column, cell: Callable[[Column], str]) -> dict[str, str]:
    """The neighbour fields of a statement: those of its number, and those of none."""
    held: dict[str, list[str]] = defaultdict(list)
    numbered = {c.number for c in layout.of("text", "objective")}
    for column in layout.of(*BESIDE):
        belongs = column.number == statement.number or (
            column.number is None and (statement.role == "text" or None not in numbered)
        )
        words = cell(column)
        if belongs and not _says_nothing(words):
            held[column.role].append(words)
    return {part: "; ".join(words) for part, words in held.items()}


def _says_nothing(words: str) -> bool:
    return words.lower() in _nothing()


@cache
def _nothing() -> frozenset[str]:
    return frozenset(["", *audit_table().cells.nothing])


@cache
def _objective_types() -> frozenset[str]:
    return frozenset(audit_table().cells.objective_types)


# The header


def _header(rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """The number of the last row before the data, and the columns' names."""
    first = [row for row in rows[:_HEADERS] if any(cell.strip() for cell in row.cells)]
    width = max((len(row.cells) for row in rows), default=0)
    best, most, at = None, 0, 0
    for index, row in enumerate(first):
        known = sum(map(_is_header, row.cells))
        if known > most and not any(map(_is_content, row.cells)):
            best, most, at = row, known, index
    if best is None:
        return 0, tuple(f"column {n}" for n in range(1, width + 1))
    names = [*(cell.strip() for cell in best.cells), *[""] * (width - len(best.cells))]
    above = first[at - 1] if at else None
    if above is not None and above.number == best.number - 1:
        names = _joined(above.cells, names)
    return best.number, tuple(name or f"column {n}" for n, name in enumerate(names, 1))


def _is_header(cell: str) -> bool:
    """Whether a cell is mostly a phrase that headers are made of: "Lincoln School" is a school's name."""
    words, _ = _plain(cell)
    longest = max((len(m[1]) for m in _phrases().finditer(words)), default=0)
    return longest > 0 and 2 * longest >= len(words)


def _is_content(cell: str) -> bool:
    cell = cell.strip()
    return len(cell) > _LONG or " will " in cell or (cell.isdigit() and len(cell) != 4)


def _joined(above: Sequence[str], names: list[str]) -> list[str]:
    """A second header row under merged cells: what stands above is carried over the blanks to its right."""
    filled = [cell.strip() for cell in above]
    merged = 2 <= sum(map(bool, filled)) < sum(map(bool, names)) and all(len(c) <= _LONG for c in filled)
    if not merged:
        return names
    carried, out = "", []
    for index, name in enumerate(names):
        carried = (filled[index] if index < len(filled) else "") or carried
        out.append(f"{carried} {name}".strip() if carried and name else name or carried)
    return out


def _plain(header: str) -> tuple[str, int | None]:
    """A header in lower case, without marks, and its number: "Goal_2: Text" -> ("goal text", 2)."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header.strip())
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’]s\b", "", spaced.lower())).strip()
    number = re.search(r"[a-z]\s?(\d{1,2})(?!\d)", words)
    bare = " ".join(re.sub(r"\d+", " ", words).split())
    return bare, int(number[1]) if number else None


@cache
def _phrases() -> re.Pattern[str]:
    words = [phrase for phrases in audit_table().columns.values() for phrase in phrases]
    return re.compile(rf"(?=\b({alternatives(words)})\b)")


@cache
def _meanings() -> dict[str, str]:
    return {phrase: role for role, phrases in audit_table().columns.items() for phrase in phrases}


def _role(header: str) -> tuple[str | None, int | None]:
    """What a header says its column is, and the column's number."""
    words, number = _plain(header)
    # What stands last is what the header is about: "Student School" is a school.
    found = [(len(m[1]) + 2 * (m.end(1) == len(words)), -m.start(), m[1]) for m in _phrases().finditer(words)]
    return (_meanings()[max(found)[2]], number) if found else (None, number)


# The columns


def _assign(
    sheet: Sheet,
    header: Sequence[str],
    contents: Sequence[Sequence[str]],
    choice: Choice,
    *,
    strict: bool,
) -> list[Column]:
    columns: dict[int, Column] = {}
    for role in ROLES:
        for wanted in choice.get(role, ()):
            places = [i for i, name in enumerate(header) if _same(name, wanted)]
            if not places and strict:
                named = ", ".join(repr(name) for name in header[:12])
                raise InputError(f"{sheet.where}: no column {wanted!r} for --{role}; its columns: {named}")
            for i in places:
                number = _role(header[i])[1]
                columns[i] = Column(index=i, header=header[i], role=role, number=number, chosen=True)
    chosen = {column.role for column in columns.values()}
    found: list[Column] = []
    wide: list[Column] = []
    for index, name in enumerate(header):
        said, number = _role(name)
        if index in columns or said in (None, "ignore"):
            continue
        if said == "wider":
            if "group" not in chosen:
                wide.append(Column(index=index, header=name, role="group"))
        elif said not in chosen:
            found.append(Column(index=index, header=name, role=_as_role(said), number=number))
    statements = _statements(found, contents, taken="text" in chosen or "objective" in chosen)
    if not statements and not chosen & {"text", "objective"}:
        free = [i for i in range(len(header)) if i not in columns]
        best = max(free, key=lambda i: _like_statements(contents[i]), default=None)
        if best is not None and _like_statements(contents[best]) >= 0.3:
            statements = [Column(index=best, header=header[best], role="text")]
    taken = {column.index for column in statements}
    others = [c for c in found if c.role not in ("text", "objective") and c.index not in taken]
    schools = [c for c in others if c.role == "group"][:1]
    others = [c for c in others if c.role != "group"] + wide[:1] + schools
    return [*columns.values(), *statements, *others]


def _as_role(said: str | None) -> Role:
    return next(role for role in ROLES if role == said)


def _same(header: str, wanted: str) -> bool:
    return " ".join(header.lower().split()) == " ".join(wanted.lower().split())


def _statements(found: Iterable[Column], contents: Sequence[Sequence[str]], *, taken: bool) -> list[Column]:
    """The columns that hold statements, among those whose header says so.

    Numbered ones and ones of the same name are all used. Of several with different names the one that
    reads most like statements is: "Goal" may hold a number and "Goal Text" the goal.
    """
    objectives = [c for c in found if c.role == "objective" and _holds_words(contents[c.index])]
    if taken:
        return []
    goals = [c for c in found if c.role == "text" and _holds_words(contents[c.index])]
    named: dict[str, list[Column]] = defaultdict(list)
    for column in goals:
        named[_plain(column.header)[0]].append(column)
    if len(named) > 1:
        best = max(named.values(), key=lambda cs: max(_like_statements(contents[c.index]) for c in cs))
        goals = best
    return sorted([*goals, *objectives], key=lambda column: column.index)


def _holds_words(cells: Sequence[str]) -> bool:
    """Whether a column holds sentences rather than codes; an empty one may yet."""
    if not cells:
        return True
    return sum(len(cell.split()) >= 3 for cell in cells) >= 0.3 * len(cells)


def _like_statements(cells: Sequence[str]) -> float:
    """How much a column reads like goals, 0 to 1."""
    if not cells:
        return 0.0
    known = set(audit_table().cells.statement_words)
    scores = (
        min(1.0, len(known & set(words)) / 3)
        if len(words := re.findall(r"[a-z]+", cell[:600].lower())) >= 5
        else 0.0
        for cell in cells
    )
    return sum(scores) / len(cells)


def shown(layout: Layout) -> Iterator[tuple[str, str]]:
    """The layout for a person: (what it is, the headers)."""
    for role in ROLES:
        if headers := [column.header for column in layout.of(role)]:
            yield role, ", ".join(headers)
