"""Questions whose right answer and wrong ones stand in columns of their own: together they are the options.

OpenTDB's `correct_answer` and `incorrect_answers`, SciQ's `distractor1` to `distractor3`, TruthfulQA's `best_answer`.
The file tells the right one by its place, so the options are put in the order of their values: shown as they stand,
the first would always be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.seeds.names import key, tail
from engine.seeds.option_texts import options_listed
from engine.seeds.rows import text_of
from engine.verification.answers import extract_answer

_WRONG = re.compile(
    r"(?:incorrect|wrong|false)(?:answers?|options?|choices?)?(?:\d|[a-e])?|distr?actors?(?:\d|[a-e])?|"
    r"错误(?:答案|选项)\d?|干扰(?:项|选项)\d?"
)
_RIGHT = (
    "correctanswer", "rightanswer", "bestanswer", "correctoption", "correctchoice", "correcttext", "correct",
    "goldanswer", "gold", "answer", "finalanswer", "answertext", "correctanswers", "rightanswers", "target",
    "groundtruth", "正确答案", "正确选项", "答案",
)  # fmt: skip
_TEXTS = ("text", "content", "value", "answer", "option")
_LONGEST = 200
"""Signs of an option; what is longer, or has lines, is a solution beside a wrong one, as pairs of preferences have."""
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def wrong_columns(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of a row that hold wrong answers."""
    return tuple(column for column, value in fields.items() if _WRONG.fullmatch(tail(column)) and _texts(value, column))


def right_and_wrong(fields: Mapping[str, Any]) -> tuple[list[str], str, tuple[str, ...]] | None:
    """Return all options in order, the right one of them, and the columns; None where one of the two is not told."""
    wrong = wrong_columns(fields)
    if not wrong:
        return None
    named = {key(str(column)): column for column in reversed(list(fields))}
    for name in _RIGHT:
        if name in named and (given := _texts(fields[named[name]], named[name])):
            right = given[0]
            if "####" in right or "boxed" in right:
                right = extract_answer(right) or right
            others = [text for column in wrong for text in _texts(fields[column], column)]
            options = sorted(dict.fromkeys([right, *others]), key=_by_value)
            told = len(options) > 1 and not any(len(one) > _LONGEST or "\n" in one for one in options)
            return (options, right, (named[name], *wrong)) if told else None
    return None


def _texts(value: Any, column: str) -> list[str]:
    """Return the texts of a value: one, a list of them, or a list that is written in one text."""
    if isinstance(value, str) and _WRONG.fullmatch(tail(column)) and tail(column).endswith(("s", "项", "选项", "答案")):
        listed = options_listed(value)
        value = list(listed.values()) if isinstance(listed, dict) else listed or value
    entries = value if isinstance(value, list | tuple) else [value]
    return list(_each(entries, column))


def _each(entries: list[Any] | tuple[Any, ...], column: str) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, Mapping):
            entry = next((entry[name] for name in _TEXTS if entry.get(name) is not None), None)
        if not isinstance(entry, list | tuple | Mapping | bool) and (text := text_of(entry, column)):
            yield text


def _by_value(text: str) -> tuple[int, float, str]:
    if _NUMBER.fullmatch(text):
        return 0, float(text.replace(",", "")), text
    return 1, 0.0, text.casefold()
