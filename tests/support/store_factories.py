"""Records with good defaults, and a run directory to ingest."""

from __future__ import annotations

from pathlib import Path

from engine.core.records import (
    Combination,
    ItemDone,
    JournalRecord,
    KnowledgePoint,
    Problem,
    ReplyRow,
    Seed,
    SeedPoint,
    Solution,
    Verdict,
    content_id,
)
from engine.core.settings import Recipe
from engine.runs.journal import Journal
from engine.runs.plan import GeneratePlan, Plan, save_plan
from engine.store import Store


def a_plan(run_id: str = "run-1", total: int = 3) -> Plan:
    recipe = Recipe(name="gsdp", title="Graph combinations", roles={})
    return GeneratePlan(id=run_id, recipe=recipe, total=total, created=1_000.0)


def a_seed(n: int = 0, **fields: object) -> Seed:
    return Seed.make("ours", f"What is {n} + {n}?", solution=f"It is \\boxed{{{2 * n}}}", answer=str(2 * n), **fields)


def a_reply(n: int = 0, run_id: str = "run-1", **fields: object) -> ReplyRow:
    values: dict[str, object] = {
        "id": content_id("R", run_id, n),
        "run_id": run_id,
        "item_id": f"item-{n}",
        "role": "writer",
        "model": "abacus-large",
        "prompt_id": "agents/graph_problem",
        "prompt_hash": "0123456789abcdef",
        "request": "[]",
        "text": f"Problem: What is {n}?",
        "finish": "stop",
        "tokens_in": 10,
        "tokens_out": 5,
        "seconds": 0.25,
        "cost": 0.001,
        "at": 1_000.0 + n,
    }
    return ReplyRow(**{**values, **fields})  # type: ignore[arg-type]


def a_problem(n: int = 0, run_id: str = "run-1", **fields: object) -> Problem:
    values: dict[str, object] = {
        "id": content_id("P", run_id, n),
        "run_id": run_id,
        "item_id": f"item-{n}",
        "statement": f"Find the sum of the first {n} odd numbers.",
        "agent": "graph_problem",
        "points": ("Arithmetic sequences", "Odd numbers"),
        "kind": "one-hop",
        "distance": 1,
        "weight": 3,
        "combination_id": Combination.make("one-hop", ("Arithmetic sequences", "Odd numbers"), 1, 3).id,
        "reply_id": content_id("R", run_id, n),
        "at": 1_000.0 + n,
    }
    return Problem(**{**values, **fields})  # type: ignore[arg-type]


def a_solution(problem: Problem, index: int = 0, **fields: object) -> Solution:
    text = f"The sum is a square. \\boxed{{{index}}}"
    values: dict[str, object] = {"text": text, "answer": str(index), "at": problem.at}
    ident = content_id("S", problem.id, index)
    return Solution(ident, problem.id, problem.run_id, index, **{**values, **fields})  # type: ignore[arg-type]


def a_score(problem: Problem, value: float | None, name: str = "problem_score", **fields: object) -> Verdict:
    made = {"problem_id": problem.id, "at": problem.at, **fields}
    return Verdict.make(problem.run_id, "problem", problem.id, name, "rule", value, f"scored {value}", **made)


def a_whole_item(n: int, run_id: str = "run-1") -> list[JournalRecord]:
    """Everything that a run says about one item."""
    problem = a_problem(n, run_id)
    return [
        a_reply(n, run_id),
        problem,
        a_solution(problem),
        a_score(problem, round(0.5 + (n % 50) / 100, 2)),
        a_score(problem, 1.0, "solution_veto"),
        ItemDone(run_id, f"item-{n}", "judged", 1_000.0 + n),
    ]


def a_run(root: Path, items: int = 3, run_id: str = "run-1") -> Path:
    """A run directory whose journal holds `items` finished items and what they rest on."""
    directory = root / "runs" / run_id
    save_plan(directory, a_plan(run_id, items))
    combination = Combination.make("one-hop", ("Arithmetic sequences", "Odd numbers"), 1, 3)
    append(directory, [combination, *(record for n in range(items) for record in a_whole_item(n, run_id))])
    return directory


def append(directory: Path, records: list[JournalRecord]) -> None:
    journal = Journal(directory / "journal")
    for record in records:
        journal.append(record)
    journal.close()


def fill(store: Store, problems: int = 3) -> list[Problem]:
    """Put a run with some judged problems into the store."""
    made = [a_problem(n) for n in range(problems)]
    store.runs.register(a_plan(total=problems), "")
    store.replies.add(a_reply(n) for n in range(problems))
    store.combinations.add([Combination.make("one-hop", ("Arithmetic sequences", "Odd numbers"), 1, 3)])
    store.problems.add(made)
    store.problems.add_solutions(a_solution(problem) for problem in made)
    store.verdicts.add(a_score(problem, 0.9) for problem in made)
    return made


def points_of(store: Store, incidence: dict[str, list[int]]) -> dict[str, str]:
    """Add points that rest on the seeds with these numbers; return the id of each name."""
    seeds = {n for numbers in incidence.values() for n in numbers}
    store.seeds.add(a_seed(n) for n in seeds)
    made = [KnowledgePoint.make(name) for name in incidence]
    store.points.add(made)
    store.points.link(
        SeedPoint(a_seed(n).id, KnowledgePoint.make(name).id) for name, numbers in incidence.items() for n in numbers
    )
    return {point.name: point.id for point in made}
