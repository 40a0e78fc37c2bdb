"""Fine-tuning and then preference training as one run: how far it is, and each stage with its own curves."""

from __future__ import annotations

import streamlit as st

from engine.core.project import Project
from engine.core.settings.training import Method
from engine.learning.rounds import stages
from engine.learning.training.program import TITLES
from engine.runs import launcher
from engine.store import RunNow, Store
from studio.parts.generate.live import controls
from studio.parts.train.live import train_live
from studio.ui.run_monitor import LIVE, run_head, state_icon

METHODS: tuple[Method, ...] = ("sft", "dpo")


def train_stages(project: Project, store: Store, run: RunNow) -> None:
    """Draw a run of two stages; which of them is drawn whole is the reader's choice."""
    directory = project.runs / run.id
    places = {method: stages.stage(directory, method) for method in METHODS}
    begun = [method for method, place in places.items() if (place / "plan.json").exists()]
    before = launcher.state(directory)

    @st.fragment(run_every="2s" if before.state in LIVE else None)
    def poll() -> None:
        now = launcher.state(directory)
        there = [method for method, place in places.items() if (place / "plan.json").exists()]
        if now.state != before.state or there != begun:
            st.rerun()
        run_head(run.title, now)

    poll()
    if before.state != "finished":
        with st.container(horizontal=True):
            controls(directory, before)
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
    train_live(project, store, inner, None, within=True)
