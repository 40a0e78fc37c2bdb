"""Why a training died, in one line, from what its process said."""

from __future__ import annotations

import re

PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"out of memory|OutOfMemoryError|can't allocate memory|DefaultCPUAllocator",
        "out of memory. Set a smaller device_batch or max_length, gradient_checkpointing = true, lora_rank above 0, "
        "or zero = 3 over several GPUs.",
    ),
    (
        r"chat_template is not set|no chat template",
        "the tokenizer has no chat template, and the data are conversations. Take an instruction-tuned model, or "
        "export as sft-pairs or pretrain.",
    ),
    (
        r"flash_attn|FlashAttention2? has been toggled on",
        "FlashAttention-2 is not there. Install flash-attn on a machine with a GPU, or set attention = sdpa.",
    ),
    (
        r"No module named '?([\w.]+)'?",
        "a package is missing: {0}. Install with: pip install 'lemma-studio[train]'",
    ),
    (
        r"size mismatch for|Some weights .* newly initialized because the shapes did not match",
        "the checkpoint does not fit the model's config.json.",
    ),
    (
        r"index out of range in self|device-side assert triggered|IndexKernel",
        "a token lies outside the model's vocabulary: the tokenizer belongs to another model.",
    ),
    (
        r"does not appear to have a file named|is not a valid model identifier|OSError: Can't load",
        "the model cannot be loaded: its folder or id is none.",
    ),
    (
        r"No space left on device",
        "the disk is full. Free space, or set a smaller number of checkpoints; then resume.",
    ),
    (
        r"LocalEntryNotFoundError|couldn't connect to|offline mode is enabled|Name or service not known",
        "the hub cannot be reached, and the model is not on this machine. Download it first, or give a folder.",
    ),
    (
        r"NCCL error|ncclInternalError|ncclSystemError",
        "the GPUs lost one another (NCCL). Resume goes on from the last checkpoint.",
    ),
)
"""(what the output says, what it means); the first that fits is taken."""


def explained(output: str, code: int) -> str:
    """Return one line: a known cause with what to do, else the last error line, else the exit code."""
    for pattern, meaning in PATTERNS:
        if hit := re.search(pattern, output, re.IGNORECASE):
            return meaning.format(*hit.groups())
    if code in (-9, 137):
        return "the system killed it, most likely for memory. Set a smaller device_batch or max_length; then resume."
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")
    return last[:300] or f"it ended with code {code} and said nothing."
