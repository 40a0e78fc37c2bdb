"""Solves a problem step by step after one worked example (AgenticMath, stage 3)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import prompts
from engine.core.protocol import Sampling, Talk, ask
from engine.generation.solvers.solve import FORM, SolvedProblem, read
from engine.verification.answers import find_answer

PROMPT = "solving/one_shot"


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """The one worked example that is shown."""

    problem: str
    solution: str


_ENGLISH = WorkedExample(
    "A rectangle is three times as long as it is wide, and its perimeter is 56 cm. What is its area in square cm?",
    "Let the width be $w$ cm. Then the length is $3w$ cm.\n"
    "The perimeter is $2(w + 3w) = 8w$, so $8w = 56$ and $w = 7$.\n"
    "The length is $3 \\cdot 7 = 21$, and the area is $7 \\cdot 21 = 147$.\n"
    "The answer is $\\boxed{147}$.",
)
_CHINESE = WorkedExample(
    "一个长方形的长是宽的 3 倍，周长是 56 厘米。它的面积是多少平方厘米？",
    "设宽为 $w$ 厘米，则长为 $3w$ 厘米。\n周长为 $2(w + 3w) = 8w$，所以 $8w = 56$，$w = 7$。\n"
    "长为 $3 \\times 7 = 21$，面积为 $7 \\times 21 = 147$。\n答案是 $\\boxed{147}$。",
)


def example_for(statement: str) -> WorkedExample:
    """Return the worked example in the language of the statement."""
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in statement)
    return _CHINESE if chinese >= 4 else _ENGLISH


def solve(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SolvedProblem]:
    """Ask the solver in `role` once, with exactly one example before the problem (AM-15)."""
    prompt = prompts.load(PROMPT)
    shown = example_for(statement)
    messages = prompt.fill(example_problem=shown.problem, example_solution=shown.solution, problem=statement)
    text, reply = yield from ask(FORM.chat(role, messages, prompt.ref, sampling), read, reread)
    return SolvedProblem(text, find_answer(text), reply)
