"""What engines say of their models before anything is asked of them: how long prompt and reply may be together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.core.errors import BadInput, LemmaError
from engine.core.project import EngineSpec
from engine.core.protocol import Probe
from engine.models import registry, serving
from engine.models.independence import model_of

LONGEST_S = 5.0
"""Longest wait for a list of models."""


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that an engine lists: ENGINE:MODEL, and every name that it goes by."""

    where: str
    names: tuple[str, ...]


def offered(name: str, spec: EngineSpec, models: Iterable[str]) -> tuple[OfferedModel, ...]:
    """Return what the engine `name` offers, where it lists `models`.

    A server of our own may list its model under any name; what it really serves stands in its settings.
    """
    served = spec.served_name or name if spec.kind == "managed" else ""
    return tuple(
        OfferedModel(f"{name}:{model}", (model, spec.model) if model == served else (model,)) for model in models
    )


def listings(known: Mapping[str, EngineSpec]) -> dict[str, Probe]:
    """Return what each engine says of its models; no model is asked anything."""
    probes = asyncio.run(_all(list(known.items())))
    return dict(zip(known, probes, strict=True))


def contexts(known: Mapping[str, EngineSpec], wanted: Iterable[str]) -> dict[str, int]:
    """Return the context, in tokens, of each ENGINE:MODEL that `wanted` names; those that nobody tells are left out.

    No model is asked anything: servers list their models with their contexts. One that does not answer within
    `LONGEST_S` tells nothing here; a run says so itself.
    """
    models = {model_of(where) for where in wanted}
    names = sorted({where.partition(":")[0] for where in models} & known.keys())
    told = {
        f"{name}:{model}": context
        for name, probe in listings({name: known[name] for name in names}).items()
        for model, context in zip(probe.models, probe.contexts, strict=False)
    }
    return {where: told[where] for where in sorted(models) if told.get(where)}


def before_start(name: str, spec: EngineSpec) -> Probe | None:
    """Return what is known of an engine that starts with its run; None for one that can be asked, or cannot start."""
    if spec.kind != "managed" or not spec.on_demand:
        return None
    try:
        serving.address(name, spec)
    except LemmaError:
        context = spec.max_model_len or _of_model(spec)
        models = (spec.served_name or name, *spec.adapters)
        return Probe(True, "starts with the run", models, contexts=(context,) * len(models))
    return None


def _of_model(spec: EngineSpec) -> int:
    try:
        return serving.estimate(spec).context
    except (BadInput, KeyError):
        return 0


async def _all(asked: list[tuple[str, EngineSpec]]) -> list[Probe]:
    return await asyncio.gather(*(_listed(name, spec) for name, spec in asked))


async def _listed(name: str, spec: EngineSpec) -> Probe:
    if early := before_start(name, spec):
        return early
    try:
        backend = registry.make(name, spec)
    except LemmaError as error:
        return Probe(False, str(error))
    try:
        return await asyncio.wait_for(backend.probe(""), LONGEST_S)
    except (TimeoutError, LemmaError, OSError) as error:
        return Probe(False, str(error))
    finally:
        await backend.aclose()
