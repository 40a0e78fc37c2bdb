"""Reply tables of the four talks: extract, keep, same, name."""

import pytest

from engine.core import prompts
from engine.core.errors import UnreadableReply
from engine.core.protocol import Reply, Sampling
from engine.core.records import Seed
from engine.knowledge import extract, filter_quality, filter_synonyms, naming

SEED = Seed.make("test", "Find the area of a 3-4-5 triangle.", solution="Legs 3 and 4, so half of 12.", answer="6")


def hold(talk, *replies):
    """Drive a talk with replies in order; return its result and the chats it asked."""
    chats, answers = [], iter(replies)
    try:
        chat = next(talk)
        while True:
            chats.append(chat)
            chat = talk.send(Reply(id=f"R-{len(chats)}", text=next(answers)))
    except StopIteration as done:
        return done.value, chats


def user_text(chat):
    return chat.messages[-1].content


def test_twelve_points_are_cut_to_ten():
    """GSDP-02: at most ten points, from problem and solution."""
    names, chats = hold(extract.points(SEED), "\n".join(f"{i}. Point {chr(64 + i)}" for i in range(1, 13)))
    assert len(names) == 10
    assert names[0] == "Point A"
    assert SEED.statement in user_text(chats[0])
    assert SEED.solution in user_text(chats[0])
    assert chats[0].role == "extractor"
    assert chats[0].prompt.id == "knowledge/extract"


def test_extraction_prompt_makes_its_demands():
    """GSDP-03: educator; relevant, precise and concise, key; numbered list; no vague items; limit and both fields."""
    _, (chat,) = hold(extract.points(SEED, limit=7), "1. Area of a triangle")
    text = " ".join(message.content for message in chat.messages)
    for demand in (
        "educator",
        "relevant",
        "precise and concise",
        "key to solving",
        "numbered list",
        "No vague",
        "At most 7",
    ):
        assert demand in text


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        (Seed.make("t", "2 + 2?", answer="4"), "No worked solution is given. The final answer is 4."),
        (Seed.make("t", "2 + 2?"), "No solution is given."),
        (Seed.make("t", "2 + 2?", solution="  ", answer=" "), "No solution is given."),
    ],
)
def test_seed_without_a_worked_solution_says_so(seed, said):
    """GSDP-02: the MATH file has no worked solutions."""
    _, (chat,) = hold(extract.points(seed), "1. Addition")
    assert said in user_text(chat)


@pytest.mark.parametrize(
    ("reply", "names"),
    [
        ("1. Area\n2) Right triangles\n(3) Area", ("Area", "Right triangles")),
        ("Sure!\n- Area of a triangle\n- **Right triangles**", ("Area of a triangle", "Right triangles")),
        ('["Area", "Legs"]', ("Area", "Legs")),
        ("<think>1. no</think>1. 三角形的面积", ("三角形的面积",)),
    ],
)
def test_lists_that_are_understood(reply, names):
    """X-03."""
    assert hold(extract.points(SEED), reply)[0] == names


def test_unreadable_extraction_is_asked_again_and_then_fails():
    """X-03: bounded retries, then a failure; never an empty list."""
    names, chats = hold(extract.points(SEED), "I cannot.", "1. Area")
    assert names == ("Area",)
    assert [chat.attempt for chat in chats] == [0, 1]
    with pytest.raises(UnreadableReply, match="no numbered list"):
        hold(extract.points(SEED), "no", "no", "no")


@pytest.mark.parametrize(
    ("point", "reply", "label", "reason"),
    [
        ("Logical thinking", "Verdict: vague\nReason: It fits any problem.", "vague", "It fits any problem."),
        ("Every prime is odd", "**Verdict:** Wrong\n**Reason:** 2 is even.", "wrong", "2 is even."),
        (
            "Solve 3x + 4 = 10",
            '{"verdict": "over-detailed", "reason": "One equation."}',
            "over-detailed",
            "One equation.",
        ),
        ("Pythagorean theorem", "Verdict: keep.\nReason: A theorem.", "keep", "A theorem."),
    ],
)
def test_bad_points_are_labelled_with_a_reason(point, reply, label, reason):
    """GSDP-05: generic strategies, false statements and one concrete equation go, each with its own label."""
    verdict, (chat,) = hold(filter_quality.judge(point), reply)
    assert (verdict.label, verdict.reason, verdict.reply_id) == (label, reason, "R-1")
    assert verdict.keep is (label == "keep")
    assert point in user_text(chat)
    assert chat.role == "filter"


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Same: Yes\nReason: one heading", True),
        ("same: no\nreason: other objects", False),
        ("Same：否\nReason：不同", False),
    ],
)
def test_same_or_not(reply, verdict):
    """GSDP-07."""
    found, (chat,) = hold(filter_synonyms.judge("GCD", "Greatest common divisor"), reply)
    assert found.same is verdict
    assert "GCD" in user_text(chat)
    assert "Greatest common divisor" in user_text(chat)


@pytest.mark.parametrize(
    "talk", [lambda: filter_synonyms.judge("a", "b"), lambda: filter_quality.judge("a"), lambda: naming.choose(["a"])]
)
@pytest.mark.parametrize(
    "reply", ["", "Maybe", "Same: perhaps\nReason: x", "Verdict: good\nReason: x", "Name:\nReason: x"]
)
def test_unreadable_verdicts_fail(talk, reply):
    """X-03: a failed state, never a silent default."""
    with pytest.raises(UnreadableReply):
        hold(talk(), reply, reply, reply)


def test_representative_is_one_of_the_class_or_a_better_name():
    """GSDP-09: choice and reason; a synthesised name is allowed and marked."""
    chosen, (chat,) = hold(naming.choose(["GCD", "gcd of two numbers"]), 'Name: "gcd"\nReason: short')
    assert (chosen.name, chosen.reason, chosen.written, chosen.reply_id) == ("GCD", "short", False, "R-1")
    assert "- GCD\n- gcd of two numbers" in user_text(chat)
    written, _ = hold(naming.choose(["GCD"]), "Name: Greatest common divisor\nReason: the standard term")
    assert (written.name, written.written) == ("Greatest common divisor", True)


@pytest.mark.parametrize(
    ("talk", "prompt"),
    [
        (lambda **more: filter_synonyms.judge("a", "b", **more), filter_synonyms.PROMPT),
        (lambda **more: filter_quality.judge("a", **more), filter_quality.PROMPT),
        (lambda **more: naming.choose(["a"], **more), naming.PROMPT),
    ],
)
def test_every_question_names_its_prompt_and_how_the_reply_is_drawn(talk, prompt):
    """X-02: a reply leads back to its prompt and seed."""
    asked = next(talk())
    assert (asked.role, asked.prompt, asked.sampling) == ("filter", prompts.load(prompt).ref, Sampling())
    drawn = Sampling(temperature=0.3, seed=7)
    asked = next(talk(role="namer", sampling=drawn))
    assert (asked.role, asked.sampling) == ("namer", drawn)


def test_a_sentence_is_no_name():
    with pytest.raises(UnreadableReply, match="is no name"):
        hold(naming.choose(["GCD"], retries=0), f"Name: {'I think that ' * 20}\nReason: x")
