"""Blind second looks: counted for agreement, never for what stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.records import Label, Problem
from engine.store import BatchDecision, ReaderAgreement, Store
from tests.support.store_factories import fill


def _ids(made: list[Problem]) -> list[str]:
    return [problem.id for problem in made]


def _twice(store: Store, problem: Problem, first: str, second: str, queue: str, by: str = "bob") -> None:
    mine = store.decisions.decide(problem.id, "ann", first, reason="trivial" if first == "reject" else "")  # type: ignore[arg-type]
    reason = "trivial" if second == "reject" else ""
    store.decisions.decide(problem.id, by, second, reason=reason, expected=mine.id, queue=queue)  # type: ignore[arg-type]


def test_kappa_is_cohens() -> None:
    # 20 both good, 5 and 10 apart, 15 both bad: 0.7 observed, 0.5 by chance (a textbook table).
    both = ReaderAgreement(20, 5, 10, 15)
    assert (both.pairs, both.agreed) == (50, 35)
    assert both.kappa == pytest.approx(0.4)
    assert ReaderAgreement().kappa is None
    assert ReaderAgreement(both_good=7).kappa is None
    assert ReaderAgreement(only_first=4, only_second=4).kappa == pytest.approx(-1.0)


def test_a_second_reading_changes_nothing_but_the_agreement(store: Store) -> None:
    made = fill(store, 5)
    for problem, (first, second) in zip(
        made,
        [("approve", "approve"), ("approve", "reject"), ("reject", "approve"), ("reject", "reject")],
        strict=False,
    ):
        _twice(store, problem, first, second, "double")
    page = store.problems.page(order="oldest").rows
    assert page["decision"].tolist() == ["approved", "approved", "rejected", "rejected", "open"]
    assert store.home.funnel().approved == 2
    assert store.problems.scoreboard()["human"].to_pylist() == [1, 1, 0, 0, None]
    assert store.readings.agreement() == ReaderAgreement(1, 1, 1, 1)
    assert store.readings.self_agreement("bob") == ReaderAgreement()
    assert store.decisions.pace("bob").decided == 0
    assert store.decisions.pace("ann").decided == 4
    assert [each.problem_id for each in store.readings.differing()] == [made[1].id, made[2].id]
    assert store.readings.differing()[0].second == "bob"


def test_who_looks_again_settles_the_difference(store: Store) -> None:
    made = fill(store, 2)
    _twice(store, made[0], "approve", "reject", "double")
    last = store.problems.get(made[0].id).last_decision  # type: ignore[union-attr]
    store.decisions.decide(made[0].id, "cid", "reject", reason="ambiguous", expected=last)
    assert store.readings.differing() == []
    assert store.readings.agreement() == ReaderAgreement(only_first=1)


def test_repeats_measure_oneself_and_undo_reaches_them(tmp_path: Path) -> None:
    with Store(tmp_path / "p.duckdb") as store:
        made = fill(store, 3)
        _twice(store, made[0], "approve", "reject", "repeat", by="ann")
    with Store(tmp_path / "p.duckdb") as store:
        assert store.readings.self_agreement("ann") == ReaderAgreement(only_first=1)
        assert store.readings.agreement() == ReaderAgreement()
        (undone,) = store.decisions.undo("ann")
        assert undone.queue == "repeat"
        assert store.readings.self_agreement("ann") == ReaderAgreement()
        assert store.problems.get(made[0].id).decision == "approved"  # type: ignore[union-attr]
        store.decisions.redo("ann")
        assert store.readings.self_agreement("ann").pairs == 1


def test_a_second_reading_is_no_decision_of_somebody_else(store: Store) -> None:
    made = fill(store, 1)
    _twice(store, made[0], "approve", "reject", "double")
    assert [event.act for event in store.decisions.undo("ann")] == ["undo"]
    assert store.problems.get(made[0].id).decision == "open"  # type: ignore[union-attr]
    assert store.readings.agreement().pairs == 0
    # The problem is open again, and who read it blind may be lent it like anybody else.
    assert store.leases.take([made[0].id], "bob").problem_id == made[0].id  # type: ignore[union-attr]


def test_what_may_be_read_twice(store: Store) -> None:
    made = fill(store, 8)
    ids = _ids(made)
    for problem in made[:4]:
        store.decisions.decide(problem.id, "ann", "approve")
    store.decisions.decide(ids[4], "ann", "edit", statement="Mended.")
    store.decisions.decide_all([BatchDecision(ids[3], "edit", statement="Mended too.")], "ann", queue="alike")
    store.decisions.decide(ids[5], "bob", "reject", reason="trivial")
    assert store.readings.for_another(ids, "bob") == ids[:3]
    assert store.readings.for_another(ids[1:2], "bob") == ids[1:2]
    assert store.readings.for_another(ids, "ann") == ids[5:6]
    assert list(store.readings.for_again(ids, "ann", gap=0)) == sorted(ids[:3])
    assert list(store.readings.for_again(ids, "ann", gap=4)) == sorted(ids[:2])
    assert store.readings.for_again(ids, "bob", gap=1) == {}
    store.decisions.decide(ids[0], "bob", "approve", queue="double", expected=None)
    assert store.readings.for_another(ids, "bob") == ids[1:3]
    assert store.readings.for_another(ids, "cid") == [*ids[1:3], ids[5]]
    last = store.problems.get(ids[0]).last_decision  # type: ignore[union-attr]
    store.decisions.decide(ids[0], "ann", "approve", queue="repeat", expected=last)
    assert ids[0] not in store.readings.for_again(ids, "ann", gap=0)


def test_cal29_two_verdicts_of_files_differ_until_a_third_settles_them(store: Store) -> None:
    one, two, *_ = fill(store, 3)
    made = store.labels.texts([one.id, two.id])
    said = [(one, "Ann", "good", "first"), (one, "Bo", "bad", "second"), (two, "Ann", "bad", "first"),
            (two, "Bo", "bad", "second")]  # fmt: skip
    store.labels.add(
        Label(f"L-{n}", row.id, made[row.id][0], who, verdict, float(n), "", "import", None, role)  # type: ignore[arg-type]
        for n, (row, who, verdict, role) in enumerate(said)
    )
    (pair,) = store.readings.differing()
    assert (pair.problem_id, pair.first, pair.first_act, pair.second, pair.second_act) == (
        one.id, "Ann", "approve", "Bo", "reject",
    )  # fmt: skip
    store.decisions.decide(one.id, "Ann", "skip", queue="differ")
    assert len(store.readings.differing()) == 1
    store.decisions.decide(one.id, "Ann", "approve", queue="differ")
    assert store.labels.standing()[-1].role == "first", "a reader of the file is no third person"
    store.decisions.undo("Ann")
    store.decisions.decide(one.id, "Cy", "approve", queue="differ")
    assert store.labels.standing()[-1].role == "adjudicated"
    assert store.readings.differing() == []
