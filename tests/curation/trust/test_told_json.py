"""One schema for every number about a kept set, and the same bytes for the same input in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest

from engine.curation.trust.asked import JudgedFrame
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.label_set import LabelSet

ROOT = Path(__file__).resolve().parents[3]
FIELDS = {
    "quantity": str, "value": (float, type(None)), "low": (float, type(None)), "high": (float, type(None)),
    "estimator": str, "labels": dict, "good": int, "decided": int, "effective_labels": (float, type(None)),
    "assumptions": list, "notes": list, "narrower": list, "rough": bool, "seed": int,
    "refused": (str, type(None)), "reason": str, "labels_needed": int,
}  # fmt: skip
"""Every field of every answer; null where there is nothing to say."""


def _cases() -> dict[str, Estimated]:
    """Answers of every estimator, and every refusal that degenerate input leads to."""
    rng = np.random.default_rng(1)
    truth = rng.random(600) < 0.9
    kept, all_rows = np.arange(600) < 400, np.ones(600, np.bool_)
    drawn = rng.permutation(600)[:200]
    plain = LabelSet.uniform(drawn, truth[drawn].astype(int), 600)
    uneven = LabelSet.drawn(drawn, truth[drawn].astype(int), np.where(drawn < 300, 0.5, 0.2))
    judge = JudgedFrame(np.clip(truth * 0.6 + rng.random(600) * 0.4, 0, 1))
    none, picked = LabelSet.convenience([], []), LabelSet.convenience(drawn[:20], np.ones(20, int))
    strata = (np.arange(600) // 150).astype(np.int64)
    few = LabelSet.uniform(drawn[:4], [1, 1, 1, 1], 600)
    unsure = LabelSet.uniform(drawn, np.where(np.arange(200) % 5 == 0, -1, 1), 600)
    one = np.arange(600) == int(drawn[0])
    made = {
        "wilson": estimate("precision", kept, plain),
        "hajek": estimate("precision", kept, uneven),
        "judges": estimate("precision", all_rows, plain, judged=judge),
        "strata": estimate("precision", kept, plain, strata=strata),
        "worst case": estimate("precision", kept, unsure),
        "census": estimate("precision", one, plain),
        "recall": estimate("recall", kept, plain),
        "f1": estimate("f1", kept, plain, seed=3),
        "accuracy": estimate("accuracy", kept, plain),
        "good kept": estimate("good kept", kept, plain),
        "retention": estimate("retention", kept, plain),
        "empty": estimate("precision", np.zeros(600, np.bool_), plain),
        "no rows": estimate("precision", np.zeros(0, np.bool_), none),
        "no labels": estimate("precision", kept, none),
        "not random": estimate("precision", kept, picked),
        "too few": estimate("precision", kept, few),
        "unreachable": estimate("precision", kept, plain, reachable=np.arange(600) < 100),
        "recall few": estimate("recall", kept, few),
        "f1 few": estimate("f1", kept, few),
        "all bad": estimate("precision", kept, LabelSet.uniform(drawn, np.zeros(200, int), 600)),
        "all good": estimate("precision", kept, LabelSet.uniform(drawn, np.ones(200, int), 600)),
        "missing judge": estimate("precision", kept, plain, judged=JudgedFrame(np.full(600, np.nan))),
    }
    return made


CASES = _cases()


@pytest.mark.parametrize("name", CASES)
def test_cal32_every_answer_has_the_same_fields(name: str) -> None:
    told = orjson.loads(CASES[name].as_json())
    assert set(told) == set(FIELDS)
    for field, kind in FIELDS.items():
        # A whole number may stand for a float: 1 and 1.0 are one number in JSON.
        fits = isinstance(told[field], kind) or (kind == (float, type(None)) and isinstance(told[field], int))
        assert fits, (field, told[field])
    assert (told["value"] is None) == (told["refused"] is not None)
    assert bool(told["reason"]) == (told["refused"] is not None)
    assert told["labels"] == dict(sorted(told["labels"].items()))
    assert sum(told["labels"].values()) >= told["decided"] >= told["good"]


def test_cal32_every_refusal_of_the_cases_has_its_own_code() -> None:
    codes = {name: found.refusal.code for name, found in CASES.items() if found.refusal}
    assert codes == {
        "empty": "empty", "no rows": "empty", "no labels": "no_labels", "not random": "not_random",
        "too few": "too_few", "unreachable": "unreachable", "recall few": "few_good", "f1 few": codes["f1 few"],
    }  # fmt: skip


def test_cal32_other_processes_with_other_hash_seeds_say_the_same_bytes() -> None:
    code = (
        "import sys; from tests.curation.trust.test_told_json import _cases; "
        "sys.stdout.buffer.write(b'\\n'.join(one.as_json() for one in _cases().values()))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, check=True, timeout=300,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1] == b"\n".join(one.as_json() for one in CASES.values())
