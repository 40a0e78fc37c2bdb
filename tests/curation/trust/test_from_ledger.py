"""From the store to an estimate: labels by row numbers in any order, reachable rows, and what is said without draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from engine.curation import policy as policies
from engine.curation.trust import drawing, label_files
from engine.curation.trust.estimate import estimate
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.ledger import ledger
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from tests.support.store_factories import a_problem, a_score, a_solution, fill

POLICY = policies.make("ours", (policies.gsdp().rules[0],))


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


def _filled(store: Store, count: int) -> pa.Array:
    return pa.array([problem.id for problem in fill(store, count)])


def _label_open(store: Store) -> None:
    choices = [
        BatchDecision(row.row_id, "approve") if int(row.row_id[-1], 16) % 3
        else BatchDecision(row.row_id, "reject", "trivial") for row in store.draws.open()
    ]  # fmt: skip
    store.decisions.decide_all(choices, "Ann", queue=DRAW)


def test_cal08_without_any_label_there_is_nothing_to_say(store: Store) -> None:
    ids = _filled(store, 30)
    labels, reachable = labels_of(store).on(ids)
    assert (len(labels), reachable.tolist()) == (0, [False] * 30)
    assert estimate("precision", np.ones(30, bool), labels, reachable=reachable).refusal.code == "no_labels"


def test_cal08_hand_picked_and_imported_rows_are_counted_and_no_more(store: Store, tmp_path: Path) -> None:
    ids = _filled(store, 30)
    for n, act in ((2, "approve"), (5, "approve"), (7, "reject")):
        store.decisions.decide(ids[n].as_py(), "Ann", act, reason="trivial" if act == "reject" else "")
    path = tmp_path / "labels.csv"
    path.write_text(f"id,verdict,curator\n{ids[11]},good,Bo\n{ids[12]},unsure,Bo\n", encoding="utf-8")
    label_files.add(store, path)
    labels, reachable = labels_of(store).on(ids)
    order = np.argsort(labels.row)
    assert labels.row[order].tolist() == [2, 5, 7, 11, 12]
    assert labels.verdict[order].tolist() == [1, 1, 0, 1, -1]
    assert labels.counts() == {"convenience": 3, "import": 2}
    assert not reachable.any()
    found = estimate("precision", np.ones(30, bool), labels, reachable=reachable).as_dict()
    assert (found["value"], found["low"], found["high"], found["refused"]) == (None, None, None, "not_random")
    assert found["reason"] == "3 of 4 hand-reviewed rows were good (not a random sample)."
    assert found["labels_needed"] > 0


def test_cal32_drawn_labels_give_the_number_that_the_ledger_holds(store: Store) -> None:
    ids = _filled(store, 400)
    drawing.draw(store, POLICY, 120, salt="a")
    _label_open(store)
    labels, reachable = labels_of(store).on(ids)
    held = ledger(store)
    by_id = dict(zip(held.ids.to_pylist(), held.good, strict=True))
    assert {ids[int(row)].as_py(): good for row, good in zip(labels.row, labels.good, strict=True)} == by_id
    assert labels.simple
    assert reachable.all()
    found = estimate("precision", np.ones(400, bool), labels, reachable=reachable)
    assert found.value == pytest.approx(held.good.mean())
    assert found.low < found.value < found.high
    assert found.labels == {"random": len(held.ids)}


def test_cal32_the_number_hangs_on_no_order_and_rows_elsewhere_are_left_out(store: Store) -> None:
    ids = _filled(store, 300)
    drawing.draw(store, POLICY, 100, salt="a")
    _label_open(store)
    kept = np.arange(300) < 200
    turned = np.random.default_rng(0).permutation(300)
    said = []
    for order in (np.arange(300), turned):
        labels, reachable = labels_of(store).on(ids.take(pa.array(order)))
        said.append(estimate("precision", kept[order], labels, reachable=reachable).as_json())
    assert said[0] == said[1]
    labels, reachable = labels_of(store).on(ids.slice(0, 50))
    assert (len(reachable), labels.row.max() < 50) == (50, True)
    assert 0 < len(labels) < 50


def test_cal09_rows_that_came_after_the_draw_are_out_of_reach(store: Store) -> None:
    first = _filled(store, 200)
    drawing.draw(store, POLICY, 60, salt="a")
    _label_open(store)
    late = [a_problem(1000 + n) for n in range(50)]
    store.problems.add(late)
    store.problems.add_solutions(a_solution(one) for one in late)
    ids = pa.concat_arrays([first, pa.array([one.id for one in late])])
    labels, reachable = labels_of(store).on(ids)
    assert reachable.tolist() == [True] * 200 + [False] * 50
    assert estimate("precision", np.ones(250, bool), labels, reachable=reachable).refusal.code == "unreachable"
    early = estimate("precision", np.arange(250) < 200, labels, reachable=reachable)
    assert early.refusal is None


def test_cal10_open_rows_are_undecided_and_not_dropped(store: Store) -> None:
    ids = _filled(store, 200)
    drawing.draw(store, POLICY, 60, salt="a")
    for row in store.draws.open()[::2]:
        store.decisions.decide(row.row_id, "Ann", "approve")
    labels, reachable = labels_of(store).on(ids)
    assert (~labels.decided).sum() == len(store.draws.open()) > 0
    found = estimate("precision", np.ones(200, bool), labels, reachable=reachable)
    assert "worst case" in found.estimator
    assert found.high - found.low > 0.4


def test_cal03_known_rows_of_a_later_draw_carry_its_share(store: Store) -> None:
    ids = _filled(store, 300)
    picked = [one.as_py() for one in ids.slice(0, 20)]
    store.decisions.decide_all([BatchDecision(one, "approve") for one in picked], "Ann")
    drawing.draw(store, POLICY, 80, salt="a")
    _label_open(store)
    labels, reachable = labels_of(store).on(ids)
    known = labels.provenance == 1
    assert (int(known.sum()), reachable.all()) == (20, True)
    assert (labels.weight[known] == 1).all()
    assert (labels.share[known] == 0).all()
    assert not labels.simple
    found = estimate("precision", np.ones(300, bool), labels, reachable=reachable)
    assert found.labels == {"convenience": 20, "random": int((~known).sum())}
    assert found.low < found.value < found.high


def test_cal01_a_ledger_without_its_draw_gives_no_number(store: Store) -> None:
    ids = _filled(store, 100)
    drawing.draw(store, POLICY, 40, salt="a")
    _label_open(store)
    store._db.write(lambda cursor: cursor.execute("delete from label_draws"))
    labels, reachable = labels_of(store).on(ids)
    found = estimate("precision", np.ones(100, bool), labels, reachable=reachable)
    assert found.refusal.code == "ledger"
    assert "no record of this draw" in found.refusal.why


@pytest.mark.parametrize("draws", [False, True])
def test_cal01_a_label_of_another_text_is_stale(store: Store, draws: bool) -> None:
    ids = _filled(store, 60)
    problem = a_problem(3)
    if draws:
        drawing.draw(store, POLICY, 60, salt="a")
    store.decisions.decide(problem.id, "Ann", "approve")
    assert labels_of(store).labels.stale == 0
    other = replace(a_solution(problem, 0, text="Other words. \\boxed{1}"), id="S-other")
    store.problems.add_solutions([other])
    veto = a_score(problem, 1.0, "solution_veto", at=9e9)
    store.verdicts.add([replace(veto, subject="solution", subject_id=other.id, id="V-other")])
    labels, _ = labels_of(store).on(ids)
    assert labels.stale == 1
    assert 3 not in labels.row.tolist()


def test_what_was_read_is_kept_until_something_changes(store: Store) -> None:
    ids = _filled(store, 80)
    first = labels_of(store)
    assert labels_of(store) is first
    store.policies.save(POLICY)
    assert labels_of(store) is first, "a saved policy changes no label"
    store.decisions.decide(ids[0].as_py(), "Ann", "approve")
    second = labels_of(store)
    assert (second is first, len(second.ids)) == (False, 1)
    drawing.draw(store, POLICY, 30, salt="a")
    third = labels_of(store)
    assert len(third.ids) > 1
    store.decisions.undo("Ann")
    assert len(labels_of(store).ids) == len(third.ids) - 1
    with Store(":memory:") as other:
        assert len(labels_of(other).ids) == 0, "each store has its own"
