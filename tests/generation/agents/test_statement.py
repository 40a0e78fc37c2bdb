import gzip
import json
from pathlib import Path

import pytest

from engine.core.errors import UnreadableReply
from engine.generation.agents import statement

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
TRAIN = "A train travels 60 miles in 2 hours. How fast does it go?"
APPLES = "小明有3个苹果，妈妈又给他5个，他现在有多少个苹果？"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "Problem:\n",
        "**Problem:** ",
        "Sure! Here is a new problem:\n\n",
        "Sure, here is a new problem: ",
        "Here's a similar one:\n",
        "Here is a new problem in the style of the examples.\n\nProblem:\n",
        "Certainly! ",
        "Of course, here is a new problem: ",
        "I've created a new problem for you:\n",
        "### New Problem\n",
        "**New Problem**\n\n",
        "Question 3: ",
        "Rephrased Question: ",
        "Problem: Here is the problem:\n\n---\n",
        "好的，下面是一道新题：\n",
        "新题目：",
        "<think>Problem: a train</think>\nProblem: ",
    ],
)
@pytest.mark.parametrize("problem", [TRAIN, APPLES])
def test_fl02_lead_in_phrases_are_stripped(before, problem):
    """FL-02: what a model says before its problem is no part of the problem."""
    assert statement.read(before + problem) == problem


@pytest.mark.parametrize(
    "behind",
    [
        "\n\n**Solution:** 60 / 2 = 30.",
        "\nAnswer: 30",
        "\n---\nThis tests rates.",
        "\n答案：30",
        "\n\n### Solution\n30",
    ],
)
def test_fl02_the_problem_ends_before_its_solution(behind):
    """FL-02: nothing that follows the problem is kept."""
    assert statement.read(f"Problem:\n{TRAIN}{behind}") == TRAIN


@pytest.mark.parametrize("around", ['"{}"', "“{}”", "**{}**", "```\n{}\n```"])
def test_marks_around_the_whole_are_taken_off(around):
    assert statement.read(around.format(TRAIN)) == TRAIN


@pytest.mark.parametrize(
    "problem",
    [
        "Here is a table of values: 1, 2, 4, 8. What comes next in it?",
        "This is one way to arrange 3 books on a shelf. How many ways are there?",
        "Great circles of a sphere of radius 2 have which circumference?",
        "Sure bets win in 3 of 4 cases. How often do 2 in a row win?",
        '"Mom", said Ana, "how old are you?" Her mother was 12 years older. What was the sum?',
        "The answer to a sum is 12: which two equal numbers were added?",
        "Let $x_1 = 3$. **Find** the value of $x_1^2$ and explain it.",
    ],
)
def test_words_of_the_problem_itself_stay(problem):
    assert statement.read(problem) == problem


@pytest.mark.parametrize(
    "reply", ["", "Problem:", "Sure! Here is a new problem:", "Problem:\nFind x.", "Problem: 求和。"]
)
def test_too_little_to_be_a_problem_is_unreadable(reply):
    with pytest.raises(UnreadableReply):
        statement.read(reply)


def test_folding_forgets_typing_and_keeps_arithmetic():
    assert statement.fold("Find  $1{,}000 + 2$.") == statement.fold("find 1,000+2")
    assert statement.fold("Find 3 + 2") != statement.fold("Find 3 - 2")
    assert statement.fold("求３＋２的和。") == statement.fold("求 3+2 的和")


@pytest.mark.real_data
def test_real_problems_lose_nothing():
    """Statements of GSM8K, MATH and TAL (English and Chinese) come out as they went in."""
    folders = (DATA / "gsm8k", DATA / "math" / "derived", DATA / "knowledge_points" / "tal_scq5k")
    files = [file for folder in folders for file in sorted(folder.glob("*t*.jsonl.gz")) if "socratic" not in file.name]
    if not files:
        pytest.skip(f"no real data under {DATA}")
    count = 0
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                problem = row.get("question") or row["problem"]
                assert statement.stripped(problem) == problem.strip()
                count += 1
    assert count > 20_000
