"""Understanding a statement from its text alone: which families, which numbers, how they hang together, and the answer.

A composed problem defines quantities (`Let $A$ be …`) and ends in a question that uses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from engine.abacus import remarks
from engine.abacus.families import ALL
from engine.abacus.notation import bracket, tex
from engine.abacus.problem_family import (
    NO_QUESTION,
    VERBS,
    ProblemFamily,
    RecognisedText,
    WorkedSolution,
    whole,
    worked,
)
from engine.abacus.reckoner import value
from engine.abacus.wording import Params

MISSING = "missing condition"
CONTRADICTION = "contradiction"
LEAK = "leaks the answer"
WRONG_FACT = "wrong fact"
NO_ASK = "no question"

_LONGEST = 4000
_DEFINITION = re.compile(
    r"(?:Let \$(?P<a>[A-Z])\$ (?:be|denote)|Denote by \$(?P<b>[A-Z])\$) (?P<noun>.+?)\.(?= |$)"
)  # fmt: skip
_TOTAL = re.compile(rf"(?:{'|'.join(VERBS)}) (?:the value of )?\$(?P<what>(?:[-+A-Z0-9() ]|\\cdot)+)\$[.?]")
_LETTER = re.compile(r"(?<![A-Za-z\\])([A-Z])(?![A-Z])")
_REVERSED = re.compile(
    r"(?P<body>.+?) (?:equals|is equal to) \$(?P<target>-?\d{1,15})\$, where \$(?P<letter>[a-z])\$ is a positive"
    r" integer not exceeding \$(?P<top>\d{1,4})\$\. Find \$(?P=letter)\$\."
)


@dataclass(frozen=True, slots=True)
class StatementPart:
    """One family's share of a statement: its numbers, the letter its answer goes by, and the letters it uses."""

    family: ProblemFamily
    wording: int
    params: Params
    worked: WorkedSolution
    letter: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement says. `worked` is None where the statement has no determined answer."""

    parts: tuple[StatementPart, ...]
    worked: WorkedSolution | None
    families: tuple[ProblemFamily, ...]
    flaw: str | None = None
    detail: str = ""
    reversed: bool = False


class _Stuck(Exception):
    """The statement stops making sense: with a flaw that we can name, or `None` where we do not understand it."""

    def __init__(self, flaw: str | None, detail: str = "", family: ProblemFamily | None = None) -> None:
        super().__init__(detail)
        self.flaw, self.detail, self.family = flaw, detail, family


@lru_cache(maxsize=4096)
def read(statement: str) -> Reading | None:
    """Return what the statement says, None where no family recognises it."""
    if len(statement) > _LONGEST:
        return None
    cleared = remarks.clear(statement)
    parts: list[StatementPart] = []
    try:
        solution, backwards = _understand(cleared.text, parts)
        _honour(cleared, parts)
    except _Stuck as stuck:
        families = [p.family for p in parts] + ([stuck.family] if stuck.family else [])
        if not families:
            return None
        return Reading(tuple(parts), None, tuple(families), stuck.flaw, stuck.detail)
    flaw, detail = _blemish(cleared)
    return Reading(tuple(parts), solution, tuple(p.family for p in parts), flaw, detail, backwards)


def _blemish(cleared: remarks.Cleared) -> tuple[str | None, str]:
    if cleared.false_fact:
        return WRONG_FACT, cleared.false_fact
    return (LEAK, "the statement tells the result") if cleared.leak else (None, "")


def _understand(text: str, parts: list[StatementPart]) -> tuple[WorkedSolution, bool]:
    backwards = _REVERSED.fullmatch(text)
    if backwards:
        return _search(backwards, parts), True
    known: dict[str, Fraction] = {}
    at = 0
    for hit in _DEFINITION.finditer(text):
        letter = hit["a"] or hit["b"]
        setting = text[at : hit.start()].strip()
        part = _part(f"{setting} Find {hit['noun']}.".strip(), known, letter)
        parts.append(part)
        number = value(part.worked.answer)
        if number is None:
            raise _Stuck(None, f"${letter}$ is not a number")
        known[letter] = number
        at = hit.end()
    return _finish(text[at:].strip(), known, parts), False


def _finish(rest: str, known: Mapping[str, Fraction], parts: list[StatementPart]) -> WorkedSolution:
    """Solve the question at the end, which may be another family's or a sum of the defined quantities."""
    if not rest:
        raise _Stuck(NO_ASK, "nothing is asked" if known else "the statement is empty")
    total = _TOTAL.fullmatch(rest)
    if total and known:
        return _total(total["what"], known, parts)
    part = _part(rest, known, "")
    parts.append(part)
    return _joined(parts, part.worked.answer)


def _total(what: str, known: Mapping[str, Fraction], parts: list[StatementPart]) -> WorkedSolution:
    for letter in _LETTER.findall(what):
        if letter not in known:
            raise _Stuck(MISSING, f"${letter}$ is never defined")
    shown = _put(what, known)
    number = value(shown)
    if number is None:
        raise _Stuck(None, f"{what} cannot be evaluated")
    result = worked(number)
    return _joined(parts, result.answer, f"Put the values together: ${what} = {shown} = {result.answer}$.")


def _joined(parts: list[StatementPart], answer: str, last: str = "") -> WorkedSolution:
    """Return the steps of all parts as one solution."""
    if len(parts) == 1 and not last:
        return parts[0].worked
    steps: list[str] = []
    for number, part in enumerate(parts, 1):
        lead = f"Find ${part.letter}$ first. " if part.letter and number == 1 else ""
        lead = lead or (f"Now find ${part.letter}$. " if part.letter else "")
        body = part.worked.steps[:-1]
        steps += [lead + body[0], *body[1:]] if body else [lead.strip()]
        if part.letter:
            steps.append(f"So ${part.letter} = {part.worked.answer}$.")
    return worked(answer, *steps, *([last] if last else []))


def _part(text: str, known: Mapping[str, Fraction], letter: str) -> StatementPart:
    """Return the family that recognises the text, with the known letters put in."""
    filled = _fill(text, known)
    uses = tuple(dict.fromkeys(name for name in _maths_letters(text) if name in known))
    found = _recognise(filled)
    if found is None:
        _explain(filled)
        raise _Stuck(None, "no family recognises the text")
    params = found.family.params(found.values)
    if params is None or not found.family.valid(*params):
        clashes = params is not None and found.family.clash(*params)
        raise _Stuck(
            CONTRADICTION if clashes else None, f"the conditions of the {found.family.name} contradict", found.family
        )
    return StatementPart(found.family, found.wording, params, found.family.solve(params), letter, uses)


def _recognise(text: str) -> RecognisedText | None:
    return next((found for made in ALL if (found := made.recognise(text))), None)


def _explain(text: str) -> None:
    """Raise with the reason where the text is a family's but for a missing number or a missing question."""
    for made in ALL:
        found = made.recognise_loosely(text)
        if found and found.letters:
            letters = ", ".join(f"${letter}$" for letter in dict.fromkeys(found.letters.values()))
            raise _Stuck(MISSING, f"{letters} is not given", made)
    if f"{NO_QUESTION} " in text:
        found = _recognise(f"Find {text.removeprefix(f'{NO_QUESTION} ')}") if text.startswith(NO_QUESTION) else None
        found = found or _recognise(text.replace(f" {NO_QUESTION} ", " Find "))
        if found:
            raise _Stuck(NO_ASK, "nothing is asked", found.family)


def _search(hit: re.Match[str], parts: list[StatementPart]) -> WorkedSolution:
    """Solve a reversed problem: which value of the letter gives the stated result?"""
    setting, _, noun = f". {hit['body']}".rpartition(". ")
    text = f"{setting.removeprefix('. ').removeprefix('.')}. Find " if setting.strip(". ") else "Find "
    letter, target, top = hit["letter"], int(hit["target"]), int(hit["top"])
    found = next((f for lead in (noun, noun[:1].lower() + noun[1:]) for f in _loosely(f"{text}{lead}.")), None)
    if found is None or set(found.letters.values()) != {letter} or len(found.letters) != 1:
        raise _Stuck(None, "no family recognises the text")
    name = next(iter(found.letters))
    tried: list[tuple[int, Params, WorkedSolution]] = []
    for candidate in range(1, top + 1):
        params = found.family.params({**found.values, name: candidate})
        if params is not None and found.family.valid(*params):
            solution = found.family.solve(params)
            if whole(solution.answer) == target:
                tried.append((candidate, params, solution))
    if len(tried) != 1:
        flaw = MISSING if tried else CONTRADICTION
        raise _Stuck(flaw, f"{len(tried)} values of ${letter}$ fit", found.family)
    number, params, solution = tried[0]
    parts.append(StatementPart(found.family, found.wording, params, solution))
    return worked(
        number,
        f"Work backwards: test which positive integer ${letter}$ up to ${top}$ gives ${target}$.",
        f"Take ${letter} = {number}$.",
        *solution.steps[:-1],
        f"The result is ${target}$ as required, and no other value of ${letter}$ in the range gives it.",
    )


def _loosely(text: str) -> list[RecognisedText]:
    return [found for made in ALL if (found := made.recognise_loosely(text)) and found.letters]


def _honour(cleared: remarks.Cleared, parts: list[StatementPart]) -> None:
    """Check the claims of the statement against its own values."""
    for claim in cleared.claims:
        for part in parts:
            number = whole(part.worked.answer)
            if claim.letter:
                clashes = claim.letter == part.letter and number != claim.number
            else:
                asked = cleared.text.endswith(f"{claim.what}.") or cleared.text.endswith(f"{claim.what}?")
                clashes = asked and part is parts[-1] and number is not None and number <= claim.number
            if clashes:
                raise _Stuck(CONTRADICTION, f"the given value {claim.number} contradicts the other conditions")


def _maths_letters(text: str) -> list[str]:
    return [name for formula in text.split("$")[1::2] for name in _LETTER.findall(formula)]


def _fill(text: str, known: Mapping[str, Fraction]) -> str:
    """Put the known letters in, between dollar signs only: the article A is no quantity."""
    if not known:
        return text
    pieces = text.split("$")
    for at in range(1, len(pieces), 2):
        pieces[at] = _LETTER.sub(lambda hit: tex(known[hit[1]]) if hit[1] in known else hit[1], pieces[at])
    return "$".join(pieces)


def _put(what: str, known: Mapping[str, Fraction]) -> str:
    """Write the values for the letters; `2A` becomes a product with a sign, or it would read as a longer number."""
    spaced = re.sub(r"(\d)(?=[A-Z])", r"\1 \\cdot ", what)
    return _LETTER.sub(lambda hit: bracket(known[hit[1]]), spaced)
