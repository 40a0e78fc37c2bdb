"""Answers a request with a question and its own solution (continual learning 2.3.2, app. B.2)."""

from __future__ import annotations

import re

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling, Talk, ask
from engine.generation.agents.writing import AgentInfo, Draft, Note
from engine.verification.answers import find_answer

PROMPT = "agents/request_problem"
CARD = AgentInfo("Request", "in-domain practice", "points", "1", "Synthetic-data continual learning")
FORM = forms.free(
    "The reply holds a worked solution: a schema would change how the model reasons, and cut it off at its bounds."
)
SHORTEST = 8
_MARK = r"^[ \t#>*_]*(?:{})[*_]*[ \t]*[:：][*_]*[ \t]*"
_QUESTION = re.compile(_MARK.format("question|problem|题目|问题"), re.IGNORECASE | re.MULTILINE)
_SOLUTION = re.compile(_MARK.format("solution|answer and solution|解答|解|解析"), re.IGNORECASE | re.MULTILINE)


def write(request: str, points: tuple[str, ...], sampling: Sampling, reread: int = 2) -> Talk[Draft]:
    """Put a request to the writer, and split what comes back into question and solution (CL-07)."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat("writer", prompt.fill(request=request), prompt.ref, sampling)
    (question, solution), reply = yield from ask(chat, read, reread)
    return Draft(
        question, reply, PROMPT, find_answer(solution).at_least("box"), solution, points, (Note("request", request),)
    )


def read(text: str) -> tuple[str, str]:
    """Return question and solution; a reply that lacks one of them is unreadable.

    A missing box is no fault here: it is filtered later (CL-14).
    """
    body = reply_parsing.clean(text)
    asked = _QUESTION.search(body)
    solved = _SOLUTION.search(body, asked.end()) if asked else None
    if not asked or not solved:
        raise UnreadableReply("the reply has no question and solution behind their markers", raw=text)
    # The first markers count: a solution in several parts may hold the word again.
    question, solution = body[asked.end() : solved.start()].strip(" \n*"), body[solved.end() :].strip(" \n*")
    if len(question) < SHORTEST or not solution:
        raise UnreadableReply(f"question or solution is too short: {question[:40]!r}", raw=text)
    return question, solution
