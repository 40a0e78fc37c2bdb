import time

import pytest

from engine.abacus.lexicon import Lexicon, LexiconEntry, key, lexicon


def names(text: str, count: int = 6) -> list[str]:
    return [hit.entry.name for hit in lexicon().find(text)[:count]]


def test_the_lexicon_is_large_and_even():
    entries = lexicon().entries
    assert len(entries) >= 350
    assert len({entry.area for entry in entries}) >= 12
    assert all(entry.cues for entry in entries)
    assert sum(any("\u4e00" <= letter <= "\u9fff" for cue in entry.cues for letter in cue) for entry in entries) >= 150
    assert sum(bool(entry.also) for entry in entries) >= 300


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("Find the greatest common factor of 12 and 18.", "Greatest common divisor"),
        ("A ladder is 13 feet long and its foot is 5 feet away from the wall.", "Pythagorean theorem"),
        ("What is the remainder when $2^{100}$ is divided by 7?", "Remainders of powers"),
        ("In how many ways can 5 books be arranged on a shelf?", "Permutations"),
        ("A committee of 3 is chosen from 10 people.", "Combinations"),
        ("Compute $\\sin 60^\\circ$.", "Special angles"),
        ("Evaluate $\\log_2 8 + \\log_2 4$.", "Properties of logarithms"),
        ("Find the inverse of the matrix $\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$.", "Inverse matrices"),
        ("Find $\\int_0^1 x^2 dx$.", "Definite integrals"),
        ("Let $z$ be a complex number with $|z| = 5$.", "Modulus of a complex number"),
        ("Tom has 3 boxes with 12 pens in each box. He gives half of them away.", "Equal groups"),
        ("A shirt costs $40 and is on sale at 25% off.", "Discounts"),
        ("Mary is 5 years older than Ann. In 3 years she will be twice as old.", "Age problems"),
        ("一个直角三角形用勾股定理求斜边", "Pythagorean theorem"),
        ("求12和18的最大公因数", "Greatest common divisor"),
        ("鸡兔同笼，共有35个头", "Counting legs and heads"),
        ("What is the DERIVATIVE of f?", "Derivatives"),
        ("two roots; the SUM OF THE ROOTS is 5", "Vieta's formulas"),
    ],
)
def test_words_and_formulas_betray_points(text, point):
    assert point in names(text)


def test_figures_are_not_read():
    assert names("Nothing. [asy] draw(circle((0,0),1)); // tangent to the circle, ellipse [/asy]") == []
    assert names("Nothing. [asy] unfinished ellipse hyperbola") == []


def test_words_match_whole_words_in_any_number():
    assert "Ellipses" in names("three ellipses")
    assert "Mode" not in names("a model of a modest modem")


def test_both_halves_of_a_joint_cue_are_needed():
    one = Lexicon((LexiconEntry("Both", "x", 0.5, (), ("apple & pear", "~q+z", "梨"), 1.0),))
    assert one.find("apples") == ()
    assert one.find("pears and apples")[0].entry.name == "Both"
    assert one.find("qqz")[0].entry.name == "Both"
    assert one.find("一个梨子")[0].entry.name == "Both"
    assert one.find("apple pear qz 梨")[0].score > one.find("qz")[0].score


def test_a_name_of_two_entries_is_an_error():
    entries = tuple(LexiconEntry(name, "x", 0.5, ("Shared name",), ("cue",), 1.0) for name in ("A", "B"))
    with pytest.raises(ValueError, match="names both"):
        Lexicon(entries)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Area of a circle", "Circle area"),
        ("The Pythagorean Theorem", "Pythagoras' theorem"),
        ("GCD", "greatest common factor"),
        ("Law of Sines", "the sine rule"),
        ("Vieta’s formulas", "Vieta's formulas"),
    ],
)
def test_one_point_has_many_spellings(one, other):
    assert lexicon().named(one) is lexicon().named(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sum of squares", "Square of a sum"),
        ("Divisors of a number", "Number of divisors"),
        ("Converting fractions to decimals", "Converting decimals to fractions"),
        ("Properties of logarithms", "Logarithms"),
    ],
)
def test_the_order_of_words_counts(one, other):
    assert key(one) != key(other)


def test_a_scan_is_quick():
    text = "Tom bought 12 apples at $3 each and sold half of them for 25% more. What is his profit in total? " * 4
    lexicon().find(text)
    begun = time.perf_counter()
    for _ in range(50):
        lexicon().find(text)
    assert (time.perf_counter() - begun) / 50 < 0.02
