"""``goalsmith audit`` in the terminal: what is shown before, while and after it runs, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast, get_args

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from goalsmith.audit import sample
from goalsmith.audit.columns import ROLES, Choice, Role, lay_out, shown
from goalsmith.audit.outputs import FORMATS, Format
from goalsmith.audit.rates import RATES
from goalsmith.audit.reviewing import Settings
from goalsmith.audit.run import Advance, Request, audit
from goalsmith.audit.sheets import find_files, open_sheets
from goalsmith.errors import ConfigError, InputError
from goalsmith.tables import read_toml


def configured(path: Path | None, given: dict[str, list[str]]) -> Choice:
    """The columns that options name, and for the rest those of the [audit] table of a goalsmith.toml.

    Raises:
        ConfigError: the table names what is no column.
    """
    try:
        table = read_toml(path.read_text(encoding="utf-8")).get("audit", {}) if path else {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if unknown := sorted(set(table) - set(ROLES)):
        raise ConfigError(f"{path}: audit: no column {unknown[0]!r}; there are: {', '.join(ROLES)}")
    kept = {role: [value] if isinstance(value, str) else list(value) for role, value in table.items()}
    return cast("Choice", kept | {role: headers for role, headers in given.items() if headers})


def formats(given: str) -> tuple[Format, ...]:
    """``xlsx,parquet`` as the formats it names. Raises ConfigError."""
    wanted = [name.strip().lower() for name in given.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in get_args(Format)]:
        raise ConfigError(f"--format: {unknown[0]!r} is none of {', '.join(FORMATS)}")
    return tuple(name for name in FORMATS if name in wanted)


def show_columns(paths: list[Path], choice: Choice, out: Console) -> None:
    """How each sheet would be read, and the same as lines of a goalsmith.toml."""
    names: dict[Role, dict[str, None]] = {}
    for path in find_files(paths):
        for sheet in open_sheets(path):
            layout = lay_out(sheet, choice, strict=False)
            out.print(_columns(sheet.where, shown(layout)))
            for column in layout.columns:
                names.setdefault(column.role, {})[column.header] = None
    out.print("\nTo keep it so, in goalsmith.toml:\n")
    out.print("[audit]", markup=False)
    for role, headers in names.items():
        out.print(f"{role} = {json.dumps(list(headers), ensure_ascii=False)}", markup=False, soft_wrap=True)


def draw_sample(request: Request, size: int, seed: int, out: Console) -> None:
    """Draw the sample and say what to do with it."""
    drawn = sample.draw(
        request.paths, request.choice, request.out, size=size, seed=seed, redact=request.redact
    )
    out.print(
        f"{drawn['drawn']} of {drawn['statements']:,} statements, from {drawn['strata']} strata: "
        f"{request.out / 'sample.xlsx'}\nAnswer yes or no in its last columns, then: "
        f"goalsmith audit {request.out / 'sample.xlsx'} --agreement",
        markup=False,
        soft_wrap=True,
    )


def show_agreement(path: Path, settings: Settings, out: Console) -> None:
    """The agreement with a sheet that came back, as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("question", "answered", "agree", "95 % interval", "kappa", "they say yes", "goalsmith"):
        table.add_column(name, justify="left" if name == "question" else "right")
    for question, row in sample.agreement(path, settings).items():
        table.add_row(
            question,
            str(row["answered"]),
            f"{100 * row['agree']:.0f} %",
            f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %",
            "–" if row["kappa"] is None else f"{row['kappa']:.2f}",
            f"{100 * row['they_say_yes']:.0f} %",
            f"{100 * row['goalsmith_says_yes']:.0f} %",
        )
    out.print(table)


def run(request: Request, fail_under: float | None, out: Console, err: Console) -> int:
    """Run an audit and tell what came of it.

    Exit code 0: done. 1: the mean score is under ``fail_under``. 2: a file could not be read.
    """

    def tell(plan: dict[str, Any]) -> None:
        for read in plan["read"][:20]:
            err.print(_columns(read["where"], read["columns"]))
        if len(plan["read"]) > 20:
            err.print(f"… and {len(plan['read']) - 20} more sheets")
        for what, lines in (("skipped", plan["skipped"]), ("not read", plan["unread"])):
            for line in lines:
                err.print(f"{what}: {line}", markup=False, soft_wrap=True)

    @contextmanager
    def progress(what: str, total: int) -> Iterator[Advance]:
        bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:>8}"),
            TimeRemainingColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        with bar:
            task = bar.add_task(what, total=total, rate="")

            def advance(count: int) -> None:
                bar.advance(task, count)
                speed = bar.tasks[0].speed
                bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

            yield advance

    try:
        summary = audit(request, progress, tell)
    except KeyboardInterrupt:
        err.print("Stopped. Go on with the same command and --resume.")
        return 130
    except OSError as error:  # a full disk, a folder that may not be written
        raise InputError(
            f"{error.filename or request.out}: {(error.strerror or str(error)).lower()}"
        ) from None
    rows, bank = summary["rows"], summary["bank"]
    out.print(
        f"{rows['in']:,} row{'s' * (rows['in'] != 1)} = {rows['reviewed']:,} reviewed + {rows['quarantined']:,} put aside + "
        f"{rows['blank']:,} blank; {bank['goals']:,} goals, {summary['statements']['distinct']:,} different statements"
    )
    if bank["goals"]:
        out.print(f"mean SMART score {bank['mean_score']} of 100")
        for name in ("nothing_to_mend", "measurable", "baseline", "near_duplicate"):
            rate = bank["rates"][name]
            out.print(
                f"  {100 * rate['rate']:5.1f} % ({100 * rate['low']:.1f} to {100 * rate['high']:.1f})  {RATES[name]}"
            )
    names = ["report.html", *(f"goals.{name}" for name in request.formats), "summary.json"]
    if summary["statements"]["quarantined"]:
        names.append("quarantine.csv")
    out.print(f"{request.out}: {', '.join(names)}", markup=False, soft_wrap=True)
    if summary["unread"]:
        return 2
    mean = bank["mean_score"]
    return int(fail_under is not None and (mean is None or mean < fail_under))


def _columns(where: str, columns: Any) -> Text:
    told = Text(f"{where}", style="bold")
    for role, headers in columns:
        told.append(f"\n  {role:<10} {headers}", style="not bold")
    return told
