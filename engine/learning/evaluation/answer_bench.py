"""How well answers are read and compared, on files of outputs with expected answers and grades, beside math-verify.

A row counts as right where the grade of the file says so; a file without grades holds right answers only (solutions
beside their gold). Every row goes through both readers in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.learning.evaluation.grading import grade
from engine.verification.answers import extract_answer, find_answer

_TRUE = frozenset(("true", "1", "1.0", "yes", "right", "correct"))


@dataclass(frozen=True, slots=True)
class GradedOutput:
    """A reply, the answer that was expected, and whether the authors of the file took it for right."""

    text: str
    expected: str
    right: bool


@dataclass(slots=True)
class ReadingScore:
    """What one reader made of the rows."""

    reader: str
    rows: int = 0
    agreed: int = 0
    """Rows whose verdict is the grade of the file."""
    false_accepts: int = 0
    false_rejects: int = 0
    unread: int = 0
    """Rows in which no answer was found; they count as rejected."""
    seconds: float = 0.0
    by_evidence: dict[str, int] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Share of rows whose verdict is the grade of the file."""
        return self.agreed / self.rows if self.rows else 0.0


def outputs(rows: Iterable[Mapping[str, Any]], text: str, gold: str, right: str = "") -> Iterable[GradedOutput]:
    """Yield the outputs of rows; a column is named with dots where it lies inside another, and may hold a list."""
    for row in rows:
        texts, expected = _at(row, text), _at(row, gold)
        if texts is None or expected is None:
            continue
        said = str(expected)
        wanted = (extract_answer(said) or said) if "\n" in said or len(said) > 60 else said
        grades = _at(row, right) if right else None
        if not isinstance(texts, list):
            texts, grades = [texts], [grades] if right else None
        for place, one in enumerate(texts):
            yield GradedOutput(str(one), wanted, _right(grades[place]) if grades else True)


def ours(one: GradedOutput) -> tuple[bool, str]:
    """Return our verdict, and what speaks for the answer that was read; '' where none was."""
    found = find_answer(one.text)
    return (grade(one.text, one.expected).right if found.value else False), found.evidence or ""


def by_math_verify(one: GradedOutput) -> tuple[bool, str]:
    """Return the verdict of math-verify, read as its documentation shows, and whether it read anything."""
    from math_verify import parse, verify

    said = parse(one.text)
    gold = parse(f"${one.expected.strip('$')}$")
    return bool(verify(gold, said)), "read" if said else ""


READERS: dict[str, Callable[[GradedOutput], tuple[bool, str]]] = {"ours": ours, "math-verify": by_math_verify}


def measured(rows: Iterable[GradedOutput]) -> list[ReadingScore]:
    """Return what each reader made of the same rows."""
    scores = {name: ReadingScore(name) for name in READERS}
    for row in rows:
        for name, reader in READERS.items():
            start = time.perf_counter()
            said, evidence = reader(row)
            score = scores[name]
            score.seconds += time.perf_counter() - start
            score.rows += 1
            score.agreed += said == row.right
            score.false_accepts += said and not row.right
            score.false_rejects += row.right and not said
            score.unread += not evidence
            score.by_evidence[evidence or "unread"] = score.by_evidence.get(evidence or "unread", 0) + 1
    return list(scores.values())


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(row, Mapping) or part not in row:
            return None
        row = row[part]
    return row


def _right(value: Any) -> bool:
    return str(value).strip().lower() in _TRUE
