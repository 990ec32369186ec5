"""The whole way, in order: text -> Document -> Reading -> Facts -> Diagnostics -> Score -> Review.

The only module that knows every stage; read it as the table of contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from goalsmith.benchmarks import Benchmark, split
from goalsmith.drafter import SHIPPED, Drafter
from goalsmith.facts import read_facts
from goalsmith.link import Link
from goalsmith.present_levels import PresentLevels, read_present_levels
from goalsmith.reading import Reading
from goalsmith.review import Review
from goalsmith.rewrite import Drafted, Refused, Rewrite, Rewrites, drafts, rewrites, verify
from goalsmith.rules import Level, Rules, make_rules
from goalsmith.score import score
from goalsmith.templates import Bank, bank
from goalsmith.text import Document

if TYPE_CHECKING:
    from spacy.language import Language

    from goalsmith.component import ReaderComponent


class Goalsmith:
    """Reviews statements under one set of rules. Safe to share between threads once made."""

    def __init__(self, rules: Rules, nlp: Language, bank: Bank, drafter: Drafter | None = None) -> None:
        self.rules = rules
        self.nlp = nlp
        self.bank = bank
        self.drafter = drafter

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
        day = today or date.today()
        known = self._present_levels(present_levels, day)
        return self._judge(document, self._read(document), known, day, id)

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
        known = self._present_levels(present_levels, day)
        documents = ((document.text, document) for document in map(Document, texts))
        for doc, document in self.nlp.pipe(documents, as_tuples=True, batch_size=batch_size):
            yield self._judge(document, doc._.goal_reading, known, day, None)

    def rewrite(self, review: Review, *, review_date: date | None = None, n: int = 3) -> Rewrites:
        """At most ``n`` rewrites of a reviewed draft, the best first, every fact of them traced.

        Args:
            review: what :meth:`review` gave; the present levels it was given are used.
            review_date: the day of the next annual review, the deadline where the draft has none.
            n: how many.

        Empty where the draft is fine as it is, where it is no goal, or where nothing passes.
        """
        facts = review.facts
        again = self._again(facts.present_levels, facts.today, facts.link)
        return rewrites(review, again, self.bank, drafter=self.drafter, review_date=review_date, n=n)

    def verify(
        self, review: Review, texts: Sequence[str], *, review_date: date | None = None
    ) -> list[Rewrite | Refused]:
        """Try texts of any maker as rewrites of a reviewed draft: each is a Rewrite, or Refused with a reason.

        A text may hold the open slots of ``tables/proposals.toml``, such as ``[how many]``.
        """
        facts = review.facts
        again = self._again(facts.present_levels, facts.today, facts.link)
        return verify(review, texts, again, self.bank, review_date=review_date)

    def draft(
        self, present_levels: str, *, review_date: date | None = None, today: date | None = None, n: int = 3
    ) -> list[Drafted]:
        """Goals for the needs a present-levels statement names, at most ``n`` for each.

        Raises:
            TextError: the text is empty, too long, or not a string.
        """
        day = today or date.today()
        known = self._present_levels(present_levels, day)
        assert known is not None
        return drafts(known, self._again(known, day), self.bank, review_date=review_date, today=day, n=n)

    def benchmarks(self, review: Review, *, steps: int = 4, dates: Sequence[date] = ()) -> list[Benchmark]:
        """A reviewed goal split into ``steps`` even ones, or by the days progress is reported.

        Raises:
            TextError: the goal lacks baseline, target or deadline; the message says what.
        """
        return split(review, steps=steps, dates=dates)

    def _again(
        self, known: PresentLevels | None, today: date, rests_on: Link | None = None
    ) -> Callable[[Sequence[str]], list[Review]]:
        """Reads texts of our own making as the user's draft was read."""

        def read_again(texts: Sequence[str]) -> list[Review]:
            documents = [Document(text) for text in texts]
            return [
                self._judge(document, reading, known, today, None, rests_on)
                for document, reading in zip(documents, self._read_all(documents), strict=True)
            ]

        return read_again

    def _read(self, document: Document) -> Reading:
        reading: Reading = self.nlp(document.text)._.goal_reading
        return reading

    def _read_all(self, documents: Sequence[Document]) -> list[Reading]:
        """Read texts of our own cutting and making; they need no spaCy document around them."""
        component: ReaderComponent = self.nlp.get_pipe("goalsmith_reader")  # type: ignore[assignment]
        return component.reader.read(documents)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """What the reader makes of texts, in order: kind, area and parts, without facts and findings.

        Raises:
            TextError: a text is empty, too long, or not a string.
        """
        return self._read_all([Document(text) for text in texts])

    def _present_levels(self, text: str | None, today: date) -> PresentLevels | None:
        if text is None:
            return None

        return read_present_levels(Document(text).text, self.read, self.bank, today)

    def _judge(
        self,
        document: Document,
        reading: Reading,
        known: PresentLevels | None,
        today: date,
        id: str | None,
        rests_on: Link | None = None,
    ) -> Review:
        facts = read_facts(
            document, reading, today=today, present_levels=known, bank=self.bank, rests_on=rests_on
        )
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
    drafter: Drafter | Path | None = SHIPPED,
) -> Goalsmith:
    """Make a reviewer.

    Args:
        rules: a rule pack's name (``goalsmith rules --packs`` lists them) or ready-made Rules.
        disable: codes of checks to leave out.
        severity: code -> "error", "warning", "hint" or "off".
        drafter: who proposes rewrites beside the templates: the shipped model when left out, the folder of a
            language model of your own (needs the ``train`` extra), any :class:`Drafter`, or None for nobody.

    Raises:
        ConfigError: a pack, check or severity that doesn't exist.
        TableError: a data table of the installation is damaged.
    """
    import spacy

    made = rules if isinstance(rules, Rules) else make_rules(rules, disable=disable, severity=severity)
    nlp = spacy.blank("en")
    nlp.add_pipe("goalsmith_reader")
    if isinstance(drafter, Path):
        from goalsmith.local_drafter import LocalDrafter

        drafter = LocalDrafter(drafter)
    return Goalsmith(made, nlp, bank(made.templates), drafter)
