"""The graph against brute force, the paper's examples and a sampled count."""

from collections import Counter
from itertools import combinations as choose

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.core.records import KINDS
from engine.knowledge.graph import KnowledgeGraph

incidences = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 14)), max_size=50).map(
    lambda pairs: [(f"q{q}", f"k{k:02d}") for q, k in pairs]
)


def of_edges(*edges, core_points=0):
    pairs = [(f"q{i}", end) for i, edge in enumerate(edges) for end in edge]
    return KnowledgeGraph.from_incidence(pairs, core_points=core_points)


def random_graph(points=300, edges=900, seed=3):
    return of_edges(*[(f"k{a:04d}", f"k{b:04d}") for a, b in nx.gnm_random_graph(points, edges, seed=seed).edges])


def brute(pairs, core):
    """Edges with weights, pairs at distance two, core x other at distance three, triangles; by the definitions."""
    problems = {}
    for problem, point in pairs:
        problems.setdefault(problem, set()).add(point)
    weights = Counter(pair for points in problems.values() for pair in choose(sorted(points), 2))
    plain = nx.Graph(list(weights))
    plain.add_nodes_from(point for _, point in pairs)
    far = {(a, b): hops for a, row in nx.all_pairs_shortest_path_length(plain) for b, hops in row.items() if a != b}
    return {
        "one-hop": set(weights),
        "two-hop": {(a, b) for (a, b), hops in far.items() if hops == 2 and a < b},
        "three-hop": {(a, b) for (a, b), hops in far.items() if hops == 3 and a in core and b not in core},
        "community": {
            triple for triple in choose(sorted(plain), 3) if all(plain.has_edge(*pair) for pair in choose(triple, 2))
        },
    }, weights


@settings(max_examples=150, deadline=None)
@given(incidences, st.integers(1, 4))
def test_every_kind_equals_brute_force(pairs, core):
    """GSDP-12, GSDP-14, GSDP-15, GSDP-16, GSDP-18."""
    graph = KnowledgeGraph.from_incidence(pairs, core_points=core)
    expected, weights = brute(pairs, set(graph.core()))
    for kind in KINDS:
        found = list(graph.combinations(kind))
        assert len(found) == len({one.id for one in found}) == graph.count(kind)
        assert {one.points for one in found} == expected[kind]
        for one in found:
            pairs_of_one = [weights.get(tuple(sorted(pair)), 0) for pair in choose(one.points, 2)]
            assert one.weight == min(pairs_of_one)
            assert one.distance == graph.distance(one.points[0], one.points[1])
    assert {(edge.left, edge.right): edge.weight for edge in graph.edges} == dict(weights)


def test_three_problems_with_known_weights():
    """GSDP-12: weight is the number of shared problems; a pair given twice counts once."""
    pairs = [("p1", "a"), ("p1", "b"), ("p2", "a"), ("p2", "b"), ("p2", "c"), ("p3", "c"), ("p2", "c")]
    graph = KnowledgeGraph.from_incidence(pairs)
    assert [(e.left, e.right, e.weight) for e in graph.edges] == [("a", "b", 2), ("a", "c", 1), ("b", "c", 1)]
    assert [(n.name, n.degree, n.problems) for n in graph.nodes] == [("a", 2, 2), ("b", 2, 2), ("c", 2, 2)]
    assert graph.weight("b", "a") == 2
    assert graph.degree("c") == 2


def test_distances_on_a_path_and_without_one():
    """GSDP-13: D(a, c) = 2, D(a, d) = 3; unconnected pairs have no distance and are never listed."""
    graph = of_edges("ab", "bc", "cd", "xy")
    assert [graph.distance("a", other) for other in "abcdx"] == [0, 1, 2, 3, None]
    assert not any({"a", "x"} <= set(one.points) for kind in KINDS for one in graph.combinations(kind))
    with pytest.raises(BadInput, match="'z' is no point of this graph"):
        graph.distance("a", "z")


def test_three_hop_needs_one_core_and_one_other():
    """GSDP-16: core-core and other-other pairs are left out."""
    edges = ("cp", "cq", "cr", "ru", "uv", "vw", "wx", "wy", "wz")
    star = of_edges(*edges)
    assert star.core(2) == ("w", "c")
    both = of_edges(*edges, core_points=2)
    assert both.distance("c", "v") == 3
    found = {one.points for one in both.combinations("three-hop")}
    assert found == {("c", "v"), ("w", "r")}
    assert {one.points for one in of_edges(*edges, core_points=1).combinations("three-hop")} == {("w", "r")}


def test_core_is_the_centre_of_a_star_and_ties_go_by_name():
    """GSDP-17: top n or percentile, deterministic."""
    star = of_edges("mb", "ma", "mc", "md")
    assert star.core() == ("m",)
    assert star.core(3) == ("m", "a", "b")
    assert star.core(percentile=50) == ("m", "a", "b", "c", "d")
    assert KnowledgeGraph.from_incidence([("q", "alone")]).core(5) == ()


def test_k4_has_four_communities_and_weakest_edge_is_the_weight():
    """GSDP-18."""
    graph = KnowledgeGraph.from_incidence([("q", p) for p in "abcd"] + [("r", p) for p in "abc"])
    found = {one.points: one.weight for one in graph.combinations("community")}
    assert found == {("a", "b", "c"): 2, ("a", "b", "d"): 1, ("a", "c", "d"): 1, ("b", "c", "d"): 1}


def test_one_hop_is_repeated_by_weight_on_request():
    """GSDP-19: GSDP-One lists the sum of weights, GSDP-One-Base the number of edges."""
    graph = KnowledgeGraph.from_incidence([("q", "a"), ("q", "b"), ("r", "a"), ("r", "b"), ("r", "c")])
    every = graph.combinations("one-hop", repeat=True)
    assert every.total == len(list(every)) == sum(edge.weight for edge in graph.edges) == 4
    assert graph.combinations("one-hop").total == 3
    assert Counter(one.points for one in graph.combinations("one-hop", repeat=True))["a", "b"] == 2
    assert graph.combinations("community", repeat=True).total == 1


def test_sample_is_seeded_without_repeats_and_says_that_it_is_capped():
    """GSDP-49: same seed, same sample; the cap is reported."""
    graph = random_graph()
    listing = graph.combinations("two-hop", limit=200, seed=5)
    assert listing.capped
    assert listing.total == graph.count("two-hop") > 200
    sample = list(listing)
    assert len({one.id for one in sample}) == 200
    assert sample == list(graph.combinations("two-hop", 200, 5))
    assert sample != list(graph.combinations("two-hop", 200, 6))
    everything = {one.id for one in graph.combinations("two-hop")}
    assert {one.id for one in sample} < everything
    whole = graph.combinations("two-hop", 10**9, 1)
    assert not whole.capped
    assert {one.id for one in whole} == everything


def test_sample_is_uniform_over_the_blocks():
    """GSDP-49: every edge is drawn about equally often, wherever its rows lie."""
    graph = random_graph(60, 120)
    drawn = Counter(one.id for seed in range(400) for one in graph.combinations("one-hop", 30, seed))
    assert len(drawn) == 120
    assert 60 < min(drawn.values()) <= max(drawn.values()) < 145  # 100 expected, standard deviation 8.7


def test_a_sample_of_a_large_graph_holds_what_lies_behind_its_first_rows():
    """GSDP-49: with as much as there is, every edge once, though rows are looked at a thousand at a time."""
    graph = random_graph(2500, 9000)
    everything = [one.id for one in graph.combinations("one-hop")]
    drawn = [one.id for one in graph.combinations("one-hop", 9000, 1)]
    assert drawn != everything
    assert sorted(drawn) == sorted(everything)
    half = {one.id for one in graph.combinations("one-hop", 4500, 1)}
    assert len(half) == 4500
    assert half < set(everything)


def test_count_is_estimated_beyond_the_effort_and_says_so():
    """GSDP-49, GSDP-42."""
    graph = random_graph(2500, 9000)
    for kind in ("two-hop", "three-hop"):
        rough = random_graph(2500, 9000).tally(kind, effort=60_000)
        assert not rough.exact
        assert 0 < rough.looked_at < rough.of
        assert rough.count == pytest.approx(graph.count(kind), rel=0.25)
        assert graph.tally(kind).exact


def test_first_combinations_come_before_all_rows_were_looked_at():
    """GSDP-49: lazy; a limit without a seed takes the first ones in order."""
    graph = random_graph()
    first = list(graph.combinations("two-hop", limit=3))
    assert [one.points for one in first] == sorted(one.points for one in graph.combinations("two-hop"))[:3]
    assert next(graph.combinations("two-hop")) == first[0]


def test_statistics():
    """GSDP-42: nodes, edges, degrees, components and counts."""
    graph = KnowledgeGraph.from_incidence([("q", p) for p in "abc"] + [("r", "c"), ("r", "d"), ("s", "x")])
    stats = graph.stats
    assert (stats.nodes, stats.edges, stats.components, stats.largest, stats.isolated) == (5, 4, 2, 4, 1)
    assert stats.max_degree == 3
    assert stats.mean_degree == pytest.approx(1.6)
    assert {tally.kind: tally.count for tally in stats.counts} == {
        "one-hop": 4,
        "two-hop": 2,
        "three-hop": 0,
        "community": 1,
    }
    assert graph.components == (("a", "b", "c", "d"), ("x",))


def test_empty_graph():
    graph = KnowledgeGraph.from_incidence([])
    assert graph.stats.nodes == 0
    assert [graph.count(kind) for kind in KINDS] == [0, 0, 0, 0]
    assert list(graph.combinations("community", 5, 1)) == []
    assert graph.layout(0).shape == (0, 2)


def test_unknown_kind_and_negative_limit_are_refused():
    """Both say what can be given instead; a limit of nothing is one."""
    graph = of_edges("ab")
    with pytest.raises(BadSetting, match="'four-hop' is no kind") as told:
        graph.combinations("four-hop")
    assert told.value.do == "Choose one of one-hop, two-hop, three-hop, community."
    with pytest.raises(BadSetting, match="limit -1 is negative") as told:
        graph.combinations("one-hop", -1)
    assert told.value.do == "Give 0 or more, or none at all."
    nothing = graph.combinations("one-hop", 0)
    assert (list(nothing), nothing.total, nothing.capped) == ([], 1, True)
    assert not graph.combinations("one-hop", 1).capped


def test_ego_has_rings_parents_and_a_cap():
    graph = KnowledgeGraph.from_incidence(
        [
            ("1", "c"),
            ("1", "a"),
            ("2", "c"),
            ("2", "a"),
            ("3", "c"),
            ("3", "b"),
            ("4", "b"),
            ("4", "far"),
            ("5", "far"),
            ("5", "out"),
        ]
    )
    around = graph.ego("c", hops=2, cap=10)
    assert [(n.name, n.ring, n.parent) for n in around.nodes] == [
        ("c", 0, None),
        ("a", 1, "c"),
        ("b", 1, "c"),
        ("far", 2, "b"),
    ]
    assert {(e.left, e.right) for e in around.edges} == {("a", "c"), ("b", "c"), ("b", "far")}
    assert around.hidden == 0
    small = graph.ego("c", hops=2, cap=2)
    assert [n.name for n in small.nodes] == ["c", "a"]
    assert small.hidden == 2


def test_a_point_that_is_not_there_is_named():
    graph = KnowledgeGraph.from_incidence([("1", "Sums"), ("1", "Series")])
    assert [graph.row(name) for name in graph.names] == [0, 1]
    said = r"'sums' is no point of this graph\. Points are matched by their exact name\."
    with pytest.raises(BadInput, match=f"^{said}$"):
        graph.row("sums")


def test_a_ring_holds_the_heaviest_ties_first_and_each_point_hangs_on_its_heaviest():
    """Points of one weight come by name, whichever point they hang on."""
    ties = {("m", "z"): 3, ("m", "a"): 1, ("b", "m"): 1, ("a", "p"): 2, ("b", "p"): 1}
    ties |= {("a", "q"): 1, ("b", "q"): 3, ("b", "s"): 2, ("a", "t"): 2}
    met = [(f"{left}{right}{number}", left, right) for (left, right), times in ties.items() for number in range(times)]
    around = KnowledgeGraph.from_incidence([(seed, point) for seed, *both in met for point in both]).ego("m", 2, 20)
    assert [(node.name, node.parent) for node in around.nodes] == [
        ("m", None),
        *(("z", "m"), ("a", "m"), ("b", "m")),
        *(("q", "b"), ("p", "a"), ("s", "b"), ("t", "a")),
    ]


def test_layout_is_repeatable_and_draws_neighbours_together():
    left, right = [f"l{i}" for i in range(8)], [f"r{i}" for i in range(8)]
    graph = of_edges(*choose(left, 2), *choose(right, 2), ("l0", "r0"))
    spots = graph.layout(4)
    assert (spots == graph.layout(4)).all()
    assert abs(spots).max() == pytest.approx(1)
    inside = abs(spots[:8] - spots[:8].mean(axis=0)).mean() + abs(spots[8:] - spots[8:].mean(axis=0)).mean()
    assert abs(spots[:8].mean(axis=0) - spots[8:].mean(axis=0)).sum() > inside


def test_reach_of_a_point_equals_what_the_listings_hold():
    """GSDP-14, GSDP-15, GSDP-18: the counts beside a point are those of the combinations that name it."""
    pairs = [("1", "A"), ("1", "B"), ("1", "C"), ("2", "C"), ("2", "D"), ("3", "D"), ("3", "E"), ("4", "F")]
    graph = KnowledgeGraph.from_incidence(pairs)
    for point in graph.names:
        named = [
            sum(point in found.points for found in graph.combinations(kind))
            for kind in ("one-hop", "two-hop", "community")
        ]
        reach = graph.reach(point)
        assert [reach.one_hop, reach.two_hop, reach.communities] == named, point
