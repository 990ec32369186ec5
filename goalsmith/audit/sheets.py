"""Files and folders -> sheets of rows: csv, tsv, xlsx, ods, xls, jsonl, parquet, in any encoding.

A sheet is read as a stream and may be read again. A row that can't be read comes as a :class:`Row` with
a ``fault``, in its place, so that nothing is lost; a file that can't be read at all is an InputError.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from goalsmith.errors import InputError

TEXTS = (".csv", ".tsv")
BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SUFFIXES = (*TEXTS, *BOOKS, ".jsonl", ".parquet")

_SAMPLE = 1 << 20  # bytes an encoding and a delimiter are told from
_LONGEST = 2_000_000  # characters of one record; past that a quote was left open
_LINES = 2_000  # lines of one record; likewise
_UNPACKED = 2 << 30  # bytes a workbook may unpack to
_RATIO = 250  # times its size; spreadsheets stay far below


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; ``number`` counts lines or rows of the file from 1. With a ``fault`` it can't be read."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of a file: ``rows`` opens it anew. ``header`` is known where the format names its columns."""

    path: Path
    name: str | None
    header: tuple[str, ...] | None
    rows: Callable[[], Iterator[Row]]

    @property
    def where(self) -> str:
        """How messages name it."""
        return f"{self.path} [{self.name}]" if self.name else str(self.path)


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files meant: each file as it is, and from a folder all that end as :data:`SUFFIXES`, in order.

    Raises:
        InputError: a path doesn't exist, or a folder holds no such file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p
                for p in path.rglob("*")
                if p.is_file() and p.suffix.lower() in SUFFIXES and not p.name.startswith((".", "~$"))
            )
            if not inside:
                raise InputError(f"{path}: no file in it ends in {', '.join(SUFFIXES)}")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise InputError(f"{path}: no such file or directory")
    return list(dict.fromkeys(found))


def open_sheets(path: Path) -> list[Sheet]:
    """The tables of a file, a workbook's sheets in order. What the file is, its first bytes decide.

    Raises:
        InputError: the file can't be read; the message names it and the cause.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    suffix = path.suffix.lower()
    if not head:
        raise InputError(f"{path}: the file is empty")
    if head.startswith(b"PAR1") or suffix == ".parquet":
        return [_parquet(path)]
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or suffix in BOOKS:
        return _workbook(path, head)
    if suffix == ".jsonl":
        return [_jsonl(path)]
    if suffix in TEXTS:
        return [_delimited(path)]
    raise InputError(f"{path}: expected a file ending in {', '.join(SUFFIXES)}")


def as_text(value: object) -> str:
    """A cell of any type as a person would type it; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


# Delimited text


def _delimited(path: Path) -> Sheet:
    encoding = _encoding(path)
    with _open_text(path, encoding) as file:
        sample = file.read(_SAMPLE)
    if not sample.strip():
        raise InputError(f"{path}: the file holds nothing but blanks")
    delimiter = _delimiter(sample, path.suffix.lower())
    return Sheet(path=path, name=None, header=None, rows=lambda: _records(path, encoding, delimiter))


def _open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    # A byte that is no character becomes a surrogate; the row it stands in is put aside later, alone.
    return path.open(encoding=encoding, errors="surrogateescape", newline="")


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 where the bytes are so, else what their statistics say.

    A file that is UTF-8 but for a few bytes counts as UTF-8: those rows alone can't be read.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return "utf-32"
        if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        zeros = sample.count(0)
        if zeros > len(sample) // 4:
            return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        if sum(sample.count(code) for code in _CONTROLS) > len(sample) // 100:
            raise InputError(f"{path}: not a text file")
        good = bad = 0
        while sample:
            if not sample.isascii():
                text = sample.decode("utf-8", "surrogateescape")
                whole = text.encode("utf-8", "ignore").decode()  # without the bytes that are no characters
                bad += len(text) - len(whole)
                good += len(whole) - len(whole.encode("ascii", "ignore"))
            sample = file.read(_SAMPLE)
        # A chunk's edge may cut a character into a few such bytes.
        if (bad <= 8 or bad < good // 50) and (good > bad or not bad):
            return "utf-8-sig"
        from charset_normalizer import from_bytes

        file.seek(0)
        lines = [line for line in itertools.islice(file, 20_000) if not line.isascii()]
        best = from_bytes(b"".join(lines)[:_SAMPLE], cp_isolation=_LIKELY).best()
        return best.encoding if best else "cp1252"


_LIKELY = ["cp1252", "mac_roman", "cp437"]  # what US spreadsheets were ever saved in
_CONTROLS = [code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b"]


def _delimiter(sample: str, suffix: str) -> str:
    """The mark that cuts the first lines most evenly into most cells."""
    first = sample.split("\n", 1)[0].strip()
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    best, most = ("\t" if suffix == ".tsv" else ","), 0.0
    for mark in (",", "\t", ";", "|"):
        counts = []
        with_mark = csv.reader(io.StringIO(sample.replace("\0", " ")[:200_000], newline=""), delimiter=mark)
        try:
            for cells in itertools.islice(with_mark, 50):
                if any(cell.strip() for cell in cells):
                    counts.append(len(cells))
        except csv.Error:
            pass
        if not counts:
            continue
        usual = max(set(counts), key=lambda n: (counts.count(n), n))
        even = counts.count(usual) / len(counts) * (usual - 1)
        if even > most * 1.001:
            best, most = mark, even
    return best


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Records of a delimited file; where a quote is never closed only its first line is lost to it."""
    csv.field_size_limit(_LONGEST * 2)
    with _open_text(path, encoding) as file:
        lines = _Lines(file)
        while True:
            reader = csv.reader(lines, delimiter=delimiter)
            for cells in reader:
                taken, number = lines.take()
                if number == 1 and cells and cells[0].startswith("sep=") and len(taken[0].strip()) == 5:
                    continue
                open_quote = len(taken) > 1 and sum(line.count('"') for line in taken) % 2 == 1
                if open_quote and (lines.ended or lines.cut):
                    lines.give_back(taken[1:], number + 1)
                    yield Row(
                        number=number,
                        cells=(taken[0].rstrip("\r\n"),),
                        fault="a quotation mark is opened and never closed",
                    )
                    break
                yield Row(number=number, cells=tuple(cells))
            else:
                return


class _Lines:
    """A file's lines for csv.reader, with those of the current record at hand and its length bounded."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file, self._again, self._at = file, list[str](), 1
        self._held: list[str] = []
        self._size = 0
        self.ended = self.cut = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._size > _LONGEST or len(self._held) > _LINES:
            self.cut = True
            raise StopIteration
        line = self._again.pop() if self._again else self._file.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self._held.append(line)
        self._size += len(line)
        # Python 3.10's csv refuses a zero character.
        return line.replace("\0", "�")

    def take(self) -> tuple[list[str], int]:
        """The lines of the record just read, and the number of its first."""
        held, number = self._held, self._at
        self._held, self._size = [], 0
        self._at += len(held)
        return held, number

    def give_back(self, lines: list[str], number: int) -> None:
        """Let the lines be read again."""
        self._again += reversed(lines)
        self._at = number
        self.ended = self.cut = False


# JSON lines


def _jsonl(path: Path) -> Sheet:
    encoding = _encoding(path)
    header: dict[str, None] = {}
    for _, row in _objects(path, encoding):
        if isinstance(row, dict):
            header |= dict.fromkeys(row)
    if not header:
        raise InputError(f"{path}: no line of it is a JSON object")
    names = tuple(header)

    def rows() -> Iterator[Row]:
        for number, row in _objects(path, encoding):
            if isinstance(row, dict):
                yield Row(number=number, cells=tuple(as_text(row.get(name)) for name in names))
            else:
                yield Row(number=number, cells=(row[0],), fault=row[1])

    return Sheet(path=path, name=None, header=names, rows=rows)


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any] | tuple[str, str]]]:
    """Each line's object, or the line with what is wrong with it. Only a newline ends a line."""
    with path.open(encoding=encoding, errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                yield number, {}
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                cause = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
                yield number, (line.rstrip("\n"), f"not JSON: {cause}")
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                yield number, (line.rstrip("\n"), f"expected an object, not {type(row).__name__}")


# Workbooks


def _workbook(path: Path, head: bytes) -> list[Sheet]:
    if head.startswith(b"<") or head.lstrip().startswith(b"<"):
        raise InputError(f"{path}: a web page saved as a workbook; open it and save it as .xlsx")
    if head.startswith(b"PK"):
        _refuse_bomb(path)
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    book = _guarded(path, lambda: CalamineWorkbook.from_path(str(path)))
    names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    if not names:
        raise InputError(f"{path}: the workbook holds no sheet")

    def rows(name: str) -> Iterator[Row]:
        sheet = _guarded(path, lambda: book.get_sheet_by_name(name))
        if sheet.start is None:
            return
        for number, cells in enumerate(sheet.iter_rows(), sheet.start[0] + 1):
            yield Row(number=number, cells=tuple(as_text(cell) for cell in cells))

    def reader(name: str) -> Callable[[], Iterator[Row]]:
        return lambda: rows(name)

    return [
        Sheet(path=path, name=name if len(names) > 1 else None, header=None, rows=reader(name))
        for name in names
    ]


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(item.file_size for item in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        raise InputError(f"{path}: damaged or cut short: {_one_line(error)}") from None
    if size > _UNPACKED or (size > 64 << 20 and size > _RATIO * path.stat().st_size):
        raise InputError(
            f"{path}: refused: it unpacks to {size / (1 << 20):,.0f} MB, more than a table would"
        )


def _guarded(path: Path, read: Callable[[], Any]) -> Any:
    """What ``read`` gives; whatever the library raises on a damaged file becomes one clear line."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the Rust side is no Exception
        raise InputError(f"{path}: can't be opened as a workbook: {_one_line(error)}") from None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


# Parquet


def _parquet(path: Path) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def opened() -> Any:
        try:
            return pq.ParquetFile(path)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise InputError(f"{path}: can't be opened as parquet: {_one_line(error)}") from None

    with opened() as file:
        names = tuple(file.schema_arrow.names)

    def rows() -> Iterator[Row]:
        number = 0
        with opened() as file:
            try:
                for batch in file.iter_batches(batch_size=1024):
                    columns = [_values(column) for column in batch.columns]
                    for cells in zip(*columns, strict=True):
                        number += 1
                        yield Row(number=number, cells=tuple(as_text(cell) for cell in cells))
            except (pa.ArrowException, OSError) as error:
                raise InputError(f"{path}: damaged after row {number:,}: {_one_line(error)}") from None

    return Sheet(path=path, name=None, header=names, rows=rows)


def _values(column: Any) -> Iterable[object]:
    """A column's values; text that is no UTF-8 comes as its bytes."""
    import pyarrow as pa

    try:
        values: list[object] = column.to_pylist()
    except UnicodeDecodeError:
        values = column.cast(pa.binary()).to_pylist()
    return values
