"""manifest.json: what an export holds and how it came about, the same bytes for the same input.

From it and the store the same files can be made again (AM-26), so it also keeps what the card says.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from engine.core.errors import BadInput
from engine.core.records import Policy, Rule
from engine.export.rows import CardFacts
from engine.export.shape import FileShape

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One data file."""

    path: str
    split: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportCounts:
    """What was left out, and what went out with a warning, by reason; rows of a class at most; marks that were cut."""

    left_out: dict[str, int]
    warned: dict[str, int] = field(default_factory=dict)
    cap: int = 0
    turn_marks: dict[str, int] = field(default_factory=dict)
    """Texts from which a mark of a turn was cut, by mark. Told, as `warned` is, only where there were some, so that
    manifests of earlier versions come again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a manifest says, as far as the set is made again by it."""

    name: str
    shape: FileShape
    card: CardFacts
    left_out: dict[str, int]
    warned: dict[str, int]
    cap: int
    turn_marks: dict[str, int]
    """Texts from which a mark of a turn was cut, by mark; none in exports of earlier versions, which let them out."""
    origin: dict[str, Any]
    versions: dict[str, str]
    hashes: dict[str, str]
    """SHA-256 of every file by its path, the manifest's own excepted."""
    text: str


def facts(path: Path, root: Path, split: str, rows: int) -> FileFacts:
    """Measure a finished file."""
    return FileFacts(path.relative_to(root).as_posix(), split, rows, path.stat().st_size, _sha256(path))


def whole_hash(files: list[FileFacts]) -> str:
    """Return the hash over all data files, by name and content."""
    return sha256("".join(f"{file.sha256}  {file.path}\n" for file in files).encode()).hexdigest()


def text(
    name: str,
    shape: FileShape,
    card: CardFacts,
    files: list[FileFacts],
    others: list[Path],
    root: Path,
    counts: ExportCounts,
) -> str:
    """Return the manifest; no clock and no machine goes into it. `others` are the files that hold no data."""
    body = {
        "name": name,
        "settings": shape.told(),
        "origin": dict(card.origin),
        "rows": sum(file.rows for file in files),
        "files": [asdict(file) for file in files],
        "sha256": whole_hash(files),
        "others": {path.relative_to(root).as_posix(): _sha256(path) for path in others},
        "left_out": counts.left_out,
        **({"warned": counts.warned} if counts.warned else {}),
        "cap": counts.cap,
        **({"turn_marks": counts.turn_marks} if counts.turn_marks else {}),
        **({"parts": dict(card.parts)} if card.parts else {}),
        **({"quality": dict(card.quality)} if card.quality else {}),
        "title": card.title,
        "about": card.about,
        "tags": card.tags,
        "license": card.license,
        "funnel": dict(card.funnel),
        "policy": _without_time(card.policy) if card.policy else None,
        "sources": card.sources,
        "licenses": dict(card.licenses),
        "models": card.models,
        "contamination": _contamination(card),
        "versions": {package: _version(package) for package in ("lemma-studio", "pyarrow")},
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def read(path: Path) -> Told:
    """Return what a manifest says; BadInput where it is none, or one that lacks what is needed."""
    try:
        said = path.read_text(encoding="utf-8")
        return _told(orjson.loads(said), said)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"cannot be read: {error}", where=str(path), do="Give the manifest.json of an export."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        do = "Give the manifest.json of an export as it was written."
        raise BadInput(f"is no manifest of an export ({error}).", where=str(path), do=do) from error


def _told(body: dict[str, Any], said: str) -> Told:
    looked = body["contamination"]
    card = CardFacts(
        title=body["title"],
        about=body["about"],
        license=body["license"],
        sources=tuple(body["sources"]),
        licenses=body["licenses"],
        benchmarks=looked["benchmarks"],
        overlap=(looked["n"], looked["share"]),
        tiers=looked.get("tiers", {}),
        seeds_compared=looked.get("seeds", False),
        models=tuple(body["models"]),
        policy=_policy(body["policy"]),
        funnel=body["funnel"],
        parts=body.get("parts", {}),
        quality=body.get("quality", {}),
        tags=tuple(body["tags"]),
        origin=body["origin"],
    )
    return Told(
        name=body["name"],
        shape=FileShape.of(body["settings"]),
        card=card,
        left_out=body["left_out"],
        warned=body.get("warned", {}),
        cap=body["cap"],
        turn_marks=body.get("turn_marks", {}),
        origin=body["origin"],
        versions=body["versions"],
        hashes={file["path"]: file["sha256"] for file in body["files"]} | body["others"],
        text=said,
    )


def _contamination(card: CardFacts) -> dict[str, Any]:
    """Return what was compared; exports of earlier versions, which looked at less, keep their words."""
    looked = {"benchmarks": dict(card.benchmarks), "n": card.overlap[0], "share": card.overlap[1]}
    looked |= {"tiers": dict(card.tiers)} if card.tiers else {}
    return looked | {"seeds": True} if card.seeds_compared else looked


def _without_time(policy: Policy) -> dict[str, Any]:
    """Return a policy without when it was made and by whom, which is no part of the set."""
    plain = ("at", "by", "sizes", "unanswered", "panel")
    said = {name: value for name, value in asdict(policy).items() if name not in plain}
    return said | {"rules": [rule.told() for rule in policy.rules]} | policy.more()


def _policy(said: dict[str, Any] | None) -> Policy | None:
    if said is None:
        return None
    rules = tuple(Rule(**rule) for rule in said["rules"])
    return Policy(**(said | Policy.less(said) | {"rules": rules}))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
