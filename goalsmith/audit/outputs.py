"""Finished rows -> goals.xlsx, goals.csv, goals.jsonl, goals.parquet, and the rows put aside.

Every file is written beside its place and moved there whole. None holds a time or anything else that
differs between two runs of the same bank.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from goalsmith.audit.columns import BESIDE, audit_table
from goalsmith.audit.rates import RATES
from goalsmith.audit.reviewing import MARKS, REVIEWS
from goalsmith.checks import CATALOGUE
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
    """One file of goals in the making: its pieces, made apart, put together in order."""

    def add(self, piece: Any) -> None:
        """Write what :func:`piece_of` made of the next rows."""

    def close(self) -> None:
        """All are written."""


class _Csv:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")

    def add(self, piece: str) -> None:
        self._file.write(piece)

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def piece(rows: Sequence[dict[str, Any]], first: int, levels: Sequence[str]) -> str:
        text = io.StringIO(newline="")
        made = csv.writer(text)
        for place, row in enumerate(rows, first):
            cells = flat(row, levels)
            if place == 0:
                made.writerow(cells)
            made.writerow([plain_cell("" if value is None else value) for value in cells.values()])
        return text.getvalue()


_DROPPED = {"number", "fault", "sketch", "error", "pronoun", "stated", "unjudged"}


class _Jsonl:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def add(self, piece: str) -> None:
        self._file.write(piece)

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def piece(rows: Sequence[dict[str, Any]]) -> str:
        kept = ({name: value for name, value in row.items() if name not in _DROPPED} for row in rows)
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)


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

    def add(self, piece: pa.RecordBatch) -> None:
        if piece.num_rows:
            self._writer.write_batch(piece)

    def close(self) -> None:
        self._writer.close()

    @classmethod
    def piece(cls, rows: Sequence[dict[str, Any]]) -> pa.RecordBatch:
        named = ({**row, "beside": list(row["beside"].items())} for row in rows)
        kept = [{name: row[name] for name in cls.SCHEMA.names} for row in named]
        return pa.RecordBatch.from_pylist(kept, schema=cls.SCHEMA)


_WIDTHS = {
    "statement": 60,
    "findings": 60,
    "what to do": 60,
    "rewrite": 60,
    "codes": 22,
    "file": 16,
    "column": 12,
}


class _Book:
    """An xlsxwriter workbook that writes row by row, with the formats that all of an audit's books share.

    Rows are written by many processes and put together in one sheet. xlsxwriter has no way to do that, so this
    class uses four names it keeps to itself: ``_get_xf_index`` (a format's number, given at its first use),
    ``_write_single_row`` (rows up to the one before), ``row_data_fh`` (the sheet's rows so far) and
    ``_check_dimensions`` (how far the sheet goes).
    """

    def __init__(self, path: Path, day: datetime) -> None:
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": str(path.parent),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        self.book.set_properties({"title": "Goals reviewed by goalsmith", "created": day})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.percent = self.book.add_format({"num_format": "0.0%"})
        for style in (self.head, self.wrap, self.percent):
            style._get_xf_index()  # the same number in every book

    def rows(self, rows: Sequence[Sequence[object]], first: int) -> str:
        """Rows of cells as they stand in a sheet from row ``first`` on; the book is of no other use then."""
        sheet = self.book.add_worksheet()
        for at, cells in enumerate(rows, first):
            put(sheet, at, cells, self.wrap)
        sheet._write_single_row(first + len(rows))
        sheet.row_data_fh.seek(0)
        made: str = sheet.row_data_fh.read()
        sheet.row_data_fh.close()
        Path(sheet.row_data_filename).unlink()
        return made

    @staticmethod
    def append(sheet: Any, rows: str, first: int, count: int, width: int) -> None:
        """Put what :meth:`rows` made at the end of a sheet."""
        sheet._write_single_row(first)
        sheet.row_data_fh.write(rows)
        sheet._check_dimensions(first + count - 1, width - 1)
        sheet.previous_row = first + count


class Workbook:
    """goals.xlsx: all goals to filter, one row each; the rates; the findings; the rows put aside."""

    def __init__(self, path: Path, day: datetime) -> None:
        self._made = _Book(path, day)
        self._sheets = 0
        self._at = _SHEET_ROWS
        self._sheet: Any = None

    @staticmethod
    def piece(
        rows: Sequence[dict[str, Any]], first: int, levels: Sequence[str], folder: Path
    ) -> list[tuple[list[str], str, int]]:
        """For each sheet the rows fall in: its headers, its rows as XML, and how many they are."""
        found = []
        at = 0
        while at < len(rows):
            place = (first + at) % (_SHEET_ROWS - 1)
            stretch = [flat(row, levels) for row in rows[at : at + _SHEET_ROWS - 1 - place]]
            book = _Book(folder / f"{os.getpid()}-rows.xlsx", datetime(2000, 1, 1))
            xml = book.rows([list(cells.values()) for cells in stretch], place + 1)
            found.append((list(stretch[0]), xml, len(stretch)))
            at += len(stretch)
        return found

    def add(self, piece: list[tuple[list[str], str, int]]) -> None:
        """Write the next rows."""
        for headers, rows, count in piece:
            if self._at >= _SHEET_ROWS:
                self._finish_sheet()
                self._sheets += 1
                name = "Goals" if self._sheets == 1 else f"Goals {self._sheets}"
                self._sheet = self._new(name, headers, [_WIDTHS.get(column, 11) for column in headers])
                self._at = 1
            self._made.append(self._sheet, rows, self._at, count, len(headers))
            self._at += count

    def _finish_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.autofilter(0, 0, self._at - 1, self._width - 1)

    def _new(self, name: str, headers: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self._made.book.add_worksheet(name)
        self._width = len(headers)
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(1, 0)
        put(sheet, 0, headers, self._made.head)
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
                put(sheet, at, [label, len(group["group"]), RATES[name], rate["hits"], rate["of"]])
                for column, key in enumerate(("rate", "low", "high"), 5):
                    if rate["rate"] is not None:
                        sheet.write_number(at, column, rate[key], self._made.percent)
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
            put(sheet, at, [code, name, count, said], self._made.wrap)
        sheet = self._new("Put aside", ["file", "sheet", "row", "reason", "text"], [24, 12, 8, 50, 60])
        for at, row in enumerate(aside, 1):
            if at < _SHEET_ROWS:
                put(sheet, at, list(row.values()), self._made.wrap)
        self._made.book.close()

    def close(self) -> None:
        """Nothing: :meth:`finish` does."""


def put(sheet: Any, at: int, cells: Sequence[object], style: Any = None) -> None:
    """Write cells as what they are; a text is always a text."""
    for column, value in enumerate(cells):
        if isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(at, column, value, style)
        elif value not in (None, ""):
            sheet.write_string(at, column, str(value)[:_CELL], style)


def piece_of(
    name: Format, rows: Sequence[dict[str, Any]], first: int, levels: Sequence[str], folder: Path
) -> Any:
    """What finished rows, the first of which is the ``first`` of all, add to a file; ``folder`` is to work in."""
    match name:
        case "xlsx":
            return Workbook.piece(rows, first, levels, folder)
        case "csv":
            return _Csv.piece(rows, first, levels)
        case "jsonl":
            return _Jsonl.piece(rows)
        case "parquet":
            return _Parquet.piece(rows)


class Outputs:
    """The files of an audit's goals, written together in one stream."""

    def __init__(self, folder: Path, held: Path, formats: Sequence[Format], day: datetime):
        self._folder, self._held = folder, held
        made: dict[Format, Any] = {
            "xlsx": lambda path: Workbook(path, day),
            "csv": _Csv,
            "jsonl": _Jsonl,
            "parquet": _Parquet,
        }
        self._writers: dict[Format, Writer] = {
            name: made[name](held / f"{os.getpid()}-goals.{name}")
            for name in formats  # a killed run's may be written still
        }

    def add(self, pieces: Mapping[Format, Any]) -> None:
        """Write the next rows to each."""
        for name, writer in self._writers.items():
            writer.add(pieces[name])

    def finish(self, summary: dict[str, Any], aside: Path) -> list[Path]:
        """Close them and move them to their place; gives the paths."""
        for writer in self._writers.values():
            if isinstance(writer, Workbook):
                with aside.open(encoding="utf-8") as lines:
                    writer.finish(summary, map(json.loads, lines))
            else:
                writer.close()
        names = [f"goals.{name}" for name in self._writers]
        return [move(self._held / f"{os.getpid()}-{name}", self._folder / name) for name in names]


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
