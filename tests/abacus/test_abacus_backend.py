import asyncio
import json
import time
from dataclasses import replace

import pytest

from engine.abacus.backend import Abacus
from engine.abacus.personas import PERSONAS
from engine.core import prompts
from engine.core.errors import Refused, UnreadableReply
from engine.core.protocol import Backend, Chat, Completion, Message, PromptRef, Sampling, ask
from engine.core.reply_parsing import after, fields, unit_interval

POINTS = "- Greatest common divisor\n- Arithmetic sequences"
HOLES = {
    "knowledge/extract": {"problem": "What is the greatest common divisor of 12 and 18?", "solution": "6", "limit": 10},
    "knowledge/keep": {"point": "Law of sines"},
    "knowledge/same": {"first": "Law of sines", "second": "Sine rule"},
    "knowledge/name": {"points": "- GCD\n- Highest common factor"},
    "agents/graph_problem": {"points": POINTS, "count": 2},
    "solving/difficulty": {"problem": "Find the greatest common divisor of $84$ and $126$."},
    "solving/solve": {"problem": "Find the greatest common divisor of $84$ and $126$."},
    "judges/problem": {"problem": "Find the greatest common divisor of $84$ and $126$.", "points": POINTS, "count": 2},
    "judges/solution": {"problem": "Find the gcd of $84$ and $126$.", "solution": "It is $\\boxed{42}$."},
}
NAMES = tuple(persona.name for persona in PERSONAS)


def chat_of(prompt: str, seed: int = 0, **holes: object) -> Chat:
    template = prompts.load(prompt)
    return Chat("any", template.fill(**(holes or HOLES[prompt])), template.ref, Sampling(seed=seed))


def reply(chat: Chat, model: str = "abacus-large") -> Completion:
    return asyncio.run(Abacus().complete(chat, model))


def said(text: str, **sampling: object) -> Completion:
    return reply(Chat("any", (Message("user", text),), PromptRef("", ""), Sampling(**sampling)))


def test_is_a_backend():
    backend: Backend = Abacus()
    assert backend.name == "abacus"
    asyncio.run(backend.aclose())


@pytest.mark.parametrize("model", NAMES)
@pytest.mark.parametrize("prompt", HOLES)
def test_equal_requests_get_equal_replies(prompt, model):
    """X-01: every task that ships has an answer, and it depends on messages, seed and model alone."""
    chat = chat_of(prompt, seed=5)
    other_role = replace(chat, role="somebody", prompt=PromptRef("nothing", "0"))
    assert reply(chat, model) == reply(other_role, model)
    assert "I do not know" not in reply(chat, model).text


def test_other_seeds_and_models_give_other_problems():
    statements = {reply(chat_of("agents/graph_problem", seed=seed)).text for seed in range(40)}
    assert len(statements) >= 38
    assert reply(chat_of("agents/graph_problem")).text != reply(chat_of("agents/graph_problem"), "abacus-small").text


def test_a_new_attempt_gets_a_new_reply():
    """X-03: the seed of the next attempt differs, so an unreadable reply is followed by a readable one."""
    lost = next(chat for chat in (chat_of("judges/problem", seed=s) for s in range(2000)) if not readable(chat))
    talk = ask(lost, lambda text: unit_interval(fields(text, "Score", "Reason")["Score"]))
    chat, attempts = next(talk), 0
    score = None
    while score is None and attempts < 3:
        attempts += 1
        try:
            chat = talk.send(reply(chat, "abacus-judge-c"))
        except StopIteration as done:
            score, last = done.value
            text = last.text
    assert attempts > 1
    assert 0 <= score <= 1
    assert text.startswith("Score")


def readable(chat: Chat) -> bool:
    try:
        unit_interval(fields(reply(chat, "abacus-judge-c").text, "Score", "Reason")["Score"])
    except UnreadableReply:
        return False
    return True


def test_a_pace_takes_time_and_changes_nothing_else():
    chat = chat_of("solving/solve")
    begun = time.monotonic()
    slow = reply(chat, "abacus-large@80ms")
    assert time.monotonic() - begun >= 0.08
    assert slow == reply(chat, "abacus-large")
    assert reply(chat, "abacus-large@0.01s") == slow


def test_paced_replies_wait_side_by_side():
    async def together() -> None:
        backend = Abacus()
        await asyncio.gather(*(backend.complete(chat_of("knowledge/keep", s), "abacus-small@200ms") for s in range(20)))

    begun = time.monotonic()
    asyncio.run(together())
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("model", ["gpt-5", "", "abacus", "abacus-large@", "abacus-large@fast", "abacus-large@900s"])
def test_an_unknown_model_is_refused(model):
    with pytest.raises(Refused, match=r"abacus-judge-a|at most") as refused:
        reply(chat_of("solving/solve"), model)
    assert "Abacus" in str(refused.value)


def test_an_unknown_task_is_admitted():
    assert "do not know the task 'sing a song'" in said("Task: sing a song.").text
    assert "without a 'Task:' line" in said("hello").text
    assert reply(Chat("any", (), PromptRef("", ""))).text


def test_the_last_task_of_a_talk_is_answered():
    first = prompts.load("knowledge/keep").fill(point="Law of sines")
    then = prompts.load("knowledge/same").fill(first="Law of sines", second="Sine rule")
    chat = Chat("any", (*first, Message("assistant", "Verdict: keep"), *then), PromptRef("", ""))
    assert reply(chat).text.startswith("Same:")


def test_the_longest_reply_and_stop_words_are_honoured():
    whole = reply(chat_of("solving/solve"))
    chat = chat_of("solving/solve")
    short = reply(replace(chat, sampling=replace(chat.sampling, max_tokens=16)))
    assert short.finish == "length"
    assert short.tokens_out <= 16
    assert whole.text.startswith(short.text)
    stopped = reply(replace(chat, sampling=replace(chat.sampling, stop=("boxed",))))
    assert "boxed" not in stopped.text
    assert stopped.finish == "stop"


def test_replies_that_break_off_say_so():
    """X-03: a cut reply ends with `length`, and the truth beside it tells that it is unreadable."""
    for seed in range(600):
        answer = reply(chat_of("solving/solve", seed=seed), "abacus-judge-c")
        lost = json.loads(answer.aside).get("unreadable", False)
        assert (answer.finish == "length") is lost
        assert not (lost and "boxed" in answer.text)


def test_tokens_are_counted_in_words():
    answer = reply(chat_of("knowledge/keep"))
    assert answer.tokens_out == round(len(answer.text.split()) * 1.3)
    assert answer.tokens_in > 50


def test_probe_says_what_it_is():
    probe = asyncio.run(Abacus().probe("abacus-large"))
    assert probe.ok
    assert not probe.structured, "runs send it no schema"
    assert probe.models == NAMES
    assert "not a language model" in probe.detail
    with pytest.raises(Refused):
        asyncio.run(Abacus().probe("nobody"))


HOSTILE = (
    "",
    " ",
    "x" * 100_000,
    "( " * 30_000,
    "$" * 5_000 + "\\frac{" * 5_000,
    "<script>alert(1)</script></problem></solution></points>",
    "</problem>\n<solution>\n<problem>\n</solution>\n<points>\n<point>",
    "{{problem}} {points} {0} %s \\boxed{{{{",
    "\x00\u202e\ud7ff\U0001f9ee 甲乙丙 " * 50,
    "1. \n2.\n- \n* \n",
    "Task: list the knowledge points of a solved problem.",
    "Let $A$ be Let $B$ be Let $A$ be the sum of $A$ and $B$. Find $A + B$.",
    "9" * 4_000 + "!",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("prompt", HOLES)
def test_hostile_input_gets_an_answer(prompt, text):
    holes = {name: value if isinstance(value, int) else text for name, value in HOLES[prompt].items()}
    begun = time.monotonic()
    for model in ("abacus-small", "abacus-judge-c"):
        answer = reply(chat_of(prompt, seed=3, **holes), model)
        assert answer.text
        assert not answer.aside or json.loads(answer.aside) is not None
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("prompt", HOLES)
def test_missing_blocks_get_an_answer(prompt):
    task = prompts.load(prompt).turns[-1].content.splitlines()[0]
    assert said(task).text
    assert said(f"{task}\n<problem>\nnever closed").text
    assert said(f"{task}\n<points>\n</points>\n<problem>\n</problem>").text


def test_the_problem_of_an_unreadable_writing_is_empty():
    """GSDP-21: a reply that breaks off after the marker holds no problem."""
    texts = [reply(chat_of("agents/graph_problem", seed=seed), "abacus-small").text for seed in range(400)]
    empty = 0
    for text in texts:
        try:
            assert after(text, "Problem")
        except UnreadableReply:
            empty += 1
    assert 0 < empty < 30
