import pytest

from tests.bench import bench_contamination, bench_curation, bench_duplicates, bench_tiers
from tests.bench.side import alone


@pytest.mark.slow
def test_contamination_of_a_hundred_thousand_problems():
    """FL-18, X-05: within the bar beside plain loops, and all three sides flag the same rows."""
    results = bench_contamination.run()
    assert [one.ok for one in results] == [True] * len(results), results


@pytest.mark.slow
def test_duplicates_of_a_hundred_thousand_problems():
    """FL-17, X-05: recall, no number-only merge, CPU seconds."""
    results = bench_duplicates.run()
    assert [one.ok for one in results] == [True] * len(results), results


@pytest.mark.slow
def test_curation_gives_what_one_search_and_plain_loops_give():
    """SC-18: the same scores as the peer's, for little more CPU."""
    ours, plain = (alone(bench_curation.__file__, side) for side in ("ours", "plain"))
    assert ours["changed"] == plain["changed"]
    assert ours["cpu_s"] <= bench_curation.BAR * plain["cpu_s"]


@pytest.mark.slow
def test_three_tiers_of_a_hundred_thousand_problems():
    """RR-19, X-05: CPU seconds beside vectors alone, memory, what is missed and what is found wrongly."""
    results = bench_tiers.run()
    assert [one.ok for one in results] == [True] * len(results), results
