"""Named hyperparameters: those that the papers print, and a pair for a laptop.

What a paper leaves open stays at the default of `Training`; `note` says so, and where a paper contradicts itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from engine.core.errors import BadSetting
from engine.core.settings import explain
from engine.core.settings.training import Training

_AS_LENGTH = "The paper prints 2048 as 'max steps'; it is taken for the longest sample. It gives no batch size."


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings with the place they come from."""

    source: str
    values: Mapping[str, Any]
    note: str = ""


def _continual(method: str, epochs: float, rate: float, warmup: float) -> Preset:
    """AdamW, clipping at 1 and a cosine with warm-up are common to all four columns of the table."""
    values = {
        "method": method,
        "epochs": epochs,
        "learning_rate": rate,
        "warmup_ratio": warmup,
        "scheduler": "cosine",
        "max_grad_norm": 1.0,
        "max_length": 2048,
    }
    return Preset("Continual learning, app. J, table 7", values, _AS_LENGTH)


_COSINE = {"method": "sft", "learning_rate": 5e-6, "scheduler": "cosine", "warmup_ratio": 0.03}

PRESETS: dict[str, Preset] = {
    "gsdp-sft": Preset(
        "GSDP 3.1",
        {
            **_COSINE,
            "epochs": 2.0,
            "batch_size": 128,
            "max_length": 2048,
            "zero": "3",
            "attention": "flash_attention_2",
        },
    ),
    "gsdp-pretrain": Preset(
        "GSDP 3.1",
        {
            "method": "sft",
            "epochs": 1.0,
            "learning_rate": 2e-5,
            "batch_size": 512,
            "max_length": 4096,
            "completion_only": False,
            "packing": True,
            "zero": "3",
        },
        "The paper trains on 3.5 billion tokens; one pass and packing are our choice.",
    ),
    "continual-sft-1": _continual("sft", 1.0, 3e-4, 0.01),
    "continual-dpo-1": _continual("dpo", 1.0, 2e-5, 0.01),
    "continual-sft-2": _continual("sft", 3.0, 9e-7, 0.03),
    "continual-dpo-2": _continual("dpo", 2.0, 1e-5, 0.02),
    "flames-sft": Preset(
        "FLAMES, setup",
        {"method": "sft", "epochs": 5.0, "batch_size": 32, "device_batch": 4, "zero": "3", "checkpoints": 10},
        "The paper gives a batch of 4, taken for each of its eight GPUs, and no learning rate.",
    ),
    "agenticmath-sft": Preset(
        "AgenticMath gives none; MathFusion, on the same benchmarks",
        {
            **_COSINE,
            "epochs": 3.0,
            "weight_decay": 0.1,
            "batch_size": 128,
            "device_batch": 4,
            "max_length": 4096,
            "precision": "bfloat16",
            "zero": "2",
        },
        "4 samples a device, accumulated over 4 steps; the batch of 128 is that on eight GPUs.",
    ),
    "tiny-sft": Preset(
        "our own, for a model of a few million parameters on a laptop",
        {
            "method": "sft",
            "epochs": 1.0,
            "learning_rate": 1e-3,
            "warmup_ratio": 0.05,
            "batch_size": 32,
            "device_batch": 32,
            "max_length": 512,
            "precision": "float32",
            "checkpoints": 4,
        },
    ),
    "tiny-dpo": Preset(
        "our own, for a model of a few million parameters on a laptop",
        {
            "method": "dpo",
            "epochs": 1.0,
            "learning_rate": 5e-5,
            "warmup_ratio": 0.05,
            "batch_size": 16,
            "device_batch": 16,
            "max_length": 512,
            "precision": "float32",
            "checkpoints": 2,
        },
    ),
}
"""Every preset by name; the names end in the method, before the number of a round."""


def of(name: str) -> dict[str, Any]:
    """Return the settings of a preset; BadSetting for an unknown one."""
    if name not in PRESETS:
        raise BadSetting(f"{name!r} is no preset.", where="preset", do=f"Known: {', '.join(PRESETS)}.")
    return dict(PRESETS[name].values)


def resolve(preset: str, **changes: Any) -> Training:
    """Return the settings of a preset with `changes`, which must name at least model, data and out.

    BadSetting names a setting that is unknown or out of range. An empty preset gives the defaults.
    """
    values = (of(preset) if preset else {}) | changes
    try:
        return Training.model_validate(values)
    except ValidationError as error:
        raise explain(error, where="training") from error
