"""How much memory serving a model takes, from its config.json or the header of its file, before anything is started."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil

from engine.core.errors import BadInput
from engine.core.project import EngineSpec
from engine.models import gguf
from engine.models.gguf import memory as file_memory

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
SLOTS = 4
"""Slots of llama.cpp where nothing else is said."""
LONGEST_SLOT = 8192
"""Tokens of context that a slot gets where nothing else is said: its memory is taken at the start, used or not."""
_GROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Memory in GiB and what is free: of one GPU, or of the machine for a server that computes on its processor.

    `free` is None where there is no GPU to ask.
    """

    parameters: int
    weights: float
    cache_per_1k: float
    """KV cache of a thousand tokens."""
    context: int
    needed: float
    """Weights, one context's cache and overhead: the least with which the server starts."""
    free: float | None = None
    slots: int = 1
    """Contexts whose cache is counted; `context` is that of one."""
    gpu: bool = True
    """Whether it is the memory of a GPU."""

    @property
    def fits(self) -> bool | None:
        """Whether it fits; None where that is not known."""
        return None if self.free is None else self.needed <= self.free

    @property
    def sentence(self) -> str:
        """What is needed and what is free, in words."""
        where = "a GPU" if self.gpu and self.free is not None else "of memory"
        slots = f"{self.slots} slots of " if self.slots > 1 else ""
        small = self.parameters < 1e9
        count = f"{self.parameters / 1e6:,.3g} million" if small else f"{self.parameters / 1e9:,.3g} billion"
        size = f"{count} parameters, {slots}{self.context:,} tokens of context"
        free = "" if self.free is None else f", {_gib(self.free)} GiB are free"
        return f"about {_gib(self.needed)} GiB {where} ({size}){free}"


def estimate(spec: EngineSpec) -> Estimate:
    """Return what a managed engine needs on each of its GPUs; BadInput where the model's config.json is not there.

    Of a GGUF file it is the memory of the machine; BadInput where the file cannot be served.
    """
    if spec.server == "llamacpp":
        return _of_file(spec)
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


def _gib(value: float) -> str:
    return f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def _of_file(spec: EngineSpec) -> Estimate:
    header = gguf.servable(spec.model).header
    context, slots = spec.max_model_len or slot_context(header.context), spec.max_num_seqs or SLOTS
    need = file_memory.need(header, context, slots)
    per_1k = 1000 * need.per_slot / context / GIB
    return Estimate(
        header.parameters, need.weights / GIB, per_1k, context, need.total / GIB, free_ram_gib(), slots, gpu=False
    )


def slot_context(of_model: int) -> int:
    """Return the tokens that a slot of llama.cpp gets where nothing is said; `of_model` is 0 where it is unknown."""
    return min(of_model or _USUAL_CONTEXT, LONGEST_SLOT)


def free_ram_gib() -> float:
    """Return the memory that a new process may take: what the machine has free, less where a container limits it."""
    free = float(psutil.virtual_memory().available)
    try:
        limit, used = (int((_GROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        stat = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        # No container, or none with a limit, which says `max`.
        return free / GIB
    # Pages of files that nobody uses now are given up when memory is wanted.
    return min(free, limit - used + int(stat.get("inactive_file", 0))) / GIB


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
