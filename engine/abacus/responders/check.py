"""A worked solution checked on calculation, logic and completeness; an unknown problem is judged on form and sums."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction

from engine.abacus import workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "check a solution"

_SUM = re.compile(
    r"(?<![\w.,^*/+\-×÷={}])(?<![*/+\-×÷}] )(?<!times )(?<!cdot )(?<!div )(?<!\d )"
    r"(-?\d{1,9}(?:\.\d{1,6})?) ?([+\-*/×÷]|\\times|\\cdot|\\div) ?(-?\d{1,9}(?:\.\d{1,6})?) ?= ?"
    r"(-?\d{1,9}(?:\.\d{1,6})?)(?!\w|[.,]\d| \d| ?[*/^×÷+\-\\%(])"
)
"""A sum that stands alone: no part of a longer expression, of a power, or of a congruence."""
_OBJECTIONS = (
    ("Calculation", "The numbers in “{step}” do not come out as stated."),
    ("Logic", "The step “{step}” does not follow from what stands before it."),
    ("Completeness", "The solution jumps to “{step}” without showing why."),
)
_AGREED = (
    "Every step checks out, and working the problem out again gives ${answer}$ too.",
    "No step is wrong or missing, and ${answer}$ is what is asked for.",
    "Each line follows from the one before, and the result ${answer}$ is confirmed.",
)


@dataclass(frozen=True, slots=True)
class SolutionRuling:
    """The three marks and the reason."""

    calculation: bool
    logic: bool
    complete: bool
    reason: str

    @property
    def passes(self) -> bool:
        """Whether nothing speaks against the solution."""
        return self.calculation and self.logic and self.complete


def respond(brief: Brief) -> TaskAnswer:
    """Return the three marks with a reason that names the first wrong step."""
    problem, solution = brief.block("problem"), brief.block("solution")
    checked = workshop.verify(problem, solution)
    belief = _ruling(brief, checked) if checked.known else _on_form(problem, solution)
    slip = brief.slips(brief.persona.wrong_check)
    said = _mistaken(brief, belief, solution) if slip else belief
    truth = {"truth": belief.passes if checked.known else None, "known": checked.known, "slip": slip}
    return TaskAnswer.of(
        ("Calculation", said.calculation),
        ("Logic", said.logic),
        ("Completeness", said.complete),
        ("Reason", said.reason),
        truth=json.dumps(truth),
    )


def _ruling(brief: Brief, checked: workshop.CheckedSolution) -> SolutionRuling:
    calculation, logic, complete = (
        mark is not False for mark in (checked.calculation, checked.logic, checked.complete)
    )
    if checked.answer_right is False and calculation and logic and complete:
        logic = False
    step = checked.first_wrong or "the final answer"
    if not calculation:
        reason = f"The first wrong step is “{_short(step)}”."
    elif not logic:
        reason = f"“{_short(step)}” does not follow, and the final answer is wrong."
    elif not complete:
        reason = f"The solution is not finished: {_short(step)}"
    else:
        worked = workshop.solve(brief.block("problem"))
        answer = worked.answer if worked else "answer"
        reason = brief.rng.choice(_AGREED).format(answer=answer)
    return SolutionRuling(calculation, logic, complete, reason)


def _on_form(problem: str, solution: str) -> SolutionRuling:
    """Judge what can be seen without knowing the problem: sums, a final answer, more than one step."""
    flaw = workshop.inspect(problem, ())
    if flaw.known and flaw.flaw:
        return SolutionRuling(
            True, False, False, f"The problem itself cannot be answered ({flaw.detail or flaw.flaw})."
        )
    wrong = next((hit[0] for hit in _SUM.finditer(solution) if not _holds(hit)), "")
    boxed = "\\boxed" in solution
    steps = sum(bool(line.strip()) for line in solution.splitlines())
    if wrong:
        return SolutionRuling(False, True, boxed, f"“{_short(wrong)}” is wrong; the rest I can only judge on form.")
    if not boxed:
        return SolutionRuling(
            True, True, False, "There is no final answer in a box; beyond that I can only judge the form."
        )
    if steps < 2:
        return SolutionRuling(True, True, False, "An answer stands there without steps; I can only judge the form.")
    return SolutionRuling(True, True, True, "Judged on form only: the steps are in order and end in an answer.")


def _holds(hit: re.Match[str]) -> bool:
    left, right, result = Fraction(hit[1]), Fraction(hit[3]), Fraction(hit[4])
    sign = hit[2]
    if sign in ("/", "÷", "\\div"):
        # A quotient is often rounded, so half a unit of the last digit that is written is allowed.
        digits = len(hit[4].partition(".")[2])
        return right != 0 and abs(left / right - result) <= Fraction(1, 2 * 10**digits)
    value = {"+": left + right, "-": left - right}.get(sign, left * right)
    return value == result


def _mistaken(brief: Brief, belief: SolutionRuling, solution: str) -> SolutionRuling:
    """Turn a ruling around: find fault with a right solution, or let a wrong one pass."""
    if not belief.passes:
        return SolutionRuling(
            True, True, True, "The steps follow from each other and lead to the answer that is asked for."
        )
    lines = [line.strip() for line in solution.splitlines() if line.strip()] or ["the whole solution"]
    mark, phrase = brief.rng.choice(_OBJECTIONS)
    reason = phrase.format(step=_short(brief.rng.choice(lines)))
    return SolutionRuling(mark != "Calculation", mark != "Logic", mark != "Completeness", reason)


def _short(step: str) -> str:
    return step if len(step) <= 160 else f"{step[:157]}..."
