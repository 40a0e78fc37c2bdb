"""A store with problems of every method, each with what its run would have said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.core.records import Problem, Verdict
from engine.core.settings import Recipe
from engine.runs.plan import GeneratePlan
from engine.store import Store
from tests.support.store_factories import a_problem, a_score, a_solution

WAYS = ("gsdp", "agenticmath", "flames", "continual", "house")
REFUSAL = "I cannot solve this problem."
_TEXT = "A {thing} keeper counts {n} of them on day {day}. How many {thing}s are there after {n} more days?"
_THINGS = ("apple", "bridge", "candle", "drum", "eagle", "fork", "garden", "hat", "island", "jar", "kite", "lamp",
           "mill", "nest", "oven", "pear", "quilt", "rope", "sail", "tower")  # fmt: skip


def fill_methods(store: Store) -> dict[str, dict[str, Problem]]:
    """Put runs of all five recipes into the store; return the problems by method and by what is told of them."""
    made = _Made(store)
    for way in WAYS:
        recipe = Recipe(name=way, title=way, way=way, roles={})
        store.runs.register(GeneratePlan(id=f"{way}-1", recipe=recipe, total=4, created=1.0), "")
    made.add("gsdp", "good", {"problem_score": 0.9})
    made.add("gsdp", "below", {"problem_score": 0.8})
    made.add("gsdp", "vetoed", {"problem_score": 0.9}, veto=0.0)
    made.add("gsdp", "refused", {"problem_score": 0.9}, answer=None)
    made.add("agenticmath", "best", {"problem_score": 0.96, "joint_curated": 5.0})
    made.add("agenticmath", "next", {"problem_score": 0.92, "joint_curated": 3.0})
    made.add("agenticmath", "not taken", {"problem_score": 0.98, "joint_curated": 1.0}, veto=0.0)
    made.add("agenticmath", "seed", {"problem_score": 0.2}, agent="seed")
    made.add("flames", "called unsolvable", {"problem_score": 0.0})
    made.add("flames", "solvable", {"problem_score": 1.0})
    made.add("flames", "refused", {"problem_score": 1.0}, answer=None, veto=0.0)
    made.add("continual", "in the screen", {"problem_score": 1.0, "difficulty": 0.5})
    made.add("continual", "too easy", {"problem_score": 1.0, "difficulty": 0.29})
    worse = made.add("continual", "mended", {"problem_score": 0.0, "difficulty": 0.2}, veto=0.0)
    made.add("continual", "better", {}, veto=None, agent="self_refine", parent_id=worse.id)
    made.add("house", "good", {"problem_score": 0.85})
    made.add("house", "below", {"problem_score": 0.5})
    return made.found


KEPT: Mapping[str, Sequence[str]] = {
    "gsdp": ("good",),
    "agenticmath": ("best", "next", "seed"),
    "flames": ("called unsolvable", "solvable"),
    "continual": ("in the screen", "better"),
    "house": ("good",),
}
"""What each method keeps of its own, as published."""


class _Made:
    def __init__(self, store: Store) -> None:
        self.store, self.found, self.count = store, {way: {} for way in WAYS}, 0

    def add(
        self,
        way: str,
        name: str,
        scores: Mapping[str, float],
        *,
        answer: str | None = "7",
        veto: float | None = 1.0,
        **fields: object,
    ) -> Problem:
        """Add a problem of a method with its solution and what was said of both."""
        n = self.count = self.count + 1
        text = _TEXT.format(thing=_THINGS[n], n=n + 3, day=2 * n)
        problem = a_problem(n, f"{way}-1", statement=text, combination_id=None, **fields)
        written = REFUSAL if answer is None else f"Counting gives \\boxed{{{answer}}}."
        solution = a_solution(problem, text=written, answer=answer)
        self.store.problems.add([problem])
        self.store.problems.add_solutions([solution])
        self.store.verdicts.add(a_score(problem, value, name) for name, value in scores.items())
        if veto is not None:
            self.store.verdicts.add(
                [Verdict.make(problem.run_id, "solution", solution.id, "solution_veto", "rule", veto, "said",
                              problem_id=problem.id, at=problem.at)]
            )  # fmt: skip
        self.found[way][name] = problem
        return problem
