"""Some people at one studio, each with a browser, who do at random what the studio can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.crowd import crowd, prepared


@pytest.mark.slow
def test_what_three_people_decide_is_what_the_store_holds(tmp_path: Path) -> None:
    """The same with twenty for ten minutes: `python -m tests.faults.crowd`."""
    report = crowd(prepared(tmp_path / "project", rows=400), tmp_path, browsers=3, seconds=25, seed=7)
    assert report.wrong() == [], report.text()
    assert report.changing >= 10, report.text()
