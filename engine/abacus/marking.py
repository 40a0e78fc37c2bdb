"""Marking solutions against the truth, and making believable wrong ones."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from engine.abacus.notation import tex
from engine.abacus.problem_family import WorkedSolution, worked
from engine.abacus.reckoner import boxed, false_equation, same, value

_RESULT = re.compile(r"= (-?\d{1,9})(?=\$|\.\$)")
_SIGN = re.compile(r"(?<=\d) ([+-]) (?=\d)")
_BOX_LINE = re.compile(r"\\boxed")


@dataclass(frozen=True, slots=True)
class CheckedSolution:
    """What is true of a solution; all None where the problem is not known. `first_wrong` is a step, or ''."""

    known: bool
    answer_right: bool | None = None
    calculation: bool | None = None
    logic: bool | None = None
    complete: bool | None = None
    first_wrong: str = ""


def mark(truth: WorkedSolution, solution: str) -> CheckedSolution:
    """Return what is right and what is wrong in a solution of a problem whose truth is known."""
    lines = [line.strip() for line in solution.splitlines() if line.strip()]
    found = boxed(solution)
    right = found is not None and same(found, truth.answer)
    miscalculated = next((line for line in lines if false_equation(line)), "")
    astray = _astray(truth, lines)
    dropped = _dropped(truth, lines)
    complete = found is not None and not dropped
    logic = right or bool(miscalculated) or found is None
    if miscalculated == "" and not right and found is not None:
        logic = False
    first = (
        miscalculated
        or ("" if right and complete else astray)
        or ("" if complete else dropped or "the answer is missing")
    )
    return CheckedSolution(True, right, not miscalculated, logic, complete, first)


def _astray(truth: WorkedSolution, lines: list[str]) -> str:
    """Return the first line that leaves the expected way, '' where the solution goes a way of its own."""
    expected = set(truth.steps)
    if not expected & set(lines):
        return next((line for line in reversed(lines) if _BOX_LINE.search(line)), "")
    return next((line for line in lines if line not in expected), "")


def _dropped(truth: WorkedSolution, lines: list[str]) -> str:
    """Return a step of the expected way that a solution following it leaves out, '' where there is none."""
    given = set(lines)
    body = truth.steps[:-1]
    common = sum(step in given for step in body)
    if common == 0 or len(lines) >= len(truth.steps):
        return ""
    left_out = next((step for step in body if step not in given), "")
    return f"this step is missing: {left_out}" if left_out else ""


def spoil(solution: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str]:
    """Return a believable wrong solution and what is wrong with it."""
    makers = list(_SPOILERS)
    rng.shuffle(makers)
    for make in makers:
        made = make(solution, rng)
        if made is not None:
            return made
    return _no_box(solution)


def _slip(solution: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str] | None:
    """Make an arithmetic slip in one step and carry it on."""
    places = [(i, hit) for i, step in enumerate(solution.steps[:-1]) for hit in _RESULT.finditer(step)]
    places = [(i, hit) for i, hit in places if false_equation(_swap(solution.steps[i], hit, int(hit[1]) + 1))]
    if not places:
        return None
    at, hit = rng.choice(places)
    true = int(hit[1])
    wrong = true + rng.choice((-10, -2, -1, 1, 2, 10))
    steps = list(solution.steps[:-1])
    steps[at] = _swap(steps[at], hit, wrong)
    answer = _shifted(solution.answer, true, wrong)
    if answer is None:
        return None
    bad = worked(answer, *steps)
    return bad, f"arithmetic slip in step {at + 1}: {wrong} instead of {true}"


def _swap(step: str, hit: re.Match[str], number: int) -> str:
    return f"{step[: hit.start(1)]}{number}{step[hit.end(1) :]}"


def _shifted(answer: str, true: int, wrong: int) -> str | None:
    number = value(answer)
    if number is None:
        return None
    return tex(wrong if number == true else number + (wrong - true))


def _sign(solution: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str] | None:
    """Turn a sign in one step around, and with it the answer."""
    places = [(i, hit) for i, step in enumerate(solution.steps[:-1]) for hit in _SIGN.finditer(step)]
    number = value(solution.answer)
    if not places or number is None:
        return None
    at, hit = rng.choice(places)
    steps = list(solution.steps[:-1])
    turned = "+" if hit[1] == "-" else "-"
    steps[at] = f"{steps[at][: hit.start(1)]}{turned}{steps[at][hit.end(1) :]}"
    answer = -number if number and rng.random() < 0.4 else number + rng.choice((2, 4, 6, -2))
    return worked(answer, *steps), f"sign error in step {at + 1}: {turned} instead of {hit[1]}"


def _skip(solution: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str] | None:
    """Leave a step out and take the number before it for the result."""
    number = value(solution.answer)
    if number is None or len(solution.steps) < 3:
        return None
    at = rng.randrange(1, len(solution.steps) - 1)
    steps = [step for i, step in enumerate(solution.steps[:-1]) if i != at]
    answer = number + rng.choice((1, 2, 3, 5)) * (1 if rng.random() < 0.7 else -1)
    return worked(answer, *steps), f"step {at + 1} is left out and the answer is wrong"


def _wrong_rule(solution: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str] | None:
    """Take the right numbers to a wrong result at the very end."""
    number = value(solution.answer)
    if number is None:
        return None
    name, change = rng.choice(_RULES)
    answer = change(number)
    if answer == number:
        return None
    steps = [*solution.steps[:-1], name]
    return worked(answer, *steps), f"wrong last step: {name}"


_RULES: tuple[tuple[str, Callable[[Fraction], Fraction]], ...] = (
    ("Both orders have to be counted, so the result is doubled.", lambda v: v * 2),
    ("Each case was counted twice, so the result is halved.", lambda v: v / 2),
    ("The starting value must be counted as well, so we add one.", lambda v: v + 1),
    ("The starting value must not be counted, so we subtract one.", lambda v: v - 1),
)


def _early(solution: WorkedSolution, rng: random.Random) -> tuple[WorkedSolution, str] | None:
    """Stop before the result."""
    if len(solution.steps) < 3:
        return None
    kept = solution.steps[: rng.randrange(1, len(solution.steps) - 1)]
    return WorkedSolution(kept, ""), "the solution stops before the answer"


def _no_box(solution: WorkedSolution, rng: random.Random | None = None) -> tuple[WorkedSolution, str]:
    """Give the answer without a box, or not at all."""
    return WorkedSolution((*solution.steps[:-1], "This completes the solution."), ""), "the final answer is not stated"


_SPOILERS: tuple[Callable[[WorkedSolution, random.Random], tuple[WorkedSolution, str] | None], ...] = (
    _slip,
    _slip,
    _sign,
    _skip,
    _wrong_rule,
    _early,
    _no_box,
)
