import pytest

from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import seeded_key_concepts
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make(
    "math", "Ann buys 3 pens for $2 each. How much does she pay?", solution="She pays $3 \\cdot 2 = 6$.", answer="6"
)
LIST = "1. Multiplication\n2. Money\n3. Unit price\n4. Equal groups"
PROBLEM = "Problem:\nEight crates weigh the same, 52 kg together. What do three of them weigh?"


def _write(seed=SEED, **chosen):
    talk = seeded_key_concepts.write(
        WritingSource(seeds=(seed,)), lambda salt: Sampling(seed=len(str(salt))), Flames(**chosen)
    )
    return play(talk, (LIST, PROBLEM))


def test_fl05_the_first_request_holds_the_seed_and_the_second_does_not():
    """FL-05: concepts are extracted from one seed; the problem is written without it."""
    played = _write(concepts=2)
    first, second = (chat.messages[-1].content for chat in played.chats)
    assert SEED.statement in first
    assert SEED.solution in first
    assert SEED.statement not in second
    assert SEED.solution not in second
    (draft,) = played.result
    assert len(draft.points) == 2
    assert all(point in second for point in draft.points)
    assert (draft.answer, draft.prompt) == (None, "agents/seeded_key_concepts_write")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"answer": " 6 "}, "Only the final answer is known: 6."),
        ({}, "None is at hand."),
        ({"solution": " ", "answer": ""}, "None is at hand."),
    ],
)
def test_fl05_a_seed_without_a_solution_will_do(fields, said):
    """FL-05: the MATH file has answers only; the request says what there is instead."""
    first = _write(Seed.make("math", SEED.statement, **fields)).chats[0].messages[-1].content
    assert f"<solution>\n{said}\n</solution>" in first


def test_fl14_the_concepts_of_the_seed_are_kept():
    """FL-14: the extracted concepts are stored with their reply."""
    (draft,) = _write().result
    note = draft.notes[0]
    assert (note.name, note.text, note.reply.text) == ("concepts", LIST, LIST)
