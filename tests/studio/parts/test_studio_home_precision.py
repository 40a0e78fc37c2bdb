"""Home's line on the kept set: the number of `estimate`, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.core.records import Rule
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.curation.trust import drawing
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from studio.parts.home import precision
from tests.support.store_factories import fill


@pytest.fixture
def store() -> Iterator[Store]:
    precision._words.clear()
    with Store(":memory:") as opened:
        yield opened
    precision._words.clear()


def test_cal08_hand_picked_rows_give_home_no_line(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 100)]
    store.decisions.decide_all([BatchDecision(one, "approve") for one in ids[:60]], "Ann")
    assert precision.kept_words(store) is None


def test_cal32_home_says_the_number_that_a_selection_says(store: Store) -> None:
    fill(store, 200)
    rule = Rule("judge_score", "at least", 0.85)
    drawing.draw(store, policies.make("ours", (rule,)), 80, salt="a")
    rows = store.draws.open()
    choices = [
        BatchDecision(row.row_id, "reject", "trivial") if place % 8 == 0 else BatchDecision(row.row_id, "approve")
        for place, row in enumerate(rows)
    ]
    store.decisions.decide_all(choices, "Ann", queue=DRAW)
    found = select(store, policies.make("ours", (rule,))).precision
    assert found.value is not None
    words = precision.kept_words(store)
    assert words is not None
    ends = f"{found.value:.2f} ({found.low:.2f} – {found.high:.2f}, {len(rows)} random labels"
    assert words.replace("\\", "").startswith(f"Precision of the rules of ours: {ends}")
    assert words == precision.kept_words(store)
