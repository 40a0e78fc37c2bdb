"""A selection: what is kept, why the rest is not, who asked for it, and how the rules fare against people's labels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.core.errors import UserError
from engine.core.records import Rule
from engine.curation import policy as policies
from engine.curation.apply_policy import KEPT, REVIEW, select
from engine.store import Store
from tests.support.methods_project import fill_methods

POLICY = policies.make(
    "own",
    (Rule("judge_score", "at least", 0.85, method="gsdp"), Rule("rarity", "at least", 0.5, "review", method="house")),
)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


def test_a_project_without_problems_has_nothing_to_select(store: Store) -> None:
    with pytest.raises(UserError) as told:
        select(store, POLICY)
    assert str(told.value) == "there are no problems to select from. Write some with: lemma run gsdp"
    assert store.selections.latest() is None


def test_a_selection_is_saved_with_its_policy_its_asker_and_a_reason_for_every_row(store: Store) -> None:
    made = fill_methods(store)
    store.decisions.decide(made["gsdp"]["vetoed"].id, "ann", "reject")
    done = select(store, POLICY, "ann")
    saved = store.selections.latest()
    assert saved is not None
    assert (saved.id, saved.by, saved.total, saved.kept) == (done.selection_id, "ann", done.total, done.kept)
    (policy,) = store.policies.list()
    assert (policy.id, policy.name, policy.rules) == (saved.policy_id, "own", POLICY.rules)
    items = {row["problem_id"]: row for row in store.selections.items().to_pylist()}
    assert len(items) == done.total == 16
    assert sum(row["kept"] for row in items.values()) == done.kept
    told = {name: (items[made[way][name].id]["kept"], items[made[way][name].id]["reason"]) for way, name in [
        ("gsdp", "below"), ("gsdp", "vetoed"), ("gsdp", "refused"), ("flames", "solvable"), ("house", "good"),
    ]}  # fmt: skip
    assert told == {
        "below": (False, "Judge score"),
        "vetoed": (False, "rejected by hand"),
        "refused": (False, "no answer"),
        "solvable": (True, KEPT),
        "good": (False, REVIEW),
    }


def test_rules_are_held_against_people_and_counted_by_method(store: Store) -> None:
    """What a person approved goes out whatever the rules say; precision and recall are those of the rules alone."""
    made = fill_methods(store)
    for way, name, act in (("gsdp", "good", "approve"), ("gsdp", "below", "approve"), ("flames", "solvable", "reject")):
        store.decisions.decide(made[way][name].id, "ann", act)
    done = select(store, POLICY)
    assert store.selections.latest().by == ""
    assert done.policy is POLICY
    assert (done.precision.good, done.precision.decided) == (1, 2)
    assert (done.precision.value, done.precision.refusal.code) == (None, "not_random")
    assert (done.recall.good, done.recall.decided) == (2, 3)
    assert (done.recall.value, done.recall.refusal.code) == (None, "not_random")
    assert (done.methods["gsdp"].total, done.methods["gsdp"].kept) == (4, 3)
    assert set(done.methods) == {
        "gsdp", "agenticmath", "agenticmath-seeds", "flames", "continual", "continual-pairs", "house",
    }  # fmt: skip
    assert done.funnel["problems"] == done.total
    assert list(done.funnel.values())[-1] == done.kept
    assert done.total - done.kept == sum(done.reasons.values()) + 2, "two wait to be reviewed"
    assert done.reasons["rejected by hand"] == 1
