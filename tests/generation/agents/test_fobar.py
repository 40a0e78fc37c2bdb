import pytest

from engine.core.errors import ItemFailure
from engine.core.protocol import Sampling
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import fobar
from engine.generation.agents.writing import WritingSource
from tests.support.talks import play


def _write(seed):
    return play(fobar.write(WritingSource(seeds=(seed,)), lambda salt: Sampling(), Flames()), [])


def test_fl10_one_problem_per_number_and_no_call():
    """FL-10: masked question and known answer clause, word for word; no model is asked."""
    seed = Seed.make(
        "gsm8k", "Weng earns $12 an hour. She worked 50 minutes on two days. How much did she earn?", answer="20"
    )
    played = _write(seed)
    assert played.chats == []
    assert [(draft.statement, draft.answer) for draft in played.result] == [
        (
            "Weng earns $x an hour. She worked 50 minutes on two days. How much did she earn?"
            " If the answer to the question above is 20, what is the value of x?",
            "12",
        ),
        (
            "Weng earns $12 an hour. She worked x minutes on two days. How much did she earn?"
            " If the answer to the question above is 20, what is the value of x?",
            "50",
        ),
        (
            "Weng earns $12 an hour. She worked 50 minutes on x days. How much did she earn?"
            " If the answer to the question above is 20, what is the value of x?",
            "2",
        ),
    ]


def test_fl10_chinese_seeds_are_asked_in_chinese():
    """FL-10: the clause is in the seed's language."""
    played = _write(Seed.make("tal", "小明有12个苹果，吃了3个。还剩多少个？", answer="9", language="zh"))
    assert [draft.statement for draft in played.result] == [
        "小明有x个苹果，吃了3个。还剩多少个？如果上面问题的答案是9，那么x的值是多少？",
        "小明有12个苹果，吃了x个。还剩多少个？如果上面问题的答案是9，那么x的值是多少？",
    ]
    assert [draft.answer for draft in played.result] == ["12", "3"]


def test_fl10_formulas_stay_formulas():
    """FL-10: a hidden formula is asked for as one, and a LaTeX answer stands between dollar signs."""
    played = _write(Seed.make("math", "What is $\\frac{a}{8}$ for $a = 6$?", answer="\\frac{3}{4}"))
    (draft,) = played.result
    assert draft.statement.startswith("What is $\\frac{a}{8}$ for $a = x$? If the answer")
    assert "is $\\frac{3}{4}$, what is the value of $x$?" in draft.statement
    (draft,) = _write(Seed.make("math", "Double $35$.", answer="70")).result
    assert draft.statement.endswith("what is the value of $x$?")


def test_fl14_the_masked_question_is_kept():
    """FL-14: the intermediate is stored; nothing claims a reply or a prompt."""
    (draft,) = _write(Seed.make("s", "Double 35.", answer="70", points=("Doubling",))).result
    assert [(note.name, note.text, note.reply) for note in draft.notes] == [("masked question", "Double x.", None)]
    assert (draft.reply, draft.prompt, draft.points) == (None, "", ("Doubling",))


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        (Seed.make("s", "Simplify $2x + 3x$.", answer="5x"), "no number"),
        (Seed.make("s", "three apples", answer="3"), "no number"),
        (Seed.make("s", "Double 35."), "no answer"),
    ],
)
def test_fl10_seeds_that_cannot_be_turned_around_fail_with_the_reason(seed, reason):
    played = _write(seed)
    assert isinstance(played.failure, ItemFailure)
    assert reason in str(played.failure)
    assert not fobar.fits(seed)
    assert fobar.fits(Seed.make("s", "Double 35.", answer="70"))
