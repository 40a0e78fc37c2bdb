"""A solved problem told as a statement, and asked for each of its numbers; now and then a block is spoilt."""

from __future__ import annotations

import json

from engine.abacus import telling
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "state a solved problem and hide each of its numbers"

_MOST = 8


def respond(brief: Brief) -> TaskAnswer:
    """Return the statement and its blocks of target and question, the given problem last; else plain words."""
    problem, answer = " ".join(brief.block("problem").split()), " ".join(brief.block("answer").split())
    parts = telling.cut(problem)
    if parts is None or not answer:
        return TaskAnswer("I cannot put this problem and its answer into one statement.")
    gap = "" if telling.chinese(problem) else " "
    fact = telling.declared(parts.asked, answer)
    letter = telling.free_letter(f"{problem} {answer}")
    asked = f"求{letter}。" if telling.chinese(problem) else f" What is {letter}?"
    hidden = telling.hidden(parts.told, letter, _MOST)
    blocks = [(value, f"{text}{gap}{fact}{asked}") for value, text in hidden]
    blocks.append((answer, problem))
    lines = [f"Target: {target}\nQuestion: {question}" for target, question in blocks]
    spoilt = brief.slips(brief.persona.flawed_problem)
    if spoilt:
        at = brief.rng.randrange(len(lines))
        target, question = blocks[at]
        lines[at] = brief.rng.choice((f"Target: {target}", f"Target: {target}7\nQuestion: {question}"))
    told = f"{parts.told}{gap}{fact}".strip()
    truth = json.dumps({"blocks": len(blocks), "slip": spoilt})
    problems = [{"target": target, "question": question} for target, question in blocks]
    members = {"statement": told, "problems": problems}
    return TaskAnswer("\n".join([f"Statement: {told}", *lines]), truth=truth, members=members)
