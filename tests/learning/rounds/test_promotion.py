"""From which model, data and history the next loop starts, told from the rounds of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine.core import project
from engine.core.project import Project
from engine.core.records import RoundEvent
from engine.learning.rounds import promotion, promotion_state
from engine.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Project:
    return project.create(tmp_path / "p")


@pytest.fixture
def store(home: Project) -> Iterator[Store]:
    with Store(home.database) as opened:
        opened.rounds.add(_report(number, run) for run in ("round-0001", "round-0002") for number in (1, 2))
        yield opened


def _report(number: int, run: str) -> RoundEvent:
    detail = orjson.dumps({"accuracy": {"gsm8k": 0.5}, "before": {"gsm8k": 0.4}}).decode()
    return RoundEvent(f"R{run}{number}", run, number, "report", f"/models/{run}/{number}", detail)


def _turned(store: Store, run: str, number: int, act: str) -> None:
    promotion.turn(store, promotion_state.turnable(store.rounds.events(), run, number), act, "Ann")


def test_cl19_nothing_stands_before_a_round_was_promoted(store: Store, home: Project) -> None:
    """CL-19: the first loop says its own model; a round that only reported is no start."""
    assert promotion.standing(store, home) == {}


def test_cl19_cl24_the_next_loop_goes_on_from_the_promoted_round(store: Store, home: Project) -> None:
    """CL-19, CL-24: its model, what it synthesised as new data, what was learnt so far as history, one number more."""
    _turned(store, "round-0002", 1, "promote")
    folder = home.runs / "round-0002" / "rounds" / "1"
    expected = {
        "model": "/models/round-0002/1",
        "data": str(folder / "candidates.jsonl"),
        "history": str(folder / "history.jsonl"),
        "first": 2,
    }
    assert promotion.standing(store, home) == expected
    started = promotion.looping(promotion.standing(store, home), {})
    assert (started.model, started.data, started.history, started.first) == tuple(expected.values())
    _turned(store, "round-0001", 2, "promote")
    assert promotion.standing(store, home)["first"] == 3
    _turned(store, "round-0001", 2, "rollback")
    assert promotion.standing(store, home) == expected
