"""A stratified sample of a bank to review by hand, blind, and how far the two agree when it comes back.

Strata are the groups, goals and objectives apart; each has its share of the sample, and one statement at
least where the sample is large enough. The sheet holds no judgment of goalsmith's.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from goalsmith.audit.columns import BESIDE, Choice, Entry, entries, lay_out, states
from goalsmith.audit.names import Masker
from goalsmith.audit.outputs import move
from goalsmith.audit.rates import wilson
from goalsmith.audit.reviewing import STATEMENTS, Reviewer, Settings, in_row
from goalsmith.audit.sheets import find_files, open_sheets
from goalsmith.errors import InputError, TextError
from goalsmith.text import Document

Stratum = tuple[str, ...]

# What is asked of a reader of the sample, and how goalsmith answers it from a review's row.
QUESTIONS: dict[str, str] = {
    "is a goal": "a goal or an objective for the student?",
    "observable": "can the behavior be seen, heard or counted?",
    "measurable": "would two observers agree whether it was met?",
    "criterion": "does it say how well, how often or how many?",
    "condition": "does it say with what, where or with what support?",
    "deadline": "does it say by when?",
    "method": "does it say how it is measured?",
    "baseline": "does it say where the student stands now?",
}
_FIXED = ("number", "stratum", "statement", "beside", "column of objectives")


def draw(
    paths: Sequence[Path], choice: Choice, out: Path, *, size: int, seed: int, redact: bool
) -> dict[str, Any]:
    """Draw a sample into ``OUT/sample.xlsx``; gives how many statements there were and were drawn.

    Raises:
        InputError: no statement could be read.
    """
    counts = Counter(stratum for stratum, _ in _statements(paths, choice))
    if not counts:
        raise InputError(f"{paths[0]}: no statement to sample")
    wanted = allot(counts, size)
    chance = random.Random(seed)
    places = {s: set(chance.sample(range(counts[s]), wanted[s])) for s in sorted(counts)}
    seen: Counter[Stratum] = Counter()
    drawn: list[tuple[Stratum, Entry]] = []
    for stratum, entry in _statements(paths, choice):
        if seen[stratum] in places[stratum]:
            drawn.append((stratum, entry))
        seen[stratum] += 1
    out.mkdir(parents=True, exist_ok=True)
    masker = Masker(()) if redact else None
    _sheet(out, drawn, masker)
    return {"statements": sum(counts.values()), "strata": len(counts), "drawn": len(drawn)}


def allot(counts: Counter[Stratum], size: int) -> dict[Stratum, int]:
    """How many to draw of each stratum: in proportion, by largest remainder, one at least where there is room."""
    total = sum(counts.values())
    size = min(size, total)
    floor = 1 if size >= len(counts) else 0
    exact = {s: size * n / total for s, n in counts.items()}
    given = {s: min(n, max(floor, int(exact[s]))) for s, n in counts.items()}
    order = sorted(counts, key=lambda s: (int(exact[s]) - exact[s], s))
    while sum(given.values()) < size:
        for stratum in order:
            if sum(given.values()) < size and given[stratum] < counts[stratum]:
                given[stratum] += 1
    for stratum in sorted(counts, key=lambda s: (-given[s], s)):
        while sum(given.values()) > size and given[stratum] > floor:
            given[stratum] -= 1
    return given


def _statements(paths: Sequence[Path], choice: Choice) -> Iterator[tuple[Stratum, Entry]]:
    files = find_files(paths)
    for path in files:
        for sheet in open_sheets(path):
            try:
                layout = lay_out(sheet, choice, strict=len(files) == 1)
            except InputError:
                if len(files) == 1:
                    raise
                continue
            for row in sheet.rows():
                if row.number <= layout.before or row.fault is not None:
                    continue
                try:
                    held = entries(layout, row)
                except InputError:
                    continue
                for entry in held:
                    try:
                        Document(entry.text)
                    except TextError:
                        continue
                    yield (*entry.groups, "objective" if entry.objective else "goal"), entry


def _sheet(out: Path, drawn: Sequence[tuple[Stratum, Entry]], masker: Masker | None) -> None:
    held = out / "sample.writing"
    book = xlsxwriter.Workbook(str(held), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Sample")
    columns = [*_FIXED, *QUESTIONS]
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name, head)
        if name in QUESTIONS:
            sheet.write_comment(0, at, QUESTIONS[name])
    sheet.set_column(0, len(columns), 12)
    sheet.set_column(2, 2, 70)
    sheet.set_column(3, 3, 40)
    sheet.freeze_panes(1, 0)
    for at, (stratum, entry) in enumerate(drawn, 1):
        own = [entry.name]
        text = masker.text(entry.text, own) if masker else entry.text
        beside = {p: masker.text(w, own) if masker else w for p, w in entry.beside.items()}
        sheet.write_number(at, 0, at, wrap)
        sheet.write_string(at, 1, " / ".join(stratum), wrap)
        sheet.write_string(at, 2, text or "", wrap)
        sheet.write_string(at, 3, json.dumps(beside, ensure_ascii=False) if beside else "", wrap)
        sheet.write_string(at, 4, "yes" if entry.objective else "no", wrap)
    sheet.data_validation(
        1, len(_FIXED), max(1, len(drawn)), len(columns) - 1, {"validate": "list", "source": ["yes", "no"]}
    )
    book.close()
    move(held, out / "sample.xlsx")


def agreement(path: Path, settings: Settings) -> dict[str, Any]:
    """How far the answers in a returned sheet agree with goalsmith's, question by question.

    Gives for each question how many were answered, the share that agree with its 95 % interval, Cohen's
    kappa, and how often either says yes.

    Raises:
        InputError: the file is no such sheet, an answer is neither yes nor no, or nothing was answered.
    """
    rows = _returned(path)
    batch = pa.RecordBatch.from_pylist(
        [
            {"number": n, "text": row["statement"], "objective": row["column of objectives"] == "yes"}
            for n, row in enumerate(rows)
        ],
        schema=STATEMENTS,
    )  # fmt: skip
    pairs: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for row, review in zip(rows, Reviewer(settings).review(batch).to_pylist(), strict=True):
        if review["error"] is None:
            counted = in_row(review, row["parts"])
            for question in QUESTIONS:
                if (theirs := row["answers"].get(question)) is not None:
                    pairs[question].append((theirs, _answer(question, counted, row["parts"])))
    if not pairs:
        raise InputError(f"{path}: no question is answered in it")
    return {question: _agreed(pairs[question]) for question in QUESTIONS if pairs[question]}


def _returned(path: Path) -> list[dict[str, Any]]:
    read = iter(open_sheets(path)[0].rows())
    first = next(read, None)
    header = [cell.strip() for cell in first.cells] if first else []
    if header[: len(_FIXED)] != list(_FIXED):
        raise InputError(
            f"{path}: not a sheet that --sample wrote: its first columns are not {', '.join(_FIXED)}"
        )
    rows = []
    for row in read:
        cells = dict(zip(header, (cell.strip() for cell in row.cells), strict=False))
        if not cells.get("statement"):
            continue
        answers: dict[str, bool] = {}
        for question in QUESTIONS:
            said = cells.get(question, "").lower()
            if said not in ("", "yes", "no", "y", "n"):
                raise InputError(f"{path}: row {row.number}: {question}: {said!r} is neither yes nor no")
            if said:
                answers[question] = said.startswith("y")
        try:
            beside = json.loads(cells["beside"]) if cells.get("beside") else {}
            parts = [p for p in BESIDE if p in beside and states(p, beside[p])]
        except (ValueError, TypeError):
            raise InputError(f"{path}: row {row.number}: the column beside was changed") from None
        rows.append({**cells, "parts": parts, "answers": answers})
    return rows


def _answer(question: str, review: dict[str, Any], beside: Sequence[str]) -> bool:
    if question == "is a goal":
        return review["kind"] in ("goal", "objective")
    if question in ("observable", "measurable"):
        return bool(review[question])
    part = "timeframe" if question == "deadline" else question
    return part in {p["label"] for p in review["parts"]} | set(beside)


def _agreed(pairs: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    of = len(pairs)
    same = sum(a == b for a, b in pairs)
    yes = [sum(pair[side] for pair in pairs) / of for side in (0, 1)]
    chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    low, high = wilson(same, of)
    return {
        "answered": of,
        "agree": round(same / of, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        # Where both always say the same one thing, chance explains it all and kappa says nothing.
        "kappa": None if chance == 1 else round((same / of - chance) / (1 - chance), 3),
        "they_say_yes": round(yes[0], 4),
        "goalsmith_says_yes": round(yes[1], 4),
    }
