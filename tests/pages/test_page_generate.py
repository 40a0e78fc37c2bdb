"""The Generate page on a real store: empty, planned, dry-run, launched, looked back at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.core import project as projects
from engine.runs import launcher
from engine.runs.plan import load_plan
from studio import navigation, workspace
from studio.tasks import probe_job
from tests.support.abacus_endpoint import WithContexts
from tests.support.listing_endpoint import Listing
from tests.support.page_project import filled
from tests.support.worker_runs import wait_for

PAGE = Path(__file__).resolve().parents[2] / "pages" / "generate.py"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A filled project that the studio has open."""
    home = filled(tmp_path / "project")
    yield home
    _close(home)


@pytest.fixture(autouse=True)
def _without_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page tested alone has no navigation that a link could point into."""
    monkeypatch.setattr(navigation, "link", lambda *names, **carry: st.caption(f"{names[0]} {carry['run']}"))


def _close(home: Path) -> None:
    opened = workspace._open(str(home.resolve()))
    opened.rest()
    opened.store.close()
    workspace._open.clear()  # type: ignore[attr-defined]


def _page(**query: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def _button(page: AppTest, label: str) -> st.testing.v1.element_tree.Button:
    return next(button for button in page.button if button.label.startswith(label))


def _until_ended(directory: Path) -> None:
    until = time.monotonic() + 60
    while launcher.state(directory).state in launcher.ACTIVE and time.monotonic() < until:
        time.sleep(0.1)
    assert launcher.state(directory).state == "finished"


def _text(page: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*page.markdown, *page.caption, *page.metric))


@pytest.mark.parametrize("view", ["plan", "dry", "live"])
def test_an_empty_project_offers_one_way_on(tmp_path: Path, view: str) -> None:
    home = projects.create(tmp_path / "project")
    page = _page(view=view)
    offered = [button.label for button in page.button if button.label != "Choose"]
    assert offered == ["Build the knowledge graph" if view == "plan" else "Plan a run"]
    _close(home.root)


def test_a_recipe_without_its_seeds_leads_to_them(tmp_path: Path) -> None:
    home = projects.create(tmp_path / "project")
    page = _page()
    page.button(key="generate.recipe.agenticmath").click().run()
    assert [button.label for button in page.button if button.label != "Choose"] == ["Import seeds"]
    page.button(key="generate.recipe.continual").click().run()
    assert _button(page, "Launch")
    _close(home.root)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("agenticmath", ("variants", "Evaluator", "Reviewer", "Reviser")),
        ("flames", ("Suggester-Editor", "Distraction Insertion", "Shares add to 100 %")),
        ("continual", ("requests", "Expert A", "Arbiter")),
        ("house", ("Pairs that meet", "Suggester-Editor", "Judge A")),
    ],
)
def test_every_recipe_has_a_plan_of_its_own(root: Path, recipe: str, words: tuple[str, ...]) -> None:
    """What the method reads can be set, and the plan says itself as a command."""
    page = _page()
    page.button(key=f"generate.recipe.{recipe}").click().run()
    assert not page.exception
    shown = _text(page).replace("\\", "")
    assert all(word in shown for word in words), shown
    assert any(f"lemma run {recipe} --items" in code.value for code in page.code)
    page.button(key="generate.recipe.gsdp").click().run()
    assert not page.exception
    assert any("lemma run gsdp" in code.value for code in page.code)


def test_fl31_a_published_size_is_one_click(root: Path) -> None:
    """FL-31: the size is shown, sets the items, and follows them; other recipes have none."""
    page = _page()
    assert not [control for control in page.segmented_control if control.key == "generate.size"]
    page.button(key="generate.recipe.flames").click().run()
    sizes = next(control for control in page.segmented_control if control.key == "generate.size")
    assert "FLAMES" in sizes.help
    sizes.set_value("Small").run()
    assert next(each for each in page.number_input if each.key == "generate.items").value == 150_000
    assert "lemma run flames --items 150000" in page.code[0].value
    assert "75,000" in _text(page), "the mixture follows"
    next(each for each in page.number_input if each.key == "generate.items").set_value(40).run()
    assert next(control for control in page.segmented_control if control.key == "generate.size").value is None
    assert "lemma run flames --items 40" in page.code[0].value
    assert not page.exception


def test_am21_stages_are_switched_and_pairs_taken(root: Path) -> None:
    """AM-21: four switches and the size that comes out, in the plan and in its command."""
    page = _page()
    page.button(key="generate.recipe.agenticmath").click().run()
    for name in ("filter_seeds", "review", "evaluate", "curate"):
        page.toggle(key=f"generate.stage.{name}").set_value(False).run()
        assert f"agenticmath.{name}=false" in page.code[0].value
    assert "None is reviewed." in _text(page)
    assert "compare at equal size" in _text(page)
    page.toggle(key="generate.stage.review").set_value(True).run()
    next(each for each in page.number_input if each.key == "generate.pairs").set_value(200).run()
    assert "200 pairs need about 450 variants" in _text(page)
    page.button(key="generate.stage.items").click().run()
    assert "lemma run agenticmath --items 450" in page.code[0].value
    assert "agenticmath.pairs=200" in page.code[0].value
    assert "agenticmath.curate=false" in page.code[0].value
    assert "Enough variants for as many pairs." in _text(page)


def test_a_reply_longer_than_a_context_is_lowered_by_one_click(root: Path) -> None:
    """What a server says of its models counts before anything is launched."""
    with WithContexts() as endpoint:
        engine = f'[engines.local]\nkind = "openai_compatible"\nbase_url = "{endpoint.url}"\n'
        roles = '[roles]\nsolver = "local:abacus-small"\nwriter = "local:abacus-large"\n'
        (root / "engines.toml").write_text(f"{engine}{roles}", encoding="utf-8")
        page = _page()
        page.button(key="generate.recipe.agenticmath").click().run()
        until = time.monotonic() + 30
        while "answers in" not in _text(page) and time.monotonic() < until:
            page.run()
        assert "Solver asks for 2,048 tokens, abacus\\-small has a context of 2,048" in _text(page)
        page.button(key="generate.fit").click().run()
        assert "has a context of" not in _text(page)
        assert "sampling.max_tokens=1024" in page.code[0].value
        assert not page.exception


def test_gsdp26_published_models_and_weights_are_taken_by_one_click(root: Path) -> None:
    """GSDP-26, GSDP-29: what is here gets its role, weights are shown and set; a recipe of our own has no line-up."""
    probe_job.ask_again()
    with Listing(names=("Qwen/Qwen2.5-32B-Instruct", "other")) as endpoint:
        engine = f'[engines.local]\nkind = "openai_compatible"\nbase_url = "{endpoint.url}"\n'
        (root / "engines.toml").write_text(engine, encoding="utf-8")
        page = _page()
        assert "judging.weights" in _text(page).replace("\\", "")
        assert "InternLM2" in _text(page)
        page.button(key="generate.recipe.flames").click().run()
        until = time.monotonic() + 30
        while page.button(key="generate.lineup.take").disabled and time.monotonic() < until:
            page.run()
        assert page.button(key="generate.lineup.take").label == "Take 1 model"
        assert "local:other" in page.selectbox(key="generate.role.solver").options, "unused models can be chosen"
        page.button(key="generate.lineup.take").click().run()
        assert not page.exception
        assert page.selectbox(key="generate.role.writer").value == "local:Qwen/Qwen2.5-32B-Instruct"
        assert "--engine writer=local:Qwen/Qwen2.5-32B-Instruct" in page.code[0].value
        assert page.button(key="generate.lineup.take").disabled
        page.selectbox(key="generate.role.solvability_judge").set_value("local:Qwen/Qwen2.5-32B-Instruct").run()
        assert "Solvability judge and the writer are one model" in _text(page)
        page.button(key="generate.recipe.house").click().run()
        assert not any(button.key == "generate.lineup.take" for button in page.button)


def test_an_engine_that_starts_with_its_run_blocks_nothing(root: Path) -> None:
    """A managed engine on demand is not running yet, and need not be."""
    text = '[engines.later]\nkind = "managed"\nmodel = "/nowhere"\non_demand = true\nmax_model_len = 1024\n'
    (root / "engines.toml").write_text(f'{text}[roles]\nwriter = "later:later"\n', encoding="utf-8")
    page = _page()
    page.button(key="generate.recipe.agenticmath").click().run()
    assert "starts with the run" in _text(page)
    assert "Writer asks for 2,048 tokens" in _text(page)
    assert not _button(page, "Dry run").disabled


def test_shares_must_add_up_and_are_evened_out(root: Path) -> None:
    """GSDP-49: the mixture is whole before anything can start, and its counts follow the largest remainder."""
    page = _page()
    share = next(each for each in page.number_input if each.key == "generate.share.one_hop")
    share.set_value(65.0).run()
    assert "Shares add to 140 %, not 100 %." in _text(page)
    assert _button(page, "Launch").disabled
    assert _button(page, "Dry run").disabled
    assert "lemma run gsdp --items 300" in page.code[0].value
    _button(page, "Even out").click().run()
    assert "Shares add to 100 %" in _text(page)
    assert sum(each.value for each in page.number_input if str(each.key).startswith("generate.share.")) == 100
    assert not _button(page, "Dry run").disabled


def test_a_large_run_waits_for_its_dry_run(root: Path) -> None:
    """X-02: dry run, every step of its trace, then the launch of the same plan with its replies reused."""
    page = _page()
    assert "Launch is ready after a dry run of this plan." in _text(page)
    assert _button(page, "Launch 300").disabled
    _button(page, "Dry run 8").click().run()
    _until_ended(root / "runs" / "gsdp-dry-0001")
    page.run()
    assert "8 of 8 items went through every stage." in _text(page)
    heads = [each.label.replace("\\", "") for each in page.expander]
    assert any(head.startswith("**Problem writer** · abacus-large") for head in heads)
    assert len(page.radio[0].options) == 8
    assert "agents/graph_problem" in _text(page)
    page.segmented_control[0].set_value("Plan").run()
    assert "gsdp-dry-0001 was a dry run of this plan." in _text(page).replace("\\", "")
    assert not _button(page, "Launch 300").disabled
    _button(page, "Launch 300").click().run()
    directory = root / "runs" / "gsdp-0002"
    _until_ended(directory)
    assert load_plan(directory).reuse == ("gsdp-dry-0001",)
    assert launcher.state(directory).cached >= 8
    assert not page.exception
    assert not page.error


def test_a_plan_at_one_concept_comes_with_the_address(root: Path) -> None:
    store = workspace._open(str(root.resolve())).store
    point = str(store.points.live()["name"].iloc[0])
    page = _page(point=point)
    where = next(each for each in page.selectbox if each.key == "generate.point")
    assert where.value == point
    next(each for each in page.number_input if each.key == "generate.items").set_value(3).run()
    _button(page, "Launch 3").click().run()
    plan = load_plan(root / "runs" / "gsdp-0002")
    assert plan.point == point
    _until_ended(root / "runs" / "gsdp-0002")


def test_a_past_run_is_looked_at_and_planned_again(root: Path) -> None:
    page = _page(view="live", run="gsdp-0001")
    shown = _text(page)
    assert "Finished" in shown or any("finished" in str(each.options) for each in page.selectbox)
    assert [metric.label for metric in page.metric][:3] == ["Written", "Solved", "Kept so far"]
    assert page.metric[0].value == "60"
    assert "review gsdp-0001" in shown
    assert "nothing is compared with test problems" in shown
    assert any("lemma run gsdp" in code.value and "routing.solutions=3" in code.value for code in page.code)
    _button(page, "Load as plan").click().run()
    assert next(each for each in page.number_input if each.key == "generate.solutions").value == 3


def test_a_quota_over_clusters_is_a_setting_of_the_plan(root: Path) -> None:
    page = _page()
    quota = next(each for each in page.toggle if each.label == "Even clusters")
    assert quota.value is False
    assert "a quota of our own" in _text(page)
    quota.set_value(True).run()
    assert not page.exception
    _button(page, "Dry run 8").click().run()
    directory = root / "runs" / "gsdp-dry-0001"
    _until_ended(directory)
    mixture = load_plan(directory).recipe.settings.mixture
    assert (mixture.even_clusters, mixture.one_hop) == (True, 25.0)


def test_fl36_models_are_compared_by_a_study_from_the_plan(root: Path) -> None:
    """FL-36: two models for the solver become two runs of the same items, forecast, launched and watched as one."""
    page = _page()
    plan_draft_key = "generate.study.solver_low"
    page.multiselect(key=plan_draft_key).set_value(["abacus:abacus-small", "abacus:abacus-large"]).run()
    page.number_input(key="generate.items").set_value(2).run()
    assert not page.exception
    assert "2 runs of 2 items." in _text(page)
    assert "--study solver_low=abacus:abacus-small" in page.code[0].value
    _button(page, "Launch 4").click().run()
    study = root / "runs" / "study-0001"
    wait_for(lambda: (study / "plan.json").exists(), 600)
    # Three workers start, one after the other.
    wait_for(lambda: launcher.state(study).state not in launcher.ACTIVE, 600)
    assert launcher.state(study).state == "finished"
    page = _page(view="live", run="study-0001")
    table = page.dataframe[0].value
    assert list(table["Run"]) == ["study-0001-1", "study-0001-2"]
    assert list(table["State"]) == ["Finished", "Finished"]
    _button(page, "Load as plan").click().run()
    assert page.multiselect(key=plan_draft_key).value == ["abacus:abacus-small", "abacus:abacus-large"]


def test_gsdp43_random_pairs_are_a_switch_of_the_plan(root: Path) -> None:
    """GSDP-43: the command that does the same says so."""
    page = _page()
    page.toggle(key="generate.set.mixture.random_pairs").set_value(True).run()
    assert not page.exception
    assert "mixture.random_pairs=true" in page.code[0].value


def test_a_role_with_a_model_that_is_not_there_stops_the_plan_and_names_the_others(root: Path) -> None:
    """Launched, it would write problems without a mark of that judge and end well."""
    (root / "engines.toml").write_text('[roles]\njudge_a = "abacus:sharp"\n', encoding="utf-8")
    page = _page()
    said = " ".join([_text(page), *(str(error.value) for error in page.error)]).replace("\\", "")
    assert "Abacus has no model 'sharp'; it has abacus-small" in said, said
    assert _button(page, "Launch").disabled
