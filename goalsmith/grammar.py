"""Reading by grammar and tables: Document -> Reading, without a model.

A statement is cut into units (sentences, lines, fields). In each unit the cues of ``tables/cues.toml``,
the deadlines and the measures open parts; what lies between them is given to a part by a few rules on
commas and verbs. Then the kind and the area are weighed from ``tables/kinds.toml`` and
``tables/areas.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from goalsmith.deadlines import deadlines
from goalsmith.kinds import kinds
from goalsmith.quantities import Measure, quantities
from goalsmith.reading import Label, Part, Reading
from goalsmith.tables import Row, alternatives, load
from goalsmith.text import Document, Span
from goalsmith.verbs import verbs


class _Fields(Row):
    skip: str
    baseline: str
    criterion: str
    method: str
    condition: str
    timeframe: str
    other: str


class _Cues(Row):
    learner_nouns: list[str]
    pronouns: list[str]
    not_names: list[str]
    modal: list[str]
    condition: list[str]
    settings: list[str]
    speech_levels: list[str]
    supports: list[str]
    support_adjectives: list[str]
    method: list[str]
    fields: _Fields


Mark = Label | Literal["skip"]


@dataclass(slots=True)
class _Chunk:
    """A stretch of a unit: opened by a cue (``mark``), or loose (None) until a rule places it."""

    start: int
    end: int
    mark: Mark | None
    after_comma: bool = False
    closed: bool = False  # a full match: nothing that follows joins it
    joined: bool = False  # a loose stretch that goes on with the part before it


@dataclass(slots=True)
class _Event:
    start: int
    end: int  # nothing opens before this offset
    mark: Mark
    closed: bool = False


@dataclass(slots=True)
class _State:
    """What is already known of the statement while its units are read in order."""

    learner: Span | None = None
    behavior: bool = False
    parts: list[Part] = field(default_factory=list)


_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|min|max|mins|sec|secs|dr|mr|mrs|ms|st|no|nos|obj|instr|eval|spec|gen|ed|pt|pts|lb|oz|ft|wk|wks|yr|yrs|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|p\.m|a\.m|w|cont|std|int|ind|est|incl|avg)|\b[A-Z]|^\s*\d+|^\s*[a-zA-Z])\.$",
    re.IGNORECASE,
)
_TRIM_LEFT = re.compile(r"[\s,;:.\-–—•*|·\"“”]+|(?:and|but|or|then)\s+", re.IGNORECASE)
_TRIM_RIGHT = re.compile(r"(?:[\s,;:.\-–—•*|·]|(?<=\s)(?:and|but|or|then|while|,))+$", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()\n]*\)|\"[^\"\n]{1,150}\"|“[^”\n]{1,150}”")
_PURPOSE = r"\b(?:in\s+order\s+to|so\s+that|so\s+as\s+to|for\s+the\s+purpose\s+of|as\s+a\s+means\s+of)\b"
_UNFILLED_LEVEL = r"(?<!\w)(?:(?:to|with|at|in)\s+)?(?:x{1,3}|_{2,}|\[[^\]\n]{0,12}\]|#{1,3}|\?{1,3})\s*(?:%|percent\b)(?:\s+accuracy)?|(?<!\w)(?:in|on)\s+(?:x|_{1,}|#)\s*(?:/|of|out\s+of)\s*(?:x|_{1,}|#|\d+)(?:\s+(?:trials|opportunities|times|sessions))?"
_STANDARD = r"\b(?:CCSS|TEKS|[A-Z]{1,4}\.\d?[A-Z]*\.?\d+(?:\.[A-Z\d]+)*|\d\.[A-Z]{1,3}\.[A-Z]?\.?\d+(?:\.\d+)?)\b"
_LEAD_IN = r"(?:\b(?:with|at|in|to|on|for|by|over|across|during|within|reaching|achieving|getting|scoring|earning|attaining|maintaining|correctly|answering|obtaining|hitting|of)\s+)"
_BEFORE_MEASURE = re.compile(
    rf"(?:(?:{_LEAD_IN}|\b(?:correctly\s+answering|to\s+a\s+level|an?\s+(?:average|level|accuracy\s+(?:level|rate)|success\s+rate|rate|score|criterion|mean|independence\s+level|accuracy|proficiency\s+level)\s+of|accuracy\s+of|average\s+of|minimum\s+of|maximum\s+of|a\s+total\s+of)\s+)(?:the\s+|an?\s+|her\s+|his\s+|their\s+|any\s+)?(?:(?:minimum|average|total|level|rate|score|accuracy|success\s+rate|mastery|independence\s+level|mean)\s+(?:level\s+|rate\s+|score\s+)?of\s+)?|\b(?:with|at|to)\s+(?:minimal|maximum|max|min)\s+\()$",
    re.IGNORECASE,
)
_WORDED_LEVEL = r"\b(?:without\s+(?:any\s+)?(?:errors?|mistakes?)|with\s+no\s+mistakes|error[- ]free|(?:every|each)\s+time\b(?!\s+(?:he|she|they|the|a|an))|(?:all|most)\s+of\s+the\s+time|every\s+(?:day|school\s+day|class|session|opportunity)|(?:at|to|on|within)\s+(?:or\s+above\s+)?(?:grade[- ]level|grade\s+level\s+expectations|age[- ]level|age[- ]appropriate\s+levels?|the\s+average\s+range|normal\s+limits)(?=[\s,.;]*(?:$|by\b|as\b|in\b|with\b|,|\.))|half\s+of\s+the\s+time|(?:across|over|within|for)\s+(?:an?|the|each|one|any)\s+(?:[\w-]+\s+){0,2}?(?:(?:grading|marking|monitoring|reporting|observation)\s+(?:period|window|span)|(?:\w+-)(?:week|month|day)\s+(?:period|window|span)|week|month|quarter))"
_FROM_TO = re.compile(
    r"(?<!\w)from\s+(?:(?:a|an|the|her|his|their)\s+)?(?:(?:current|baseline|present|average|mean|level|rate|score|about|approximately|of|performance|instructional|reading|an?)\s+)*(?:\[[^\]]*\]|_{2,}|(?:\d|(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|kindergarten|first|second|third|fourth|fifth|sixth|never|rarely|less|more|max|maximal|mod|moderate|level|once|twice)\b)[^.;\n]{0,60}?)(?=\s+(?:to|down\s+to|up\s+to)\s+)(?P<to>\s+(?:down\s+|up\s+)?to\s+)",
    re.IGNORECASE,
)
_COUNTING = re.compile(r"\b(?:count\w*|numbers?|numerals?|skip|range|ranging|scale|sequence|times?|choose|choos\w+|select\w*|translat\w+|convert\w*)\b[^,.;]{0,25}$", re.I)
_BASELINE_AT = re.compile(
    r"(?<!\w)(?:\((?:(?:is\s+)?(?:currently|current|baseline|now|presently|was|were|previously|up\s+from|down\s+from|BL|from|in\s+\w+\s+(?:he|she)\s+was)\b)[^)\n]*\)|(?:up|down|an?\s+(?:increase|decrease)|increased?|decreased?)\s+from\s+(?!\w+\s+to\b)[^,.;\n]+|from\s+(?:a|an|the|his|her|their|current)\s+(?:\w+\s+){0,2}?(?:baseline|current|present)\b[^,.;\n]*?(?=\s+to\s|,|;|\.(?:\s|$)|$)|(?:compared\s+(?:to|with)|versus|as\s+opposed\s+to)\s+[^,.;\n]*\d[^,.;\n]*|baseline\s*(?:=|is|was|of|at|[-–—])\s*[^,.;\n]*|(?:currently|presently)\s+(?:at\s+|is\s+|does\s+|reads\s+)?[^,.;\n)]*\d[^,.;\n)]*)",
    re.IGNORECASE,
)
_BASELINE_SENTENCE = re.compile(
    r"\s*(?:(?:he|she|they|\w+|the\s+student)\s+(?:is\s+)?(?:currently|presently)\b|currently\b|at\s+present\b|right\s+now\b|(?:his|her|their|the)\s+(?:current|baseline)\b|baseline\b|at\s+baseline\b|as\s+of\b)",
    re.IGNORECASE,
)


class Grammar:
    """The compiled cues. Holds no state between statements, so any thread may read with it."""

    def __init__(self) -> None:
        cues = load("cues", _Cues)
        self._verbs, self._quantities, self._deadlines = verbs(), quantities(), deadlines()
        stretch = lambda p: p.replace(" ?", r"\s*").replace(" ", r"\s+")  # noqa: E731
        flags = re.IGNORECASE
        self._not_names = frozenset(cues.not_names)
        nouns = alternatives(cues.learner_nouns)
        self._noun = re.compile(rf"\b(?:{nouns})\b", flags)
        blank = r"\[[^\]\n]{1,40}\]|\{[^}\n]{1,40}\}|<[^>\n]{1,40}>|\((?:student|name|child|learner|he|she|pupil|initials)[^)\n]{0,25}\)|_{2,}"
        name = r"(?-i:[A-Z][\w’'-]*\.?(?:\s+[A-Z](?:[\w’'-]*|\.))?)"
        self._subject = (
            rf"(?P<subject>{blank}|(?:(?:the|this|our|my|each|a|your)\s+)?(?:\w+[-\s]grade\s+)?(?:{nouns})(?:\s+(?:name|[A-Z](?:\.|\b)))?(?:\s*\((?:s|he|she|name)\))?|(?:{alternatives(cues.pronouns)})(?!\w)|{name})"
        )
        modal = alternatives(cues.modal)
        aside = r"(?:\s*\([^)\n]{1,30}\)|,\s*[^,\n]{1,45},|\s+(?:also|always|independently|consistently|\w+ly|on\s+(?:his|her|their)\s+own))?"
        self._modal = re.compile(rf"(?:(?<![\w\[]){self._subject}(?P<aside>{aside})[\s,]*)?(?<![\w-])(?P<modal>{modal})(?!\w)", flags)
        self._subject_here = re.compile(rf"{self._subject}\s+(?:(?:\w+ly|also|always)\s+)?", flags)
        fields = cues.fields
        label = lambda p: rf"(?<![\w-])\(?(?:{p})\s*(?::|=|[-–—](?=\s)|\?|\.{{2,}})"  # noqa: E731
        self._skip_label = re.compile(rf"[\s*#>•|\"“]*(?:{fields.skip})\s*[:;.)\-–—]*\s*|\s*(?:\(?\d{{1,2}}[a-z]?[.):]|\(?[a-zA-Z][.)](?=\s)|[-*•·▪◦➢✓–—>|]+|\?+)\s*", flags)
        self._area_label = re.compile(r"\s*[A-Z][\w/&, -]{0,30}:\s+")
        self._field_cues: list[tuple[Mark, re.Pattern[str]]] = [
            ("baseline", re.compile(label(fields.baseline), flags)),
            ("criterion", re.compile(label(fields.criterion), flags)),
            ("method", re.compile(label(fields.method), flags)),
            ("condition", re.compile(label(fields.condition), flags)),
            ("timeframe", re.compile(label(fields.timeframe), flags)),
            ("skip", re.compile(label(fields.other), flags)),
        ]
        settings, supports = alternatives(cues.settings), alternatives(cues.supports)
        adjectives = alternatives(cues.support_adjectives)
        no_amount = r"(?!(?:at\s+least|no\s+more|up\s+to|a\s+minimum)\b|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|zero|no)\b)"
        word = r"(?:[\w'’/&-]+\s+)"
        self._conditions = [
            re.compile(rf"(?<![\w-])(?:{'|'.join(map(stretch, cues.condition))})(?![\w-])(?:(?<=w/)|\b|(?<=\)))", flags),
            re.compile(rf"(?<![\w-])(?:in|at|on|across|within|inside|around|outside|into)\s+{no_amount}(?:(?!to\b|will\b|and\s+will\b|with\b|by\b|as\b){word}){{0,6}}?(?:{settings})(?!\w)", flags),
            re.compile(rf"(?<![\w-])(?:{'|'.join(map(stretch, cues.speech_levels))})", flags),
            re.compile(rf"(?<![\w-])with\s+{no_amount}(?:(?!will\b|accuracy\b){word}){{0,6}}?(?:{supports})(?!\w)", flags),
            re.compile(rf"(?<![\w-])with\s+(?:{adjectives})\s+(?!accuracy|errors?\b)\w+", flags),
            re.compile(rf"(?<![\w-])without\s+(?!errors?\b|mistakes?\b|help\b|assistance$)(?:{word}){{0,4}}?(?:prompting|prompts?|cues?|cueing|redirections?|reminders?|support|assistance|guidance|model|models|calculator|visuals?|notes|manipulatives)\b", flags),
        ]
        self._methods = re.compile(rf"(?<![\w-])(?:{'|'.join(map(stretch, cues.method))})(?!\w)", flags)
        self._no_method = re.compile(r"\s*(?:an?\s+|the\s+)?(?:(?:increase|decrease|reduction|improvement)\b|\d|(?:at\s+least|no\s+more|achieving|scoring|earning|meeting|performing)\b)", flags)
        self._skips = re.compile(rf"{_PURPOSE}|{_UNFILLED_LEVEL}|(?-i:{_STANDARD})", flags)
        self._worded = re.compile(_WORDED_LEVEL, flags)
        # "participate in …", "stay on …": the phrase belongs to the verb.
        self._complement = re.compile(r"\b(?:engag(?:e|es|ing)|participat(?:e|es|ing)|remain(?:s|ing)?|stay(?:s|ing)?|sit(?:s|ting)?|enroll(?:s|ing)?|interested|involved|transition(?:s|ing)?|respond(?:s|ing)?|attend(?:s|ing)?|stand(?:s|ing)?|succeed|join(?:s|ing)?)\s+(?:\w+ly\s+)?$", flags)
        self._relative = re.compile(r"\b(?:with\s+(?:increas\w+|improv\w+|greater|better|more|fewer)\s+\w+|more\s+(?:often|consistently|independently|frequently)|less\s+often|consistently)\b[^,.;]*", flags)

    # Units

    def units(self, text: str) -> Iterator[tuple[int, int]]:
        """Sentences and lines: their starts and ends."""
        start = 0
        inside = [m.span() for m in _ASIDE.finditer(text)]
        for match in re.finditer(r"[.!?][\"”')\]]*(?=\s+\S)|\n\s*(?=\S)|;\s+|\s\|\s|<br ?/?>", text):
            mark = match[0][0]
            if any(a < match.start() < b - 1 for a, b in inside):
                continue
            if mark == ".":
                after = text[match.end() :].lstrip()[:1]
                if _ABBREVIATION.search(text[start : match.start() + 1]) or after.islower():
                    continue
            elif mark == "\n" and not self._line_ends(text, match.start(), match.end()):
                continue
            yield start, match.end()
            start = match.end()
        if text[start:].strip():
            yield start, len(text)

    def _line_ends(self, text: str, before: int, after: int) -> bool:
        """A line end ends a unit unless the next line goes on in lower case."""
        rest = text[after : after + 40]
        return not rest[:1].islower() or re.match(r"[a-z][.)]\s", rest) is not None

    # Events: where a cue opens a part

    def _events(self, text: str, start: int, end: int) -> list[_Event]:
        found: list[_Event] = []
        inside = [m.span() for m in _ASIDE.finditer(text, start, end)]
        for kind, match in self._deadlines.find(text, start, end):
            found.append(_Event(match.start(), match.end(), "timeframe", True))
        for mark, pattern in self._field_cues:
            for match in pattern.finditer(text, start, end):
                found.append(_Event(match.start(), match.end(), mark))
        for match in _FROM_TO.finditer(text, start, end):
            if _COUNTING.search(text[start : match.start()]):
                continue
            found.append(_Event(match.start(), match.start("to"), "baseline", True))
            found.append(_Event(match.start("to") + 1, match.end(), "criterion"))
        for match in _BASELINE_AT.finditer(text, start, end):
            found.append(_Event(match.start(), match.end(), "baseline", True))
        for match in self._methods.finditer(text, start, end):
            if self._act_follows(text, match):
                inside.append(match.span())
            elif self._no_method.match(text, match.end()):
                found.append(_Event(match.start(), match.end(), "skip"))
            else:
                found.append(_Event(match.start(), match.end(), "method"))
        for measure in self._quantities.find(text, start, end):
            opened = self._criterion_start(text, start, measure)
            aside = next((s for s in inside if s[0] <= measure.span.start < s[1]), None)
            if opened is None or (aside and not self._fills(measure, aside)):
                continue
            found.append(_Event(opened, measure.span.end, "criterion"))
        for match in self._worded.finditer(text, start, end):
            found.append(_Event(match.start(), match.end(), "criterion"))
        for pattern in self._conditions:
            for match in pattern.finditer(text, start, end):
                if any(a <= match.start() < b for a, b in inside) or self._complement.search(text, start, match.start()):
                    continue
                found.append(_Event(match.start(), match.end(), "condition"))
        for match in self._skips.finditer(text, start, end):
            found.append(_Event(match.start(), match.end(), "skip"))
        return found

    @staticmethod
    def _fills(measure: Measure, aside: tuple[int, int]) -> bool:
        """ "(80 percent)" is a criterion, "(up to 100)" and "(2-3 peers)" are details."""
        long_enough = measure.span.end - measure.span.start >= 0.6 * (aside[1] - aside[0] - 2)
        return long_enough and measure.how not in ("bare threshold", "counted", "bare or more")

    def _act_follows(self, text: str, match: re.Match[str]) -> bool:
        """ "as shown by reading aloud": the act itself, no way of measuring it."""
        word = re.compile(r"\s+(?:independently\s+|correctly\s+)?([a-z]+ing)\b", re.IGNORECASE).match(text, match.end())
        if word is None or not self._verbs.is_verb(word[1]):
            return False
        # "reading probes", "writing samples": the gerund only names the tool.
        tool = re.compile(r"\s+(?:\w+\s+)?(?:samples?|probes?|assessments?|checks?|tests?|inventor\w+|logs?|records?|data|fluency|comprehension|rubrics?|quizz?e?s|sheets?|notes|charts?|checklists?|of\s+data)\b", re.IGNORECASE)
        return tool.match(text, word.end()) is None and word[1].lower() not in ("charting", "recording", "monitoring", "testing")

    def _criterion_start(self, text: str, start: int, measure: Measure) -> int | None:
        """Where the criterion that ``measure`` stands in begins, or None when it is no criterion."""
        before = text[start : measure.span.start]
        plain_count = measure.kind in ("count", "rubric") and not measure.threshold
        if plain_count and measure.how != "score":
            return None
        if measure.kind in ("prompts", "errors") and not measure.threshold:
            if not re.search(r"(?:\b(?:with|to|and|or)\s+(?:only\s+|just\s+)?|\bwith\s+min\w*\s+\()$", before, re.IGNORECASE):
                return None
        if measure.kind == "duration" and not measure.threshold:
            if not re.search(r"\b(?:for|to|of)\s+(?:an?\s+|up\s+to\s+|at\s+least\s+)?$", before, re.IGNORECASE):
                return None
        lead = _BEFORE_MEASURE.search(before)
        return start + lead.start() if lead else measure.span.start

    # The main clause: who does what

    def _clause(self, text: str, start: int, end: int, state: _State, taken: list[_Event]) -> list[_Event]:
        """Learner and behavior events of a unit."""
        events: list[_Event] = []
        shouting = sum(c.isupper() for c in text) > 0.7 * max(1, sum(c.isalpha() for c in text))
        for match in self._modal.finditer(text, start, end):
            if text[: match.start()].count('"') % 2:
                continue
            subject = self._learner(match, shouting) if match["subject"] else None
            if subject and any(e.start < subject.start < e.end and e.closed for e in taken):
                subject = None
            if subject and state.learner is None:
                state.learner = subject
                events.append(_Event(subject.start, subject.end, "learner", True))
                events.append(_Event(match.start("modal"), match.end("modal"), "behavior"))
            elif match["subject"] is None and not events and not state.behavior:
                begin = self._noun_subject(text, start, match.start("modal"), taken)
                events.append(_Event(begin, match.end("modal"), "behavior"))
            else:
                if subject:
                    events.append(_Event(subject.start, subject.end, "skip", True))
                events.append(_Event(match.start("modal"), match.end("modal"), "behavior"))
        if events or state.behavior:
            return events
        return self._without_modal(text, start, end, state, taken, shouting)

    def _learner(self, match: re.Match[str], shouting: bool) -> Span | None:
        begin, stop = match.span("subject")
        words = match["subject"].split()
        if match["subject"][0] in "[{<(_" or self._noun.search(match["subject"]):
            return Span(begin, stop)
        while words and words[0].lower().strip(",") in self._not_names and len(words) > 1:
            begin += len(words[0])
            begin += len(match.string[begin:stop]) - len(match.string[begin:stop].lstrip())
            words = words[1:]
        if len(words) > 1 and shouting:
            begin = stop - len(words[-1])
            words = words[-1:]
        head = words[-1].lower() if words else ""
        if not words or (len(words) == 1 and head in self._not_names and head not in ("student", "students", "pt")):
            return None
        return Span(begin, stop)

    def _noun_subject(self, text: str, start: int, modal: int, taken: list[_Event]) -> int:
        """ "His tantrums will decrease": the event that is the subject belongs to the behavior."""
        floor = max([start, *(e.end for e in taken if e.closed and e.end <= modal)])
        comma = text.rfind(",", floor, modal)
        colon = text.rfind(": ", floor, modal)
        floor = max(floor, comma + 1, colon + 2)
        between = text[floor:modal]
        if between.strip() and len(between.split()) <= 8 and not any(floor <= e.start < modal for e in taken):
            return floor + len(between) - len(between.lstrip(" ,*•-–\"“"))
        return modal

    def _without_modal(
        self, text: str, start: int, end: int, state: _State, taken: list[_Event], shouting: bool
    ) -> list[_Event]:
        starts = [self._skip_labels(text, start, end)]
        opening = any(e.start <= starts[0] < e.end and e.mark in ("condition", "timeframe") for e in taken)
        if opening:
            starts += [m.end() for m in re.finditer(r",\s*", text[:end]) if m.end() > start]
        for at in starts:
            at += len(text[at:end]) - len(text[at:end].lstrip(" ,*•\"“"))
            if any(e.start <= at < e.end for e in taken):
                continue
            subject = self._subject_here.match(text, at, end)
            if subject and self._verbs.match_at(text, subject.end()) and not self._verbs.is_verb(subject["subject"].split()[0]):
                span = Span(*subject.span("subject"))
                if span.of(text).lower() not in self._not_names or span.of(text).lower() in ("student", "pt"):
                    state.learner = span
                    return [_Event(span.start, span.end, "learner", True), _Event(subject.end(), subject.end() + 1, "behavior")]
            lead = re.compile(r"(?:to\s+|(?:\w+ly|not)\s+)?", re.IGNORECASE).match(text, at, end)
            if lead and self._verbs.match_at(text, lead.end()):
                return [_Event(at, lead.end() + 1, "behavior")]
        # No verb: a noun phrase at the head of the first unit, or after its opening parts, is the behavior.
        if start == 0 or not any(part.label == "behavior" for part in state.parts):
            at = starts[0]
            if at < end and not any(e.start <= at < e.end for e in taken) and text[at:end].strip():
                return [_Event(at, at + 1, "behavior")]
            if len(starts) > 1 and not any(e.start <= starts[-1] < e.end for e in taken):
                return [_Event(starts[-1], starts[-1] + 1, "behavior")]
        return []

    def _skip_labels(self, text: str, start: int, end: int) -> int:
        at = start
        for _ in range(4):
            match = self._skip_label.match(text, at, end)
            if not match or match.end() == at:
                break
            at = match.end()
        area = self._area_label.match(text, at, end)
        return area.end() if area and area.end() < end else at

    # Chunks and parts

    def _chunks(self, text: str, start: int, end: int, events: list[_Event]) -> list[_Chunk]:
        """Cut a unit at its events and commas; the first event to claim a character keeps it."""
        order: dict[Mark, int] = {"timeframe": 0, "learner": 1, "baseline": 2, "method": 3, "skip": 4, "criterion": 5, "condition": 6, "behavior": 7}
        kept: list[_Event] = []
        for event in sorted(events, key=lambda e: (e.start, order[e.mark], -e.end)):
            if kept and event.start < kept[-1].end:
                # A criterion reaching into a closed part, or a lead-in shared by two cues: first wins.
                continue
            kept.append(event)
        chunks: list[_Chunk] = []
        at = start
        after_comma = False
        for event in [*kept, None]:
            stop = event.start if event else end
            at = self._loose(text, at, stop, chunks, after_comma)
            if event is None:
                break
            after_comma = text[start : event.start].rstrip().endswith((",", ";", "("))
            chunks.append(_Chunk(event.start, event.end, event.mark, after_comma, event.closed))
            at, after_comma = event.end, False
        return chunks

    def _loose(self, text: str, at: int, stop: int, chunks: list[_Chunk], after_comma: bool) -> int:
        """What lies between two events: up to the first comma it goes on with the open part."""
        last = chunks[-1] if chunks else None
        asides = [m.span() for m in _ASIDE.finditer(text[at:stop])]
        for match in re.finditer(r",(?!\d)\s*|$", text[at:stop]):
            if any(a <= match.start() < b for a, b in asides) and match[0]:
                continue
            piece_end = at + match.start() if match[0] else stop
            begin = chunks[-1].end if chunks else at
            comma = bool(re.match(r",(?!\d)", text[begin:piece_end]))
            if piece_end > begin:
                if last is chunks[-1] if chunks else False:
                    if last is not None and not comma and not last.closed:
                        last.end = piece_end
                        continue
                chunks.append(_Chunk(begin, piece_end, None, comma))
        return stop

    def _place(self, text: str, chunks: list[_Chunk], state: _State) -> None:
        """Give the loose chunks to parts, by what stands before them."""
        seen = state.behavior
        for index, chunk in enumerate(chunks):
            previous = chunks[index - 1] if index else None
            following = chunks[index + 1 :]
            if chunk.mark in ("behavior", "learner"):
                seen = True
            if chunk.mark is not None or previous is None:
                continue
            words = text[chunk.start : chunk.end].strip(" ,.")
            if not words:
                chunk.mark = "skip" if previous.mark is None else previous.mark
                continue
            if not seen and any(c.mark in ("learner", "behavior") for c in following):
                chunk.mark = "condition" if previous.mark == "condition" else None
            elif previous.mark == "behavior":
                chunk.mark = None if self._is_tail(words) else "behavior"
            elif previous.mark == "method":
                chunk.mark = "method" if len(words.split()) <= 7 else None
            elif previous.mark in ("criterion", "condition", "timeframe", "baseline"):
                if self._is_act(words) and chunk.after_comma and not self._is_tail(words):
                    chunk.mark = "behavior"
                elif previous.mark == "condition" and (
                    words.lower().startswith(("and ", "or "))
                    or any(text[c.start : c.end].strip(" ,").lower().startswith(("and ", "or ")) for c in following[:2] if c.mark is None)
                ):
                    chunk.mark = "condition"
                elif previous.mark == "timeframe" and not chunk.after_comma and not state.behavior:
                    chunk.mark = "behavior" if self._is_act(words) else None
            chunk.joined = chunk.mark is not None and chunk.mark == previous.mark

    def _is_act(self, words: str) -> bool:
        head = re.sub(r"^(?:and|or|then|but)\s+(?:then\s+|will\s+)?", "", words, flags=re.IGNORECASE)
        return self._verbs.match_at(head, 0) is not None or bool(re.match(r"(?:and\s+)?will\b", words, re.IGNORECASE))

    def _is_tail(self, words: str) -> bool:
        """A trailing purpose or a comparison without a number: no part."""
        return bool(
            re.match(r"(?:(?:in\s+order\s+)?to\s+(?:improve|increase|develop|build)|improving|increasing|developing|demonstrating|showing|thereby|replacing|leading\s+to|with\s+(?:increas|improv|greater|better))\b", words, re.IGNORECASE)
        )

    def _parts(self, text: str, chunks: list[_Chunk]) -> Iterator[Part]:
        merged: list[_Chunk] = []
        for chunk in chunks:
            last = merged[-1] if merged else None
            joins = (
                last is not None
                and last.mark == chunk.mark
                and chunk.mark not in (None, "skip", "learner", "timeframe")
                and (chunk.joined or self._adjoin(text, last, chunk))
            )
            if joins and last is not None:
                last.end = chunk.end
            else:
                merged.append(_Chunk(chunk.start, chunk.end, chunk.mark, chunk.after_comma))
        for chunk in merged:
            if chunk.mark is None or chunk.mark == "skip":
                continue
            span = self._trim(text, chunk.start, chunk.end, chunk.mark)
            if span is not None:
                yield Part(label=chunk.mark, span=span)

    def _adjoin(self, text: str, last: _Chunk, chunk: _Chunk) -> bool:
        between = text[last.end : chunk.start]
        comma = "," in between or chunk.after_comma or text[last.start : chunk.start].rstrip().endswith(",")
        if chunk.mark in ("criterion", "condition", "baseline"):
            return not comma and not re.search(r"[;|]", between)
        return True

    def _trim(self, text: str, start: int, end: int, mark: Label) -> Span | None:
        while start < end and (match := _TRIM_LEFT.match(text, start, end)) and match.end() > start:
            if mark in ("behavior", "criterion") and match[0].strip().lower() in ("-", "–", "—") and False:
                break
            start = match.end()
        body = text[start:end]
        if mark == "behavior" and (tail := self._relative.search(body)) and tail.start() > 0 and tail.end() >= len(body.rstrip(" .,")):
            body = body[: tail.start()]
        body = body.rstrip()
        while True:
            shorter = _TRIM_RIGHT.sub("", body).rstrip('"”*').rstrip("!?") if body else body
            if shorter.endswith(")") and shorter.count("(") < shorter.count(")"):
                shorter = shorter[:-1]
            if shorter == body:
                break
            body = shorter
        if body.startswith("(") and body.count("(") > body.count(")"):
            if text[start + len(body) : start + len(body) + 1] == ")":
                body = text[start : start + len(body) + 1]
            else:
                start, body = start + 1, body[1:]
        if not re.search(r"\w", body):
            return None
        if mark == "learner":
            return Span(start, start + len(body))
        return Span(start, start + len(body))

    def _fill(self, text: str, part: Part) -> bool:
        """A field with nothing in it, and a criterion without a level, are no parts."""
        words = part.span.of(text)
        if part.label == "criterion":
            return bool(self._quantities.find(words)) or bool(self._worded.search(words)) or bool(re.search(r"\d", words))
        return not re.fullmatch(r"(?:[\w ]+[:=]\s*)?[_\W]*", words) or part.label in ("learner", "timeframe")

    # The whole reading

    def read(self, document: Document) -> Reading:
        """Read one statement. Same text, same reading."""
        text = document.text
        weighed = kinds().weigh(text)
        parts: list[Part] = []
        if weighed.kind in ("goal", "objective"):
            parts = self._read_parts(text)
        behaviors = [p.span for p in parts if p.label == "behavior"]
        levels = [p.span for p in parts if p.label == "criterion"]
        if weighed.kind not in ("goal", "objective"):
            return Reading(kind=weighed.kind, area=weighed.area, parts=(), observable=None, measurable=None)
        observable = self.observable(text, behaviors, counted=bool(levels))
        measurable = observable and any(self.has_level(text, span) for span in levels)
        return Reading(
            kind=weighed.kind, area=weighed.area, parts=tuple(parts), observable=observable, measurable=measurable
        )

    def _read_parts(self, text: str) -> list[Part]:
        state = _State()
        for start, end in self.units(text):
            if _BASELINE_SENTENCE.match(text, start, end) and state.behavior:
                span = self._trim(text, start, end, "baseline")
                state.parts += [Part(label="baseline", span=span)] if span else []
                continue
            taken = self._events(text, start, end)
            closed = [e for e in taken if e.closed or e.mark != "condition"]
            events = taken + self._clause(text, start, end, state, closed + [e for e in taken if e.mark == "condition"])
            chunks = self._chunks(text, self._skip_labels(text, start, end), end, events)
            self._place(text, chunks, state)
            state.parts += [p for p in self._parts(text, chunks) if self._fill(text, p)]
            state.behavior = state.behavior or any(p.label == "behavior" for p in state.parts)
        return _disjoint(state.parts)

    def observable(self, text: str, behaviors: list[Span], *, counted: bool) -> bool:
        """Whether any of the behaviors can be seen, heard or counted."""
        acts = [self._verbs.read(text, s.start, s.end, counted=counted) for s in behaviors]
        return any(act is not None and act.observable for act in acts)

    def has_level(self, text: str, criterion: Span) -> bool:
        """Whether a criterion names a level that decides it."""
        measures = self._quantities.find(text, criterion.start, criterion.end)
        return any(m.hedge is None or m.threshold for m in measures) or bool(
            self._worded.search(text, criterion.start, criterion.end)
        )


def _disjoint(parts: list[Part]) -> list[Part]:
    """In order, without overlaps; of two that overlap the first stays."""
    out: list[Part] = []
    for part in sorted(parts, key=lambda p: (p.span.start, -p.span.end)):
        if not out or part.span.start >= out[-1].span.end:
            out.append(part)
    return out


@cache
def grammar() -> Grammar:
    """The one compiled instance."""
    return Grammar()
