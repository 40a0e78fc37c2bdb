"""Real solutions with votes of real models, and synthetic judges whose quality is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.subsets import PanelRule, every_rule
from tests.support import gold_answers

MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


@dataclass(frozen=True, slots=True)
class VotedRows:
    """Rows, the votes of judges on each (rows, judges), and whether each is good."""

    votes: NDArray[np.int8]
    good: NDArray[np.bool_]


@cache
def best_model() -> VotedRows:
    """The 1,319 solutions of the best of four models, judged by whether the other three answer alike."""
    answers, right = _answers()
    return VotedRows((answers[:, :3] == answers[:, 3:]).astype(np.int8), right[:, 3])


@cache
def seventeen_policies() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Policies of three judges on the best model's solutions, 12 sets by rules and 5 weighted limits; and the truth."""
    rows = best_model()
    limits = [PanelRule((0, 1, 2), "weighted", (0.2, 0.3, 0.5), limit) for limit in (0.2, 0.3, 0.5, 0.7, 0.8)]
    return np.array([rule.keeps(rows.votes) for rule in (*every_rule(3), *limits)]), rows.good


@cache
def every_model() -> VotedRows:
    """All 5,276 solutions, question by question, each judged by the three other models."""
    answers, right = _answers()
    others = [[other for other in range(4) if other != model] for model in range(4)]
    votes = np.stack([answers[:, other] == answers[:, [model]] for model, other in enumerate(others)], axis=1)
    return VotedRows(votes.reshape(-1, 3).astype(np.int8), right.reshape(-1))


@cache
def _answers() -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    rows = gold_answers.rows("model_outputs/gsm8k_openai_4models/example_model_solutions.jsonl.gz")
    answers = [[_answer(row[model]["solution"]) for model in MODELS] for row in rows]
    right = [[row[model]["is_correct"] for model in MODELS] for row in rows]
    return np.array(answers, object), np.array(right, bool)


def _answer(solution: str) -> object:
    """Text after the last "A:" up to the line end, as a number where it is one."""
    text = solution.rsplit("A:", 1)[-1].split("\n")[0].replace(",", "").replace("$", "").strip().rstrip(".")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


@dataclass(frozen=True, slots=True)
class MarkedSolutions:
    """ProcessBench: whether each solution is good, whether its answer is right, its characters and its steps."""

    good: NDArray[np.bool_]
    right: NDArray[np.bool_]
    characters: NDArray[np.intp]
    steps: NDArray[np.intp]


@cache
def processbench() -> MarkedSolutions:
    """The 3,400 solutions with a person's mark on the first wrong step."""
    rows = [row for name in ("gsm8k", "math", "olympiadbench", "omnimath") for row in _processbench(name)]
    characters = [sum(len(step) for step in row["steps"]) for row in rows]
    return MarkedSolutions(
        np.array([row["label"] == -1 for row in rows]),
        np.array([row["final_answer_correct"] for row in rows]),
        np.array(characters),
        np.array([len(row["steps"]) for row in rows]),
    )


def _processbench(name: str) -> list[dict]:
    return gold_answers.rows(f"judged/processbench/{name}.json.gz")
