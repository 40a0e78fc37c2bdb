"""How the engines of a run answer: latency, tokens a second, calls in flight, troubles; what servers say themselves."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine.core.errors import BadSetting
from engine.core.project import EngineSpec
from engine.models import serving
from engine.models.latency import Recent, recent
from engine.runs.ahead import ahead
from engine.runs.plan import load_plan
from engine.runs.status import Status
from engine.runs.troubles import told
from studio.text.markdown import escape
from studio.ui.run_monitor import LIVE, short

_LOOK_S = 0.3


def engine_line(directory: Path, status: Status) -> None:
    """Draw what is ahead of a run and how its calls go, and a line for each engine that gives metrics meanwhile."""
    said, to_come = recent(directory), ahead(status)
    if said is None and not to_come and not status.errors:
        return
    if to_come:
        st.caption(f":material/hourglass_top: {escape(to_come)}")
    if facts := _facts(said, status):
        st.caption(f":material/speed: {escape(' · '.join(facts))}")
    for where, words in status.learnt.items():
        st.caption(f":material/school: {escape(f'{where} {words}')}")
    if status.state in LIVE:
        for name, spec in load_plan(directory).engines.items():
            _server(name, spec)


def _facts(said: Recent | None, status: Status) -> list[str]:
    facts = []
    if said is not None:
        facts.append(
            f"latency {said.p50:.2g} s, nine in ten within {said.p90:.2g} s, 99 in 100 within {said.p99:.2g} s"
        )
        facts.append(f"{short(said.tokens_per_second)} tokens a second")
    if status.state in LIVE:
        facts.append(f"{status.in_flight} of {status.concurrency} calls in flight")
    if status.errors:
        again = f"{status.retries:,} tries again" if status.retries else "not come through"
        facts.append(f"{again} ({told(status.errors)})")
    return facts


def _server(name: str, spec: EngineSpec) -> None:
    try:
        where = serving.address(name, spec) if spec.kind == "managed" else spec.base_url
    except BadSetting:
        return
    told = serving.metrics.read(where, _LOOK_S) if where else None
    if told is None:
        return
    st.caption(f":material/memory: **{escape(name)}** {escape(' · '.join(server_facts(told)))}")


def server_facts(told: serving.ServerMetrics) -> list[str]:
    """Return what a server says of itself, as words."""
    running = f"{told.running:.0f} of {told.slots} slots busy" if told.slots else f"{told.running:.0f} running"
    facts = [running, f"{told.waiting:.0f} waiting"]
    facts += [f"{told.cache_use:.0%} of the KV cache"] if told.cache_use is not None else []
    facts += [f"{told.prefix_hits:.0%} prefix hits"] if told.prefix_hits is not None else []
    # By the server's own clock, so the queue before it does not count.
    return facts + ([f"{short(told.reply_speed)} tokens a second in each reply"] if told.reply_speed else [])
