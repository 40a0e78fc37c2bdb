"""One engine: what it is, whether it answers, what it can do; a server of ours can be started and stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from engine.core import permission, wording
from engine.core.errors import BadInput, LemmaError
from engine.core.project import EngineSpec, Project
from engine.core.protocol import Probe
from engine.models import measured_speed, probe, registry, serving
from engine.runs.learnt import learnt_in_runs
from studio.parts.engines.forms import edit_engine
from studio.text.markdown import escape
from studio.ui.as_command import as_commands, line
from studio.ui.blocks import alarm
from studio.ui.engine_lines import server_facts
from studio.ui.run_monitor import duration, short

Keep = Callable[[str, EngineSpec | None], None]
_KINDS = {
    "abacus": "embedded",
    "openai_compatible": "address",
    "managed": "our own server",
    "reward_model": "reward model",
}
_SERVERS = {"vllm": "vLLM", "llamacpp": "llama.cpp", "transformers": "our own small server"}
_STATES: dict[str, tuple[str, Literal["green", "blue", "gray", "red"], str]] = {
    "ready": ("Ready", "green", ":material/check_circle:"),
    "starting": ("Loading", "blue", ":material/hourglass_empty:"),
    "dead": ("Ended", "red", ":material/error:"),
    "stopped": ("Stopped", "gray", ":material/stop:"),
}


@dataclass(frozen=True, slots=True)
class _Measuring:
    """A measurement under way, or done."""

    future: Future[Probe]
    steps: list[int]
    """One number: the step of `probe.STEPS` that it is at; its thread writes, the page reads."""
    begun: float
    """Monotonic seconds."""


def engine_card(project: Project, name: str, spec: EngineSpec, keep: Keep) -> None:
    """Draw one engine with what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape(name)}** :gray[· {_KINDS[spec.kind]}]", width="content")
        server = serving.find(project.servers, name) if spec.kind == "managed" else None
        now = _state(server) if spec.kind == "managed" else None
        if now:
            word, colour, icon = _STATES[now]
            st.badge(word, color=colour, icon=icon)
    st.caption(escape(_about(spec)))
    if server and now == "starting":
        _wait(server)
    if server and now == "ready":
        _metrics(server)
    _buttons(project, name, spec, server, keep)
    _measured(project, name, spec)
    if server:
        with st.expander("Log", icon=":material/terminal:"):
            st.code(serving.log_tail(server, 30) or "It has said nothing yet.", language=None, height=220)


def _state(server: serving.Server | None) -> str:
    return serving.health(server).word if server else "stopped"


def _about(spec: EngineSpec) -> str:
    if spec.kind == "abacus":
        return "For trying things out; it is not a language model. It needs nothing."
    if spec.kind == "reward_model":
        return "Folders that score solutions. " + (
            "Python code in them is run." if spec.trust_remote_code else "Code in them is not run."
        )
    prices = [f"${spec.usd_per_million_in:g} / ${spec.usd_per_million_out:g} a million tokens"]
    prices = prices if spec.usd_per_million_in or spec.usd_per_million_out else []
    prices += [f"${spec.usd_per_hour:g} an hour"] if spec.usd_per_hour else []
    if spec.kind == "openai_compatible":
        return " · ".join([spec.base_url, *prices])
    shared = f"{spec.gpus} GPUs" if spec.gpus > 1 else ""
    parts = [spec.model, _SERVERS[spec.server], shared, spec.quantization, *prices]
    return " · ".join(part for part in parts if part)


def _wait(server: serving.Server) -> None:
    @st.fragment(run_every="1s")
    def poll() -> None:
        now = serving.health(server)
        st.caption(":material/hourglass_empty: The model is being loaded; this goes on without the page.")
        if now.word != "starting":
            st.rerun()

    poll()


def _metrics(server: serving.Server) -> None:
    @st.fragment(run_every="3s")
    def poll() -> None:
        said = serving.metrics.read(server.base_url, timeout=0.5)
        if said is None:
            return
        context = [f"{said.context:,} tokens of context in each slot"] if said.context else []
        so_far = f"{short(said.tokens_out)} tokens so far"
        st.caption(escape(" · ".join([*server_facts(said), *context, so_far, server.base_url])))

    poll()


def _buttons(project: Project, name: str, spec: EngineSpec, server: serving.Server | None, keep: Keep) -> None:
    with st.container(horizontal=True):
        if spec.kind == "managed" and server is None:
            st.button(
                "Start", icon=":material/play_arrow:", type="primary", key=f"engines.start.{name}", on_click=_start,
                args=(project, name, spec),
            )  # fmt: skip
        if server is not None:
            st.button("Stop", icon=":material/stop:", key=f"engines.stop.{name}", on_click=serving.stop, args=(server,))
        st.button(
            "Measure", icon=":material/speed:", key=f"engines.measure.{name}", on_click=_measure,
            args=(project, name, spec), disabled=spec.kind == "managed" and server is None,
        )  # fmt: skip
        if spec.kind != "abacus" and st.button("Edit", icon=":material/edit:", key=f"engines.edit.{name}"):
            edit_engine(name, spec, keep)
        acts = {"managed": ["start" if server is None else "stop", "log"], "abacus": []}.get(spec.kind, [])
        as_commands(
            [line(["engines", act, name], project.root) for act in (*acts, "probe")], key=f"engines.commands.{name}"
        )
    if spec.kind == "managed" and server is None:
        _memory(spec)


def _start(project: Project, name: str, spec: EngineSpec) -> None:
    try:
        serving.start(project.servers, name, spec)
    except LemmaError as error:
        st.toast(escape(str(error)), icon=":material/error:")


def _memory(spec: EngineSpec) -> None:
    try:
        need = serving.estimate(spec)
    except (BadInput, KeyError):
        return
    st.caption(escape(f"Takes {need.sentence}."))
    if need.fits is False:
        alarm(f"It does not fit: {'quantise, or share it over more GPUs' if need.gpu else 'take fewer slots'}.")


def _measure(project: Project, name: str, spec: EngineSpec) -> None:
    permission.require("change", "Measuring an engine")
    known = serving.resolved(project.servers, {name: spec})[name]

    async def asked() -> Probe:
        model, found = await _probe(name, known, lambda step: steps.__setitem__(0, step))
        measured_speed.keep(project, name, spec, model, found)
        return found

    steps = [0]
    begun = time.monotonic()
    _asked()[str(project.root), name] = _Measuring(_pool().submit(lambda: asyncio.run(asked())), steps, begun)


async def _probe(name: str, spec: EngineSpec, on_step: probe.Step) -> tuple[str, Probe]:
    """Return the model that was asked, and what came of it."""
    try:
        backend = registry.make(name, spec)
    except LemmaError as error:
        return "", Probe(False, str(error))
    model = ""
    try:
        model = next(iter((await backend.probe("")).models), "")
        return model, await probe.measure(backend, model, on_step)
    except (LemmaError, OSError) as error:
        return model, Probe(False, str(error))
    finally:
        await backend.aclose()


def _measured(project: Project, name: str, spec: EngineSpec) -> None:
    measuring = _asked().get((str(project.root), name))
    if measuring is None:
        _learnt(learnt_in_runs(project.runs, name, spec))
        return
    if not measuring.future.done():
        _look(measuring)
        return
    found = measuring.future.result()
    if not found.ok:
        st.markdown(f":red[:material/error:] :small[{escape(found.detail)}]")
        return
    facts = [f"{len(found.models)} models: {', '.join(found.models[:4])}" if found.models else "models are not listed"]
    facts += [f"context {found.context_length:,}"] if found.context_length else []
    facts += [f"{found.slots} slots"] if found.slots else []
    facts += [f"{wording.speed(found.tokens_per_second)} tokens a second"] if found.tokens_per_second else []
    if probe.SCHEMAS not in found.unmeasured:
        facts.append("schemas are enforced" if found.structured else "free text")
    if probe.LOGPROBS not in found.unmeasured:
        facts.append("log-probabilities" if found.logprobs else "no log-probabilities")
    facts += [f"answers in {duration(found.seconds)}"]
    if found.unmeasured:
        facts.append(f"too slow to tell within {probe.LONGEST_S:.0f} s: {', '.join(found.unmeasured)}")
    st.markdown(f":green[:material/check_circle:] :small[{escape(' · '.join(facts))}]")
    here = {found.models[0] if found.models else "": found.learnt} if found.learnt else {}
    _learnt(learnt_in_runs(project.runs, name, spec) | here)


def _learnt(said: dict[str, str]) -> None:
    """Say what the models of an engine were found not to take; requests are written so that they do."""
    for model, words in said.items():
        st.caption(f":material/school: {escape(f'{model}: {words}' if model else words)}")


def _look(measuring: _Measuring) -> None:
    @st.fragment(run_every="1s")
    def poll() -> None:
        step, passed = measuring.steps[0], duration(time.monotonic() - measuring.begun)
        share = (time.monotonic() - measuring.begun) / probe.LONGEST_S
        where = f"Step {step + 1} of {len(probe.STEPS)}: {probe.STEPS[step]}"
        st.progress(
            min(1.0, max(share, step / len(probe.STEPS))),
            text=f":small[{escape(f'{where} · {passed} of {probe.LONGEST_S:.0f} s at most')}]",
        )
        if measuring.future.done():
            st.rerun()

    poll()


@st.cache_resource(show_spinner=False)
def _asked() -> dict[tuple[str, str], _Measuring]:
    return {}


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, thread_name_prefix="measure")
