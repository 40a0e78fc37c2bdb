"""Pages opened as the studio would, on a project of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.store import Store
from tests.support.page_project import filled, opened

FRAME = Path(__file__).resolve().parents[2] / "studio" / "app.py"


@pytest.fixture
def open_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], AppTest]]:
    """Open the page that the test's module names as PAGE, and close the project afterwards."""
    with ExitStack() as stack:

        def open_one(root: Path) -> AppTest:
            monkeypatch.setenv("LEMMA_PROJECT", str(root))
            stack.enter_context(opened(root))
            return AppTest.from_file(str(FRAME), default_timeout=60).run().switch_page(str(request.module.PAGE)).run()

        yield open_one


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a project with problems that were really written, open as a page has it."""
    root = filled(tmp_path / "project")
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    with opened(root) as shared:
        yield shared
