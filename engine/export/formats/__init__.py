"""Forms of training rows: which there are, what each is for, and how an exported problem becomes rows of it.

sft.py         conversations, or prompts and completions, for supervised fine-tuning
preference.py  preference pairs
pretrain.py    texts for continued pre-training
rl.py          prompts with verifiable answers
raw.py         everything that is known of a row
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from engine.export.formats import preference, pretrain, raw, rl, sft
from engine.export.rows import ExportRow


@dataclass(frozen=True, slots=True)
class Format:
    """A form of training rows."""

    purpose: str
    """Completes `1,200 rows of ...`."""
    schema: pa.Schema
    rows: Callable[[ExportRow], Iterator[dict[str, Any]]]
    task: str = "text-generation"
    """What hubs call it."""


FORMATS: dict[str, Format] = {
    "sft": Format("conversations for supervised fine-tuning", sft.CONVERSATION, sft.conversation),
    "sft-pairs": Format("prompts and completions for supervised fine-tuning", sft.PAIR, sft.pair),
    "preference": Format("preference pairs", preference.SCHEMA, preference.pairs, "reinforcement-learning"),
    "pretrain": Format("texts for continued pre-training", pretrain.SCHEMA, pretrain.text),
    "rl": Format(
        "prompts with verifiable answers for reinforcement learning", rl.SCHEMA, rl.prompt, "reinforcement-learning"
    ),
    "raw": Format("problems with everything that is known of them", raw.SCHEMA, raw.everything, "question-answering"),
}
