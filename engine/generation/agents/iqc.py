"""Composes a new problem around a given one, again and again: Iterative Question Composing (MMIQC, arXiv 2401.09003).

The first input is a seed whose solution is trusted; later inputs are the outputs before, which are declared unsure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from engine.core import lenient_json, prompts, reply_parsing
from engine.core.errors import ItemFailure, UnfitReply, UnreadableReply
from engine.core.protocol import Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import request_problem, statement
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource
from engine.verification.answers import compare, find_answer

CARD = AgentInfo("IQC", "in-domain complexity", "seed and solution", "1 per iteration", "MMIQC")
PROMPTS: tuple[str, ...] = ("agents/iqc_trusted", "agents/iqc_unsure")
FORM = request_problem.FORM
_TRUSTED, _UNSURE = PROMPTS
_PARTS = ("Problem", "Solution", "Answer")


@dataclass(frozen=True, slots=True)
class Composed:
    """One problem with the solution and the answer that came with it."""

    problem: str
    solution: str
    answer: str


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Compose `chosen.compositions` times, each on the outcome before; ItemFailure without a solution (FL-07)."""
    seed = source.seeds[0]
    if not seed.solution or not seed.answer:
        raise ItemFailure("the seed has no solution with an answer to compose from")
    now, reply = Composed(seed.statement.strip(), seed.solution, seed.answer), None
    notes: list[Note] = []
    for turn in range(chosen.compositions):
        if reply is not None:
            notes.append(Note("composed draft", _shown(now), _asked(turn - 1), reply))
        prompt = prompts.load(_asked(turn))
        messages = prompt.fill(problem=now.problem, solution=now.solution, answer=now.answer)
        chat = FORM.chat("writer", messages, prompt.ref, sample(("compose", turn)))
        now, reply = yield from ask(chat, partial(read, before=now.problem), reread, whole=True)
    prompted = _asked(chosen.compositions - 1)
    notes.append(Note("draft solution", now.solution, prompted, reply))
    return (Draft(now.problem, reply, prompted, now.answer, now.solution, seed.points, tuple(notes)),)


def _asked(turn: int) -> str:
    return _UNSURE if turn else _TRUSTED


def read(text: str, before: str) -> Composed:
    """Return problem, solution and answer, as labelled parts or as JSON.

    Unreadable: a part that is missing, empty or no text; not exactly one box in the solution; an answer that differs
    from the box, or of which that cannot be told; the problem that was given.
    """
    body = reply_parsing.clean(text)
    parts = _from_json(body, text) if body.startswith("{") else reply_parsing.fields(body, *_PARTS)
    made = Composed(parts["Problem"], parts["Solution"], parts["Answer"].strip(" .$"))
    boxes = len(re.findall(r"\\boxed\b", made.solution))
    if boxes != 1:
        raise UnfitReply(f"the solution has {boxes} boxes, not one", raw=text)
    boxed = find_answer(made.solution).at_least("box") or ""
    verdict = compare(boxed, made.answer)
    if verdict != "same":
        told = "can't be told to be" if verdict == "can't tell" else "is not"
        raise UnfitReply(f"the answer {made.answer} {told} what is in the box ({boxed or 'nothing'})", raw=text)
    if statement.fold(made.problem) == statement.fold(before):
        raise UnfitReply("the problem was given back as it was", raw=text)
    return made


def _from_json(body: str, raw: str) -> dict[str, str]:
    try:
        value = lenient_json.loads(body[: body.rfind("}") + 1])
    except ValueError as broken:
        raise UnreadableReply(f"the JSON cannot be read: {broken}", raw=raw) from broken
    lowered = {str(key).lower(): entry for key, entry in value.items()}
    for name in _PARTS:
        entry = lowered.get(name.lower())
        if not isinstance(entry, str) or not entry.strip():
            raise UnreadableReply(f"{name} is missing or no text", raw=raw)
    return {name: lowered[name.lower()].strip() for name in _PARTS}


def _shown(made: Composed) -> str:
    return f"{made.problem}\n\n{made.solution}\n\nAnswer: {made.answer}"
