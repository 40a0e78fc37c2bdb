"""What is exported trains with TRL as it is, in a process that imports nothing of ours."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("trl", reason="needs the extra train")

from engine.export.formats import CardFacts, ExportRow, export
from tests.support import tiny_llm

pytestmark = [pytest.mark.models, pytest.mark.slow]
SCRIPT = Path(__file__).with_name("plain_trl.py")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llm.make(tmp_path_factory.mktemp("model") / "m0")


def rows() -> list[ExportRow]:
    return [
        ExportRow(
            f"Q-{n}", f"Find the sum of {n} and {n + 1}.", solution=f"The sum is $\\boxed{{{2 * n + 1}}}$.",
            answer=str(2 * n + 1), machine_solution="It is 7 times 8.", seed_id=f"S-{n}",
        )
        for n in range(48)
    ]  # fmt: skip


def trained(kind: str, folder: Path, model: Path, out: Path) -> dict[str, Any]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    words = [sys.executable, str(SCRIPT), kind, str(folder), str(model), str(out)]
    done = subprocess.run(words, env=environment, cwd=out, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("format", "kind", "container"),
    [("sft", "sft", "jsonl"), ("sft-pairs", "sft", "parquet"), ("pretrain", "sft", "jsonl"),
     ("preference", "dpo", "parquet")],
)  # fmt: skip
def test_gsdp39_every_form_trains_with_trl_as_it_is(model: Path, tmp_path: Path, format, kind, container) -> None:
    """GSDP-39, CL-15: conversations, pairs, texts and preferences, in shards, without a line of ours."""
    export(
        rows(), tmp_path / "set", name="set", card=CardFacts(), format=format, container=container, shard_rows=20,
        test_share=0.2,
    )  # fmt: skip
    (tmp_path / "out").mkdir()
    losses = trained(kind, tmp_path / "set", model, tmp_path / "out")["losses"]
    assert len(losses) == 2
    assert all(math.isfinite(loss) and loss > 0 for loss in losses)


def test_rl_prompts_are_rewarded_by_trl_as_they_are(model: Path, tmp_path: Path) -> None:
    export(rows(), tmp_path / "set", name="set", card=CardFacts(), format="rl")
    (tmp_path / "out").mkdir()
    said = trained("rl", tmp_path / "set", model, tmp_path / "out")
    assert said["right"] == [1.0] * 48
    assert said["wrong"] == [0.0] * 48
    assert {"prompt", "solution", "answer", "verify"} <= set(said["columns"])
