"""Nearness to seeds, number of ideas, components and their unions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from engine.core.errors import BadInput
from engine.knowledge import unions
from engine.reporting import diversity, seed_similarity


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def blobs(count, each, noise, seed=3):
    """`count` tight groups around orthogonal directions, and lonely directions."""
    rng = np.random.default_rng(seed)
    near = np.repeat(np.eye(40)[:count], each, axis=0) + rng.normal(0, 0.01, (count * each, 40))
    lonely = np.eye(40)[40 - noise :] if noise else np.zeros((0, 40))
    return unit(np.concatenate([near, lonely]))


@given(st.lists(st.floats(-1, 1.0001), min_size=1, max_size=60))
def test_gsdp34_cumulative_curve_rises_to_one(cosines):
    """GSDP-34: every value is counted once and the curve ends at 1."""
    found = seed_similarity.distribution(cosines)
    assert found.items == len(cosines)
    assert np.all(np.diff(found.cumulative) >= 0)
    assert found.cumulative[-1] == pytest.approx(1.0)


def test_gsdp34_fullest_band():
    """GSDP-34: the band that most values lie in is told; nothing without values."""
    assert seed_similarity.distribution([0.61, 0.62, 0.9]).mode == pytest.approx((0.6, 0.65))
    empty = seed_similarity.distribution([])
    assert empty.mode is None
    assert empty.mean is None
    assert empty.cumulative[-1] == 0


def test_gsdp35_four_blobs_and_noise_are_four_clusters():
    """GSDP-35: clusters are counted without noise, with the radius of the knee."""
    vectors = blobs(4, 25, 4)
    found = diversity.measure(vectors, seed=1)
    assert (found.clusters, found.noise, found.items) == (4, 4, 104)
    assert 0 < found.eps < 0.5


def test_gsdp35_sets_are_compared_at_one_size():
    """GSDP-35: equal samples, drawn by seed; a chosen radius is used as it is."""
    vectors = blobs(6, 40, 0)
    one, two = (diversity.measure(vectors, seed=5, size=120, eps=0.3) for _ in range(2))
    assert one.items == 120
    assert one.eps == 0.3
    assert (one.clusters, one.noise) == (two.clusters, two.noise) == (6, 0)
    assert diversity.measure(vectors, seed=5, eps=3.0).clusters == 1


def test_gsdp35_copies_and_nothing_are_no_trouble():
    """GSDP-35: ten copies are one cluster; an empty set has none."""
    copies = np.repeat(unit([[1, 0, 0]]), 10, axis=0)
    assert diversity.measure(copies, seed=1).clusters == 1
    assert diversity.measure(copies[:0], seed=1).clusters == 0
    assert diversity.measure(copies[:2], seed=1).noise == 2


@pytest.mark.parametrize("floats", [1, 5_000, 8_000_000])
@pytest.mark.parametrize("eps", [0.2, 0.5, 0.9, 1.3, 1.6])
def test_gsdp35_clusters_are_those_of_dbscan_whatever_the_block(monkeypatch, eps, floats):
    """GSDP-35: cores fall into the same clusters and the same rows are alone as by scikit-learn's DBSCAN."""
    monkeypatch.setattr(diversity, "BLOCK_FLOATS", floats)
    rng = np.random.default_rng(9)
    groups = np.repeat(unit(rng.normal(size=(7, 6))), 30, axis=0) + rng.normal(0, 0.15, (210, 6))
    vectors = np.concatenate([unit(groups), unit(rng.normal(size=(60, 6))), np.zeros((2, 6), np.float32)])
    known = DBSCAN(eps=eps, min_samples=5).fit(vectors)
    ours = diversity.labelled(vectors, eps, 5)
    cores = known.core_sample_indices_
    pairs = set(zip(known.labels_[cores].tolist(), ours[cores].tolist(), strict=True))
    assert len(pairs) == len(set(known.labels_[cores].tolist())) == len(set(ours[cores].tolist()))
    assert (ours < 0).tolist() == (known.labels_ < 0).tolist()


def test_gsdp36_k_distance_curve_is_monotone_and_bends():
    """GSDP-36: ascending distances; the knee lies at the bend, and any other radius may be chosen."""
    curve = diversity.k_distances(blobs(4, 25, 4), 5)
    assert len(curve) == 104
    assert np.all(np.diff(curve) >= 0)
    bent = np.concatenate([np.linspace(0.1, 0.2, 90), np.linspace(0.25, 1.4, 10)])
    assert diversity.knee(bent) == pytest.approx(0.2)
    assert diversity.knee(np.full(9, 0.4)) == 0.4
    assert diversity.knee(np.zeros(0)) == 0.0


ITEMS = (
    unions.Tagged("a", "one-hop", "C1"),
    unions.Tagged("b", "two-hop", "C2"),
    unions.Tagged("c", "one-hop", "C1"),
    unions.Tagged("d", "three-hop", "C3"),
    unions.Tagged("e", "community", "C4"),
    unions.Tagged("f", "one-hop", "C5"),
    unions.Tagged("g", None, None),
)


def test_gsdp37_components_and_unions():
    """GSDP-37: One holds every one-hop problem, One-Base one per pair; unions repeat nothing."""
    assert unions.component(ITEMS, "One") == ("a", "c", "f")
    assert unions.component(ITEMS, "One-Base") == ("a", "f")
    assert unions.union(ITEMS, ["Three", "One-Base", "One"]) == ("a", "c", "d", "f")
    assert unions.union(ITEMS, ["Two", "Community"]) == ("b", "e")
    sizes = {name: len(unions.component(ITEMS, name)) for name in unions.COMPONENTS}
    assert sizes == {"One": 3, "One-Base": 2, "Two": 1, "Three": 1, "Community": 1}
    with pytest.raises(BadInput, match="no component"):
        unions.component(ITEMS, "Four")
