import pytest

from engine.core.errors import Unreachable, UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import few_shot
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEEDS = tuple(
    Seed.make("gsm8k", text)
    for text in (
        "Ann buys 3 pens for $2 each. How much does she pay?",
        "A box holds 12 eggs. How many eggs are in 5 boxes?",
        "Tom runs 4 km on each of 6 days. How far does he run?",
    )
)
NEW = "A gardener plants 4 rows of 9 tulips. How many tulips are there?"


def _write(replies, seeds=SEEDS, **chosen):
    source = WritingSource(seeds=seeds)
    return play(few_shot.write(source, lambda salt: Sampling(seed=5), Flames(**chosen)), replies)


def test_fl02_k_seeds_become_one_new_problem():
    """FL-02: the request shows k seeds and no more; the reply is cleaned of its lead-in."""
    played = _write([f"Sure! Here is a new problem:\n\n{NEW}"], examples=2)
    (draft,) = played.result
    assert draft.statement == NEW
    assert (draft.answer, draft.prompt, draft.reply.text) == (
        None,
        "agents/few_shot_similar",
        f"Sure! Here is a new problem:\n\n{NEW}",
    )
    (chat,) = played.chats
    shown = chat.messages[-1].content
    assert [seed.statement in shown for seed in SEEDS] == [True, True, False]
    assert (chat.role, chat.sampling) == ("writer", Sampling(seed=5))


def test_fl02_fewer_seeds_than_asked_for_are_all_shown():
    """FL-02: k is a most; one seed is enough to write in its style."""
    (chat,) = _write([NEW], seeds=SEEDS[:1], examples=20).chats
    assert "Example 1:" in chat.messages[-1].content
    assert "Example 2:" not in chat.messages[-1].content


@pytest.mark.parametrize("copy", [SEEDS[1].statement, "Problem: a box holds 12 eggs.  HOW many eggs are in 5 boxes"])
def test_fl02_a_copy_of_a_seed_is_rejected(copy):
    """FL-02: handing an example back, however it is typed, is no new problem; it is asked again, then named."""
    played = _write([copy] * 3)
    assert isinstance(played.failure, UnreadableReply)
    assert "copy" in str(played.failure)
    assert len(played.chats) == 3
    assert _write([copy, NEW]).result[0].statement == NEW


def test_chinese_examples_work_alike():
    seeds = (Seed.make("zh", "一盒鸡蛋有12个，5盒一共有多少个鸡蛋？", language="zh"),)
    new = "一排有9棵树，4排一共有多少棵树？"
    assert _write([f"好的，这是一道新题目：{new}"], seeds=seeds).result[0].statement == new
    assert isinstance(_write(["一盒鸡蛋有 12 个，5 盒一共有多少个鸡蛋？"] * 3, seeds=seeds).failure, UnreadableReply)


def test_a_failed_call_ends_the_talk_with_its_own_name():
    assert isinstance(_write([Unreachable("reset")]).failure, Unreachable)


@pytest.mark.parametrize(
    ("style", "source", "prompt"),
    [
        ("by source", "GSM8K train", "agents/few_shot_similar"),
        ("by source", "math", "agents/few_shot_inspired"),
        ("similar", "math", "agents/few_shot_similar"),
        ("inspired", "gsm8k", "agents/few_shot_inspired"),
    ],
)
def test_fl02_gsm8k_is_written_alike_and_math_only_inspired(style, source, prompt):
    """FL-02: two ways of writing from examples, chosen by the source of the seeds or by hand."""
    seeds = tuple(Seed.make(source, seed.statement) for seed in SEEDS)
    played = _write([NEW], seeds=seeds, example_style=style)
    assert played.result[0].prompt == played.chats[0].prompt.id == prompt
