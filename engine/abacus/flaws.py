"""Planting a flaw in a sound problem, of the kinds that reviewers look for."""

from __future__ import annotations

import random
from collections.abc import Callable

from engine.abacus import remarks
from engine.abacus.composing import ComposedDraft, FamilyShare
from engine.abacus.problem_family import NO_QUESTION, VERBS, whole
from engine.abacus.reading import CONTRADICTION, LEAK, MISSING, NO_ASK, WRONG_FACT, read
from engine.abacus.wording import Hole, Params, Template, Value

IGNORES = "ignores a point"
FLAWS = (MISSING, CONTRADICTION, LEAK, IGNORES, WRONG_FACT, NO_ASK)
_UNKNOWN = "kmpqtuw"
_TRIES = 40


def plant(draft: ComposedDraft, flaw: str, rng: random.Random) -> str | None:
    """Return the statement with the flaw in it, None where this problem has no room for it."""
    planted = _PLANTERS[flaw](draft, rng)
    reading = read(planted) if planted else None
    return planted if reading is not None and reading.flaw == flaw else None


def _missing(draft: ComposedDraft, rng: random.Random) -> str | None:
    """Put a letter that nobody explains in place of a number."""
    options = [(part, name) for part in draft.shares for name in part.family.names]
    rng.shuffle(options)
    for share, name in options:
        wording = share.family.wordings[share.wording]
        for template in (wording.setup, wording.noun, *wording.forms[:1]):
            stated = _replaced(draft.statement, template, name, rng)
            if stated:
                return stated
    return None


def _replaced(statement: str, template: Template, name: str, rng: random.Random) -> str | None:
    """Return the statement with the number in that hole replaced by a letter that does not occur in it."""
    hole = next((p for p in template.pieces if isinstance(p, Hole) and p.name == name), None)
    hit = template.loose.search(statement) if hole else None
    if hole is None or hit is None:
        return None
    symbols = {c for formula in statement.split("$")[1::2] for c in formula}
    letter = rng.choice([c for c in _UNKNOWN if c not in symbols])
    start, end = hit.span(name)
    dollars = statement[start - 1 : start] == "$" or hole.maths
    changed = statement[:start] + (letter if dollars else f"${letter}$") + statement[end:]
    reading = read(changed)
    return changed if reading is not None and reading.flaw == MISSING else None


def _contradiction(draft: ComposedDraft, rng: random.Random) -> str | None:
    """Change a number so that the conditions exclude each other; failing that, add a claim that is not true."""
    if len(draft.shares) == 1:
        broken = _broken(draft.shares[0], rng)
        if broken:
            return broken
    return _false_claim(draft, rng)


def _broken(share: FamilyShare, rng: random.Random) -> str | None:
    made = share.family
    for _ in range(_TRIES):
        params = _shaken(share.params, rng)
        if made.clash(*params):
            statement = made.state(params, rng.randrange(made.texts))
            found = made.recognise(statement)
            if found and made.params(found.values) == params:
                return statement
    return None


def _shaken(params: Params, rng: random.Random) -> Params:
    """Return the numbers with one of them changed a good deal, or two of them exchanged."""
    changed: list[Value] = list(params)
    at = rng.randrange(len(changed))
    kept = changed[at]
    if isinstance(kept, int):
        other = rng.randrange(len(changed))
        if rng.random() < 0.5 and isinstance(changed[other], int):
            changed[at], changed[other] = changed[other], kept
        else:
            changed[at] = rng.choice((kept * rng.randint(2, 9), kept + rng.randint(1, 60), max(1, kept // 4)))
    return tuple(changed)


def _false_claim(draft: ComposedDraft, rng: random.Random) -> str | None:
    part = draft.reading.parts[-1]
    answer = whole(part.worked.answer)
    if answer is None:
        return None
    letters = [p.letter for p in draft.reading.parts if p.letter]
    if letters:
        letter = rng.choice(letters)
        true = next(whole(p.worked.answer) for p in draft.reading.parts if p.letter == letter) or 0
        claim = remarks.equal(letter, true + rng.randint(1, 9))
        head, _, question = draft.statement.rpartition(". ")
        return f"{head}. {claim} {question}"
    setting, noun = part.family.clause(part.params, part.wording)
    return f"{setting} Find {noun}. {remarks.above(noun, answer + rng.randint(1, 20))}".strip()


def _leak(draft: ComposedDraft, rng: random.Random) -> str | None:
    solution = draft.reading.worked
    if solution is None:
        return None
    return f"{draft.statement} {rng.choice(remarks.LEAKS).text.replace('<v>', solution.answer)}"


def _wrong_fact(draft: ComposedDraft, rng: random.Random) -> str | None:
    facts = remarks.FALSE_FACTS[rng.choice(draft.shares).family.area]
    return f"{rng.choice(facts)} {draft.statement}"


def _no_question(draft: ComposedDraft, rng: random.Random) -> str | None:
    """Leave the question out."""
    parts = draft.reading.parts
    if len(parts) > 1:
        head, _, last = draft.statement.rpartition(". ")
        return f"{head}." if last.startswith(VERBS) else None
    setting, noun = parts[0].family.clause(parts[0].params, parts[0].wording)
    return f"{setting} {NO_QUESTION} {noun}.".strip()


_PLANTERS: dict[str, Callable[[ComposedDraft, random.Random], str | None]] = {
    MISSING: _missing,
    CONTRADICTION: _contradiction,
    LEAK: _leak,
    WRONG_FACT: _wrong_fact,
    NO_ASK: _no_question,
}
