import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import paraphrasing
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make(
    "gsm8k",
    "Ann buys 3 pens for $2 each. How much does she pay?",
    answer="6",
    points=("Multiplication of whole numbers",),
)
NEW = "Each pen costs $2, and Ann takes 3 of them. What does she have to pay?"


def _write(replies, seed=SEED):
    return play(paraphrasing.write(WritingSource(seeds=(seed,)), lambda salt: Sampling(), Flames()), replies)


def test_fl03_the_answer_is_that_of_the_seed():
    """FL-03: the answer field equals the seed's, and the request holds the seed but not its answer's line."""
    played = _write([f"Problem:\n{NEW}"])
    (draft,) = played.result
    assert (draft.statement, draft.answer, draft.points) == (NEW, SEED.answer, SEED.points)
    (chat,) = played.chats
    assert SEED.statement in chat.messages[-1].content
    assert chat.messages[-1].content.count("6") == 0


def test_fl03_a_seed_without_an_answer_gives_none():
    """FL-03: nothing is made up where the seed has no answer."""
    assert _write([NEW], Seed.make("x", SEED.statement)).result[0].answer is None


@pytest.mark.parametrize("same", [SEED.statement, "problem: ann buys 3 pens, for 2 each; how much does she pay"])
def test_fl03_the_same_words_again_are_rejected(same):
    """FL-03: identical wording is no paraphrase, whatever its case and punctuation."""
    played = _write([same] * 3)
    assert isinstance(played.failure, UnreadableReply)
    assert "reworded" in str(played.failure)
    assert _write([same, NEW]).result[0].statement == NEW


def test_a_short_seed_may_have_a_short_paraphrase():
    seed = Seed.make("math", "Compute $2^{10}$.", answer="1024")
    assert _write(["What is $2^{10}$?"], seed).result[0].statement == "What is $2^{10}$?"
    assert isinstance(_write(["Find."] * 3, seed).failure, UnreadableReply)


def test_chinese_is_reworded_alike():
    seed = Seed.make("zh", "一支笔2元，小安买3支，要付多少元？", answer="6", language="zh")
    (draft,) = _write(["改写后的题目：小安买了3支笔，每支2元，她一共要付多少元？"], seed).result
    assert (draft.statement, draft.answer) == ("小安买了3支笔，每支2元，她一共要付多少元？", "6")
