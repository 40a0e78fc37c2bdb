"""How fast engines were when they were last measured, kept beside the project's engines: for forecasts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import orjson

from engine.core.files import write_atomically
from engine.core.project import EngineSpec, Project
from engine.core.protocol import Probe


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """Tokens a second of a model, a few replies at once."""

    engine: str
    model: str
    place: str
    """Address, or the model that a managed server serves."""
    tokens_per_second: float
    at: float
    """Unix time."""


def keep(project: Project, name: str, spec: EngineSpec, model: str, found: Probe) -> None:
    """Remember the speed that a probe found; one that found none leaves what is known."""
    if not found.tokens_per_second:
        return
    now = MeasuredSpeed(name, model, _place(spec), found.tokens_per_second, time.time())
    others = [one for one in known(project) if (one.engine, one.model) != (name, model)]
    rows = [asdict(one) for one in (*others, now)]
    write_atomically(project.speeds_file, orjson.dumps(rows, option=orjson.OPT_INDENT_2))


def known(project: Project) -> list[MeasuredSpeed]:
    """Return what is known; nothing where the file is missing or not ours."""
    try:
        return [MeasuredSpeed(**row) for row in orjson.loads(project.speeds_file.read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def of_models(project: Project, engines: dict[str, EngineSpec], wanted: Iterable[str]) -> MeasuredSpeed | None:
    """Return the speed of the one ENGINE:MODEL that is `wanted`; None for several, or where it was never measured.

    What stands at another address now tells nothing.
    """
    models = set(wanted)
    if len(models) != 1:
        return None
    engine, _, model = models.pop().partition(":")
    here = [one for one in known(project) if (one.engine, one.model) == (engine, model) and engine in engines]
    return next((one for one in here if one.place == _place(engines[engine])), None)


def _place(spec: EngineSpec) -> str:
    return spec.model if spec.kind == "managed" else spec.base_url
