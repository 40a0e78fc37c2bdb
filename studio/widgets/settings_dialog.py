"""Settings that are no step of the road: who decides, and which engines there are."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from engine.errors import UserError
from engine.project import EngineSpec, Project, engines, save_engines
from engine.settings import explain
from studio import session
from studio.latex import escape
from studio.widgets.settings_form import settings_form

_ASKED = tuple(name for name in EngineSpec.model_fields if name != "state_file")
"""What a person says of an engine; where its server listens is found out."""


@st.dialog("Settings", width="medium", icon=":material/settings:", on_dismiss="rerun")
def settings_dialog() -> None:
    """Draw the dialog: person, project, engines."""
    name = st.text_input("Your name", session.curator(), max_chars=60, help="Decisions are kept under this name.")
    if name.strip():
        st.session_state[session.CURATOR] = name.strip()
    found = session.project_or_none()
    if found is None:
        st.caption("There is no project yet, so there are no engines to set.")
        return
    st.caption(f"Project folder {escape(str(found.root))}")
    _engines(found)


def _engines(project: Project) -> None:
    try:
        named = engines(project)
    except UserError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    st.markdown("**Engines** :gray[· keys stay in the environment or in a file outside the project]")
    fresh = "New engine"
    chosen = st.selectbox("Engine", [*named, fresh], key="settings.engine")
    if chosen == "abacus":
        st.caption("The embedded engine needs no settings. It is for trying things out and is not a language model.")
        return
    name = st.text_input("Name", max_chars=40, key="settings.engine.name") if chosen == fresh else chosen
    with st.form(f"settings.engine.{chosen}", border=False):
        spec = settings_form(EngineSpec, named.get(chosen), key=f"settings.engine.{chosen}", columns=2, only=_ASKED)
        save = st.form_submit_button("Save engine", type="primary", icon=":material/save:")
    if save:
        _save(project, named, name.strip(), spec)
    if chosen != fresh and st.button("Remove engine", icon=":material/delete:"):
        save_engines(project, {key: value for key, value in named.items() if key != chosen})
        st.rerun(scope="fragment")


def _save(project: Project, named: dict[str, EngineSpec], name: str, spec: EngineSpec | ValidationError) -> None:
    if not name:
        st.error("Give the engine a name.", icon=":material/error:")
    elif isinstance(spec, ValidationError):
        st.error(escape(str(explain(spec, where=name))), icon=":material/error:")
    else:
        save_engines(project, {**named, name: spec})
        st.toast(f"Engine {escape(name)} is saved.", icon=":material/check_circle:")
