"""Answers of a local model, several at a time: what our own small server computes with torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SMALL = 50_000_000
"""Parameters below which one thread answers faster than several."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt with its sampling. `key` is what prompts of one batch must share."""

    ids: tuple[int, ...]
    max_tokens: int
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    stop: tuple[str, ...] = ()
    logprobs: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Prompts with equal keys can be answered in one call."""
        return (self.temperature, self.top_p, self.top_k, self.repetition_penalty, self.logprobs)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its text, its tokens with their log-probabilities in nats, and why it ended (stop or length)."""

    text: str
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...] = field(default=())
    finish: str = "stop"


class LocalModel:
    """A causal model in memory."""

    def __init__(self, folder: Path, dtype: str = "auto", max_model_len: int = 0) -> None:
        """Load model and tokenizer; takes a GPU where there is one."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.torch = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        kept = torch.float32 if dtype == "auto" and self.device == "cpu" else dtype
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=kept).to(self.device).eval()
        if self.device == "cpu" and self.model.num_parameters() < SMALL:
            # Threads that wait for each other cost more than such a model has to compute.
            torch.set_num_threads(1)
        limit = int(getattr(self.model.config, "max_position_embeddings", 4096))
        self.context = min(max_model_len or limit, limit)
        ends = self.model.generation_config.eos_token_id
        own = self.tokenizer.eos_token_id
        self.ends = {own} | set(ends if isinstance(ends, list) else [ends]) - {None}
        self.pad = self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else own

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        """Return the token ids of a conversation, ready for the answer."""
        found = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
        return [int(token) for token in found]

    def plain(self, text: str) -> list[int]:
        """Return the token ids of a text."""
        return [int(token) for token in self.tokenizer(text)["input_ids"]]

    def answer(self, batch: list[Asked]) -> list[Said]:
        """Answer prompts of one key together."""
        torch = self.torch
        longest = max(len(one.ids) for one in batch)
        ids = torch.full((len(batch), longest), self.pad, dtype=torch.long)
        seen = torch.zeros_like(ids)
        for row, one in enumerate(batch):
            ids[row, longest - len(one.ids) :] = torch.tensor(one.ids)
            seen[row, longest - len(one.ids) :] = 1
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=ids.to(self.device),
                attention_mask=seen.to(self.device),
                max_new_tokens=max(one.max_tokens for one in batch),
                return_dict_in_generate=True,
                # A whole vocabulary for every token: only for those who ask.
                output_logits=batch[0].logprobs,
                pad_token_id=self.pad,
                eos_token_id=list(self.ends),
                **_sampling(batch[0]),
            )
        fresh = made.sequences[:, longest:]
        chosen: list[list[float]] = [[] for _ in batch]
        if batch[0].logprobs:
            steps = [step.float().log_softmax(-1).gather(1, fresh[:, [at]]) for at, step in enumerate(made.logits)]
            chosen = torch.cat(steps, dim=1).tolist()
        return [self._said(one, fresh[row].tolist(), chosen[row]) for row, one in enumerate(batch)]

    def _said(self, one: Asked, tokens: list[int], logprobs: list[float]) -> Said:
        """Cut an answer at its end mark, its own longest length or a stop string."""
        end = next((place for place, token in enumerate(tokens) if token in self.ends), None)
        count = min(len(tokens) if end is None else end, one.max_tokens)
        finish = "stop" if end is not None and end <= one.max_tokens else "length"
        text = self.tokenizer.decode(tokens[:count], skip_special_tokens=True)
        for mark in one.stop:
            before, found, _ = text.partition(mark)
            if found:
                text, finish = before, "stop"
        return Said(text, tuple(tokens[:count]), tuple(logprobs[:count]), finish)

    def scored(self, ids: list[int]) -> list[float | None]:
        """Return the log-probability of each token given those before it, in nats; None for the first."""
        torch = self.torch
        with torch.inference_mode():
            logits = self.model(input_ids=torch.tensor([ids], device=self.device)).logits[0, :-1].float()
        found = logits.log_softmax(-1).gather(1, torch.tensor(ids[1:], device=self.device).unsqueeze(1)).squeeze(1)
        return [None, *found.tolist()]


def _sampling(one: Asked) -> dict[str, Any]:
    if one.temperature <= 0:
        return {"do_sample": False, "repetition_penalty": one.repetition_penalty}
    return {
        "do_sample": True,
        "temperature": one.temperature,
        "top_p": one.top_p,
        "top_k": max(0, one.top_k),
        "repetition_penalty": one.repetition_penalty,
    }
