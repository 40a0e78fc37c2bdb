"""The words that start a server, and the environment that keeps it to itself."""

from __future__ import annotations

import os
import sys

from engine.project import EngineSpec

HOST = "127.0.0.1"
_QUIET = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
}


def command(spec: EngineSpec, name: str, port: int) -> list[str]:
    """Return the command of a managed server that serves `spec.model` as `name` on `port`."""
    python = spec.python or sys.executable
    served = ["--model", spec.model, "--served-model-name", name, "--host", HOST, "--port", str(port)]
    if spec.server == "transformers":
        words = [python, "-m", "engine.serving.transformers_server", *served, "--dtype", spec.dtype]
        return [*words, *(["--max-model-len", str(spec.max_model_len)] if spec.max_model_len else []), *spec.extra_args]
    # Not `vllm serve`, which asks for the metadata of a package that CPU builds do not bring under that name.
    return [python, "-m", "vllm.entrypoints.openai.api_server", *served, *_vllm(spec), *spec.extra_args]


def _vllm(spec: EngineSpec) -> list[str]:
    words = ["--dtype", spec.dtype, "--gpu-memory-utilization", f"{spec.gpu_memory_utilization:g}"]
    words.append("--enable-prefix-caching" if spec.prefix_caching else "--no-enable-prefix-caching")
    for flag, value, usual in (
        ("--tensor-parallel-size", spec.tensor_parallel, 1),
        ("--data-parallel-size", spec.data_parallel, 1),
        ("--max-model-len", spec.max_model_len, 0),
        ("--quantization", spec.quantization, ""),
    ):
        if value != usual:
            words += [flag, str(value)]
    return words


def environment() -> dict[str, str]:
    """Return the environment of a server: ours, without anything that calls home."""
    return {**os.environ, **_QUIET}
