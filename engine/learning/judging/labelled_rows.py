"""Problems and solutions that people judged before, from files as others write them.

    ProcessBench   problem, steps, label: the number of the first wrong step, -1 where there is none
    outputs        a question, and a column for each model with solution and is_correct, as OpenAI's verifiers of GSM8K
                   came with; or columns code and score, lists of solutions and of true or false, as Qwen's evaluation
    GSM-Plus       question, answer, perturbation_type: a problem whose answer is None cannot be answered
    plain          statement, solution (none where the problem itself was judged), answer if need be, good: true, false

Rows that say the same of the same texts are one. A row whose label is missing is left out and counted, and so are
texts that a file calls both good and bad.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.core.errors import BadInput
from engine.core.records import content_id
from engine.seeds.files import kind_of, rows
from engine.seeds.gsm8k import without_notes
from engine.seeds.rows import BrokenRow

About = Literal["solution", "problem"]
Shape = Literal["ProcessBench", "outputs", "GSM-Plus", "plain"]
MEANS: Mapping[Shape, str] = {
    "ProcessBench": "good: people found no wrong step",
    "outputs": "good: the final answer is the published one",
    "GSM-Plus": "good: the problem can be answered",
    "plain": "good: as the file says",
}
_STATEMENTS = ("statement", "problem", "question")
_YES, _NO = ("true", "yes", "good", "1", "1.0"), ("false", "no", "bad", "0", "0.0")
_SHAPES = "Rows need statement, good and, where a solution was judged, solution."


@dataclass(frozen=True, slots=True)
class HumanJudgedRow:
    """One problem, or one solution of it, and what people said. `id` is made of the texts."""

    id: str
    source: str
    about: str
    statement: str
    solution: str
    """'' where the problem itself was judged."""
    good: bool


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """The different rows of one file, what their labels mean, and what was left out."""

    name: str
    path: str
    shape: Shape
    about: About
    rows: tuple[HumanJudgedRow, ...]
    notes: tuple[str, ...]

    def drawn(self, limit: int, seed: int) -> tuple[HumanJudgedRow, ...]:
        """Return `limit` rows, each with the same chance and in no order; all for 0, and where there are fewer."""
        return tuple(
            random.Random(f"{seed}|{self.name}").sample(self.rows, min(limit, len(self.rows)) or len(self.rows))
        )


def read(spec: str) -> JudgedFile:
    """Return the rows of FILE or NAME=FILE; BadInput names file, line and what is wrong."""
    path = Path(spec).expanduser()
    name, mark, rest = spec.partition("=")
    if not path.is_file() and mark:
        path = Path(rest.strip()).expanduser()
    named = name.strip() if mark and str(path) != spec else path.name.partition(".")[0]
    shape: Shape | None = None
    found: dict[str, HumanJudgedRow] = {}
    unlabelled, both, every = 0, set[str](), 0
    for line, fields in _fields(path):
        where = f"{path}, line {line}"
        shape = shape or _shape(fields, where)
        for row in _read(shape, fields, named, where):
            every += 1
            if row is None:
                unlabelled += 1
            elif found.setdefault(row.id, row).good != row.good:
                both.add(row.id)
    kept = tuple(row for row in found.values() if row.id not in both)
    if shape is None or not kept:
        raise BadInput("holds no row with a label.", where=str(path), do=_SHAPES)
    if len(abouts := {row.about for row in kept}) > 1:
        do = "Give rows with and without a solution in two files."
        raise BadInput("judges some problems and some solutions.", where=str(path), do=do)
    notes = [f"{unlabelled:,} rows without a label are left out"] if unlabelled else []
    if repeats := every - unlabelled - len(found):
        notes.append(f"{repeats:,} rows repeat others and count once")
    notes += [f"{len(both):,} texts that are called both good and bad are left out"] if both else []
    about: About = "solution" if abouts == {"solution"} else "problem"
    return JudgedFile(named, str(path), shape, about, kept, tuple(f"{named}: {note}" for note in notes))


def _fields(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for row in rows(path, kind_of(path)):
        if isinstance(row, BrokenRow):
            raise BadInput(f"{row.reason}: {row.detail}.", where=f"{path}, line {row.line}", do="Mend or drop the row.")
        yield row.line, row.fields


def _shape(fields: Mapping[str, Any], where: str) -> Shape:
    if "steps" in fields and "label" in fields:
        return "ProcessBench"
    if _outputs(fields):
        return "outputs"
    if "good" in fields:
        return "plain"
    if "perturbation_type" in fields and "answer" in fields:
        return "GSM-Plus"
    named = ", ".join(list(fields)[:12]) or "none"
    raise BadInput(f"nothing says what people hold of this row; its columns: {named}.", where=where, do=_SHAPES)


def _outputs(fields: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return solution and grade of all that models wrote for the question of a row."""
    columns = [
        each for each in fields.values() if isinstance(each, Mapping) and {"solution", "is_correct"} <= set(each)
    ]
    code, score = fields.get("code"), fields.get("score")
    if not columns and isinstance(code, list) and isinstance(score, list) and len(code) == len(score):
        return list(zip(code, score, strict=True))
    return [(each["solution"], each["is_correct"]) for each in columns]


def _read(shape: Shape, fields: Mapping[str, Any], source: str, where: str) -> Iterator[HumanJudgedRow | None]:
    """Yield the rows of a record, None for one without a label."""
    name = next((one for one in _STATEMENTS if isinstance(fields.get(one), str) and fields[one].strip()), "")
    if not name:
        raise BadInput(f"a row has no {', '.join(_STATEMENTS[:-1])} or {_STATEMENTS[-1]}.", where=where, do=_SHAPES)
    statement = fields[name].strip()
    if shape == "outputs":
        for solution, good in _outputs(fields):
            yield _row(source, statement, without_notes(str(solution)), good, where)
    elif shape == "ProcessBench":
        label = fields.get("label")
        good = None if label is None else _whole(label, where) == -1
        yield _row(source, statement, "\n\n".join(map(str, fields.get("steps") or ())), good, where)
    elif shape == "GSM-Plus":
        yield _row(source, statement, "", str(fields.get("answer")).strip() not in ("None", ""), where)
    else:
        yield _row(source, statement, _solution(fields), fields.get("good"), where)


def _solution(fields: Mapping[str, Any]) -> str:
    """Return the solution of a plain row, with its answer where the solution does not name it."""
    solution, answer = (str(fields.get(name) or "").strip() for name in ("solution", "answer"))
    return f"{solution}\n\nAnswer: {answer}" if solution and answer and answer not in solution else solution


def _whole(label: Any, where: str) -> int:
    try:
        return int(label)
    except (TypeError, ValueError):
        raise BadInput(
            f"label {label!r} is no number of a step.", where=where, do="-1 says that no step is wrong."
        ) from None


def _row(source: str, statement: str, solution: str, good: Any, where: str) -> HumanJudgedRow | None:
    if good is None or (isinstance(good, str) and not good.strip()):
        return None
    said = str(good).strip().lower()
    if said not in (*_YES, *_NO):
        raise BadInput(f"good is {good!r}, neither true nor false.", where=where, do="Write true or false.")
    about = "solution" if solution.strip() else "problem"
    return HumanJudgedRow(
        content_id("J", about, statement, solution), source, about, statement, solution.strip(), said in _YES
    )
