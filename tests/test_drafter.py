"""The drafter: what it is told, what may be proposed, what is refused, and that nothing unverified is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

import goalsmith
from goalsmith import Goalsmith, ModelError, Refused, Review, Rewrite
from goalsmith.drafter import FOLDER, SHIPPED, ShippedDrafter, prompt_of
from goalsmith.proposal import markers, proposed
from goalsmith.rewrite import skills_of
from goalsmith.templates import Skill

TODAY = date(2026, 11, 1)
KNOWN = (
    "Marcus is in grade 3. He reads aloud 52 words correct per minute on grade 2 passages (10/12). "
    "He guesses at words by the first letter. In math he adds within 20."
)
GOOD = (
    "By [date of the annual review], given grade 2 passages, Marcus will read aloud [target] words correct per "
    "minute on [how many] of [how many] probes (baseline: 52 words correct per minute), as measured by [tool, how often]."
)


class Saying:
    """A drafter that says what it is given."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    def propose(self, review: Review, skills: Sequence[Skill], n: int) -> list[str]:
        return self.texts


@pytest.fixture(scope="module")
def plain() -> Goalsmith:
    return goalsmith.load(drafter=None)


def test_a_good_proposal_passes_and_says_where_its_words_come_from(plain: Goalsmith) -> None:
    review = plain.review("Marcus will improve his reading fluency.", KNOWN, TODAY)
    (made,) = plain.verify(review, [GOOD], review_date=date(2027, 5, 20))
    assert isinstance(made, Rewrite)
    assert made.made_by == "model"
    assert made.score_filled >= 90
    assert made.text.startswith("By May 20, 2027, given grade 2 passages, Marcus")
    for piece in made.pieces:
        source = {"draft": review.text, "present_levels": KNOWN}.get(piece.origin)
        if source is not None:
            assert piece.source is not None
            assert piece.source.of(source).lower() == piece.text.lower()
    assert "".join(piece.text for piece in made.pieces) == made.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (GOOD.replace("grade 2", "grade 4"), "grade 'grade 4'"),
        (GOOD.replace("[target]", "90"), "90"),
        (GOOD.replace("Marcus", "Emily"), "'Emily'"),
        (GOOD.replace("grade 2 passages", "a calculator"), "'calculator'"),
        (GOOD.replace("52 words", "25 words"), "25"),
        ("Marcus's teacher will give him extra time on tests.", ""),
    ],
)
def test_what_comes_from_nowhere_is_refused(plain: Goalsmith, text: str, why: str) -> None:
    review = plain.review("Marcus will improve his reading fluency.", KNOWN, TODAY)
    (made,) = plain.verify(review, [text])
    assert isinstance(made, Refused)
    assert why in made.why


def test_what_was_right_may_not_be_dropped(plain: Goalsmith) -> None:
    review = plain.review("By June 4, 2027, Ana will tell the main idea in 4 of 5 trials.", today=TODAY)
    text = "By June 4, 2027, given [materials, setting or support], Ana will tell the main idea in {} trials, as measured by [tool, how often]."
    kept, lost = plain.verify(review, [text.format("4 of 5"), text.format("[how many] of [how many]")])
    assert isinstance(kept, Rewrite)
    assert isinstance(lost, Refused)
    assert "leaves out" in lost.why


def test_nothing_unverified_is_shown() -> None:
    bad = GOOD.replace("grade 2 passages", "his new glasses")
    smith = goalsmith.load(drafter=Saying(bad, GOOD))  # type: ignore[arg-type]
    review = smith.review("Marcus will improve his reading fluency.", KNOWN, TODAY)
    found = smith.rewrite(review)
    assert (found.proposed, found.passed) == (2, 1)
    assert GOOD in [made.text for made in found]
    assert not any("glasses" in made.text for made in found)
    none = goalsmith.load(drafter=Saying(bad)).rewrite(review)  # type: ignore[arg-type]
    assert (none.proposed, none.passed) == (1, 0)
    assert none


def test_the_prompt_holds_what_the_goal_rests_on_alone(plain: Goalsmith) -> None:
    told = prompt_of(plain.review("Marcus will improve his reading fluency.", KNOWN, TODAY))
    assert "52 words correct per minute" in told
    assert "adds within" not in told
    assert "vague-behavior" in told


@pytest.mark.parametrize("marker", sorted(markers()))
def test_every_marker_is_one_token_and_is_filled(plain: Goalsmith, marker: str) -> None:
    tokenizer = pytest.importorskip("tokenizers").Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    assert marker in tokenizer.get_vocab()
    review = plain.review("Ana will read.", today=TODAY)
    assert marker not in proposed(f"Ana will read {marker}.", review).filled


def test_the_shipped_drafter_drafts_from_its_sources(plain: Goalsmith) -> None:
    review = plain.review("Marcus will improve his reading fluency.", KNOWN, TODAY)
    texts = SHIPPED.propose(review, skills_of(review, plain.bank), 4)
    assert 1 <= len(texts) <= 4
    assert len(set(texts)) == len(texts)
    assert any(isinstance(made, Rewrite) for made in plain.verify(review, texts))
    assert SHIPPED.propose(review, skills_of(review, plain.bank), 4) == texts


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        (tmp_path / path.name).symlink_to(path)
    part = tmp_path / "model.bin.1"
    content = part.read_bytes()
    part.unlink()
    part.write_bytes(content[:-1] + b"?")
    smith = goalsmith.load(drafter=ShippedDrafter(tmp_path))
    with pytest.raises(ModelError, match=r"model\.bin\.1: damaged"):
        smith.rewrite(smith.review("Ana will improve her reading.", today=TODAY))
    part.unlink()
    with pytest.raises(ModelError, match=r"model\.bin\.1: no such file"):
        smith.rewrite(smith.review("Ana will improve her reading.", today=TODAY))


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "goalsmith",
            "rewrite",
            "Ana will improve her reading.",
            "--drafter",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "config.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_drafting_imports_no_torch_and_needs_no_network() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = socket.create_connection = refuse\n"
        "import importlib.abc\n"
        "class No(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'transformers', 'datasets'): raise ModuleNotFoundError(name=name)\n"
        "sys.meta_path.insert(0, No())\n"
        "import goalsmith\n"
        "smith = goalsmith.load()\n"
        "found = smith.rewrite(smith.review('Ana will improve her handwriting.'))\n"
        "print(found.proposed, 'torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    proposed_count, torch_loaded = done.stdout.split()
    assert int(proposed_count) >= 1
    assert torch_loaded == "False"


def test_the_json_says_what_became_of_the_proposals() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "goalsmith",
            "rewrite",
            "Ana will improve her reading.",
            "--drafter",
            "off",
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["drafter"] == {"proposed": 0, "passed": 0}
