"""What a browser loads late is drawn as the server knows it, even when the page was drawn again in the meantime."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from conftest import ROOT, Server, serve, settle
from playwright.sync_api import Page, Route, expect

from engine.generation import recipes
from studio.parts.generate.mixture import FIELDS, WORDS
from tests.support.page_project import ITEMS, filled


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The studio on a project with a graph and one run behind it."""
    folder = tmp_path_factory.mktemp("late")
    server = serve(ROOT / "studio" / "app.py", folder / "studio.log", project=filled(folder / "project"))
    yield server
    server.stop()


def _redrawn_without(page: Page, script: str, url: str, shown: str) -> None:
    """Open `url` with the `script` of a kind of widget held back, draw the page twice, and only then let it load."""
    held: list[Route] = []
    page.route(f"**/static/js/{script}.*.js", lambda route: held.append(route))
    page.goto(url)
    page.get_by_text(shown).first.wait_for()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("dialog").wait_for()
    assert held, f"{script} was not asked for"
    for route in held:
        route.continue_()
    settle(page)
    page.keyboard.press("Escape")
    settle(page)


def _redrawn(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("dialog").wait_for()
    settle(page)
    page.keyboard.press("Escape")
    settle(page)


def test_a_view_stays_chosen_when_its_switch_loads_late(studio: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(studio.url)
    _redrawn_without(page, "ButtonGroup", f"{studio.url}/generate?view=live", f"{ITEMS} of {ITEMS}")
    expect(page.get_by_role("radio", name="Live", exact=True)).to_be_checked()
    _redrawn(page)
    assert page.get_by_text("This part of the page failed").count() == 0
    expect(page.get_by_role("radio", name="Live", exact=True)).to_be_checked()


def test_a_plan_keeps_its_numbers_when_their_fields_load_late(studio: Server, open_page: Callable[..., Page]) -> None:
    page, recipe = open_page(studio.url), recipes.load("gsdp")
    _redrawn_without(page, "NumberInput", f"{studio.url}/generate?view=plan", "The same as a command")
    _redrawn(page)
    expect(page.get_by_label("Items", exact=True)).to_have_value(str(recipe.items))
    for kind, word in WORDS.items():
        share = getattr(recipe.settings.mixture, FIELDS[kind])
        expect(page.get_by_label(word, exact=True)).to_have_value(f"{share:g}")
