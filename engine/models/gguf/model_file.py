"""A GGUF file that llama.cpp can serve as a language model, or a sentence that says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput
from engine.core.project import EngineSpec
from engine.models.gguf.header import GgufHeader, read

_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
_OTHER = {
    "adapter": "is an adapter (LoRA), not a model",
    "clip": "is the part of a model that sees pictures, not the model",
    "mmproj": "is the part of a model that sees pictures, not the model",
    "imatrix": "holds weights of a quantisation, not a model",
    "controlvector": "is a control vector, not a model",
}
"""Kinds of files, by `general.type` or by architecture, that are no language models."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that can be served."""

    header: GgufHeader

    @property
    def facts(self) -> tuple[str, ...]:
        """What people want to know before they take it, as words."""
        said = self.header
        size = f"{said.size / 1e9:.3g} GB" if said.size >= 1e9 else f"{said.size / 1e6:.3g} MB"
        found = [said.architecture, f"{counted(said.parameters)} parameters", said.quantization, size]
        found += [f"{said.context:,} tokens of context"] if said.context else []
        return (*found, "chat template" if said.template else "no chat template: a base model?")


def counted(parameters: int) -> str:
    """Return a number of parameters as people say it: 135 M, 8.03 B."""
    for each, sign in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if parameters >= each:
            return f"{parameters / each:.3g} {sign}"
    return str(parameters)


def servable(path: str | Path) -> ModelFile:
    """Return a file that llama.cpp can serve; BadInput says why not: nothing is loaded."""
    place = Path(path).expanduser()
    _whole_name(place)
    header = read(place)
    _one_file(header)
    kind = header.text("general.type").lower()
    other = _OTHER.get(kind) or _OTHER.get(header.architecture) or ""
    if other:
        raise BadInput(f"{other}.", where=str(place), do="Give the file of the language model.")
    if not header.tensors:
        raise BadInput("holds a vocabulary and no weights.", where=str(place), do="Give the file of the model.")
    if header.end > header.size:
        raise BadInput(
            f"is cut: its header tells of {header.end:,} bytes, {header.size:,} are there.", where=str(place),
            do="Download it again.",
        )  # fmt: skip
    if header.values.get(f"{header.architecture}.attention.causal") is False:
        raise BadInput("makes embeddings and writes no text.", where=str(place), do="Give a language model.")
    if not header.vocabulary or not header.number("block_count"):
        raise BadInput("does not say its layers or its vocabulary.", where=str(place), do="Convert the model anew.")
    return ModelFile(header)


def engine_of(found: ModelFile, said: Mapping[str, Any]) -> EngineSpec:
    """Return the engine that serves a file, with further settings; ValidationError where they do not hold together."""
    # The file is meant as seen from here; the server may be started from anywhere.
    place = str(found.header.path.absolute())
    return EngineSpec.model_validate({**said, "kind": "managed", "server": "llamacpp", "model": place})


def _whole_name(path: Path) -> None:
    """Complain of a part of a file by its name, which says so even where the other parts are missing."""
    if part := _PART.search(path.name):
        raise _split(path, int(part[1]), int(part[2]))


def _one_file(header: GgufHeader) -> None:
    parts = header.values.get("split.count")
    if isinstance(parts, int) and parts > 1:
        raise _split(header.path, int(header.values.get("split.no") or 0) + 1, parts)


def _split(path: Path, number: int, parts: int) -> BadInput:
    return BadInput(
        f"is part {number} of {parts} of a model that was split.", where=str(path),
        do="Join the parts: llama-gguf-split --merge FIRST_PART WHOLE.gguf",
    )  # fmt: skip
