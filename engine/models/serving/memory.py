"""How much memory serving a model takes, from its config.json, before anything is started."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.core.errors import BadInput
from engine.core.project import EngineSpec

GIB = 2**30
OVERHEAD_GIB = 1.0
"""What the CUDA context, graphs and activations take on each GPU, roughly."""
_BITS = {
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "fp8": 8,
    "int8": 8,
    "awq": 4.5,
    "gptq": 4.5,
    "bitsandbytes": 4.5,
}
"""Bits of a weight; four-bit formats carry scales as well."""
_USUAL_CONTEXT = 4096


@dataclass(frozen=True, slots=True)
class Estimate:
    """Memory of one GPU in GiB, and what is free there; `free` is None where there is no GPU to ask."""

    parameters: int
    weights: float
    cache_per_1k: float
    """KV cache of a thousand tokens."""
    context: int
    needed: float
    """Weights, one context's cache and overhead: the least with which the server starts."""
    free: float | None = None

    @property
    def fits(self) -> bool | None:
        """Whether it fits; None where that is not known."""
        return None if self.free is None else self.needed <= self.free


def estimate(spec: EngineSpec) -> Estimate:
    """Return what a managed engine needs on each of its GPUs; BadInput where the model's config.json is not there."""
    path = Path(spec.model).expanduser() / "config.json"
    try:
        config = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput("cannot be read, so memory is not known.", where=str(path)) from error
    config = config.get("text_config", config)
    count = parameters(config)
    share = spec.tensor_parallel
    kept = spec.dtype if spec.dtype != "auto" else str(config.get("torch_dtype") or config.get("dtype") or "bfloat16")
    weights = count * _BITS.get(spec.quantization or kept, 16) / 8 / GIB / share
    per_token = 2 * config["num_hidden_layers"] * _kv_width(config) * (4 if kept == "float32" else 2)
    context = spec.max_model_len or int(config.get("max_position_embeddings", _USUAL_CONTEXT))
    cache = per_token / GIB / share
    needed = weights + context * cache + OVERHEAD_GIB
    return Estimate(count, weights, 1000 * cache, context, needed, free_gib())


def parameters(config: dict[str, Any]) -> int:
    """Return the parameters of a decoder of the Llama, Qwen or Mistral shape, biases left out."""
    hidden, layers, vocabulary = config["hidden_size"], config["num_hidden_layers"], config["vocab_size"]
    heads = config["num_attention_heads"]
    width = config.get("head_dim") or hidden // heads
    attention = hidden * width * heads * 2 + 2 * hidden * _kv_width(config)
    experts = int(config.get("num_experts") or config.get("num_local_experts") or 1)
    inner = config.get("moe_intermediate_size") if experts > 1 else None
    forward = 3 * hidden * int(inner or config["intermediate_size"]) * experts
    tables = vocabulary * hidden * (1 if config.get("tie_word_embeddings") else 2)
    return int(layers * (attention + forward + 2 * hidden) + hidden + tables)


def _kv_width(config: dict[str, Any]) -> int:
    heads = config["num_attention_heads"]
    width = config.get("head_dim") or config["hidden_size"] // heads
    return int(width * (config.get("num_key_value_heads") or heads))


def free_gib() -> float | None:
    """Return the free memory of the GPU that has least of it; None where there is none."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return None
    asked = [tool, "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout
        return min(float(line) for line in said.split()) / 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
