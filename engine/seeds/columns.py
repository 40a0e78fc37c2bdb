"""Any other table: which column holds the statement, the solution, the answer and so on.

Names are guessed from what people usually call them; a person's mapping overrides each guess. Knowledge points are
never guessed, because a wrong column there would spoil the graph unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.errors import BadInput, BadSetting
from engine.core.records import Seed
from engine.seeds.rows import statement_of, text_of
from engine.verification.answers import extract_answer

USUAL: dict[str, tuple[str, ...]] = {
    "statement": (
        "statement",
        "problem",
        "question",
        "prompt",
        "instruction",
        "query",
        "text",
        "input",
        "题目",
        "问题",
    ),
    "solution": (
        "solution",
        "rationale",
        "worked_solution",
        "explanation",
        "analysis",
        "response",
        "output",
        "completion",
        "解答",
    ),
    "answer": ("answer", "final_answer", "expected_answer", "ground_truth", "gold", "target", "label", "答案"),
    "subject": ("subject", "type", "category", "topic", "area", "domain", "学科"),
    "level": ("level", "difficulty", "grade", "难度"),
    "language": ("language", "lang", "语言"),
    "points": ("points", "knowledge_points", "concepts", "skills", "tags"),
}
FIELDS = tuple(USUAL)
_NEVER_GUESSED = frozenset({"points"})
_SEPARATOR = re.compile(r"\s*[;；|\n]\s*")
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+", re.DOTALL)
_LATIN = re.compile(r"[A-Za-z]{2,}")
_CJK = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Guess:
    """Which column a field is taken from (None: from none), and the columns that could serve."""

    field: str
    column: str | None
    candidates: tuple[str, ...]


def guess(columns: tuple[str, ...], mapping: Mapping[str, str], where: str) -> tuple[Guess, ...]:
    """Return a guess per field; BadSetting for an unknown field, BadInput for a column that is not there."""
    for field, column in mapping.items():
        if field not in USUAL:
            raise BadSetting(f"{field} is no field of a seed.", where=where, do=f"Fields: {', '.join(FIELDS)}.")
        if column and column not in columns:
            raise BadInput(f"has no column {column!r}.", where=where, do=f"Columns found: {_named(columns)}.")
    guesses = tuple(_guess(field, columns, mapping) for field in FIELDS)
    if guesses[0].column is None:
        do = f"Columns found: {_named(columns)}. Say which one with --map statement=COLUMN."
        raise BadInput("has no column that looks like a problem statement.", where=where, do=do)
    return guesses


def _guess(field: str, columns: tuple[str, ...], mapping: Mapping[str, str]) -> Guess:
    lowered = {column.lower(): column for column in reversed(columns)}
    candidates = tuple(lowered[name] for name in USUAL[field] if name in lowered)
    if field in mapping:
        return Guess(field, mapping[field] or None, candidates)
    free = tuple(column for column in candidates if column not in mapping.values())
    return Guess(field, free[0] if free and field not in _NEVER_GUESSED else None, candidates)


def _named(columns: tuple[str, ...]) -> str:
    shown = ", ".join(columns[:30])
    return f"{shown} and {len(columns) - 30} more" if len(columns) > 30 else shown or "none"


def seed(fields: Mapping[str, Any], chosen: Mapping[str, str], source: str, origin: str) -> Seed:
    """Return the seed of a row; `chosen` maps fields to columns.

    Where a table has only one column for both, the worked solution is split from the answer it ends with.
    """
    take = {field: fields.get(column) for field, column in chosen.items()}
    statement = _with_options(statement_of(fields, chosen["statement"]), fields.get("options"))
    texts = {field: text_of(take.get(field), chosen.get(field, field)) for field in FIELDS[1:-1]}
    solution, answer = texts["solution"], texts["answer"]
    if answer and not solution and (final := extract_answer(answer)):
        solution, answer = answer, final
    if solution and not answer:
        answer = extract_answer(solution)
    if not answer and isinstance(fields.get("options"), Mapping):
        # A table of choices may keep an empty answer column beside the letter of the right one.
        answer = text_of(fields.get("label"), "label")
    return Seed.make(
        source,
        statement,
        solution=solution,
        answer=answer,
        subject=texts["subject"],
        level=texts["level"],
        language=texts["language"] or language_of(statement),
        points=_points(take.get("points"), chosen.get("points", "points")),
        origin=origin,
    )


def _with_options(statement: str, options: Any) -> str:
    """Return the statement with its choices, one a line, where they stand in a column of their own."""
    if not isinstance(options, Mapping) or not options:
        return statement
    listed = [f"({letter}) {text}" for letter, text in options.items() if text is not None]
    return "\n".join((statement, *listed))


def language_of(statement: str) -> str:
    """Return zh where a text has more Chinese characters than words in Latin letters, formulas left aside; else en."""
    plain = _FORMULA.sub(" ", statement)
    chinese = len(_CJK.findall(plain))
    return "zh" if chinese > 1 and chinese >= len(_LATIN.findall(plain)) else "en"


def _points(value: Any, field: str) -> tuple[str, ...]:
    """Return point names from a list, or from text split at semicolons, bars and line ends."""
    if isinstance(value, list):
        names = [text_of(entry, field) for entry in value]
    else:
        text = text_of(value, field)
        names = list(_SEPARATOR.split(text)) if text else []
    return tuple(dict.fromkeys(name for name in names if name))
