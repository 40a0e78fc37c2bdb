"""A question with its solution by a request: type, concepts and difficulty are read from the words of the request."""

from __future__ import annotations

import json
import re

from engine.abacus import typed, workshop
from engine.abacus.problem_family import WorkedSolution
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "write a question with its solution by a request"

_POINTS = re.compile(r"knowledge points: (.+?)\. Its difficulty|知识点：(.+?)。", re.S)
_LEVEL = re.compile(r"difficulty is (0?\.\d+)|难度为 (0?\.\d+)")
_TYPE = re.compile(r"Write an? (.+?) question\b")
_ZH_TYPES = {
    "判断题": "true or false",
    "证明题": "proof",
    "综合题组": "problem set",
    "选择题": "multiple choice",
    "填空题": "fill in the blank",
}


def respond(brief: Brief) -> TaskAnswer:
    """Return Question and Solution; some questions carry a flaw, some solutions a mistake or no box."""
    request = brief.block("request")
    points = points_of(request)
    if not points:
        return TaskAnswer("The request names no knowledge points, so there is nothing to write about.")
    flaw = brief.rng.choice(workshop.FLAWS) if brief.slips(brief.persona.flawed_problem) else None
    question = _question(brief, request, points, flaw)
    solution, mistake = question.worked, None
    if brief.slips(brief.persona.wrong_solution):
        solution, mistake = workshop.spoil(question.worked, brief.rng)
    truth: dict[str, object] = {"flaw": flaw, "mistake": mistake, "answer": question.worked.answer}
    return told(question.text, solution, truth)


def points_of(request: str) -> tuple[str, ...]:
    """Return the knowledge points that a request names."""
    hit = _POINTS.search(request)
    return tuple(name.strip() for name in re.split(r"[;、]", hit[1] or hit[2])) if hit else ()


def type_of(request: str) -> str:
    """Return the question type that a request names."""
    hit = _TYPE.search(request)
    return hit[1] if hit else next((kind for word, kind in _ZH_TYPES.items() if word in request), "problem solving")


def told(question: str, solution: WorkedSolution, truth: dict[str, object]) -> TaskAnswer:
    """Return the two parts behind their markers."""
    text = f"Question: {question}\n\nSolution: {solution.text}"
    return TaskAnswer(text, truth=json.dumps(truth, ensure_ascii=False))


def _question(brief: Brief, request: str, points: tuple[str, ...], flaw: str | None) -> typed.TypedQuestion:
    level = _LEVEL.search(request)
    hardness = float(level[1] or level[2]) if level else 0.5
    kind = type_of(request)
    first = workshop.write(points[:1] if kind == "problem set" else points, brief.rng, flaw=flaw, hardness=hardness)
    second = workshop.write(points[-1:], brief.rng, hardness=hardness) if kind == "problem set" else None
    return typed.ask(kind, first, brief.rng, second)
