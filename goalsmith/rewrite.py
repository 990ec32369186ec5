"""Review -> Rewrites: candidates a teacher can put into the IEP, each fact of them traced.

Two ways: the draft mended in place, and a template drafted from the facts with whatever of the draft was
right. Each candidate is traced (:mod:`goalsmith.trace`) and read again by the same pipeline; it is kept only
when it loses findings and gains none. What isn't known stays an open slot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from goalsmith.candidate import OPEN, Candidate, MadeBy, Piece, Pieces
from goalsmith.checks import CATALOGUE
from goalsmith.checks.places import closing
from goalsmith.drafter import Drafter
from goalsmith.facts import Facts
from goalsmith.figures import Figure
from goalsmith.growth import amount, norm_for, own_rate, school_weeks, weeks_until
from goalsmith.link import sought_by
from goalsmith.meaning import meaning
from goalsmith.present_levels import PresentLevels
from goalsmith.proposal import NO_ACT, acts, deadline, dropped, misread, proposed
from goalsmith.quantities import Measure, comparable
from goalsmith.review import Review
from goalsmith.score import score_of
from goalsmith.skills import is_plain, skill_in
from goalsmith.slots import slots
from goalsmith.templates import Bank, Skill, Template, without_slots
from goalsmith.text import Span
from goalsmith.trace import Sources, sources_of, untraced
from goalsmith.words import stem, stems

FINE = 90  # a draft that scores this much and has nothing to mend is left alone
_TEMPLATES = 3  # templates tried for one draft
_PROPOSALS = 4  # texts a drafter may propose for one draft
_PASSES = 78  # what a proposal has to score once its slots are filled
# What keeps the teacher's own words is worth some points of the score more; a wish is seldom worth keeping.
_WORTH: dict[MadeBy, int] = {"edit": 6, "template": 0, "model": 5}
_WISH = 5
_ALIKE = 0.7  # share of their words that two of the model's candidates may have in common


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A candidate that passed.

    ``score`` is what it scores as it stands, ``score_filled`` once its open slots are filled well.
    """

    text: str
    made_by: MadeBy
    score: int
    score_filled: int
    pieces: tuple[Piece, ...]

    @property
    def slots(self) -> list[Span]:
        """The open slots, in order."""
        return [Span(m.start(), m.end()) for m in OPEN.finditer(self.text)]

    def to_dict(self) -> dict[str, Any]:
        """As plain data; offsets count in ``text``, ``source_`` offsets in the draft or the present levels."""
        rows, at = [], 0
        for piece in self.pieces:
            row: dict[str, Any] = {"start": at, "end": at + len(piece.text), "from": piece.origin}
            if piece.source is not None:
                row |= {"source_start": piece.source.start, "source_end": piece.source.end}
            if piece.why is not None:
                row["why"] = piece.why
            rows.append(row)
            at += len(piece.text)
        return {
            "text": self.text,
            "made_by": self.made_by,
            "score": self.score,
            "score_filled": self.score_filled,
            "slots": [{"start": s.start, "end": s.end, "text": s.of(self.text)} for s in self.slots],
            "provenance": rows,
        }


class Rewrites(list[Rewrite]):
    """Rewrites, the best first, and how many texts a drafter proposed and how many of them passed."""

    def __init__(self, rewrites: Iterable[Rewrite] = (), *, proposed: int = 0, passed: int = 0) -> None:
        super().__init__(rewrites)
        self.proposed, self.passed = proposed, passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A text proposed as a rewrite that nobody is shown, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Goals for one need of a present-levels statement; ``notes`` are the spans that state it."""

    skill: str
    area: str
    notes: tuple[Span, ...]
    rewrites: tuple[Rewrite, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data; the spans count in the present levels."""
        return {
            "skill": self.skill,
            "area": self.area,
            "rests_on": [{"start": s.start, "end": s.end} for s in self.notes],
            "rewrites": [rewrite.to_dict() for rewrite in self.rewrites],
        }


ReadAgain = Callable[[Sequence[str]], list[Review]]


def rewrites(
    review: Review,
    read_again: ReadAgain,
    bank: Bank,
    *,
    drafter: Drafter | None = None,
    review_date: date | None = None,
    n: int = 3,
) -> Rewrites:
    """At most ``n`` rewrites of a reviewed draft, the best first; one of the drafter's is among two or more if any passed.

    Empty where the draft is fine as it is, where it is no goal, or where no candidate passes.
    """
    if is_fine(review) or not review.reading.is_goal or review.facts.adult:
        return Rewrites()
    skills = skills_of(review, bank)
    # Words of a template are only put in where it is plain which skill is meant: a wish may mean another.
    templates = _fitting(review, skills, bank) if skills and _is_plain(review, skills[0], bank) else []
    material = _Material(review=review, review_date=review_date, template=templates[0] if templates else None)
    mended = _edited(material)
    made = [_drafted(replace(material, template=t)) for t in templates]
    if any(d.code in ("S02", "S04") for d in review.diagnostics) and not (
        skills and _is_measured(review, skills[0])
    ):
        # A wish for more than the skill's name may mean any side of it: it stays word for word, first of all.
        mended = _edited(replace(material, template=None))
    # Each candidate is read again, which takes its time: no more are tried than are wanted.
    candidates = [c for c in (mended, *made) if c][: max(n, 3)]
    proposals = drafter.propose(review, skills, _PROPOSALS) if drafter else []
    candidates += [_worked(material, proposed(text, review, review_date)) for text in proposals]
    ranked = _judged(review, candidates, sources_of(review.facts, review_date, skills), read_again)
    own = [made for made in ranked if made.made_by == "model"]
    shown = _differing(ranked)[:n]
    if own and own[0] not in shown and n > 1:
        shown[-1] = own[0]
    return Rewrites(shown, proposed=len(proposals), passed=len(own))


def is_fine(review: Review) -> bool:
    """Whether a draft needs no rewrite: it scores well and holds nothing to mend."""
    total = review.score.total
    return total is not None and total >= FINE and not review.at_or_above("warning")


def drafts(
    known: PresentLevels,
    read_again: ReadAgain,
    bank: Bank,
    *,
    review_date: date | None = None,
    today: date,
    n: int = 3,
) -> list[Drafted]:
    """With no draft: goals for each skill the present levels state a need of, at most ``n`` for each."""
    made: list[Drafted] = []
    for name, notes in _needs(known):
        skill = next(skill for skill in bank.skills if skill.name == name)
        figure = next((f for f in known.levels if f.note in notes), None)
        base = Sources(
            draft="", present_levels=known, notes=notes, review_date=review_date, skills=(skill,), today=today
        )
        meant = [template for template in bank.templates if template.skill == skill]
        ranked = _ranked(meant, figure, [], known.grade, base.rested_on)
        found: list[Rewrite] = []
        candidates = [_from_facts(t, known, figure, review_date, today) for t in ranked[:n]]
        passed = [c for c in candidates if not untraced(c.text, replace(base, worked_out=c.worked_out))]
        for candidate, filled in zip(passed, read_again([c.filled for c in passed]), strict=True):
            if not filled.at_or_above("warning"):
                found.append(_rewrite(candidate, filled))
        if found:
            best = sorted(found, key=lambda made: -made.score_filled)
            spans = tuple(known.notes[i].span for i in notes)
            made.append(Drafted(skill=name, area=skill.area, notes=spans, rewrites=tuple(best)))
    return made


def _needs(known: PresentLevels) -> list[tuple[str, tuple[int, ...]]]:
    """The skills that are stated as a need or measured, in the order of the text, with their notes."""
    groups: dict[str, list[int]] = {}
    for index, note in enumerate(known.notes):
        roles = {figure.role for figure in known.figures if figure.note == index}
        if note.skill is not None and (not roles or roles & {"level", "earlier"}):
            groups.setdefault(note.skill, []).append(index)
    measured = {figure.note for figure in known.levels}
    return [
        (skill, tuple(notes))
        for skill, notes in groups.items()
        if any(
            known.notes[i].kind == "need" or (i in measured and known.notes[i].kind != "strength")
            for i in notes
        )
    ]


# What the candidates are made of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    """A review and what can be put into it."""

    review: Review
    review_date: date | None
    template: Template | None

    @property
    def codes(self) -> set[str]:
        return {d.code for d in self.review.diagnostics}

    @property
    def figure(self) -> Figure | None:
        return self.review.facts.known_start


def skills_of(review: Review, bank: Bank) -> list[Skill]:
    """The skills a rewrite may speak of: the one the draft is about, and those of the facts it rests on."""
    link, known = review.facts.link, review.facts.present_levels
    names = [skill_of(review, bank)] if link is None else [link.skill]
    if link is not None and known is not None:
        own = {skill.area for skill in bank.skills if skill.name == link.skill} or {review.reading.area}
        told = [known.notes[i].skill for i in link.notes if known.notes[i].area in own]
        if link.baseline is not None:
            told.insert(0, known.figures[link.baseline].skill)
        # A vague wish names an area; the present levels say what it is about.
        vague = any(d.code == "S02" for d in review.diagnostics)
        names = [*told, *names] if vague else [*names, *told]
    skills = {skill.name: skill for skill in bank.skills}
    return [skills[name] for name in dict.fromkeys(names) if name is not None]


def skill_of(review: Review, bank: Bank) -> str | None:
    """The name of the skill a draft is about, without present levels."""
    sought = sought_by(review.text, review.reading, ())
    return skill_in(sought.words, sought.area, sought.sure, bank)


_WISHED = frozenset(
    stems(
        "improve increase develop better get getting be become make work on learn grow gain progress growth skill skills "
        "ability level in her his their overall academic performance reading writing math mathematics speech language "
        "communication behavior motor"
    )
)


def _is_plain(review: Review, skill: Skill, bank: Bank) -> bool:
    """Whether a draft plainly speaks of a skill, or of nothing but an area whose skill the present levels measure."""
    words = sought_by(review.text, review.reading, ()).words
    return is_plain(words, skill, bank) or _is_measured(review, skill)


def _is_measured(review: Review, skill: Skill) -> bool:
    """Whether a draft names no more than a skill or its area, and the present levels measure that skill."""
    words = set(stems(sought_by(review.text, review.reading, ()).words))
    figure = review.facts.known_start
    return words <= _WISHED | set(stems(skill.name)) and figure is not None and figure.skill == skill.name


def _fitting(review: Review, skills: Sequence[Skill], bank: Bank) -> list[Template]:
    facts = review.facts
    known = facts.present_levels
    # Templates of the first skill come before those of the others.
    grade = known.grade if known else None
    ranked = [
        template
        for skill in skills
        for template in _ranked(
            [t for t in bank.templates if t.skill == skill],
            facts.known_start,
            facts.targets,
            grade,
            facts.text,
        )
    ]
    return ranked[:_TEMPLATES]


def _ranked(
    templates: Iterable[Template],
    figure: Figure | None,
    targets: Sequence[Measure],
    grade: int | None,
    words: str,
) -> list[Template]:
    """Templates, the fittest first: by the measure of target and baseline, the student's age, the meaning."""
    templates, said = list(templates), set(stems(words))
    acts = [without_slots(template.behavior) for template in templates]
    near = dict(zip(acts, meaning().kept(acts) @ meaning().vectors([words])[0], strict=True)) if acts else {}

    def fitness(template: Template) -> float:
        measure = template.measure
        fit: float = 0.0
        if measure is not None:
            fit += 2.0 * any(comparable(target, measure) for target in targets)
            fit += 3.5 * (figure is not None and comparable(figure.measure, measure))
        own = set(stems(f"{template.condition} {template.behavior} {template.criterion}"))
        fit += 2.5 * len(own & said) / max(len(own), 1) ** 0.5
        fit += 3.0 * float(near[without_slots(template.behavior)])
        if grade is not None:
            fit += 0.8 * (_age(grade) in template.ages)
        return fit - 0.5 * template.alternate

    return sorted(templates, key=lambda t: -fitness(t))


def _age(grade: int) -> str:
    return "elementary" if grade <= 5 else "middle" if grade <= 8 else "high"


def _own(material: _Material, span: Span) -> Piece:
    return Piece(text=span.of(material.review.text), origin="draft", source=span)


def _inside(material: _Material, span: Span) -> Pieces:
    """Words of the draft for the middle of a sentence: "Given a passage" loses its capital."""
    words = span.of(material.review.text)
    if not _LOWERED.match(words):
        return [_own(material, span)]
    first = Piece(text=words[0].lower(), origin="draft", source=Span(span.start, span.start + 1))
    return [first, Piece(text=words[1:], origin="draft", source=Span(span.start + 1, span.end))]


def _deadline(review_date: date | None) -> Pieces:
    """The deadline in words, "by May 20, 2027", or a slot; without the first capital."""
    if review_date is None:
        return [
            Piece(
                text="by [date of the annual review]",
                origin="template",
                stand_ins=("the next annual review",),
            )
        ]
    return [Piece(text="by ", origin="template"), Piece(text=deadline(review_date), origin="review_date")]


def _part(template: Template, part: Literal["condition", "behavior", "method"]) -> Piece:
    return Piece(text=getattr(template, part), origin="template", stand_ins=template.fills[part])


_STANDS = "where the student stands now"


def _baseline(known: PresentLevels, figure: Figure) -> Pieces:
    level = figure.span
    return [
        Piece(text=" (baseline: ", origin="template"),
        Piece(
            text=level.of(known.text),
            origin="present_levels",
            source=level,
            why=_STANDS,
        ),
        Piece(text=")", origin="template"),
    ]


def _criterion(
    template: Template,
    figure: Figure | None,
    known: PresentLevels | None,
    weeks: float | None,
    text: str,
) -> tuple[Pieces, tuple[float, ...]]:
    """The template's criterion; its target is worked out where a norm or the student's own rate allows it."""
    fills = template.fills["criterion"]
    worked = None
    if figure is not None and known is not None and template.measure is not None and weeks is not None:
        worked = _target(figure, known, template.measure, weeks, text)
    if worked is None:
        return [Piece(text=template.criterion, origin="template", stand_ins=fills)], ()
    value, why = worked
    before, slot, after = template.criterion.partition("[target]")
    if not slot:
        return [Piece(text=template.criterion, origin="template", stand_ins=fills)], ()
    ahead = len(slots().findall(before))
    pieces = [
        Piece(text=before, origin="template", stand_ins=fills[:ahead]),
        Piece(text=f"{value:g}", origin="arithmetic", why=why),
        Piece(text=after, origin="template", stand_ins=fills[ahead + 1 :]),
    ]
    return [piece for piece in pieces if piece.text], (value,)


def _target(
    figure: Figure, known: PresentLevels, measure: Measure, weeks: float, text: str
) -> tuple[float, str] | None:
    """A target by typical growth, or by the student's own: (value, the sum in words)."""
    start = figure.measure
    if (
        not comparable(start, measure)
        or measure.out_of is not None
        or (start.share is None) != (measure.share is None)
    ):
        return None
    grade = figure.grade if figure.grade is not None else known.grade
    norm = norm_for(start, grade, text + " " + known.notes[figure.note].span.of(known.text))
    own = own_rate(figure, known)
    if norm is not None:
        rate, told = norm.typical, f"typical growth in grade {norm.grade}, {norm.source}"
    elif own is not None and own > 0:
        rate, told = own, "the student's own growth so far"
    else:
        return None
    value = round(amount(start) + rate * weeks)
    if measure.share is not None and value > 100:
        return None
    return float(
        value
    ), f"{amount(start):g} + {rate:.2g} a week × {weeks:.0f} school weeks = {value} ({told})"


def _worked(material: _Material, candidate: Candidate) -> Candidate:
    """A proposal with its open target worked out where it asks for the unit the student starts in."""
    figure, known, weeks = material.figure, material.review.facts.present_levels, _weeks(material)
    if figure is None or known is None or weeks is None:
        return candidate
    unit = re.sub(r"^[\d.,]+", "", figure.span.of(known.text))
    for index, piece in enumerate(candidate.pieces):
        after = "".join(other.text for other in candidate.pieces[index + 1 :])
        if piece.text == "[target]" and after.startswith(unit):
            worked = _target(figure, known, figure.measure, weeks, candidate.text)
            if worked is not None:
                value, why = worked
                put = Piece(text=f"{value:g}", origin="arithmetic", why=why)
                pieces = (*candidate.pieces[:index], put, *candidate.pieces[index + 1 :])
                return replace(candidate, pieces=pieces, worked_out=(value,))
    return candidate


def _weeks(material: _Material) -> float | None:
    facts = material.review.facts
    if material.review_date is not None:
        return school_weeks(facts.today, material.review_date)
    return next((w for w in (weeks_until(d, facts.today) for d in facts.deadlines) if w), None)


# The draft mended in place

_NO_LEVEL = {"M01", "M10", "M13", "M02", "M05", "M06", "M12"}
_BAD_TIME = {"T02", "T03", "T04", "T05"}


def _more_follows(facts: Facts, behavior: Span) -> int:
    """Where the words end that hang on a behavior and are no part of their own: its own end where none do."""
    starts = [p.span.start for p in facts.reading.parts if p.span.start >= behavior.end]
    rest = facts.text[behavior.end : min(starts, default=len(facts.text))].rstrip(" .,;:(")
    return behavior.end + len(rest) if any(char.isalnum() for char in rest) else behavior.end


def _hangs_on(text: str, end: int, part: Span) -> bool:
    """Whether a part follows right after ``end``, with nothing but a blank or a comma between."""
    return part.start >= end and not text[end : part.start].strip(" ,")


# What is put in where no template fits: open slots that say what is wanted.
_SEEN = Piece(
    text="by [doing what others will see or hear]",
    origin="template",
    stand_ins=("pointing to each picture named",),
)
_GIVEN = Piece(
    text="given [materials, setting or support]", origin="template", stand_ins=("a set of ten picture cards",)
)
_LEVEL = Piece(text="in [how many] of [how many] opportunities", origin="template", stand_ins=("4", "5"))
_MEASURED = Piece(
    text="as measured by [tool, how often]", origin="template", stand_ins=("a weekly teacher tally",)
)


def _edited(material: _Material) -> Candidate | None:
    """The draft with its gaps filled and its vague words replaced, everything else word for word."""
    facts, codes, template = material.review.facts, material.codes, material.template
    text = facts.text
    changes: list[tuple[Span, int, Pieces]] = []  # where, order among insertions at one place, what
    worked: tuple[float, ...] = ()
    head = _head(facts.text)
    learner = facts.learners[0].span if facts.learners else None
    behavior = facts.behaviors[0].span if facts.behaviors else None
    vague = bool(codes & {"S02", "S04"})
    if "S01" in codes or behavior is None or (vague and len(facts.behaviors) > 1):
        return None  # only a person can say what is to be done
    follows = _more_follows(facts, behavior)
    shown = vague and (template is None or follows > behavior.end)
    if shown:  # the wish stays, and says by what it shows, after the circumstances that hang on it
        follows = max(
            [follows, *(c.end for c in facts.reading.of("condition") if _hangs_on(facts.text, follows, c))]
        )
        changes.append((Span(follows, follows), 2, [Piece(text=" ", origin="template"), _SEEN]))
    elif vague and template is not None:
        changes.append((behavior, 0, [_part(template, "behavior")]))
    bad_time = codes & (_BAD_TIME if material.review_date else _BAD_TIME - {"T03"})
    if "T01" in codes or (bad_time and not facts.deadlines):
        changes.append(
            (Span(head, head), 0, [*_deadline(material.review_date), Piece(text=", ", origin="template")])
        )
    elif bad_time:
        changes.append((facts.deadlines[0].span, 0, _deadline(material.review_date)))
    if "S06" in codes:
        at = head if learner is None or learner.start < head else learner.start
        given = _part(template, "condition") if template and vague and not shown else _GIVEN
        changes.append((Span(at, at), 1, [given, Piece(text=", ", origin="template")]))
    after = facts.behaviors[-1].span.end
    if codes & _NO_LEVEL:
        level: Pieces = [_LEVEL]
        if template is not None and not shown:
            meant, worked = _criterion(
                template, material.figure, facts.present_levels, _weeks(material), template.skill.name
            )
            # The teacher's own act keeps a plain level: a template's is worded for the template's act.
            level = meant if vague or worked else level
        if levels := facts.reading.of("criterion"):
            changes.append((levels[0], 0, level))
        elif vague:
            changes[0][2].extend([Piece(text=" ", origin="template"), *level])
        else:
            changes.append((Span(after, after), 2, [Piece(text=" ", origin="template"), *level]))
    end = closing(facts)
    if not facts.baselines and material.figure and facts.present_levels and "A06" not in codes:
        start = material.figure.measure
        measure = (
            facts.targets[0]
            if facts.targets
            else template.measure
            if template and (vague or worked)
            else None
        )
        if comparable(start, measure) if measure else start.share is not None:
            changes.append((Span(end, end), 3, _baseline(facts.present_levels, material.figure)))
    if "M07" in codes:
        measured = _part(template, "method") if template and vague and not shown else _MEASURED
        changes.append((Span(end, end), 4, [Piece(text=", ", origin="template"), measured]))
    for finding in material.review.diagnostics:
        if finding.fix and finding.fix.safety == "safe" and finding.code != "A01":
            changes += [(e.span, 5, [Piece(text=e.text, origin="template")]) for e in finding.fix.edits]
    if not changes:
        return None
    return Candidate(pieces=_merged(text, changes), made_by="edit", worked_out=worked)


def _head(text: str) -> int:
    """Where the statement's own words begin, after a label or a bullet."""
    match = re.match(
        r"\s*(?:(?:annual\s+)?(?:goal|objective)s?\s*#?\d*\s*[:.)-]\s*|[-*•]\s*|\(?\d{1,2}[.)]\s*)*",
        text,
        re.I,
    )
    return match.end() if match and match.end() < len(text) else 0


def _merged(text: str, changes: list[tuple[Span, int, Pieces]]) -> tuple[Piece, ...]:
    """The draft with the changes made; overlapping later ones are left out. The first letter is a capital."""
    pieces: Pieces = []
    at = 0
    head = _head(text)
    for span, _, put in sorted(changes, key=lambda c: (c[0].start, c[1])):
        if span.start < at:
            continue
        if span.start > at:
            pieces.append(Piece(text=text[at : span.start], origin="draft", source=Span(at, span.start)))
        pieces += put
        at = span.end
    if at < len(text):
        pieces.append(Piece(text=text[at:], origin="draft", source=Span(at, len(text))))
    return tuple(_capitalized(pieces, head))


_LOWERED = re.compile(r"(?:Given|When|Whenever|While|During|After|Before|Upon|The|A|An|In|On|At|With|Within|Using|From|He|She|They|Will|Student|Following|Provided|Presented|Across|If|Once|To)\b")  # fmt: skip


def _capitalized(pieces: Pieces, head: int) -> Iterator[Piece]:
    """The first word of the statement gets its capital, a word that was first and no longer is loses it."""
    at, started, first = 0, False, True
    for piece in pieces:
        text, origin, source = piece.text, piece.origin, piece.source
        begins = at >= head or origin != "draft"
        if not started and begins and text.strip():
            started = True
            if text[0].islower():
                yield Piece(text=text[0].upper(), origin="template", why="begins the sentence")
                rest = Span(source.start + 1, source.end) if source else None
                piece = replace(piece, text=text[1:], source=rest)
            first = False
        elif (
            started
            and not first
            and origin == "draft"
            and source
            and source.start == head
            and _LOWERED.match(text)
        ):
            yield Piece(text=text[0].lower(), origin="draft", source=Span(source.start, source.start + 1))
            piece = replace(piece, text=text[1:], source=Span(source.start + 1, source.end))
        at += len(text)
        if piece.text:
            yield piece


# A template drafted from the facts, with what of the draft was right


def _drafted(material: _Material) -> Candidate | None:
    facts, codes, template = material.review.facts, material.codes, material.template
    if template is None:
        return None
    reading, known, figure = facts.reading, facts.present_levels, material.figure
    comma = Piece(text=", ", origin="template")
    times = reading.of("timeframe")
    timed = bool(times) and not codes & {"T01", *(_BAD_TIME if material.review_date else _BAD_TIME - {"T03"})}
    pieces: Pieces = [_own(material, times[0])] if timed else _deadline(material.review_date)
    pieces.append(comma)
    conditions = [] if "S06" in codes else reading.of("condition")
    if conditions and "S09" not in codes:
        pieces += _inside(material, conditions[0])
    else:
        pieces.append(_part(template, "condition"))
    pieces += [comma, _learner(material), Piece(text=" ", origin="template")]
    behaviors = reading.of("behavior")
    kept = bool(behaviors) and not codes & NO_ACT
    if kept and (len(behaviors) > 1 or not behaviors[0].of(facts.text).lower().startswith("will ")):
        return None  # the teacher's own act stays, and only an edit can keep it
    pieces.append(_own(material, behaviors[0]) if kept else _part(template, "behavior"))
    pieces.append(Piece(text=" ", origin="template"))
    worked: tuple[float, ...] = ()
    if facts.targets and not codes & (_NO_LEVEL | {"A02", "A06", "M03"}):
        levels = reading.of("criterion")
        for index, span in enumerate(levels):
            pieces += [Piece(text=" ", origin="template")] if index else []
            pieces.append(_own(material, span))
        measure: Measure | None = facts.targets[0]
    else:
        criterion, worked = _criterion(template, figure, known, _weeks(material), template.skill.name)
        pieces += criterion
        measure = template.measure
    stated = reading.of("baseline")
    if stated and not codes & {"A03", "A04"}:
        words = stated[0].of(facts.text)
        inside = words.startswith("(") or words.lower().startswith("from")
        put = [_own(material, stated[0])]
        if not inside:
            put = [Piece(text="(", origin="template"), *put, Piece(text=")", origin="template")]
        pieces += [Piece(text=" ", origin="template"), *put]
    elif (
        figure is not None
        and known is not None
        and measure is not None
        and comparable(figure.measure, measure)
    ):
        pieces += _baseline(known, figure)
    methods = reading.of("method")
    pieces.append(comma)
    pieces.append(_own(material, methods[0]) if methods and "M07" not in codes else _part(template, "method"))
    pieces.append(Piece(text=".", origin="template"))
    return Candidate(pieces=tuple(_capitalized(pieces, -1)), made_by="template", worked_out=worked)


def _learner(material: _Material) -> Piece:
    facts = material.review.facts
    if facts.learners:
        span = facts.learners[0].span
        words = span.of(facts.text)
        if words.lower() not in ("he", "she", "they") and not slots().search(words):
            return _own(material, span)
    return _named(facts.present_levels)


def _named(known: PresentLevels | None) -> Piece:
    if known and known.names:
        return Piece(text=known.names[0].of(known.text), origin="present_levels", source=known.names[0])
    return Piece(text="[student]", origin="template", stand_ins=("Robin",))


def _from_facts(
    template: Template, known: PresentLevels, figure: Figure | None, review_date: date | None, today: date
) -> Candidate:
    comma = Piece(text=", ", origin="template")
    weeks = school_weeks(today, review_date) if review_date else None
    criterion, worked = _criterion(template, figure, known, weeks, template.skill.name)
    pieces = [*_deadline(review_date), comma, _part(template, "condition"), comma, _named(known)]
    pieces += [
        Piece(text=" ", origin="template"),
        _part(template, "behavior"),
        Piece(text=" ", origin="template"),
    ]
    pieces += criterion
    if figure is not None and template.measure is not None and comparable(figure.measure, template.measure):
        pieces += _baseline(known, figure)
    pieces += [comma, _part(template, "method"), Piece(text=".", origin="template")]
    return Candidate(pieces=tuple(_capitalized(pieces, -1)), made_by="template", worked_out=worked)


# The second reading


def _judged(
    review: Review, candidates: Sequence[Candidate], sources: Sources, read_again: ReadAgain
) -> list[Rewrite]:
    """The candidates that pass, the best first."""
    traced: list[Candidate] = []
    for candidate in candidates:
        told = {other.text for other in traced}
        if candidate.text not in told | {review.text} and not _strays(review, candidate, sources):
            traced.append(candidate)
    kept: list[tuple[float, Candidate, Review]] = []
    for candidate, filled in zip(traced, read_again([c.filled for c in traced]), strict=True):
        if _worsens(review, candidate, filled):
            continue
        # What the teacher wrote and a known baseline are worth a few points, an open slot costs one.
        total = filled.score.total or 0
        worth = total - len(OPEN.findall(candidate.text)) + _WORTH[candidate.made_by]
        worth += _WISH * (candidate.made_by == "model" and bool(acts(review)))
        worth += 3 * _starts(review, candidate)
        kept.append((worth, candidate, filled))
    best = sorted(kept, key=lambda item: -item[0])
    vague = any(d.code == "S02" for d in review.diagnostics)
    return [_rewrite(candidate, filled, vague=vague) for _, candidate, filled in best]


def _differing(ranked: Sequence[Rewrite]) -> list[Rewrite]:
    """The candidates without those of the model that say what a better one of its own says in other order."""
    kept: list[Rewrite] = []
    for made in ranked:
        own = set(stems(made.text))
        alike = (set(stems(k.text)) for k in kept if made.made_by == k.made_by == "model")
        if not any(len(own & theirs) >= _ALIKE * len(own | theirs) for theirs in alike):
            kept.append(made)
    return kept


def _starts(review: Review, candidate: Candidate) -> bool:
    """Whether a candidate says where the student stands now, out of the present levels."""
    figure, known = review.facts.known_start, review.facts.present_levels
    if figure is not None and known is not None and figure.span.of(known.text) in candidate.text:
        return True
    return any(piece.why == _STANDS for piece in candidate.pieces)


def verify(
    review: Review,
    texts: Sequence[str],
    read_again: ReadAgain,
    bank: Bank,
    *,
    review_date: date | None = None,
) -> list[Rewrite | Refused]:
    """What becomes of texts that are proposed as rewrites of a reviewed draft, in order."""
    sources = sources_of(review.facts, review_date, skills_of(review, bank))
    candidates = [proposed(text, review, review_date) for text in texts]
    vague = any(d.code == "S02" for d in review.diagnostics)
    judged: list[Rewrite | Refused] = []
    for candidate, filled in zip(candidates, read_again([c.filled for c in candidates]), strict=True):
        against = _strays(review, candidate, sources) or _worsens(review, candidate, filled)
        judged.append(
            Refused(text=candidate.text, why=against) if against else _rewrite(candidate, filled, vague=vague)
        )
    return judged


def _strays(review: Review, candidate: Candidate, sources: Sources) -> str:
    """What in a candidate comes from nowhere, or which of the teacher's words it lost; empty if nothing."""
    sources = replace(sources, worked_out=candidate.worked_out)
    if candidate.made_by == "model":
        sources = replace(sources, acts=frozenset(map(stem, acts(review))))
        if lost := dropped(review, candidate.text):
            return f"leaves out {lost[0].of(review.text)!r}"
    if found := untraced(candidate.text, sources):
        return f"{found[0].kind} {found[0].span.of(candidate.text)!r} comes from nowhere"
    return ""


def _worsens(review: Review, candidate: Candidate, filled: Review) -> str:
    """Why a candidate is no better than its draft; empty if it is."""
    if not filled.reading.is_goal:
        return f"reads as {filled.reading.kind}, not as a goal"
    least = max(review.score.total or 0, _PASSES if candidate.made_by == "model" else 0)
    if (filled.score.total or 0) < least:
        return f"scores {filled.score.total} once its slots are filled, {least} is wanted"
    if candidate.made_by == "model" and (odd := misread(review, filled)):
        return odd
    return _unmended(review, candidate, filled)


def _unmended(review: Review, candidate: Candidate, filled: Review) -> str:
    """What a candidate gains in findings, or that it loses none; empty where it loses some and gains none.

    What is found in a stand-in alone is none of the candidate's. A missing part that is a hint, and only
    shows once the graver gaps are closed, is no new fault.
    """
    before = {d.code for d in review.diagnostics}
    after = [d for d in filled.diagnostics if not candidate.invented(d.span)]
    for found in after:
        if found.code not in before and not (
            found.severity == "hint" and CATALOGUE[found.code].part is not None
        ):
            return f"gains {found.code}: {found.message}"
    return "" if before - {d.code for d in after} else "mends nothing"


def _rewrite(candidate: Candidate, filled: Review, *, vague: bool = False) -> Rewrite:
    # While a slot of the criterion is open there is none, and a wish whose act is a slot stays one.
    codes = dict.fromkeys(d.code for d in filled.diagnostics)
    levels = filled.reading.of("criterion")
    if OPEN.search(candidate.text):
        codes["G06"] = None
    if all(candidate.invented(span) for span in levels):
        codes["M01"] = None
    if vague and any(candidate.invented(span) for span in filled.reading.of("behavior")):
        codes["S02"] = None
    return Rewrite(
        text=candidate.text,
        made_by=candidate.made_by,
        score=score_of(filled.facts, codes).total or 0,
        score_filled=filled.score.total or 0,
        pieces=candidate.pieces,
    )
