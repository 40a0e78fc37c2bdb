"""A training while it goes on and after: state, curves, checkpoints, the command for many GPUs."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.core.errors import UserError
from engine.core.project import Project
from engine.learning.training import launching
from engine.runs import launcher
from engine.runs.plan import TrainPlan, load_plan_as
from engine.runs.status import Status
from engine.store import RunNow, Store
from studio import charts
from studio.parts.train.checkpoints import train_checkpoints
from studio.text.markdown import escape
from studio.theme import fade, tokens
from studio.ui.run_controls import commands
from studio.ui.run_monitor import LIVE, follow, run_head, run_log, run_state

SMOOTH = 0.9
"""Weight of what was before, in the smoothed curve."""
_SHOWN = ("learning_rate", "grad_norm", "tokens_per_second", "rewards_margins", "rewards_accuracies")


def train_live(
    project: Project, store: Store, run: RunNow, earlier: RunNow | None, *, within: Status | None = None
) -> None:
    """Draw one training; it polls while the training is live.

    One `within` another run, whose status that is, is steered with it. It polls while that one is live: a stage that
    was lost is taken up again only some time after its run.
    """
    directory = project.runs / run.id
    status = launcher.state(directory)
    live = status.state in LIVE

    def draw(now: Status) -> None:
        if within is None:
            run_head(run.title, now)
        _drawn(store, directory, run, earlier, now)

    @st.fragment(run_every="2s" if live else None)
    def log() -> None:
        run_log(directory / "training" / "output.log", 6)

    if within is None:
        _controls(directory, status)
    follow(directory, status.state, draw, live=within is not None and within.state in LIVE)
    train_checkpoints(project, store, directory, metrics(store, run.id), live=live)
    log()
    _many(directory)


def _drawn(store: Store, directory: Path, run: RunNow, earlier: RunNow | None, status: Status) -> None:
    if status.state == "failed":
        run_state(status)
    frame = metrics(store, run.id)
    if frame.empty:
        st.caption("The first figures come when the model is loaded and the data is tokenised.")
    else:
        figure = curves(frame, metrics(store, earlier.id) if earlier else None)
        alt = f"Loss {frame[frame.name == 'loss']['value'].iloc[-1]:.3f}" if (frame.name == "loss").any() else "Loss"
        charts.draw(figure, key=f"train.loss.{run.id}", alt=alt)
        _latest(frame)


def metrics(store: Store, run_id: str) -> pd.DataFrame:
    """Return what a training said so far: step, name, value."""
    return _metrics(store, store.path, run_id, store.revision_of("trainings"))


@st.cache_data(show_spinner=False, max_entries=8)
def _metrics(_store: Store, where: str, run_id: str, revision: int) -> pd.DataFrame:
    return _store.trainings.metrics(run_id)


def curves(frame: pd.DataFrame, before: pd.DataFrame | None = None) -> go.Figure:
    """Return the loss: raw faint, smoothed bold, held-out as diamonds, an earlier training dotted."""
    now = tokens()
    made = charts.figure(280, now)
    raw, held = (frame[frame.name == name] for name in ("loss", "eval_loss"))
    made.add_scatter(
        x=raw["step"],
        y=raw["value"],
        mode="lines",
        name="training loss",
        line={"color": fade(now.kept, 0.4), "width": 1},
    )
    made.add_scatter(
        x=raw["step"], y=smoothed(raw["value"].to_numpy()), mode="lines", name="smoothed",
        line={"color": now.kept, "width": 2.5},
    )  # fmt: skip
    if len(held):
        made.add_scatter(
            x=held["step"], y=held["value"], mode="lines+markers", name="held-out loss",
            line={"color": now.other, "width": 2}, marker={"symbol": "diamond", "size": 8},
        )  # fmt: skip
    if before is not None and (before.name == "loss").any():
        old = before[before.name == "loss"]
        made.add_scatter(
            x=old["step"], y=smoothed(old["value"].to_numpy()), mode="lines", name="the one before",
            line={"color": now.mute, "width": 1.5, "dash": "dot"},
        )  # fmt: skip
    made.update_xaxes(title="step")
    made.update_yaxes(showgrid=True, gridcolor=now.line)
    return made


def smoothed(values: Sequence[float] | np.ndarray, keep: float = SMOOTH) -> list[float]:
    """Return an exponential mean that is not pulled to zero at its start."""
    found, total, weight = [], 0.0, 0.0
    for value in values:
        total, weight = keep * total + (1 - keep) * float(value), keep * weight + (1 - keep)
        found.append(total / weight)
    return found


def _latest(frame: pd.DataFrame) -> None:
    last = frame.groupby("name", sort=False)["value"].last()
    shown = [name for name in ("loss", *_SHOWN) if name in last.index][:4]
    for cell, name in zip(st.columns(len(shown) or 1), shown, strict=False):
        cell.metric(name.replace("_", " ").capitalize(), f"{last[name]:.3g}")


def _controls(directory: Path, status: Status) -> None:
    with st.container(horizontal=True):
        if status.state in LIVE:
            _button("Stop after this step", ":material/stop:", launcher.pause, directory)
        elif status.state != "finished":
            _button("Resume from the checkpoint", ":material/play_arrow:", launcher.resume, directory, primary=True)
        commands(directory, status)


def _button(text: str, icon: str, act: object, directory: Path, *, primary: bool = False) -> None:
    st.button(
        text, icon=icon, type="primary" if primary else "secondary", key=f"train.{text.split()[0]}", on_click=_steer,
        args=(act, directory),
    )  # fmt: skip


def _steer(act: object, directory: Path) -> None:
    try:
        act(directory)  # type: ignore[operator]
    except UserError as error:
        st.toast(escape(f"{directory.name} {error.what} {error.do}"), icon=":material/info:")


def _many(directory: Path) -> None:
    plan = load_plan_as(directory, TrainPlan)
    with st.expander("Settings, and the same by hand or on many GPUs", icon=":material/terminal:"):
        st.code(shlex.join(launching.command(plan, directory)), language="bash", wrap_lines=True)
        st.json(plan.training.model_dump(mode="json"), expanded=False)
