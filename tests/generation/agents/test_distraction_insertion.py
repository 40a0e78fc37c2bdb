import pytest

from engine.core.errors import ItemFailure, UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import distraction_insertion
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make("gsm8k", "Ida reads 12 pages a day for three days. How many pages does she read?", answer="36")
LONGER = "Ida reads 12 pages a day for three days. Her brother owns 40 comics. How many pages does she read?"


def _write(replies, seed=SEED):
    return play(distraction_insertion.write(WritingSource(seeds=(seed,)), lambda salt: Sampling(), Flames()), replies)


def test_fl13_the_answer_is_inherited_and_numbers_and_question_stay():
    """FL-13: irrelevant content, same question, same answer."""
    played = _write([f"Problem:\n{LONGER}"])
    (draft,) = played.result
    assert (draft.statement, draft.answer) == (LONGER, "36")
    (chat,) = played.chats
    assert SEED.statement in chat.messages[-1].content
    assert "36" not in chat.messages[-1].content


def test_fl14_the_distractor_is_kept():
    """FL-14: what was added, with prompt and reply."""
    (draft,) = _write([f"Problem:\n{LONGER}"]).result
    (note,) = draft.notes
    assert (note.name, note.text) == ("distractor", "Her brother owns 40 comics.")
    assert note.prompt == distraction_insertion.PROMPT
    assert note.reply is draft.reply


@pytest.mark.parametrize(
    "longer",
    [
        "Ida, who is 9, reads 12 pages a day for 3 days. How many  pages does she read?",
        "Ida reads 12 pages a day for three days. HOW MANY pages does she read? Leave her 40 comics out of it.",
        "Her room has 2 windows. Ida reads 12 pages a day for three days. How many pages does she read?",
    ],
)
def test_fl13_the_text_need_not_be_a_superset(longer):
    """FL-13: the content may be woven in, and a number word may become a numeral."""
    assert _write([f"Problem: {longer}"]).result[0].statement == longer


@pytest.mark.parametrize(
    ("longer", "reason"),
    [
        (LONGER.replace("12", "13"), "numbers of the original are lost: 12"),
        (LONGER.replace("three", "some"), "numbers of the original are lost: 3"),
        (LONGER.replace("How many pages", "How many comics"), "question of the original"),
        (SEED.statement, "nothing was added"),
        ("", "nothing after"),
        ("Find x.", "only 7 characters"),
        ("I cannot tell what would leave its answer alone.", "lost"),
    ],
)
def test_fl13_lost_numbers_and_questions_are_unreadable(longer, reason):
    """FL-13: the original numbers are still present, each as often as before."""
    with pytest.raises(UnreadableReply, match=reason):
        distraction_insertion.read(f"Problem:\n{longer}", SEED.statement)
    assert isinstance(_write([f"Problem:\n{longer}"] * 3).failure, UnreadableReply)


def test_fl13_thousands_may_lose_their_comma():
    read = distraction_insertion.read(
        "Problem: A city has 1200 cats and 7 dogs. How many cats?", "A city has 1,200 cats. How many cats?"
    )
    assert read.endswith("How many cats?")


def test_fl13_chinese():
    seed = Seed.make("tal", "小红每天看12页书，看了3天。她一共看了多少页？", answer="36", language="zh")
    longer = "小红每天看12页书，看了3天。她的书架上有40本漫画。她一共看了多少页？"
    (draft,) = _write([f"Problem：\n{longer}"], seed).result
    assert (draft.statement, draft.notes[0].text) == (longer, "她的书架上有40本漫画。")


def test_fl13_a_seed_without_an_answer_fails_before_a_call():
    played = _write([], Seed.make("s", "How many?"))
    assert isinstance(played.failure, ItemFailure)
    assert played.chats == []
