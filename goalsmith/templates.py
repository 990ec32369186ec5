"""The template bank: goals with open slots, in ten areas, each tied to the skill and the measure it serves.

A template is data: ``tables/templates/<area>.toml`` has the area's skills and their templates. A
district adds a folder of such files by ``templates = "folder"`` in goalsmith.toml. What a template can't
know is an open slot, ``[how often]``; its example fills the slots, in order, to show a finished goal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from goalsmith.errors import ConfigError, TableError
from goalsmith.quantities import Measure, quantities
from goalsmith.reading import Area
from goalsmith.slots import slots
from goalsmith.tables import FOLDER, Row, load, parse, read_toml, sources
from goalsmith.words import stems, wording

Age = Literal["preschool", "elementary", "middle", "high", "transition"]
PARTS = ("condition", "behavior", "criterion", "method")

# What an example is rendered with where a draft and present levels would speak.
EXAMPLE_LEARNER = "Robin"
EXAMPLE_DEADLINE = "May 2027"


class _Skill(Row):
    name: str
    words: list[str]


class _Template(Row):
    id: str
    skill: str
    ages: list[Age]
    alternate: bool = False
    condition: str
    behavior: str
    criterion: str
    method: str
    source: str | None = None
    example: list[str]


class _File(Row):
    area: Area
    skills: list[_Skill]
    templates: list[_Template]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """A skill of an area; ``stems`` holds the stems of each wording by which a text names it."""

    name: str
    area: Area
    words: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A goal with open slots.

    ``example`` has a value for each slot of condition, behavior, criterion and method, in that order.
    ``measure`` is what the criterion measures, as read from its example; ``source`` is a key of
    ``tables/sources.toml``; ``alternate`` marks one for students who take alternate assessments.
    """

    id: str
    skill: Skill
    ages: tuple[Age, ...]
    alternate: bool
    condition: str
    behavior: str
    criterion: str
    method: str
    source: str | None
    example: tuple[str, ...]
    measure: Measure | None

    def render(self, *, learner: str, deadline: str, baseline: str = "") -> str:
        """The goal with its slots open; ``baseline`` is put in brackets after the criterion."""
        stated = f" (baseline: {baseline})" if baseline else ""
        return f"By {deadline}, {self.condition}, {learner} {self.behavior} {self.criterion}{stated}, {self.method}."

    def rendered_example(self) -> str:
        """A finished goal: every slot filled from the example."""
        return fill(self.render(learner=EXAMPLE_LEARNER, deadline=EXAMPLE_DEADLINE), self.example)

    @property
    def fills(self) -> dict[str, tuple[str, ...]]:
        """Part -> the example's values for that part's slots."""
        values, found = iter(self.example), {}
        for part in PARTS:
            found[part] = tuple(next(values) for _ in slots().finditer(getattr(self, part)))
        return found


def fill(text: str, values: Iterable[str]) -> str:
    """``text`` with its slots replaced by ``values``, in order; slots beyond them stay open."""
    left = iter(values)
    return slots().sub(lambda slot: next(left, slot[0]), text)


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: it is looked up by often
class Bank:
    """Skills and templates; of an id that comes twice the later one counts, so a district's own wins."""

    skills: tuple[Skill, ...]
    templates: tuple[Template, ...]

    def search(
        self,
        words: str = "",
        *,
        area: str | None = None,
        age: str | None = None,
        alternate: bool | None = None,
    ) -> Iterator[Template]:
        """The templates that hold every word, of an area and an age, in the bank's order."""
        wanted = set(stems(words))
        for template in self.templates:
            parts = (template.id, template.skill.name, *template.skill.words, template.condition)
            held = stems(" ".join((*parts, template.behavior, template.criterion, template.method)))
            if (
                wanted <= set(held)
                and area in (None, template.skill.area)
                and (age is None or age in template.ages)
                and alternate in (None, template.alternate)
            ):
                yield template


@cache
def bank(folder: Path | None = None) -> Bank:
    """The bank that ships, and the files of ``folder`` on top.

    Raises:
        TableError: a file breaks its shape; the message names file, row and cause.
        ConfigError: ``folder`` is no folder, or a file in it can't be read.
    """
    skills: dict[str, Skill] = {}
    templates: dict[str, Template] = {}
    for where, table in (*_shipped(), *_own(folder)):
        for row in table.skills:
            skills[row.name] = Skill(
                name=row.name,
                area=table.area,
                words=tuple(row.words),
                stems=tuple(dict.fromkeys(filter(None, map(wording, (row.name, *row.words))))),
            )
        for entry in table.templates:
            templates[entry.id] = _template(entry, skills, where)
    return Bank(tuple(skills.values()), tuple(templates.values()))


def _shipped() -> Iterator[tuple[str, _File]]:
    for area in get_args(Area):
        if (FOLDER / "templates" / f"{area}.toml").is_file():
            yield f"tables/templates/{area}.toml", load(f"templates/{area}", _File)


def _own(folder: Path | None) -> Iterator[tuple[str, _File]]:
    if folder is None:
        return
    if not folder.is_dir():
        raise ConfigError(f"templates: {folder} is no folder")
    for path in sorted(folder.glob("*.toml")):
        try:
            data = read_toml(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: {(error.strerror or str(error)).lower()}") from None
        except ValueError as error:
            raise ConfigError(f"{path}: {error}") from None
        yield str(path), parse(_File, data, str(path))


def _template(row: _Template, skills: dict[str, Skill], where: str) -> Template:
    at = f"{where}: templates.{row.id}"
    if row.skill not in skills:
        raise TableError(f"{at}: no skill {row.skill!r}")
    if row.source is not None and row.source not in sources():
        raise TableError(f"{at}: no source {row.source!r}")
    open_slots = sum(len(slots().findall(getattr(row, part))) for part in PARTS)
    if open_slots != len(row.example):
        raise TableError(f"{at}: {open_slots} slots, but {len(row.example)} values in its example")
    values = {**row.model_dump(), "skill": skills[row.skill], "ages": tuple(row.ages)}
    made = Template(**{**values, "example": tuple(row.example)}, measure=None)
    found = quantities().find(fill(made.criterion, made.fills["criterion"]))
    target = next((m for m in found if m.kind != "consistency"), None)
    return Template(**{**values, "example": tuple(row.example)}, measure=target)


def without_slots(text: str) -> str:
    """The words a template says itself: everything outside its slots."""
    return re.sub(r"\s+", " ", slots().sub(" ", text))
