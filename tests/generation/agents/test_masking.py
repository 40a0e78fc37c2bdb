"""Masking and cutting: pure text, no talk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.records import Seed
from engine.generation.agents import masking, sentences


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Mia buys 3 pens, 12 books and 4.5 kg of rice.", ["3", "12", "4.5"]),
        ("It costs $1,200, or $9.99.", ["1200", "9.99"]),
        ("The price is $48$ dollars and rises by $25\\%$ to $60$.", ["48", "25", "60"]),
        ("There are $5{,}003$ books (41,749 on Sunday).", ["5003", "41749"]),
        ("A 3-page letter, the 5th of them, sent at 6:30 by 2x4 to B12.", []),
        ("Take 1/2 of it, then -5, then 2^3 and 3+4.", []),
        ("Mixed 10ml and 7 pieces; \\frac{1}{2} and $2x + 7 = 15$.", ["7", "7", "15"]),
        ("小明有12个苹果，吃了3个，又买来￥4.50的梨。", ["12", "3", "4.50"]),
        ("甲数是$$12$$，乙数是$35$。", ["12", "35"]),
        ("全班４０人，女生占60%。", ["40", "60"]),
        ("[asy] draw((0,0)--(3, 4)); dot( 7 ); [/asy] The side is 8.", ["8"]),
        ("three or four, Twenty-one", []),
        ("", []),
    ],
)
def test_fl09_what_counts_as_a_number(text, values):
    """FL-09: numerals with currency and marks count; tokens that mix digits with letters or operators do not."""
    assert [number.value for number in masking.numbers(text)] == values


def test_fl09_number_words_count_where_they_are_asked_for():
    """FL-09: words up to ninety-nine; scale words belong to what stands before them."""
    text = "Three boys, Twenty-one girls, one dog, two hundred birds and eleven, 12."
    assert [n.value for n in masking.numbers(text, words=True)] == ["3", "21", "1", "2", "11", "12"]
    assert masking.spelt(Seed.make("gsm8k", "q"))
    assert masking.spelt(Seed.make("openai/GSM8K train", "q"))
    assert not masking.spelt(Seed.make("math", "q"))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("It costs $1,200.", [("It costs $x.", "x", "1200")]),
        ("He (7) left; she has 8%.", [("He (x) left; she has 8%.", "x", "7"), ("He (7) left; she has x%.", "x", "8")]),
        ("Add $84$ and 5", [("Add $x$ and 5", "$x$", "84"), ("Add $84$ and x", "x", "5")]),
        ("If $x = 4 + y$, how many", [("If $x = X + y$, how many", "$X$", "4")]),
        ("Let $xy = 4$.", [("Let $xy = X$.", "$X$", "4")]),
        ("Six foxes fix 6 boxes $\\times$", [("Six foxes fix x boxes $\\times$", "x", "6")]),
        ("x and X are 5.", [("x and X are y.", "y", "5")]),
        ("At $12 an hour, $36 is", [("At $x an hour, $36 is", "x", "12"), ("At $12 an hour, $x is", "x", "36")]),
        ("甲数是$$12$$。", [("甲数是$$x$$。", "$x$", "12")]),
        ("书有30页。", [("书有x页。", "x", "30")]),
    ],
)
def test_fl09_masking_keeps_marks_and_takes_a_free_letter(text, hidden):
    """FL-09: x, X where x is used; currency and trailing marks stay; one text per number."""
    assert [(m.text, m.letter, m.value) for m in masking.masked(text)] == hidden


def test_fl09_a_table_of_data_becomes_forty_problems_at_most():
    text = " ".join(str(number) for number in range(1, 101))
    assert [m.value for m in masking.masked(text)] == [str(number) for number in range(1, masking.MOST + 1)]
    assert len(masking.numbers(text)) == 100


def test_fl09_the_letter_is_free_in_what_stands_beside_it_too():
    assert masking.masked("He has 5 pears.", beside="Find $x$.")[0].text == "He has X pears."


@given(st.text(alphabet="ab xX$0123456789.,(){}%+-中文。\\", max_size=40))
def test_fl09_putting_the_value_back_gives_the_text(text):
    """FL-09: only the number itself is replaced, nothing else of the text moves."""
    for number, hidden in zip(masking.numbers(text), masking.masked(text), strict=True):
        letter = hidden.letter.strip("$")
        assert hidden.text == text[: number.start] + letter + text[number.end :]
        assert text[number.start : number.end].replace("{,}", "").replace(",", "") == hidden.value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("12", "12"), ("$1,200", "1200"), ("twelve", "12"), ("Half", "1/2"), ("**twice**", "2"), ("ninety-nine", "99"),
        ("十二", "12"), ("二十", "20"), ("三十五", "35"), ("九", "9"), ("一半", "1/2"), ("两", "2"),
        ("apples", None), ("", None), ("12 apples", None), ("十十", None),
    ],
)  # fmt: skip
def test_fl08_values_as_people_say_them(said, value):
    """FL-08: "half" and "twice" are numbers too."""
    assert masking.value_of(said) == value


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Mr. Li has 5.5 pears. How many?", ["Mr. Li has 5.5 pears. ", "How many?"]),
        ("He eats at 3 p.m. daily. Why?", ["He eats at 3 p.m. daily. ", "Why?"]),
        ("有5个。还剩多少个？请作答。", ["有5个。", "还剩多少个？", "请作答。"]),
        ("He said “Go!” Then he ran", ["He said “Go!” ", "Then he ran"]),
        ("It costs $5. $x$ is free.", ["It costs $5. ", "$x$ is free."]),
        ("", []),
    ],
)
def test_sentences_are_cut_and_nothing_is_lost(text, pieces):
    assert list(sentences.sentences(text)) == pieces


@given(st.text(alphabet="aB .?!。？$)”\n3", max_size=40))
def test_sentences_joined_are_the_text(text):
    assert "".join(sentences.sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "rest", "question"),
    [
        ("A has 5. How many?", "A has 5.", "How many?"),
        ("A has 5. How many? Round to tenths.", "A has 5.", "How many? Round to tenths."),
        ("How many of the 5?", "", "How many of the 5?"),
        ("A has 5. Find it. He runs.", "A has 5.", "Find it. He runs."),
        ("A has 5. He runs.", "A has 5.", "He runs."),
        ("有5个，吃了3个。还剩几个？", "有5个，吃了3个。", "还剩几个？"),
        ("If a box holds 12, how many boxes hold 60?", "If a box holds 12,", "how many boxes hold 60?"),
        ("A has 5. If he eats 2, what is left? Say why.", "A has 5. If he eats 2,", "what is left? Say why."),
        ("小红每天看12页书，3天看多少页？", "小红每天看12页书，", "3天看多少页？"),
        ("$$46$$人中男生占一半，女生有几人． ", "$$46$$人中男生占一半，", "女生有几人．"),
        ("有5个。求剩下的个数。", "有5个。", "求剩下的个数。"),
    ],
)
def test_the_question_is_the_last_sentence_that_asks(text, rest, question):
    assert sentences.parted(text) == (rest, question)


def test_chinese_is_told_by_its_characters():
    assert sentences.chinese("求 $x + 2y = 5$ 的解。")
    assert sentences.chinese("计算 $\\frac{3}{4} \\times \\left(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9\\right)$。")
    assert not sentences.chinese("Find the value of 中 in the equation, please.")
    assert not sentences.chinese("")
