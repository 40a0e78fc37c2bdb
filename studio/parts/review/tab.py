"""Where a browser tab sits at the review desk: what its address asks for, and the name that tells tabs apart."""

from __future__ import annotations

import secrets

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from studio import session, workspace


def asked(before: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return queue, policy, run and ids of the address; what the tab had before where the address says nothing."""
    said = st.query_params
    if not any(name in said for name in ("queue", "policy", "run", "ids")):
        return before or ("borderline", "", "", "")
    kind = said.get("queue") or ("ids" if said.get("ids") else "borderline")
    # Rows for labels without bias come from draws, by whichever name they are asked for.
    kind = "draw" if kind == "random" else kind
    return kind, said.get("policy", ""), said.get("run", ""), said.get("ids", "")


def write_address(wanted: tuple[str, ...], name: str) -> None:
    """Put queue, policy, run, ids and the desk's name into the address."""
    carried = dict(zip(("queue", "policy", "run", "ids"), wanted, strict=True), desk=name)
    for field, value in carried.items():
        if value and st.query_params.get(field) != value:
            st.query_params[field] = value


def sit_down() -> str:
    """Return the desk's name; who sat there before a reload or a restart of the studio still does."""
    name = _name()
    if session.CURATOR not in st.session_state:
        before = [lease.curator for lease in workspace.store().leases.held() if lease.session == name]
        if before:
            st.session_state[session.CURATOR] = before[-1]
    return name


def left(curator: str, name: str) -> tuple[str, ...]:
    """Return the other desks at which this curator holds a card and nobody sits any more: tabs that were closed."""
    held = {lease.session for lease in workspace.store().leases.held() if lease.curator == curator}
    return tuple(desk for desk in sorted(held - {name}) if not _is_taken(desk))


def _is_taken(name: str) -> bool:
    """Whether a living tab sits at a desk; without a server nobody's life is known, so whoever sat down still sits."""
    sitting = _tabs().get(name)
    return sitting is not None and (not runtime.exists() or runtime.get_instance().is_active_session(sitting))


@st.cache_resource(show_spinner=False)
def _tabs() -> dict[str, str]:
    """Which Streamlit session sits at which desk."""
    return {}


def _name() -> str:
    """Return the desk of the address, unless another living tab sits at it (an address that was copied)."""
    context = get_script_run_ctx()
    mine = context.session_id if context else ""
    name = st.query_params.get("desk", "")
    sitting = _tabs().get(name, mine)
    taken = sitting != mine and runtime.exists() and runtime.get_instance().is_active_session(sitting)
    if not (4 <= len(name) <= 16 and name.isalnum()) or taken:
        name = secrets.token_hex(4)
    _tabs()[name] = mine
    return name
