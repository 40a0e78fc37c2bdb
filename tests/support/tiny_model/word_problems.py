"""Lessons for the tiny model: problems of the embedded workshop in the very prompts that the studio sends.

A statement that `is_held_out` never comes into a lesson, neither to be solved nor to be written.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from engine.abacus.families import ALL
from engine.abacus.problem_family import ProblemFamily
from engine.core import prompts
from engine.core.records import Request
from engine.knowledge import requests

NAMES = (
    "change at the till",
    "times as many",
    "collecting and sharing",
    "direct proportion",
    "distance and time",
    "planting trees",
    "undoing operations",
    "profit",
    "third angle",
    "outfits",
    "handshakes",
    "sharing in a ratio",
    "fraction of a quantity",
    "order of operations",
)
FAMILIES: tuple[ProblemFamily, ...] = tuple(family for family in ALL if family.name in NAMES)
POINTS: tuple[str, ...] = tuple(dict.fromkeys(point for family in FAMILIES for point in family.points))
"""What a request to the tiny model may ask for."""
LARGEST = 0.25
"""Size of the numbers at difficulty 0.9; the workshop goes up to 1."""
_HELD_OUT = 12
_ASK = r"Put the final answer in \boxed{}."
_SYSTEMS = ("You are a helpful assistant.", "You are good at mathematics.", "Please reason step by step.")
_MISTAKES = (-10, -2, -1, 1, 2, 10)


@dataclass(frozen=True, slots=True)
class Exercise:
    """A problem with its worked solution."""

    family: ProblemFamily
    statement: str
    solution: str
    answer: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A conversation: turns of (role, content), and the answer to them that is learnt."""

    turns: tuple[tuple[str, str], ...]
    answer: str


def is_held_out(statement: str) -> bool:
    """Whether the statement belongs to the twelfth part that is kept for tests."""
    return int.from_bytes(blake2b(statement.encode(), digest_size=4).digest(), "big") % _HELD_OUT == 0


def exercise(
    rng: random.Random, families: tuple[ProblemFamily, ...] = FAMILIES, difficulty: float | None = None
) -> Exercise:
    """Draw an exercise; a difficulty from 0.1 to 0.9 sets how large its numbers are."""
    family = rng.choice(families)
    level = difficulty if difficulty is not None else rng.choice((0.1, 0.3, 0.5, 0.7, 0.9))
    params = family.draw(rng, LARGEST * (level - 0.1) / 0.8)
    worked = family.solve(params)
    return Exercise(family, family.state(params, rng.randrange(family.texts)), worked.text, worked.answer)


def drawn(rng: random.Random, held_out: bool, **given: object) -> Exercise:
    """Draw an exercise on one side of the split."""
    while True:
        found = exercise(rng, **given)  # type: ignore[arg-type]
        if is_held_out(found.statement) == held_out:
            return found


def lessons(seed: int) -> Iterator[Lesson]:
    """Yield lessons without end: most to solve, two in five to answer a request, the rest to mend one's own sample."""
    rng = random.Random(seed)
    while True:
        share = rng.random()
        yield _solving(rng) if share < 0.55 else _requested(rng) if share < 0.93 else _mended(rng)


def solving(statement: str) -> tuple[tuple[str, str], ...]:
    """Return the turns by which the studio has a problem solved."""
    return _turns("solving/solve", problem=statement)


def asking(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the turns by which the studio puts a request."""
    return _turns("agents/request_problem", request=requests.text(request))


def request(rng: random.Random) -> Request:
    """Draw a request over the points of the families."""
    wanted = rng.sample(POINTS, rng.choice((1, 1, 2, 3)))
    difficulty = rng.choice((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9))
    return Request.make(rng.choice(requests.TYPES), tuple(wanted), difficulty)


def answering(rng: random.Random, asked: Request, held_out: bool = False) -> Exercise:
    """Draw an exercise that answers a request: of a family with as many of its points as there is."""
    shared = {family: len(set(family.points) & set(asked.points)) for family in FAMILIES}
    best = tuple(family for family, count in shared.items() if count == max(shared.values()))
    return drawn(rng, held_out, families=best, difficulty=asked.difficulty)


def sample(found: Exercise) -> str:
    """Return question and solution behind their markers, as a request wants them."""
    return f"Question: {found.statement}\nSolution: {found.solution}"


def _solving(rng: random.Random) -> Lesson:
    found = drawn(rng, held_out=False)
    way = rng.random()
    if way < 0.45:
        turns = solving(found.statement)
    elif way < 0.7:
        turns = _turns("solving/self_play", question=found.statement)
    else:
        asked = f"{found.statement}\n\n{_ASK}" if way < 0.8 else found.statement
        turns = (("user", asked),)
        turns = (("system", rng.choice(_SYSTEMS)), *turns) if rng.random() < 0.3 else turns
    return Lesson(turns, found.solution)


def _requested(rng: random.Random) -> Lesson:
    asked = request(rng)
    return Lesson(asking(asked), sample(answering(rng, asked)))


def _mended(rng: random.Random) -> Lesson:
    """One's own sample with a slip in its last number, which is to be put right."""
    asked = request(rng)
    found = answering(rng, asked)
    spoilt = _spoilt(found, rng) if rng.random() < 0.7 else found.solution
    turns = _turns(
        "agents/self_refine",
        request=requests.text(asked),
        question=found.statement,
        solution=spoilt,
        second=found.solution if rng.random() < 0.7 else "",
        feedback="" if spoilt == found.solution else rng.choice(("The answer is wrong.", "", "A step is wrong.")),
    )
    return Lesson(turns, sample(found))


def _spoilt(found: Exercise, rng: random.Random) -> str:
    if not found.answer.isdigit():
        return found.solution
    wrong = str(max(0, int(found.answer) + rng.choice(_MISTAKES)))
    return found.solution.replace(found.answer, wrong)


def _turns(prompt: str, **holes: str) -> tuple[tuple[str, str], ...]:
    return tuple((turn.role, turn.content) for turn in prompts.load(prompt).fill(**holes))
