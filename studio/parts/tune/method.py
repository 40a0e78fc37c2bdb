"""Whose rules are in the lens, and what the others keep meanwhile by their own, said in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.methods import METHODS, by_method, label
from engine.curation.table import ScoreTable
from studio.parts.tune.policy import METHOD, turn_to
from studio.text.markdown import escape


def pick_method(there: Mapping[str, int], whole: Policy) -> None:
    """Ask whose problems are looked at, where several methods wrote some; all together only where rules are shared."""
    if len(there) < 2:
        return
    options = [*there] if by_method(whole) else ["", *there]
    st.selectbox(
        "Method", options, options.index(st.session_state[METHOD]), key=METHOD, label_visibility="collapsed", width=190,
        format_func=lambda method: label(method) if method else "All methods", on_change=_turned,
    )  # fmt: skip


def _turned() -> None:
    turn_to(st.session_state[METHOD])


def about_method(method: str, there: Mapping[str, int]) -> None:
    """Say what a method keeps as published, where there is more than one."""
    if len(there) > 1 and method in METHODS:
        st.caption(f"{escape(label(method))}, as published: {escape(METHODS[method].about)}")


def method_lines(method: str, silent: int, whole: Policy, table: ScoreTable) -> None:
    """Say what is left aside, and what all methods keep together, each by its own rules.

    `silent` is how many problems of the method have no answer; `table` holds the problems of all methods.
    """
    said = [f"{silent:,} without an answer are left aside."] if silent else []
    if len(table.methods.names) > 1:
        kept = policies.apply(whole, table).kept
        rows = {name: table.of_method(name) for name in METHODS if name != method}
        others = [f"{label(name)} {np.count_nonzero(kept & own):,} of {np.count_nonzero(own):,}"
                  for name, own in rows.items() if own.any()]  # fmt: skip
        said.append(f"By their own rules: {', '.join(others)}.")
        said.append(f"Together {np.count_nonzero(kept):,} of {len(table):,} are kept.")
    if said:
        st.caption(escape(" ".join(said)))
