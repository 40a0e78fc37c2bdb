"""The review desk in a real browser: which card lies there, and what became of the acts."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Locator, Page

from engine.core.project import Project
from engine.curation.review import blind_review
from engine.curation.review.blind_review import Reviewing
from tests.support.browser import PATIENCE_S
from tests.support.page_project import filled

STATES = """() => {
    const found = {};
    for (const chip of globalThis.lemmaDesk?.root?.querySelectorAll('.act') ?? [])
        found[chip.dataset.state] = (found[chip.dataset.state] || 0) + 1;
    return found;
}"""
DRAWN = "(globalThis.lemmaDesk?.order.length ?? 0)"
OPEN = "(globalThis.lemmaDesk?.outbox?.open.length ?? -1)"


def desk_project(root: Path) -> Path:
    """Make a project with problems that were really written, where no card is read twice."""
    blind_review.save(Project(filled(root)), Reviewing(second_readers=0, repeats=0))
    return root


def on_screen(page: Page) -> Locator:
    """Return the card that lies on the desk; the cards that are drawn ahead are hidden."""
    return page.locator('[class*="st-key-review-card-"]').filter(visible=True).first


def all_saved(page: Page, timeout_s: float = PATIENCE_S) -> None:
    """Wait until the studio has said of every act what became of it."""
    _until(page, f"{OPEN} === 0", timeout_s, "acts without an answer")


def drawn_ahead(page: Page, count: int, timeout_s: float = PATIENCE_S) -> None:
    """Wait until so many cards lie drawn behind the first one."""
    _until(page, f"{DRAWN} > {count}", timeout_s, "no cards ahead")


def states(page: Page) -> dict[str, int]:
    """Return how many acts of the line above the card show each state."""
    found: dict[str, int] = page.evaluate(STATES)
    return found


def _until(page: Page, true: str, timeout_s: float, what: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(true):
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout_s:g} s: {what}")
        page.wait_for_timeout(50)


SHOWN = """() => globalThis.lemmaDesk.log.map((one) => [one.n, one.act, one.short, one.state, one.words])"""
PROBE = """(() => {
    globalThis.deskLatency = [];
    const shown = () => {
        const reasons = globalThis.lemmaDesk?.root?.querySelector('.reasons:not([hidden])');
        if (reasons) return 'reasons';
        for (const one of document.querySelectorAll('[class*="st-key-review-card-"]'))
            if (one.offsetParent !== null) return /st-key-review-card-(\\S+)/.exec(one.className)[1];
        return null;
    };
    addEventListener('keydown', (event) => {
        const before = shown(), began = event.timeStamp;
        const look = () => {
            const now = shown();
            if (now && now !== before) {
                // Painted: the first task after the frame in which it is drawn.
                requestAnimationFrame(() => {
                    const after = new MessageChannel();
                    after.port1.onmessage = () => deskLatency.push([event.key, performance.now() - began]);
                    after.port2.postMessage(0);
                });
            } else if (performance.now() - began < 5000) setTimeout(look, 1);
            else deskLatency.push([event.key, null]);
        };
        setTimeout(look, 0);
    }, true);
})()"""
"""Measures in the page how long it takes from a key to the frame in which another card, or the reasons, are painted."""


def press_at(page: Page, keys: str, a_second: float) -> None:
    """Press keys at an even pace."""
    began = time.monotonic()
    for place, key in enumerate(keys):
        time.sleep(max(0.0, began + place / a_second - time.monotonic()))
        page.keyboard.press(key)


def shown(page: Page) -> list[tuple[int, str, str, str, str]]:
    """Return the acts of this page, oldest first: number, act, short id, state, words."""
    return [tuple(one) for one in page.evaluate(SHOWN)][::-1]
