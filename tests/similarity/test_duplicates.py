import gzip
import json
import random
import re
import time
from pathlib import Path

import pytest

from engine.core.errors import BadSetting
from engine.similarity import templates
from engine.similarity.duplicates import TURNS, Nearness, find, first_of
from engine.similarity.words import NUMBER_WORDS, words

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SHOP = (
    "Anna buys {} red apples and {} green pears at the market in the old town and gives half of them to her sister Eva."
)


def test_exact_repeats_after_folding():
    """FL-17, X-05: spaces and case do not count, the first stays; both foldings can be switched off."""
    texts = ["Find  x.", "find x.", "Find y.", "Find x.\n"]
    found = find(texts)
    assert [(repeat.row, repeat.of, repeat.reason) for repeat in found.exact] == [
        (1, 0, "the same text"),
        (3, 0, "the same text"),
    ]
    assert found.dropped == {1, 3}
    assert [r.row for r in find(texts, Nearness(case=False, near=False)).exact] == [3]
    assert find(texts, Nearness(case=False, space=False, near=False)).exact == ()


def test_near_repeat_is_found_and_numbers_decide():
    """X-05: the number sequence is a switch of the curator."""
    reworded = SHOP.format(3, 5).replace("old town", "big town").replace("Eva", "Ida")
    texts = [SHOP.format(3, 5), reworded, SHOP.format(3, 6)]
    (repeat,) = find(texts).near
    assert (repeat.row, repeat.of, repeat.kind) == (1, 0, "near")
    assert repeat.reason == "92% of the words are the same"
    assert {r.row for r in find(texts, Nearness(merge_numbers=True)).near} == {1, 2}
    assert find(texts, Nearness(overlap=0.99)).near == ()


def test_a_question_turned_round_is_no_repeat():
    texts = [
        "Which of the following numbers is a prime number?",
        "Which of the following numbers is not a prime number?",
    ]
    assert find(texts).near == ()


def test_template_is_a_column_of_its_own():
    found = find([SHOP.format(3, 5), "Other words.", SHOP.format(8, 2)])
    assert found.template == (0, 1, 0)
    assert found.near == ()


def test_the_first_of_equal_texts():
    """FL-17: the first stays, and with exact repeats only nothing near is looked for."""
    texts = ["Find  x.", "find x.", "Find y.", SHOP.format(1, 2), "FIND X."]
    assert first_of(texts) == (0, 0, 2, 3, 0)
    assert first_of(texts, Nearness(case=False)) == (0, 1, 2, 3, 4)
    assert first_of(["求 $x$ 的值。", "求$x$的值。"], Nearness(tight=True)) == (0, 0)
    assert first_of(["求 $x$ 的值。", "求$x$的值。"]) == (0, 1)


def test_repeats_of_repeats_lead_to_the_one_that_stays():
    """FL-17, X-05: a copy of a near repeat stands for the row that stays, not for one that goes."""
    near = SHOP.format(3, 5).replace("old town", "big town")
    found = find([SHOP.format(3, 5), near, near.upper(), "Other words."])
    assert [(repeat.row, repeat.of, repeat.kind) for repeat in (*found.exact, *found.near)] == [
        (2, 1, "exact"),
        (1, 0, "near"),
    ]
    assert found.first == (0, 0, 0, 3)


def test_variants_are_repeats_by_the_switch_alone():
    """X-05: other numbers, names and money are another problem, unless the curator says otherwise."""
    texts = [SHOP.format(3, 5), SHOP.format(31, 15).replace("Anna", "Ravi").replace("her", "his")]
    assert find(texts).dropped == frozenset()
    (variant,) = find(texts, Nearness(merge_numbers=True, near=False)).near
    assert (variant.row, variant.of, variant.kind) == (1, 0, "variant")
    assert variant.reason == "the same problem with other numbers or names"


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("Tom has three red pens and gives half of them to his sister Eva in the garden.", ("three", "four")),
        ("小明有三支红色的铅笔，把它们都送给了他的妹妹，一共送了多少支铅笔给妹妹？", ("三", "五")),
    ],
)
def test_numbers_written_out_are_numbers(said, other):
    """X-05: another number word makes another problem as another figure does, unless the curator says otherwise."""
    texts = [said, said.replace(*other)]
    assert find(texts).dropped == frozenset()
    assert find(texts, Nearness(merge_numbers=True)).dropped == {1}


def test_short_and_empty_texts():
    assert find([]).dropped == frozenset()
    assert find(["", " ", "a", "a b"]).dropped == {1}
    with pytest.raises(BadSetting, match="overlap 0"):
        Nearness(overlap=0)


def planted(count, seed):
    """Problems of random words; every tenth has a near copy (one to three words changed) and a number-only variant."""
    rng = random.Random(seed)
    vocabulary = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("l", "n", "r", "s", "x", "q")]
    vocabulary = [word for word in vocabulary if word not in TURNS | NUMBER_WORDS]
    texts, copies, variants = [], set(), set()
    for place in range(count):
        said = rng.choices(vocabulary, k=rng.randint(25, 60))
        spots = rng.sample(range(len(said)), 3)
        for spot in spots:
            said[spot] = str(rng.randint(2, 999))
        texts.append(" ".join(said))
        if place % 10 == 0:
            near = list(said)
            for spot in rng.sample([i for i in range(len(said)) if i not in spots], rng.randint(1, 3)):
                near[spot] = rng.choice(vocabulary)
            variant = list(said)
            variant[spots[0]] = str(int(said[spots[0]]) + 1000)
            copies.add(len(texts))
            variants.add(len(texts) + 1)
            texts += [" ".join(near), " ".join(variant)]
    return texts, copies, variants


def test_planted_repeats_are_found_and_numbers_are_not_merged():
    """X-05: recall of at least .99 on planted near repeats, no number-only merge."""
    texts, copies, variants = planted(4000, 3)
    dropped = find(texts).dropped
    assert len(dropped & copies) >= 0.99 * len(copies)
    assert not dropped & variants
    assert not dropped - copies - variants


def test_thousands_of_one_template_are_no_burden():
    """X-05: problems that differ in numbers only are told apart without looking at every pair."""
    texts = [SHOP.format(i, i + 1) for i in range(3000)]
    start = time.process_time()
    found = find([*texts, SHOP.format(7, 8).replace("red", "big")])
    assert time.process_time() - start < 5
    assert [(repeat.row, repeat.of) for repeat in found.near] == [(3000, 7)]
    assert set(found.template[:3000]) == {0}
    merged = find(texts, Nearness(merge_numbers=True))
    assert merged.dropped == set(range(1, 3000))


def rows(path, field):
    if not (DATA / path).exists():
        pytest.skip("../shared/data is not here: known repeats are not checked")
    lines = gzip.decompress((DATA / path).read_bytes()).decode().splitlines()
    return [json.loads(line)[field] for line in lines if line.strip()]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "field", "count"),
    [
        ("knowledge_points/tal_scq5k/en_single_choice_train_3K.jsonl.gz", "problem", 211),
        ("knowledge_points/tal_scq5k/ch_single_choice_train_3K.jsonl.gz", "problem", 123),
        ("benchmarks/qwen25math/mawps/test.jsonl.gz", "input", 87),
        ("benchmarks/qwen25math/college_math/test.jsonl.gz", "question", 37),
    ],
)
def test_known_repeats_of_public_data(path, field, count):
    """FL-17."""
    assert len(find(rows(path, field), Nearness(case=False, near=False)).exact) == count


@pytest.mark.real_data
def test_known_repeat_of_math():
    """FL-17: rows 925 and 959 of MATH train."""
    found = find(rows("math/derived/math_train.jsonl.gz", "problem"), Nearness(near=False))
    assert [(repeat.of, repeat.row) for repeat in found.exact] == [(925, 959)]


@pytest.mark.real_data
def test_math_test_repeats_train():
    """FL-17, X-05: 1 test row after whitespace, 9 statements by their words, 393 rows with numbers masked."""
    train, test = (rows(f"math/derived/math_{part}.jsonl.gz", "problem") for part in ("train", "test"))

    def masked(text):
        return tuple(re.sub(r"\d+", "#", word) for word in words(text))

    assert len(set(map(" ".join, map(str.split, train))) & set(map(" ".join, map(str.split, test)))) == 1
    assert len(set(map(tuple, map(words, train))) & set(map(tuple, map(words, test)))) == 9
    known = set(map(masked, train))
    assert sum(masked(text) in known for text in test) == 393


@pytest.mark.real_data
def test_test_rows_that_repeat_tal_and_college_math():
    """FL-17: 171 Chinese test rows of TAL (spaces beside characters aside), 31 English ones, 7 of CollegeMath."""
    tal = "knowledge_points/tal_scq5k/{}_single_choice_{}.jsonl.gz"
    sets = [
        (tal.format("ch", "train_3K"), tal.format("ch", "test_2K"), "problem", 171),
        (tal.format("en", "train_3K"), tal.format("en", "test_2K"), "problem", 31),
        (
            "benchmarks/dart-math/mwpbench/college-math-train.jsonl.gz",
            "benchmarks/qwen25math/college_math/test.jsonl.gz",
            "question",
            7,
        ),
    ]
    for source, held_out, field, count in sets:
        train, test = rows(source, field), rows(held_out, field)
        first = first_of([*train, *test], Nearness(case=False, tight=True))
        assert sum(of < len(train) for of in first[len(train) :]) == count


@pytest.mark.real_data
def test_rewrites_with_other_numbers_are_not_merged():
    """X-05: 300 problems of GSM-Plus rewritten in three ways by numbers alone; the switch is off and then on."""
    folder = "benchmarks/gsm-plus/gsmplus_testmini.jsonl.gz"
    columns = (rows(folder, field) for field in ("perturbation_type", "seed_question", "question"))
    kinds = ("numerical substitution", "digit expansion", "integer-decimal-fraction conversion")
    pairs = [pair for kind, *pair in zip(*columns, strict=True) if kind in kinds]
    assert len(pairs) == 900
    assert sum(len(find(pair).dropped) for pair in pairs) == 0
    assert sum(len(find(pair, Nearness(merge_numbers=True)).dropped) for pair in pairs) >= 800
    alike = [templates.template(one) == templates.template(other) for one, other in pairs]
    assert sum(alike) >= 590
