"""The second tier of decontamination: the same problem with other numbers, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.records import BenchmarkItem
from engine.similarity.variants import VariantIndex, longest_common, tokens

ITEMS = (
    "Ana sold 80 cookies for $1 each and 60 cupcakes for $4 each. She gave her two sisters $10 each for helping her. "
    "How much money does she have left from her earnings?",
    "A shop sells notebooks for $1.50 each and a pen at $0.5 each. William bought five notebooks and a pen. How much "
    "did he spend in all?",
    "A plane travels 1200 miles in 3 hours. At the same rate, how many additional hours would it take to travel an "
    "additional 2000 miles?",
    "In four years, Brett's sister Angela will be three times as old as he is now. Brett is 14 years old. How old is "
    "Angela right now?",
    "The points $(7, -6)$ and $(-3, -4)$ are the endpoints of a diameter of a circle. What is the sum of the "
    "coordinates of the center of the circle?",
    "Compute $\\tan 210^\\circ$.",
    "Find the largest prime factor of $9951$.",
    "小明有12个苹果，小红比小明多5个苹果，两人一共有多少个苹果？",
)
INDEX = VariantIndex(BenchmarkItem.make("held", text) for text in ITEMS)
EVERY = range(len(ITEMS))


@pytest.mark.parametrize(
    ("text", "item"),
    [
        (ITEMS[0].replace("80", "8000").replace("60", "15"), 0),
        (ITEMS[0].replace("Ana", "Ben").replace("She", "He").replace("her ", "his "), 0),
        (ITEMS[0].replace("$4", "4.50 euros").replace("two sisters", "three sisters"), 0),
        (ITEMS[1].replace("five notebooks and a pen", "one notebook and two pens"), 1),
        (ITEMS[1].replace("$1.50", "$2").replace("five", "12").replace("William", "Chen"), 1),
        (ITEMS[1].replace("How much did he spend", "How much money did he spend"), 1),
        (ITEMS[2].replace("1200", "eleven hundred").replace("2000", "500"), 2),
        (ITEMS[2].replace("plane", "train").replace("1200", "270").replace("2000", "180"), 2),
        (ITEMS[3].replace("four", "7").replace("three times", "five times").replace("14", "9"), 3),
        ("In 7 years, Kaylee will be 3 times as old as Matt is now. If Matt is 5 years old, how old is Kaylee now?", 3),
        (ITEMS[4].replace("7, -6", "11, 2").replace("-3, -4", "0, -8"), 4),
        (ITEMS[6].replace("9951", "8091"), 6),
        (ITEMS[7].replace("12", "30").replace("小明", "小华").replace("5", "11"), 7),
    ],
)
def test_rr19_other_numbers_names_and_kinds_of_money_are_the_same_problem(text: str, item: int) -> None:
    """RR-19, FL-18: the item is named, whatever the numbers are, also where an article or a plural went with them."""
    found = INDEX.match(text, EVERY)
    assert found is not None
    assert found.item == item
    assert found.overlap >= 0.85


@pytest.mark.parametrize(
    "text",
    [
        "Two years ago, Jared was twice as old as Tom. If Tom will be 30 in five years, how old is Jared now?",
        "Kaylin is five years younger than Sarah, who is twice as old as Eli. Eli is ten years old. How old is Kaylin?",
        "Hugh sold 40 cookies for $0.8 each. How many cupcakes for $2 each must he sell to earn $100?",
        "A shop sells pens in boxes of 12. How many boxes does a school with 340 pupils need for a pen each?",
        "A plane travels 1200 miles in 3 hours. How fast is it in miles per hour?",
        "The points $(7, -6)$ and $(-3, -4)$ are the endpoints of a segment. How long is the segment?",
        "Find the smallest prime factor of $9951$.",
        "Compute $\\tan 45^\\circ$.",
        "Find the sum of the prime factors of $9951$ that are larger than $10$.",
        "小明有12个苹果，小红比小明少5个苹果，两人一共有多少个苹果？",
        "What is the area of a circle with a diameter whose endpoints are $(7, -6)$ and $(-3, -4)$?",
        "",
    ],
)
def test_rr19_what_only_shares_its_words_is_another_problem(text: str) -> None:
    """RR-19: puzzles about ages share nearly all words; a word that turns a question makes another one.

    `Compute tan` is too short to be anybody's problem.
    """
    assert INDEX.match(text, EVERY) is None


def test_only_the_same_wording_is_found_without_a_proposal() -> None:
    said = ITEMS[1].replace("five notebooks and a pen", "one notebook and two pens")
    assert INDEX.match(said) is None
    assert INDEX.match(said, [0, 2]) is None
    assert INDEX.match(ITEMS[1].replace("five", "six")).same_wording  # type: ignore[union-attr]


def test_how_many_words_and_how_much_of_them_are_settings() -> None:
    items = [BenchmarkItem.make("held", ITEMS[5]), BenchmarkItem.make("held", ITEMS[1])]
    short = "Compute $\\tan 45^\\circ$."
    assert VariantIndex(items, least_words=2).match(short).item == 0  # type: ignore[union-attr]
    other = ITEMS[1].replace("in all", "altogether on that long rainy afternoon in the town")
    assert VariantIndex(items, overlap=0.85).match(other, [1]) is None
    assert VariantIndex(items, overlap=0.7).match(other, [1]).item == 1  # type: ignore[union-attr]


def test_a_figure_that_is_drawn_in_code_counts_beside_the_text_and_not_for_it() -> None:
    """RR-19: one sentence asks about many figures, and one program draws many."""
    asked = "In the diagram below, what is the measure of the marked angle in degrees? "
    square = '[asy] draw((0,0)--(4,0)--(4,4)--(0,4)--cycle); label("A",(0,0),SW); label("B",(4,0),SE); [/asy]'
    circle = '[asy] import graph; size(150); fill(Circle((0,0),5),gray); dot((1,2)); label("x",(1,2),N); [/asy]'
    index = VariantIndex([BenchmarkItem.make("held", asked + square)])
    other = "How many ways are there to colour the four sides of the square in the diagram with two colours? "
    found = index.match(asked.replace("the marked", "this marked") + square.replace("4", "7"), [0])
    assert found is not None
    assert index.match(asked + circle, [0]) is None
    assert index.match(other + square, [0]) is None
    assert index.match(asked + "[asy] draw((0,0)--(4,0)", [0]) is None


def test_two_items_are_related_when_they_are_one_problem() -> None:
    other = BenchmarkItem.make("held", ITEMS[2].replace("1200", "90"))
    index = VariantIndex([BenchmarkItem.make("held", ITEMS[0]), BenchmarkItem.make("held", ITEMS[2]), other])
    assert index.related(1, 2)
    assert not index.related(0, 2)


words = st.lists(st.sampled_from("abcd"), max_size=12).map(tuple)


@given(words, words)
def test_the_longest_common_subsequence_is_that_of_the_textbook(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    """Against the table of Wagner and Fischer."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row, one in enumerate(left, 1):
        for column, other in enumerate(right, 1):
            best = max(table[row - 1][column], table[row][column - 1])
            table[row][column] = table[row - 1][column - 1] + 1 if one == other else best
    assert longest_common(left, right) == table[-1][-1]


def test_tokens_keep_signs_of_formulas_and_no_marks() -> None:
    assert tokens("@ has # pens. \\frac{#}{x} + # = y ¤") == ("has", "pens", "\\frac", "x", "+", "=", "y")
