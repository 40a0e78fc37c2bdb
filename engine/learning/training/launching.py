"""The command that trains, on one device or on many, and the files that accelerate and DeepSpeed read.

The files are always written, so that the same training can be started by hand on another machine.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import orjson

from engine.core.errors import MissingExtra
from engine.core.files import write_atomically
from engine.core.settings.training import Training
from engine.learning.training.folder import Folder
from engine.runs.plan import TrainPlan

EXTRA = ("torch", "transformers", "trl", "peft", "accelerate", "datasets")
MODULE = "engine.learning.training.trainer"


def command(plan: TrainPlan, run_dir: Path) -> tuple[str, ...]:
    """Return the command of a training: Python itself for one process, accelerate for more or for ZeRO."""
    training = plan.training
    target = ("-m", MODULE, str(run_dir.resolve()))
    if training.processes == 1 and training.zero == "off":
        return (sys.executable, *target)
    config = str(Folder(run_dir.resolve()).accelerate)
    return (sys.executable, "-m", "accelerate.commands.launch", "--config_file", config, *target)


def require_extra() -> None:
    """MissingExtra names the packages that training needs and that are not there."""
    missing = missing_extra()
    if missing:
        raise MissingExtra(
            f"training needs {', '.join(missing)}.", do="Install them with: pip install 'lemma-studio[train]'"
        )


def missing_extra(needed: tuple[str, ...] = EXTRA) -> tuple[str, ...]:
    """Return the packages of the extra that are not installed."""
    return tuple(name for name in needed if importlib.util.find_spec(name) is None)


def write_configs(training: Training, run_dir: Path) -> None:
    """Write accelerate.yaml and zero.json beside each other."""
    folder = Folder(run_dir.resolve())
    folder.make()
    write_atomically(folder.zero, orjson.dumps(zero(training), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    write_atomically(folder.accelerate, accelerate(training, folder.zero).encode())


def zero(training: Training) -> dict[str, Any]:
    """Return DeepSpeed's configuration: stage 2 shares states and gradients, stage 3 the weights too.

    What is `auto` the trainer fills in from the settings, so that the two cannot contradict each other.
    """
    stage = 3 if training.zero == "3" else 2
    sharing: dict[str, Any] = {"stage": stage, "overlap_comm": True, "contiguous_gradients": True}
    if stage == 3:
        sharing["stage3_gather_16bit_weights_on_model_save"] = True
    filled = ("gradient_clipping", "gradient_accumulation_steps", "train_micro_batch_size_per_gpu", "train_batch_size")
    return {"zero_optimization": sharing, "bf16": {"enabled": "auto"}, **dict.fromkeys(filled, "auto")}


def accelerate(training: Training, zero_file: Path) -> str:
    """Return accelerate's configuration as YAML text."""
    several, shared = training.processes > 1, training.zero != "off"
    kind = "DEEPSPEED" if shared else "MULTI_GPU" if several else "NO"
    lines = [
        "compute_environment: LOCAL_MACHINE",
        f"distributed_type: {kind}",
        "machine_rank: 0",
        "num_machines: 1",
        f"num_processes: {training.processes}",
        # DeepSpeed's own file says how numbers are kept; accelerate refuses to hear it twice.
        *([] if shared else [f"mixed_precision: {'no' if training.precision == 'float32' else 'bf16'}"]),
        "rdzv_backend: static",
        "same_network: true",
    ]
    if shared:
        path = orjson.dumps(str(zero_file)).decode()
        lines += [
            "deepspeed_config:",
            f"  deepspeed_config_file: {path}",
            f"  zero3_init_flag: {'true' if training.zero == '3' else 'false'}",
        ]
    return "\n".join(lines) + "\n"
