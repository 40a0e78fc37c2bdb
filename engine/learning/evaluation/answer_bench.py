"""How well answers are read and compared, on files of outputs with expected answers and grades, beside math-verify.

A row counts as right where the grade of the file says so; a file without grades holds right answers only (solutions
beside their gold). Every row goes through both readers in the same run. Two more kinds of file make rows:

ProcessBench   steps of a solution and whether its final answer is right; the expected answer stands in a benchmark
benchmarks     each gold in a box against itself, and against another number, or letter, where it is a plain one
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.learning.evaluation.choices import letters_in
from engine.learning.evaluation.grading import Grade, grade
from engine.learning.evaluation.questions import BenchmarkQuestion, Unfit, from_row
from engine.verification.answers import equivalent, extract_answer
from engine.verification.answers.sentinels import says_no_answer

_STEPS = frozenset(("steps", "final_answer_correct"))
_IN_A_BOX = "So the final answer is $\\boxed{{{}}}$."
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_TRUE = frozenset(("true", "1", "1.0", "yes", "right", "correct"))


@dataclass(frozen=True, slots=True)
class GradedOutput:
    """A reply, the answer that was expected, and whether the authors of the file took it for right."""

    text: str
    expected: str
    right: bool
    question: str = ""
    """What was asked: it may say in which form or order its answer is to be given."""
    row: str = ""
    """How the row is called in its file: its `id`, or its number."""


@dataclass(frozen=True, slots=True)
class DisagreedRow:
    """A row whose grade is not what our reader says, with both verdicts: the reader's fault, or the file's."""

    row: str
    right: bool
    expected: str
    read: str | None
    how: str
    theirs: bool
    """What math-verify says."""
    same_value: bool
    """Whether both answers mean the same, so that a grade of wrong is one of the file's own."""


@dataclass(slots=True)
class ReadingScore:
    """What one reader made of the rows of a file, or of all."""

    reader: str
    name: str = ""
    """The file; '' for all."""
    rows: int = 0
    agreed: int = 0
    """Rows whose verdict is the grade of the file."""
    false_accepts: int = 0
    false_rejects: int = 0
    unread: int = 0
    """Rows in which no answer was found; they count as rejected."""
    without: int = 0
    """Rows beside these whose file gives no expected answer, `None` say: nothing to be graded against."""
    seconds: float = 0.0
    by_evidence: dict[str, int] = field(default_factory=dict)
    disagreed: list[DisagreedRow] = field(default_factory=list)
    """The rows of one file on which our verdict is not its grade."""

    def add(self, other: ReadingScore) -> None:
        """Count the rows of another score as well."""
        for name in ("rows", "agreed", "false_accepts", "false_rejects", "unread", "without", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, count in other.by_evidence.items():
            self.by_evidence[kind] = self.by_evidence.get(kind, 0) + count

    @property
    def accuracy(self) -> float:
        """Share of rows whose verdict is the grade of the file."""
        return self.agreed / self.rows if self.rows else 0.0


def rows_of(
    rows: Sequence[Mapping[str, Any]], asked: Sequence[tuple[str, str]], gold: str, golds: Mapping[str, str]
) -> Iterator[GradedOutput]:
    """Yield what a file gives: its outputs, ProcessBench's solutions, or the golds of a benchmark.

    Args:
        rows: the rows of the file.
        asked: columns of outputs, each with that of its grade or ''.
        gold: the column of the expected answer.
        golds: expected answers by problem, see `golds_of`, for files that have none.
    """
    if any(row.keys() >= _STEPS for row in rows):
        yield from _solutions(rows, golds)
        return
    found = False
    for text, right in asked:
        for one in outputs(rows, text, gold, right):
            found = True
            yield one
    if not found:
        yield from _benchmark(rows)


def golds_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the expected answer of each problem of a benchmark."""
    return {_folded(question.text): question.answer for question in _questions(rows)}


def _questions(rows: Iterable[Mapping[str, Any]]) -> Iterator[BenchmarkQuestion]:
    for row in rows:
        try:
            yield from_row("golds", row, None)
        except Unfit:
            continue


def _solutions(rows: Iterable[Mapping[str, Any]], golds: Mapping[str, str]) -> Iterator[GradedOutput]:
    for place, row in enumerate(rows, 1):
        asked = str(row.get("problem"))
        if row.keys() >= _STEPS and (wanted := golds.get(_folded(asked))):
            text, right = "\n\n".join(map(str, row["steps"])), _right(row["final_answer_correct"])
            yield GradedOutput(text, wanted, right, asked, str(row.get("id", place)))


def _benchmark(rows: Iterable[Mapping[str, Any]]) -> Iterator[GradedOutput]:
    before = None
    for place, row in enumerate(rows, 1):
        question = next(_questions([row]), None)
        answer = question.answer if question else ""
        yield GradedOutput(_IN_A_BOX.format(answer), answer, True, row=str(place))
        if question is None:
            continue
        if question.choice:
            other = "B" if letters_in(answer) == "A" else "A"
            yield GradedOutput(_IN_A_BOX.format(other), answer, False, row=f"{place}, another letter")
        elif _NUMBER.fullmatch(question.answer):
            if before is not None and Decimal(before) != Decimal(question.answer):
                yield GradedOutput(_IN_A_BOX.format(before), question.answer, False, row=f"{place}, another number")
            before = question.answer


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def outputs(rows: Iterable[Mapping[str, Any]], text: str, gold: str, right: str = "") -> Iterable[GradedOutput]:
    """Yield the outputs of rows; a column is named with dots where it lies inside another, and may hold a list."""
    for number, row in enumerate(rows, 1):
        texts, expected = column_of(row, text), column_of(row, gold)
        if texts is None or expected is None:
            continue
        said = str(expected)
        wanted = (extract_answer(said) or said) if "\n" in said or len(said) > 60 else said
        grades = column_of(row, right) if right else None
        if not isinstance(texts, list):
            texts, grades = [texts], [grades] if right else None
        asked = next((str(row[name]) for name in ("question", "problem") if isinstance(row.get(name), str)), "")
        called = str(row.get("id", number))
        for place, one in enumerate(texts):
            told = f"{called}, {text}" + (f" {place + 1}" if len(texts) > 1 else "")
            yield GradedOutput(str(one), wanted, _right(grades[place]) if grades else True, asked, told)


def graded(one: GradedOutput) -> Grade:
    """Return our grade of a row; nobody else is asked."""
    return grade(one.text, one.expected, one.question, disputes=False)


def ours(one: GradedOutput) -> tuple[bool, str]:
    """Return our verdict, and what speaks for the answer that was read; '' where none was."""
    mark = graded(one)
    return mark.right, mark.evidence or ("letter" if mark.answer else "")


def by_math_verify(one: GradedOutput) -> tuple[bool, str]:
    """Return the verdict of math-verify, read as its documentation shows, and whether it read anything."""
    from math_verify import parse, verify

    said = parse(one.text)
    gold = parse(f"${one.expected.strip('$')}$")
    return bool(verify(gold, said)), "read" if said else ""


READERS: dict[str, Callable[[GradedOutput], tuple[bool, str]]] = {"ours": ours, "math-verify": by_math_verify}


def measured(rows: Iterable[GradedOutput], file: str = "") -> list[ReadingScore]:
    """Return what each reader made of the same rows, which are those of `file`."""
    scores = {name: ReadingScore(name, file) for name in READERS}
    for row in rows:
        if not row.expected or says_no_answer(row.expected):
            for score in scores.values():
                score.without += 1
            continue
        verdicts: dict[str, bool] = {}
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
            verdicts[name] = said
        if verdicts["ours"] != row.right:
            scores["ours"].disagreed.append(_disagreed(row, verdicts["math-verify"]))
    return list(scores.values())


def _disagreed(row: GradedOutput, theirs: bool) -> DisagreedRow:
    mark = graded(row)
    same = mark.answer is not None and equivalent(mark.answer, row.expected)
    return DisagreedRow(row.row, row.right, row.expected, mark.answer, mark.how, theirs, same)


def together(scores: Iterable[ReadingScore]) -> list[ReadingScore]:
    """Return the scores of each reader over all files."""
    whole = {name: ReadingScore(name) for name in READERS}
    for one in scores:
        whole[one.reader].add(one)
    return list(whole.values())


def column_of(row: Any, path: str) -> Any:
    """Return a column, which is named with dots where it lies inside another; None where it is not there."""
    for part in path.split("."):
        if not isinstance(row, Mapping) or part not in row:
            return None
        row = row[part]
    return row


def _right(value: Any) -> bool:
    return str(value).strip().lower() in _TRUE
