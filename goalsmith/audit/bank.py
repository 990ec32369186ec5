"""Findings that only the whole bank shows: near-duplicates, last year's goal, another student's name or pronoun.

First :class:`Intake` takes in every row, in order; then :class:`Bank` answers, in as many processes as there are.
What must be looked up lies in a database on disk; in memory there are a few bytes a distinct statement.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goalsmith.audit.columns import Choice, Layout, audit_table, entries, lay_out
from goalsmith.audit.names import name_words
from goalsmith.audit.plan import Store
from goalsmith.audit.reviewing import PERMUTATIONS, dates_in, plain_words, read_part
from goalsmith.audit.sheets import Sheet, open_sheets
from goalsmith.errors import InputError
from goalsmith.facts import statement_words

ALIKE = 0.8  # the share of three-word runs two statements have in common, from which they are near-duplicates
_BAND = 4  # numbers of a sketch that must agree before two are compared; 16 bands miss 1 in 5,000 at 0.8
# What is taken in of a row and of its review.
ROW_COLUMNS = ("file", "sheet", "row", "id", "name", "text", "number", "fault")
BANK_COLUMNS = ("error", "kind", "names", "pronoun")
_SAME = 0.85  # of the words, for a goal to be last year's

_Ints = NDArray[np.int64]


def clusters(store: Store, texts: int, parts: int) -> _Ints:
    """For each distinct statement the number of the first one it is nearly the same as, else its own."""
    root = np.arange(texts, dtype=np.int64)
    if texts < 2:
        return root
    lain = store.folder / "sketches"
    sketches = np.memmap(lain, np.uint32, "w+", shape=(texts, PERMUTATIONS))
    known = np.zeros(texts, bool)
    at = 0
    for index in range(parts):
        for sketch in read_part(store.path("reviews", index)).column("sketch"):
            if sketch.is_valid:
                sketches[at] = np.frombuffer(sketch.as_py(), "<u4")
                known[at] = True
            at += 1
    for start in range(0, PERMUTATIONS, _BAND):
        _join_band(sketches, start, known, root)
    for number in range(texts):  # a root comes before what hangs on it, so one pass is enough
        root[number] = root[root[number]]
    del sketches
    lain.unlink()
    return root


def _join_band(sketches: NDArray[np.uint32], start: int, known: NDArray[np.bool_], root: _Ints) -> None:
    """Join the statements that agree in one band and are alike."""
    keys = np.zeros(len(root), np.uint64)
    for column in range(start, start + _BAND):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + sketches[:, column]
    order = np.argsort(keys, kind="stable")
    order = order[known[order]]
    firsts = np.flatnonzero(np.r_[True, keys[order][1:] != keys[order][:-1]])
    sizes = np.diff(np.r_[firsts, len(order)])
    head = np.repeat(order[firsts], sizes)  # each one is compared with the first of its band
    pairs = np.flatnonzero(head != order)
    for block in np.array_split(pairs, len(pairs) // 4096 + 1):
        left, right = head[block], order[block]
        alike = (sketches[left] == sketches[right]).mean(axis=1) >= ALIKE
        for a, b in zip(left[alike].tolist(), right[alike].tolist(), strict=True):
            a, b = _root(root, a), _root(root, b)
            root[max(a, b)] = min(a, b)


def _root(root: _Ints, number: int) -> int:
    while root[number] != number:
        root[number] = root[root[number]]
        number = int(root[number])
    return number


class Intake:
    """Takes in every row of a bank, in order, and leaves in the run's folder what :class:`Bank` then tells.

    ``bank.sqlite`` has the students and what is said of them, ``root.npy``, ``shared.npy`` and ``goals.npy`` a
    number a distinct statement.
    """

    def __init__(self, folder: Path, root: _Ints) -> None:
        self._folder, self._root = folder, root
        path = folder / "bank.sqlite"
        path.unlink(missing_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000"):
            self._db.execute(f"PRAGMA {setting}")
        self._db.executescript(
            """
            CREATE TABLE student (key TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
            CREATE TABLE shared (cluster INTEGER, student INTEGER, PRIMARY KEY (cluster, student)) WITHOUT ROWID;
            CREATE TABLE said (student INTEGER, kind TEXT, word TEXT, times INTEGER, PRIMARY KEY (student, kind, word)) WITHOUT ROWID;
            CREATE TABLE name (word TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE previous (student INTEGER, words TEXT, figures TEXT);
            """
        )
        self._db.execute("BEGIN")
        self._students = 0
        self._goals = np.zeros(len(root), np.int32)  # rows a cluster has, at its root

    def _student(self, row: dict[str, Any]) -> int:
        """A number for the student of a row, from 1 in the order they first come; a row without is its own."""
        key = _student_key(row)
        found = _number_of(self._db, key)
        if found is None:
            self._students += 1
            found = self._students
            self._db.execute("INSERT INTO student VALUES (?, ?)", (key, found))
        return found

    def take(self, row: dict[str, Any], review: dict[str, Any]) -> None:
        """Take in a reviewed row."""
        student = self._student(row)
        if review["kind"] in ("goal", "objective"):
            cluster = int(self._root[row["number"]])
            self._goals[cluster] += 1
            self._db.execute("INSERT OR IGNORE INTO shared VALUES (?, ?)", (cluster, student))
        if row["name"]:
            words = [(word,) for word in sorted(name_words(row["name"]))]
            self._db.executemany("INSERT OR IGNORE INTO name VALUES (?)", words)
        if name := _first_name(review):
            self._say(student, "name", name)
        if review["pronoun"]:
            self._say(student, "pronoun", review["pronoun"])

    def _say(self, student: int, kind: str, word: str) -> None:
        self._db.execute(
            "INSERT INTO said VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            (student, kind, word),
        )

    def last_year(self, path: Path, choice: Choice) -> None:
        """Read last year's goals of the students in this bank; call it once all rows are in.

        Raises:
            InputError: the file can't be read, or names no students.
        """
        for sheet, layout in previous_sheets(path, choice):
            for row in sheet.rows():
                if row.number <= layout.before or row.fault is not None:
                    continue
                try:
                    held = entries(layout, row)
                except InputError:
                    continue
                for entry in held:
                    student = _number_of(self._db, entry.id or entry.name)
                    if student is not None:
                        words, figures = _compared(entry.text)
                        self._db.execute(
                            "INSERT INTO previous VALUES (?, ?, ?)", (student, " ".join(words), figures)
                        )
        self._db.execute("CREATE INDEX of ON previous (student)")

    def close(self) -> None:
        """All rows are in."""
        shared = np.zeros(len(self._root), np.int32)
        for cluster, students in self._db.execute("SELECT cluster, COUNT(*) FROM shared GROUP BY cluster"):
            shared[cluster] = students
        self._db.execute("COMMIT")
        self._db.close()
        for name, numbers in (("root", self._root), ("shared", shared), ("goals", self._goals)):
            np.save(self._folder / f"{name}.npy", numbers)


class Bank:
    """What is known across the rows of a bank; any number of processes may open it at once."""

    def __init__(self, folder: Path) -> None:
        uri = (folder / "bank.sqlite").resolve().as_uri()
        self._db = sqlite3.connect(f"{uri}?mode=ro", uri=True, isolation_level=None)
        self._root, self._shared, self._goals = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("root", "shared", "goals")
        )
        #: Words of the names in the name columns, lower case.
        self.names = frozenset(word for (word,) in self._db.execute("SELECT word FROM name"))
        (self._has_previous,) = self._db.execute("SELECT EXISTS (SELECT 1 FROM previous)").fetchone()

    def student(self, row: dict[str, Any]) -> int:
        """The number of the student of a row that was taken in."""
        found = _number_of(self._db, _student_key(row))
        assert found is not None
        return found

    @property
    def students(self) -> int:
        """How many students there are, rows without a name or number counting each as one."""
        (count,) = self._db.execute("SELECT COUNT(*) FROM student").fetchone()
        return int(count)

    def findings(self, row: dict[str, Any], review: dict[str, Any]) -> list[dict[str, Any]]:
        """What the bank shows about a row, in the form of a review's findings."""
        found = []
        student = self.student(row)
        is_goal = review["kind"] in ("goal", "objective")
        sharing = int(self._shared[self._root[row["number"]]])
        if sharing > 1 and is_goal:
            others = sharing - 1
            found.append(_finding("B01", students=f"{others:,}", who="other student" + "s" * (others > 1)))
        if self._has_previous and is_goal and self._stood(student, row["text"]):
            found.append(_finding("B02"))
        if clash := self._other_name(student, row, review):
            found.append(_finding("B03", name=clash[0], own=clash[1]))
        if clash := self._other_pronoun(student, review):
            found.append(_finding("B04", pronoun=clash[0], other=clash[1]))
        return found

    def clusters(self, most: int) -> list[tuple[int, int, int]]:
        """The clusters across students, most students first: (number of the first statement, students, rows)."""
        shared = np.flatnonzero(self._shared > 1)
        order = sorted(shared.tolist(), key=lambda c: (-int(self._shared[c]), c))[:most]
        return [(c, int(self._shared[c]), int(self._goals[c])) for c in order]

    @property
    def cluster_count(self) -> int:
        """How many clusters reach across students."""
        return int((self._shared > 1).sum())

    def _stood(self, student: int, text: str) -> bool:
        words, figures = _compared(text)
        mine = set(words)
        return any(
            len(mine & theirs) >= _SAME * len(mine | theirs)
            for told, same in self._db.execute(
                "SELECT words, figures FROM previous WHERE student = ?", (student,)
            )
            if same == figures and (theirs := set(told.split()))
        )

    def _other_name(
        self, student: int, row: dict[str, Any], review: dict[str, Any]
    ) -> tuple[str, str] | None:
        """The name in the goal and the student's own, where they are two people's."""
        name = _first_name(review)
        if not name or not (name.lower() in self.names or statement_words().names.fullmatch(name)):
            return None
        if row["name"]:
            own = name_words(row["name"])
            return None if any(_may_be(name, word) for word in own) else (name, row["name"])
        said = self._said(student, "name")
        own_name, times = max(said.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        alone = said.get(name) == 1 and times >= 2 and not _may_be(name, own_name.lower())
        return (name, own_name) if alone else None

    def _other_pronoun(self, student: int, review: dict[str, Any]) -> tuple[str, str] | None:
        pronoun = review["pronoun"]
        if not pronoun:
            return None
        said = self._said(student, "pronoun")
        other = "she" if pronoun == "he" else "he"
        return (pronoun, other) if said.get(pronoun) == 1 and said.get(other, 0) >= 2 else None

    def _said(self, student: int, kind: str) -> dict[str, int]:
        found = self._db.execute(
            "SELECT word, times FROM said WHERE student = ? AND kind = ?", (student, kind)
        )
        return dict(found.fetchall())

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()


def previous_sheets(path: Path, choice: Choice) -> list[tuple[Sheet, Layout]]:
    """The sheets of last year's file.

    Raises:
        InputError: the file can't be read, or doesn't say whose goal a goal is.
    """
    found = [(sheet, lay_out(sheet, choice, strict=False)) for sheet in open_sheets(path)]
    for sheet, layout in found:
        if not layout.of("id", "name"):
            raise InputError(f"{sheet.where}: no column says whose goal it is; name it with --id")
    return found


def _student_key(row: dict[str, Any]) -> str:
    return row["id"] or row["name"] or f"\0{row['file']}\0{row['sheet']}\0{row['row']}"


def _number_of(db: sqlite3.Connection, key: str) -> int | None:
    found = db.execute("SELECT number FROM student WHERE key = ?", (key,)).fetchone()
    return int(found[0]) if found else None


def _compared(text: str) -> tuple[list[str], str]:
    """A goal's words without deadlines, and its figures in order: what makes it last year's."""
    words = plain_words(text, dates_in(text))
    return words, " ".join(re.findall(r"\d+(?:\.\d+)?", " ".join(words)))


def _first_name(review: dict[str, Any]) -> str | None:
    """The first word of the name of the learner a statement is about."""
    names = review["names"]
    found = re.match(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", names[0]) if names else None
    return found[0] if found else None


def _may_be(name: str, word: str) -> bool:
    """Whether two names may be one person's: a short form begins like the long one."""
    name = name.lower()
    return name[:3] == word[:3] or name in word or word in name


def _finding(code: str, **words: str) -> dict[str, Any]:
    told = audit_table().findings[code]
    return {
        "code": code,
        "name": told["name"],
        "severity": "hint",
        "start": 0,
        "end": 0,
        "message": told["message"].format(**words),
        "help": told["help"],
        "source": "goalsmith, CONTRIBUTING, section Sources",
    }
