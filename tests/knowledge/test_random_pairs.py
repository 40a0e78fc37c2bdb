import pytest

from engine.core.errors import UserError
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.random_pairs import draw


def test_gsdp43_as_many_random_pairs_as_graph_pairs():
    """GSDP-43: seeded, different, from the same points, the same number."""
    graph = KnowledgeGraph.from_incidence((f"s{n % 40}", f"p{n % 23}") for n in range(400))
    count = graph.count("one-hop")
    pairs = draw(graph.names, count, seed=3)
    assert len(pairs) == len(set(pairs)) == count
    assert all(a < b for a, b in pairs)
    assert {point for pair in pairs for point in pair} <= set(graph.names)
    assert pairs == draw(graph.names, count, seed=3)
    assert pairs != draw(graph.names, count, seed=4) or count == 23 * 22 // 2


def test_gsdp43_every_pair_can_be_drawn_and_no_more():
    names = [f"p{n}" for n in range(9)]
    assert len(set(draw(names, 36, seed=0))) == 36
    assert len(set(draw(names, 10, seed=0))) == 10
    with pytest.raises(UserError, match="9 points have 36"):
        draw(names, 37, seed=0)
