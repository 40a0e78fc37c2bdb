"""The words that start a server, and the environment that keeps it to itself."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import orjson

from engine.core.errors import BadInput
from engine.core.project import EngineSpec

HOST = "127.0.0.1"
_QUIET = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
}
_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""The largest ranks of adapters that vLLM can be told."""


def command(spec: EngineSpec, name: str, port: int, *, gpu: bool = True) -> list[str]:
    """Return the command of a managed server that serves `spec.model` as `name` on `port`, with or without a `gpu`."""
    python = spec.python or sys.executable
    model = os.path.expanduser(spec.model)
    served = ["--model", model, "--served-model-name", name, "--host", HOST, "--port", str(port)]
    if spec.server == "llamacpp":
        return [python, "-m", "engine.models.serving.llamacpp_server", *served, *_llamacpp(spec), *spec.extra_args]
    if spec.server == "transformers":
        words = [python, "-m", "engine.models.serving.transformers_server", *served, "--dtype", spec.dtype]
        return [*words, *(["--max-model-len", str(spec.max_model_len)] if spec.max_model_len else []), *spec.extra_args]
    # Not `vllm serve`, which asks for the metadata of a package that CPU builds do not bring under that name.
    return [python, "-m", "vllm.entrypoints.openai.api_server", *served, *_vllm(spec), *_careful(gpu), *spec.extra_args]


def _llamacpp(spec: EngineSpec) -> list[str]:
    words: list[str] = []
    for flag, value, usual in (
        ("--context", spec.max_model_len, 0),
        ("--slots", spec.max_num_seqs, 0),
        ("--threads", spec.threads, 0),
        ("--gpu-layers", spec.gpu_layers, -1),
        ("--chat-template", os.path.expanduser(spec.chat_template), ""),
    ):
        if value != usual:
            words += [flag, str(value)]
    return words


def _vllm(spec: EngineSpec) -> list[str]:
    words = ["--dtype", spec.dtype, "--gpu-memory-utilization", f"{spec.gpu_memory_utilization:g}"]
    words.append("--enable-prefix-caching" if spec.prefix_caching else "--no-enable-prefix-caching")
    for flag, value, usual in (
        ("--tensor-parallel-size", spec.tensor_parallel, 1),
        ("--data-parallel-size", spec.data_parallel, 1),
        ("--max-model-len", spec.max_model_len, 0),
        ("--max-num-seqs", spec.max_num_seqs, 0),
        ("--quantization", spec.quantization, ""),
    ):
        if value != usual:
            words += [flag, str(value)]
    return words + _adapters(spec)


def _careful(gpu: bool) -> list[str]:
    # On a CPU vLLM ends when it reads a prompt in parts whose request names a seed, and every request of ours does.
    return [] if gpu else ["--no-enable-chunked-prefill"]


def has_gpu() -> bool:
    """Whether this machine has a GPU that vLLM would use: the tools or devices of its driver are there."""
    return any(map(shutil.which, ("nvidia-smi", "rocm-smi"))) or Path("/dev/kfd").exists()


def _adapters(spec: EngineSpec) -> list[str]:
    if not spec.lora:
        return []
    wanted = max(_rank(folder) for folder in spec.adapters.values())
    rank = next((size for size in _RANKS if size >= wanted), wanted)
    return ["--enable-lora", "--max-lora-rank", str(rank), "--lora-modules", *spec.lora]


def _rank(folder: str) -> int:
    """Return the rank of an adapter; BadInput where there is none in `folder`."""
    path = Path(folder).expanduser() / "adapter_config.json"
    try:
        return int(orjson.loads(path.read_bytes())["r"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("is not the configuration of a LoRA adapter.", where=str(path)) from None


def environment(spec: EngineSpec) -> dict[str, str]:
    """Return the environment of a server: ours, without anything that calls home, and what its engine adds."""
    return {**os.environ, **_QUIET, **spec.environment}
