"""One of many people at a studio: a browser of their own, a name of their own, and random acts by keys and buttons."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, Error, Locator, Page
from playwright.async_api import TimeoutError as Late

from studio.session import COOKIE
from tests.support.browser import AT_REST
from tests.support.desk_browser import OPEN

PATIENCE_S = 90.0
"""How long one act may take with everybody else at work before it counts as stuck."""
LOG = """(globalThis.lemmaDesk?.log ?? []).map(
    ({t, n, act, reason, short, state, words}) => ({t, n, act, reason, short, state, words}))"""
DESK = """(() => {
    const { outbox, flight, beat, sentAt, locked, order } = globalThis.lemmaDesk;
    const { testScriptState, testConnectionState } = document.querySelector('[data-testid="stApp"]').dataset;
    const sent = (Date.now() - sentAt) / 1000;
    return JSON.stringify({ open: outbox.open.length, flight, beat, sent, locked, cards: order.length, testScriptState,
        testConnectionState });
})()"""
"""How the desk stands, for whoever asks why it is stuck."""
READY = "Boolean(globalThis.lemmaDesk?.card)"
BOXES = """(() => {
    globalThis.crowdSeen = [];
    const known = new Set();
    const look = () => {
        const found = [...document.querySelectorAll('[data-testid="stException"]')].map((box) => box.innerText);
        for (const box of document.querySelectorAll('[data-testid="stAlert"]'))
            if (/This part of the page failed|Traceback/.test(box.innerText)) found.push(box.innerText);
        for (const text of found) if (!known.has(text)) known.add(text) && crowdSeen.push(text);
    };
    setInterval(look, 400);
})()"""
"""Keeps the text of every box of an exception that a page has shown, also of one that is gone again."""
CALM = f"""() => {{
    globalThis.crowdCalm = ({AT_REST})() === null ? 0 : (globalThis.crowdCalm ?? 0) + 1;
    return crowdCalm >= 3;
}}"""
REFUSALS = """() => [...document.querySelectorAll('[data-testid="stAlertContentError"]')].map((box) => box.innerText)"""
KEYS = (("a", 40), ("x", 20), ("s", 10), ("o", 8), ("z", 14), ("y", 3))
REASONS = "12345"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """An act at the desk as the browser shows it."""

    token: str
    number: int
    act: str
    reason: str
    short: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Marked:
    """An act that brings a name or a text that nobody else uses, so that the store can be asked for it."""

    kind: str
    mark: str
    confirmed: bool


@dataclass
class Hand:
    """A person with a browser. `deeds` and `desk` are what this browser has seen of its own acts."""

    number: int
    name: str
    url: str
    page: Page
    chance: random.Random
    pictures: Path
    """Folder for what a page looks like where it is stuck."""
    desk: dict[tuple[str, int], DeskLine] = field(default_factory=dict)
    marked: list[Marked] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    stuck: list[tuple[str, str]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    took: list[tuple[str, float]] = field(default_factory=list)
    """How many seconds each thing took."""
    marks: int = 0
    tag: str = field(default_factory=lambda: secrets.token_hex(3))
    """Tells the marks of this crowd from those of earlier ones."""

    def mark(self) -> str:
        """Return a word that no other act of anybody brings."""
        self.marks += 1
        return f"{self.tag}-{self.number}-{self.marks}"

    async def rest(self, seconds: float = PATIENCE_S) -> None:
        """Wait until two looks find the page drawn; the page itself looks, because twenty others want to be asked."""
        await self.page.evaluate("globalThis.crowdCalm = 0")
        await self.page.wait_for_function(CALM, polling=150, timeout=seconds * 1_000)

    async def go(self, title: str) -> None:
        """Open a page by the menu."""
        await self.page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
        await self.rest()

    async def open(self, address: str) -> None:
        """Open an address as a fresh load; what the desk said before is kept first."""
        await self.read_desk()
        await self.seen_boxes()
        await self.page.goto(f"{self.url}/{address}")
        await self.rest()

    async def until(self, true: str, seconds: float = PATIENCE_S) -> bool:
        """Wait until something holds in the page; return whether it came to hold."""
        with suppress(Late):
            await self.page.wait_for_function(true, polling=150, timeout=seconds * 1_000)
            return True
        return False

    async def read_desk(self) -> None:
        """Take over what the desk shows of each act; an act that was saved stays saved."""
        for one in await self.page.evaluate(LOG):
            line = DeskLine(
                one["t"], int(one["n"]), one["act"], one.get("reason") or "", one["short"], one["state"], one["words"]
            )
            before = self.desk.get((line.token, line.number))
            if before and before.state == "saved" and line.state != "saved":
                self.faults.append(("Review desk", f"saved act shown as {line.state}: {line}"))
            self.desk[line.token, line.number] = line

    async def seen_boxes(self) -> None:
        """Take over the exceptions that the page has shown."""
        for text in await self.page.evaluate("globalThis.crowdSeen?.splice(0) ?? []"):
            self.faults.append((self.page.url, text))

    async def refusal(self) -> str:
        """Return what the page says against an act, '' for nothing."""
        return " ".join(await self.page.evaluate(REFUSALS))

    async def all_answered(self, seconds: float = PATIENCE_S) -> None:
        """Wait until the studio has said of each act at the desk what became of it."""
        if not await self.until(f"{OPEN} <= 0", seconds):
            found = await self.page.evaluate(DESK)
            self.stuck.append(("review", f"acts without an answer after {seconds:g} s: {found}"))
            await self.picture("unanswered")
        await self.read_desk()

    async def decide(self) -> None:
        """Decide some cards by keys, as fast as one reads a short card."""
        await self._at_desk()
        for _ in range(self.chance.randint(8, 20)):
            if not await self.until(READY, 20):
                await self._next_queue()
                break
            key = drawn(self.chance, KEYS)
            self.tried["press"] += 1
            await self.page.keyboard.press(key)
            if key == "x":
                await self.page.keyboard.press(self.chance.choice(REASONS))
            if key == "y":
                self.tried["redo"] += 1
            await asyncio.sleep(self.chance.uniform(0.15, 0.6))
        await self.all_answered()

    async def edit(self) -> None:
        """Edit the solution of the card that lies there, and save it by keys."""
        await self._at_desk()
        if not await self.until(READY, 20):
            await self._next_queue()
            return
        mark = self.mark()
        await self.all_answered()
        await self.page.keyboard.press("e")
        box = self.page.get_by_label("Solution", exact=True).filter(visible=True)
        await box.wait_for()
        self.tried["edit"] += 1
        before = await box.input_value()
        await box.fill(f"Looked at by {mark}.\n\n{before}")
        await box.press("Control+s")
        if not await self._gone(box):
            # A doubtful text is saved by the second time.
            with suppress(Error):
                await box.press("Control+s", timeout=5_000)
            await self._gone(box)
        gone = await box.count() == 0
        warned = await self.page.get_by_text("while you were reading").count()
        self.marked.append(Marked("edit", mark, gone and not warned))
        if gone and not warned:
            self.confirmed["edit"] += 1
        else:
            self.refused.append(("edit", "warned" if warned else "still in the editor"))
        if not gone:
            with suppress(Error):
                await box.press("Escape", timeout=5_000)
            await self.rest()

    async def _gone(self, box: Locator) -> bool:
        """Wait until the editor is closed, or the page at rest with it open."""
        with suppress(Late):
            await box.wait_for(state="detached", timeout=15_000)
            return True
        await self.rest()
        return not await box.count()

    async def _at_desk(self) -> None:
        if not await self.page.evaluate("Boolean(document.querySelector('.st-key-review-undo'))"):
            await self.go("Review desk")
            await self.until(READY, 30)

    async def _next_queue(self) -> None:
        """Go on where a queue has ended, with another one."""
        for name in ("Next queue", "Look for new ones"):
            button = self.page.get_by_role("button", name=name)
            if await button.count():
                await button.first.click()
                await self.rest()
                return
        await self.open("review?queue=new")

    async def picture(self, what: str) -> None:
        """Keep what the page looks like, where it can still be drawn."""
        with suppress(Error):
            await self.page.screenshot(
                path=self.pictures / f"stuck-{self.number}-{len(self.stuck)}-{what}.png", timeout=10_000
            )


async def arrive(browser: Browser, number: int, url: str, seed: int, pictures: Path) -> Hand:
    """Open a browser of its own for a person, with nothing that moves and no pictures."""
    name = f"Curator {number:02}"
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_S * 1_000)
    await context.add_cookies([{"name": COOKIE, "value": quote(name), "url": url}])
    await context.add_init_script(BOXES)
    page = await context.new_page()
    hand = Hand(number, name, url, page, random.Random(f"{seed}.{number}"), pictures)
    page.on("pageerror", lambda error: hand.faults.append((page.url, f"in the page: {error}")))
    page.on("request", lambda request: _local(request.url) or hand.outside.append(request.url))
    await page.goto(f"{url}/review")
    await hand.rest()
    return hand


async def tried(hand: Hand, what: str, act: Callable[[], Awaitable[None]]) -> None:
    """Carry out an act; one that is stuck is written down, and the person loads another page."""
    began = time.monotonic()
    try:
        await act()
    except Error as error:
        first = str(error).splitlines()[0]
        await hand.picture(what)
        hand.stuck.append((what, f"{first} at {hand.page.url}"))
        try:
            await hand.open("")
        except Error as again:
            hand.stuck.append((what, f"and then: {str(again).splitlines()[0]}"))
    else:
        await hand.seen_boxes()
    hand.took.append((what, time.monotonic() - began))


def drawn(chance: random.Random, weighed: Sequence[tuple[str, int]] | Mapping[str, int]) -> str:
    """Draw one by its weight."""
    pairs = list(weighed.items()) if isinstance(weighed, Mapping) else list(weighed)
    return chance.choices([one for one, _ in pairs], [weight for _, weight in pairs])[0]


def _local(url: str) -> bool:
    return url.startswith(("data:", "blob:", "http://127.0.0.1", "ws://127.0.0.1", "about:"))
