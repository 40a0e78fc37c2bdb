"""From sixty random labels to a certificate on the card, by keyboard and mouse, with rows whose truth a test knows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.core.project import Project, create
from engine.curation.apply_policy import select
from engine.curation.review import blind_review
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust import drawing
from engine.store import Store
from tests.support.audited_project import POLICY, scored
from tests.support.browser import ROOT, Server, Watch, free_port, serve, settle
from tests.support.desk_browser import on_screen

ROWS = 400
FIRST, ALL = 20, 60
_NUMBER = re.compile(r"first (\d+) odd numbers")
"""The statement of row n asks for the sum of the first n odd numbers: from it the curator of the test knows the row."""

pytestmark = pytest.mark.slow


def is_good(n: int) -> bool:
    """The truth: three of the 300 rows of a high score are bad, every other one of a low score."""
    return n % 8 != 4 if n % 4 == 0 else n % 133 != 1


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """400 rows, 300 of which the policy keeps, with 64 drawn at random that wait for a label."""
    home = create(tmp_path / "project")
    with Store(home.database) as store:
        scored(store, ROWS, lambda n: 0.6 if n % 4 == 0 else 0.9)
        select(store, POLICY)
        drawing.draw(store, POLICY, ALL + 4, salt="g")
    blind_review.save(Project(home.root), Reviewing(second_readers=0, repeats=0))
    return home.root


@pytest.fixture
def studio(project: Path, tmp_path: Path) -> Iterator[Server]:
    server = serve(ROOT / "studio" / "app.py", tmp_path / "studio.log", project=project, port=free_port())
    yield server
    server.stop()


def _number(page: Page) -> int:
    """Return which row lies on the desk, by its statement."""
    card = on_screen(page)
    found = _NUMBER.search(card.inner_text().replace("\n", " "))
    assert found, card.inner_text()
    return int(found[1])


def label(page: Page, count: int) -> int:
    """Decide so many cards by key as the truth says, fewer where the queue ends; return how many."""
    for done in range(count):
        if page.get_by_text("End of the queue").count() or page.get_by_text("This queue is empty").count():
            return done
        before = _number(page)
        if is_good(before):
            page.keyboard.press("a")
        else:
            page.keyboard.press("x")
            expect(page.get_by_text("Why reject? Press a number")).to_be_visible()
            settle(page)
            page.keyboard.press("1")
        page.wait_for_function(
            """before => {
                const all = [...document.querySelectorAll('[class*="st-key-review-card-"]')];
                const card = all.find((one) => one.offsetParent !== null);
                const said = card ? card.innerText.replace(/\\n/g, ' ').match(/first (\\d+) odd numbers/) : null;
                return !said || Number(said[1]) !== before;
            }""",
            arg=before,
        )
        settle(page)
    return count


def interval(page: Page, studio: Server) -> tuple[float, float] | None:
    """Return the interval of the precision as the header of Tune shows it; None where it refuses."""
    page.goto(f"{studio.url}/tune?policy=ours")
    line = page.locator(".figure", has_text="Precision").locator(".figure-line")
    line.wait_for()
    settle(page)
    found = re.search(r"(\d?\.\d+) – (\d?\.\d+)", line.inner_text().replace("\n", " "))
    return (float(found[1]), float(found[2])) if found else None


def pick_for_me(page: Page, studio: Server) -> None:
    """Ask for .9 with 90 %, as the page offers it, and read what it finds and promises."""
    page.goto(f"{studio.url}/tune?policy=ours&view=Curves")
    settle(page)
    expect(page.get_by_label("Precision of at least")).to_have_value("0.900")
    expect(page.get_by_text(re.compile(r"keeps 300 of 400"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"lower bound in the light band is at least 90\.0%"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"hold at all limits at once with 90% confidence"))).to_be_visible()


def test_from_sixty_labels_to_a_certificate_on_the_card(
    studio: Server, project: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """CAL-31: label, see the interval narrow, freeze, audit, export, and find the certificate."""
    page = open_page(f"{studio.url}/tune?policy=ours")
    assert interval(page, studio) is None, "nothing is known before the first label"
    page.goto(f"{studio.url}/review?queue=draw")
    settle(page)
    assert label(page, FIRST) == FIRST
    early = interval(page, studio)
    page.goto(f"{studio.url}/review?queue=draw")
    settle(page)
    # To the end of the queue: rows that stay open count against the bound.
    assert label(page, ROWS) >= ALL - FIRST
    late = interval(page, studio)
    assert early is not None
    assert late is not None
    assert late[1] - late[0] < early[1] - early[0], "the interval narrows"
    kept = [n for n in range(ROWS) if n % 4]
    truth = sum(map(is_good, kept)) / len(kept)
    assert late[0] <= truth <= late[1]
    pick_for_me(page, studio)

    page.goto(f"{studio.url}/tune?policy=ours&view=Policy")
    settle(page)
    page.get_by_label("At least good").fill("0.9")
    page.get_by_label("At least good").press("Enter")
    settle(page)
    expect(page.get_by_text("labels if none is bad")).to_be_visible()
    page.get_by_role("button", name="Freeze").click()
    settle(page)
    expect(page.get_by_text("Not yet")).to_be_visible()

    for _ in range(6):
        page.goto(f"{studio.url}/review?queue=audit")
        settle(page)
        if not label(page, 150):
            break
    page.goto(f"{studio.url}/tune?policy=ours&view=Policy")
    settle(page)
    expect(page.get_by_text("Certified: with 95 % confidence at least 9")).to_be_visible()

    page.goto(f"{studio.url}/export?only=selected")
    settle(page)
    card = page.get_by_role("tabpanel", name="Dataset card")
    expect(card.get_by_text("How good is it")).to_be_visible()
    expect(card.get_by_text("Certified: with 95 % confidence at least 9")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"Export \d+")).click()
    expect(page.get_by_text(re.compile(r"rows of .*problems.* are in"))).to_be_visible()
    told = json.loads(next(project.rglob("quality.json")).read_text())["certificate"]
    assert (told["state"], told["target"], told["confidence"]) == ("valid", 0.9, 0.95)
    studio.stop()
    with Store(project / "project.duckdb") as store:
        sent = {row["problem_id"] for row in store.exports.items(store.exports.list()[0].id).to_pylist()}
        statements = [store.problems.get(ident).problem.statement for ident in sent]  # type: ignore[union-attr]
    good = [is_good(int(_NUMBER.search(text)[1])) for text in statements]  # type: ignore[index]
    assert told["rows"] == len(good)
    assert sum(good) / len(good) >= told["bound"], "what the certificate says is so"
    assert watch.outside == []
