"""Real rows with a known truth and judges' words on them: what simulations of label draws are played on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from tests.support.gold_answers import DATA, rows

MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
SETS = ("gsm8k", "math", "olympiadbench", "omnimath")
GSM = "model_outputs/gsm8k_openai_4models/example_model_solutions.jsonl.gz"


def present() -> bool:
    """Tell whether the real data is there."""
    return DATA.is_dir()


@dataclass(frozen=True, eq=False)
class World:
    """Rows whose truth is known: 1 good, 0 bad; what judges say, as columns and as one word; the policy's rows."""

    truth: np.ndarray
    columns: np.ndarray
    f: np.ndarray
    score: np.ndarray
    """What the policy's limit is laid on: draws near it look here."""
    kept: np.ndarray
    strata: np.ndarray
    """A stratum of each row, 0 .. H-1: how many judges agree, or the set that it is of."""

    @property
    def precision(self) -> float:
        return float(self.truth[self.kept].mean())

    @property
    def recall(self) -> float:
        return float(self.truth[self.kept].sum() / self.truth.sum())


def _answer(solution: str) -> float | str | None:
    """Return what stands behind the last "A:", as a number where it is one; written apart from the product."""
    if "A:" not in solution:
        return None
    text = solution.rsplit("A:", 1)[1].split("\n")[0].strip().replace(",", "").replace("$", "").rstrip(".").strip()
    try:
        return float(text)
    except ValueError:
        return text


@cache
def gsm_votes() -> tuple[np.ndarray, np.ndarray]:
    """Return the truth (5276) and the votes of the three other models (5276, 3) on answers of four."""
    truth, votes = [], []
    for row in rows(GSM):
        answers = [_answer(row[name]["solution"]) for name in MODELS]
        for at, name in enumerate(MODELS):
            truth.append(bool(row[name]["is_correct"]))
            said = answers[at]
            votes.append([said is not None and answers[one] == said for one in range(len(MODELS)) if one != at])
    return np.array(truth, float), np.array(votes, float)


def gsm(share: float) -> World:
    """Return the rows of GSM8K with the policy "at least this share of the other models agrees"; 0 keeps all."""
    truth, votes = gsm_votes()
    mean = votes.mean(1)
    return World(truth, votes, mean, mean, mean >= share - 1e-9, votes.sum(1).astype(int))


@cache
def _processbench() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    truth, right, length, steps, origin = [], [], [], [], []
    for number, name in enumerate(SETS):
        for row in rows(f"judged/processbench/{name}.json.gz"):
            truth.append(row["label"] == -1)
            right.append(bool(row["final_answer_correct"]))
            length.append(sum(len(step) for step in row["steps"]))
            steps.append(len(row["steps"]))
            origin.append(number)
    return tuple(np.array(one) for one in (truth, right, length, steps, origin))  # type: ignore[return-value]


def processbench() -> World:
    """Return the rows of ProcessBench with the policy "the final answer is right", f = -ln characters."""
    truth, right, length, _, origin = _processbench()
    f = -np.log(length.astype(float))
    columns = np.column_stack((right, f, np.eye(4)[origin]))
    kept = right.astype(bool)
    return World(truth.astype(float), columns.astype(float), f, np.where(kept, f, f - 100), kept, origin)


def processbench_whole() -> World:
    """Return all rows of ProcessBench, f = whether the final answer is right."""
    made = processbench()
    right = made.columns[:, 0]
    return replace(made, f=right, score=right, kept=np.ones(len(right), bool))


def processbench_facts() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return truth, whether the final answer is right, characters, steps, and the set of each row."""
    return _processbench()
