"""Editing a problem at the desk: two texts beside their preview, one line with what a check of them found.

A form, because a key pressed while typing must carry every letter. The machine's text stays as it was: an edit is a
decision that brings new texts, and the pair of both is what preference training learns from.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from engine.store.problems import ProblemCard
from engine.verification.answers import compare, find_answer
from engine.verification.checks import symbolic
from studio.parts.review import actions as deeds
from studio.parts.review import state as acts
from studio.parts.review.state import TAKEN, ReviewState
from studio.text.markdown import pieces, rich
from studio.ui.problem_card import Chip, Standing, evidence_line, solution_steps

_CONFIRMED = "review.edit.confirmed"


@dataclass(frozen=True, slots=True)
class EditCheck:
    """What a look at edited texts found. `stop` may not be saved at all; a doubt may, when it is asked for twice."""

    line: str
    stop: bool = False
    doubt: bool = False


def check_edit(card: ProblemCard, statement: str, solution: str) -> EditCheck:
    """Look at edited texts before they are saved: do they draw, what is the answer, does it hold, is it the old one."""
    if not statement.strip() or (card.solution is not None and not solution.strip()):
        return EditCheck("A text is empty. Reject the problem instead of emptying it.", stop=True)
    if not _changes(card, statement, solution):
        return EditCheck("Nothing is changed yet. Esc leaves the editor, A approves the problem as it is.", stop=True)
    broken = [piece.text for text in (statement, solution) for piece in pieces(text) if piece.kind == "code"]
    if broken:
        return EditCheck(f"{len(broken)} formula cannot be drawn: {broken[0][:80]}", doubt=True)
    return _answered(card, statement, solution)


def edit_form(at: ReviewState, card: ProblemCard) -> None:
    """Draw the form, its preview and the line of the check."""
    key = f"review.edit.{card.problem.id}.{at.edits}"
    keys = (f"{key}.statement", f"{key}.solution")
    taken, proposed = st.session_state.get(TAKEN, ("", ""))
    begun = proposed if taken == card.problem.id else card.solution or ""
    with st.form(key, border=False, enter_to_submit=False):
        left, right = st.columns(2, gap="medium")
        with left:
            statement = st.text_area("Statement", card.statement, height=150, key=keys[0]) or ""
            solution = st.text_area("Solution", begun, height=240, key=keys[1]) or ""
        with right:
            st.caption("Preview")
            with st.container(height=420, border=False):
                st.markdown(rich(statement) or ":gray[The statement is empty.]")
                st.divider()
                solution_steps(solution)
        with st.container(horizontal=True):
            st.form_submit_button("Refresh preview", icon=":material/visibility:", shortcut="Ctrl+Enter")
            st.form_submit_button(
                "Save and approve", icon=":material/save:", type="primary", shortcut="Ctrl+S",
                on_click=_save, args=(card, *keys),
            )  # fmt: skip
            st.form_submit_button("Cancel", shortcut="Esc", on_click=acts.set_mode, args=("read",))
    checked = check_edit(card, statement, solution)
    again = st.session_state.get(_CONFIRMED) == (card.problem.id, statement, solution)
    tail = " Save once more to keep it as it is." if checked.doubt and again else ""
    look: Standing = "none" if checked.stop else "warn" if checked.doubt else "good"
    evidence_line(Chip(checked.line + tail, look))


def _save(card: ProblemCard, statement_key: str, solution_key: str) -> None:
    """Save the texts as an approving edit; a doubtful one only when it is saved twice."""
    statement = str(st.session_state[statement_key] or "")
    solution = str(st.session_state[solution_key] or "")
    checked = check_edit(card, statement, solution)
    asked = (card.problem.id, statement, solution)
    if checked.stop or (checked.doubt and st.session_state.get(_CONFIRMED) != asked):
        st.session_state[_CONFIRMED] = asked
        return
    st.session_state.pop(_CONFIRMED, None)
    deeds.save_edit(
        card,
        statement if statement != card.statement else None,
        solution if solution != (card.solution or "") else None,
    )


def _half(statement: str, solution: str, answer: str) -> EditCheck:
    """Say what the new statement makes of the old solution, which was written for another one."""
    derived = symbolic.check(statement, solution, answer)
    found = {
        "contradicted": f"for the new statement {answer} is wrong: {derived.reason}",
        "confirmed": f"for the new statement {answer} is right: {derived.reason}",
        "can't tell": f"whether {answer} answers the new statement cannot be told",
    }[derived.outcome]
    return EditCheck(
        f"The statement changes, its solution does not · {found}. It will wait for a solution.", doubt=True
    )


def _changes(card: ProblemCard, statement: str, solution: str) -> bool:
    return statement != card.statement or solution != (card.solution or "")


def _answered(card: ProblemCard, statement: str, solution: str) -> EditCheck:
    """Derive the final answer again where that can be done, and compare it with the one before the edit."""
    if not solution.strip():
        return EditCheck("Both texts draw · there is no solution to check", doubt=statement != card.statement)
    found = find_answer(solution)
    answer = found.at_least("words")
    if answer is None:
        only = f"only the last sentence gives an answer, {found.value}" if found.value else "no final answer found"
        return EditCheck(f"Both texts draw · {only}: put it into \\boxed{{…}}.", doubt=True)
    if statement != card.statement and solution == (card.solution or ""):
        return _half(statement, solution, answer)
    derived = symbolic.check(statement, solution, answer)
    if derived.outcome == "contradicted":
        return EditCheck(f"Both texts draw · final answer ${answer}$ · symbolic check: {derived.reason}", doubt=True)
    said = f"Both texts draw · final answer ${answer}$"
    said += " · symbolic check equal" if derived.outcome == "confirmed" else ""
    if statement != card.problem.statement:
        # The machine answered another question, so what it said is no evidence here.
        return EditCheck(f"{said} · given for the edited statement")
    before = card.chosen.answer if card.chosen else None
    if before is None:
        return EditCheck(f"{said} · the machine gave none")
    verdict = compare(answer, before)
    if verdict == "same":
        return EditCheck(f"{said} · equal to the machine's")
    if verdict == "can't tell":
        return EditCheck(f"{said} · can't tell whether it equals the machine's ${before}$", doubt=True)
    return EditCheck(f"{said} · the machine's was ${before}$")
