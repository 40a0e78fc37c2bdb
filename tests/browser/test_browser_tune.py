"""Tune over 100,000 problems in a real browser: exact in time, little sent, and shared by its address."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import ROOT, Server, Watch, serve, settle
from playwright.sync_api import Page

from tests.support.large_project import large_project

ROWS = 100_000
EXACT_S = 1.0
ROOM = 2
SENT = 100_000
DIFFERENCE = 0.005
RELEASES = (0.9, 0.6, 0.95)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tune")
    server = serve(ROOT / "studio" / "app.py", folder / "studio.log", project=large_project(folder / "large", ROWS))
    yield server
    server.stop()


def exact(page: Page) -> int:
    found = re.match(r"exactly ([\d,]+) of 100,000 kept", page.get_by_text("exactly").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def live(page: Page) -> int:
    return int(page.locator(".figure.is-large .figure-value").inner_text().replace(",", ""))


def release(page: Page, name: str, share: float) -> float:
    """Drag a limit to a share of its strip; return the seconds from the release to the server's new count."""
    box = page.get_by_role("slider", name=name).bounding_box()
    assert box is not None
    before, y = page.get_by_text("exactly").inner_text(), box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * share, y, steps=15)
    page.mouse.up()
    start = time.perf_counter()
    page.wait_for_function(
        """before => [...document.querySelectorAll('p')].some(
            (one) => one.innerText.startsWith('exactly') && one.innerText !== before)""",
        arg=before,
        polling=20,
    )
    return time.perf_counter() - start


def test_a_release_is_exact_in_time_sends_little_and_confirms_what_was_seen(
    tune: Server, open_page: Callable[..., Page], watch: Watch
) -> None:
    """Release to exact within a second, under 100 kB a rerun, live and exact within half a percent of each other."""
    page = open_page("about:blank", rest=False, width=1600)
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.goto(f"{tune.url}/tune")
    page.get_by_role("slider", name="Judge score").wait_for()
    settle(page)
    assert sum(sizes) > 16 * ROWS
    seconds, sent = [], []
    for share in RELEASES:
        sizes.clear()
        seconds.append(release(page, "Judge score", share))
        settle(page)
        sent.append(sum(sizes))
        assert abs(live(page) - exact(page)) <= DIFFERENCE * ROWS
    print(f"release to exact {sorted(round(one, 2) for one in seconds)} s, sent {max(sent):,} bytes at most")
    # The best of several, and room for the tests that run beside this one; `lemma bench tune` holds the second itself.
    assert min(seconds) <= ROOM * EXACT_S
    assert 0 < max(sent) <= SENT
    assert watch.outside == []
    assert watch.errors == []


def test_a_view_is_shared_by_its_address(tune: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{tune.url}/tune?view=Policy&order=dropped")
    release(page, "Difficulty", 0.4)
    settle(page)
    assert "limits=difficulty" in page.url
    other = open_page(page.url)
    assert exact(other) == exact(page) == live(other)
    assert other.get_by_role("slider", name="Difficulty").get_attribute("aria-valuenow") == page.get_by_role(
        "slider", name="Difficulty"
    ).get_attribute("aria-valuenow")
    other.get_by_text("Rows", exact=True).click()
    settle(other)
    assert other.get_by_role("combobox", name=re.compile("Order")).input_value() == "Dropped"
    assert "view=Rows" in other.url


def test_another_page_shows_other_rows(tune: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{tune.url}/tune")
    first = page.locator("[data-testid=stCaptionContainer]", has_text="P-0").first.inner_text()
    page.get_by_role("button", name="Page 2").click()
    page.wait_for_function(
        """before => [...document.querySelectorAll('[data-testid=stCaptionContainer]')].some(
            (one) => one.innerText.startsWith('P-0') && one.innerText !== before)""",
        arg=first,
    )
