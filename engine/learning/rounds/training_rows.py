"""What a synthesis gives to training: examples to imitate and pairs to prefer, read from its journal (CL-13..15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from engine.core import prompts
from engine.core.errors import BadInput
from engine.core.files import write_atomically
from engine.core.records import Act, Intermediate, JournalRecord, Problem, Solution, Verdict
from engine.curation import sorting
from engine.curation.sorting import NO_BOX
from engine.generation.agents import request_problem
from engine.generation.solvers import self_play
from engine.learning.training.replay import Preference, TrainingExample, pair_of, row_of
from engine.runs import journal
from engine.verification.answers import extract_answer

WRITTEN_BY_MODEL = ("writer", "self")
"""Roles of the synthesis that the model of the round takes; the others are the plan's."""
WAITS = "its question was edited and its solution was not"
Learn = Literal["requests", "solutions", "both"]


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person did to a sample before it was sorted."""

    act: Act
    statement: str | None = None
    solution: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Training data of one synthesis, with the counts that a round reports (CL-39)."""

    tuned: tuple[TrainingExample, ...]
    pairs: tuple[Preference, ...]
    classes: Mapping[str, int]
    """Samples by class: fine-tuning, preference, discarded."""
    left_out: Mapping[str, int]
    """Samples that a filter or a person removed, by reason."""


@dataclass(slots=True)
class _Said:
    """Everything that a journal says, by problem."""

    problems: dict[str, Problem] = field(default_factory=dict)
    solutions: dict[str, Solution] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    ruled: dict[str, Verdict] = field(default_factory=dict)


def read(directory: Path, learn: Learn = "requests", hands: Mapping[str, Hand] | None = None) -> Material:
    """Return the training data of the synthesis in the run directory `directory`.

    Args:
        directory: a run of the recipe `continual`.
        learn: whether samples teach to answer requests, to solve their questions, or both.
        hands: what people did, by problem id; edits replace texts, rejected samples are left out.
    """
    said = _gather(journal.records(directory / "journal"))
    made = _Made(learn)
    for problem in said.problems.values():
        sample = _Sample.of(problem, said, (hands or {}).get(problem.id))
        if problem.parent_id is None:
            made.take(sample, said.groups.get(problem.id, ""))
        else:
            made.prefer(sample, _Sample.of(said.problems[problem.parent_id], said, None))
    return Material(tuple(made.tuned), tuple(made.pairs), dict(made.classes), dict(made.left_out))


@dataclass(frozen=True, slots=True)
class _Sample:
    """A question with its solution as a person left it; `fault` says why a filter or a person keeps it out."""

    request: str
    statement: str
    solution: str
    fault: str
    by_hand: bool

    @staticmethod
    def of(problem: Problem, said: _Said, hand: Hand | None) -> _Sample:
        worked = said.solutions.get(problem.id)
        ruled = said.ruled.get(problem.id)
        fault = ruled.reason if ruled is not None and not ruled.value else ""
        if hand:
            fault = "rejected by a person" if hand.act == "reject" else _half(hand, problem)
        edited = hand if hand and hand.act == "edit" else Hand("approve")
        answer = extract_answer(edited.solution) if edited.solution else worked and worked.answer
        # A person's yes does not give a solution the answer that it lacks.
        fault = fault or ("" if answer else NO_BOX)
        return _Sample(
            said.requests.get(problem.id, ""),
            edited.statement or problem.statement,
            edited.solution or (worked.text if worked else ""),
            fault,
            hand is not None,
        )

    @property
    def text(self) -> str:
        """The sample as a writer gives it, in the form that its prompt asks for."""
        return f"Question: {self.statement}\nSolution: {self.solution}"


def _half(hand: Hand, problem: Problem) -> str:
    """Say why a sample waits: its question was edited and nobody gave, or confirmed, a solution; '' where none does."""
    changed = hand.statement is not None and hand.statement != problem.statement
    return WAITS if hand.act == "second-opinion" or (changed and hand.solution is None) else ""


@dataclass(slots=True)
class _Made:
    """Training data as it grows."""

    learn: Learn
    tuned: list[TrainingExample] = field(default_factory=list)
    pairs: list[Preference] = field(default_factory=list)
    classes: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(sorting.GROUPS, 0)))
    left_out: Counter[str] = field(default_factory=Counter)

    def take(self, sample: _Sample, group: str) -> None:
        """Use a first version by its class; a person's word goes before the class."""
        if not group:
            return
        self.classes[group] += 1
        wanted = group == "fine-tuning" or sample.by_hand
        if wanted and sample.fault:
            self.left_out[sample.fault] += 1
        elif wanted:
            self.tuned += _examples(sample, self.learn)

    def prefer(self, better: _Sample, worse: _Sample) -> None:
        """Prefer a better version to the one that it came from."""
        if better.fault:
            self.left_out[better.fault] += 1
        elif better.text != worse.text:
            asked = _example(request_problem.PROMPT, worse.text, request=better.request)
            self.pairs.append(Preference(asked.prompt, better.text, worse.text, asked.system))


def _examples(sample: _Sample, learn: Learn) -> list[TrainingExample]:
    asked = _example(request_problem.PROMPT, sample.text, request=sample.request)
    solved = _example(self_play.PROMPT, sample.solution, question=sample.statement)
    return {"requests": [asked], "solutions": [solved], "both": [asked, solved]}[learn]


def _gather(records: Iterable[JournalRecord]) -> _Said:
    said = _Said()
    for record in records:
        if isinstance(record, Problem):
            said.problems[record.id] = record
        elif isinstance(record, Solution) and record.index == 0:
            said.solutions[record.problem_id] = record
        elif isinstance(record, Intermediate) and record.name == "request" and record.problem_id:
            said.requests[record.problem_id] = record.text
        elif isinstance(record, Verdict) and record.name == "sorted":
            said.groups[record.subject_id] = record.reason
        elif isinstance(record, Verdict) and record.name == "method":
            said.ruled[record.subject_id] = record
    return said


def _example(prompt: str, answer: str, **holes: str) -> TrainingExample:
    """Return an example whose request is the very prompt that asked for it."""
    turns = {turn.role: turn.content for turn in prompts.load(prompt).fill(**holes)}
    return TrainingExample(turns["user"], answer, turns.get("system", ""))


def save(path: Path, rows: Sequence[TrainingExample] | Sequence[Preference]) -> Path:
    """Write examples or pairs as TRL's conversational rows, one a line, whole or not at all."""
    lines = [pair_of(row) if isinstance(row, Preference) else row_of(row) for row in rows]
    write_atomically(path, b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines))
    return path


def load(path: Path) -> tuple[TrainingExample, ...]:
    """Return the examples of an export's folder or a JSONL file of conversational rows.

    Rows hold prompt and completion, or messages. BadInput names file and line of a row that holds neither.
    """
    sources = sorted((path / "data").glob("train*.jsonl")) if path.is_dir() else [path]
    if not sources or not sources[0].is_file():
        raise BadInput("is no fine-tuning data.", where=str(path), do="Give an export's folder or a JSONL file.")
    return tuple(example for source in sources for example in _rows(source))


def _rows(source: Path) -> Iterator[TrainingExample]:
    with source.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield _parsed(orjson.loads(line))
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise BadInput(
                    "is not a row of fine-tuning data.",
                    where=f"{source}:{number}",
                    do="Rows need prompt and completion, or messages, as conversations.",
                ) from error


def _parsed(row: dict[str, Any]) -> TrainingExample:
    turns = row["messages"] if "messages" in row else [*_turns(row["prompt"]), *_turns(row["completion"], "assistant")]
    said = {str(turn["role"]): str(turn["content"]) for turn in turns[:-1]}
    return TrainingExample(said["user"], str(turns[-1]["content"]), said.get("system", ""))


def _turns(part: Any, role: str = "user") -> list[dict[str, Any]]:
    return part if isinstance(part, list) else [{"role": role, "content": str(part)}]
