"""What trainings, evaluations and rounds said comes back from the store, once."""

from __future__ import annotations

import time
from pathlib import Path

from engine.core.records import GradedAnswer, Metric, RoundEvent
from engine.core.settings import Recipe
from engine.core.settings.training import Training
from engine.runs.journal import Journal
from engine.runs.plan import TrainPlan, save_plan
from engine.store import Store


def _run(tmp_path: Path, *records: Metric | GradedAnswer | RoundEvent) -> Path:
    directory = tmp_path / "runs" / "sft-0001"
    recipe = Recipe(name="sft", title="Fine-tuning", roles={})
    training = Training(model="/m", data="/d", out="/o")
    save_plan(directory, TrainPlan(id="sft-0001", recipe=recipe, created=time.time(), training=training))
    journal = Journal(directory / "journal")
    for record in records:
        journal.append(record)
    journal.close()
    return directory


def test_metrics_are_kept_once_per_step(store: Store, tmp_path: Path) -> None:
    metrics = [Metric("sft-0001", step, "loss", 3.0 - step, 1.0) for step in (1, 2, 2)]
    directory = _run(tmp_path, *metrics)
    store.ingest(directory)
    store.ingest(directory)
    frame = store.trainings.metrics("sft-0001")
    assert frame.to_dict("list") == {"step": [1, 2], "name": ["loss", "loss"], "value": [2.0, 1.0]}
    assert store.verify() == []


def test_answers_are_counted_by_benchmark(store: Store, tmp_path: Path) -> None:
    said = [
        GradedAnswer("sft-0001", "gsm8k", "B1", sample, "1 + 1?", "2", text, text, text == "2", "local:tiny")
        for sample, text in enumerate(("2", "3"))
    ]
    store.ingest(_run(tmp_path, *said))
    assert store.evaluations.answers("sft-0001") == said
    row = store.evaluations.accuracy().iloc[0]
    assert (row["questions"], row["answers"], row["right"]) == (1, 2, 1)


def test_round_events_keep_their_order(store: Store, tmp_path: Path) -> None:
    store.ingest(_run(tmp_path))
    events = [
        RoundEvent(f"E{n}", "sft-0001", 1, act, "/m", "{}", "ann", 1.0) for n, act in enumerate(("sft", "promote"))
    ]
    assert store.rounds.add(events).added == 2
    assert store.rounds.add(events).added == 0
    assert store.rounds.events() == store.rounds.events("sft-0001") == events
