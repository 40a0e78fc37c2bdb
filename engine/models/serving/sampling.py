"""How the small server picks tokens: each prompt of a batch by its own sampling and its own dice.

A prompt with a seed gets the same answer whatever else is in its batch, and prompts that are sampled differently can
still be answered together.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from engine.models.serving.protocol import PromptRequest


class Drawing:
    """A processor of scores that leaves one token possible in each row: the one that was drawn.

    Shapes: `ids` is (rows, length so far), `scores` is (rows, vocabulary).
    """

    def __init__(self, batch: Sequence[PromptRequest], seen: Any) -> None:
        """`seen` is the attention mask of the prompts, (rows, longest prompt): 0 where a row is filled up."""
        import torch

        def column(values: Sequence[float]) -> Any:
            return torch.tensor(values, dtype=torch.float32, device=seen.device).unsqueeze(1)

        self.torch, self.seen = torch, seen.bool()
        self.dice = [random.Random(one.seed) for one in batch]
        self.greedy = torch.tensor([one.temperature <= 0 for one in batch], device=seen.device)
        self.temperature = column([one.temperature if one.temperature > 0 else 1.0 for one in batch])
        self.top_p, self.top_k = column([one.top_p for one in batch]), column([one.top_k for one in batch])
        self.penalty = column([one.repetition_penalty for one in batch])
        self.widest = max((one.top_k for one in batch), default=0) if all(one.top_k > 0 for one in batch) else 0
        self.all_greedy = all(one.temperature <= 0 for one in batch)
        self.penalised = any(one.repetition_penalty != 1.0 for one in batch)

    def __call__(self, ids: Any, scores: Any) -> Any:
        """Return scores in which only the drawn token of each row is possible."""
        scores = scores.float()
        if self.penalised:
            scores = self._penalised(ids, scores)
        chosen = scores.argmax(-1)
        if not self.all_greedy:
            chosen = self.torch.where(self.greedy, chosen, self._drawn(scores))
        return self.torch.full_like(scores, float("-inf")).scatter_(1, chosen.unsqueeze(1), 0.0)

    def _drawn(self, scores: Any) -> Any:
        torch = self.torch
        width = min(self.widest or scores.shape[1], scores.shape[1])
        values, tokens = scores.topk(width, dim=-1)
        rank = torch.arange(width, device=scores.device).unsqueeze(0)
        values = (values / self.temperature).masked_fill((self.top_k > 0) & (rank >= self.top_k), float("-inf"))
        share = values.softmax(-1)
        # The token that crosses top_p still counts, so the likeliest one always does.
        share = share.masked_fill(share.cumsum(-1) - share >= self.top_p, 0.0)
        mass = share.cumsum(-1)
        thrown = torch.tensor([dice.random() for dice in self.dice], device=scores.device).unsqueeze(1)
        place = torch.searchsorted(mass, thrown * mass[:, -1:], right=True).clamp(max=width - 1)
        # A throw beside the last digit of the mass must not land on a token that was ruled out.
        place = torch.minimum(place, (share > 0).sum(-1, keepdim=True) - 1)
        return tokens.gather(1, place).squeeze(1)

    def _penalised(self, ids: Any, scores: Any) -> Any:
        """Make tokens that stand in the prompt or the answer less likely."""
        torch = self.torch
        fresh = torch.ones(ids.shape[0], ids.shape[1] - self.seen.shape[1], dtype=torch.bool, device=ids.device)
        real = torch.cat([self.seen, fresh], dim=1)
        ids = torch.where(real, ids, ids[:, -1:])
        held = scores.gather(1, ids)
        return scores.scatter(1, ids, torch.where(held > 0, held / self.penalty, held * self.penalty))


class Ending:
    """Ends each row at its own longest length or stop string; `lengths` tells where, in new tokens."""

    def __init__(self, batch: Sequence[PromptRequest], tokenizer: Any, start: int) -> None:
        """`start` is the length of the longest prompt."""
        self.batch, self.tokenizer, self.start = batch, tokenizer, start
        self.lengths: dict[int, int] = {}

    def __call__(self, ids: Any, scores: Any, **_: Any) -> Any:
        """Return which rows are done, (rows,)."""
        import torch

        length = ids.shape[1] - self.start
        for row, one in enumerate(self.batch):
            if row not in self.lengths and (length >= one.max_tokens or self._stopped(one, ids[row, self.start :])):
                self.lengths[row] = length
        return torch.tensor([row in self.lengths for row in range(len(self.batch))], device=ids.device)

    def _stopped(self, one: PromptRequest, fresh: Any) -> bool:
        if not one.stop:
            return False
        # No token is shorter than a byte, so a stop string has at most as many tokens as bytes.
        tail = fresh[-(max(len(mark.encode()) for mark in one.stop) + 1) :]
        text = self.tokenizer.decode(tail.tolist(), skip_special_tokens=True)
        return any(mark in text for mark in one.stop)
