"""Learner names masked in everything that leaves an audit, with the marks moved along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from goalsmith.facts import statement_words

MASK = "[student]"
# Words that are also names; they are masked only in the rows of those who bear them.
_ORDINARY = {
    "april", "art", "august", "autumn", "bill", "dean", "faith", "frank", "given", "grace", "grant", "hope",
    "joy", "june", "mark", "may", "miles", "pat", "rich", "rose", "summer", "will", "winter", "young",
    "de", "la", "van", "von", "del", "san", "st", "jr", "sr", "and", "the", "of", "in", "on", "by", "to",
}  # fmt: skip

_DATE = re.compile(r"(?:April|May|June|August)\s+\d")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


def name_words(name: str) -> set[str]:
    """The words of a name, of two letters and more, in lower case."""
    return {word.lower() for word in _WORD.findall(name) if len(word) > 1}


class Masker:
    """Masks the names that common lists, the bank's name columns and a row's own review know."""

    def __init__(self, bank_names: Iterable[str]) -> None:
        self._known = {name.lower() for name in (*bank_names, *statement_words().listed)}

    def spans(self, text: str, own: Iterable[str]) -> list[tuple[int, int]]:
        """Where names stand, in order, not overlapping; ``own`` are the names the row is known by."""
        whole = sorted({name.strip() for name in own if len(name.strip()) > 1})
        mine = {word for name in whole for word in name_words(name)}
        found = []
        for name in whole:
            case = 0 if name.lower() in _ORDINARY else re.IGNORECASE
            matches = re.finditer(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, case)
            found += [m.span() for m in matches if not _DATE.match(text, m.start())]
        for match in _WORD.finditer(text):
            word = _POSSESSIVE.sub("", match[0])
            if word.lower() in _ORDINARY:
                named = word.lower() in mine and word[0].isupper() and not _DATE.match(text, match.start())
            else:
                named = word.lower() in mine or (word[0].isupper() and word.lower() in self._known)
            if named:
                found.append((match.start(), match.start() + len(word)))
        joined: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if joined and text[joined[-1][1] : start].strip() == "":
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined

    def text(self, text: str | None, own: Iterable[str]) -> str | None:
        """The text with the names masked."""
        if not text:
            return text
        out, at = "", 0
        for start, end in self.spans(text, own):
            out += text[at:start] + MASK
            at = end
        return out + text[at:]

    def row(self, row: dict[str, Any], student: int) -> dict[str, Any]:
        """A finished row with its names masked, its student a running number, its marks moved along."""
        own = [row["name"], *row["names"]]
        spans = self.spans(row["text"], own)

        def moved(offset: int) -> int:
            shift = 0
            for start, end in spans:
                if offset >= end:
                    shift += len(MASK) - (end - start)
                elif offset > start:
                    return start + shift + len(MASK)
            return offset + shift

        masked = {
            "id": f"S{student:06}" if row["id"] or row["name"] else "",
            "name": "",
            "names": [],
            "text": self.text(row["text"], own),
            "rewrite": self.text(row["rewrite"], own),
            "beside": {part: self.text(words, own) for part, words in row["beside"].items()},
            "parts": [p | {"start": moved(p["start"]), "end": moved(p["end"])} for p in row["parts"]],
            "findings": [
                f
                | {"start": moved(f["start"]), "end": moved(f["end"])}
                | {"message": self.text(f["message"], own), "help": self.text(f["help"], own)}
                for f in row["findings"]
            ],
        }
        return row | masked
