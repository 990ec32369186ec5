"""The sentence encoder: nearness, its shelf of vectors, damaged files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from goalsmith import ModelError, bank
from goalsmith.meaning import FOLDER, Meaning, meaning
from goalsmith.skills import skill_in, wordings_of


def test_what_is_alike_is_near() -> None:
    rows = meaning().vectors(["reads 41 words correct per minute", "will read aloud", "ties her shoes"])
    assert np.allclose((rows**2).sum(axis=1), 1, atol=1e-4)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.1


def test_the_shelf_holds_the_bank() -> None:
    """Fresh: python -m models.meaning.export --shelf."""
    texts = [words for skill in bank().skills for words in wordings_of(skill)]
    kept = meaning().kept(texts)
    sample = list(range(0, len(texts), 97))
    fresh = meaning().vectors([texts[index] for index in sample])
    assert np.abs(kept[sample] - fresh).max() < 0.08
    shelf = meaning()._shelf()
    assert set(texts) <= set(shelf)


@pytest.mark.parametrize(
    ("words", "area", "skill"),
    [
        ("will read aloud words correct per minute", "reading", "oral reading fluency"),
        ("will solve two-step word problems", "math", "math word problem solving"),
        ("will spell dictated words", "writing", "spelling"),
    ],
)
def test_a_skill_is_known_by_its_words(words: str, area: str, skill: str) -> None:
    assert skill_in(words, area, 0.9, bank()) == skill  # type: ignore[arg-type]


def test_damage_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "meaning"
    shutil.copytree(FOLDER, folder)
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json: damaged"):
        Meaning(folder).vectors(["x"])
    (folder / "meaning.json").unlink()
    with pytest.raises(ModelError, match=r"meaning\.json: no such file"):
        Meaning(folder).vectors(["x"])
