from engine.core.protocol import Sampling
from engine.core.settings import Flames
from engine.generation.agents import taxonomy_key_concepts
from engine.generation.agents.writing import WritingSource
from engine.knowledge.coverage import paths
from engine.knowledge.taxonomy import Taxonomy
from tests.support.talks import play

TREE = Taxonomy.load()
TOPIC = paths(TREE)[0]
LIST = "1. Place value\n2. Expanded form\n3. Rounding\n4. Number line"
PROBLEM = "Problem:\nA number rounds to 4000 and its digits add up to 30. How many such numbers are there?"


def _write(**chosen):
    source = WritingSource(topic=TOPIC, taxonomy=TREE.version)
    return play(taxonomy_key_concepts.write(source, lambda salt: Sampling(seed=9), Flames(**chosen)), (LIST, PROBLEM))


def test_fl12_topic_then_concepts_then_problem():
    """FL-12: both requests name the topic, the second only the drawn concepts; there is no seed anywhere."""
    played = _write(concepts=2)
    first, second = (chat.messages[-1].content for chat in played.chats)
    (draft,) = played.result
    assert f"<topic>\n{TOPIC}\n</topic>" in first
    assert f"<topic>\n{TOPIC}\n</topic>" in second
    inside = second.partition("<concepts>\n")[2].partition("\n</concepts>")[0]
    assert inside == "\n".join(f"{number}. {point}" for number, point in enumerate(draft.points, 1))
    assert len(draft.points) == 2
    assert "<problem>" not in first + second


def test_fl12_fl14_every_problem_keeps_topic_version_and_concepts():
    """FL-12, FL-14: topic path, taxonomy version and concepts are stored with the problem."""
    (draft,) = _write().result
    notes = {note.name: note.text for note in draft.notes}
    assert notes["topic"] == TOPIC
    assert notes["taxonomy"] == TREE.version
    assert notes["concepts"] == LIST
