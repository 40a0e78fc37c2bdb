"""Pairs of names from outside, as JSON lines: with their cosine by some embedder, or with whether they are the same.

{"left": "Geometric sequence", "right": "Arithmetic sequence", "cosine": 0.805}
{"left": "Geometric sequence", "right": "Arithmetic sequence", "same": false}
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput
from engine.core.files import read_text
from engine.core.lenient_json import loads
from engine.similarity import Embedder

SUFFIXES = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Names of each pair, their cosines, and whether they are the same where the file says so."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    cosine: npt.NDArray[np.float32]
    same: npt.NDArray[np.bool_] | None


def read(path: Path) -> ScoredPairs:
    """Return the pairs of a file; BadInput names the first line that holds none, or says where lines differ."""
    rows = [_row(line, f"{path} line {number}") for number, line in enumerate(read_text(path).splitlines(), 1)
            if line.strip()]  # fmt: skip
    labels = {isinstance(value, bool) for _, _, value in rows}
    if len(labels) != 1:
        raise BadInput("says of some pairs `same` and of others `cosine`, or holds none.", where=str(path))
    left, right, values = zip(*rows, strict=True)
    same = np.array(values, np.bool_) if labels == {True} else None
    return ScoredPairs(left, right, np.array(values, np.float32), same)


def cosines(given: ScoredPairs, model: Embedder) -> npt.NDArray[np.float32]:
    """Return the cosines of the pairs by another embedder."""
    left, right = model.embed(given.left), model.embed(given.right)
    return np.asarray((left * right).sum(axis=1), np.float32)


def _row(line: str, where: str) -> tuple[str, str, bool | float]:
    do = 'Like {"left": "…", "right": "…", "cosine": 0.8} or "same": true.'
    try:
        said: Any = loads(line)
        left, right = said["left"], said["right"]
        value = said["same"] if "same" in said else float(said["cosine"])
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput("holds no pair.", where=where, do=do) from error
    if not (isinstance(left, str) and isinstance(right, str) and isinstance(value, bool | float)):
        raise BadInput("holds no pair.", where=where, do=do)
    if not isinstance(value, bool) and not -1.001 <= value <= 1.001:
        raise BadInput(f"{value:g} is no cosine.", where=where, do="Cosines lie between -1 and 1.")
    return left, right, value
