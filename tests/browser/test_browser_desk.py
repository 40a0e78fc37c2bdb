"""The instant desk: keys act on what lies on the screen, and what they did arrives once, whatever is on the way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.core.records import Decision
from engine.store import Store
from studio.parts.review.spread import AHEAD
from tests.support.browser import ROOT, Server, Watch, free_port, serve
from tests.support.cut_wire import CutWire
from tests.support.desk_browser import all_saved, desk_project, drawn_ahead, on_screen, press_at, shown


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return desk_project(tmp_path / "project")


@pytest.fixture
def studio(project: Path, tmp_path: Path) -> Iterator[Server]:
    server = serve(ROOT / "studio" / "app.py", tmp_path / "studio.log", project=project, port=free_port())
    yield server
    server.stop()


def _made(project: Path) -> list[Decision]:
    with Store(project / "project.duckdb") as store:
        return store.decisions.history(n=1_000)[::-1]


def test_keys_at_ten_a_second_none_lost_none_doubled_and_in_order(
    studio: Server, project: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """As many presses as there are cards drawn ahead, and two undos: one of a decision that is still on its way."""
    page = open_page(f"{studio.url}/review")
    drawn_ahead(page, AHEAD - 1)
    cards = page.evaluate("lemmaDesk.order.map((one) => one.short)")
    press_at(page, "asoazasoz", 10)
    all_saved(page)
    acts = shown(page)
    studio.stop()
    wanted = [
        ("approve", cards[0]), ("skip", cards[1]), ("second-opinion", cards[2]), ("approve", cards[3]),
        ("undo", cards[3]), ("approve", cards[3]), ("skip", cards[4]), ("second-opinion", cards[5]),
        ("undo", cards[5]),
    ]  # fmt: skip
    assert [(act, ident, state) for _, act, ident, state, _ in acts] == [(*one, "saved") for one in wanted]
    assert [(one.act, one.problem_id[:8]) for one in _made(project)] == wanted
    assert watch.errors == []


def test_a_key_acts_on_no_card_while_somebody_types_holds_it_down_or_looks_elsewhere(
    studio: Server, project: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{studio.url}/review")
    drawn_ahead(page, 3)
    first = on_screen(page).get_attribute("class")
    for keys in ("Control+a", "Alt+s", "Shift+A"):
        page.keyboard.press(keys)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Your name").press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("x")
    expect(page.get_by_text("Why reject? Press a number")).to_be_visible()
    page.keyboard.press("Escape")
    assert on_screen(page).get_attribute("class") == first
    page.keyboard.down("a")
    for _ in range(5):
        # Pressed again without a release, it is the repetition of a key that is held.
        page.keyboard.down("a")
    page.keyboard.up("a")
    all_saved(page)
    studio.stop()
    assert [one.act for one in _made(project)] == ["approve"]


@pytest.mark.slow
def test_a_cut_wire_and_a_killed_studio_lose_nothing_that_shows_as_saved(
    studio: Server, project: Path, tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    wire = CutWire(studio.url)
    page = open_page(f"{wire.url}/review")
    drawn_ahead(page, AHEAD - 1)
    press_at(page, "aa", 5)
    wire.cut()
    press_at(page, "aaa", 5)
    assert page.evaluate("lemmaDesk.outbox.open.length") >= 3
    expect(page.get_by_text("No answer from the studio")).to_be_visible()
    wire.mend()
    all_saved(page)
    assert [state for *_, state, _ in shown(page)] == ["saved"] * 5
    wire.close()

    page.goto(f"{studio.url}/review")
    drawn_ahead(page, AHEAD - 1)
    press_at(page, "aaa", 10)
    page.wait_for_timeout(300)
    press_at(page, "aaa", 10)
    studio.stop(signal.SIGKILL)
    before = [one for one in shown(page) if one[3] == "saved"]
    again = serve(
        ROOT / "studio" / "app.py", tmp_path / "again.log", project=project, port=int(studio.url.rsplit(":", 1)[1])
    )
    try:
        all_saved(page)
        acts = shown(page)
    finally:
        again.stop()
    assert [one for one in acts if one[3] == "saved"][: len(before)] == before
    made = [one.problem_id[:8] for one in _made(project)]
    assert len(made) == len(set(made))
    assert [ident for _, _, ident, state, _ in acts if state == "saved"] == made[5:]
    assert all("open again" in words for *_, state, words in acts if state == "refused")
