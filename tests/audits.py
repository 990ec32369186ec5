"""A small bank with a bit of everything in it, and how the tests run an audit."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from goalsmith.audit.run import Advance, Request, audit

TODAY = date(2026, 9, 1)
HEAD = ["Student ID", "Student Name", "District", "School", "Annual Goal", "Baseline", "Criteria"]
GOOD = "By May 2027, given a grade 3 passage, {} will read aloud 80 words correct per minute (baseline: 50 words correct per minute), as measured by weekly probes."
ROWS = [
    ["1", "Maya Brown", "North", "Oak", GOOD.format("Maya"), "", ""],
    ["1", "Maya Brown", "North", "Oak", "Maya will improve her reading.", "41 words a minute", "80 words per minute"],
    ["1", "Maya Brown", "North", "Oak", "When upset, she will ask for a break in 4 of 5 cases.", "", ""],
    ["1", "Maya Brown", "North", "Oak", "Given a timer, he will stay on task for 10 minutes on 4 of 5 days.", "", ""],
    ["2", "Diego Ruiz", "North", "Oak", GOOD.format("Diego"), "", ""],
    ["2", "Diego Ruiz", "North", "Oak", "Emily will write 5 sentences in 4 of 5 trials by May 2027.", "2 sentences", ""],
    ["3", "Aisha Khan", "North", "Elm", "Aisha will receive speech therapy 30 minutes a week.", "", ""],
    ["3", "Aisha Khan", "North", "Elm", "<script>alert(1)</script> <b>Aisha</b> will add & subtract in 8 of 10 items.", "", ""],
    ["3", "Aisha Khan", "North", "Elm", '=HYPERLINK("http://example.org","Aisha will count to 20 in 4 of 5 trials")', "", ""],
    ["4", "Tomás Lee", "South", "", "word " * 5000, "", ""],
    ["4", "Tomás Lee", "South", "", "", "10 %", ""],
    ["", "", "", "", "", "", ""],
]  # fmt: skip
LAST_YEAR = [
    HEAD,
    ["1", "Maya Brown", "North", "Oak", GOOD.format("Maya").replace("2027", "2026"), "", ""],
    ["2", "Diego Ruiz", "North", "Oak", GOOD.format("Diego").replace("80", "70"), "", ""],
]


def write_csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


@contextmanager
def silent(what: str, total: int) -> Iterator[Advance]:
    yield lambda count: None


def run(request: Request) -> dict[str, Any]:
    return audit(request, silent, lambda plan: None)
