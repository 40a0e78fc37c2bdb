"""Why a server could not start: the known ways in which they fail, from the last lines of their log."""

from __future__ import annotations

import re

_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"address already in use|Errno 98|couldn't bind HTTP server",
        "its port is taken",
        "Set port to 0, or to a free one.",
    ),
    (r"No module named '?vllm", "vLLM is not installed in its interpreter", "Install the extra vllm, or set python."),
    (
        r"No module named '?xllamacpp",
        "llama.cpp is not installed in its interpreter",
        "Install the extra local, or set python.",
    ),
    (
        r"unknown model architecture: '?([\w.-]+)",
        r"llama.cpp does not know the architecture \1",
        "Update it (pip install -U xllamacpp), or take another model.",
    ),
    (
        r"(?:failed to parse|Failed to parse|error parsing|Unable to parse).{0,40}(?:chat )?template",
        "its chat template cannot be read",
        "Mend chat_template, or leave it empty.",
    ),
    (
        r"No module named '?(torch|transformers)",
        "its interpreter lacks torch or transformers",
        "Install the extra train.",
    ),
    (
        r"No module named '?engine\b",
        "its interpreter lacks Lemma Studio, which brings this server",
        "Install it there, or leave python empty.",
    ),
    (
        r"CUDA out of memory|OutOfMemoryError|No available memory for the cache blocks|Cannot allocate memory|"
        r"less than (desired|requested) (GPU )?memory|MemoryError|unable to allocate|failed to allocate|bad_alloc",
        "the model does not fit into memory",
        "Lower max_model_len, max_num_seqs or gpu_memory_utilization, quantise, or share it over more GPUs.",
    ),
    (
        r"max seq len .* is larger than|larger than the maximum number of tokens",
        "the context is longer than memory allows",
        "Lower max_model_len.",
    ),
    (
        r"max_model_len \((\d+)\) is greater than the derived max_model_len \(\w+=(\d+)",
        r"a context of \1 tokens is longer than the model's \2",
        r"Set max_model_len to 0, or to \2 at most.",
    ),
    (
        r"is not a local folder|Repository Not Found|does not appear to have a file named|Can't load|"
        r"HFValidationError|LocalEntryNotFoundError|OfflineModeIsEnabled",
        "the model is not there",
        "Give the folder of a model, or an id that this machine may download.",
    ),
    (
        r"Cannot find the config file for (\w+)",
        r"the model's weights are not packed as \1",
        "Leave quantization empty, or give a model that is packed so.",
    ),
    (r"unrecognized arguments: (.+)", r"it does not know \1", "Mend extra_args."),
    (
        r"must be divisible by tensor parallel size|World size \(?\d+\)? is larger than|nodes is not sufficient",
        "the model cannot be split over so many GPUs",
        "Lower tensor_parallel: it must divide the attention heads, and the machine must have that many GPUs.",
    ),
    (
        r"CPU Generator does not use offset",
        "vLLM on a CPU ended over a prompt with a seed that it read in parts",
        "Add --no-enable-chunked-prefill to extra_args.",
    ),
    (r"No CUDA|no NVIDIA driver|Failed to infer device type", "it found no GPU", "Use the server `transformers`."),
    (r"[Hh]ead size \d+ is not supported", "vLLM does not support the model's head size", "Use `transformers`."),
)
_ERROR = re.compile(r"\b(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Exit): *(\S.*)")
_ECHO = re.compile(r"WARNING|See root cause above")
"""Lines that only warn, or only say that another line says why."""
_SHOWN = 300


def explained(log: str) -> tuple[str, str]:
    """Return what went wrong and what to do: a known way to fail, else the last error of the log or its last line."""
    for pattern, what, do in _KNOWN:
        if found := re.search(pattern, log):
            return found.expand(what)[:_SHOWN], found.expand(do)
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for line in reversed(lines):
        if (error := _ERROR.search(line)) and not _ECHO.search(line):
            return error.group(0)[:_SHOWN].rstrip("."), "See its log."
    if not lines:
        return "it said nothing", "See its log."
    return f"it ended without saying why; the last it said: {lines[-1][:_SHOWN]}".rstrip("."), "See its log."
