"""Tests are dealt out so that two Chromiums never race and nothing long comes last."""

from __future__ import annotations

from pathlib import Path

from tests.support.scheduling import FIRST, ByFile, rank

ROOT = Path(__file__).resolve().parents[1]


def test_a_worker_runs_a_whole_file_and_one_worker_all_browsers():
    place = ByFile.__new__(ByFile)._split_scope
    assert place("tests/browser/test_walk.py::test_a") == place("tests/browser/test_stop.py::test_b[x]")
    assert place("tests/studio/cli/test_a.py::test_a[b::c]") == "tests/studio/cli/test_a.py"
    assert place("tests/studio/cli/test_a.py::test_a") != place("tests/studio/cli/test_b.py::test_a")


def test_folders_that_take_minutes_come_first_and_are_there():
    assert all((ROOT / folder).is_dir() for folder in FIRST)
    some = ["tests/abacus/test_a.py::test_a", "tests/pages/test_a.py::test_a", "tests/browser/test_a.py::test_a"]
    assert sorted(some, key=rank) == some[::-1]


def test_workers_are_dealt_out_so(request):
    """Where pytest-xdist is at work, the scheduler that it asked for is ours."""
    manager = request.config.pluginmanager
    made = manager.hook.pytest_xdist_make_scheduler
    assert [hook.plugin.__name__ for hook in made.get_hookimpls()][-1].endswith("conftest")
