"""The Train & evaluate page on a real store: empty, with a training's curves, with evaluations side by side."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine import project
from engine.journal import Journal
from engine.plans import Plan, Status, save_plan, save_status
from engine.project import Project
from engine.records import Answered, Metric
from engine.settings import Recipe
from engine.store import Store
from engine.training import presets
from studio.widgets.train_live import smoothed

PAGE = Path(__file__).resolve().parents[2] / "pages" / "train.py"


def _trained(home: Project) -> None:
    directory = home.runs / "sft-0001"
    training = presets.resolve("tiny-sft", model="/no/model", data="/no/data", out=str(home.root / "models" / "a"))
    recipe = Recipe(name="sft", title="Fine-tuning", roles={})
    save_plan(directory, Plan(id="sft-0001", kind="train", recipe=recipe, created=1.0, training=training))
    now = time.time()
    save_status(directory, Status(state="failed", reason="out of memory", started=now - 60, ended=now))
    journal = Journal(directory / "journal")
    for step in range(1, 30):
        journal.append(Metric("sft-0001", step, "loss", 3.0 / step, 1.0))
        if step % 10 == 0:
            journal.append(Metric("sft-0001", step, "eval_loss", 3.2 / step, 1.0))
    journal.close()
    with Store(home.database) as store:
        store.ingest(directory)


def _evaluated(home: Project, name: str, right: int) -> None:
    directory = home.runs / name
    recipe = Recipe(name="evaluate", title="Evaluation", roles={})
    save_plan(directory, Plan(id=name, kind="evaluate", recipe=recipe, created=float(right)))
    save_status(directory, Status(state="finished"))
    journal = Journal(directory / "journal")
    for n in range(20):
        said = (f"What is <b>{n}</b>?", "1", "so 1", "1", n < right, f"local:{name}")
        journal.append(Answered(name, "held", str(n), 0, *said, level="easy"))
    journal.close()
    with Store(home.database) as store:
        store.ingest(directory)


def test_an_empty_project_says_what_to_choose(tmp_path, open_page):
    page = open_page(project.create(tmp_path / "p").root)
    assert not page.exception
    assert page.button(key="train.launch").disabled
    assert "Nothing was trained yet" in " ".join(text.value for text in page.main.markdown)


def test_a_training_shows_its_curves_and_why_it_ended(tmp_path, open_page):
    home = project.create(tmp_path / "p")
    _trained(home)
    page = open_page(home.root)
    assert not page.exception
    assert "out of memory" in " ".join(text.value for text in page.main.caption)
    assert {metric.label for metric in page.main.metric} >= {"Loss"}
    assert [button.label for button in page.main.button if "Resume" in button.label] == ["Resume from the checkpoint"]


def test_models_are_compared(tmp_path, open_page):
    """Part of FL-33 and AM-24: accuracy with its interval, two evaluations paired by question."""
    home = project.create(tmp_path / "p")
    _evaluated(home, "evaluate-0001", 8)
    _evaluated(home, "evaluate-0002", 16)
    page = open_page(home.root)
    page.segmented_control(key="train.view").set_value("evaluate").run()
    assert not page.exception
    said = " ".join(text.value for text in page.main.markdown)
    assert "+40.0 points" in said
    assert "20 questions" in said
    table = page.main.dataframe[0].value
    assert sorted(table["held"]) == [40.0, 80.0]


def test_a_form_without_a_model_starts_nothing(tmp_path, open_page):
    home = project.create(tmp_path / "p")
    page = open_page(home.root)
    page.segmented_control(key="train.view").set_value("evaluate").run()
    next(button for button in page.main.button if button.label == "Evaluate").click().run()
    assert page.main.error
    assert not page.exception
    assert list(home.runs.iterdir()) == []


def test_smoothing_is_not_pulled_to_zero():
    assert smoothed([2.0, 2.0, 2.0]) == pytest.approx([2.0, 2.0, 2.0])
    assert 1.0 < smoothed([1.0, 3.0])[1] < 3.0
