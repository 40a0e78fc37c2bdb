"""Ask which knowledge points a solved problem rests on (GSDP 2.2, A.1)."""

from __future__ import annotations

from engine.core import prompts, reply_parsing
from engine.core.protocol import Chat, Sampling, Talk, ask
from engine.core.records import Seed

PROMPT = "knowledge/extract"
_PROMPT = prompts.load(PROMPT)


def points(
    seed: Seed, limit: int = 10, sampling: Sampling | None = None, *, role: str = "extractor", retries: int = 2
) -> Talk[tuple[str, ...]]:
    """Return at most `limit` names of points that the seed needs, as the model named them (GSDP-02, GSDP-03)."""
    messages = _PROMPT.fill(limit=limit, problem=seed.statement, solution=_solution(seed))
    chat = Chat(role, messages, _PROMPT.ref, sampling or Sampling())
    names, _ = yield from ask(chat, lambda text: reply_parsing.numbered(text, limit), retries)
    return names


def _solution(seed: Seed) -> str:
    """Give the worked solution, or say what there is instead: the MATH file has answers only."""
    if seed.solution and seed.solution.strip():
        return seed.solution
    if seed.answer and seed.answer.strip():
        return (
            f"No worked solution is given. The final answer is {seed.answer.strip()}. Solve the problem yourself first."
        )
    return "No solution is given. Solve the problem yourself first."
