"""An audit from its files to its report: the table of contents of the package.

    input -> parts on disk -> reviews -> the bank's findings -> rates -> rewrites -> files and report

Reviews and rewrites take long and are what a resumed run skips. All that follows is done again from them and is the
same each time: what needs a worker does a part of the rows (:mod:`goalsmith.audit.finishing`), and the parts are put
together in the order of the input.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goalsmith import __version__
from goalsmith.audit import outputs, report
from goalsmith.audit.bank import BANK_COLUMNS, ROW_COLUMNS, Bank, Intake, clusters, previous_sheets
from goalsmith.audit.columns import Choice, audit_table
from goalsmith.audit.finishing import Counted, Desk, count_part, finish_part
from goalsmith.audit.names import Masker
from goalsmith.audit.outputs import Format
from goalsmith.audit.plan import TEXTS, Store, fingerprint, gather, prepare, write_plan
from goalsmith.audit.rates import differs, published, share
from goalsmith.audit.reviewing import STATEMENTS, OnRay, Processes, Settings, Task, write_part
from goalsmith.audit.sheets import find_files
from goalsmith.rules import Rules

Advance = Callable[[int], None]
# Called with what is being done and how much of it there is; gives what is told how much was done.
Progress = Callable[[str, int], AbstractContextManager[Advance]]

SHOWN = 3_000  # goals the report holds at most
MANY = 10_000  # statements from which it pays to start processes anew for writing
_CLUSTERS = 20  # clusters the report lists at most


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
    day = request.today or date.today()
    if plan is not None:
        day = date.fromisoformat(plan["asked"]["today"])
    settings = Settings(rules=request.rules, today=day, review_date=request.review_date)
    workers = request.workers or os.cpu_count() or 1
    with closing(Processes(settings, workers)) as processes:
        if plan is None:
            try:
                asked["today"] = day.isoformat()
                expect = processes.expect if request.engine == "local" else lambda parts: None
                plan = {"asked": asked, **gather(files, request.choice, store, expect)}
            except BaseException:
                shutil.rmtree(parts)
                with suppress(OSError):  # it held something before
                    request.out.rmdir()
                raise
            write_plan(parts, plan)
        tell(plan)
        summary = _Audit(request, plan, store, settings, workers, processes, progress).run()
    shutil.rmtree(parts)
    return summary


class _Audit:
    def __init__(
        self,
        request: Request,
        plan: dict[str, Any],
        store: Store,
        settings: Settings,
        workers: int,
        processes: Processes,
        progress: Progress,
    ) -> None:
        self.request, self.plan, self.store, self.progress = request, plan, store, progress
        self.settings, self.workers, self.processes = settings, workers, processes
        self.files = {entry["path"]: f"file {n}" for n, entry in enumerate(plan["asked"]["files"], 1)}
        self.desk = Desk(
            folder=store.folder,
            show=request.show,
            formats=request.formats,
            levels=tuple(f"group: {header.strip()}" for header in plan["group_headers"]),
            redact=request.redact,
            files=self.files,
            # A rewrite takes as long as many reviews: where there are few, small parts share them out evenly.
            rewrites=TEXTS if request.rewrites == "all" else 8,
        )

    def run(self) -> dict[str, Any]:
        """Every stage, in order."""
        if self.request.engine == "local":
            self._review_and_finish(self.processes)
        else:
            with closing(OnRay(self.settings, self.workers, self.request.address)) as cluster:
                self._review_and_finish(cluster)
        with closing(Bank(self.store.folder)) as self.bank:
            self.masker = Masker(self.bank.names) if self.request.redact else None
            summary = self._summary()
        self._write(summary)
        return summary

    def _review_and_finish(self, engine: Processes | OnRay) -> None:
        """All that reads statements, and what lies between."""
        plan, store = self.plan, self.store
        self._do(
            engine,
            "Reviewing",
            store.tasks("review", "texts", "reviews", plan["text_parts"]),
            plan["texts"],
            TEXTS,
        )
        self._take(clusters(store, plan["texts"], plan["text_parts"]))
        self._count()
        self._rewrite(engine)

    def _do(self, engine: Processes | OnRay, what: str, tasks: list[Task], total: int, size: int) -> None:
        """Have parts of ``size`` statements made, by processes here or by Ray."""
        if tasks:
            with self.progress(what, total) as advance:
                advance(max(0, total - size * len(tasks)))  # what a run before this one did
                for done in engine.run(tasks):
                    advance(done)

    def _take(self, root: NDArray[np.int64]) -> None:
        """What the bank has to know, in order, before it can say anything; the rows put aside."""
        counts: dict[str, int] = defaultdict(int)
        at, bad = None, False
        aside = (self.store.folder / "aside.jsonl").open("w", encoding="utf-8")
        bank = Intake(self.store.folder, root)
        with aside, closing(bank), self.progress("Comparing", self.plan["rows"]) as advance:
            for index in range(self.plan["row_parts"]):
                for row, review in self.store.rows(index, ROW_COLUMNS, BANK_COLUMNS):
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
                        bank.take(row, review)
            counts["quarantined rows"] += bad
            if self.request.previous:
                bank.last_year(self.request.previous, self.request.choice)
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
        """The rates of the bank and its groups, and which goals the report shows."""
        counted = Counted()
        self.firsts = []  # the place of each part's first row among those reviewed
        asked = ((self.desk, index) for index in range(self.plan["row_parts"]))
        with self.progress("Counting", self.counts["statements"]["reviewed"]) as advance:
            for part in self.processes.each(count_part, asked):
                self.firsts.append(counted.rows)
                counted.join(part, self.request.show)
                advance(part.rows)
        self.tally, self.groups, self.clashes = counted.tally, counted.groups, counted.clashes
        most = max(3, SHOWN // max(1, len(counted.worst)))
        shown = [(-place, n) for group in counted.worst.values() for _, place, n in sorted(group)[-most:]]
        # The place of a row among those reviewed -> the number of its statement.
        self.shown = dict(sorted({**dict(shown), **self.clashes}.items())[:SHOWN])

    def _rewrite(self, engine: Processes | OnRay) -> None:
        """The best rewrite of the goals that are asked for."""
        every, some = np.arange(self.plan["texts"]), np.unique(list(self.shown.values())).astype(np.int64)
        numbers = {"all": every, "shown": some, "none": every[:0]}[self.request.rewrites]
        np.save(self.store.folder / "rewritten.npy", numbers)
        self.rewritten, size = len(numbers), self.desk.rewrites
        count = -(-len(numbers) // size)
        for index in range(count):
            rows = [self.store.at("texts", n) for n in numbers[index * size : (index + 1) * size].tolist()]
            write_part(self.store.path("asked", index), pa.RecordBatch.from_pylist(rows, schema=STATEMENTS))
        tasks = self.store.tasks("rewrite", "asked", "rewrites", count)
        self._do(engine, "Rewriting", tasks, len(numbers), size)

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
            "levels": list(self.desk.levels),
            "bank": bank,
            "groups": groups,
            "areas_that_differ": _areas(groups, bank),
            "clusters": {"count": self.bank.cluster_count, "largest": clusters},
            "previous_year": self.request.previous is not None,
            "bank_findings": {code: told["name"] for code, told in audit_table().findings.items()},
            "published": published(),
            "redacted": self.request.redact,
            "rewrites": {"for": self.request.rewrites, "goals": self.rewritten},
        }

    def _named(self, told: str) -> str:
        """A message without the names of files, which may be students', where names are masked."""
        if self.masker is None:
            return told
        for path, name in self.files.items():
            told = re.sub(rf"{re.escape(path)}(?: \[[^\]]*\])?", name, told)
        return told

    def _write(self, summary: dict[str, Any]) -> None:
        """The files, and the goals the report shows."""
        out, held = self.request.out, self.store.folder
        writing = outputs.Outputs(
            out, held, self.request.formats, datetime.combine(self.settings.today, time())
        )
        shown: list[dict[str, Any]] = []
        edges = [*self.firsts, self.counts["statements"]["reviewed"]]
        parts = [
            (index, first, {place: place in self.clashes for place in self.shown if first <= place < end})
            for index, (first, end) in enumerate(pairwise(edges))
        ]
        if self.counts["statements"]["reviewed"] >= MANY:
            # The processes hold the reader, which is of no more use: memory for it is given back.
            self.processes.close()
            self.processes = Processes(self.settings, self.workers)
        told = self.progress("Writing", self.counts["statements"]["reviewed"])
        with closing(self.processes), told as advance:
            for part in self.processes.each(finish_part, ((self.desk, *asked) for asked in parts)):
                writing.add(part.pieces)
                shown += part.shown
                advance(part.rows)
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
