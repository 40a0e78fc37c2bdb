"""A curator's place on the Tune page: what it starts with, whether limits were moved, and which lens belongs to it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import streamlit as st

from engine.core.records import Policy
from engine.curation.methods import by_method, of_method
from engine.curation.policy import PolicyResult
from studio.lens import LensState, lens_state
from studio.parts.tune import address
from studio.parts.tune.policy import METHOD, START, WHOLE, begin, begin_whole, in_hand, is_fresh, started
from studio.parts.tune.reads import Held
from studio.parts.tune.rows import NAMES, ORDER

RIVAL, VIEW = "tune.rival", "tune.view"
VIEWS = ("Rows", "Curves", "Compare", "Policy")
_FAR = 0.005
"""Share of all rows by which the live count may differ from the exact one before the log says so."""


def sit_down(known: Mapping[str, Policy], there: Mapping[str, int]) -> str:
    """On arrival take policy, method, limits and panel from the address, or from the last visit; return the method.

    A policy that this project does not know, after a switch of projects, is an arrival too; so is a method that has no
    problem here. The method with most problems is the first to be looked at.
    """
    if st.session_state.get(RIVAL) not in known:
        st.session_state.pop(RIVAL, None)
    most = max(there, key=lambda method: there[method], default="gsdp")
    if address.handed():
        st.session_state.pop(START, None)
    if st.session_state.get(START) in known and st.session_state.get(METHOD) in ("", *there):
        if st.session_state[METHOD] or not by_method(st.session_state[WHOLE]):
            return str(st.session_state[METHOD])
        st.session_state[METHOD] = most
        begin_whole(st.session_state[WHOLE], most)
        return most
    address.recall()
    named = address.asked("policy", known)
    start = st.session_state[START] = named or next(iter(known))
    for key, name, options in ((RIVAL, "with", known), (VIEW, "view", VIEWS), (ORDER, "order", NAMES)):
        if value := address.asked(name, options):
            st.session_state[key] = value
    method = st.session_state[METHOD] = address.asked("method", there) or most
    begin_whole(known[start], method)
    # Limits belong to the policy that they were moved from.
    if named or "policy" not in st.query_params:
        begin(address.asked_limits(of_method(known[start], method)))
    return method


def lens_key(held: Held) -> str:
    """Return the key of the lens over a board: another board gets a lens of its own, without an old lasso."""
    return f"tune_lens_{held.number}" if held.number else "tune_lens"


def lens_said(held: Held) -> LensState:
    """Return what the lens over a board last said, this run's message included."""
    return lens_state(st.session_state.get(lens_key(held), {}))


def is_edited(held: Held) -> bool:
    """Whether the curator moved a limit or selected rows over this board."""
    said = lens_said(held)
    return bool(said.lasso) or said.concept is not None or in_hand(started(), said).rules != started()


def report_difference(said: LensState, exact: PolicyResult) -> None:
    """Log a live count that is far from the exact one; they are counted in different places by the same rules."""
    if said.kept is None or not (said.whole and is_fresh(said)) or exact.policy.size is not None:
        return
    if abs(said.kept - exact.count) > _FAR * len(exact.kept):
        logging.getLogger("lemma.studio").warning(
            "the browser counted %s kept problems, the server %s", f"{said.kept:,}", f"{exact.count:,}"
        )
