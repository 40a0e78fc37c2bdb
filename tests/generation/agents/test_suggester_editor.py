import zlib

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import suggester_editor
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make("gsm8k", "Ida reads 12 pages a day. How many pages does she read in 3 days?", answer="36")
IDEAS = "1. Let the pages a day grow.\n2. Ask when she has read 100 pages."
HARDER = "Problem:\nIda reads 12 pages on the first day and 2 more on each further day. On which day does she pass 100?"
HARDEST = "Problem:\nIda reads 12 pages on the first day and 5 % more on each further day. On which day is page 100?"


def _sample(salt):
    return Sampling(seed=zlib.crc32(repr(salt).encode()))


def _write(replies, rounds=1, seed=SEED):
    chosen = Flames(edit_rounds=rounds)
    return play(suggester_editor.write(WritingSource(seeds=(seed,)), _sample, chosen), replies)


def test_fl06_two_calls_per_round_in_order():
    """FL-06: the suggester sees the seed and must not write; the editor sees seed and suggestions."""
    played = _write([IDEAS, HARDER])
    first, second = (chat.messages[-1].content for chat in played.chats)
    assert [chat.prompt.id for chat in played.chats] == list(suggester_editor.PROMPTS)
    assert {chat.role for chat in played.chats} == {"writer"}
    assert SEED.statement in first
    assert "Do not write the new problem" in first
    assert SEED.statement in second
    assert "1. Let the pages a day grow.\n2. Ask when" in second
    (draft,) = played.result
    assert draft.statement == HARDER.removeprefix("Problem:\n")
    assert draft.answer is None
    assert draft.prompt == "agents/suggester_editor_edit"


def test_fl06_round_two_starts_from_the_outcome_of_round_one():
    """FL-06: four calls for two rounds; the seed is gone from the second round."""
    played = _write([IDEAS, HARDER, "1. Use a percentage.", HARDEST], rounds=2)
    assert len(played.chats) == 4
    assert len({chat.sampling.seed for chat in played.chats}) == 4
    for chat in played.chats[2:]:
        assert HARDER.removeprefix("Problem:\n") in chat.messages[-1].content
        assert SEED.statement not in chat.messages[-1].content
    assert "1. Use a percentage." in played.chats[3].messages[-1].content
    assert played.result[0].statement == HARDEST.removeprefix("Problem:\n")


def test_fl14_suggestions_and_earlier_drafts_are_kept():
    """FL-14: each round's suggestions and every earlier draft, each with its own reply."""
    (draft,) = _write([IDEAS, HARDER, "1. Use a percentage.", HARDEST], rounds=2).result
    assert [note.name for note in draft.notes] == ["suggestions", "draft", "suggestions"]
    assert draft.notes[1].text == HARDER.removeprefix("Problem:\n")
    assert [note.reply.text for note in draft.notes] == [IDEAS, HARDER, "1. Use a percentage."]


@pytest.mark.parametrize("reply", ["Nothing comes to mind.", f"1. Harder.\n\n{HARDER}", "**New problem:** Find 3 + 4."])
def test_fl06_a_suggester_who_writes_the_problem_is_asked_again(reply):
    """FL-06: a reply with the problem in it is not used, even where it holds suggestions too."""
    played = _write([reply, IDEAS, HARDER])
    assert [chat.attempt for chat in played.chats] == [0, 1, 0]
    assert isinstance(_write([reply] * 3).failure, UnreadableReply)


@pytest.mark.parametrize(
    "reply",
    ["", "Problem:", "Problem:\nFind x.", f"Problem:\n{SEED.statement.upper()}", "I would rather leave it as it is."],
)
def test_fl06_an_editor_must_write_something_new(reply):
    """FL-06: empty, clipped, unchanged and absent problems are unreadable."""
    assert isinstance(_write([IDEAS, *[reply] * 3]).failure, UnreadableReply)


def test_fl06_a_problem_without_its_marker_is_read_where_it_asks():
    text = HARDER.removeprefix("Problem:\n")
    assert suggester_editor.read(f"Here is the harder problem:\n\n{text}", SEED.statement) == text


def test_fl06_chinese():
    seed = Seed.make("tal", "小红每天看12页书，3天看多少页？", answer="36", language="zh")
    played = _write(
        ["1. 让每天看的页数递增。", "Problem:\n小红第一天看12页，以后每天多看2页，3天共看多少页？"], seed=seed
    )
    assert played.result[0].statement == "小红第一天看12页，以后每天多看2页，3天共看多少页？"


def test_fl06_long_solutions_are_told():
    """FL-06: over 1,800 characters is too long with Orca-Math's limit; 0 is no limit."""
    assert suggester_editor.too_long("x" * 1801, 1800)
    assert not suggester_editor.too_long("x" * 1800, 1800)
    assert not suggester_editor.too_long("x" * 10_000, 0)
