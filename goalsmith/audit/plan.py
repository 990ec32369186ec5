"""A run on disk: its folder of parts, written once the input has been read, by which it goes on after a stop.

::

    OUT/.parts/plan.json         what was asked for, of which files; written last of all the input side
    OUT/.parts/rows-000000.arrow every row that holds a statement, in order
    OUT/.parts/texts-…           each distinct statement once
    OUT/.parts/reviews-…         its review
    OUT/.parts/rewrites-…        rewrites of those that were asked for

A part is written whole or not at all, and holds the same rows whatever runs it, so a run that was killed
goes on with the parts that are missing and ends as an unbroken one does.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goalsmith.audit.columns import BESIDE, Choice, Entry, entries, lay_out, shown, states
from goalsmith.audit.reviewing import STATEMENTS, Task, read_part, write_part
from goalsmith.audit.sheets import Row, Sheet, open_sheets
from goalsmith.errors import ConfigError, InputError, TextError
from goalsmith.text import Document

TEXTS = 128  # statements in a part that is reviewed
ROWS = 2048  # rows in a part of rows

_ROW = pa.schema(
    [
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("groups", pa.list_(pa.string())),
        ("text", pa.string()),
        ("beside", pa.map_(pa.string(), pa.string())),
        ("stated", pa.list_(pa.string())),  # the parts that stand beside it
        ("number", pa.int64()),  # of its distinct statement; -1 where it can't be reviewed
        ("fault", pa.string()),
    ]
)


class Store:
    """The parts of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: OrderedDict[Path, pa.RecordBatch] = OrderedDict()

    def path(self, kind: str, index: int) -> Path:
        """Where a part lies."""
        return self.folder / f"{kind}-{index:07}.arrow"

    def tasks(self, kind: str, source: str, target: str, count: int) -> list[Task]:
        """The parts among ``count`` that are still to be made."""
        made = ((self.path(source, i), self.path(target, i)) for i in range(count))
        return [(kind, here, there) for here, there in made if not there.exists()]

    def at(self, kind: str, number: int, size: int = TEXTS) -> dict[str, Any]:
        """A row by its number, of parts of ``size`` rows; the parts used last stay open."""
        path = self.path(kind, number // size)
        batch = self._open.pop(path, None)
        if batch is None:
            batch = read_part(path)
            if len(self._open) >= 64:
                self._open.popitem(last=False)
        self._open[path] = batch
        row: dict[str, Any] = batch.slice(number % size, 1).to_pylist()[0]
        return row

    def rows(
        self, index: int, fields: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
        """Every row of a part of rows, in order, with its review; or those ``fields`` and ``columns`` of them.

        ``beside`` is a dict; where a row can't be reviewed there is no review. Rows of one statement may
        share one: it is not to be changed.
        """
        part = read_part(self.path("rows", index))
        numbers = np.unique(part.column("number").to_numpy())
        reviews = self._reviews(numbers[numbers >= 0], columns)
        for row in (part.select(fields) if fields else part).to_pylist():
            if "beside" in row:
                row["beside"] = dict(row["beside"])
            yield row, reviews.get(row["number"])

    def _reviews(
        self, numbers: NDArray[np.int64], columns: Sequence[str] | None
    ) -> dict[int, dict[str, Any]]:
        """The reviews of the statements ``numbers``, in rising order, by number."""
        # Repeats lie far apart: of a part that holds a few of them only those rows are read and kept. A row made
        # a dict alone costs ten times one among many: the rows of all parts are joined first.
        pieces = []
        for held in np.split(numbers, np.flatnonzero(np.diff(numbers // TEXTS)) + 1):
            if len(held):
                with pa.memory_map(str(self.path("reviews", int(held[0]) // TEXTS))) as source:
                    part = pa.ipc.open_file(source).get_batch(0)
                    part = part.select(columns) if columns else part
                    pieces.append(part.take(pa.array(held % TEXTS)))
                    del part
        if not pieces:
            return {}
        reviews = pa.Table.from_batches(pieces).combine_chunks().to_pylist()
        return dict(zip(numbers.tolist(), reviews, strict=True))


def fingerprint(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Each file with its size and checksum."""
    held = []
    for path in paths:
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
                held.append({"path": str(path), "size": file.tell(), "sha256": digest.hexdigest()})
        except OSError as error:
            raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    return held


def prepare(out: Path, asked: Mapping[str, Any], *, resume: bool) -> tuple[Path, dict[str, Any] | None]:
    """The folder of parts, and the plan of the run that is to go on, if there is one.

    Raises:
        ConfigError: there is an unfinished run and ``resume`` is not set, or none to resume, or it was
            asked for something else.
    """
    parts = out / ".parts"
    plan_file = parts / "plan.json"
    if resume:
        if not parts.is_dir():
            raise ConfigError(f"{out}: no unfinished run to resume")
        if not plan_file.exists():  # killed while the input was read, which starts anew
            shutil.rmtree(parts)
        else:
            plan: dict[str, Any] = json.loads(plan_file.read_text(encoding="utf-8"))
            wanted = json.loads(json.dumps(asked))
            for key, value in wanted.items():
                if key == "today" and value is None:
                    continue  # it goes on under the day it began
                if plan["asked"].get(key) != value:
                    raise ConfigError(
                        f"{out}: the unfinished run was of another {key}; run it as it was begun, or without "
                        f"--resume after deleting {parts}"
                    )
            return parts, plan
    elif parts.exists():
        raise ConfigError(f"{out}: holds an unfinished run; --resume goes on with it, or delete {parts}")
    try:
        parts.mkdir(parents=True)
    except OSError as error:
        raise ConfigError(f"{out}: {(error.strerror or str(error)).lower()}") from None
    return parts, None


def write_plan(parts: Path, plan: Mapping[str, Any]) -> None:
    """Write the plan, whole or not at all."""
    held = parts / "plan.writing"
    held.write_text(json.dumps(plan, ensure_ascii=False, indent=1), encoding="utf-8")
    held.replace(parts / "plan.json")


def gather(
    files: Sequence[Path], choice: Choice, store: Store, expect: Callable[[int], None]
) -> dict[str, Any]:
    """Read all input into the store; gives the counts and what was read, as the plan keeps them.

    Args:
        files: what to read.
        choice: the columns that were named.
        store: where it goes.
        expect: told how many parts of statements there will be at least, so that workers get ready.

    Raises:
        InputError: no file could be read, or a chosen column is in none of them.
    """
    gathering = _Gathering(store, expect)
    unread: list[str] = []  # files
    skipped: list[str] = []  # sheets beside one that holds goals
    sheets = []
    for path in files:
        try:
            sheets += _layouts(path, choice, skipped, strict=len(files) == 1)
        except InputError as error:
            if len(files) == 1:
                raise
            unread.append(str(error))
    if not sheets:
        raise InputError(
            unread[0] if len(unread) == 1 else f"none of {len(files)} files could be read: {unread[0]}"
        )
    for role, wanted in choice.items():
        for header in wanted:
            if not any(
                c.chosen and c.header.lower().split() == header.lower().split()
                for _, layout in sheets
                for c in layout.of(role)
            ):
                raise InputError(f"no file has a column {header!r} for --{role}")
    for sheet, layout in sheets:
        try:
            for row in sheet.rows():
                if row.number > layout.before:
                    gathering.row(sheet, layout, row)
        except InputError as error:
            unread.append(str(error))
    gathering.close()
    return {
        "files": len(files),
        "unread": unread,
        "skipped": skipped,
        "read": [{"where": sheet.where, "columns": list(shown(layout))} for sheet, layout in sheets],
        "levels": max(len(layout.of("group")) for _, layout in sheets),
        "group_headers": [c.header for c in max((s[1].of("group") for s in sheets), key=len)],
        "rows": gathering.rows,
        "blank": gathering.blank,
        "row_parts": gathering.row_parts,
        "texts": gathering.texts,
        "text_parts": -(-gathering.texts // TEXTS),
    }


def _layouts(path: Path, choice: Choice, skipped: list[str], *, strict: bool) -> list[tuple[Sheet, Any]]:
    """The sheets of a file that hold goals; those that hold none are named, unless there is no other."""
    found, failed = [], []
    for sheet in open_sheets(path):
        try:
            found.append((sheet, lay_out(sheet, choice, strict=strict)))
        except InputError as error:
            failed.append(error)
    if not found:
        raise failed[0]
    skipped += map(str, failed)
    return found


class _Gathering:
    """Rows on their way into parts; how many there are is all that stays in memory."""

    def __init__(self, store: Store, expect: Callable[[int], None]) -> None:
        self.store, self._expect = store, expect
        self.rows = self.blank = self.row_parts = self.texts = 0
        self._rows: list[dict[str, Any]] = []
        self._texts: list[dict[str, Any]] = []
        # Which statements were seen lies on disk: a state's goals are tens of millions.
        self._seen = sqlite3.connect(store.folder / "seen.sqlite", isolation_level=None)
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000", "locking_mode=EXCLUSIVE"):
            self._seen.execute(f"PRAGMA {setting}")
        self._seen.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def row(self, sheet: Sheet, layout: Any, row: Row) -> None:
        """Take in one row of a sheet."""
        self.rows += 1
        fault = row.fault
        held: list[Entry] = []
        if fault is None:
            try:
                held = entries(layout, row)
            except InputError as error:
                fault = str(error)
        if fault is not None:
            self._put(sheet, row.number, None, " | ".join(filter(None, row.cells)), fault)
        elif not held:
            self.blank += 1
        for entry in held:
            try:
                Document(entry.text)
            except TextError as error:
                self._put(sheet, row.number, entry, entry.text, str(error).split(";")[0])
            else:
                self._put(sheet, row.number, entry, entry.text, None)

    def _put(self, sheet: Sheet, row: int, entry: Entry | None, text: str, fault: str | None) -> None:
        self._rows.append(
            {
                "file": str(sheet.path),
                "sheet": sheet.name,
                "row": row,
                "column": entry.column if entry else None,
                "id": _whole(entry.id if entry else ""),
                "name": _whole(entry.name if entry else ""),
                "groups": [_whole(group) for group in entry.groups] if entry else [],
                "text": _whole(text) if fault else text,
                "beside": [(part, _whole(words)) for part, words in entry.beside.items()] if entry else [],
                "stated": [p for p in BESIDE if p in entry.beside and states(p, entry.beside[p])]
                if entry
                else [],
                "number": -1 if fault or entry is None else self._number(entry),
                "fault": fault,
            }
        )
        if len(self._rows) == ROWS:
            self._write_rows()

    def _number(self, entry: Entry) -> int:
        """The number of a statement, counted from 0 in the order they first come."""
        key = hashlib.blake2b(f"{entry.objective}\0{entry.text}".encode(), digest_size=16).digest()
        found = self._seen.execute("SELECT number FROM seen WHERE key = ?", (key,)).fetchone()
        if found:
            return int(found[0])
        self._seen.execute("INSERT INTO seen VALUES (?, ?)", (key, self.texts))
        if not self._texts:
            self._expect(1 + self.texts // TEXTS)
        self._texts.append({"number": self.texts, "text": entry.text, "objective": entry.objective})
        self.texts += 1
        if len(self._texts) == TEXTS:
            self._write_texts()
        return self.texts - 1

    def _write_rows(self) -> None:
        write_part(
            self.store.path("rows", self.row_parts), pa.RecordBatch.from_pylist(self._rows, schema=_ROW)
        )
        self.row_parts += 1
        self._rows = []

    def _write_texts(self) -> None:
        batch = pa.RecordBatch.from_pylist(self._texts, schema=STATEMENTS)
        write_part(self.store.path("texts", (self.texts - 1) // TEXTS), batch)
        self._texts = []

    def close(self) -> None:
        """Write what is held."""
        if self._rows:
            self._write_rows()
        if self._texts:
            self._write_texts()
        self._seen.close()
        (self.store.folder / "seen.sqlite").unlink()


def _whole(text: str) -> str:
    """Text that can be written: half characters, left by a wrong decoding, as a sign; kept to 20,000."""
    return text[:20_000].encode("utf-8", "replace").decode("utf-8")
