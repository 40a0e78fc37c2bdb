"""GGUF files that lie on this machine already: where Ollama, LM Studio, the Hugging Face cache, llama.cpp keep them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from engine.core.errors import BadInput
from engine.models.gguf.model_file import ModelFile, servable

MOST = 500
"""Files that are looked at; a folder of more is somebody's archive."""
_DEEP = 6
_MODEL = "application/vnd.ollama.image.model"


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A file that was found: where it belongs, what people call it, what lies in it or why it cannot be served."""

    owner: str
    name: str
    path: Path
    size: int
    """Bytes."""
    file: ModelFile | None
    fault: str = ""


def found(environment: Mapping[str, str] | None = None, home: Path | None = None) -> tuple[FoundModel, ...]:
    """Return the files of the known folders, owner by owner; headers are read, no model is loaded."""
    env, at = os.environ if environment is None else environment, home or Path.home()
    rows: dict[Path, FoundModel] = {}
    for owner, look in _OWNERS.items():
        for name, path in look(env, at):
            if len(rows) >= MOST:
                break
            # One file may lie in several folders by links; the first name is enough.
            if (real := path.resolve()) not in rows:
                rows[real] = _row(owner, name, path)
    return tuple(rows.values())


def _row(owner: str, name: str, path: Path) -> FoundModel:
    size = path.stat().st_size if path.is_file() else 0
    try:
        return FoundModel(owner, name, path, size, servable(path))
    except BadInput as error:
        return FoundModel(owner, name, path, size, None, str(error))


def _ollama(env: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path]]:
    """Yield models by their tags; manifests tell which blob has the weights."""
    given = [Path(env["OLLAMA_MODELS"])] if env.get("OLLAMA_MODELS") else []
    for base in (*given, home / ".ollama/models", Path("/usr/share/ollama/.ollama/models")):
        manifests = base / "manifests"
        for path in _files(manifests, ""):
            try:
                layers = orjson.loads(path.read_bytes())["layers"]
                digest = next(one["digest"] for one in layers if one["mediaType"] == _MODEL)
            except (OSError, ValueError, KeyError, TypeError, StopIteration):
                continue
            blob = base / "blobs" / str(digest).replace(":", "-")
            if blob.parent == base / "blobs" and blob.is_file():
                yield ":".join(path.parts[-2:]), blob


def _lm_studio(env: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path]]:
    for base in (home / ".lmstudio/models", home / ".cache/lm-studio/models"):
        yield from ((_short(path, base), path) for path in _files(base))


def _hugging_face(env: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path]]:
    """Yield files of downloaded repositories: models--ORG--NAME/snapshots/REVISION/FILE."""
    cache = Path(env.get("HF_HOME") or home / ".cache/huggingface") / "hub"
    base = Path(env.get("HF_HUB_CACHE") or env.get("HUGGINGFACE_HUB_CACHE") or cache)
    for path in _files(base):
        parts = path.relative_to(base).parts
        if len(parts) > 3 and parts[0].startswith("models--") and parts[1] == "snapshots":
            yield "/".join((*parts[0].split("--")[1:], *parts[3:])), path


def _llama_cpp(env: Mapping[str, str], home: Path) -> Iterator[tuple[str, Path]]:
    base = Path(env.get("LLAMA_CACHE") or home / ".cache/llama.cpp")
    yield from ((_short(path, base), path) for path in _files(base))


_OWNERS: dict[str, Callable[[Mapping[str, str], Path], Iterator[tuple[str, Path]]]] = {
    "Ollama": _ollama, "LM Studio": _lm_studio, "Hugging Face": _hugging_face, "llama.cpp": _llama_cpp,
}  # fmt: skip


def _files(base: Path, ending: str = ".gguf") -> Iterator[Path]:
    """Yield the files below a folder in order, not too deep; folders that are links are not entered."""
    for place, folders, names in os.walk(base):
        folders.sort()
        if len(Path(place).relative_to(base).parts) >= _DEEP:
            folders.clear()
        yield from (Path(place) / name for name in sorted(names) if name.lower().endswith(ending))


def _short(path: Path, base: Path) -> str:
    return str(path.relative_to(base))
