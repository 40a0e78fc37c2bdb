from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import BadSetting
from engine.knowledge.cluster_quota import evenly
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.mixture import largest_remainder, sample_mixture
from engine.knowledge.networks import clusters

EQUAL = {"one-hop": 25.0, "two-hop": 25.0, "three-hop": 25.0, "community": 25.0}


def ladder(rungs):
    edges = [(f"a{i:03d}", f"a{i + 1:03d}") for i in range(rungs)] + [
        (f"a{i:03d}", f"a{i + 2:03d}") for i in range(rungs)
    ]
    return KnowledgeGraph.from_incidence(
        [(str(q), end) for q, edge in enumerate(edges) for end in edge], core_points=20
    )


def test_counts_follow_the_largest_remainder():
    assert largest_remainder({"one-hop": 1, "two-hop": 1, "community": 1}, 10) == {
        "one-hop": 4,
        "two-hop": 3,
        "community": 3,
    }
    draw = sample_mixture(ladder(100), {"one-hop": 50, "two-hop": 30, "three-hop": 0, "community": 20}, 33, seed=1)
    assert [(one.kind, one.drawn) for one in draw.shares] == [("one-hop", 16), ("two-hop", 10), ("community", 7)]
    assert len({one.id for one in draw.combinations}) == 33
    assert draw.notes == ()


def test_same_seed_same_draw_in_mixed_order():
    graph = ladder(100)
    draw = sample_mixture(graph, EQUAL, 40, seed=7)
    assert draw == sample_mixture(graph, EQUAL, 40, seed=7)
    assert draw.combinations != sample_mixture(graph, EQUAL, 40, seed=8).combinations
    kinds = [one.kind for one in draw.combinations]
    assert kinds != sorted(kinds)


def test_a_kind_that_runs_short_is_reported_and_filled_up():
    """GSDP-49: never silently fewer."""
    graph = KnowledgeGraph.from_incidence([("q", p) for p in "abcde"])
    draw = sample_mixture(graph, {"one-hop": 50, "two-hop": 50}, 8, seed=0)
    assert [(one.asked, one.available, one.drawn) for one in draw.shares] == [(4, 10, 8), (4, 0, 0)]
    assert draw.notes == ("two-hop: 4 asked, the graph has 0; the other kinds fill up.",)
    short = sample_mixture(graph, {"one-hop": 50, "two-hop": 50}, 30, seed=0)
    assert len(short.combinations) == 10
    assert short.notes[-1] == "20 of 30 combinations are missing: no kind has any left."


def test_pairs_are_drawn_as_often_as_they_are_shared_on_request():
    """GSDP-19."""
    graph = KnowledgeGraph.from_incidence([(f"q{i}", p) for i in range(3) for p in "ab"])
    assert len(sample_mixture(graph, {"one-hop": 1}, 3, 0).combinations) == 1
    assert len(sample_mixture(graph, {"one-hop": 1}, 3, 0, repeat=True).combinations) == 3


@pytest.mark.parametrize("shares", [{"one-hop": -1.0, "two-hop": 2.0}, {}, {"five-hop": 1.0}, {"one-hop": 0.0}])
def test_shares_that_do_not_fit_are_refused(shares):
    with pytest.raises(BadSetting, match="do not fit"):
        sample_mixture(ladder(5), shares, 3, 0)


def crowded():
    """A large cluster of 20 points and three small ones of five; each meets the next once."""
    groups = {"big": 20, "one": 5, "two": 5, "three": 5}
    pairs = [(f"{g}{i}-{j}", f"{g}{k:02d}") for g, n in groups.items() for i in range(n) for j in range(i)
             for k in (i, j)]  # fmt: skip
    names = list(groups)
    pairs += [(f"bridge{n}", f"{end}00") for n in range(3) for end in names[n : n + 2]]
    return KnowledgeGraph.from_incidence(pairs)


def home(clusters, graph, combination):
    return max(int(clusters.of[graph.row(point)]) for point in combination.points)


def test_clusters_give_equal_numbers_over_all_kinds_and_the_shares_stay():
    graph = crowded()
    found = clusters(graph)
    assert [one.size for one in found.each] == [20, 5, 5, 5]
    shares = {"one-hop": 40, "two-hop": 30, "community": 30}
    plain = sample_mixture(graph, shares, 42, seed=4)
    even = sample_mixture(graph, shares, 42, seed=4, clusters=found)
    assert even.shares == plain.shares
    assert len({one.id for one in even.combinations}) == 42
    assert sorted(Counter(home(found, graph, one) for one in even.combinations).values()) == [10, 10, 11, 11]
    assert Counter(home(found, graph, one) for one in plain.combinations)[0] > 20
    assert even.notes == ()
    assert even == sample_mixture(graph, shares, 42, seed=4, clusters=found)
    assert even.combinations != sample_mixture(graph, shares, 42, seed=5, clusters=found).combinations


def test_a_cluster_without_enough_gives_all_it_has_and_it_is_said():
    graph = crowded()
    found = clusters(graph)
    draw = sample_mixture(graph, {"one-hop": 1}, 100, seed=0, clusters=found)
    # Ten pairs inside each small cluster, and one that joins it to its neighbour.
    assert len(draw.combinations) == 100
    assert len({one.id for one in draw.combinations}) == 100
    counts = Counter(home(found, graph, one) for one in draw.combinations)
    assert counts[0] == 100 - sum(counts[place] for place in (1, 2, 3))
    assert sum(counts[place] for place in (1, 2, 3)) == 33
    assert len(draw.notes) == 1
    assert draw.notes[0].startswith("clusters: 10 to 67 combinations from each of 4;")


def test_what_only_one_kind_can_serve_is_not_forgotten():
    """Pairs that meet nobody else have a one-hop combination and nothing more; all of them get it."""
    pairs = [(f"{i}-{j}", f"k{k}") for i in range(7) for j in range(i) for k in (i, j) if i - j < 3]
    graph = KnowledgeGraph.from_incidence(pairs + [(f"far{n}", f"{side}{n}") for n in range(8) for side in "lr"])
    found = clusters(graph)
    for seed in range(20):
        draw = sample_mixture(graph, {"one-hop": 50, "two-hop": 20, "community": 30}, 16, seed, clusters=found)
        assert sum(one.points[0].startswith("l") for one in draw.combinations) == 8


def test_pairs_repeat_by_weight_within_the_quota_too():
    graph = KnowledgeGraph.from_incidence([(f"q{i}", p) for i in range(3) for p in "ab"] + [("r", "c"), ("r", "d")])
    found = clusters(graph)
    draw = sample_mixture(graph, {"one-hop": 1}, 4, 0, repeat=True, clusters=found)
    assert Counter(one.points for one in draw.combinations) == {("a", "b"): 3, ("c", "d"): 1}


def test_every_combination_of_a_cluster_is_as_likely_as_any_other():
    graph = crowded()
    found = clusters(graph)
    times = Counter(
        one.points
        for seed in range(400)
        for one in sample_mixture(graph, {"one-hop": 1}, 8, seed, clusters=found).combinations
        if home(found, graph, one) == 1
    )
    # Two of eleven in each of 400 draws: 73 expected, 7.7 standard deviation.
    assert len(times) == 11
    assert min(times.values()) > 45
    assert max(times.values()) < 101


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8), st.integers(0, 60),
    st.integers(0, 5),
)  # fmt: skip
def test_an_even_split_takes_all_it_may_and_cannot_be_evened_out_further(slots, n, seed):
    before, room = (np.array(column, dtype=np.int64) for column in zip(*slots, strict=True))
    taken = evenly(before, room, n, np.random.default_rng(seed))
    assert taken.sum() == min(n, room.sum())
    assert ((taken >= 0) & (taken <= room)).all()
    givers, takers = (before + taken)[taken > 0], (before + taken)[taken < room]
    if givers.size and takers.size:
        assert givers.max() <= takers.min() + 1
