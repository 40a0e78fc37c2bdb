"""Why a server could not start: the known ways in which they fail, from the last lines of their log."""

from __future__ import annotations

import re

_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"address already in use|Errno 98", "its port is taken", "Set port to 0, or to a free one."),
    (r"No module named '?vllm", "vLLM is not installed in its interpreter", "Install the extra vllm, or set python."),
    (
        r"No module named '?(torch|transformers)",
        "its interpreter lacks torch or transformers",
        "Install the extra train.",
    ),
    (
        r"CUDA out of memory|OutOfMemoryError|No available memory for the cache blocks|Cannot allocate memory",
        "the model does not fit into memory",
        "Lower max_model_len or gpu_memory_utilization, quantise, or share it over more GPUs.",
    ),
    (
        r"max seq len .* is larger than|larger than the maximum number of tokens",
        "the context is longer than memory allows",
        "Lower max_model_len.",
    ),
    (
        r"is not a local folder|Repository Not Found|does not appear to have a file named|Can't load",
        "the model is not there",
        "Give the folder of a model, or an id that this machine may download.",
    ),
    (r"No CUDA|no NVIDIA driver|Failed to infer device type", "it found no GPU", "Use the server `transformers`."),
    (r"[Hh]ead size \d+ is not supported", "vLLM does not support the model's head size", "Use `transformers`."),
)


def explained(log: str) -> tuple[str, str]:
    """Return what went wrong and what to do; the last line of the log where it is none of the known ways."""
    for pattern, what, do in _KNOWN:
        if re.search(pattern, log):
            return what, do
    last = next((line.strip() for line in reversed(log.splitlines()) if line.strip()), "it said nothing")
    return last[:300], "See its log."
