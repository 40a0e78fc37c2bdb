"""Engines: which models can this project use, do they answer, and who speaks for which role?"""

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.project import EngineSpec, engines, save_engines
from studio import workspace
from studio.parts.engines.cards import engine_card
from studio.parts.engines.forms import discovered, new_engine, roles_editor
from studio.parts.engines.lineups import as_published
from studio.tasks import probe_job
from studio.text.markdown import escape
from studio.ui.blocks import failure, title_row

project = workspace.workspace().project
NEW, FIND = "engines.new", "engines.find"

with title_row("Engines"):
    st.button("Find local servers", icon=":material/search:", key=FIND)
    st.button("New engine", icon=":material/add:", type="primary", key=NEW)

try:
    named = engines(project)
except LemmaError as error:
    failure(error, key="engines")
    st.stop()


def keep(name: str, spec: EngineSpec | None) -> None:
    """Save an engine under a name, or forget it."""
    others = {key: each for key, each in named.items() if key != name}
    save_engines(project, {**others, name: spec} if spec else others)
    probe_job.ask_again()


if st.session_state.get(NEW):
    new_engine(named, keep)
if st.session_state.get(FIND):
    discovered(named, keep)

for start in range(0, len(named), 2):
    for cell, name in zip(st.columns(2, gap="small"), list(named)[start : start + 2], strict=False):
        with cell.container(border=True, height="stretch"):
            engine_card(project, name, named[name], keep)

roles_editor(project, named)
as_published(project, named)
st.caption(
    f"Kept in {escape(str(project.engines_file))}; keys stay in the environment or in files outside the project."
)
