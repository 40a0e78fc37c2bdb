"""What is read of a choice of a checkpoint: where it stands, and that only one that has ended names a model."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from engine.core.errors import BadInput
from engine.learning.rounds import checkpoint_choice
from engine.learning.rounds.checkpoint_choice import FILE

SAID = {"run": "choose-0001", "training": "sft-0001", "by": ["gsm8k", "math"], "rated": []}


def test_fl32_a_choice_without_a_model_has_not_ended(tmp_path: Path) -> None:
    """FL-32: a round would otherwise go on from no checkpoint at all."""
    for text in (None, SAID, SAID | {"best": 40}):
        if text is not None:
            (tmp_path / FILE).write_bytes(orjson.dumps(text))
        with pytest.raises(BadInput, match=r"has chosen no checkpoint yet\.") as told:
            checkpoint_choice.finished(tmp_path)
        assert str(told.value) == f"{tmp_path}: has chosen no checkpoint yet. Resume it first."


def test_fl32_a_choice_that_has_ended_names_its_model(tmp_path: Path) -> None:
    """FL-32: what a round and a page take from it."""
    (tmp_path / FILE).write_bytes(orjson.dumps(SAID | {"best": 40, "model": "/m/checkpoint-40"}))
    found = checkpoint_choice.finished(tmp_path)
    assert (found.model, found.best, found.by) == ("/m/checkpoint-40", 40, ("gsm8k", "math"))
