"""Texts to unit vectors. `load` gives the embedder that a setting names: `hashing` or a sentence-transformers model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.similarity.hashing import Hashing

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Makes vectors of `dim` numbers; `name` goes with every value that rests on them."""

    name: str
    dim: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32; rows have length 1, but for texts without any word, which are 0."""
        ...


def load(name: str, cache: Path | None = None) -> Embedder:
    """Return the embedder called `name`: `hashing`, or a model id or folder for sentence-transformers.

    With a folder in `cache`, vectors of a model are kept there by the hash of their text. Hashing is quicker than
    looking up, so its vectors are not kept.

    Raises MissingExtra where the model's library is not installed, BadSetting where the model is not at hand.
    """
    if name == "hashing":
        return Hashing()
    if cache is None:
        return _model(name)
    from engine.similarity.vector_cache import Cached

    return Cached(_model(name), cache)


@lru_cache(maxsize=2)
def _model(name: str) -> Embedder:
    from engine.similarity.sentence_model import SentenceModel

    return SentenceModel(name)
