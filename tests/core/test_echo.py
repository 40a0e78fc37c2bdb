"""Echoes of a prompt and placeholders, in English and Chinese: what a small model copies is no answer (X-03)."""

import pytest

from engine.core.echo import is_echo, is_placeholder

SYSTEM = "You are a strict reviewer of mathematics problems."
USER = """Task: score a problem.

<problem>
Ida reads 12 pages a day. How many pages does she read in 3 days?
</problem>

- coverage: solving the problem needs every listed point;
- No vague items such as "logical thinking".
Where nothing is at fault, write: Nothing to change.

Answer in two lines:
Score: a number from 0 to 1
Reason: one short sentence"""
LISTED = """Task: list concepts.

Answer with a numbered list and nothing else, as in:
1. Stirling numbers of the second kind
2. surjective functions"""
CHINESE = """Task: 列出知识点。

<problem>
小明有 12 个苹果。
</problem>

每个知识点写一行，不要解释。
答案用编号列表给出，例如：
1. 第二类斯特林数
2. 满射"""


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (USER, USER),
        ("Score: a number from 0 to 1\nReason: one short sentence", USER),
        ("Score: 0.9\nReason: One short sentence.", USER),
        ('{"Score": 0.9, "Reason": "one short sentence"}', USER),
        (SYSTEM, USER),
        ("- Coverage: solving the problem needs every listed point.\n- No vague items such as logical thinking", USER),
        ("1. Stirling numbers of the second kind\n2. Surjective functions", LISTED),
        ('{"concepts": ["surjective functions"]}', LISTED),
        ("1. 第二类斯特林数\n2. 满射", CHINESE),
        ("1. 第二类斯特林数：1992178156\n2. 满射:1992178156", CHINESE),
        ("每个知识点写一行，不要解释。", CHINESE),
    ],
)
def test_words_of_the_prompt_and_its_example_are_an_echo(reply, asked):
    assert is_echo(reply, (SYSTEM, asked))


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        ("Score: 0.9\nReason: The point on rates is not needed.", USER),
        ("Score: 0.9\nReason: solving the problem needs every listed point", USER),
        ("Ida reads 12 pages a day. How many pages does she read in 3 days?", USER),
        ("Score: 1\nReason: Nothing to change.", USER),
        ("1. Surjective functions\n2. Pigeonhole principle\n3. Inclusion and exclusion", LISTED),
        ("1. 加法\n2. 减法", CHINESE),
        ("小明有 12 个苹果。", CHINESE),
        ("42", USER),
        ("", USER),
    ],
)
def test_what_was_put_into_a_prompt_may_be_quoted(reply, asked):
    """A criterion may be a reason, the problem may be said again, one entry of the example may be right."""
    assert not is_echo(reply, (SYSTEM, asked))


@pytest.mark.parametrize(
    "text",
    [
        "First Knowledge Point", "second knowledge point", "**third concept**", "Knowledge point 1", "concept two",
        "the first suggestion", "[name of the concept]", "<knowledge point>", "...", "…", "第一个知识点", "知识点1",
        "概念二", "（知识点）", "", "the new problem",
    ],
)  # fmt: skip
def test_placeholders_are_seen(text):
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pythagorean theorem", "Point A", "First derivative test", "Second law of cosines", "(x, y) coordinates",
        "Fixed points", "第一类曲线积分", "勾股定理", "Third proportional", "{2, 3}", "Word problems",
    ],
)  # fmt: skip
def test_names_are_no_placeholders(text):
    assert not is_placeholder(text)
