"""The engines at work, one line each: what the server says of itself, and how it answers the runs that use it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.project import EngineSpec, Project, engines
from engine.models import serving
from engine.models.latency import Recent, recent
from engine.runs.plan import load_plan
from studio.text.markdown import escape
from studio.ui.engine_lines import server_facts
from studio.ui.run_monitor import short

_LOOK_S = 0.3
_SILENT_S = 60.0
"""A server without metrics is not asked again for so long."""


@dataclass(slots=True)
class Working:
    """An engine and the runs that use it: directory of each, and the roles that the engine speaks for."""

    spec: EngineSpec
    runs: list[tuple[Path, frozenset[str]]] = field(default_factory=list)


def working(project: Project, directories: Sequence[Path]) -> dict[str, Working]:
    """Return the engines that these runs use, and the servers of the project that are up."""
    found: dict[str, Working] = {}
    for directory in directories:
        plan = load_plan(directory)
        roles = defaultdict(set)
        for role, speaker in plan.recipe.roles.items():
            roles[speaker.partition(":")[0]].add(role)
        for name, spec in plan.engines.items():
            if roles[name]:
                found.setdefault(name, Working(spec)).runs.append((directory, frozenset(roles[name])))
    for name, spec in engines(project).items():
        if spec.kind == "managed" and serving.find(project.servers, name):
            found.setdefault(name, Working(spec))
    return found


def engine_strip(project: Project, directories: Sequence[Path]) -> None:
    """Draw one line for each engine at work."""
    for name, now in sorted(working(project, directories).items()):
        st.caption(f":material/memory: **{escape(name)}** {escape(' · '.join(facts(name, now)))}")


def facts(name: str, now: Working) -> list[str]:
    """Return what is known of an engine: requests and cache as its server tells, speed and form as runs saw them."""
    told = _told(name, now.spec)
    said = [one for one in (recent(directory, roles) for directory, roles in now.runs) if one]
    found = server_facts(told) if told else []
    if said:
        found.append(f"{short(sum(one.tokens_per_second for one in said))} tokens a second")
        found.append(_form(said))
    elif now.runs:
        found.append("no reply yet")
    elif not told:
        found.append("up, and in no use")
    return found


def _form(said: Sequence[Recent]) -> str:
    replies = sum(one.replies for one in said)
    share = sum(one.reread * one.replies for one in said) / replies
    return f"{share:.1%} unreadable" if share else "all replies readable"


def _told(name: str, spec: EngineSpec) -> serving.ServerMetrics | None:
    """Return what the server says; one that has no metrics is left alone for a while."""
    try:
        where = serving.address(name, spec) if spec.kind == "managed" else spec.base_url
    except LemmaError:
        return None
    if not where or _silent().get(where, 0.0) > time.monotonic():
        return None
    told = serving.metrics.read(where, _LOOK_S)
    if told is None:
        _silent()[where] = time.monotonic() + _SILENT_S
    return told


@st.cache_resource(show_spinner=False)
def _silent() -> dict[str, float]:
    return {}
