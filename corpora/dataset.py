"""The corpus as a Hugging Face ``DatasetDict``. Needs the ``train`` extra.

>>> from corpora.dataset import load
>>> load()["train"][0]["text"]  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpora.markup import AREAS, KINDS, LABELS, Statement
from corpora.splits import SPLITS, read_split

if TYPE_CHECKING:
    from datasets import DatasetDict


def row(statement: Statement) -> dict[str, Any]:
    """A record as plain data; spans are lists of start, end (code points, end exclusive) and label."""
    return {
        "id": statement.id,
        "voice": statement.voice,
        "text": statement.text,
        "kind": statement.kind,
        "area": statement.area,
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in statement.spans],
        "observable": statement.observable,
        "measurable": statement.measurable,
        "quality": statement.quality,
    }


def load() -> DatasetDict:
    """The hand-written records, a split each; kind, area and label are class labels."""
    from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

    span = {"start": Value("int32"), "end": Value("int32"), "label": ClassLabel(names=list(LABELS))}
    features = Features(
        {
            "id": Value("string"),
            "voice": Value("string"),
            "text": Value("string"),
            "kind": ClassLabel(names=list(KINDS)),
            "area": ClassLabel(names=list(AREAS)),
            "spans": [span],
            "observable": Value("bool"),
            "measurable": Value("bool"),
            "quality": Value("int8"),
        }
    )
    return DatasetDict(
        {split: Dataset.from_list([row(s) for s in read_split(split)], features=features) for split in SPLITS}
    )
