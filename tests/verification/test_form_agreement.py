import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.verification.checks import agreement, form


@pytest.mark.parametrize(
    "statement",
    [
        "Find the sum of the first $12$ terms of $3, 7, 11, \\ldots$.",
        "If $x^2 = 4$ and $x > 0$, what is $x$?",
        "一个长方形的长是 8 厘米，宽是 5 厘米，它的周长是多少厘米？",
        "Let $A = \\{1, 2, 3\\}$. How many subsets does $A$ have?",
        "Fill in the blank. The sum of $3$ and $4$ is ____",
        "The product of 6 and 7 is \\_\\_\\_\\_",
        "What is 3 more than 9?\nAnswer: ____",
        "一个正方形的边长是 5 厘米，它的周长是＿＿＿＿",
    ],
)
def test_good_statements_have_no_faults(statement):
    assert form.of_statement(statement) == ()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("", "only 0 characters"),
        ("Find x.", "only 7 characters"),
        ("A farmer has 12 sheep and sells a third of them,", "ends in mid-sentence"),
        ("A farmer has 12 sheep and sells a third of the", "ends in mid-sentence"),
        ("The next term of the sequence is called x_", "ends in mid-sentence"),
        ("The sum of $3$ and $4$ is ____,", "ends in mid-sentence"),
        ("What is $x if x + 1 = 5 holds?", "an odd number of dollar signs: a formula is not closed"),
        ("What is the value of \\frac{1}{2?", "braces do not balance"),
        ("What is 2 + 2? <script>alert(1)</script>", "holds HTML"),
        ("What is 2 + 2? The answer is \\boxed{4}.", "holds a boxed answer"),
    ],
)
def test_faults_of_statements_are_named(statement, fault):
    assert fault in form.of_statement(statement)


@pytest.mark.parametrize(
    ("text", "answer", "finish", "fault"),
    [
        ("so it is 4", None, "stop", "no boxed answer"),
        ("\\boxed{}", "", "stop", "the box is empty"),
        ("2 + 2 = ", None, "length", "cut at the longest reply"),
        ("\\boxed{4", "4", "stop", "braces do not balance"),
    ],
)
def test_gsdp23_faults_of_solutions_are_named(text, answer, finish, fault):
    """GSDP-23: a missing box is flagged."""
    assert fault in form.of_solution(text, answer, finish)


def test_a_text_in_two_languages_is_flagged():
    text = (
        "Find the area 求这个三角形的面积 of the triangle 然后再求它的周长 and then the perimeter of the other shape."
    )
    assert "mixes English and Chinese" in form.of_statement(text)


@given(st.text(max_size=200))
def test_any_text_has_a_form(text):
    assert all(isinstance(fault, str) for fault in form.of_statement(text) + form.of_solution(text, None))


@pytest.mark.parametrize(
    ("answers", "share"),
    [
        (["42", "42", "42"], 1.0),
        (["1/2", "0.5", "\\frac{1}{2}"], 1.0),
        (["42", "42", "41"], 2 / 3),
        (["1", "2", "3"], 1 / 3),
        (["1", None, "1"], 2 / 3),
        ([None, None], 0.0),
    ],
)
def test_fl26_agreement_looks_through_notation(answers, share):
    """FL-26: 1/2 = 0.5 = \\frac{1}{2} for agreement."""
    assert agreement.of(answers).share == pytest.approx(share)


def test_agreement_names_the_answer():
    assert agreement.of(["7", "5", "5"]).reason == "2 of 3 solutions end with 5"
