"""Studies of section 4.2 and the best checkpoint as settings of a loop, and what is refused before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.core.errors import BadInput, BadSetting
from engine.core.settings import Continual
from engine.curation import sorting
from engine.learning.rounds import review
from engine.learning.rounds.promotion import looping
from engine.learning.rounds.steps import studied


@pytest.mark.parametrize("study", list(sorting.EXAMINATIONS))
def test_cl36_a_study_leaves_examinations_out_of_the_synthesis(study):
    """CL-36: the calls that a study does without are not made."""
    found = studied(Continual(), study)
    assert (found.self_play, found.experts) == sorting.EXAMINATIONS[study]
    assert studied(Continual(experts=False), "both").experts is False


def test_cl36_a_study_is_a_setting_of_the_loop():
    wanted = {"model": "/m", "data": "/d"}
    assert looping(wanted, {}).study == "both"
    assert looping(wanted, {"study": "agents"}).study == "agents"
    with pytest.raises(BadSetting, match="study"):
        looping(wanted, {"study": "nobody"})


@pytest.fixture
def start(tmp_path: Path) -> dict[str, Any]:
    """Settings of a loop with two benchmarks."""
    for name in ("easy", "hard"):
        (tmp_path / f"{name}.jsonl").write_bytes(orjson.dumps({"question": "1+1?", "answer": "2"}) + b"\n")
    files = tuple(str(tmp_path / f"{name}.jsonl") for name in ("easy", "hard"))
    return {"model": "/m", "data": "/d", "benchmarks": files}


def test_fl32_a_round_that_chooses_checkpoints_needs_two_benchmarks(start):
    """FL-32: said before anything starts, not after hours of training."""
    review.require_benchmarks(looping(start | {"best_checkpoint": True}, {}))
    one = {"best_checkpoint": True, "benchmarks": start["benchmarks"][:1]}
    with pytest.raises(BadSetting, match="two benchmarks decide"):
        review.require_benchmarks(looping(start | one, {}))


def test_a_benchmark_that_is_none_is_found_before_a_loop_starts(start):
    with pytest.raises(BadInput, match="no benchmark of that name"):
        review.require_benchmarks(looping(start | {"benchmarks": ("/gone.jsonl",)}, {}))
