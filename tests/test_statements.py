"""Pastes and text files -> statements."""

from __future__ import annotations

import pytest

from goalsmith import split_statements

PASTES: list[tuple[str, list[str]]] = [
    ("One goal.", ["One goal."]),
    ("One goal.\nAnother goal.", ["One goal.", "Another goal."]),
    ("one goal\n\n\nanother goal\n", ["one goal", "another goal"]),
    ("By May, given a list,\nMia will spell.", ["By May, given a list,\nMia will spell."]),
    ("Mia will spell ten\nwords from a list.", ["Mia will spell ten\nwords from a list."]),
    ("Mia will spell\n- adds to 20\n- counts to 30", ["Mia will spell", "- adds to 20", "- counts to 30"]),
    ("Goal:\nwrites her name", ["Goal:", "writes her name"]),
    ("a. reads words\nb. spells words", ["a. reads words", "b. spells words"]),
    ("Mia will spell.\r\nJo will add.", ["Mia will spell.", "Jo will add."]),
    ("  \n\t\n", []),
]


@pytest.mark.parametrize(("paste", "wanted"), PASTES)
def test_split(paste: str, wanted: list[str]) -> None:
    assert [statement for _, statement in split_statements(paste)] == wanted


def test_lines_count_from_one() -> None:
    assert [line for line, _ in split_statements("\nMia will spell.\n\nJo will add,\nthen stop.\nEnd.")] == [
        2,
        4,
        6,
    ]
