"""Asks engines whether they answer and obey schemas, once each and in the background, because a dead one takes long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.project import EngineSpec
from engine.core.protocol import Probe
from engine.models import probe as probing
from engine.models import registry
from engine.models.independence import model_of
from engine.models.model_list import OfferedModel, before_start, offered

LONGEST_S = 20.0
AGAIN_S = 5.0
"""Seconds after which an engine that did not answer is asked again: its server may have been starting."""


@dataclass(frozen=True, slots=True)
class ProbedEngine:
    """What one engine turned out to be; `probe` is None while it is being asked."""

    engine: str
    wanted: tuple[str, ...]
    """The models that roles want of it."""
    probe: Probe | None
    later: bool = False
    """Whether its server starts only with the run, so that nothing could be asked yet."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Wanted models that the engine does not list; none where it lists no models at all."""
        known = self.probe.models if self.probe else ()
        return tuple(model for model in self.wanted if known and model not in known)

    @property
    def contexts(self) -> dict[str, int]:
        """Context in tokens by ENGINE:MODEL, as far as the engine says."""
        if self.probe is None:
            return {}
        pairs = zip(self.probe.models, self.probe.contexts, strict=False)
        return {f"{self.engine}:{model}": context for model, context in pairs if context}


@dataclass(frozen=True, slots=True)
class _Question:
    """What an engine is being asked, and what it said the time before; that stands until there is something newer."""

    future: Future[Probe]
    before: Probe | None = None
    at: float = field(default_factory=time.monotonic)

    @property
    def stale(self) -> bool:
        """Whether it failed, some time ago."""
        failed = self.future.done() and not self.future.result().ok
        return failed and time.monotonic() - self.at > AGAIN_S


@dataclass
class Probes:
    """Everything that was asked so far."""

    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="probe"))
    asked: dict[tuple[str, str, str], _Question] = field(default_factory=dict)


def findings(known: Mapping[str, EngineSpec], roles: Mapping[str, str]) -> list[ProbedEngine]:
    """Return a finding for each engine that `roles` use; one that is unknown or has no model is a failed one."""
    found = []
    for name, models in _by_engine(roles).items():
        if name not in known:
            probe: Probe | None = Probe(False, f"no engine has this name; known: {', '.join(sorted(known))}")
        elif not all(models):
            probe = Probe(False, "a model is missing: write ENGINE:MODEL")
        elif early := before_start(name, known[name]):
            found.append(ProbedEngine(name, tuple(models), early, later=True))
            continue
        else:
            probe = _ask(name, known[name], models[0])
        found.append(ProbedEngine(name, tuple(models), probe))
    return found


def lists(known: Mapping[str, EngineSpec]) -> list[ProbedEngine]:
    """Return what each engine lists, whether a role uses it or not; no model is asked anything."""
    found = []
    for name, spec in known.items():
        early = before_start(name, spec)
        found.append(ProbedEngine(name, (), early or _ask(name, spec, ""), later=bool(early)))
    return found


def offers(known: Mapping[str, EngineSpec], found: Iterable[ProbedEngine]) -> tuple[OfferedModel, ...]:
    """Return the models that these engines list, with every name that they go by."""
    return tuple(
        one
        for each in found
        if each.probe and each.probe.ok
        for one in offered(each.engine, known[each.engine], each.probe.models)
    )


def ask_again() -> None:
    """Forget what engines said, so that they are asked anew."""
    _desk().asked.clear()


def _by_engine(roles: Mapping[str, str]) -> dict[str, list[str]]:
    engines: dict[str, list[str]] = {}
    for where in roles.values():
        name, _, model = model_of(where).partition(":")
        models = engines.setdefault(name.strip(), [])
        if model.strip() not in models:
            models.append(model.strip())
    return engines


def _ask(name: str, spec: EngineSpec, model: str) -> Probe | None:
    desk, key = _desk(), (name, spec.model_dump_json(), model)
    known = desk.asked.get(key)
    if known is None or known.stale:
        before = known.future.result() if known else None
        desk.asked[key] = known = _Question(desk.pool.submit(_probe, name, spec, model), before)
    # The embedded engine answers at once; waiting a moment spares the page a second drawing.
    try:
        return known.future.result(timeout=0.15)
    except TimeoutError:
        return known.before


def _probe(name: str, spec: EngineSpec, model: str) -> Probe:
    try:
        return asyncio.run(asyncio.wait_for(_held(name, spec, model), 2 * LONGEST_S))
    except TimeoutError:
        return Probe(False, f"no answer within {LONGEST_S:g} s", seconds=LONGEST_S)
    except (LemmaError, OSError) as error:
        return Probe(False, str(error))


async def _held(name: str, spec: EngineSpec, model: str) -> Probe:
    backend = registry.make(name, spec)
    try:
        return await probing.brief(backend, model, LONGEST_S)
    finally:
        await backend.aclose()


@st.cache_resource(show_spinner=False)
def _desk() -> Probes:
    return Probes()
