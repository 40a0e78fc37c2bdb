"""Any sentence-transformers model, by id from the local cache or by folder (extra `embed`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadSetting, MissingExtra


class SentenceModel:
    """A sentence-transformers model; nothing is downloaded where the machine is set to be offline."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtra(
                f"embedder {name!r} needs sentence-transformers.", do="pip install 'lemma-studio[embed]'"
            ) from error
        try:
            self._model = SentenceTransformer(name)
        except (OSError, ValueError) as error:
            raise BadSetting(
                f"embedder {name!r} cannot be loaded: {str(error).splitlines()[0]}",
                do="Give a folder, a model of the local cache, or `hashing`.",
            ) from error
        self.name = name
        self.dim = _dimension(self._model)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, dim) float32 unit rows."""
        if not len(texts):
            return np.zeros((0, self.dim), np.float32)
        found = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)


def _dimension(model: Any) -> int:
    """Return the length of a model's vectors; the method's name changed in version 6."""
    ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    return int(ask() or 0)
