"""Numbers of 32 bits as a person wrote them: the shortest decimal that is the same number in 32 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def shortest(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return 32-bit numbers as 64-bit ones that print shortest: 0.55, where widening alone gives 0.550000011920929."""
    given: npt.NDArray[Any] = np.asarray(values, np.float32)
    return given.astype(str).astype(np.float64)
