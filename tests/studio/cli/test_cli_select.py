"""`lemma select --json`: precision with its interval and all that it rests on, or why there is none and its price."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from engine.core.project import create
from engine.core.records import Rule
from engine.curation import policy as policies
from engine.curation import policy_file
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from tests.support.command import Said
from tests.support.store_factories import fill

ROWS = 300


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = create(tmp_path / "project")
    with Store(made.database) as store:
        fill(store, ROWS)
    return made.root


@pytest.fixture
def ask(command: Callable[..., Said], home: Path, tmp_path: Path) -> Callable[..., Said]:
    """Keep the problems with a judge score of at least .85: all of them."""
    policy = tmp_path / "policy.toml"
    rule = Rule("judge_score", "at least", 0.85)
    policy.write_text(policy_file.to_toml(policies.make("ours", (rule,))), encoding="utf-8")
    return lambda *words: command("select", "--policy", policy, *words, project=home)


def _decide(home: Path, count: int) -> None:
    with Store(home / "project.duckdb") as store:
        ids = [row["id"] for row in store.problems.scoreboard().to_pylist()][:count]
        store.decisions.decide_all([BatchDecision(one, "approve") for one in ids], "Ann")


def _label_draw(home: Path) -> int:
    with Store(home / "project.duckdb") as store:
        rows = store.draws.open()
        bad = {row.row_id for row in rows[::6]}
        store.decisions.decide_all(
            [
                BatchDecision(row.row_id, "reject", "trivial") if row.row_id in bad
                else BatchDecision(row.row_id, "approve") for row in rows
            ],
            "Ann",
            queue=DRAW,
        )  # fmt: skip
    return len(rows)


def test_cal08_hand_picked_rows_give_counts_no_interval_and_no_percentage(ask: Callable[..., Said], home: Path) -> None:
    _decide(home, 8)
    for found in (ask("--json").values["precision"], ask("--json").values["recall"]):
        assert (found["refused"], found["value"], found["low"], found["high"]) == ("not_random", None, None, None)
        assert found["reason"] == "8 of 8 hand-reviewed rows were good (not a random sample)."
        assert found["labels_needed"] >= 50
        assert found["labels"] == {"convenience": 8}
    said = ask().out
    assert "8 of 8 hand-reviewed rows were good (not a random sample)" in said
    assert "lemma labels draw" in said
    assert "%" not in said.partition("precision")[2].splitlines()[0]


def test_cal32_random_labels_give_a_number_with_all_that_it_rests_on(
    ask: Callable[..., Said], command: Callable[..., Said], home: Path
) -> None:
    assert ask("--json").values["precision"]["refused"] == "no_labels"
    command("labels", "draw", "--size", 90, "--salt", "a", "--json", project=home)
    drawn = _label_draw(home)
    first, again = ask("--json").values, ask("--json").values
    found = first["precision"]
    assert 0 < found["low"] < found["value"] < found["high"] < 1
    assert found["value"] == pytest.approx(1 - len(range(0, drawn, 6)) / drawn)
    assert (found["labels"], found["decided"]) == ({"random": drawn}, drawn)
    assert found["estimator"] == "Wilson, one simple random draw"
    assert found["effective_labels"] > drawn, "drawn from few rows without replacement"
    assert found["assumptions"]
    assert found["refused"] is None
    assert orjson.dumps(found) == orjson.dumps(again["precision"])
    assert first["recall"]["value"] == 1.0, "everything is kept"
    assert "precision of the rules: " in ask().out


def test_cal32_precision_is_that_of_the_rules_and_not_of_what_people_left_in(
    ask: Callable[..., Said], command: Callable[..., Said], home: Path
) -> None:
    """Rows that a person rejected are not selected; if they were not counted either, precision would always be 1."""
    command("labels", "draw", "--size", 90, "--salt", "a", "--json", project=home)
    drawn = _label_draw(home)
    values = ask("--json").values
    assert values["selected"] == ROWS - len(range(0, drawn, 6))
    assert values["precision"]["value"] < 0.9
