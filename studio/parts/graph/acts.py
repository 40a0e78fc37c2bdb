"""The acts that repair the list of points: rename, merge, split, delete, undo, redo. All are events."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.core.errors import LemmaError
from engine.knowledge.graph import KnowledgeGraph
from studio import session
from studio.parts.graph.merge import merge_dialog
from studio.parts.graph.reads import Facts
from studio.parts.graph.split import split_dialog
from studio.ui.blocks import failure
from studio.workspace import Workspace


def acts(shared: Workspace, graph: KnowledgeGraph, known: dict[str, Facts], point: str) -> None:
    """Draw the acts on the chosen point, and under them what stands against the one that was pressed."""
    store, who = shared.store, session.curator()
    chosen: tuple[Callable[[], object], str | None] | None = None
    with st.container(horizontal=True, gap="xsmall"):
        with st.popover("Rename"), st.form("graph.rename", border=False):
            name = st.text_input("New name", value=point).strip()
            if st.form_submit_button("Rename") and name != point:
                chosen = (lambda: store.points.rename(point, name, who), name)
        if st.button("Merge", key="graph.merge"):
            merge_dialog(shared.project, store, graph, known, point)
        if st.button("Split", key="graph.split"):
            split_dialog(shared.project, store, point)
        with st.popover(":material/delete:", help="Delete the point"):
            st.caption("The point leaves the graph; seeds and problems stay. Undo brings it back.")
            if st.button("Delete", key="graph.delete", icon=":material/delete:"):
                chosen = (lambda: store.points.delete(point, who), None)
        if st.button(":material/undo:", key="graph.undo", help="Undo the last change of points"):
            chosen = (lambda: store.points.undo(who), None)
        if st.button(":material/redo:", key="graph.redo", help="Redo what was undone"):
            chosen = (lambda: store.points.redo(who), None)
    if chosen:
        # Out of form and popover: an error has buttons and a popover of its own, which neither may hold.
        _do(*chosen)


def _do(act: Callable[[], object], then: str | None) -> None:
    """Carry out an act and show the graph anew, around `then` where it is given."""
    try:
        act()
    except LemmaError as error:
        failure(error, key="graph.act")
        return
    if then:
        st.query_params["point"] = then
    else:
        st.query_params.pop("point", None)
    st.rerun()
