"""Finished rows -> goals.xlsx, goals.csv, goals.jsonl, goals.parquet, and the rows put aside.

Every file is written beside its place and moved there whole. None holds a time or anything else that
differs between two runs of the same bank.
"""

from __future__ import annotations

import csv
import json
import os
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from goalsmith.audit.columns import BESIDE, audit_table
from goalsmith.audit.rates import RATES
from goalsmith.audit.reviewing import MARKS, REVIEWS, STOPPED, leave_with
from goalsmith.checks import CATALOGUE
from goalsmith.errors import InputError
from goalsmith.report.words import SEVERITIES

Format = Literal["xlsx", "parquet", "csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("xlsx", "parquet", "csv", "jsonl")

_SHEET_ROWS = 1_000_000  # below what a worksheet can hold
_CELL = 32_000  # characters, likewise
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what would begin one."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def flat(row: dict[str, Any], levels: Sequence[str]) -> dict[str, Any]:
    """A finished row as one line of cells, the same columns for every row."""
    found = row["findings"]
    return {
        "file": row["file"],
        "sheet": row["sheet"] or "",
        "row": row["row"],
        "column": row["column"],
        "student": row["id"],
        "name": row["name"],
        **{level: row["groups"][i] if i < len(row["groups"]) else "" for i, level in enumerate(levels)},
        "statement": row["text"],
        "kind": row["kind"],
        "area": row["area"],
        **{("score" if mark == "total" else mark): row[f"score_{mark}"] for mark in MARKS},
        "must mend": sum(f["severity"] == "error" for f in found),
        "should mend": sum(f["severity"] == "warning" for f in found),
        "codes": " ".join(f["code"] for f in found),
        "findings": "\n".join(f"{f['code']} {SEVERITIES[f['severity']]}: {f['message']}" for f in found),
        "what to do": "\n".join(f"{f['code']}: {f['help']}" for f in found),
        "rewrite": row["rewrite"] or "",
        "rewrite score": row["rewrite_score"],
        "stands beside": " ".join(row["waived"]),
        **{f"{part} field": row["beside"].get(part, "") for part in BESIDE},
    }


class Writer(Protocol):
    """Takes finished rows, one by one."""

    def write(self, row: dict[str, Any]) -> None:
        """Write one."""

    def close(self) -> None:
        """All are written."""


class _Csv:
    def __init__(self, path: Path, levels: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._levels, self._headed = levels, False

    def write(self, row: dict[str, Any]) -> None:
        cells = flat(row, self._levels)
        if not self._headed:
            self._csv.writerow(cells)
            self._headed = True
        self._csv.writerow([plain_cell("" if value is None else value) for value in cells.values()])

    def close(self) -> None:
        self._file.close()


_DROPPED = {"number", "fault", "sketch", "error", "pronoun", "stated", "unjudged"}


class _Jsonl:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, row: dict[str, Any]) -> None:
        kept = {name: value for name, value in row.items() if name not in _DROPPED}
        self._file.write(json.dumps(kept, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


class _Parquet:
    SCHEMA = pa.schema(
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
            *(field for field in REVIEWS if field.name not in _DROPPED),
            ("waived", pa.list_(pa.string())),
            ("rewrite", pa.string()),
            ("rewrite_score", pa.int16()),
        ]
    )

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, self.SCHEMA, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, row: dict[str, Any]) -> None:
        self._rows.append(row | {"beside": list(row["beside"].items())})
        if len(self._rows) == 4096:
            self._flush()

    def _flush(self) -> None:
        rows = [{name: row[name] for name in self.SCHEMA.names} for row in self._rows]
        self._writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=self.SCHEMA))
        self._rows = []

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()


_WIDTHS = {
    "statement": 60,
    "findings": 60,
    "what to do": 60,
    "rewrite": 60,
    "codes": 22,
    "file": 16,
    "column": 12,
}


class Workbook:
    """goals.xlsx: all goals to filter, one row each; the rates; the findings; the rows put aside."""

    def __init__(self, path: Path, levels: Sequence[str], day: datetime) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        self._book.set_properties({"title": "Goals reviewed by goalsmith", "created": day})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._percent = self._book.add_format({"num_format": "0.0%"})
        self._levels = levels
        self._sheets = 0
        self._at = _SHEET_ROWS
        self._sheet: Any = None

    def write(self, row: dict[str, Any]) -> None:
        """Write a goal's row."""
        cells = flat(row, self._levels)
        if self._at >= _SHEET_ROWS:
            self._finish_sheet()
            self._sheets += 1
            name = "Goals" if self._sheets == 1 else f"Goals {self._sheets}"
            self._sheet = self._new(name, list(cells), [_WIDTHS.get(column, 11) for column in cells])
            self._at = 1
        _put(self._sheet, self._at, list(cells.values()), self._wrap)
        self._at += 1

    def _finish_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.autofilter(0, 0, self._at - 1, self._width - 1)

    def _new(self, name: str, headers: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self._book.add_worksheet(name)
        self._width = len(headers)
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(1, 0)
        _put(sheet, 0, headers, self._head)
        return sheet

    def finish(self, summary: dict[str, Any], aside: Iterable[dict[str, Any]]) -> None:
        """Write the other sheets and close."""
        self._finish_sheet()
        sheet = self._new(
            "Rates",
            ["group", "level", "rate", "goals with it", "goals", "share", "95% from", "to"],
            [36, 12, 52, 12, 10, 9, 9, 9],
        )
        at = 1
        for group in [{"group": ["all"], **summary["bank"]}, *summary["groups"]]:
            for name, rate in group["rates"].items():
                label = " / ".join(group["group"])
                _put(sheet, at, [label, len(group["group"]), RATES[name], rate["hits"], rate["of"]])
                for column, key in enumerate(("rate", "low", "high"), 5):
                    if rate["rate"] is not None:
                        sheet.write_number(at, column, rate[key], self._percent)
                at += 1
        sheet.autofilter(0, 0, at - 1, 7)
        sheet = self._new("Findings", ["code", "name", "statements", "what it says"], [8, 24, 12, 70])
        for at, (code, count) in enumerate(
            sorted(summary["bank"]["findings"].items(), key=lambda i: -i[1]), 1
        ):
            check = CATALOGUE.get(code)
            name, said = (
                (check.name, check.summary)
                if check
                else (summary["bank_findings"][code], audit_table().findings[code]["says"])
            )
            _put(sheet, at, [code, name, count, said], self._wrap)
        sheet = self._new("Put aside", ["file", "sheet", "row", "reason", "text"], [24, 12, 8, 50, 60])
        for at, row in enumerate(aside, 1):
            if at < _SHEET_ROWS:
                _put(sheet, at, list(row.values()), self._wrap)
        self._book.close()

    def close(self) -> None:
        """Nothing: :meth:`finish` does."""


def _put(sheet: Any, at: int, cells: Sequence[object], style: Any = None) -> None:
    """Write cells as what they are; a text is always a text."""
    for column, value in enumerate(cells):
        if isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(at, column, value, style)
        elif value not in (None, ""):
            sheet.write_string(at, column, str(value)[:_CELL], style)


class Outputs:
    """The files of an audit's goals, written together in one stream."""

    def __init__(
        self, folder: Path, held: Path, formats: Sequence[Format], levels: Sequence[str], day: datetime
    ):
        self._folder, self._held = folder, held
        self._names = [f"goals.{name}" for name in formats]
        made: dict[Format, Any] = {
            "xlsx": lambda path: Workbook(path, levels, day),
            "csv": lambda path: _Csv(path, levels),
            "jsonl": _Jsonl,
            "parquet": _Parquet,
        }
        self._writers: list[Writer] = [
            made[name](held / f"{os.getpid()}-goals.{name}")
            for name in formats  # a killed run's may be written still
        ]

    def write(self, row: dict[str, Any]) -> None:
        """Write a finished row to each."""
        for writer in self._writers:
            writer.write(row)

    def close(self) -> None:
        """Nothing: :meth:`finish` does."""

    def finish(self, summary: dict[str, Any], aside: Path) -> list[Path]:
        """Close them and move them to their place; gives the paths."""
        with ExitStack() as stack:
            for writer in self._writers:
                if isinstance(writer, Workbook):
                    with aside.open(encoding="utf-8") as lines:
                        writer.finish(summary, map(json.loads, lines))
                else:
                    stack.callback(writer.close)
        return [move(self._held / f"{os.getpid()}-{name}", self._folder / name) for name in self._names]


class Apart:
    """:class:`Outputs` in a process of its own, which writes rows while the next are made ready."""

    def __init__(
        self, folder: Path, held: Path, formats: Sequence[Format], levels: Sequence[str], day: datetime
    ):
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=leave_with, initargs=(os.getpid(),)
        )
        self._rows: list[dict[str, Any]] = []
        self._sent: deque[Future[None]] = deque(
            [self._pool.submit(_open, folder, held, formats, levels, day)]
        )

    def write(self, row: dict[str, Any]) -> None:
        """Write a finished row to each."""
        self._rows.append(row)
        if len(self._rows) == _SENT:
            self._send(2)

    def _send(self, waiting: int) -> None:
        """Hand over the rows; no more than ``waiting`` stretches of them are left unwritten."""
        try:
            self._sent.append(self._pool.submit(_write, self._rows))
            self._rows = []
            while len(self._sent) > waiting:
                self._sent.popleft().result()
        except BrokenProcessPool:
            raise InputError(STOPPED) from None

    def finish(self, summary: dict[str, Any], aside: Path) -> list[Path]:
        """Close the files and move them to their place; gives the paths."""
        self._send(0)
        try:
            return self._pool.submit(_finish, summary, aside).result()
        except BrokenProcessPool:
            raise InputError(STOPPED) from None

    def close(self) -> None:
        """Stop the process."""
        self._pool.shutdown(cancel_futures=True)


_SENT = 256  # rows handed over at once
_outputs: Outputs | None = None  # the process's own


def _open(folder: Path, held: Path, formats: Sequence[Format], levels: Sequence[str], day: datetime) -> None:
    global _outputs
    _outputs = Outputs(folder, held, formats, levels, day)


def _write(rows: Sequence[dict[str, Any]]) -> None:
    assert _outputs is not None
    for row in rows:
        _outputs.write(row)


def _finish(summary: dict[str, Any], aside: Path) -> list[Path]:
    assert _outputs is not None
    return _outputs.finish(summary, aside)


def write_aside(source: Path, target: Path) -> None:
    """The rows put aside (JSON lines) as a csv file."""
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8-sig", newline="") as file:
        made = csv.writer(file)
        made.writerow(["file", "sheet", "row", "reason", "text"])
        for line in lines:
            made.writerow([plain_cell(value or "") for value in json.loads(line).values()])


def move(made: Path, place: Path) -> Path:
    """Put a finished file where it belongs."""
    return made.replace(place)
