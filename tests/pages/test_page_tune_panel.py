"""Whose word counts, on Tune's view Policy: handed over by the page Judges, edited, saved, and said by the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.records import Policy, PolicyPanel
from engine.curation import policy as policies
from engine.curation import policy_file
from engine.curation.judge_words import scores_of
from studio.parts.tune.policy import WHOLE
from tests.pages.test_page_judges import store_of
from tests.support.page_project import filled, opened

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tune.py"
PANEL = PolicyPanel.of({"judges": ["judge_a", "judge_b"], "rule": "any", "weights": {"judge_c": 1.0}})
HANDED = policies.checked(replace(policies.gsdp(), name="By two judges", panel=PANEL))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return filled(tmp_path / "full")


def _kept(page: AppTest) -> str:
    return next(caption.value for caption in page.caption if "exactly" in caption.value)


def _handed(page: AppTest, root: Path) -> AppTest:
    store_of(root).policies.save(HANDED)
    page.query_params.update({"policy": HANDED.name, "view": "Policy", "handed": "judges"})
    return page.run()


def test_a_policy_is_handed_over_to_a_tab_that_was_at_another(root: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(root)
    before = _kept(page)
    page = _handed(page, root)
    assert not page.exception
    assert page.session_state["tune.start"] == HANDED.name
    assert "handed" not in page.query_params
    kept = policies.apply(HANDED, scores_of(store_of(root))).count
    assert f"exactly {kept:,} of " in _kept(page)
    assert _kept(page) != before
    panel = next(frame.value for frame in page.main.dataframe if "Heard on solutions" in frame.value.columns)
    assert panel.set_index("Judge")["Heard on solutions"].to_dict() == {
        "judge_a": True, "judge_b": True, "judge_c": False
    }  # fmt: skip
    assert panel.set_index("Judge")["Weight in the judge score"]["judge_c"] == 1.0
    shown = next(code.value for code in page.main.code if "[panel]" in code.value)
    assert policy_file.parse(shown).panel == PANEL


def test_a_rule_that_is_changed_counts_at_once_and_moved_limits_stay(
    root: Path, open_page: Callable[[Path], AppTest]
) -> None:
    page = _handed(open_page(root), root)
    for label, value in (("Several solutions", "all"), ("Votes on a solution", "veto")):
        next(box for box in page.main.selectbox if box.label == label).set_value(value).run()
        assert not page.exception
    wanted = replace(PANEL, strategy="all", rule="veto")
    whole: Policy = page.session_state[WHOLE]
    assert whole.panel == wanted
    kept = policies.apply(replace(HANDED, panel=wanted), scores_of(store_of(root))).count
    assert kept < policies.apply(HANDED, scores_of(store_of(root))).count
    assert f"exactly {kept:,} of " in _kept(page)


def test_a_policy_that_hears_other_judges_is_compared_on_the_server(
    root: Path, open_page: Callable[[Path], AppTest]
) -> None:
    with opened(root) as store:
        store.policies.save(HANDED)
    page = open_page(root)
    page.session_state["tune.rival"] = HANDED.name
    page.session_state["tune.view"] = "Compare"
    page.run()
    assert not page.exception
    kept = policies.apply(HANDED, scores_of(store_of(root)), override=False).count
    assert any(str(kept) in frame.value.to_string() for frame in page.main.dataframe)
