"""The Train & evaluate page on a real store: empty, with a training's curves, with evaluations side by side."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.project import Project
from engine.core.records import GradedAnswer, Metric
from engine.core.settings import Recipe
from engine.core.settings.training import Choosing, Evaluating
from engine.learning.rounds import checkpoint_choice
from engine.learning.training import checkpoints, presets
from engine.learning.training.folder import Folder
from engine.runs.journal import Journal
from engine.runs.plan import ChoosePlan, EvaluatePlan, SftDpoPlan, TrainPlan, save_plan
from engine.runs.status import Status, save_status
from engine.store import Store
from studio.parts.train.live import smoothed

PAGE = Path(__file__).resolve().parents[2] / "pages" / "train.py"


def _trained(home: Project) -> None:
    directory = home.runs / "sft-0001"
    training = presets.resolve("tiny-sft", model="/no/model", data="/no/data", out=str(home.root / "models" / "a"))
    recipe = Recipe(name="sft", title="Fine-tuning", roles={})
    save_plan(directory, TrainPlan(id="sft-0001", recipe=recipe, created=1.0, training=training))
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


def _evaluated(home: Project, name: str, right: int | dict[str, int]) -> None:
    """Write an evaluation of 20 questions; `right` says how many were answered so, by benchmark."""
    directory = home.runs / name
    recipe = Recipe(name="evaluate", title="Evaluation", roles={})
    counts = right if isinstance(right, dict) else {"held": right}
    created = float(max(counts.values()))
    save_plan(directory, EvaluatePlan(id=name, recipe=recipe, created=created, evaluating=Evaluating(model="m")))
    save_status(directory, Status(state="finished"))
    journal = Journal(directory / "journal")
    for benchmark, count in counts.items():
        for n in range(20):
            said = (f"What is <b>{n}</b>?", "1", "so 1", "1", n < count, f"local:{name}")
            journal.append(GradedAnswer(name, benchmark, str(n), 0, *said, level="easy"))
    journal.close()
    with Store(home.database) as store:
        store.ingest(directory)


def _staged(home: Project) -> None:
    """Write a run of two stages that was lost in the second one."""
    for name, title, state in (
        ("sft-dpo-0001", "Fine-tuning, then preferences", "paused"),
        ("sft-dpo-0001-sft", "Fine-tuning of sft-dpo-0001", "finished"),
        ("sft-dpo-0001-dpo", "Preference training of sft-dpo-0001", "paused"),
    ):
        outer, method = name == "sft-dpo-0001", "dpo" if name.endswith("-dpo") else "sft"
        training = presets.resolve(f"tiny-{method}", model="/no/model", data="/no/data", out=str(home.root / name))
        recipe = Recipe(name="sft-dpo" if outer else method, title=title, roles={})
        said = {"id": name, "recipe": recipe, "created": 1.0, "training": training}
        second = presets.resolve("tiny-dpo", model="/m", data="/p", out="/o")
        save_plan(home.runs / name, SftDpoPlan(**said, preferring=second) if outer else TrainPlan(**said))
        save_status(home.runs / name, Status(state=state, started=1.0, ended=2.0))
        journal = Journal(home.runs / name / "journal")
        for step in range(1, 9):
            journal.append(Metric(name, step, "loss", 1.0 / step, 1.0))
        journal.close()
        with Store(home.database) as store:
            store.ingest(home.runs / name)


def _saved(home: Project, run: str, *steps: int) -> None:
    folder = Folder(home.runs / run).checkpoints
    for step in steps:
        (folder / f"checkpoint-{step}").mkdir(parents=True)
        (folder / f"checkpoint-{step}" / "model.safetensors").touch()
        checkpoints.seal(folder, step)


def _chosen(home: Project, run: str, scores: dict[int, tuple[float, float]]) -> None:
    """Write a choice that has come to its end among checkpoints of a run."""
    directory = home.runs / "choose-0001"
    folders = [str(Folder(home.runs / run).checkpoints / f"checkpoint-{step}") for step in scores]
    plan = ChoosePlan(
        id="choose-0001", recipe=Recipe(name="choose", title="Choice", roles={}), created=2.0,
        evaluating=Evaluating(model="m"), choosing=Choosing(checkpoints=folders, training=run, by=("gsm8k", "math")),
    )  # fmt: skip
    save_plan(directory, plan)
    save_status(directory, Status(state="finished"))
    rated = [
        {"step": step, "folder": folder, "run": f"choose-0001-checkpoint-{step}", "mean": (a + b) / 2,
         "accuracy": {"gsm8k": a, "math": b}}
        for folder, (step, (a, b)) in zip(folders, scores.items(), strict=True)
    ]  # fmt: skip
    best = max(rated, key=lambda one: one["mean"])
    said = {"run": "choose-0001", "training": run, "by": ["gsm8k", "math"], "rated": rated, "note": checkpoints.NOTE}
    (directory / checkpoint_choice.FILE).write_bytes(
        orjson.dumps(said | {"best": best["step"], "model": best["folder"]})
    )
    for one in rated:
        _evaluated(home, one["run"], {name: round(20 * value) for name, value in one["accuracy"].items()})


def test_two_stages_are_planned_together(tmp_path, open_page):
    """SFT, then DPO: a set and pairs, one base model."""
    page = open_page(project.create(tmp_path / "p").root)
    page.segmented_control(key="train.method").set_value("sft-dpo").run()
    assert not page.exception
    assert [tab.label for tab in page.main.tabs] == ["Fine-tuning", "Preference training"]
    assert [box.label for box in page.main.selectbox][:3] == ["Base model", "Preset", "Data"]
    assert page.selectbox(key="train.data.dpo").label == "Preference pairs"
    assert page.button(key="train.launch").disabled


def _both_checked(model: str, data: str) -> None:
    import streamlit as st

    from engine.learning.training import presets
    from studio.parts.train.checks import train_checks

    places = {"model": model, "data": data, "out": "/nowhere"}
    stages, blocked = train_checks([presets.resolve(f"tiny-{method}", **places) for method in ("sft", "dpo")])
    st.text(f"{len(stages)} stages: {blocked}")


def test_both_stages_are_looked_at_and_red_in_the_second_blocks(tmp_path):
    """The findings of each stage stand apart; pairs that are none stop the launch although the first is let through."""
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(orjson.dumps({"prompt": "1+1?", "completion": "2"}) + b"\n")
    page = AppTest.from_function(_both_checked, args=(str(tmp_path / "gone"), str(rows)), default_timeout=60).run()
    until = time.monotonic() + 60
    while "still going on" in page.text[0].value and time.monotonic() < until:
        page.run()
    assert not page.exception
    first, second = page.tabs
    assert any("1 rows of prompt" in text.value for text in first.caption)
    assert any("is not for dpo" in text.value for text in second.caption)
    assert page.text[0].value.startswith("2 stages: Fine-tuning · ")
    for method in ("sft", "dpo"):
        box = page.multiselect(key=f"train.override.{method}")
        box.set_value([name for name in box.options if name != "data"])
    page.run()
    assert page.text[0].value.startswith("2 stages: Preference training · data: ")


def test_two_stages_are_one_run_with_two_curves(tmp_path, open_page):
    """A run of two stages is one entry; its stages are not listed again, and it is resumed as one."""
    home = project.create(tmp_path / "p")
    _staged(home)
    page = open_page(home.root)
    assert not page.exception
    (picker,) = [box for box in page.main.selectbox if box.label == "Run"]
    assert [option.partition(" ")[0] for option in picker.options] == ["sft-dpo-0001"]
    assert [button.label for button in page.main.button if "Resume" in button.label] == ["Resume"]
    (stage,) = [one for one in page.main.segmented_control if one.key and one.key.startswith("train.stage")]
    assert stage.value == "dpo"
    stage.set_value("sft").run()
    assert not page.exception


def test_fl32_the_table_of_checkpoints_names_the_best_mean(tmp_path, open_page):
    """FL-32: both accuracies, their mean, the best of it, what the choice costs; the best can be a base model."""
    home = project.create(tmp_path / "p")
    _trained(home)
    _saved(home, "sft-0001", 10, 20, 30)
    _chosen(home, "sft-0001", {10: (0.5, 0.5), 20: (0.8, 0.4), 30: (0.6, 0.55)})
    page = open_page(home.root)
    assert not page.exception
    table = next(frame.value for frame in page.main.dataframe if "Mean" in frame.value)
    assert table["Mean"].tolist() == pytest.approx([50, 60, 57.5])
    assert table["Remark"].dropna().tolist() == ["best mean · lowest held-out"]
    assert any("selection data" in text.value for text in page.main.caption)
    assert "Best of sft-0001 · step 20" in page.selectbox(key="train.model").options
    page.segmented_control(key="train.view").set_value("evaluate").run()
    assert not page.exception
    # Of the three evaluations that the choice made only that of the best stands among the models.
    assert page.main.dataframe[0].value["Run"].tolist() == ["choose-0001-checkpoint-20"]


def test_fl32_checkpoints_are_evaluated_from_the_page(tmp_path, open_page):
    """FL-32: the button asks for benchmarks first, and says how many checkpoints will be evaluated."""
    home = project.create(tmp_path / "p")
    _trained(home)
    _saved(home, "sft-0001", 10, 20)
    page = open_page(home.root)
    page.button(key="train.choose.open").click().run()
    assert not page.exception
    assert "Evaluate 2 checkpoints" in [button.label for button in page.button]
    assert not list(home.runs.glob("choose-*"))


def test_fl35_advice_stands_under_the_comparison(tmp_path, open_page):
    """FL-34, FL-35: the distraction gap and what to change, from the scores of the second model."""
    home = project.create(tmp_path / "p")
    _evaluated(home, "evaluate-0001", {"gsm8k": 10, "math": 8})
    _evaluated(home, "evaluate-0002", {"gsm8k": 16, "gsm_plus_distraction": 12, "college_math": 4})
    page = open_page(home.root)
    page.segmented_control(key="train.view").set_value("evaluate").run()
    assert not page.exception
    said = " ".join(text.value for text in page.main.markdown)
    assert "Distraction gap **+20.0**" in said
    assert "Give Distraction Insertion a larger share" in said
    assert "Key Concepts a larger share" in said
    assert any("trained on less of the same data" in text.value for text in page.main.caption)


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
