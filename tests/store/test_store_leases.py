"""A card is in one pair of hands at a time."""

from __future__ import annotations

import threading

from engine.store import TERM, Store
from engine.store.leases import COMPACT_EVERY, KEPT
from tests.support.store_factories import fill


def test_two_curators_get_different_cards(store: Store) -> None:
    ids = [problem.id for problem in fill(store)]
    ann = store.leases.take(ids, "ann", at=0.0)
    bob = store.leases.take(ids, "bob", at=0.0)
    assert ann is not None
    assert bob is not None
    assert (ann.problem_id, bob.problem_id) == (ids[0], ids[1])
    assert ann.until == TERM == 600.0
    assert store.leases.take(ids, "ann", at=1.0).problem_id == ids[0]  # type: ignore[union-attr]
    assert {lease.curator for lease in store.leases.held(at=2.0)} == {"ann", "bob"}


def test_two_browsers_of_one_curator_get_different_cards(store: Store) -> None:
    ids = [problem.id for problem in fill(store)]
    one = store.leases.take(ids, "ann", session="tab-1")
    two = store.leases.take(ids, "ann", session="tab-2")
    assert [lease.problem_id for lease in (one, two) if lease] == ids[:2]
    assert store.leases.renew(ids[0], "ann", session="tab-2") is None


def test_what_a_closed_browser_of_the_same_curator_holds_is_taken_over_at_once(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 3)]
    store.leases.take(ids, "ann", session="closed")
    again = store.leases.take(ids, "ann", session="new", left=["closed"])
    assert again is not None
    assert (again.problem_id, again.session) == (ids[0], "new")
    assert [lease.session for lease in store.leases.held()] == ["new"]
    store.leases.take(ids[1:], "ann", session="closed")
    store.decisions.decide(ids[0], "ann", "approve")
    assert store.leases.take(ids, "ann", session="new", left=["closed"]).problem_id == ids[1]  # type: ignore[union-attr]
    assert len(store.leases.held()) == 1


def test_a_closed_browser_of_another_curator_keeps_its_card(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 3)]
    store.leases.take(ids, "ann", session="tab")
    bob = store.leases.take(ids, "bob", session="new", left=["tab", ""])
    assert bob is not None
    assert bob.problem_id == ids[1]
    assert {(lease.curator, lease.problem_id) for lease in store.leases.held()} == {("ann", ids[0]), ("bob", ids[1])}
    assert store.leases.take(ids[:1], "bob", session="new", left=["tab"]) is None


def test_an_untouched_card_comes_back_and_a_touched_one_stays(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 2)]
    store.leases.take(ids, "ann", at=0.0)
    assert store.leases.renew(ids[0], "bob", at=100.0) is None
    assert store.leases.renew(ids[0], "ann", at=500.0).until == 1_100.0  # type: ignore[union-attr]
    assert store.leases.take(ids[:1], "bob", at=1_000.0) is None
    assert store.leases.holder(ids[0], at=1_000.0).curator == "ann"  # type: ignore[union-attr]
    assert store.leases.holder(ids[0], at=1_100.0) is None
    assert store.leases.take(ids[:1], "bob", at=1_100.0).problem_id == ids[0]  # type: ignore[union-attr]
    assert store.leases.renew(ids[0], "ann", at=1_150.0) is None


def test_taking_the_next_card_gives_the_last_one_back(store: Store) -> None:
    ids = [problem.id for problem in fill(store)]
    store.leases.take(ids, "ann")
    store.decisions.decide(ids[0], "ann", "approve")
    assert store.leases.take(ids, "ann").problem_id == ids[1]  # type: ignore[union-attr]
    assert store.leases.holder(ids[0]) is None
    assert store.leases.release(ids[1], "bob") is False
    assert store.leases.release(ids[1], "ann") is True
    assert store.leases.take([ids[1]], "bob").curator == "bob"  # type: ignore[union-attr]


def test_decided_and_skipped_cards_are_passed_over(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 4)]
    store.decisions.decide(ids[0], "bob", "reject", reason="trivial")
    store.decisions.decide(ids[1], "ann", "skip")
    store.decisions.decide(ids[2], "bob", "second-opinion")
    assert store.leases.take(ids, "ann").problem_id == ids[2]  # type: ignore[union-attr]
    assert store.leases.take(ids, "bob").problem_id == ids[1]  # type: ignore[union-attr]
    assert store.leases.take(ids[:1], "ann", skip_decided=False).problem_id == ids[0]  # type: ignore[union-attr]
    store.decisions.undo("ann")
    assert store.leases.take(ids[3:], "cid").problem_id == ids[3]  # type: ignore[union-attr]
    assert store.leases.take([], "cid") is None
    assert store.leases.holder(ids[3]) is None


def test_no_card_is_lent_twice_to_eight_browsers(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 60)]
    taken: list[tuple[str, str]] = []
    guard = threading.Lock()

    def review(curator: str) -> None:
        while lease := store.leases.take(ids, curator):
            with guard:
                taken.append((lease.problem_id, curator))
            holders = [held for held in store.leases.held() if held.problem_id == lease.problem_id]
            assert [held.curator for held in holders] == [curator]
            store.decisions.decide(lease.problem_id, curator, "approve", expected=None)

    errors: list[BaseException] = []

    def guarded(curator: str) -> None:
        try:
            review(curator)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(f"c{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(problem for problem, _ in taken) == sorted(ids)
    assert store.home.funnel().approved == 60


def test_the_log_of_leases_stays_small_and_forgets_nothing_that_holds(store: Store) -> None:
    made = fill(store, 6)
    ids = [problem.id for problem in made]
    store.decisions.decide(ids[5], "ann", "approve")
    store.leases.take(ids[5:], "old", skip_decided=False, at=1_000.0)
    late = 1_000.0 + KEPT + 2 * TERM
    for turn in range(COMPACT_EVERY):
        store.leases.renew(ids[turn % 2], "ann", session="one", at=late + turn)
    now = late + COMPACT_EVERY
    rows = store._db.rows("select problem_id, seq from leases")
    assert len(rows) < 10
    assert {ident for ident, _ in rows} == set(ids[:2])
    assert {lease.problem_id for lease in store.leases.held(now)} == set(ids[:2])
    assert store.leases.take(ids[:3], "bob", at=now).problem_id == ids[2]  # type: ignore[union-attr]
    assert max(seq for _, seq in rows) >= COMPACT_EVERY
    assert len(store.decisions.history()) == 1
    assert store.verify() == []


def test_cards_that_are_lent_together_make_the_log_small_as_well(store: Store) -> None:
    ids = [problem.id for problem in fill(store, 6)]
    for turn in range(COMPACT_EVERY - 2):
        store.leases.renew(ids[5], "ann", session="one", at=float(turn))
    lent = store.leases.take_ahead(ids[:5], "bob", 4, session="two", at=float(COMPACT_EVERY))
    assert [lease.problem_id for lease in lent] == ids[:4]
    rows = store._db.rows("select problem_id, seq from leases")
    assert len(rows) == 5
    assert max(seq for _, seq in rows) == COMPACT_EVERY + 2
    assert {lease.problem_id for lease in store.leases.held(float(COMPACT_EVERY))} == {*ids[:4], ids[5]}
