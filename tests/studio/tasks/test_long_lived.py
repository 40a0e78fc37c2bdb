"""Modules and what they hold are set aside once, so that looking for garbage costs little after each run of a page."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from studio.tasks import long_lived
from tests.support.page_project import filled

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(long_lived, "_known", 0)
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_a_page_of_the_studio_sets_its_modules_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left to go through afterwards is less than what the modules hold."""
    monkeypatch.setenv("LEMMA_PROJECT", str(filled(tmp_path / "project")))
    assert not AppTest.from_file(str(ROOT / "studio" / "app.py"), default_timeout=60).run().exception
    assert gc.get_freeze_count() > 100_000
    assert len(gc.get_objects()) < gc.get_freeze_count()


def test_it_is_done_again_for_many_new_modules_and_takes_no_garbage_along(monkeypatch: pytest.MonkeyPatch) -> None:
    long_lived.set_aside()
    first = gc.get_freeze_count()
    kept = [[] for _ in range(1_000)]
    long_lived.set_aside()
    assert gc.get_freeze_count() <= first, "no module is new, so nothing more is set aside"
    for number in range(long_lived.MANY):
        monkeypatch.setitem(sys.modules, f"new_module_{number}", ModuleType(f"new_module_{number}"))
    gone = _circles()
    long_lived.set_aside()
    assert gc.get_freeze_count() > first + len(kept) - 1
    assert gone() == 0


def _circles() -> Callable[[], int]:
    """Make garbage that only a look for it can find, and return how much of it is there."""
    import weakref

    class Knot:
        pass

    knots = [Knot() for _ in range(50)]
    for knot in knots:
        knot.self = knot
    seen = [weakref.ref(knot) for knot in knots]
    return lambda: sum(one() is not None for one in seen)
