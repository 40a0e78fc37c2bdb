from pathlib import Path

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Item, Message, Sampling
from engine.core.records import KnowledgePoint, ReplyRow, Seed
from engine.core.settings import Flames
from engine.generation.agents import qft
from engine.generation.agents.writing import WritingSource
from tests.support.driving import Drive
from tests.support.endpoint import Endpoint
from tests.support.talks import play

FREE = "What is the sum of the first 20 odd numbers?"
SEED = Seed.make("gsm8k", "Ann buys 3 pens for $2 each. How much does she pay?")


def _write(*replies):
    return play(qft.write(WritingSource(seeds=(SEED,)), lambda salt: Sampling(seed=4, top_k=50), Flames()), replies)


def test_fl11_the_request_is_an_empty_user_turn_to_a_model_of_its_own():
    """FL-11: no seed text, no words at all; a role that a tuned model is put on."""
    played = _write(FREE)
    (chat,) = played.chats
    assert chat.messages == (Message("user", ""),)
    assert chat.role == "question_writer"
    assert played.result[0].statement == FREE
    assert played.result[0].notes == ()


def test_fl11_fl15_it_is_sampled_as_scalequest_did():
    """FL-11, FL-15: temperature 1.0, top-p 0.99, at most 1,024 tokens; seed and the rest are the run's."""
    (chat,) = _write(FREE).chats
    assert chat.sampling == Sampling(temperature=1.0, top_p=0.99, max_tokens=1024, seed=4, top_k=50)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("<think>hm</think>", "empty"),
        ("求 3+4 的值。", "ASCII"),
        ("Find the café’s bill.", "ASCII"),
    ],
)
def test_fl11_empty_and_non_ascii_problems_are_dropped(reply, reason):
    """FL-11: the filter names why; another try may do better."""
    played = _write(reply, reply, reply)
    assert isinstance(played.failure, UnreadableReply)
    assert reason in str(played.failure)
    assert _write(reply, FREE).result[0].statement == FREE


def test_fl11_a_short_problem_is_a_problem():
    """FL-11: nothing but emptiness and strange characters is filtered here; judges see to the rest."""
    assert _write("Find 2+3.").result[0].statement == "Find 2+3."


def test_fl11_an_empty_turn_goes_over_the_wire(tmp_path: Path):
    """FL-11, FL-15: an OpenAI-compatible endpoint gets one user message without words, and the wide sampling."""

    def way():
        (draft,) = yield from qft.write(WritingSource(), lambda salt: Sampling(seed=4), Flames())
        yield KnowledgePoint.make(draft.statement)
        return "written"

    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url, roles={"question_writer": "local:tuned"})
        drive.run([Item("one", way)])
    (body,) = endpoint.bodies
    assert body["messages"] == [{"role": "user", "content": ""}]
    assert (body["model"], body["temperature"], body["top_p"], body["max_tokens"]) == ("tuned", 1.0, 0.99, 1024)
    (row,) = drive.rows(ReplyRow)
    assert row.request == '[["user",""]]'
    assert '"top_p":0.99' in row.sampling
