"""Perplexity of texts by any local model: PPL = exp of the mean negative log-likelihood per token (CL-31).

Two ways to the same figure: log-probabilities that an endpoint echoes (vLLM, our own server), or the model itself
through transformers (extra `train`).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from engine.core.errors import BadInput, MissingExtra
from engine.models.key_cutter import KeyCutter
from engine.models.proxy import proxy_of, trusted

BATCH = 8
AT_ONCE = 8
TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Negative log-likelihood of one text in nats, over `tokens` tokens; the first token is never predicted."""

    nll: float
    tokens: int

    @property
    def perplexity(self) -> float:
        """Perplexity of this text alone; NaN where it has fewer than two tokens."""
        return math.exp(self.nll / self.tokens) if self.tokens else math.nan


def perplexity(found: Iterable[Likelihood]) -> float:
    """Return the perplexity of all texts together: every token counts alike; NaN without any."""
    known = [one for one in found if one.tokens]
    tokens = sum(one.tokens for one in known)
    return math.exp(sum(one.nll for one in known) / tokens) if tokens else math.nan


def of_logprobs(logprobs: Sequence[float | None]) -> Likelihood:
    """Return the likelihood that token log-probabilities give; None stands for the first token."""
    known = [value for value in logprobs if value is not None and math.isfinite(value)]
    return Likelihood(-sum(known), len(known))


def by_endpoint(texts: Sequence[str], base_url: str, model: str, key: str = "") -> list[Likelihood]:
    """Return the likelihood of each text by a served model; `base_url` goes up to and including /v1.

    BadInput where the endpoint does not answer or has no log-probabilities.
    """
    return asyncio.run(_asked(texts, base_url.rstrip("/"), model, key))


async def _asked(texts: Sequence[str], base_url: str, model: str, key: str) -> list[Likelihood]:
    gate = asyncio.Semaphore(AT_ONCE)
    headers, cutter = {"Authorization": f"Bearer {key}"} if key else {}, KeyCutter(key)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    # A key is not carried to wherever an answer points, and the way out is that of all calls.
    way: dict[str, Any] = {"allow_redirects": False}
    if proxy := proxy_of(urlsplit(base_url)):
        way |= {"proxy": f"http://{proxy.name}"}
        way |= {"proxy_headers": {"Proxy-Authorization": proxy.authorization}} if proxy.authorization else {}
    way |= {"ssl": trusted()} if base_url.startswith("https:") else {}
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:

        async def one(text: str) -> Likelihood:
            async with gate:
                try:
                    return await _echoed(session, way, base_url, model, text)
                except BadInput as error:
                    raise BadInput(cutter.said(error.what), where=error.where, do=error.do) from None

        return list(await asyncio.gather(*(one(text) for text in texts)))


async def _echoed(
    session: aiohttp.ClientSession, way: dict[str, Any], base_url: str, model: str, text: str
) -> Likelihood:
    if not text:
        return Likelihood(0.0, 0)
    body = {"model": model, "prompt": text, "echo": True, "logprobs": 1, "max_tokens": 0, "temperature": 0}
    do = "Take an engine that echoes log-probabilities (vLLM), or give the model's folder."
    try:
        async with session.post(f"{base_url}/completions", json=body, **way) as reply:
            said = await reply.json(content_type=None)
            if reply.status != 200:
                raise BadInput(f"answers {reply.status}: {str(said)[:200]}", where=base_url, do=do)
        return of_logprobs(said["choices"][0]["logprobs"]["token_logprobs"])
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise BadInput(f"does not answer: {error}", where=base_url, do=do) from error
    except (KeyError, IndexError, TypeError) as error:
        raise BadInput("gives no log-probabilities of the text.", where=base_url, do=do) from error


def by_model(texts: Sequence[str], folder: str | Path, max_length: int = 2048) -> list[Likelihood]:
    """Return the likelihood of each text by a causal model of this machine; texts are cut at `max_length` tokens."""
    return [one for batch in _batches(texts, folder, max_length) for one in batch]


def _batches(texts: Sequence[str], folder: str | Path, max_length: int) -> Iterator[list[Likelihood]]:
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("perplexity needs transformers.", do="pip install 'lemma-studio[train]'") from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder).eval()
    except (OSError, ValueError) as error:
        raise BadInput(f"is no causal model: {str(error).splitlines()[0]}", where=str(folder)) from error
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    for start in range(0, len(texts), BATCH):
        rows = [tokenizer(text, truncation=True, max_length=max_length)["input_ids"] for text in texts[start:][:BATCH]]
        yield _measured(torch, model, rows)


def _measured(torch: Any, model: Any, rows: list[list[int]]) -> list[Likelihood]:
    longest = max(2, *(len(row) for row in rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    seen = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row, dtype=torch.long)
        seen[place, : len(row)] = 1
    ids, seen = ids.to(model.device), seen.to(model.device)
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=seen).logits[:, :-1].float()
    nll = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none") * seen[:, 1:]
    return [
        Likelihood(float(total), max(0, len(row) - 1)) for total, row in zip(nll.sum(dim=1).tolist(), rows, strict=True)
    ]
