r"""Preference pairs: what a person edited, what a model mended itself, and right beside wrong solutions.

edits      An edited solution of an unchanged statement gives a pair about the solution. An edited statement gives a
           pair about the problem, asked for by its knowledge points; its solutions are no pair, because they answer
           different questions.
refined    The better version that a model made of its own sample is chosen, the sample rejected, the prompt is the
           request of both; a better version without a boxed answer is dropped (continual learning 2.3.2, app. D).
solutions  Of one problem, the solution that stays is chosen, one that a judge vetoed rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from engine.core import prompts
from engine.core.errors import BadSetting
from engine.export.formats.sft import MESSAGES, turn
from engine.export.rows import NO_ANSWER, ExportRow, LeftOut

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("about", pa.string()),
        ("prompt", MESSAGES),
        ("chosen", MESSAGES),
        ("rejected", MESSAGES),
    ]
)
REQUEST_PROMPT = "agents/request_problem"
"""How the sample was asked for; the pair teaches to answer the very same prompt better."""
Pair = dict[str, Any]


def pairs(row: ExportRow, ways: Collection[str] = ("edits", "refined"), unanswered: bool = False) -> Iterator[Pair]:
    """Yield the pairs of a row by the ways of WAYS that are asked for; rows without one are left out.

    A chosen solution has an answer, unless `unanswered` lets those without out, too.
    """
    found = [pair for name, way in WAYS.items() if name in ways for pair in way(row)]
    if found and not unanswered and row.silent:
        found = [pair for pair in found if pair["about"] == "problem"]
        if not found:
            raise LeftOut(NO_ANSWER)
    if not found:
        raise LeftOut("neither edited nor solved in two ways" if "solutions" in ways else "not edited")
    yield from found


def by(ways: Collection[str], unanswered: bool = False) -> Callable[[ExportRow], Iterator[Pair]]:
    """Return `pairs` for some ways; BadSetting for an unknown one, or none."""
    unknown = [name for name in ways if name not in WAYS]
    if unknown or not ways:
        what = f"{unknown[0]} makes no pairs." if unknown else "Nothing makes pairs."
        raise BadSetting(what, where="pairs", do=f"Known: {', '.join(WAYS)}.")
    return partial(pairs, ways=tuple(ways), unanswered=unanswered)


def _edits(row: ExportRow) -> Iterator[Pair]:
    if _differ(row.machine_statement, row.statement):
        yield _pair(row, "problem", _request(row), row.statement, row.machine_statement or "")
    elif _differ(row.machine_solution, row.solution):
        yield _pair(row, "solution", [turn("user", row.statement)], row.solution or "", row.machine_solution or "")


def _refined(row: ExportRow) -> Iterator[Pair]:
    """Pair a better version with the sample that it came from (CL-15)."""
    if not (row.request and row.parent_statement and row.parent_solution and row.solution):
        return
    better, worse = _sample(row.statement, row.solution), _sample(row.parent_statement, row.parent_solution)
    if "\\boxed" in row.solution and _differ(worse, better):
        asked = prompts.load(REQUEST_PROMPT).fill(request=row.request)
        yield _pair(row, "sample", [turn(one.role, one.content) for one in asked], better, worse)


def _solutions(row: ExportRow) -> Iterator[Pair]:
    if _differ(row.wrong_solution, row.solution) and not _differ(row.machine_statement or row.statement, row.statement):
        yield _pair(row, "solution", [turn("user", row.statement)], row.solution or "", row.wrong_solution or "")


WAYS: dict[str, Callable[[ExportRow], Iterator[Pair]]] = {
    "edits": _edits,
    "refined": _refined,
    "solutions": _solutions,
}
"""What pairs are made of."""


def _differ(before: str | None, after: str | None) -> bool:
    return bool(before and after) and " ".join((before or "").split()) != " ".join((after or "").split())


def _request(row: ExportRow) -> list[dict[str, str]]:
    if not row.points:
        raise LeftOut("edited statement without knowledge points to ask for it by")
    return [turn("user", f"Write one mathematics problem that needs all of these: {'; '.join(row.points)}.")]


def _sample(statement: str, solution: str) -> str:
    """Return a sample in the form that its prompt asks for."""
    return f"Question: {statement}\nSolution: {solution}"


def _pair(row: ExportRow, about: str, prompt: list[dict[str, str]], chosen: str, rejected: str) -> Pair:
    return {
        "id": row.id,
        "about": about,
        "prompt": prompt,
        "chosen": [turn("assistant", chosen)],
        "rejected": [turn("assistant", rejected)],
    }
