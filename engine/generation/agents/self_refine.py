"""Lets the writer mend its own sample by a second solution and the experts' word (continual learning 2.3.2)."""

from __future__ import annotations

from engine.core import prompts
from engine.core.errors import UnfitReply
from engine.core.protocol import Sampling, Talk, ask
from engine.generation.agents import request_problem
from engine.generation.agents.writing import AgentInfo, Draft, Note
from engine.verification.answers import find_answer

PROMPT = "agents/self_refine"
FORM = request_problem.FORM
CARD = AgentInfo("Self-refine", "in-domain practice", "points", "1", "Synthetic-data continual learning")


def refine(request: str, sample: Draft, again: str, feedback: str, sampling: Sampling, reread: int = 2) -> Talk[Draft]:
    """Ask for a better version of `sample`; it reads the sample, the second solution and the feedback (CL-15)."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(
        request=request,
        question=sample.statement,
        solution=sample.solution or "",
        second=again or "There is none.",
        feedback=feedback or "There is none.",
    )
    (question, solution), reply = yield from ask(FORM.chat("writer", messages, prompt.ref, sampling), read, reread)
    notes = (Note("feedback", feedback),) if feedback else ()
    return Draft(question, reply, PROMPT, find_answer(solution).at_least("box"), solution, sample.points, notes)


def read(text: str) -> tuple[str, str]:
    """Return question and solution; a solution without a box is dropped (CL-15, app. D)."""
    question, solution = request_problem.read(text)
    if "\\boxed" not in solution:
        raise UnfitReply("the better version has no boxed answer", raw=text)
    return question, solution
