"""The workshop of the embedded engine: it writes problems for knowledge points, solves them from their text, and marks.

Everything is exact and offline, and depends on the arguments and the random generator alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from engine.abacus import marking, remarks
from engine.abacus.composing import ComposedDraft, FamilyShare, compose, feed, settle
from engine.abacus.families import ALL
from engine.abacus.flaws import FLAWS, IGNORES, plant
from engine.abacus.lexicon import lexicon
from engine.abacus.marking import CheckedSolution, mark
from engine.abacus.matching import match, plain
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, whole
from engine.abacus.reading import Reading, read

FAMILIES: tuple[ProblemFamily, ...] = ALL

__all__ = [
    "FAMILIES",
    "FLAWS",
    "CheckedSolution",
    "Inspected",
    "ProblemFamily",
    "WorkedSolution",
    "Written",
    "all_points",
    "concepts_of",
    "difficulty_of",
    "distract",
    "embed",
    "harden",
    "inspect",
    "points_of",
    "reverse",
    "solve",
    "spoil",
    "vary",
    "verify",
    "write",
]  # fmt: skip

_MOST = 3
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Written:
    """A problem with its truth. `flaw` names what was planted; then `worked` solves the problem as it was before."""

    statement: str
    worked: WorkedSolution
    families: tuple[str, ...]
    points: tuple[str, ...]
    flaw: str | None
    difficulty: float


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a statement is worth for the points asked; `known` is False where no family recognises it."""

    known: bool
    flaw: str | None = None
    covered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    detail: str = ""


def write(points: Sequence[str], rng: random.Random, *, flaw: str | None = None, hardness: float = 0.5) -> Written:
    """Return a problem that needs the points as well as the families can; a `flaw` of FLAWS is planted where it fits.

    Where the flaw asked for does not fit the problem another one is planted, so that the result is flawed all the same.
    """
    wanted = tuple(points)[:_MOST] or (rng.choice(all_points()),)
    for _ in range(_TRIES):
        kept = _ignoring(wanted, rng) if flaw == IGNORES else wanted
        draft = _compose(_choose(kept, rng), rng, hardness)
        if flaw is None:
            return _written(draft)
        if flaw == IGNORES:
            if inspect(draft.statement, wanted).flaw == IGNORES:
                return _written(draft, flaw=flaw)
            continue
        for kind in (flaw, *(f for f in FLAWS if f not in (flaw, IGNORES))):
            planted = plant(draft, kind, rng)
            if planted:
                return _written(draft, planted, kind)
    return write(wanted, rng, flaw=FLAWS[0] if flaw == IGNORES else None, hardness=hardness)


def _ignoring(wanted: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """Return the points without one of them; for a single point, some other point."""
    if len(wanted) > 1:
        left_out = rng.randrange(len(wanted))
        return tuple(point for i, point in enumerate(wanted) if i != left_out)
    return (rng.choice(all_points()),)


def _choose(points: Sequence[str], rng: random.Random) -> list[ProblemFamily]:
    """Return a family for each point; a family that serves two of them stands once."""
    chosen: list[ProblemFamily] = []
    for point in points:
        options = match(point).families
        if any(made in options for made in chosen):
            continue
        usable = [made for made in options if made.composable or len(points) == 1] or list(options)
        chosen.append(rng.choice(usable))
    return chosen


def _compose(families: Sequence[ProblemFamily], rng: random.Random, hardness: float) -> ComposedDraft:
    """Return the families in one problem; one that cannot go with the others is left out rather than none written."""
    for count in range(len(families), 0, -1):
        try:
            return compose(families[:count], rng, hardness)
        except ValueError:
            if count == 1:
                raise
    raise ValueError("no family to write from")


def _written(draft: ComposedDraft, statement: str = "", flaw: str | None = None) -> Written:
    truth = draft.reading.worked
    assert truth is not None, "a draft reads as sound"
    names = tuple(dict.fromkeys(share.family.name for share in draft.shares))
    points = tuple(dict.fromkeys(point for share in draft.shares for point in share.family.points))
    return Written(statement or draft.statement, truth, names, points, flaw, _difficulty(draft.reading))


def solve(statement: str) -> WorkedSolution | None:
    """Return the worked solution from the text alone; None where it is unknown, unsolvable or inconsistent."""
    reading = read(statement)
    return reading.worked if reading else None


def spoil(worked: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str]:
    """Return a believable wrong solution, and what is wrong with it."""
    return marking.spoil(worked, rng)


def verify(statement: str, solution: str) -> CheckedSolution:
    """Return what is right and wrong in a solution; unknown where the statement cannot be solved from its text."""
    truth = solve(statement)
    return mark(truth, solution) if truth else CheckedSolution(known=False)


def inspect(statement: str, points: Sequence[str]) -> Inspected:
    """Return the flaw of a statement, and which of the points it needs, from the text alone."""
    reading = read(statement)
    if reading is None:
        return Inspected(known=False)
    here = set(reading.families)
    rests = {plain(point) for made in here for point in made.points}
    covered = tuple(p for p in points if plain(p) in rests or (match(p).close and here & set(match(p).families)))
    missing = tuple(p for p in points if p not in covered)
    flaw = reading.flaw or (IGNORES if missing else None)
    known = reading.worked is not None or reading.flaw is not None
    return Inspected(known, flaw, covered, missing, reading.detail)


def points_of(statement: str) -> tuple[str, ...]:
    """Return the knowledge points a known statement rests on, an empty tuple for an unknown one."""
    reading = read(statement)
    return tuple(dict.fromkeys(p for made in reading.families for p in made.points)) if reading else ()


def concepts_of(statement: str) -> tuple[str, ...]:
    """Return the points of a known statement; of an unknown one those that its wording shows and a family serves."""
    shown = (hit.entry.name for hit in lexicon().find(statement))
    return points_of(statement) or tuple(name for name in shown if match(name).families)


def difficulty_of(statement: str) -> float | None:
    """Return the difficulty from 0 to 1 of a known statement."""
    reading = read(statement)
    return _difficulty(reading) if reading else None


def _difficulty(reading: Reading) -> float:
    """Return the hardest part's level, raised for further parts, for quantities handed on, and for long solutions."""
    levels = sorted((made.level for made in reading.families), reverse=True)
    handed_on = sum(bool(part.uses) for part in reading.parts)
    steps = len(reading.worked.steps) if reading.worked else 0
    raised = levels[0] + 0.12 * (len(levels) - 1) + 0.05 * handed_on + 0.01 * max(0, steps - 5) + 0.1 * reading.reversed
    return round(min(0.95, max(0.05, raised)), 2)


def all_points() -> tuple[str, ...]:
    """Return the names of all points that a family rests on, sorted."""
    return tuple(sorted({point for made in FAMILIES for point in made.points}))


def vary(statement: str, rng: random.Random) -> Written | None:
    """Return the same kind of problem with other numbers, None for an unknown statement."""
    reading = _sound(statement)
    if reading is None:
        return None
    for _ in range(_TRIES):
        draft = _compose([part.family for part in reading.parts], rng, 0.5)
        if draft.statement != statement:
            return _written(draft)
    return None


def harden(statement: str, rng: random.Random) -> Written | None:
    """Return the problem with a further step: its answer is used by another family; None where that cannot be."""
    reading = _sound(statement)
    if reading is None:
        return None
    families = [part.family for part in reading.parts]
    before = _difficulty(reading)
    further = [made for made in FAMILIES if made.composable and made not in families]
    for _ in range(_TRIES):
        extra = [rng.choice(further)] if len(families) < _MOST else []
        written = _written(_compose([*families, *extra], rng, 1.0))
        if written.difficulty > before:
            return written
    return None


def embed(statement: str, rng: random.Random) -> Written | None:
    """Return a problem that has the given one as its first step: another family goes on with the answer.

    None for an unknown statement, and where no family can go on with its answer.
    """
    reading = _sound(statement)
    if reading is None or reading.reversed or reading.parts[-1].letter or len(reading.parts) >= _MOST:
        return None
    shares = [FamilyShare(p.family, p.params, p.wording, p.worked.answer, fed=bool(p.uses)) for p in reading.parts]
    further = [made for made in FAMILIES if made.composable and made.slot and made not in reading.families]
    for made in rng.sample(further, min(len(further), 2 * _TRIES)):
        fed = feed(made, shares[-1], rng, 0.7)
        draft = settle([*shares, fed], rng) if fed else None
        if draft:
            return _written(draft)
    return None


def reverse(statement: str, rng: random.Random) -> Written | None:
    """Return the problem turned around: the result is given, a number is asked; None where that is not unique."""
    reading = _sound(statement)
    if reading is None or len(reading.parts) != 1:
        return None
    part = reading.parts[0]
    answer = whole(part.worked.answer)
    slot = part.family.slot
    if answer is None or slot is None or part.wording not in part.family.slot_wordings():
        return None
    kept = part.params[part.family.names.index(slot)]
    if not isinstance(kept, int) or not 0 < kept < 1000:
        return None
    letter = next(c for c in "nktw" if f"{c}" not in _symbols(statement))
    setting, noun = part.family.clause(part.params, part.wording, {slot: letter})
    top = min(9999, 10 * (kept // 10 + 1 + rng.randint(0, 4)))
    asked = f"{setting} {noun[:1].upper()}{noun[1:]} equals ${answer}$".strip()
    turned = f"{asked}, where ${letter}$ is a positive integer not exceeding ${top}$. Find ${letter}$."
    again = read(turned)
    if again is None or again.worked is None or again.flaw:
        return None
    share = FamilyShare(part.family, part.params, part.wording, again.worked.answer)
    return _written(ComposedDraft(turned, (share,), again))


def _symbols(statement: str) -> set[str]:
    return {letter for formula in statement.split("$")[1::2] for letter in formula}


def distract(statement: str, rng: random.Random) -> Written | None:
    """Return the problem with a sentence that has nothing to do with it; the answer stays."""
    reading = _sound(statement)
    if reading is None:
        return None
    idle = rng.choice(remarks.IDLE).fill({"n": rng.randint(3, 60)}, rng.randrange(100))
    shares = tuple(FamilyShare(p.family, p.params, p.wording, p.worked.answer) for p in reading.parts)
    longer = f"{idle} {' '.join(statement.split())}"
    again = read(longer)
    return _written(ComposedDraft(longer, shares, again)) if again and again.worked else None


def _sound(statement: str) -> Reading | None:
    reading = read(statement)
    return reading if reading and reading.worked and not reading.flaw else None
