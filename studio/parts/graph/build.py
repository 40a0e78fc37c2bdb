"""Builds knowledge points from seeds: a run of its own, watched here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import planning
from engine.core.errors import LemmaError
from engine.runs import launcher
from engine.runs.plan import load_plan
from engine.runs.status import Status
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.blocks import failure
from studio.ui.run_monitor import run_head
from studio.workspace import Workspace

WORDS = {
    "extract": "reading seeds",
    "keep": "dropping bad points",
    "same": "finding equal points",
    "name": "naming groups",
}


def going(shared: Workspace) -> Path | None:
    """Return the directory of the build that is going on, if any."""
    for plan in sorted(shared.project.runs.glob("knowledge-*/plan.json"), reverse=True):
        if load_plan(plan.parent).kind == "knowledge" and launcher.state(plan.parent).state in launcher.ACTIVE:
            return plan.parent
    return None


def build(shared: Workspace) -> None:
    """Plan a build over all seeds and leave it to a worker."""
    try:
        planned = planning.knowledge(shared.store, shared.project, plan_draft.shipped("gsdp"))
        launcher.launch(planned.directory)
    except LemmaError as error:
        failure(error, key="graph.build")
        return
    st.rerun()


def catch_up(shared: Workspace) -> None:
    """Fold in builds that have ended since the folding thread looked last, so that the page never shows less."""
    for plan in shared.project.runs.glob("knowledge-*/plan.json"):
        shared.store.ingest(plan.parent)


@st.fragment(run_every="1s")
def watch(shared: Workspace, directory: Path) -> None:
    """Draw how far the build is; the page is drawn again, with what came of it, when it has ended."""
    status = launcher.state(directory)
    if status.state not in launcher.ACTIVE:
        shared.store.ingest(directory)
        st.rerun()
    run_head(f"Knowledge points · {escape(_phase(status))}", status)


def _phase(status: Status) -> str:
    name = status.phases[-1].name if status.phases else ""
    return WORDS.get(name, "starting")
