"""Questions that follow up another of the same row: each becomes a seed with the text without which it means nothing.

`followup`, `sub_questions`, `questions` beside a context, later turns of a conversation; answers stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.seeds.names import key, tail
from engine.seeds.rows import text_of
from engine.seeds.talks import LATER

_COLUMNS = frozenset(
    [
        "followup",
        "followups",
        "followupquestion",
        "followupquestions",
        "followupproblem",
        "followupproblems",
        "subquestion",
        "subquestions",
        "subproblem",
        "subproblems",
        "questions",
        "qapairs",
        "qas",
        "小题",
        "子问题",
    ]
)
_ANSWERS = frozenset(["followupanswer", "followupanswers", "subanswer", "subanswers", "subquestionanswers", "answers"])
_ASKED = ("question", "problem", "statement", "text", "prompt", "followup", "subquestion", "题目", "问题")
_ANSWER = ("answer", "finalanswer", "答案")
_SOLUTION = ("solution", "rationale", "explanation", "reasoning", "解析")


def follow_up_columns(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns of a row that hold such questions, or their answers."""
    held = [column for column in fields if tail(column) == LATER or tail(column) in _COLUMNS]
    yield from held
    if held:
        yield from (column for column in fields if tail(column) in _ANSWERS)


def asked_later(fields: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each question with its `answer` and `solution`."""
    answers = next((fields[column] for column in fields if tail(column) in _ANSWERS), None)
    for column, value in fields.items():
        if tail(column) == LATER:
            yield from ((asked, {"solution": said, "answer": None}) for asked, said in value or ())
        elif tail(column) in _COLUMNS:
            given = value if isinstance(value, list) else [value]
            told = answers if isinstance(answers, list) else [answers]
            for number, one in enumerate(given):
                found = _asked(one, column, told[number] if number < len(told) else None)
                if found:
                    yield found


def _asked(one: Any, column: str, answer: Any) -> tuple[str, dict[str, Any]] | None:
    if not isinstance(one, Mapping):
        text = text_of(one, column)
        return (text, {"solution": None, "answer": answer}) if text else None
    small = {key(str(name)): value for name, value in one.items()}
    text = next((text for name in _ASKED if (text := text_of(small.get(name), column))), None)
    if not text:
        return None
    said = {"solution": _of(small, _SOLUTION), "answer": _of(small, _ANSWER)}
    return text, said | {name: value for name, value in one.items() if key(str(name)) in ("options", "choices")}


def _of(small: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((small[name] for name in names if small.get(name) is not None), None)
