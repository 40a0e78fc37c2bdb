"""Which run is looked at, and what can be done with it in its present state."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine.core.errors import UserError
from engine.core.project import Project
from engine.runs import launcher
from engine.runs.plan import GeneratePlan, StudyPlan, load_plan, load_plan_as
from engine.runs.status import Status
from engine.store import RunNow
from studio.text.markdown import escape
from studio.ui import plan_draft, run_commands
from studio.ui.as_command import as_commands
from studio.ui.run_monitor import (
    LIVE,
    state_icon,
    state_word,
)


def run_picker(runs: Sequence[RunNow], project: Project, asked: str | None, *, key: str) -> RunNow:
    """Draw the list of runs with their states and return the chosen one; `asked` is the id that the address names."""
    states = {run.id: launcher.state(project.runs / run.id).state for run in runs}
    labels = {run.id: f"{run.id} · {state_word(states[run.id]).lower()}{_size(run)}" for run in runs}
    ids = list(labels)
    start = ids.index(asked) if asked in ids else 0
    # A mounted list keeps the words it was drawn with: with other words it is another list.
    mounted = f"{key}.{zlib.crc32(repr(labels).encode()):08x}"
    now = st.session_state.get(mounted, ids[start])
    chosen = st.selectbox(
        "Run",
        ids,
        start,
        format_func=labels.__getitem__,
        key=mounted,
        icon=state_icon(states[now]),
        label_visibility="collapsed",
    )
    return runs[ids.index(chosen)]


def _size(run: RunNow) -> str:
    """Return how many items a run has; trainings have none."""
    return f" · {run.total:,} items" if run.total else ""


def controls(directory: Path, status: Status) -> None:
    """Draw what can be done with a run in its present state, and the same as commands."""
    _acts(directory, status)
    commands(directory, status)


def commands(directory: Path, status: Status) -> None:
    """Draw how a shell begins such a run, and what it can do with it in its present state."""
    project = directory.parent.parent
    begun = run_commands.begun_by(load_plan(directory), project)
    steered = run_commands.steered_by(directory.name, status.state, project)
    as_commands([*([begun] if begun else []), *steered], key="generate.commands")


def _acts(directory: Path, status: Status) -> None:
    if status.state in LIVE:
        ending = status.state in ("pausing", "stopping")
        _button("Pause", ":material/pause:", launcher.pause, directory, disabled=ending, shortcut="P")
        _button("Cancel", ":material/stop:", launcher.cancel, directory, disabled=status.state == "stopping")
        return
    if status.state != "finished":
        _button("Resume", ":material/play_arrow:", launcher.resume, directory, shortcut="P", primary=True)
    if status.failed:
        _button(f"Retry {status.failed:,} failed", ":material/refresh:", _retry, directory)
    st.button("Load as plan", icon=":material/history:", key="generate.load", on_click=_load, args=(directory,))


def _button(
    text: str,
    icon: str,
    act: object,
    directory: Path,
    *,
    disabled: bool = False,
    shortcut: str | None = None,
    primary: bool = False,
) -> None:
    st.button(
        text,
        icon=icon,
        key=f"generate.{text.split()[0].lower()}",
        type="primary" if primary else "secondary",
        disabled=disabled,
        shortcut=shortcut,
        on_click=_steer,
        args=(act, directory),
    )


def _steer(act: object, directory: Path) -> None:
    """Do it; a run that ended a moment before says so."""
    try:
        act(directory)  # type: ignore[operator]
    except UserError as error:
        st.toast(escape(f"{directory.name} {error.what} {error.do}"), icon=":material/info:")


def _retry(directory: Path) -> None:
    launcher.resume(directory, retry_failed=True)


def _load(directory: Path) -> None:
    plan = load_plan(directory)
    planned = plan_draft.of_study(plan) if isinstance(plan, StudyPlan) else None
    plan_draft.keep(planned or plan_draft.of_plan(load_plan_as(directory, GeneratePlan)))
    st.session_state["generate.view"] = "Plan"
