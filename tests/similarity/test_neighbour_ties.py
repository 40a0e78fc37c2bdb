"""Nearest rows where many are equally near, and blocks of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.curation.ds2.curated import curate
from engine.similarity import neighbours


def _units(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=30), st.integers(1, 3))
def test_equally_near_rows_come_by_their_number(kinds, k):
    """SC-18: who is listed among equals does not depend on how the search goes about it."""
    base = np.eye(4, dtype=np.float32)[kinds]
    found = neighbours.top_k(base, base, k, own=np.arange(len(base)))
    for row, kind in enumerate(kinds):
        others = [other for other in range(len(kinds)) if other != row]
        assert found.index[row].tolist() == sorted(others, key=lambda other: (kinds[other] != kind, other))[:k]


@pytest.mark.parametrize("floats", [1, 900, 7_000])
def test_the_size_of_a_block_changes_nothing(monkeypatch, floats):
    """SC-18: two runs are equal, and memory is bounded by a block whose size does not show in the result."""
    rng = np.random.default_rng(5)
    vectors, scores = _units(rng.normal(size=(240, 12))), rng.integers(0, 3, 240)
    whole = curate(vectors, scores, 3, seed=2, rounds=3, epochs=5)
    monkeypatch.setattr(neighbours, "BLOCK_FLOATS", floats)
    parts = curate(vectors, scores, 3, seed=2, rounds=3, epochs=5)
    assert np.array_equal(whole.scores, parts.scores)
    assert np.array_equal(whole.flagged, parts.flagged)
    assert whole.confidence == pytest.approx(parts.confidence)
