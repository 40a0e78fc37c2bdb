"""The offline fallback: words and pieces of words hashed into 384 numbers. Deterministic, and no model of meaning.

It sees shared words and shared stems, so near-copies and spellings come out close; it cannot see that two different
words mean the same. Everything computed from it is labelled `hashing`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import FeatureHasher

DIM = 384
PIECE = 4
"""Length of the character pieces that make related words alike."""
_PIECE_WEIGHT = 0.35
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]|[^\s\w]", re.IGNORECASE)


class Hashing:
    """Signed feature hashing of words, word pairs and character pieces, with sublinear counts."""

    name = "hashing"
    dim = DIM

    def __init__(self) -> None:
        self._hasher = FeatureHasher(DIM, input_type="pair", dtype=np.float32)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, 384) float32 unit rows; a text without words is the zero row."""
        if not len(texts):
            return np.zeros((0, DIM), np.float32)
        found: npt.NDArray[np.float32] = self._hasher.transform(map(_features, texts)).toarray().astype(np.float32)
        length = np.linalg.norm(found, axis=1, keepdims=True)
        unit: npt.NDArray[np.float32] = np.divide(found, length, out=found, where=length > 0)
        return unit


def _features(text: str) -> list[tuple[str, float]]:
    words = _WORD.findall(text.lower())
    counts = Counter(words)
    counts.update(f"{left} {right}" for left, right in pairwise(words))
    weighted = [(name, 1.0 + np.log(count)) for name, count in counts.items()]
    pieces = Counter(piece for word in words for piece in _pieces(word))
    return weighted + [(f"#{piece}", _PIECE_WEIGHT * (1.0 + np.log(count))) for piece, count in pieces.items()]


def _pieces(word: str) -> Iterator[str]:
    """Yield the character pieces of a word of letters; numbers and signs have none."""
    if len(word) > PIECE and word.isalpha():
        marked = f"<{word}>"
        yield from (marked[at : at + PIECE] for at in range(len(marked) - PIECE + 1))
