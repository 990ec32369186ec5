"""The spaCy component: ``nlp.add_pipe("goalsmith_reader")`` reads each document.

It fills ``doc.spans["goalsmith"]`` with the labelled parts, and ``doc._.goal_kind``,
``doc._.goal_area`` and ``doc._.goal_reading``. spaCy finds it by its entry point, without an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from goalsmith.errors import TextError
from goalsmith.reader import trained_reader
from goalsmith.reading import Reader, Reading
from goalsmith.text import Document

SPANS_KEY = "goalsmith"

for _name in ("goal_kind", "goal_area", "goal_reading"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class ReaderComponent:
    """Runs a :class:`goalsmith.reading.Reader` over spaCy documents. Stateless, so thread-safe."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __call__(self, doc: Doc) -> Doc:
        """Read one document; one that is empty or too long is left unread."""
        return self._read([doc])[0]

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Read a stream of documents, ``batch_size`` at a time."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            yield from self._read(batch)

    def _read(self, docs: Sequence[Doc]) -> Sequence[Doc]:
        readable = []
        for doc in docs:
            try:
                readable.append((doc, Document(doc.text)))
            except TextError:
                continue
        readings = self.reader.read([document for _, document in readable])
        for (doc, _), reading in zip(readable, readings, strict=True):
            _fill(doc, reading)
        return docs


def _fill(doc: Doc, reading: Reading) -> None:
    """Put a reading on a document; a part that cuts through a token takes the whole token."""
    spans = [
        doc.char_span(part.span.start, part.span.end, label=part.label, alignment_mode="expand")
        for part in reading.parts
    ]
    doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, spans=[s for s in spans if s is not None])
    doc._.goal_kind, doc._.goal_area, doc._.goal_reading = reading.kind, reading.area, reading


@Language.factory(
    "goalsmith_reader",
    assigns=["doc.spans", "doc._.goal_kind", "doc._.goal_area", "doc._.goal_reading"],
)
def make_reader(nlp: Language, name: str) -> ReaderComponent:
    """The reader that ships."""
    return ReaderComponent(trained_reader())
