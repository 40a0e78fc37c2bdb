"""The review desk by keyboard in a real Chromium: nothing lost, nothing doubled, nobody overwritten."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.core.project import Project
from engine.core.records import Decision, Problem
from engine.curation.review import blind_review
from engine.curation.review.blind_review import Reviewing
from engine.store import Store
from tests.support.browser import ROOT, Server, Watch, free_port, serve, settle
from tests.support.desk_browser import all_saved, desk_project, on_screen


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return desk_project(tmp_path / "project")


@pytest.fixture
def studio(project: Path, tmp_path: Path) -> Iterator[Server]:
    """The studio on that project, on a port that a second start can use again."""
    server = serve(ROOT / "studio" / "app.py", tmp_path / "studio.log", project=project, port=free_port())
    yield server
    server.stop()


def _card(page: Page) -> str:
    """The id that stands on the card that lies there; others are drawn ahead, unseen."""
    return on_screen(page).get_by_text("P-", exact=False).first.inner_text().split()[0]


def _until_other(page: Page, card: str, timeout_s: float = 120) -> str:
    """Wait until another card lies there; return its id."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        now = _card(page)
        if now != card:
            return now
        page.wait_for_timeout(20)
    raise TimeoutError(f"{card} still lies there")


def _press(page: Page, key: str) -> str:
    """Decide with one key and return the card that was decided."""
    before = _card(page)
    page.keyboard.press(key)
    _until_other(page, before)
    all_saved(page)
    settle(page)
    return before


def _reject(page: Page, number: int) -> str:
    before = _card(page)
    page.keyboard.press("x")
    expect(page.get_by_text("Why reject? Press a number")).to_be_visible()
    settle(page)
    page.keyboard.press(str(number))
    _until_other(page, before)
    all_saved(page)
    settle(page)
    return before


def _standing(project: Path) -> list[Decision]:
    """Decisions that stand, oldest first, read after the studio has gone."""
    with Store(project / "project.duckdb") as store:
        said = store.decisions.history(n=1_000)[::-1]
    redone = {turn.undoes for turn in said if turn.act == "redo"}
    undone = {turn.undoes for turn in said if turn.act == "undo" and turn.id not in redone}
    return [made for made in said if made.act not in ("undo", "redo") and made.id not in undone]


def _short(ident: str) -> str:
    return ident[:8]


@pytest.mark.slow
def test_thirty_decisions_by_keyboard_with_undo_redo_and_a_crash(
    studio: Server, project: Path, tmp_path: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """X-08: what a person decides by key is kept, once each, over undo, redo and a studio that is killed."""
    page = open_page(f"{studio.url}/review")
    wanted: list[tuple[str, str]] = []
    for turn in range(14):
        wanted.append((_reject(page, 1 + turn % 8), "reject") if turn % 3 == 2 else (_press(page, "a"), "approve"))
    for _ in range(3):
        _press(page, "z")
    for _ in range(2):
        _press(page, "y")
    _press(page, "z")
    wanted = wanted[:12]

    studio.stop(signal.SIGKILL)
    again = serve(
        ROOT / "studio" / "app.py", tmp_path / "again.log", project=project, port=int(studio.url.rsplit(":", 1)[1])
    )
    try:
        page.goto(page.url)
        settle(page)
        assert page.get_by_role("button", name="Redo").is_enabled()
        _press(page, "z")
        wanted = wanted[:11]
        while len(wanted) < 30:
            wanted.append((_press(page, "a"), "approve"))
    finally:
        again.stop()
    assert [(_short(made.problem_id), made.act) for made in _standing(project)] == wanted
    assert watch.outside == []


@pytest.mark.slow
def test_two_curators_never_hold_the_same_card(studio: Server, project: Path, open_page: Callable[..., Page]) -> None:
    pages = [open_page(f"{studio.url}/review") for _ in range(2)]
    for page, name in zip(pages, ("Ada", "Bo"), strict=True):
        page.get_by_role("button", name="Settings").click()
        field = page.get_by_role("dialog").get_by_role("textbox", name="Your name")
        field.fill(name)
        field.press("Tab")
        settle(page)
        page.keyboard.press("Escape")
        settle(page)
        page.reload()
        settle(page)
    done: list[str] = []
    for _ in range(5):
        cards = [_card(page) for page in pages]
        assert cards[0] != cards[1]
        for page in pages:
            page.keyboard.press("a")
        for page, card in zip(pages, cards, strict=True):
            _until_other(page, card)
            settle(page)
        done += cards
    for page in pages:
        all_saved(page)
    studio.stop()
    made = _standing(project)
    assert sorted(_short(decision.problem_id) for decision in made) == sorted(done)
    assert len(set(done)) == 10
    assert {decision.curator for decision in made} == {"Ada", "Bo"}


@pytest.mark.slow
def test_two_hundred_decisions_in_two_tabs_over_a_crash(
    project: Path, tmp_path: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """X-08: 200 decisions by key, two people at once, one studio that is killed: none is lost, none is doubled."""
    with Store(project / "project.duckdb") as store:
        run = store.problems.scoreboard()["run_id"][0].as_py()
        store.problems.add(
            Problem(f"P-{n:06x}{0:010x}", run, f"m-{n}", f"What is ${n} + {n}$?", "graph_problem", at=float(n))
            for n in range(150)
        )
    port = free_port()
    first = serve(ROOT / "studio" / "app.py", tmp_path / "first.log", project=project, port=port)
    second = None
    pages, wanted = {}, []
    try:
        for name in ("Ada", "Bo"):
            pages[name] = open_page(f"{first.url}/review", cookies={"lemma_curator": name})
        wanted += _decide_in_turn(pages, 50)
        first.stop(signal.SIGKILL)
        second = serve(ROOT / "studio" / "app.py", tmp_path / "second.log", project=project, port=port)
        for page in pages.values():
            page.goto(page.url)
            settle(page)
        wanted += _decide_in_turn(pages, 50)
    finally:
        first.stop()
        if second:
            second.stop()
    made = _standing(project)
    assert sorted((each.curator, _short(each.problem_id)) for each in made) == sorted(wanted)
    assert len({each.problem_id for each in made}) == len(made) == 200
    assert {each.act for each in made} == {"approve"}
    assert watch.outside == []
    with Store(project / "project.duckdb") as store:
        assert store.verify() == []


def _decide_in_turn(pages: dict[str, Page], times: int) -> list[tuple[str, str]]:
    """Approve so many cards in every tab, both tabs at once; return who decided which card."""
    decided = []
    for _ in range(times):
        cards = {name: _card(page) for name, page in pages.items()}
        for page in pages.values():
            page.keyboard.press("a")
        for name, page in pages.items():
            _until_other(page, cards[name])
        decided += list(cards.items())
    for page in pages.values():
        all_saved(page)
    return decided


def test_the_browser_remembers_who_decides_on_every_page(
    studio: Server, project: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{studio.url}/seeds")
    page.get_by_role("button", name="Settings").click()
    field = page.get_by_role("dialog").get_by_role("textbox", name="Your name")
    field.fill("Zoë; Müller=1")
    field.press("Tab")
    settle(page)
    for path in ("graph", "review"):
        page.goto(f"{studio.url}/{path}")
        settle(page)
        assert "Zo" not in page.url
        page.get_by_role("button", name="Settings").click()
        name = page.get_by_role("dialog").get_by_role("textbox", name="Your name")
        expect(name).to_have_value("Zoë; Müller=1")
        page.keyboard.press("Escape")
        settle(page)
    _press(page, "a")
    studio.stop()
    assert [made.curator for made in _standing(project)] == ["Zoë; Müller=1"]


def test_values_typed_for_letters_decide_nothing(project: Path, tmp_path: Path, open_page: Callable[..., Page]) -> None:
    """FEATURES 16: the counter-example box, opened and used without a key reaching the desk."""
    with Store(project / "project.duckdb") as store:
        ident = store.problems.scoreboard()["id"][0].as_py()
        store.decisions.decide(ident, "Bo", "edit", statement="If $x^2 = 4$ and $x > 0$, find $x$.")
    studio = serve(ROOT / "studio" / "app.py", tmp_path / "letters.log", project=project)
    try:
        page = open_page(f"{studio.url}/review?ids={ident}")
        page.get_by_role("button", name="Try values").click()
        body = page.get_by_test_id("stPopoverBody")
        box = body.get_by_role("textbox").first
        box.click()
        page.keyboard.type("asxz")
        page.wait_for_timeout(500)
        body.get_by_role("button", name="Try these values").click()
        expect(body.get_by_text("is no number")).to_be_visible()
        box.fill("-2")
        page.keyboard.press("Enter")
        expect(body.get_by_text("break a condition of the problem")).to_be_visible()
        expect(body.get_by_text("4 = 4")).to_be_visible()
    finally:
        studio.stop()
    assert [made.act for made in _standing(project)] == ["edit"]


def test_a_copied_address_is_another_desk(studio: Server, open_page: Callable[..., Page]) -> None:
    first = open_page(f"{studio.url}/review")
    assert "desk=" in first.url
    copied = open_page(first.url)
    assert _card(copied) != _card(first)
    assert copied.url != first.url
    card = _card(first)
    first.reload()
    settle(first)
    assert _card(first) == card


def test_a_desk_that_was_closed_is_taken_up_again_at_once(studio: Server, open_page: Callable[..., Page]) -> None:
    """Two open tabs of one curator hold two cards; a closed one holds none back, and another curator's stays his."""
    first = open_page(f"{studio.url}/review", cookies={"lemma_curator": "ada"})
    mine = _card(first)
    second = open_page(f"{studio.url}/review", cookies={"lemma_curator": "ada"})
    other = open_page(f"{studio.url}/review", cookies={"lemma_curator": "bob"})
    assert len({mine, _card(second), _card(other)}) == 3
    his = _card(other)
    for page in (first, second, other):
        page.context.close()
    again = open_page(f"{studio.url}/review", cookies={"lemma_curator": "ada"})
    assert _card(again) == mine
    assert _card(again) != his


def test_another_queue_is_opened_by_its_name_and_stands_in_the_address(
    studio: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{studio.url}/review")
    page.get_by_role("combobox", name="Queue").click()
    page.get_by_role("option", name="Just written").click()
    expect(on_screen(page).get_by_text("Among the last that were written.")).to_be_visible()
    assert "queue=new" in page.url


def test_typing_while_editing_decides_nothing_and_ctrl_s_keeps_the_last_letters(
    studio: Server, project: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{studio.url}/review")
    before = _card(page)
    page.keyboard.press("e")
    statement = page.get_by_label("Statement")
    statement.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" asxz")
    page.wait_for_timeout(800)
    assert statement.input_value().endswith(" asxz")
    page.keyboard.type(" Answer as an integer.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Save once more")).to_be_visible()
    page.keyboard.press("Control+s")
    holds = page.get_by_role("button", name="The solution still holds")
    expect(holds).to_be_visible()
    assert _card(page) == before
    holds.click()
    _until_other(page, before)
    studio.stop()
    made, confirmed = sorted(_standing(project), key=lambda each: each.at)
    assert (made.act, confirmed.act, confirmed.statement) == ("edit", "edit", made.statement)
    assert made.statement is not None
    assert made.statement.endswith(" asxz Answer as an integer.")
    assert made.solution is None
    assert confirmed.solution


@pytest.mark.slow
def test_cal26_cal29_drawn_rows_are_read_blind_by_keys_and_a_repeat_is_not_told_apart(
    project: Path, tmp_path: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """A draw at the desk, five and more rows by key; the card that comes back looks like every other one."""
    how = Reviewing(second_readers=0, gold=0, repeats=0.5, repeat_after=1)
    blind_review.save(Project(project), how)
    server = serve(ROOT / "studio" / "app.py", tmp_path / "draw.log", project=project, port=free_port())
    try:
        page = open_page(f"{server.url}/review?queue=random")
        page.get_by_role("button", name="Draw about 60 rows").click()
        settle(page)
        column = page.locator("[data-testid=stColumn]").filter(has_text="Scores and limits", visible=True).last
        seen, looks = [], []
        while len(seen) < 5 or (len(seen) == len(set(seen)) and len(seen) < 40):
            expect(column.get_by_text("Counts towards precision")).to_be_visible()
            expect(page.get_by_text(re.compile(r"Draw 1 for .*: \d+ of \d+ decided"))).to_be_visible()
            looks.append(column.get_by_text("Hidden until your verdict").count())
            assert page.get_by_text("What the judges say").count() == 0
            seen.append(_press(page, "a"))
    finally:
        server.stop()
    assert set(looks) == {1}
    assert len(set(seen)) < len(seen), "no card came back"
    with Store(project / "project.duckdb") as store:
        labels = store.labels.standing()
        assert {one.role for one in labels} == {"first", "repeat"}
        assert {(one.provenance, one.blind) for one in labels if one.role == "first"} == {("draw", True)}
        assert store.labels.counts()["draw"] == len(set(seen)), "what came back is in no count"
    assert watch.outside == []
