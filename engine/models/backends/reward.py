"""A local reward model as an engine: it reads no instructions, only the problem and the solution (FL-22).

The engine `reward` is always there; its models are folders: `--engine reward=reward:/models/my-reward-model`.
"""

from __future__ import annotations

import asyncio
import math
import re

from engine.core.errors import LemmaError, Refused
from engine.core.protocol import Chat, Completion, Heard, Places, Probe
from engine.models.reward_model import NAME, Scorer, require, reward_model

# The solution is greedy: what looks like a closing tag inside it belongs to it.
_PAIR = re.compile(r"<problem>\n(.*?)\n</problem>\s*<solution>\n(.*)\n</solution>", re.DOTALL)


class RewardModel:
    """Scores the pair of a `judges/reward` chat. The model's own scale has no ends; the score is its logistic, 0 to 1.

    The logistic rises with the reward, so the best of several solutions stays the best.
    """

    name = NAME

    def __init__(self, trust: bool = False) -> None:
        """`trust` lets code that lies in a model's folder run."""
        self._trust = trust
        self._loaded: dict[str, Scorer] = {}
        self._one_at_a_time = asyncio.Lock()

    async def complete(self, chat: Chat, model: str, heard: Heard | None = None) -> Completion:
        """Score one pair; Refused where the chat holds none, or the folder no model."""
        found = _PAIR.search(chat.messages[-1].content)
        if found is None:
            raise Refused(f"{NAME}:{model}: a reward model scores solutions and answers no other question")
        async with self._one_at_a_time:
            try:
                value = await asyncio.to_thread(self._score, model, found[1], found[2])
            except LemmaError as error:
                raise Refused(f"{NAME}:{model}: {error}") from error
        words = sum(len(part.split()) for part in found.groups())
        text = f"Reward: {_logistic(value):.9f}\nReason: reward {value:.6f} of a reward model, which gives no reason"
        return Completion(text, tokens_in=words)

    def _score(self, model: str, problem: str, solution: str) -> float:
        if model not in self._loaded:
            self._loaded[model] = reward_model(model, trust=self._trust)
        return float(self._loaded[model]([(problem, solution)])[0])

    async def probe(self, model: str) -> Probe:
        """Say whether a model can be loaded from the folder."""
        try:
            require(model, trust=self._trust)
        except LemmaError as error:
            return Probe(False, str(error))
        return Probe(True, "reward model, scores solutions only", (model,))

    async def places(self) -> Places:
        """One: the model scores a pair at a time."""
        return Places(told=1)

    def learnt(self, model: str) -> str:
        """Nothing: it takes what it is sent."""
        return ""

    async def aclose(self) -> None:
        """Let go of the models."""
        self._loaded.clear()


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))
