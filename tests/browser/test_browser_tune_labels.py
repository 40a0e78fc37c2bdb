"""Tune's header in a real browser: an interval from drawn labels alone, dimmed while a limit is dragged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.core.project import Project
from engine.curation import policy as policies
from engine.curation.table import ScoreTable
from engine.curation.trust import drawing
from engine.curation.trust.estimate import estimate
from engine.curation.trust.from_ledger import labels_of
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from studio.parts.tune.figures import figure
from tests.support.browser import ROOT, Server, Watch, serve, settle
from tests.support.large_project import large_project

ROWS = 2_000
PICKED, APPROVED = 52, 37

pytestmark = pytest.mark.slow


def kept_now(store: Store) -> tuple[ScoreTable, list[str]]:
    table = ScoreTable.of(store.problems.scoreboard())
    kept = policies.apply(policies.gsdp(), table).kept
    return table, table.ids.filter(kept).to_pylist()


def decide(store: Store, ids: list[str], good: int, queue: str = "") -> None:
    acts = [BatchDecision(one, "approve") if at < good else BatchDecision(one, "reject", "trivial")
            for at, one in enumerate(ids)]  # fmt: skip
    store.decisions.decide_all(acts, "Ann", **({"queue": queue} if queue else {}))


def drawn(root: Path) -> None:
    """Label about 60 rows of a random draw, five of six of them good."""
    with Store(Project(root).database) as store:
        drawing.draw(store, policies.gsdp(), 60, salt="sixty")
        ids = [row.row_id for row in store.draws.open()]
        decide(store, ids, 5 * len(ids) // 6, DRAW)


def picked(root: Path) -> None:
    """Decide 52 kept rows that nobody drew, 37 of them good."""
    with Store(Project(root).database) as store:
        decide(store, kept_now(store)[1][:PICKED], APPROVED)


@contextmanager
def studio_on(folder: Path, label: Callable[[Path], None]) -> Iterator[Server]:
    root = large_project(folder / "project", ROWS)
    label(root)
    server = serve(ROOT / "studio" / "app.py", folder / "studio.log", project=root)
    try:
        yield server
    finally:
        server.stop()


def header(page: Page, label: str) -> str:
    """Return what the header says of precision or recall."""
    return page.locator(".figure", has_text=label).locator(".figure-line").inner_text().replace("\n", " ")


def test_cal08_sixty_drawn_labels_show_an_interval_that_a_drag_dims_until_the_server_answers(
    tmp_path: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """The figure of the server, to the letter; never one that was counted in the browser."""
    with studio_on(tmp_path, drawn) as server:
        page = open_page(f"{server.url}/tune?view=Curves", width=1600)
        page.locator(".figure.is-told").first.wait_for()
        first = header(page, "Precision")
        assert re.match(r"\.\d\d \.\d\d – (\.\d\d|1\.00) · \d+ labels", first), first
        box = page.get_by_role("slider", name="Judge score").bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.85, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.3, y, steps=8)
        dimmed = page.locator(".figure.is-told.is-old", has_text="Precision")
        expect(dimmed).to_contain_text("at the limits last released")
        assert first.split()[0] in header(page, "Precision"), "a number was counted in the browser"
        page.mouse.up()
        expect(page.locator(".figure.is-old")).to_have_count(0)
        settle(page)
        second = header(page, "Precision")
        assert second != first
        limit = float(page.get_by_role("slider", name="Judge score").get_attribute("aria-valuenow") or "nan")
        expect(page.get_by_text("Light band:")).to_be_visible()
        assert watch.outside == []
        assert watch.errors == []
    with Store(Project(tmp_path / "project").database) as store:
        table = ScoreTable.of(store.problems.scoreboard())
        labels, reachable = labels_of(store).on(table.ids)
        rules = tuple(
            rule if rule.score != "judge_score" else policies.Rule(rule.score, rule.op, limit, rule.if_missing)
            for rule in policies.gsdp().rules
        )
        kept = policies.apply(policies.make("moved", rules), table, override=False).kept
        told = figure(estimate("precision", kept, labels, reachable=reachable))
        assert second == f"{told.value} {told.remark}"


def test_cal08_hand_picked_labels_show_counts_and_no_percent(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with studio_on(tmp_path, picked) as server:
        page = open_page(f"{server.url}/tune?view=Curves", width=1600)
        page.locator(".figure.is-told").first.wait_for()
        said = header(page, "Precision")
        assert said == f"{APPROVED} of {PICKED} hand-reviewed rows were good (not a random sample)"
        assert "%" not in said + header(page, "Recall")
        assert "–" not in said
        main = page.locator("[data-testid=stMain]").inner_text()
        assert "Light band" not in main
        assert f"{APPROVED} of {PICKED} hand-reviewed rows were good (not a random sample)" in main
        page.get_by_role("button", name="Label 60 more at random").first.click()
        page.wait_for_url("**/review**queue=draw**")
