"""The Report page on a real store: empty, counted in the background, chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.reporting import CHAPTERS
from studio.tasks.report_job import counting
from tests.support.page_project import filled, opened

ROOT = Path(__file__).resolve().parents[2]
FRAME, PAGE = ROOT / "studio" / "app.py", ROOT / "pages" / "report.py"


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], AppTest]]:
    """Open the page as the studio would, wait for the count, and close the project afterwards."""
    with ExitStack() as stack:

        def open_one(root: Path) -> AppTest:
            monkeypatch.setenv("LEMMA_PROJECT", str(root))
            stack.enter_context(opened(root))
            page = AppTest.from_file(str(FRAME), default_timeout=60).run().switch_page(str(PAGE)).run()
            counting(str(root.resolve())).wait(60)
            return page.run()

        yield open_one


@pytest.fixture
def full(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> AppTest:
    return open_page(filled(tmp_path / "full"))


def test_an_empty_project_has_one_button(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(project.create(tmp_path / "empty").root)
    assert not page.exception
    assert [button.label for button in page.main.button] == ["Plan a run"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_draws_its_sections(full: AppTest, chapter: str) -> None:
    full.segmented_control(key="report.chapter").set_value(chapter).run()
    assert not full.exception
    said = " ".join(text.value for text in full.main.markdown)
    titles = {"Made": "From written to kept", "Judged": "Judges against curators", "New": "Nearness to seeds"}
    titles["Learnt"] = "Models on benchmarks"
    assert titles.get(chapter, "Calls, tokens and money") in said


def test_gsdp45_published_tables_are_a_chapter_of_their_own(full: AppTest) -> None:
    """GSDP-45, CL-40: labelled as published, with their source, never beside own figures in one table."""
    full.segmented_control(key="report.chapter").set_value("Published").run()
    full.segmented_control(key="report.method").set_value("continual").run()
    assert not full.exception
    said = " ".join(text.value for text in full.main.markdown)
    assert "published, not ours" in said
    assert any("Continual learning, table 4" in caption.value for caption in full.main.caption)


def test_a_change_of_the_project_asks_for_another_count(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    from studio import workspace

    root = filled(tmp_path / "full")
    page = open_page(root)
    store = workspace._open(str(root.resolve())).store
    first = counting(str(root.resolve())).report
    assert not any("changed since" in text.value for text in page.main.markdown)
    store.decisions.decide(store.problems.scoreboard()["id"][0].as_py(), "ada", "approve")
    page.run()
    assert any("changed since" in text.value for text in page.main.markdown)
    page.button(key="report.again").click().run()
    counting(str(root.resolve())).wait(60)
    page.run()
    assert not page.exception
    assert counting(str(root.resolve())).report is not first
    assert not any("changed since" in text.value for text in page.main.markdown)
