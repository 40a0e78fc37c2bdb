"""How much memory a training takes, roughly, from the model's config.json; and how much there is."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil

from engine.core.settings.training import Training

_ADAM = 8
"""Bytes of AdamW's two moments per trained weight."""
_PER_LAYER = 34
"""Activations of a layer in units of batch x length x width at 2 bytes (Korthikanti et al. 2022, eq. 2), without the
square of attention, which fused kernels do not keep."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What counts of a model's config.json; widths in numbers, not bytes."""

    layers: int
    width: int
    inner: int
    vocabulary: int
    heads: int
    kv_heads: int
    head_size: int
    tied: bool

    @property
    def parameters(self) -> int:
        """Weights of a decoder with gated feed-forward layers, such as Llama and Qwen."""
        attention = self.width * self.head_size * (2 * self.heads + 2 * self.kv_heads)
        feed_forward = 3 * self.width * self.inner
        embeddings = self.vocabulary * self.width * (1 if self.tied else 2)
        return self.layers * (attention + feed_forward + 2 * self.width) + embeddings + self.width

    @property
    def adapted(self) -> int:
        """Widths in and out of all linear layers of a block, which LoRA adds its rank to."""
        heads, keys = self.heads * self.head_size, self.kv_heads * self.head_size
        return 2 * (self.width + heads) + 2 * (self.width + keys) + 3 * (self.width + self.inner)


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """Bytes that one device needs, by what they are for."""

    weights: float
    gradients: float
    optimiser: float
    reference: float
    activations: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.weights + self.gradients + self.optimiser + self.reference + self.activations


@dataclass(frozen=True, slots=True)
class There:
    """Memory of the devices: a GPU's where there is one, the machine's otherwise."""

    bytes: float
    gpus: int

    @property
    def place(self) -> str:
        """Where the memory is."""
        return "GPU" if self.gpus else "memory"


def shape(model: Path) -> ModelShape | None:
    """Return the shape in `model/config.json`; None where it does not say what is needed."""
    try:
        said: dict[str, Any] = orjson.loads((model / "config.json").read_bytes())
        said = said.get("text_config", said)
        width, heads = int(said["hidden_size"]), int(said["num_attention_heads"])
        return ModelShape(
            layers=int(said["num_hidden_layers"]),
            width=width,
            inner=int(said["intermediate_size"]),
            vocabulary=int(said["vocab_size"]),
            heads=heads,
            kv_heads=int(said.get("num_key_value_heads") or heads),
            head_size=int(said.get("head_dim") or width // heads),
            tied=bool(said.get("tie_word_embeddings", False)),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def need(found: ModelShape, training: Training, gpu: bool) -> MemoryNeed:
    """Return what one device needs for `training`."""
    half = training.precision == "bfloat16" or (training.precision == "auto" and gpu)
    count = found.parameters
    trained = found.layers * found.adapted * training.lora_rank if training.lora_rank else count
    width = 2 if half and training.lora_rank else 4
    parts = training.processes if training.zero != "off" else 1
    weights = count * width / (parts if training.zero == "3" else 1)
    pairs = training.method == "dpo"
    # An adapter that is switched off is its own reference.
    reference = weights if pairs and not training.lora_rank else 0.0
    tokens = training.max_length * training.device_batch * (2 if pairs else 1)
    return MemoryNeed(
        weights, trained * 4 / parts, trained * _ADAM / parts, reference, _activations(found, training, tokens, half)
    )


def _activations(found: ModelShape, training: Training, tokens: int, half: bool) -> float:
    each = tokens * found.width * _PER_LAYER * (1 if half else 2)
    kept = tokens * found.width * (2 if half else 4) * found.layers + each
    # Logits in float32, once more for their gradient.
    logits = tokens * found.vocabulary * 8
    return (kept if training.gradient_checkpointing else each * found.layers) + logits


def there() -> There:
    """Return the free memory of the smallest GPU, or what the machine has available."""
    free = _gpus()
    return There(min(free), len(free)) if free else There(float(psutil.virtual_memory().available), 0)


def _gpus() -> list[float]:
    """Return the free bytes of each GPU as nvidia-smi says; none where it is absent."""
    if not shutil.which("nvidia-smi"):
        return []
    asked = ["nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True).stdout
        return [float(line) * 2**20 for line in said.splitlines() if line.strip()]
    except (OSError, subprocess.SubprocessError, ValueError):
        return []
