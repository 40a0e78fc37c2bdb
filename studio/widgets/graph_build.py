"""Builds knowledge points from seeds: a run of its own, watched here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import jobs, planning
from engine.errors import LemmaError
from engine.plans import Status, load_plan
from studio import drafts
from studio.house import House
from studio.latex import escape
from studio.widgets.blocks import failure
from studio.widgets.run_monitor import run_head

WORDS = {
    "extract": "reading seeds",
    "keep": "dropping bad points",
    "same": "finding equal points",
    "name": "naming groups",
}


def going(shared: House) -> Path | None:
    """Return the directory of the build that is going on, if any."""
    for plan in sorted(shared.project.runs.glob("knowledge-*/plan.json"), reverse=True):
        if load_plan(plan.parent).kind == "knowledge" and jobs.state(plan.parent).state in jobs.ACTIVE:
            return plan.parent
    return None


def build(shared: House) -> None:
    """Plan a build over all seeds and leave it to a worker."""
    try:
        planned = planning.knowledge(shared.store, shared.project, drafts.shipped("gsdp"))
        jobs.launch(planned.directory)
    except LemmaError as error:
        failure(error, key="graph.build")
        return
    st.rerun()


def catch_up(shared: House) -> None:
    """Fold in builds that have ended since the folding thread looked last, so that the page never shows less."""
    for plan in shared.project.runs.glob("knowledge-*/plan.json"):
        shared.store.ingest(plan.parent)


@st.fragment(run_every="1s")
def watch(shared: House, directory: Path) -> None:
    """Draw how far the build is; the page is drawn again, with what came of it, when it has ended."""
    status = jobs.state(directory)
    if status.state not in jobs.ACTIVE:
        shared.store.ingest(directory)
        st.rerun()
    run_head(f"Knowledge points · {escape(_phase(status))}", status)


def _phase(status: Status) -> str:
    name = status.phases[-1].name if status.phases else ""
    return WORDS.get(name, "starting")
