import pytest

from engine.core.errors import ItemFailure, UnfitReply, UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import self_verification
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play

SEED = Seed.make(
    "gsm8k", "Ida reads 12 pages a day. She reads for three days. How many pages does she read?", answer="36"
)


def _write(seed, replies):
    return play(self_verification.write(WritingSource(seeds=(seed,)), lambda salt: Sampling(seed=5), Flames()), replies)


def test_fl09_masking_declarative_sentence_and_question():
    """FL-09: every number before the question is hidden in turn; the model sees question and answer alone."""
    played = _write(SEED, ["Statement: Ida reads 36 pages."])
    assert [(draft.statement, draft.answer) for draft in played.result] == [
        ("Ida reads x pages a day. She reads for three days. Ida reads 36 pages. What is the value of x?", "12"),
        ("Ida reads 12 pages a day. She reads for x days. Ida reads 36 pages. What is the value of x?", "3"),
    ]
    (chat,) = played.chats
    assert "<question>\nHow many pages does she read?\n</question>" in chat.messages[-1].content
    assert "<answer>\n36\n</answer>" in chat.messages[-1].content
    assert "12 pages a day" not in chat.messages[-1].content
    assert chat.role == "writer"


def test_fl09_chinese():
    """FL-09: Chinese seeds give Chinese problems."""
    seed = Seed.make("tal", "一本书有$120$页，小红每天看$15$页。几天看完？", answer="8", language="zh")
    played = _write(seed, ["Statement：小红8天看完。"])
    assert [draft.statement for draft in played.result] == [
        "一本书有$x$页，小红每天看$15$页。小红8天看完。求$x$的值。",
        "一本书有$120$页，小红每天看$x$页。小红8天看完。求$x$的值。",
    ]


def test_fl09_a_condition_before_the_question_is_told_too():
    """FL-09: of `If ..., how many ...?` the numbers of the first clause can be hidden."""
    seed = Seed.make("s", "If a display has 100 cans in 10 rows, how many cans stand in a row?", answer="10")
    played = _write(seed, ["Statement: There are 10 cans in a row."])
    assert [draft.statement for draft in played.result] == [
        "If a display has x cans in 10 rows, there are 10 cans in a row. What is the value of x?",
        "If a display has 100 cans in x rows, there are 10 cans in a row. What is the value of x?",
    ]
    seed = Seed.make("tal", "小红每天看12页书，3天看多少页？", answer="36", language="zh")
    (draft,) = _write(seed, ["Statement：3天看36页。"]).result
    assert draft.statement == "小红每天看x页书，3天看36页。求x的值。"


def test_fl14_statement_and_masked_question_are_kept():
    """FL-14: both intermediates, the first with its prompt and reply."""
    draft = _write(SEED, ["Statement: Ida reads 36 pages."]).result[0]
    assert [note.name for note in draft.notes] == ["statement", "masked question"]
    assert draft.notes[0].prompt == "agents/self_verification"
    assert draft.notes[0].reply is draft.reply
    assert draft.notes[1].text == "Ida reads x pages a day. She reads for three days."


@pytest.mark.parametrize(
    ("reply", "statement"),
    [
        ("Statement: She reads 36 pages.", "She reads 36 pages."),
        ("Sure!\n**Statement:** She reads 36\npages.", "She reads 36 pages."),
        ('{"statement": "She reads thirty-six pages."}', "She reads thirty-six pages."),
        ("Statement: She reads 1,036 pages, or 36.", "She reads 1,036 pages, or 36."),
    ],
)
def test_fl09_statements_are_read(reply, statement):
    assert self_verification.read(reply, "36") == statement


@pytest.mark.parametrize(
    "reply",
    ["", "She reads 36 pages.", "Statement:", "Statement: She reads many pages.", "Statement: Does she read 36 pages?"],
)
def test_fl09_a_statement_that_asks_or_tells_no_answer_is_unreadable(reply):
    """FL-09: asked again, and after that a named failure; no problem with a wrong premise is made."""
    played = _write(SEED, [reply] * 3)
    assert isinstance(played.failure, UnreadableReply)
    assert len({chat.request_id("m") for chat in played.chats}) == 3


@pytest.mark.parametrize(
    ("reply", "answer", "fault"),
    [
        ("Statement: Does she read 36 pages?", "36", "the statement still asks"),
        ("Statement：她看了36页吗？", "36", "the statement still asks"),
        ("Statement: She reads many pages.", "36", "the statement does not tell the answer 36"),
    ],
)
def test_fl09_a_refused_statement_is_kept_with_its_fault(reply, answer, fault):
    """FL-09: a Chinese statement that asks is refused as well; who looks into it sees what the model wrote."""
    with pytest.raises(UnfitReply) as told:
        self_verification.read(reply, answer)
    assert (str(told.value), told.value.raw) == (fault, reply)


def test_fl09_formulas_are_told_between_dollar_signs():
    seed = Seed.make("math", "Let $a = 6$ and 8 be given. What is $\\frac{a}{8}$?", answer="\\frac{3}{4}")
    played = _write(seed, ["Statement: The value is $\\frac{3}{4}$."])
    assert "<answer>\n$\\frac{3}{4}$\n</answer>" in played.chats[0].messages[-1].content
    assert len(played.result) == 2


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        (Seed.make("s", "How many of 12 are left?", answer="3"), "no number before its question"),
        (Seed.make("s", "He has some. How many?", answer="3"), "no number before its question"),
        (Seed.make("s", "He has 5. How many?"), "no answer"),
    ],
)
def test_fl09_nothing_is_asked_where_nothing_can_be_hidden(seed, reason):
    """FL-09: the failure comes before a call is paid for."""
    played = _write(seed, [])
    assert isinstance(played.failure, ItemFailure)
    assert reason in str(played.failure)
    assert played.chats == []
    assert not self_verification.fits(seed)
    assert self_verification.fits(SEED)
