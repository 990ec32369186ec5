"""The whole way, in order: text -> Document -> Reading -> Facts -> Diagnostics -> Score -> Review.

The only module that knows every stage; read it as the table of contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from goalsmith.facts import PresentLevels, read_facts, read_present_levels
from goalsmith.reading import Reading
from goalsmith.review import Review
from goalsmith.rules import Level, Rules, make_rules
from goalsmith.score import score
from goalsmith.text import Document

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")

if TYPE_CHECKING:
    from spacy.language import Language


class Goalsmith:
    """Reviews statements under one set of rules. Safe to share between threads once made."""

    def __init__(self, rules: Rules, nlp: Language) -> None:
        self.rules = rules
        self.nlp = nlp

    def review(
        self,
        text: str,
        present_levels: str | None = None,
        today: date | None = None,
        *,
        id: str | None = None,
    ) -> Review:
        """Review one statement.

        Args:
            text: the statement as written; it is never altered.
            present_levels: the student's present-levels statement; with it, relevance is judged.
            today: the day deadlines are read from; the current date when left out.
            id: carried into the review unchanged.

        Raises:
            TextError: the text is empty, too long, or not a string.
        """
        document = Document(text)
        known = self._present_levels(present_levels)
        return self._judge(document, self._read(document), known, today or date.today(), id)

    def pipe(
        self,
        texts: Iterable[str],
        *,
        present_levels: str | None = None,
        today: date | None = None,
        batch_size: int = 128,
    ) -> Iterator[Review]:
        """Review many statements in a stream, in order, ``batch_size`` read at a time.

        Args:
            texts: the statements; they are drawn as they are needed.
            present_levels: one student's present-levels statement, for all of them.
            today: as for :meth:`review`.
            batch_size: how many are read together; more is faster and takes more memory.

        Raises:
            TextError: at the first text that is empty, too long, or not a string.
        """
        day = today or date.today()
        known = self._present_levels(present_levels)
        documents = ((document.text, document) for document in map(Document, texts))
        for doc, document in self.nlp.pipe(documents, as_tuples=True, batch_size=batch_size):
            yield self._judge(document, doc._.goal_reading, known, day, None)

    def _read(self, document: Document) -> Reading:
        reading: Reading = self.nlp(document.text)._.goal_reading
        return reading

    def _present_levels(self, text: str | None) -> PresentLevels | None:
        if text is None:
            return None
        sentences = [Document(text) for text in _SENTENCE_END.split(Document(text).text) if text.strip()]
        return read_present_levels(text, [self._read(sentence) for sentence in sentences])

    def _judge(
        self,
        document: Document,
        reading: Reading,
        known: PresentLevels | None,
        today: date,
        id: str | None,
    ) -> Review:
        facts = read_facts(document, reading, today=today, present_levels=known)
        diagnostics = tuple(self.rules.diagnose(facts))
        return Review(
            facts=facts,
            diagnostics=diagnostics,
            score=score(facts, diagnostics),
            rules=self.rules.name,
            id=id,
        )


def load(
    rules: str | Rules | None = None,
    *,
    disable: Iterable[str] = (),
    severity: dict[str, Level] | None = None,
) -> Goalsmith:
    """Make a reviewer.

    Args:
        rules: a rule pack's name (``goalsmith rules --packs`` lists them) or ready-made Rules.
        disable: codes of checks to leave out.
        severity: code -> "error", "warning", "hint" or "off".

    Raises:
        ConfigError: a pack, check or severity that doesn't exist.
        TableError: a data table of the installation is damaged.
    """
    import spacy

    made = rules if isinstance(rules, Rules) else make_rules(rules, disable=disable, severity=severity)
    nlp = spacy.blank("en")
    nlp.add_pipe("goalsmith_reader")
    return Goalsmith(made, nlp)
