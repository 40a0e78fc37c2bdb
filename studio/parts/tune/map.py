"""Draws the project's map anew in a worker, and says how far it is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.planning import Planned
from engine.runs import launcher
from engine.runs.plan import MapPlan
from studio.text.markdown import escape
from studio.workspace import Workspace


def map_button(shared: Workspace, plan: Callable[[], Planned[MapPlan]]) -> None:
    """Offer a new map; places change only when somebody asks for it."""
    maps = shared.store.maps.ids()
    st.caption(f"Map: {escape(maps[0])}. New problems are placed beside their neighbours." if maps else "No map yet.")
    going = [run.id for run in shared.store.runs.list() if run.kind == "map" and _active(shared, run.id)]
    if going:
        st.markdown(
            f":material/hourglass: The map is being drawn ({escape(going[0])}). It appears here when it is done."
        )
    elif st.button("Redraw the map", icon=":material/map:", key="tune.map"):
        launcher.launch(plan().directory)
        st.rerun()


def _active(shared: Workspace, run_id: str) -> bool:
    return launcher.state(shared.project.runs / run_id).state in launcher.ACTIVE
