"""Which area a clause of the present levels is about: by what is said in it, around it and above it.

A terse clause says little of its area ("3 of 10", "in sentences 22 %"). The heading it stands under, the
sentence before, the reader's judgment of its sentence and of the whole statement, the skills it is near to and
words that belong to one area ("wcpm", "zips", "absent") are weighed together, by weights that
``python -m models.meaning.fit`` fits on the corpus's pairs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, get_args

from goalsmith.reading import Area, Reading
from goalsmith.tables import Row, load
from goalsmith.templates import Bank

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

AREAS: tuple[Area, ...] = get_args(Area)


class _Weights(Row):
    heading: float  # the heading it stands under
    reader: float  # what the reader takes its sentence to be about
    statement: float  # and all sentences together
    clause: float  # the nearest skill of the clause
    sentence: float  # and of its sentence
    before: float  # and of the sentence before
    word: float  # a word of the clause that belongs to one area
    around: float  # and of its sentence


class _Table(Row):
    weights: _Weights
    words: dict[Area, list[str]]


class _Areas:
    def __init__(self) -> None:
        table = load("areas", _Table)
        self.weights = table.weights
        self.words = [
            re.compile(rf"(?<!\w)(?:{'|'.join(table.words[area])})(?!\w)", re.IGNORECASE) for area in AREAS
        ]


@cache
def _areas() -> _Areas:
    return _Areas()


EVIDENCE: tuple[str, ...] = tuple(_Weights.model_fields)


def read_areas(readings: list[Reading]) -> Floats:
    """What the reader takes each sentence to be about: a row a sentence, the chance of every area."""
    import numpy as np

    nothing = (0.0,) * len(AREAS)
    return np.array([reading.areas or nothing for reading in readings], np.float32).reshape(-1, len(AREAS))


def nearest(rated: Floats, bank: Bank) -> Floats:
    """How much a text is about the nearest skill of each area, from its rating of every skill."""
    import numpy as np

    areas = np.array([AREAS.index(skill.area) for skill in bank.skills])
    return np.array([rated[areas == index].max(initial=0.0) for index in range(len(AREAS))], np.float32)


def evidence(
    words: str,
    around: str,
    heading: Area | None,
    reader: Floats,
    statement: Floats,
    near: Sequence[Floats],
) -> Floats:
    """What speaks for each area, (evidence, areas), in the order of :data:`EVIDENCE`.

    Args:
        words: the clause.
        around: its sentence.
        heading: the area of the heading it stands under.
        reader: the row of :func:`read_areas` of its sentence.
        statement: the mean of all rows.
        near: :func:`nearest` of the clause, its sentence and the sentence before.
    """
    import numpy as np

    under = np.array([area == heading for area in AREAS], np.float32)
    said, said_near = (
        np.array([pattern.search(text) is not None for pattern in _areas().words], np.float32)
        for text in (words, around)
    )
    return np.stack([under, reader, statement, *near, said, said_near])


def area_weights() -> Floats:
    """The weight of each sort of evidence, in the order of :data:`EVIDENCE`."""
    import numpy as np

    return np.array([getattr(_areas().weights, name) for name in EVIDENCE], np.float32)


def area_chances(given: Floats) -> Floats:
    """The chance of each area, in the order of :data:`AREAS`, from its evidence."""
    import numpy as np

    strength = area_weights() @ given
    odds = np.exp(strength - strength.max())
    chances: Floats = odds / odds.sum()
    return chances
