"""FL-16: balanced seeds."""

from collections import Counter

import pytest

from engine.core.errors import UserError
from engine.knowledge.quota import balanced


def test_fl16_every_source_gives_the_same_number():
    """FL-16: 150 problems from two sources are 75 of each, in turns, each seed once while there are enough."""
    sources = {"gsm8k": [f"g{n}" for n in range(200)], "math": [f"m{n}" for n in range(90)]}
    found = balanced(sources, 150, seed=1)
    assert Counter(ident[0] for ident in found.ids) == {"g": 75, "m": 75}
    assert len(set(found.ids)) == 150
    assert [ident[0] for ident in found.ids[:4]] == ["g", "m", "g", "m"]
    assert found.notes == ()
    assert found == balanced(sources, 150, seed=1)
    assert found != balanced(sources, 150, seed=2)


def test_fl16_a_shortfall_is_reported_and_shared_evenly():
    """FL-16: a source with too few seeds repeats them equally often and says so."""
    found = balanced({"a": ["a1", "a2", "a3"], "b": [f"b{n}" for n in range(50)]}, 21, seed=0)
    counts = Counter(ident for ident in found.ids if ident[0] == "a")
    assert sum(counts.values()) == 11
    assert max(counts.values()) - min(counts.values()) <= 1
    assert found.notes == ("a: 11 seeds asked, 3 there; each is used up to 4 times.",)


def test_fl16_an_empty_source_does_not_count():
    assert len(balanced({"a": [], "b": ["b1", "b2"]}, 2, seed=0).ids) == 2
    with pytest.raises(UserError, match="no seed that this agent can use"):
        balanced({"a": []}, 2, seed=0)
