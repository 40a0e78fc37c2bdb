from tests.bench import bench_graph


def test_counts_are_equal_and_the_bars_hold():
    """GSDP-49: all four kinds over 12,000 points and 60,000 edges, beside plain scipy and networkx."""
    results = bench_graph.run()
    assert [one.ok for one in results] == [True] * 4, results
