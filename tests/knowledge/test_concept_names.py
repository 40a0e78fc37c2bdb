"""Ten sentences about a problem are no list of concepts: length, verbs, equations, numbers of the problem (GSDP-03)."""

import pytest

from engine.core.errors import UnfitReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings.naming import NameLimits
from engine.knowledge import extract
from engine.knowledge.concept_names import checked, fault
from tests.support.talks import play

PROBLEM = (
    "Natalia sold clips to 48 friends in April, and then half as many in May, $1,250.50 in all. 小明有 36 个苹果。"
)
LIMITS = NameLimits()
SENTENCES = (
    "Natalia sold clips to 48 of her friends",
    "In May she sold half as many clips",
    "The total is the sum of both months",
)


@pytest.mark.parametrize(
    "entry",
    [
        "Pythagorean theorem", "AM-GM inequality for 2 variables", "3-digit numbers", "30-60-90 triangles",
        "Arithmetic modulo 7", "2×2 determinants", "Area of a triangle by base and height", "Products of fractions",
        "Proof by contradiction", "Solving linear equations in one unknown", "If-then statements", "一元一次方程",
        "长方形的面积公式", "Sum and difference problems", "Converting 12-hour to 24-hour time",
    ],
)  # fmt: skip
def test_names_of_concepts_pass(entry):
    assert fault(entry, LIMITS, PROBLEM) == ""


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (SENTENCES[0], "sentence"),
        (SENTENCES[2], "sentence"),
        ("We need to find how many clips there are.", "sentence"),
        ("She has $1250.50 left", "numbers"),
        ("Half of 48", "numbers"),
        ("48 / 2 = 24", "equation"),
        ("x = 3", "equation"),
        ("4668000", "no word"),
        ("3 * 73 - 1", "no word"),
        ("the " * 15, "longer"),
        ("小明一共有三十六个苹果，然后他又卖掉了一半", "sentence"),
        ("三" * 31, "longer"),
        ("36 个苹果", "numbers"),
    ],
)
def test_sentences_about_a_problem_do_not(entry, why):
    assert why in fault(entry, LIMITS, PROBLEM)


def test_the_limits_are_settings():
    assert fault("Half of 48", NameLimits(name_numbers=False), PROBLEM) == ""
    assert fault("Area of a triangle", NameLimits(name_words=3), PROBLEM)
    assert fault("The total is their sum", NameLimits(name_verbs=4), PROBLEM)
    assert checked(SENTENCES, NameLimits(name_share=0), PROBLEM, "") == SENTENCES
    with pytest.raises(UnfitReply, match="2 of 4"):
        checked(("Area", "Ratio", *SENTENCES[:2]), NameLimits(name_share=0.6), PROBLEM, "")


def test_a_list_of_sentences_is_asked_for_again_and_a_single_one_is_left_to_the_filter():
    seed = Seed.make("t", PROBLEM, solution="48 / 2 = 24", answer="72")
    sentences = "\n".join(f"{place}. {text}" for place, text in enumerate(SENTENCES, 1))
    mixed = f"1. Addition\n2. Halving\n3. {SENTENCES[0]}"
    played = play(extract.points(seed, sampling=Sampling()), [sentences, mixed])
    assert played.result == ("Addition", "Halving", SENTENCES[0])
    assert isinstance(play(extract.points(seed, retries=0), [sentences]).failure, UnfitReply)


def test_the_example_and_placeholders_are_no_points():
    seed = Seed.make("t", "How many are half of 48?", answer="24")
    echo = "1. Stirling numbers of the second kind\n2. surjective functions"
    placeholders = "1. First Knowledge Point\n2. Second Knowledge Point"
    played = play(extract.points(seed), [echo, placeholders, "1. Addition"])
    assert played.result == ("Addition",)
    assert [chat.attempt for chat in played.chats] == [0, 1, 2]


def test_a_chinese_problem_is_shown_a_chinese_example():
    seed = Seed.make("t", "小明有 36 个苹果，平均分给 4 个人，每人几个？", answer="9")
    english = Seed.make("t", "How many are 36 / 4?", answer="9")
    (chinese,), (other,) = (play(extract.points(each), ["1. 除法"]).chats for each in (seed, english))
    assert "第二类斯特林数" in chinese.messages[-1].content
    assert "第二类斯特林数" not in other.messages[-1].content
    for chat in (chinese, other):
        assert "1. " not in chat.held().messages[-1].content
        assert '"points"' in chat.held().messages[-1].content
