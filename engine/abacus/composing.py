"""Putting families together: one defines a quantity, the next goes on with it, or a question asks for their sum."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.abacus.problem_family import ProblemFamily, whole
from engine.abacus.reading import Reading, read
from engine.abacus.reckoner import value
from engine.abacus.wording import Params

LETTERS = "ABCKLMNPRST"
_TOTALS = {2: ("{0} + {1}", "{0} - {1}", r"{0} \cdot {1}", "2{0} + {1}", "{0} + 3{1}"),
           3: ("{0} + {1} + {2}", "{0} + {1} - {2}", r"{0} \cdot {1} + {2}")}  # fmt: skip
_DEFINE = ("Let ${letter}$ be {noun}.", "Let ${letter}$ denote {noun}.", "Denote by ${letter}$ {noun}.")
_ASK = ("Find ${what}$.", "What is ${what}$?", "Determine ${what}$.", "Calculate the value of ${what}$.")
_TRIES = 12
_ORDERS = 4
_CAPITAL = re.compile(r"(?<![A-Za-z\\])([A-Z])(?![A-Z])")
_LARGEST = 10**6


@dataclass(frozen=True, slots=True)
class FamilyShare:
    """One family with its numbers and its wording; `fed` tells that its slot takes the answer of the share before."""

    family: ProblemFamily
    params: Params
    wording: int
    answer: str
    fed: bool = False


@dataclass(frozen=True, slots=True)
class ComposedDraft:
    """A statement with the shares it was put together from, and what it reads as."""

    statement: str
    shares: tuple[FamilyShare, ...]
    reading: Reading


def compose(families: Sequence[ProblemFamily], rng: random.Random, size: float) -> ComposedDraft:
    """Return a sound problem that needs all the families, feeding one another where they can."""
    for attempt in range(_TRIES):
        shares = _best(families, rng, size) if attempt % 2 == 0 else _draw(families, rng, size)
        draft = settle(shares, rng) if shares else None
        if draft:
            return draft
    raise ValueError(f"{' + '.join(f.name for f in families)} did not go together in {_TRIES} tries")


def _best(families: Sequence[ProblemFamily], rng: random.Random, size: float) -> list[FamilyShare] | None:
    """Return the order, of a few, in which most families feed one another: a chain reads better than a sum."""
    found: list[list[FamilyShare]] = []
    for _ in range(_ORDERS if len(families) > 1 else 1):
        shares = _draw(rng.sample(families, len(families)), rng, size)
        if shares:
            found.append(shares)
        if shares and all(share.fed for share in shares[1:]):
            break
    return max(found, key=lambda shares: sum(share.fed for share in shares), default=None)


def settle(shares: Sequence[FamilyShare], rng: random.Random) -> ComposedDraft | None:
    """Return the shares as a statement that reads back as sound, None where it does not."""
    statement = _write(shares, rng)
    reading = read(statement)
    if reading is None or reading.worked is None or reading.flaw:
        return None
    return ComposedDraft(statement, tuple(shares), reading)


def _draw(order: Sequence[ProblemFamily], rng: random.Random, size: float) -> list[FamilyShare] | None:
    shares: list[FamilyShare] = []
    for made in order:
        before = shares[-1] if shares else None
        share = feed(made, before, rng, size) if before else None
        share = share or _free(made, rng, size)
        if len(order) > 1 and value(share.answer) is None:
            return None
        shares.append(share)
    return shares


def _free(made: ProblemFamily, rng: random.Random, size: float) -> FamilyShare:
    params = made.draw(rng, size)
    return FamilyShare(made, params, rng.randrange(len(made.wordings)), made.solve(params).answer)


def feed(made: ProblemFamily, before: FamilyShare, rng: random.Random, size: float) -> FamilyShare | None:
    """Return the family with the answer of the share before in its slot, None where that does not fit."""
    number = whole(before.answer)
    wordings = made.slot_wordings()
    if number is None or number < 2 or not wordings:
        return None
    for _ in range(_TRIES):
        params = made.with_slot(made.draw(rng, size), number)
        if params is None:
            continue
        answer = made.solve(params).answer
        result = whole(answer)
        if result is not None and abs(result) < _LARGEST:
            return FamilyShare(made, params, rng.choice(wordings), answer, fed=True)
    return None


def _write(shares: Sequence[FamilyShare], rng: random.Random) -> str:
    names = letters_for(shares)
    if len(shares) == 1:
        return _question(shares[0], {}, rng)
    open_ends: list[str] = []
    sentences: list[str] = []
    for at, (share, name) in enumerate(zip(shares, names, strict=True)):
        given = {share.family.slot: names[at - 1]} if share.fed and share.family.slot else {}
        if share.fed:
            open_ends.remove(names[at - 1])
        if at == len(shares) - 1 and not open_ends:
            sentences.append(_question(share, given, rng))
            break
        setting, noun = share.family.clause(share.params, share.wording, given)
        sentences += [setting, rng.choice(_DEFINE).format(letter=name, noun=noun)]
        open_ends.append(name)
    else:
        what = _pick_total(open_ends, shares, names, rng)
        sentences.append(rng.choice(_ASK).format(what=what))
    return " ".join(sentence for sentence in sentences if sentence)


def _pick_total(ends: Sequence[str], shares: Sequence[FamilyShare], names: Sequence[str], rng: random.Random) -> str:
    """Return a combination of the letters; products only where the numbers stay readable."""
    size: dict[str, Fraction] = {
        name: abs(value(share.answer) or Fraction(0)) for name, share in zip(names, shares, strict=True)
    }
    forms = _TOTALS.get(len(ends), ("{0}",))
    if max(size[end] for end in ends) > 300:
        forms = tuple(form for form in forms if "cdot" not in form)
    ordered = sorted(ends, key=lambda end: -size[end]) if "{0} - {1}" in forms else list(ends)
    form = rng.choice(forms)
    return form.format(*(ordered if " - " in form else ends))


def _question(share: FamilyShare, given: Mapping[str, str], rng: random.Random) -> str:
    """Return the share as a whole statement, in its own wording."""
    forms = share.family.wordings[share.wording].forms
    first = sum(len(w.forms) for w in share.family.wordings[: share.wording])
    return share.family.state(share.params, first + rng.randrange(len(forms)), given)


def letters_for(shares: Sequence[FamilyShare]) -> list[str]:
    """Return a letter for each share that stands in none of their texts."""
    taken: set[str] = set()
    for share in shares:
        for form in share.family.wordings[share.wording].forms:
            taken |= set(_CAPITAL.findall("".join(p for p in form.pieces if isinstance(p, str))))
    return [letter for letter in LETTERS if letter not in taken][: len(shares)]
