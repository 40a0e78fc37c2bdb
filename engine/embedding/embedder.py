"""Texts to unit vectors. `load` gives the embedder that a setting names: `hashing` or a sentence-transformers model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.embedding.hashing import Hashing

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Makes vectors of `dim` numbers; `name` goes with every value that rests on them."""

    name: str
    dim: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32; rows have length 1, but for texts without any word, which are 0."""
        ...


@cache
def load(name: str) -> Embedder:
    """Return the embedder called `name`: `hashing`, or a model id or folder for sentence-transformers.

    Raises MissingExtra where the model's library is not installed, BadSetting where the model is not at hand.
    """
    if name == "hashing":
        return Hashing()
    from engine.embedding.sentences import SentenceModel

    return SentenceModel(name)
