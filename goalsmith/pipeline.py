"""The whole way, in order: text -> Document -> Reading -> Facts -> Diagnostics -> Score -> Review.

The only module that knows every stage; read it as the table of contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from goalsmith.facts import PresentLevels, read_facts, read_present_levels
from goalsmith.reading import Reading
from goalsmith.review import Review
from goalsmith.rules import Level, Rules, make_rules
from goalsmith.score import score
from goalsmith.text import Document

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
        reading: Reading = self.nlp(document.text)._.goal_reading
        known = read_present_levels(present_levels) if present_levels else None
        return self._judge(document, reading, known, today or date.today(), id)

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
        known = read_present_levels(present_levels) if present_levels else None
        for doc in self.nlp.pipe((Document(text).text for text in texts), batch_size=batch_size):
            yield self._judge(Document(doc.text), doc._.goal_reading, known, day, None)

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
