"""Every page in both themes: no request leaves the machine, nothing breaks in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from studio.navigation import ROAD
from tests.support.browser import Server, Watch


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_asks_another_host(full: Server, theme: str, open_page: Callable[..., Page], watch: Watch) -> None:
    for stop in ROAD:
        page = open_page(f"{full.url}/{stop.name if stop.name != 'home' else ''}", theme=theme)
        assert page.get_by_text("This part of the page failed").count() == 0, stop.name
        page.context.close()
    assert watch.outside == []
    assert watch.errors == []
