"""What a verdict at the desk counts for, and what is hidden so that it may: cards of a random draw are read blind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from engine.curation.review import blind_review
from engine.store.labelling import DIFFER, DRAW, DRAW_SHOWN, TALKED
from studio import session, workspace
from studio.parts.review.history import TextVersion
from studio.parts.review.state import ReviewState
from studio.text.markdown import escape

BLIND = ("draw", "audit")
"""Queues whose rows are read without judges' scores."""
COUNTS = ":material/casino: Counts towards precision"
AUDITS = ":material/verified: Counts for the audit of the frozen set"
HELPS = ":material/person: Helps this row only"


CountsFor = Literal["audit", "draw", "row"]


def kinds(ids: Sequence[str]) -> dict[str, CountsFor]:
    """Return what a verdict on each of these cards counts for."""
    store = workspace.store()
    audited, drawn = store.audits.counting(ids), store.draws.counting(ids)
    return {ident: "audit" if ident in audited else "draw" if ident in drawn else "row" for ident in ids}


def line(kind: CountsFor) -> str:
    """Return in one line what a verdict counts for."""
    if kind == "audit":
        return AUDITS
    return COUNTS if kind == "draw" else HELPS


def hidden(at: ReviewState) -> bool:
    """Whether what judges and checks said is hidden until the verdict."""
    return at.queue.kind in BLIND and blind_review.load(session.project()).blind


def queue_name(at: ReviewState, problem_id: str = "") -> str:
    """Return the queue that a decision is kept under: of a random draw it tells whether scores were shown.

    Where verdicts differ it tells whether both readers talked about the row. The row is the one in hand by default.
    """
    ident = problem_id or (at.lease.problem_id if at.lease else "")
    if at.queue.kind == DIFFER and ident and st.session_state.get(talked_key(ident)):
        return TALKED
    if at.queue.kind not in BLIND:
        return at.queue.kind
    return DRAW if hidden(at) else DRAW_SHOWN


def talked_key(problem_id: str) -> str:
    """Return the key of the box by which a reader says that both have talked about a row."""
    return f"review.talked.{problem_id}"


def talk(at: ReviewState, ident: str) -> None:
    """Draw that box where the curator is one of the two whose verdicts differ; a third person just decides."""
    if at.queue.kind != DIFFER:
        return
    me = session.curator()
    pair = next((one for one in workspace.store().readings.differing() if one.problem_id == ident), None)
    if pair is None or me not in (pair.first, pair.second):
        st.caption(":material/balance: You are the third to read it: your verdict settles it.")
        return
    other = pair.second if me == pair.first else pair.first
    st.checkbox(
        f"I talked about it with {escape(other)}", key=talked_key(ident),
        help="Then your verdict is the word of both. Without a talk it is your own, changed or kept.",
    )  # fmt: skip


def shown(at: ReviewState, steps: list[TextVersion]) -> list[TextVersion]:
    """Return the versions of a text as they may be shown: without scores and critiques where those are hidden."""
    if not hidden(at):
        return steps
    return [replace(step, version=replace(step.version, score=None, critique="")) for step in steps]
