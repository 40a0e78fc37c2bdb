"""Whether one text is like another: vectors and neighbours, repeats, copies of test problems, templates, maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Makes vectors of `dim` numbers; `name` goes with every value that rests on them."""

    name: str
    dim: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32; rows have length 1, but for texts without any word, which are 0."""
        ...
