"""How the tiny model learns: lessons in batches of like length, Muon for matrices, AdamW for the rest."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tests.support.tiny_model.word_problems import Lesson, lessons

IGNORED = -100
_POOL = 2_000
"""Lessons that are sorted by length at a time."""


@dataclass(frozen=True, slots=True)
class Schooling:
    """How long and how fast; `tokens` go into one step, padding included."""

    seconds: float = 1200.0
    tokens: int = 3_072
    matrices: float = 0.02
    others: float = 4e-3
    warmup: float = 0.02
    seed: int = 1


def shape(words: int) -> Any:
    """Return the configuration: Qwen2 with about 1.9 M parameters and heads of 32, which vLLM takes on a CPU."""
    from transformers import Qwen2Config

    return Qwen2Config(
        vocab_size=words,
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=6,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        rope_theta=10_000.0,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )


def taught(model: Any, tokenizer: Any, chosen: Schooling, say: Callable[[str], None] = print) -> int:
    """Train `model` in place until the time is up; returns how many lessons it had."""
    import torch

    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    optimisers = [
        torch.optim.Muon(matrices, lr=chosen.matrices, weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(others, lr=chosen.others, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    bases = (chosen.matrices, chosen.others)
    model.train()
    started, seen, step = time.monotonic(), 0, 0
    for ids, labels in _batches(tokenizer, chosen):
        gone = (time.monotonic() - started) / chosen.seconds
        if gone >= 1:
            break
        for optimiser, base in zip(optimisers, bases, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = base * _pace(gone, chosen.warmup)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(input_ids=ids, labels=labels, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        seen, step = seen + len(ids), step + 1
        if step % 50 == 0:
            say(f"{time.monotonic() - started:4.0f} s  step {step}  {seen} lessons  loss {loss.item():.4f}")
    return seen


def _pace(gone: float, warmup: float) -> float:
    """Return the share of the full learning rate: up, level, and down over the last half."""
    if gone < warmup:
        return max(0.05, gone / warmup)
    return 1.0 if gone < 0.5 else max(0.02, 0.5 * (1 + math.cos(math.pi * (gone - 0.5) / 0.5)))


def _batches(tokenizer: Any, chosen: Schooling) -> Iterator[tuple[Any, Any]]:
    import torch

    rng = torch.Generator().manual_seed(chosen.seed)
    source = lessons(chosen.seed)
    while True:
        pool = encoded(tokenizer, list(islice(source, _POOL)))
        pool.sort(key=lambda pair: len(pair[0]))
        groups = _grouped(pool, chosen.tokens)
        for number in torch.randperm(len(groups), generator=rng).tolist():
            yield _padded(groups[number])


def encoded(tokenizer: Any, some: list[Lesson]) -> list[tuple[list[int], int]]:
    """Return (ids, length of the request) per lesson."""
    asked = [_chat(tokenizer, lesson) for lesson in some]
    heads = tokenizer(asked, add_special_tokens=False)["input_ids"]
    tails = tokenizer([lesson.answer + "<|end|>" for lesson in some], add_special_tokens=False)["input_ids"]
    return [(head + tail, len(head)) for head, tail in zip(heads, tails, strict=True)]


def _chat(tokenizer: Any, lesson: Lesson) -> str:
    """Return the request as the chat template writes it; not rendered by jinja, which would take most of the time."""
    return "".join(f"<|{role}|>{content}<|end|>" for role, content in lesson.turns) + "<|assistant|>"


def _grouped(pool: list[tuple[list[int], int]], tokens: int) -> list[list[tuple[list[int], int]]]:
    groups: list[list[tuple[list[int], int]]] = [[]]
    for pair in pool:
        if groups[-1] and (len(groups[-1]) + 1) * len(pair[0]) > tokens:
            groups.append([])
        groups[-1].append(pair)
    return groups


def _padded(group: list[tuple[list[int], int]]) -> tuple[Any, Any]:
    """Return ids and labels of shape (batch, longest); padding on the right is never attended to by what counts."""
    import torch

    longest = max(len(ids) for ids, _ in group)
    rows = torch.zeros(len(group), longest, dtype=torch.long)
    labels = torch.full_like(rows, IGNORED)
    for row, (ids, asked) in enumerate(group):
        rows[row, : len(ids)] = torch.tensor(ids)
        labels[row, asked : len(ids)] = rows[row, asked : len(ids)]
    return rows, labels
