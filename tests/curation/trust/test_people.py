"""What is told of the people who read: constancy, agreement, rows whose truth is known; and the line it makes."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.records import Label
from engine.curation.trust.curator_noise import corrected, error_of
from engine.curation.trust.estimate import estimate
from engine.curation.trust.intervals import wilson
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.people import people
from engine.store import ReaderAgreement, Store
from tests.support.store_factories import fill


@pytest.fixture
def store() -> Store:
    with Store(":memory:") as opened:
        yield opened


def _say(store: Store, ident: str, who: str, good: bool, queue: str = "new") -> None:
    last = store.problems.get(ident).last_decision  # type: ignore[union-attr]
    act = "approve" if good else "reject"
    store.decisions.decide(ident, who, act, reason="" if good else "trivial", expected=last, queue=queue)


def _gold(store: Store, truths: dict[str, str], by: str = "teacher") -> None:
    made = store.labels.texts(truths)
    store.labels.add(
        Label(f"L-gold-{ident}", ident, made[ident][0], by, verdict, 1.0, "", "gold", None, "first", None, None, "f")
        for ident, verdict in truths.items()
    )  # type: ignore[misc]


def test_cal29_each_person_has_self_agreement_others_and_gold_with_counts(store: Store) -> None:
    ids = [one.id for one in fill(store, 12)]
    _gold(store, {ids[10]: "good", ids[11]: "bad"})
    for n, ident in enumerate(ids):
        _say(store, ident, "Ann", n != 3)
    for n, ident in enumerate(ids[:4]):
        _say(store, ident, "Ann", n != 0, "repeat")
    for n, ident in enumerate(ids[:6]):
        _say(store, ident, "Bo", n not in (1, 3), "double")
    found = {one.name: one for one in people(store).curators}
    ann, bo = found["Ann"], found["Bo"]
    assert (ann.verdicts, bo.verdicts) == (12, 6)
    assert ann.itself is not None
    assert (ann.itself.repeats, ann.itself.share) == (4, 0.5), "1, 2 alike; 0 and 3 not"
    assert (ann.itself.low, ann.itself.high) == wilson(2, 4)
    assert bo.itself is None
    assert ann.others == ReaderAgreement(both_good=4, only_first=1, only_second=0, both_bad=1)
    assert bo.others == ReaderAgreement(both_good=4, only_first=0, only_second=1, both_bad=1)
    assert ann.gold_good is not None
    assert ann.gold_bad is not None
    assert (ann.gold_good.hits, ann.gold_good.of, ann.gold_bad.hits, ann.gold_bad.of) == (1, 1, 0, 1)
    assert "teacher" not in found, "whoever gave the truth is not tested by it"
    assert people(store).differences == (("good", "trivial", 1),)
    assert people(store).alpha.rows == 6  # type: ignore[union-attr]


def test_cal29_a_repeat_after_a_changed_mind_is_held_against_what_was_said_last(store: Store) -> None:
    (one,) = fill(store, 1)
    _say(store, one.id, "Ann", True)
    _say(store, one.id, "Ann", False)
    _say(store, one.id, "Ann", False, "repeat")
    (ann,) = people(store).curators
    assert ann.itself is not None
    assert ann.itself.share == 1.0
    assert ann.verdicts == 1


def test_cal29_the_second_line_allows_for_errors_on_gold_rows_and_needs_enough_bad_ones(store: Store) -> None:
    ids = [one.id for one in fill(store, 80)]
    _gold(store, {ident: "bad" if n < 25 else "good" for n, ident in enumerate(ids)})
    for n, ident in enumerate(ids):
        _say(store, ident, "Ann", n >= 22)
    told = people(store)
    assert (told.gold_right_good, told.gold_right_bad) == ((55, 55), (22, 25))
    first = estimate("precision", np.ones(5000, bool), LabelSet.uniform(range(200), np.arange(200) < 180, 5000))
    line = told.allowing(first)
    assert line is not None
    assert line == corrected(0.9, first.effective or 0.0, (55, 55), (22, 25))
    assert line.value is not None
    assert line.value < 0.9, "bad rows that pass as good were counted"
    assert told.allowing(estimate("precision", np.ones(9, bool), LabelSet.convenience([1], [1]))) is None
    with Store(":memory:") as other:
        fill(other, 3)
        assert people(other).curators == ()
        few = people(other).allowing(first)
        assert few is not None
        assert few.refusal is not None


def test_cal29_the_error_of_all_is_that_of_their_repeats(store: Store) -> None:
    ids = [one.id for one in fill(store, 20)]
    for ident in ids:
        _say(store, ident, "Ann", True)
    for n, ident in enumerate(ids):
        _say(store, ident, "Ann", n != 0, "repeat")
    assert people(store).error == pytest.approx(error_of(0.95))
    assert people(store).error == pytest.approx(0.025658, abs=1e-6)
    assert people(store).sure_error == pytest.approx(error_of(wilson(19, 20)[1])), "twenty repeats say little"
