"""Rows of benchmark files to questions: every public file names its fields in its own way, and hides answers in some.

text      question, problem, content ...; after a body or a context; a row wrapped as {"Problem_1": {...}} is unwrapped
options   a mapping, a list, a text `A) .. B) ..`, TAL's nested list; they are put below the text, one a line
answer    a letter, a value, `#### 5`, a list, or only the last box of a solution
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.records import content_id
from engine.core.turn_marks import without_marks
from engine.learning.evaluation.benchmarks import Benchmark
from engine.learning.evaluation.choices import LETTERS, letters_in, options_of, options_within
from engine.seeds.columns import BEFORE
from engine.seeds.options import options_of as other_options
from engine.seeds.rows import RowProblem
from engine.seeds.statement_parts import table_text
from engine.seeds.talks import TABLES, flattened
from engine.seeds.wrapped import opened
from engine.verification.answers import extract_answer, split_at_hashes

TEXTS = (
    "question",
    "problem",
    "content",
    "statement",
    "input",
    "prompt",
    "instruction",
    "query",
    "text",
    "题目",
    "问题",
)
ANSWERS = (
    "final_answer", "answerkey", "correct", "answer_value", "answer", "correct answer", "expected_answer",
    "ground_truth", "gold", "target", "label", "答案",
)  # fmt: skip
SOLUTIONS = ("solution", "rationale", "worked_solution")
LEVELS = ("level", "difficulty", "grade", "难度")
SUBJECTS = ("subject", "subfield", "type", "data_topic", "perturbation_type", "category", "topic", "学科")
POINTS = ("points", "knowledge_points", "concepts")
_ASKING = ("instruction", "prompt", "query")
"""Columns that may only say what is to be done with the column `input`."""
_WORKED = 60
"""Characters from which a text is a worked solution, out of which its answer is read."""
_NOWHERE = ("", "None", "null", "nan")
_PLAIN_FORMULA = re.compile(r"\$([^$]+)\$")


@dataclass(frozen=True, slots=True)
class BenchmarkQuestion:
    """One question of one benchmark."""

    id: str
    benchmark: str
    text: str
    answer: str
    """The expected answer: a value, or for multiple choice the letter, or letters in their order."""
    level: str = ""
    subject: str = ""
    also: str = ""
    """Another text of the same answer, such as that of the right option."""
    choice: bool = False
    language: str = "en"
    rounded: bool = False
    """The expected answer is a rounded decimal."""
    shots: int = 0
    """Worked examples that are shown before it."""


class Unfit(ValueError):
    """A row is no question; `field` names what is missing or wrong."""

    def __init__(self, detail: str, field: str) -> None:
        """`detail` is a sentence to read."""
        self.field = field
        super().__init__(detail)


def kept(fields: Mapping[str, Any], benchmark: Benchmark | None) -> bool:
    """Return whether the benchmark asks this row at all (FL-33: GSM-Plus by its type field)."""
    if benchmark is None or benchmark.keep is None:
        return True
    field, value = benchmark.keep
    if field not in fields:
        raise Unfit(f"the row has no {field}, by which {benchmark.title} is chosen", field)
    said = str(fields[field]).strip().lower()
    return said != value.removeprefix("not ") if value.startswith("not ") else said == value


def from_row(name: str, row: Mapping[str, Any], benchmark: Benchmark | None, time: int = 0) -> BenchmarkQuestion:
    """Return the question of a row; Unfit where it has no text or no answer.

    `time` is how often the benchmark held the same text before: its published size counts repeats.
    """
    fields = {key.lower(): value for key, value in opened(row).items()}
    text = _text(fields)
    options = options_of(fields) or _other_options(fields)
    answer, also = _answer(fields, options)
    if options and not _listed(text, options):
        text = "\n".join((text, *(f"{letter}. {option}" for letter, option in options.items())))
    choice = bool(letters_in(answer)) and bool(options or len(options_within(text)) > 1)
    return BenchmarkQuestion(
        content_id("B", name, text, *([time] if time else [])), name, text, answer,
        level=_first(fields, LEVELS).removeprefix("Level ?"), subject=_subject(fields), also=also, choice=choice,
        language=benchmark.language if benchmark else _language(text),
        rounded=benchmark.rounded if benchmark else False,
        shots=benchmark.shots if benchmark and choice else 0,
    )  # fmt: skip


def _other_options(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the options of the forms that seeds have too, such as `a ) 54 , b ) 55` or columns option_a, option_b."""
    try:
        found = other_options(flattened(fields))
    except RowProblem as problem:
        raise Unfit(problem.detail, problem.field) from problem
    return dict(zip(LETTERS, (text for _, text in found.options), strict=False)) if found else {}


def _text(fields: Mapping[str, Any]) -> str:
    asking = next((name for name in _ASKING if name in fields and "input" in fields), "")
    name = asking or next((name for name in TEXTS if name in fields), "")
    if not name:
        raise Unfit(f"there is no column with the question; columns found: {', '.join(fields) or 'none'}", "question")
    text = _said(fields[name])
    if not text:
        raise Unfit("the question is empty", name)
    before = [_said(fields.get(one)) for one in BEFORE] + [table_text(fields.get(one)) for one in TABLES]
    after = _said(fields.get("input")) if name in _ASKING else ""
    return "\n".join(part for part in (*before, text, after) if part)


def _answer(fields: Mapping[str, Any], options: Mapping[str, str]) -> tuple[str, str]:
    """Return the expected answer, and another text of it or ''."""
    letter = _said(fields.get("choice_answer")) or (_said(fields.get("label")) if options else "")
    plain = _plain(fields)
    if letter and letters_in(letter):
        return letters_in(letter), plain if plain != letter else options.get(letter, "")
    place = fields.get("answer")
    if options and isinstance(place, int) and 0 <= place < len(options):
        plain = LETTERS[place]
    if options and (found := letters_in(plain)):
        return found, options.get(found, "")
    if plain:
        return plain, ""
    named = next((name for name in ANSWERS if name in fields), "")
    if named:
        raise Unfit("a question has no answer", named)
    solved = next((box for name in SOLUTIONS if (box := extract_answer(_said(fields.get(name))))), "")
    if not solved:
        raise Unfit(f"there is no column with the answer; columns found: {', '.join(fields)}", "answer")
    return solved, ""


def _plain(fields: Mapping[str, Any]) -> str:
    """Return the first answer that a row names; of a worked solution what it ends with, a list as its values."""
    for name in ANSWERS:
        value = fields.get(name)
        if isinstance(value, list | tuple) and name == "answer" and value:
            return "[" + ", ".join(_said(part) for part in value) + "]"
        said = _said(value)
        if said:
            return _final(said)
    return ""


def _final(said: str) -> str:
    if "####" in said:
        return split_at_hashes(said)[1]
    return (extract_answer(said) or said) if len(said) > _WORKED else said


def _said(value: Any) -> str:
    """Return a field as text; '' for what stands for nothing."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return _joined(value)
    text = without_marks(str(value).replace("\0", "").strip())
    return "" if text in _NOWHERE else text


def _joined(values: Iterable[Any]) -> str:
    parts = [_said(part) for part in values]
    return ", ".join(part for part in parts if part)


def _listed(text: str, options: Mapping[str, str]) -> bool:
    return len(options_within(text)) == len(options)


def _first(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((said for name in names if (said := _said(fields.get(name)))), "")


def _subject(fields: Mapping[str, Any]) -> str:
    points = next((fields[name] for name in POINTS if fields.get(name)), None)
    if isinstance(points, list | tuple) and points:
        return _said(fields.get("subject")) or _said(points[0])
    routes = fields.get("knowledge_point_routes")
    if isinstance(routes, list) and routes:
        return _said(routes[0]).rpartition("->")[2]
    return _first(fields, SUBJECTS)


def _language(text: str) -> str:
    bare = _PLAIN_FORMULA.sub("", text)
    return "zh" if len(re.findall(r"[\u4e00-\u9fff]", bare)) > len(re.findall(r"[A-Za-z]{2,}", bare)) else "en"
