import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.core.settings import Flames
from engine.generation.agents import key_concepts
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

NAMES = ("Ratios", "Percentages", "Averages", "Prime numbers", "Rates", "Unit conversion", "Perimeter")
LIST = "\n".join(f"{number}. {name}" for number, name in enumerate(NAMES, 1))
PROBLEM = "Problem:\nA tank loses a fifth of its water an hour. After how many hours is less than half of it left?"


NOTHING = WritingSource()


def _write(replies=(LIST, PROBLEM), source=NOTHING, seed=1, **chosen):
    return play(key_concepts.write(source, lambda salt: Sampling(seed=seed), Flames(**chosen)), replies)


def test_fl04_the_second_request_holds_only_the_drawn_concepts():
    """FL-04: a list call, then a problem call on a sampled subset."""
    played = _write(concepts=3)
    (draft,) = played.result
    first, second = (chat.messages[-1].content for chat in played.chats)
    assert len(draft.points) == 3
    assert [name for name in NAMES if name in second] == list(draft.points)
    assert not any(name in first for name in NAMES)
    assert "3 key concepts" in second


def test_fl04_the_draw_follows_the_seed():
    """FL-04: equal seeds draw the same concepts, other seeds others; the order is that of the list."""
    drawn = [_write(seed=seed).result[0].points for seed in range(30)]
    assert drawn == [_write(seed=seed).result[0].points for seed in range(30)]
    assert len(set(drawn)) > 10
    assert all(list(points) == sorted(points, key=NAMES.index) for points in drawn)


def test_fl04_a_short_list_is_used_whole():
    """FL-04: a model that names two concepts where three are wanted gets a problem on two."""
    assert _write(("1. Ratios\n2. Rates", PROBLEM), concepts=3).result[0].points == ("Ratios", "Rates")


@pytest.mark.parametrize(
    ("source", "domain"),
    [
        (NOTHING, "school mathematics"),
        (WritingSource(points=("gsm8k", "grade school word problems")), "gsm8k, grade school word problems"),
        (WritingSource(points=("gsm8k",), topic="competition mathematics"), "competition mathematics"),
    ],
)
def test_fl04_both_requests_name_the_domain_and_no_seed(source, domain):
    """FL-04: the input is the name of a source or a domain, never a problem."""
    for chat in _write(source=source).chats:
        assert f"<domain>\n{domain}\n</domain>" in chat.messages[-1].content
        assert chat.role == "writer"


def test_fl14_the_list_and_the_draw_are_kept():
    """FL-14: the concepts are an intermediate object with the reply they came from."""
    (draft,) = _write().result
    notes = {note.name: note for note in draft.notes}
    assert notes["concepts"].text == LIST
    assert (notes["concepts"].prompt, notes["concepts"].reply.text) == ("agents/key_concepts_list", LIST)
    assert [line.partition(". ")[2] for line in notes["drawn concepts"].text.splitlines()] == list(draft.points)


@pytest.mark.parametrize(
    ("reply", "names"),
    [
        ("1. **Ratios**: comparing amounts\n2. **Rates** - amounts per unit", ("Ratios", "Rates")),
        ("- `Ratios`\n- Ratios\n- Rates", ("Ratios", "Rates")),
        ('["Ratios", "Rates"]', ("Ratios", "Rates")),
        ("1. 比例：两个量的关系\n2. 速率", ("比例", "速率")),
        (f"1. {'long ' * 40}\n2. Rates", ("Rates",)),
    ],
)
def test_lists_of_many_shapes_are_read(reply, names):
    assert _write((reply, PROBLEM)).result[0].points == names


def test_a_list_without_any_concept_is_asked_for_again():
    played = _write(("I cannot think of any.",) * 3)
    assert isinstance(played.failure, UnreadableReply)
    assert len(played.chats) == 3
