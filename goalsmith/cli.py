"""The terminal: ``goalsmith check``, ``rules``, ``rule``, ``schema``.

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

    from goalsmith import Goalsmith, Review, Rules, Statement

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
    present_levels: Annotated[
        str | None,
        typer.Option("--present-levels", help="The student's present levels: a file, or the text itself."),
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", help="Read deadlines as of this day (YYYY-MM-DD).")
    ] = None,
) -> None:
    """Say what is in a draft goal, what is missing or wrong, and how SMART it is.

    Exit code 0: no finding at or above --fail-on. 1: there is one. 2: usage or input error.

    --format json prints one object for a single statement and an array for several or a file; jsonl
    prints one object a line.
    """
    if text is not None and file is not None:
        _fail("give a text or --file, not both")
    made, levels, day = _rules(rules, config), _present_levels(present_levels), _day(today)
    if text is None and file is None and sys.stdin.isatty():
        _paste(goalsmith.load(made), levels, day)
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


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        _fail(f"--today: {given!r} is no date like 2026-09-01")


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


def _paste(smith: Goalsmith, present_levels: str | None, today: date | None) -> None:
    """Read drafts until ``q``; each paste ends with a blank line and is answered at once."""
    out = _console()
    out.print("[bold]goalsmith[/bold]  Paste one or more goals, then an empty line. [bold]q[/bold] leaves.")
    while (paste := _read_paste(out)) is not None:
        for _, draft in goalsmith.split_statements(paste):
            try:
                review = smith.review(draft, present_levels, today)
            except goalsmith.TextError as error:
                out.print(f"[error]error:[/error] {error}")
            else:
                _show(out, review, first=False)
        out.print()


def _read_paste(out: Console) -> str | None:
    """Lines up to a blank one; None when the user leaves and nothing is left to answer."""
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
        if line.strip():
            lines.append(line)
        elif lines:
            return "\n".join(lines)


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


@app.command()
def schema() -> None:
    """Print the JSON Schema of a review."""
    _write(_json(goalsmith.schema(), indent=2))


def main() -> None:
    """The entry point: every error goalsmith raises on purpose becomes one line and exit code 2."""
    try:
        app()
    except goalsmith.GoalsmithError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
