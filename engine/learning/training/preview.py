"""What the model will really see: samples as tokens, with those that are trained told from those that are masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.learning.training.datasets import Row

OPEN, CLOSE = "⟦", "⟧"
"""Around what is trained."""


@dataclass(frozen=True, slots=True)
class TokenPreview:
    """One sample. `text` shows trained tokens between ⟦ and ⟧; `prefix_holds` is False where a mask would slip."""

    tokens: int
    trained: int
    text: str
    prefix_holds: bool = True


def previews(
    tokenizer: Any, rows: Iterable[Row], max_length: int, completion_only: bool = True
) -> tuple[TokenPreview, ...]:
    """Return what TRL makes of each row."""
    return tuple(preview(tokenizer, row, max_length, completion_only) for row in rows)


def preview(tokenizer: Any, row: Row, max_length: int, completion_only: bool = True) -> TokenPreview:
    """Return what is trained of one row, cut at `max_length` tokens."""
    whole, asked = encoded(tokenizer, row)
    first = len(asked) if completion_only else 0
    seen = whole[:max_length]
    masked, trained = tokenizer.decode(seen[:first]), tokenizer.decode(seen[first:])
    holds = whole[: len(asked)] == asked
    return TokenPreview(len(whole), max(0, len(seen) - first), f"{masked}{OPEN}{trained}{CLOSE}", holds)


def length(tokenizer: Any, row: Row) -> int:
    """Return how many tokens a row has; of a preference, the longer of its two."""
    if "rejected" in row:
        return max(len(encoded(tokenizer, _half(row, side))[0]) for side in ("chosen", "rejected"))
    return len(encoded(tokenizer, row)[0])


def encoded(tokenizer: Any, row: Row) -> tuple[list[int], list[int]]:
    """Return the ids of the whole row and of its request, which is empty where the whole is trained."""
    if "rejected" in row:
        return encoded(tokenizer, _half(row, "chosen"))
    if "messages" in row:
        return _template(tokenizer, row["messages"], False), []
    if "text" in row:
        return _plain(tokenizer, row["text"], end=True), []
    prompt, completion = row["prompt"], row["completion"]
    if isinstance(prompt, list):
        return _template(tokenizer, [*prompt, *completion], False), _template(tokenizer, prompt, True)
    return _plain(tokenizer, prompt + completion, end=True), _plain(tokenizer, prompt, end=False)


def _half(row: Row, side: str) -> Row:
    return {"prompt": row["prompt"], "completion": row[side]}


def _template(tokenizer: Any, turns: list[dict[str, str]], ask: bool) -> list[int]:
    text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=ask)
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def _plain(tokenizer: Any, text: str, end: bool) -> list[int]:
    """Plain text ends with the end token, which TRL adds."""
    ids: list[int] = tokenizer(text)["input_ids"]
    return [*ids, tokenizer.eos_token_id] if end and tokenizer.eos_token_id is not None else ids
