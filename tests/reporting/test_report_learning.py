"""What models learnt: evaluations, rounds and comparisons of data, over a store and files."""

from __future__ import annotations

import orjson
import pytest

from engine.core import project
from engine.core.records import GradedAnswer, RoundEvent
from engine.core.settings import Recipe
from engine.core.settings.training import Evaluating
from engine.reporting import learning
from engine.runs.plan import EvaluatePlan, save_plan
from engine.store import Store


@pytest.fixture
def home(tmp_path):
    return project.create(tmp_path / "p")


def test_every_model_stands_with_its_interval(home):
    """AM-24, FL-33: pass@1 with a Wilson interval and the number of questions."""
    from engine.runs.journal import Journal

    directory = home.runs / "evaluate-0001"
    recipe = Recipe(name="evaluate", title="Evaluation", roles={})
    save_plan(directory, EvaluatePlan(id="evaluate-0001", recipe=recipe, evaluating=Evaluating(model="local:tiny")))
    journal = Journal(directory / "journal")
    for n in range(20):
        journal.append(GradedAnswer("evaluate-0001", "gsm8k", str(n), 0, "q", "1", "t", "1", n < 15, "local:tiny"))
    journal.close()
    with Store(home.database) as store:
        store.ingest(directory)
        said = learning.evaluations(store)
    (row,) = said.table.rows
    assert row[:5] == ("local:tiny", "evaluate-0001", "gsm8k", 20, 1)
    assert row[5] == 75.0
    assert row[6] < 75 < row[7]


def test_rounds_say_what_they_made_and_gained(home):
    """CL-39: class shares, sizes, replay, metric deltas."""
    detail = {
        "start": "/m0", "classes": {"fine-tuning": 547, "preference": 266, "discarded": 187}, "fine_tuning": 480,
        "pairs": 248, "replay": {"share": 0.2}, "before": {"gsm8k": 0.4, "math": 0.2},
        "accuracy": {"gsm8k": 0.5, "math": 0.24},
    }  # fmt: skip
    with Store(home.database) as store:
        store.rounds.add([RoundEvent("R1", "round-0001", 1, "report", "/m1", orjson.dumps(detail).decode())])
        said = learning.rounds(store)
    (row,) = said.table.rows
    assert row[:7] == ("M1", 54.7, 26.6, 18.7, 480, 248, 0.2)
    assert row[-1] == pytest.approx(7.0)
    assert "+7.0 points" in said.finding


def test_experiments_are_read_from_files(home):
    folder = home.root / "experiments"
    folder.mkdir()
    one = {"name": "curated against raw", "rows": [55, 57], "first": [0.4, 0.5], "second": [0.3, 0.4]}
    told = {
        "experiments": [{**one, "gain": 0.1, "low": 0.05, "high": 0.15}, {**one, "gain": 0.1, "low": -0.1, "high": 0.3}]
    }
    (folder / "a.json").write_bytes(orjson.dumps(told))
    (folder / "b.json").write_bytes(b"{")
    said = learning.experiments(home)
    assert said.table.rows[0][:4] == ("curated against raw", 2, 45.0, pytest.approx(35.0))
    assert said.finding.startswith("1 of 2 differences")
    assert any("b.json cannot be read" in note for note in said.notes)


def evaluated(number, start, **accuracy):
    detail = orjson.dumps({"start": "/m", "before": start, "accuracy": accuracy}).decode()
    return RoundEvent(f"R{number}", f"round-{number:04}", number, "report", f"/m{number}", detail)


def test_cl27_the_best_model_of_a_loop_is_named(home):
    """CL-27: of the start and every round the highest mean; silent where benchmarks differ."""
    rounds = [evaluated(1, {"gsm8k": 0.4}, gsm8k=0.6), evaluated(2, {"gsm8k": 0.6}, gsm8k=0.5)]
    with Store(home.database) as store:
        store.rounds.add(rounds)
        assert learning.rounds(store).finding == "2 rounds; the last one gained -10.0 points, and M1 is best."
        store.rounds.add([evaluated(3, {"gsm8k": 0.5}, math=0.9)])
        assert "best" not in learning.rounds(store).finding


def test_am24_the_mean_of_six_benchmarks_is_told(home):
    """AM-24: where a model answered all that a paper reports on, their mean stands in a note."""
    from engine.learning.evaluation import of_paper
    from engine.runs.journal import Journal

    directory = home.runs / "evaluate-0001"
    recipe = Recipe(name="evaluate", title="Evaluation", roles={})
    save_plan(directory, EvaluatePlan(id="evaluate-0001", recipe=recipe, evaluating=Evaluating(model="local:tiny")))
    journal = Journal(directory / "journal")
    for place, one in enumerate(of_paper("agenticmath")):
        for n in range(4):
            right = n < (4 if place else 1)
            journal.append(GradedAnswer("evaluate-0001", one.name, str(n), 0, "q", "1", "t", "1", right, "local:tiny"))
    journal.close()
    with Store(home.database) as store:
        store.ingest(directory)
        said = learning.evaluations(store)
    assert said.notes[1:] == ("local:tiny: mean of the 6 of agenticmath 87.5 %.",)
