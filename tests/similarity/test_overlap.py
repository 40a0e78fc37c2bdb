"""Three tiers of decontamination together: what each finds, what decides, and the figures on public data."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest

from engine.core.records import BenchmarkItem, OverlapVerdict
from engine.core.settings import OverlapTiers
from engine.similarity.hashing import Hashing
from engine.similarity.overlap import OverlapScreen

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
TALE = (
    "A grocer packs 12 crates of apples with 20 pieces each and sells half of them on the market before noon. How many "
    "apples are left in the end?"
)
NUMBERS = TALE.replace("12", "31").replace("20", "14")
RETOLD = (
    "A grocer packs 12 crates of apples with 20 pieces each. Half of the apples he sells on the market before noon, "
    "and his son eats three. In the end, how many apples are left?"
)
OTHER = "How many prime numbers lie between 10 and 50 that end in the digit 3, and what is the sum of those numbers?"


def screen(texts: list[str] | None = None, **rules: object) -> OverlapScreen:
    items = [BenchmarkItem.make("held", text) for text in texts or [TALE]]
    return OverlapScreen(items, OverlapTiers(**({"unmeasured_limit": 0.6} | rules)), Hashing())


def tiers(found: OverlapScreen, text: str) -> list[str]:
    return [hit.tier for hit in found.look([text])[0]]


def test_rr19_each_tier_finds_what_the_one_before_cannot() -> None:
    """RR-19, FL-18: a copy; the same with other numbers; the same with a sentence more."""
    found = screen()
    assert tiers(found, f"Listen. {TALE} Show your work.")[:1] == ["ngrams"]
    assert tiers(found, NUMBERS) == ["numbers", "near"]
    assert tiers(found, RETOLD) == ["near"]
    assert tiers(found, OTHER) == []


def test_every_hit_names_the_item_and_its_figure() -> None:
    copy, numbers, near = screen().look([TALE])[0]
    assert {hit.item.statement for hit in (copy, numbers, near)} == {TALE}
    assert (copy.figure, numbers.figure, round(near.figure, 3)) == (1.0, 1.0, 1.0)
    assert copy.reason.endswith("of an item of held, which makes it a copy")
    assert numbers.reason == "is an item of held with other numbers or names: the same wording"
    assert near.reason == "comes near an item of held: cosine 1.00 (hashing), from 0.60 on"


def test_a_tier_that_is_off_looks_at_nothing() -> None:
    assert tiers(screen(ngrams="off"), TALE) == ["numbers", "near"]
    assert tiers(screen(numbers="off"), NUMBERS) == ["near"]
    assert tiers(screen(near="off"), NUMBERS) == ["numbers"]
    assert screen(near="off").limits == {}
    assert tiers(screen(numbers="off", near="off"), NUMBERS) == []
    assert tiers(OverlapScreen([], OverlapTiers()), TALE) == []


def test_the_surest_tier_that_drops_decides_and_else_the_surest() -> None:
    for rules, text, tier in (
        ({}, TALE, "ngrams"),
        ({"ngrams": "warn"}, TALE, "numbers"),
        ({"ngrams": "warn", "numbers": "warn"}, TALE, "ngrams"),
        ({"numbers": "warn", "near": "drop"}, NUMBERS, "near"),
        ({"numbers": "warn"}, NUMBERS, "numbers"),
    ):
        found = screen(**rules)
        hit = found.decisive(found.look([text])[0])
        assert hit is not None
        assert hit.tier == tier
    assert screen().decisive(()) is None


def test_a_limit_that_is_given_holds_for_every_set() -> None:
    assert tiers(screen(limit=0.99), RETOLD) == []
    assert tiers(screen(limit=0.3), RETOLD) == ["near"]


def test_test_sets_are_measured_apart() -> None:
    """RR-19: formulas come nearer to each other than stories do, so their limit is higher."""
    rng = random.Random(3)
    many = [
        f"{a}{b}{c}" for a in ("br", "m", "st", "tr", "p", "g") for b in "aeiou" for c in ("nd", "lk", "r", "st", "m")
    ]
    stories = [" ".join(rng.sample(many, 20)) for _ in range(60)]
    formulas = [f"Find {' '.join(rng.sample('xyzuvwabc', 6))} of the curve" for _ in range(60)]
    items = [BenchmarkItem.make(name, text) for name, texts in (("s", stories), ("f", formulas)) for text in texts]
    found = OverlapScreen(items, OverlapTiers(least_limit=0.0), Hashing()).limits
    assert found["s"].measured
    assert found["s"].limit < found["f"].limit


def rows(path: str) -> list[dict[str, str]]:
    if not (DATA / path).exists():
        pytest.skip("../shared/data is not here: public figures are not checked")
    text = gzip.decompress((DATA / path).read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def gsm8k() -> OverlapScreen:
    test = [BenchmarkItem.make("gsm8k", row["question"]) for row in rows("gsm8k/test.jsonl.gz")]
    return OverlapScreen(test, OverlapTiers(), Hashing())


_PERTURBED = {
    "numerical substitution": 0.98,
    "digit expansion": 0.98,
    "integer-decimal-fraction conversion": 0.98,
    "critical thinking": 0.98,
    "adding operation": 0.95,
    "distraction insertion": 0.9,
    "reversing operation": 0.9,
}
"""What is found at least of each kind; `problem understanding` is a paraphrase, which no tier claims to find."""


@pytest.mark.real_data
def test_rr19_perturbed_test_problems_are_found(gsm8k: OverlapScreen) -> None:
    """RR-19: of 2,400 rewrites of test problems at least 85 in 100, nearly all with other numbers; the right item."""
    texts = rows("benchmarks/gsm-plus/gsmplus_testmini.jsonl.gz")
    found = gsm8k.look([row["question"] for row in texts])
    by_kind: Counter[str] = Counter(row["perturbation_type"] for row, hits in zip(texts, found, strict=True) if hits)
    assert sum(by_kind.values()) / len(texts) >= 0.85
    for kind, share in _PERTURBED.items():
        assert by_kind[kind] / 300 >= share, kind
    right = sum(hits[0].item.statement == row["seed_question"] for row, hits in zip(texts, found, strict=True) if hits)
    assert right / sum(by_kind.values()) >= 0.99
    every = Counter(hit.tier for hits in found for hit in hits)
    assert every["ngrams"] < 0.02 * len(texts) < 0.5 * len(texts) < every["numbers"] < every["near"]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("math/derived/math_train.jsonl.gz", "problem"),
        ("knowledge_points/tal_scq5k/en_single_choice_train_3K.jsonl.gz", "problem"),
    ],
)
def test_rr19_unrelated_problems_are_not_found(gsm8k: OverlapScreen, path: str, field: str) -> None:
    """RR-19: at most one in a thousand of problems that nobody made from a test problem."""
    texts = [row[field] for row in rows(path)]
    assert sum(map(bool, gsm8k.look(texts))) <= 0.001 * len(texts)


@pytest.mark.real_data
def test_rr19_what_is_found_among_training_problems_is_mostly_true(gsm8k: OverlapScreen) -> None:
    """RR-19: 12 of the 7,473 training problems of GSM8K, all read.

    Those of the second tier are test problems with other numbers, all four of them. Of those of the third, five are so
    with a word or two changed; three are other questions in the same words: .4 in a thousand.
    """
    texts = [row["question"] for row in rows("gsm8k/train.jsonl.gz")]
    found = [hits[0].tier for hits in gsm8k.look(texts) if hits]
    assert Counter(found)["numbers"] == 4
    assert len(found) <= 14


def test_rr19_what_a_model_said_counts_for_the_text_and_not_for_another() -> None:
    """RR-19: the word of a judge is of one text; "no" finds nothing, and an item that is gone counts no more."""
    items = [BenchmarkItem.make("held", text) for text in (TALE, OTHER)]
    text = "Something else altogether, that a model takes for one of them."
    here = OverlapVerdict.text_of(f"  {text} ")
    no = OverlapVerdict(here, items[1].id, 0.9, False, "no", "m")
    far = OverlapVerdict(here, items[1].id, 0.2, True, "far", "n")
    near = OverlapVerdict(here, items[0].id, 0.4, True, "alike", "m")
    gone = OverlapVerdict(here, "B-gone", 0.8, True, "gone", "m")
    found = OverlapScreen(items, OverlapTiers(), Hashing(), [near, gone, far, no])
    (hit,) = found.look([text])[0]
    assert (hit.tier, hit.item.statement, hit.figure) == ("judged", TALE, 0.4)
    assert hit.reason == "is an item of held in other words, says m: alike"
    assert found.look([f"{text} No."]) == [()]
    assert (found.how.judges, found.how.judged) == (("m", "n"), 1)
    assert OverlapScreen(items, OverlapTiers(judged="off"), Hashing(), [near]).look([text]) == [()]


def test_the_nearest_items_come_from_all_sets_in_order() -> None:
    items = [BenchmarkItem.make(name, text) for name, text in (("a", TALE), ("b", OTHER), ("b", RETOLD))]
    found = OverlapScreen(items, OverlapTiers(), Hashing())
    (near,) = found.nearest([TALE], 2)
    assert [item.statement for item, _ in near] == [TALE, RETOLD]
    assert near[0][1] >= near[1][1]
