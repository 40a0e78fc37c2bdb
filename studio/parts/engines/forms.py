"""Forms of the engines page: a new engine, one that changes, servers that were found, who speaks for which role."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from pydantic import ValidationError

from engine.core.errors import BadSetting
from engine.core.project import EngineSpec, Project, refuse_credentials, roles, save_roles
from engine.core.settings import explain
from engine.generation import recipes
from engine.models import registry, serving
from studio.parts.engines.files import FIELDS, LABELS, new_file
from studio.parts.engines.typed_again import typed_again
from studio.text.markdown import escape
from studio.ui.blocks import block_title, faults_drawn
from studio.ui.settings_form import settings_form

Keep = Callable[[str, EngineSpec | None], None]
_ADDRESS = ("base_url", "api_key_env", "api_key_file", "usd_per_million_in", "usd_per_million_out", "usd_per_hour")
_SERVER = (
    "model", "server", "served_name", "max_model_len", "tensor_parallel", "data_parallel", "quantization", "dtype",
    "gpu_memory_utilization", "prefix_caching", "python", "port", "extra_args", "usd_per_hour",
)  # fmt: skip
_REWARD = ("trust_remote_code",)
_FILE = "file"
"""A kind of its own for people; it is a managed server like any other."""
_KINDS = {
    "openai_compatible": "An address that answers already",
    _FILE: "A model file",
    "managed": "A server that the studio starts",
    "reward_model": "Reward models",
}


@st.dialog("New engine", width="medium", icon=":material/add:")
def new_engine(named: Mapping[str, EngineSpec], keep: Keep) -> None:
    """Draw the form of an engine that is not there yet."""
    kind = st.segmented_control(
        "Kind", list(_KINDS), default="openai_compatible", required=True, format_func=_KINDS.__getitem__,
        label_visibility="collapsed", key="engines.kind",
    )  # fmt: skip
    if kind == _FILE:
        new_file(named, keep)
    else:
        _form("", EngineSpec(kind=kind), keep, taken=named)


@st.dialog("Edit engine", width="medium", icon=":material/edit:")
def edit_engine(name: str, spec: EngineSpec, keep: Keep) -> None:
    """Draw the form of a known engine."""
    _form(name, spec, keep, taken={})
    if st.button("Forget it", icon=":material/delete:", key=f"engines.forget.{name}"):
        keep(name, None)
        st.rerun()


def _form(name: str, spec: EngineSpec, keep: Keep, taken: Mapping[str, EngineSpec]) -> None:
    with st.form(f"engines.form.{name}.{spec.kind}", border=False):
        chosen = name or st.text_input("Name", max_chars=40, placeholder="local").strip()
        if spec.kind == "reward_model":
            st.caption("Folders that score solutions; use one in the role reward as NAME:FOLDER.")
        only = {"managed": _SERVER, "reward_model": _REWARD}.get(spec.kind, _ADDRESS)
        file = spec.server == "llamacpp"
        only, labels = (("model", *FIELDS), LABELS) if file else (only, {})
        said = settings_form(EngineSpec, spec, key=f"engines.{name}.{spec.kind}", columns=2, only=only, labels=labels)
        save = st.form_submit_button("Save", type="primary", icon=":material/save:")
    key = f"engines.said.{name}.{spec.kind}"
    if save:
        st.session_state.pop(key, None)
        if wrong := _wrong(chosen, said, taken):
            st.error(escape(wrong), icon=":material/error:")
        else:
            st.session_state[key] = chosen, said
    if waiting := st.session_state.get(key):
        chosen, said = waiting
        if typed_again(spec if name else None, said, key=key):
            del st.session_state[key]
            keep(chosen, said)
            st.rerun()


def _wrong(name: str, said: EngineSpec | ValidationError, taken: Mapping[str, EngineSpec]) -> str:
    """Return why an engine cannot be kept as it was said; '' where it can."""
    if isinstance(said, ValidationError):
        return str(explain(said, where=name or "engine"))
    if not name or ":" in name or name in taken:
        return "Give it a name of its own, without a colon."
    if not (said.base_url or said.model or said.kind == "reward_model"):
        return "Say where it is: an address, or a model to serve."
    try:
        refuse_credentials(name, said.base_url)
        serving.refuse_elsewhere(name, said)
    except BadSetting as error:
        return str(error)
    return ""


@st.dialog("Servers on this machine", width="medium", icon=":material/search:")
def discovered(named: Mapping[str, EngineSpec], keep: Keep) -> None:
    """Draw what answers on the usual ports, to be taken with one click."""
    with st.spinner("Asking the usual ports"):
        found = serving.discover()
    known = {spec.base_url for spec in named.values()}
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(one.name)}** :gray[{escape(one.base_url)}]  \n{escape(', '.join(one.models))}")
            if one.base_url in known:
                st.caption("known")
            else:
                st.button("Add", key=f"engines.add.{one.base_url}", on_click=keep, args=(one.name, one.spec))
    if not found:
        ports = ", ".join(str(port) for port, _ in serving.discovery.USUAL)
        st.caption(f"Nothing answers on {ports}. Start a server, or let the studio serve a model.")


def roles_editor(project: Project, named: Mapping[str, EngineSpec]) -> None:
    """Draw who speaks for which role in this project; recipes keep their own models where nothing is said."""
    block_title("Roles", "mapped once, used by every recipe; a run may still say otherwise")
    used: dict[str, list[str]] = {}
    for name in recipes.names():
        for role in recipes.load(name).roles:
            used.setdefault(role, []).append(name)
    standing = roles(project)
    rows = [
        {"Role": role.replace("_", " "), "Model": standing.get(role), "Recipes": ", ".join(names)}
        for role, names in used.items()
    ]
    changed = st.data_editor(
        rows, hide_index=True, key="engines.roles", disabled=["Role", "Recipes"], placeholder="as the recipe says",
        column_config={"Model": st.column_config.TextColumn(help="ENGINE:MODEL", width="large")},
    )  # fmt: skip
    said = {role: str(row["Model"] or "").strip() for role, row in zip(used, changed, strict=True)}
    said = {role: where for role, where in said.items() if where}
    if said != standing and st.button("Save roles", type="primary", icon=":material/save:", key="engines.roles.save"):
        wrong = [
            where for where in said.values() if where.partition(":")[0] not in named or not where.partition(":")[2]
        ]
        if wrong:
            st.error(f"{escape(wrong[0])} is not ENGINE:MODEL of an engine above.", icon=":material/error:")
            return
        with faults_drawn("roles"):
            for role, where in said.items():
                name, model = registry.address(where)
                registry.require_model(named[name], model, role.replace("_", " "))
            save_roles(project, said)
            st.rerun()
