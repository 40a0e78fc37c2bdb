"""Answers a request with a question and its own solution (continual learning 2.3.2, app. B.2)."""

from __future__ import annotations

from engine import parsers, prompts
from engine.agents.writing import Card, Draft, Note
from engine.answers import extract_answer
from engine.contracts import Chat, Sampling, Talk, ask
from engine.errors import UnreadableReply

PROMPT = "agents/request_problem"
CARD = Card("Request", "in-domain practice", "points", "1", "Synthetic-data continual learning")
SHORTEST = 8


def write(request: str, points: tuple[str, ...], sampling: Sampling, reread: int = 2) -> Talk[Draft]:
    """Put a request to the writer, and split what comes back into question and solution (CL-07)."""
    prompt = prompts.load(PROMPT)
    chat = Chat("writer", prompt.fill(request=request), prompt.ref, sampling)
    (question, solution), reply = yield from ask(chat, read, reread)
    answer = extract_answer(solution) if "boxed" in solution else None
    return Draft(question, reply, PROMPT, answer, solution, points, (Note("request", request),))


def read(text: str) -> tuple[str, str]:
    """Return question and solution; a reply that lacks one of them is unreadable.

    A missing box is no fault here: it is filtered later (CL-14).
    """
    found = parsers.fields(text, "Question", "Solution")
    if len(found["Question"]) < SHORTEST:
        raise UnreadableReply(f"the question has only {len(found['Question'])} characters", raw=text)
    return found["Question"], found["Solution"]
