"""Files and pastes -> statements, one by one; a row that can't be read is an error beside them, never a stop."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from goalsmith.errors import InputError, TextError
from goalsmith.text import Document

SUFFIXES = (".txt", ".jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of an input; ``line`` counts from 1."""

    text: str
    line: int
    id: str | None = None


_BULLET = re.compile(r"\s*(?:[-*•·▪◦–—]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])\s+")  # fmt: skip


def split_statements(text: str) -> Iterator[tuple[int, str]]:
    """Cut a paste or a text file into statements: (line number from 1, statement).

    A blank line always ends a statement, and so does a line end, except where the next line plainly
    goes on with the sentence: this one ends in a comma, or has no closing mark and the next begins in
    lower case.
    """
    first, held = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        so_far = held.rstrip()
        goes_on = (
            so_far
            and line.strip()
            and not _BULLET.match(line)
            and (
                so_far.endswith(",")
                or (line.lstrip()[0].islower() and not so_far.endswith((".", "!", "?", ":", ";", '"', "”")))
            )
        )
        if goes_on:
            held += "\n" + line
            continue
        if so_far:
            yield first, held.strip()
        first, held = number, line
    if held.strip():
        yield first, held.strip()


def decode(data: bytes, where: str) -> str:
    """Bytes -> characters: UTF-8, UTF-16 where it is marked so, else Windows-1252.

    Raises:
        InputError: the bytes are no text; the message begins with ``where``.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise InputError(f"{where}: not a text file")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{where}: not text in UTF-8, UTF-16 or Windows-1252")


def read_text(path: Path) -> str:
    """A text file's characters. Raises InputError when it can't be opened or is no text."""
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from None


def read_statements(path: Path) -> Iterator[Statement | InputError]:
    """The statements of a .txt or .jsonl file, in order, with an InputError in the place of each bad row.

    Raises:
        InputError: the file as a whole can't be read, or its suffix is none of :data:`SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: expected a file ending in {' or '.join(SUFFIXES)}")
    text = read_text(path)
    if path.suffix.lower() == ".txt":
        yield from statements_of(text, str(path))
    else:
        yield from _checked(_lines_of_json(text, str(path)), str(path))


def statements_of(text: str, where: str) -> Iterator[Statement | InputError]:
    """The statements of a plain text, with an InputError in the place of each that can't be reviewed.

    Raises:
        InputError: there is no statement in it.
    """
    yield from _checked((Statement(text=text, line=line) for line, text in split_statements(text)), where)


def _checked(rows: Iterable[Statement | InputError], where: str) -> Iterator[Statement | InputError]:
    found = False
    for row in rows:
        found = True
        if isinstance(row, InputError):
            yield row
            continue
        try:
            Document(row.text)
        except TextError as error:
            yield InputError(f"{where}:{row.line}: {error}")
        else:
            yield row
    if not found:
        raise InputError(f"{where}: nothing to review: no statements in it")


def _lines_of_json(text: str, source: str) -> Iterator[Statement | InputError]:
    # Only \n ends a row: a JSON string may hold other line ends of Unicode.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{source}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            cause = error.msg if isinstance(error, json.JSONDecodeError) else "too deeply nested or too large"
            yield InputError(f"{where}: not JSON: {cause}")
            continue
        if not isinstance(row, dict):
            yield InputError(f"{where}: expected an object with id and text, not {type(row).__name__}")
        elif not isinstance(row.get("text"), str):
            yield InputError(f"{where}: no 'text', or it is no string")
        elif not isinstance(row.get("id"), str | int | None) or isinstance(row.get("id"), bool):
            yield InputError(f"{where}: 'id' is neither a string nor a whole number")
        else:
            ident = row.get("id")
            yield Statement(text=row["text"], line=number, id=None if ident is None else str(ident))
