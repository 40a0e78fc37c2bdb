"""manifest.json: what an export holds and how it came about, the same bytes for the same input."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from engine.exporters.rows import CardFacts

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One data file."""

    path: str
    split: str
    rows: int
    bytes: int
    sha256: str


def facts(path: Path, root: Path, split: str, rows: int) -> FileFacts:
    """Measure a finished file."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return FileFacts(path.relative_to(root).as_posix(), split, rows, path.stat().st_size, digest)


def whole_hash(files: list[FileFacts]) -> str:
    """Return the hash over all data files, by name and content."""
    return sha256("".join(f"{file.sha256}  {file.path}\n" for file in files).encode()).hexdigest()


def text(name: str, settings: dict[str, Any], card: CardFacts, files: list[FileFacts], left_out: dict[str, int]) -> str:
    """Return the manifest; no clock and no machine goes into it."""
    policy = None
    if card.policy:
        kept = asdict(card.policy)
        policy = {key: kept[key] for key in ("id", "name", "rules", "size")}
    body = {
        "name": name,
        "settings": settings,
        "rows": sum(file.rows for file in files),
        "files": [asdict(file) for file in files],
        "sha256": whole_hash(files),
        "left_out": left_out,
        "funnel": card.funnel,
        "policy": policy,
        "sources": card.sources,
        "models": card.models,
        "license": card.license,
        "versions": {package: _version(package) for package in ("lemma-studio", "pyarrow")},
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
