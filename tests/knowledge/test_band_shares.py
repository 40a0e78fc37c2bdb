"""Shares of pairs in the bands of the dual filter, and limits mapped from another embedder or from labels."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import BadInput
from engine.knowledge import band_shares, scored_pairs
from engine.similarity import embedder

HASHING = embedder.load("hashing")
NAMES = [f"{kind} of {thing}" for kind in ("Area", "Perimeter", "The area", "Volume", "Area and perimeter")
         for thing in ("a circle", "a square", "circles and squares", "similar triangles")]  # fmt: skip


@pytest.mark.parametrize(("merge_at", "ask_from"), [(0.9, 0.7), (0.6, 0.3)])
def test_bands_are_counted_as_brute_force_counts_them(merge_at, ask_from):
    found = band_shares.count(NAMES, HASHING, merge_at, ask_from)
    kept = [name for name in NAMES if not name.startswith("The")]
    v = HASHING.embed(kept)
    cosines = [float(v[a] @ v[b]) for a in range(len(kept)) for b in range(a)]
    assert (found.embedder, found.points, found.pairs) == ("hashing", len(kept), len(cosines))
    assert found.same == sum(c >= merge_at for c in cosines)
    assert found.asked == sum(ask_from <= c < merge_at for c in cosines) > 0
    assert found.shares == (found.same / len(cosines), found.asked / len(cosines))


def test_a_single_point_has_no_shares():
    assert band_shares.count(["Area"], HASHING).shares == (0.0, 0.0)


def test_limits_follow_an_embedder_that_only_stretches_its_cosines():
    """Where two embedders order pairs alike, the mapped limit is the stretched limit, and all pairs are in common."""
    reference = np.random.default_rng(0).uniform(0, 1, 5000).astype(np.float32)
    made = band_shares.mapped(reference**3, reference)
    assert [one.limit for one in made] == [0.9, 0.7]
    for one in made:
        assert one.mapped == pytest.approx(one.limit**3, abs=2e-3)
        assert (one.shared, one.above) == (1.0, int((reference >= one.limit).sum()))
        assert ((reference**3) >= one.mapped).sum() >= one.above
    assert band_shares.agreement(reference**3, reference) == pytest.approx(1)


def test_equal_shares_of_other_pairs_are_told():
    drawn = np.random.default_rng(1)
    reference, own = (drawn.uniform(0, 1, 20_000).astype(np.float32) for _ in "ab")
    first, _ = band_shares.mapped(own, reference)
    assert first.shared == pytest.approx(0.1, abs=0.03)
    assert abs(band_shares.agreement(own, reference)) < 0.05


def test_a_handful_of_pairs_maps_nothing():
    reference = np.zeros(1000, np.float32)
    reference[: band_shares.LEAST - 1] = 0.95
    assert [one.mapped for one in band_shares.mapped(reference, reference)] == [None, None]
    reference[band_shares.LEAST - 1] = 0.95
    assert band_shares.mapped(reference, reference)[0].mapped == pytest.approx(0.95, abs=1e-4)
    with pytest.raises(BadInput, match="same pairs"):
        band_shares.mapped(reference[1:], reference)


def test_labels_set_the_limits_that_do_what_bands_are_for():
    own = np.linspace(1, 0, 101, dtype=np.float32)
    found = band_shares.labelled(own, own >= 0.5)
    assert (found.same, found.different) == (51, 50)
    assert found.merged_right == 1.0
    assert found.missed == pytest.approx(20 / 51)
    from_on = own >= np.float32(found.merge_at)
    assert (own >= 0.5)[from_on].mean() >= band_shares.SURE > (own >= 0.5)[own >= found.merge_at - 0.01].mean()
    assert (own[own >= 0.5] < found.ask_from).mean() <= 1 - band_shares.SURE
    assert found.ask_from == pytest.approx(0.52, abs=0.011)


def test_labels_that_no_limit_tells_apart_set_none():
    """Opposites are as close as synonyms to some embedders: then nothing may be merged without asking."""
    own = np.linspace(1, 0.9, 100, dtype=np.float32)
    found = band_shares.labelled(own, np.arange(100) % 2 == 0)
    assert (found.merge_at, found.merged_right, found.missed) == (None, 0.5, 0.0)
    none = band_shares.labelled(own[:0], np.zeros(0, np.bool_))
    assert (none.merged_right, none.missed, none.merge_at, none.ask_from) == (None, None, None, None)


def test_pairs_come_from_json_lines(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"left": "Area", "right": "Areas", "cosine": 0.9}\n\n{"left": "圆", "right": "方", "cosine": 0}\n')
    given = scored_pairs.read(path)
    assert (given.left, given.right, given.same) == (("Area", "圆"), ("Areas", "方"), None)
    np.testing.assert_allclose(given.cosine, [0.9, 0], atol=1e-6)
    v = HASHING.embed(["Area", "Areas"])
    assert scored_pairs.cosines(given, HASHING)[0] == pytest.approx(v[0] @ v[1])
    path.write_text('{"left": "Area", "right": "Areas", "same": true}\n{"left": "A", "right": "B", "same": false}\n')
    assert scored_pairs.read(path).same.tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"left": "a", "right": "b"}', "line 1"),
        ('{"left": "a", "right": "b", "cosine": 0.5}\n{"left": "a", "right": 3, "cosine": 1}', "line 2"),
        ('{"left": "a", "right": "b", "cosine": 7}', "no cosine"),
        ('{"left": "a", "right": "b", "same": "yes"}', "line 1"),
        ('{"left": "a", "right": "b", "same": true}\n{"left": "a", "right": "b", "cosine": 1}', "of others"),
        ("no json", "line 1"),
        ("", "holds none"),
    ],
)
def test_a_line_without_a_pair_is_named(tmp_path, text, why):
    (tmp_path / "pairs.jsonl").write_text(text)
    with pytest.raises(BadInput) as caught:
        scored_pairs.read(tmp_path / "pairs.jsonl")
    assert why in str(caught.value)
