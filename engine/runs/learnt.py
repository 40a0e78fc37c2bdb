"""What earlier runs found out about an engine: which requests its models refused, and how they are written since."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import LemmaError
from engine.core.project import EngineSpec
from engine.runs.plan import load_plan
from engine.runs.status import load_status

LOOKED_AT = 40
"""The newest runs that are looked at; what older ones met may have changed."""


def learnt_in_runs(runs: Path, name: str, spec: EngineSpec) -> dict[str, str]:
    """Return, by model, what the newest run that met a refusal of engine `name` learnt, in words.

    Runs that asked another address under this name tell nothing of it.
    """
    found: dict[str, str] = {}
    places = sorted(runs.glob("*/status.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for directory in (path.parent for path in places[:LOOKED_AT]):
        here = {
            model: words
            for address, words in load_status(directory).learnt.items()
            for engine, _, model in (address.partition(":"),)
            if engine == name and model not in found
        }
        if here and _asked(directory, name) == (spec.base_url, spec.model):
            found |= here
    return found


def _asked(directory: Path, name: str) -> tuple[str, str] | None:
    """Return the address that a run had for an engine, or the model that it served; None where it tells neither."""
    try:
        engine = load_plan(directory).engines.get(name)
    except (LemmaError, OSError, ValueError):
        return None
    return (engine.base_url, engine.model) if engine else None
