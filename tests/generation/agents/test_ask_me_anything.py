import pytest

from engine.core.errors import ItemFailure, UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import ask_me_anything
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make("gsm8k", "Noor reads 12 pages a day for 3 days. How many pages does she read?", answer="36")
REPLY = """Statement: Noor reads 12 pages a day for 3 days, and so she reads 36 pages.
Target: 12
Question: Noor reads as much on each of 3 days, 36 pages in all. How many pages a day?
Target: 3
Question: Noor reads 12 pages a day, 36 pages in all. For how many days?
Target: 36
Question: Noor reads 12 pages a day for 3 days. How many pages does she read?
"""


def _write(replies, seed=SEED):
    return play(ask_me_anything.write(WritingSource(seeds=(seed,)), lambda salt: Sampling(), Flames()), replies)


def test_fl08_three_numbers_give_three_problems_with_the_original():
    """FL-08: one call, a statement and a problem per number; the hidden value is the answer."""
    played = _write([REPLY])
    (chat,) = played.chats
    assert SEED.statement in chat.messages[-1].content
    assert "<answer>\n36\n</answer>" in chat.messages[-1].content
    assert '"half", "twice"' in chat.messages[-1].content
    assert [draft.answer for draft in played.result] == ["12", "3", "36"]
    assert played.result[2].statement == SEED.statement
    assert all(draft.prompt == "agents/ask_me_anything" for draft in played.result)


def test_fl14_the_statement_is_kept():
    """FL-14: with every problem that was made of it."""
    for draft in _write([REPLY]).result:
        (note,) = draft.notes
        assert (note.name, note.text) == (
            "statement",
            "Noor reads 12 pages a day for 3 days, and so she reads 36 pages.",
        )
        assert note.reply is draft.reply


@pytest.mark.parametrize(
    "block",
    [
        "Target: 5\n",
        "Target: 5\nQuestion:\n",
        "Target:\nQuestion: Noor reads 12 pages a day. How many in all?\n",
        "Target: 5\nQuestion: How?\n",
        "Target: 5\nQuestion: Noor reads 12 pages a day, and then she\n",
        "Target: 3\nQuestion: Noor reads 12 pages a day, 36 pages in all. For how many days?\n",
        f"Target: {'so many words that nobody calls it a number ' * 2}\nQuestion: Noor reads 12. How many?\n",
        "Target: 5\nQuestion: One day she reads all. How many?\nQuestion: Another day. How many is it?\n",
    ],
)
def test_fl08_malformed_blocks_are_passed_over(block):
    """FL-08: a block that is cut, empty, doubled or a repeat costs only itself."""
    assert [draft.answer for draft in _write([REPLY + block]).result] == ["12", "3", "36"]


@pytest.mark.parametrize(
    "reply",
    ["", "Statement: Noor reads 36 pages.", "Target: 5", "I cannot do this.", "Question: What is the number of pages?"],
)
def test_fl08_no_block_at_all_is_unreadable(reply):
    assert isinstance(_write([reply] * 3).failure, UnreadableReply)


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("half", "1/2"),
        ("twice", "2"),
        ("twelve", "12"),
        ("$1,200", "1200"),
        ("**36**", "36"),
        ("\\frac{3}{4}", "\\frac{3}{4}"),
        ("十二", "12"),
    ],
)
def test_fl08_hidden_words_become_numbers(target, answer):
    """FL-08: number words, "half" and "twice" are hidden too."""
    reply = f"Statement: It is so.\n**Target:** {target}\n**Question:** Noor reads some pages. How many are there?"
    assert [draft.answer for draft in _write([reply]).result] == [answer]


def test_fl08_numbered_blocks_and_a_statement_without_its_label_are_read():
    reply = "Noor reads 36 pages in all.\n\n1. Target: 36\n   Question: Noor reads 12 pages on 3 days. How many in all?"
    asked = ask_me_anything.read(reply)
    assert asked.statement == "Noor reads 36 pages in all."
    assert asked.problems == (ask_me_anything.Hidden("36", "Noor reads 12 pages on 3 days. How many in all?"),)


def test_fl08_chinese():
    seed = Seed.make("tal", "小红每天看12页书，3天看多少页？", answer="36", language="zh")
    reply = "Statement：小红每天看12页书，3天看36页。\nTarget：12\nQuestion：小红3天看36页书，每天看多少页？"
    assert [(d.statement, d.answer) for d in _write([reply], seed).result] == [
        ("小红3天看36页书，每天看多少页？", "12")
    ]


def test_fl08_a_seed_without_an_answer_fails_before_a_call():
    played = _write([], Seed.make("s", "How many?"))
    assert isinstance(played.failure, ItemFailure)
    assert played.chats == []
