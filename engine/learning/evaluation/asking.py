"""How a question is put: step by step with the answer in a box, in its language, after examples where published.

Most benchmarks are asked without examples; multiple choice of the Gaokao and of the middle school has five (CL-29).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

from engine.core import prompts
from engine.core.protocol import Chat, Message, Sampling
from engine.learning.evaluation.questions import BenchmarkQuestion

PLAIN = "solving/self_play"
"""What a model is asked where no other prompt fits: the very words under which models answer themselves."""
_PROMPTS = {
    ("en", False): (PLAIN, "question"),
    ("zh", False): ("evaluation/chinese", "problem"),
    ("en", True): ("evaluation/choice", "problem"),
    ("zh", True): ("evaluation/choice_chinese", "problem"),
}
_SHOTS = Path(__file__).parent / "shots"


def chat(question: BenchmarkQuestion, role: str, sampling: Sampling) -> Chat:
    """Return what `role` is asked; worked examples come before as turns of the conversation."""
    name, hole = _PROMPTS[question.language, question.choice]
    prompt = prompts.load(name)
    messages = prompt.fill(**{hole: question.text})
    shown: list[Message] = []
    for text, solution in examples(question.language)[: question.shots]:
        shown += [prompt.fill(**{hole: text})[-1], Message("assistant", solution)]
    return Chat(role, (*messages[:-1], *shown, messages[-1]), prompt.ref, sampling)


@cache
def examples(language: str) -> tuple[tuple[str, str], ...]:
    """Return the worked multiple-choice examples of a language: question and solution."""
    lines = (_SHOTS / f"choice_{language}.jsonl").read_bytes().splitlines()
    return tuple((each["question"], each["solution"]) for each in map(orjson.loads, lines))
