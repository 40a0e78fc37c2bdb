"""Answers of a local model, several at a time: what our own small server computes with torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.models.serving.protocol import PromptRequest
from engine.models.serving.sampling import Drawing, Ending

SMALL = 50_000_000
"""Parameters below which one thread answers faster than several."""


@dataclass(frozen=True, slots=True)
class GeneratedText:
    """One answer: its text, its tokens with their log-probabilities in nats, and why it ended (stop or length)."""

    text: str
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...] = ()
    tops: tuple[tuple[tuple[int, float], ...], ...] = ()
    """For each token the likeliest ones in its place, with their log-probabilities."""
    finish: str = "stop"


class LocalModel:
    """A causal model in memory."""

    def __init__(self, folder: Path, dtype: str = "auto", max_model_len: int = 0) -> None:
        """Load model and tokenizer; takes a GPU where there is one."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

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
        # How to sample is the request's business; what the model's maker advises would be mixed into it.
        self.model.generation_config = GenerationConfig(pad_token_id=self.pad, eos_token_id=sorted(self.ends))

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        """Return the token ids of a conversation, ready for the answer."""
        found = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
        return [int(token) for token in found]

    def plain(self, text: str) -> list[int]:
        """Return the token ids of a text."""
        return [int(token) for token in self.tokenizer(text)["input_ids"]]

    def answer(self, batch: Sequence[PromptRequest]) -> list[GeneratedText]:
        """Answer prompts together, each by its own sampling."""
        from transformers import LogitsProcessorList, StoppingCriteriaList

        ids, seen = self._filled(batch)
        start = ids.shape[1]
        ending = Ending(batch, self.tokenizer, start)
        with self.torch.inference_mode():
            made = self.model.generate(
                input_ids=ids,
                attention_mask=seen,
                max_new_tokens=max(one.max_tokens for one in batch),
                do_sample=False,
                logits_processor=LogitsProcessorList([Drawing(batch, seen)]),
                stopping_criteria=StoppingCriteriaList([ending]),
                return_dict_in_generate=True,
                # A whole vocabulary for every token: only where somebody asks.
                output_logits=any(one.logprobs for one in batch),
            )
            fresh = made.sequences[:, start:]
            chosen, tops = self._log_probabilities(batch, fresh, made.logits)
        rows = fresh.tolist()
        lengths = [ending.lengths.get(row, len(tokens)) for row, tokens in enumerate(rows)]
        return [self._said(one, rows[row][: lengths[row]], chosen[row], tops[row]) for row, one in enumerate(batch)]

    def _filled(self, batch: Sequence[PromptRequest]) -> tuple[Any, Any]:
        """Return the prompts filled up on the left, and where they are real, both (rows, longest prompt)."""
        torch = self.torch
        longest = max(len(one.ids) for one in batch)
        ids = torch.full((len(batch), longest), self.pad, dtype=torch.long)
        seen = torch.zeros_like(ids)
        for row, one in enumerate(batch):
            ids[row, longest - len(one.ids) :] = torch.tensor(one.ids)
            seen[row, longest - len(one.ids) :] = 1
        return ids.to(self.device), seen.to(self.device)

    def _log_probabilities(
        self, batch: Sequence[PromptRequest], fresh: Any, logits: Any
    ) -> tuple[list[Any], list[Any]]:
        """Return the log-probabilities of the new tokens and of the likeliest beside them, row by row, in nats."""
        chosen: list[list[float]] = [[] for _ in batch]
        tops: list[list[tuple[tuple[int, float], ...]]] = [[] for _ in batch]
        if logits is None:
            return chosen, tops
        widest = max(one.top for one in batch)
        for place, step in enumerate(logits):
            known = step.float().log_softmax(-1)
            picked = known.gather(1, fresh[:, [place]]).squeeze(1).tolist()
            likely = known.topk(max(1, widest), dim=-1)
            for row, one in enumerate(batch):
                chosen[row].append(picked[row])
                pairs = zip(
                    likely.indices[row, : one.top].tolist(), likely.values[row, : one.top].tolist(), strict=True
                )
                tops[row].append(tuple(pairs))
        return chosen, tops

    def _said(self, one: PromptRequest, tokens: list[int], chosen: list[float], tops: list[Any]) -> GeneratedText:
        """Cut an answer at its end mark or a stop string."""
        end = next((place for place, token in enumerate(tokens) if token in self.ends), None)
        count = len(tokens) if end is None else end
        finish = "length" if end is None else "stop"
        text = self.tokenizer.decode(tokens[:count], skip_special_tokens=True)
        places = [place for mark in one.stop if (place := text.find(mark)) >= 0]
        if places:
            text, finish = text[: min(places)], "stop"
        wanted = count if one.logprobs else 0
        return GeneratedText(text, tuple(tokens[:count]), tuple(chosen[:wanted]), tuple(tops[:wanted]), finish)

    def scored(self, ids: list[int]) -> list[float | None]:
        """Return the log-probability of each token given those before it, in nats; None for the first."""
        torch = self.torch
        with torch.inference_mode():
            logits = self.model(input_ids=torch.tensor([ids], device=self.device)).logits[0, :-1].float()
        found = logits.log_softmax(-1).gather(1, torch.tensor(ids[1:], device=self.device).unsqueeze(1)).squeeze(1)
        return [None, *found.tolist()]
