"""The part of the import card that brings in a taxonomy: look at its points, then add them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from engine.core.errors import LemmaError
from engine.knowledge import taxonomy_files
from engine.planning.taxonomy_import import add_taxonomy
from engine.seeds.topic_paths import SHOWN
from studio import workspace
from studio.tasks import import_job
from studio.text.markdown import escape, plain
from studio.ui.blocks import failure

_FILE, _DONE = "seeds.taxonomy.file", "seeds.taxonomy.done"


def taxonomy_import() -> None:
    """Draw the file, the points that it holds with their places, and the button that adds them."""
    st.caption("Our TOML, indented text, a Markdown list, CSV of paths or of id and parent, a JSON tree.")
    given = st.file_uploader("File of a taxonomy", key=_FILE, label_visibility="collapsed")
    if done := st.session_state.pop(_DONE, None):
        st.success(escape(done), icon=":material/check_circle:")
    if given is None:
        return
    try:
        path = import_job.keep_upload(workspace.workspace().project, given.name, given.getvalue())
        found = taxonomy_files.read(path)
    except LemmaError as error:
        failure(error, key="seeds.taxonomy")
        return
    places = [plain(SHOWN.join(names[:-1])) for names in found.paths]
    points = [plain(names[-1]) for names in found.paths]
    st.dataframe(pd.DataFrame({"Knowledge point": points, "Under": places}), hide_index=True, height=250)
    if found.skipped:
        said = "; ".join(f"{name} ({why})" for name, why in found.skipped[:5])
        st.caption(escape(f"{len(found.skipped):,} left out: {said}"))
    label = f"Add {len(found.paths):,} knowledge points"
    st.button(
        label, type="primary", icon=":material/account_tree:", key="seeds.taxonomy.go", on_click=_add, args=(path,)
    )


def _add(path: Path) -> None:
    done = add_taxonomy(workspace.workspace().store, path)
    said = f"{done.added:,} knowledge points added, {done.merged:,} were there already, {len(done.skipped):,} left out."
    st.session_state[_DONE] = said
