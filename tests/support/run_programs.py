"""Programs for workers under test, named on their command line as `--programs run_programs:PROGRAMS`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from engine.core import reply_parsing
from engine.core.protocol import Chat, Item, Message, Phase, Program, PromptRef, Sampling, Way, ask
from engine.core.records import KnowledgePoint, Problem, content_id
from engine.runs.plan import Plan

PATH = str(Path(__file__).parent)


def chat(text: str, role: str = "writer", prompt: str = "tests/draft") -> Chat:
    return Chat(role, (Message("user", text),), PromptRef(prompt, "0" * 12), Sampling(max_tokens=64))


def chain(plan_id: str, number: int, rereads: int = 2) -> Way[str]:
    """Two calls, the second from the reply of the first; a problem and its revision."""
    item_id = f"item-{number}"
    draft, reply = yield from ask(chat(f"draft {number}"), lambda text: reply_parsing.after(text, "Problem"), rereads)
    problem = Problem(content_id("P", plan_id, item_id), plan_id, item_id, draft, "tester", reply_id=reply.id)
    yield problem
    question = chat(f"revise {draft}", prompt="tests/revise")
    better, again = yield from ask(question, lambda text: reply_parsing.after(text, "Problem"), rereads)
    yield replace(problem, id=content_id("P", plan_id, item_id, 2), statement=better, parent_id=problem.id,
                  reply_id=again.id)  # fmt: skip
    return "revised"


def chains(plan_id: str, count: int) -> Iterator[Item]:
    for number in range(count):
        yield Item(f"item-{number}", lambda n=number: chain(plan_id, n))  # type: ignore[misc]


def generate(plan: Plan, run_dir: Path) -> Program:
    yield KnowledgePoint.make("Before the phase")
    yield Phase("write", plan.total, chains(plan.id, plan.total))
    yield KnowledgePoint.make("After the phase")


def computing(plan: Plan, run_dir: Path) -> Program:
    """Compute for a while without a call: 1.5 s, or half a second per item of the plan."""
    time.sleep(max(1.5, plan.total / 2))
    yield KnowledgePoint.make("Computed")


def broken(plan: Plan, run_dir: Path) -> Program:
    yield KnowledgePoint.make("Before the bug")
    raise ZeroDivisionError("a bug in the program")


PROGRAMS = {"generate": generate, "knowledge": computing, "map": broken}
