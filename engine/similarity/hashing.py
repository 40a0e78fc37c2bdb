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

DIM = 384
PIECE = 4
"""Length of the character pieces that make related words alike."""
_PAIR_WEIGHT, _PIECE_WEIGHT = 0.5, 0.35
_SILENT = frozenset(("a", "an", "the", "of", "in", "on", "at", "to", "for", "by", "with", "and", "is", "are", "'", '"'))
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ations?|itions?|ings?|ions?|ies|es|ed|s)$")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]|[^\s\w]", re.IGNORECASE)


_COUNTED = 64
_GROWN = (0.0, *(1.0 + float(np.log(count)) for count in range(1, _COUNTED)))
"""What small counts weigh: taking a logarithm of each was half of the time."""


class Hashing:
    """Signed feature hashing of words, word pairs and character pieces, with sublinear counts."""

    name = "hashing"
    dim = DIM

    def __init__(self) -> None:
        # Loading scikit-learn takes half a second, which commands that embed nothing need not wait for.
        from sklearn.feature_extraction import FeatureHasher

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
    words = [_ENDING.sub("", word) for word in _WORD.findall(text.lower()) if word not in _SILENT]
    pairs = (f"{left} {right}" for left, right in pairwise(words))
    pieces = (f"#{piece}" for word in words for piece in _pieces(word))
    weighted = ((words, 1.0), (pairs, _PAIR_WEIGHT), (pieces, _PIECE_WEIGHT))
    return [
        (name, weight * (_GROWN[count] if count < _COUNTED else 1.0 + float(np.log(count))))
        for names, weight in weighted
        for name, count in Counter(names).items()
    ]


def _pieces(word: str) -> Iterator[str]:
    """Yield the character pieces of a word of letters; numbers and signs have none."""
    if len(word) > PIECE and word.isalpha():
        marked = f"<{word}>"
        yield from (marked[at : at + PIECE] for at in range(len(marked) - PIECE + 1))
