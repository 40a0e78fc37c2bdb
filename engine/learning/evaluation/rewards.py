"""How often a reward model prefers the chosen answer of a pair to the rejected one (CL-30)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput, MissingExtra
from engine.learning.evaluation.figures import wilson

Scorer = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""Requests with their answers to rewards; higher is better."""
BATCH = 16


@dataclass(frozen=True, slots=True)
class RewardPair:
    """A request with its chosen and its rejected answer."""

    prompt: str
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class WinShare:
    """Share of pairs whose chosen answer is rewarded more, with its 95 % interval; equal rewards are no win."""

    pairs: int
    wins: int
    ties: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Wins by pairs."""
        return self.wins / self.pairs


def win_share(pairs: Iterable[RewardPair], score: Scorer) -> WinShare:
    """Return how often `score` prefers the chosen answer; BadInput without a pair."""
    source = iter(pairs)
    count = wins = ties = 0
    while batch := list(islice(source, BATCH)):
        chosen = score([(pair.prompt, pair.chosen) for pair in batch])
        rejected = score([(pair.prompt, pair.rejected) for pair in batch])
        for better, worse in zip(chosen, rejected, strict=True):
            count, wins, ties = count + 1, wins + (better > worse), ties + (better == worse)
    if not count:
        raise BadInput("there is no pair to score.", do="Export preference pairs first.")
    return WinShare(count, wins, ties, *wilson(wins / count, count))


def reward_model(folder: str | Path, max_length: int = 2048) -> Scorer:
    """Return the scorer of a local sequence-classification model with one output; the last one is read where more."""
    try:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("a reward model needs transformers.", do="pip install 'lemma-studio[train]'") from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    except (OSError, ValueError) as error:
        raise BadInput(f"is no reward model: {str(error).splitlines()[0]}", where=str(folder)) from error
    model.to("cuda" if torch.cuda.is_available() else "cpu")

    def score(asked: Sequence[tuple[str, str]]) -> list[float]:
        # One by one: models of this kind find the last token by their padding token, which some do not have.
        with torch.no_grad():
            return [float(model(**_encoded(tokenizer, *one, max_length, model)).logits[0, -1]) for one in asked]

    return score


def _encoded(tokenizer: Any, prompt: str, answer: str, max_length: int, model: Any) -> Any:
    """Return a conversation as the model's template writes it, or both texts as a pair where it has none."""
    limits = {"truncation": True, "max_length": max_length, "return_tensors": "pt"}
    if not tokenizer.chat_template:
        return tokenizer(prompt, answer, **limits).to(model.device)
    turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    text = tokenizer.apply_chat_template(turns, tokenize=False)
    return tokenizer(text, add_special_tokens=False, **limits).to(model.device)
