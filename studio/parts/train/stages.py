"""Fine-tuning and then preference training as one run: how far it is, and each stage with its own curves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from engine.core.project import Project
from engine.core.settings.training import Method
from engine.learning.rounds import stages
from engine.learning.training.program import TITLES
from engine.runs import launcher
from engine.store import RunNow, Store
from studio.parts.generate.live import controls
from studio.parts.train.live import train_live
from studio.ui.run_monitor import follow, run_head, state_icon

METHODS: tuple[Method, ...] = ("sft", "dpo")


def train_stages(project: Project, store: Store, run: RunNow) -> None:
    """Draw a run of two stages; which of them is drawn whole is the reader's choice."""
    directory = project.runs / run.id
    places = {method: stages.stage(directory, method) for method in METHODS}
    status, begun = launcher.state(directory), _begun(places)
    follow(directory, status.state, lambda now: run_head(run.title, now), moved=lambda now: _begun(places) != begun)
    if status.state != "finished":
        with st.container(horizontal=True):
            controls(directory, status)
    if not begun:
        st.caption("The first stage begins within seconds.")
        return
    words = {method: f"{state_icon(launcher.state(places[method]).state)} {TITLES[method]}" for method in begun}
    # With another stage begun it is another list, so that the newest is the one that is drawn.
    key = f"train.stage.{run.id}.{len(begun)}"
    chosen = st.segmented_control(
        "Stage", begun, default=begun[-1], required=True, format_func=words.__getitem__, key=key,
        label_visibility="collapsed",
    )  # fmt: skip
    inner = store.runs.get(places[chosen].name)
    if inner is None:
        st.caption("Its figures are being folded in.")
        return
    train_live(project, store, inner, None, within=status)


def _begun(places: Mapping[Method, Path]) -> list[Method]:
    """Return the stages that are planned."""
    return [method for method, place in places.items() if (place / "plan.json").exists()]
