"""The batch function of an audit, Arrow in and Arrow out, and what runs it: processes of this machine, or Ray.

:func:`review_batch` takes a record batch under :data:`STATEMENTS` and gives one under :data:`REVIEWS`, a row
a statement, in order. It keeps no state, so that it runs wherever batches are mapped. On Spark::

    def run(batches):
        reviewer = Reviewer(Settings(rules=make_rules("tx"), today=date(2026, 9, 1)))
        for batch in batches:
            yield reviewer.review(batch)

    frame.mapInArrow(run, schema="number long, error string, kind string, …")

What it says of a statement doesn't depend on the batch the statement stands in, so neither the number of
workers nor the engine changes a result.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from rensa import RMinHash
from threadpoolctl import threadpool_limits

from goalsmith.checks import CATALOGUE
from goalsmith.deadlines import deadlines
from goalsmith.diagnostic import Diagnostic
from goalsmith.errors import GoalsmithError, InputError
from goalsmith.facts import statement_words
from goalsmith.pipeline import Goalsmith, load
from goalsmith.review import Review
from goalsmith.rules import Rules
from goalsmith.score import score_goal, score_of, unjudged
from goalsmith.text import Span

PERMUTATIONS = 64
Result = TypeVar("Result")

STATEMENTS = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("objective", pa.bool_(), nullable=False),  # its column says that it is one
    ]
)
_PART = pa.struct([("label", pa.string()), ("start", pa.int32()), ("end", pa.int32())])
_FINDING = pa.struct(
    [
        ("code", pa.string()),
        ("name", pa.string()),
        ("severity", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("message", pa.string()),
        ("help", pa.string()),
        ("source", pa.string()),
    ]
)
MARKS = ("total", "specific", "measurable", "achievable", "relevant", "timebound")
REVIEWS = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        ("error", pa.string()),  # why it could not be reviewed; then all that follows is empty
        ("kind", pa.string()),
        ("area", pa.string()),
        ("observable", pa.bool_()),
        ("measurable", pa.bool_()),
        *((f"score_{mark}", pa.int16()) for mark in MARKS),
        ("parts", pa.list_(_PART)),
        ("findings", pa.list_(_FINDING)),
        ("unjudged", pa.list_(pa.string())),  # letters that can't be judged from the text
        ("names", pa.list_(pa.string())),
        ("pronoun", pa.string()),  # "he" or "she" where the text says one of them only
        ("sketch", pa.binary(4 * PERMUTATIONS)),  # MinHash of its words, names and deadlines left out
    ]
)
REWRITES = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        ("rewrite", pa.string()),  # the best one, or none
        ("rewrite_score", pa.int16()),  # once its open slots are filled
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a review depends on beside the statement."""

    rules: Rules
    today: date
    review_date: date | None = None


class Reviewer:
    """A loaded goalsmith with its settings; made once a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.smith: Goalsmith = load(settings.rules, drafter=None)
        # Every processor has a worker of its own: numpy's threads beside it would only get in its way.
        threadpool_limits(1, "blas")

    def review(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Statements -> reviews."""
        return review_batch(batch, self.smith, self.settings.today)

    def rewrite(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Statements -> the best rewrite of each, where there is one."""
        rows = []
        for row in batch.to_pylist():
            try:
                review = self.smith.review(row["text"], today=self.settings.today)
                found = self.smith.rewrite(review, review_date=self.settings.review_date, n=1)
                best = found[0] if found else None
            except GoalsmithError:
                best = None
            rows.append(
                {
                    "number": row["number"],
                    "rewrite": best.text if best else None,
                    "rewrite_score": best.score_filled if best else None,
                }
            )
        return pa.RecordBatch.from_pylist(rows, schema=REWRITES)


def review_batch(batch: pa.RecordBatch, smith: Goalsmith, today: date) -> pa.RecordBatch:
    """Review a batch under :data:`STATEMENTS`; gives one under :data:`REVIEWS`, row for row.

    A statement that can't be reviewed has its ``error``; it stops nothing.
    """
    rows = batch.to_pylist()
    try:
        reviews: list[Review | str] = list(smith.pipe([row["text"] for row in rows], today=today))
    except Exception:  # one statement of it; found by reading each alone
        reviews = [_alone(smith, row["text"], today) for row in rows]
    made = [
        {"number": row["number"], "error": review}
        if isinstance(review, str)
        else _row(row, _in_its_row(review, row, smith.rules))
        for row, review in zip(rows, reviews, strict=True)
    ]
    return pa.RecordBatch.from_pylist(made, schema=REVIEWS)


def _alone(smith: Goalsmith, text: str, today: date) -> Review | str:
    try:
        return smith.review(text, today=today)
    except GoalsmithError as error:
        return str(error)
    except Exception as error:  # a defect of ours must not cost the run; the row is put aside and told
        return f"could not be reviewed ({type(error).__name__})"


def _in_its_row(review: Review, row: dict[str, Any], rules: Rules) -> Review:
    """The review of a statement that stands in a column of objectives, where the column says so."""
    if not row["objective"] or review.reading.kind != "goal":
        return review
    facts = replace(review.facts, reading=replace(review.reading, kind="objective"))
    found = tuple(rules.diagnose(facts))
    return replace(review, facts=facts, diagnostics=found)


def _row(row: dict[str, Any], review: Review) -> dict[str, Any]:
    score, reading, names = score_of(review.facts, _each(review.diagnostics)), review.reading, _names(review)
    return {
        "number": row["number"],
        "kind": reading.kind,
        "area": reading.area,
        "observable": reading.observable,
        "measurable": reading.measurable,
        **{f"score_{mark}": value for mark, value in score.to_dict().items()},
        "parts": [{"label": p.label, "start": p.span.start, "end": p.span.end} for p in review.parts],
        "findings": [
            {
                "code": d.code,
                "name": d.name,
                "severity": d.severity,
                "start": d.span.start,
                "end": d.span.end,
                "message": d.message,
                "help": d.help,
                "source": d.source,
            }
            for d in review.diagnostics
        ],
        "unjudged": list(unjudged(review.facts)),
        "names": names,
        "pronoun": _pronoun(review.text),
        "sketch": sketch(review.text, names, reading.of("timeframe")),
    }


def _each(diagnostics: Iterable[Diagnostic]) -> list[str]:
    return list(dict.fromkeys(d.code for d in diagnostics))


def in_row(review: dict[str, Any], stated: Sequence[str]) -> dict[str, Any]:
    """A review as it counts in a row whose neighbour fields state some parts.

    That a part is missing is not held against a statement where the part stands beside it: such findings are
    dropped, their codes kept as ``waived``, and the score is taken again from the others.
    """
    waived = [f["code"] for f in review["findings"] or () if CATALOGUE[f["code"]].part in stated]
    if not waived:
        return {**review, "waived": []}
    kept = [f for f in review["findings"] if f["code"] not in waived]
    made = {**review, "findings": kept, "waived": list(dict.fromkeys(waived))}
    if review["score_total"] is not None:
        score = score_goal(dict.fromkeys(f["code"] for f in kept), dict.fromkeys(review["unjudged"], "open"))
        made |= {f"score_{mark}": value for mark, value in score.to_dict().items()}
    if review["measurable"] is False and "criterion" in stated:
        made["measurable"] = review["observable"]
    return made


# What a bank compares


_PRONOUNS = {"he": "he", "him": "he", "his": "he", "himself": "he", "she": "she", "her": "she", "hers": "she", "herself": "she"}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def _names(review: Review) -> list[str]:
    """The learners' names of a statement, the one it is about first."""
    own = [learner.name for learner in review.facts.learners if learner.name]
    others = [match["name"] for match in statement_words().names.finditer(review.text)]
    return list(dict.fromkeys(re.sub(r"['’]s$", "", name.strip(" ,.;:")) for name in [*own, *others]))


def _pronoun(text: str) -> str | None:
    said = {_PRONOUNS[word] for word in (w.lower() for w in _WORD.findall(text)) if word in _PRONOUNS}
    return said.pop() if len(said) == 1 else None


def plain_words(text: str, dates: Iterable[Span], names: Iterable[str] = ()) -> list[str]:
    """The words two statements are compared by: lower case, deadlines left out, learners made alike."""
    kept, at = "", 0
    for span in sorted(dates):
        kept += text[at : max(at, span.start)] + " "
        at = max(at, span.end)
    kept += text[at:]
    own = {word.lower() for name in names for word in _WORD.findall(name)}
    words = [re.sub(r"['’]s$", "", word.lower()) for word in _WORD.findall(kept)]
    return ["they" if word in own or word in _PRONOUNS or word == "student" else word for word in words]


def dates_in(text: str) -> list[Span]:
    """The deadlines of a text that was not read by the model."""
    return [Span(match.start(), match.end()) for _, match in deadlines().find(text)]


def sketch(text: str, names: Sequence[str], dates: Sequence[Span]) -> bytes:
    """The MinHash of a statement's runs of three words: how many numbers two share is how alike they are."""
    words = plain_words(text, dates, names)
    runs = [" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))]
    made = RMinHash(num_perm=PERMUTATIONS, seed=1)
    made.update(runs)
    return struct.pack(f"<{PERMUTATIONS}I", *made.digest())


# Parts of a run: a file in, a file out


Task = tuple[str, Path, Path]  # "review" or "rewrite", the part to read, the part to write


def read_part(path: Path) -> pa.RecordBatch:
    """The one record batch of a part."""
    return pa.ipc.open_file(pa.py_buffer(path.read_bytes())).get_batch(0)


def write_part(path: Path, batch: pa.RecordBatch) -> None:
    """Write a part; it is there whole or not at all, whenever the process is killed."""
    held = path.with_suffix(f".{os.getpid()}")  # a killed run's workers may be writing it still
    with pa.OSFile(str(held), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
    held.replace(path)


STOPPED = (
    "a worker was stopped from outside, perhaps for want of memory; go on with --resume, and "
    "fewer --workers if it happens again"
)
_settings: Settings | None = None  # a worker process's own


def _start(settings: Settings, parent: int) -> None:
    """Begin a worker: it leaves when the process that started it does, however that ended."""
    global _settings
    leave_with(parent)
    _settings = settings


@cache
def _reviewer() -> Reviewer:
    """The process's reviewer, loaded when it is first asked for."""
    assert _settings is not None
    return Reviewer(_settings)


def _load() -> None:
    _reviewer()


def leave_with(parent: int) -> None:
    """Have this process end when ``parent``, which started it, does; Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _work(task: Task) -> int:
    kind, source, target = task
    batch = read_part(source)
    made = _reviewer().review(batch) if kind == "review" else _reviewer().rewrite(batch)
    write_part(target, made)
    return int(batch.num_rows)


class Processes:
    """Processes of this machine that share the work out, each started when there is something for it to do."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self._workers, self._loading = workers, 0
        self._pool = ProcessPoolExecutor(
            max_workers=workers,
            mp_context=get_context("spawn"),
            initializer=_start,
            initargs=(settings, os.getpid()),
        )

    def expect(self, parts: int) -> None:
        """Have the reader loaded, while the input is still being read, by as many as so many parts keep busy."""
        while self._loading < min(parts, self._workers):
            self._pool.submit(_load)
            self._loading += 1

    def run(self, tasks: Sequence[Task]) -> Iterator[int]:
        """Do tasks; yields how many statements each held, as they end.

        Raises:
            InputError: a worker was stopped from outside, usually for want of memory.
        """
        left = iter(tasks)
        waiting: set[Future[int]] = set()
        try:
            while True:
                while len(waiting) < 2 * self._workers and (task := next(left, None)) is not None:
                    waiting.add(self._pool.submit(_work, task))
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool:
            raise InputError(STOPPED) from None

    def each(self, function: Callable[..., Result], asked: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """What ``function`` gives for each of what is asked, in that order; a few are made ready ahead.

        Raises:
            InputError: a worker was stopped from outside, usually for want of memory.
        """
        left = iter(asked)
        waiting: deque[Future[Result]] = deque()
        try:
            while True:
                while len(waiting) < 2 * self._workers and (given := next(left, None)) is not None:
                    waiting.append(self._pool.submit(function, *given))
                if not waiting:
                    return
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise InputError(STOPPED) from None

    def close(self) -> None:
        """Stop the processes."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class OnRay:
    """The same on Ray Data: a cluster at ``address``, or a local one of ``workers`` processes.

    The parts travel through Ray's object store, so that the cluster needs no folder of ours.

    Raises:
        InputError: Ray is not installed, or there is no cluster at ``address``.
    """

    def __init__(self, settings: Settings, workers: int, address: str | None) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
        try:
            import ray
            import ray.data
        except ImportError:
            raise InputError("--engine ray needs Ray: pip install 'goalsmith[ray]'") from None
        self._ray: Any = ray
        self._settings = settings
        self._started = not ray.is_initialized()
        here = {"num_cpus": workers, "include_dashboard": False} if address is None else {"address": address}
        if self._started:
            try:
                ray.init(log_to_driver=False, logging_level=logging.ERROR, configure_logging=False, **here)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise InputError(
                    f"--address {address}: no Ray cluster: {str(error).splitlines()[0]}"
                ) from None
        self._size = workers if address is None else max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        ray.data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.WARNING)

    def run(self, tasks: Sequence[Task]) -> Iterator[int]:
        """Do tasks of one kind; yields how many statements each held, as they end."""
        ray = self._ray
        for window in _windows(tasks):
            kind = window[0][0]
            targets, tables = {}, []
            for _, source, target in window:
                batch = read_part(source)
                targets[int(batch.column("number")[0].as_py())] = (target, batch.num_rows)
                tables.append(ray.put(pa.Table.from_batches([batch])))
            done = ray.data.from_arrow_refs(tables).map_batches(
                _RayReviewer,
                fn_constructor_args=(self._settings, kind),
                batch_format="pyarrow",
                batch_size=None,
                compute=ray.data.ActorPoolStrategy(size=self._size),
            )
            for table in done.iter_batches(batch_format="pyarrow", batch_size=None):
                made = table.combine_chunks().to_batches()[0]
                target, rows = targets.pop(int(made.column("number")[0].as_py()))
                assert made.num_rows == rows
                write_part(target, made.cast(REVIEWS if kind == "review" else REWRITES))
                yield rows
            assert not targets

    def close(self) -> None:
        """Leave the cluster, and stop it if it was started here."""
        if self._started:
            self._ray.shutdown()


def _windows(tasks: Sequence[Task], size: int = 4096) -> Iterator[Sequence[Task]]:
    """Tasks of one kind in stretches that an object store holds easily."""
    for start in range(0, len(tasks), size):
        yield tasks[start : start + size]


class _RayReviewer:
    def __init__(self, settings: Settings, kind: str) -> None:
        reviewer = Reviewer(settings)
        self.run: Callable[[pa.RecordBatch], pa.RecordBatch] = (
            reviewer.review if kind == "review" else reviewer.rewrite
        )

    def __call__(self, table: pa.Table) -> pa.Table:
        return pa.Table.from_batches([self.run(batch) for batch in table.combine_chunks().to_batches()])
