"""Adapters into their base model: `python -m engine.learning.training.merging ADAPTER OUT`, a process of its own.

A checkpoint of LoRA holds adapters alone, which no server starts from by itself. OUT comes into being whole or not.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

ADAPTER = "adapter_config.json"
"""The file that tells a folder of adapters from one of a model."""


def main(arguments: list[str] | None = None) -> int:
    """Merge the adapters that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m engine.learning.training.merging")
    parser.add_argument("adapter", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    merge(options.adapter, options.out)
    return 0


def merge(adapter: Path, out: Path) -> None:
    """Write the base model with the adapters merged in, and its tokenizer, to `out`."""
    from peft import AutoPeftModelForCausalLM
    from transformers import AutoTokenizer

    fresh = out.with_name(f".{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    AutoPeftModelForCausalLM.from_pretrained(adapter).merge_and_unload().save_pretrained(fresh)
    AutoTokenizer.from_pretrained(adapter).save_pretrained(fresh)
    fresh.rename(out)


if __name__ == "__main__":
    sys.exit(main())
