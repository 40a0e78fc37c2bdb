"""TOML files: errors that name file, line and what to do; written whole or not at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from engine.core.errors import BadInput
from engine.core.files import read_text, write_atomically

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def read(path: Path) -> dict[str, Any]:
    """Return what a TOML file says; BadInput names file, line and what to do."""
    return parse(read_text(path), where=str(path))


def parse(text: str, where: str) -> dict[str, Any]:
    """Return what a TOML text says; BadInput names `where`, the line and what to do."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = _PLACE.search(said)
        line = (place["line"] or "last line") if place else ""
        named = f"{where}, {line if line == 'last line' else f'line {line}'}" if line else where
        reason = _PLACE.sub("", said)
        raise BadInput(f"is not valid TOML: {reason}.", where=named, do="Mend that line.") from error


def text(body: Mapping[str, Any]) -> str:
    """Return `body` as TOML text."""
    return tomli_w.dumps(body)


def write(path: Path, body: Mapping[str, Any]) -> None:
    """Replace a TOML file by `body`, whole or not at all."""
    write_atomically(path, text(body).encode())
