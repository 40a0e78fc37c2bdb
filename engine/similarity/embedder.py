"""Texts to unit vectors. `load` gives the embedder that a setting names: `hashing` or a sentence-transformers model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from engine.similarity import Embedder
from engine.similarity.hashing import Hashing
from engine.similarity.vector_cache import Cached


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
    return Cached(_model(name), cache)


@lru_cache(maxsize=2)
def _model(name: str) -> Embedder:
    from engine.similarity.sentence_model import SentenceModel

    return SentenceModel(name)
