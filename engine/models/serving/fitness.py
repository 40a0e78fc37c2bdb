"""Whether a model file can be served on this machine: asked before a process is started, and nobody waits for no."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from engine.core.errors import BadInput, BadSetting
from engine.core.project import EngineSpec
from engine.models import gguf
from engine.models.serving import command, memory

TEMPLATES = ("chatml", "plain")
"""Chat templates that have a name; others are files."""
PACKAGE = "xllamacpp"


def check(name: str, spec: EngineSpec) -> None:
    """Do nothing where the engine may start; BadSetting or BadInput says what is in the way. Folders pass."""
    if spec.server != "llamacpp":
        return
    where = f"engine {name}"
    if spec.python in ("", sys.executable) and importlib.util.find_spec(PACKAGE) is None:
        raise BadSetting(
            f"needs the package {PACKAGE}, which is not installed.", where=where,
            do="Run: pip install 'lemma-studio[local]'",
        )  # fmt: skip
    header = gguf.servable(spec.model).header
    if spec.max_model_len > header.context > 0:
        raise BadSetting(
            f"max_model_len is {spec.max_model_len:,}, but the model was made for {header.context:,} tokens.",
            where=where, do=f"Set it to {header.context} at most, or to 0.",
        )  # fmt: skip
    _template(spec.chat_template, where)
    _memory(spec, where)


def _template(said: str, where: str) -> None:
    """Complain of a template that is neither a name nor a file that can be read."""
    if not said or said in TEMPLATES:
        return
    try:
        Path(said).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise BadSetting(
            f"chat_template {said!r} cannot be read: {reason}.", where=where,
            do=f"Give {' or '.join(TEMPLATES)}, or a file with a Jinja template.",
        ) from None  # fmt: skip


def _memory(spec: EngineSpec, where: str) -> None:
    if command.has_gpu() and spec.gpu_layers:
        # How much goes where, llama.cpp decides by what is free on the GPU.
        return
    found = memory.estimate(spec)
    if found.fits is False:
        raise BadInput(
            f"needs {found.sentence}.", where=where,
            do="Set max_num_seqs (slots) or max_model_len lower, or take a smaller file.",
        )  # fmt: skip
