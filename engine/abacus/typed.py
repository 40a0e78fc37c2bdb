"""Question types around a problem: true or false, choice, blank, proof, problem set; and the way back to the problem.

Every wrapping can be read again from its text alone, so that a question of any type is solved as the problem inside it.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from engine.abacus import workshop
from engine.abacus.notation import tex
from engine.abacus.problem_family import WorkedSolution, worked
from engine.abacus.reckoner import same, value

_CLAIM = re.compile(
    r"\ATrue or false\? The answer to the following problem is \$(?P<claim>.+?)\$\.\n(?P<inside>.+)\Z", re.S
)
_SHOW = re.compile(r"\AShow that the answer to the following problem is \$(?P<claim>.+?)\$\.\n(?P<inside>.+)\Z", re.S)
_BLANK = re.compile(r"\AFill in the blank\. (?P<inside>.+)\nAnswer: ____\Z", re.S)
_CHOICE = re.compile(r"\AChoose the right answer\. (?P<inside>.+)\n(?P<options>\(A\) .+)\Z", re.S)
_OPTION = re.compile(r"\(([A-D])\) \$(.+?)\$(?=\s|\Z)")
_SET = re.compile(r"\AThis set has two parts\.\n\(a\) (?P<first>.+)\n\(b\) (?P<second>.+)\Z", re.S)


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """A question of some type with its worked solution."""

    text: str
    worked: WorkedSolution


def ask(
    kind: str, written: workshop.Written, rng: random.Random, second: workshop.Written | None = None
) -> TypedQuestion:
    """Put a written problem as a question of `kind`; a problem set needs a second one. Unknown kinds stay plain."""
    statement, truth = written.statement, written.worked
    if kind == "true or false":
        claim = truth.answer if rng.random() < 0.5 else _near(truth.answer, rng)
        text = f"True or false? The answer to the following problem is ${claim}$.\n{statement}"
    elif kind == "proof":
        text = f"Show that the answer to the following problem is ${truth.answer}$.\n{statement}"
    elif kind == "fill in the blank":
        text = f"Fill in the blank. {statement}\nAnswer: ____"
    elif kind == "multiple choice":
        text = f"Choose the right answer. {statement}\n{_options(truth.answer, rng)}"
    elif kind == "problem set" and second:
        text = f"This set has two parts.\n(a) {statement}\n(b) {second.statement}"
    else:
        return TypedQuestion(statement, truth)
    return TypedQuestion(text, solve(text) or truth)


def solve(text: str) -> WorkedSolution | None:
    """Return the worked solution of a question of any type from its text alone; None where it is not known."""
    whole = text.strip()
    if hit := _SET.match(whole):
        return _both(workshop.solve(hit["first"]), workshop.solve(hit["second"]))
    if hit := _CLAIM.match(whole):
        truth = workshop.solve(hit["inside"])
        return _judged(truth, hit["claim"]) if truth else None
    if hit := _CHOICE.match(whole):
        truth = workshop.solve(hit["inside"])
        return _picked(truth, hit["options"]) if truth else None
    if hit := _SHOW.match(whole) or _BLANK.match(whole):
        return workshop.solve(hit["inside"])
    return workshop.solve(whole)


def inside(text: str) -> str:
    """Return the problem that a question of any type is about; of a set the first one."""
    whole = text.strip()
    if hit := _SET.match(whole):
        return hit["first"]
    hit = _CLAIM.match(whole) or _CHOICE.match(whole) or _SHOW.match(whole) or _BLANK.match(whole)
    return hit["inside"] if hit else whole


def kind_of(text: str) -> str:
    """Return the question type that a text has."""
    whole = text.strip()
    kinds = {
        "problem set": _SET, "true or false": _CLAIM, "multiple choice": _CHOICE, "proof": _SHOW,
        "fill in the blank": _BLANK,
    }  # fmt: skip
    return next((kind for kind, pattern in kinds.items() if pattern.match(whole)), "problem solving")


def _judged(truth: WorkedSolution, claim: str) -> WorkedSolution:
    right = same(claim, truth.answer)
    word = "true" if right else "false"
    closing = f"The claim says ${claim}$, so it is {word}."
    return worked(rf"\text{{{word.capitalize()}}}", *truth.steps[:-1], f"The answer is ${truth.answer}$.", closing)


def _picked(truth: WorkedSolution, options: str) -> WorkedSolution | None:
    letter = next((hit[1] for hit in _OPTION.finditer(options) if same(hit[2], truth.answer)), None)
    if letter is None:
        return None
    return worked(
        rf"\text{{{letter}}}", *truth.steps[:-1], f"The answer is ${truth.answer}$, which is option {letter}."
    )


def _both(first: WorkedSolution | None, second: WorkedSolution | None) -> WorkedSolution | None:
    if first is None or second is None:
        return None
    steps = ["(a)", *first.steps[:-1], f"So (a) is ${first.answer}$.", "(b)", *second.steps[:-1]]
    return worked(f"{first.answer}, {second.answer}", *steps, f"So (b) is ${second.answer}$.")


def _near(answer: str, rng: random.Random) -> str:
    number = value(answer)
    return tex(number + rng.choice((-2, -1, 1, 2, 3))) if number is not None else f"{answer} + 1"


def _options(answer: str, rng: random.Random) -> str:
    number = value(answer)
    others = [f"{answer} + {n}" for n in (1, 2, 3)]
    if number is not None:
        others = [tex(number + step) for step in rng.sample((-3, -2, -1, 1, 2, 3, 5), 3)]
    listed = rng.sample([answer, *others], 4)
    return " ".join(f"({letter}) ${each}$" for letter, each in zip("ABCD", listed, strict=True))
