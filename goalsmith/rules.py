"""Which checks speak, and how gravely: rule packs as data, and a user's goalsmith.toml on top.

A pack says how grave the absence of each part of a goal is, and may change the severity of single
checks. ``goalsmith.toml`` chooses a pack, disables checks and sets severities::

    rules = "tx"
    disable = ["S10"]

    [severity]
    M07 = "warning"
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import ValidationError

from goalsmith.checks.registry import CATALOGUE, Check, Finding, RequiredPart
from goalsmith.diagnostic import SEVERITIES, Diagnostic, Severity
from goalsmith.errors import ConfigError, TableError
from goalsmith.facts import Facts
from goalsmith.reading import Label
from goalsmith.tables import FOLDER, Row, load, sources

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CONFIG_NAME = "goalsmith.toml"
Level = Literal["error", "warning", "hint", "off"]


class Pack(Row):
    """A rule pack: ``parts`` says how grave each missing part is, ``severity`` overrides checks."""

    title: str
    source: str
    note: str
    parts: dict[str, Level]
    severity: dict[str, Level] = {}


class _Config(Row):
    rules: str | None = None
    disable: list[str] = []
    severity: dict[str, Level] = {}
    templates: str | None = None  # a folder of template files, beside the ones that ship
    audit: dict[str, str | list[str]] = {}  # the columns of an export, read by goalsmith.audit


def pack_names() -> list[str]:
    """The names of the packs that ship, ``default`` first."""
    names = sorted(
        p.name.removesuffix(".toml") for p in (FOLDER / "packs").iterdir() if p.name.endswith(".toml")
    )
    return ["default", *(name for name in names if name != "default")]


@cache
def pack(name: str) -> Pack:
    """A pack by name. Raises ConfigError when there is none, TableError when it is damaged."""
    if name not in pack_names():
        raise ConfigError(f"no rule pack {name!r}; there are: {', '.join(pack_names())}")
    found = load(f"packs/{name}", Pack)
    where = f"tables/packs/{name}.toml"
    if set(found.parts) != set(get_args(RequiredPart)):
        raise TableError(f"{where}: parts: expected exactly {sorted(get_args(RequiredPart))}")
    if found.source not in sources() or not set(found.severity) <= set(CATALOGUE):
        raise TableError(f"{where}: unknown source or check code")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A pack with a user's changes."""

    name: str
    pack: Pack
    severity: dict[str, Level] = field(default_factory=dict)
    templates: Path | None = None

    def level(self, check: Check) -> Level:
        """How grave a check's finding is under these rules."""
        if check.code in self.severity:
            return self.severity[check.code]
        if check.code in self.pack.severity:
            return self.pack.severity[check.code]
        if check.part is not None:
            return self.pack.parts[check.part]
        return check.severity

    def diagnose(self, facts: Facts) -> list[Diagnostic]:
        """Run the checks on one statement; the gravest first, then in catalogue order."""
        return sorted(self._run(facts), key=lambda d: SEVERITIES.index(d.severity))

    def _run(self, facts: Facts) -> Iterator[Diagnostic]:
        for check in CATALOGUE.values():
            level = self.level(check)
            if level == "off" or (check.goals_only and not facts.reading.is_goal):
                continue
            if check.soft_for_objectives and facts.reading.kind == "objective":
                level = "hint"
            for finding in check.function(facts):
                yield _diagnostic(check, finding, level, facts)


_SURE = 0.7  # a finding that rests on a judgment less sure than this asks rather than tells
_PARTS: dict[RequiredPart, tuple[Label, str]] = {
    "criterion": ("criterion", "criterion"),
    "condition": ("condition", "condition"),
    "timeframe": ("timeframe", "deadline"),
    "method": ("method", "method"),
    "baseline": ("baseline", "baseline"),
}


def _diagnostic(check: Check, finding: Finding, level: Severity, facts: Facts) -> Diagnostic:
    """A check's finding with its confidence; a doubtful one is put as a question."""
    reading = facts.reading
    span, message, confidence = finding.span, finding.message, None
    if check.part in _PARTS:
        label, name = _PARTS[check.part]
        doubt = next((doubt for doubt in reading.doubts if doubt.label == label), None)
        confidence = round(1 - doubt.confidence, 3) if doubt else 1.0
        if doubt and confidence < _SURE:
            span = doubt.span
            message = f"I can't find a {name}: is “{span.of(facts.text)}” meant as one?"
    elif check.judgment == "kind":
        confidence = reading.confidence.kind
        message = message if confidence >= _SURE else f"Is this meant as a goal? {message}"
    elif check.judgment == "observable":
        confidence = reading.confidence.observable
        if confidence < _SURE:
            message = f"Can “{span.of(facts.text)}” be seen or counted here? I'm not sure."
    elif check.judgment == "measurable":
        confidence = reading.confidence.measurable
        if confidence < _SURE:
            message = f"Does “{span.of(facts.text)}” decide whether the goal was met? I'm not sure."
    question = confidence is not None and confidence < _SURE
    return Diagnostic(
        code=check.code,
        name=check.name,
        severity="hint" if question else level,
        span=span,
        message=message,
        help=finding.help,
        source=sources()[check.source].citation,
        confidence=confidence,
        question=question,
        fix=finding.fix,
    )


def make_rules(
    name: str | None = None, *, disable: Iterable[str] = (), severity: dict[str, Level] | None = None
) -> Rules:
    """Rules from a pack's name and changes to it. Raises ConfigError naming what doesn't exist."""
    changes: dict[str, Level] = {**(severity or {}), **dict.fromkeys(disable, "off")}
    for code, level in changes.items():
        if code not in CATALOGUE:
            raise ConfigError(f"no check {code!r}; `goalsmith rules` lists them")
        if level not in (*SEVERITIES, "off"):
            raise ConfigError(f"severity of {code}: {level!r} is none of error, warning, hint, off")
    name = (name or "default").lower()
    return Rules(name=name, pack=pack(name), severity=changes)


def find_config(start: Path) -> Path | None:
    """The nearest goalsmith.toml from ``start`` upward."""
    return next((p / CONFIG_NAME for p in (start, *start.parents) if (p / CONFIG_NAME).is_file()), None)


def read_config(path: Path, *, rules: str | None = None) -> Rules:
    """Rules as a goalsmith.toml asks for; ``rules`` overrides its pack.

    Raises:
        ConfigError: when the file can't be read, or names a key, pack, check or severity that
            doesn't exist; the text names file, key and cause.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        config = _Config.model_validate(data)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    try:
        made = make_rules(config.rules, disable=config.disable, severity=config.severity)
        if config.templates is not None:
            made = replace(made, templates=path.parent / config.templates)
        return replace(made, name=rules.lower(), pack=pack(rules.lower())) if rules else made
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
