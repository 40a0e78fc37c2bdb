"""BERTScore: how well each token of one text finds a token of another, by the vectors of any local encoder (CL-31).

What is compared with what is `data_quality`'s to say.

Zhang et al. 2020, section 3: greedy matching by cosine, precision over the candidate's tokens, recall over the
reference's, F1 of both; without importance weights and without rescaling to a baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput, MissingExtra

TokenVectors = npt.NDArray[np.float32]
"""(tokens, dimensions) of one text."""
Encoder = Callable[[Sequence[str]], list[TokenVectors]]
BATCH = 16


@dataclass(frozen=True, slots=True)
class TokenMatch:
    """How a candidate matches its reference; 0 where one of them has no token."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both > 0 else 0.0


def match(candidate: TokenVectors, reference: TokenVectors) -> TokenMatch:
    """Return the match of two texts given as token vectors."""
    if not len(candidate) or not len(reference):
        return TokenMatch(0.0, 0.0)
    cosine = _unit(candidate) @ _unit(reference).T
    return TokenMatch(float(cosine.max(axis=1).mean()), float(cosine.max(axis=0).mean()))


def scores(candidates: Sequence[str], references: Sequence[str], encode: Encoder) -> list[TokenMatch]:
    """Return a match per pair of texts."""
    found: list[TokenMatch] = []
    for start in range(0, len(candidates), BATCH):
        given = encode(candidates[start : start + BATCH])
        wanted = encode(references[start : start + BATCH])
        found += [match(one, other) for one, other in zip(given, wanted, strict=True)]
    return found


def mean_f1(found: Sequence[TokenMatch]) -> float:
    """Return the mean F1 in percent, as the papers print it; NaN without a pair."""
    return 100 * fmean(one.f1 for one in found) if found else float("nan")


def encoder(folder: str | Path, layer: int = -1, max_length: int = 512) -> Encoder:
    """Return an encoder by the hidden states of a local model; `layer` counts as its list of hidden states does.

    Special tokens and padding are left out. BadInput where the folder is no model.
    """
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("BERTScore needs transformers.", do="pip install 'lemma-studio[train]'") from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModel.from_pretrained(folder).eval()
    except (OSError, ValueError) as error:
        raise BadInput(f"is no encoder: {str(error).splitlines()[0]}", where=str(folder)) from error
    model.to("cuda" if torch.cuda.is_available() else "cpu")

    def encode(texts: Sequence[str]) -> list[TokenVectors]:
        rows = [tokenizer(text, truncation=True, max_length=max_length)["input_ids"] for text in texts]
        return _hidden(torch, model, rows, layer, frozenset(tokenizer.all_special_ids))

    return encode


def _hidden(torch: Any, model: Any, rows: list[list[int]], layer: int, special: frozenset[int]) -> list[TokenVectors]:
    longest = max(1, *(len(row) for row in rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    seen = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row, dtype=torch.long)
        seen[place, : len(row)] = 1
    with torch.no_grad():
        said = model(
            input_ids=ids.to(model.device), attention_mask=seen.to(model.device), output_hidden_states=True
        ).hidden_states[layer]
    vectors = said.float().cpu().numpy()
    return [
        vectors[place, : len(row)][[token not in special for token in row]].astype(np.float32)
        for place, row in enumerate(rows)
    ]


def _unit(vectors: TokenVectors) -> TokenVectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: TokenVectors = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return unit
