"""A local reward model: a sequence classifier with one output that scores an answer to a request (FL-22, CL-30)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput, MissingExtra

NAME = "reward"
"""Name of the engine for reward models, in every project that names no other engine so."""
Scorer = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""Requests with their answers to rewards; higher is better."""
_DO = "pip install 'lemma-studio[train]'"


def require(folder: str | Path) -> None:
    """Say before a run what would stop it: MissingExtra without transformers, BadInput where `folder` has no model."""
    if find_spec("transformers") is None or find_spec("torch") is None:
        raise MissingExtra("a reward model needs transformers.", do=_DO)
    if not (Path(folder).expanduser() / "config.json").is_file():
        raise BadInput("is no reward model: it has no config.json.", where=str(folder), do="Give a model's folder.")


def reward_model(folder: str | Path, max_length: int = 2048) -> Scorer:
    """Return the scorer of a local sequence-classification model with one output; the last one is read where more."""
    try:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("a reward model needs transformers.", do=_DO) from error
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
