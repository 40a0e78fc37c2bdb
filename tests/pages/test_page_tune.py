"""The Tune page on a real store: empty, full, edited as a table, compared, applied."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.records import Policy, Rule
from engine.curation import policy as policies
from engine.curation.arrays import Arrays
from engine.curation.methods import METHODS, of_method
from engine.curation.table import ScoreTable
from engine.curation.trust import drawing
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from studio import workspace
from studio.lens import LensRule, LensState
from studio.parts.tune import address as tune_address
from studio.parts.tune.policy import ORDER, RULES, beside, complete, in_hand, lens_rules
from studio.parts.tune.reads import Board, Held, board, let_go
from studio.parts.tune.tab import is_edited, lens_key, report_difference
from tests.support.methods_project import fill_methods
from tests.support.page_project import filled, opened

ROOT = Path(__file__).resolve().parents[2]
FRAME, PAGE = ROOT / "studio" / "app.py", ROOT / "pages" / "tune.py"


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], AppTest]]:
    """Open the page on a project as the studio would, and close the project afterwards."""
    with ExitStack() as stack:

        def open_one(root: Path, saved: Sequence[Policy] = (), asked: Mapping[str, str] | None = None) -> AppTest:
            monkeypatch.setenv("LEMMA_PROJECT", str(root))
            store = stack.enter_context(opened(root))
            for policy in saved:
                store.policies.save(policy)
            page = AppTest.from_file(str(FRAME), default_timeout=60).run().switch_page(str(PAGE))
            page.query_params.update(asked or {})
            return page.run()

        yield open_one


@pytest.fixture
def full(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> AppTest:
    return open_page(filled(tmp_path / "full"))


def test_an_empty_project_has_one_button(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(project.create(tmp_path / "empty").root)
    assert not page.exception
    assert [button.label for button in page.main.button] == ["Plan a run"]


def test_rows_come_with_the_reason_for_the_first(full: AppTest) -> None:
    assert not full.exception
    said = " ".join(text.value for text in full.markdown)
    assert "Kept" in said or "Dropped" in said
    assert any("exactly" in caption.value and "kept" in caption.value for caption in full.caption)


def test_x07_the_policy_table_names_what_the_method_used(full: AppTest) -> None:
    """X-07: each default is shown with its source."""
    full.segmented_control[0].set_value("Policy").run()
    assert not full.exception
    shown = full.dataframe[0].value if full.dataframe else None
    texts = " ".join(code.value for code in full.code)
    assert "judge_score" in texts
    assert "lemma select --policy" in texts
    assert shown is None or "The method used 0.85." in set(np.ravel(shown.to_numpy()))


@pytest.mark.parametrize("view", ["Curves", "Compare"])
def test_every_view_draws(full: AppTest, view: str) -> None:
    full.selectbox(key="tune.rival").set_value("Published limits").run()
    full.segmented_control[0].set_value(view).run()
    assert not full.exception


def test_send_to_review_applies_the_limits_and_remembers_them(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """GSDP-27, GSDP-28: the published limits select what the exact count says."""
    root = filled(tmp_path / "full")
    open_page(root).button(key="tune.send").click().run()
    store = workspace._open(str(root.resolve())).store
    latest = store.selections.latest()
    assert latest is not None
    assert latest.kept == policies.apply(policies.gsdp(), store.problems.scoreboard()).count


def _captions(page: AppTest) -> str:
    return " ".join(caption.value for caption in page.caption)


def test_each_method_is_tuned_by_itself_and_page_selection_and_export_agree(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """Five recipes in one project: one method in the lens, the others by their own rules, one count everywhere."""
    home = project.create(tmp_path / "five")
    with Store(home.database) as store:
        fill_methods(store)
    page = open_page(home.root)
    assert not page.exception
    assert page.selectbox(key="tune.method").options == [one.label for one in METHODS.values()]
    page.selectbox(key="tune.method").set_value("flames").run()
    assert "exactly 2 of 2 kept" in _captions(page)
    assert "1 without an answer are left aside" in _captions(page)
    assert "GSDP 1 of 4" in _captions(page)
    assert "Together 9 of 16 are kept" in _captions(page)
    page.segmented_control(key="tune.view").set_value("Policy").run()
    assert "The authors warn against solvability." in np.ravel(page.dataframe[0].value.to_numpy())
    assert "The method used 0.85." not in np.ravel(page.dataframe[0].value.to_numpy())
    page.number_input[0].set_value(1).run()
    assert "exactly 1 of 2 kept" in _captions(page)
    assert "Together 8 of 16" in _captions(page)
    page.selectbox(key="tune.method").set_value("gsdp").run()
    assert "exactly 1 of 3 kept" in _captions(page)
    assert "FLAMES 1 of 3" in _captions(page)
    page.selectbox(key="tune.method").set_value("flames").run()
    assert "exactly 1 of 2 kept" in _captions(page)
    assert page.query_params["method"] == "flames"
    page.button(key="tune.send").click().run()
    store = workspace._open(str(home.root.resolve())).store
    latest = store.selections.latest()
    assert latest is not None
    assert latest.kept == store.exports.count("selected") == 8


def test_a_policy_for_all_shows_all_methods_together(tmp_path: Path, open_page: Callable[..., AppTest]) -> None:
    home = project.create(tmp_path / "five")
    with Store(home.database) as store:
        fill_methods(store)
    mine = policies.make("mine", (Rule("judge_score", "at least", 0.9),))
    page = open_page(home.root, [mine], {"policy": "mine"})
    assert page.selectbox(key="tune.method").options[0] == "All methods"
    page.selectbox(key="tune.method").set_value("").run()
    assert not page.exception
    assert "of 14 kept" in _captions(page)
    page.selectbox(key="tune.start").set_value("Published limits").run()
    assert not page.exception
    assert "All methods" not in page.selectbox(key="tune.method").options


def test_what_the_lens_says_becomes_the_policy_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said before the last order counts no more: a reset must not be undone by an old limit."""
    rules = policies.gsdp().rules
    monkeypatch.setattr(st, "session_state", {ORDER: 1})
    told = (LensRule("judge_score", 0.9, True, "review"), LensRule("contamination", 0.94, False, "keep"))
    assert in_hand(rules, LensState(told, None, None, 10, 0)).rules == rules
    now = {rule.score: rule for rule in in_hand(rules, LensState(told, None, None, 10, 1)).rules}
    assert now["judge_score"] == Rule("judge_score", "at least", 0.9, "review", True)
    assert not now["contamination"].use
    assert [rule.score for rule in lens_rules(rules)] == [rule.score for rule in rules]


def test_a_band_keeps_both_of_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The strip moves the first limit of a score; the other one stays what it was."""
    monkeypatch.setattr(st, "session_state", {ORDER: 1})
    band = (Rule("difficulty", "at least", 0.3), Rule("difficulty", "at most", 0.7))
    told = (LensRule("difficulty", 0.4, True, "keep", "at least"), LensRule("difficulty", 0.7, True, "keep", "at most"))
    assert lens_rules(band)[1] == told[1]
    moved = in_hand(band, LensState(told, None, None, 10, 1)).rules
    assert moved == (replace(band[0], limit=0.4), band[1])
    assert in_hand(band, LensState(told[:1], None, None, 10, 1)).rules == (moved[0], replace(band[1], use=False))


def test_an_address_tells_the_two_limits_of_a_band_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    address: dict[str, str] = {}
    monkeypatch.setattr(st, "query_params", address)
    band = policies.make("band", (Rule("difficulty", "at least", 0.3), Rule("difficulty", "at most", 0.7)))
    for limits, text in (((0.4, 0.7), "difficulty:0.4"), ((0.3, 0.6), "difficulty.2:0.6")):
        rules = [replace(rule, limit=limit) for rule, limit in zip(band.rules, limits, strict=True)]
        now = policies.make("in hand", complete(rules))
        tune_address.say(now, band, {})
        assert address["limits"] == text
        assert tune_address.asked_limits(band).rules == now.rules


def test_after_a_swap_the_other_side_is_what_was_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    rival = policies.make("strict", (Rule("judge_score", "at least", 0.95),))
    monkeypatch.setattr(st, "session_state", {ORDER: 1})
    before = (LensRule("judge_score", 0.7, True, "drop"), LensRule("difficulty", 0.3, True, "keep"))
    swapped = LensState((), None, None, 10, 1, other=before)
    assert beside(rival, LensState((), None, None, 10, 1)) is rival
    assert beside(rival, replace(swapped, after=0)) is rival
    used = {rule.score: rule.limit for rule in beside(rival, swapped).rules if rule.use}
    assert used == {"judge_score": 0.7, "difficulty": 0.3}


def test_an_address_brings_policy_limits_panel_and_order(tmp_path: Path, open_page: Callable[..., AppTest]) -> None:
    """A view is shared by its address; what nobody can apply is passed over."""
    root = filled(tmp_path / "full")
    mine = policies.make("mine", (Rule("judge_score", "at least", 0.5),))
    asked = {
        "policy": "mine", "with": "Published limits", "view": "Compare", "order": "only this",
        "limits": "difficulty:0.4~judge_score:off~rarity:much~charm:0.5",
    }  # fmt: skip
    page = open_page(root, [mine], asked)
    assert not page.exception
    assert page.selectbox(key="tune.start").value == "mine"
    assert page.selectbox(key="tune.rival").value == "Published limits"
    assert page.segmented_control(key="tune.view").value == "Compare"
    used = {rule.score: rule.limit for rule in page.session_state["tune.rules"] if rule.use}
    assert used == {"difficulty": 0.4}
    page.segmented_control(key="tune.view").set_value("Rows").run()
    assert page.selectbox(key="tune.rows.order").value == "only this"
    page.selectbox(key="tune.rows.order").set_value("dropped").run()
    page.selectbox(key="tune.start").set_value("Published limits").run()
    said = dict(page.query_params)
    assert said == {"policy": "Published limits", "with": "Published limits", "view": "Rows", "order": "dropped"}
    for wrong in ({"limits": "judge_score:7", "view": "Nonsense"}, {"limits": "judge_score:0.3", "policy": "gone"}):
        page = open_page(root, [], wrong)
        assert not page.exception
        assert page.session_state["tune.rules"] == complete(of_method(policies.published(), "gsdp").rules)


def test_limits_are_there_again_after_a_look_at_another_page(tmp_path: Path, open_page: Callable[..., AppTest]) -> None:
    page = open_page(filled(tmp_path / "full"), [], {"limits": "difficulty:0.4", "order": "dropped"})
    page.switch_page(str(ROOT / "pages" / "home.py")).run()
    page.query_params.clear()
    page.switch_page(str(PAGE)).run()
    assert not page.exception
    assert page.selectbox(key="tune.rows.order").value == "dropped"
    assert {rule.score: rule.limit for rule in page.session_state["tune.rules"] if rule.use}["difficulty"] == 0.4
    assert page.query_params["limits"] == "difficulty:0.4"


def test_a_size_keeps_the_best_and_travels_with_the_policy(full: AppTest) -> None:
    full.segmented_control(key="tune.view").set_value("Policy").run()
    field = next(one for one in full.number_input if "tune.freeze" not in str(one.key))
    field.set_value(5).run()
    assert not full.exception
    assert any("exactly 5 of" in caption.value for caption in full.caption)
    assert "[sizes]\nagenticmath = 15000\ngsdp = 5" in " ".join(code.value for code in full.code)
    full.button(key="tune.reset").click().run()
    assert not any("exactly 5 of" in caption.value for caption in full.caption)


def test_cal08_without_labels_the_curves_say_so_and_lead_to_a_random_draw(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    root = filled(tmp_path / "full")
    page = open_page(root)
    store = workspace._open(str(root.resolve())).store
    page.segmented_control(key="tune.view").set_value("Curves").run()
    assert "No row is labelled." in [text.value for text in page.markdown]
    assert not page.get("plotly_chart") or "precision" not in _drawn_names(page)
    button = page.button(key="tune.label")
    assert button.label == f"Label {min(60, store.problems.count())} more at random"
    button.click().run()
    assert page.query_params["queue"] == "draw"
    (made,) = store.draws.all()
    assert made.size == min(60, store.problems.count())
    page.switch_page(str(PAGE)).run()
    page.segmented_control(key="tune.view").set_value("Curves").run()
    assert page.button(key="tune.label").label == f"Label {len(store.draws.open())} drawn rows"


def _drawn_names(page: AppTest) -> str:
    """Return the specification of the curve's chart as text."""
    return next(one.proto.spec for one in page.get("plotly_chart") if "Limit of" in one.proto.spec)


def _label(store: Store, ids: Sequence[str], queue: str = "") -> None:
    """Have Ann approve two of three rows and reject the third."""
    acts = [BatchDecision(one, "approve") if at % 3 else BatchDecision(one, "reject", "trivial")
            for at, one in enumerate(ids)]  # fmt: skip
    store.decisions.decide_all(acts, "Ann", **({"queue": queue} if queue else {}))


def _figures(page: AppTest) -> dict[str, Any]:
    """Return what the lens was told to show."""
    orders = [json.loads(one.proto.json) for one in page.get("bidi_component") if '"figures"' in one.proto.json]
    found: dict[str, Any] = orders[-1]["figures"]
    return found


def test_cal08_cal15_drawn_labels_give_intervals_band_and_a_choice(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """CAL-08, CAL-15, CAL-18, CAL-19: header, curves, the pick that agrees with them, and looks that are kept."""
    root = filled(tmp_path / "full")
    page = open_page(root)
    store = workspace._open(str(root.resolve())).store
    drawing.draw(store, policies.gsdp(), 48, salt="most")
    _label(store, [row.row_id for row in store.draws.open()], DRAW)
    page.run()
    assert not page.exception
    page.segmented_control(key="tune.view").set_value("Curves").run()
    assert not page.exception
    names = _drawn_names(page)
    assert '"precision"' in names
    assert "all limits at once, 90%" in names
    said = _captions(page)
    assert "for one limit chosen beforehand" in said
    page.number_input(key="tune.pick.target").set_value(0.5).run()
    assert not page.exception
    rules = page.session_state["tune.rules"]
    assert page.button(key="tune.pick.use").label == "Use this limit"
    page.button(key="tune.pick.use").click().run()
    moved = page.session_state["tune.rules"]
    assert [rule.score for rule, before in zip(moved, rules, strict=True) if rule != before] in ([], ["judge_score"])
    page.number_input(key="tune.pick.target").set_value(0.99).run()
    assert any(":material/block:" in text.value for text in page.markdown)
    assert not any(button.key == "tune.pick.use" for button in page.button)
    page.segmented_control(key="tune.pick.scope").set_value("All limits in use").run()
    assert not page.exception
    page.segmented_control(key="tune.view").set_value("Policy").run()
    assert not page.exception
    assert "drawn labels; people call" in _captions(page)
    assert len(store.looks.seen()) >= 1


def test_one_alarm_at_a_time_and_the_worst_first(full: AppTest) -> None:
    said = [text.value for text in full.markdown if ":material/warning:" in text.value]
    assert len(said) == 1
    assert "0 labels of rows drawn at random. 50 are needed." in said[0] or "drops" in said[0]


def test_scores_that_change_under_moved_limits_wait_to_be_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5.1, stale: a board is never exchanged by itself while limits are moved over it; the next one is a new lens."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    with opened(filled(tmp_path / "full")) as store:
        first, stale = board(store, "", hold=lambda held: True)
        assert not stale
        store.decisions.decide(first.board.table.ids[0].as_py(), "ann", "approve")
        assert board(store, "", hold=lambda held: True) == (first, True)
        second, stale = board(store, "", hold=lambda held: False)
        assert (stale, second.board.table.human[0], lens_key(first) == lens_key(second)) == (False, 1, False)
        store.decisions.decide(first.board.table.ids[1].as_py(), "ann", "approve")
        assert board(store, "", hold=lambda held: True) == (second, True)
        let_go()
        third, stale = board(store, "", hold=lambda held: True)
        assert (stale, third.board.table.human[1], third.number) == (False, 1, 2)


def test_a_lens_that_was_touched_holds_its_board(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = complete(policies.gsdp().rules)
    state: dict[str, object] = {ORDER: 3, RULES: rules}
    monkeypatch.setattr(st, "session_state", state)
    held = Held.over(Board(Arrays.of(ScoreTable.of({"id": ["a"]})), b""), ("p", ""), 1, 0)

    def says(policy: object = None, lasso: object = None, concept: object = None) -> bool:
        state[lens_key(held)] = {"policy": policy, "lasso": lasso, "concept": concept}
        return is_edited(held)

    told = [{"score": r.score, "limit": r.limit, "use": r.use, "if_missing": r.if_missing} for r in rules]
    assert not is_edited(held)
    assert not says({"rules": told, "after": 3})
    assert says({"rules": [{**told[0], "limit": 0.9}, *told[1:]], "after": 3})
    assert not says({"rules": [{**told[0], "limit": 0.9}, *told[1:]], "after": 2})
    assert says(lasso=[[0, 0], [9, 0], [9, 9]])
    assert says(concept=0)


def test_a_live_count_far_from_the_exact_one_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(st, "session_state", {ORDER: 1})
    table = ScoreTable.of({"id": [str(n) for n in range(1000)], "judge_score": np.linspace(0, 1, 1000)})
    exact = policies.apply(policies.make("p", (Rule("judge_score", "at least", 0.5, "drop"),)), table)
    for kept, whole, logged in ((exact.count + 5, True, 0), (exact.count + 6, False, 0), (exact.count + 6, True, 1)):
        report_difference(LensState((), None, None, kept, 1, whole), exact)
        assert len(caplog.records) == logged


@pytest.mark.parametrize(("share", "heard"), [(0.1, True), (1.0, False)])
def test_fl28_the_alarm_is_where_the_newest_run_sets_it(
    tmp_path: Path, open_page: Callable[[Path], AppTest], share: float, heard: bool
) -> None:
    """FL-28: the share that one rule may drop is a setting of the run, and Tune reads it."""
    root = filled(tmp_path / "full")
    with Store(root / "project.duckdb") as store:
        written = next(run for run in store.runs.list(dry=False) if run.kind == "generate")
        plan = store.runs.plan(written.id)
        assert plan is not None
        flames = plan.recipe.settings.flames.model_copy(update={"alarm_share": share})
        settings = plan.recipe.settings.model_copy(update={"flames": flames})
        recipe = plan.recipe.model_copy(update={"settings": settings})
        store.runs.register(plan.model_copy(update={"id": "later", "recipe": recipe, "created": plan.created + 1}))
        table = ScoreTable.of(store.problems.scoreboard())
    half = round(float(np.nanmedian(table.scores["judge_score"])), 2)
    strict = policies.make("Strict", (Rule("judge_score", "at least", half, "drop"),))
    assert len(table) * 0.1 < len(table) - policies.apply(strict, table).count < len(table)
    page = open_page(root, [strict], {"policy": "Strict"})
    assert not page.exception
    said = " ".join(text.value for text in page.markdown if ":material/warning:" in text.value)
    assert (f"The alarm is at {share:.0%}" in said) is heard


def test_cal08_cal30_compare_counts_hand_picked_rows_and_tells_policies_apart_by_drawn_ones(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    root = filled(tmp_path / "full")
    page = open_page(root)
    store = workspace._open(str(root.resolve())).store
    ids = [row["id"] for row in store.problems.scoreboard().to_pylist()]
    store.decisions.decide_all([BatchDecision(one, "approve") for one in ids[:9]], "Ann")
    page.selectbox(key="tune.rival").set_value("Published limits").run()
    page.segmented_control(key="tune.view").set_value("Compare").run()
    assert not page.exception
    said = _compared(page)
    assert "9 of 9 hand-reviewed rows were good (not a random sample)." in said["Recall (95 %)"]
    assert not any(character in said["Precision (95 %)"] for character in "%–")
    store.decisions.undo("Ann")
    drawing.draw(store, policies.gsdp(), len(ids), salt="all")
    choices = [BatchDecision(row.row_id, "approve") for row in store.draws.open()]
    store.decisions.decide_all(choices, "Ann", queue=DRAW)
    page.run()
    assert not page.exception
    assert _compared(page)["Precision (95 %)"] == "1.00 (1.00 – 1.00)"
    assert "Both rules keep the same rows: neither is more precise." in _captions(page).replace("\\", "")


def _compared(page: AppTest) -> dict[str, str]:
    """Return the column of these limits by its rows."""
    table = next(each.value for each in page.dataframe if "These limits (A)" in each.value)
    return dict(zip(table[""], table["These limits (A)"], strict=True))
