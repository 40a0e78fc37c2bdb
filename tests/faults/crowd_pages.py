"""What people do at the other pages: look, filter, rename points, keep limits, start runs, export."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Error, Locator

from studio.navigation import ROAD
from tests.faults.crowd_hand import PATIENCE_S, Hand, Marked

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "decide": 64, "edit": 8, "look": 10, "load": 1, "filter": 6, "rename": 4, "turn points": 1, "policy": 3,
        "apply": 1, "export": 1, "run": 1,
    }
)  # fmt: skip
"""How often each thing is done."""
ITEMS = "3"
Shows = Callable[[], Awaitable[bool | int]]
"""Whether an act shows as done."""
FILTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Review desk": ("Queue",),
        "Tune": ("Order", "View"),
        "Knowledge graph": ("View", "Colour", "Ties"),
        "Export": ("Format", "Balance"),
    }
)
"""What narrows or turns a page, by its label."""


class Pages:
    """The acts by name. What starts a process is done by one person at a time, as a small machine allows."""

    def __init__(self, weights: Mapping[str, int] = WEIGHTS) -> None:
        """Take how often each act is done."""
        self.weights = dict(weights)
        self._acts: dict[str, Callable[[Hand], Awaitable[None]]] = {
            "decide": Hand.decide,
            "edit": Hand.edit,
            "look": self.look,
            "load": self.load,
            "filter": self.filter,
            "rename": self.rename,
            "turn points": self.turn_points,
            "policy": self.policy,
            "apply": self.apply,
            "export": self.export,
            "run": self.run,
        }
        self._alone = {"run": asyncio.Lock(), "export": asyncio.Lock()}

    async def act(self, hand: Hand, what: str) -> None:
        """Do one thing; look at a page where somebody else does what only one may do at a time."""
        alone = self._alone.get(what)
        if alone is None:
            await self._acts[what](hand)
        elif alone.locked():
            await self.look(hand)
        else:
            async with alone:
                await self._acts[what](hand)

    async def look(self, hand: Hand) -> None:
        """Open a page by the menu."""
        hand.tried["page"] += 1
        stop, began = hand.chance.choice(ROAD), time.monotonic()
        await hand.read_desk()
        await hand.go(stop.title)
        hand.confirmed["page"] += 1
        hand.took.append((f"page {stop.name}", time.monotonic() - began))

    async def load(self, hand: Hand) -> None:
        """Open a page by its address, as after a reload."""
        hand.tried["page"] += 1
        stop, began = hand.chance.choice(ROAD), time.monotonic()
        await hand.open("" if stop.name == "home" else stop.name)
        hand.confirmed["page"] += 1
        hand.took.append((f"load {stop.name}", time.monotonic() - began))

    async def filter(self, hand: Hand) -> None:
        """Choose something else in one of the fields of a page."""
        title = hand.chance.choice(list(FILTERS))
        label = hand.chance.choice(FILTERS[title])
        hand.tried["filter"] += 1
        await hand.read_desk()
        await hand.go(title)
        box = hand.page.get_by_role("combobox", name=label, exact=True)
        group = hand.page.get_by_role("radiogroup", name=label).or_(hand.page.get_by_role("group", name=label))
        if await box.count():
            await self._choose(hand, box.first, hand.chance.randint(1, 4))
        elif await group.count():
            buttons = group.first.get_by_role("button").or_(group.first.get_by_role("radio"))
            await buttons.nth(hand.chance.randrange(await buttons.count())).click()
        else:
            hand.refused.append(("filter", f"{title} has no {label} now"))
            return
        await hand.rest()
        hand.confirmed["filter"] += 1

    async def rename(self, hand: Hand) -> None:
        """Give a point of the graph another name."""
        mark = hand.mark()
        await self._at_a_point(hand)
        hand.tried["rename"] += 1
        main = hand.page.get_by_test_id("stMain")
        await main.get_by_role("button", name="Rename", exact=True).first.click()
        body = hand.page.get_by_test_id("stPopoverBody")
        await body.get_by_label("New name").fill(f"point {mark}")
        await body.get_by_role("button", name="Rename").click()
        await self._settled(hand, "rename", mark, main.get_by_role("heading", name=f"point {mark}", exact=True).count)

    async def turn_points(self, hand: Hand) -> None:
        """Undo or redo the last change of points that one has made oneself."""
        await self._at_a_point(hand)
        hand.tried["turn points"] += 1
        await hand.page.locator(f".st-key-graph-{hand.chance.choice(('undo', 'redo'))} button").first.click()
        await hand.rest()
        refused = await hand.refusal()
        if refused:
            hand.refused.append(("turn points", refused))
        else:
            hand.confirmed["turn points"] += 1

    async def policy(self, hand: Hand) -> None:
        """Move a limit and keep the limits under a name."""
        mark = hand.mark()
        await self._move_a_limit(hand)
        hand.tried["policy"] += 1
        await hand.page.get_by_role("button", name="Save as policy").click()
        dialog = hand.page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill(f"Limits {mark}")
        await dialog.get_by_role("button", name="Save").click()
        held = hand.page.get_by_role("combobox", name="Policy", exact=True)

        async def shown() -> bool:
            return await held.count() > 0 and await held.input_value() == f"Limits {mark}"

        await self._settled(hand, "policy", mark, shown)

    async def apply(self, hand: Hand) -> None:
        """Move a limit, apply the limits to all rows and go to the desk with what they leave open."""
        await self._move_a_limit(hand)
        hand.tried["apply"] += 1
        await hand.page.get_by_role("button", name="Send to review").click()
        await hand.page.wait_for_url("**/review?*")
        await hand.rest()
        hand.confirmed["apply"] += 1

    async def export(self, hand: Hand) -> None:
        """Write what is approved to files, under a name of one's own."""
        mark = hand.mark()
        await hand.read_desk()
        await hand.go("Export")
        name = hand.page.get_by_label("Name", exact=True)
        ship = hand.page.locator(".st-key-export-ship button:enabled")
        if not await name.count():
            hand.refused.append(("export", "nothing is selected or approved yet"))
            return
        await name.fill(f"set-{mark}")
        await name.press("Enter")
        await hand.rest()
        await ship.wait_for()
        hand.tried["export"] += 1
        await ship.click()
        done = hand.page.get_by_test_id("stAlertContentSuccess").filter(has_text=f"set-{mark}")
        await self._settled(hand, "export", mark, done.count)

    async def run(self, hand: Hand) -> None:
        """Start a small run on the embedded engine and watch until it has ended."""
        await hand.open("generate?view=plan")
        items = hand.page.get_by_label("Items", exact=True)
        await items.fill(ITEMS)
        await items.press("Enter")
        await hand.rest()
        hand.tried["run"] += 1
        await hand.page.get_by_role("button", name=f"Launch {ITEMS}", exact=True).click()
        await hand.page.wait_for_url("**run=*")
        mark = parse_qs(urlsplit(hand.page.url).query)["run"][0]
        done = hand.page.locator(".stMarkdownBadge", has_text="Finished")
        await self._settled(hand, "run", mark, done.count)

    async def _at_a_point(self, hand: Hand) -> None:
        await hand.read_desk()
        await hand.go("Knowledge graph")
        box = hand.page.get_by_role("combobox", name="Point", exact=True)
        await self._choose(hand, box, hand.chance.randint(0, 15))

    async def _choose(self, hand: Hand, box: Locator, steps: int) -> None:
        """Choose an entry of a list by keys."""
        await box.click()
        for _ in range(steps):
            await hand.page.keyboard.press("ArrowDown")
        await hand.page.keyboard.press("Enter")
        await hand.rest()

    async def _move_a_limit(self, hand: Hand) -> None:
        await hand.read_desk()
        await hand.go("Tune")
        slider = hand.page.get_by_role("slider").first
        await slider.focus()
        for _ in range(hand.chance.randint(1, 12)):
            await hand.page.keyboard.press(hand.chance.choice(("ArrowLeft", "ArrowRight")))
        await hand.rest()

    async def _settled(self, hand: Hand, kind: str, mark: str, done: Shows) -> None:
        """Wait until an act shows as done, or as refused."""
        until = time.monotonic() + PATIENCE_S
        refused = ""
        while not await done() and not (refused := await hand.refusal()):
            if time.monotonic() > until:
                hand.marked.append(Marked(kind, mark, False))
                raise Error(f"{kind} {mark} shows neither as done nor as refused")
            await asyncio.sleep(0.2)
        hand.marked.append(Marked(kind, mark, not refused))
        if refused:
            hand.refused.append((kind, refused))
        else:
            hand.confirmed[kind] += 1
        await hand.rest()
