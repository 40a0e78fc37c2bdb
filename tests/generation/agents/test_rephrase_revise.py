"""Variants of a seed and revisions of a variant, played against scripted replies."""

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.agents import rephrase, revise
from tests.support.talks import play

SEED = "Anna has 3 boxes with 12 pens each. How many pens does she have in all?"


def _variant(number):
    return f"Shelf number {number} holds {number + 20} jars and {number * 7} cups. How many things stand on it?"


def _reply(*numbers):
    return "\n\n".join(f"Variant {place}:\n{_variant(n)}" for place, n in enumerate(numbers, 1))


def _play(replies, count=6):
    def sample(salt):
        return Sampling(seed=hash(salt) % 1000)

    return play(rephrase.rephrase(SEED, count, sample), replies)


def test_am07_exactly_six_variants():
    """AM-07: as many as asked for, each its own text, from one call where the reply has them."""
    played = _play([_reply(1, 2, 3, 4, 5, 6)])
    assert [draft.statement for draft in played.result] == [_variant(n) for n in range(1, 7)]
    assert len(played.chats) == 1
    assert "Write 6 variants" in played.chats[0].messages[-1].content


def test_am07_seven_are_cut_and_five_are_completed():
    """AM-07: too many are cut, what is missing is asked for again with another seed."""
    assert len(_play([_reply(1, 2, 3, 4, 5, 6, 7)]).result) == 6
    played = _play([_reply(1, 2, 3, 4, 5), _reply(9)])
    assert len(played.result) == 6
    assert "Write 1 variants" in played.chats[1].messages[-1].content
    assert played.chats[0].sampling.seed != played.chats[1].sampling.seed


def test_am08_repeats_of_the_seed_and_of_each_other_are_asked_again():
    """AM-08: identical variants, and the seed itself, do not count."""
    copies = f"Variant 1:\n{SEED}\nVariant 2:\n{_variant(1)}\nVariant 3:\n{_variant(1).upper()}"
    played = _play([copies, _reply(2, 3), _reply(4)], count=3)
    assert [draft.statement for draft in played.result] == [_variant(1), _variant(2), _variant(3)]


def test_am08_near_copies_keep_number_variants_apart():
    """AM-08: nearly the same words are one variant, the same words with other numbers are two."""
    long = (
        "A train leaves the station at noon and travels for 3 hours at 60 miles an hour through hills. How far is it?"
    )
    assert not rephrase.distinct(long.replace("is it", "is  it!"), [long])
    assert not rephrase.distinct(long.replace("through hills", "through the hills"), [long])
    assert rephrase.distinct(long.replace("60", "75"), [long])


def test_am07_fewer_where_no_call_gives_more():
    played = _play([_reply(1, 2)] * 3, count=6)
    assert len(played.result) == 2
    assert len(played.chats) == rephrase.MOST_CALLS


@pytest.mark.parametrize("reply", ["", "Here are six ideas.", "Variant 1:\nshort", "1. A problem without a marker?"])
def test_a_reply_without_variants_is_unreadable(reply):
    assert isinstance(_play([reply] * 9).failure, UnreadableReply)


def test_only_copies_of_the_seed_are_a_failure():
    played = _play([f"Variant 1:\n{SEED}"] * 9)
    assert isinstance(played.failure, UnreadableReply)
    assert "differs from the seed" in str(played.failure)


def test_chinese_variants_are_read():
    text = (
        "变体 1：\n小明有 3 盒铅笔，每盒 12 支，一共有多少支？\n变体 2：\n书架上有 5 层，每层 20 本书，一共有多少本？"
    )
    assert len(rephrase.read(text)) == 2


def test_am11_the_reviser_reads_problem_and_feedback():
    """AM-11: the feedback is in the request, the new version comes back."""
    played = play(
        revise.revise(SEED, "State the unit.", sampling=Sampling()), ["Problem:\nAnna has 3 boxes of pens. How many?"]
    )
    assert "State the unit." in played.chats[0].messages[-1].content
    assert SEED in played.chats[0].messages[-1].content
    assert played.result.statement == "Anna has 3 boxes of pens. How many?"
    assert played.chats[0].role == "reviser"
