"""Rule packs are whole and cited; the strict loader names file, row and cause."""

from __future__ import annotations

import pytest

from goalsmith import CATALOGUE, ConfigError, TableError, make_rules
from goalsmith.rules import pack, pack_names
from goalsmith.tables import Row, parse, sources


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_is_whole(name: str) -> None:
    found = pack(name)
    assert found.source in sources()
    assert found.note.endswith(".")
    levels = {make_rules(name).level(check) for check in CATALOGUE.values()}
    assert levels <= {"error", "warning", "hint", "off"}


def test_default_comes_first() -> None:
    assert pack_names()[0] == "default"
    assert set(pack_names()) == {"default", "tx", "mi", "wi", "va", "az", "id"}


def test_what_field_sources_say() -> None:
    """A missing condition is a fault in Texas and a hint in Arizona, Michigan and Wisconsin."""
    levels = {name: make_rules(name).level(CATALOGUE["S06"]) for name in pack_names()}
    assert levels["tx"] == "error"
    assert {levels[name] for name in ("az", "mi", "wi")} == {"hint"}
    assert make_rules("tx").level(CATALOGUE["T01"]) == "error"
    assert make_rules("tx").level(CATALOGUE["M05"]) == "error"
    assert make_rules("mi").level(CATALOGUE["A01"]) == "warning"


def test_a_users_changes_stand_above_the_pack() -> None:
    rules = make_rules("tx", disable=["S06"], severity={"T01": "hint"})
    assert (rules.level(CATALOGUE["S06"]), rules.level(CATALOGUE["T01"])) == ("off", "hint")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "zz"}, "no rule pack 'zz'"),
        ({"disable": ["Z99"]}, "no check 'Z99'"),
        ({"severity": {"S01": "fatal"}}, "severity of S01"),
    ],
)
def test_what_does_not_exist_is_named(asked: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        make_rules(**asked)  # type: ignore[arg-type]


class Pair(Row):
    word: str
    weight: int


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"word": "a"}, "things.toml: weight: Field required"),
        ({"word": "a", "weight": "1"}, "things.toml: weight: Input should be a valid integer"),
        ({"word": "a", "weight": 1, "more": 2}, "things.toml: more: Extra inputs"),
    ],
)
def test_tables_are_read_strictly(data: dict[str, object], told: str) -> None:
    with pytest.raises(TableError, match=told):
        parse(Pair, data, "things.toml")
