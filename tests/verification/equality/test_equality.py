"""Equality of answers: a table of pairs by kind, and properties that no pair may break (X-04, FL-26, RR-12)."""

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.verification.answers import compare, equivalent, judged, sorted_out

KINDS = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text())
CASES = [
    pytest.param(expected, a, b, id=f"{kind}: {a} / {b}")
    for kind, table in KINDS.items()
    for expected, pairs in table.items()
    for a, b in pairs
]


@pytest.mark.parametrize(("expected", "a", "b"), CASES)
def test_pair(expected, a, b):
    """RR-12, X-04: each pair both ways round; `other` are never the same, whether or not that can be told."""
    for found in (compare(a, b), compare(b, a)):
        assert found != "same" if expected == "other" else found == expected
    assert equivalent(a, b) is equivalent(b, a) is (expected == "same")


def test_every_kind_has_ten_neighbours():
    assert {kind for kind, table in KINDS.items() if sum(map(len, table.values())) < 10} <= {"families", "large"}


@pytest.mark.parametrize(
    ("a", "b"),
    [(r"12 \foo S", "12"), (r"\int_0^1 x\,dx", "1"), (r"3 \mid n", r"3 \mid m"), (r"\text{Alice}", r"\text{Bob}")],
)
def test_what_is_not_understood_is_not_guessed(a, b):
    """RR-12: no number is read out of a formula that was understood in part."""
    assert compare(a, b) == compare(b, a) == "can't tell"


def test_an_answer_that_is_missing_is_different():
    assert compare(None, "1") == compare("", "") == compare("1", "  ") == "different"


def test_roundings_of_few_digits_are_a_choice():
    """X-04: 60.26 is not 1386/23 unless somebody says that four digits are enough, and then it is counted."""
    assert compare("60.26", r"\frac{1386}{23}") == "different"
    assert judged("60.26", r"\frac{1386}{23}", 4) == judged(r"\frac{1386}{23}", "60.26", 4)
    assert judged("60.26", r"\frac{1386}{23}", 4).verdict == "same"
    assert judged("60.26", r"\frac{1386}{23}", 4).rounded
    assert compare("60.26", r"\frac{1386}{23}", rounded_from=5) == "different"
    assert not judged("74.54545454545454", r"\frac{820}{11}", 4).rounded
    found = sorted_out([r"\frac{1386}{23}", "60.26", "7"], 4)
    assert (found.groups, found.rounded) == (((0, 1), (2,)), 1)


def test_votes_count_what_cannot_be_told():
    """FL-26: can't tell is not equal, and is counted."""
    found = sorted_out(["5", r"\int_0^5 dx", "5.0", None, r"5 \star 1"])
    assert found.groups == ((0, 2), (1,), (4,))
    assert found.unsure == 2


whole = st.integers(-(10**12), 10**12)
fractions = st.builds(Fraction, st.integers(-(10**6), 10**6), st.integers(1, 10**4))


def written(number: Fraction) -> list[str]:
    """Return notations of a rational number."""
    top, bottom = number.numerator, number.denominator
    sign, size = ("-" if top < 0 else ""), abs(top)
    found = [f"{top}/{bottom}", rf"\frac{{{top}}}{{{bottom}}}", rf"{sign}\dfrac{{{size}}}{{{bottom}}}"]
    found += [rf"x = \frac{{{2 * top}}}{{{2 * bottom}}}", rf"\boxed{{{top}/{bottom}}}", rf"${top} \div {bottom}$"]
    found += [rf"\left(\frac{{{top}}}{{{bottom}}}\right)", rf"\color{{red}}{{{top}/{bottom}}}"]
    if size > bottom > 1:
        found.append(rf"{sign}{size // bottom}\frac{{{size % bottom}}}{{{bottom}}}")
    return found


@settings(max_examples=60, deadline=None)
@given(fractions)
def test_notations_of_one_number_are_the_same(number):
    texts = written(number)
    assert [(a, b) for a in texts for b in texts if compare(a, b) != "same"] == []


@settings(max_examples=60, deadline=None)
@given(fractions, fractions)
def test_a_number_that_was_changed_is_never_equal(number, change):
    if change:
        assert [(a, b) for a in written(number) for b in written(number + change) if compare(a, b) != "different"] == []


shapes = st.sampled_from(
    [
        "{}", "({},2)", r"\{{{},2\}}", "[0,{}]", "x>{}", r"\sqrt{{{}}}", "x={}",
        r"\begin{{pmatrix}}{}&1\\0&2\end{{pmatrix}}",
        "{}x+1", r"\binom{{{}}}{{2}}", "y={}x", r"2^{{{}}}", r"x\equiv 1\pmod {{{}}}", "{} cm", "{}%", r"\sin {}x",
        r"\begin{{cases}}x={}\\y=2\end{{cases}}", r"D=(0,{})", "{}, 7", r"\frac{{1}}{{{}!}}", r"{} \in S", r"3 \mid {}",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(shapes, st.integers(3, 400), st.integers(1, 50))
def test_a_number_inside_any_shape_counts(shape, number, change):
    """RR-12: one changed number makes another answer, in every shape, also in one that is not understood."""
    a, b = shape.format(number), shape.format(number + change)
    assert compare(a, a) == "same"
    assert compare(a, b) != "same"
    assert compare(a, b) == compare(b, a)


@settings(max_examples=60, deadline=None)
@given(whole, whole, st.sampled_from(["=", "≤", r"\mid", r"\sim", r"\notin", r"\oplus", r"\to", "?", "@"]))
def test_two_numbers_with_a_sign_between_are_no_number(a, b, sign):
    both = f"{a} {sign} {b}"
    assert compare(both, str(a)) != "same"
    assert compare(both, str(b)) != "same"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_a_float_is_what_it_was_computed_from(top, bottom):
    """X-04: what Python prints of a quotient equals the quotient, and no neighbour of it."""
    printed = repr(top / bottom)
    if "e" not in printed:
        long_enough = len(printed.replace(".", "").lstrip("0")) >= 10
        exact = Fraction(printed) == Fraction(top, bottom)
        assert (compare(printed, f"{top}/{bottom}") == "same") == (long_enough or exact)
        assert compare(printed, f"{top + 1}/{bottom}") == "different"
