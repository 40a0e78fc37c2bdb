import pytest

from engine.core.errors import BadSetting
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.mixture import largest_remainder, sample_mixture

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
