"""From our settings to the configuration of the TRL that is installed; a field that it does not know is refused.

Names in TRL move between versions, so nothing is handed over that the dataclass at hand does not have.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from engine.core.errors import BadSetting
from engine.core.settings.training import Training
from engine.learning.training.datasets import Form
from engine.learning.training.folder import Folder


@dataclasses.dataclass(frozen=True, slots=True)
class Machine:
    """What the trainer found where it runs."""

    gpu: bool
    bfloat16: bool
    """Whether the GPU computes in bfloat16; a CPU does where it is asked to."""
    processes: int = 1


def values(
    training: Training, folder: Folder, machine: Machine, known: frozenset[str], form: Form, evaluate: bool = False
) -> dict[str, Any]:
    """Return the arguments of SFTConfig or DPOConfig; `known` are the names of its fields, `form` that of the data.

    BadSetting where our settings need a field that this TRL does not have.
    """
    half = training.precision == "bfloat16" or (training.precision == "auto" and machine.gpu and machine.bfloat16)
    chosen = {
        "output_dir": str(folder.checkpoints),
        "num_train_epochs": training.epochs,
        "max_steps": training.max_steps or -1,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": training.scheduler,
        "weight_decay": training.weight_decay,
        "max_grad_norm": training.max_grad_norm,
        "per_device_train_batch_size": device_batch(training, machine.processes),
        "per_device_eval_batch_size": training.device_batch,
        "gradient_accumulation_steps": accumulation(training, machine.processes),
        "bf16": half,
        "use_cpu": not machine.gpu,
        "dataloader_pin_memory": machine.gpu,
        "max_length": training.max_length,
        "seed": training.seed,
        "data_seed": training.seed,
        # Saving, logging and evaluation at our own steps: see engine.learning.training.watching.
        "save_strategy": "no",
        "eval_strategy": "no",
        "logging_strategy": "steps",
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "report_to": "none",
        "disable_tqdm": True,
        "do_eval": evaluate,
        "model_init_kwargs": loading(training, half),
        # Newer versions read a number of steps below one as a share.
        _name(known, "warmup_steps", "warmup_ratio"): training.warmup_ratio,
        _name(known, "gradient_checkpointing", "activation_checkpointing"): training.gradient_checkpointing,
        **(_of_dpo(training) if training.method == "dpo" else _of_sft(training, form)),
    }
    return refused(chosen, known, training.method)


def refused(chosen: dict[str, Any], known: frozenset[str], method: str) -> dict[str, Any]:
    """Return `chosen`; BadSetting where a name is not among `known`."""
    strange = sorted(chosen.keys() - known)
    if strange:
        raise BadSetting(
            f"the installed trl knows no {', '.join(strange)} for {method}.",
            where="training",
            do="Install the versions that the extra names: pip install 'lemma-studio[train]'.",
        )
    return chosen


def loading(training: Training, half: bool) -> dict[str, Any]:
    """Return how the model is loaded: full weights are trained in float32, those under an adapter only read."""
    dtype = "bfloat16" if half and training.lora_rank else "float32"
    attention = {} if training.attention == "auto" else {"attn_implementation": training.attention}
    return {"dtype": dtype, **attention}


def device_batch(training: Training, processes: int) -> int:
    """Return how many samples a device holds: no more than its part of the batch."""
    return max(1, min(training.device_batch, training.batch_size // processes))


def accumulation(training: Training, processes: int) -> int:
    """Return over how many passes a batch is gathered; rounded up, so that a batch is never smaller than asked for."""
    return -(-training.batch_size // (device_batch(training, processes) * processes))


def _name(known: frozenset[str], usual: str, other: str) -> str:
    """Return what this version calls a field that has two names over the versions."""
    return other if other in known else usual


def _of_sft(training: Training, form: Form) -> dict[str, Any]:
    """Where request and answer are told apart, the loss is of the answer alone or of both (CL-17)."""
    masked = {"completion_only_loss": training.completion_only} if form in ("prompt-completion", "messages") else {}
    return {"packing": training.packing, **(masked if form == "prompt-completion" or training.completion_only else {})}


def _of_dpo(training: Training) -> dict[str, Any]:
    return {"beta": training.beta}
