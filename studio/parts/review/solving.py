"""Solve again: a model solves an edited statement in a run of one item, and a person takes or leaves what it wrote.

Everything is read from the run's directory, so a reload, another tab and a restart of the studio find it again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from engine import planning
from engine.core.errors import LemmaError
from engine.generation.solve_again import (
    ROLE,
    ExaminedProposal,
    ProposedSolution,
    examined,
    failure,
    proposed,
)
from engine.runs import launcher
from engine.runs.plan import SolvePlan
from engine.runs.status import Status
from engine.store.problems import ProblemCard
from studio import session, workspace
from studio.parts.review import actions as deeds
from studio.parts.review.state import TAKEN, desk, set_mode
from studio.text.markdown import escape, rich
from studio.ui.problem_card import Chip, evidence_line, solution_steps


@dataclass(frozen=True, slots=True)
class SolvingRun:
    """The newest run that solves a card's statement as it stands."""

    directory: Path
    model: str
    status: Status
    proposal: ProposedSolution | None
    seen: ProposalLook | None
    """What can be told of the proposal, where there is one."""

    @property
    def going(self) -> bool:
        """Whether it is under way."""
        return self.status.state in launcher.ACTIVE


@dataclass(frozen=True, slots=True)
class ProposalLook:
    """What can be told of a proposed solution; `fit` where nothing speaks against taking it as it is."""

    line: str
    fit: bool


def run_of(card: ProblemCard) -> SolvingRun | None:
    """Return the newest run for the statement as it stands, None where nobody has asked for one."""
    if not card.waits:
        return None
    plan = workspace.store().runs.solving(card.problem.id)
    if not isinstance(plan, SolvePlan) or plan.statement != card.statement:
        return None
    directory = session.project().runs / plan.id
    status = launcher.state(directory)
    proposal = proposed(directory) if status.state not in launcher.ACTIVE else None
    seen = look(card.statement, proposal) if proposal else None
    return SolvingRun(directory, plan.recipe.roles[ROLE], status, proposal, seen)


def look(statement: str, proposal: ProposedSolution) -> ProposalLook:
    """Check a proposal against the statement as it stands."""
    seen = examined(statement, proposal)
    return ProposalLook(_line(seen), seen.fit)


def _line(seen: ExaminedProposal) -> str:
    if seen.answer is None:
        lacks = {"cut": "The reply was cut at its longest: this is no whole solution."}
        return lacks.get(seen.outcome, "It gives no final answer.")
    said = {
        "confirmed": "symbolic check equal",
        "contradicted": f"symbolic check: {seen.reason}",
        "can't tell": "the symbolic check cannot tell",
    }[seen.outcome]
    return f"Final answer ${seen.answer}$ · {said}"


def proposal_text(card: ProblemCard, run: SolvingRun) -> None:
    """Draw what the model wrote."""
    if run.proposal is None or run.seen is None:
        return
    st.markdown(f"**Proposed for the edited statement** :gray[by {escape(run.proposal.model)}, not saved yet]")
    with st.container(border=True, key=f"review.proposal.{card.problem.id}"):
        st.markdown(rich(card.statement))
        solution_steps(run.proposal.text)
        evidence_line(Chip(run.seen.line, "none" if run.seen.fit else "warn"))
    st.divider()


def solving_buttons(card: ProblemCard, run: SolvingRun | None, *, disabled: bool) -> None:
    """Draw what can be done about the missing solution with a model's help."""
    if run and run.going:
        _progress(run)
        return
    if run and run.proposal and run.seen:
        _take_or_edit(card, run.proposal, run.seen, disabled=disabled)
    elif run:
        st.caption(f":red[:material/error:] {escape(_failed(run))}")
    st.button(
        "Solve once more" if run else "Solve again", key=f"review.solve.{card.problem.id}.{card.last_decision}",
        icon=":material/neurology:", width="stretch", help="The model that solved it before is asked once.",
        on_click=begin, args=(card.problem.id,), disabled=disabled,
    )  # fmt: skip


def begin(problem_id: str) -> None:
    """Start the run; the page says where that is not possible."""
    try:
        planned = planning.solving(workspace.store(), session.project(), problem_id)
        launcher.launch(planned.directory)
    except (LemmaError, OSError) as error:
        desk().notice = str(error)


def _take_or_edit(card: ProblemCard, proposal: ProposedSolution, looked: ProposalLook, *, disabled: bool) -> None:
    ident, seen = card.problem.id, card.last_decision
    if not looked.fit:
        st.caption(f":orange[:material/warning:] {rich(looked.line)}")
    st.button(
        "Take this solution", key=f"review.take.{ident}.{seen}", icon=":material/check:", type="primary",
        width="stretch", on_click=deeds.decide, args=(ident, seen, "edit", "", None, proposal.text),
        disabled=disabled or not looked.fit,
    )  # fmt: skip
    st.button(
        "Edit it first", key=f"review.take.edit.{ident}.{seen}", icon=":material/edit_note:", width="stretch",
        on_click=_edit, args=(ident, proposal.text), disabled=disabled,
    )  # fmt: skip


def _edit(problem_id: str, solution: str) -> None:
    set_mode("edit")
    st.session_state[TAKEN] = (problem_id, solution)


@st.fragment(run_every="1s")
def _progress(run: SolvingRun) -> None:
    """Show how long it has been going on; the desk is drawn anew when it has ended."""
    status = launcher.state(run.directory)
    if status.state not in launcher.ACTIVE:
        st.rerun()
    seconds = max(0, time.time() - (status.started or time.time()))
    st.caption(f":material/progress_activity: {escape(run.model)} is solving the edited statement, {seconds:,.0f} s")
    st.button(
        "Cancel", key=f"review.solve.cancel.{run.directory.name}", icon=":material/stop:", width="stretch",
        on_click=launcher.cancel, args=(run.directory,), disabled=status.state == "stopping",
    )  # fmt: skip


def _failed(run: SolvingRun) -> str:
    if run.status.state == "cancelled":
        return "The run was cancelled."
    return f"No solution came back: {run.status.reason or failure(run.directory) or run.status.state}"
