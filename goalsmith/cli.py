"""The terminal: ``goalsmith check``, ``rewrite``, ``draft``, ``benchmarks``, ``templates``, ``audit``, ``rules``, ``rule``, ``schema``.

Only typer is imported here at the top: help, completion and usage errors come at once, and a command
loads what it needs when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import goalsmith

if TYPE_CHECKING:
    from rich.console import Console

    from goalsmith import Goalsmith, Review, Rewrite, Rules, Statement
    from goalsmith.drafter import Drafter
    from goalsmith.rewrite import Rewrites

app = typer.Typer(
    name="goalsmith",
    help="Reads draft IEP goals, says what is missing, and scores how SMART they are. Works offline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(str, Enum):
    """How a review is printed."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    markdown = "markdown"


class FailOn(str, Enum):
    """The least grave finding that makes the exit code 1."""

    error = "error"
    warning = "warning"
    hint = "hint"
    never = "never"


def _pack_names(incomplete: str) -> list[str]:
    from goalsmith.rules import pack_names

    return [name for name in pack_names() if name.startswith(incomplete.lower())]


def _check_codes(incomplete: str) -> list[tuple[str, str]]:
    return [
        (code, check.name)
        for code, check in goalsmith.CATALOGUE.items()
        if code.startswith(incomplete.upper())
    ]


RulesOption = Annotated[
    str | None,
    typer.Option("--rules", help="Rule pack: default, tx, mi, wi, va, az, id.", autocompletion=_pack_names),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="A goalsmith.toml; otherwise the nearest one upward.")
]


LevelsOption = Annotated[
    str | None,
    typer.Option("--present-levels", help="The student's present levels: a file, or the text itself."),
]
DateOption = Annotated[
    str | None, typer.Option("--review-date", help="The day of the next annual review (YYYY-MM-DD).")
]
TodayOption = Annotated[str | None, typer.Option("--today", help="Read dates as of this day (YYYY-MM-DD).")]
CountOption = Annotated[int, typer.Option("-n", min=1, max=10, help="How many at most.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How it is printed.")]
DrafterOption = Annotated[
    str | None,
    typer.Option(
        "--drafter",
        metavar="off|FOLDER",
        help="off: no language model drafts. A folder: a transformers model of your own drafts. Left out: the shipped one.",
    ),
]


def _fail(message: object) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(2)


def _rules(name: str | None, config: Path | None) -> Rules:
    """The rules that options and the nearest goalsmith.toml ask for."""
    from goalsmith.rules import find_config, make_rules, read_config

    path = config or find_config(Path.cwd())
    return read_config(path, rules=name) if path else make_rules(name)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"goalsmith {goalsmith.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command()
def check(
    text: Annotated[
        str | None, typer.Argument(help="The draft, in quotes. Left out: paste mode, or piped text.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="A .txt (a statement a line or paragraph) or .jsonl (id, text)."),
    ] = None,
    rules: RulesOption = None,
    config: ConfigOption = None,
    format: Annotated[Format, typer.Option("--format", help="How the verdict is printed.")] = Format.text,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 1 at this severity or graver.")
    ] = FailOn.warning,
    present_levels: LevelsOption = None,
    review_date: DateOption = None,
    today: TodayOption = None,
    drafter: DrafterOption = None,
) -> None:
    """Say what is in a draft goal, what is missing or wrong, and how SMART it is.

    Exit code 0: no finding at or above --fail-on. 1: there is one. 2: usage or input error.

    --format json prints one object for a single statement and an array for several or a file; jsonl
    prints one object a line.

    Paste mode offers rewrites as well, asks for their open slots, and copies or saves the result.
    """
    if text is not None and file is not None:
        _fail("give a text or --file, not both")
    made, levels, day = _rules(rules, config), _present_levels(present_levels), _day(today, "--today")
    due = _day(review_date, "--review-date")
    if text is None and file is None and sys.stdin.isatty():
        _Paste(goalsmith.load(made, drafter=_drafter(drafter)), levels, day, due).run()
        return
    bad_rows: list[goalsmith.InputError] = []
    statements = list(_good(_input(text, file), bad_rows))
    texts = (statement.text for statement in statements)
    smith = goalsmith.load(made)  # last of all: an error in what was given is told at once
    reviews = (
        replace(review, id=statement.id)
        for statement, review in zip(
            statements, smith.pipe(texts, present_levels=levels, today=day), strict=True
        )
    )
    worst = _print(reviews, format, several=file is not None or len(statements) > 1)
    failed = fail_on is not FailOn.never and worst is not None and worst <= list(FailOn).index(fail_on)
    raise typer.Exit(2 if bad_rows else 1 if failed else 0)


def _input(text: str | None, file: Path | None) -> Iterable[Statement | goalsmith.InputError]:
    """The statements that were asked for: the argument as one, a file's, or what is piped in."""
    from goalsmith.statements import decode, statements_of

    if text is not None:
        return [goalsmith.Statement(text=goalsmith.Document(text).text, line=1)]
    if file is not None:
        return goalsmith.read_statements(file)
    return statements_of(decode(sys.stdin.buffer.read(), "standard input"), "standard input")


def _good(
    rows: Iterable[Statement | goalsmith.InputError], bad: list[goalsmith.InputError]
) -> Iterator[Statement]:
    """The statements among ``rows``; an error is told at once and kept in ``bad``."""
    for row in rows:
        if isinstance(row, goalsmith.InputError):
            typer.echo(f"error: {row}", err=True)
            bad.append(row)
        else:
            yield row


def _present_levels(given: str | None) -> str | None:
    if given is None:
        return None
    from goalsmith.statements import read_text

    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):  # a text too long or too odd to be a path
        is_file = False
    return goalsmith.Document(read_text(Path(given)) if is_file else given).text


def _day(given: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        _fail(f"{option}: {given!r} is no date like 2026-09-01")


# Rewrites, drafts, benchmarks, templates


@app.command()
def rewrite(
    text: Annotated[str | None, typer.Argument(help="The draft, in quotes. Left out: piped text.")] = None,
    present_levels: LevelsOption = None,
    review_date: DateOption = None,
    n: CountOption = 3,
    drafter: DrafterOption = None,
    rules: RulesOption = None,
    config: ConfigOption = None,
    format: FormatOption = Format.text,
    today: TodayOption = None,
) -> None:
    """Propose rewrites of a draft. Every fact in them is traced; what isn't known is an open [slot]."""
    from goalsmith.rewrite import is_fine

    made, levels = _rules(rules, config), _present_levels(present_levels)
    day, due = _day(today, "--today"), _day(review_date, "--review-date")
    bad_rows: list[goalsmith.InputError] = []
    statements = list(_good(_input(text, None), bad_rows))
    smith = goalsmith.load(made, drafter=_drafter(drafter))
    rows: list[dict[str, object]] = []
    for number, statement in enumerate(statements):
        review = smith.review(statement.text, levels, day)
        found = smith.rewrite(review, review_date=due, n=n)
        if format is Format.text:
            _show_rewrites(_console(), review, found, first=number == 0)
        elif format is Format.markdown:
            from goalsmith.report.rewrites import rewrites_markdown

            _write(("" if number == 0 else "\n") + rewrites_markdown(review, found))
        else:
            rows.append(
                {
                    "review": review.to_dict(),
                    "fine": is_fine(review),
                    "drafter": {"proposed": found.proposed, "passed": found.passed},
                    "rewrites": [r.to_dict() for r in found],
                }
            )
    _write_rows(rows, format, several=len(statements) > 1)
    raise typer.Exit(2 if bad_rows else 0)


def _drafter(given: str | None) -> Path | Drafter | None:
    from goalsmith.drafter import SHIPPED

    return SHIPPED if given is None else None if given == "off" else Path(given)


def _show_rewrites(out: Console, review: Review, found: Rewrites, *, first: bool) -> None:
    from goalsmith.report.rewrites import LEGEND, NONE_PASSED, RewriteView, why_none

    if not first:
        out.rule(style="quiet")
    if not found:
        out.print(why_none(review))
    for number, candidate in enumerate(found, 1):
        out.print(RewriteView(candidate, number, review.text))
    if found.proposed and not found.passed:
        out.print(NONE_PASSED, style="quiet")
    if found:
        out.print(LEGEND, style="quiet")


def _write_rows(rows: list[dict[str, object]], format: Format, *, several: bool) -> None:
    if format is Format.jsonl:
        for row in rows:
            _write(_json(row))
    elif format is Format.json and (rows or several):
        _write(_json(rows if several else rows[0], indent=2))


@app.command()
def draft(
    present_levels: Annotated[
        str,
        typer.Option("--present-levels", help="The student's present levels: a file, or the text itself."),
    ],
    review_date: DateOption = None,
    n: CountOption = 2,
    rules: RulesOption = None,
    config: ConfigOption = None,
    format: FormatOption = Format.text,
    today: TodayOption = None,
) -> None:
    """Start without a draft: goals for each need that the present levels state."""
    made, levels = _rules(rules, config), _present_levels(present_levels) or ""
    day, due = _day(today, "--today"), _day(review_date, "--review-date")
    found = goalsmith.load(made).draft(levels, review_date=due, today=day, n=n)
    if format is Format.text:
        from goalsmith.report.rewrites import drafted

        out = _console()
        for row in drafted(found, levels):
            out.print(row)
        if not found:
            out.print(
                "No need is stated here that a template serves: name the skill and where the student stands."
            )
    elif format is Format.markdown:
        for need in found:
            _write(f"## {need.skill.capitalize()}, {need.area}\n")
            for candidate in need.rewrites:
                _write(f"- {candidate.text}")
            _write("")
    else:
        _write_rows([need.to_dict() for need in found], format, several=True)


@app.command()
def benchmarks(
    text: Annotated[str, typer.Argument(help="The goal, in quotes.")],
    present_levels: LevelsOption = None,
    n: Annotated[int, typer.Option("-n", min=1, max=12, help="How many steps; 4 are quarters.")] = 4,
    dates: Annotated[
        str | None,
        typer.Option("--dates", help="The days progress is reported, with commas: 2026-11-06,2027-01-29."),
    ] = None,
    format: FormatOption = Format.text,
    today: TodayOption = None,
) -> None:
    """Split a goal with baseline, target and deadline into benchmarks."""
    days = [
        day for given in (dates or "").split(",") if given.strip() and (day := _day(given.strip(), "--dates"))
    ]
    levels = _present_levels(present_levels)
    smith = goalsmith.load()
    steps = smith.benchmarks(smith.review(text, levels, _day(today, "--today")), steps=n, dates=days)
    if format is Format.text:
        from goalsmith.report.rewrites import steps_table

        _console().print(steps_table(steps))
    elif format is Format.markdown:
        for step in steps:
            _write(f"- {step.due.isoformat()}: {step.text}")
    else:
        _write_rows([step.to_dict() for step in steps], format, several=True)


@app.command()
def templates(
    words: Annotated[str, typer.Argument(help="Words to search for.")] = "",
    area: Annotated[
        str | None, typer.Option("--area", help="reading, writing, math, communication, …")
    ] = None,
    age: Annotated[
        str | None, typer.Option("--age", help="preschool, elementary, middle, high, transition.")
    ] = None,
    alternate: Annotated[
        bool, typer.Option("--alternate", help="Only those for students who take alternate assessments.")
    ] = False,
    config: ConfigOption = None,
    format: FormatOption = Format.text,
) -> None:
    """Browse and search the template bank."""
    from typing import get_args

    from goalsmith.reading import Area
    from goalsmith.report.rewrites import template_rows, templates_view
    from goalsmith.templates import Age, bank

    for given, known, option in ((area, get_args(Area), "--area"), (age, get_args(Age), "--age")):
        if given is not None and given not in known:
            _fail(f"{option}: {given!r} is none of {', '.join(known)}")
    made = _rules(None, config)
    found = list(
        bank(made.templates).search(words, area=area, age=age, alternate=True if alternate else None)
    )
    if format is Format.text:
        out = _console()
        for line in templates_view(found):
            out.print(line)
        out.print(f"{len(found)} template{'' if len(found) == 1 else 's'}.")
    elif format is Format.markdown:
        for row in template_rows(found):
            _write(f"- **{row['id']}** {row['text']}")
    else:
        _write_rows(template_rows(found), format, several=True)


def _print(reviews: Iterable[Review], format: Format, *, several: bool) -> int | None:
    """Print each review as it comes; return the rank of the gravest finding, 0 being an error."""
    from goalsmith.diagnostic import SEVERITIES

    worst: int | None = None
    rows: list[dict[str, object]] = []
    out = _console() if format is Format.text else None
    for number, review in enumerate(reviews):
        ranks = [SEVERITIES.index(d.severity) for d in review.diagnostics]
        worst = min([*ranks, *([] if worst is None else [worst])], default=None)
        if out is not None:
            _show(out, review, first=number == 0)
        elif format is Format.markdown:
            _write(("" if number == 0 else "\n") + _markdown(review))
        elif format is Format.jsonl:
            _write(_json(review.to_dict()))
        else:
            rows.append(review.to_dict())
    if format is Format.json and rows:
        _write(_json(rows if several else rows[0], indent=2))
    return worst


def _console() -> Console:
    from goalsmith.report import console

    return console()


def _show(out: Console, review: Review, *, first: bool) -> None:
    from goalsmith.report import ReviewView

    if not first:
        out.rule(style="quiet")
    out.print(ReviewView(review))


def _markdown(review: Review) -> str:
    from goalsmith.report import to_markdown

    return to_markdown(review)


def _json(data: object, indent: int | None = None) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, indent=indent)


def _write(text: str) -> None:
    """Print text as UTF-8, whatever the locale says: what is piped on is data."""
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()


# Paste mode


class _Paste:
    """Reads drafts until ``q``; each paste ends with a blank line and is answered at once.

    A number takes one of the rewrites that were offered last.
    """

    def __init__(
        self, smith: Goalsmith, present_levels: str | None, today: date | None, review_date: date | None
    ) -> None:
        self.smith, self.present_levels, self.today, self.due = smith, present_levels, today, review_date
        self.out = _console()
        self.offered: list[Rewrite] = []

    def run(self) -> None:
        """Until the user leaves."""
        out = self.out
        out.print(
            "[bold]goalsmith[/bold]  Paste one or more goals, then an empty line. [bold]q[/bold] leaves."
        )
        while (paste := _read_paste(out, len(self.offered))) is not None:
            if paste.isdigit():
                self._take(self.offered[int(paste) - 1])
                continue
            self.offered = []
            for _, text in goalsmith.split_statements(paste):
                try:
                    self._answer(text)
                except goalsmith.TextError as error:
                    out.print(f"[error]error:[/error] {error}")
            out.print()

    def _answer(self, text: str) -> None:
        from goalsmith.report.rewrites import RewriteView

        review = self.smith.review(text, self.present_levels, self.today)
        _show(self.out, review, first=False)
        found = self.smith.rewrite(review, review_date=self.due)
        if not found:
            return
        self.out.print("[bold]Rewrites[/bold]  Type a number to take one.\n")
        for candidate in found:
            self.offered.append(candidate)
            self.out.print(RewriteView(candidate, len(self.offered), review.text))

    def _take(self, taken: Rewrite) -> None:
        """Ask for the open slots one by one, show the goal, and copy or save it."""
        from goalsmith.templates import fill

        out, values = self.out, []
        try:
            for slot in taken.slots:
                words = slot.of(taken.text)
                out.print(f"{words}  (Enter leaves it open)", markup=False)
                values.append(input("= ").strip() or words)
            goal = fill(taken.text, values)
            out.print()
            out.print(goal, style="bold", markup=False)
            out.print("\n[bold]c[/bold] copies it, a file name saves it, Enter goes on.")
            answer = input("= ").strip()
        except (EOFError, KeyboardInterrupt):
            out.print()
            return
        if answer.lower() == "c":
            _copy(goal)
            out.print("Copied.")
        elif answer:
            try:
                with Path(answer).open("a", encoding="utf-8") as file:
                    file.write(goal + "\n")
            except OSError as error:
                out.print(f"[error]error:[/error] {answer}: {error.strerror or error}")
            else:
                out.print(f"Saved at the end of {answer}.", markup=False)


def _copy(text: str) -> None:
    """Hand text to the terminal's clipboard (the OSC 52 sequence most terminals know)."""
    from base64 import b64encode

    sys.stdout.write(f"\x1b]52;c;{b64encode(text.encode('utf-8')).decode('ascii')}\x07")
    sys.stdout.flush()


def _read_paste(out: Console, offered: int) -> str | None:
    """Lines up to a blank one, or the number of an offered rewrite; None when the user leaves."""
    with suppress(ImportError):  # with it a pasted line may be longer than the terminal's own limit
        import readline  # noqa: F401
    lines: list[str] = []
    while True:
        try:
            line = input("… " if lines else "> ")
        except (EOFError, KeyboardInterrupt):
            out.print()
            return "\n".join(lines) or None
        if line.strip().lower() == "q" and not lines:
            return None
        if not lines and line.strip().isdigit() and 1 <= int(line) <= offered:
            return line.strip()
        if line.strip():
            lines.append(line)
        elif lines:
            return "\n".join(lines)


# A whole bank


@app.command()
def audit(
    files: Annotated[
        list[Path], typer.Argument(help="csv, tsv, xlsx, ods, jsonl, parquet, or folders of them.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder the report goes into.")] = Path(
        "audit"
    ),
    text: Annotated[list[str] | None, typer.Option("--text", help="A column of goals.")] = None,
    objective: Annotated[
        list[str] | None, typer.Option("--objective", help="A column of objectives.")
    ] = None,
    id: Annotated[list[str] | None, typer.Option("--id", help="The column of student numbers.")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="A column of student names.")] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", help="A column to group by, the widest first: district, school."),
    ] = None,
    baseline: Annotated[list[str] | None, typer.Option("--baseline", help="A neighbour field.")] = None,
    criterion: Annotated[list[str] | None, typer.Option("--criterion", help="A neighbour field.")] = None,
    method: Annotated[list[str] | None, typer.Option("--method", help="A neighbour field.")] = None,
    schedule: Annotated[list[str] | None, typer.Option("--schedule", help="A neighbour field.")] = None,
    timeframe: Annotated[list[str] | None, typer.Option("--timeframe", help="A neighbour field.")] = None,
    condition: Annotated[list[str] | None, typer.Option("--condition", help="A neighbour field.")] = None,
    person: Annotated[list[str] | None, typer.Option("--person", help="A neighbour field.")] = None,
    previous: Annotated[Path | None, typer.Option("--previous", help="Last year's file.")] = None,
    rules: RulesOption = None,
    config: ConfigOption = None,
    format: Annotated[
        str, typer.Option("--format", help="Files of all goals, with commas: xlsx, parquet, csv, jsonl.")
    ] = "xlsx",
    rewrites: Annotated[str, typer.Option("--rewrites", help="For which goals: shown, all, none.")] = "shown",
    show: Annotated[int, typer.Option("--show", min=1, help="Goals of each group in the report.")] = 25,
    title: Annotated[str, typer.Option("--title", help="The report's title.")] = "Goal audit",
    redact: Annotated[bool, typer.Option("--redact", help="Mask learner names in all output.")] = False,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", help="Exit with 1 where the mean score is lower.")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; all cores.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="local, or ray.")] = "local",
    address: Annotated[str | None, typer.Option("--address", help="A Ray cluster; else a local one.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a stopped run was.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show how the columns are read.")] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Only draw so many statements to review by hand.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="What the sample is drawn by.")] = 1,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Compare with a filled-in sheet that --sample wrote.")
    ] = False,
    today: TodayOption = None,
    review_date: DateOption = None,
) -> None:
    """Review a whole goal bank and write a report: report.html, goals.xlsx, summary.json.

    Columns are found by name and content, and shown before the run; the options name them instead.

    Exit code 0: done. 1: the mean score is under --fail-under. 2: usage or input error, or a file could not be read.
    """
    for given, known, option in (
        (rewrites, ("shown", "all", "none"), "--rewrites"),
        (engine, ("local", "ray"), "--engine"),
    ):
        if given not in known:
            _fail(f"{option}: {given!r} is none of {', '.join(known)}")
    try:
        from goalsmith.audit import command
        from goalsmith.audit.reviewing import Settings
        from goalsmith.audit.run import Request
        from goalsmith.report import console
    except ModuleNotFoundError as error:
        _fail(f"goalsmith audit needs more packages ({error.name}): pip install 'goalsmith[audit]'")
    from goalsmith.rules import find_config

    made = _rules(rules, config)
    asked = {
        "text": text, "objective": objective, "id": id, "name": name, "group": group, "baseline": baseline,
        "criterion": criterion, "method": method, "schedule": schedule, "timeframe": timeframe,
        "condition": condition, "person": person,
    }  # fmt: skip
    request = Request(
        paths=files,
        out=out,
        rules=made,
        choice=command.configured(config or find_config(Path.cwd()), {k: v or [] for k, v in asked.items()}),
        today=_day(today, "--today"),
        review_date=_day(review_date, "--review-date"),
        previous=previous,
        formats=command.formats(format),
        rewrites=rewrites,  # type: ignore[arg-type]
        show=show,
        redact=redact,
        title=title,
        workers=workers,
        engine=engine,  # type: ignore[arg-type]
        address=address,
        resume=resume,
    )
    shown = console()
    if dry_run:
        command.show_columns(files, request.choice, shown)
    elif sample is not None:
        command.draw_sample(request, sample, seed, shown)
    elif agreement:
        settings = Settings(rules=made, today=request.today or date.today())
        command.show_agreement(files[0], settings, shown)
    else:
        raise typer.Exit(command.run(request, fail_under, shown, console(sys.stderr)))


# What the checks are


@app.command()
def rules(
    rules: RulesOption = None,
    config: ConfigOption = None,
    packs: Annotated[bool, typer.Option("--packs", help="List the rule packs instead.")] = False,
    format: Annotated[Format, typer.Option("--format", help="How the list is printed.")] = Format.text,
) -> None:
    """List the checks with their severity under a rule pack, or the packs themselves."""
    from goalsmith.report import catalogue

    made = _rules(rules, config)
    rows = catalogue.pack_rows() if packs else catalogue.check_rows(made)
    if format is Format.text:
        _console().print(catalogue.table(rows))
    elif format is Format.markdown:
        _write(catalogue.packs_markdown() if packs else catalogue.checks_markdown())
    elif format is Format.jsonl:
        for row in rows:
            _write(_json(row))
    else:
        _write(_json(rows, indent=2))


@app.command()
def rule(
    code: Annotated[str, typer.Argument(help="A check's code, like M01.", autocompletion=_check_codes)],
) -> None:
    """Explain one check: why, by which source, what it flags and what it passes."""
    from goalsmith.report import catalogue

    found = goalsmith.CATALOGUE.get(code.upper())
    if found is None:
        _fail(f"no check {code!r}; `goalsmith rules` lists them")
    _console().print(catalogue.CheckView(found))


class SchemaOf(str, Enum):
    """What a JSON Schema describes."""

    review = "review"
    rewrite = "rewrite"
    draft = "draft"
    benchmarks = "benchmarks"


@app.command()
def schema(
    of: Annotated[SchemaOf, typer.Argument(help="Whose JSON it describes.")] = SchemaOf.review,
) -> None:
    """Print the JSON Schema of a review, or of what another command prints as JSON."""
    _write(_json(goalsmith.schema(of.value), indent=2))


def main() -> None:
    """The entry point: every error goalsmith raises on purpose becomes one line and exit code 2."""
    try:
        app()
    except goalsmith.GoalsmithError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
