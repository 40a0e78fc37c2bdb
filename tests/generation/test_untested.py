"""A run that compares nothing with test problems says so, and one that nobody can tell of says nothing."""

from __future__ import annotations

from pathlib import Path

from engine.core.records import BenchmarkItem
from engine.generation import inputs


def test_gsdp24_a_run_without_test_problems_says_how_to_add_some(tmp_path: Path) -> None:
    """GSDP-24: no copy can be found there, which is not the same as none being there."""
    assert inputs.untested(tmp_path) == "", "runs of earlier versions kept no such file"
    path = tmp_path / "inputs" / "benchmarks.parquet"
    inputs.save(path, BenchmarkItem, [])
    assert inputs.untested(tmp_path) == inputs.NO_TESTS
    assert "lemma benchmarks add FILE" in inputs.NO_TESTS
    inputs.save(path, BenchmarkItem, [BenchmarkItem.make("held", "What is 2 + 2?")])
    assert inputs.untested(tmp_path) == ""
