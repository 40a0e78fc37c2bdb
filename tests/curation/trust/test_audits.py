"""Freeze and audit: what is frozen, how an audit is read, what it proves, and what makes it void."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.core.errors import BadInput
from engine.core.records import FrozenSet, Label
from engine.curation.trust import audit_words, drawing
from engine.curation.trust.audit_plan import OpenShare, price
from engine.curation.trust.auditing import AuditStanding, standing
from engine.curation.trust.certificate import plan_size
from engine.curation.trust.freezing import freeze, kept_rows, latest, open_audit
from engine.curation.trust.meter import evidence, full, readings
from engine.store import Store
from tests.support.audited_project import POLICY, order, read, scored
from tests.support.store_factories import a_problem, a_score, a_solution


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


@pytest.fixture
def kept(store: Store) -> list[str]:
    """120 kept rows of 400."""
    ids = scored(store, 400)
    return [ident for n, ident in enumerate(ids) if 0.5 + n % 50 / 100 >= 0.85]


def _now(store: Store, frozen: FrozenSet) -> AuditStanding:
    return standing(store, frozen)


def test_cal31_a_freeze_keeps_the_set_its_plan_and_who_did_it(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, by="Ann", salt="one")
    assert (frozen.kept, frozen.known, frozen.target, frozen.error, frozen.plan) == (120, 0, 0.9, 0.05, "meter")
    assert (frozen.by, frozen.salt, frozen.size, frozen.id) == ("Ann", "one", 120, frozen.derived())
    assert frozen.digest == kept_rows(store, POLICY).digest
    assert sorted(order(store, frozen)) == sorted(kept)
    assert store.policies.get(frozen.policy_id).rules == POLICY.rules  # type: ignore[union-attr]
    assert open_audit(store) == latest(store) == frozen
    assert [one for one in store.verify() if one.where != "verdicts"] == []


def test_cal31_the_order_of_reading_is_by_the_salt_and_no_score(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    assert order(store, frozen) != sorted(order(store, frozen))
    store.audits.end(frozen.id, "Ann")
    other = freeze(store, POLICY, 0.9)
    assert order(store, other) != order(store, frozen)
    assert len(other.salt) == 32
    scores = dict(zip(store.problems.scoreboard()["id"].to_pylist(),
                      store.problems.scoreboard()["judge_score"].to_pylist(), strict=True))  # fmt: skip
    values = [scores[row] for row in order(store, frozen)]
    assert abs(np.corrcoef(values, np.arange(len(values)))[0, 1]) < 0.25


def test_cal31_the_meter_certifies_at_the_label_that_fills_it(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    rows = order(store, frozen)
    need = price(OpenShare(120, 0, 0, 0.9), 0.05, "meter")
    assert evidence(need - 1, need - 1, 0.9) < full(0.05) <= evidence(need, need, 0.9)
    read(store, rows[: need - 1])
    found = _now(store, frozen)
    assert (found.state, found.read, found.bad, found.needed, found.guarantee) == ("open", need - 1, 0, 1, None)
    assert "0 bad" in audit_words.state(found)
    assert "ertified" not in audit_words.state(found)
    read(store, rows[need - 1 : need])
    found = _now(store, frozen)
    assert found.guarantee is not None
    assert (found.state, found.at, found.curators) == ("proven", (need, 0), ("Ann",))
    assert 0.9 <= found.guarantee.bound < 0.95
    said = audit_words.certificate(found)
    for part in (
        "95 % confidence",
        "120 kept rows",
        f"{need} random rows, 0 bad",
        "Ann",
        "anytime meter",
        frozen.digest,
    ):
        assert part in said
    # What was proven once stays proven, and the certificate says what was read by now.
    read(store, rows[need : need + 20], bad=rows[need : need + 20])
    later = _now(store, frozen)
    assert (later.state, later.at, later.guarantee) == ("proven", (need, 0), found.guarantee)
    assert f"({need + 20} read by now, 20 bad)" in audit_words.certificate(later)


def test_cal31_rows_count_in_their_order_up_to_the_first_that_nobody_read(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    rows = order(store, frozen)
    read(store, [*rows[:10], *rows[11:40]])
    found = _now(store, frozen)
    assert (found.read, found.ahead) == (10, 29)
    assert "29 labels further on" in " ".join(audit_words.remarks(found))
    store.decisions.decide(rows[10], "Ann", "second-opinion", queue="draw")
    found = _now(store, frozen)
    assert (found.read, found.ahead, found.bad, found.undecided) == (40, 0, 1, 1)
    store.decisions.decide(rows[10], "Bo", "approve", queue="draw")
    assert (_now(store, frozen).bad, _now(store, frozen).undecided) == (0, 0)
    store.decisions.undo("Bo")
    assert _now(store, frozen).undecided == 1


def test_cal31_a_fixed_plan_says_nothing_before_its_last_label(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, plan="fixed", bad=1, salt="one")
    assert frozen.size == plan_size(0.9, 1, 0.05, 120) == len(order(store, frozen))
    rows = order(store, frozen)
    read(store, rows[:-1], bad=rows[:1])
    assert _now(store, frozen).state == "open"
    read(store, rows[-1:])
    found = _now(store, frozen)
    assert (found.state, found.at) == ("proven", (frozen.size, 1))
    assert found.guarantee is not None
    assert found.guarantee.method == "exact bound, size set in advance"
    assert found.guarantee.bound >= 0.9


def test_cal31_an_audit_says_when_it_cannot_succeed_any_more(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, plan="fixed", salt="one")
    rows = order(store, frozen)
    read(store, rows[:3], bad=rows[:2])
    found = _now(store, frozen)
    assert found.state == "out_of_reach"
    assert "can't be reached any more" in audit_words.state(found)
    store.audits.end(frozen.id, "Ann")
    meter = freeze(store, POLICY, 0.9, salt="two")
    assert (meter.known, meter.known_good) == (3, 1)
    rows = order(store, meter)
    assert not set(rows) & set(order(store, frozen)[:3])
    read(store, rows[:10], bad=rows[:10])
    assert _now(store, meter).state == "out_of_reach"


def test_cal31_rows_labelled_before_count_as_they_are_and_are_not_read_again(store: Store, kept: list[str]) -> None:
    read(store, kept[:20], bad=kept[:1])
    frozen = freeze(store, POLICY, 0.9, salt="one")
    assert (frozen.known, frozen.known_good) == (20, 19)
    rows = order(store, frozen)
    assert sorted([*rows, *kept[:20]]) == sorted(kept)
    share = OpenShare(120, 20, 19, 0.9)
    need = price(share, 0.05, "meter")
    read(store, rows[:need])
    found = _now(store, frozen)
    assert found.guarantee is not None
    rest = (found.guarantee.bound * 120 - 19) / 100
    assert rest >= share.needed - 1e-9
    assert "and 20 known before, 19 good" in audit_words.certificate(found)


def test_cal31_labels_from_before_the_freeze_do_not_count(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    first = store.audits.rows(frozen.id).to_pylist()[0]
    made = Label("", first["row_id"], first["row_hash"], "Bo", "good", time.time() - 86_400, provenance="import")
    store.labels.add([replace(made, id=made.derived())])
    found = _now(store, frozen)
    assert (found.read, found.older) == (0, 1)
    assert "read them anew" in " ".join(audit_words.remarks(found))
    read(store, [first["row_id"]])
    assert _now(store, frozen).read == 1


def test_cal31_who_read_beside_the_scores_is_said(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    rows = order(store, frozen)
    read(store, rows[:5])
    read(store, rows[5:8], queue="kept")
    assert _now(store, frozen).shown == 3


def test_cal31_an_edit_says_that_a_row_was_bad_as_made(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    rows = order(store, frozen)
    store.decisions.decide(rows[0], "Ann", "edit", statement="New.", solution="New.", queue="draw")
    found = _now(store, frozen)
    assert (found.state, found.read, found.bad) == ("open", 1, 1)


@pytest.mark.parametrize("case", ["policy", "scores", "rows", "edit", "salt"])
def test_cal31_a_change_makes_the_certificate_void_and_hides_its_number(
    store: Store, kept: list[str], case: str
) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    rows = order(store, frozen)
    read(store, rows[:60])
    assert _now(store, frozen).state == "proven"
    code = {"policy": "policy_changed", "edit": "rows_edited", "salt": "ledger"}.get(case, "set_changed")
    if case == "policy":
        store.policies.save(replace(POLICY, rules=(replace(POLICY.rules[0], limit=0.9),)))
    elif case == "scores":
        store.verdicts.add([replace(a_score(a_problem(0), 0.99, at=10_000.0), id="V-new")])
    elif case == "rows":
        store.problems.add([more := a_problem(999)])
        store.problems.add_solutions([a_solution(more)])
        store.verdicts.add([a_score(more, 0.95)])
    elif case == "edit":
        store.decisions.decide(rows[100], "Ann", "edit", statement="New.", solution="New.")
    else:
        store._db.write(lambda cursor: cursor.execute("update audit_rows set row_id = ? where place = 0", [rows[-1]]))
        store.audits.end(frozen.id, "Ann")
    found = _now(store, frozen)
    assert (found.state, [one.code for one in found.void]) == ("void", [code])
    assert (found.guarantee, found.read) == (None, 0)
    said = audit_words.state(found)
    assert said.startswith("Void: ")
    assert "%" not in said
    with pytest.raises(ValueError, match="not proven"):
        audit_words.certificate(found)
    if case == "edit":
        store.decisions.undo("Ann")
        assert _now(store, frozen).state == "proven"


def test_cal31_decisions_do_not_undo_what_the_audit_is_about(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    rows = order(store, frozen)
    read(store, rows[:30], bad=rows[:2])
    drawing.draw(store, POLICY, 20, salt="ledger")
    assert (_now(store, frozen).read, _now(store, frozen).bad) == (30, 2)


def test_cal31_one_audit_at_a_time_and_an_ended_one_reads_no_more(store: Store, kept: list[str]) -> None:
    frozen = freeze(store, POLICY, 0.9, salt="one")
    with pytest.raises(BadInput, match="another audit is open"):
        freeze(store, POLICY, 0.9)
    rows = order(store, frozen)
    read(store, rows[:5])
    store.audits.end(frozen.id, "Ann", "enough")
    read(store, rows[5:60])
    found = _now(store, frozen)
    assert (found.state, found.read) == ("ended", 5)
    second = freeze(store, POLICY, 0.9, salt="two")
    assert (second.before, second.known) == (1, 60)
    assert "audit 2 of this project" in " ".join(audit_words.remarks(_now(store, second)))


@pytest.mark.parametrize(("rows", "state"), [(1, "proven"), (7, "proven"), (40, "proven")])
def test_cal35_small_sets_end_with_a_census(store: Store, rows: int, state: str) -> None:
    scored(store, rows, lambda n: 0.9)
    frozen = freeze(store, POLICY, 0.95, salt="one")
    assert frozen.size == rows
    read(store, order(store, frozen))
    found = _now(store, frozen)
    assert found.state == state
    assert found.guarantee is not None
    assert found.guarantee.bound == 1.0
    assert "exact" in found.guarantee.method
    assert "confidence" not in audit_words.certificate(found)


def test_cal35_all_bad_all_known_and_nothing_kept(store: Store) -> None:
    with pytest.raises(BadInput, match="limits keep no row"):
        freeze(store, POLICY, 0.9)
    ids = scored(store, 30, lambda n: 0.9)
    read(store, ids, bad=ids)
    with pytest.raises(BadInput, match=r"known to be bad: at most 0\.0%"):
        freeze(store, POLICY, 0.9)
    read(store, ids)
    frozen = freeze(store, POLICY, 0.9, salt="one")
    found = _now(store, frozen)
    assert (frozen.size, found.state, found.at) == (0, "proven", (0, 0))


@pytest.mark.parametrize("target", [0.0, 1.0, 1.2])
def test_cal31_shares_that_cannot_be_audited_are_refused(store: Store, target: float) -> None:
    scored(store, 30)
    with pytest.raises(BadInput, match="cannot be audited"):
        freeze(store, POLICY, target)


def test_cal31_a_watched_meter_seldom_certifies_a_set_that_misses_its_target() -> None:
    """Sets of 400 rows just below .9, read to the end and looked at after every label: at most 5 % are certified."""
    rng, wrong = np.random.default_rng(3), 0
    truth = np.ones(400)
    truth[:42] = 0
    for _ in range(400):
        good = np.cumsum(rng.permutation(truth)[:399])
        counts = np.arange(1, 400)
        wrong += bool((readings(good, counts, 0.9) >= full(0.05)).any())
    assert wrong / 400 <= 0.05


def test_cal31_prices_are_the_printed_ones() -> None:
    wide = OpenShare(10_000_000, 0, 0, 0.95)
    assert [price(wide, 0.05, "fixed", bad) for bad in (0, 1, 2)] == [59, 93, 124]
    assert audit_words.cost(wide, 0.05, "fixed") == "59 labels if none is bad, 93 with one."
    assert price(OpenShare(30, 0, 0, 0.999), 0.05, "meter") == 30
