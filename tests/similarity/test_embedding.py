import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadSetting, MissingExtra
from engine.curation.ds2 import rarity
from engine.similarity import embedder, map_projection, neighbours

HASHING = embedder.load("hashing")


def _unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _random(n, d, seed=0):
    return _unit(np.random.default_rng(seed).normal(size=(n, d)))


def test_x06_the_fallback_is_deterministic_across_processes():
    """X-06: an embedding interface with a deterministic offline implementation."""
    code = "from engine.similarity import embedder; print(embedder.load('hashing').embed(['a ratio of 2 : 3'])[0].tolist())"
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    ]
    assert said[0] == said[1]
    assert len(eval(said[0])) == HASHING.dim


@settings(max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_rows_have_length_one_or_zero(texts):
    vectors = HASHING.embed(texts)
    assert vectors.shape == (len(texts), HASHING.dim)
    assert np.all(np.isclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5) | ~vectors.any(axis=1))


def test_spellings_are_close_and_other_laws_are_not():
    v = HASHING.embed(["Pythagorean theorem", "The Pythagorean Theorem", "Law of sines", "Law of cosines"])
    assert v[0] @ v[1] > 0.8
    assert v[2] @ v[3] < 0.7
    assert abs(v[0] @ v[2]) < 0.2


def test_chinese_texts_are_embedded_by_character():
    v = HASHING.embed(["等差数列求和", "等差数列的求和", "圆的面积"])
    assert v[0] @ v[1] > 0.6 > v[0] @ v[2]


def test_an_unknown_model_says_what_to_do():
    with pytest.raises((MissingExtra, BadSetting), match="no-such-model"):
        embedder.load("no-such-model")


@pytest.mark.parametrize("block", [7, 1000, 10**9])
def test_neighbours_equal_brute_force_whatever_the_block(block, monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK_FLOATS", block)
    base = _random(60, 8)
    near = neighbours.top_k(base, base, 5, own=np.arange(60))
    full = base @ base.T
    np.fill_diagonal(full, -np.inf)
    assert np.array_equal(near.index, np.argsort(-full, axis=1, kind="stable")[:, :5])
    assert np.all(near.index != np.arange(60)[:, None])


def test_asking_for_more_neighbours_than_there_are_is_refused():
    with pytest.raises(ValueError, match="4 neighbours of 4 rows"):
        neighbours.top_k(_random(4, 3), _random(4, 3), 4, own=np.arange(4))


def test_sc14_long_tail_values():
    """SC-14: tanh(mean / 2) to four decimals; the table TV11."""
    means = [0, 0.05, 0.1, 0.2, 0.5, 1, 2]
    assert rarity.from_distance(means).tolist() == [0, 0.025, 0.05, 0.0997, 0.2449, 0.4621, 0.7616]


def test_sc14_an_isolated_text_is_rarer_than_one_of_a_crowd():
    """SC-14: an isolated point scores higher than a cluster point; the self switch only lowers scores."""
    crowd = _unit(np.ones((12, 6)) + 0.01 * np.random.default_rng(1).normal(size=(12, 6)))
    alone = _unit(np.array([[1.0, -1, 1, -1, 1, -1]]))
    everything = np.concatenate([crowd, alone])
    scores = rarity.long_tail(everything, 5)
    assert scores[-1] > scores[:-1].max()
    assert np.all(rarity.long_tail(everything, 5, count_self=True) <= scores)


def test_a_map_is_repeatable_and_keeps_neighbours_together():
    groups = [
        _unit(centre + 0.05 * np.random.default_rng(n).normal(size=(20, 16))) for n, centre in enumerate(np.eye(3, 16))
    ]
    vectors = np.concatenate(groups)
    one, two = (map_projection.fit(vectors, method="pca", seed=1) for _ in "ab")
    assert np.array_equal(one.xy, two.xy)
    assert one.xy.min() >= 0
    assert one.xy.max() <= 1
    centres = [one.xy[n * 20 : n * 20 + 20].mean(axis=0) for n in range(3)]
    spread = max(np.linalg.norm(one.xy[n * 20 : n * 20 + 20] - centres[n], axis=1).max() for n in range(3))
    assert spread < min(np.linalg.norm(centres[a] - centres[b]) for a, b in ((0, 1), (0, 2), (1, 2)))


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_maps_of_hardly_anything_do_not_fail(n):
    drawn = map_projection.fit(_random(n, 8) if n else np.zeros((0, 8), np.float32), method="umap")
    assert drawn.xy.shape == (n, 2)
    assert np.isfinite(drawn.xy).all()


def test_a_new_text_lands_beside_its_neighbours():
    fitted = _random(40, 16)
    xy = map_projection.fit(fitted, method="pca").xy
    placed = map_projection.place(fitted[:3], fitted, xy)
    assert np.linalg.norm(placed - xy[:3], axis=1).max() < 0.45
    assert map_projection.place(np.zeros((2, 16), np.float32), fitted, xy).shape == (2, 2)
