"""What the data card says in words: whether rows copy test problems, and what the splits of keep strategies are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.core.records import Rule
from engine.curation import policy as policies
from engine.export import card, manifest
from engine.export.card_overlap import contamination
from engine.export.rows import OVERLAPS, CardFacts
from engine.export.shape import FileShape
from engine.export.strategy_sets import ALL

LOOKED_UP = {"benchmarks": {"gsm8k": 1_319, "math_500": 500}, "overlap": (13, 0.9)}
COUNTED = {OVERLAPS["ngrams"]: 1_234}


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ({}, "1,234 were found and left out."),
        ({"ngrams": "drop"}, "1,234 were found and left out."),
        ({"ngrams": "warn"}, "7 were found and are among the rows."),
    ],
)
def test_gsdp24_the_card_says_what_counts_as_a_copy_and_what_became_of_them(tiers: dict[str, Any], said: str) -> None:
    """GSDP-24: who trains on the set reads the rule with its numbers, and whether copies are in it."""
    rest = {"numbers": "off", "near": "off"} if tiers else {}
    told = contamination(CardFacts(**LOOKED_UP, tiers=tiers | rest), COUNTED, {OVERLAPS["ngrams"]: 7})
    assert told.startswith(
        "## Contamination\n\nEvery statement was looked up in 1,819 test problems: gsm8k (1,319), math\\_500 (500). "
        "A statement that holds at least 90% of the 13-grams of words of a test problem counts as a copy; " + said
    )


def test_gsdp24_the_card_says_that_copies_were_not_looked_for() -> None:
    """GSDP-24: silence would be taken for none."""
    off = {"ngrams": "off", "numbers": "off", "near": "off"}
    told = contamination(CardFacts(**LOOKED_UP, tiers=off), COUNTED, {})
    assert "(500). Copies by n-grams of words were not looked for.\n" in told
    assert "1,234" not in told


@pytest.mark.parametrize("strategies", ["own", "equal"])
def test_fl27_the_card_says_what_each_keep_strategy_keeps_and_whether_sets_are_of_one_size(strategies: str) -> None:
    """FL-27: coverage is a share of all problems; sets of one size are cut by one permutation, whose seed is told."""
    facts = CardFacts(parts={ALL: 2_000, "majority": 1_500, "first": 999})
    told = card._parts(facts, FileShape(strategies=strategies, seed=11))
    table, _, words = told.replace("\\", "").rstrip("\n").rpartition("\n")
    assert table.splitlines()[0] == "## Coverage"
    assert [line for line in table.splitlines() if "%" in line] == [
        "| majority | 1,500 (75.0%) |",
        "| first | 999 (50.0%) |",
    ]
    plain = (
        "Each split holds what one keep strategy of FLAMES keeps of 2,000 problems, with the solution that it chose. "
        "The counts are problems before copies, repeats and solutions without an answer were left out"
    )
    cut = (
        "; then every split was cut to the size of the smallest, all by one permutation (seed 11): what two strategies "
        "keep is taken in the same order"
    )
    assert words == f"{plain}{cut if strategies == 'equal' else ''}."


def test_gsdp44_a_manifest_names_the_policy_without_who_made_it_and_when() -> None:
    """GSDP-44: equal policies give equal manifests; sizes by method and rows without answers stand there if asked."""
    rule = Rule("judge_score", "at least", 0.85, method="gsdp")
    made = policies.make("own", (rule,), size=10, by="Ann", at=3.0)
    told = {"id": made.id, "name": "own", "rules": [rule.told()], "size": 10}
    assert manifest._without_time(made) == told
    assert manifest._without_time(replace(made, by="Bo", at=4.0)) == told
    wide = replace(made, size=None, sizes=(("gsdp", 5),), unanswered=True)
    assert manifest._without_time(wide) == told | {"size": None, "sizes": {"gsdp": 5}, "unanswered": True}
