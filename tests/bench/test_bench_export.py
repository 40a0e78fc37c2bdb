import pytest

from tests.bench import bench_export


@pytest.mark.slow
def test_a_hundred_thousand_rows_go_out_in_bounded_memory():
    """AM-26, X-05: every row is written or counted; CPU beside a plain writer, rows a second, peak memory."""
    results = bench_export.run()
    assert [one.ok for one in results] == [True] * 5, results
