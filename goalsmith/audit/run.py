"""An audit from its files to its report: the table of contents of the package.

    input -> parts on disk -> reviews -> the bank's findings -> rates -> rewrites -> files and report

Only the reviews and rewrites take long; they are spread over workers and are what a resumed run skips. All
that follows is done again from them, in the order of the input, and so is the same each time.
"""

from __future__ import annotations

import heapq
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from goalsmith import __version__
from goalsmith.audit import outputs, report
from goalsmith.audit.bank import BANK_COLUMNS, Bank, clusters, previous_sheets
from goalsmith.audit.columns import Choice, audit_table
from goalsmith.audit.names import Masker
from goalsmith.audit.outputs import Format
from goalsmith.audit.plan import TEXTS, Store, fingerprint, gather, prepare, write_plan
from goalsmith.audit.rates import Tally, differs, published, share
from goalsmith.audit.reviewing import STATEMENTS, Here, OnRay, Settings, Task, in_row, write_part
from goalsmith.audit.sheets import find_files
from goalsmith.rules import Rules

Group = tuple[str, ...]
Advance = Callable[[int], None]
# Called with what is being done and how much of it there is; gives what is told how much was done.
Progress = Callable[[str, int], AbstractContextManager[Advance]]

SHOWN = 3_000  # goals the report holds at most
APART = 5_000  # statements from which it pays to start a process that writes
_CLUSTERS = 20  # clusters the report lists at most
_CLASHES = 200  # goals with another student's name or pronoun, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an audit is asked for.

    ``rewrites`` says for which goals: those the report shows, all, or none. ``show`` is how many goals of
    each group the report shows, the lowest scores first.
    """

    paths: list[Path]
    out: Path
    rules: Rules
    choice: Choice = field(default_factory=dict)
    today: date | None = None
    review_date: date | None = None
    previous: Path | None = None
    formats: tuple[Format, ...] = ("xlsx",)
    rewrites: Literal["shown", "all", "none"] = "shown"
    show: int = 25
    redact: bool = False
    title: str = "Goal audit"
    workers: int | None = None
    engine: Literal["local", "ray"] = "local"
    address: str | None = None
    resume: bool = False

    def asked(self, files: list[Path]) -> dict[str, Any]:
        """All that the result depends on; the engine and its workers are not among it."""
        return {
            "files": fingerprint([*files, *([self.previous] if self.previous else [])]),
            "goalsmith": __version__,
            "rules": repr(self.rules),
            "columns": {role: list(headers) for role, headers in self.choice.items()},
            "today": self.today.isoformat() if self.today else None,
            "rewrites": [self.rewrites, self.show],
            "review date": self.review_date.isoformat() if self.review_date else None,
        }


def audit(request: Request, progress: Progress, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Run an audit; gives the summary, which is also written to ``summary.json``.

    Args:
        request: what is asked for.
        progress: shows how far it is.
        tell: called once the input has been read, with the plan: which column was taken for what.

    Raises:
        InputError: no file could be read; the message names file and cause.
        ConfigError: the output folder can't be used, or there is no such run to resume.
    """
    files = find_files(request.paths)
    if request.previous:
        # What is wrong with it is told now, not after hours.
        previous_sheets(request.previous, request.choice)
    asked = request.asked(files)
    parts, plan = prepare(request.out, asked, resume=request.resume)
    store = Store(parts)
    if plan is None:
        try:
            asked["today"] = asked["today"] or date.today().isoformat()
            plan = {"asked": asked, **gather(files, request.choice, store)}
        except BaseException:
            shutil.rmtree(parts)
            with suppress(OSError):  # it held something before
                request.out.rmdir()
            raise
        write_plan(parts, plan)
    tell(plan)
    made = _Audit(request, plan, store, progress)
    try:
        summary = made.run()
    finally:
        if made.workers is not None:
            made.workers.close()
    shutil.rmtree(parts)
    return summary


class _Audit:
    def __init__(self, request: Request, plan: dict[str, Any], store: Store, progress: Progress) -> None:
        self.request, self.plan, self.store, self.progress = request, plan, store, progress
        self.day = date.fromisoformat(plan["asked"]["today"])
        self.settings = Settings(rules=request.rules, today=self.day, review_date=request.review_date)
        self.workers: Here | OnRay | None = None
        self.count = request.workers or os.cpu_count() or 1
        self.files = {entry["path"]: f"file {n}" for n, entry in enumerate(plan["asked"]["files"], 1)}

    def run(self) -> dict[str, Any]:
        """Every stage, in order."""
        plan, store = self.plan, self.store
        tasks = store.tasks("review", "texts", "reviews", plan["text_parts"])
        self._do("Reviewing", tasks, plan["texts"], TEXTS)
        root = clusters(store, plan["texts"], plan["text_parts"])
        self.bank = Bank(store.folder, root)
        self._take()
        if self.request.previous:
            self.bank.last_year(self.request.previous, self.request.choice)
        self._count()
        self._rewrite()
        self.masker = Masker(self.bank.names) if self.request.redact else None
        summary = self._summary()
        self._write(summary)
        self.bank.close()
        return summary

    def _do(self, what: str, tasks: list[Task], total: int, size: int) -> None:
        """Have parts of ``size`` statements made, by processes here or by Ray."""
        if not tasks:
            return
        if self.workers is None:
            self.workers = (
                Here(self.settings, self.count)
                if self.request.engine == "local"
                else OnRay(self.settings, self.count, self.request.address)
            )
        with self.progress(what, total) as advance:
            advance(max(0, total - size * len(tasks)))  # what a run before this one did
            for done in self.workers.run(tasks):
                advance(done)

    def _reviewed(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Every row that was reviewed with its review, in order."""
        for row, review in self.store.rows(self.plan["row_parts"]):
            if review is not None and review["error"] is None:
                yield row, in_row(review, row["stated"])

    def _take(self) -> None:
        """First pass: what the bank has to know before it can say anything; the rows put aside."""
        counts: dict[str, int] = defaultdict(int)
        at, bad = None, False
        aside = (self.store.folder / "aside.jsonl").open("w", encoding="utf-8")
        with aside, self.progress("Comparing", self.plan["rows"]) as advance:
            for row, review in self.store.rows(self.plan["row_parts"], BANK_COLUMNS):
                fault = row["fault"] or (review["error"] if review else None)
                here = (row["file"], row["sheet"], row["row"])
                if here != at:
                    counts["quarantined rows"] += bad
                    counts["rows"] += 1
                    at, bad = here, False
                    advance(1)
                bad = bad or fault is not None
                counts["statements"] += 1
                if fault is not None:
                    counts["quarantined"] += 1
                    aside.write(json.dumps(self._aside(row, fault), ensure_ascii=False) + "\n")
                elif review is not None:
                    self.bank.take(row, review)
            counts["quarantined rows"] += bad
        self.bank.taken()
        self.counts = {
            "rows": {
                "in": self.plan["rows"],
                "reviewed": counts["rows"] - counts["quarantined rows"],
                "quarantined": counts["quarantined rows"],
                "blank": self.plan["blank"],
            },
            "statements": {
                "found": counts["statements"],
                "reviewed": counts["statements"] - counts["quarantined"],
                "quarantined": counts["quarantined"],
                "distinct": self.plan["texts"],
            },
        }

    def _aside(self, row: dict[str, Any], fault: str) -> dict[str, Any]:
        """A row put aside; what stands in it is withheld where names are masked."""
        told = {"file": row["file"], "sheet": row["sheet"], "row": row["row"], "reason": fault}
        if self.request.redact:
            return told | {"file": self.files[row["file"]], "sheet": None, "text": ""}
        return told | {"text": row["text"]}

    def _count(self) -> None:
        """Second pass: the rates of the bank and its groups, and which goals the report shows."""
        self.tally = Tally()
        self.groups: dict[Group, Tally] = defaultdict(Tally)
        worst: dict[Group, list[tuple[int, int, int]]] = defaultdict(list)
        held: dict[Group, set[int]] = defaultdict(set)
        self.clashes: dict[int, int] = {}
        with self.progress("Counting", self.counts["statements"]["reviewed"]) as advance:
            for order, (row, review) in enumerate(self._reviewed()):
                found = [finding["code"] for finding in self.bank.findings(row, review)]
                group = tuple(row["groups"])
                for tally in (self.tally, *(self.groups[group[:n]] for n in range(1, len(group) + 1))):
                    tally.add(review, row["stated"], found)
                if {"B03", "B04"} & set(found) and len(self.clashes) < _CLASHES:
                    self.clashes[order] = row["number"]
                score = review["score_total"] or 0
                if row["number"] not in held[group] and (review["findings"] or found):
                    _keep(worst[group], (-score, -order, row["number"]), held[group], self.request.show)
                advance(1)
        most = max(3, SHOWN // max(1, len(worst)))
        shown = [(-order, number) for group in worst.values() for _, order, number in sorted(group)[-most:]]
        # The place of a row among those reviewed -> the number of its statement.
        self.shown = dict(sorted({**dict(shown), **self.clashes}.items())[:SHOWN])

    def _rewrite(self) -> None:
        """The best rewrite of the goals that are asked for."""
        every, some = np.arange(self.plan["texts"]), np.unique(list(self.shown.values())).astype(np.int64)
        self.rewritten = {"all": every, "shown": some, "none": every[:0]}[self.request.rewrites]
        # A rewrite takes as long as many reviews: where there are few, small parts share them out evenly.
        self.asked = size = TEXTS if self.request.rewrites == "all" else 8
        count = -(-len(self.rewritten) // size)
        for index in range(count):
            numbers = self.rewritten[index * size : (index + 1) * size].tolist()
            batch = pa.RecordBatch.from_pylist(
                [self.store.at("texts", n) for n in numbers], schema=STATEMENTS
            )
            write_part(self.store.path("asked", index), batch)
        tasks = self.store.tasks("rewrite", "asked", "rewrites", count)
        self._do("Rewriting", tasks, len(self.rewritten), size)

    def _best(self, number: int) -> dict[str, Any]:
        place = int(np.searchsorted(self.rewritten, number))
        if place == len(self.rewritten) or self.rewritten[place] != number:
            return {"rewrite": None, "rewrite_score": None}
        made = self.store.at("rewrites", place, self.asked)
        return {"rewrite": made["rewrite"], "rewrite_score": made["rewrite_score"]}

    def _finished(self, row: dict[str, Any], review: dict[str, Any]) -> dict[str, Any]:
        """A row as it leaves the audit."""
        whole = row | review | self._best(row["number"])
        whole["findings"] = review["findings"] + self.bank.findings(row, review)
        if self.masker is not None:
            whole |= {"file": self.files[row["file"]], "sheet": None}
            whole = self.masker.row(whole, self.bank.student(row))
        return whole

    def _summary(self) -> dict[str, Any]:
        bank = self.tally.to_dict()
        groups = [{"group": list(group), **tally.to_dict()} for group, tally in sorted(self.groups.items())]
        clusters = []
        for number, students, rows in self.bank.clusters(_CLUSTERS):
            text, review = self.store.at("texts", number)["text"], self.store.at("reviews", number)
            if self.masker is not None:
                text = self.masker.text(text, review["names"])
            clusters.append({"text": text, "kind": review["kind"], "students": students, "goals": rows})
        plan = self.plan
        return {
            "goalsmith": plan["asked"]["goalsmith"],
            "title": self.request.title,
            "today": plan["asked"]["today"],
            "rules": self.request.rules.name,
            "files": plan["files"],
            "read": [{**read, "where": self._named(read["where"])} for read in plan["read"]],
            "unread": [self._named(told) for told in plan["unread"]],
            "skipped": [self._named(told) for told in plan["skipped"]],
            **self.counts,
            "students": self.bank.students,
            "levels": self._levels(),
            "bank": bank,
            "groups": groups,
            "areas_that_differ": _areas(groups, bank),
            "clusters": {"count": self.bank.cluster_count, "largest": clusters},
            "previous_year": self.request.previous is not None,
            "bank_findings": {code: told["name"] for code, told in audit_table().findings.items()},
            "published": published(),
            "redacted": self.request.redact,
            "rewrites": {"for": self.request.rewrites, "goals": len(self.rewritten)},
        }

    def _named(self, told: str) -> str:
        """A message without the names of files, which may be students', where names are masked."""
        if self.masker is None:
            return told
        for path, name in self.files.items():
            told = re.sub(rf"{re.escape(path)}(?: \[[^\]]*\])?", name, told)
        return told

    def _levels(self) -> list[str]:
        """The headers of the group columns, made fit to stand beside the columns of the output."""
        return [f"group: {header.strip()}" for header in self.plan["group_headers"]]

    def _write(self, summary: dict[str, Any]) -> None:
        """Third pass: the files, and the goals the report shows."""
        out, held = self.request.out, self.store.folder
        day = datetime(self.day.year, self.day.month, self.day.day)
        # With two workers or more one writes while this process makes the next rows ready.
        apart = self.count > 1 and self.counts["statements"]["reviewed"] >= APART
        make = outputs.Apart if apart else outputs.Outputs
        writing = make(out, held, self.request.formats, summary["levels"], day)
        shown: list[dict[str, Any]] = []
        told = self.progress("Writing", self.counts["statements"]["reviewed"])
        with closing(writing), told as advance:
            for order, (row, review) in enumerate(self._reviewed()):
                whole = self._finished(row, review)
                writing.write(whole)
                if order in self.shown:
                    shown.append(whole | {"clash": order in self.clashes})
                advance(1)
            writing.finish(summary, held / "aside.jsonl")
        if self.counts["statements"]["quarantined"]:
            outputs.write_aside(held / "aside.jsonl", held / "quarantine.csv")
            outputs.move(held / "quarantine.csv", out / "quarantine.csv")
        else:
            (out / "quarantine.csv").unlink(missing_ok=True)  # of a run before
        (held / "report.html").write_text(report.page(summary, shown, self.request.formats), encoding="utf-8")
        outputs.move(held / "report.html", out / "report.html")
        plain = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
        (held / "summary.json").write_text(plain, encoding="utf-8")
        outputs.move(held / "summary.json", out / "summary.json")


def _keep(heap: list[tuple[int, int, int]], entry: tuple[int, int, int], held: set[int], most: int) -> None:
    """Keep the ``most`` lowest scores, each distinct statement once, the first of its rows."""
    if len(heap) < most:
        heapq.heappush(heap, entry)
        held.add(entry[2])
    elif entry > heap[0]:
        gone = heapq.heapreplace(heap, entry)
        held.discard(gone[2])
        held.add(entry[2])


def _areas(groups: list[dict[str, Any]], bank: dict[str, Any]) -> list[dict[str, Any]]:
    """Areas that a group's goals are in more or less often than the bank's, beyond chance."""
    found = []
    for group in groups:
        for area, whole in bank["areas"].items():
            own = group["areas"].get(area) or share(0, group["goals"])
            if direction := differs(own, whole):
                found.append(
                    {
                        "group": group["group"],
                        "area": area,
                        **own,
                        "bank": whole["rate"],
                        "more": direction > 0,
                    }
                )
    return found
