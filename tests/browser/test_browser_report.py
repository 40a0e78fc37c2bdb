"""The report in Chromium: the page and the file that stands alone, without a request to the outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from engine.core.project import find
from engine.reporting import build
from engine.store import Store
from studio.report import files
from tests.support.browser import Server, Watch
from tests.support.page_project import filled


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1920)])
def test_the_page_counts_and_draws(
    full: Server, theme: str, width: int, open_page: Callable[..., Page], watch: Watch
) -> None:
    page = open_page(f"{full.url}/report", theme=theme, width=width, rest=False)
    page.get_by_text("From written to kept").wait_for()
    page.locator(".js-plotly-plot .bars path").first.wait_for()
    assert page.get_by_text("This part of the page failed").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
    assert watch.outside == []
    assert watch.errors == []


def test_the_document_opens_from_a_file(tmp_path: Path, open_page: Callable[..., Page], watch: Watch) -> None:
    home = find(filled(tmp_path / "project"))
    with Store(home.database) as store:
        files.write(build(store, home), tmp_path / "out", tmp_path)
    page = open_page("about:blank", rest=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.unroute_all()
    page.goto((tmp_path / "out" / "report.html").as_uri())
    page.locator(".js-plotly-plot .bars path").first.wait_for()
    page.wait_for_timeout(500)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert watch.errors == []
