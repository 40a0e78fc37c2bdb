"""The header of a GGUF file: read without loading the model (ggml-org/ggml, docs/gguf.md, versions 2 and 3).

A file comes from anywhere, so every length in it is checked before it is believed.
"""

from __future__ import annotations

import mmap
import struct
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput
from engine.models.gguf.tensors import BLOCKS, FILE_TYPES, bytes_of

MAGIC = b"GGUF"
_LONGEST_HEADER = 1 << 28
"""Bytes that a header may take; vocabularies of 262,144 words take about ten million."""
_MOST_FIELDS, _MOST_TENSORS, _MOST_WORDS, _DEEPEST = 1 << 16, 1 << 18, 1 << 24, 4
_KEPT = 1024
"""Longest list whose values are kept: numbers by layer are, vocabularies are only counted."""
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
_SHOWN = 120
_ALIGNMENT = 32
_LFS = b"version https://git-lfs"


class _Torn(Exception):
    """The header ends before it is whole, or holds numbers that cannot be."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself."""

    path: Path
    size: int
    """Bytes of the file."""
    values: dict[str, Any]
    """Names with a number, a text or a short list."""
    lengths: dict[str, int]
    """How long the lists are."""
    tensors: int
    parameters: int
    weights: int
    """Bytes of all tensors."""
    end: int
    """Where the last tensor ends, in bytes of the file."""
    quantization: str

    @property
    def architecture(self) -> str:
        """The family of the model, such as llama or gemma3."""
        return _printable(self.text("general.architecture"))

    @property
    def name(self) -> str:
        """What the model calls itself; the name of its file where it does not."""
        return _printable(self.text("general.name")) or self.path.stem

    @property
    def template(self) -> str:
        """The chat template; '' where the file has none, as base models have."""
        return self.text("tokenizer.chat_template")

    @property
    def context(self) -> int:
        """Longest prompt and reply together that the model was made for, in tokens; 0 where it is not said."""
        return self.number("context_length")

    @property
    def vocabulary(self) -> int:
        """How many tokens the model knows."""
        return self.lengths.get("tokenizer.ggml.tokens", 0) or self.number("vocab_size")

    def text(self, name: str) -> str:
        """Return a text; '' where there is none."""
        said = self.values.get(name)
        return said if isinstance(said, str) else ""

    def number(self, name: str, default: int = 0) -> int:
        """Return a whole number of the architecture, the largest of a list; `default` where there is none."""
        return max(self.by_layer(name), default=default)

    def by_layer(self, name: str) -> tuple[int, ...]:
        """Return a number of the architecture for each layer that has its own, else the one for all, else nothing."""
        said = self.values.get(f"{self.architecture}.{name}")
        listed = said if isinstance(said, tuple) else (said,)
        return tuple(int(one) for one in listed if isinstance(one, int))


def _printable(text: str) -> str:
    """Return what a terminal may be shown of a text that a stranger wrote."""
    return "".join(sign for sign in text if sign.isprintable())[:_SHOWN]


def read(path: Path) -> GgufHeader:
    """Return the header of a file; BadInput says why there is none. Read once as long as the file stays the same."""
    try:
        found = path.stat()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror or error}.", where=str(path)) from None
    if not path.is_file():
        raise BadInput("is no file.", where=str(path), do="Give the .gguf file itself.")
    return _read(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, size: int, _changed: int) -> GgufHeader:
    try:
        with path.open("rb") as file:
            start = file.read(len(_LFS))
            if start[:4] != MAGIC:
                raise _stranger(path, start)
            with mmap.mmap(file.fileno(), min(size, _LONGEST_HEADER), access=mmap.ACCESS_READ) as body:
                return _whole(path, size, _Reader(body))
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror or error}.", where=str(path)) from None
    except (_Torn, struct.error, OverflowError, UnicodeDecodeError):
        raise BadInput(
            "is cut or damaged: its header does not end.", where=str(path), do="Download it again."
        ) from None


def _stranger(path: Path, start: bytes) -> BadInput:
    if start == _LFS:
        return BadInput("is a Git LFS pointer, not the model.", where=str(path), do="Run git lfs pull.")
    return BadInput(
        "is no GGUF file.", where=str(path), do="llama.cpp serves .gguf files; folders of weights are served by vLLM."
    )


def _whole(path: Path, size: int, reader: _Reader) -> GgufHeader:
    reader.at = 4
    version = reader.number(4)
    if version & 0xFFFF == 0:
        raise BadInput("was written for machines of the other byte order.", where=str(path), do="Convert it anew.")
    if version not in (2, 3):
        raise BadInput(f"has version {version} of the format; 2 and 3 can be read.", where=str(path))
    count, fields = reader.count(10, _MOST_TENSORS), reader.count(10, _MOST_FIELDS)
    values: dict[str, Any] = {}
    lengths: dict[str, int] = {}
    for _ in range(fields):
        name = reader.text()
        value, length = reader.value(reader.number(4))
        if length is not None:
            lengths[name] = length
        if value is not None:
            values[name] = value
    parameters, weights, last, kinds = _tensors(reader, count)
    said = values.get("general.alignment")
    grid = said if isinstance(said, int) and said > 0 else _ALIGNMENT
    end = -(-reader.at // grid) * grid + last
    named = FILE_TYPES.get(values["general.file_type"]) if isinstance(values.get("general.file_type"), int) else None
    mostly = kinds.most_common(1)[0][0] if kinds else ""
    return GgufHeader(path, size, values, lengths, count, parameters, weights, end, named or mostly)


def _tensors(reader: _Reader, count: int) -> tuple[int, int, int, Counter[str]]:
    """Return weights, their bytes, where the last one ends behind the header, and the bytes in each number format."""
    parameters = weights = last = 0
    kinds: Counter[str] = Counter()
    for _ in range(count):
        reader.text()
        size = 1
        for _ in range(reader.count(4, _DEEPEST)):
            size *= reader.number(10)
        kind, place = reader.number(4), reader.number(10)
        there = bytes_of(kind, size)
        parameters, weights, last = parameters + size, weights + there, max(last, place + there)
        kinds[BLOCKS.get(kind, (f"type {kind}", 1, 0))[0]] += there
    return parameters, weights, last, kinds


class _Reader:
    """Reads numbers, texts and lists one behind the other."""

    def __init__(self, body: mmap.mmap) -> None:
        self.body, self.at = body, 0

    def number(self, kind: int) -> Any:
        if kind not in _NUMBERS:
            raise _Torn
        layout = struct.Struct("<" + _NUMBERS[kind])
        (value,) = layout.unpack_from(self.body, self.at)
        self.at += layout.size
        return value

    def count(self, kind: int, most: int) -> int:
        """Read how many of something follow; more than `most` cannot be."""
        value = int(self.number(kind))
        if value > most:
            raise _Torn
        return value

    def text(self) -> str:
        length = self.count(10, _LONGEST_HEADER)
        said = self.body[self.at : self.at + length]
        if len(said) < length:
            raise _Torn
        self.at += length
        return said.decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> tuple[Any, int | None]:
        """Return a value and, of a list, its length; of a long list None and its length."""
        if kind == _TEXT:
            return self.text(), None
        if kind != _LIST:
            return self.number(kind), None
        inner, length = self.number(4), self.count(10, _MOST_WORDS)
        if length > _KEPT and inner != _LIST:
            self._skip(inner, length)
            return None, length
        if depth >= _DEEPEST or length > _KEPT:
            raise _Torn
        return tuple(self.value(inner, depth + 1)[0] for _ in range(length)), length

    def _skip(self, kind: int, length: int) -> None:
        if kind != _TEXT:
            self.at += struct.calcsize("<" + _NUMBERS.get(kind, "B")) * length
        else:
            at, size_at, body = self.at, struct.Struct("<Q").unpack_from, self.body
            for _ in range(length):
                at += 8 + size_at(body, at)[0]
            self.at = at
        if self.at > len(self.body):
            raise _Torn
