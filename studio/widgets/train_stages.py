"""Fine-tuning and then preference training as one run: how far it is, and each stage with its own curves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from engine import jobs
from engine.pipeline.fine_tuning import TITLES
from engine.project import Project
from engine.rounds import stages
from engine.store import RunNow, Store
from engine.training_settings import Method
from studio.widgets.generate_live import controls
from studio.widgets.run_monitor import follow, run_head, state_icon
from studio.widgets.train_live import train_live

METHODS: tuple[Method, ...] = ("sft", "dpo")


def train_stages(project: Project, store: Store, run: RunNow) -> None:
    """Draw a run of two stages; which of them is drawn whole is the reader's choice."""
    directory = project.runs / run.id
    places = {method: stages.stage(directory, method) for method in METHODS}
    status, begun = jobs.state(directory), _begun(places)
    follow(directory, status.state, lambda now: run_head(run.title, now), moved=lambda now: _begun(places) != begun)
    if status.state != "finished":
        with st.container(horizontal=True):
            controls(directory, status)
    if not begun:
        st.caption("The first stage begins within seconds.")
        return
    words = {method: f"{state_icon(jobs.state(places[method]).state)} {TITLES[method]}" for method in begun}
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
