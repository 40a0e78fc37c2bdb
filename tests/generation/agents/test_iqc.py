import json

import pytest

from engine.core.errors import ItemFailure, UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import iqc
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make("s", "What is 3 + 4?", solution="3 + 4 = \\boxed{7}", answer="7")
FIRST = "Problem: Tom adds 3 and 4 and doubles it. What does he get?\nSolution: Twice 3 + 4 is \\boxed{14}.\nAnswer: 14"
SECOND = (
    "Problem: Tom adds 3 and 4, doubles it and takes 1 away. What is left?\n"
    "Solution: $2(3+4)-1$\nis \\boxed{13}.\nAnswer: $13$"
)
THIRD = "Problem: What is the square of what Tom gets from 2(3 + 4) - 1?\nSolution: It is \\boxed{13^2}.\nAnswer: 169"


def _write(replies, turns=1, seed=SEED):
    chosen = Flames(compositions=turns)
    return play(iqc.write(WritingSource(seeds=(seed,)), lambda salt: Sampling(seed=len(repr(salt))), chosen), replies)


def test_fl07_three_iterations_chain():
    """FL-07: the input of each iteration is the output of the one before; trusted wording first, unsure later."""
    played = _write([FIRST, SECOND, THIRD], turns=3)
    texts = [chat.messages[-1].content for chat in played.chats]
    assert [chat.prompt.id for chat in played.chats] == ["agents/iqc_trusted", "agents/iqc_unsure", "agents/iqc_unsure"]
    assert "checked and right" in texts[0]
    assert all("not guaranteed to be right" in text for text in texts[1:])
    assert SEED.statement in texts[0]
    assert SEED.solution in texts[0]
    assert "Tom adds 3 and 4 and doubles it" in texts[1]
    assert "<answer>\n14\n</answer>" in texts[1]
    assert SEED.statement not in texts[1]
    assert "takes 1 away" in texts[2]
    (draft,) = played.result
    assert draft.statement == "What is the square of what Tom gets from 2(3 + 4) - 1?"
    assert (draft.solution, draft.answer) == ("It is \\boxed{13^2}.", "169")
    assert draft.prompt == "agents/iqc_unsure"


def test_fl14_composed_drafts_are_kept():
    """FL-14: every earlier composition whole and the last draft solution, each with its prompt and reply."""
    (draft,) = _write([FIRST, SECOND, THIRD], turns=3).result
    assert [note.name for note in draft.notes] == ["composed draft", "composed draft", "draft solution"]
    assert [note.prompt for note in draft.notes] == ["agents/iqc_trusted", "agents/iqc_unsure", "agents/iqc_unsure"]
    assert [note.reply.text for note in draft.notes] == [FIRST, SECOND, THIRD]
    assert draft.notes[1].text.endswith("Answer: 13")


@pytest.mark.parametrize(
    "reply",
    [
        FIRST,
        FIRST.replace("Problem:", "**Problem:**").replace("Answer:", "### Answer:"),
        json.dumps(
            {
                "problem": "Tom adds 3 and 4 and doubles it. What does he get?",
                "solution": "Twice 3 + 4 is \\boxed{14}.",
                "answer": "14",
            }
        ),
        '```json\n{"Problem": "Tom adds 3 and 4 and doubles it. What does he get?",'
        ' "Solution": "Twice 3 + 4 is \\boxed{14}.", "Answer": "14"}\n```',
    ],
)
def test_fl07_labelled_parts_and_json_are_read(reply):
    """FL-07: also JSON in which the backslash of a formula was not doubled."""
    made = iqc.read(reply, SEED.statement)
    assert made == iqc.Composed(
        "Tom adds 3 and 4 and doubles it. What does he get?", "Twice 3 + 4 is \\boxed{14}.", "14"
    )


def test_fl07_line_breaks_of_json_are_no_formulas():
    reply = (
        '{"problem": "Find it now.", "solution": "So\\nthen \\frac{4}{2}, \\nne \\theta: \\\\boxed{2}", "answer": "2"}'
    )
    assert iqc.read(reply, "x").solution == "So\nthen \\frac{4}{2}, \nne \\theta: \\boxed{2}"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "no Problem"),
        (FIRST.replace("Answer: 14", ""), "no Answer"),
        (FIRST.replace("\\boxed{14}", "14"), "0 boxes"),
        (FIRST.replace("is \\boxed", "\\boxed{7} is \\boxed"), "2 boxes"),
        (FIRST.replace("Answer: 14", "Answer: 15"), "not what is in the box"),
        (FIRST.replace("Tom adds 3 and 4 and doubles it. What does he get?", SEED.statement), "given back"),
        ('{"problem": "p", "solution": "\\\\boxed{1}", "answer": 1}', "Answer is missing or no text"),
        ('{"problem": "p", "solution": ["\\\\boxed{1}"], "answer": "1"}', "Solution is missing or no text"),
        ('{"problem": "p", "solution": ', "JSON cannot be read"),
    ],
)
def test_fl07_malformed_compositions_are_dropped(reply, reason):
    """FL-07: invalid structure, or an answer that differs from the box."""
    with pytest.raises(UnreadableReply, match=reason):
        iqc.read(reply, SEED.statement)
    assert isinstance(_write([reply] * 3).failure, UnreadableReply)


def test_fl07_the_answer_may_be_written_differently_from_the_box():
    """FL-07: one value in two notations is one answer."""
    reply = FIRST.replace("\\boxed{14}", "\\boxed{\\frac{1}{2}}").replace("Answer: 14", "Answer: 0.5")
    assert iqc.read(reply, SEED.statement).answer == "0.5"


@pytest.mark.parametrize("seed", [Seed.make("s", "q", answer="7"), Seed.make("s", "q", solution="7")])
def test_fl07_a_seed_without_a_solution_fails_before_a_call(seed):
    played = _write([], seed=seed)
    assert isinstance(played.failure, ItemFailure)
    assert played.chats == []


def test_a_pair_that_cannot_be_compared_is_told_apart_from_one_that_differs():
    """FL-07: either is asked for again; what the writer is told, and the trace shows, is what is so."""
    for answer, told in (("15", "is not"), ("as many as there are", "can't be told to be")):
        with pytest.raises(UnreadableReply, match=f"the answer {answer} {told} what is in the box"):
            iqc.read(FIRST.replace("Answer: 14", f"Answer: {answer}"), before="Another?")
